/* SPDX-License-Identifier: MIT */
/* identify.c - who is it? From a PDO that a bus reports to a device with a name and an Enum key.
 *
 * In: a node in DeviceNodeUninitialized; out: its instance path, what its bus says it is and can
 * do, all of it in the registry. An id with illegal characters is the driver's mistake: bug check.
 */
#include <devpkey.h>

#include "pnp_internal.h"
#include "property.h"

#include "cm/cm.h"

#define ID_LENGTH   200u /* MAX_DEVICE_ID_LEN */
#define GUID_LENGTH 39u

/* ---- are the ids well formed? ------------------------------------------------------------------
 */

/* Number of characters before the end; a blank becomes an underscore, as Windows makes it.
 * Doc: "IRP_MN_QUERY_ID"; "Bug Check 0xCA", 3 */
static size_t id_check(const struct device_node *node, WCHAR *text, ULONG_PTR what)
{
    size_t length = 0;
    for (; length < ID_LENGTH && text[length] != 0; length++) {
        if (text[length] == ' ')
            text[length] = '_';
        if (text[length] < 0x20 || text[length] > 0x7f || text[length] == ',')
            pnp_bugcheck(3, node->pdo, text, what);
    }
    if (length == ID_LENGTH)
        pnp_bugcheck(3, node->pdo, text, what);
    return length;
}

#define LIST_LENGTH 8192u

/* Bytes of a REG_MULTI_SZ, both terminators counted. */
static ULONG ids_check(const struct device_node *node, WCHAR *text, ULONG_PTR what)
{
    size_t length = 0;
    while (text[length] != 0) {
        length += id_check(node, text + length, what) + 1;
        if (length > LIST_LENGTH)
            pnp_bugcheck(3, node->pdo, text, what);
    }
    return (ULONG)((length + 1 + (length == 0)) * sizeof(WCHAR));
}

/* ---- the instance path ------------------------------------------------------------------------
 */

static ULONG name_hash(const UNICODE_STRING *name)
{
    ULONG hash = 0x811c9dc5u;
    for (unsigned i = 0; i < name->Length / sizeof(WCHAR); i++)
        hash = (hash ^ RtlUpcaseUnicodeChar(name->Buffer[i])) * 0x01000193u;
    return hash;
}

static size_t hex_put(WCHAR *at, ULONG number)
{
    static const char digits[] = "0123456789abcdef";
    size_t count = 1;
    for (ULONG rest = number >> 4; rest != 0; rest >>= 4)
        count++;
    for (size_t i = 0; i < count; i++)
        at[count - 1 - i] = (WCHAR)digits[(number >> (4 * i)) & 15];
    return count;
}

/* What makes an instance id that is unique on its bus unique on the machine: where the bus is.
 * Doc: "Instance IDs", "IRP_MN_QUERY_ID": "adding information about the device's parent" */
static size_t parent_prefix_put(const struct device_node *node, WCHAR *at)
{
    size_t count = 0;
    ULONG depth = 0;
    for (const struct device_node *up = node->parent; up != NULL; up = up->parent)
        depth++;
    count += hex_put(at, depth);
    at[count++] = '&';
    count += hex_put(at + count, name_hash(&node->parent->instance));
    at[count++] = '&';
    return count;
}

static bool path_is_taken(const struct device_node *node, const UNICODE_STRING *path,
                          struct device_node **out_other)
{
    struct device_node *other = pnp_node_find_get(path);
    pnp_node_put(other); /* the worker's tree does not change under it */
    *out_other = other;
    return other != NULL && other != node && !node_is(other, NODE_IS_MISSING);
}

static NTSTATUS path_make(struct device_node *node, const WCHAR *device, const WCHAR *instance,
                          bool is_unique, UNICODE_STRING *out_path)
{
    WCHAR text[2 * ID_LENGTH + 32];
    size_t count = 0;
    for (; *device != 0; device++)
        text[count++] = RtlUpcaseUnicodeChar(*device);
    text[count++] = '\\';
    if (!is_unique)
        count += parent_prefix_put(node, text + count);
    if (instance == NULL || *instance == 0)
        instance = L"0";
    while (*instance != 0)
        text[count++] = *instance++;
    return pnp_string_copy(text, count, out_path);
}

/* Two children of one bus with one name is a mistake of the bus; two buses that each have a device
 * of that name keep both apart by their own names.
 * Doc: "Bug Check 0xCA", 1; CM_PROB_DUPLICATE_DEVICE */
