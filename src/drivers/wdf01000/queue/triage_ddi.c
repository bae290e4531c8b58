/* SPDX-License-Identifier: MIT */
/* triage_ddi.c - WdfGetTriageInfo: where a dump's reader finds things in our objects.
 *
 * The table's shape is that of Microsoft's published header. Ours has no queue of IRPs below a
 * queue and no wrapper around an IRP: offsets of those are 0, and a request's IRP is a pointer in
 * the request itself. Here, because this room sees queues, requests, devices and objects.
 */
#include "queue_internal.h"

#include <wdftriage.h>

#include "../bind/bind.h"
#include "wdf_entries.h"

#define AT(noun, member) FIELD_OFFSET(struct noun, member)

static WDFOBJECT_TRIAGE_INFO object_info = {
    .RawObjectSize = sizeof(struct fx_object),
    .ObjectType = AT(fx_object, type),
    .ChildListHead = AT(fx_object, children),
    .ChildEntry = AT(fx_object, sibling),
    .Globals = AT(fx_object, globals),
    .ParentObject = AT(fx_object, parent),
};
static WDFCONTEXT_TRIAGE_INFO context_info = {
    .HeaderSize = FIELD_OFFSET(struct fx_context, data),
    .NextHeader = AT(fx_context, next),
    .Object = AT(fx_context, object),
    .TypeInfoPtr = AT(fx_context, type),
    .Context = AT(fx_context, data),
};
static WDFCONTEXTTYPE_TRIAGE_INFO context_type_info = {
    .TypeInfoSize = sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO),
    .ContextSize = FIELD_OFFSET(WDF_OBJECT_CONTEXT_TYPE_INFO, ContextSize),
    .ContextName = FIELD_OFFSET(WDF_OBJECT_CONTEXT_TYPE_INFO, ContextName),
};
static WDFQUEUE_TRIAGE_INFO queue_info = {
    .QueueSize = sizeof(struct fx_queue),
    .RequestList1 = AT(fx_queue, owned),
    .RequestList2 = AT(fx_queue, waiting),
    .FwdProgressContext = AT(fx_queue, reserve),
    .PkgIo = AT(fx_queue, io),
};
static WDFFWDPROGRESS_TRIAGE_INFO progress_info;
static WDFIRPQUEUE_TRIAGE_INFO irp_queue_info;
static WDFREQUEST_TRIAGE_INFO request_info = {
    .RequestSize = sizeof(struct fx_request),
    .FxIrp = AT(fx_request, irp),
    .ListEntryQueueOwned = AT(fx_request, entry),
    .ListEntryQueueOwned2 = AT(fx_request, entry),
    .RequestListEntry = AT(fx_request, entry),
};
static WDFDEVICE_TRIAGE_INFO device_info = {
    .DeviceInitSize = sizeof(struct fx_device),
    .DeviceDriver = AT(fx_device, driver),
};
static WDFIRP_TRIAGE_INFO irp_info = {.FxIrpSize = sizeof(PIRP)};

static WDF_TRIAGE_INFO triage = {
    .WdfMajorVersion = 1,
    .WdfMinorVersion = FX_VERSION_MINOR,
    .TriageInfoMajorVersion = WDF_01_TRIAGE_INFO_MAJOR_VERSION,
    .TriageInfoMinorVersion = WDF_01_TRIAGE_INFO_MINOR_VERSION,
    .WdfObjectTriageInfo = &object_info,
    .WdfContextTriageInfo = &context_info,
    .WdfContextTypeTriageInfo = &context_type_info,
    .WdfQueueTriageInfo = &queue_info,
    .WdfFwdProgressTriageInfo = &progress_info,
    .WdfIrpQueueTriageInfo = &irp_queue_info,
    .WdfRequestTriageInfo = &request_info,
    .WdfDeviceTriageInfo = &device_info,
    .WdfIrpTriageInfo = &irp_info,
};

/* Doc: WdfGetTriageInfo */
PVOID NTAPI imp_WdfGetTriageInfo(PWDF_DRIVER_GLOBALS globals)
{
    UNREFERENCED_PARAMETER(globals);
    return &triage;
}
