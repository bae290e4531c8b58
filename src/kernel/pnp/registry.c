/* SPDX-License-Identifier: MIT */
/* registry.c - the keys of devices, classes and services, read and written.
 *
 * In: a place in the public layout of HKLM\SYSTEM and a value's name; out: the value, in pool.
 * Strings that are read end with two zero characters, whatever was stored.
 */
#include "pnp_internal.h"

#include "cm/cm.h"

/* ---- opening ----------------------------------------------------------------------------- */

static NTSTATUS key_open_at(const UNICODE_STRING *path, bool create, ULONG options, void **out_key)
{
    OBJECT_ATTRIBUTES attributes;
    ULONG disposition;
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)path,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    return cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, create, options, &disposition,
                       out_key);
}

/* Opens each prefix of path from byte `from` on, so that all parts get made. */
static NTSTATUS key_parts_make(UNICODE_STRING *path, USHORT from, void **out_key)
{
    USHORT whole = path->Length;
    for (USHORT at = from; at < whole; at += sizeof(WCHAR)) {
        if (path->Buffer[at / sizeof(WCHAR)] != '\\')
            continue;
        void *part;
        path->Length = at;
        NTSTATUS status = key_open_at(path, true, 0, &part);
        path->Length = whole;
        if (!NT_SUCCESS(status))
            return status;
        key_close(part);
    }
    return key_open_at(path, true, 0, out_key);
}

NTSTATUS key_open(const WCHAR *base, const UNICODE_STRING *relative, bool create, void **out_key)
{
    UNICODE_STRING front, path;
    RtlInitUnicodeString(&front, base);
    size_t bytes = (size_t)front.Length + relative->Length + 2 * sizeof(WCHAR);
    WCHAR *buffer = bytes < 0xfffe ? pnp_allocate(bytes) : NULL;
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    path = (UNICODE_STRING){0, (USHORT)bytes, buffer};
    RtlAppendUnicodeStringToString(&path, &front);
    if (relative->Length != 0) {
        RtlAppendUnicodeToString(&path, L"\\");
        RtlAppendUnicodeStringToString(&path, relative);
    }
    NTSTATUS status = key_open_at(&path, false, 0, out_key);
    if (create &&
        (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND))
        status = key_parts_make(&path, (USHORT)(front.Length + sizeof(WCHAR)), out_key);
    pnp_free(buffer);
    return status;
}

NTSTATUS key_child_open(void *parent, const WCHAR *name, bool create, ULONG options, void **out_key)
{
    UNICODE_STRING path, relative;
    HANDLE handle;
    RtlInitUnicodeString(&relative, name);
    NTSTATUS status = ob_handle_create(parent, KEY_ALL_ACCESS, OBJ_KERNEL_HANDLE, &handle);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES attributes;
    ULONG disposition;
    path = relative;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, handle,
                               NULL);
    status = cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, create, options, &disposition,
                         out_key);
    (void)ob_handle_close(handle, KernelMode);
    return status;
}

void key_close(void *key)
{
    ob_dereference(key);
}

NTSTATUS node_key(const struct device_node *node, bool create, void **out_key)
{
    if (node->instance.Length == 0)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    return key_open(PNP_ENUM_PATH, &node->instance, create, out_key);
}

/* ---- values ------------------------------------------------------------------------------------
 */

void *key_value_get(void *key, const WCHAR *name, ULONG type, ULONG *out_length)
{
    UNICODE_STRING wide;
    ULONG found, length;
    void *data;
    RtlInitUnicodeString(&wide, name);
    if (!NT_SUCCESS(cm_value_get(key, &wide, &found, &data, &length)))
        return NULL;
    void *copy = found == type || (type == REG_SZ && found == REG_EXPAND_SZ)
                     ? pnp_allocate(length + 2 * sizeof(WCHAR))
                     : NULL;
    if (copy != NULL)
        memcpy(copy, data, length);
    ExFreePool(data);
    if (copy != NULL && out_length != NULL)
        *out_length = length;
    return copy;
}

