/* SPDX-License-Identifier: MIT */
/* dispatch.c - IRP_MJ_SYSTEM_CONTROL of a device.
 *
 * In: an IRP; out: it is completed, or sent to the lower device. wmilib.sys takes the nodes apart
 * and puts them together; it is given a table of the device's blocks as they are at this moment,
 * whose providers are referenced until the IRP has been dealt with, and finds its way back here
 * through the IRP's DriverContext.
 */
#include <ntddk.h>

#include <wmilib.h>
#include <wmistr.h>

#include "wmi_internal.h"

/* The blocks of a device during one IRP. */
struct wmi_call {
    struct fx_wmi *wmi;
    WMILIB_CONTEXT library;
    struct fx_wmi_provider **providers; /* as many as library.GuidCount, each referenced */
    WMIGUIDREGINFO blocks[];
};

static struct wmi_call *call_of(PIRP irp)
{
    return irp->Tail.Overlay.DriverContext[0];
}

/* ---- what wmilib asks for -------------------------------------------------------------------- */

static NTSTATUS answer_registration(PDEVICE_OBJECT wdm, PULONG flags, PUNICODE_STRING base_name,
                                    PUNICODE_STRING *registry_path, PUNICODE_STRING mof_name,
                                    PDEVICE_OBJECT *pdo)
{
    struct fx_device *device = fx_device_of_wdm(wdm);
    PCUNICODE_STRING mof = fx_wmi_mof_name(device);

    *registry_path = &device->object.globals->registry_path;
    if (mof)
        *mof_name = *mof;
    if (device->physical) {
        *flags = WMIREG_FLAG_INSTANCE_PDO;
        *pdo = device->physical;
        return STATUS_SUCCESS;
    }
    /* A control device has no PDO: its instances are named after the driver. wmilib frees it. */
    return fx_wmi_base_name(device, flags, base_name);
}

static ULONG align8(ULONG value)
{
    return (value + 7) & ~7u;
}

/* One instance, or all: values follow one another at multiples of 8, lengths go to the array. */
static NTSTATUS answer_query(PDEVICE_OBJECT wdm, PIRP irp, ULONG block, ULONG index, ULONG count,
                             PULONG lengths, ULONG size, PUCHAR buffer)
{
    struct fx_wmi_provider *provider = call_of(irp)->providers[block];
    BOOLEAN is_all = IoGetCurrentIrpStackLocation(irp)->MinorFunction == IRP_MN_QUERY_ALL_DATA;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG needed = 0, i;

    if (count == 0)
        status = STATUS_WMI_INSTANCE_NOT_FOUND;
    for (i = 0; i < count && (NT_SUCCESS(status) || status == STATUS_BUFFER_TOO_SMALL); i++) {
        struct fx_wmi_instance *instance = fx_wmi_instance_get(provider, index + i);
        ULONG begin = align8(needed), room = begin < size ? size - begin : 0, used = 0;
        NTSTATUS one = STATUS_SUCCESS;

        if (!instance) {
            one = STATUS_WMI_INSTANCE_NOT_FOUND;
        } else if (!fx_wmi_instance_answers(instance)) {
            one = is_all ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
        } else if (room < provider->minimum_bytes) {
            used = provider->minimum_bytes;
            one = STATUS_BUFFER_TOO_SMALL;
        } else {
            one = fx_wmi_instance_query(instance, room, buffer + begin, &used);
        }
        if (instance)
            fx_object_deref(&instance->object);
        if (used > MAXULONG - begin)
            one = STATUS_INTEGER_OVERFLOW;
        needed = begin + used;
        if (NT_SUCCESS(one) && NT_SUCCESS(status))
            lengths[i] = used;
        else if (!NT_SUCCESS(one))
            status = one;
    }
    return WmiCompleteRequest(wdm, irp, status, needed, IO_NO_INCREMENT);
}

/* A set or a method: PENDING is no answer here. */
static NTSTATUS finish(PDEVICE_OBJECT wdm, PIRP irp, struct fx_wmi_instance *instance,
                       NTSTATUS status, ULONG used)
{
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

    if (instance)
        fx_object_deref(&instance->object);
    if (status == STATUS_PENDING) {
        status = STATUS_UNSUCCESSFUL;
        used = 0;
    }
    if (status == STATUS_BUFFER_TOO_SMALL && minor != IRP_MN_EXECUTE_METHOD)
        status = STATUS_WMI_SET_FAILURE;
    return WmiCompleteRequest(wdm, irp, status, used, IO_NO_INCREMENT);
}

