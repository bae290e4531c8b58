/* SPDX-License-Identifier: MIT */
/* string.c - strings with a handle.
 *
 * In: a counted string; out: an object with its own zero-terminated copy. An empty string has no
 * buffer. Invariant: value is whole at all times; a failed assignment leaves the old one.
 */
#include "support_internal.h"

static void string_destroy(struct fx_object *object)
{
    struct fx_string *string = (struct fx_string *)object;

    if (string->value.Buffer)
        ExFreePool(string->value.Buffer);
}

const struct fx_type fx_type_string = {
    .name = "WDFSTRING",
    .size = sizeof(struct fx_string),
    .flags = FX_TYPE_PASSIVE,
    .destroy = string_destroy,
};

NTSTATUS fx_string_check(struct fx_globals *globals, PCUNICODE_STRING string)
{
    if (!((string->Length | string->MaximumLength) & 1) &&
        string->Length <= string->MaximumLength && (string->Buffer || !string->Length))
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR,
           "UNICODE_STRING %p is malformed: Length %u, MaximumLength %u (bytes), Buffer %p", string,
           string->Length, string->MaximumLength, string->Buffer);
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS fx_string_assign(struct fx_string *string, PCUNICODE_STRING value)
{
    USHORT length = value->Length;
    PWCHAR copy;

    if (length > UNICODE_STRING_MAX_BYTES - sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER; /* no room for the terminator in a counted string */
    copy = fx_pool_take(string->object.globals, PagedPool, 0, length + sizeof(WCHAR));
    if (!copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(copy, value->Buffer, length);
    copy[length / sizeof(WCHAR)] = UNICODE_NULL;
    if (string->value.Buffer)
        ExFreePool(string->value.Buffer);
    string->value.Buffer = copy;
    string->value.Length = length;
    string->value.MaximumLength = length + sizeof(WCHAR);
    return STATUS_SUCCESS;
}

NTSTATUS fx_string_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_object *parent, PCUNICODE_STRING value,
                          struct fx_string **out_string)
{
    struct fx_object *object;
    NTSTATUS status;

    if (value) {
        status = fx_string_check(globals, value);
        if (!NT_SUCCESS(status))
            return status;
    }
    status = fx_object_create(globals, &fx_type_string, 0, attributes, parent, &object);
    if (!NT_SUCCESS(status))
        return status;
    if (value) {
        status = fx_string_assign((struct fx_string *)object, value);
        if (!NT_SUCCESS(status)) {
            fx_object_abandon(object);
            return status;
        }
    }
    *out_string = (struct fx_string *)object;
    return STATUS_SUCCESS;
}
