/* SPDX-License-Identifier: MIT */
/* extension_ddi.c - WdfCxDeviceInit…: what a class extension adds to the device of its client.
 *
 * In: the client's init, in the client's own WdfDeviceInit… call of the extension; out: a stage of
 * preprocessors, callbacks and attributes that the rooms look up in device->extensions. The
 * extension that was called last stands nearest to the driver.
 */
#include "device_internal.h"

void extensions_free(struct fx_extension *list)
{
    while (list != NULL) {
        struct fx_extension *next = list->next;

        preprocess_free(list->preprocess);
        room_free(list);
        list = next;
    }
}

static struct fx_extension *extension_of(struct fx_globals *globals, PWDFCXDEVICE_INIT CxInit)
{
    fx_needed(globals, CxInit);
    return (struct fx_extension *)CxInit;
}

PWDFCXDEVICE_INIT NTAPI imp_WdfCxDeviceInitAllocate(PWDF_DRIVER_GLOBALS abi,
                                                    PWDFDEVICE_INIT DeviceInit)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct WDFDEVICE_INIT *init = init_of(globals, DeviceInit);
    struct fx_extension *extension;

    if (init->globals == globals) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfCxDeviceInitAllocate: only a class extension calls it, for its client's device");
        return NULL;
    }
    for (extension = init->extensions; extension != NULL; extension = extension->next) {
        if (extension->globals == globals) {
            fx_log(globals, FX_LOG_ERROR, "WdfCxDeviceInitAllocate was called before");
            return NULL;
        }
    }
    extension = room_allocate(globals, sizeof *extension);
    if (extension == NULL)
        return NULL;
    extension->globals = globals;
    extension->next = init->extensions;
    init->extensions = extension;
    return (PWDFCXDEVICE_INIT)extension;
}

NTSTATUS NTAPI imp_WdfCxDeviceInitAssignWdmIrpPreprocessCallback(
    PWDF_DRIVER_GLOBALS abi, PWDFCXDEVICE_INIT CxDeviceInit,
    PFN_WDFCXDEVICE_WDM_IRP_PREPROCESS EvtCxDeviceWdmIrpPreprocess, UCHAR MajorFunction,
    PUCHAR MinorFunctions, ULONG NumMinorFunctions)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_extension *extension = extension_of(globals, CxDeviceInit);

    fx_needed(globals, EvtCxDeviceWdmIrpPreprocess);
    if (NumMinorFunctions != 0)
        fx_needed(globals, MinorFunctions);
    return preprocess_assign(globals, &extension->preprocess, globals,
                             (PVOID)EvtCxDeviceWdmIrpPreprocess, MajorFunction, MinorFunctions,
                             NumMinorFunctions);
}

VOID NTAPI imp_WdfCxDeviceInitSetIoInCallerContextCallback(
    PWDF_DRIVER_GLOBALS abi, PWDFCXDEVICE_INIT CxDeviceInit,
    PFN_WDF_IO_IN_CALLER_CONTEXT EvtIoInCallerContext)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_extension *extension = extension_of(globals, CxDeviceInit);

    fx_needed(globals, EvtIoInCallerContext);
    extension->in_caller_context = EvtIoInCallerContext;
}

VOID NTAPI imp_WdfCxDeviceInitSetRequestAttributes(PWDF_DRIVER_GLOBALS abi,
                                                   PWDFCXDEVICE_INIT CxDeviceInit,
                                                   PWDF_OBJECT_ATTRIBUTES RequestAttributes)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_extension *extension = extension_of(globals, CxDeviceInit);

    fx_needed(globals, RequestAttributes);
    if (!NT_SUCCESS(fx_attributes_check(globals, &fx_type_request, RequestAttributes)))
        return;
    extension->request_attributes = *RequestAttributes;
    extension->has_requests = TRUE;
}

VOID NTAPI imp_WdfCxDeviceInitSetFileObjectConfig(PWDF_DRIVER_GLOBALS abi,
                                                  PWDFCXDEVICE_INIT CxDeviceInit,
                                                  PWDFCX_FILEOBJECT_CONFIG CxFileObjectConfig,
                                                  PWDF_OBJECT_ATTRIBUTES FileObjectAttributes)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_extension *extension = extension_of(globals, CxDeviceInit);

    fx_needed(globals, CxFileObjectConfig);
    if (CxFileObjectConfig->Size != sizeof *CxFileObjectConfig) {
        fx_log(globals, FX_LOG_ERROR, "WdfCxDeviceInitSetFileObjectConfig: Size %d",
               CxFileObjectConfig->Size);
        return;
    }
    if (!NT_SUCCESS(fx_attributes_check(globals, &fx_type_file, FileObjectAttributes)))
        return;
    extension->file_create = CxFileObjectConfig->EvtCxDeviceFileCreate;
    extension->file.Size = sizeof extension->file;
    extension->file.EvtFileClose = CxFileObjectConfig->EvtFileClose;
    extension->file.EvtFileCleanup = CxFileObjectConfig->EvtFileCleanup;
    extension->file.AutoForwardCleanupClose = CxFileObjectConfig->AutoForwardCleanupClose;
    extension->file.FileObjectClass = CxFileObjectConfig->FileObjectClass;
    if (FileObjectAttributes != NULL)
        extension->file_attributes = *FileObjectAttributes;
    extension->has_file = TRUE;
}

