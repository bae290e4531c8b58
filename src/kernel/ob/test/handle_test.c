/* SPDX-License-Identifier: MIT */
/* handle_test.c - handles: access, types, closing, duplicating, tables, and races between
 * looking one up and closing it.
 */
#include "ob_test.h"

#include <stdatomic.h>
#include <string.h>

static struct handle_table *current;

static struct handle_table *current_of(void)
{
    return current;
}

static void a_handle_leads_to_its_object(void **state)
{
    HANDLE handle;
    void *body;
    ACCESS_MASK granted;
    KEVENT *event = event_new();
    assert_int_equal(ob_handle_create(event, SYNCHRONIZE | EVENT_MODIFY_STATE, 0, &handle),
                     STATUS_SUCCESS);
    assert_int_equal((uintptr_t)handle % 4, 0);
    assert_int_equal(ob_reference_count(event), 2);
    assert_int_equal(ob_handle_count(event), 1);
    assert_int_equal(
        ob_handle_reference(handle, SYNCHRONIZE, ob_event_type, KernelMode, &body, &granted),
        STATUS_SUCCESS);
    assert_ptr_equal(body, event);
    assert_int_equal(granted, SYNCHRONIZE | EVENT_MODIFY_STATE);
    assert_int_equal(ob_reference_count(event), 3);
    ob_dereference(body);
    assert_int_equal(ob_handle_reference(handle, 0, ob_timer_type, KernelMode, &body, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ob_reference_count(event), 2);
    assert_int_equal(ob_handle_close(handle, KernelMode), STATUS_SUCCESS);
    assert_int_equal(ob_handle_close(handle, KernelMode), STATUS_INVALID_HANDLE);
    assert_int_equal(ob_handle_reference(handle, 0, NULL, KernelMode, &body, NULL),
                     STATUS_INVALID_HANDLE);
    assert_int_equal(ob_reference_count(event), 1);
    ob_dereference(event);
    counts_check();
}

static void user_mode_is_held_to_its_access(void **state)
{
    HANDLE handle, kernel;
    void *body;
    KEVENT *event = event_new();
    assert_int_equal(ob_handle_table_create(&current, &current), STATUS_SUCCESS);
    ob_current_table_set(current_of);
    assert_int_equal(ob_handle_create(event, SYNCHRONIZE, 0, &handle), STATUS_SUCCESS);
    assert_int_equal(ob_handle_reference(handle, EVENT_MODIFY_STATE, NULL, UserMode, &body, NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(ob_handle_reference(handle, EVENT_MODIFY_STATE, NULL, KernelMode, &body, NULL),
                     STATUS_SUCCESS);
    ob_dereference(body);
    assert_int_equal(ob_handle_create(event, GENERIC_ALL, OBJ_KERNEL_HANDLE, &kernel),
                     STATUS_SUCCESS);
    assert_true(ob_handle_is_kernel(kernel));
    assert_false(ob_handle_is_kernel(handle));
    assert_int_equal(ob_handle_reference(kernel, 0, NULL, UserMode, &body, NULL),
                     STATUS_INVALID_HANDLE);
    assert_int_equal(ob_handle_reference(kernel, EVENT_ALL_ACCESS, NULL, KernelMode, &body, NULL),
                     STATUS_SUCCESS);
    ob_dereference(body);
    assert_int_equal(ob_handle_close(kernel, UserMode), STATUS_INVALID_HANDLE);
    assert_int_equal(ob_handle_close(kernel, KernelMode), STATUS_SUCCESS);
    ob_current_table_set(NULL);
    ob_handle_table_destroy(current);
    assert_int_equal(ob_reference_count(event), 1);
    ob_dereference(event);
    counts_check();
}

static void handles_are_used_again_and_rubbish_is_refused(void **state)
{
    HANDLE handles[1000], handle;
    void *body;
    KEVENT *event = event_new();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ob_handle_create(event, 0, 0, &handles[i]), STATUS_SUCCESS);
    assert_int_equal(ob_handle_count(event), 1000);
    assert_int_equal(ob_handle_close(handles[500], KernelMode), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(event, 0, 0, &handle), STATUS_SUCCESS);
    assert_ptr_equal(handle, handles[500]);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ob_handle_close(handles[i], KernelMode), STATUS_SUCCESS);
    const uintptr_t rubbish[] = {
        0, 1, 3, 0x7ffffffc, 0xfffffffc, 0x123456789abcdef0, (uintptr_t)-8, (uintptr_t)-5};
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++)
        assert_int_equal(ob_handle_reference((HANDLE)rubbish[i], 0, NULL, KernelMode, &body, NULL),
                         STATUS_INVALID_HANDLE);
    ob_dereference(event);
    counts_check();
}

