/* SPDX-License-Identifier: MIT */
/* toywmi.c - what a toy tells of itself by WMI, and what can be set from outside.
 *
 * One block, TOY_STATE, one instance a toy. wmilib.sys takes the requests apart and calls back
 * for the data. `cove wmi` asks for it.
 */
#include <initguid.h>

#include "toybus_ioctl.h"

#include "toy.h"

#include <wmilib.h>
#include <wmistr.h>

DEFINE_GUID(GUID_TOY_STATE, 0x5b1f0c7a, 0x2d53, 0x4c1e, 0x9a, 0x0d, 0x6e, 0x41, 0x77, 0x3a, 0x10,
            0x04);

static WMI_QUERY_REGINFO_CALLBACK ToyQueryRegInfo;
static WMI_QUERY_DATABLOCK_CALLBACK ToyQueryDataBlock;
static WMI_SET_DATABLOCK_CALLBACK ToySetDataBlock;

static WMIGUIDREGINFO Blocks[] = {{&GUID_TOY_STATE, 1, 0}};
static UNICODE_STRING NoPath = RTL_CONSTANT_STRING(L"");

/* Instances are named by the device. */
static NTSTATUS ToyQueryRegInfo(PDEVICE_OBJECT Device, PULONG Flags, PUNICODE_STRING InstanceName,
                                PUNICODE_STRING *RegistryPath, PUNICODE_STRING ResourceName,
                                PDEVICE_OBJECT *Physical)
{
    PTOY toy = Device->DeviceExtension;

    UNREFERENCED_PARAMETER(InstanceName);
    UNREFERENCED_PARAMETER(ResourceName);
    *Flags = WMIREG_FLAG_INSTANCE_PDO;
    *RegistryPath = &NoPath;
    *Physical = toy->Physical;
    return STATUS_SUCCESS;
}

static NTSTATUS ToyQueryDataBlock(PDEVICE_OBJECT Device, PIRP Irp, ULONG GuidIndex,
                                  ULONG InstanceIndex, ULONG InstanceCount, PULONG InstanceLengths,
                                  ULONG Room, PUCHAR Buffer)
{
    PTOY toy = Device->DeviceExtension;
    KIRQL irql;

    UNREFERENCED_PARAMETER(GuidIndex);
    UNREFERENCED_PARAMETER(InstanceIndex);
    UNREFERENCED_PARAMETER(InstanceCount);
    if (Room < sizeof(TOY_STATE))
        return WmiCompleteRequest(Device, Irp, STATUS_BUFFER_TOO_SMALL, sizeof(TOY_STATE),
                                  IO_NO_INCREMENT);
    KeAcquireSpinLock(&toy->Lock, &irql);
    *(TOY_STATE *)Buffer = toy->State;
    KeReleaseSpinLock(&toy->Lock, irql);
    *InstanceLengths = sizeof(TOY_STATE);
    return WmiCompleteRequest(Device, Irp, STATUS_SUCCESS, sizeof(TOY_STATE), IO_NO_INCREMENT);
}

/* Only how many reads may wait; how many do is what it is. */
static NTSTATUS ToySetDataBlock(PDEVICE_OBJECT Device, PIRP Irp, ULONG GuidIndex,
                                ULONG InstanceIndex, ULONG BufferSize, PUCHAR Buffer)
{
    PTOY toy = Device->DeviceExtension;
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;
    KIRQL irql;

    UNREFERENCED_PARAMETER(GuidIndex);
    UNREFERENCED_PARAMETER(InstanceIndex);
    if (BufferSize >= sizeof(TOY_STATE)) {
        KeAcquireSpinLock(&toy->Lock, &irql);
        toy->State.Most = ((TOY_STATE *)Buffer)->Most;
        KeReleaseSpinLock(&toy->Lock, irql);
        status = STATUS_SUCCESS;
    }
    return WmiCompleteRequest(Device, Irp, status, 0, IO_NO_INCREMENT);
}

static WMILIB_CONTEXT Library = {
    .GuidCount = RTL_NUMBER_OF(Blocks),
    .GuidList = Blocks,
    .QueryWmiRegInfo = ToyQueryRegInfo,
    .QueryWmiDataBlock = ToyQueryDataBlock,
    .SetWmiDataBlock = ToySetDataBlock,
};

NTSTATUS ToySystemControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PTOY toy = Device->DeviceExtension;
    SYSCTL_IRP_DISPOSITION disposition;
    NTSTATUS status = IoAcquireRemoveLock(&toy->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    status = WmiSystemControl(&Library, Device, Irp, &disposition);
    if (disposition == IrpNotCompleted)
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
    else if (disposition == IrpForward || disposition == IrpNotWmi)
        status = ToyForward(Device, Irp);
    IoReleaseRemoveLock(&toy->RemoveLock, Irp);
    return status;
}

VOID ToyWmi(PTOY Toy, BOOLEAN IsWanted)
{
    if (IsWanted == Toy->IsInstrumented)
        return;
    if (IsWanted)
        IsWanted = NT_SUCCESS(IoWMIRegistrationControl(Toy->Self, WMIREG_ACTION_REGISTER));
    else
        IoWMIRegistrationControl(Toy->Self, WMIREG_ACTION_DEREGISTER);
    Toy->IsInstrumented = IsWanted;
}
