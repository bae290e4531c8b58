/* SPDX-License-Identifier: MIT */
/* file_services_ddi.c - open, read, write, control.
 *
 * Check: arguments captured once, buffers probed, handles turned into references, access
 * held against the handle's. Commit: one call into io, which cannot be refused any more.
 */
#include <string.h>

#include "base/trace.h"
#include "ex/ex.h"
#include "io/io.h"
#include "mm/mm.h"
#include "ob/dispatcher_types.h"
#include "ps/ps.h"
#include "services.h"

NTSTATUS NTAPI NtCreateNamedPipeFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                     PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                     ULONG CreateDisposition, ULONG CreateOptions,
                                     ULONG NamedPipeType, ULONG ReadMode, ULONG CompletionMode,
                                     ULONG MaximumInstances, ULONG InboundQuota,
                                     ULONG OutboundQuota, PLARGE_INTEGER DefaultTimeout);

/* ---- create -------------------------------------------------------------------------------- */

static NTSTATUS ea_capture(const void *user, ULONG length, void **out_buffer)
{
    *out_buffer = NULL;
    if (!user || !length)
        return STATUS_SUCCESS;
    void *buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, length, 'aEIG');
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = gate_copy_in(buffer, user, length);
    if (!NT_SUCCESS(status))
        ExFreePoolWithTag(buffer, 'aEIG');
    else
        *out_buffer = buffer;
    return status;
}

static NTSTATUS create_check(const struct io_create *create, PHANDLE handle,
                             PIO_STATUS_BLOCK status_block)
{
    const ULONG synchronous = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;
    if (create->disposition > FILE_MAXIMUM_DISPOSITION ||
        create->options & ~(ULONG)FILE_VALID_OPTION_FLAGS ||
        create->share_access & ~(ULONG)FILE_SHARE_VALID_FLAGS)
        return STATUS_INVALID_PARAMETER;
    if ((create->options & synchronous) == synchronous)
        return STATUS_INVALID_PARAMETER;
    if (create->options & synchronous &&
        !(create->access & (SYNCHRONIZE | GENERIC_ALL | MAXIMUM_ALLOWED)))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = gate_probe_write(handle, sizeof *handle, sizeof(ULONG));
    return NT_SUCCESS(status) ? gate_probe_write(status_block, sizeof *status_block, sizeof(ULONG))
                              : status;
}

/* Opens what captured arguments describe and tells handle and outcome. */
static NTSTATUS create_commit(struct io_create *create, const struct gate_attributes *attributes,
                              PHANDLE handle, PIO_STATUS_BLOCK status_block)
{
    HANDLE opened = NULL;
    NTSTATUS status = io_file_create(&attributes->attributes, gate_mode(), create, &opened);
    IO_STATUS_BLOCK outcome = create->status;
    outcome.Status = status;
    gate_copy_out(status_block, &outcome, sizeof outcome);
    if (NT_SUCCESS(status) && !NT_SUCCESS(gate_copy_out(handle, &opened, sizeof opened))) {
        ob_handle_close(opened, gate_mode());
        status = STATUS_ACCESS_VIOLATION;
    }
    return status;
}

/* Doc: nf-ntifs-ntcreatefile */
NTSTATUS NTAPI NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                            ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
                            ULONG EaLength)
{
    struct gate_attributes attributes = {0};
    struct io_create create = {.access = DesiredAccess,
                               .file_attributes = FileAttributes,
                               .share_access = ShareAccess,
                               .disposition = CreateDisposition,
                               .options = CreateOptions,
                               .ea_length = EaLength};
    NTSTATUS status = create_check(&create, FileHandle, IoStatusBlock);
    if (NT_SUCCESS(status) && AllocationSize)
        status =
            gate_copy_in(&create.allocation_size, AllocationSize, sizeof create.allocation_size);
    if (NT_SUCCESS(status))
        status = ea_capture(EaBuffer, EaLength, &create.ea_buffer);
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(ObjectAttributes, &attributes);
    if (NT_SUCCESS(status))
        status = create_commit(&create, &attributes, FileHandle, IoStatusBlock);
    gate_release_attributes(&attributes);
    if (create.ea_buffer)
        ExFreePoolWithTag(create.ea_buffer, 'aEIG');
    return status;
}

/* Doc: nf-ntifs-ntopenfile */
NTSTATUS NTAPI NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                          POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                          ULONG ShareAccess, ULONG OpenOptions)
{
    return NtCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, NULL, 0,
                        ShareAccess, FILE_OPEN, OpenOptions, NULL, 0);
}

/* What `ntdll` calls for CreateNamedPipe; its arguments are those of the create request.
 * Doc: NAMED_PIPE_CREATE_PARAMETERS (wdm.h) */
