/* SPDX-License-Identifier: MIT */
/* entry.c - FxDriverEntry: a driver is bound to the Framework before its DriverEntry runs, and let
 * go after its DriverUnload.
 *
 * Compiled once for each minor version: the count of functions, the name of the table and what the
 * loader is told depend on it. In: what the loader hands a driver; out: DriverEntry's answer, or
 * why the driver could not be bound. After a failure nothing is bound.
 */
#include <ntddk.h>

#define WDF_STUB
#include <wdf.h>
#include <wdfldr.h>
#include <wdfminiport.h>

/* ---- what wdf.h declares ----------------------------------------------------------------------
 */

PWDF_DRIVER_GLOBALS WdfDriverGlobals;
WDFFUNC WdfDriverMiniportUnloadOverride;

#if KMDF_VERSION_MINOR >= 15
const WDFFUNC *WdfFunctions;
#else
WDFFUNC WdfFunctions[WdfFunctionTableNumEntries];
#endif

#if KMDF_VERSION_MINOR >= 25
BOOLEAN WdfClientVersionHigherThanFramework;
ULONG WdfFunctionCount = WdfFunctionTableNumEntries;
ULONG WdfStructureCount = WDF_STRUCTURE_TABLE_NUM_ENTRIES;
WDF_STRUCT_INFO WdfStructures;
/* A driver's own objects say another one where it wants that. */
__declspec(selectany) ULONG WdfMinimumVersionRequired = KMDF_VERSION_MINOR;

static WDF_BIND_INFO2 bind_info = {
    {sizeof(WDF_BIND_INFO2),
     L"KmdfLibrary",
     {1, KMDF_VERSION_MINOR, 0},
     WdfFunctionTableNumEntries,
     (WDFFUNC *)(void *)&WdfFunctions,
     NULL},
    &WdfMinimumVersionRequired,
    &WdfClientVersionHigherThanFramework,
    &WdfFunctionCount,
    &WdfStructureCount,
    &WdfStructures,
};
#define BIND_INFO (&bind_info.V1)
#else
static WDF_BIND_INFO bind_info = {
    sizeof(WDF_BIND_INFO),
    L"KmdfLibrary",
    {1, KMDF_VERSION_MINOR, 0},
    WdfFunctionTableNumEntries,
    (WDFFUNC *)(void *)&WdfFunctions,
    NULL,
};
#define BIND_INFO (&bind_info)
#endif

#define GLOBALS ((PWDF_COMPONENT_GLOBALS)WdfDriverGlobals)

DRIVER_INITIALIZE DriverEntry;
DRIVER_INITIALIZE FxDriverEntry;
void __security_init_cookie(void);

static UNICODE_STRING registry_path; /* our copy: unloading needs it */
static WCHAR registry_buffer[260];
static PDRIVER_UNLOAD displaced_unload; /* what DriverUnload was */

/* ---- sections that the linker sorts by what follows the dollar ----------------------------------
 */

#pragma section(".kmdfclassbind$a", read, write)
#pragma section(".kmdfclassbind$c", read, write)
#pragma section(".kmdftypeinit$a", read, write)
#pragma section(".kmdftypeinit$c", read, write)
__declspec(allocate(".kmdfclassbind$a")) PVOID __KMDF_CLASS_BIND_START[2] = {NULL};
__declspec(allocate(".kmdfclassbind$c")) PVOID __KMDF_CLASS_BIND_END[2] = {NULL};
__declspec(allocate(".kmdftypeinit$a")) PVOID __KMDF_TYPE_INIT_START[2] = {NULL};
__declspec(allocate(".kmdftypeinit$c")) PVOID __KMDF_TYPE_INIT_END[2] = {NULL};

/* The next record at or after at: the linker may put zeros between them. Every record begins with
 * its size, which is never zero. NULL: there is none; *out_is_bad: what lies there is none.
 */
static PVOID record_next(PVOID at, PVOID end, ULONG size, ULONG size2, BOOLEAN *out_is_bad)
{
    ULONG_PTR *word = at;

    *out_is_bad = FALSE;
    while ((PVOID)word < end && *word == 0)
        word++;
    if ((PVOID)word >= end)
        return NULL;
    ULONG found = *(ULONG *)word;
    if ((found != size && found != size2) || (PUCHAR)word + found > (PUCHAR)end) {
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL,
                   "FxDriverEntry: a record at %p has %u bytes where %u or %u belong: the driver "
                   "was built with headers of another version\n",
                   word, found, size, size2);
        *out_is_bad = TRUE;
        return NULL;
    }
    return word;
}

/* ---- class extensions -------------------------------------------------------------------------
 */

static PVOID class_bound_end; /* records before it are bound */

