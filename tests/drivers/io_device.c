/* SPDX-License-Identifier: MIT */
/* io_device.c - tests of devices and what hangs on them, from inside a driver: work items,
 * StartIo, IoTimer, notifications, driver extensions, share access,
 * remove locks, device queues. */
#include "drivertest.h"

#define TAG 'tstD'

static NTSTATUS wait_ms(PVOID object, LONG ms)
{
    LARGE_INTEGER due;

    due.QuadPart = -10000LL * ms;
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &due);
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* ---- devices -------------------------------------------------------------------------------- */

static void devices(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\DriverTestTwo");
    PDEVICE_OBJECT device = NULL, again = NULL;
    ULONG i, filled = 0;

    expect_status(IoCreateDevice(drivertest_driver, 40, &name, FILE_DEVICE_DISK,
                                 FILE_DEVICE_SECURE_OPEN, TRUE, &device),
                  STATUS_SUCCESS);
    expect(device->DriverObject == drivertest_driver);
    expect(device->DeviceType == FILE_DEVICE_DISK && device->StackSize == 1);
    expect(device->Flags & DO_DEVICE_INITIALIZING);
    expect(device->Flags & DO_EXCLUSIVE);
    expect(device->Characteristics & FILE_DEVICE_SECURE_OPEN);
    expect(drivertest_driver->DeviceObject == device && device->NextDevice == drivertest_device);
    for (i = 0; i < 40; i++)
        filled += ((PUCHAR)device->DeviceExtension)[i];
    expect_number(filled, 0);
    expect_status(
        IoCreateDevice(drivertest_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &again),
        STATUS_OBJECT_NAME_COLLISION);
    IoDeleteDevice(device);
    expect(drivertest_driver->DeviceObject == drivertest_device);
}

static void driver_extensions(void)
{
    static int key;
    PULONG extension = NULL;

    if (IoGetDriverObjectExtension(drivertest_driver, &key) == NULL)
        expect_status(IoAllocateDriverObjectExtension(drivertest_driver, &key, sizeof *extension,
                                                      (PVOID *)&extension),
                      STATUS_SUCCESS);
    expect(extension && IoGetDriverObjectExtension(drivertest_driver, &key) == extension);
    expect_status(IoAllocateDriverObjectExtension(drivertest_driver, &key, 4, (PVOID *)&extension),
                  STATUS_OBJECT_NAME_COLLISION);
}

static void interfaces_of_a_driver(void)
{
    expect(drivertest_driver->DriverExtension->DriverObject == drivertest_driver);
    expect(drivertest_driver->DriverStart != NULL && drivertest_driver->DriverSize > 0);
    expect((PUCHAR)devices > (PUCHAR)drivertest_driver->DriverStart);
    expect((PUCHAR)devices <
           (PUCHAR)drivertest_driver->DriverStart + drivertest_driver->DriverSize);
    expect(drivertest_driver->HardwareDatabase != NULL);
    expect(drivertest_driver->DriverName.Length > 0);
}

/* ---- work items and timers ---------------------------------------------------------------------
 */

static KEVENT routine_ran;
static LONG routine_irql;

static VOID work_routine(PDEVICE_OBJECT device, PVOID context)
{
    routine_irql = KeGetCurrentIrql();
    expect(device == drivertest_device && context == (PVOID)3);
    KeSetEvent(&routine_ran, 0, FALSE);
}

static void work_items(void)
{
    PIO_WORKITEM item = IoAllocateWorkItem(drivertest_device);

    KeInitializeEvent(&routine_ran, SynchronizationEvent, FALSE);
    IoQueueWorkItem(item, work_routine, DelayedWorkQueue, (PVOID)3);
    expect_status(wait_ms(&routine_ran, 10000), STATUS_SUCCESS);
    expect_number(routine_irql, PASSIVE_LEVEL);
    IoQueueWorkItem(item, work_routine, CriticalWorkQueue, (PVOID)3); /* again */
    expect_status(wait_ms(&routine_ran, 10000), STATUS_SUCCESS);
    IoFreeWorkItem(item);
}

static VOID timer_routine(PDEVICE_OBJECT device, PVOID context)
{
    routine_irql = KeGetCurrentIrql();
    KeSetEvent(&routine_ran, 0, FALSE);
}

static void device_timers(void)
{
    KeInitializeEvent(&routine_ran, SynchronizationEvent, FALSE);
    expect_status(IoInitializeTimer(drivertest_device, timer_routine, NULL), STATUS_SUCCESS);
    IoStartTimer(drivertest_device);
    expect_status(wait_ms(&routine_ran, 10000), STATUS_SUCCESS); /* once a second */
    expect_number(routine_irql, DISPATCH_LEVEL);
    IoStopTimer(drivertest_device);
}

/* ---- StartIo
 * -------------------------------------------------------------------------------------- */

static ULONG started[4], started_count; /* in their order */
static PIRP current;

static VOID start_io(PDEVICE_OBJECT device, PIRP irp)
{
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(device->CurrentIrp == irp);
    current = irp;
    started[started_count++ & 3] =
        IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode;
}

static PIRP packet(ULONG number)
{
    PIRP irp = IoAllocateIrp(1, FALSE);
    PIO_STACK_LOCATION stack;

    IoSetNextIrpStackLocation(irp);
    stack = IoGetCurrentIrpStackLocation(irp);
    stack->DeviceObject = drivertest_device;
    stack->Parameters.DeviceIoControl.IoControlCode = number;
    return irp;
}

