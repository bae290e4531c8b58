/* SPDX-License-Identifier: MIT */
/* key_query_ddi.c - WdfRegistryQueryXxx as a client calls them: values of every kind. */
#include "key.h"
#include <wdf_entries.h>

static struct fx_key *key_of(struct fx_globals *globals, WDFKEY handle)
{
    return (struct fx_key *)fx_object_of(globals, handle, &fx_type_key);
}

/* Nothing is copied unless all of it fits. */
NTSTATUS NTAPI imp_WdfRegistryQueryValue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                         PCUNICODE_STRING ValueName, ULONG ValueLength, PVOID Value,
                                         PULONG ValueLengthQueried, PULONG ValueType)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_key_value value;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryQueryValue");
    if (!NT_SUCCESS(status))
        return status;
    status = fx_key_get(key, ValueName, &value);
    if (!NT_SUCCESS(status))
        return status;
    if (ValueLengthQueried)
        *ValueLengthQueried = value.length_bytes;
    if (ValueType)
        *ValueType = value.type;
    if (value.length_bytes > (Value ? ValueLength : 0))
        status = STATUS_BUFFER_OVERFLOW;
    else if (Value)
        RtlCopyMemory(Value, value.data, value.length_bytes);
    fx_key_value_free(&value);
    return status;
}

NTSTATUS NTAPI imp_WdfRegistryQueryMemory(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                          PCUNICODE_STRING ValueName, POOL_TYPE PoolType,
                                          PWDF_OBJECT_ATTRIBUTES MemoryAttributes,
                                          WDFMEMORY *Memory, PULONG ValueType)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_key_value value;
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, Memory);
    *Memory = NULL;
    status = fx_key_name_check(globals, ValueName, "WdfRegistryQueryMemory");
    if (!NT_SUCCESS(status))
        return status;
    status = fx_key_get(key, ValueName, &value);
    if (!NT_SUCCESS(status))
        return status;
    if (value.length_bytes == 0)
        status = STATUS_RESOURCE_DATA_NOT_FOUND;
    else
        status = fx_memory_create(globals, MemoryAttributes, NULL, PoolType, 0, value.length_bytes,
                                  &memory);
    if (NT_SUCCESS(status)) {
        fx_object_creator(&memory->object, _ReturnAddress());
        RtlCopyMemory(memory->buffer, value.data, value.length_bytes);
        if (ValueType)
            *ValueType = value.type;
        *Memory = fx_handle_of(&memory->object);
    }
    fx_key_value_free(&value);
    return status;
}

NTSTATUS NTAPI imp_WdfRegistryQueryMultiString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                               PCUNICODE_STRING ValueName,
                                               PWDF_OBJECT_ATTRIBUTES StringsAttributes,
                                               WDFCOLLECTION Collection)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_object *collection;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, Collection);
    collection = fx_object_of(globals, Collection, &fx_type_collection);
    status = fx_attributes_check(globals, &fx_type_string, StringsAttributes);
    if (NT_SUCCESS(status))
        status = fx_key_name_check(globals, ValueName, "WdfRegistryQueryMultiString");
    if (!NT_SUCCESS(status))
        return status;
    return fx_key_get_strings(key, ValueName, StringsAttributes,
                              (struct fx_collection *)collection);
}

/* The string goes into the client's buffer, without its terminator in the length. */
NTSTATUS NTAPI imp_WdfRegistryQueryUnicodeString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                                 PCUNICODE_STRING ValueName,
                                                 PUSHORT ValueByteLength, PUNICODE_STRING Value)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_key_value value;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryQueryUnicodeString");
    if (NT_SUCCESS(status) && Value)
        status = Value->MaximumLength ? fx_string_check(globals, Value) : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = fx_key_get(key, ValueName, &value);
    if (!NT_SUCCESS(status))
        return status;
    if (value.type != REG_SZ && value.type != REG_EXPAND_SZ)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (value.length_bytes > (Value ? Value->MaximumLength : 0u))
        status = STATUS_BUFFER_OVERFLOW;
    if (ValueByteLength && (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW))
        *ValueByteLength = (USHORT)value.length_bytes;
    if (NT_SUCCESS(status) && Value) {
        ULONG length = value.length_bytes & ~1u;

        RtlCopyMemory(Value->Buffer, value.data, length);
        if (length && !Value->Buffer[length / sizeof(WCHAR) - 1])
            length -= sizeof(WCHAR);
        Value->Length = (USHORT)length;
    }
    fx_key_value_free(&value);
    return status;
}

NTSTATUS NTAPI imp_WdfRegistryQueryString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                          PCUNICODE_STRING ValueName, WDFSTRING String)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_object *string;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, String);
    string = fx_object_of(globals, String, &fx_type_string);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryQueryString");
    if (!NT_SUCCESS(status))
        return status;
    return fx_key_get_string(key, ValueName, (struct fx_string *)string);
}

NTSTATUS NTAPI imp_WdfRegistryQueryULong(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                         PCUNICODE_STRING ValueName, PULONG Value)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_key_value value;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, Value);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryQueryULong");
    if (NT_SUCCESS(status))
        status = fx_key_get(key, ValueName, &value);
    if (!NT_SUCCESS(status))
        return status;
    if (value.type != REG_DWORD || value.length_bytes < sizeof(ULONG))
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (value.length_bytes > sizeof(ULONG))
        status = STATUS_BUFFER_OVERFLOW;
    else
        RtlCopyMemory(Value, value.data, sizeof(ULONG));
    fx_key_value_free(&value);
    return status;
}
