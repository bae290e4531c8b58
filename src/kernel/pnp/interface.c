/* SPDX-License-Identifier: MIT */
/* interface.c - device interfaces: registered in the registry, enabled in memory.
 *
 * Control\DeviceClasses\{class}\##?#ROOT#X#0000#{class} is the device's part of a class,
 * with a key "#" or "#reference" below it for each interface. The name that programs open leads
 * to the device as long as one of these is enabled; what follows it is the file's name.
 */
#include "interface.h"

#include <string.h>

#include "cm/cm.h"
#include "ex/ex.h"
#include "host/host.h"
#include "interface_list.h"
#include "key_path.h"
#include "notice.h"
#include "pnp_internal.h"

#include "cfg.h"

#define PREFIX_CHARS 4u

/* One that is enabled. */
struct enabled {
    struct list link;
    UNICODE_STRING name; /* "ROOT#X#0000#{class}[\reference]" */
    USHORT base_bytes;   /* of name, up to the reference */
    GUID class_guid;
    UNICODE_STRING instance;
    const struct device_node *owner; /* whose drivers have enabled it; only compared */
    bool is_announced;
};
static struct host_lock enabled_lock; /* guards: enabled_all */
static struct list enabled_all = LIST_INIT(enabled_all);

/* ---- names ---------------------------------------------------------------------------------- */

/* A link taken apart; the strings point into it. */
struct link_parts {
    UNICODE_STRING name, base, class_text, reference;
    GUID class_guid;
};

static bool is_prefix(const WCHAR *text)
{
    return text[0] == '\\' && (text[1] == '?' || text[1] == '\\') &&
           (text[2] == '?' || text[2] == '.') && text[3] == '\\';
}

static NTSTATUS link_parse(const UNICODE_STRING *link, struct link_parts *out)
{
    size_t chars = link->Length / sizeof(WCHAR), at = PREFIX_CHARS;
    if (chars < PREFIX_CHARS + GUID_TEXT + 2 || !is_prefix(link->Buffer))
        return STATUS_INVALID_PARAMETER;
    while (at < chars && link->Buffer[at] != '\\')
        at++;
    if (at < PREFIX_CHARS + GUID_TEXT + 2 || link->Buffer[at - GUID_TEXT - 1] != '#')
        return STATUS_INVALID_PARAMETER;
    WCHAR *text = link->Buffer + PREFIX_CHARS;
    USHORT base = (USHORT)((at - PREFIX_CHARS) * sizeof(WCHAR));
    USHORT whole = (USHORT)((chars - PREFIX_CHARS) * sizeof(WCHAR));
    *out = (struct link_parts){.name = {whole, whole, text}, .base = {base, base, text}};
    out->class_text = (UNICODE_STRING){GUID_TEXT * sizeof(WCHAR), GUID_TEXT * sizeof(WCHAR),
                                       link->Buffer + at - GUID_TEXT};
    if (at < chars) {
        USHORT rest = (USHORT)((chars - at - 1) * sizeof(WCHAR));
        out->reference = (UNICODE_STRING){rest, rest, link->Buffer + at + 1};
    }
    return NT_SUCCESS(RtlGUIDFromString(&out->class_text, &out->class_guid))
               ? STATUS_SUCCESS
               : STATUS_INVALID_PARAMETER;
}

/* The key of the device's part of the class; with reference that of the interface. */
static void key_name(struct key_path *path, const struct link_parts *parts, bool is_interface)
{
    key_path_begin(path, INTERFACE_CLASSES L"\\");
    key_path_add_guid(path, &parts->class_guid);
    key_path_add(path, L"\\##?#");
    key_path_add_string(path, &parts->base);
    if (!is_interface)
        return;
    key_path_add(path, L"\\#");
    key_path_add_string(path, &parts->reference);
}

static void link_name(struct key_path *path, const WCHAR *prefix, const UNICODE_STRING *instance,
                      const GUID *class_guid, const UNICODE_STRING *reference)
{
    key_path_begin(path, prefix);
    size_t at = path->name.Length / sizeof(WCHAR);
    key_path_add_string(path, instance);
    for (; at < path->name.Length / sizeof(WCHAR); at++)
        if (path->text[at] == '\\')
            path->text[at] = '#';
    key_path_add(path, L"#");
    key_path_add_guid(path, class_guid);
    if (reference && reference->Length) {
        key_path_add(path, L"\\");
        key_path_add_string(path, reference);
    }
}

/* ---- registered ----------------------------------------------------------------------------- */

static bool reference_is_good(const UNICODE_STRING *reference)
{
    for (size_t i = 0; reference && i < reference->Length / sizeof(WCHAR); i++)
        if (reference->Buffer[i] == '\\' || reference->Buffer[i] == '/')
            return false;
    return true;
}

