/* SPDX-License-Identifier: MIT */
/* query_table_test.c - RtlQueryRegistryValues and its sisters, flag by flag. */
#include "cm_test.h"

#define SERVICE L"edu\\Parameters"

static void service_create(void)
{
    ULONG dword = 42;
    uint64_t qword = 0x1122334455667788;
    assert_int_equal(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)SERVICE), STATUS_SUCCESS);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Dword", REG_DWORD, &dword, 4),
        STATUS_SUCCESS);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Qword", REG_QWORD, &qword, 8),
        STATUS_SUCCESS);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Text", REG_SZ, (PVOID)L"text", 10),
        STATUS_SUCCESS);
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Multi", REG_MULTI_SZ,
                                           (PVOID)L"one\0two\0", 18),
                     STATUS_SUCCESS);
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Path", REG_EXPAND_SZ,
                                           (PVOID)L"%SystemRoot%\\%x%\\a", 38),
                     STATUS_SUCCESS);
}

static void service_delete(void)
{
    void *key;
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\System\\CurrentControlSet\\Services\\edu"
                                   "\\Parameters"),
                              false, 0, 0, &key),
                     STATUS_SUCCESS);
    key_end(key);
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\System\\CurrentControlSet\\Services\\edu"),
                              false, 0, 0, &key),
                     STATUS_SUCCESS);
    key_end(key);
    counts_check();
}

/* ---- what a routine was told ----------------------------------------------------------------- */

static struct call {
    WCHAR name[16], text[48];
    ULONG type, length;
    void *context, *entry_context;
} calls[16];
static unsigned call_count;
static NTSTATUS call_status;

static NTSTATUS NTAPI record(PWSTR name, ULONG type, PVOID data, ULONG length, PVOID context,
                             PVOID entry_context)
{
    struct call *call = &calls[call_count++];
    memset(call, 0, sizeof *call);
    for (unsigned i = 0; name && name[i] && i < 15; i++)
        call->name[i] = name[i];
    if (data)
        memcpy(call->text, data, length < sizeof call->text ? length : sizeof call->text);
    call->type = type;
    call->length = length;
    call->context = context;
    call->entry_context = entry_context;
    return call_status;
}

static NTSTATUS query(RTL_QUERY_REGISTRY_TABLE *table)
{
    call_count = 0;
    return RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, SERVICE, table, &call_status, NULL);
}

static void direct_values(void **state)
{
    ULONG dword = 0, missing = 5, fallback = 9;
    struct {
        LONG size;
        ULONG more[8];
    } large = {.size = -(LONG)sizeof large}, told = {.size = sizeof told};
    WCHAR buffer[16];
    UNICODE_STRING given = {0, sizeof buffer, buffer}, made = {0}, multi = {0};
    const ULONG direct = RTL_QUERY_REGISTRY_DIRECT;
    RTL_QUERY_REGISTRY_TABLE table[] = {
        {NULL, direct | RTL_QUERY_REGISTRY_TYPECHECK, L"Dword", &dword,
         REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT, NULL, 0},
        {NULL, direct, L"Missing", &missing, REG_DWORD, &fallback, 4},
        {NULL, direct, L"Qword", &large, REG_NONE, NULL, 0},
        {NULL, direct, L"Qword", &told, REG_NONE, NULL, 0},
        {NULL, direct, L"Text", &given, REG_NONE, NULL, 0},
        {NULL, direct, L"Text", &made, REG_NONE, NULL, 0},
        {NULL, direct | RTL_QUERY_REGISTRY_NOEXPAND, L"Multi", &multi, REG_NONE, NULL, 0},
        {0},
    };
    service_create();
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(dword, 42);
    assert_int_equal(missing, 9);
    assert_int_equal((uint32_t)large.size, 0x55667788);
    assert_int_equal(large.more[0], 0x11223344);
    assert_int_equal(told.size, 8); /* length, type, data */
    assert_int_equal(told.more[0], REG_QWORD);
    assert_int_equal(told.more[1], 0x55667788);
    assert_true(RtlEqualUnicodeString(&given, NAME("text"), FALSE));
    assert_true(RtlEqualUnicodeString(&made, NAME("text"), FALSE));
    assert_int_equal(multi.Length, 16);
    RtlFreeUnicodeString(&made);
    RtlFreeUnicodeString(&multi);
    service_delete();
}

