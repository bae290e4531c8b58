/* SPDX-License-Identifier: MIT */
/* queue_test.c - what serialises a driver's work: StartIo, remove locks, work items; and
 * the small books: share access, client extensions, shutdown, device lists.
 */
#include "io_test.h"

VOID NTAPI IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key,
                         PDRIVER_CANCEL CancelFunction);
VOID NTAPI IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable);
VOID NTAPI IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key);

static DRIVER_OBJECT *driver;
static PDEVICE_OBJECT device;
static PIRP started[8];
static unsigned starts, start_depth, depth_seen;

static NTSTATUS NTAPI succeed(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI start_io(PDEVICE_OBJECT object, PIRP irp)
{
    assert_int_equal(ke_irql(), DISPATCH_LEVEL);
    assert_ptr_equal(object->CurrentIrp, irp);
    started[starts++] = irp;
    if (++start_depth > depth_seen)
        depth_seen = start_depth;
    start_depth--;
}

static NTSTATUS NTAPI entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    (void)path;
    object->MajorFunction[IRP_MJ_SHUTDOWN] = succeed;
    object->DriverStartIo = start_io;
    return STATUS_SUCCESS;
}

static void begin(void)
{
    starts = start_depth = depth_seen = 0;
    assert_int_equal(io_native_driver_create("queue", entry, &driver), STATUS_SUCCESS);
    device = io_test_device(driver, "\\Device\\Queue", 0);
}

static void end(void)
{
    IoDeleteDevice(device);
    io_native_driver_destroy(driver);
}

/* ---- StartIo
 * ---------------------------------------------------------------------------------------- */

static unsigned cancel_calls;

static VOID NTAPI cancel_packet(PDEVICE_OBJECT object, PIRP irp)
{
    cancel_calls++;
    bool is_queued =
        object->CurrentIrp != irp &&
        KeRemoveEntryDeviceQueue(&object->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry);
    assert_true(is_queued);
    IoReleaseCancelSpinLock(irp->CancelIrql);
}

static void start_packets(void)
{
    PIRP irps[4];
    begin();
    for (int i = 0; i < 4; i++) {
        irps[i] = IoAllocateIrp(1, FALSE);
        IoSetNextIrpStackLocation(irps[i]);
        IoGetCurrentIrpStackLocation(irps[i])->DeviceObject = device;
        IoStartPacket(device, irps[i], NULL, cancel_packet);
    }
    assert_int_equal(starts, 1);
    assert_ptr_equal(started[0], irps[0]);
    /* One of those that wait is taken out by its cancellation. */
    cancel_calls = 0;
    assert_true(IoCancelIrp(irps[2]));
    assert_int_equal(cancel_calls, 1);
    IoStartNextPacket(device, TRUE);
    assert_ptr_equal(started[1], irps[1]);
    IoStartNextPacket(device, TRUE);
    assert_ptr_equal(started[2], irps[3]);
    IoStartNextPacket(device, TRUE);
    assert_int_equal(starts, 3);
    assert_null(device->CurrentIrp);
    /* Idle again: the next one starts at once. */
    IoSetCancelRoutine(irps[2], NULL);
    irps[2]->Cancel = FALSE;
    IoStartPacket(device, irps[2], NULL, NULL);
    assert_int_equal(starts, 4);
    IoStartNextPacket(device, FALSE);
    for (int i = 0; i < 4; i++) {
        IoSetCancelRoutine(irps[i], NULL);
        IoFreeIrp(irps[i]);
    }
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    end();
}

static void start_by_key(void)
{
    static const ULONG keys[4] = {5, 30, 10, 20};
    PIRP irps[4];
    begin();
    for (int i = 0; i < 4; i++) {
        ULONG key = keys[i];
        irps[i] = IoAllocateIrp(1, FALSE);
        IoStartPacket(device, irps[i], &key, NULL);
    }
    IoStartNextPacketByKey(device, FALSE, 15);
    assert_ptr_equal(started[1], irps[3]); /* 20 is the first not below 15 */
    IoStartNextPacketByKey(device, FALSE, 20);
    assert_ptr_equal(started[2], irps[1]);
    IoStartNextPacketByKey(device, FALSE, 30);
    assert_ptr_equal(started[3], irps[2]); /* none: from the beginning */
    IoStartNextPacket(device, FALSE);
    for (int i = 0; i < 4; i++)
        IoFreeIrp(irps[i]);
    end();
}

/* ---- remove locks
 * ------------------------------------------------------------------------------------- */

static IO_REMOVE_LOCK remove_lock;
static _Atomic bool removed;

static void remover(void *context)
{
    (void)context;
    IoReleaseRemoveLockAndWait(&remove_lock, NULL);
    removed = true;
}