NTSTATUS NTAPI NtCreateNamedPipeFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                     PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                     ULONG CreateDisposition, ULONG CreateOptions,
                                     ULONG NamedPipeType, ULONG ReadMode, ULONG CompletionMode,
                                     ULONG MaximumInstances, ULONG InboundQuota,
                                     ULONG OutboundQuota, PLARGE_INTEGER DefaultTimeout)
{
    struct gate_attributes attributes = {0};
    NAMED_PIPE_CREATE_PARAMETERS parameters = {.NamedPipeType = NamedPipeType,
                                               .ReadMode = ReadMode,
                                               .CompletionMode = CompletionMode,
                                               .MaximumInstances = MaximumInstances,
                                               .InboundQuota = InboundQuota,
                                               .OutboundQuota = OutboundQuota,
                                               .TimeoutSpecified = DefaultTimeout != NULL};
    struct io_create create = {.access = DesiredAccess,
                               .share_access = ShareAccess,
                               .disposition = CreateDisposition,
                               .options = CreateOptions,
                               .major = IRP_MJ_CREATE_NAMED_PIPE,
                               .parameters = &parameters};
    NTSTATUS status = create_check(&create, FileHandle, IoStatusBlock);
    if (NT_SUCCESS(status) && DefaultTimeout)
        status = gate_copy_in(&parameters.DefaultTimeout, DefaultTimeout, sizeof *DefaultTimeout);
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(ObjectAttributes, &attributes);
    if (NT_SUCCESS(status))
        status = create_commit(&create, &attributes, FileHandle, IoStatusBlock);
    gate_release_attributes(&attributes);
    return status;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

NTSTATUS gate_request_check(HANDLE file, HANDLE event, PIO_STATUS_BLOCK status_block,
                            ACCESS_MASK access, struct io_request *request,
                            ACCESS_MASK *out_granted)
{
    KPROCESSOR_MODE mode = ke_previous_mode();
    NTSTATUS status = STATUS_SUCCESS;
    request->mode = mode;
    request->user_status = status_block;
    if (mode != KernelMode)
        status = mm_user_probe(status_block, sizeof *status_block, sizeof(ULONG), true);
    if (!NT_SUCCESS(status))
        return status;
    void *body;
    status = ob_handle_reference(file, access, io_file_type, request->mode, &body, out_granted);
    if (!NT_SUCCESS(status))
        return status;
    request->file = body;
    if (event) {
        void *event_body;
        status = ob_handle_reference(event, EVENT_MODIFY_STATE, ob_event_type, request->mode,
                                     &event_body, NULL);
        if (NT_SUCCESS(status))
            request->event = event_body;
    }
    /* A port and an APC cannot both be told. */
    if (NT_SUCCESS(status) && request->apc && request->file->CompletionContext)
        status = STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(status))
        ob_dereference(body);
    return status;
}

void gate_request_release(struct io_request *request)
{
    ob_dereference(request->file);
    if (request->event)
        ob_dereference(request->event);
}

static NTSTATUS buffer_probe(const struct io_request *request, void *buffer, ULONG length,
                             bool for_write)
{
    return request->mode == KernelMode || !length ? STATUS_SUCCESS
                                                  : mm_user_probe(buffer, length, 1, for_write);
}

/* Where a transfer begins: the given offset, or the file's own position. */
static NTSTATUS offset_capture(struct io_request *request, PLARGE_INTEGER user)
{
    bool is_synchronous = (request->file->Flags & FO_SYNCHRONOUS_IO) != 0;
    if (user) {
        NTSTATUS status = gate_copy_in(&request->offset, user, sizeof request->offset);
        if (!NT_SUCCESS(status))
            return status;
        bool is_current = request->offset.HighPart == -1 &&
                          request->offset.LowPart == FILE_USE_FILE_POINTER_POSITION;
        if (!is_current)
            return STATUS_SUCCESS;
    }
    if (!is_synchronous)
        return user ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    request->offset = request->file->CurrentByteOffset;
    return STATUS_SUCCESS;
}

static NTSTATUS transfer(HANDLE file, HANDLE event, PIO_STATUS_BLOCK status_block,
                         PLARGE_INTEGER offset, PULONG key, struct io_request *request)
{
    bool is_read = request->major == IRP_MJ_READ;
    ACCESS_MASK needed = is_read ? FILE_READ_DATA : 0, granted;
    NTSTATUS status = gate_request_check(file, event, status_block, needed, request, &granted);
    if (!NT_SUCCESS(status))
        return status;
    if (!is_read && !(granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) && request->mode == UserMode)
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status))
        status = is_read ? buffer_probe(request, request->output, request->output_length, true)
                         : buffer_probe(request, request->input, request->input_length, false);
    if (NT_SUCCESS(status))
        status = offset_capture(request, offset);
    if (NT_SUCCESS(status) && key)
        status = gate_copy_in(&request->key, key, sizeof request->key);
    if (!NT_SUCCESS(status)) {
        gate_request_release(request);
        return status;
    }
    return io_request_send(request);
}