/* ---- contexts of the device that will be -------------------------------------------------------
 */

/* Does a class extension ask about the device of a client of its? */
static BOOLEAN is_extension(struct fx_globals *globals, const struct WDFDEVICE_INIT *init,
                            const char *who)
{
    if (init->globals != globals)
        return TRUE;
    fx_log(globals, FX_LOG_ERROR, "%s: only a class extension calls it, for its client's device",
           who);
    return FALSE;
}

/* The context belongs to an object of ours until the device is there, and to the device then.
 * Errors: STATUS_INVALID_DEVICE_REQUEST: no class extension; those of fx_context_add
 */
NTSTATUS NTAPI imp_WdfCxDeviceInitAllocateContext(PWDF_DRIVER_GLOBALS abi,
                                                  PWDFDEVICE_INIT DeviceInit,
                                                  PWDF_OBJECT_ATTRIBUTES ContextAttributes,
                                                  PVOID *Context)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct WDFDEVICE_INIT *init = init_of(globals, DeviceInit);
    NTSTATUS status = STATUS_SUCCESS;

    fx_needed(globals, ContextAttributes);
    if (Context != NULL)
        *Context = NULL;
    if (!is_extension(globals, init, "WdfCxDeviceInitAllocateContext"))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (init->context_owner == NULL)
        status =
            fx_object_create(init->globals, &fx_type_object, 0, NULL, NULL, &init->context_owner);
    if (!NT_SUCCESS(status))
        return status;
    return fx_context_add(globals, init->context_owner, ContextAttributes, Context);
}

PVOID NTAPI imp_WdfCxDeviceInitGetTypedContextWorker(PWDF_DRIVER_GLOBALS abi,
                                                     PWDFDEVICE_INIT DeviceInit,
                                                     PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct WDFDEVICE_INIT *init = init_of(globals, DeviceInit);

    fx_needed(globals, TypeInfo);
    if (!is_extension(globals, init, "WdfCxDeviceInitGetTypedContext") ||
        init->context_owner == NULL)
        return NULL;
    return fx_context_find(init->context_owner, TypeInfo);
}

/* ---- Plug and Play -----------------------------------------------------------------------------
 */

/* A "failed cleanup" undoes its Pre callback: alone it makes no sense. */
static const char *pnp_events_wrong(const WDFCX_PNPPOWER_EVENT_CALLBACKS *events)
{
    if (events->EvtCxDevicePrePrepareHardwareFailedCleanup != NULL &&
        events->EvtCxDevicePrePrepareHardware == NULL)
        return "EvtCxDevicePrePrepareHardware";
    if (events->EvtCxDevicePreD0EntryFailedCleanup != NULL && events->EvtCxDevicePreD0Entry == NULL)
        return "EvtCxDevicePreD0Entry";
    if (events->EvtCxDevicePreSelfManagedIoInitFailedCleanup != NULL &&
        events->EvtCxDevicePreSelfManagedIoInit == NULL)
        return "EvtCxDevicePreSelfManagedIoInit";
    if (events->EvtCxDevicePreSelfManagedIoRestartFailedCleanup != NULL &&
        events->EvtCxDevicePreSelfManagedIoRestart == NULL)
        return "EvtCxDevicePreSelfManagedIoRestart";
    return NULL;
}

/* Differs: the longer form of 1.31, which is not published, is refused. */
VOID NTAPI imp_WdfCxDeviceInitSetPnpPowerEventCallbacks(
    PWDF_DRIVER_GLOBALS abi, PWDFCXDEVICE_INIT CxDeviceInit,
    PWDFCX_PNPPOWER_EVENT_CALLBACKS CxPnpPowerCallbacks)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_extension *extension = extension_of(globals, CxDeviceInit);
    const char *missing;

    fx_needed(globals, CxPnpPowerCallbacks);
    if (CxPnpPowerCallbacks->Size != sizeof extension->pnp) {
        fx_log(globals, FX_LOG_ERROR, "WdfCxDeviceInitSetPnpPowerEventCallbacks: Size %u is not %u",
               CxPnpPowerCallbacks->Size, (ULONG)sizeof extension->pnp);
        return;
    }
    missing = pnp_events_wrong(CxPnpPowerCallbacks);
    if (missing != NULL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfCxDeviceInitSetPnpPowerEventCallbacks: %sFailedCleanup without %s", missing,
               missing);
        return;
    }
    extension->pnp = *CxPnpPowerCallbacks;
    extension->has_pnp = TRUE;
}
