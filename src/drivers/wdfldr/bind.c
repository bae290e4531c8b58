/* SPDX-License-Identifier: MIT */
/* bind.c - the exports of wdfldr.sys: a driver meets its library, and leaves it.
 *
 * In: what FxDriverEntry of a driver, or the DriverEntry of a library, hands over. Out: the driver
 * is a client of the Framework and of its class extensions, or nothing has changed and a line in
 * the debug log says why.
 */
#define INITGUID
#include "loader.h"

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath);
NTSTATUS DllUnload(void);

static const UNICODE_STRING somebody = RTL_CONSTANT_STRING(L"a driver");

/* ---- versions -------------------------------------------------------------------------------- */

/* A client built for a newer version than the library's binds only if it says that it can do with
 * the library's (1.25 and later).
 */
static NTSTATUS version_check(const WDF_VERSION *client, const WDF_VERSION *library,
                              PCWSTR component, const WDF_MINOR_VERSION *minimum,
                              BOOLEAN *out_is_newer, PCUNICODE_STRING who)
{
    BOOLEAN is_newer = client->Minor > library->Minor;
    ULONG needed = minimum != NULL ? *minimum : client->Minor;

    if (client->Major != library->Major || needed > library->Minor) {
        loader_say("%wZ needs %ws %u.%u, this machine has %u.%u: build it for that version or an "
                   "older one\n",
                   who, component, client->Major, needed, library->Major, library->Minor);
        return STATUS_REVISION_MISMATCH;
    }
    if (out_is_newer != NULL)
        *out_is_newer = is_newer;
    return STATUS_SUCCESS;
}

/* ---- the Framework --------------------------------------------------------------------------- */

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER; STATUS_REVISION_MISMATCH; what loading the library or the
 *          library's registration of the client said
 */
