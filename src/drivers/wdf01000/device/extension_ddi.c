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
        room_free(list->pnp_events);
        room_free(list->policy_events);
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
