/* SPDX-License-Identifier: MIT */
/* errno_host.c - what Linux says, in NT's words: the one place where errors are translated.
 */
#include "hostfs_internal.h"

#include <errno.h>

NTSTATUS hostfs_status_of_errno(int error)
{
    switch (error) {
    case 0:
        return STATUS_SUCCESS;
    case ENOENT:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case ENOTDIR:
        return STATUS_OBJECT_PATH_NOT_FOUND;
    case EEXIST:
        return STATUS_OBJECT_NAME_COLLISION;
    case EACCES:
    case EPERM:
        return STATUS_ACCESS_DENIED;
    case EISDIR:
        return STATUS_FILE_IS_A_DIRECTORY;
    case ENOTEMPTY:
        return STATUS_DIRECTORY_NOT_EMPTY;
    case ENOSPC:
    case EDQUOT:
        return STATUS_DISK_FULL;
    case EROFS:
        return STATUS_MEDIA_WRITE_PROTECTED;
    case EXDEV:
        return STATUS_NOT_SAME_DEVICE;
    case ENAMETOOLONG:
    case ELOOP:
        return STATUS_OBJECT_NAME_INVALID;
    case EMFILE:
    case ENFILE:
        return STATUS_TOO_MANY_OPENED_FILES;
    case ENOMEM:
        return STATUS_INSUFFICIENT_RESOURCES;
    case EFAULT:
        return STATUS_ACCESS_VIOLATION;
    case EPIPE:
        return STATUS_PIPE_BROKEN;
    case ECANCELED:
        return STATUS_CANCELLED;
    case EBUSY:
    case ETXTBSY:
        return STATUS_SHARING_VIOLATION;
    case EFBIG:
    case EINVAL:
    case ESPIPE:
        return STATUS_INVALID_PARAMETER;
    case EBADF:
        return STATUS_INVALID_DEVICE_REQUEST;
    default:
        return STATUS_IO_DEVICE_ERROR;
    }
}