static NTSTATUS path_choose(struct device_node *node, const WCHAR *device, const WCHAR *instance)
{
    UNICODE_STRING path;
    struct device_node *other;
    bool is_unique = node->capabilities.UniqueID;
    NTSTATUS status = path_make(node, device, instance, is_unique, &path);
    if (!NT_SUCCESS(status))
        return status;
    bool is_taken = path_is_taken(node, &path, &other);
    if (is_taken && other->parent == node->parent)
        pnp_bugcheck(1, node->pdo, other->pdo, 0);
    if (is_taken && is_unique) {
        pnp_string_free(&path);
        status = path_make(node, device, instance, false, &path);
        if (!NT_SUCCESS(status))
            return status;
        is_taken = path_is_taken(node, &path, &other);
    }
    if (is_taken) {
        pnp_string_free(&path);
        node_problem_set(node, CM_PROB_DUPLICATE_DEVICE, STATUS_DUPLICATE_OBJECTID);
        return STATUS_DUPLICATE_OBJECTID;
    }
    host_lock_take(&pnp_tree_lock);
    node->instance = path;
    host_lock_give(&pnp_tree_lock);
    return STATUS_SUCCESS;
}

/* ---- the Enum key -----------------------------------------------------------------------------
 */

/* The bits of DEVICE_CAPABILITIES as the registry has them (CM_DEVCAP_* of cfgmgr32.h). */
static ULONG capability_bits(const DEVICE_CAPABILITIES *c)
{
    return (ULONG)(c->LockSupported << 0 | c->EjectSupported << 1 | c->Removable << 2 |
                   c->DockDevice << 3 | c->UniqueID << 4 | c->SilentInstall << 5 |
                   c->RawDeviceOK << 6 | c->SurpriseRemovalOK << 7 | c->HardwareDisabled << 8 |
                   c->NonDynamic << 9);
}

static void ids_store(struct device_node *node, void *key, BUS_QUERY_ID_TYPE type,
                      const WCHAR *value, ULONG_PTR what)
{
    WCHAR *list = NULL;
    if (!NT_SUCCESS(irp_query_id(node, type, &list)) || list == NULL)
        return;
    ULONG length = ids_check(node, list, what);
    if (length > 2 * sizeof(WCHAR))
        (void)key_value_set(key, value, REG_MULTI_SZ, list, length);
    ExFreePool(list);
}

/* A container: what the bus says, or the parent's when the device cannot be taken out of it, or
 * one of its own made from its name.
 * Doc: "Overview of Container IDs", "How Container IDs are Generated" */
static void container_store(struct device_node *node, void *key)
{
    static const WCHAR none[] = L"{00000000-0000-0000-ffff-ffffffffffff}";
    WCHAR *text = NULL, buffer[GUID_LENGTH];
    if (NT_SUCCESS(irp_query_id(node, BusQueryContainerID, &text)) && text != NULL) {
        (void)key_text_set(key, L"ContainerID", text);
        ExFreePool(text);
        return;
    }
    if (key_value_is(key, L"ContainerID"))
        return;
    if (node->capabilities.Removable) {
        static const char pattern[] = "{xxxxxxxx-xxxx-5xxx-8xxx-xxxxxxxxxxxx}";
        ULONG hash = name_hash(&node->instance);
        for (unsigned i = 0; i < sizeof(pattern); i++) {
            buffer[i] = (unsigned char)pattern[i];
            if (pattern[i] != 'x')
                continue;
            hash = hash * 1664525u + 1013904223u;
            (void)hex_put(&buffer[i], hash >> 28);
        }
        (void)key_text_set(key, L"ContainerID", buffer);
        return;
    }
    void *parent_key = NULL;
    WCHAR *parents = NULL;
    if (node->parent != pnp_root && NT_SUCCESS(node_key(node->parent, false, &parent_key)))
        parents = key_value_get(parent_key, L"ContainerID", REG_SZ, NULL);
    (void)key_text_set(key, L"ContainerID", parents != NULL ? parents : none);
    pnp_free(parents);
    if (parent_key != NULL)
        key_close(parent_key);
}

/* What the bus calls it stays to be asked for, whatever an INF says. */
static void bus_text_store(void *key, const WCHAR *text)
{
    struct pnp_property was, now;
    UNICODE_STRING string;
    RtlInitUnicodeString(&string, text);
    if (!NT_SUCCESS(property_of_string(&string, &now)))
        return;
    bool is_known =
        NT_SUCCESS(property_store_get(key, &DEVPKEY_Device_BusReportedDeviceDesc, 0, &was));
    if (!is_known || was.length != now.length || memcmp(was.data, now.data, now.length) != 0)
        (void)property_store_set(key, &DEVPKEY_Device_BusReportedDeviceDesc, 0, &now);
    if (is_known)
        ExFreePool(was.data);
    ExFreePool(now.data);
}

static void texts_store(struct device_node *node, void *key)
{
    WCHAR *text = NULL;
    if (NT_SUCCESS(irp_query_text(node, DeviceTextDescription, &text)) && text != NULL) {
        bus_text_store(key, text);
        /* An INF's description, once there is one, is better. */
        if (!key_value_is(key, L"DeviceDesc"))
            (void)key_text_set(key, L"DeviceDesc", text);
        ExFreePool(text);
    }
    text = NULL;
    if (NT_SUCCESS(irp_query_text(node, DeviceTextLocationInformation, &text)) && text != NULL) {
        (void)key_text_set(key, L"LocationInformation", text);
        ExFreePool(text);
    }
}

