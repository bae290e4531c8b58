/* SPDX-License-Identifier: MIT */
/* hostfs_ddi.c - the dispatch routines of \FileSystem\hostfs: from an IRP to the function
 * that does it, and back.
 *
 * Every request but a lock that waits is completed in the caller's thread. Buffers of reads and
 * writes are the caller's own (neither buffered nor direct); the others are system buffers.
 */
#include "hostfs_internal.h"

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

struct flush {
    int fd, error;
};

static void flush_block(void *context)
{
    struct flush *flush = context;
    flush->error = hostfs_host_flush(flush->fd);
}

static NTSTATUS flush_file(FILE_OBJECT *file)
{
    struct flush flush = {.fd = hostfs_file_of(file)->fd};
    ke_block_on_host(flush_block, &flush);
    return hostfs_status_of_errno(flush.error);
}

static NTSTATUS directory_control(FILE_OBJECT *file, PIRP irp, PIO_STACK_LOCATION stack,
                                  ULONG_PTR *out_length)
{
    if (stack->MinorFunction != 0 && stack->MinorFunction != IRP_MN_QUERY_DIRECTORY)
        return STATUS_INVALID_DEVICE_REQUEST;
    return hostfs_query_directory(file, stack->Parameters.QueryDirectory.FileName,
                                  stack->Parameters.QueryDirectory.FileInformationClass,
                                  stack->Flags, irp->AssociatedIrp.SystemBuffer,
                                  stack->Parameters.QueryDirectory.Length, out_length);
}

/* Whoever is not the owner of a locked range cannot write there, nor read if it is exclusive. */
static NTSTATUS transfer(FILE_OBJECT *file, PIRP irp, PIO_STACK_LOCATION stack,
                         ULONG_PTR *out_length)
{
    struct hostfs_node *node = hostfs_file_of(file)->node;
    bool is_read = stack->MajorFunction == IRP_MJ_READ;
    if (!(is_read ? FsRtlCheckLockForReadAccess(&node->locks, irp)
                  : FsRtlCheckLockForWriteAccess(&node->locks, irp)))
        return STATUS_FILE_LOCK_CONFLICT;
    return is_read ? hostfs_read(file, irp->UserBuffer, stack->Parameters.Read.Length,
                                 stack->Parameters.Read.ByteOffset, out_length)
                   : hostfs_write(file, irp->UserBuffer, stack->Parameters.Write.Length,
                                  stack->Parameters.Write.ByteOffset, out_length);
}

static NTSTATUS serve(FILE_OBJECT *file, PIRP irp, PIO_STACK_LOCATION stack, ULONG_PTR *out_length)
{
    void *buffer = irp->AssociatedIrp.SystemBuffer;
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
        return hostfs_file_open(file, stack, out_length);
    case IRP_MJ_CLEANUP:
        hostfs_file_cleanup(file);
        return STATUS_SUCCESS;
    case IRP_MJ_CLOSE:
        hostfs_file_close(file);
        return STATUS_SUCCESS;
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
        return transfer(file, irp, stack, out_length);
    case IRP_MJ_FLUSH_BUFFERS:
        return flush_file(file);
    case IRP_MJ_QUERY_INFORMATION:
        return hostfs_query_information(file, stack->Parameters.QueryFile.FileInformationClass,
                                        buffer, stack->Parameters.QueryFile.Length, out_length);
    case IRP_MJ_SET_INFORMATION:
        return hostfs_set_information(file, stack->Parameters.SetFile.FileInformationClass, buffer,
                                      stack->Parameters.SetFile.Length);
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
        return hostfs_query_volume(file, stack->Parameters.QueryVolume.FsInformationClass, buffer,
                                   stack->Parameters.QueryVolume.Length, out_length);
    case IRP_MJ_DIRECTORY_CONTROL:
        return directory_control(file, irp, stack, out_length);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* The one request that may wait; it is completed where its lock becomes free. */
static NTSTATUS lock_control(FILE_OBJECT *file, PIRP irp)
{
    struct hostfs_file *ours = hostfs_file_of(file);
    if (ours->is_directory)
        return complete(irp, STATUS_INVALID_PARAMETER, 0);
    return FsRtlProcessFileLock(&ours->node->locks, irp, NULL);
}

static NTSTATUS NTAPI hostfs_dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG_PTR information = 0;
    if (DeviceObject == hostfs_pipe_device)
        return hostfs_pipe_dispatch(DeviceObject, Irp);
    if (stack->MajorFunction == IRP_MJ_LOCK_CONTROL)
        return lock_control(stack->FileObject, Irp);
    NTSTATUS status = serve(stack->FileObject, Irp, stack, &information);
    return complete(Irp, status, information);
}

static NTSTATUS NTAPI hostfs_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UCHAR served[] = {
        IRP_MJ_CREATE,
        IRP_MJ_CLEANUP,
        IRP_MJ_CLOSE,
        IRP_MJ_READ,
        IRP_MJ_WRITE,
        IRP_MJ_FLUSH_BUFFERS,
        IRP_MJ_QUERY_INFORMATION,
        IRP_MJ_SET_INFORMATION,
        IRP_MJ_QUERY_VOLUME_INFORMATION,
        IRP_MJ_DIRECTORY_CONTROL,
        IRP_MJ_LOCK_CONTROL,
    };
    (void)RegistryPath;
    for (unsigned i = 0; i < sizeof(served); i++)
        DriverObject->MajorFunction[served[i]] = hostfs_dispatch;
    return STATUS_SUCCESS;
}

PDRIVER_INITIALIZE hostfs_driver_entry(void)
{
    return hostfs_entry;
}
