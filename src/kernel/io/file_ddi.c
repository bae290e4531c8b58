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

/* Doc:     ntddk.h IoIsFileOriginRemote */
BOOLEAN NTAPI IoIsFileOriginRemote(PFILE_OBJECT FileObject)
{
    return (FileObject->Flags & FO_REMOTE_ORIGIN) != 0;
}

/* Doc:     ntddk.h IoSetFileOrigin */
NTSTATUS NTAPI IoSetFileOrigin(PFILE_OBJECT FileObject, BOOLEAN Remote)
{
    if (((FileObject->Flags & FO_REMOTE_ORIGIN) != 0) == (Remote != FALSE))
        return STATUS_INVALID_PARAMETER_MIX;
    FileObject->Flags ^= FO_REMOTE_ORIGIN;
    return STATUS_SUCCESS;
}

/* Doc:     ntddk.h IoIsFileObjectIgnoringSharing */
BOOLEAN NTAPI IoIsFileObjectIgnoringSharing(PFILE_OBJECT FileObject)
{
    return file_of(FileObject)->ignores_sharing;
}

/* Doc:     ntddk.h IoSetFileObjectIgnoreSharing */
NTSTATUS NTAPI IoSetFileObjectIgnoreSharing(PFILE_OBJECT FileObject)
{
    file_of(FileObject)->ignores_sharing = true;
    return STATUS_SUCCESS;
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
