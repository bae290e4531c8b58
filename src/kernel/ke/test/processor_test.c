/* SPDX-License-Identifier: MIT */
/* processor_test.c - virtual processors: handed over when there are too few, interrupted
 * while driver code runs, and what GS shows. */
#include "ke_test.h"

#define CROWD 8

static void check_gs(void)
{
    uint8_t *pcr = host_gs_get();

    assert_non_null(pcr);
    assert_ptr_equal(*(void **)(pcr + 0x18), pcr);
    assert_ptr_equal(*(void **)(pcr + 0x20), pcr + 0x180);
    assert_ptr_equal(*(void **)(pcr + 0x188), ke_thread_current());
    assert_int_equal(pcr[0x184], ke_processor_number());
    assert_int_equal(pcr[0x50], ke_irql());
}

static void pcr_is_true(void)
{
    KIRQL irql;

    assert_true(ke_processor_is_held());
    check_gs();
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    check_gs();
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(irql);
    assert_ptr_equal(KeGetCurrentThread(), ke_thread_current());
    ke_processor_leave();
    assert_false(ke_processor_is_held());
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    ke_processor_enter();
    check_gs();
}

struct crowd {
    _Atomic int held, most, turns;
};

static void come_and_go(void *context)
{
    struct crowd *crowd = context;

    for (int i = 0; i < 200; i++) {
        int held = ++crowd->held, most = crowd->most;

        while (held > most && !__c11_atomic_compare_exchange_strong(
                                  &crowd->most, &most, held, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        crowd->turns++;
        crowd->held--;
        ke_processor_leave();
        if (i % 16 == 0)
            host_thread_yield();
        ke_processor_enter();
    }
}

static void many_share_few(void)
{
    struct crowd crowd = {0};
    struct thread threads[CROWD];

    for (int i = 0; i < CROWD; i++)
        start(&threads[i], come_and_go, &crowd);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(wait_for(&threads[i]), STATUS_SUCCESS);
    assert_int_equal(crowd.turns, CROWD * 200);
    assert_in_range(crowd.most, 1, ke_processor_count());
    assert_int_equal(crowd.held, 0);
}

static void affinity_is_kept(void)
{
    KAFFINITY all = KeQueryActiveProcessors();
    PROCESSOR_NUMBER number;

    assert_int_equal(KeQueryActiveProcessorCount(NULL), ke_processor_count());
    assert_int_equal(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), ke_processor_count());
    assert_int_equal(KeQueryActiveProcessorCountEx(1), 0);
    for (unsigned i = 0; i < ke_processor_count(); i++) {
        LARGE_INTEGER turn = {.QuadPart = -100};

        assert_int_equal(KeSetSystemAffinityThreadEx((KAFFINITY)1 << i), 0);
        assert_int_equal(KeGetCurrentProcessorNumberEx(&number), i);
        assert_int_equal(number.Number, i);
        KeDelayExecutionThread(KernelMode, FALSE, &turn);
        assert_int_equal(ke_processor_number(), i);
        KeRevertToUserAffinityThreadEx(0);
    }
    assert_int_equal(KeSetSystemAffinityThreadEx(~all), 0); /* none of these: no effect */
    if (ke_processor_count() > 1) {                         /* deferred until IRQL is lowered */
        unsigned here = ke_processor_number();
        KIRQL irql;

        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        KeSetSystemAffinityThreadEx((KAFFINITY)1 << !here);
        assert_int_equal(ke_processor_number(), here);
        KeLowerIrql(irql);
        assert_int_equal(ke_processor_number(), !here);
        KeRevertToUserAffinityThreadEx(0);
    }
    assert_int_equal(KeSetSystemAffinityThreadEx(all), 0);
    assert_int_equal(KeSetSystemAffinityThreadEx(1), all);
    KeRevertToUserAffinityThread();
}

static struct {
    unsigned started, completed, failed;
    unsigned refuse; /* this one's start */
} changes;

static void NTAPI note_change(PVOID context, PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT change,
                              PNTSTATUS status)
{
    COVE_ASSERT(context == &changes && ke_irql() == PASSIVE_LEVEL);
    if (change->State == KeProcessorAddStartNotify && change->NtNumber == changes.refuse)
        *status = STATUS_INSUFFICIENT_RESOURCES;
    changes.started += change->State == KeProcessorAddStartNotify;
    changes.completed += change->State == KeProcessorAddCompleteNotify;
    changes.failed += change->State == KeProcessorAddFailureNotify;
}

static void processors_are_told(void)
{
    void *handle;

    memset(&changes, 0, sizeof(changes));
    changes.refuse = 99;
    handle = KeRegisterProcessorChangeCallback(note_change, &changes, 1);
    assert_non_null(handle);
    assert_int_equal(changes.started, ke_processor_count());
    assert_int_equal(changes.completed, ke_processor_count());
    assert_int_equal(changes.failed, 0);
    KeDeregisterProcessorChangeCallback(handle);
    memset(&changes, 0, sizeof(changes));
    changes.refuse = ke_processor_count() - 1;
    handle = KeRegisterProcessorChangeCallback(note_change, &changes, 1);
    assert_non_null(handle);
    assert_int_equal(changes.completed, 0);
    assert_int_equal(changes.failed, ke_processor_count() - 1);
    KeDeregisterProcessorChangeCallback(handle);
}

struct line {
    struct ke_interrupt_source source;
    _Atomic int count;
    KIRQL irql;
    KDPC dpc;
    _Atomic int dpcs;
};

static void NTAPI line_dpc(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc;
    (void)argument1;
    (void)argument2;
    ((struct line *)context)->dpcs++;
}

static void line_isr(void *context)
{
    struct line *line = context;

    line->irql = ke_irql();
    COVE_ASSERT(line->dpcs == line->count); /* the DPC comes after */
    KeInsertQueueDpc(&line->dpc, NULL, NULL);
    line->count++;
}

static void line_init(struct line *line)
{
    memset(line, 0, sizeof(*line));
    line->source = (struct ke_interrupt_source){.routine = line_isr, .context = line, .irql = 7};
    KeInitializeDpc(&line->dpc, line_dpc, line);
}

static void raise_line(void *context)
{
    ke_interrupt_request(&((struct line *)context)->source);
}

static void interrupts_come_from_anywhere(void)
{
    struct host_thread *thread;
    struct line line;
    KIRQL irql;

    line_init(&line);
    for (int i = 1; i <= 10; i++) { /* from a thread that is none of ours */
        assert_int_equal(host_thread_create(NULL, raise_line, &line, &thread), 0);
        UNTIL(line.dpcs == i);
        ke_processor_leave();
        host_thread_join(thread);
        ke_processor_enter();
    }
    assert_int_equal(line.irql, 7);

    /* From our own, at an IRQL that keeps it out; twice is once. */
    KeRaiseIrql(8, &irql);
    raise_line(&line);
    if (ke_processor_count() == 1) { /* another one might have served the first by now */
        raise_line(&line);
        ke_interrupts_poll();
        assert_int_equal(line.count, 10);
    }
    KeLowerIrql(irql);
    UNTIL(line.dpcs == 11);
    assert_int_equal(line.count, 11);

    /* At DISPATCH_LEVEL the line is served and its DPC waits. */
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    raise_line(&line);
    ke_interrupts_poll();
    if (ke_processor_count() == 1) {
        assert_int_equal(line.count, 12);
        assert_int_equal(line.dpcs, 11);
    }
    KeLowerIrql(irql);
    UNTIL(line.dpcs == 12);
}

/* ---- a routine that stands for driver code: it never calls the kernel ---------------- */

static _Atomic uint32_t driver_stop;

__attribute__((noinline, section("driver_code"))) static uint64_t driver_spin(void)
{
    uint64_t turns = 0;

    while (__c11_atomic_load(&driver_stop, __ATOMIC_RELAXED) == 0)
        turns++;
    return turns;
}
extern const char __start_driver_code[], __stop_driver_code[];

static bool is_driver_code(uint64_t rip)
{
    return rip >= (uintptr_t)__start_driver_code && rip < (uintptr_t)__stop_driver_code;
}

static void NTAPI stop_by_timer(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc;
    (void)argument1;
    (void)argument2;
    *(unsigned *)context = ke_processor_number();
    driver_stop = 1;
}

static void driver_code_is_interrupted(void)
{
    unsigned processor = 99;
    KTIMER timer;
    KDPC dpc;

    if (host_is_sim())
        return; /* nothing there runs without a scheduling point */
    ke_driver_code_set(is_driver_code);
    driver_stop = 0;
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, stop_by_timer, &processor);
    KeSetTargetProcessorDpc(&dpc, (CCHAR)ke_processor_number());
    KeSetTimer(&timer, due_in_ms(2), &dpc);
    driver_spin(); /* only a DPC on this very processor ends it */
    assert_int_equal(processor, ke_processor_number());
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    check_gs();
}

