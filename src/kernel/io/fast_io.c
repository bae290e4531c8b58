/* SPDX-License-Identifier: MIT */
/* fast_io.c - requests that a driver's fast I/O table serves without an IRP.
 *
 * In: a checked request; out: served, with the driver's status, or not, and then the IRP that
 * nobody has built yet goes its way. The top driver's table is asked first for device control;
 * and for locks; for transfers only when the file has a cache map, for two queries when it is
 * synchronous.
 * The program's buffers are passed as they are: the driver guards its own accesses.
 */
#include "io_internal.h"

#include "callout/callout.h"

/* An entry behind the size that the driver gave its table does not exist. */
#define FAST_ENTRY(table, entry)                                                                 \
    ((table)->SizeOfFastIoDispatch >= offsetof(FAST_IO_DISPATCH, entry) + sizeof((table)->entry) \
         ? (table)->entry                                                                        \
         : NULL)

static bool fast_control(const struct io_request *request, const FAST_IO_DISPATCH *table,
                         PDEVICE_OBJECT device, IO_STATUS_BLOCK *status)
{
    PFAST_IO_DEVICE_CONTROL routine = FAST_ENTRY(table, FastIoDeviceControl);
    struct callout_control control = {
        .input = request->input,
        .output = request->output,
        .input_length = request->input_length,
        .output_length = request->output_length,
        .code = request->control_code,
    };
    return routine != NULL &&
           callout_fast_control(routine, request->file, &control, status, device);
}

static bool fast_transfer(const struct io_request *request, const FAST_IO_DISPATCH *table,
                          PDEVICE_OBJECT device, IO_STATUS_BLOCK *status)
{
    FILE_OBJECT *file = request->file;
    bool is_read = request->major == IRP_MJ_READ;
    const void *routine = is_read ? (const void *)FAST_ENTRY(table, FastIoRead)
                                  : (const void *)FAST_ENTRY(table, FastIoWrite);
    if (routine == NULL || file->PrivateCacheMap == NULL || !file_is_synchronous(file))
        return false;
    LARGE_INTEGER offset = request->offset;
    return callout_fast_transfer(
        routine, file, &offset, is_read ? request->output_length : request->input_length,
        request->key, is_read ? request->output : request->input, status, device);
}

/* The driver fills kernel memory; what it has filled is copied out once. */
static bool fast_query(const struct io_request *request, const FAST_IO_DISPATCH *table,
                       PDEVICE_OBJECT device, IO_STATUS_BLOCK *status)
{
    union {
        FILE_BASIC_INFORMATION basic;
        FILE_STANDARD_INFORMATION standard;
    } answer = {0};
    bool is_basic = request->information_class == FileBasicInformation;
    size_t length = is_basic ? sizeof(answer.basic) : sizeof(answer.standard);
    const void *routine = is_basic ? (const void *)FAST_ENTRY(table, FastIoQueryBasicInfo)
                                   : (const void *)FAST_ENTRY(table, FastIoQueryStandardInfo);
    if (!is_basic && request->information_class != FileStandardInformation)
        return false;
    if (routine == NULL || !file_is_synchronous(request->file) || request->output_length < length)
        return false;
    if (!callout_fast_query(routine, request->file, &answer, status, device))
        return false;
    if (NT_SUCCESS(status->Status)) {
        NTSTATUS copied = mm_user_copy(request->output, &answer, length);
        if (!NT_SUCCESS(copied))
            status->Status = copied;
    }
    return true;
}

/* Its arguments are in kernel memory as the driver expects. */
static bool fast_lock(const struct io_request *request, const FAST_IO_DISPATCH *table,
                      PDEVICE_OBJECT device, IO_STATUS_BLOCK *status)
{
    LARGE_INTEGER offset = request->offset, length = request->range_length;
    bool is_lock = request->minor == IRP_MN_LOCK;
    const void *routine = is_lock ? (const void *)FAST_ENTRY(table, FastIoLock)
                                  : (const void *)FAST_ENTRY(table, FastIoUnlockSingle);
    if (routine == NULL || (!is_lock && request->minor != IRP_MN_UNLOCK_SINGLE))
        return false;
    uint64_t arguments[9] = {(uintptr_t)request->file, (uintptr_t)&offset, (uintptr_t)&length,
                             (uintptr_t)ps_process_current(), request->key};
    if (!is_lock) {
        arguments[5] = (uintptr_t)status;
        arguments[6] = (uintptr_t)device;
        return (BOOLEAN)callout_invoke(routine, arguments, 7) != FALSE;
    }
    arguments[5] = (request->stack_flags & SL_FAIL_IMMEDIATELY) != 0;
    arguments[6] = (request->stack_flags & SL_EXCLUSIVE_LOCK) != 0;
    arguments[7] = (uintptr_t)status;
    arguments[8] = (uintptr_t)device;
    return (BOOLEAN)callout_invoke(routine, arguments, 9) != FALSE;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows request; a position is in its offset already
 * Doc:     wdm.h FAST_IO_DISPATCH; ntifs.h FsRtlCopyRead (when the I/O manager asks)
 * Differs: opens and the other entries are not asked; no exception is caught here
 */
bool io_fast_serve(const struct io_request *request, IO_STATUS_BLOCK *out_status)
{
    PDEVICE_OBJECT device = file_top(request->file);
    const FAST_IO_DISPATCH *table = device->DriverObject->FastIoDispatch;
    *out_status = (IO_STATUS_BLOCK){0};
    if (table == NULL || request->apc != NULL)
        return false;
    switch (request->major) {
    case IRP_MJ_DEVICE_CONTROL:
        return fast_control(request, table, device, out_status);
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
        return fast_transfer(request, table, device, out_status);
    case IRP_MJ_QUERY_INFORMATION:
        return fast_query(request, table, device, out_status);
    case IRP_MJ_LOCK_CONTROL:
        return fast_lock(request, table, device, out_status);
    default:
        return false;
    }
}