bool key_number_get(void *key, const WCHAR *name, ULONG *out_number)
{
    ULONG length;
    void *data = key_value_get(key, name, REG_DWORD, &length);
    bool is_there = data != NULL && length == sizeof(ULONG);
    if (is_there)
        memcpy(out_number, data, sizeof(ULONG));
    pnp_free(data);
    return is_there;
}

bool key_value_is(void *key, const WCHAR *name)
{
    UNICODE_STRING wide;
    ULONG type, length;
    void *data;
    RtlInitUnicodeString(&wide, name);
    if (!NT_SUCCESS(cm_value_get(key, &wide, &type, &data, &length)))
        return false;
    ExFreePool(data);
    return true;
}

/* What is there already is not written again. */
static bool value_is_same(void *key, const UNICODE_STRING *name, ULONG type, const void *data,
                          ULONG length)
{
    ULONG old_type, old_length;
    void *old;
    if (!NT_SUCCESS(cm_value_get(key, name, &old_type, &old, &old_length)))
        return false;
    bool is_same = old_type == type && old_length == length && memcmp(old, data, length) == 0;
    ExFreePool(old);
    return is_same;
}

NTSTATUS key_value_set(void *key, const WCHAR *name, ULONG type, const void *data, ULONG length)
{
    UNICODE_STRING wide;
    RtlInitUnicodeString(&wide, name);
    if (value_is_same(key, &wide, type, data, length))
        return STATUS_SUCCESS;
    return cm_value_set(key, &wide, type, data, length);
}

NTSTATUS key_number_set(void *key, const WCHAR *name, ULONG number)
{
    return key_value_set(key, name, REG_DWORD, &number, sizeof(number));
}

NTSTATUS key_text_set(void *key, const WCHAR *name, const WCHAR *text)
{
    UNICODE_STRING wide;
    RtlInitUnicodeString(&wide, text);
    return key_value_set(key, name, REG_SZ, text, wide.Length + (ULONG)sizeof(WCHAR));
}

/* ---- subkeys ------------------------------------------------------------------------------------
 */

#define KEY_NAME_BYTES (sizeof(KEY_BASIC_INFORMATION) + 512 * sizeof(WCHAR))

static NTSTATUS key_child_name(void *key, ULONG index, KEY_BASIC_INFORMATION *information,
                               UNICODE_STRING *out_name)
{
    ULONG length;
    NTSTATUS status = cm_key_enumerate(key, index, KeyBasicInformation, information,
                                       (ULONG)KEY_NAME_BYTES, &length);
    if (NT_SUCCESS(status)) {
        information->Name[information->NameLength / sizeof(WCHAR)] = 0;
        *out_name = (UNICODE_STRING){(USHORT)information->NameLength,
                                     (USHORT)information->NameLength, information->Name};
    }
    return status;
}

NTSTATUS key_children_visit(void *key, void (*visit)(const UNICODE_STRING *name, void *context),
                            void *context)
{
    UNICODE_STRING name;
    KEY_BASIC_INFORMATION *information = pnp_allocate(KEY_NAME_BYTES + sizeof(WCHAR));
    if (information == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (ULONG i = 0; NT_SUCCESS(key_child_name(key, i, information, &name)); i++)
        visit(&name, context);
    pnp_free(information);
    return STATUS_SUCCESS;
}

NTSTATUS key_tree_delete(void *key)
{
    UNICODE_STRING name;
    NTSTATUS status = STATUS_SUCCESS;
    KEY_BASIC_INFORMATION *information = pnp_allocate(KEY_NAME_BYTES + sizeof(WCHAR));
    if (information == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    while (NT_SUCCESS(status) && NT_SUCCESS(key_child_name(key, 0, information, &name))) {
        void *child;
        status = key_child_open(key, name.Buffer, false, 0, &child);
        if (!NT_SUCCESS(status))
            break;
        status = key_tree_delete(child);
        key_close(child);
    }
    pnp_free(information);
    return NT_SUCCESS(status) ? cm_key_delete(key) : status;
}