static NTSTATUS switch_set(struct fx_wmi_instance *instance, ULONG size, PUCHAR buffer)
{
    if (size < sizeof(BOOLEAN))
        return STATUS_BUFFER_TOO_SMALL;
    instance->power_switch->set(instance->provider->wmi->device, *buffer != 0);
    return STATUS_SUCCESS;
}

static NTSTATUS answer_set(PDEVICE_OBJECT wdm, PIRP irp, ULONG block, ULONG index, ULONG size,
                           PUCHAR buffer)
{
    struct fx_wmi_provider *provider = call_of(irp)->providers[block];
    struct fx_wmi_instance *instance = fx_wmi_instance_get(provider, index);
    NTSTATUS status;

    if (!instance)
        status = STATUS_WMI_INSTANCE_NOT_FOUND;
    else if (instance->power_switch)
        status = switch_set(instance, size, buffer);
    else if (!instance->set)
        status = STATUS_WMI_READ_ONLY;
    else if (size < provider->minimum_bytes)
        status = STATUS_BUFFER_TOO_SMALL;
    else
        status = instance->set(fx_handle_of(&instance->object), size, size ? buffer : NULL);
    return finish(wdm, irp, instance, status, 0);
}

static NTSTATUS answer_set_item(PDEVICE_OBJECT wdm, PIRP irp, ULONG block, ULONG index, ULONG item,
                                ULONG size, PUCHAR buffer)
{
    struct fx_wmi_instance *instance = fx_wmi_instance_get(call_of(irp)->providers[block], index);
    NTSTATUS status;

    if (!instance)
        status = STATUS_WMI_INSTANCE_NOT_FOUND;
    else if (instance->power_switch)
        status = item == 1 ? switch_set(instance, size, buffer) : STATUS_WMI_ITEMID_NOT_FOUND;
    else if (!instance->set_item)
        status = STATUS_WMI_READ_ONLY;
    else
        status =
            instance->set_item(fx_handle_of(&instance->object), item, size, size ? buffer : NULL);
    return finish(wdm, irp, instance, status, 0);
}

static NTSTATUS answer_method(PDEVICE_OBJECT wdm, PIRP irp, ULONG block, ULONG index, ULONG method,
                              ULONG in_size, ULONG out_size, PUCHAR buffer)
{
    struct fx_wmi_instance *instance = fx_wmi_instance_get(call_of(irp)->providers[block], index);
    NTSTATUS status;
    ULONG used = 0;

    if (!instance)
        status = STATUS_WMI_INSTANCE_NOT_FOUND;
    else if (!instance->execute)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = instance->execute(fx_handle_of(&instance->object), method, in_size, out_size,
                                   in_size || out_size ? buffer : NULL, &used);
    return finish(wdm, irp, instance, status, used);
}

static NTSTATUS answer_control(PDEVICE_OBJECT wdm, PIRP irp, ULONG block,
                               WMIENABLEDISABLECONTROL function, BOOLEAN is_enabled)
{
    struct fx_wmi_provider *provider = call_of(irp)->providers[block];
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    const WNODE_HEADER *wnode = stack->Parameters.WMI.Buffer;
    BOOLEAN is_events = function == WmiEventControl;
    BOOLEAN *enabled = is_events ? &provider->is_events_enabled : &provider->is_instances_enabled;
    BOOLEAN is_tracing = is_events && (provider->flags & WdfWmiProviderTracing);
    NTSTATUS status = STATUS_SUCCESS;

    if (stack->Parameters.WMI.BufferSize < sizeof(WNODE_HEADER)) {
        status = STATUS_INVALID_PARAMETER;
    } else {
        *enabled = is_enabled;
        if (is_tracing)
            provider->tracing_handle = wnode->HistoricalContext;
        if (provider->control)
            status = provider->control(fx_handle_of(&provider->object),
                                       is_events ? WdfWmiEventControl : WdfWmiInstanceControl,
                                       is_enabled);
        if (status == STATUS_PENDING)
            status = STATUS_UNSUCCESSFUL;
        if (!NT_SUCCESS(status)) {
            *enabled = FALSE;
            if (is_tracing)
                provider->tracing_handle = 0;
        }
    }
    return WmiCompleteRequest(wdm, irp, status, 0, IO_NO_INCREMENT);
}