static void direct_errors(void **state)
{
    ULONG number = 1;
    LONG small[2] = {-4, 0};
    WCHAR buffer[2];
    UNICODE_STRING narrow = {0, sizeof buffer, buffer};
    const struct {
        RTL_QUERY_REGISTRY_TABLE entry;
        NTSTATUS status;
    } rows[] = {
        {{NULL, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK, L"Text", &number,
          REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT, NULL, 0},
         STATUS_OBJECT_TYPE_MISMATCH},
        {{NULL, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED, L"No", &number, REG_NONE,
          NULL, 0},
         STATUS_OBJECT_NAME_NOT_FOUND},
        {{NULL, RTL_QUERY_REGISTRY_DIRECT, L"Qword", small, REG_NONE, NULL, 0},
         STATUS_BUFFER_TOO_SMALL},
        {{NULL, RTL_QUERY_REGISTRY_DIRECT, L"Text", &narrow, REG_NONE, NULL, 0},
         STATUS_BUFFER_TOO_SMALL},
        {{record, RTL_QUERY_REGISTRY_DIRECT, L"Text", &narrow, REG_NONE, NULL, 0},
         STATUS_INVALID_PARAMETER},
        {{NULL, RTL_QUERY_REGISTRY_DIRECT, NULL, &number, REG_NONE, NULL, 0},
         STATUS_INVALID_PARAMETER},
    };
    service_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        RTL_QUERY_REGISTRY_TABLE table[] = {rows[i].entry, {0}};
        assert_int_equal(query(table), rows[i].status);
    }
    assert_int_equal(number, 1);
    service_delete();
}

static void routines_are_called(void **state)
{
    int mark;
    RTL_QUERY_REGISTRY_TABLE table[] = {
        {record, 0, L"Text", &mark, REG_NONE, NULL, 0},
        {record, 0, L"Multi", NULL, REG_NONE, NULL, 0},
        {record, RTL_QUERY_REGISTRY_NOEXPAND, L"Multi", NULL, REG_NONE, NULL, 0},
        {record, RTL_QUERY_REGISTRY_NOVALUE, NULL, &mark, REG_NONE, NULL, 0},
        {record, 0, L"Absent", NULL, REG_NONE, NULL, 0},
        {record, 0, L"Default", NULL, REG_SZ, (PVOID)L"dflt", 0},
        {record, RTL_QUERY_REGISTRY_NOEXPAND, L"Path", NULL, REG_NONE, NULL, 0},
        {0},
    };
    service_create();
    call_status = STATUS_SUCCESS;
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(call_count, 7);
    assert_memory_equal(calls[0].name, L"Text", 10);
    assert_int_equal(calls[0].type, REG_SZ);
    assert_int_equal(calls[0].length, 10);
    assert_ptr_equal(calls[0].context, &call_status);
    assert_ptr_equal(calls[0].entry_context, &mark);
    assert_memory_equal(calls[1].text, L"one", 8);
    assert_int_equal(calls[1].type, REG_SZ);
    assert_memory_equal(calls[2].text, L"two", 8);
    assert_int_equal(calls[3].type, REG_MULTI_SZ);
    assert_int_equal(calls[3].length, 18);
    assert_int_equal(calls[4].type, REG_NONE);
    assert_int_equal(calls[4].length, 0);
    assert_memory_equal(calls[5].text, L"dflt", 10);
    assert_int_equal(calls[5].length, 10);
    assert_int_equal(calls[6].type, REG_EXPAND_SZ);
    service_delete();
}

static void variables_are_expanded(void **state)
{
    RTL_QUERY_REGISTRY_TABLE table[] = {{record, 0, L"Path", NULL, REG_NONE, NULL, 0}, {0}};
    WCHAR wanted[48] = {0};
    UNICODE_STRING string = {0, sizeof wanted, wanted};
    service_create();
    RtlAppendUnicodeToString(&string, ke_shared_data()->NtSystemRoot);
    RtlAppendUnicodeToString(&string, L"\\%x%\\a"); /* an unknown variable stays */
    call_status = STATUS_SUCCESS;
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(call_count, 1);
    assert_int_equal(calls[0].type, REG_SZ);
    assert_int_equal(calls[0].length, string.Length + sizeof(WCHAR));
    assert_memory_equal(calls[0].text, wanted, string.Length);
    service_delete();
}

