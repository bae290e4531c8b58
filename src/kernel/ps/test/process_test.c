/* SPDX-License-Identifier: MIT */
/* process_test.c - processes: made, found, killed at any moment, run down in order. */
#include "ps_test.h"

static void the_system_process_is_there(void **state)
{
    void *body;
    counts_begin();
    assert_int_equal(ps_system_process->id, 4);
    assert_ptr_equal(PsInitialSystemProcess, ps_system_process);
    assert_ptr_equal(ps_process_current(), ps_system_process);
    assert_int_equal(
        ob_handle_reference(OB_CURRENT_PROCESS, 0, ps_process_type, KernelMode, &body, NULL),
        STATUS_SUCCESS);
    assert_ptr_equal(body, ps_system_process);
    ob_dereference(body);
    PEPROCESS found;
    assert_int_equal(PsLookupProcessByProcessId((HANDLE)4, &found), STATUS_SUCCESS);
    ObDereferenceObject(found);
    assert_int_equal(PsLookupProcessByProcessId((HANDLE)5, &found), STATUS_INVALID_PARAMETER);
    counts_check();
}

static void a_process_is_found_by_its_id(void **state)
{
    counts_begin();
    struct process *process = process_new(12345);
    assert_int_equal(process->id, 12345);
    assert_string_equal(process->image_file_name, "program.exe");
    struct process *found = ps_process_find_get(12345);
    assert_ptr_equal(found, process);
    ob_dereference(found);
    /* An id in use is not given twice. */
    struct process *second = process_new(12345);
    assert_int_not_equal(second->id, 12345);
    assert_int_equal(second->id % 4, 0);
    assert_int_equal(PsGetProcessExitStatus((PEPROCESS)process), STATUS_PENDING);
    ps_process_terminate(second, STATUS_SUCCESS);
    ps_process_terminate(process, 77);
    assert_int_equal(PsGetProcessExitStatus((PEPROCESS)process), 77);
    assert_null(ps_process_find_get(12345));
    ob_dereference(process);
    ob_dereference(second);
    counts_check();
}

/* ---- the order of the end ---------------------------------------------------------------------
 */

enum step { STEP_NONE, STEP_IO_WAIT, STEP_HANDLE_CLOSED, STEP_SIGNALLED, STEP_GONE };
static enum step steps[8];
static _Atomic unsigned step_count;
static struct process *ending;
static _Atomic bool thread_is_in;

static void step(enum step what)
{
    steps[step_count++] = what;
}

static void io_cancel(struct process_thread *thread)
{
}

static void io_wait(struct process_thread *thread)
{
    assert_ptr_equal(thread, ps_thread_current());
    assert_int_equal(thread->tcb.header.SignalState, 0);
    if (thread->process == ending)
        step(STEP_IO_WAIT);
}

static void gone(struct process *process)
{
    if (process != ending)
        return;
    if (process->header.SignalState)
        step(STEP_SIGNALLED);
    step(STEP_GONE);
}

static void witness_close(void *process, void *body, ACCESS_MASK granted, uint64_t process_handles,
                          uint64_t system_handles)
{
    /* In the context of the ending process, which is not signalled yet. */
    assert_ptr_equal(process, ending);
    assert_ptr_equal(ps_process_current(), ending);
    assert_int_equal(ending->header.SignalState, 0);
    assert_int_equal(ending->thread_count, 0);
    step(STEP_HANDLE_CLOSED);
}

static void program_thread(void *context)
{
    KEVENT never;
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    assert_int_equal(ke_previous_mode(), UserMode);
    thread_is_in = true;
    NTSTATUS status = KeWaitForSingleObject(&never, UserRequest, UserMode, FALSE, NULL);
    ps_thread_exit(status == STATUS_THREAD_IS_TERMINATING ? (NTSTATUS)0x99 : STATUS_UNSUCCESSFUL);
}

