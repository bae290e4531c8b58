/* SPDX-License-Identifier: MIT */
/* file_information_services_ddi.c - what files are, hold and are called; cancelling. */
#include <string.h>

#include "ex/ex.h"
#include "io/io.h"
#include "mm/mm.h"
#include "ob/dispatcher_types.h"
#include "ps/ps.h"
#include "services.h"

/* ---- requests about information ------------------------------------------------------------- */

/* Sends a request that always waits: information calls are synchronous as far as their
 * caller can tell. buffer is the program's. */
static NTSTATUS information(HANDLE file, PIO_STATUS_BLOCK status_block, void *buffer, ULONG length,
                            bool is_set, struct io_request *request)
{
    request->mode = gate_mode();
    request->user_status = status_block;
    NTSTATUS status = gate_probe_write(status_block, sizeof *status_block, sizeof(ULONG));
    if (NT_SUCCESS(status) && length && request->mode == UserMode)
        status = mm_user_probe(buffer, length, 1, !is_set);
    void *body;
    if (NT_SUCCESS(status))
        status = ob_handle_reference(file, 0, io_file_type, request->mode, &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    request->file = body;
    request->input = is_set ? buffer : NULL;
    request->input_length = is_set ? length : 0;
    request->output = is_set ? NULL : buffer;
    request->output_length = is_set ? 0 : length;
    return io_request_send(request);
}

/* The position of a synchronous file is the file object's, not the driver's. */
static NTSTATUS position(HANDLE file, PIO_STATUS_BLOCK status_block, void *buffer, ULONG length,
                         bool is_set, bool *out_done)
{
    FILE_OBJECT *object;
    *out_done = false;
    FILE_POSITION_INFORMATION value;
    if (length < sizeof value)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status =
        ob_handle_reference(file, 0, io_file_type, gate_mode(), (void **)&object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    *out_done = (object->Flags & FO_SYNCHRONOUS_IO) != 0;
    if (*out_done && is_set) {
        status = gate_copy_in(&value, buffer, sizeof value);
        if (NT_SUCCESS(status) && value.CurrentByteOffset.QuadPart < 0)
            status = STATUS_INVALID_PARAMETER;
        if (NT_SUCCESS(status))
            object->CurrentByteOffset = value.CurrentByteOffset;
    } else if (*out_done) {
        value.CurrentByteOffset = object->CurrentByteOffset;
        status = gate_copy_out(buffer, &value, sizeof value);
    }
    ob_dereference(object);
    if (*out_done && NT_SUCCESS(status)) {
        IO_STATUS_BLOCK outcome = {.Status = STATUS_SUCCESS,
                                   .Information = is_set ? 0 : sizeof value};
        status = gate_copy_out(status_block, &outcome, sizeof outcome);
    }
    return status;
}

/* A port is bound to the file object itself. */
static NTSTATUS completion_bind(HANDLE file, PIO_STATUS_BLOCK status_block, void *buffer,
                                ULONG length)
{
    FILE_COMPLETION_INFORMATION value;
    if (length < sizeof value)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_copy_in(&value, buffer, sizeof value);
    void *object, *port;
    if (NT_SUCCESS(status))
        status = ob_handle_reference(file, 0, io_file_type, gate_mode(), &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_reference(value.Port, IO_COMPLETION_MODIFY_STATE, io_completion_type,
                                 gate_mode(), &port, NULL);
    if (NT_SUCCESS(status)) {
        status = io_completion_bind(object, port, value.Key);
        ob_dereference(port);
    }
    ob_dereference(object);
    IO_STATUS_BLOCK outcome = {.Status = status};
    gate_copy_out(status_block, &outcome, sizeof outcome);
    return status;
}

/* Doc: nf-ntifs-ntqueryinformationfile */
NTSTATUS NTAPI NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                      PVOID FileInformation, ULONG Length,
                                      FILE_INFORMATION_CLASS FileInformationClass)
{
    struct io_request request = {.major = IRP_MJ_QUERY_INFORMATION,
                                 .information_class = FileInformationClass};
    if (FileInformationClass == FilePositionInformation) {
        bool is_done;
        NTSTATUS status =
            position(FileHandle, IoStatusBlock, FileInformation, Length, false, &is_done);
        if (is_done || !NT_SUCCESS(status))
            return status;
    }
    return information(FileHandle, IoStatusBlock, FileInformation, Length, false, &request);
}

/* Doc: nf-ntifs-ntsetinformationfile */
NTSTATUS NTAPI NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                    PVOID FileInformation, ULONG Length,
                                    FILE_INFORMATION_CLASS FileInformationClass)
{
    struct io_request request = {.major = IRP_MJ_SET_INFORMATION,
                                 .information_class = FileInformationClass};
    if (FileInformationClass == FileCompletionInformation)
        return completion_bind(FileHandle, IoStatusBlock, FileInformation, Length);
    if (FileInformationClass == FilePositionInformation) {
        bool is_done;
        NTSTATUS status =
            position(FileHandle, IoStatusBlock, FileInformation, Length, true, &is_done);
        if (is_done || !NT_SUCCESS(status))
            return status;
    }
    return information(FileHandle, IoStatusBlock, FileInformation, Length, true, &request);
}

SERVICE NtQueryVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                     PVOID FsInformation, ULONG Length,
                                     FS_INFORMATION_CLASS FsInformationClass)
{
    struct io_request request = {.major = IRP_MJ_QUERY_VOLUME_INFORMATION,
                                 .information_class = FsInformationClass};
    return information(FileHandle, IoStatusBlock, FsInformation, Length, false, &request);
}

