/* SPDX-License-Identifier: MIT */
/* bugcheck_test.c - what a driver must not do stops the machine, with the documented code.
 *
 * Each case runs in a child process, whose hook writes the code and parameters into memory
 * that both see.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ke_test.h"

static struct bugcheck *report;

static void report_it(const struct bugcheck *bugcheck)
{
    *report = *bugcheck;
    host_exit(0);
}

/* Runs a case in a child; its bug check is in report. */
static void expect(ULONG code, void (*run)(void))
{
    pid_t child;
    int status;

    memset(report, 0, sizeof(*report));
    child = fork();
    if (child == 0) {
        struct ke_options options = {.processors = 2};
        struct thread thread = {0};

        ke_bugcheck_hook_set(report_it);
        ke_init(&options);
        ke_thread_init(&thread, "bad", NULL);
        ke_thread_adopt(&thread);
        ke_processor_enter();
        run();
        _exit(2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(report->code, code);
}

static KEVENT event;
static KSPIN_LOCK lock;

static void wait_in_dispatch(void)
{
    KIRQL irql;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    wait_ms(&event, 1);
}

/* Documented for PASSIVE_LEVEL, called with a fast mutex held: told, not punished. */
static void passive_in_apc(void)
{
    KIRQL irql;

    KeRaiseIrql(APC_LEVEL, &irql);
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    KeBugCheck(0x1234);
}

static void passive_in_dispatch(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    KeBugCheck(0x1234);
}

static void set_above_dispatch(void)
{
    KIRQL irql;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeRaiseIrql(HIGH_LEVEL, &irql);
    KeSetEvent(&event, 0, FALSE);
}

static void raise_down(void)
{
    KIRQL irql;

    KeRaiseIrql(HIGH_LEVEL, &irql);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
}

static void lower_up(void)
{
    KeLowerIrql(DISPATCH_LEVEL);
}

static void lock_twice(void)
{
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&lock);
}

static void unlock_free(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeReleaseSpinLockFromDpcLevel(&lock);
}

static void NTAPI dpc_raises(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc;
    (void)context;
    (void)argument1;
    (void)argument2;
    ke_irql_raise(HIGH_LEVEL);
}

static void NTAPI dpc_waits(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc;
    (void)context;
    (void)argument1;
    (void)argument2;
    wait_for(&event);
}

static KDPC dpc;

static void dpc_comes_back_raised(void)
{
    KeInitializeDpc(&dpc, dpc_raises, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
}

static void dpc_blocks(void)
{
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeDpc(&dpc, dpc_waits, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
}

static void isr_lowers(void *context)
{
    (void)context;
    ke_irql_write(PASSIVE_LEVEL);
}

static struct ke_interrupt_source source = {.routine = isr_lowers, .irql = 5};

static void isr_comes_back_lowered(void)
{
    ke_interrupt_request(&source);
    ke_interrupts_poll();
}

static void too_many_objects(void)
{
    void *objects[4] = {&event, &event, &event, &event};

    KeInitializeEvent(&event, NotificationEvent, TRUE);
    KeWaitForMultipleObjects(4, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}

static struct thread worker;
static KMUTEX mutex;

static void leave_raised(void *context)
{
    (void)context;
    ke_irql_raise(DISPATCH_LEVEL);
}

static void leave_with_mutex(void *context)
{
    (void)context;
    wait_for(&mutex);
    ke_thread_current()->kernel_apc_disable = 0; /* as if the region had been left by hand */
}

static void leave_in_region(void *context)
{
    (void)context;
    KeEnterCriticalRegion();
}

static void thread_ends_raised(void)
{
    start(&worker, leave_raised, NULL);
    wait_for(&worker);
}

static void thread_ends_with_mutex(void)
{
    KeInitializeMutex(&mutex, 0);
    start(&worker, leave_with_mutex, NULL);
    wait_for(&worker);
}

static void thread_ends_in_region(void)
{
    start(&worker, leave_in_region, NULL);
    wait_for(&worker);
}

static void raise_without_hook(void)
{
    KSEMAPHORE semaphore;

    KeInitializeSemaphore(&semaphore, 0, 1);
    KeReleaseSemaphore(&semaphore, 0, 2, FALSE);
}

static KBUGCHECK_CALLBACK_RECORD record;
static uint32_t *called;

static void NTAPI callback(PVOID buffer, ULONG length)
{
    COVE_ASSERT(ke_irql() == HIGH_LEVEL && length == sizeof(*called));
    ++*(uint32_t *)buffer;
    KeBugCheck(0x1234); /* ends the callbacks, not the report */
}

static void callback_is_called(void)
{
    if (!KeRegisterBugCheckCallback(&record, callback, called, sizeof(*called), NULL))
        _exit(3);
    if (KeRegisterBugCheckCallback(&record, callback, called, sizeof(*called), NULL))
        _exit(4);
    KeBugCheckEx(0xE2, 1, 2, 3, 4);
}

static void irql_rules(void **state)
{
    (void)state;
    expect(IRQL_NOT_LESS_OR_EQUAL, wait_in_dispatch);
    assert_int_equal(report->parameter[1], DISPATCH_LEVEL);
    expect(0x1234, passive_in_apc);
    expect(IRQL_NOT_LESS_OR_EQUAL, passive_in_dispatch);
    expect(IRQL_NOT_LESS_OR_EQUAL, set_above_dispatch);
    expect(IRQL_NOT_LESS_OR_EQUAL, lower_up);
    expect(IRQL_NOT_GREATER_OR_EQUAL, raise_down);
    expect(ATTEMPTED_SWITCH_FROM_DPC, dpc_blocks);
    expect(IRQL_UNEXPECTED_VALUE, dpc_comes_back_raised);
    assert_int_equal(report->parameter[0], HIGH_LEVEL << 16 | DISPATCH_LEVEL << 8 | 2);
    assert_ptr_equal((void *)report->parameter[1], (void *)dpc_raises);
    expect(IRQL_UNEXPECTED_VALUE, isr_comes_back_lowered);
    assert_int_equal(report->parameter[0], PASSIVE_LEVEL << 16 | 5 << 8 | 3);
}

static void lock_rules(void **state)
{
    (void)state;
    expect(SPIN_LOCK_ALREADY_OWNED, lock_twice);
    assert_ptr_equal((void *)report->parameter[0], &lock);
    expect(SPIN_LOCK_NOT_OWNED, unlock_free);
    expect(MAXIMUM_WAIT_OBJECTS_EXCEEDED, too_many_objects);
}

static void thread_rules(void **state)
{
    (void)state;
    expect(KERNEL_APC_PENDING_DURING_EXIT, thread_ends_raised);
    assert_int_equal(report->parameter[2], DISPATCH_LEVEL);
    expect(KERNEL_APC_PENDING_DURING_EXIT, thread_ends_in_region);
    expect(THREAD_TERMINATE_HELD_MUTEX, thread_ends_with_mutex);
    assert_ptr_equal((void *)report->parameter[1], &mutex);
}

static void reports(void **state)
{
    (void)state;
    expect(KMODE_EXCEPTION_NOT_HANDLED, raise_without_hook);
    assert_int_equal((NTSTATUS)report->parameter[0], STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    *called = 0;
    expect(0xE2, callback_is_called);
    assert_int_equal(*called, 1);
    assert_int_equal(report->parameter[3], 4);
}

static void without_hook(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        fclose(stderr);
        close(2);
        KeBugCheck(0xE2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(irql_rules),   cmocka_unit_test(lock_rules),
        cmocka_unit_test(thread_rules), cmocka_unit_test(reports),
        cmocka_unit_test(without_hook),
    };
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    report = (struct bugcheck *)(void *)page;
    called = (uint32_t *)(void *)(page + 2048);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
