/* SPDX-License-Identifier: MIT */
/* pipe_ddi.c - \Device\HostPipe: descriptors that a program brought along, as files.
 *
 * A descriptor is offered under a number and taken by the create that names it. A read or
 * write that would block gives the processor up and waits for the descriptor or for
 * cancellation, so that a killed program's thread ends.
 * Invariant: the cancel routine only wakes; the blocked thread completes the IRP.
 */
#include "hostfs_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct pipe_file { /* FILE_OBJECT.FsContext */
    int fd;
    bool can_read, can_write;
    DEVICE_TYPE type;
};

struct pipe_offer {
    struct list link;
    unsigned token;
    struct pipe_file file;
};

PDEVICE_OBJECT hostfs_pipe_device;
static struct host_lock offer_lock; /* guards: offers, offer_last */
static struct list offers = LIST_INIT(offers);
static unsigned offer_last;

/* ---- offers -----------------------------------------------------------------------------------
 */

NTSTATUS hostfs_pipe_offer(int fd, bool can_read, bool can_write, unsigned *out_token)
{
    struct hostfs_stat stat;
    int error = hostfs_host_stat_fd(fd, &stat);
    if (error != 0)
        return hostfs_status_of_errno(error);
    struct pipe_offer *offer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*offer), HOSTFS_TAG);
    if (offer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    offer->file = (struct pipe_file){fd, can_read, can_write, stat.device_type};
    host_lock_take(&offer_lock);
    offer->token = ++offer_last;
    list_push_back(&offers, &offer->link);
    host_lock_give(&offer_lock);
    *out_token = offer->token;
    return STATUS_SUCCESS;
}

static bool offer_take(unsigned token, struct pipe_file *out_file)
{
    struct pipe_offer *found = NULL;
    host_lock_take(&offer_lock);
    list_for_each(node, &offers)
    {
        struct pipe_offer *offer = list_entry(node, struct pipe_offer, link);
        if (offer->token == token)
            found = offer;
    }
    if (found != NULL)
        list_remove(&found->link);
    host_lock_give(&offer_lock);
    if (found == NULL)
        return false;
    *out_file = found->file;
    ExFreePoolWithTag(found, HOSTFS_TAG);
    return true;
}

void hostfs_pipe_offer_drop(unsigned token)
{
    struct pipe_file file;
    if (offer_take(token, &file))
        hostfs_host_close(file.fd);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   fd, on success and on failure; gives a reference in *out_file
 * Errors:  what fstat says of fd; STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS hostfs_file_of_descriptor(int fd, bool can_read, bool can_write, FILE_OBJECT **out_file)
{
    char text[40];
    UNICODE_STRING name;
    unsigned token;
    NTSTATUS status = hostfs_pipe_offer(fd, can_read, can_write, &token);
    if (!NT_SUCCESS(status)) {
        hostfs_host_close(fd);
        return status;
    }
    snprintf(text, sizeof(text), "\\Device\\HostPipe\\%u", token);
    status = rtl_unicode_of(text, &name);
    if (NT_SUCCESS(status)) {
        OBJECT_ATTRIBUTES attributes;
        struct io_create create = {
            .access = SYNCHRONIZE | FILE_READ_ATTRIBUTES | (can_read ? FILE_GENERIC_READ : 0) |
                      (can_write ? FILE_GENERIC_WRITE : 0),
            .share_access = FILE_SHARE_READ | FILE_SHARE_WRITE,
            .disposition = FILE_OPEN,
            .options = FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE,
        };
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
        status = io_file_open_get(&attributes, KernelMode, &create);
        RtlFreeUnicodeString(&name);
        if (NT_SUCCESS(status))
            *out_file = create.file;
    }
    if (!NT_SUCCESS(status))
        hostfs_pipe_offer_drop(token);
    return status;
}

/* ---- create and close
 * ----------------------------------------------------------------------------- */

static unsigned token_of(const UNICODE_STRING *name)
{
    unsigned token = 0;
    for (unsigned i = 1; i < name->Length / sizeof(WCHAR); i++) {
        if (name->Buffer[i] < '0' || name->Buffer[i] > '9')
            return 0;
        token = token * 10 + (name->Buffer[i] - '0');
    }
    return token;
}

static NTSTATUS pipe_create(FILE_OBJECT *file, PIRP irp)
{
    /* Programs have no business with numbers; their handles are made for them. */
    if (irp->RequestorMode != KernelMode)
        return STATUS_ACCESS_DENIED;
    struct pipe_file *pipe = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*pipe), HOSTFS_TAG);
    if (pipe == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!offer_take(token_of(&file->FileName), pipe)) {
        ExFreePoolWithTag(pipe, HOSTFS_TAG);
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (pipe->type == FILE_DEVICE_NAMED_PIPE)
        file->Flags |= FO_NAMED_PIPE;
    file->FsContext = pipe;
    return STATUS_SUCCESS;
}

