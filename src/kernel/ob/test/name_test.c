/* SPDX-License-Identifier: MIT */
/* name_test.c - the name space: opening, entering, links, parsers, and how names go. */
#include "ob_test.h"

#include <string.h>

static void open_finds_what_was_entered(void **state)
{
    void *found = NULL;
    KEVENT *event = event_named(NAME("\\BaseNamedObjects\\Alpha"), OBJ_PERMANENT);
    assert_int_equal(ob_reference_count(event), 2);
    assert_true(name_is(event, NAME("\\BaseNamedObjects\\Alpha")));
    assert_int_equal(
        open_name(NAME("\\basenamedobjects\\ALPHA"), OBJ_CASE_INSENSITIVE, ob_event_type, &found),
        STATUS_SUCCESS);
    assert_ptr_equal(found, event);
    ob_dereference(found);
    assert_int_equal(open_name(NAME("\\BaseNamedObjects\\ALPHA"), 0, ob_event_type, &found),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(
        open_name(NAME("\\BaseNamedObjects\\Alpha"), OBJ_CASE_INSENSITIVE, ob_timer_type, &found),
        STATUS_OBJECT_TYPE_MISMATCH);
    ob_make_temporary(event);
    assert_int_equal(ob_reference_count(event), 1);
    assert_int_equal(
        open_name(NAME("\\BaseNamedObjects\\Alpha"), OBJ_CASE_INSENSITIVE, NULL, &found),
        STATUS_OBJECT_NAME_NOT_FOUND);
    ob_dereference(event);
    counts_check();
}

static void bad_names_are_refused(void **state)
{
    void *found;
    UNICODE_STRING odd = {3, 4, (WCHAR *)L"\\x"};
    const struct {
        UNICODE_STRING *name;
        NTSTATUS status;
    } rows[] = {
        {NAME("Alpha"), STATUS_OBJECT_PATH_SYNTAX_BAD},
        {NAME(""), STATUS_OBJECT_NAME_INVALID},
        {NAME("\\\\Device"), STATUS_OBJECT_NAME_INVALID},
        {NAME("\\Device\\\\x"), STATUS_OBJECT_NAME_INVALID},
        {NAME("\\Device\\"), STATUS_OBJECT_NAME_INVALID},
        {NAME("\\Nowhere\\x"), STATUS_OBJECT_PATH_NOT_FOUND},
        {NAME("\\Device\\x"), STATUS_OBJECT_NAME_NOT_FOUND},
        {NAME("\\ObjectTypes\\Event\\x"), STATUS_OBJECT_PATH_NOT_FOUND},
        {&odd, STATUS_OBJECT_NAME_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(open_name(rows[i].name, OBJ_CASE_INSENSITIVE, NULL, &found),
                         rows[i].status);
    assert_int_equal(open_name(NAME("\\"), 0, ob_directory_type, &found), STATUS_SUCCESS);
    assert_true(name_is(found, NAME("\\")));
    ob_dereference(found);
    counts_check();
}

static void types_are_objects_with_names(void **state)
{
    void *found;
    assert_int_equal(open_name(NAME("\\ObjectTypes\\Event"), OBJ_CASE_INSENSITIVE, NULL, &found),
                     STATUS_SUCCESS);
    assert_ptr_equal(found, ob_event_type);
    assert_string_equal(ob_type_name(found), "Event");
    assert_string_equal(ob_type_name(ob_type_of(found)), "Type");
    ob_dereference(found);
}

static void links_lead_on(void **state)
{
    void *found;
    KEVENT *event = event_named(NAME("\\Device\\Edu0"), OBJ_PERMANENT);
    assert_int_equal(ob_symbolic_link_create(NAME("\\DosDevices\\Edu"), NAME("\\Device\\Edu0")),
                     STATUS_SUCCESS);
    assert_int_equal(ob_symbolic_link_create(NAME("\\??\\EDU"), NAME("\\Device\\Edu0")),
                     STATUS_OBJECT_NAME_COLLISION);
    UNICODE_STRING *const ways[] = {NAME("\\??\\edu"), NAME("\\GLOBAL??\\Edu"),
                                    NAME("\\DosDevices\\Edu"), NAME("\\??\\Global\\Edu"),
                                    NAME("\\??\\GLOBALROOT\\Device\\Edu0")};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        assert_int_equal(open_name(ways[i], OBJ_CASE_INSENSITIVE, ob_event_type, &found),
                         STATUS_SUCCESS);
        assert_ptr_equal(found, event);
        ob_dereference(found);
    }
    /* The link itself, when that is what is wanted. */
    assert_int_equal(
        open_name(NAME("\\??\\Edu"), OBJ_CASE_INSENSITIVE, ob_symbolic_link_type, &found),
        STATUS_SUCCESS);
    assert_true(
        RtlEqualUnicodeString(ob_symbolic_link_target(found), NAME("\\Device\\Edu0"), FALSE));
    ob_dereference(found);
    assert_int_equal(open_name(NAME("\\??\\Edu"), OBJ_CASE_INSENSITIVE | OBJ_DONT_REPARSE,
                               ob_event_type, &found),
                     (NTSTATUS)0xC000050B);
    assert_int_equal(ob_symbolic_link_delete(NAME("\\DosDevices\\edu")), STATUS_SUCCESS);
    assert_int_equal(ob_symbolic_link_delete(NAME("\\DosDevices\\edu")),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(open_name(NAME("\\??\\Edu"), OBJ_CASE_INSENSITIVE, NULL, &found),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    ob_make_temporary(event);
    ob_dereference(event);
    counts_check();
}

static void a_circle_of_links_ends(void **state)
{
    void *found;
    assert_int_equal(ob_symbolic_link_create(NAME("\\??\\A"), NAME("\\??\\B")), STATUS_SUCCESS);
    assert_int_equal(ob_symbolic_link_create(NAME("\\??\\B"), NAME("\\??\\A")), STATUS_SUCCESS);
    assert_int_equal(open_name(NAME("\\??\\A\\x"), OBJ_CASE_INSENSITIVE, NULL, &found),
                     STATUS_REPARSE_POINT_NOT_RESOLVED);
    assert_int_equal(ob_symbolic_link_delete(NAME("\\??\\A")), STATUS_SUCCESS);
    assert_int_equal(ob_symbolic_link_delete(NAME("\\??\\B")), STATUS_SUCCESS);
    counts_check();
}

static void open_if_gives_the_one_that_is_there(void **state)
{
    void *got = NULL;
    KEVENT *first = event_named(NAME("\\BaseNamedObjects\\One"), OBJ_PERMANENT);
    OBJECT_ATTRIBUTES attributes =
        attributes_of(NAME("\\BaseNamedObjects\\one"), OBJ_CASE_INSENSITIVE | OBJ_OPENIF, NULL);
    KEVENT *second = event_new();
    assert_int_equal(ob_insert(second, &attributes, 0, KernelMode, &got, NULL),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_ptr_equal(got, first);
    ob_dereference(got);
    attributes.Attributes = OBJ_CASE_INSENSITIVE;
    second = event_new();
    assert_int_equal(ob_insert(second, &attributes, 0, KernelMode, &got, NULL),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(ob_reference_count(second), 1);
    ob_dereference(second);
    /* The same name, another type. */
    void *timer;
    assert_int_equal(ob_create(ob_semaphore_type, sizeof(KSEMAPHORE), &timer), STATUS_SUCCESS);
    attributes.Attributes |= OBJ_OPENIF;
    assert_int_equal(ob_insert(timer, &attributes, 0, KernelMode, &got, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    ob_dereference(timer);
    ob_name_remove(first);
    ob_dereference(first);
    counts_check();
}

static void a_temporary_name_goes_with_the_last_handle(void **state)
{
    HANDLE handle, again;
    void *found;
    KEVENT *event = event_named(NAME("\\BaseNamedObjects\\Temp"), 0);
    assert_int_equal(ob_handle_create(event, EVENT_ALL_ACCESS, 0, &handle), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(event, EVENT_ALL_ACCESS, 0, &again), STATUS_SUCCESS);
    assert_int_equal(ob_handle_close(handle, KernelMode), STATUS_SUCCESS);
    assert_int_equal(open_name(NAME("\\BaseNamedObjects\\Temp"), 0, NULL, &found), STATUS_SUCCESS);
    ob_dereference(found);
    assert_int_equal(ob_handle_close(again, KernelMode), STATUS_SUCCESS);
    /* The pointer keeps the object, not its name. */
    assert_int_equal(open_name(NAME("\\BaseNamedObjects\\Temp"), 0, NULL, &found),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_true(name_is(event, NAME("")));
    ob_dereference(event);
    counts_check();
}

static void a_temporary_name_goes_with_the_last_reference(void **state)
{
    void *found;
    KEVENT *event = event_named(NAME("\\BaseNamedObjects\\Temp"), 0);
    ob_dereference(event);
    assert_int_equal(open_name(NAME("\\BaseNamedObjects\\Temp"), 0, NULL, &found),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    counts_check();
}

static void relative_names_begin_at_a_handle(void **state)
{
    void *directory, *found;
    HANDLE root;
    KEVENT *event = event_named(NAME("\\Device\\Rel"), OBJ_PERMANENT);
    assert_int_equal(open_name(NAME("\\Device"), 0, ob_directory_type, &directory), STATUS_SUCCESS);
    assert_int_equal(ob_handle_create(directory, DIRECTORY_ALL_ACCESS, 0, &root), STATUS_SUCCESS);
    OBJECT_ATTRIBUTES attributes = attributes_of(NAME("Rel"), 0, root);
    assert_int_equal(ob_open(&attributes, NULL, 0, KernelMode, NULL, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, event);
    ob_dereference(found);
    attributes.ObjectName = NAME("\\Rel");
    assert_int_equal(ob_open(&attributes, NULL, 0, KernelMode, NULL, &found),
                     STATUS_OBJECT_PATH_SYNTAX_BAD);
    ob_handle_close(root, KernelMode);
    ob_dereference(directory);
    ob_make_temporary(event);
    ob_dereference(event);
    counts_check();
}

/* ---- a type with a parser ---------------------------------------------------------------- */

static UNICODE_STRING seen_rest;
static void *seen_context;

static NTSTATUS parse_record(void *body, struct ob_parse *parse, UNICODE_STRING *out_name,
                             void **out_body)
{
    seen_context = parse->context;
    seen_rest = parse->remaining;
    if (RtlEqualUnicodeString(&parse->remaining, NAME("\\elsewhere"), TRUE)) {
        assert_int_equal(rtl_unicode_of("\\Device\\Target", out_name), STATUS_SUCCESS);
        return STATUS_REPARSE;
    }
    if (RtlEqualUnicodeString(&parse->remaining, NAME("\\no"), TRUE))
        return STATUS_NO_SUCH_FILE;
    ob_reference(body);
    *out_body = body;
    return STATUS_SUCCESS;
}

static void a_parser_gets_the_rest(void **state)
{
    static const struct object_type_ops ops = {.parse = parse_record};
    static struct object_type *type;
    void *device, *found;
    int token;
    if (!type)
        assert_int_equal(ob_type_create("Parsed", &ops, &type), STATUS_SUCCESS);
    ob_counts(&counts_at_start);
    KEVENT *target = event_named(NAME("\\Device\\Target"), OBJ_PERMANENT);
    assert_int_equal(ob_create(type, 8, &device), STATUS_SUCCESS);
    OBJECT_ATTRIBUTES attributes = attributes_of(NAME("\\Device\\P"), OBJ_PERMANENT, NULL);
    assert_int_equal(ob_insert(device, &attributes, 0, KernelMode, NULL, NULL), STATUS_SUCCESS);

    WCHAR text[] = L"\\Device\\P\\a\\b";
    UNICODE_STRING name = {sizeof text - 2, sizeof text, text};
    attributes.ObjectName = &name;
    assert_int_equal(ob_open(&attributes, NULL, 0, KernelMode, &token, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, device);
    assert_ptr_equal(seen_context, &token);
    assert_ptr_equal(seen_rest.Buffer, text + 9); /* no copy */
    assert_int_equal(seen_rest.Length, 4 * sizeof(WCHAR));
    ob_dereference(found);

    assert_int_equal(open_name(NAME("\\Device\\P\\elsewhere"), 0, NULL, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, target);
    ob_dereference(found);
    assert_int_equal(open_name(NAME("\\Device\\P\\no"), 0, NULL, &found), STATUS_NO_SUCH_FILE);
    ob_name_remove(device);
    ob_dereference(device);
    ob_make_temporary(target);
    ob_dereference(target);
    counts_check();
}

static void count_entry(const UNICODE_STRING *name, void *body, void *context)
{
    assert_true(name->Length > 0 && body);
    ++*(unsigned *)context;
}

static void a_directory_shows_all_entries(void **state)
{
    enum { COUNT = 500 };
    KEVENT *events[COUNT];
    unsigned seen = 0, before = 0;
    assert_int_equal(ob_directory_visit("\\BaseNamedObjects", count_entry, &before),
                     STATUS_SUCCESS);
    for (unsigned i = 0; i < COUNT; i++) {
        WCHAR text[] = L"\\BaseNamedObjects\\e000";
        UNICODE_STRING name = {sizeof text - 2, sizeof text, text};
        text[19] = (WCHAR)('0' + i / 100);
        text[20] = (WCHAR)('0' + i / 10 % 10);
        text[21] = (WCHAR)('0' + i % 10);
        events[i] = event_named(&name, 0);
    }
    assert_int_equal(ob_directory_visit("\\BaseNamedObjects", count_entry, &seen), STATUS_SUCCESS);
    assert_int_equal(seen, before + COUNT);
    for (unsigned i = 0; i < COUNT; i++)
        ob_dereference(events[i]);
    seen = 0;
    assert_int_equal(ob_directory_visit("\\BaseNamedObjects", count_entry, &seen), STATUS_SUCCESS);
    assert_int_equal(seen, before);
    assert_int_equal(ob_directory_visit("\\No", count_entry, &seen), STATUS_OBJECT_NAME_NOT_FOUND);
    counts_check();
}

static void query_name_string_follows_the_page(void **state)
{
    char buffer[128];
    OBJECT_NAME_INFORMATION *information = (void *)buffer;
    ULONG length = 0;
    KEVENT *event = event_named(NAME("\\Device\\Q"), 0);
    ULONG needed = sizeof *information + sizeof(L"\\Device\\Q");
    assert_int_equal(ObQueryNameString(event, NULL, 0, &length), STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(length, needed);
    assert_int_equal(ObQueryNameString(event, information, sizeof buffer, &length), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&information->Name, NAME("\\Device\\Q"), FALSE));
    assert_int_equal(information->Name.MaximumLength, information->Name.Length + sizeof(WCHAR));
    assert_int_equal(information->Name.Buffer[information->Name.Length / 2], 0);
    ob_dereference(event);
    event = event_new();
    assert_int_equal(ObQueryNameString(event, information, sizeof buffer, &length), STATUS_SUCCESS);
    assert_null(information->Name.Buffer);
    assert_int_equal(information->Name.Length, 0);
    ob_dereference(event);
    counts_check();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_finds_what_was_entered),
        cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(types_are_objects_with_names),
        cmocka_unit_test(links_lead_on),
        cmocka_unit_test(a_circle_of_links_ends),
        cmocka_unit_test(open_if_gives_the_one_that_is_there),
        cmocka_unit_test(a_temporary_name_goes_with_the_last_handle),
        cmocka_unit_test(a_temporary_name_goes_with_the_last_reference),
        cmocka_unit_test(relative_names_begin_at_a_handle),
        cmocka_unit_test(a_parser_gets_the_rest),
        cmocka_unit_test(a_directory_shows_all_entries),
        cmocka_unit_test(query_name_string_follows_the_page),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