static void a_protected_handle_stays(void **state)
{
    HANDLE handle;
    ULONG attributes;
    KEVENT *event = event_new();
    assert_int_equal(ob_handle_create(event, 0, OBJ_INHERIT, &handle), STATUS_SUCCESS);
    assert_int_equal(ob_handle_attributes_get(handle, KernelMode, &attributes), STATUS_SUCCESS);
    assert_int_equal(attributes, OBJ_INHERIT);
    assert_int_equal(ob_handle_attributes_set(handle, KernelMode, OB_PROTECT_CLOSE),
                     STATUS_SUCCESS);
    assert_int_equal(ob_handle_close(handle, KernelMode), STATUS_HANDLE_NOT_CLOSABLE);
    assert_int_equal(ob_handle_attributes_set(handle, KernelMode, 0), STATUS_SUCCESS);
    assert_int_equal(ob_handle_close(handle, KernelMode), STATUS_SUCCESS);
    ob_dereference(event);
    counts_check();
}

static void an_exclusive_object_is_for_one_process(void **state)
{
    HANDLE mine, theirs;
    int other;
    struct handle_table *second;
    KEVENT *event = event_new();
    OBJECT_ATTRIBUTES attributes = attributes_of(NULL, OBJ_EXCLUSIVE, NULL);
    assert_int_equal(ob_insert(event, &attributes, 0, KernelMode, NULL, &mine), STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_create(&other, &second), STATUS_SUCCESS);
    assert_int_equal(
        ob_handle_duplicate(NULL, mine, second, 0, 0, DUPLICATE_SAME_ACCESS, KernelMode, &theirs),
        STATUS_ACCESS_DENIED);
    assert_int_equal(ob_handle_close(mine, KernelMode), STATUS_SUCCESS);
    ob_handle_table_destroy(second);
    ob_dereference(event);
    counts_check();
}

static void duplicating_copies_and_moves(void **state)
{
    HANDLE source, copy;
    void *body;
    ACCESS_MASK granted;
    int one, two;
    struct handle_table *from, *to;
    KEVENT *event = event_new();
    assert_int_equal(ob_handle_table_create(&one, &from), STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_create(&two, &to), STATUS_SUCCESS);
    current = from;
    ob_current_table_set(current_of);
    assert_int_equal(ob_handle_create(event, EVENT_ALL_ACCESS, 0, &source), STATUS_SUCCESS);
    assert_int_equal(ob_handle_duplicate(from, source, to, SYNCHRONIZE, 0, 0, KernelMode, &copy),
                     STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_count(to), 1);
    current = to;
    assert_int_equal(ob_handle_reference(copy, 0, NULL, KernelMode, &body, &granted),
                     STATUS_SUCCESS);
    assert_ptr_equal(body, event);
    assert_int_equal(granted, SYNCHRONIZE);
    ob_dereference(body);
    assert_int_equal(ob_handle_duplicate(from, source, to, 0, 0,
                                         DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE, KernelMode,
                                         &copy),
                     STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_count(from), 0);
    assert_int_equal(ob_handle_table_count(to), 2);
    assert_int_equal(ob_handle_duplicate(from, source, to, 0, 0, 0, KernelMode, &copy),
                     STATUS_INVALID_HANDLE);
    ob_current_table_set(NULL);
    ob_handle_table_destroy(from);
    ob_handle_table_destroy(to);
    assert_int_equal(ob_handle_count(event), 0);
    ob_dereference(event);
    counts_check();
}

static ACCESS_MASK limited(const void *body)
{
    return body ? 0x3 : 0;
}

/* Copies asked for by a program: nothing of the kernel's, and no rights that opening would not
 * give. */
