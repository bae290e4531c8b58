/* SPDX-License-Identifier: MIT */
/* file_ranges.c - tests of ZwLockFile and ZwUnlockFile: what reaches a driver, by IRP and by its
 * fast I/O table, and what the file system of the host's folders makes of it.
 */
#include <drivertest.h>

static PDEVICE_OBJECT device;
static ULONG locks, unlocks, fast_locks, fast_unlocks;
static UCHAR last_minor, last_flags;
static LONGLONG last_offset, last_length;
static ULONG last_key;
static BOOLEAN fast_serves;

static NTSTATUS dispatch(PDEVICE_OBJECT to, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    (void)to;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_LOCK_CONTROL) {
        last_minor = stack->MinorFunction;
        last_flags = stack->Flags;
        last_offset = stack->Parameters.LockControl.ByteOffset.QuadPart;
        last_length = stack->Parameters.LockControl.Length->QuadPart;
        last_key = stack->Parameters.LockControl.Key;
        if (last_minor == IRP_MN_LOCK)
            locks++;
        else
            unlocks++;
        if (last_offset == 13)
            irp->IoStatus.Status = STATUS_LOCK_NOT_GRANTED;
    }
    NTSTATUS status = irp->IoStatus.Status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static BOOLEAN NTAPI fast_lock(PFILE_OBJECT file, PLARGE_INTEGER offset, PLARGE_INTEGER length,
                               PEPROCESS process, ULONG key, BOOLEAN immediately, BOOLEAN exclusive,
                               PIO_STATUS_BLOCK block, PDEVICE_OBJECT at)
{
    expect(file != NULL && at == device && process == PsGetCurrentProcess());
    expect(offset->QuadPart == 5 && length->QuadPart == 6 && key == 7);
    expect(immediately && !exclusive);
    fast_locks++;
    block->Status = STATUS_SUCCESS;
    block->Information = 0;
    return fast_serves;
}

static BOOLEAN NTAPI fast_unlock(PFILE_OBJECT file, PLARGE_INTEGER offset, PLARGE_INTEGER length,
                                 PEPROCESS process, ULONG key, PIO_STATUS_BLOCK block,
                                 PDEVICE_OBJECT at)
{
    expect(file != NULL && at == device && process == PsGetCurrentProcess());
    expect(offset->QuadPart == 5 && length->QuadPart == 6 && key == 7);
    fast_unlocks++;
    block->Status = STATUS_RANGE_NOT_LOCKED;
    block->Information = 0;
    return fast_serves;
}

static LARGE_INTEGER number(LONGLONG value)
{
    LARGE_INTEGER number;

    number.QuadPart = value;
    return number;
}

static HANDLE open_name(PCWSTR path, ULONG disposition, ULONG options)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    UNICODE_STRING name;
    HANDLE handle = NULL;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    expect_status(ZwCreateFile(&handle, FILE_READ_DATA | FILE_WRITE_DATA | DELETE | SYNCHRONIZE,
                               &attributes, &block, NULL, FILE_ATTRIBUTE_NORMAL,
                               FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, disposition,
                               options, NULL, 0),
                  STATUS_SUCCESS);
    return handle;
}

static NTSTATUS lock(HANDLE file, LONGLONG offset, LONGLONG length, ULONG key, BOOLEAN immediately,
                     BOOLEAN exclusive)
{
    LARGE_INTEGER at = number(offset), size = number(length);
    IO_STATUS_BLOCK block;

    return ZwLockFile(file, NULL, NULL, NULL, &block, &at, &size, key, immediately, exclusive);
}

static NTSTATUS unlock(HANDLE file, LONGLONG offset, LONGLONG length, ULONG key)
{
    LARGE_INTEGER at = number(offset), size = number(length);
    IO_STATUS_BLOCK block;

    return ZwUnlockFile(file, &block, &at, &size, key);
}