NTSTATUS WdfVersionBind(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                        PWDF_BIND_INFO BindInfo, PWDF_COMPONENT_GLOBALS *ComponentGlobals)
{
    CLIENT_INFO client = {sizeof(client), RegistryPath, DriverObject};
    struct library *library;
    PVOID context = &client;
    NTSTATUS status;

    if (DriverObject == NULL || RegistryPath == NULL || BindInfo == NULL ||
        ComponentGlobals == NULL || BindInfo->Component == NULL || BindInfo->FuncTable == NULL)
        return STATUS_INVALID_PARAMETER;
    if (BindInfo->Size != sizeof(WDF_BIND_INFO) && BindInfo->Size != sizeof(WDF_BIND_INFO2)) {
        loader_say("%wZ: WDF_BIND_INFO has %u bytes, known are %u and %u\n", RegistryPath,
                   BindInfo->Size, (ULONG)sizeof(WDF_BIND_INFO), (ULONG)sizeof(WDF_BIND_INFO2));
        return STATUS_INVALID_PARAMETER;
    }
    status =
        library_get(BindInfo->Component, BindInfo->Version.Major, FALSE, RegistryPath, &library);
    if (!NT_SUCCESS(status))
        return status;
    PWDF_BIND_INFO2 second =
        BindInfo->Size == sizeof(WDF_BIND_INFO2) ? (PWDF_BIND_INFO2)BindInfo : NULL;
    status = version_check(&BindInfo->Version, &library->info->Version, BindInfo->Component,
                           second != NULL ? second->MinimumVersionRequired : NULL,
                           second != NULL ? second->ClientVersionHigherThanFramework : NULL,
                           RegistryPath);
    if (NT_SUCCESS(status))
        status = library->info->LibraryRegisterClient(BindInfo, ComponentGlobals, &context);
    if (!NT_SUCCESS(status)) {
        library_put(library);
        return status;
    }
    BindInfo->Module = library;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   the globals
 */
NTSTATUS WdfVersionUnbind(PUNICODE_STRING RegistryPath, PWDF_BIND_INFO BindInfo,
                          PWDF_COMPONENT_GLOBALS ComponentGlobals)
{
    struct library *library = (struct library *)BindInfo->Module;
    NTSTATUS status;

    if (library == NULL) {
        loader_say("%wZ unbinds and was not bound\n", RegistryPath);
        return STATUS_INVALID_PARAMETER;
    }
    status = library->info->LibraryUnregisterClient(BindInfo, ComponentGlobals);
    BindInfo->Module = NULL;
    library_put(library);
    return status;
}

NTSTATUS WdfRegisterLibrary(PWDF_LIBRARY_INFO LibraryInfo, PUNICODE_STRING ServicePath,
                            PCUNICODE_STRING LibraryDeviceName)
{
    NTSTATUS status;

    if (LibraryInfo == NULL || LibraryInfo->Size != sizeof(WDF_LIBRARY_INFO) ||
        ServicePath == NULL || LibraryDeviceName == NULL ||
        LibraryInfo->LibraryRegisterClient == NULL || LibraryInfo->LibraryUnregisterClient == NULL)
        return STATUS_INVALID_PARAMETER;
    status = library_begin(LibraryInfo, NULL);
    if (!NT_SUCCESS(status))
        return status;
    return library_register(LibraryInfo, NULL, ServicePath, LibraryDeviceName);
}

/* ---- class extensions -------------------------------------------------------------------------
 */

/* IRQL:    PASSIVE_LEVEL
 * Errors:  as WdfVersionBind, of the class extension
 */
NTSTATUS WdfVersionBindClass(PWDF_BIND_INFO BindInfo, PWDF_COMPONENT_GLOBALS Globals,
                             PWDF_CLASS_BIND_INFO ClassBindInfo)
{
    PWDF_CLASS_BIND_INFO2 second = NULL;
    struct library *library;
    NTSTATUS status;

    if (BindInfo == NULL || Globals == NULL || ClassBindInfo == NULL ||
        ClassBindInfo->ClassName == NULL)
        return STATUS_INVALID_PARAMETER;
    if (ClassBindInfo->Size == sizeof(WDF_CLASS_BIND_INFO2))
        second = (PWDF_CLASS_BIND_INFO2)ClassBindInfo;
    else if (ClassBindInfo->Size != sizeof(WDF_CLASS_BIND_INFO))
        return STATUS_INVALID_PARAMETER;
    status = library_get(ClassBindInfo->ClassName, ClassBindInfo->Version.Major, TRUE, &somebody,
                         &library);
    if (!NT_SUCCESS(status))
        return status;
    status =
        version_check((const WDF_VERSION *)&ClassBindInfo->Version,
                      (const WDF_VERSION *)&library->class_info->Version, ClassBindInfo->ClassName,
                      second != NULL ? second->MinimumVersionRequired : NULL,
                      second != NULL ? second->ClientVersionHigherThanFramework : NULL, &somebody);
    if (NT_SUCCESS(status))
        status = library->class_info->ClassLibraryBindClient(ClassBindInfo, Globals);
    if (!NT_SUCCESS(status)) {
        library_put(library);
        return status;
    }
    ClassBindInfo->ClassModule = library;
    return STATUS_SUCCESS;
}

VOID WdfVersionUnbindClass(PWDF_BIND_INFO BindInfo, PWDF_COMPONENT_GLOBALS Globals,
                           PWDF_CLASS_BIND_INFO ClassBindInfo)
{
    struct library *library = ClassBindInfo->ClassModule;

    if (library == NULL)
        return;
    if (library->class_info->ClassLibraryUnbindClient != NULL)
        library->class_info->ClassLibraryUnbindClient(ClassBindInfo, Globals);
    ClassBindInfo->ClassModule = NULL;
    library_put(library);
}

/* Names are told apart by what they are: one is a path in the registry. */
NTSTATUS WdfRegisterClassLibrary(PWDF_CLASS_LIBRARY_INFO ClassLibInfo, PUNICODE_STRING SourceString,
                                 PUNICODE_STRING ServicePath)
{
    static const UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\Registry\\");
    BOOLEAN is_turned;
    NTSTATUS status;

    if (ClassLibInfo == NULL || ClassLibInfo->Size != sizeof(WDF_CLASS_LIBRARY_INFO) ||
        ServicePath == NULL || SourceString == NULL || ClassLibInfo->ClassLibraryBindClient == NULL)
        return STATUS_INVALID_PARAMETER;
    is_turned = RtlPrefixUnicodeString(&registry, SourceString, TRUE);
    if (!is_turned && !RtlPrefixUnicodeString(&registry, ServicePath, TRUE))
        return STATUS_INVALID_PARAMETER;
    status = library_begin(NULL, ClassLibInfo);
    if (!NT_SUCCESS(status))
        return status;
    return library_register(NULL, ClassLibInfo, is_turned ? SourceString : ServicePath,
                            is_turned ? ServicePath : SourceString);
}

/* ---- the loader itself ------------------------------------------------------------------------
 */

/* Errors:  STATUS_INVALID_PARAMETER: not this interface, or its size is not this one's */
NTSTATUS WdfLdrQueryInterface(PWDF_INTERFACE_HEADER LoaderInterface)
{
    PWDF_LOADER_INTERFACE standard = (PWDF_LOADER_INTERFACE)LoaderInterface;

    if (LoaderInterface == NULL || LoaderInterface->InterfaceType == NULL ||
        !IsEqualGUID(LoaderInterface->InterfaceType, &GUID_WDF_LOADER_INTERFACE_STANDARD) ||
        LoaderInterface->InterfaceSize != sizeof(WDF_LOADER_INTERFACE))
        return STATUS_INVALID_PARAMETER;
    standard->RegisterLibrary = WdfRegisterLibrary;
    standard->VersionBind = WdfVersionBind;
    standard->VersionUnbind = WdfVersionUnbind;
    standard->DiagnosticsValueByNameAsULONG = WdfLdrDiagnosticsValueByNameAsULONG;
    return STATUS_SUCCESS;
}

/* A value below Control\Wdf\Kmdf\Diagnostics, where "DbgPrintOn" is.
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_TYPE_MISMATCH
 */
NTSTATUS WdfLdrDiagnosticsValueByNameAsULONG(PUNICODE_STRING ValueName, PULONG Value)
{
    static UNICODE_STRING path = RTL_CONSTANT_STRING(
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Wdf\\Kmdf\\Diagnostics");
    union {
        KEY_VALUE_PARTIAL_INFORMATION value;
        UCHAR bytes[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    } buffer;
    OBJECT_ATTRIBUTES attributes;
    ULONG length;
    HANDLE key;
    NTSTATUS status;

    if (ValueName == NULL || Value == NULL)
        return STATUS_INVALID_PARAMETER;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    status = ZwOpenKey(&key, KEY_READ, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwQueryValueKey(key, ValueName, KeyValuePartialInformation, &buffer, sizeof(buffer),
                             &length);
    ZwClose(key);
    if (status == STATUS_BUFFER_OVERFLOW || (NT_SUCCESS(status) && buffer.value.Type != REG_DWORD))
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (NT_SUCCESS(status))
        *Value = *(ULONG UNALIGNED *)buffer.value.Data;
    return status;
}

NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath)
{
    libraries_init();
    return STATUS_SUCCESS;
}

NTSTATUS DllUnload(void)
{
    libraries_fini();
    return STATUS_SUCCESS;
}

/* An export driver: there is nothing to start. */
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    return STATUS_SUCCESS;
}
