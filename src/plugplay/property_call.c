/* SPDX-License-Identifier: MIT */
/* property_call.c - properties and interfaces, asked by programs. */
#include <string.h>

#include "plugplay_internal.h"
#include "pnp/interface.h"
#include "pnp/property.h"

_Static_assert((int)WIRE_OF_DEVICE == PNP_PROPERTY_DEVICE &&
                   (int)WIRE_OF_INTERFACE == PNP_PROPERTY_INTERFACE &&
                   (int)WIRE_OF_CLASS == PNP_PROPERTY_CLASS &&
                   (int)WIRE_OF_INTERFACE_CLASS == PNP_PROPERTY_INTERFACE_CLASS,
               "the same numbers");
_Static_assert(sizeof(DEVPROPKEY) == sizeof(struct wire_property), "the same layout");

static DEVPROPKEY key_of(const struct call *call)
{
    DEVPROPKEY key;
    memcpy(&key, &call->in.property, sizeof key);
    return key;
}

NTSTATUS property_get(struct call *call)
{
    struct pnp_property property;
    DEVPROPKEY key = key_of(call);
    if (call->in.kind > WIRE_OF_INTERFACE_CLASS)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = pnp_property_get((enum pnp_property_object)call->in.kind, &call->name, &key,
                                       call->in.locale, &property);
    if (!NT_SUCCESS(status))
        return status;
    call->answer = property.data;
    call->reply.length = property.length;
    call->reply.type = property.type;
    return STATUS_SUCCESS;
}

NTSTATUS property_set(struct call *call)
{
    DEVPROPKEY key = key_of(call);
    struct pnp_property property = {call->in.type, call->data, call->in.length};
    if (call->in.kind > WIRE_OF_INTERFACE_CLASS)
        return STATUS_INVALID_PARAMETER;
    return pnp_property_set((enum pnp_property_object)call->in.kind, &call->name, &key,
                            call->in.locale, &property);
}

NTSTATUS property_keys(struct call *call)
{
    DEVPROPKEY *keys;
    ULONG count;
    if (call->in.kind > WIRE_OF_INTERFACE_CLASS)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status =
        pnp_property_keys((enum pnp_property_object)call->in.kind, &call->name, &keys, &count);
    if (!NT_SUCCESS(status))
        return status;
    call->answer = keys;
    call->reply.length = count * (ULONG)sizeof *keys;
    return STATUS_SUCCESS;
}

/* ---- interfaces -------------------------------------------------------------------------------
 */

static bool has_guid(const struct call *call)
{
    static const uint8_t zero[16];
    return memcmp(call->in.guid, zero, sizeof zero) != 0;
}

static GUID guid_of(const struct call *call)
{
    GUID guid;
    memcpy(&guid, call->in.guid, sizeof guid);
    return guid;
}

NTSTATUS interfaces_list(struct call *call)
{
    GUID guid = guid_of(call);
    WCHAR *list;
    ULONG bytes;
    NTSTATUS status =
        pnp_interface_list(has_guid(call) ? &guid : NULL, call->name.Length ? &call->name : NULL,
                           call->in.flags & 1, &list, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    call->answer = list;
    call->reply.length = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS interface_register(struct call *call)
{
    GUID guid = guid_of(call);
    UNICODE_STRING reference = {0}, link;
    if (call->in.length > WIRE_PLUGPLAY_NAME * sizeof(WCHAR) || call->in.length % sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER;
    if (call->data)
        reference = (UNICODE_STRING){(USHORT)call->in.length, (USHORT)call->in.length, call->data};
    while (reference.Length && !reference.Buffer[reference.Length / sizeof(WCHAR) - 1])
        reference.Length = (USHORT)(reference.Length - sizeof(WCHAR));
    NTSTATUS status = pnp_interface_register(&call->name, &guid, &reference, &link);
    if (!NT_SUCCESS(status))
        return status;
    NTSTATUS answered = call_answer_string(call, &link);
    RtlFreeUnicodeString(&link);
    return NT_SUCCESS(answered) ? status : answered;
}

NTSTATUS interface_delete(struct call *call)
{
    return pnp_interface_delete(&call->name);
}

NTSTATUS interface_alias(struct call *call)
{
    GUID guid = guid_of(call);
    UNICODE_STRING link;
    NTSTATUS status = pnp_interface_alias(&call->name, &guid, &link);
    if (!NT_SUCCESS(status))
        return status;
    status = call_answer_string(call, &link);
    RtlFreeUnicodeString(&link);
    return status;
}

NTSTATUS interface_query(struct call *call)
{
    struct pnp_interface interface;
    NTSTATUS status = pnp_interface_find(&call->name, &interface);
    if (!NT_SUCCESS(status))
        return status;
    memcpy(call->reply.guid, &interface.class_guid, sizeof call->reply.guid);
    call->reply.flags = pnp_interface_is_enabled(&call->name);
    status = call_answer_string(call, &interface.instance);
    pnp_interface_release(&interface);
    return status;
}