static void device_make(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ranges");

    locks = unlocks = fast_locks = fast_unlocks = 0;
    drivertest_dispatch = dispatch;
    expect_status(
        IoCreateDevice(drivertest_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
        STATUS_SUCCESS);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
}

static void device_drop(void)
{
    IoDeleteDevice(device);
    device = NULL;
    drivertest_dispatch = NULL;
}

static void requests_of_a_driver(void)
{
    PFILE_OBJECT object = NULL;
    HANDLE file;

    device_make();
    file = open_name(L"\\Device\\Ranges", FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT);
    expect_status(
        ObReferenceObjectByHandle(file, 0, *IoFileObjectType, KernelMode, (PVOID *)&object, NULL),
        STATUS_SUCCESS);
    expect(!object->LockOperation);
    expect_status(lock(file, 0x100000002, 0x300000004, 9, FALSE, TRUE), STATUS_SUCCESS);
    expect(object->LockOperation);
    expect(locks == 1 && last_minor == IRP_MN_LOCK && last_flags == SL_EXCLUSIVE_LOCK);
    expect(last_offset == 0x100000002 && last_length == 0x300000004 && last_key == 9);
    expect_status(lock(file, 13, 1, 0, TRUE, FALSE), STATUS_LOCK_NOT_GRANTED);
    expect(locks == 2 && last_flags == SL_FAIL_IMMEDIATELY && last_length == 1);
    expect_status(unlock(file, 0x100000002, 0x300000004, 9), STATUS_SUCCESS);
    expect(unlocks == 1 && last_minor == IRP_MN_UNLOCK_SINGLE && last_flags == 0);
    expect(last_offset == 0x100000002 && last_length == 0x300000004 && last_key == 9);
    ObDereferenceObject(object);
    ZwClose(file);
    expect_number(unlocks, 1); /* the last handle of all is a cleanup, no unlock */
    device_drop();
}

static void fast_entries(void)
{
    static FAST_IO_DISPATCH table = {.SizeOfFastIoDispatch = sizeof table,
                                     .FastIoLock = fast_lock,
                                     .FastIoUnlockSingle = fast_unlock};
    HANDLE file;

    device_make();
    drivertest_driver->FastIoDispatch = &table;
    file = open_name(L"\\Device\\Ranges", FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT);
    fast_serves = TRUE;
    expect_status(lock(file, 5, 6, 7, TRUE, FALSE), STATUS_SUCCESS);
    expect_status(unlock(file, 5, 6, 7), STATUS_RANGE_NOT_LOCKED);
    expect(fast_locks == 1 && fast_unlocks == 1 && locks == 0 && unlocks == 0);
    fast_serves = FALSE; /* then the IRP comes */
    expect_status(lock(file, 5, 6, 7, TRUE, FALSE), STATUS_SUCCESS);
    expect_status(unlock(file, 5, 6, 7), STATUS_SUCCESS);
    expect(fast_locks == 2 && fast_unlocks == 2 && locks == 1 && unlocks == 1);
    ZwClose(file);
    drivertest_driver->FastIoDispatch = NULL;
    device_drop();
}

static NTSTATUS write_at(HANDLE file, LONGLONG offset, ULONG key)
{
    LARGE_INTEGER at = number(offset);
    IO_STATUS_BLOCK block;
    CHAR byte = 'x';

    return ZwWriteFile(file, NULL, NULL, NULL, &block, &byte, 1, &at, &key);
}

/* A lock is its handle's, its process's and its key's. */
static void host_file(void)
{
    static const WCHAR path[] = L"\\??\\C:\\file_ranges.bin";
    HANDLE first = open_name(path, FILE_OPEN_IF, FILE_SYNCHRONOUS_IO_NONALERT);
    HANDLE second = open_name(path, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT | FILE_DELETE_ON_CLOSE);

    expect_status(lock(first, 0, 10, 1, TRUE, TRUE), STATUS_SUCCESS);
    expect_status(write_at(first, 0, 1), STATUS_SUCCESS);
    expect_status(write_at(first, 0, 2), STATUS_FILE_LOCK_CONFLICT);
    expect_status(write_at(second, 9, 1), STATUS_FILE_LOCK_CONFLICT);
    expect_status(write_at(second, 10, 0), STATUS_SUCCESS);
    expect_status(lock(second, 9, 2, 0, TRUE, FALSE), STATUS_LOCK_NOT_GRANTED);
    expect_status(unlock(first, 0, 10, 0), STATUS_RANGE_NOT_LOCKED);
    expect_status(unlock(first, 0, 10, 1), STATUS_SUCCESS);
    expect_status(lock(second, -4, 100, 0, TRUE, TRUE), STATUS_INVALID_LOCK_RANGE);
    ZwClose(first);
    ZwClose(second);
}

/* A lock that waits is told by its event once the range is free. */
static void waiting(void)
{
    static const WCHAR path[] = L"\\??\\C:\\file_waits.bin";
    HANDLE first = open_name(path, FILE_OPEN_IF, FILE_SYNCHRONOUS_IO_NONALERT);
    HANDLE second = open_name(path, FILE_OPEN, FILE_DELETE_ON_CLOSE), event = NULL;
    LARGE_INTEGER at = number(3), size = number(4);
    IO_STATUS_BLOCK block = {0};
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
                  STATUS_SUCCESS);
    expect_status(lock(first, 3, 4, 0, TRUE, TRUE), STATUS_SUCCESS);
    expect_status(ZwLockFile(second, event, NULL, NULL, &block, &at, &size, 0, FALSE, TRUE),
                  STATUS_PENDING);
    expect_status(unlock(first, 3, 4, 0), STATUS_SUCCESS);
    expect_status(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    expect_status(block.Status, STATUS_SUCCESS);
    expect_status(lock(first, 3, 4, 0, TRUE, TRUE), STATUS_LOCK_NOT_GRANTED);
    ZwClose(second); /* and with the handle the lock */
    expect_status(lock(first, 3, 4, 0, TRUE, TRUE), STATUS_SUCCESS);
    ZwClose(first);
    ZwClose(event);
}

DRIVERTEST_LIST = {
    DRIVERTEST(requests_of_a_driver),
    DRIVERTEST(fast_entries),
    DRIVERTEST(host_file),
    DRIVERTEST(waiting),
    DRIVERTEST_END,
};
