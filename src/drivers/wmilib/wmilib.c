/* SPDX-License-Identifier: MIT */
/* wmilib.c - requests for instrumentation, taken apart for a driver and put together again.
 *
 * In: an IRP_MJ_SYSTEM_CONTROL and the driver's table of blocks and routines; out: the routine that
 * serves it was called, or the IRP is not for this device, or has an error that the driver
 * completes it with. WmiCompleteRequest finishes the node that the routine has filled.
 */
#include <wdm.h>

#include <wmistr.h>

#define WMILIB_TAG 'LimW'

/* The kit declares these as imports; here they are made. */
#undef DECLSPEC_IMPORT
#define DECLSPEC_IMPORT
#include <wmilib.h>

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath);
NTSTATUS DllUnload(void);

static ULONG align8(ULONG value)
{
    return (value + 7) & ~7u;
}

/* ---- registration ------------------------------------------------------------------------- */

struct names {
    UNICODE_STRING base, mof;
    PUNICODE_STRING path;
    PDEVICE_OBJECT pdo;
    ULONG flags;
};

/* A counted string at *offset, which moves behind it. */
static ULONG string_put(PUCHAR buffer, ULONG *offset, PCUNICODE_STRING string)
{
    ULONG at = *offset;

    *(PUSHORT)(buffer + at) = string->Length;
    RtlCopyMemory(buffer + at + sizeof(USHORT), string->Buffer, string->Length);
    *offset = (at + (ULONG)sizeof(USHORT) + string->Length + 1) & ~1u;
    return at;
}

static ULONG string_size(PCUNICODE_STRING string)
{
    return (ULONG)sizeof(USHORT) + string->Length + 1u;
}

static void registration_fill(PWMILIB_CONTEXT info, const struct names *names, BOOLEAN is_ex,
                              PWMIREGINFO out, ULONG size)
{
    ULONG offset = FIELD_OFFSET(WMIREGINFO, WmiRegGuid) + info->GuidCount * sizeof(WMIREGGUID);
    ULONG base = 0, i;

    RtlZeroMemory(out, size);
    out->BufferSize = size;
    out->GuidCount = info->GuidCount;
    if (names->flags & WMIREG_FLAG_INSTANCE_BASENAME)
        base = string_put((PUCHAR)out, &offset, &names->base);
    out->MofResourceName = string_put((PUCHAR)out, &offset, &names->mof);
    if (names->path)
        out->RegistryPath = string_put((PUCHAR)out, &offset, names->path);
    for (i = 0; i < info->GuidCount; i++) {
        PWMIREGGUID block = &out->WmiRegGuid[i];

        block->Guid = *info->GuidList[i].Guid;
        block->InstanceCount = info->GuidList[i].InstanceCount;
        block->Flags = info->GuidList[i].Flags | names->flags;
        if (names->flags & WMIREG_FLAG_INSTANCE_PDO) {
            block->Pdo = (ULONG_PTR)names->pdo;
            if (is_ex)
                ObReferenceObject(names->pdo);
        } else if (names->flags & WMIREG_FLAG_INSTANCE_BASENAME) {
            block->BaseNameOffset = base;
        }
    }
}

static NTSTATUS registration(PWMILIB_CONTEXT info, PDEVICE_OBJECT device, PIRP irp, BOOLEAN is_ex)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PWMIREGINFO out = stack->Parameters.WMI.Buffer;
    struct names names = {0};
    NTSTATUS status;
    ULONG size;

    status = info->QueryWmiRegInfo(device, &names.flags, &names.base, &names.path, &names.mof,
                                   &names.pdo);
    if (NT_SUCCESS(status)) {
        size = FIELD_OFFSET(WMIREGINFO, WmiRegGuid) + info->GuidCount * sizeof(WMIREGGUID) +
               string_size(&names.base) + string_size(&names.mof) +
               (names.path ? string_size(names.path) : 0) + 8;
        if (size > stack->Parameters.WMI.BufferSize) {
            if (stack->Parameters.WMI.BufferSize >= sizeof(ULONG))
                *(PULONG)out = size;
            irp->IoStatus.Information = sizeof(ULONG);
            status = STATUS_BUFFER_TOO_SMALL;
        } else {
            registration_fill(info, &names, is_ex, out, size);
            irp->IoStatus.Information = size;
        }
    }
    if (names.base.Buffer)
        ExFreePool(names.base.Buffer); /* from pool, as the callback's page asks */
    irp->IoStatus.Status = status;
    return status;
}