static void stop_spinning(void *context)
{
    (void)context;
    driver_stop = 1;
}

static void driver_code_is_preempted(void)
{
    struct thread thread;

    if (host_is_sim())
        return;
    ke_driver_code_set(is_driver_code);
    driver_stop = 0;
    start(&thread, stop_spinning, NULL); /* needs the one processor that this thread spins on */
    driver_spin();
    assert_int_equal(wait_for(&thread), STATUS_SUCCESS);
    check_gs();
}

static void spin_for_irql(KIRQL irql)
{
    struct line line;
    struct host_thread *thread;
    KIRQL old;

    line_init(&line);
    KeRaiseIrql(irql, &old);
    assert_int_equal(host_thread_create(NULL, raise_line, &line, &thread), 0);
    host_thread_join(thread);
    KeStallExecutionProcessor(3000);
    if (irql < 7) /* must come; when, is the host's business */
        while (line.count == 0)
            KeStallExecutionProcessor(100);
    assert_int_equal(line.count, irql < 7);
    assert_int_equal(line.dpcs, irql < DISPATCH_LEVEL);
    KeLowerIrql(old);
    UNTIL(line.dpcs == 1);
    assert_int_equal(line.count, 1);
}

static void irql_keeps_interrupts_out(void)
{
    spin_for_irql(PASSIVE_LEVEL);
    spin_for_irql(DISPATCH_LEVEL);
    spin_for_irql(6);
    spin_for_irql(7);
    spin_for_irql(HIGH_LEVEL);
}

static const struct ke_test tests[] = {
    KE_TEST(pcr_is_true, 0),
    KE_TEST(many_share_few, 0),
    KE_TEST(many_share_few, 1),
    KE_TEST(affinity_is_kept, 0),
    KE_TEST(processors_are_told, 0),
    KE_TEST(interrupts_come_from_anywhere, 0),
    KE_TEST(interrupts_come_from_anywhere, 1),
    KE_TEST(driver_code_is_interrupted, 0),
    KE_TEST(driver_code_is_interrupted, 1),
    KE_TEST(driver_code_is_preempted, 1),
    KE_TEST(irql_keeps_interrupts_out, 1),
};

int main(void)
{
    return KE_TEST_RUN(tests);
}
