/* SPDX-License-Identifier: MIT */
/* file_make_ddi.c - the contract of files that drivers make: opened by name, past the upper part
 * of a device stack, or for a file system's own use.
 */
#include "io_internal.h"

/* ---- by name ----------------------------------------------------------------------------- */

/* Doc: ntddk.h IoCreateFileEx, IO_CHECK_CREATE_PARAMETERS */
static NTSTATUS create_check(const struct io_create *create)
{
    const ULONG both = FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE;
    const ULONG waits = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;
    if ((create->options & ~(ULONG)FILE_VALID_OPTION_FLAGS) ||
        create->disposition > FILE_MAXIMUM_DISPOSITION ||
        (create->share_access & ~(ULONG)FILE_SHARE_VALID_FLAGS) ||
        (create->options & both) == both || (create->options & waits) == waits ||
        ((create->options & waits) && !(create->access & SYNCHRONIZE)) ||
        ((create->options & FILE_DELETE_ON_CLOSE) && !(create->access & DELETE)))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static NTSTATUS create_by_name(PHANDLE handle, POBJECT_ATTRIBUTES attributes,
                               PIO_STATUS_BLOCK block, CREATE_FILE_TYPE type, ULONG options,
                               struct io_create *create)
{
    static const uint8_t majors[] = {IRP_MJ_CREATE, IRP_MJ_CREATE_NAMED_PIPE,
                                     IRP_MJ_CREATE_MAILSLOT};
    NTSTATUS status = STATUS_SUCCESS;
    if ((unsigned)type > CreateFileTypeMailslot)
        return STATUS_INVALID_PARAMETER;
    create->major = majors[type];
    create->is_checked_as_program = (options & IO_FORCE_ACCESS_CHECK) != 0;
    if (options & IO_CHECK_CREATE_PARAMETERS)
        status = create_check(create);
    if (NT_SUCCESS(status))
        status = io_file_create(attributes, KernelMode, create, handle);
    *block = create->status;
    block->Status = status;
    return status;
}

/* Doc:     ntddk.h IoCreateFileEx
 * Differs: extra create parameters and transactions are refused; sharing is the file system's
 *          own business, whatever IO_IGNORE_SHARE_ACCESS_CHECK says
 */
NTSTATUS NTAPI IoCreateFileEx(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                              PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                              ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions,
                              PVOID EaBuffer, ULONG EaLength, CREATE_FILE_TYPE CreateFileType,
                              PVOID InternalParameters, ULONG Options,
                              PIO_DRIVER_CREATE_CONTEXT DriverContext)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    struct io_create create = {
        .access = DesiredAccess,
        .file_attributes = FileAttributes,
        .share_access = ShareAccess,
        .disposition = Disposition,
        .options = CreateOptions,
        .ea_buffer = EaBuffer,
        .ea_length = EaLength,
        .parameters = InternalParameters,
    };
    if (AllocationSize != NULL)
        create.allocation_size = *AllocationSize;
    if (DriverContext != NULL) {
        if (DriverContext->Size < (CSHORT)sizeof(*DriverContext))
            return STATUS_INVALID_PARAMETER;
        if (DriverContext->ExtraCreateParameter != NULL || DriverContext->TxnParameters != NULL)
            return STATUS_NOT_SUPPORTED;
        create.hint = DriverContext->DeviceObjectHint;
    }
    return create_by_name(FileHandle, ObjectAttributes, IoStatusBlock, CreateFileType, Options,
                          &create);
}

/* Doc:     wdm.h IoCreateFile */
NTSTATUS NTAPI IoCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                            ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                            CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters,
                            ULONG Options)
{
    return IoCreateFileEx(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock,
                          AllocationSize, FileAttributes, ShareAccess, Disposition, CreateOptions,
                          EaBuffer, EaLength, CreateFileType, InternalParameters, Options, NULL);
}

/* Doc:     ntddk.h IoCreateFileSpecifyDeviceObjectHint */
NTSTATUS NTAPI IoCreateFileSpecifyDeviceObjectHint(
    PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
    ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
    CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters, ULONG Options, PVOID DeviceObject)
{
    IO_DRIVER_CREATE_CONTEXT context = {.Size = sizeof(context), .DeviceObjectHint = DeviceObject};
    return IoCreateFileEx(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock,
                          AllocationSize, FileAttributes, ShareAccess, Disposition, CreateOptions,
                          EaBuffer, EaLength, CreateFileType, InternalParameters, Options,
                          DeviceObject != NULL ? &context : NULL);
}

/* ---- streams -------------------------------------------------------------------------------- */

static PFILE_OBJECT stream_make(PFILE_OBJECT related, PDEVICE_OBJECT device)
{
    FILE_OBJECT *file;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = file_stream_create(related, device, &file);
    if (!NT_SUCCESS(status))
        ExRaiseStatus(status);
    return file;
}

/* The handle of Windows' own way is closed at once: IRP_MJ_CLEANUP comes now.
 * Doc:     ntifs.h IoCreateStreamFileObject
 */
PFILE_OBJECT NTAPI IoCreateStreamFileObject(PFILE_OBJECT FileObject, PDEVICE_OBJECT DeviceObject)
{
    PFILE_OBJECT file = stream_make(FileObject, DeviceObject);
    file_cleanup(file);
    return file;
}

/* Doc:     ntifs.h IoCreateStreamFileObjectEx */
PFILE_OBJECT NTAPI IoCreateStreamFileObjectEx(PFILE_OBJECT FileObject, PDEVICE_OBJECT DeviceObject,
                                              PHANDLE FileObjectHandle)
{
    PFILE_OBJECT file = stream_make(FileObject, DeviceObject);
    if (FileObjectHandle == NULL) {
        file_cleanup(file);
        return file;
    }
    NTSTATUS status = ob_handle_create(file, FILE_READ_DATA, OBJ_KERNEL_HANDLE, FileObjectHandle);
    if (!NT_SUCCESS(status)) {
        ob_dereference(file_of(file));
        ExRaiseStatus(status);
    }
    file->Flags |= FO_HANDLE_CREATED;
    return file;
}

/* No IRP_MJ_CLEANUP, ever.
 * Doc:     ntifs.h IoCreateStreamFileObjectLite
 */
PFILE_OBJECT NTAPI IoCreateStreamFileObjectLite(PFILE_OBJECT FileObject,
                                                PDEVICE_OBJECT DeviceObject)
{
    PFILE_OBJECT file = stream_make(FileObject, DeviceObject);
    atomic_store(&file_of(file)->is_cleaned_up, true);
    return file;
}
