/* SPDX-License-Identifier: MIT */
/* wmi_ddi.c - the contract of instrumentation: providers register, consumers open blocks, query,
 * set, run methods and hear of events. A block is checked for its access at each call.
 */
#include "wmi.h"

#include <stdio.h>
#include <string.h>

/* ---- providers ---------------------------------------------------------------------------- */

/* Doc:     wdm.h IoWMIRegistrationControl
 * Differs: BLOCK_IRPS is DEREGISTER
 */
NTSTATUS NTAPI IoWMIRegistrationControl(PDEVICE_OBJECT DeviceObject, ULONG Action)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    switch (Action) {
    case WMIREG_ACTION_REGISTER:
        return wmi_register(DeviceObject);
    case WMIREG_ACTION_DEREGISTER:
    case WMIREG_ACTION_BLOCK_IRPS:
        return wmi_deregister(DeviceObject);
    case WMIREG_ACTION_REREGISTER:
    case WMIREG_ACTION_UPDATE_GUIDS:
        return wmi_update(DeviceObject);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* Doc:     wdm.h IoWMIDeviceObjectToProviderId
 * Differs: 0 for a device that has not registered
 */
ULONG NTAPI IoWMIDeviceObjectToProviderId(PDEVICE_OBJECT DeviceObject)
{
    return wmi_provider_id(DeviceObject);
}

/* Doc:     wdm.h IoWMIWriteEvent
 * Differs: nodes of trace loggers (WNODE_FLAG_TRACED_GUID) and event references are refused
 */
NTSTATUS NTAPI IoWMIWriteEvent(PVOID WnodeEventItem)
{
    WNODE_HEADER *wnode = WnodeEventItem;
    if (wnode->Flags & (WNODE_FLAG_TRACED_GUID | WNODE_FLAG_EVENT_REFERENCE))
        return STATUS_UNSUCCESSFUL;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return wmi_event_write(wnode);
}

/* Numbers are given out for the whole machine, so they are unique to each GUID, too.
 * Doc:     wdm.h IoWMIAllocateInstanceIds
 */
NTSTATUS NTAPI IoWMIAllocateInstanceIds(GUID *Guid, ULONG InstanceCount, ULONG *FirstInstanceId)
{
    static _Atomic uint32_t next = 1;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)Guid;
    *FirstInstanceId = atomic_fetch_add(&next, InstanceCount);
    return STATUS_SUCCESS;
}

/* ---- blocks -------------------------------------------------------------------------------------
 */

/* Doc:     wdm.h IoWMIOpenBlock */
NTSTATUS NTAPI IoWMIOpenBlock(GUID *DataBlockGuid, ULONG DesiredAccess, PVOID *DataBlockObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return wmi_block_open(DataBlockGuid, DesiredAccess, (struct wmi_block **)DataBlockObject);
}

/* Doc:     wdm.h IoWMISetNotificationCallback */
NTSTATUS NTAPI IoWMISetNotificationCallback(PVOID Object, WMI_NOTIFICATION_CALLBACK Callback,
                                            PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return wmi_block_listen(Object, Callback, Context);
}

/* Doc:     wdm.h IoWMIQueryAllData */
NTSTATUS NTAPI IoWMIQueryAllData(PVOID DataBlockObject, ULONG *InOutBufferSize, PVOID OutBuffer)
{
    const struct wmi_block *block = DataBlockObject;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (!(block->access & WMIGUID_QUERY))
        return STATUS_ACCESS_DENIED;
    return wmi_query_all(block, InOutBufferSize, OutBuffer);
}

/* Doc:     wdm.h IoWMIQuerySingleInstance */
NTSTATUS NTAPI IoWMIQuerySingleInstance(PVOID DataBlockObject, PUNICODE_STRING InstanceName,
                                        ULONG *InOutBufferSize, PVOID OutBuffer)
{
    const struct wmi_block *block = DataBlockObject;
    struct wmi_call call = {
        .minor = IRP_MN_QUERY_SINGLE_INSTANCE, .name = InstanceName, .output_size = 512};
    WNODE_HEADER *wnode;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (!(block->access & WMIGUID_QUERY))
        return STATUS_ACCESS_DENIED;
    NTSTATUS status = wmi_call_instance(block, &call, &wnode);
    if (!NT_SUCCESS(status))
        return status;
    ULONG size = wnode->BufferSize;
    if (OutBuffer == NULL || *InOutBufferSize < size)
        status = STATUS_BUFFER_TOO_SMALL;
    else
        memcpy(OutBuffer, wnode, size);
    *InOutBufferSize = size;
    ExFreePoolWithTag(wnode, IO_TAG);
    return status;
}