/* ---- completing ------------------------------------------------------------------------------ */

static BOOLEAN too_small(PWNODE_HEADER wnode, PIRP irp, ULONG size, ULONG needed)
{
    if (needed <= size)
        return FALSE;
    wnode->BufferSize = sizeof(WNODE_TOO_SMALL);
    wnode->Flags |= WNODE_FLAG_TOO_SMALL;
    ((PWNODE_TOO_SMALL)wnode)->SizeNeeded = needed;
    irp->IoStatus.Information = sizeof(WNODE_TOO_SMALL);
    return TRUE;
}

/* Where a routine's data begins in the node, and for all data the array of lengths. */
static ULONG data_offset(PIO_STACK_LOCATION stack)
{
    PWNODE_HEADER wnode = stack->Parameters.WMI.Buffer;

    switch (stack->MinorFunction) {
    case IRP_MN_QUERY_ALL_DATA:
        return ((PWNODE_ALL_DATA)wnode)->DataBlockOffset;
    case IRP_MN_QUERY_SINGLE_INSTANCE:
    case IRP_MN_CHANGE_SINGLE_INSTANCE:
        return ((PWNODE_SINGLE_INSTANCE)wnode)->DataBlockOffset;
    default:
        return ((PWNODE_METHOD_ITEM)wnode)->DataBlockOffset;
    }
}

/* The routine was given the table's place for its plain array of lengths, and has put one instance
 * after the other, 8-aligned. From the last to the first each length moves to where the table
 * wants it; it never overwrites one that has not moved. */
static VOID all_data_finish(PWNODE_ALL_DATA wnode)
{
    OFFSETINSTANCEDATAANDLENGTH *table = wnode->OffsetInstanceDataAndLength;
    PULONG lengths = (PULONG)table;
    ULONG i, at = wnode->DataBlockOffset;

    for (i = wnode->InstanceCount; i-- > 0;)
        table[i].LengthInstanceData = lengths[i];
    for (i = 0; i < wnode->InstanceCount; i++) {
        table[i].OffsetInstanceData = at;
        at = align8(at + table[i].LengthInstanceData);
    }
}

NTSTATUS NTAPI WmiCompleteRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp, NTSTATUS Status,
                                  ULONG BufferUsed, CCHAR PriorityBoost)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PWNODE_HEADER wnode = stack->Parameters.WMI.Buffer;
    UCHAR minor = stack->MinorFunction;
    BOOLEAN answers = minor == IRP_MN_QUERY_ALL_DATA || minor == IRP_MN_QUERY_SINGLE_INSTANCE ||
                      minor == IRP_MN_EXECUTE_METHOD;

    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Information = 0;
    if (answers && (NT_SUCCESS(Status) || Status == STATUS_BUFFER_TOO_SMALL)) {
        ULONG begin = data_offset(stack), needed = begin + BufferUsed;

        if (!too_small(wnode, Irp, stack->Parameters.WMI.BufferSize, needed)) {
            wnode->BufferSize = needed;
            Irp->IoStatus.Information = needed;
            KeQuerySystemTime(&wnode->TimeStamp);
            if (minor == IRP_MN_QUERY_ALL_DATA)
                all_data_finish((PWNODE_ALL_DATA)wnode);
            else if (minor == IRP_MN_QUERY_SINGLE_INSTANCE)
                ((PWNODE_SINGLE_INSTANCE)wnode)->SizeDataBlock = BufferUsed;
            else
                ((PWNODE_METHOD_ITEM)wnode)->SizeDataBlock = BufferUsed;
        }
        Status = STATUS_SUCCESS;
    }
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, PriorityBoost);
    return Status;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static NTSTATUS error(PIRP irp, NTSTATUS status, PSYSCTL_IRP_DISPOSITION disposition)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    *disposition = IrpNotCompleted;
    return status;
}