/* Doc: nf-ntifs-ntreadfile */
NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                          ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct io_request request = {.major = IRP_MJ_READ,
                                 .apc = ApcRoutine,
                                 .apc_context = ApcContext,
                                 .output = Buffer,
                                 .output_length = Length};
    return transfer(FileHandle, Event, IoStatusBlock, ByteOffset, Key, &request);
}

/* Doc: nf-ntifs-ntwritefile */
NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                           PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                           ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct io_request request = {.major = IRP_MJ_WRITE,
                                 .apc = ApcRoutine,
                                 .apc_context = ApcContext,
                                 .input = Buffer,
                                 .input_length = Length};
    return transfer(FileHandle, Event, IoStatusBlock, ByteOffset, Key, &request);
}

/* The access bits in a control code, held against what the handle was granted. */
static NTSTATUS control_access_check(ULONG code, ACCESS_MASK granted)
{
    ULONG needed = code >> 14 & 3;
    if (needed & FILE_READ_ACCESS && !(granted & FILE_READ_DATA))
        return STATUS_ACCESS_DENIED;
    if (needed & FILE_WRITE_ACCESS && !(granted & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* What can be said of the buffers before the driver: METHOD_NEITHER is the driver's own
 * business, a direct buffer is checked when its pages are locked. */
static NTSTATUS control_buffers_check(const struct io_request *request)
{
    ULONG method = request->control_code & 3;
    if (method == METHOD_NEITHER)
        return STATUS_SUCCESS;
    NTSTATUS status = buffer_probe(request, request->input, request->input_length, false);
    if (NT_SUCCESS(status) && method == METHOD_BUFFERED)
        status = buffer_probe(request, request->output, request->output_length, true);
    return status;
}

static NTSTATUS control(HANDLE file, HANDLE event, PIO_STATUS_BLOCK status_block,
                        struct io_request *request)
{
    ACCESS_MASK granted;
    NTSTATUS status = gate_request_check(file, event, status_block, 0, request, &granted);
    if (!NT_SUCCESS(status))
        return status;
    if (request->mode == UserMode)
        status = control_access_check(request->control_code, granted);
    if (NT_SUCCESS(status))
        status = control_buffers_check(request);
    if (!NT_SUCCESS(status)) {
        gate_request_release(request);
        return status;
    }
    trace_point(TRACE_CONTROL_CHECKED, request->file, request->control_code,
                (uint64_t)request->input_length << 32 | request->output_length);
    return io_request_send(request);
}

/* Doc: nf-ntifs-ntdeviceiocontrolfile */
NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                     PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG IoControlCode, PVOID InputBuffer,
                                     ULONG InputBufferLength, PVOID OutputBuffer,
                                     ULONG OutputBufferLength)
{
    struct io_request request = {.major = IRP_MJ_DEVICE_CONTROL,
                                 .apc = ApcRoutine,
                                 .apc_context = ApcContext,
                                 .control_code = IoControlCode,
                                 .input = InputBuffer,
                                 .input_length = InputBufferLength,
                                 .output = OutputBuffer,
                                 .output_length = OutputBufferLength};
    return control(FileHandle, Event, IoStatusBlock, &request);
}

uint64_t gate_device_control(const uint64_t *args)
{
    struct io_request request = {.major = IRP_MJ_DEVICE_CONTROL,
                                 .apc = (PIO_APC_ROUTINE)args[2],
                                 .apc_context = (PVOID)args[3],
                                 .control_code = (ULONG)args[5],
                                 .input = (PVOID)args[6],
                                 .input_length = (ULONG)args[7],
                                 .output = (PVOID)args[8],
                                 .output_length = (ULONG)args[9]};
    return (uint32_t)control((HANDLE)args[0], (HANDLE)args[1], (PIO_STATUS_BLOCK)args[4], &request);
}

/* Doc: nf-ntifs-ntfscontrolfile */
NTSTATUS NTAPI NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                               PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                               ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength,
                               PVOID OutputBuffer, ULONG OutputBufferLength)
{
    struct io_request request = {.major = IRP_MJ_FILE_SYSTEM_CONTROL,
                                 .minor = IRP_MN_USER_FS_REQUEST,
                                 .apc = ApcRoutine,
                                 .apc_context = ApcContext,
                                 .control_code = FsControlCode,
                                 .input = InputBuffer,
                                 .input_length = InputBufferLength,
                                 .output = OutputBuffer,
                                 .output_length = OutputBufferLength};
    return control(FileHandle, Event, IoStatusBlock, &request);
}