static void pipe_close(FILE_OBJECT *file)
{
    struct pipe_file *pipe = file->FsContext;
    hostfs_host_close(pipe->fd);
    ExFreePoolWithTag(pipe, HOSTFS_TAG);
    file->FsContext = NULL;
}

/* ---- transfers
 * ---------------------------------------------------------------------------------------- */

struct pipe_transfer {
    const struct pipe_file *file;
    unsigned char *buffer;
    size_t length, done;
    bool is_write;
    struct hostfs_cancel *cancel; /* NULL until it must block */
    KEVENT cancel_done;           /* the cancel routine no longer looks here */
    int error;
};

static VOID NTAPI pipe_cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    struct pipe_transfer *transfer = Irp->Tail.Overlay.DriverContext[0];
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    hostfs_cancel_signal(transfer->cancel);
    KeSetEvent(&transfer->cancel_done, IO_NO_INCREMENT, FALSE);
}

/* Runs without a processor. A write goes on until all is written, a read ends with what came. */
static void pipe_block(void *context)
{
    struct pipe_transfer *transfer = context;
    const struct pipe_file *file = transfer->file;
    do {
        size_t count = 0, left = transfer->length - transfer->done;
        transfer->error = hostfs_pipe_wait(file->fd, transfer->is_write, transfer->cancel);
        if (transfer->error != 0)
            return;
        unsigned char *at = transfer->buffer + transfer->done;
        transfer->error = transfer->is_write ? hostfs_pipe_write(file->fd, at, left, &count)
                                             : hostfs_pipe_read(file->fd, at, left, &count);
        if (transfer->error == EAGAIN && transfer->cancel != NULL)
            continue;
        if (transfer->error != 0)
            return;
        transfer->done += count;
    } while (transfer->error == EAGAIN ||
             (transfer->is_write && transfer->done < transfer->length));
}

/* With a cancel routine in place; whoever exchanges it knows whether cancellation has begun. */
static void pipe_block_cancelable(struct pipe_transfer *transfer, PIRP irp)
{
    transfer->error = hostfs_cancel_create(&transfer->cancel);
    if (transfer->error != 0)
        return;
    KeInitializeEvent(&transfer->cancel_done, NotificationEvent, FALSE);
    irp->Tail.Overlay.DriverContext[0] = transfer;
    (void)IoSetCancelRoutine(irp, pipe_cancel);
    bool is_cancelled = irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL;
    if (is_cancelled) {
        transfer->error = ECANCELED;
    } else {
        ke_block_on_host(pipe_block, transfer);
        if (IoSetCancelRoutine(irp, NULL) == NULL)
            KeWaitForSingleObject(&transfer->cancel_done, Executive, KernelMode, FALSE, NULL);
    }
    hostfs_cancel_destroy(transfer->cancel);
}

