/* SPDX-License-Identifier: MIT */
/* key_strings.c - values that are strings, one or many, and the Framework's objects for them.
 *
 * In: a value or a collection; out: the other. Data from the registry is anybody's: lengths and
 * terminators are checked before anything is made of it.
 */
#include "key.h"

/* The string in REG_SZ data: up to its first terminator, or all of it. */
static NTSTATUS string_in(const struct fx_key_value *value, UNICODE_STRING *out_string)
{
    ULONG count = value->length_bytes / sizeof(WCHAR), length = 0;
    PWCHAR text = value->data;

    while (length < count && text[length])
        length++;
    if (length * sizeof(WCHAR) > UNICODE_STRING_MAX_BYTES)
        return STATUS_INVALID_PARAMETER;
    out_string->Buffer = text;
    out_string->Length = out_string->MaximumLength = (USHORT)(length * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

NTSTATUS fx_key_get_string(struct fx_key *key, PCUNICODE_STRING name, struct fx_string *string)
{
    struct fx_key_value value;
    UNICODE_STRING text;
    NTSTATUS status = fx_key_get(key, name, &value);

    if (!NT_SUCCESS(status))
        return status;
    if (value.type != REG_SZ && value.type != REG_EXPAND_SZ)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (value.length_bytes == 0)
        status = STATUS_RESOURCE_DATA_NOT_FOUND;
    else
        status = string_in(&value, &text);
    if (NT_SUCCESS(status))
        status = fx_string_assign(string, &text);
    fx_key_value_free(&value);
    return status;
}

/* Ends with two terminators, in whole characters? */
static NTSTATUS strings_check(const struct fx_key_value *value)
{
    ULONG count = value->length_bytes / sizeof(WCHAR);
    PWCHAR text = value->data;

    if (value->type != REG_MULTI_SZ)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (value->length_bytes == 0)
        return STATUS_RESOURCE_DATA_NOT_FOUND;
    if (value->length_bytes % sizeof(WCHAR) || count < 2 || text[count - 1] || text[count - 2])
        return STATUS_OBJECT_TYPE_MISMATCH;
    return STATUS_SUCCESS;
}

static NTSTATUS string_append(struct fx_globals *globals, PCWSTR text,
                              PWDF_OBJECT_ATTRIBUTES attributes, struct fx_collection *collection)
{
    size_t length = wcslen(text) * sizeof(WCHAR);
    struct fx_string *string;
    UNICODE_STRING value;
    NTSTATUS status;

    if (length > UNICODE_STRING_MAX_BYTES - sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER;
    RtlInitUnicodeString(&value, text);
    status = fx_string_create(globals, attributes, NULL, &value, &string);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_collection_add(collection, &string->object);
    if (!NT_SUCCESS(status))
        fx_object_abandon(&string->object);
    return status;
}

/* Takes back what a failure has left half done: nobody else knows these strings yet. */
static void strings_abandon(struct fx_collection *collection, ULONG count)
{
    while (collection->count > count) {
        struct fx_object *string = fx_collection_at(collection, count);

        fx_object_ref(string);
        fx_collection_remove(collection, count);
        fx_object_abandon(string);
        fx_object_deref(string);
    }
}

NTSTATUS fx_key_get_strings(struct fx_key *key, PCUNICODE_STRING name,
                            PWDF_OBJECT_ATTRIBUTES attributes, struct fx_collection *collection)
{
    ULONG count = collection->count;
    struct fx_key_value value;
    PWCHAR text;
    NTSTATUS status = fx_key_get(key, name, &value);

    if (!NT_SUCCESS(status))
        return status;
    status = strings_check(&value);
    if (NT_SUCCESS(status)) {
        for (text = value.data; *text && NT_SUCCESS(status); text += wcslen(text) + 1)
            status = string_append(key->object.globals, text, attributes, collection);
        if (!NT_SUCCESS(status))
            strings_abandon(collection, count);
    }
    fx_key_value_free(&value);
    return status;
}

/* Bytes of all strings with their terminators and the last one; 0: something is no string. */
static ULONG_PTR strings_bytes(struct fx_collection *collection)
{
    ULONG_PTR bytes = sizeof(WCHAR);
    struct fx_object *object;
    ULONG i;

    for (i = 0; (object = fx_collection_at(collection, i)) != NULL; i++) {
        if (object->type != &fx_type_string)
            return 0;
        bytes += ((struct fx_string *)object)->value.Length + sizeof(WCHAR);
    }
    return i ? bytes : 0;
}

NTSTATUS fx_key_set_strings(struct fx_key *key, PCUNICODE_STRING name,
                            struct fx_collection *collection)
{
    struct fx_globals *globals = key->object.globals;
    ULONG_PTR bytes = strings_bytes(collection);
    struct fx_object *object;
    NTSTATUS status;
    PWCHAR data, at;
    ULONG i;

    if (bytes == 0 || bytes > MAXULONG) {
        fx_log(globals, FX_LOG_ERROR, "WDFCOLLECTION %p does not hold strings alone",
               fx_handle_of(&collection->object));
        return STATUS_INVALID_PARAMETER;
    }
    data = at = fx_pool_take(globals, PagedPool, 0, bytes);
    if (!data)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; (object = fx_collection_at(collection, i)) != NULL; i++) {
        UNICODE_STRING *value = &((struct fx_string *)object)->value;

        RtlCopyMemory(at, value->Buffer, value->Length);
        at += value->Length / sizeof(WCHAR);
        *at++ = UNICODE_NULL;
    }
    *at = UNICODE_NULL;
    status = fx_key_set(key, name, REG_MULTI_SZ, data, (ULONG)bytes);
    ExFreePool(data);
    return status;
}
