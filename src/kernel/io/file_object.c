/* SPDX-License-Identifier: MIT */
/* file_object.c - open files: the type, the order of requests on a synchronous one, and the
 * information that the I/O manager keeps itself.
 *
 * A file is made by file_create.c and ended by file_close.c; between, whoever uses it has a
 * reference. Invariant: on a synchronous file at most one request is on its way.
 */
#include "io_internal.h"

#include <string.h>

struct object_type *io_file_type;

/* ---- the type ---------------------------------------------------------------------------- */

static void file_handle_closed(void *process, void *body, ACCESS_MASK granted,
                               uint64_t process_handles, uint64_t system_handles)
{
    FILE_OBJECT *file = body;
    (void)granted;
    if (system_handles == 0)
        file_cleanup(file);
    else if (process_handles == 0 && file->LockOperation)
        file_unlock_all(file, process);
}

/* A name relative to an open file is its driver's to understand. */
static NTSTATUS file_parse(void *body, struct ob_parse *parse, UNICODE_STRING *out_name,
                           void **out_body)
{
    FILE_OBJECT *related = body;
    if (parse->wanted != io_file_type || parse->context == NULL) {
        if (parse->remaining.Length != 0)
            return STATUS_OBJECT_TYPE_MISMATCH;
        ob_reference(body);
        *out_body = body;
        return STATUS_SUCCESS;
    }
    return file_open_device(related->DeviceObject, related, parse, parse->context, out_name,
                            out_body);
}

static DISPATCHER_HEADER *file_waitable(void *body)
{
    return &((FILE_OBJECT *)body)->Event.Header;
}

/* The device's name with the file's own behind it. */
static NTSTATUS file_query_name(const void *body, UNICODE_STRING *out_name)
{
    const FILE_OBJECT *file = body;
    UNICODE_STRING device = {0};
    NTSTATUS status = ob_name_of(device_of(file->DeviceObject), &device);
    if (!NT_SUCCESS(status))
        return status;
    size_t bytes = (size_t)device.Length + file->FileName.Length;
    WCHAR *buffer = NULL;
    if (bytes + sizeof(WCHAR) > 0xfffe)
        status = STATUS_NAME_TOO_LONG;
    else if ((buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), IO_TAG_NAME)) ==
             NULL)
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (buffer != NULL) {
        if (device.Length != 0)
            memcpy(buffer, device.Buffer, device.Length);
        if (file->FileName.Length != 0)
            memcpy((char *)buffer + device.Length, file->FileName.Buffer, file->FileName.Length);
        *out_name = (UNICODE_STRING){(USHORT)bytes, (USHORT)(bytes + sizeof(WCHAR)), buffer};
    }
    if (device.Buffer != NULL)
        RtlFreeUnicodeString(&device);
    return status;
}

/* A file object is opened for what it is opened for: no copy of a handle may do more. */
static ACCESS_MASK file_limit(const void *body)
{
    return file_of((FILE_OBJECT *)body)->granted;
}

NTSTATUS file_type_create(void)
{
    static const struct object_type_ops ops = {
        .delete_body = file_close,
        .close_handle = file_handle_closed,
        .parse = file_parse,
        .waitable = file_waitable,
        .query_name = file_query_name,
        .user_limit = file_limit,
        .mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS},
        .valid_access = FILE_ALL_ACCESS,
    };
    return ob_type_create("File", &ops, &io_file_type);
}

/* ---- one request at a time on a synchronous file ------------------------------------------------
 */

/* The thread that opened a file mostly is the only one that uses it. It locks by a store to
 * lock_held, as long as no other thread has come; the first that comes says so for ever, and
 * passes the heavy half of a barrier, so that it sees the owner's store or is seen by it. */
enum { FILE_OWNED, FILE_SHARING, FILE_SHARED };

static void file_wake(FILE_OBJECT *file)
{
    host_fence_light(); /* who waits has passed the heavy half since it counted itself */
    if (__builtin_expect(*(volatile ULONG *)&file->Waiters != 0, 0))
        KeSetEvent(&file->Lock, IO_NO_INCREMENT, FALSE);
}

