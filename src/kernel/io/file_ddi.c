/* SPDX-License-Identifier: MIT */
/* file_ddi.c - the contract of files for drivers: opening by name, access, requestors.
 */
#include "io_internal.h"

static GENERIC_MAPPING file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                       FILE_ALL_ACCESS};

/* Doc:     wdm.h IoGetFileObjectGenericMapping */
PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID)
{
    return &file_mapping;
}

/* Doc:     ntifs.h IoCreateFile
 * Differs: pipes and mailslots are not made; IO_CHECK_CREATE_PARAMETERS is always on
 */
NTSTATUS NTAPI IoCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                            ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                            CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters,
                            ULONG Options)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)InternalParameters;
    (void)Options;
    if (CreateFileType != CreateFileTypeNone)
        return STATUS_NOT_SUPPORTED;
    struct io_create create = {
        .access = DesiredAccess,
        .file_attributes = FileAttributes,
        .share_access = ShareAccess,
        .disposition = Disposition,
        .options = CreateOptions,
        .ea_buffer = EaBuffer,
        .ea_length = EaLength,
    };
    if (AllocationSize != NULL)
        create.allocation_size = *AllocationSize;
    NTSTATUS status = io_file_create(ObjectAttributes, KernelMode, &create, FileHandle);
    *IoStatusBlock = create.status;
    IoStatusBlock->Status = status;
    return status;
}

/* Doc:     wdm.h IoValidateDeviceIoControlAccess */
NTSTATUS NTAPI IoValidateDeviceIoControlAccess(PIRP Irp, ULONG RequiredAccess)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    if (RequiredAccess & ~(ULONG)(FILE_READ_ACCESS | FILE_WRITE_ACCESS))
        return STATUS_INVALID_PARAMETER;
    if (Irp->RequestorMode == KernelMode || stack->FileObject == NULL)
        return STATUS_SUCCESS;
    ACCESS_MASK granted = file_of(stack->FileObject)->granted;
    if ((RequiredAccess & FILE_READ_ACCESS) && !(granted & FILE_READ_DATA))
        return STATUS_ACCESS_DENIED;
    if ((RequiredAccess & FILE_WRITE_ACCESS) && !(granted & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* Doc:     wdm.h IoIsFileOriginRemote: no file here comes from a network */
BOOLEAN NTAPI IoIsFileOriginRemote(PFILE_OBJECT FileObject)
{
    (void)FileObject;
    return FALSE;
}

/* Doc:     wdm.h IoIsFileObjectIgnoringSharing */
BOOLEAN NTAPI IoIsFileObjectIgnoringSharing(PFILE_OBJECT FileObject)
{
    (void)FileObject;
    return FALSE;
}

/* Doc:     wdm.h IoGetTransactionParameterBlock: no file here is in a transaction */
PTXN_PARAMETER_BLOCK NTAPI IoGetTransactionParameterBlock(PFILE_OBJECT FileObject)
{
    (void)FileObject;
    return NULL;
}

/* Doc:     wdm.h IoIsWdmVersionAvailable; WDM 6.0 is the last that was counted */
BOOLEAN NTAPI IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion)
{
    return MajorVersion < 6 || (MajorVersion == 6 && MinorVersion == 0);
}
