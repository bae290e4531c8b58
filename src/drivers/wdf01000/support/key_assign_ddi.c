/* SPDX-License-Identifier: MIT */
/* key_assign_ddi.c - WdfRegistryAssignXxx as a client calls them: values of every kind. */
#include "key.h"
#include <wdf_entries.h>

static struct fx_key *key_of(struct fx_globals *globals, WDFKEY handle)
{
    return (struct fx_key *)fx_object_of(globals, handle, &fx_type_key);
}

NTSTATUS NTAPI imp_WdfRegistryAssignValue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                          PCUNICODE_STRING ValueName, ULONG ValueType,
                                          ULONG ValueLength, PVOID Value)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, Value);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryAssignValue");
    return NT_SUCCESS(status) ? fx_key_set(key, ValueName, ValueType, Value, ValueLength) : status;
}

NTSTATUS NTAPI imp_WdfRegistryAssignMemory(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                           PCUNICODE_STRING ValueName, ULONG ValueType,
                                           WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffsets)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_memory *memory;
    SIZE_T offset, length;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, Memory);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryAssignMemory");
    if (!NT_SUCCESS(status))
        return status;
    memory = (struct fx_memory *)fx_object_of(globals, Memory, &fx_type_memory);
    status = fx_memory_range(memory, MemoryOffsets, &offset, &length);
    if (!NT_SUCCESS(status))
        return status;
    if (length > MAXULONG)
        return STATUS_INVALID_BUFFER_SIZE;
    return fx_key_set(key, ValueName, ValueType, (PUCHAR)memory->buffer + offset, (ULONG)length);
}

NTSTATUS NTAPI imp_WdfRegistryAssignMultiString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                                PCUNICODE_STRING ValueName,
                                                WDFCOLLECTION StringsCollection)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_object *collection;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, StringsCollection);
    collection = fx_object_of(globals, StringsCollection, &fx_type_collection);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryAssignMultiString");
    if (!NT_SUCCESS(status))
        return status;
    return fx_key_set_strings(key, ValueName, (struct fx_collection *)collection);
}

/* As text with its terminator, which a counted string may lack: a string object has one. */
static NTSTATUS key_set_text(struct fx_key *key, PCUNICODE_STRING name, PCUNICODE_STRING value)
{
    ULONG length = value->Length + sizeof(WCHAR);
    PWCHAR text = fx_pool_take(key->object.globals, PagedPool, 0, length);
    NTSTATUS status;

    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(text, value->Buffer, value->Length);
    text[value->Length / sizeof(WCHAR)] = UNICODE_NULL;
    status = fx_key_set(key, name, REG_SZ, text, length);
    ExFreePool(text);
    return status;
}

NTSTATUS NTAPI imp_WdfRegistryAssignUnicodeString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                                  PCUNICODE_STRING ValueName,
                                                  PCUNICODE_STRING Value)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, Value);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryAssignUnicodeString");
    if (NT_SUCCESS(status))
        status = fx_string_check(globals, Value);
    return NT_SUCCESS(status) ? key_set_text(key, ValueName, Value) : status;
}

NTSTATUS NTAPI imp_WdfRegistryAssignString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                           PCUNICODE_STRING ValueName, WDFSTRING String)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    struct fx_object *string;
    NTSTATUS status;

    fx_needed(globals, ValueName);
    fx_needed(globals, String);
    string = fx_object_of(globals, String, &fx_type_string);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryAssignString");
    return NT_SUCCESS(status) ? key_set_text(key, ValueName, &((struct fx_string *)string)->value)
                              : status;
}

NTSTATUS NTAPI imp_WdfRegistryAssignULong(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                          PCUNICODE_STRING ValueName, ULONG Value)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(globals, Key);
    NTSTATUS status;

    fx_needed(globals, ValueName);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryAssignULong");
    return NT_SUCCESS(status) ? fx_key_set(key, ValueName, REG_DWORD, &Value, sizeof Value)
                              : status;
}