static bool file_lock_own(FILE_OBJECT *file)
{
    struct file *ours = file_of(file);
    if (atomic_load_explicit(&ours->lock_held, memory_order_relaxed))
        return false; /* its own request waits for a second one of its own: no way out */
    atomic_store_explicit(&ours->lock_held, true, memory_order_relaxed);
    host_fence_light();
    if (__builtin_expect(atomic_load_explicit(&ours->sharing, memory_order_relaxed) == FILE_OWNED,
                         1))
        return true;
    atomic_store_explicit(&ours->lock_held, false, memory_order_release);
    file_wake(file);
    return false;
}

static bool file_lock_try(FILE_OBJECT *file)
{
    return !atomic_load(&file_of(file)->lock_held) &&
           InterlockedExchange((volatile LONG *)&file->Busy, TRUE) == FALSE;
}

static __attribute__((noinline)) NTSTATUS file_lock_shared(FILE_OBJECT *file, KPROCESSOR_MODE mode)
{
    struct file *ours = file_of(file);
    if (atomic_load_explicit(&ours->sharing, memory_order_acquire) != FILE_SHARED) {
        uint32_t owned = FILE_OWNED;
        atomic_compare_exchange_strong(&ours->sharing, &owned, FILE_SHARING);
        host_fence_heavy(); /* whoever comes before it was passed passes one too */
        atomic_store_explicit(&ours->sharing, FILE_SHARED, memory_order_release);
    }
    if (file_lock_try(file))
        return STATUS_SUCCESS;
    NTSTATUS status = STATUS_SUCCESS;
    InterlockedIncrement((volatile LONG *)&file->Waiters);
    host_fence_heavy();
    while (!file_lock_try(file)) {
        status = KeWaitForSingleObject(&file->Lock, Executive, mode,
                                       (file->Flags & FO_ALERTABLE_IO) != 0, NULL);
        if (status != STATUS_SUCCESS)
            break;
    }
    InterlockedDecrement((volatile LONG *)&file->Waiters);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_THREAD_IS_TERMINATING, STATUS_USER_APC, STATUS_ALERTED: not locked
 */
NTSTATUS file_lock(FILE_OBJECT *file, KPROCESSOR_MODE mode)
{
    if (file_of(file)->lock_owner == ke_thread_current() && file_lock_own(file))
        return STATUS_SUCCESS;
    return file_lock_shared(file, mode);
}

void file_unlock(FILE_OBJECT *file)
{
    struct file *ours = file_of(file);
    if (ours->lock_owner == ke_thread_current() &&
        atomic_load_explicit(&ours->lock_held, memory_order_relaxed))
        atomic_store_explicit(&ours->lock_held, false, memory_order_release);
    else
        __atomic_store_n(&file->Busy, FALSE, __ATOMIC_RELEASE);
    file_wake(file);
}

/* ---- information that needs no driver
 * ---------------------------------------------------------------- */

/* What a query hands out, built here and copied once. */
union file_answer {
    FILE_POSITION_INFORMATION position;
    FILE_MODE_INFORMATION mode;
    FILE_ACCESS_INFORMATION access;
    FILE_ALIGNMENT_INFORMATION alignment;
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION notification;
};

static ULONG file_mode(const FILE_OBJECT *file)
{
    ULONG mode = 0;
    if (file->Flags & FO_WRITE_THROUGH)
        mode |= FILE_WRITE_THROUGH;
    if (file->Flags & FO_SEQUENTIAL_ONLY)
        mode |= FILE_SEQUENTIAL_ONLY;
    if (file->Flags & FO_NO_INTERMEDIATE_BUFFERING)
        mode |= FILE_NO_INTERMEDIATE_BUFFERING;
    if (file->Flags & FO_SYNCHRONOUS_IO)
        mode |= file->Flags & FO_ALERTABLE_IO ? FILE_SYNCHRONOUS_IO_ALERT
                                              : FILE_SYNCHRONOUS_IO_NONALERT;
    return mode;
}

/* 0: not a class of ours for this file. */
static size_t file_answer_fill(const FILE_OBJECT *file, ULONG kind, union file_answer *answer)
{
    switch (kind) {
    case FilePositionInformation:
        if (!file_is_synchronous(file))
            return 0;
        answer->position.CurrentByteOffset = file->CurrentByteOffset;
        return sizeof(answer->position);
    case FileModeInformation:
        answer->mode.Mode = file_mode(file);
        return sizeof(answer->mode);
    case FileAccessInformation:
        answer->access.AccessFlags = file_of(file)->granted;
        return sizeof(answer->access);
    case FileAlignmentInformation:
        answer->alignment.AlignmentRequirement = file->DeviceObject->AlignmentRequirement;
        return sizeof(answer->alignment);
    case FileIoCompletionNotificationInformation:
        answer->notification.Flags =
            (file->Flags & FO_SKIP_COMPLETION_PORT ? FILE_SKIP_COMPLETION_PORT_ON_SUCCESS : 0) |
            (file->Flags & FO_SKIP_SET_EVENT ? FILE_SKIP_SET_EVENT_ON_HANDLE : 0);
        return sizeof(answer->notification);
    default:
        return 0;
    }
}

static bool file_query(const struct io_request *request, NTSTATUS *out_status,
                       ULONG_PTR *out_information)
{
    union file_answer answer = {0};
    size_t length = file_answer_fill(request->file, request->information_class, &answer);
    if (length == 0)
        return false;
    if (request->output_length < length) {
        *out_status = STATUS_INFO_LENGTH_MISMATCH;
        return true;
    }
    *out_status = mm_user_copy(request->output, &answer, length);
    *out_information = length;
    return true;
}

static NTSTATUS file_set_position(FILE_OBJECT *file, const struct io_request *request)
{
    FILE_POSITION_INFORMATION position;
    if (request->input_length < sizeof(position))
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = mm_user_copy(&position, request->input, sizeof(position));
    if (!NT_SUCCESS(status))
        return status;
    if (position.CurrentByteOffset.QuadPart < 0)
        return STATUS_INVALID_PARAMETER;
    file->CurrentByteOffset = position.CurrentByteOffset;
    return STATUS_SUCCESS;
}

static NTSTATUS file_set_notification(FILE_OBJECT *file, const struct io_request *request)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION notification;
    if (request->input_length < sizeof(notification))
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = mm_user_copy(&notification, request->input, sizeof(notification));
    if (!NT_SUCCESS(status))
        return status;
    /* Set once set: nothing takes these modes back, as documented. */
    if (notification.Flags & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)
        file->Flags |= FO_SKIP_COMPLETION_PORT;
    if (notification.Flags & FILE_SKIP_SET_EVENT_ON_HANDLE)
        file->Flags |= FO_SKIP_SET_EVENT;
    return STATUS_SUCCESS;
}