SERVICE NtFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    struct io_request request = {.major = IRP_MJ_FLUSH_BUFFERS};
    return information(FileHandle, IoStatusBlock, NULL, 0, false, &request);
}

SERVICE NtQueryDirectoryFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                             PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                             PVOID FileInformation, ULONG Length,
                             FILE_INFORMATION_CLASS FileInformationClass, BOOLEAN ReturnSingleEntry,
                             PUNICODE_STRING FileName, BOOLEAN RestartScan)
{
    UNICODE_STRING pattern = {0};
    struct io_request request = {.major = IRP_MJ_DIRECTORY_CONTROL,
                                 .minor = IRP_MN_QUERY_DIRECTORY,
                                 .apc = ApcRoutine,
                                 .apc_context = ApcContext,
                                 .information_class = FileInformationClass};
    request.stack_flags =
        (ReturnSingleEntry ? SL_RETURN_SINGLE_ENTRY : 0) | (RestartScan ? SL_RESTART_SCAN : 0);
    NTSTATUS status = STATUS_SUCCESS;
    if (Event)
        status = ob_handle_reference(Event, EVENT_MODIFY_STATE, ob_event_type, gate_mode(),
                                     (void **)&request.event, NULL);
    if (NT_SUCCESS(status) && FileName) {
        status = gate_capture_string(FileName, &pattern);
        request.directory_pattern = &pattern;
    }
    if (NT_SUCCESS(status)) {
        status = information(FileHandle, IoStatusBlock, FileInformation, Length, false, &request);
        request.event = request.file ? NULL : request.event; /* taken once the request was sent */
    }
    if (request.event)
        ob_dereference(request.event);
    gate_release_string(&pattern);
    return status;
}

/* ---- information by name
 * -------------------------------------------------------------------------- */