static NTSTATUS all_data(PWMILIB_CONTEXT info, PDEVICE_OBJECT device, PIRP irp, ULONG index,
                         PSYSCTL_IRP_DISPOSITION disposition)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PWNODE_ALL_DATA wnode = stack->Parameters.WMI.Buffer;
    ULONG size = stack->Parameters.WMI.BufferSize, count = info->GuidList[index].InstanceCount;
    ULONG begin = align8(FIELD_OFFSET(WNODE_ALL_DATA, OffsetInstanceDataAndLength) +
                         count * sizeof(OFFSETINSTANCEDATAANDLENGTH));

    if (too_small(&wnode->WnodeHeader, irp, size, begin)) {
        irp->IoStatus.Status = STATUS_SUCCESS;
        return STATUS_SUCCESS;
    }
    wnode->WnodeHeader.Flags &= ~WNODE_FLAG_FIXED_INSTANCE_SIZE;
    wnode->DataBlockOffset = begin;
    wnode->InstanceCount = count;
    wnode->OffsetInstanceNameOffsets = 0;
    RtlZeroMemory(wnode->OffsetInstanceDataAndLength,
                  begin - FIELD_OFFSET(WNODE_ALL_DATA, OffsetInstanceDataAndLength));
    *disposition = IrpProcessed;
    return info->QueryWmiDataBlock(device, irp, index, 0, count,
                                   (PULONG)wnode->OffsetInstanceDataAndLength, size - begin,
                                   (PUCHAR)wnode + begin);
}

/* Requests about one instance, which the node names by its number. */
static NTSTATUS one_instance(PWMILIB_CONTEXT info, PDEVICE_OBJECT device, PIRP irp, ULONG index,
                             PSYSCTL_IRP_DISPOSITION disposition)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PWNODE_SINGLE_INSTANCE single = stack->Parameters.WMI.Buffer;
    PWNODE_METHOD_ITEM item = stack->Parameters.WMI.Buffer;
    ULONG instance = single->InstanceIndex, size = stack->Parameters.WMI.BufferSize;
    ULONG begin = data_offset(stack);
    PUCHAR data = (PUCHAR)single + begin;

    if (instance >= info->GuidList[index].InstanceCount)
        return error(irp, STATUS_WMI_INSTANCE_NOT_FOUND, disposition);
    if (begin > size)
        return error(irp, STATUS_INVALID_PARAMETER, disposition);
    *disposition = IrpProcessed;
    switch (stack->MinorFunction) {
    case IRP_MN_QUERY_SINGLE_INSTANCE:
        return info->QueryWmiDataBlock(device, irp, index, instance, 1, &single->SizeDataBlock,
                                       size - begin, data);
    case IRP_MN_CHANGE_SINGLE_INSTANCE:
        if (info->SetWmiDataBlock)
            return info->SetWmiDataBlock(device, irp, index, instance, single->SizeDataBlock, data);
        break;
    case IRP_MN_CHANGE_SINGLE_ITEM:
        if (info->SetWmiDataItem)
            return info->SetWmiDataItem(device, irp, index, instance, item->MethodId,
                                        item->SizeDataBlock, data);
        break;
    default:
        if (info->ExecuteWmiMethod)
            return info->ExecuteWmiMethod(device, irp, index, instance, item->MethodId,
                                          item->SizeDataBlock, size - begin, data);
        return error(irp, STATUS_INVALID_DEVICE_REQUEST, disposition);
    }
    return error(irp, STATUS_WMI_READ_ONLY, disposition);
}

/* Without a routine there is nothing to switch, and no error. */
static NTSTATUS control(PWMILIB_CONTEXT info, PDEVICE_OBJECT device, PIRP irp, ULONG index,
                        PSYSCTL_IRP_DISPOSITION disposition)
{
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
    BOOLEAN is_event = minor == IRP_MN_ENABLE_EVENTS || minor == IRP_MN_DISABLE_EVENTS;

    if (!info->WmiFunctionControl)
        return error(irp, STATUS_SUCCESS, disposition);
    *disposition = IrpProcessed;
    return info->WmiFunctionControl(
        device, irp, index, is_event ? WmiEventControl : WmiDataBlockControl,
        minor == IRP_MN_ENABLE_EVENTS || minor == IRP_MN_ENABLE_COLLECTION);
}