static void classes_unbind(void)
{
    PVOID at = __KMDF_CLASS_BIND_START;
    PWDF_CLASS_BIND_INFO info;
    BOOLEAN is_bad;

    while ((info = record_next(at, class_bound_end, sizeof(WDF_CLASS_BIND_INFO),
                               sizeof(WDF_CLASS_BIND_INFO2), &is_bad)) != NULL) {
        if (info->ClientUnbindClass != NULL)
            info->ClientUnbindClass(WdfVersionUnbindClass, BIND_INFO, GLOBALS, info);
        else
            WdfVersionUnbindClass(BIND_INFO, GLOBALS, info);
        at = (PUCHAR)info + info->Size;
    }
    class_bound_end = __KMDF_CLASS_BIND_START;
}

static NTSTATUS classes_bind(void)
{
    PVOID at = __KMDF_CLASS_BIND_START;
    PWDF_CLASS_BIND_INFO info;
    BOOLEAN is_bad;
    NTSTATUS status;

    class_bound_end = at;
    while ((info = record_next(at, __KMDF_CLASS_BIND_END, sizeof(WDF_CLASS_BIND_INFO),
                               sizeof(WDF_CLASS_BIND_INFO2), &is_bad)) != NULL) {
        if (info->ClientBindClass != NULL)
            status = info->ClientBindClass(WdfVersionBindClass, BIND_INFO, GLOBALS, info);
        else
            status = WdfVersionBindClass(BIND_INFO, GLOBALS, info);
        if (!NT_SUCCESS(status)) {
            DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL,
                       "FxDriverEntry: %wZ cannot bind to class extension %ws (0x%08X)\n",
                       &registry_path, info->ClassName, status);
            return status;
        }
        at = (PUCHAR)info + info->Size;
        class_bound_end = at;
    }
    return is_bad ? STATUS_INVALID_IMAGE_FORMAT : STATUS_SUCCESS;
}

/* ---- context types that somebody else defines ---------------------------------------------------
 */

static NTSTATUS types_initialize(void)
{
    PVOID at = __KMDF_TYPE_INIT_START;
    WDF_OBJECT_CONTEXT_TYPE_INFO *info;
    BOOLEAN is_bad;

    while ((info = record_next(at, __KMDF_TYPE_INIT_END, sizeof(*info), sizeof(*info), &is_bad)) !=
           NULL) {
        if (info->EvtDriverGetUniqueContextType != NULL) {
            info->UniqueType = info->EvtDriverGetUniqueContextType();
            if (info->UniqueType == NULL) {
                DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL,
                           "FxDriverEntry: nobody gives %wZ the context type %s\n", &registry_path,
                           info->ContextName);
                return STATUS_INSUFFICIENT_RESOURCES;
            }
        }
        at = info + 1;
    }
    return is_bad ? STATUS_INVALID_IMAGE_FORMAT : STATUS_SUCCESS;
}

/* ---- the way out ------------------------------------------------------------------------------
 */

static void unbind(void)
{
    classes_unbind();
    WdfVersionUnbind(&registry_path, BIND_INFO, GLOBALS);
    WdfDriverGlobals = NULL;
}

static VOID unload(PDRIVER_OBJECT driver)
{
    if (displaced_unload != NULL)
        displaced_unload(driver);
    unbind();
}

/* A miniport's port driver owns DriverUnload: the driver says itself when the Framework may go. */
static VOID miniport_unload(PWDF_DRIVER_GLOBALS globals, WDFDRIVER driver)
{
    typedef VOID miniport_unload_function(PWDF_DRIVER_GLOBALS, WDFDRIVER);

    ((miniport_unload_function *)WdfFunctions[WdfDriverMiniportUnloadTableIndex])(globals, driver);
    unbind();
}

/* ---- the way in -------------------------------------------------------------------------------
 */

NTSTATUS FxDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    __security_init_cookie();
    if (DriverObject == NULL) /* not loaded as a driver: there is nothing to bind */
        return DriverEntry(DriverObject, RegistryPath);
    registry_path.Buffer = registry_buffer;
    registry_path.MaximumLength = sizeof(registry_buffer);
    RtlCopyUnicodeString(&registry_path, RegistryPath);
    status = WdfVersionBind(DriverObject, &registry_path, BIND_INFO,
                            (PWDF_COMPONENT_GLOBALS *)&WdfDriverGlobals);
    if (!NT_SUCCESS(status))
        return status;
    WdfDriverMiniportUnloadOverride = (WDFFUNC)miniport_unload;
    status = classes_bind();
    if (NT_SUCCESS(status))
        status = types_initialize();
    if (NT_SUCCESS(status))
        status = DriverEntry(DriverObject, RegistryPath);
    if (!NT_SUCCESS(status)) {
        unbind();
        return status;
    }
    if (WdfDriverGlobals->DisplaceDriverUnload && DriverObject->DriverUnload != NULL) {
        displaced_unload = DriverObject->DriverUnload;
        DriverObject->DriverUnload = unload;
    }
    return status;
}