static void a_program_copies_what_it_may(void **state)
{
    static const struct object_type_ops ops = {
        .user_limit = limited, .mapping = {1, 2, 4, 7}, .valid_access = 7};
    HANDLE source, kernel, copy = NULL;
    ULONG attributes;
    int process;
    void *body;
    ACCESS_MASK granted;
    struct object_type *type;
    struct handle_table *table, *system = ob_handle_table_kernel();
    assert_int_equal(ob_type_create("Limited", &ops, &type), STATUS_SUCCESS);
    ob_counts(&counts_at_start);
    assert_int_equal(ob_create(type, 1, &body), STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_create(&process, &table), STATUS_SUCCESS);
    current = table;
    ob_current_table_set(current_of);
    uint64_t kernel_handles = ob_handle_table_count(system);
    assert_int_equal(ob_handle_create(body, 1, 0, &source), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(body, 7, OBJ_KERNEL_HANDLE, &kernel), STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_count(system), kernel_handles + 1);

    /* Neither from the kernel's table nor into it, nor closed in it. */
    assert_int_equal(
        ob_handle_duplicate(table, kernel, table, 1, 0, DUPLICATE_CLOSE_SOURCE, UserMode, &copy),
        STATUS_INVALID_HANDLE);
    assert_int_equal(ob_handle_duplicate(table, source, table, 1,
                                         OBJ_KERNEL_HANDLE | OBJ_INHERIT | OB_PROTECT_CLOSE, 0,
                                         UserMode, &copy),
                     STATUS_SUCCESS);
    assert_false(ob_handle_is_kernel(copy));
    assert_int_equal(ob_handle_attributes_get(copy, UserMode, &attributes), STATUS_SUCCESS);
    assert_int_equal(attributes, OBJ_INHERIT | OB_PROTECT_CLOSE);
    assert_int_equal(ob_handle_table_count(system), kernel_handles + 1);

    /* More rights, as far as the type lets a program have them. */
    assert_int_equal(ob_handle_duplicate(table, source, table, 3, 0, 0, UserMode, &copy),
                     STATUS_SUCCESS);
    assert_int_equal(ob_handle_duplicate(table, source, table, 4, 0, 0, UserMode, &copy),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(ob_handle_duplicate(table, source, table, GENERIC_ALL, 0, 0, UserMode, &copy),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(
        ob_handle_duplicate(table, source, table, MAXIMUM_ALLOWED, 0, 0, UserMode, &copy),
        STATUS_SUCCESS);
    assert_int_equal(ob_handle_reference(copy, 0, NULL, KernelMode, &body, &granted),
                     STATUS_SUCCESS);
    assert_int_equal(granted, 3);
    ob_dereference(body);

    /* Drivers are trusted with all of it. */
    assert_int_equal(
        ob_handle_duplicate(table, source, table, 4, OBJ_KERNEL_HANDLE, 0, KernelMode, &copy),
        STATUS_SUCCESS);
    assert_true(ob_handle_is_kernel(copy));
    assert_int_equal(ob_handle_close(copy, KernelMode), STATUS_SUCCESS);
    assert_int_equal(ob_handle_close(kernel, KernelMode), STATUS_SUCCESS);
    ob_current_table_set(NULL);
    ob_handle_table_destroy(table);
    ob_dereference(body);
    counts_check();
}

/* ---- what the type is told ------------------------------------------------------------------ */

static struct {
    unsigned closes, deletes;
    uint64_t process_handles, system_handles;
    KIRQL delete_irql;
    struct thread *delete_thread;
} told;

static void told_close(void *process, void *body, ACCESS_MASK granted, uint64_t process_handles,
                       uint64_t system_handles)
{
    told.closes++;
    told.process_handles = process_handles;
    told.system_handles = system_handles;
}

static void told_delete(void *body)
{
    told.deletes++;
    told.delete_irql = ke_irql();
    told.delete_thread = ke_thread_current();
}

static struct object_type *told_type(void)
{
    static const struct object_type_ops ops = {.close_handle = told_close,
                                               .delete_body = told_delete};
    static struct object_type *type;
    if (!type) {
        assert_int_equal(ob_type_create("Told", &ops, &type), STATUS_SUCCESS);
        ob_counts(&counts_at_start);
    }
    memset(&told, 0, sizeof told);
    return type;
}

static void closing_tells_how_many_are_left(void **state)
{
    HANDLE a, b, c;
    void *body;
    int process;
    struct handle_table *table;
    assert_int_equal(ob_create(told_type(), 1, &body), STATUS_SUCCESS);
    assert_int_equal(ob_handle_table_create(&process, &table), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(body, 0, 0, &a), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(body, 0, 0, &b), STATUS_SUCCESS);
    assert_int_equal(ob_handle_duplicate(NULL, a, table, 0, 0, 0, KernelMode, &c), STATUS_SUCCESS);
    ob_handle_close(a, KernelMode);
    assert_int_equal(told.process_handles, 1);
    assert_int_equal(told.system_handles, 2);
    ob_handle_table_destroy(table);
    assert_int_equal(told.process_handles, 0);
    assert_int_equal(told.system_handles, 1);
    ob_handle_close(b, KernelMode);
    assert_int_equal(told.system_handles, 0);
    assert_int_equal(told.closes, 3);
    assert_int_equal(told.deletes, 0);
    ob_dereference(body);
    assert_int_equal(told.deletes, 1);
    counts_check();
}

static void deleting_waits_for_passive_level(void **state)
{
    void *body;
    assert_int_equal(ob_create(told_type(), 1, &body), STATUS_SUCCESS);
    KIRQL old = ke_irql_raise(DISPATCH_LEVEL);
    ObDereferenceObject(body);
    ke_irql_lower(old);
    ex_work_drain();
    assert_int_equal(told.deletes, 1);
    assert_int_equal(told.delete_irql, PASSIVE_LEVEL);
    assert_ptr_not_equal(told.delete_thread, &test_thread); /* a worker did it */
    assert_int_equal(ob_create(told_type(), 1, &body), STATUS_SUCCESS);
    ObDereferenceObjectDeferDelete(body);
    ex_work_drain();
    assert_int_equal(told.deletes, 1);
    assert_ptr_not_equal(told.delete_thread, &test_thread);
    counts_check();
}

static void a_closed_table_takes_nothing_more(void **state)
{
    HANDLE handle;
    int process;
    struct handle_table *table;
    KEVENT *event = event_new();
    assert_int_equal(ob_handle_table_create(&process, &table), STATUS_SUCCESS);
    current = table;
    ob_current_table_set(current_of);
    assert_int_equal(ob_handle_create(event, 0, OBJ_INHERIT, &handle), STATUS_SUCCESS);
    ob_handle_attributes_set(handle, KernelMode, OB_PROTECT_CLOSE);
    ob_handle_table_close_all(table);
    assert_int_equal(ob_handle_count(event), 0);
    assert_int_equal(ob_handle_create(event, 0, 0, &handle), STATUS_PROCESS_IS_TERMINATING);
    assert_int_equal(ob_reference_count(event), 1);
    ob_current_table_set(NULL);
    ob_handle_table_destroy(table);
    ob_dereference(event);
    counts_check();
}

/* ---- races ---------------------------------------------------------------------------------- */

#define RACERS 4
#define ROUNDS (host_is_sim() ? 200 : 20000)

static _Atomic uintptr_t race_handle;
static _Atomic unsigned race_found, race_missed, race_closed;
static _Atomic bool race_is_over;

/* Looks up whatever handle is published; every body it gets must be alive. */
static void racer_lookup(void *context)
{
    while (!atomic_load(&race_is_over)) {
        void *body;
        HANDLE handle = (HANDLE)atomic_load(&race_handle);
        if (handle &&
            NT_SUCCESS(ob_handle_reference(handle, 0, ob_event_type, KernelMode, &body, NULL))) {
            KeSetEvent(body, 0, FALSE); /* touches the memory */
            ob_dereference(body);
            atomic_fetch_add(&race_found, 1);
        } else {
            atomic_fetch_add(&race_missed, 1);
        }
        host_spin_pause();
        ke_interrupts_poll();
    }
}

/* Closes whatever is published, too: exactly one of the closers succeeds. */
static void racer_close(void *context)
{
    while (!atomic_load(&race_is_over)) {
        HANDLE handle = (HANDLE)atomic_load(&race_handle);
        if (handle && NT_SUCCESS(ob_handle_close(handle, KernelMode)))
            atomic_fetch_add(&race_closed, 1);
        ke_interrupts_poll();
        host_spin_pause();
    }
}

static void lookups_race_with_closes(void **state)
{
    struct thread threads[RACERS] = {0};
    unsigned closed_here = 0;
    race_is_over = false;
    for (int i = 0; i < RACERS; i++) {
        ke_thread_init(&threads[i], "racer", NULL);
        assert_int_equal(
            ke_thread_start(&threads[i], i == 0 ? racer_close : racer_lookup, NULL, NULL),
            STATUS_SUCCESS);
    }
    for (int i = 0; i < ROUNDS; i++) {
        HANDLE handle;
        KEVENT *event = event_new();
        assert_int_equal(ob_handle_create(event, EVENT_ALL_ACCESS, 0, &handle), STATUS_SUCCESS);
        ob_dereference(event);
        atomic_store(&race_handle, (uintptr_t)handle);
        host_spin_pause();                       /* on sim: the others may run here */
        if (i % (host_is_sim() ? 4 : 64) == 0) { /* sim has one processor: let others have it */
            LARGE_INTEGER soon = {.QuadPart = -100};
            KeDelayExecutionThread(KernelMode, FALSE, &soon);
        }
        if (NT_SUCCESS(ob_handle_close(handle, KernelMode)))
            closed_here++;
    }
    atomic_store(&race_is_over, true);
    for (int i = 0; i < RACERS; i++)
        KeWaitForSingleObject(&threads[i], Executive, KernelMode, FALSE, NULL);
    assert_int_equal(closed_here + race_closed, ROUNDS);
    assert_true(race_found > 0);
    counts_check();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_leads_to_its_object),
        cmocka_unit_test(user_mode_is_held_to_its_access),
        cmocka_unit_test(handles_are_used_again_and_rubbish_is_refused),
        cmocka_unit_test(a_protected_handle_stays),
        cmocka_unit_test(an_exclusive_object_is_for_one_process),
        cmocka_unit_test(duplicating_copies_and_moves),
        cmocka_unit_test(a_program_copies_what_it_may),
        cmocka_unit_test(closing_tells_how_many_are_left),
        cmocka_unit_test(deleting_waits_for_passive_level),
        cmocka_unit_test(a_closed_table_takes_nothing_more),
        cmocka_unit_test(lookups_race_with_closes),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
