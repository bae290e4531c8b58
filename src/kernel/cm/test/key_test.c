/* SPDX-License-Identifier: MIT */
/* key_test.c - keys and values: opening, creating, deleting, links, order, information. */
#include "cm_test.h"

static void creating_and_opening(void **state)
{
    OBJECT_ATTRIBUTES object;
    ULONG disposition = 0;
    void *key, *same;
    InitializeObjectAttributes(&object, NAME("\\Registry\\Machine\\Software\\Cove"),
                               OBJ_CASE_INSENSITIVE, NULL, NULL);
    assert_int_equal(cm_key_open(&object, KEY_READ, KernelMode, false, 0, NULL, &key),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(cm_key_open(&object, KEY_READ, KernelMode, true, 0, &disposition, &key),
                     STATUS_SUCCESS);
    assert_int_equal(disposition, REG_CREATED_NEW_KEY);
    assert_int_equal(cm_key_open(&object, KEY_READ, KernelMode, true, 0, &disposition, &same),
                     STATUS_SUCCESS);
    assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
    ob_dereference(same);
    /* Case does not matter, and the flag that says so neither. */
    InitializeObjectAttributes(&object, NAME("\\REGISTRY\\machine\\SOFTWARE\\cOVE"), 0, NULL, NULL);
    assert_int_equal(cm_key_open(&object, KEY_READ, KernelMode, false, 0, NULL, &same),
                     STATUS_SUCCESS);
    ob_dereference(same);
    /* Only the last component is created. */
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\Software\\No\\Such"), true, 0, 0, &same),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    UNICODE_STRING name;
    assert_int_equal(ob_name_of(key, &name), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&name, NAME("\\REGISTRY\\MACHINE\\SOFTWARE\\Cove"), FALSE));
    RtlFreeUnicodeString(&name);
    key_end(key);
    counts_check();
}

static void a_key_by_handle_is_a_root(void **state)
{
    HANDLE handle;
    void *sub;
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Cove"));
    assert_int_equal(ob_handle_create(key, KEY_ALL_ACCESS, OBJ_KERNEL_HANDLE, &handle),
                     STATUS_SUCCESS);
    OBJECT_ATTRIBUTES object;
    InitializeObjectAttributes(&object, NAME("Sub"), OBJ_CASE_INSENSITIVE, handle, NULL);
    assert_int_equal(cm_key_open(&object, KEY_READ, KernelMode, true, 0, NULL, &sub),
                     STATUS_SUCCESS);
    /* A key with keys below it stays. */
    assert_int_equal(cm_key_delete(key), STATUS_CANNOT_DELETE);
    key_end(sub);
    ob_handle_close(handle, KernelMode);
    key_end(key);
    counts_check();
}

static void a_deleted_key_answers_so(void **state)
{
    void *again, *other;
    ULONG length, type;
    char buffer[64];
    void *data;
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Gone"));
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\Software\\Gone"), false, 0, 0, &other),
                     STATUS_SUCCESS);
    assert_int_equal(cm_value_set(key, NAME("v"), REG_DWORD, "abcd", 4), STATUS_SUCCESS);
    assert_int_equal(cm_key_delete(key), STATUS_SUCCESS);
    assert_int_equal(cm_key_delete(other), STATUS_KEY_DELETED);
    assert_int_equal(cm_value_set(other, NAME("v"), REG_DWORD, "abcd", 4), STATUS_KEY_DELETED);
    assert_int_equal(cm_value_get(other, NAME("v"), &type, &data, &length), STATUS_KEY_DELETED);
    assert_int_equal(cm_value_delete(other, NAME("v")), STATUS_KEY_DELETED);
    assert_int_equal(cm_key_query(other, KeyBasicInformation, buffer, sizeof buffer, &length),
                     STATUS_KEY_DELETED);
    assert_int_equal(
        cm_key_enumerate(other, 0, KeyBasicInformation, buffer, sizeof buffer, &length),
        STATUS_KEY_DELETED);
    UNICODE_STRING name;
    assert_int_equal(ob_name_of(other, &name), STATUS_KEY_DELETED);
    /* The name is free for another key, which is not the old one. */
    again = key_new(NAME("\\Registry\\Machine\\Software\\Gone"));
    assert_int_equal(cm_value_get(again, NAME("v"), &type, &data, &length),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    key_end(again);
    ob_dereference(key);
    ob_dereference(other);
    counts_check();
}

static void volatile_keys_have_volatile_children(void **state)
{
    void *key, *child;
    assert_int_equal(
        key_open(NAME("\\Registry\\Machine\\Software\\V"), true, REG_OPTION_VOLATILE, 0, &key),
        STATUS_SUCCESS);
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\Software\\V\\c"), true, 0, 0, &child),
                     STATUS_CHILD_MUST_BE_VOLATILE);
    assert_int_equal(
        key_open(NAME("\\Registry\\Machine\\Software\\V\\c"), true, REG_OPTION_VOLATILE, 0, &child),
        STATUS_SUCCESS);
    key_end(child);
    key_end(key);
    counts_check();
}

