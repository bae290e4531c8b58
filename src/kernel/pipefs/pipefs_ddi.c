/* SPDX-License-Identifier: MIT */
/* pipefs_ddi.c - the dispatch routine of \\Device\\NamedPipe.
 *
 * Data passes in system buffers, so a request can wait in any thread. An end that its server
 * has disconnected answers so, whoever is let in after it.
 */
#include "io/io.h"
#include "ob/ob.h"
#include "pipefs_internal.h"

static DRIVER_OBJECT *driver;
static DEVICE_OBJECT *device;

static NTSTATUS query(struct end *end, PIRP irp, PIO_STACK_LOCATION stack, ULONG_PTR *out_count)
{
    void *buffer = irp->AssociatedIrp.SystemBuffer;
    const struct instance *instance = end->instance;
    const struct pipe *pipe = instance->pipe;
    const struct end *to = &instance->ends[!end->side];
    ULONG length = stack->Parameters.QueryFile.Length;
    switch (stack->Parameters.QueryFile.FileInformationClass) {
    case FilePipeInformation:
        if (length < sizeof(FILE_PIPE_INFORMATION))
            return STATUS_INFO_LENGTH_MISMATCH;
        *(FILE_PIPE_INFORMATION *)buffer =
            (FILE_PIPE_INFORMATION){end->reads_messages, end->never_waits};
        *out_count = sizeof(FILE_PIPE_INFORMATION);
        return STATUS_SUCCESS;
    case FilePipeLocalInformation:
        if (length < sizeof(FILE_PIPE_LOCAL_INFORMATION))
            return STATUS_INFO_LENGTH_MISMATCH;
        *(FILE_PIPE_LOCAL_INFORMATION *)buffer = (FILE_PIPE_LOCAL_INFORMATION){
            .NamedPipeType = pipe->type & FILE_PIPE_MESSAGE_TYPE,
            .NamedPipeConfiguration = pipe->configuration,
            .MaximumInstances = pipe->maximum,
            .CurrentInstances = pipe->count,
            .InboundQuota = pipe->inbound_quota,
            .ReadDataAvailable = end->waiting_bytes,
            .OutboundQuota = pipe->outbound_quota,
            .WriteQuotaAvailable =
                end_quota(to) > to->waiting_bytes ? end_quota(to) - to->waiting_bytes : 0,
            .NamedPipeState = instance->state,
            .NamedPipeEnd = end->side == SERVER ? FILE_PIPE_SERVER_END : FILE_PIPE_CLIENT_END};
        *out_count = sizeof(FILE_PIPE_LOCAL_INFORMATION);
        return STATUS_SUCCESS;
    case FileStandardInformation:
        if (length < sizeof(FILE_STANDARD_INFORMATION))
            return STATUS_INFO_LENGTH_MISMATCH;
        *(FILE_STANDARD_INFORMATION *)buffer =
            (FILE_STANDARD_INFORMATION){.AllocationSize.QuadPart = end_quota(end),
                                        .EndOfFile.QuadPart = end->waiting_bytes,
                                        .NumberOfLinks = 1,
                                        .DeletePending = TRUE};
        *out_count = sizeof(FILE_STANDARD_INFORMATION);
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

static NTSTATUS set(struct end *end, PIRP irp, PIO_STACK_LOCATION stack)
{
    const FILE_PIPE_INFORMATION *asked = irp->AssociatedIrp.SystemBuffer;
    if (stack->Parameters.SetFile.FileInformationClass != FilePipeInformation)
        return STATUS_INVALID_PARAMETER;
    if (stack->Parameters.SetFile.Length < sizeof(*asked))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (asked->ReadMode > FILE_PIPE_MESSAGE_MODE ||
        asked->CompletionMode > FILE_PIPE_COMPLETE_OPERATION ||
        (asked->ReadMode == FILE_PIPE_MESSAGE_MODE &&
         !(end->instance->pipe->type & FILE_PIPE_MESSAGE_TYPE)))
        return STATUS_INVALID_PARAMETER;
    end->reads_messages = asked->ReadMode == FILE_PIPE_MESSAGE_MODE;
    end->never_waits = asked->CompletionMode == FILE_PIPE_COMPLETE_OPERATION;
    return STATUS_SUCCESS;
}

static NTSTATUS control(struct end *end, PIRP irp, PIO_STACK_LOCATION stack,
                        struct finished *finished, ULONG_PTR *out_count)
{
    void *buffer = irp->AssociatedIrp.SystemBuffer;
    ULONG code = stack->Parameters.FileSystemControl.FsControlCode;
    if (code == FSCTL_PIPE_WAIT)
        return end != NULL
                   ? STATUS_ILLEGAL_FUNCTION
                   : pipe_wait(irp, buffer, stack->Parameters.FileSystemControl.InputBufferLength);
    if (end == NULL)
        return STATUS_ILLEGAL_FUNCTION;
    switch (code) {
    case FSCTL_PIPE_LISTEN:
        return pipe_listen(end, irp, finished);
    case FSCTL_PIPE_DISCONNECT:
        return pipe_disconnect(end, finished);
    case FSCTL_PIPE_PEEK:
        return end_peek(end, buffer, stack->Parameters.FileSystemControl.OutputBufferLength,
                        out_count);
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

static NTSTATUS query_volume(PIRP irp, PIO_STACK_LOCATION stack, ULONG_PTR *out_count)
{
    if (stack->Parameters.QueryVolume.FsInformationClass != FileFsDeviceInformation)
        return STATUS_INVALID_PARAMETER;
    if (stack->Parameters.QueryVolume.Length < sizeof(FILE_FS_DEVICE_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    *(FILE_FS_DEVICE_INFORMATION *)irp->AssociatedIrp.SystemBuffer =
        (FILE_FS_DEVICE_INFORMATION){.DeviceType = FILE_DEVICE_NAMED_PIPE};
    *out_count = sizeof(FILE_FS_DEVICE_INFORMATION);
    return STATUS_SUCCESS;
}

/* With the lock held. *parcel: what a write or flush brings; NULL afterwards when it is taken. */
static NTSTATUS serve_locked(FILE_OBJECT *file, PIRP irp, PIO_STACK_LOCATION stack,
                             struct parcel **parcel, struct finished *finished,
                             ULONG_PTR *out_count)
{
    struct end *end = file->FsContext;
    bool is_out = end != NULL && end->file != file;
    NTSTATUS status;
    if (stack->MajorFunction == IRP_MJ_CLEANUP) {
        if (end != NULL && !is_out)
            pipe_cleanup(end, finished);
        return STATUS_SUCCESS;
    }
    if (is_out)
        return STATUS_PIPE_DISCONNECTED;
    if (stack->MajorFunction == IRP_MJ_FILE_SYSTEM_CONTROL)
        return control(end, irp, stack, finished, out_count);
    if (end == NULL)
        return STATUS_INVALID_DEVICE_REQUEST;
    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
        return end_read(end, irp, finished, out_count);
    case IRP_MJ_WRITE:
        status = end_write(end, *parcel, irp, finished, out_count);
        break;
    case IRP_MJ_FLUSH_BUFFERS:
        status = end_flush(end, *parcel, irp);
        break;
    case IRP_MJ_QUERY_INFORMATION:
        return query(end, irp, stack, out_count);
    case IRP_MJ_SET_INFORMATION:
        return set(end, irp, stack);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (NT_SUCCESS(status)) /* STATUS_PENDING, too */
        *parcel = NULL;
    return status;
}

static NTSTATUS serve(FILE_OBJECT *file, PIRP irp, PIO_STACK_LOCATION stack,
                      struct finished *finished, ULONG_PTR *out_count)
{
    struct parcel *parcel = NULL;
    ULONG length = stack->MajorFunction == IRP_MJ_WRITE ? stack->Parameters.Write.Length : 0;
    KIRQL irql;
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE_NAMED_PIPE:
        return pipe_create(file, stack, out_count);
    case IRP_MJ_CREATE:
        *out_count = FILE_OPENED;
        return pipe_open(file, stack, finished);
    case IRP_MJ_CLOSE:
        if (file->FsContext != NULL)
            pipe_close(file);
        return STATUS_SUCCESS;
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
        return query_volume(irp, stack, out_count);
    case IRP_MJ_WRITE:
    case IRP_MJ_FLUSH_BUFFERS:
        parcel = parcel_make(irp->AssociatedIrp.SystemBuffer, length);
        if (parcel == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeAcquireSpinLock(&pipefs_lock, &irql);
    NTSTATUS status = serve_locked(file, irp, stack, &parcel, finished, out_count);
    KeReleaseSpinLock(&pipefs_lock, irql);
    if (parcel != NULL)
        ExFreePoolWithTag(parcel, PIPEFS_TAG);
    return status;
}

static NTSTATUS NTAPI pipefs_dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG_PTR information = 0;
    struct finished finished;
    (void)DeviceObject;
    finished_init(&finished);
    NTSTATUS status = serve(stack->FileObject, Irp, stack, &finished, &information);
    if (status == STATUS_PENDING) {
        finished_complete(&finished);
        return status;
    }
    if (status == STATUS_CANCELLED)
        (void)IoSetCancelRoutine(Irp, NULL);
    finished_add(&finished, Irp, status, NT_ERROR(status) ? 0 : information);
    finished_complete(&finished);
    /* It may have been marked pending before it was found cancelled. */
    return status == STATUS_CANCELLED ? STATUS_PENDING : status;
}

static NTSTATUS NTAPI pipefs_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UCHAR served[] = {
        IRP_MJ_CREATE,
        IRP_MJ_CREATE_NAMED_PIPE,
        IRP_MJ_CLEANUP,
        IRP_MJ_CLOSE,
        IRP_MJ_READ,
        IRP_MJ_WRITE,
        IRP_MJ_FLUSH_BUFFERS,
        IRP_MJ_QUERY_INFORMATION,
        IRP_MJ_SET_INFORMATION,
        IRP_MJ_QUERY_VOLUME_INFORMATION,
        IRP_MJ_FILE_SYSTEM_CONTROL,
    };
    (void)RegistryPath;
    for (unsigned i = 0; i < sizeof(served); i++)
        DriverObject->MajorFunction[served[i]] = pipefs_dispatch;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL; after io_init
 * Errors:  what device objects and links bring
 */
NTSTATUS pipefs_init(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\NamedPipe");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\GLOBAL??\\PIPE");
    KeInitializeSpinLock(&pipefs_lock);
    pipes_init();
    NTSTATUS status = io_native_driver_create("\\FileSystem\\Npfs", pipefs_entry, &driver);
    if (NT_SUCCESS(status))
        status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_NAMED_PIPE, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return ob_symbolic_link_create(&link, &name);
}

void pipefs_fini(void)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\GLOBAL??\\PIPE");
    if (device != NULL) {
        ob_symbolic_link_delete(&link);
        IoDeleteDevice(device);
    }
    device = NULL;
    if (driver != NULL)
        io_native_driver_destroy(driver);
    driver = NULL;
}
