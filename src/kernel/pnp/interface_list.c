/* SPDX-License-Identifier: MIT */
/* interface_list.c - which device interfaces there are, of a class, of a device, of all.
 *
 * Comes out: a list of links, each terminated, the whole ended by an empty one.
 */
#include "interface_list.h"

#include <string.h>

#include "cm/cm.h"
#include "name_list.h"
#include "pnp/interface.h"
#include "pnp_internal.h"

struct listing {
    const UNICODE_STRING *instance; /* NULL: of every device */
    bool is_with_disabled;
    struct name_list names;
    struct key_path path; /* of the key whose children are visited */
    void *key;
};

/* Opens the child, visits its children and comes back. */
static bool below(struct listing *listing, const UNICODE_STRING *name,
                  bool (*visit)(const UNICODE_STRING *name, void *context))
{
    void *outer = listing->key, *key;
    USHORT length = listing->path.name.Length;
    key_path_add(&listing->path, L"\\");
    key_path_add_string(&listing->path, name);
    if (NT_SUCCESS(key_path_open(&listing->path, KEY_READ, &key))) {
        listing->key = key;
        (void)subkeys_visit(key, visit, listing);
        ob_dereference(key);
    }
    listing->key = outer;
    listing->path.name.Length = length;
    listing->path.text[length / sizeof(WCHAR)] = 0;
    listing->path.is_too_long = false;
    return NT_SUCCESS(listing->names.status);
}

/* "#" or "#reference": SymbolicLink says the name as programs do. */
static bool interface_visit(const UNICODE_STRING *name, void *context)
{
    struct listing *listing = context;
    UNICODE_STRING link;
    USHORT length = listing->path.name.Length;
    void *key;
    if (!name->Length || name->Buffer[0] != '#')
        return true;
    key_path_add(&listing->path, L"\\");
    key_path_add_string(&listing->path, name);
    NTSTATUS status = key_path_open(&listing->path, KEY_READ, &key);
    listing->path.name.Length = length;
    listing->path.text[length / sizeof(WCHAR)] = 0;
    if (!NT_SUCCESS(status))
        return true;
    status = value_text_get(key, L"SymbolicLink", &link);
    ob_dereference(key);
    if (!NT_SUCCESS(status))
        return true;
    if (link.Length > 4 * sizeof(WCHAR))
        link.Buffer[1] = '?';
    if (listing->is_with_disabled || pnp_interface_is_enabled(&link))
        (void)name_list_add(&listing->names, &link);
    RtlFreeUnicodeString(&link);
    return NT_SUCCESS(listing->names.status);
}

static bool device_visit(const UNICODE_STRING *name, void *context)
{
    struct listing *listing = context;
    if (name->Length < 4 * sizeof(WCHAR) || memcmp(name->Buffer, L"##?#", 4 * sizeof(WCHAR)) != 0)
        return true;
    if (listing->instance) {
        UNICODE_STRING instance;
        struct key_path path;
        void *key;
        key_path_begin(&path, L"");
        key_path_add_string(&path, &listing->path.name);
        key_path_add(&path, L"\\");
        key_path_add_string(&path, name);
        if (!NT_SUCCESS(key_path_open(&path, KEY_READ, &key)))
            return true;
        NTSTATUS status = value_text_get(key, L"DeviceInstance", &instance);
        ob_dereference(key);
        if (!NT_SUCCESS(status))
            return true;
        bool is_it = RtlEqualUnicodeString(&instance, listing->instance, TRUE);
        RtlFreeUnicodeString(&instance);
        if (!is_it)
            return true;
    }
    return below(listing, name, interface_visit);
}

static bool class_visit(const UNICODE_STRING *name, void *context)
{
    return below(context, name, device_visit);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h IoGetDeviceInterfaces
 */
NTSTATUS pnp_interface_list(const GUID *class_guid, const UNICODE_STRING *instance,
                            bool is_with_disabled, WCHAR **out_list, ULONG *out_bytes)
{
    struct listing *listing = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *listing, PNP_TAG);
    if (!listing)
        return STATUS_INSUFFICIENT_RESOURCES;
    listing->instance = instance;
    listing->is_with_disabled = is_with_disabled;
    key_path_begin(&listing->path, INTERFACE_CLASSES);
    if (class_guid) {
        key_path_add(&listing->path, L"\\");
        key_path_add_guid(&listing->path, class_guid);
    }
    if (NT_SUCCESS(key_path_open(&listing->path, KEY_READ, &listing->key))) {
        (void)subkeys_visit(listing->key, class_guid ? device_visit : class_visit, listing);
        ob_dereference(listing->key);
    }
    NTSTATUS status = name_list_end(&listing->names, out_list, out_bytes);
    ExFreePoolWithTag(listing, PNP_TAG);
    return status;
}