/* What kind of device it is knows its object; only a file system may know better.
 * Doc: ntifs.h FILE_FS_DEVICE_INFORMATION */
static bool file_query_device(const struct io_request *request, NTSTATUS *out_status,
                              ULONG_PTR *out_information)
{
    PDEVICE_OBJECT device = request->file->DeviceObject;
    FILE_FS_DEVICE_INFORMATION answer = {device->DeviceType, device->Characteristics};
    if (request->information_class != FileFsDeviceInformation || request->file->Vpb != NULL ||
        device->DriverObject->MajorFunction[IRP_MJ_QUERY_VOLUME_INFORMATION] !=
            driver_default_dispatch())
        return false;
    if (request->output_length < sizeof(answer)) {
        *out_status = STATUS_INFO_LENGTH_MISMATCH;
        return true;
    }
    *out_status = mm_user_copy(request->output, &answer, sizeof(answer));
    *out_information = sizeof(answer);
    return true;
}

bool file_information_serve(const struct io_request *request, NTSTATUS *out_status,
                            ULONG_PTR *out_information)
{
    FILE_OBJECT *file = request->file;
    if (request->major == IRP_MJ_QUERY_INFORMATION)
        return file_query(request, out_status, out_information);
    if (request->major == IRP_MJ_QUERY_VOLUME_INFORMATION)
        return file_query_device(request, out_status, out_information);
    if (request->major != IRP_MJ_SET_INFORMATION)
        return false;
    if (request->information_class == FilePositionInformation && file_is_synchronous(file)) {
        *out_status = file_set_position(file, request);
        return true;
    }
    if (request->information_class == FileIoCompletionNotificationInformation) {
        *out_status = file_set_notification(file, request);
        return true;
    }
    return false;
}