static NTSTATUS pipe_transfer(struct pipe_transfer *transfer, PIRP irp)
{
    if (transfer->is_write ? !transfer->file->can_write : !transfer->file->can_read)
        return STATUS_ACCESS_DENIED;
    if (transfer->length == 0)
        return STATUS_SUCCESS;
    /* A write may block half way, so only a read is tried without the means to be cancelled. */
    transfer->error = EAGAIN;
    if (!transfer->is_write)
        pipe_block(transfer);
    if (transfer->error == EAGAIN)
        pipe_block_cancelable(transfer, irp);
    if (transfer->error != 0 && transfer->done == 0)
        return hostfs_status_of_errno(transfer->error);
    if (transfer->done == 0)
        return transfer->file->type == FILE_DEVICE_NAMED_PIPE ? STATUS_PIPE_BROKEN
                                                              : STATUS_END_OF_FILE;
    return STATUS_SUCCESS;
}

/* ---- questions
 * ------------------------------------------------------------------------------------------- */

static NTSTATUS pipe_query_volume(const struct pipe_file *pipe, PIRP irp, PIO_STACK_LOCATION stack,
                                  ULONG_PTR *out_length)
{
    if (stack->Parameters.QueryVolume.FsInformationClass != FileFsDeviceInformation)
        return STATUS_INVALID_PARAMETER;
    if (stack->Parameters.QueryVolume.Length < sizeof(FILE_FS_DEVICE_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    *(FILE_FS_DEVICE_INFORMATION *)irp->AssociatedIrp.SystemBuffer =
        (FILE_FS_DEVICE_INFORMATION){.DeviceType = pipe->type};
    *out_length = sizeof(FILE_FS_DEVICE_INFORMATION);
    return STATUS_SUCCESS;
}

static NTSTATUS pipe_query(const struct pipe_file *pipe, PIRP irp, PIO_STACK_LOCATION stack,
                           ULONG_PTR *out_length)
{
    struct hostfs_stat stat;
    if (stack->Parameters.QueryFile.FileInformationClass != FileStandardInformation)
        return STATUS_INVALID_PARAMETER;
    if (stack->Parameters.QueryFile.Length < sizeof(FILE_STANDARD_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = hostfs_status_of_errno(hostfs_host_stat_fd(pipe->fd, &stat));
    if (!NT_SUCCESS(status))
        return status;
    *(FILE_STANDARD_INFORMATION *)irp->AssociatedIrp.SystemBuffer =
        (FILE_STANDARD_INFORMATION){.AllocationSize.QuadPart = (LONGLONG)stat.allocated_bytes,
                                    .EndOfFile.QuadPart = (LONGLONG)stat.size_bytes,
                                    .NumberOfLinks = stat.links};
    *out_length = sizeof(FILE_STANDARD_INFORMATION);
    return STATUS_SUCCESS;
}

/* ---- dispatch
 * ---------------------------------------------------------------------------------------------- */

static NTSTATUS pipe_serve(FILE_OBJECT *file, PIRP irp, PIO_STACK_LOCATION stack,
                           ULONG_PTR *out_length)
{
    struct pipe_transfer transfer = {.file = file->FsContext,
                                     .buffer = mm_user_here(irp->UserBuffer)};
    NTSTATUS status;
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
        return pipe_create(file, irp);
    case IRP_MJ_CLEANUP:
    case IRP_MJ_FLUSH_BUFFERS:
        return STATUS_SUCCESS;
    case IRP_MJ_CLOSE:
        pipe_close(file);
        return STATUS_SUCCESS;
    case IRP_MJ_READ:
        transfer.length = stack->Parameters.Read.Length;
        break;
    case IRP_MJ_WRITE:
        transfer.length = stack->Parameters.Write.Length;
        transfer.is_write = true;
        break;
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
        return pipe_query_volume(file->FsContext, irp, stack, out_length);
    case IRP_MJ_QUERY_INFORMATION:
        return pipe_query(file->FsContext, irp, stack, out_length);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = pipe_transfer(&transfer, irp);
    *out_length = transfer.done;
    return status;
}

NTSTATUS hostfs_pipe_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG_PTR information = 0;
    (void)device;
    NTSTATUS status = pipe_serve(stack->FileObject, irp, stack, &information);
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}