static void the_end_comes_in_order(void **state)
{
    static const struct object_type_ops ops = {.close_handle = witness_close};
    static struct object_type *type;
    struct process_thread *thread;
    void *witness;
    HANDLE handle;
    assert_int_equal(ob_type_create("Witness", &ops, &type), STATUS_SUCCESS);
    counts_begin();
    ps_thread_io_set(io_cancel, io_wait);
    ps_process_gone_set(gone);
    step_count = 0;
    thread_is_in = false;
    ending = process_new(0);
    struct process *before = ps_attach(ending);
    assert_int_equal(ob_create(type, 1, &witness), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(witness, 0, 0, &handle), STATUS_SUCCESS);
    ob_dereference(witness);
    ps_detach(before);
    assert_int_equal(ps_thread_create(ending, "program", program_thread, NULL, UserMode, &thread),
                     STATUS_SUCCESS);
    while (!thread_is_in) {
        LARGE_INTEGER moment = {.QuadPart = -100};
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    ps_process_terminate(ending, 0x55);
    wait_for(ending);
    wait_for(thread);
    assert_int_equal(PsGetThreadExitStatus((PETHREAD)thread), 0x99);
    ob_dereference(thread);
    while (step_count < 4) {
        LARGE_INTEGER moment = {.QuadPart = -100};
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    const enum step wanted[] = {STEP_IO_WAIT, STEP_HANDLE_CLOSED, STEP_SIGNALLED, STEP_GONE};
    assert_int_equal(step_count, 4);
    assert_memory_equal(steps, wanted, sizeof wanted);
    assert_int_equal(ending->exit_status, 0x55);
    ob_dereference(ending);
    ps_thread_io_set(NULL, NULL);
    ps_process_gone_set(NULL);
    counts_check();
}

static void a_killed_process_takes_no_thread(void **state)
{
    struct process_thread *thread;
    counts_begin();
    struct process *process = process_new(0);
    ps_process_terminate(process, 1);
    ps_process_terminate(process, 2); /* idempotent */
    assert_int_equal(process->exit_status, 1);
    assert_int_equal(ps_thread_create(process, "late", program_thread, NULL, UserMode, &thread),
                     STATUS_PROCESS_IS_TERMINATING);
    ob_dereference(process);
    counts_check();
}

static void a_process_without_threads_goes_with_its_last_reference(void **state)
{
    counts_begin();
    struct process *process = process_new(0);
    struct process *before = ps_attach(process);
    HANDLE handle;
    void *event;
    assert_int_equal(ob_create(ob_event_type, sizeof(KEVENT), &event), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(event, 0, 0, &handle), STATUS_SUCCESS);
    ob_dereference(event);
    ps_detach(before);
    ob_dereference(process);
    counts_check();
}

static void windows_go_with_their_process(void **state)
{
    struct mm_counts before, now;
    struct mm_window *window;
    struct process *process;
    mm_counts(&before);
    counts_begin();
    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    struct ps_process_options options = {.image_name = "w.exe", .window = window};
    assert_int_equal(ps_process_create(&options, &process), STATUS_SUCCESS);
    ps_process_terminate(process, 0);
    mm_counts(&now);
    assert_int_equal(now.windows, before.windows);
    ob_dereference(process);
    counts_check();
}

/* ---- attaching --------------------------------------------------------------------------------
 */

static void attaching_changes_the_context(void **state)
{
    KAPC_STATE apc, inner;
    counts_begin();
    struct process *one = process_new(0), *two = process_new(0);
    KeStackAttachProcess((PRKPROCESS)one, &apc);
    assert_ptr_equal(ps_process_current(), one);
    KeStackAttachProcess((PRKPROCESS)two, &inner);
    assert_ptr_equal(ps_process_current(), two);
    KeUnstackDetachProcess(&inner);
    assert_ptr_equal(ps_process_current(), one);
    KeUnstackDetachProcess(&apc);
    assert_ptr_equal(ps_process_current(), ps_system_process);
    KeAttachProcess((PRKPROCESS)one);
    assert_ptr_equal(ps_process_current(), one);
    assert_ptr_equal(PsGetCurrentProcessId(), (HANDLE)4); /* the thread's own, as documented */
    KeDetachProcess();
    ps_process_terminate(one, 0);
    ps_process_terminate(two, 0);
    ob_dereference(one);
    ob_dereference(two);
    counts_check();
}

/* ---- notification -------------------------------------------------------------------------------
 */

static HANDLE told_process;
static unsigned told_created, told_ended, told_veto;

static VOID NTAPI tell(HANDLE parent, HANDLE process, BOOLEAN create)
{
    told_process = process;
    create ? told_created++ : told_ended++;
    assert_ptr_equal(parent, (HANDLE)4);
}

static VOID NTAPI veto(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO information)
{
    if (!information)
        return;
    told_veto++;
    information->CreationStatus = STATUS_ACCESS_DENIED;
}

static void drivers_are_told(void **state)
{
    struct process *process;
    counts_begin();
    assert_int_equal(PsSetCreateProcessNotifyRoutine(tell, FALSE), STATUS_SUCCESS);
    assert_int_equal(PsSetCreateProcessNotifyRoutine(tell, FALSE), STATUS_INVALID_PARAMETER);
    process = process_new(0);
    assert_ptr_equal(told_process, (HANDLE)process->id);
    assert_int_equal(told_created, 1);
    assert_int_equal(told_ended, 0);
    ps_process_terminate(process, 0);
    assert_int_equal(told_ended, 1);
    ob_dereference(process);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx(veto, FALSE), STATUS_SUCCESS);
    struct ps_process_options options = {.image_name = "no.exe"};
    assert_int_equal(ps_process_create(&options, &process), STATUS_ACCESS_DENIED);
    assert_int_equal(told_veto, 1);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx(veto, TRUE), STATUS_SUCCESS);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx(veto, TRUE), STATUS_PROCEDURE_NOT_FOUND);
    assert_int_equal(PsSetCreateProcessNotifyRoutine(tell, TRUE), STATUS_SUCCESS);
    counts_check();
}

