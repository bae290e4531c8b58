/* SPDX-License-Identifier: MIT */
/* property_store.c - properties that anybody may make: Properties\{fmtid}\pid below an object's
 * key.
 *
 * A value's type is the property's with all bits of the upper word set; its name is the locale in
 * hexadecimal, or empty for every language's.
 */
#include <string.h>

#include "cm/cm.h"
#include "key_path.h"
#include "pnp_internal.h"
#include "property.h"

#define STORED_TYPE 0xffff0000u

static NTSTATUS store_path(void *key, const DEVPROPKEY *which, struct key_path *out_path)
{
    UNICODE_STRING name;
    NTSTATUS status = ob_name_of(key, &name);
    if (!NT_SUCCESS(status))
        return status;
    key_path_begin(out_path, L"");
    key_path_add_string(out_path, &name);
    RtlFreeUnicodeString(&name);
    key_path_add(out_path, L"\\Properties");
    if (!which)
        return STATUS_SUCCESS;
    key_path_add(out_path, L"\\");
    key_path_add_guid(out_path, &which->fmtid);
    key_path_add(out_path, L"\\");
    key_path_add_number(out_path, which->pid, which->pid > 0xffff ? 8 : 4);
    return STATUS_SUCCESS;
}

static void locale_name(struct key_path *name, LCID locale)
{
    key_path_begin(name, L"");
    if (locale)
        key_path_add_number(name, locale, 8);
}

NTSTATUS property_store_get(void *key, const DEVPROPKEY *which, LCID locale,
                            struct pnp_property *out_property)
{
    struct key_path path, name;
    void *store;
    ULONG type;
    NTSTATUS status = store_path(key, which, &path);
    if (NT_SUCCESS(status))
        status = key_path_open(&path, KEY_READ, &store);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    locale_name(&name, locale);
    status = cm_value_get(store, &name.name, &type, &out_property->data, &out_property->length);
    ob_dereference(store);
    if (NT_SUCCESS(status))
        out_property->type = type & ~STORED_TYPE;
    return status;
}

NTSTATUS property_store_set(void *key, const DEVPROPKEY *which, LCID locale,
                            const struct pnp_property *property)
{
    struct key_path path, name;
    void *store;
    NTSTATUS status = store_path(key, which, &path);
    locale_name(&name, locale);
    if (NT_SUCCESS(status))
        status = property->data ? key_path_create(&path, KEY_PATH_CHARS, KEY_ALL_ACCESS, &store)
                                : key_path_open(&path, KEY_ALL_ACCESS, &store);
    if (!NT_SUCCESS(status))
        return property->data ? status : STATUS_OBJECT_NAME_NOT_FOUND;
    if (property->data) {
        status = cm_value_set(store, &name.name, STORED_TYPE | property->type, property->data,
                              property->length);
    } else {
        status = cm_value_delete(store, &name.name);
        KEY_FULL_INFORMATION full;
        ULONG length;
        NTSTATUS left = cm_key_query(store, KeyFullInformation, &full, sizeof full, &length);
        if (NT_SUCCESS(status) && (NT_SUCCESS(left) || left == STATUS_BUFFER_OVERFLOW) &&
            !full.Values)
            (void)cm_key_delete(store);
    }
    ob_dereference(store);
    return status;
}

struct visiting {
    NTSTATUS (*visit)(const DEVPROPKEY *which, void *context);
    void *context;
    NTSTATUS status;
    DEVPROPKEY which;
    struct key_path path;
};

static bool pid_visit(const UNICODE_STRING *name, void *context)
{
    struct visiting *all = context;
    ULONG pid;
    UNICODE_STRING digits = *name;
    if (NT_SUCCESS(RtlUnicodeStringToInteger(&digits, 16, &pid))) {
        all->which.pid = pid;
        all->status = all->visit(&all->which, all->context);
    }
    return NT_SUCCESS(all->status);
}

static bool fmtid_visit(const UNICODE_STRING *name, void *context)
{
    struct visiting *all = context;
    USHORT length = all->path.name.Length;
    void *key;
    UNICODE_STRING text = *name;
    if (!NT_SUCCESS(RtlGUIDFromString(&text, &all->which.fmtid)))
        return true;
    key_path_add(&all->path, L"\\");
    key_path_add_string(&all->path, name);
    if (NT_SUCCESS(key_path_open(&all->path, KEY_READ, &key))) {
        (void)subkeys_visit(key, pid_visit, all);
        ob_dereference(key);
    }
    all->path.name.Length = length;
    return NT_SUCCESS(all->status);
}

NTSTATUS property_store_visit(void *key, NTSTATUS (*visit)(const DEVPROPKEY *which, void *context),
                              void *context)
{
    struct visiting all = {.visit = visit, .context = context};
    void *store;
    NTSTATUS status = store_path(key, NULL, &all.path);
    if (!NT_SUCCESS(status))
        return status;
    if (!NT_SUCCESS(key_path_open(&all.path, KEY_READ, &store)))
        return STATUS_SUCCESS;
    (void)subkeys_visit(store, fmtid_visit, &all);
    ob_dereference(store);
    return all.status;
}
