/* SPDX-License-Identifier: MIT */
/* thread_test.c - system threads as drivers make them, their identity, their end. */
#include "ps_test.h"

#include "ps_ddi.h"

static HANDLE seen_id;
static PVOID seen_context;
static bool seen_system;

static VOID NTAPI returns(PVOID context)
{
    seen_context = context;
    seen_id = PsGetCurrentThreadId();
    seen_system = PsIsSystemThread(PsGetCurrentThread());
}

static VOID NTAPI terminates(PVOID context)
{
    PsTerminateSystemThread((NTSTATUS)0x1234);
    assert_true(false);
}

static NTSTATUS start(PKSTART_ROUTINE routine, PVOID context, CLIENT_ID *id, void **out_thread)
{
    HANDLE handle;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    NTSTATUS status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, id, routine, context);
    if (!NT_SUCCESS(status))
        return status;
    assert_true(ob_handle_is_kernel(handle));
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                       out_thread, NULL);
    ob_handle_close(handle, KernelMode);
    return status;
}

static void a_system_thread_runs_and_is_signalled(void **state)
{
    CLIENT_ID id;
    void *thread;
    int mark;
    counts_begin();
    assert_int_equal(start(returns, &mark, &id, &thread), STATUS_SUCCESS);
    wait_for(thread);
    assert_ptr_equal(seen_context, &mark);
    assert_ptr_equal(seen_id, id.UniqueThread);
    assert_true(seen_system);
    assert_ptr_equal(id.UniqueProcess, (HANDLE)4);
    assert_int_equal((uintptr_t)id.UniqueThread % 4, 0);
    assert_ptr_equal(PsGetThreadId(thread), id.UniqueThread);
    assert_ptr_equal(PsGetThreadProcessId(thread), (HANDLE)4);
    assert_ptr_equal(PsGetThreadProcess(thread), ps_system_process);
    assert_true(PsIsThreadTerminating(thread));
    assert_int_equal(PsGetThreadExitStatus(thread), STATUS_SUCCESS);
    ob_dereference(thread);
    counts_check();
}

static void terminating_does_not_return(void **state)
{
    void *thread;
    counts_begin();
    assert_int_equal(start(terminates, NULL, NULL, &thread), STATUS_SUCCESS);
    wait_for(thread);
    assert_int_equal(PsGetThreadExitStatus(thread), 0x1234);
    ob_dereference(thread);
    counts_check();
}

static void who_is_no_system_thread_may_not(void **state)
{
    counts_begin();
    /* The test's own thread is ke's, and of no process. */
    assert_int_equal(PsTerminateSystemThread(0), STATUS_INVALID_PARAMETER);
    assert_null(ps_thread_current());
    counts_check();
}

static KEVENT gate;

static VOID NTAPI waits(PVOID context)
{
    KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, NULL);
}

static void threads_are_found_while_they_run(void **state)
{
    CLIENT_ID id;
    void *thread;
    PETHREAD found;
    PEPROCESS process;
    counts_begin();
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    assert_int_equal(start(waits, NULL, &id, &thread), STATUS_SUCCESS);
    assert_int_equal(PsLookupThreadByThreadId(id.UniqueThread, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, thread);
    ob_dereference(found);
    assert_int_equal(PsLookupProcessThreadByCid(&id, &process, &found), STATUS_SUCCESS);
    ob_dereference(found);
    ob_dereference(process);
    assert_int_equal(PsGetThreadExitStatus(thread), STATUS_PENDING);
    assert_false(PsIsThreadTerminating(thread));
    KeSetEvent(&gate, 0, FALSE);
    wait_for(thread);
    assert_int_equal(PsLookupThreadByThreadId(id.UniqueThread, &found), STATUS_INVALID_PARAMETER);
    ob_dereference(thread);
    counts_check();
}

static void a_thread_in_another_process_keeps_it(void **state)
{
    HANDLE process_handle, handle;
    void *thread;
    counts_begin();
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    struct process *process = process_new(0);
    assert_int_equal(ob_handle_create(process, GENERIC_ALL, OBJ_KERNEL_HANDLE, &process_handle),
                     STATUS_SUCCESS);
    assert_int_equal(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, process_handle, NULL, waits, NULL),
        STATUS_SUCCESS);
    ob_handle_close(process_handle, KernelMode);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, NULL),
                     STATUS_SUCCESS);
    ob_handle_close(handle, KernelMode);
    assert_ptr_equal(PsGetThreadProcess(thread), process);
    assert_int_equal(process->header.SignalState, 0);
    KeSetEvent(&gate, 0, FALSE);
    wait_for(thread);
    wait_for(process); /* the last thread has ended */
    assert_int_equal(process->exit_status, STATUS_SUCCESS);
    ob_dereference(thread);
    ob_dereference(process);
    assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, (HANDLE)0x7770, NULL, waits, NULL),
                     STATUS_INVALID_HANDLE);
    counts_check();
}

static void adopted_threads_are_threads_too(void **state)
{
    counts_begin();
    /* A host thread that is nobody's becomes one of a process's, for a time. */
    ke_processor_leave();
    ke_thread_release(&test_thread);
    struct process_thread *thread;
    struct process *process;
    struct ps_process_options options = {.image_name = "inside"};
    assert_int_equal(ps_process_create(&options, &process), STATUS_SUCCESS);
    assert_int_equal(ps_thread_adopt(process, &thread), STATUS_SUCCESS);
    ke_processor_enter();
    assert_ptr_equal(ps_thread_current(), thread);
    assert_ptr_equal(ps_process_current(), process);
    ke_processor_leave();
    ps_thread_release(thread);
    test_thread = (struct thread){0};
    ke_thread_init(&test_thread, "test", NULL);
    ke_thread_adopt(&test_thread);
    ke_processor_enter();
    assert_int_equal(process->header.SignalState, 1);
    ob_dereference(process);
    counts_check();
}

static _Atomic unsigned thread_created, thread_ended;

static VOID NTAPI tell(HANDLE process, HANDLE thread, BOOLEAN create)
{
    create ? thread_created++ : thread_ended++;
}

static void drivers_are_told_of_threads(void **state)
{
    void *thread;
    counts_begin();
    assert_int_equal(PsSetCreateThreadNotifyRoutine(tell), STATUS_SUCCESS);
    assert_int_equal(start(returns, NULL, NULL, &thread), STATUS_SUCCESS);
    wait_for(thread);
    ob_dereference(thread);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(tell), STATUS_SUCCESS);
    assert_int_equal(thread_created, 1);
    assert_int_equal(thread_ended, 1);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(tell), STATUS_PROCEDURE_NOT_FOUND);
    counts_check();
}

static void the_version_is_told(void **state)
{
    ULONG major = 0, minor = 99, build = 0;
    UNICODE_STRING csd = {2, 2, L"x"};
    ke_version_set(10, 0, 19041);
    assert_false(PsGetVersion(&major, &minor, &build, &csd));
    assert_int_equal(major, 10);
    assert_int_equal(minor, 0);
    assert_int_equal(build, 19041);
    assert_int_equal(csd.Length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_thread_runs_and_is_signalled),
        cmocka_unit_test(terminating_does_not_return),
        cmocka_unit_test(who_is_no_system_thread_may_not),
        cmocka_unit_test(threads_are_found_while_they_run),
        cmocka_unit_test(a_thread_in_another_process_keeps_it),
        cmocka_unit_test(adopted_threads_are_threads_too),
        cmocka_unit_test(drivers_are_told_of_threads),
        cmocka_unit_test(the_version_is_told),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