/* ---- killing at any moment --------------------------------------------------------------------
 */

#define KILLS (host_is_sim() ? 100 : 1000)

static _Atomic uint64_t gone_count;

static void count_gone(struct process *process)
{
    atomic_fetch_add(&gone_count, 1);
}

/* A program that opens, closes, waits, makes threads and never ends by itself. */
static void busy_thread(void *context)
{
    struct process *process = ps_thread_current()->process;
    unsigned depth = (unsigned)(uintptr_t)context;
    KEVENT pause;
    KeInitializeEvent(&pause, NotificationEvent, FALSE);
    if (depth > 0) {
        struct process_thread *child;
        if (NT_SUCCESS(ps_thread_create(process, "child", busy_thread,
                                        (void *)(uintptr_t)(depth - 1), UserMode, &child)))
            ob_dereference(child);
    }
    for (;;) {
        void *event;
        HANDLE handle;
        LARGE_INTEGER short_time = {.QuadPart = -50};
        if (NT_SUCCESS(ob_create(ob_event_type, sizeof(KEVENT), &event))) {
            KeInitializeEvent(event, NotificationEvent, FALSE);
            ob_handle_create(event, EVENT_ALL_ACCESS, 0, &handle);
            ob_dereference(event);
        }
        NTSTATUS status = KeWaitForSingleObject(&pause, UserRequest, UserMode, FALSE, &short_time);
        if (status == STATUS_THREAD_IS_TERMINATING)
            return;
    }
}

static void kills_race_with_everything(void **state)
{
    uint64_t seed = 88172645463325252ull;
    counts_begin();
    gone_count = 0;
    ps_process_gone_set(count_gone);
    for (int i = 0; i < KILLS; i++) {
        struct process_thread *thread;
        struct process *process = process_new(0);
        assert_int_equal(
            ps_thread_create(process, "busy", busy_thread, (void *)2, UserMode, &thread),
            STATUS_SUCCESS);
        ob_dereference(thread);
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        LARGE_INTEGER moment = {.QuadPart = -(LONGLONG)(seed % 2000)};
        if (seed % 5)
            KeDelayExecutionThread(KernelMode, FALSE, &moment);
        ps_process_terminate(process, 9);
        wait_for(process);
        assert_int_equal(process->exit_status, 9);
        assert_int_equal(ob_handle_table_count(process->handles), 0);
        ob_dereference(process);
    }
    counts_check();
    assert_int_equal(gone_count, KILLS);
    ps_process_gone_set(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_process_is_there),
        cmocka_unit_test(a_process_is_found_by_its_id),
        cmocka_unit_test(the_end_comes_in_order),
        cmocka_unit_test(a_killed_process_takes_no_thread),
        cmocka_unit_test(a_process_without_threads_goes_with_its_last_reference),
        cmocka_unit_test(windows_go_with_their_process),
        cmocka_unit_test(attaching_changes_the_context),
        cmocka_unit_test(drivers_are_told),
        cmocka_unit_test(kills_race_with_everything),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
