/* SPDX-License-Identifier: MIT */
/* key.c - registry keys with a handle: opening, creating, values as bytes.
 *
 * In: a parent key or a whole path; out: an object that owns a kernel handle. Values come and go
 * as type and bytes here; what they mean is the business of the callers.
 */
#include "key.h"

static void key_destroy(struct fx_object *object)
{
    struct fx_key *key = (struct fx_key *)object;

    if (key->handle)
        ZwClose(key->handle);
}

const struct fx_type fx_type_key = {
    .name = "WDFKEY",
    .size = sizeof(struct fx_key),
    .flags = FX_TYPE_PASSIVE,
    .destroy = key_destroy,
};

NTSTATUS fx_key_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                       struct fx_object *parent, HANDLE handle, struct fx_key **out_key)
{
    struct fx_object *object;
    NTSTATUS status;

    status = fx_object_create(globals, &fx_type_key, 0, attributes, parent, &object);
    if (!NT_SUCCESS(status))
        return status;
    ((struct fx_key *)object)->handle = handle;
    *out_key = (struct fx_key *)object;
    return STATUS_SUCCESS;
}

/* The object first: a key that was made is not taken back for want of memory. */
NTSTATUS fx_key_open(struct fx_globals *globals, const struct fx_key_request *request,
                     PWDF_OBJECT_ATTRIBUTES attributes, struct fx_key **out_key)
{
    OBJECT_ATTRIBUTES names;
    struct fx_key *key;
    NTSTATUS status;

    status = fx_string_check(globals, request->name);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_key_create(globals, attributes, NULL, NULL, &key);
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&names, (PUNICODE_STRING)request->name,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               request->parent ? request->parent->handle : NULL, NULL);
    if (request->is_create)
        status = ZwCreateKey(&key->handle, request->access, &names, 0, NULL, request->options,
                             request->out_disposition);
    else
        status = ZwOpenKey(&key->handle, request->access, &names);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_WARNING, "registry key \"%wZ\" not %s: status 0x%08x", request->name,
               request->is_create ? "created" : "opened", status);
        key->handle = NULL;
        fx_object_abandon(&key->object);
        return status;
    }
    *out_key = key;
    return STATUS_SUCCESS;
}

NTSTATUS fx_key_name_check(struct fx_globals *globals, PCUNICODE_STRING name, const char *what)
{
    if (fx_irql_above(globals, PASSIVE_LEVEL, what))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_string_check(globals, name);
}

void fx_key_close(struct fx_key *key)
{
    if (key->handle)
        ZwClose(key->handle);
    key->handle = NULL;
    fx_object_delete(&key->object);
}

NTSTATUS fx_key_set(struct fx_key *key, PCUNICODE_STRING name, ULONG type, const void *data,
                    ULONG length_bytes)
{
    NTSTATUS status =
        ZwSetValueKey(key->handle, (PUNICODE_STRING)name, 0, type, (PVOID)data, length_bytes);

    if (!NT_SUCCESS(status))
        fx_log(key->object.globals, FX_LOG_ERROR, "WDFKEY %p: value \"%wZ\" not set: 0x%08x",
               fx_handle_of(&key->object), name, status);
    return status;
}

NTSTATUS fx_key_get(struct fx_key *key, PCUNICODE_STRING name, struct fx_key_value *out_value)
{
    struct fx_globals *globals = key->object.globals;
    KEY_VALUE_PARTIAL_INFORMATION *bytes = NULL;
    ULONG length = 0;
    NTSTATUS status;

    /* It may grow between two looks at it. */
    for (;;) {
        status = ZwQueryValueKey(key->handle, (PUNICODE_STRING)name, KeyValuePartialInformation,
                                 bytes, length, &length);
        if (status != STATUS_BUFFER_TOO_SMALL && status != STATUS_BUFFER_OVERFLOW)
            break;
        if (bytes)
            ExFreePool(bytes);
        bytes = fx_pool_take(globals, PagedPool, 0, length);
        if (!bytes)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!NT_SUCCESS(status)) {
        if (bytes)
            ExFreePool(bytes);
        return status;
    }
    out_value->bytes = bytes;
    out_value->type = bytes->Type;
    out_value->length_bytes = bytes->DataLength;
    out_value->data = bytes->Data;
    return STATUS_SUCCESS;
}

void fx_key_value_free(struct fx_key_value *value)
{
    ExFreePool(value->bytes);
}
