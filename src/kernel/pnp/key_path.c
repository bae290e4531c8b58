/* SPDX-License-Identifier: MIT */
/* key_path.c - names of the registry put together piece by piece, and the keys behind them.
 */
#include "key_path.h"

#include <string.h>

#include "cm/cm.h"
#include "pnp_internal.h"

/* ---- names -------------------------------------------------------------------------------- */

void key_path_begin(struct key_path *path, const WCHAR *text)
{
    path->name = (UNICODE_STRING){0, sizeof path->text, path->text};
    path->is_too_long = false;
    key_path_add(path, text);
}

void key_path_add_string(struct key_path *path, const UNICODE_STRING *string)
{
    if (path->name.Length + string->Length + sizeof(WCHAR) > sizeof path->text) {
        path->is_too_long = true;
        return;
    }
    if (string->Length != 0)
        memcpy((char *)path->text + path->name.Length, string->Buffer, string->Length);
    path->name.Length = (USHORT)(path->name.Length + string->Length);
    path->text[path->name.Length / sizeof(WCHAR)] = 0;
}

void key_path_add(struct key_path *path, const WCHAR *text)
{
    UNICODE_STRING string;
    RtlInitUnicodeString(&string, text);
    key_path_add_string(path, &string);
}

void key_path_add_number(struct key_path *path, ULONG number, unsigned digits)
{
    WCHAR text[9];
    for (unsigned i = digits; i-- > 0; number >>= 4)
        text[i] = (WCHAR) "0123456789abcdef"[number & 15];
    text[digits] = 0;
    key_path_add(path, text);
}

void key_path_add_guid(struct key_path *path, const GUID *guid)
{
    key_path_add(path, L"{");
    key_path_add_number(path, guid->Data1, 8);
    key_path_add(path, L"-");
    key_path_add_number(path, guid->Data2, 4);
    key_path_add(path, L"-");
    key_path_add_number(path, guid->Data3, 4);
    for (unsigned i = 0; i < 8; i++) {
        if (i == 0 || i == 2)
            key_path_add(path, L"-");
        key_path_add_number(path, guid->Data4[i], 2);
    }
    key_path_add(path, L"}");
}

/* ---- keys ----------------------------------------------------------------------------------- */

static NTSTATUS named_open(const UNICODE_STRING *name, ACCESS_MASK access, bool create,
                           ULONG options, void **out_key)
{
    OBJECT_ATTRIBUTES attributes;
    ULONG disposition;
    InitializeObjectAttributes(&attributes, (UNICODE_STRING *)name,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    return cm_key_open(&attributes, access, KernelMode, create, options, &disposition, out_key);
}

NTSTATUS key_path_open(const struct key_path *path, ACCESS_MASK access, void **out_key)
{
    if (path->is_too_long)
        return STATUS_NAME_TOO_LONG;
    return named_open(&path->name, access, false, 0, out_key);
}

/* From the longest name that exists on, a component at a time. */
NTSTATUS key_path_create(struct key_path *path, size_t stable_chars, ACCESS_MASK access,
                         void **out_key)
{
    size_t chars = path->name.Length / sizeof(WCHAR), at = chars;
    UNICODE_STRING part = path->name;
    NTSTATUS status = key_path_open(path, access, out_key);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND && status != STATUS_OBJECT_PATH_NOT_FOUND)
        return status;
    void *key = NULL;
    while (!NT_SUCCESS(status) && at > 0) {
        while (at > 0 && path->text[--at] != '\\')
            ;
        part.Length = (USHORT)(at * sizeof(WCHAR));
        status = at > 0 ? named_open(&part, KEY_ALL_ACCESS, false, 0, &key)
                        : STATUS_OBJECT_PATH_NOT_FOUND;
    }
    while (NT_SUCCESS(status) && at < chars) {
        ob_dereference(key);
        for (at++; at < chars && path->text[at] != '\\'; at++)
            ;
        part.Length = (USHORT)(at * sizeof(WCHAR));
        status = named_open(&part, at < chars ? KEY_ALL_ACCESS : access, true,
                            at > stable_chars ? REG_OPTION_VOLATILE : 0, &key);
    }
    if (NT_SUCCESS(status))
        *out_key = key;
    return status;
}