/* Doc: "Adding a PnP Device to a Running System", step "stores information in the registry" */
static NTSTATUS node_store(struct device_node *node)
{
    void *key, *log = NULL;
    NTSTATUS status = node_key(node, true, &key);
    if (!NT_SUCCESS(status))
        return status;
    ids_store(node, key, BusQueryHardwareIDs, L"HardwareID", 3);
    ids_store(node, key, BusQueryCompatibleIDs, L"CompatibleIDs", 4);
    container_store(node, key);
    texts_store(node, key);
    (void)key_number_set(key, L"Capabilities", capability_bits(&node->capabilities));
    if (node->capabilities.UINumber != (ULONG)-1)
        (void)key_number_set(key, L"UINumber", node->capabilities.UINumber);
    if (node->capabilities.Address != (ULONG)-1)
        (void)key_number_set(key, L"Address", node->capabilities.Address);
    bool has_log = node->boot != NULL || node->wanted != NULL;
    if (has_log && NT_SUCCESS(key_child_open(key, L"LogConf", true, 0, &log))) {
        if (node->boot != NULL)
            (void)key_value_set(log, L"BootConfig", REG_RESOURCE_LIST, node->boot,
                                (ULONG)resource_list_bytes(node->boot));
        if (node->wanted != NULL)
            (void)key_value_set(log, L"BasicConfigVector", REG_RESOURCE_REQUIREMENTS_LIST,
                                node->wanted, node->wanted->ListSize);
        key_close(log);
    }
    key_close(key);
    node->flags |= NODE_IS_KEYED;
    return STATUS_SUCCESS;
}

/* ---- the walk ----------------------------------------------------------------------------------
 */

void node_resources_ask(struct device_node *node)
{
    CM_RESOURCE_LIST *boot = NULL;
    IO_RESOURCE_REQUIREMENTS_LIST *wanted = NULL;
    pnp_free(node->boot);
    pnp_free(node->wanted);
    node->boot = NULL;
    node->wanted = NULL;
    if (NT_SUCCESS(irp_query_resources(node, &boot)) && boot != NULL) {
        size_t bytes = resource_list_bytes(boot);
        if (boot->Count != 0 && (node->boot = pnp_allocate(bytes)) != NULL)
            memcpy(node->boot, boot, bytes);
        ExFreePool(boot);
    }
    if (NT_SUCCESS(irp_query_requirements(node, &wanted)) && wanted != NULL) {
        if ((node->wanted = pnp_allocate(wanted->ListSize)) != NULL)
            memcpy(node->wanted, wanted, wanted->ListSize);
        ExFreePool(wanted);
    }
}

static NTSTATUS name_ask(struct device_node *node)
{
    WCHAR *device = NULL, *instance = NULL;
    NTSTATUS status = irp_query_id(node, BusQueryDeviceID, &device);
    if (NT_SUCCESS(status) && device == NULL)
        status = STATUS_NOT_SUPPORTED;
    if (!NT_SUCCESS(status)) {
        if (status != STATUS_IO_TIMEOUT)
            rtl_debug_printf("pnp: a child of %s has no device id (%s)\n", node_text(node->parent),
                             rtl_status_text(status));
        node_problem_set(node, CM_PROB_INVALID_DATA, status);
        return status;
    }
    (void)id_check(node, device, 1);
    if (NT_SUCCESS(irp_query_id(node, BusQueryInstanceID, &instance)) && instance != NULL)
        (void)id_check(node, instance, 2);
    /* Before its name is made: UniqueID says how. */
    (void)irp_query_capabilities(node, &node->capabilities);
    if (node_is(node, NODE_IS_STUCK))
        status = STATUS_IO_TIMEOUT;
    else
        status = path_choose(node, device, instance);
    ExFreePool(device);
    if (instance != NULL)
        ExFreePool(instance);
    return status;
}

/* Errors:  the node's problem is set where there is one */
NTSTATUS node_identify(struct device_node *node)
{
    NTSTATUS status = name_ask(node);
    if (!NT_SUCCESS(status)) {
        if (node->problem == 0)
            node_problem_set(node,
                             status == STATUS_INSUFFICIENT_RESOURCES ? CM_PROB_OUT_OF_MEMORY
                                                                     : CM_PROB_INVALID_DATA,
                             status);
        return status;
    }
    node_resources_ask(node);
    node->has_bus = NT_SUCCESS(irp_query_bus(node, &node->bus));
    status = node_store(node);
    if (NT_SUCCESS(status) && node_is(node, NODE_IS_STUCK))
        status = STATUS_IO_TIMEOUT;
    if (!NT_SUCCESS(status)) {
        node_problem_set(node, CM_PROB_REGISTRY, status);
        return status;
    }
    node_state_set(node, NODE_INITIALIZED);
    (void)node_tell(node, PNP_EVENT_ARRIVED, NULL);
    return STATUS_SUCCESS;
}
