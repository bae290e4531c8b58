/* SPDX-License-Identifier: MIT */
/* key_ddi.c - WdfRegistry's keys as a client calls them. */
#include "key.h"
#include <wdf_entries.h>

static struct fx_key *key_of(PWDF_DRIVER_GLOBALS abi, WDFKEY handle)
{
    return (struct fx_key *)fx_object_of(fx_globals_of(abi), handle, &fx_type_key);
}

static NTSTATUS key_open(PWDF_DRIVER_GLOBALS abi, WDFKEY parent, struct fx_key_request *request,
                         PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *out_key, PVOID caller)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_key *key;
    NTSTATUS status;

    *out_key = NULL;
    if (parent)
        request->parent = key_of(abi, parent);
    if (fx_irql_above(globals, PASSIVE_LEVEL,
                      request->is_create ? "WdfRegistryCreateKey" : "WdfRegistryOpenKey"))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_key_open(globals, request, attributes, &key);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&key->object, caller);
    *out_key = fx_handle_of(&key->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfRegistryOpenKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY ParentKey,
                                      PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                                      PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx_key_request request = {.name = KeyName, .access = DesiredAccess};

    fx_needed(fx_globals_of(DriverGlobals), KeyName);
    fx_needed(fx_globals_of(DriverGlobals), Key);
    return key_open(DriverGlobals, ParentKey, &request, KeyAttributes, Key, _ReturnAddress());
}

NTSTATUS NTAPI imp_WdfRegistryCreateKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY ParentKey,
                                        PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                                        ULONG CreateOptions, PULONG CreateDisposition,
                                        PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx_key_request request = {.name = KeyName,
                                     .access = DesiredAccess,
                                     .is_create = TRUE,
                                     .options = CreateOptions,
                                     .out_disposition = CreateDisposition};

    fx_needed(fx_globals_of(DriverGlobals), KeyName);
    fx_needed(fx_globals_of(DriverGlobals), Key);
    return key_open(DriverGlobals, ParentKey, &request, KeyAttributes, Key, _ReturnAddress());
}

VOID NTAPI imp_WdfRegistryClose(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key)
{
    struct fx_key *key = key_of(DriverGlobals, Key);

    if (!fx_irql_above(fx_globals_of(DriverGlobals), PASSIVE_LEVEL, "WdfRegistryClose"))
        fx_key_close(key);
}

HANDLE NTAPI imp_WdfRegistryWdmGetHandle(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key)
{
    return key_of(DriverGlobals, Key)->handle;
}

NTSTATUS NTAPI imp_WdfRegistryRemoveKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key)
{
    struct fx_key *key = key_of(DriverGlobals, Key);
    NTSTATUS status;

    if (fx_irql_above(fx_globals_of(DriverGlobals), PASSIVE_LEVEL, "WdfRegistryRemoveKey"))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = ZwDeleteKey(key->handle);
    if (NT_SUCCESS(status))
        fx_key_close(key);
    return status;
}

NTSTATUS NTAPI imp_WdfRegistryRemoveValue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                          PCUNICODE_STRING ValueName)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_key *key = key_of(DriverGlobals, Key);
    NTSTATUS status;

    fx_needed(globals, ValueName);
    status = fx_key_name_check(globals, ValueName, "WdfRegistryRemoveValue");
    if (!NT_SUCCESS(status))
        return status;
    return ZwDeleteValueKey(key->handle, (PUNICODE_STRING)ValueName);
}
