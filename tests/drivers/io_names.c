/* SPDX-License-Identifier: MIT */
/* io_names.c - tests of devices, files and what hangs on names, from inside a driver: secure and
 * exclusive devices, files that drivers open past a filter or make themselves, fast I/O, file
 * systems, controllers, drive letters, access. */
#include "drivertest.h"

#include <wdmsec.h>

NTKERNELAPI NTSTATUS NTAPI RtlVolumeDeviceToDosName(PVOID VolumeDeviceObject,
                                                    PUNICODE_STRING DosName);

static const WCHAR device_name[] = L"\\Device\\DriverTestNames";
static PDEVICE_OBJECT device, filter;
static ULONG majors[IRP_MJ_MAXIMUM_FUNCTION + 1]; /* how often each came to the device */
static ULONG filtered;                            /* requests that the filter saw */
static UCHAR last_flags;
static NTSTATUS create_status;
static PFILE_OBJECT last_file;

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS dispatch(PDEVICE_OBJECT to, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (to == filter) {
        filtered++;
        IoSkipCurrentIrpStackLocation(irp);
        return IoCallDriver(device, irp);
    }
    majors[stack->MajorFunction]++;
    last_flags = stack->Flags;
    last_file = stack->FileObject;
    if (stack->MajorFunction == IRP_MJ_CREATE || stack->MajorFunction == IRP_MJ_CREATE_NAMED_PIPE)
        return complete(irp, create_status, FILE_OPENED);
    if (stack->MajorFunction == IRP_MJ_QUERY_INFORMATION) {
        PFILE_STANDARD_INFORMATION info = irp->AssociatedIrp.SystemBuffer;

        info->EndOfFile.QuadPart = 4711;
        return complete(irp, STATUS_SUCCESS, sizeof *info);
    }
    return complete(irp, STATUS_SUCCESS, 0);
}

static void device_make(PCWSTR sddl, ULONG characteristics, BOOLEAN exclusive)
{
    UNICODE_STRING name, descriptor;

    RtlZeroMemory(majors, sizeof majors);
    filtered = 0;
    create_status = STATUS_SUCCESS;
    drivertest_dispatch = dispatch;
    RtlInitUnicodeString(&name, device_name);
    if (sddl) {
        RtlInitUnicodeString(&descriptor, sddl);
        expect_status(IoCreateDeviceSecure(drivertest_driver, 8, &name, FILE_DEVICE_UNKNOWN,
                                           characteristics, exclusive, &descriptor, NULL, &device),
                      STATUS_SUCCESS);
    } else {
        expect_status(IoCreateDevice(drivertest_driver, 8, &name, FILE_DEVICE_UNKNOWN,
                                     characteristics, exclusive, &device),
                      STATUS_SUCCESS);
    }
    device->Flags &= ~DO_DEVICE_INITIALIZING;
}

static void device_drop(void)
{
    if (filter) {
        IoDetachDevice(device);
        IoDeleteDevice(filter);
    }
    IoDeleteDevice(device);
    device = filter = NULL;
    drivertest_dispatch = NULL;
}

static NTSTATUS open_with(PCWSTR path, ACCESS_MASK access, ULONG options, PDEVICE_OBJECT hint,
                          CREATE_FILE_TYPE type, PHANDLE handle)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    if (hint)
        return IoCreateFileSpecifyDeviceObjectHint(
            handle, access, &attributes, &block, NULL, 0, FILE_SHARE_READ, FILE_OPEN,
            FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0, type, NULL, options, hint);
    return IoCreateFile(handle, access, &attributes, &block, NULL, 0, FILE_SHARE_READ, FILE_OPEN,
                        FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0, type, NULL, options);
}

#define ACCESS (FILE_READ_DATA | FILE_WRITE_DATA | SYNCHRONIZE)

/* ---- opening --------------------------------------------------------------------------------- */

