/* SPDX-License-Identifier: MIT */
/* drivertest_main.c - the part that all test drivers share: device, request, report.
 *
 * In comes the number of a test, out goes text. After each test the thread must be as it
 * was: at PASSIVE_LEVEL, with APCs enabled.
 */
#include "drivertest.h"

#include <ntstrsafe.h>

PDRIVER_OBJECT drivertest_driver;
PDEVICE_OBJECT drivertest_device;
UNICODE_STRING drivertest_registry_path;
PUCHAR drivertest_user_memory;
NTSTATUS (*drivertest_dispatch)(PDEVICE_OBJECT device, PIRP irp);

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH Dispatch;

static KSPIN_LOCK report_lock; /* guards: report, report_used */
static char *report;
static size_t report_used;

static const char *file_name(const char *path)
{
    const char *name = path;

    for (; *path; path++)
        if (*path == '/' || *path == '\\')
            name = path + 1;
    return name;
}

static void report_line(const char *format, ...)
{
    va_list arguments;
    size_t room;
    char *end;
    KIRQL irql;

    KeAcquireSpinLock(&report_lock, &irql);
    if (report) {
        va_start(arguments, format);
        end = report + report_used;
        room = DRIVERTEST_TEXT_BYTES - report_used;
        RtlStringCbVPrintfExA(end, room, &end, &room, 0, format, arguments);
        va_end(arguments);
        report_used = DRIVERTEST_TEXT_BYTES - room;
    }
    KeReleaseSpinLock(&report_lock, irql);
}

void drivertest_failed(const char *file, int line, const char *text)
{
    report_line("%s:%d: not so: %s\n", file_name(file), line, text);
}

void drivertest_failed_status(const char *file, int line, const char *text, NTSTATUS is,
                              NTSTATUS wanted)
{
    report_line("%s:%d: %s is 0x%08X, not 0x%08X\n", file_name(file), line, text, is, wanted);
}

void drivertest_failed_number(const char *file, int line, const char *text, LONG64 is,
                              LONG64 wanted)
{
    report_line("%s:%d: %s is %I64d (0x%I64x), not %I64d (0x%I64x)\n", file_name(file), line, text,
                is, is, wanted, wanted);
}

void drivertest_gap(const char *file, int line, const char *reason, BOOLEAN is_closed)
{
    if (is_closed)
        report_line("%s:%d: the gap is closed, make it an expect(): %s\n", file_name(file), line,
                    reason);
    else
        report_line("gap: %s:%d: %s\n", file_name(file), line, reason);
}

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static void test_run(const struct drivertest *test)
{
    report_line("%s\n", test->name);
    test->run();
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        report_line("%s left the thread at IRQL %d\n", test->name, KeGetCurrentIrql());
        KeLowerIrql(PASSIVE_LEVEL);
    }
    if (KeAreApcsDisabled())
        report_line("%s left APCs disabled\n", test->name);
}

static NTSTATUS Run(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    struct drivertest_request *request = Irp->AssociatedIrp.SystemBuffer;
    const struct drivertest *test = drivertests;
    ULONG index;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof *request ||
        Stack->Parameters.DeviceIoControl.OutputBufferLength < DRIVERTEST_TEXT_BYTES)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    drivertest_user_memory = (PUCHAR)(ULONG_PTR)request->user_memory;
    for (index = request->index; index > 0 && test->name; index--)
        test++;
    if (!test->name)
        return Complete(Irp, STATUS_NO_MORE_ENTRIES, 0);
    report = (char *)request; /* one buffer for both ways */
    report_used = 0;
    test_run(test);
    report = NULL;
    return Complete(Irp, STATUS_SUCCESS, report_used + 1);
}

static NTSTATUS Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (Device != drivertest_device && drivertest_dispatch)
        return drivertest_dispatch(Device, Irp);
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IRP_MJ_DEVICE_CONTROL:
        if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_DRIVERTEST_RUN)
            return Run(Irp, stack);
        break;
    }
    return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\DriverTest");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(drivertest_device);
    ExFreePoolWithTag(drivertest_registry_path.Buffer, 'tseT');
}

static NTSTATUS path_keep(PUNICODE_STRING Path)
{
    drivertest_registry_path.Buffer =
        ExAllocatePool2(POOL_FLAG_PAGED, Path->Length + sizeof(WCHAR), 'tseT');
    if (!drivertest_registry_path.Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    drivertest_registry_path.MaximumLength = Path->Length + sizeof(WCHAR);
    RtlCopyUnicodeString(&drivertest_registry_path, Path);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\DriverTest");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\DriverTest");
    NTSTATUS status = path_keep(RegistryPath);
    ULONG i;

    if (!NT_SUCCESS(status))
        return status;
    drivertest_driver = Driver;
    KeInitializeSpinLock(&report_lock);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &drivertest_device);
    if (NT_SUCCESS(status)) {
        status = IoCreateSymbolicLink(&link, &name);
        if (!NT_SUCCESS(status))
            IoDeleteDevice(drivertest_device);
    }
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(drivertest_registry_path.Buffer, 'tseT');
        return status;
    }
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        Driver->MajorFunction[i] = Dispatch;
    Driver->DriverUnload = Unload;
    drivertest_device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