static NTSTATUS register_write(const struct link_parts *parts, const UNICODE_STRING *instance,
                               const UNICODE_STRING *shown, bool *out_existed)
{
    struct key_path path;
    void *key;
    key_name(&path, parts, true);
    NTSTATUS status = key_path_open(&path, KEY_ALL_ACCESS, &key);
    if (NT_SUCCESS(status)) {
        ob_dereference(key);
        *out_existed = true;
        return STATUS_SUCCESS;
    }
    status = key_path_create(&path, KEY_PATH_CHARS, KEY_ALL_ACCESS, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = value_text_set(key, L"SymbolicLink", shown);
    ob_dereference(key);
    key_name(&path, parts, false);
    if (NT_SUCCESS(status))
        status = key_path_open(&path, KEY_ALL_ACCESS, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = value_text_set(key, L"DeviceInstance", instance);
    ob_dereference(key);
    *out_existed = false;
    return status;
}

/* Doc:     wdm.h IoRegisterDeviceInterface */
NTSTATUS pnp_interface_register(const UNICODE_STRING *instance, const GUID *class_guid,
                                const UNICODE_STRING *reference, UNICODE_STRING *out_link)
{
    struct key_path link, shown;
    struct link_parts parts;
    bool existed = false;
    if (!reference_is_good(reference))
        return STATUS_INVALID_DEVICE_REQUEST;
    link_name(&link, L"\\??\\", instance, class_guid, reference);
    link_name(&shown, L"\\\\?\\", instance, class_guid, reference);
    if (link.is_too_long)
        return STATUS_NAME_TOO_LONG;
    NTSTATUS status = link_parse(&link.name, &parts);
    if (NT_SUCCESS(status))
        status = register_write(&parts, instance, &shown.name, &existed);
    if (NT_SUCCESS(status))
        status = text_copy(&link.name, out_link);
    return NT_SUCCESS(status) && existed ? STATUS_OBJECT_NAME_EXISTS : status;
}

NTSTATUS pnp_interface_find(const UNICODE_STRING *link, struct pnp_interface *out_interface)
{
    struct link_parts parts;
    struct key_path path;
    void *key;
    memset(out_interface, 0, sizeof *out_interface);
    NTSTATUS status = link_parse(link, &parts);
    if (!NT_SUCCESS(status))
        return status;
    key_name(&path, &parts, true);
    status = key_path_open(&path, KEY_READ, &key);
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_PATH_NOT_FOUND ? STATUS_OBJECT_NAME_NOT_FOUND : status;
    ob_dereference(key);
    key_name(&path, &parts, false);
    status = key_path_open(&path, KEY_READ, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = value_text_get(key, L"DeviceInstance", &out_interface->instance);
    ob_dereference(key);
    if (NT_SUCCESS(status))
        status = text_copy(&parts.reference, &out_interface->reference);
    out_interface->class_guid = parts.class_guid;
    if (!NT_SUCCESS(status))
        pnp_interface_release(out_interface);
    return status;
}

void pnp_interface_release(struct pnp_interface *interface)
{
    RtlFreeUnicodeString(&interface->instance);
    RtlFreeUnicodeString(&interface->reference);
}

/* Doc:     wdm.h IoOpenDeviceInterfaceRegistryKey: the subkey is made when it is first opened */
NTSTATUS pnp_interface_key_open(const UNICODE_STRING *link, bool is_parameters, ACCESS_MASK access,
                                void **out_key)
{
    struct link_parts parts;
    struct key_path path;
    NTSTATUS status = link_parse(link, &parts);
    if (!NT_SUCCESS(status))
        return status;
    key_name(&path, &parts, true);
    status = key_path_open(&path, is_parameters ? KEY_READ : access, out_key);
    if (!NT_SUCCESS(status) || !is_parameters)
        return status;
    ob_dereference(*out_key);
    key_path_add(&path, L"\\Device Parameters");
    return key_path_create(&path, KEY_PATH_CHARS, access, out_key);
}

/* Doc:     wdm.h IoGetDeviceInterfaceAlias */
NTSTATUS pnp_interface_alias(const UNICODE_STRING *link, const GUID *class_guid,
                             UNICODE_STRING *out_link)
{
    struct pnp_interface interface, alias;
    struct key_path path;
    NTSTATUS status = pnp_interface_find(link, &interface);
    if (!NT_SUCCESS(status))
        return status;
    link_name(&path, L"\\??\\", &interface.instance, class_guid, &interface.reference);
    pnp_interface_release(&interface);
    if (path.is_too_long)
        return STATUS_NAME_TOO_LONG;
    status = pnp_interface_find(&path.name, &alias);
    if (!NT_SUCCESS(status))
        return status;
    pnp_interface_release(&alias);
    return text_copy(&path.name, out_link);
}

NTSTATUS pnp_interface_delete(const UNICODE_STRING *link)
{
    struct link_parts parts;
    struct key_path path;
    void *key;
    NTSTATUS status = link_parse(link, &parts);
    if (!NT_SUCCESS(status))
        return status;
    (void)pnp_interface_enable(link, false);
    key_name(&path, &parts, true);
    status = key_path_open(&path, KEY_ALL_ACCESS, &key);
    return NT_SUCCESS(status) ? subkeys_delete(key) : status;
}

/* ---- enabled -------------------------------------------------------------------------------- */

static struct enabled *enabled_find_locked(const UNICODE_STRING *name, bool is_base)
{
    list_for_each(node, &enabled_all)
    {
        struct enabled *one = list_entry(node, struct enabled, link);
        UNICODE_STRING own = one->name;
        if (is_base)
            own.Length = one->base_bytes;
        if (RtlEqualUnicodeString(&own, name, TRUE))
            return one;
    }
    return NULL;
}

static void enabled_free(struct enabled *one)
{
    RtlFreeUnicodeString(&one->name);
    RtlFreeUnicodeString(&one->instance);
    ExFreePoolWithTag(one, PNP_TAG);
}

static NTSTATUS enabled_make(const struct link_parts *parts, const UNICODE_STRING *instance,
                             const struct device_node *owner, bool is_announced,
                             struct enabled **out_one)
{
    struct enabled *one = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *one, PNP_TAG);
    if (!one)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = text_copy(&parts->name, &one->name);
    if (NT_SUCCESS(status))
        status = text_copy(instance, &one->instance);
    one->base_bytes = parts->base.Length;
    one->class_guid = parts->class_guid;
    one->owner = owner;
    one->is_announced = is_announced;
    if (!NT_SUCCESS(status)) {
        enabled_free(one);
        return status;
    }
    ex_pool_disown(one);
    ex_pool_disown(one->name.Buffer);
    ex_pool_disown(one->instance.Buffer);
    *out_one = one;
    return STATUS_SUCCESS;
}

/* What the registry shows of it; gone with the machine. */
static void linked_write(const struct link_parts *parts, bool is_linked)
{
    struct key_path path;
    void *key;
    key_name(&path, parts, true);
    size_t stable = path.name.Length / sizeof(WCHAR);
    key_path_add(&path, L"\\Control");
    if (!NT_SUCCESS(key_path_create(&path, stable, KEY_ALL_ACCESS, &key)))
        return;
    (void)value_number_set(key, L"Linked", is_linked);
    ob_dereference(key);
}

static NTSTATUS dos_link(const UNICODE_STRING *base, const UNICODE_STRING *target)
{
    struct key_path name;
    key_path_begin(&name, L"\\??\\");
    key_path_add_string(&name, base);
    return target ? ob_symbolic_link_create(&name.name, target)
                  : ob_symbolic_link_delete(&name.name);
}

static void announce(const struct enabled *one, bool is_arrival)
{
    struct key_path link;
    key_path_begin(&link, L"\\??\\");
    key_path_add_string(&link, &one->name);
    (void)notice_interface(&one->class_guid, &link.name, &one->instance, is_arrival);
}

static NTSTATUS disable(const struct link_parts *parts)
{
    host_lock_take(&enabled_lock);
    struct enabled *one = enabled_find_locked(&parts->name, false);
    if (one)
        list_remove(&one->link);
    bool was_last = one && !enabled_find_locked(&parts->base, true);
    host_lock_give(&enabled_lock);
    if (!one)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (was_last)
        (void)dos_link(&parts->base, NULL);
    linked_write(parts, false);
    if (one->is_announced)
        announce(one, false);
    enabled_free(one);
    return STATUS_SUCCESS;
}

/* The name of one that another device of the same name has enabled; false: none. */
static bool left_over_find(const struct link_parts *parts, const struct device_node *owner,
                           struct key_path *out_link)
{
    bool is_found = false;
    host_lock_take(&enabled_lock);
    list_for_each(at, &enabled_all)
    {
        const struct enabled *one = list_entry(at, struct enabled, link);
        UNICODE_STRING base = one->name;
        base.Length = one->base_bytes;
        is_found = one->owner != owner && RtlEqualUnicodeString(&base, &parts->base, TRUE);
        if (!is_found)
            continue;
        key_path_begin(out_link, L"\\??\\");
        key_path_add_string(out_link, &one->name);
        break;
    }
    host_lock_give(&enabled_lock);
    return is_found;
}

/* A device that is gone, but for files that are open, may not have disabled what the one that came
 * back by its name enables now: the link leads to it. */
static void left_over_disable(const struct link_parts *parts, const struct device_node *owner)
{
    struct key_path link;
    struct link_parts old;
    while (left_over_find(parts, owner, &link) && NT_SUCCESS(link_parse(&link.name, &old)) &&
           NT_SUCCESS(disable(&old)))
        ;
}

static NTSTATUS enable(const struct link_parts *parts, const UNICODE_STRING *instance)
{
    UNICODE_STRING target = {0};
    struct enabled *one;
    struct pnp_status state;
    struct device_node *node = pnp_node_find_get(instance);
    DEVICE_OBJECT *pdo = node ? pnp_node_pdo(node) : NULL;
    NTSTATUS status = pdo ? ob_name_of(pdo, &target) : STATUS_INVALID_DEVICE_REQUEST;
    if (NT_SUCCESS(status) && !target.Length)
        status = STATUS_INVALID_DEVICE_REQUEST; /* a PDO without a name cannot be opened */
    if (node) {
        pnp_status_get(node, &state);
        pnp_node_put(node);
    }
    if (NT_SUCCESS(status))
        status = enabled_make(parts, instance, node, state.flags & DN_STARTED, &one);
    if (!NT_SUCCESS(status)) {
        RtlFreeUnicodeString(&target);
        return status;
    }
    left_over_disable(parts, one->owner);
    host_lock_take(&enabled_lock);
    bool is_there = enabled_find_locked(&parts->name, false);
    bool has_link = enabled_find_locked(&parts->base, true);
    if (!is_there)
        list_push_back(&enabled_all, &one->link);
    host_lock_give(&enabled_lock);
    if (!is_there && !has_link)
        status = dos_link(&parts->base, &target);
    RtlFreeUnicodeString(&target);
    if (is_there) {
        enabled_free(one);
        return STATUS_OBJECT_NAME_EXISTS;
    }
    linked_write(parts, true);
    if (state.flags & DN_STARTED)
        announce(one, true);
    return status == STATUS_OBJECT_NAME_COLLISION ? STATUS_SUCCESS : status;
}

/* Doc:     wdm.h IoSetDeviceInterfaceState */
NTSTATUS pnp_interface_enable(const UNICODE_STRING *link, bool is_enabled)
{
    struct pnp_interface interface;
    struct link_parts parts;
    NTSTATUS status = link_parse(link, &parts);
    if (!NT_SUCCESS(status))
        return status;
    if (!is_enabled)
        return disable(&parts);
    status = pnp_interface_find(link, &interface);
    if (!NT_SUCCESS(status))
        return status;
    status = enable(&parts, &interface.instance);
    pnp_interface_release(&interface);
    return status;
}

bool pnp_interface_is_enabled(const UNICODE_STRING *link)
{
    struct link_parts parts;
    if (!NT_SUCCESS(link_parse(link, &parts)))
        return false;
    host_lock_take(&enabled_lock);
    bool is_there = enabled_find_locked(&parts.name, false);
    host_lock_give(&enabled_lock);
    return is_there;
}

/* ---- the device's ups and downs ---------------------------------------------------------------
 */

/* A copy of the name of one of the device's, by state; false: none. */
static bool enabled_of_device(const struct device_node *node, bool is_unannounced,
                              struct key_path *out_link)
{
    bool is_found = false;
    host_lock_take(&enabled_lock);
    list_for_each(at, &enabled_all)
    {
        struct enabled *one = list_entry(at, struct enabled, link);
        if ((is_unannounced && one->is_announced) || one->owner != node)
            continue;
        if (is_unannounced)
            one->is_announced = true;
        key_path_begin(out_link, L"\\??\\");
        key_path_add_string(out_link, &one->name);
        is_found = true;
        break;
    }
    host_lock_give(&enabled_lock);
    return is_found;
}

void interface_device_started(struct device_node *node)
{
    struct key_path link;
    struct link_parts parts;
    while (enabled_of_device(node, true, &link))
        if (NT_SUCCESS(link_parse(&link.name, &parts)))
            (void)notice_interface(&parts.class_guid, &link.name, pnp_node_instance(node), true);
}

void interface_device_removed(struct device_node *node)
{
    struct key_path link;
    while (enabled_of_device(node, false, &link))
        (void)pnp_interface_enable(&link.name, false);
}

void interface_fini(void)
{
    host_lock_take(&enabled_lock);
    struct list *first;
    while ((first = list_pop_front(&enabled_all)))
        enabled_free(list_entry(first, struct enabled, link));
    host_lock_give(&enabled_lock);
}
