/* SPDX-License-Identifier: MIT */
/* trace_message_ddi.c - software trace messages, and what is known of trace sessions.
 *
 * There is one session, the machine's log. A message may be sent to it by the handle of a
 * provider or by the session's own.
 */
#include <string.h>

#include "callout/callout.h"
#include "etw_ddi.h"
#include "etw_internal.h"
#include "ke/ke.h"

#define MESSAGE_BYTES 2048u

/* Windows' limit on a message with its header. */
#define MESSAGE_TOTAL_MAX TRACE_MESSAGE_MAXIMUM_SIZE

static NTSTATUS message_send(TRACEHANDLE handle, LPCGUID guid, USHORT number,
                             __builtin_ms_va_list arguments)
{
    uint8_t payload[MESSAGE_BYTES];
    size_t size = 0, total = 0;
    for (;;) {
        const void *part = __builtin_va_arg(arguments, PVOID);
        if (!part)
            break;
        ULONG part_size = __builtin_va_arg(arguments, ULONG);
        size_t room = sizeof payload - size;
        total += part_size;
        if (total > MESSAGE_TOTAL_MAX)
            return STATUS_NO_MEMORY;
        if (part_size < room)
            room = part_size;
        memcpy(payload + size, part, room);
        size += room;
    }
    const struct etw_message message = {.guid = guid,
                                        .number = number,
                                        .payload = payload,
                                        .payload_size = size,
                                        .code = callout_in_ddi() ? ddi_top->rip : 0};
    return etw_message_write(handle, &message);
}

/* IRQL:    any
 * Differs: sequence numbers and time stamps that MessageFlags asks for are not shown
 * Doc:     wdm.h WmiTraceMessage
 */
NTSTATUS NTAPI_CDECL WmiTraceMessage(TRACEHANDLE LoggerHandle, ULONG MessageFlags,
                                     LPCGUID MessageGuid, USHORT MessageNumber, ...)
{
    __builtin_ms_va_list arguments;
    if (!MessageGuid || !(MessageFlags & TRACE_MESSAGE_GUID))
        return STATUS_INVALID_PARAMETER;
    /* A parameter of 16 bits has a slot of its own in this calling convention. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wvarargs"
    __builtin_ms_va_start(arguments, MessageNumber);
#pragma clang diagnostic pop
    NTSTATUS status = message_send(LoggerHandle, MessageGuid, MessageNumber, arguments);
    __builtin_ms_va_end(arguments);
    return status;
}

/* As WmiTraceMessage. Doc: wdm.h WmiTraceMessageVa */
NTSTATUS NTAPI WmiTraceMessageVa(TRACEHANDLE LoggerHandle, ULONG MessageFlags, LPCGUID MessageGuid,
                                 USHORT MessageNumber, NT_VA_LIST MessageArgList)
{
    if (!MessageGuid || !(MessageFlags & TRACE_MESSAGE_GUID))
        return STATUS_INVALID_PARAMETER;
    return message_send(LoggerHandle, MessageGuid, MessageNumber, MessageArgList);
}

/* What a query answers: a number of 4 or 8 bytes. */
struct answer {
    uint64_t value;
    ULONG size;
};

static NTSTATUS handle_of_name(const UNICODE_STRING *name, uint64_t *out_handle)
{
    static const WCHAR session[] = ETW_SESSION_NAME;
    UNICODE_STRING wanted;
    RtlInitUnicodeString(&wanted, session);
    if (!name)
        return STATUS_INVALID_PARAMETER_MIX;
    if (!RtlEqualUnicodeString(name, &wanted, TRUE))
        return STATUS_INVALID_PARAMETER;
    *out_handle = ETW_SESSION;
    return STATUS_SUCCESS;
}

/* The trace handle in the block that IRP_MN_ENABLE_EVENTS brings. */
static NTSTATUS handle_of_block(const void *buffer, uint64_t *out_handle)
{
    const WNODE_HEADER *header = buffer;
    if (!header)
        return STATUS_INVALID_PARAMETER_MIX;
    *out_handle = header->HistoricalContext;
    return *out_handle == ETW_SESSION || etw_is_handle(*out_handle) ? STATUS_SUCCESS
                                                                    : STATUS_INVALID_HANDLE;
}

static NTSTATUS query(TRACE_INFORMATION_CLASS class, const void *buffer, struct answer *out_answer)
{
    uint64_t handle = 0;
    NTSTATUS status;
    out_answer->size = sizeof(ULONG);
    switch (class) {
    case TraceIdClass:
        status = handle_of_block(buffer, &handle);
        out_answer->value = ETW_SESSION_ID;
        return status;
    case TraceEnableFlagsClass:
        status = handle_of_block(buffer, &handle);
        out_answer->value = (uint32_t)etw_keywords(handle);
        return status;
    case TraceEnableLevelClass:
        status = handle_of_block(buffer, &handle);
        out_answer->value = etw_level(handle);
        return status;
    case TraceHandleClass:
    case AllLoggerHandlesClass:
        out_answer->size = sizeof(TRACEHANDLE);
        out_answer->value = ETW_SESSION;
        return STATUS_SUCCESS;
    case TraceHandleByNameClass:
        out_answer->size = sizeof(TRACEHANDLE);
        return handle_of_name(buffer, &out_answer->value);
    case GlobalLoggerHandleClass:
        return STATUS_NOT_FOUND;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

/* Errors:  as documented
 * Differs: statistics and settings of sessions are not kept: STATUS_INVALID_INFO_CLASS
 * Doc:     wdm.h WmiQueryTraceInformation
 */
NTSTATUS NTAPI WmiQueryTraceInformation(TRACE_INFORMATION_CLASS TraceInformationClass,
                                        PVOID TraceInformation, ULONG TraceInformationLength,
                                        PULONG RequiredLength, PVOID Buffer)
{
    struct answer answer = {0};
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = query(TraceInformationClass, Buffer, &answer);
    if (!NT_SUCCESS(status))
        return status;
    if (RequiredLength)
        *RequiredLength = answer.size;
    if (TraceInformationLength != answer.size)
        return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(TraceInformation, &answer.value, answer.size);
    return STATUS_SUCCESS;
}
