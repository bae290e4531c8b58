/* SPDX-License-Identifier: MIT */
/* io_ddi.c - entries that format a request for a target, or send one and wait.
 *
 * The formats take WDFMEMORY with offsets and run at <= DISPATCH_LEVEL; the synchronous entries
 * take memory descriptors, make a request of their own when the driver gives none, and need
 * PASSIVE_LEVEL.
 */
#include "target_internal.h"

#include <wdf_entries.h>

static NTSTATUS format_io(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target, WDFREQUEST request,
                          UCHAR major, WDFMEMORY memory, PWDFMEMORY_OFFSET range,
                          const LONGLONG *offset)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_buffer buffer;
    NTSTATUS status;

    status = fx_buffer_of_memory(globals, memory, range, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    return fx_format_io(fx_target_of(globals, target), fx_request_of(globals, request), major,
                        &buffer, offset);
}

NTSTATUS NTAPI imp_WdfIoTargetFormatRequestForRead(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target,
                                                   WDFREQUEST request, WDFMEMORY memory,
                                                   PWDFMEMORY_OFFSET range, PLONGLONG offset)
{
    return format_io(abi, target, request, IRP_MJ_READ, memory, range, offset);
}

NTSTATUS NTAPI imp_WdfIoTargetFormatRequestForWrite(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target,
                                                    WDFREQUEST request, WDFMEMORY memory,
                                                    PWDFMEMORY_OFFSET range, PLONGLONG offset)
{
    return format_io(abi, target, request, IRP_MJ_WRITE, memory, range, offset);
}

static NTSTATUS format_control(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target, WDFREQUEST request,
                               ULONG code, BOOLEAN is_internal, const WDFMEMORY memories[2],
                               const PWDFMEMORY_OFFSET ranges[2])
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_buffer in, out;
    NTSTATUS status;

    status = fx_buffer_of_memory(globals, memories[0], ranges[0], &in);
    if (NT_SUCCESS(status))
        status = fx_buffer_of_memory(globals, memories[1], ranges[1], &out);
    if (!NT_SUCCESS(status))
        return status;
    return fx_format_control(fx_target_of(globals, target), fx_request_of(globals, request), code,
                             is_internal, &in, &out);
}

NTSTATUS NTAPI imp_WdfIoTargetFormatRequestForIoctl(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target,
                                                    WDFREQUEST request, ULONG code, WDFMEMORY in,
                                                    PWDFMEMORY_OFFSET in_range, WDFMEMORY out,
                                                    PWDFMEMORY_OFFSET out_range)
{
    const WDFMEMORY memories[2] = {in, out};
    const PWDFMEMORY_OFFSET ranges[2] = {in_range, out_range};

    return format_control(abi, target, request, code, FALSE, memories, ranges);
}

NTSTATUS NTAPI imp_WdfIoTargetFormatRequestForInternalIoctl(
    PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target, WDFREQUEST request, ULONG code, WDFMEMORY in,
    PWDFMEMORY_OFFSET in_range, WDFMEMORY out, PWDFMEMORY_OFFSET out_range)
{
    const WDFMEMORY memories[2] = {in, out};
    const PWDFMEMORY_OFFSET ranges[2] = {in_range, out_range};

    return format_control(abi, target, request, code, TRUE, memories, ranges);
}

NTSTATUS NTAPI imp_WdfIoTargetFormatRequestForInternalIoctlOthers(
    PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target, WDFREQUEST request, ULONG code,
    WDFMEMORY argument1, PWDFMEMORY_OFFSET range1, WDFMEMORY argument2, PWDFMEMORY_OFFSET range2,
    WDFMEMORY argument4, PWDFMEMORY_OFFSET range4)
{
    struct fx_globals *globals = fx_globals_of(abi);
    const WDFMEMORY memories[3] = {argument1, argument2, argument4};
    const PWDFMEMORY_OFFSET ranges[3] = {range1, range2, range4};
    struct fx_buffer arguments[3];
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    for (i = 0; i < 3 && NT_SUCCESS(status); i++)
        status = fx_buffer_of_memory(globals, memories[i], ranges[i], &arguments[i]);
    if (!NT_SUCCESS(status))
        return status;
    return fx_format_others(fx_target_of(globals, target), fx_request_of(globals, request), code,
                            arguments);
}

/* ---- synchronous --------------------------------------------------------------------------- */

struct exchange {
    struct fx_globals *globals;
    struct fx_target *target;
    WDFREQUEST handle; /* of the driver's request, or NULL */
    struct fx_request *request;
    const WDF_REQUEST_SEND_OPTIONS *options;
    struct fx_buffer buffers[3];
};

/* Everything that may be wrong before a request is touched. */
static NTSTATUS exchange_begin(PWDF_DRIVER_GLOBALS abi, const char *entry, WDFIOTARGET target,
                               WDFREQUEST handle, const WDF_REQUEST_SEND_OPTIONS *options,
                               const PWDF_MEMORY_DESCRIPTOR descriptors[3],
                               struct exchange *out_exchange)
{
    struct fx_globals *globals = fx_globals_of(abi);
    NTSTATUS status;
    ULONG i;

    out_exchange->globals = globals;
    out_exchange->target = fx_target_of(globals, target);
    out_exchange->handle = handle;
    out_exchange->options = options;
    status = fx_passive_check(globals, entry);
    if (NT_SUCCESS(status))
        status = fx_options_check(globals, options);
    if (NT_SUCCESS(status) && options != NULL &&
        (options->Flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET)) {
        fx_log(globals, FX_LOG_ERROR, "%s waits: send-and-forget cannot be asked for", entry);
        status = STATUS_INVALID_PARAMETER;
    }
    for (i = 0; i < 3 && NT_SUCCESS(status); i++)
        status = fx_buffer_of_descriptor(globals, descriptors[i], &out_exchange->buffers[i]);
    if (NT_SUCCESS(status))
        status = fx_wait_request(out_exchange->target, handle, &out_exchange->request);
    return status;
}