static void current_control_set_is_a_link(void **state)
{
    void *key, *link, *found;
    UNICODE_STRING name;
    ULONG type, length;
    void *data;
    key = key_new(NAME("\\Registry\\Machine\\System\\CurrentControlSet\\Services\\edu"));
    assert_int_equal(ob_name_of(key, &name), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(
        &name, NAME("\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\edu"), FALSE));
    RtlFreeUnicodeString(&name);
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\System\\ControlSet001\\Services\\EDU"),
                              false, 0, 0, &found),
                     STATUS_SUCCESS);
    ob_dereference(found);
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\System\\CurrentControlSet"), false, 0,
                              OBJ_OPENLINK, &link),
                     STATUS_SUCCESS);
    assert_int_equal(cm_value_get(link, NAME("SymbolicLinkValue"), &type, &data, &length),
                     STATUS_SUCCESS);
    assert_int_equal(type, REG_LINK);
    ExFreePool(data);
    ob_dereference(link);
    key_end(key);
    counts_check();
}

static void a_link_of_ones_own(void **state)
{
    static const WCHAR target[] = L"\\Registry\\Machine\\Software\\Real";
    void *link, *real, *found;
    real = key_new(NAME("\\Registry\\Machine\\Software\\Real"));
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\Software\\Alias"), true,
                              REG_OPTION_VOLATILE | REG_OPTION_CREATE_LINK, 0, &link),
                     STATUS_SUCCESS);
    /* A link that leads nowhere yet. */
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\Software\\Alias"), false, 0, 0, &found),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(cm_value_set(link, NAME("SymbolicLinkValue"), REG_LINK, target,
                                  sizeof target - sizeof(WCHAR)),
                     STATUS_SUCCESS);
    void *sub = key_new(NAME("\\Registry\\Machine\\Software\\Alias\\sub"));
    assert_int_equal(
        key_open(NAME("\\Registry\\Machine\\Software\\Real\\sub"), false, 0, 0, &found),
        STATUS_SUCCESS);
    ob_dereference(found);
    key_end(sub);
    key_end(link);
    key_end(real);
    counts_check();
}

static void values_come_and_go(void **state)
{
    ULONG type, length, number = 7;
    void *data;
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Values"));
    assert_int_equal(cm_value_set(key, NAME("Number"), REG_DWORD, &number, 4), STATUS_SUCCESS);
    assert_int_equal(cm_value_set(key, NULL, REG_SZ, L"default", 16), STATUS_SUCCESS);
    assert_int_equal(cm_value_set(key, NAME("Empty"), REG_BINARY, NULL, 0), STATUS_SUCCESS);
    assert_int_equal(cm_value_get(key, NAME("NUMBER"), &type, &data, &length), STATUS_SUCCESS);
    assert_int_equal(type, REG_DWORD);
    assert_int_equal(length, 4);
    assert_int_equal(*(ULONG *)data, 7);
    ExFreePool(data);
    assert_int_equal(cm_value_get(key, NAME(""), &type, &data, &length), STATUS_SUCCESS);
    assert_int_equal(length, 16);
    ExFreePool(data);
    assert_int_equal(cm_value_get(key, NAME("Empty"), &type, &data, &length), STATUS_SUCCESS);
    assert_int_equal(length, 0);
    ExFreePool(data);
    /* Setting again changes type and bytes, not the place. */
    assert_int_equal(cm_value_set(key, NAME("number"), REG_BINARY, "xy", 2), STATUS_SUCCESS);
    char buffer[128];
    KEY_VALUE_FULL_INFORMATION *full = (void *)buffer;
    assert_int_equal(
        cm_value_enumerate(key, 0, KeyValueFullInformation, buffer, sizeof buffer, &length),
        STATUS_SUCCESS);
    assert_int_equal(full->Type, REG_BINARY);
    assert_int_equal(full->NameLength, 12);
    assert_memory_equal(full->Name, L"Number", 12);
    assert_memory_equal(buffer + full->DataOffset, "xy", 2);
    assert_int_equal(
        cm_value_enumerate(key, 3, KeyValueFullInformation, buffer, sizeof buffer, &length),
        STATUS_NO_MORE_ENTRIES);
    assert_int_equal(cm_value_delete(key, NAME("Number")), STATUS_SUCCESS);
    assert_int_equal(cm_value_delete(key, NAME("Number")), STATUS_OBJECT_NAME_NOT_FOUND);
    key_end(key);
    counts_check();
}

