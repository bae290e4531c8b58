/* SPDX-License-Identifier: MIT */
/* driver_ddi.c - what a client asks its driver object, and the Framework's version. */
#include "../support/support.h"
#include "object.h"

#include <intrin.h>

#include "../bind/bind.h"
#include "wdf_entries.h"

/* Doc: WdfDriverGetRegistryPath */
PWSTR NTAPI imp_WdfDriverGetRegistryPath(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver)
{
    return fx_driver_of(fx_globals_of(globals), Driver)->registry_path.Buffer;
}

/* Doc: WdfDriverWdmGetDriverObject */
PDRIVER_OBJECT NTAPI imp_WdfDriverWdmGetDriverObject(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver)
{
    return fx_driver_of(fx_globals_of(globals), Driver)->wdm;
}

/* NULL: not a driver of the Framework.
 * Doc: WdfWdmDriverGetWdfDriverHandle
 */
WDFDRIVER NTAPI imp_WdfWdmDriverGetWdfDriverHandle(PWDF_DRIVER_GLOBALS globals,
                                                   PDRIVER_OBJECT DriverObject)
{
    struct fx_globals *client;

    fx_needed(fx_globals_of(globals), DriverObject);
    client = fx_client_find(DriverObject);
    return client != NULL ? client->abi.Driver : NULL;
}

/* Traces are registered by the tracing macros themselves.
 * Doc: WdfDriverRegisterTraceInfo, "not supported"
 */
NTSTATUS NTAPI imp_WdfDriverRegisterTraceInfo(PWDF_DRIVER_GLOBALS globals,
                                              PDRIVER_OBJECT DriverObject,
                                              PFN_WDF_TRACE_CALLBACK EvtTraceCallback,
                                              PVOID ControlBlock)
{
    return STATUS_NOT_SUPPORTED;
}

/* IRQL: PASSIVE_LEVEL. Doc: WdfDriverRetrieveVersionString */
NTSTATUS NTAPI imp_WdfDriverRetrieveVersionString(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver,
                                                  WDFSTRING String)
{
    static const UNICODE_STRING plain =
        RTL_CONSTANT_STRING(L"Kernel Mode Driver Framework version 1.33.0");
    static const UNICODE_STRING verified =
        RTL_CONSTANT_STRING(L"Kernel Mode Driver Framework (verifier on) version 1.33.0");
    struct fx_globals *client = fx_globals_of(globals);
    struct fx_string *string;

    (void)fx_driver_of(client, Driver);
    fx_needed(client, String);
    string = (struct fx_string *)fx_object_of(client, String, &fx_type_string);
    return fx_string_assign(string, client->verifier.on ? &verified : &plain);
}

/* Doc: WdfDriverIsVersionAvailable */
BOOLEAN NTAPI
imp_WdfDriverIsVersionAvailable(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver,
                                PWDF_DRIVER_VERSION_AVAILABLE_PARAMS VersionAvailableParams)
{
    struct fx_globals *client = fx_globals_of(globals);
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS asked;

    (void)fx_driver_of(client, Driver);
    fx_needed(client, VersionAvailableParams);
    if (!NT_SUCCESS(fx_struct_copy(client, &asked, sizeof(asked), VersionAvailableParams,
                                   INDEX_WDF_DRIVER_VERSION_AVAILABLE_PARAMS)))
        return FALSE;
    return asked.MajorVersion == 1 && asked.MinorVersion <= FX_VERSION_MINOR;
}

/* The service's own key of a name, made if it is not there and may be. */
static NTSTATUS key_open(struct fx_driver *driver, PCWSTR name, ACCESS_MASK access,
                         PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *out_key)
{
    struct fx_globals *globals = driver->object.globals;
    OBJECT_ATTRIBUTES key_attributes;
    UNICODE_STRING below;
    struct fx_key *key;
    HANDLE service, handle = NULL;
    NTSTATUS status;

    InitializeObjectAttributes(&key_attributes, &driver->registry_path,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwOpenKey(&service, KEY_READ, &key_attributes);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&below, name);
    InitializeObjectAttributes(&key_attributes, &below, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               service, NULL);
    status = ZwCreateKey(&handle, access, &key_attributes, 0, NULL, REG_OPTION_NON_VOLATILE, NULL);
    ZwClose(service);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "key %wZ\\%ws with access 0x%x: 0x%08X",
               &driver->registry_path, name, access, status);
        return status;
    }
    status = fx_key_create(globals, attributes, &driver->object, handle, &key);
    if (!NT_SUCCESS(status)) {
        ZwClose(handle);
        return status;
    }
    fx_object_creator(&key->object, _ReturnAddress());
    *out_key = (WDFKEY)fx_handle_of(&key->object);
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     WdfDriverOpenParametersRegistryKey
 */
NTSTATUS NTAPI imp_WdfDriverOpenParametersRegistryKey(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver,
                                                      ACCESS_MASK DesiredAccess,
                                                      PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                                                      WDFKEY *Key)
{
    struct fx_globals *client = fx_globals_of(globals);
    struct fx_driver *driver = fx_driver_of(client, Driver);

    fx_needed(client, Key);
    *Key = NULL;
    return key_open(driver, L"Parameters", DesiredAccess, KeyAttributes, Key);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     WdfDriverOpenPersistentStateRegistryKey
 * Differs: the state is kept below the service's own key, where IoOpenDriverRegistryKey has it
 *          before drivers were isolated
 */
NTSTATUS NTAPI imp_WdfDriverOpenPersistentStateRegistryKey(PWDF_DRIVER_GLOBALS globals,
                                                           WDFDRIVER Driver,
                                                           ACCESS_MASK DesiredAccess,
                                                           PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                                                           WDFKEY *Key)
{
    struct fx_globals *client = fx_globals_of(globals);
    struct fx_driver *driver = fx_driver_of(client, Driver);

    fx_needed(client, Key);
    *Key = NULL;
    return key_open(driver, L"PersistentState", DesiredAccess, KeyAttributes, Key);
}

/* A call that this Framework does not have: its inline comes here instead. One that could not say
 * so with a status, or under the verifier, ends the machine.
 * Doc: WDF_IS_FUNCTION_AVAILABLE; "Bug Check 0x10D: WDF_VIOLATION", WDF_API_UNAVAILABLE
 */
NTSTATUS NTAPI imp_WdfDriverErrorReportApiMissing(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver,
                                                  PCWSTR FrameworkExtensionName, ULONG ApiIndex,
                                                  BOOLEAN DoesApiReturnNtstatus)
{
    struct fx_globals *client = fx_globals_of(globals);
    PCWSTR extension = FrameworkExtensionName != NULL ? FrameworkExtensionName : L"KMDF";

    (void)fx_driver_of(client, Driver);
    fx_log(client, FX_LOG_ERROR,
           "function %u of %ws is not there in this version: ask WDF_IS_FUNCTION_AVAILABLE first",
           ApiIndex, extension);
    if (!DoesApiReturnNtstatus || client->verifier.on)
        fx_violation(client, WDF_API_UNAVAILABLE, (ULONG_PTR)client->abi.DriverName,
                     (ULONG_PTR)extension, ApiIndex);
    return STATUS_NOT_IMPLEMENTED;
}