/* Sends what was formatted, if it was, and gives the request back. */
static NTSTATUS exchange_end(struct exchange *exchange, NTSTATUS status, PULONG_PTR out_bytes)
{
    if (NT_SUCCESS(status)) {
        status = fx_send_wait(exchange->target, exchange->request, exchange->options, FALSE, NULL);
        if (out_bytes != NULL)
            *out_bytes = exchange->request->irp->IoStatus.Information;
    }
    fx_wait_request_done(exchange->request, exchange->handle);
    return status;
}

static NTSTATUS send_io(PWDF_DRIVER_GLOBALS abi, const char *entry, WDFIOTARGET target,
                        WDFREQUEST handle, PWDF_MEMORY_DESCRIPTOR descriptor, UCHAR major,
                        const LONGLONG *offset, const WDF_REQUEST_SEND_OPTIONS *options,
                        PULONG_PTR out_bytes)
{
    const PWDF_MEMORY_DESCRIPTOR descriptors[3] = {descriptor};
    struct exchange exchange;
    NTSTATUS status;

    status = exchange_begin(abi, entry, target, handle, options, descriptors, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_format_io(exchange.target, exchange.request, major, &exchange.buffers[0], offset);
    return exchange_end(&exchange, status, out_bytes);
}

NTSTATUS NTAPI imp_WdfIoTargetSendReadSynchronously(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target,
                                                    WDFREQUEST request,
                                                    PWDF_MEMORY_DESCRIPTOR buffer, PLONGLONG offset,
                                                    PWDF_REQUEST_SEND_OPTIONS options,
                                                    PULONG_PTR out_bytes)
{
    return send_io(abi, "WdfIoTargetSendReadSynchronously", target, request, buffer, IRP_MJ_READ,
                   offset, options, out_bytes);
}

NTSTATUS NTAPI imp_WdfIoTargetSendWriteSynchronously(
    PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target, WDFREQUEST request, PWDF_MEMORY_DESCRIPTOR buffer,
    PLONGLONG offset, PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR out_bytes)
{
    return send_io(abi, "WdfIoTargetSendWriteSynchronously", target, request, buffer, IRP_MJ_WRITE,
                   offset, options, out_bytes);
}

static NTSTATUS send_control(PWDF_DRIVER_GLOBALS abi, const char *entry, WDFIOTARGET target,
                             WDFREQUEST handle, ULONG code, BOOLEAN is_internal,
                             const PWDF_MEMORY_DESCRIPTOR descriptors[3],
                             const WDF_REQUEST_SEND_OPTIONS *options, PULONG_PTR out_bytes)
{
    struct exchange exchange;
    NTSTATUS status;

    status = exchange_begin(abi, entry, target, handle, options, descriptors, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_format_control(exchange.target, exchange.request, code, is_internal,
                               &exchange.buffers[0], &exchange.buffers[1]);
    return exchange_end(&exchange, status, out_bytes);
}

NTSTATUS NTAPI imp_WdfIoTargetSendIoctlSynchronously(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target,
                                                     WDFREQUEST request, ULONG code,
                                                     PWDF_MEMORY_DESCRIPTOR in,
                                                     PWDF_MEMORY_DESCRIPTOR out,
                                                     PWDF_REQUEST_SEND_OPTIONS options,
                                                     PULONG_PTR out_bytes)
{
    const PWDF_MEMORY_DESCRIPTOR descriptors[3] = {in, out};

    return send_control(abi, "WdfIoTargetSendIoctlSynchronously", target, request, code, FALSE,
                        descriptors, options, out_bytes);
}

NTSTATUS NTAPI imp_WdfIoTargetSendInternalIoctlSynchronously(PWDF_DRIVER_GLOBALS abi,
                                                             WDFIOTARGET target, WDFREQUEST request,
                                                             ULONG code, PWDF_MEMORY_DESCRIPTOR in,
                                                             PWDF_MEMORY_DESCRIPTOR out,
                                                             PWDF_REQUEST_SEND_OPTIONS options,
                                                             PULONG_PTR out_bytes)
{
    const PWDF_MEMORY_DESCRIPTOR descriptors[3] = {in, out};

    return send_control(abi, "WdfIoTargetSendInternalIoctlSynchronously", target, request, code,
                        TRUE, descriptors, options, out_bytes);
}

NTSTATUS NTAPI imp_WdfIoTargetSendInternalIoctlOthersSynchronously(
    PWDF_DRIVER_GLOBALS abi, WDFIOTARGET target, WDFREQUEST request, ULONG code,
    PWDF_MEMORY_DESCRIPTOR argument1, PWDF_MEMORY_DESCRIPTOR argument2,
    PWDF_MEMORY_DESCRIPTOR argument4, PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR out_bytes)
{
    const PWDF_MEMORY_DESCRIPTOR descriptors[3] = {argument1, argument2, argument4};
    struct exchange exchange;
    NTSTATUS status;

    status = exchange_begin(abi, "WdfIoTargetSendInternalIoctlOthersSynchronously", target, request,
                            options, descriptors, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_format_others(exchange.target, exchange.request, code, exchange.buffers);
    return exchange_end(&exchange, status, out_bytes);
}