static NTSTATUS set_value(const struct wmi_block *block, const struct wmi_call *call)
{
    WNODE_HEADER *wnode;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (!(block->access & WMIGUID_SET))
        return STATUS_ACCESS_DENIED;
    NTSTATUS status = wmi_call_instance(block, call, &wnode);
    if (NT_SUCCESS(status))
        ExFreePoolWithTag(wnode, IO_TAG);
    return status;
}

/* Doc:     wdm.h IoWMISetSingleInstance */
NTSTATUS NTAPI IoWMISetSingleInstance(PVOID DataBlockObject, PUNICODE_STRING InstanceName,
                                      ULONG Version, ULONG ValueBufferSize, PVOID ValueBuffer)
{
    struct wmi_call call = {.minor = IRP_MN_CHANGE_SINGLE_INSTANCE,
                            .name = InstanceName,
                            .input = ValueBuffer,
                            .input_size = ValueBufferSize};
    (void)Version;
    return set_value(DataBlockObject, &call);
}

/* Doc:     wdm.h IoWMISetSingleItem */
NTSTATUS NTAPI IoWMISetSingleItem(PVOID DataBlockObject, PUNICODE_STRING InstanceName,
                                  ULONG DataItemId, ULONG Version, ULONG ValueBufferSize,
                                  PVOID ValueBuffer)
{
    struct wmi_call call = {.minor = IRP_MN_CHANGE_SINGLE_ITEM,
                            .item = DataItemId,
                            .name = InstanceName,
                            .input = ValueBuffer,
                            .input_size = ValueBufferSize};
    (void)Version;
    return set_value(DataBlockObject, &call);
}

/* Doc:     wdm.h IoWMIExecuteMethod */
NTSTATUS NTAPI IoWMIExecuteMethod(PVOID DataBlockObject, PUNICODE_STRING InstanceName,
                                  ULONG MethodId, ULONG InBufferSize, PULONG OutBufferSize,
                                  PUCHAR InOutBuffer)
{
    const struct wmi_block *block = DataBlockObject;
    struct wmi_call call = {.minor = IRP_MN_EXECUTE_METHOD,
                            .item = MethodId,
                            .name = InstanceName,
                            .input = InOutBuffer,
                            .input_size = InBufferSize,
                            .output_size = *OutBufferSize};
    WNODE_HEADER *wnode;
    ULONG size;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (!(block->access & WMIGUID_EXECUTE))
        return STATUS_ACCESS_DENIED;
    NTSTATUS status = wmi_call_instance(block, &call, &wnode);
    if (!NT_SUCCESS(status))
        return status;
    const void *data = wmi_wnode_data(wnode, call.minor, &size);
    if (data == NULL)
        status = STATUS_INVALID_PARAMETER;
    else if (size > *OutBufferSize)
        status = STATUS_BUFFER_TOO_SMALL;
    else if (size != 0)
        memcpy(InOutBuffer, data, size);
    *OutBufferSize = size;
    ExFreePoolWithTag(wnode, IO_TAG);
    return status;
}

/* Doc:     wdm.h IoWMIDeviceObjectToInstanceName */
NTSTATUS NTAPI IoWMIDeviceObjectToInstanceName(PVOID DataBlockObject, PDEVICE_OBJECT DeviceObject,
                                               PUNICODE_STRING InstanceName)
{
    const struct wmi_block *block = DataBlockObject;
    struct wmi_provider *provider;
    NTSTATUS status = STATUS_WMI_INSTANCE_NOT_FOUND;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    for (unsigned i = 0; !NT_SUCCESS(status) && (provider = wmi_provider_at(i)) != NULL; i++) {
        const WMIREGGUIDW *entry = wmi_provider_block(provider, &block->guid);
        if (provider->device == DeviceObject && entry != NULL)
            status = wmi_instance_name(provider, entry, 0, InstanceName);
        wmi_provider_put(provider);
    }
    return status;
}
