/* SPDX-License-Identifier: MIT */
/* file_query_ddi.c - what drivers ask about an open file without a handle, and whether an access
 * that was granted allows a request.
 */
#include "io_internal.h"

/* The service's own way, for a file of which the caller has no handle. */
static NTSTATUS file_ask(PFILE_OBJECT file, UCHAR major, ULONG class, ULONG length, PVOID buffer,
                         PULONG out_length)
{
    IO_STATUS_BLOCK block = {0};
    bool is_set = major == IRP_MJ_SET_INFORMATION;
    struct io_request request = {
        .file = file,
        .major = major,
        .mode = KernelMode,
        .user_status = &block,
        .information_class = class,
        .input = is_set ? buffer : NULL,
        .input_length = is_set ? length : 0,
        .output = is_set ? NULL : buffer,
        .output_length = is_set ? 0 : length,
    };
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    ob_reference(file_of(file));
    NTSTATUS status = io_request_send(&request);
    if (out_length != NULL)
        *out_length = (ULONG)block.Information;
    return status;
}

/* Doc:     ntifs.h IoQueryFileInformation */
NTSTATUS NTAPI IoQueryFileInformation(PFILE_OBJECT FileObject,
                                      FILE_INFORMATION_CLASS FileInformationClass, ULONG Length,
                                      PVOID FileInformation, PULONG ReturnedLength)
{
    return file_ask(FileObject, IRP_MJ_QUERY_INFORMATION, FileInformationClass, Length,
                    FileInformation, ReturnedLength);
}

/* Doc:     ntifs.h IoQueryVolumeInformation */
NTSTATUS NTAPI IoQueryVolumeInformation(PFILE_OBJECT FileObject,
                                        FS_INFORMATION_CLASS FsInformationClass, ULONG Length,
                                        PVOID FsInformation, PULONG ReturnedLength)
{
    return file_ask(FileObject, IRP_MJ_QUERY_VOLUME_INFORMATION, FsInformationClass, Length,
                    FsInformation, ReturnedLength);
}

/* Doc:     ntifs.h IoSetInformation */
NTSTATUS NTAPI IoSetInformation(PFILE_OBJECT FileObject,
                                FILE_INFORMATION_CLASS FileInformationClass, ULONG Length,
                                PVOID FileInformation)
{
    return file_ask(FileObject, IRP_MJ_SET_INFORMATION, FileInformationClass, Length,
                    FileInformation, NULL);
}

/* ---- access -------------------------------------------------------------------------------------
 */

/* Doc:     ntifs.h IoCheckDesiredAccess */
NTSTATUS NTAPI IoCheckDesiredAccess(PACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess)
{
    RtlMapGenericMask(DesiredAccess, IoGetFileObjectGenericMapping());
    return (*DesiredAccess & ~GrantedAccess) != 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static ACCESS_MASK control_access(ULONG code)
{
    ULONG access = code >> 14 & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
    return (access & FILE_READ_ACCESS ? FILE_READ_DATA : 0) |
           (access & FILE_WRITE_ACCESS ? FILE_WRITE_DATA : 0);
}

/* Doc:     ntifs.h IoCheckFunctionAccess
 * Differs: query and set classes need what attributes need; the few that need more are not told
 *          apart
 */
NTSTATUS NTAPI IoCheckFunctionAccess(ACCESS_MASK GrantedAccess, UCHAR MajorFunction,
                                     UCHAR MinorFunction, ULONG IoControlCode, PVOID Argument1,
                                     PVOID Argument2)
{
    ACCESS_MASK all = 0, any = 0;
    (void)MinorFunction;
    (void)Argument1;
    (void)Argument2;
    switch (MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_QUERY_INFORMATION:
        return STATUS_SUCCESS;
    case IRP_MJ_READ:
    case IRP_MJ_DIRECTORY_CONTROL:
        all = FILE_READ_DATA;
        break;
    case IRP_MJ_WRITE:
    case IRP_MJ_FLUSH_BUFFERS:
        any = FILE_WRITE_DATA | FILE_APPEND_DATA;
        break;
    case IRP_MJ_LOCK_CONTROL:
        any = FILE_READ_DATA | FILE_WRITE_DATA;
        break;
    case IRP_MJ_SET_INFORMATION:
        all = FILE_WRITE_ATTRIBUTES;
        break;
    case IRP_MJ_QUERY_EA:
        all = FILE_READ_EA;
        break;
    case IRP_MJ_SET_EA:
        all = FILE_WRITE_EA;
        break;
    case IRP_MJ_QUERY_SECURITY:
        all = READ_CONTROL;
        break;
    case IRP_MJ_SET_SECURITY:
        any = WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY;
        break;
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
    case IRP_MJ_FILE_SYSTEM_CONTROL:
        all = control_access(IoControlCode);
        break;
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
        all = FILE_READ_DATA;
        break;
    case IRP_MJ_SET_VOLUME_INFORMATION:
        all = FILE_WRITE_DATA;
        break;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    bool is_allowed = (GrantedAccess & all) == all && (any == 0 || (GrantedAccess & any) != 0);
    return is_allowed ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}