/* ---- one IRP --------------------------------------------------------------------------------- */

static ULONG block_flags_locked(struct fx_wmi_provider *provider)
{
    ULONG flags = 0;

    if (provider->flags & WdfWmiProviderTracing)
        return WMIREG_FLAG_TRACED_GUID | WMIREG_FLAG_TRACE_CONTROL_GUID;
    if (provider->flags & WdfWmiProviderExpensive)
        flags |= WMIREG_FLAG_EXPENSIVE;
    if (provider->flags & WdfWmiProviderEventOnly)
        flags |= WMIREG_FLAG_EVENT_ONLY_GUID;
    if (provider->is_removed)
        flags |= WMIREG_FLAG_REMOVE_GUID;
    return flags;
}

/* A provider that comes while this is made is not in it: its registration follows. */
static struct wmi_call *call_begin(struct fx_wmi *wmi)
{
    ULONG room = wmi->provider_count;
    SIZE_T bytes = sizeof(struct wmi_call) +
                   room * (sizeof(WMIGUIDREGINFO) + sizeof(struct fx_wmi_provider *));
    struct wmi_call *call =
        fx_pool_take(wmi->device->object.globals, NonPagedPoolNx, FX_TAG, bytes);
    PLIST_ENTRY entry;
    ULONG count = 0;
    KIRQL irql;

    if (!call)
        return NULL;
    RtlZeroMemory(call, bytes);
    call->wmi = wmi;
    call->providers = (struct fx_wmi_provider **)&call->blocks[room];
    KeAcquireSpinLock(&wmi->lock, &irql);
    for (entry = wmi->providers.Flink; entry != &wmi->providers && count < room;
         entry = entry->Flink, count++) {
        struct fx_wmi_provider *provider = CONTAINING_RECORD(entry, struct fx_wmi_provider, entry);

        fx_object_ref(&provider->object);
        call->providers[count] = provider;
        call->blocks[count].Guid = &provider->guid;
        call->blocks[count].InstanceCount = provider->instance_count;
        call->blocks[count].Flags = block_flags_locked(provider);
    }
    KeReleaseSpinLock(&wmi->lock, irql);
    call->library.GuidCount = count;
    call->library.GuidList = call->blocks;
    call->library.QueryWmiRegInfo = answer_registration;
    call->library.QueryWmiDataBlock = answer_query;
    call->library.SetWmiDataBlock = answer_set;
    call->library.SetWmiDataItem = answer_set_item;
    call->library.ExecuteWmiMethod = answer_method;
    call->library.WmiFunctionControl = answer_control;
    return call;
}

static void call_end(struct wmi_call *call)
{
    ULONG i;

    for (i = 0; i < call->library.GuidCount; i++)
        fx_object_deref(&call->providers[i]->object);
    ExFreePool(call);
}

static NTSTATUS pass_on(struct fx_device *device, PIRP irp)
{
    NTSTATUS status = irp->IoStatus.Status;

    if (device->lower) {
        IoSkipCurrentIrpStackLocation(irp);
        return IoCallDriver(device->lower, irp);
    }
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS fx_wmi_dispatch(struct fx_device *device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    SYSCTL_IRP_DISPOSITION disposition;
    struct wmi_call *call;
    NTSTATUS status;

    if (!device->wmi || stack->Parameters.WMI.ProviderId != (ULONG_PTR)device->wdm)
        return pass_on(device, irp);
    call = call_begin(device->wmi);
    if (!call) {
        irp->IoStatus.Status = STATUS_INSUFFICIENT_RESOURCES;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->Tail.Overlay.DriverContext[0] = call;
    status = WmiSystemControl(&call->library, device->wdm, irp, &disposition);
    if (disposition == IrpNotCompleted)
        IoCompleteRequest(irp, IO_NO_INCREMENT);
    else if (disposition != IrpProcessed)
        status = pass_on(device, irp);
    call_end(call);
    return status;
}