static void start_io_in_order(void)
{
    PIRP irps[4];
    ULONG key, i;
    KIRQL irql;

    drivertest_driver->DriverStartIo = start_io;
    started_count = 0;
    for (i = 0; i < 3; i++) {
        irps[i] = packet(i);
        IoStartPacket(drivertest_device, irps[i], NULL, NULL);
    }
    irps[3] = packet(3);
    key = 0;
    IoStartPacket(drivertest_device, irps[3], &key, NULL); /* by key: at the head */
    expect_number(started_count, 1);
    for (i = 0; i < 4; i++) {
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        IoStartNextPacket(drivertest_device, FALSE);
        KeLowerIrql(irql);
    }
    expect_number(started_count, 4);
    expect(started[0] == 0 && started[3] < 4);
    expect(drivertest_device->CurrentIrp == NULL);
    for (i = 0; i < 4; i++)
        IoFreeIrp(irps[i]);
    drivertest_driver->DriverStartIo = NULL;
}

/* ---- reads through a device with direct I/O
 * --------------------------------------------------------- */

static NTSTATUS direct_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PUCHAR bytes;

    if (stack->MajorFunction != IRP_MJ_READ)
        return complete(irp, STATUS_SUCCESS, 0);
    expect(irp->MdlAddress != NULL && irp->AssociatedIrp.SystemBuffer == NULL);
    bytes = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
    expect(bytes != NULL);
    RtlFillMemory(bytes, 3, 0x33);
    expect_number(stack->Parameters.Read.Length, 10);
    expect_number(stack->Parameters.Read.ByteOffset.QuadPart, 500);
    return complete(irp, STATUS_SUCCESS, 3);
}

static void direct_reads(void)
{
    LARGE_INTEGER offset = {.QuadPart = 500};
    PDEVICE_OBJECT device = NULL;
    IO_STATUS_BLOCK block;
    UCHAR bytes[10] = {0};
    KEVENT event;
    NTSTATUS status;
    PIRP irp;

    expect_status(
        IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
        STATUS_SUCCESS);
    device->Flags |= DO_DIRECT_IO;
    drivertest_dispatch = direct_dispatch;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, device, bytes, 10, &offset, &event, &block);
    expect(irp != NULL);
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING)
        expect_status(wait_ms(&event, 10000), STATUS_SUCCESS);
    expect_status(block.Status, STATUS_SUCCESS);
    expect(block.Information == 3 && bytes[2] == 0x33 && bytes[3] == 0);
    drivertest_dispatch = NULL;
    IoDeleteDevice(device);
}

/* ---- shutdown and share access
 * ------------------------------------------------------------------------- */

static void shutdown_notification(void)
{
    expect_status(IoRegisterShutdownNotification(drivertest_device), STATUS_SUCCESS);
    expect(drivertest_device->Flags & DO_SHUTDOWN_REGISTERED);
    IoUnregisterShutdownNotification(drivertest_device);
    expect(!(drivertest_device->Flags & DO_SHUTDOWN_REGISTERED));
}

static void share_access(void)
{
    PFILE_OBJECT one = ExAllocatePool2(POOL_FLAG_NON_PAGED, 2 * sizeof *one, TAG), two = one + 1;
    SHARE_ACCESS access;

    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, one, &access);
    expect(one->ReadAccess && !one->WriteAccess && one->SharedRead);
    expect_number(access.OpenCount, 1);
    expect_status(IoCheckShareAccess(FILE_WRITE_DATA, FILE_SHARE_READ, two, &access, FALSE),
                  STATUS_SHARING_VIOLATION);
    expect_status(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ, two, &access, TRUE),
                  STATUS_SUCCESS);
    expect_number(access.OpenCount, 2);
    IoRemoveShareAccess(two, &access);
    IoRemoveShareAccess(one, &access);
    expect_number(access.OpenCount, 0);
    ExFreePoolWithTag(one, TAG);
}

/* ---- remove locks ------------------------------------------------------------------------------
 */

static void remove_locks(void)
{
    static IO_REMOVE_LOCK lock;

    RtlZeroMemory(&lock, sizeof lock);
    IoInitializeRemoveLock(&lock, TAG, 0, 0);
    expect_status(IoAcquireRemoveLock(&lock, &routine_ran), STATUS_SUCCESS);
    expect_status(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
    IoReleaseRemoveLock(&lock, NULL);
    IoReleaseRemoveLockAndWait(&lock, &routine_ran);
    expect_status(IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
}

/* ---- device queues
 * ------------------------------------------------------------------------------------------- */

static void device_queues(void)
{
    KDEVICE_QUEUE queue;
    KDEVICE_QUEUE_ENTRY entries[3];
    KIRQL irql;

    KeInitializeDeviceQueue(&queue);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect(!KeInsertDeviceQueue(&queue, &entries[0])); /* the device was idle: it is busy now */
    expect(KeInsertByKeyDeviceQueue(&queue, &entries[1], 20));
    expect(KeInsertByKeyDeviceQueue(&queue, &entries[2], 10));
    expect(KeRemoveDeviceQueue(&queue) == &entries[2]);
    expect(KeRemoveEntryDeviceQueue(&queue, &entries[1]));
    expect(!KeRemoveEntryDeviceQueue(&queue, &entries[1]));
    expect(KeRemoveDeviceQueue(&queue) == NULL); /* and idle again */
    expect(!KeInsertDeviceQueue(&queue, &entries[0]));
    expect(KeRemoveByKeyDeviceQueue(&queue, 0) == NULL);
    KeLowerIrql(irql);
}

DRIVERTEST_LIST = {
    DRIVERTEST(devices),      DRIVERTEST(driver_extensions),     DRIVERTEST(interfaces_of_a_driver),
    DRIVERTEST(work_items),   DRIVERTEST(device_timers),         DRIVERTEST(start_io_in_order),
    DRIVERTEST(direct_reads), DRIVERTEST(shutdown_notification), DRIVERTEST(share_access),
    DRIVERTEST_END,
};
