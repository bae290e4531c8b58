/* SPDX-License-Identifier: MIT */
/* generalrobot.c - the general half of a driver pair.
 *
 * An export driver: each specific robot's driver hands it its own DRIVER_OBJECT and three
 * callbacks, and from then on the requests of that driver's devices come here. Which robot is
 * meant is kept in the driver object's extension, so many specific drivers share this one.
 */
#define GENERALROBOT_EXPORTS
#include <initguid.h>

#include "generalrobot.h"

#include "robot_ioctl.h"

#define ROBOT_TAG 'tboR'

typedef struct _ROBOT {
    PDEVICE_OBJECT Self, Lower, Physical;
    const ROBOT_CALLBACKS *Callbacks; /* in the driver object's extension */
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING Interface;
    FAST_MUTEX Mutex; /* one movement at a time */
    BOOLEAN IsStarted;
    PVOID Machine; /* the specific driver's; behind this structure */
} ROBOT, *PROBOT;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RobotUnload;
static DRIVER_ADD_DEVICE RobotAddDevice;
static DRIVER_DISPATCH RobotOpenClose, RobotControl, RobotPnp, RobotPower, RobotForward;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- what programs ask -------------------------------------------------------------------------
 */

static NTSTATUS RobotOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS RobotMove(PROBOT Robot, PLONG Number)
{
    NTSTATUS status = STATUS_DEVICE_NOT_READY;

    ExAcquireFastMutex(&Robot->Mutex);
    if (Robot->IsStarted)
        status = Robot->Callbacks->Move(Robot->Machine, *Number, Number);
    ExReleaseFastMutex(&Robot->Mutex);
    return status;
}

static NTSTATUS RobotControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    PROBOT robot = Device->DeviceExtension;
    ULONG_PTR information = 0;
    NTSTATUS status = IoAcquireRemoveLock(&robot->RemoveLock, Irp);
    ULONG bytes;

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_ROBOT_MOVE:
        status = in < sizeof(LONG) || out < sizeof(LONG) ? STATUS_BUFFER_TOO_SMALL
                                                         : RobotMove(robot, buffer);
        information = NT_SUCCESS(status) ? sizeof(LONG) : 0;
        break;
    case IOCTL_ROBOT_MAKER:
        bytes = (ULONG)((wcslen(robot->Callbacks->Maker) + 1) * sizeof(WCHAR));
        status = out < bytes ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
        if (NT_SUCCESS(status)) {
            RtlCopyMemory(buffer, robot->Callbacks->Maker, bytes);
            information = bytes;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    Complete(Irp, status, information);
    IoReleaseRemoveLock(&robot->RemoveLock, Irp);
    return status;
}

/* ---- Plug and Play, power ---------------------------------------------------------------------
 */

static NTSTATUS RobotForward(PDEVICE_OBJECT Device, PIRP Irp)
{
    PROBOT robot = Device->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(robot->Lower, Irp);
}

static NTSTATUS RobotStart(PROBOT Robot, PIRP Irp)
{
    NTSTATUS status =
        IoForwardIrpSynchronously(Robot->Lower, Irp) ? Irp->IoStatus.Status : STATUS_UNSUCCESSFUL;

    if (NT_SUCCESS(status))
        status = Robot->Callbacks->Start(Robot->Machine, Robot->Physical);
    if (!NT_SUCCESS(status))
        return status;
    ExAcquireFastMutex(&Robot->Mutex);
    Robot->IsStarted = TRUE;
    ExReleaseFastMutex(&Robot->Mutex);
    status = IoSetDeviceInterfaceState(&Robot->Interface, TRUE);
    return status == STATUS_OBJECT_NAME_EXISTS ? STATUS_SUCCESS : status;
}

static VOID RobotStop(PROBOT Robot)
{
    BOOLEAN wasStarted;

    ExAcquireFastMutex(&Robot->Mutex);
    wasStarted = Robot->IsStarted;
    Robot->IsStarted = FALSE;
    ExReleaseFastMutex(&Robot->Mutex);
    if (wasStarted)
        Robot->Callbacks->Stop(Robot->Machine);
}

static NTSTATUS RobotRemove(PROBOT Robot, PIRP Irp)
{
    NTSTATUS status;

    IoSetDeviceInterfaceState(&Robot->Interface, FALSE);
    IoReleaseRemoveLockAndWait(&Robot->RemoveLock, Irp);
    RobotStop(Robot);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Robot->Lower, Irp);
    RtlFreeUnicodeString(&Robot->Interface);
    IoDetachDevice(Robot->Lower);
    IoDeleteDevice(Robot->Self);
    return status;
}

static NTSTATUS RobotPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PROBOT robot = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&robot->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = Complete(Irp, RobotStart(robot, Irp), 0);
        IoReleaseRemoveLock(&robot->RemoveLock, Irp);
        return status;
    case IRP_MN_REMOVE_DEVICE:
        return RobotRemove(robot, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        IoSetDeviceInterfaceState(&robot->Interface, FALSE);
        RobotStop(robot);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_STOP_DEVICE:
        RobotStop(robot);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    }
    status = RobotForward(Device, Irp);
    IoReleaseRemoveLock(&robot->RemoveLock, Irp);
    return status;
}

static NTSTATUS RobotPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    PROBOT robot = Device->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(robot->Lower, Irp);
}

/* ---- the driver --------------------------------------------------------------------------------
 */

static NTSTATUS RobotAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    const ROBOT_CALLBACKS *callbacks =
        IoGetDriverObjectExtension(Driver, (PVOID)GeneralRobotInitialize);
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, sizeof(ROBOT) + callbacks->MachineBytes, NULL,
                                     FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    PROBOT robot;

    if (!NT_SUCCESS(status))
        return status;
    robot = device->DeviceExtension;
    robot->Self = device;
    robot->Physical = Physical;
    robot->Callbacks = callbacks;
    robot->Machine = robot + 1;
    ExInitializeFastMutex(&robot->Mutex);
    IoInitializeRemoveLock(&robot->RemoveLock, ROBOT_TAG, 0, 0);
    status = IoRegisterDeviceInterface(Physical, &GUID_DEVINTERFACE_ROBOT, NULL, &robot->Interface);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    robot->Lower = IoAttachDeviceToDeviceStack(device, Physical);
    if (!robot->Lower) {
        RtlFreeUnicodeString(&robot->Interface);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_POWER_PAGABLE;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID RobotUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS NTAPI GeneralRobotInitialize(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath,
                                      const ROBOT_CALLBACKS *Callbacks)
{
    PROBOT_CALLBACKS own;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    if (Callbacks->Size != sizeof *Callbacks || !Callbacks->Start || !Callbacks->Move ||
        !Callbacks->Stop)
        return STATUS_INVALID_PARAMETER;
    status = IoAllocateDriverObjectExtension(Driver, (PVOID)GeneralRobotInitialize, sizeof *own,
                                             (PVOID *)&own);
    if (!NT_SUCCESS(status))
        return status;
    *own = *Callbacks;
    Driver->DriverUnload = RobotUnload;
    Driver->DriverExtension->AddDevice = RobotAddDevice;
    Driver->MajorFunction[IRP_MJ_CREATE] = RobotOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = RobotOpenClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RobotControl;
    Driver->MajorFunction[IRP_MJ_PNP] = RobotPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = RobotPower;
    Driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = RobotForward;
    return STATUS_SUCCESS;
}

/* Loaded for its exports only. */
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