/* Opens by name for attributes only, asks, closes. */
static NTSTATUS attributes_query(POBJECT_ATTRIBUTES user, FILE_INFORMATION_CLASS kind,
                                 void *out_information, ULONG length)
{
    struct gate_attributes attributes;
    NTSTATUS status = gate_capture_attributes(user, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    attributes.attributes.Attributes |= OBJ_KERNEL_HANDLE;
    struct io_create create = {.access = FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                               .share_access =
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                               .disposition = FILE_OPEN,
                               .options = FILE_SYNCHRONOUS_IO_NONALERT};
    HANDLE handle;
    uint8_t mode = ke_previous_mode_swap(KernelMode);
    status = io_file_create(&attributes.attributes, KernelMode, &create, &handle);
    if (NT_SUCCESS(status)) {
        IO_STATUS_BLOCK outcome;
        status = NtQueryInformationFile(handle, &outcome, out_information, length, kind);
        ob_handle_close(handle, KernelMode);
    }
    ke_previous_mode_swap(mode);
    gate_release_attributes(&attributes);
    return status;
}

SERVICE NtQueryAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                              PFILE_BASIC_INFORMATION FileInformation)
{
    FILE_BASIC_INFORMATION found;
    NTSTATUS status =
        attributes_query(ObjectAttributes, FileBasicInformation, &found, sizeof found);
    return NT_SUCCESS(status) ? gate_copy_out(FileInformation, &found, sizeof found) : status;
}

/* Opens the file to be deleted when it is closed, and closes it.
 *
 * Doc:     nf-ntifs-zwdeletefile
 */
SERVICE NtDeleteFile(POBJECT_ATTRIBUTES ObjectAttributes)
{
    struct gate_attributes attributes;
    NTSTATUS status = gate_capture_attributes(ObjectAttributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    struct io_create create = {.access = DELETE,
                               .share_access =
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                               .disposition = FILE_OPEN,
                               .options = FILE_DELETE_ON_CLOSE};
    HANDLE handle;
    status = io_file_create(&attributes.attributes, gate_mode(), &create, &handle);
    if (NT_SUCCESS(status))
        ob_handle_close(handle, gate_mode());
    gate_release_attributes(&attributes);
    return status;
}

SERVICE NtQueryFullAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                                  PFILE_NETWORK_OPEN_INFORMATION FileInformation)
{
    FILE_NETWORK_OPEN_INFORMATION found;
    NTSTATUS status =
        attributes_query(ObjectAttributes, FileNetworkOpenInformation, &found, sizeof found);
    return NT_SUCCESS(status) ? gate_copy_out(FileInformation, &found, sizeof found) : status;
}

/* ---- cancelling
 * ------------------------------------------------------------------------------------- */

static NTSTATUS cancel(FILE_OBJECT *file, struct process_thread *thread, PIO_STATUS_BLOCK which,
                       PIO_STATUS_BLOCK status_block)
{
    unsigned count = 0;
    io_cancel(ps_process_current(), thread, file, which, &count);
    IO_STATUS_BLOCK outcome = {.Status = count ? STATUS_SUCCESS : STATUS_NOT_FOUND};
    gate_copy_out(status_block, &outcome, sizeof outcome);
    return outcome.Status;
}

/* Cancels what the calling thread has sent. Not finding anything is no error here. */
SERVICE NtCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    void *file;
    NTSTATUS status = gate_probe_write(IoStatusBlock, sizeof *IoStatusBlock, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(FileHandle, 0, io_file_type, gate_mode(), &file, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = cancel(file, ps_thread_current(), NULL, IoStatusBlock);
    ob_dereference(file);
    return status == STATUS_NOT_FOUND ? STATUS_SUCCESS : status;
}

SERVICE NtCancelIoFileEx(HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                         PIO_STATUS_BLOCK IoStatusBlock)
{
    void *file;
    NTSTATUS status = gate_probe_write(IoStatusBlock, sizeof *IoStatusBlock, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(FileHandle, 0, io_file_type, gate_mode(), &file, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = cancel(file, NULL, IoRequestToCancel, IoStatusBlock);
    ob_dereference(file);
    return status;
}

SERVICE NtCancelSynchronousIoFile(HANDLE ThreadHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                                  PIO_STATUS_BLOCK IoStatusBlock)
{
    void *thread;
    NTSTATUS status = gate_probe_write(IoStatusBlock, sizeof *IoStatusBlock, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(ThreadHandle, THREAD_TERMINATE, ps_thread_type, gate_mode(),
                                     &thread, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = cancel(NULL, thread, IoRequestToCancel, IoStatusBlock);
    ob_dereference(thread);
    return status;
}
