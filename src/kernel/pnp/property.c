/* SPDX-License-Identifier: MIT */
/* property.c - properties by key: built in, or anybody's own.
 */
#include "pnp/property.h"

#include <string.h>

#include "cm/cm.h"
#include "key_path.h"
#include "pnp/interface.h"
#include "pnp_internal.h"
#include "property.h"

#define CONTROL_SET L"\\Registry\\Machine\\System\\CurrentControlSet\\"

static NTSTATUS subject_open(enum pnp_property_object kind, const UNICODE_STRING *name,
                             struct property_subject *out_subject)
{
    static const WCHAR *const roots[] = {
        [PNP_PROPERTY_DEVICE] = CONTROL_SET L"Enum\\",
        [PNP_PROPERTY_CLASS] = CONTROL_SET L"Control\\Class\\",
        [PNP_PROPERTY_INTERFACE_CLASS] = CONTROL_SET L"Control\\DeviceClasses\\",
    };
    struct key_path path;
    NTSTATUS status;
    *out_subject = (struct property_subject){.kind = kind, .name = name};
    if (kind == PNP_PROPERTY_INTERFACE) {
        status = pnp_interface_key_open(name, false, KEY_ALL_ACCESS, &out_subject->key);
    } else {
        key_path_begin(&path, roots[kind]);
        key_path_add_string(&path, name);
        status = name->Length ? key_path_open(&path, KEY_ALL_ACCESS, &out_subject->key)
                              : STATUS_NO_SUCH_DEVICE;
    }
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND
                   ? STATUS_NO_SUCH_DEVICE
                   : status;
    if (kind == PNP_PROPERTY_DEVICE)
        out_subject->node = pnp_node_find_get(name);
    return STATUS_SUCCESS;
}

static void subject_close(struct property_subject *subject)
{
    if (subject->node)
        pnp_node_put(subject->node);
    ob_dereference(subject->key);
}

static const struct property_builtin *builtin_find(enum pnp_property_object kind,
                                                   const DEVPROPKEY *key)
{
    unsigned count;
    const struct property_builtin *table = property_builtins(kind, &count);
    for (unsigned i = 0; i < count; i++)
        if (IsEqualDevPropKey(*table[i].key, *key))
            return &table[i];
    return NULL;
}

static NTSTATUS builtin_get(const struct property_subject *subject,
                            const struct property_builtin *builtin, struct pnp_property *out)
{
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    if (builtin->get)
        status = builtin->get(subject, out);
    if (!NT_SUCCESS(status) && builtin->value)
        status = property_value_get(subject->key, builtin->value, builtin->type, out);
    return status;
}

NTSTATUS pnp_property_get(enum pnp_property_object kind, const UNICODE_STRING *name,
                          const DEVPROPKEY *key, LCID locale, struct pnp_property *out_property)
{
    struct property_subject subject;
    NTSTATUS status = subject_open(kind, name, &subject);
    if (!NT_SUCCESS(status))
        return status;
    const struct property_builtin *builtin = builtin_find(kind, key);
    status = builtin && !locale ? builtin_get(&subject, builtin, out_property)
                                : property_store_get(subject.key, key, locale, out_property);
    subject_close(&subject);
    return status;
}

NTSTATUS pnp_property_set(enum pnp_property_object kind, const UNICODE_STRING *name,
                          const DEVPROPKEY *key, LCID locale, const struct pnp_property *property)
{
    struct property_subject subject;
    bool is_deleted = !property->data || property->type == DEVPROP_TYPE_EMPTY;
    if (key->pid < DEVPROPID_FIRST_USABLE || (!is_deleted && !property_is_good(property)))
        return STATUS_INVALID_PARAMETER;
    struct pnp_property wanted = is_deleted ? (struct pnp_property){0} : *property;
    NTSTATUS status = subject_open(kind, name, &subject);
    if (!NT_SUCCESS(status))
        return status;
    const struct property_builtin *builtin = builtin_find(kind, key);
    if (!builtin)
        status = property_store_set(subject.key, key, locale, &wanted);
    else if (!builtin->is_settable || locale)
        status = STATUS_ACCESS_DENIED;
    else if (!is_deleted && wanted.type != builtin->type)
        status = STATUS_INVALID_PARAMETER;
    else
        status = property_value_set(subject.key, builtin->value, &wanted);
    subject_close(&subject);
    return status;
}

/* ---- which there are ---------------------------------------------------------------------------
 */

struct keys {
    DEVPROPKEY *list; /* pool */
    ULONG count, room;
};

static NTSTATUS key_add(const DEVPROPKEY *which, void *context)
{
    struct keys *keys = context;
    if (keys->count == keys->room) {
        ULONG room = keys->room ? keys->room * 2 : 32;
        DEVPROPKEY *grown = ExAllocatePool2(POOL_FLAG_PAGED, room * sizeof *grown, PNP_TAG);
        if (!grown)
            return STATUS_INSUFFICIENT_RESOURCES;
        if (keys->list) {
            memcpy(grown, keys->list, keys->count * sizeof *grown);
            ExFreePool(keys->list);
        }
        keys->list = grown;
        keys->room = room;
    }
    keys->list[keys->count++] = *which;
    return STATUS_SUCCESS;
}

NTSTATUS pnp_property_keys(enum pnp_property_object kind, const UNICODE_STRING *name,
                           DEVPROPKEY **out_keys, ULONG *out_count)
{
    struct property_subject subject;
    struct keys keys = {0};
    unsigned count;
    NTSTATUS status = subject_open(kind, name, &subject);
    if (!NT_SUCCESS(status))
        return status;
    const struct property_builtin *table = property_builtins(kind, &count);
    for (unsigned i = 0; i < count && NT_SUCCESS(status); i++) {
        struct pnp_property property;
        if (!NT_SUCCESS(builtin_get(&subject, &table[i], &property)))
            continue;
        ExFreePool(property.data);
        status = key_add(table[i].key, &keys);
    }
    if (NT_SUCCESS(status))
        status = property_store_visit(subject.key, key_add, &keys);
    subject_close(&subject);
    if (NT_SUCCESS(status) && !keys.list) {
        keys.list = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *keys.list, PNP_TAG);
        status = keys.list ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!NT_SUCCESS(status)) {
        if (keys.list)
            ExFreePool(keys.list);
        return status;
    }
    *out_keys = keys.list;
    *out_count = keys.count;
    return STATUS_SUCCESS;
}