static void short_buffers_are_told_apart(void **state)
{
    char buffer[64];
    ULONG length;
    KEY_VALUE_PARTIAL_INFORMATION *partial = (void *)buffer;
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Short"));
    assert_int_equal(cm_value_set(key, NAME("v"), REG_BINARY, "0123456789", 10), STATUS_SUCCESS);
    ULONG fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
    memset(buffer, 0x55, sizeof buffer);
    assert_int_equal(
        cm_value_query(key, NAME("v"), KeyValuePartialInformation, buffer, fixed - 1, &length),
        STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, fixed + 10);
    assert_int_equal(buffer[0], 0x55);
    assert_int_equal(
        cm_value_query(key, NAME("v"), KeyValuePartialInformation, buffer, fixed + 4, &length),
        STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, fixed + 10);
    assert_int_equal(partial->DataLength, 10);
    assert_memory_equal(partial->Data, "0123", 4);
    assert_int_equal(buffer[fixed + 4], 0x55);
    assert_int_equal(
        cm_value_query(key, NAME("v"), KeyValuePartialInformation, buffer, fixed + 10, &length),
        STATUS_SUCCESS);
    assert_memory_equal(partial->Data, "0123456789", 10);
    assert_int_equal(cm_value_query(key, NAME("v"), 99, buffer, sizeof buffer, &length),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(
        cm_value_query(key, NAME("no"), KeyValuePartialInformation, buffer, sizeof buffer, &length),
        STATUS_OBJECT_NAME_NOT_FOUND);
    KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 *align64 = (void *)buffer;
    assert_int_equal(cm_value_query(key, NAME("v"), KeyValuePartialInformationAlign64, buffer,
                                    sizeof buffer, &length),
                     STATUS_SUCCESS);
    assert_int_equal(align64->DataLength, 10);
    assert_memory_equal(align64->Data, "0123456789", 10);
    key_end(key);
    counts_check();
}

static void keys_are_shown_in_order(void **state)
{
    static UNICODE_STRING *order[3];
    order[0] = NAME("Apple"), order[1] = NAME("banana"), order[2] = NAME("Cherry");
    char buffer[256];
    ULONG length;
    void *keys[3];
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Fruit"));
    keys[2] = key_new(NAME("\\Registry\\Machine\\Software\\Fruit\\Cherry"));
    keys[0] = key_new(NAME("\\Registry\\Machine\\Software\\Fruit\\Apple"));
    keys[1] = key_new(NAME("\\Registry\\Machine\\Software\\Fruit\\banana"));
    assert_int_equal(cm_key_class_set(keys[1], NAME("soft")), STATUS_SUCCESS);
    for (ULONG i = 0; i < 3; i++) {
        KEY_NODE_INFORMATION *node = (void *)buffer;
        assert_int_equal(
            cm_key_enumerate(key, i, KeyNodeInformation, buffer, sizeof buffer, &length),
            STATUS_SUCCESS);
        assert_int_equal(node->NameLength, order[i]->Length);
        assert_memory_equal(node->Name, order[i]->Buffer, node->NameLength);
        assert_int_equal(node->ClassLength, i == 1 ? 8 : 0);
        if (i == 1)
            assert_memory_equal(buffer + node->ClassOffset, L"soft", 8);
    }
    assert_int_equal(cm_key_enumerate(key, 3, KeyNodeInformation, buffer, sizeof buffer, &length),
                     STATUS_NO_MORE_ENTRIES);
    KEY_FULL_INFORMATION *full = (void *)buffer;
    assert_int_equal(cm_key_query(key, KeyFullInformation, buffer, sizeof buffer, &length),
                     STATUS_SUCCESS);
    assert_int_equal(full->SubKeys, 3);
    assert_int_equal(full->MaxNameLen, 12);
    assert_int_equal(full->MaxClassLen, 8);
    assert_int_equal(full->Values, 0);
    KEY_NAME_INFORMATION *name = (void *)buffer;
    assert_int_equal(cm_key_query(key, KeyNameInformation, buffer, sizeof buffer, &length),
                     STATUS_SUCCESS);
    assert_memory_equal(name->Name, L"\\REGISTRY\\MACHINE\\SOFTWARE\\Fruit", name->NameLength);
    for (int i = 0; i < 3; i++)
        key_end(keys[i]);
    key_end(key);
    counts_check();
}

static void another_type_does_not_get_in(void **state)
{
    void *found;
    OBJECT_ATTRIBUTES object;
    InitializeObjectAttributes(&object, NAME("\\Registry\\Machine"), OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    assert_int_equal(ob_open(&object, ob_directory_type, 0, KernelMode, NULL, &found),
                     STATUS_OBJECT_TYPE_MISMATCH);
    counts_check();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_and_opening),
        cmocka_unit_test(a_key_by_handle_is_a_root),
        cmocka_unit_test(a_deleted_key_answers_so),
        cmocka_unit_test(volatile_keys_have_volatile_children),
        cmocka_unit_test(current_control_set_is_a_link),
        cmocka_unit_test(a_link_of_ones_own),
        cmocka_unit_test(values_come_and_go),
        cmocka_unit_test(short_buffers_are_told_apart),
        cmocka_unit_test(keys_are_shown_in_order),
        cmocka_unit_test(another_type_does_not_get_in),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
