/* SPDX-License-Identifier: MIT */
/* instance_list.c - devices by name: Enum\<enumerator>\<device>\<instance>. */
#include "pnp/instances.h"

#include "name_list.h"
#include "pnp_internal.h"

#define ENUM_PATH L"\\Registry\\Machine\\System\\CurrentControlSet\\Enum"

struct listing {
    struct name_list names;
    struct key_path path;
    size_t base_chars; /* of ENUM_PATH and its backslash */
    unsigned depth;
    const UNICODE_STRING *enumerator;
};

static bool is_of(const UNICODE_STRING *instance, const UNICODE_STRING *enumerator)
{
    USHORT length = enumerator ? enumerator->Length : 0;
    UNICODE_STRING first = *instance;
    if (!length)
        return true;
    if (instance->Length <= length || instance->Buffer[length / sizeof(WCHAR)] != '\\')
        return false;
    first.Length = length;
    return RtlEqualUnicodeString(&first, enumerator, TRUE);
}

static bool part_visit(const UNICODE_STRING *name, void *context)
{
    struct listing *listing = context;
    USHORT length = listing->path.name.Length;
    void *key;
    key_path_add(&listing->path, L"\\");
    key_path_add_string(&listing->path, name);
    if (listing->depth == 2) {
        UNICODE_STRING instance = listing->path.name;
        instance.Buffer += listing->base_chars;
        instance.Length = (USHORT)(instance.Length - listing->base_chars * sizeof(WCHAR));
        struct device_node *node = pnp_node_find_get(&instance); /* then it is on the list */
        if (node)
            pnp_node_put(node);
        else if (is_of(&instance, listing->enumerator))
            (void)name_list_add(&listing->names, &instance);
    } else if (NT_SUCCESS(key_path_open(&listing->path, KEY_READ, &key))) {
        listing->depth++;
        (void)subkeys_visit(key, part_visit, listing);
        listing->depth--;
        ob_dereference(key);
    }
    listing->path.name.Length = length;
    listing->path.text[length / sizeof(WCHAR)] = 0;
    listing->path.is_too_long = false;
    return NT_SUCCESS(listing->names.status);
}

static void node_visit(struct device_node *node, unsigned depth, void *context)
{
    struct listing *listing = context;
    if (is_of(pnp_node_instance(node), listing->enumerator))
        (void)name_list_add(&listing->names, pnp_node_instance(node));
}

NTSTATUS pnp_instances_list(const UNICODE_STRING *enumerator, bool is_with_absent, WCHAR **out_list,
                            ULONG *out_bytes)
{
    struct listing *listing = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *listing, PNP_TAG);
    void *key;
    if (!listing)
        return STATUS_INSUFFICIENT_RESOURCES;
    listing->enumerator = enumerator;
    key_path_begin(&listing->path, ENUM_PATH);
    listing->base_chars = listing->path.name.Length / sizeof(WCHAR) + 1;
    pnp_visit(node_visit, listing);
    if (is_with_absent && NT_SUCCESS(key_path_open(&listing->path, KEY_READ, &key))) {
        (void)subkeys_visit(key, part_visit, listing);
        ob_dereference(key);
    }
    NTSTATUS status = name_list_end(&listing->names, out_list, out_bytes);
    ExFreePoolWithTag(listing, PNP_TAG);
    return status;
}

bool pnp_instance_is_known(const UNICODE_STRING *instance)
{
    struct key_path path;
    void *key;
    size_t parts = 1;
    for (size_t i = 0; i < instance->Length / sizeof(WCHAR); i++)
        parts += instance->Buffer[i] == '\\';
    if (parts != 3)
        return false;
    key_path_begin(&path, ENUM_PATH L"\\");
    key_path_add_string(&path, instance);
    if (!NT_SUCCESS(key_path_open(&path, KEY_READ, &key)))
        return false;
    ob_dereference(key);
    return true;
}