static BOOLEAN guid_find(PWMILIB_CONTEXT info, LPCGUID guid, PULONG index)
{
    for (*index = 0; *index < info->GuidCount; ++*index)
        if (RtlEqualMemory(info->GuidList[*index].Guid, guid, sizeof *guid))
            return TRUE;
    return FALSE;
}

NTSTATUS NTAPI WmiSystemControl(PWMILIB_CONTEXT WmiLibInfo, PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                PSYSCTL_IRP_DISPOSITION IrpDisposition)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    UCHAR minor = stack->MinorFunction;
    ULONG index;

    if (minor > IRP_MN_EXECUTE_METHOD && minor != IRP_MN_REGINFO_EX) {
        *IrpDisposition = IrpNotWmi;
        return STATUS_SUCCESS;
    }
    if (stack->Parameters.WMI.ProviderId != (ULONG_PTR)DeviceObject) {
        *IrpDisposition = IrpForward;
        return STATUS_SUCCESS;
    }
    *IrpDisposition = IrpNotCompleted;
    if (minor == IRP_MN_REGINFO || minor == IRP_MN_REGINFO_EX)
        return registration(WmiLibInfo, DeviceObject, Irp, minor == IRP_MN_REGINFO_EX);
    if (!guid_find(WmiLibInfo, stack->Parameters.WMI.DataPath, &index))
        return error(Irp, STATUS_WMI_GUID_NOT_FOUND, IrpDisposition);
    switch (minor) {
    case IRP_MN_QUERY_ALL_DATA:
        return all_data(WmiLibInfo, DeviceObject, Irp, index, IrpDisposition);
    case IRP_MN_ENABLE_EVENTS:
    case IRP_MN_DISABLE_EVENTS:
    case IRP_MN_ENABLE_COLLECTION:
    case IRP_MN_DISABLE_COLLECTION:
        return control(WmiLibInfo, DeviceObject, Irp, index, IrpDisposition);
    default:
        return one_instance(WmiLibInfo, DeviceObject, Irp, index, IrpDisposition);
    }
}

/* ---- events
 * -------------------------------------------------------------------------------------- */

NTSTATUS NTAPI WmiFireEvent(PDEVICE_OBJECT DeviceObject, LPCGUID Guid, ULONG InstanceIndex,
                            ULONG EventDataSize, PVOID EventData)
{
    ULONG begin = align8(FIELD_OFFSET(WNODE_SINGLE_INSTANCE, VariableData));
    ULONG size = begin + EventDataSize;
    PWNODE_SINGLE_INSTANCE wnode = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, WMILIB_TAG);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (wnode) {
        wnode->WnodeHeader.BufferSize = size;
        wnode->WnodeHeader.ProviderId = IoWMIDeviceObjectToProviderId(DeviceObject);
        wnode->WnodeHeader.Guid = *Guid;
        wnode->WnodeHeader.Flags =
            WNODE_FLAG_SINGLE_INSTANCE | WNODE_FLAG_EVENT_ITEM | WNODE_FLAG_STATIC_INSTANCE_NAMES;
        KeQuerySystemTime(&wnode->WnodeHeader.TimeStamp);
        wnode->InstanceIndex = InstanceIndex;
        wnode->DataBlockOffset = begin;
        wnode->SizeDataBlock = EventDataSize;
        if (EventDataSize)
            RtlCopyMemory((PUCHAR)wnode + begin, EventData, EventDataSize);
        status = IoWMIWriteEvent(wnode);
        if (!NT_SUCCESS(status))
            ExFreePoolWithTag(wnode, WMILIB_TAG);
    }
    if (EventData)
        ExFreePool(EventData); /* the driver's, ours to free whatever comes */
    return status;
}

/* ---- loading
 * ------------------------------------------------------------------------------------- */

NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}

NTSTATUS DllUnload(void)
{
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
