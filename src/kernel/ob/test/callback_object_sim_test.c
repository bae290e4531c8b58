/* SPDX-License-Identifier: MIT */
/* callback_object_sim_test.c - callback objects: who is called, in which order, and when not. */
#include "ob_test.h"

static unsigned calls[8], call_count;
static PVOID leaving;

static VOID NTAPI note(PVOID context, PVOID argument1, PVOID argument2)
{
    assert_ptr_equal(argument1, (void *)11);
    assert_ptr_equal(argument2, (void *)22);
    calls[call_count++] = (unsigned)(uintptr_t)context;
}

static PCALLBACK_OBJECT callback_named(UNICODE_STRING *name, ULONG flags, BOOLEAN create,
                                       BOOLEAN many, NTSTATUS expected)
{
    OBJECT_ATTRIBUTES attributes = attributes_of(name, flags | OBJ_CASE_INSENSITIVE, NULL);
    PCALLBACK_OBJECT object = NULL;
    assert_int_equal(ExCreateCallback(&object, &attributes, create, many), expected);
    return object;
}

static void routines_are_called_in_the_order_they_came(void **state)
{
    PCALLBACK_OBJECT object =
        callback_named(NAME("\\Callback\\Mine"), 0, TRUE, TRUE, STATUS_SUCCESS);
    PVOID first = ExRegisterCallback(object, note, (void *)1);
    PVOID second = ExRegisterCallback(object, note, (void *)2);
    call_count = 0;
    ExNotifyCallback(object, (void *)11, (void *)22);
    assert_int_equal(call_count, 2);
    assert_int_equal(calls[0], 1);
    assert_int_equal(calls[1], 2);
    ExUnregisterCallback(first);
    ExNotifyCallback(object, (void *)11, (void *)22);
    assert_int_equal(call_count, 3);
    assert_int_equal(calls[2], 2);
    ObDereferenceObject(object); /* the registration keeps it */
    assert_ptr_equal(callback_named(NAME("\\callback\\mine"), 0, FALSE, FALSE, STATUS_SUCCESS),
                     object);
    ObDereferenceObject(object);
    ExUnregisterCallback(second);
    callback_named(NAME("\\Callback\\Mine"), 0, FALSE, FALSE, STATUS_OBJECT_NAME_NOT_FOUND);
    counts_check();
}

static void an_object_for_one_takes_one(void **state)
{
    PCALLBACK_OBJECT object =
        callback_named(NAME("\\Callback\\One"), 0, TRUE, FALSE, STATUS_SUCCESS);
    PVOID only = ExRegisterCallback(object, note, NULL);
    assert_non_null(only);
    assert_null(ExRegisterCallback(object, note, NULL));
    ExUnregisterCallback(only);
    only = ExRegisterCallback(object, note, NULL);
    assert_non_null(only);
    ExUnregisterCallback(only);
    ObDereferenceObject(object);
    counts_check();
}

static void the_system_has_its_own(void **state)
{
    UNICODE_STRING *names[] = {NAME("\\Callback\\SetSystemTime"), NAME("\\Callback\\PowerState")};
    for (unsigned i = 0; i < 2; i++)
        ObDereferenceObject(callback_named(names[i], 0, FALSE, FALSE, STATUS_SUCCESS));
    OBJECT_ATTRIBUTES nameless = attributes_of(NULL, 0, NULL);
    PCALLBACK_OBJECT object;
    assert_int_equal(ExCreateCallback(&object, &nameless, TRUE, TRUE), STATUS_UNSUCCESSFUL);
    counts_check();
}

/* The routine starts a thread that unregisters it; that must not end before the routine. */
static KEVENT begun, unregistered;
static struct thread remover;

static void unregister_in_thread(void *context)
{
    KeSetEvent(&begun, IO_NO_INCREMENT, FALSE);
    ExUnregisterCallback(leaving);
    KeSetEvent(&unregistered, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI be_removed(PVOID context, PVOID argument1, PVOID argument2)
{
    ke_thread_init(&remover, "remover", NULL);
    assert_int_equal(ke_thread_start(&remover, unregister_in_thread, NULL, NULL), STATUS_SUCCESS);
    KeWaitForSingleObject(&begun, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(KeReadStateEvent(&unregistered), 0);
    call_count++;
}

static void unregistering_waits_for_the_routine(void **state)
{
    PCALLBACK_OBJECT object =
        callback_named(NAME("\\Callback\\Mine"), 0, TRUE, TRUE, STATUS_SUCCESS);
    KeInitializeEvent(&begun, NotificationEvent, FALSE);
    KeInitializeEvent(&unregistered, NotificationEvent, FALSE);
    leaving = ExRegisterCallback(object, be_removed, NULL);
    call_count = 0;
    ExNotifyCallback(object, NULL, NULL);
    KeWaitForSingleObject(&remover, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(KeReadStateEvent(&unregistered), 1);
    ExNotifyCallback(object, NULL, NULL);
    assert_int_equal(call_count, 1);
    ObDereferenceObject(object);
    counts_check();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(routines_are_called_in_the_order_they_came, machine_start,
                                        machine_stop),
        cmocka_unit_test_setup_teardown(an_object_for_one_takes_one, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(the_system_has_its_own, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(unregistering_waits_for_the_routine, machine_start,
                                        machine_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
