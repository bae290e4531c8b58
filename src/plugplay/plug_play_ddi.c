/* SPDX-License-Identifier: MIT */
/* plug_play_ddi.c - the service behind a program's device functions.
 *
 * wire/plugplay.h says what goes in and out. Everything is captured first; what an operation
 * refuses is a status in the reply, not a failed call.
 */
#include <string.h>

#include "ex/ex.h"
#include "gate/gate.h"
#include "plugplay_internal.h"
#include "pnp/notice.h"

NTSTATUS NTAPI NtCovePlugPlay(ULONG Operation, PVOID Input, ULONG InputLength, PVOID Output,
                              ULONG OutputLength);

#define DATA_MOST (1u << 20)

static NTSTATUS (*const operations[])(struct call *call) = {
    [WIRE_PLUGPLAY_DEVICES] = devices_list,
    [WIRE_PLUGPLAY_DEVICE] = device_query,
    [WIRE_PLUGPLAY_RELATIVE] = device_relative,
    [WIRE_PLUGPLAY_PROPERTY_GET] = property_get,
    [WIRE_PLUGPLAY_PROPERTY_SET] = property_set,
    [WIRE_PLUGPLAY_PROPERTY_KEYS] = property_keys,
    [WIRE_PLUGPLAY_INTERFACES] = interfaces_list,
    [WIRE_PLUGPLAY_INTERFACE_REGISTER] = interface_register,
    [WIRE_PLUGPLAY_INTERFACE_DELETE] = interface_delete,
    [WIRE_PLUGPLAY_INTERFACE_ALIAS] = interface_alias,
    [WIRE_PLUGPLAY_INTERFACE] = interface_query,
    [WIRE_PLUGPLAY_CREATE] = root_device_create,
    [WIRE_PLUGPLAY_ACT] = device_act,
    [WIRE_PLUGPLAY_LISTEN] = listen_open,
    [WIRE_PLUGPLAY_SUBSCRIBE] = listen_subscribe,
    [WIRE_PLUGPLAY_UNSUBSCRIBE] = listen_unsubscribe,
    [WIRE_PLUGPLAY_NEXT] = listen_next,
    [WIRE_PLUGPLAY_ANSWER] = listen_answer,
    [WIRE_PLUGPLAY_PACKAGE_ADD] = package_add,
    [WIRE_PLUGPLAY_PACKAGE_DELETE] = package_delete,
    [WIRE_PLUGPLAY_PACKAGE_USE] = package_use,
    [WIRE_PLUGPLAY_DRIVERS] = package_drivers,
    [WIRE_PLUGPLAY_RESOURCES] = device_resources,
};

NTSTATUS call_answer(struct call *call, const void *data, ULONG length)
{
    call->answer = ExAllocatePool2(POOL_FLAG_PAGED, length ? length : 1, PLUGPLAY_TAG);
    if (!call->answer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(call->answer, data, length);
    call->reply.length = length;
    return STATUS_SUCCESS;
}

NTSTATUS call_answer_string(struct call *call, const UNICODE_STRING *text)
{
    call->answer = ExAllocatePool2(POOL_FLAG_PAGED, text->Length + sizeof(WCHAR), PLUGPLAY_TAG);
    if (!call->answer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(call->answer, text->Buffer, text->Length); /* zeroed behind it */
    call->reply.length = text->Length + (ULONG)sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* The head, then as many bytes of data as it says came with it. */
static NTSTATUS input_capture(struct call *call, const void *input, ULONG length)
{
    if (length < sizeof call->in)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_copy_in(&call->in, input, sizeof call->in);
    if (!NT_SUCCESS(status))
        return status;
    if (call->in.length != length - sizeof call->in || call->in.length > DATA_MOST)
        return STATUS_INFO_LENGTH_MISMATCH;
    call->in.name[WIRE_PLUGPLAY_NAME - 1] = 0;
    RtlInitUnicodeString(&call->name, call->in.name);
    if (!call->in.length)
        return STATUS_SUCCESS;
    call->data = ExAllocatePool2(POOL_FLAG_PAGED, call->in.length, PLUGPLAY_TAG);
    if (!call->data)
        return STATUS_INSUFFICIENT_RESOURCES;
    return gate_copy_in(call->data, (const char *)input + sizeof call->in, call->in.length);
}

static NTSTATUS serve(struct call *call, ULONG operation, void *output, ULONG length)
{
    NTSTATUS status = gate_probe_write(output, length, 1);
    if (!NT_SUCCESS(status))
        return status;
    call->reply.status = operations[operation](call);
    bool fits = call->reply.length <= length - sizeof call->reply;
    if (NT_SUCCESS(call->reply.status) && !fits)
        call->reply.status = STATUS_BUFFER_TOO_SMALL;
    if (call->answer && fits)
        status =
            gate_copy_out((char *)output + sizeof call->reply, call->answer, call->reply.length);
    if (NT_SUCCESS(status))
        status = gate_copy_out(output, &call->reply, sizeof call->reply);
    return status;
}

NTSTATUS NTAPI NtCovePlugPlay(ULONG Operation, PVOID Input, ULONG InputLength, PVOID Output,
                              ULONG OutputLength)
{
    if (Operation >= sizeof operations / sizeof *operations || !operations[Operation])
        return STATUS_INVALID_PARAMETER_1;
    if (OutputLength < sizeof(struct wire_plugplay_reply))
        return STATUS_INFO_LENGTH_MISMATCH;
    struct call *call = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *call, PLUGPLAY_TAG);
    if (!call)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = input_capture(call, Input, InputLength);
    if (NT_SUCCESS(status))
        status = serve(call, Operation, Output, OutputLength);
    if (call->answer)
        ExFreePool(call->answer);
    if (call->data)
        ExFreePool(call->data);
    ExFreePoolWithTag(call, PLUGPLAY_TAG);
    return status;
}

NTSTATUS plugplay_init(void)
{
    return listen_init();
}

void plugplay_fini(void)
{
    pnp_observer_set(NULL);
}