static void a_routines_error_ends_it(void **state)
{
    RTL_QUERY_REGISTRY_TABLE table[] = {{record, 0, L"Text", NULL, REG_NONE, NULL, 0},
                                        {record, 0, L"Dword", NULL, REG_NONE, NULL, 0},
                                        {0}};
    service_create();
    call_status = STATUS_UNSUCCESSFUL;
    assert_int_equal(query(table), STATUS_UNSUCCESSFUL);
    assert_int_equal(call_count, 1);
    call_status = STATUS_BUFFER_TOO_SMALL; /* the one that is passed over */
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(call_count, 2);
    service_delete();
}

static void all_values_and_sub_keys(void **state)
{
    RTL_QUERY_REGISTRY_TABLE table[] = {
        {NULL, RTL_QUERY_REGISTRY_SUBKEY, L"Parameters", NULL, REG_NONE, NULL, 0},
        {record, RTL_QUERY_REGISTRY_NOEXPAND, NULL, NULL, REG_NONE, NULL, 0},
        {record, RTL_QUERY_REGISTRY_TOPKEY, L"Dword", NULL, REG_DWORD, &call_count, 4},
        {record, RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_NOEXPAND, L"parameters", NULL,
         REG_NONE, NULL, 0},
        {0},
    };
    service_create();
    call_status = STATUS_SUCCESS;
    call_count = 0;
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"edu", table, NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(call_count, 5 + 1 + 5);
    assert_memory_equal(calls[0].name, L"Dword", 12);
    assert_memory_equal(calls[4].name, L"Path", 10);
    assert_int_equal(calls[5].text[0], 5); /* the default: there is no such value in the top key */
    RTL_QUERY_REGISTRY_TABLE missing[] = {
        {NULL, RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_REQUIRED, L"Nope", NULL, REG_NONE,
         NULL, 0},
        {0},
    };
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"edu", missing, NULL, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    service_delete();
}

static void queried_values_may_be_deleted(void **state)
{
    ULONG number = 0;
    RTL_QUERY_REGISTRY_TABLE table[] = {{NULL,
                                         RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_DELETE,
                                         L"Dword", &number, REG_NONE, NULL, 0},
                                        {0}};
    service_create();
    assert_int_equal(query(table), STATUS_SUCCESS);
    assert_int_equal(number, 42);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Dword"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, SERVICE, L"Text"),
                     STATUS_SUCCESS);
    service_delete();
}

static void keys_by_place_and_handle(void **state)
{
    HANDLE handle;
    ULONG number = 0;
    RTL_QUERY_REGISTRY_TABLE table[] = {
        {NULL, RTL_QUERY_REGISTRY_DIRECT, L"Dword", &number, REG_NONE, NULL, 0}, {0}};
    service_create();
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)SERVICE), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"nope"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_CONTROL, NULL), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_WINDOWS_NT, NULL), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_DEVICEMAP, NULL), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_USER, NULL), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(77, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"nope", table, NULL, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES | RTL_REGISTRY_OPTIONAL, L"nope",
                                            table, NULL, NULL),
                     STATUS_SUCCESS);
    void *key = key_new(NAME("\\Registry\\Machine\\System\\CurrentControlSet\\Services\\edu"
                             "\\Parameters"));
    assert_int_equal(ob_handle_create(key, KEY_READ, OBJ_KERNEL_HANDLE, &handle), STATUS_SUCCESS);
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_HANDLE, (PCWSTR)handle, table, NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(number, 42);
    ob_handle_close(handle, KernelMode);
    ob_dereference(key);
    service_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_values),
        cmocka_unit_test(direct_errors),
        cmocka_unit_test(routines_are_called),
        cmocka_unit_test(variables_are_expanded),
        cmocka_unit_test(a_routines_error_ends_it),
        cmocka_unit_test(all_values_and_sub_keys),
        cmocka_unit_test(queried_values_may_be_deleted),
        cmocka_unit_test(keys_by_place_and_handle),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