static void opens(void)
{
    IO_DRIVER_CREATE_CONTEXT context;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    UNICODE_STRING name;
    HANDLE handle, second;

    device_make(NULL, 0, TRUE);
    expect_status(open_with(device_name, ACCESS, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    expect(majors[IRP_MJ_CREATE] == 1 && device->ReferenceCount == 1);
    expect_status(open_with(device_name, ACCESS, 0, NULL, CreateFileTypeNone, &second),
                  STATUS_ACCESS_DENIED); /* exclusive */
    ZwClose(handle);
    expect(majors[IRP_MJ_CLEANUP] == 1 && majors[IRP_MJ_CLOSE] == 1);
    create_status = STATUS_DEVICE_NOT_READY;
    expect_status(open_with(device_name, ACCESS, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_DEVICE_NOT_READY);
    expect(majors[IRP_MJ_CLEANUP] == 1 && device->ReferenceCount == 0);
    create_status = STATUS_SUCCESS;
    expect_status(
        open_with(device_name, ACCESS, IO_FORCE_ACCESS_CHECK, NULL, CreateFileTypeNone, &handle),
        STATUS_SUCCESS);
    ZwClose(handle);
    expect_status(open_with(L"\\Device\\DriverTestNames\\pipe", ACCESS, 0, NULL,
                            CreateFileTypeNamedPipe, &handle),
                  STATUS_SUCCESS);
    expect_number(majors[IRP_MJ_CREATE_NAMED_PIPE], 1);
    ZwClose(handle);
    RtlInitUnicodeString(&name, device_name);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    IoInitializeDriverCreateContext(&context);
    expect_status(IoCreateFileEx(&handle, FILE_READ_DATA, &attributes, &block, NULL, 0, 0,
                                 FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0,
                                 CreateFileTypeNone, NULL, IO_CHECK_CREATE_PARAMETERS, &context),
                  STATUS_INVALID_PARAMETER); /* synchronous without SYNCHRONIZE */
    expect_status(IoCreateFileEx(&handle, ACCESS, &attributes, &block, NULL, 0, 0, FILE_OPEN,
                                 FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0, CreateFileTypeNone, NULL,
                                 IO_CHECK_CREATE_PARAMETERS, &context),
                  STATUS_SUCCESS);
    ZwClose(handle);
    device_drop();
}

static void secure_devices(void)
{
    HANDLE handle;

    /* Nobody but the system: a check as a program refuses, a driver's own open does not. */
    device_make(L"D:P(A;;GA;;;SY)", FILE_DEVICE_SECURE_OPEN, FALSE);
    expect(device->Characteristics & FILE_DEVICE_SECURE_OPEN);
    expect_status(
        open_with(device_name, ACCESS, IO_FORCE_ACCESS_CHECK, NULL, CreateFileTypeNone, &handle),
        STATUS_ACCESS_DENIED);
    expect_status(open_with(L"\\Device\\DriverTestNames\\x", ACCESS, IO_FORCE_ACCESS_CHECK, NULL,
                            CreateFileTypeNone, &handle),
                  STATUS_ACCESS_DENIED); /* secure: names behind it, too */
    expect_number(majors[IRP_MJ_CREATE], 0);
    expect_status(open_with(device_name, ACCESS, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    ZwClose(handle);
    device_drop();
    device_make(L"D:P(A;;GA;;;SY)", 0, FALSE);
    expect_status(open_with(L"\\Device\\DriverTestNames\\x", ACCESS, IO_FORCE_ACCESS_CHECK, NULL,
                            CreateFileTypeNone, &handle),
                  STATUS_SUCCESS); /* not secure: its driver checks names */
    expect(last_flags == 0 || majors[IRP_MJ_CREATE] == 1);
    ZwClose(handle);
    device_drop();
}

/* A device's descriptor is what ObGetObjectSecurity shows, and what is set by a handle counts for
 * who opens it next. */
static void descriptors_of_devices(void)
{
    SECURITY_DESCRIPTOR open_to_all;
    PSECURITY_DESCRIPTOR found = NULL;
    BOOLEAN is_ours = FALSE, has_acl = FALSE, is_default;
    PACL acl = NULL;
    HANDLE handle, second;

    device_make(NULL, 0, FALSE);
    expect_status(ObGetObjectSecurity(device, &found, &is_ours), STATUS_SUCCESS);
    expect(found == NULL && !is_ours); /* none was given */
    ObReleaseObjectSecurity(found, is_ours);
    device_drop();

    device_make(L"D:P(A;;GA;;;SY)", FILE_DEVICE_SECURE_OPEN, FALSE);
    expect_status(ObGetObjectSecurity(device, &found, &is_ours), STATUS_SUCCESS);
    expect(found != NULL && is_ours && found != device->SecurityDescriptor);
    expect_number(RtlLengthSecurityDescriptor(found),
                  RtlLengthSecurityDescriptor(device->SecurityDescriptor));
    expect_status(RtlGetDaclSecurityDescriptor(found, &has_acl, &acl, &is_default), STATUS_SUCCESS);
    expect(has_acl && acl != NULL && acl->AceCount == 1);
    ObReleaseObjectSecurity(found, is_ours);
    expect_status(open_with(device_name, ACCESS | WRITE_DAC, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    expect_status(
        open_with(device_name, ACCESS, IO_FORCE_ACCESS_CHECK, NULL, CreateFileTypeNone, &second),
        STATUS_ACCESS_DENIED);
    RtlCreateSecurityDescriptor(&open_to_all, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&open_to_all, TRUE, NULL, FALSE);
    expect_status(ZwSetSecurityObject(handle, DACL_SECURITY_INFORMATION, &open_to_all),
                  STATUS_SUCCESS);
    expect_status(
        open_with(device_name, ACCESS, IO_FORCE_ACCESS_CHECK, NULL, CreateFileTypeNone, &second),
        STATUS_SUCCESS);
    ZwClose(second);
    ZwClose(handle);
    device_drop();
}

/* ---- past a filter
 * --------------------------------------------------------------------------------
 */

static void hints(void)
{
    PFILE_OBJECT file;
    HANDLE handle;
    NTSTATUS status;

    device_make(NULL, 0, FALSE);
    expect_status(
        IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &filter),
        STATUS_SUCCESS);
    expect_status(IoAttachDeviceByPointer(filter, device), STATUS_SUCCESS);
    filter->Flags &= ~DO_DEVICE_INITIALIZING;
    expect_status(open_with(device_name, ACCESS, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    expect_number(filtered, 1);
    ZwClose(handle);
    filtered = 0;
    expect_status(open_with(device_name, ACCESS, 0, device, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    status =
        ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, (PVOID *)&file, NULL);
    expect_status(status, STATUS_SUCCESS);
    expect(IoGetRelatedDeviceObject(file) == device && file->DeviceObject == device);
    ObDereferenceObject(file);
    ZwClose(handle);
    expect_number(filtered, 0); /* neither create nor cleanup nor close */
    expect_status(open_with(device_name, ACCESS, 0, drivertest_device, CreateFileTypeNone, &handle),
                  STATUS_INVALID_DEVICE_OBJECT_PARAMETER);
    device_drop();
}

static void attaching(void)
{
    PDEVICE_OBJECT under = NULL, got, list[8];
    UNICODE_STRING name;
    ULONG count;

    device_make(NULL, 0, FALSE);
    RtlInitUnicodeString(&name, device_name);
    expect_status(
        IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &filter),
        STATUS_SUCCESS);
    expect_status(IoAttachDevice(filter, &name, &under), STATUS_SUCCESS);
    expect(under == device && IoGetAttachedDevice(device) == filter);
    got = IoGetAttachedDeviceReference(device);
    expect(got == filter);
    ObDereferenceObject(got);
    got = IoGetLowerDeviceObject(filter);
    expect(got == device);
    ObDereferenceObject(got);
    got = IoGetDeviceAttachmentBaseRef(filter);
    expect(got == device);
    ObDereferenceObject(got);
    expect(IoGetLowerDeviceObject(device) == NULL);
    expect_status(IoEnumerateDeviceObjectList(drivertest_driver, NULL, 0, &count),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(IoEnumerateDeviceObjectList(drivertest_driver, list, sizeof list, &count),
                  STATUS_SUCCESS);
    while (count)
        ObDereferenceObject(list[--count]);
    IoDetachDevice(device);
    got = NULL;
    expect_status(IoAttachDeviceToDeviceStackSafe(filter, device, &got), STATUS_SUCCESS);
    expect(got == device);
    expect_status(ObReferenceObjectByPointer(device, 0, *IoDeviceObjectType, KernelMode),
                  STATUS_SUCCESS);
    ObDereferenceObject(device);
    expect_status(ObReferenceObjectByPointer(drivertest_driver, 0, *IoDriverObjectType, KernelMode),
                  STATUS_SUCCESS);
    ObDereferenceObject(drivertest_driver);
    expect_status(ObReferenceObjectByPointer(device, 0, *IoDriverObjectType, KernelMode),
                  STATUS_OBJECT_TYPE_MISMATCH);
    device_drop();
}

/* ---- streams, queries
 * -------------------------------------------------------------------------------
 */

static void streams(void)
{
    FILE_STANDARD_INFORMATION standard;
    FILE_FS_DEVICE_INFORMATION kind;
    PFILE_OBJECT file;
    HANDLE handle;
    ULONG length;

    device_make(NULL, 0, FALSE);
    file = IoCreateStreamFileObject(NULL, device);
    expect(file && (file->Flags & FO_STREAM_FILE) && file->DeviceObject == device);
    expect(majors[IRP_MJ_CREATE] == 0 && majors[IRP_MJ_CLEANUP] == 1 && majors[IRP_MJ_CLOSE] == 0);
    expect(IoGetBaseFileSystemDeviceObject(file) == device);
    expect_status(
        IoQueryFileInformation(file, FileStandardInformation, sizeof standard, &standard, &length),
        STATUS_SUCCESS);
    expect(standard.EndOfFile.QuadPart == 4711 && length == sizeof standard);
    ObDereferenceObject(file);
    expect_number(majors[IRP_MJ_CLOSE], 1);
    file = IoCreateStreamFileObjectLite(NULL, device);
    expect(IoCreateStreamFileObjectLite != NULL && majors[IRP_MJ_CLEANUP] == 1);
    expect_status(IoSetInformation(file, FileEndOfFileInformation, sizeof(LARGE_INTEGER),
                                   &standard.EndOfFile),
                  STATUS_SUCCESS);
    expect_number(majors[IRP_MJ_SET_INFORMATION], 1);
    ObDereferenceObject(file);
    expect(majors[IRP_MJ_CLEANUP] == 1 && majors[IRP_MJ_CLOSE] == 2);
    file = IoCreateStreamFileObjectEx(NULL, device, &handle);
    ZwClose(handle);
    expect(majors[IRP_MJ_CLEANUP] == 2);
    expect(!IoIsFileOriginRemote(file));
    expect_status(IoSetFileOrigin(file, TRUE), STATUS_SUCCESS);
    expect(IoIsFileOriginRemote(file));
    expect(!IoIsFileObjectIgnoringSharing(file));
    expect_status(IoSetFileObjectIgnoreSharing(file), STATUS_SUCCESS);
    expect(IoIsFileObjectIgnoringSharing(file));
    expect(IoGetTransactionParameterBlock(file) == NULL);
    ObDereferenceObject(file);
    drivertest_dispatch = dispatch;
    file = IoCreateStreamFileObject(NULL, device);
    /* Asked of the driver: it has a routine for it. */
    expect_status(
        IoQueryVolumeInformation(file, FileFsDeviceInformation, sizeof kind, &kind, &length),
        STATUS_SUCCESS);
    expect_number(majors[IRP_MJ_QUERY_VOLUME_INFORMATION], 1);
    ObDereferenceObject(file);
    device_drop();
}

/* ---- fast I/O
 * ----------------------------------------------------------------------------------------
 */

static ULONG fast_calls;
static BOOLEAN fast_serves;

static BOOLEAN fast_control(PFILE_OBJECT file, BOOLEAN wait, PVOID input, ULONG input_length,
                            PVOID output, ULONG output_length, ULONG code, PIO_STATUS_BLOCK status,
                            PDEVICE_OBJECT to)
{
    expect(wait && to == device && file->DeviceObject == device);
    expect(input_length == 4 && output_length == 8 && code == 0x222400);
    fast_calls++;
    if (!fast_serves)
        return FALSE;
    *(PULONG)output = *(PULONG)input + 1;
    status->Status = STATUS_SUCCESS;
    status->Information = 4;
    return TRUE;
}

static BOOLEAN fast_standard(PFILE_OBJECT file, BOOLEAN wait, PFILE_STANDARD_INFORMATION info,
                             PIO_STATUS_BLOCK status, PDEVICE_OBJECT to)
{
    UNREFERENCED_PARAMETER(file);
    expect(wait && to == device);
    info->EndOfFile.QuadPart = 99;
    status->Status = STATUS_SUCCESS;
    status->Information = sizeof *info;
    return TRUE;
}

static void fast_io(void)
{
    static FAST_IO_DISPATCH table = {.SizeOfFastIoDispatch = sizeof table,
                                     .FastIoQueryStandardInfo = fast_standard,
                                     .FastIoDeviceControl = fast_control};
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK block;
    ULONG in = 41, out[2] = {0};
    HANDLE handle;

    device_make(NULL, 0, FALSE);
    drivertest_driver->FastIoDispatch = &table;
    fast_calls = 0;
    expect_status(open_with(device_name, ACCESS, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    fast_serves = TRUE;
    expect_status(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &block, 0x222400, &in, sizeof in,
                                        out, sizeof out),
                  STATUS_SUCCESS);
    expect(fast_calls == 1 && out[0] == 42 && block.Information == 4);
    expect_number(majors[IRP_MJ_DEVICE_CONTROL], 0);
    fast_serves = FALSE; /* then the IRP comes */
    expect_status(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &block, 0x222400, &in, sizeof in,
                                        out, sizeof out),
                  STATUS_SUCCESS);
    expect(fast_calls == 2 && majors[IRP_MJ_DEVICE_CONTROL] == 1);
    expect_status(
        ZwQueryInformationFile(handle, &block, &standard, sizeof standard, FileStandardInformation),
        STATUS_SUCCESS);
    expect(standard.EndOfFile.QuadPart == 99 && majors[IRP_MJ_QUERY_INFORMATION] == 0);
    /* An entry behind the table's end is none. */
    table.SizeOfFastIoDispatch = FIELD_OFFSET(FAST_IO_DISPATCH, FastIoQueryStandardInfo);
    expect_status(
        ZwQueryInformationFile(handle, &block, &standard, sizeof standard, FileStandardInformation),
        STATUS_SUCCESS);
    expect(standard.EndOfFile.QuadPart == 4711);
    table.SizeOfFastIoDispatch = sizeof table;
    /* A file-system control is no device control. */
    expect_status(
        ZwFsControlFile(handle, NULL, NULL, NULL, &block, 0x90000, &in, sizeof in, out, sizeof out),
        STATUS_SUCCESS);
    expect(fast_calls == 2 && majors[IRP_MJ_FILE_SYSTEM_CONTROL] == 1);
    ZwClose(handle);
    drivertest_driver->FastIoDispatch = NULL;
    device_drop();
}

/* ---- file systems
 * -------------------------------------------------------------------------------------
 */

static ULONG came, went;

static VOID fs_changed(PDEVICE_OBJECT which, BOOLEAN active)
{
    if (which != device)
        return;
    if (active)
        came++;
    else
        went++;
}

static ULONG verified, mounted;
static NTSTATUS verify_answer;

static NTSTATUS fs_dispatch(PDEVICE_OBJECT to, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (stack->MajorFunction != IRP_MJ_FILE_SYSTEM_CONTROL)
        return complete(irp, STATUS_SUCCESS, 0);
    if (stack->MinorFunction == IRP_MN_MOUNT_VOLUME) {
        expect(to == device && stack->Parameters.MountVolume.DeviceObject == filter);
        stack->Parameters.MountVolume.Vpb->DeviceObject = device;
        mounted++;
        return complete(irp, STATUS_SUCCESS, 0);
    }
    expect_number(stack->MinorFunction, IRP_MN_VERIFY_VOLUME);
    verified++;
    return complete(irp, verify_answer, 0);
}

static void file_systems(void)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT disk;
    KIRQL irql;

    RtlInitUnicodeString(&name, device_name);
    came = went = verified = mounted = 0;
    drivertest_dispatch = fs_dispatch;
    expect_status(IoCreateDevice(drivertest_driver, 0, &name, FILE_DEVICE_DISK_FILE_SYSTEM, 0,
                                 FALSE, &device),
                  STATUS_SUCCESS);
    expect_status(IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_DISK, 0, FALSE, &disk),
                  STATUS_SUCCESS);
    expect_status(IoRegisterFsRegistrationChange(drivertest_driver, fs_changed), STATUS_SUCCESS);
    expect_status(IoRegisterFsRegistrationChange(drivertest_driver, fs_changed),
                  STATUS_DEVICE_ALREADY_ATTACHED);
    IoRegisterFileSystem(device);
    expect(came == 1 && went == 0);
    IoUnregisterFsRegistrationChange(drivertest_driver, fs_changed);
    expect_status(IoRegisterFsRegistrationChangeMountAware(drivertest_driver, fs_changed, FALSE),
                  STATUS_SUCCESS);
    expect_number(came, 2); /* it is told of those that are there */
    IoAcquireVpbSpinLock(&irql);
    expect(disk->Vpb != NULL && disk->Vpb->RealDevice == disk);
    IoReleaseVpbSpinLock(irql);
    filter = disk; /* what the mount request must name */
    expect_status(IoVerifyVolume(disk, FALSE), STATUS_SUCCESS);
    expect(mounted == 1 && verified == 0 && (disk->Vpb->Flags & VPB_MOUNTED));
    disk->Flags |= DO_VERIFY_VOLUME;
    verify_answer = STATUS_SUCCESS;
    expect_status(IoVerifyVolume(disk, FALSE), STATUS_SUCCESS);
    expect(verified == 1 && !(disk->Flags & DO_VERIFY_VOLUME));
    verify_answer = STATUS_WRONG_VOLUME;
    expect_status(IoVerifyVolume(disk, FALSE), STATUS_WRONG_VOLUME);
    expect(verified == 2 && mounted == 2);
    filter = NULL;
    IoUnregisterFileSystem(device);
    expect_number(went, 1);
    IoUnregisterFsRegistrationChange(drivertest_driver, fs_changed);
    IoDeleteDevice(disk);
    IoDeleteDevice(device);
    device = NULL;
    drivertest_dispatch = NULL;
}

/* ---- controllers
 * ------------------------------------------------------------------------------------ */

static ULONG controlled;
static IO_ALLOCATION_ACTION control_answer;

static IO_ALLOCATION_ACTION control(PDEVICE_OBJECT which, PIRP irp, PVOID base, PVOID context)
{
    expect(irp == which->CurrentIrp && base == NULL && context == &controlled);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    controlled++;
    return control_answer;
}

static void controllers(void)
{
    PCONTROLLER_OBJECT controller = IoCreateController(40);
    PDEVICE_OBJECT second;
    KIRQL irql;

    device_make(NULL, 0, FALSE);
    IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &second);
    expect(controller && controller->ControllerExtension != NULL);
    controlled = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    control_answer = KeepObject;
    IoAllocateController(controller, device, control, &controlled);
    expect_number(controlled, 1);
    IoAllocateController(controller, second, control, &controlled);
    expect_number(controlled, 1); /* it waits */
    control_answer = DeallocateObject;
    IoFreeController(controller);
    expect_number(controlled, 2);
    IoAllocateController(controller, device, control, &controlled);
    expect_number(controlled, 3); /* it was given back at once */
    KeLowerIrql(irql);
    IoDeleteController(controller);
    IoDeleteDevice(second);
    device_drop();
}

/* ---- drive letters
 * ------------------------------------------------------------------------------------ */

static void drive_letters(void)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\GLOBAL??\\Q:"), name, letter = {0};
    POBJECT_NAME_INFORMATION full = NULL;
    PFILE_OBJECT file;
    HANDLE handle;

    device_make(NULL, 0, FALSE);
    RtlInitUnicodeString(&name, device_name);
    expect_status(IoVolumeDeviceToDosName(device, &letter), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoCreateUnprotectedSymbolicLink(&link, &name), STATUS_SUCCESS);
    expect_status(IoVolumeDeviceToDosName(device, &letter), STATUS_SUCCESS);
    expect(letter.Length == 4 && letter.Buffer[0] == 'Q' && letter.Buffer[1] == ':');
    ExFreePool(letter.Buffer);
    expect_status(RtlVolumeDeviceToDosName(device, &letter), STATUS_SUCCESS);
    ExFreePool(letter.Buffer);
    expect_status(open_with(L"\\??\\Q:\\dir\\x", ACCESS, 0, NULL, CreateFileTypeNone, &handle),
                  STATUS_SUCCESS);
    ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, (PVOID *)&file, NULL);
    expect_status(IoQueryFileDosDeviceName(file, &full), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"Q:\\dir\\x");
    expect(full && RtlEqualUnicodeString(&full->Name, &name, FALSE));
    ExFreePool(full);
    ObDereferenceObject(file);
    ZwClose(handle);
    IoDeleteSymbolicLink(&link);
    device_drop();
}

/* ---- access
 * ----------------------------------------------------------------------------------------------
 */

static void access_checks(void)
{
    ACCESS_MASK wanted = GENERIC_READ;
    PGENERIC_MAPPING mapping = IoGetFileObjectGenericMapping();
    SHARE_ACCESS share;
    FILE_OBJECT one = {0}, two = {0};
    BOOLEAN may_write = FALSE;
    PIRP irp = IoAllocateIrp(1, FALSE);

    expect_number(mapping->GenericRead, FILE_GENERIC_READ);
    expect_status(IoCheckDesiredAccess(&wanted, FILE_GENERIC_READ), STATUS_SUCCESS);
    expect_number(wanted, FILE_GENERIC_READ);
    expect_status(IoCheckDesiredAccess(&wanted, FILE_READ_DATA), STATUS_ACCESS_DENIED);
    expect_status(IoCheckFunctionAccess(FILE_READ_DATA, IRP_MJ_READ, 0, 0, NULL, NULL),
                  STATUS_SUCCESS);
    expect_status(IoCheckFunctionAccess(FILE_READ_DATA, IRP_MJ_WRITE, 0, 0, NULL, NULL),
                  STATUS_ACCESS_DENIED);
    expect_status(IoCheckFunctionAccess(FILE_READ_DATA, IRP_MJ_DEVICE_CONTROL, 0,
                                        CTL_CODE(1, 1, 0, FILE_WRITE_ACCESS), NULL, NULL),
                  STATUS_ACCESS_DENIED);
    IoSetNextIrpStackLocation(irp);
    irp->RequestorMode = KernelMode;
    expect_status(IoValidateDeviceIoControlAccess(irp, FILE_READ_ACCESS), STATUS_SUCCESS);
    expect_status(IoValidateDeviceIoControlAccess(irp, 16), STATUS_INVALID_PARAMETER);
    IoFreeIrp(irp);
    IoSetShareAccessEx(FILE_READ_DATA | FILE_WRITE_DATA, FILE_SHARE_READ, &one, &share, &may_write);
    expect(share.Readers == 1 && share.Writers == 0);
    expect_status(IoCheckShareAccessEx(FILE_READ_DATA, FILE_SHARE_READ, &two, &share, TRUE, NULL),
                  STATUS_SUCCESS);
    IoUpdateShareAccess(&two, &share);
    expect_number(share.OpenCount, 3);
}

DRIVERTEST_LIST = {
    DRIVERTEST(opens),         DRIVERTEST(secure_devices), DRIVERTEST(descriptors_of_devices),
    DRIVERTEST(hints),         DRIVERTEST(attaching),      DRIVERTEST(streams),
    DRIVERTEST(fast_io),       DRIVERTEST(file_systems),   DRIVERTEST(controllers),
    DRIVERTEST(drive_letters), DRIVERTEST(access_checks),  DRIVERTEST_END,
};
