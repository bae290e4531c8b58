/* SPDX-License-Identifier: MIT */
/* registry_ddi.c - the registry functions that need no handle of the driver's. */
#include "cm_internal.h"

#include "query_table.h"

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_OBJECT_NAME_NOT_FOUND, STATUS_BUFFER_TOO_SMALL, STATUS_OBJECT_TYPE_MISMATCH,
 *          STATUS_INVALID_PARAMETER, what a routine of the table returns
 * Doc:     nf-wdm-rtlqueryregistryvalues
 * Differs: without an environment %SystemRoot%, %windir% and %SystemDrive% are known; a DIRECT
 * query of an untrusted hive without TYPECHECK is not a bug check
 */
NTSTATUS NTAPI RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path,
                                      PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                      PVOID Environment)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return query_table_run(RelativeTo, Path, QueryTable, Context, Environment);
}

NTSTATUS NTAPI RtlQueryRegistryValuesEx(ULONG RelativeTo, PCWSTR Path,
                                        PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                        PVOID Environment)
{
    return RtlQueryRegistryValues(RelativeTo, Path, QueryTable, Context, Environment);
}

/* The key is created if need be.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-rtlwriteregistryvalue
 */
NTSTATUS NTAPI RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName,
                                     ULONG ValueType, PVOID ValueData, ULONG ValueLength)
{
    UNICODE_STRING name;
    void *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = relative_key_open(RelativeTo, Path, KEY_SET_VALUE, true, &key);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, ValueName);
    status = cm_value_set(key, &name, ValueType, ValueData, ValueLength);
    ob_dereference(key);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-rtldeleteregistryvalue
 */
NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
    UNICODE_STRING name;
    void *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = relative_key_open(RelativeTo, Path, KEY_SET_VALUE, false, &key);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, ValueName);
    status = cm_value_delete(key, &name);
    ob_dereference(key);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-rtlcheckregistrykey
 */
NTSTATUS NTAPI RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    void *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = relative_key_open(RelativeTo, Path, KEY_READ, false, &key);
    if (NT_SUCCESS(status))
        ob_dereference(key);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER_1 for RTL_REGISTRY_HANDLE
 * Doc:     nf-wdm-rtlcreateregistrykey
 */
NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    void *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (RelativeTo & RTL_REGISTRY_HANDLE)
        return STATUS_INVALID_PARAMETER_1;
    NTSTATUS status = relative_key_open(RelativeTo, Path, KEY_WRITE, true, &key);
    if (NT_SUCCESS(status))
        ob_dereference(key);
    return status;
}

/* The driver's Parameters key, or a key of its own for state.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER, STATUS_OBJECT_NAME_NOT_FOUND
 * Doc:     nf-wdm-ioopendriverregistrykey
 * Differs: state keys lie below the service key, in the same store
 */
NTSTATUS NTAPI IoOpenDriverRegistryKey(PDRIVER_OBJECT DriverObject, DRIVER_REGKEY_TYPE RegKeyType,
                                       ACCESS_MASK DesiredAccess, ULONG Flags, PHANDLE DriverRegKey)
{
    static const WCHAR *const names[] = {
        [DriverRegKeyParameters] = L"Parameters",
        [DriverRegKeyPersistentState] = L"PersistentState",
        [DriverRegKeySharedPersistentState] = L"SharedPersistentState",
    };
    void *service, *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if ((unsigned)RegKeyType >= sizeof names / sizeof names[0] || Flags != 0)
        return STATUS_INVALID_PARAMETER;
    UNICODE_STRING name = DriverObject->DriverExtension->ServiceKeyName;
    /* The name is of the service only; it need not be terminated. */
    UNICODE_STRING sub_name;
    RtlInitUnicodeString(&sub_name, names[RegKeyType]);
    NTSTATUS status = relative_key_open(RTL_REGISTRY_SERVICES, NULL, KEY_READ, false, &service);
    if (!NT_SUCCESS(status))
        return status;
    status = sub_key_open(service, &name, false, &key);
    ob_dereference(service);
    if (!NT_SUCCESS(status))
        return status;
    service = key;
    status = sub_key_open(service, &sub_name, RegKeyType != DriverRegKeyParameters, &key);
    ob_dereference(service);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(key, DesiredAccess, OBJ_KERNEL_HANDLE, DriverRegKey);
    ob_dereference(key);
    return status;
}