static void remove_locks(void)
{
    struct process_thread *thread;
    LARGE_INTEGER moment = {.QuadPart = MS_100NS};
    begin();
    removed = false;
    IoInitializeRemoveLock(&remove_lock, 'tseT', 0, 0);
    assert_int_equal(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS);
    assert_int_equal(IoAcquireRemoveLock(&remove_lock, device), STATUS_SUCCESS);
    assert_int_equal(
        ps_thread_create(ps_system_process, "remover", remover, NULL, KernelMode, &thread),
        STATUS_SUCCESS);
    while (!remove_lock.Common.Removed)
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    assert_int_equal(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_DELETE_PENDING);
    assert_false(removed);
    IoReleaseRemoveLock(&remove_lock, device);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    assert_true(removed);
    ob_dereference(thread);
    /* Nobody inside: no wait. */
    IoInitializeRemoveLock(&remove_lock, 'tseT', 0, 0);
    assert_int_equal(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS);
    IoReleaseRemoveLockAndWait(&remove_lock, NULL);
    end();
}

/* ---- work items and timers
 * -------------------------------------------------------------------------------- */

static unsigned works;
static KEVENT worked;

static VOID NTAPI work(PDEVICE_OBJECT object, PVOID context)
{
    assert_ptr_equal(object, device);
    assert_ptr_equal(context, &works);
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    assert_true(IoIsSystemThread((PETHREAD)ps_thread_current()));
    works++;
    KeSetEvent(&worked, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI work_ex(PVOID object, PVOID context, PIO_WORKITEM item)
{
    (void)context;
    assert_ptr_equal(object, device);
    works++;
    IoUninitializeWorkItem(item);
    ExFreePool(item);
    KeSetEvent(&worked, IO_NO_INCREMENT, FALSE);
}

static void work_items(void)
{
    begin();
    works = 0;
    KeInitializeEvent(&worked, SynchronizationEvent, FALSE);
    PIO_WORKITEM item = IoAllocateWorkItem(device);
    for (unsigned i = 1; i <= 3; i++) {
        KIRQL irql = ke_irql_raise(DISPATCH_LEVEL);
        IoQueueWorkItem(item, work, DelayedWorkQueue, &works);
        ke_irql_lower(irql);
        KeWaitForSingleObject(&worked, Executive, KernelMode, FALSE, NULL);
        assert_int_equal(works, i);
        ex_work_drain();
    }
    IoFreeWorkItem(item);
    item = ExAllocatePool2(POOL_FLAG_NON_PAGED, IoSizeofWorkItem(), 'tseT');
    IoInitializeWorkItem(device, item);
    IoQueueWorkItemEx(item, work_ex, CriticalWorkQueue, NULL);
    KeWaitForSingleObject(&worked, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(works, 4);
    ex_work_drain();
    end();
}

/* ---- books
 * --------------------------------------------------------------------------------------------------
 */

static void share_access(void)
{
    SHARE_ACCESS share;
    FILE_OBJECT first = {0}, second = {0}, third = {0};
    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &first, &share);
    assert_int_equal(IoCheckShareAccess(FILE_WRITE_DATA, FILE_SHARE_READ, &second, &share, TRUE),
                     STATUS_SHARING_VIOLATION);
    assert_int_equal(IoCheckShareAccess(FILE_READ_DATA, 0, &second, &share, TRUE),
                     STATUS_SHARING_VIOLATION);
    assert_int_equal(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &second, &share, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(share.OpenCount, 2);
    /* Attributes only: shares with everybody. */
    assert_int_equal(IoCheckShareAccess(FILE_READ_ATTRIBUTES, 0, &third, &share, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(share.OpenCount, 2);
    IoRemoveShareAccess(&third, &share);
    IoRemoveShareAccess(&second, &share);
    IoRemoveShareAccess(&first, &share);
    assert_int_equal(share.OpenCount, 0);
    assert_int_equal(share.Readers, 0);
}

static void books(void)
{
    PVOID extension, again;
    PDEVICE_OBJECT list[2];
    ULONG count;
    begin();
    share_access();
    assert_int_equal(IoAllocateDriverObjectExtension(driver, begin, 40, &extension),
                     STATUS_SUCCESS);
    assert_int_equal(IoAllocateDriverObjectExtension(driver, begin, 40, &again),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_ptr_equal(IoGetDriverObjectExtension(driver, begin), extension);
    assert_null(IoGetDriverObjectExtension(driver, end));
    assert_int_equal(IoEnumerateDeviceObjectList(driver, list, sizeof(list), &count),
                     STATUS_SUCCESS);
    assert_int_equal(count, 1);
    assert_ptr_equal(list[0], device);
    ObfDereferenceObject(list[0]);
    assert_int_equal(IoEnumerateDeviceObjectList(driver, list, 0, &count), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(IoRegisterShutdownNotification(device), STATUS_SUCCESS);
    assert_int_equal(IoRegisterLastChanceShutdownNotification(device), STATUS_SUCCESS);
    io_shutdown_send();
    assert_int_equal(IoRegisterShutdownNotification(device), STATUS_SUCCESS);
    IoUnregisterShutdownNotification(device);
    end();
}

IO_TEST(start_packets)
IO_TEST(start_by_key)
IO_TEST(remove_locks)
IO_TEST(work_items)
IO_TEST(books)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_packets_test), cmocka_unit_test(start_by_key_test),
        cmocka_unit_test(remove_locks_test),  cmocka_unit_test(work_items_test),
        cmocka_unit_test(books_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