NTSTATUS subkeys_visit(void *key, bool (*visit)(const UNICODE_STRING *name, void *context),
                       void *context)
{
    ULONG room = (ULONG)(sizeof(KEY_BASIC_INFORMATION) + KEY_PATH_CHARS * sizeof(WCHAR)), length;
    KEY_BASIC_INFORMATION *found = ExAllocatePool2(POOL_FLAG_PAGED, room, PNP_TAG);
    if (!found)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (ULONG i = 0;; i++) {
        NTSTATUS status = cm_key_enumerate(key, i, KeyBasicInformation, found, room, &length);
        if (status == STATUS_BUFFER_OVERFLOW)
            continue;
        if (!NT_SUCCESS(status))
            break;
        UNICODE_STRING name = {(USHORT)found->NameLength, (USHORT)found->NameLength, found->Name};
        if (!visit(&name, context))
            break;
    }
    ExFreePoolWithTag(found, PNP_TAG);
    return STATUS_SUCCESS;
}

static bool first_name(const UNICODE_STRING *name, void *context)
{
    struct key_path *path = context;
    key_path_begin(path, L"");
    key_path_add_string(path, name);
    return false;
}

NTSTATUS subkeys_delete(void *key)
{
    struct key_path name;
    NTSTATUS status = STATUS_SUCCESS;
    while (NT_SUCCESS(status)) {
        OBJECT_ATTRIBUTES attributes;
        HANDLE handle;
        void *child = NULL;
        ULONG disposition;
        key_path_begin(&name, L"");
        (void)subkeys_visit(key, first_name, &name);
        if (!name.name.Length)
            break;
        status = ob_handle_create(key, KEY_ALL_ACCESS, OBJ_KERNEL_HANDLE, &handle);
        if (!NT_SUCCESS(status))
            break;
        InitializeObjectAttributes(&attributes, &name.name, OBJ_CASE_INSENSITIVE, handle, NULL);
        status =
            cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, false, 0, &disposition, &child);
        (void)ob_handle_close(handle, KernelMode);
        if (NT_SUCCESS(status))
            status = subkeys_delete(child);
    }
    if (NT_SUCCESS(status))
        status = cm_key_delete(key);
    ob_dereference(key);
    return status;
}

/* ---- values --------------------------------------------------------------------------------- */

NTSTATUS text_copy(const UNICODE_STRING *string, UNICODE_STRING *out_copy)
{
    return RtlDuplicateUnicodeString(RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE |
                                         RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING,
                                     string, out_copy);
}

NTSTATUS value_text_get(void *key, const WCHAR *name, UNICODE_STRING *out_text)
{
    UNICODE_STRING value_name;
    ULONG type, length;
    void *data;
    RtlInitUnicodeString(&value_name, name);
    NTSTATUS status = cm_value_get(key, &value_name, &type, &data, &length);
    if (!NT_SUCCESS(status))
        return status;
    if ((type != REG_SZ && type != REG_EXPAND_SZ) || length > UNICODE_STRING_MAX_BYTES) {
        ExFreePool(data);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    USHORT bytes = (USHORT)(length & ~1u);
    while (bytes && !((WCHAR *)data)[bytes / sizeof(WCHAR) - 1])
        bytes = (USHORT)(bytes - sizeof(WCHAR));
    UNICODE_STRING text = {bytes, bytes, data};
    status = text_copy(&text, out_text);
    ExFreePool(data);
    return status;
}

NTSTATUS value_text_set(void *key, const WCHAR *name, const UNICODE_STRING *text)
{
    UNICODE_STRING value_name, copy;
    NTSTATUS status = text_copy(text, &copy);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&value_name, name);
    status =
        cm_value_set(key, &value_name, REG_SZ, copy.Buffer, copy.Length + (ULONG)sizeof(WCHAR));
    RtlFreeUnicodeString(&copy);
    return status;
}

NTSTATUS value_number_get(void *key, const WCHAR *name, ULONG *out_number)
{
    UNICODE_STRING value_name;
    ULONG type, length;
    void *data;
    RtlInitUnicodeString(&value_name, name);
    NTSTATUS status = cm_value_get(key, &value_name, &type, &data, &length);
    if (!NT_SUCCESS(status))
        return status;
    if (type == REG_DWORD && length == sizeof *out_number)
        memcpy(out_number, data, sizeof *out_number);
    else
        status = STATUS_OBJECT_TYPE_MISMATCH;
    ExFreePool(data);
    return status;
}

NTSTATUS value_number_set(void *key, const WCHAR *name, ULONG number)
{
    UNICODE_STRING value_name;
    RtlInitUnicodeString(&value_name, name);
    return cm_value_set(key, &value_name, REG_DWORD, &number, sizeof number);
}
