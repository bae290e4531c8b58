/* SPDX-License-Identifier: MIT */
/* node.c - a device node: made for a PDO, named, counted, ended.
 *
 * In: a PDO that a bus reports; out: a node that the tree holds and everyone may refer to. The
 * node refers to its PDO until it ends, so that a driver's IoDeleteDevice leaves it readable.
 */
#include "pnp_internal.h"

static _Atomic uint64_t nodes_alive;

/* ---- memory and strings --------------------------------------------------------------------- */

void *pnp_allocate(size_t bytes)
{
    void *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, PNP_TAG);
    if (memory != NULL)
        ex_pool_disown(memory);
    return memory;
}

void pnp_free(void *memory)
{
    if (memory != NULL)
        ExFreePoolWithTag(memory, PNP_TAG);
}

NTSTATUS pnp_string_copy(const WCHAR *text, size_t characters, UNICODE_STRING *out_copy)
{
    WCHAR *buffer = characters < 0x7ff0 ? pnp_allocate((characters + 1) * sizeof(WCHAR)) : NULL;
    *out_copy = (UNICODE_STRING){0};
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, text, characters * sizeof(WCHAR));
    *out_copy = (UNICODE_STRING){(USHORT)(characters * sizeof(WCHAR)),
                                 (USHORT)((characters + 1) * sizeof(WCHAR)), buffer};
    return STATUS_SUCCESS;
}

void pnp_string_free(UNICODE_STRING *string)
{
    pnp_free(string->Buffer);
    *string = (UNICODE_STRING){0};
}

/* ---- making and ending ------------------------------------------------------------------------
 */

struct device_node *node_create(DEVICE_OBJECT *pdo)
{
    struct device_node *node = pnp_allocate(sizeof(*node));
    if (node == NULL)
        return NULL;
    node->references = 1;
    node->pdo = pdo;
    node->state = NODE_UNINITIALIZED;
    node->flags = NODE_IS_NEW;
    KeQuerySystemTime(&node->arrival);
    list_init(&node->sibling);
    list_init(&node->children);
    list_init(&node->ask_link);
    node->capabilities.Size = sizeof(node->capabilities);
    node->capabilities.Version = 1;
    node->capabilities.Address = node->capabilities.UINumber = (ULONG)-1;
    atomic_fetch_add(&nodes_alive, 1);
    return node;
}

static void node_end(struct device_node *node)
{
    if (node->pdo != NULL)
        ob_dereference(node->pdo);
    pnp_string_free(&node->instance);
    pnp_string_free(&node->service);
    pnp_free(node->boot);
    pnp_free(node->raw);
    pnp_free(node->translated);
    pnp_free(node->wanted);
    pnp_free(node->filtered);
    pnp_free(node);
    atomic_fetch_sub(&nodes_alive, 1);
}

void pnp_node_reference(struct device_node *node)
{
    atomic_fetch_add_explicit(&node->references, 1, memory_order_relaxed);
}

void pnp_node_put(struct device_node *node)
{
    if (node != NULL && atomic_fetch_sub(&node->references, 1) == 1)
        node_end(node);
}

/* ---- what others ask --------------------------------------------------------------------------
 */

LARGE_INTEGER pnp_node_arrival(const struct device_node *node)
{
    return node->arrival;
}

const UNICODE_STRING *pnp_node_instance(const struct device_node *node)
{
    return &node->instance;
}

const UNICODE_STRING *pnp_node_service(const struct device_node *node)
{
    return &node->service;
}

DEVICE_OBJECT *pnp_node_pdo(const struct device_node *node)
{
    return node->is_pdo_gone ? NULL : node->pdo;
}

NTSTATUS pnp_node_key_open(struct device_node *node, ACCESS_MASK access, void **out_key)
{
    (void)access;
    return node_key(node, false, out_key);
}

const char *node_text(const struct device_node *node)
{
    static __thread char text[8][256];
    static __thread unsigned at;
    char *line = text[at++ % 8];
    const UNICODE_STRING *name = &node->instance;
    unsigned count = 0;
    for (unsigned i = 0; i < name->Length / sizeof(WCHAR) && count < 255; i++)
        line[count++] = name->Buffer[i] < 0x7f ? (char)name->Buffer[i] : '?';
    line[count] = '\0';
    if (count == 0)
        return "a device that has no name yet";
    return line;
}

/* ---- how it is ----------------------------------------------------------------------------------
 */

void node_problem_set(struct device_node *node, ULONG problem, NTSTATUS why)
{
    host_lock_take(&pnp_tree_lock);
    node->problem = problem;
    node->problem_status = why;
    host_lock_give(&pnp_tree_lock);
}

static ULONG status_flags_locked(const struct device_node *node)
{
    enum node_state state = node->state;
    ULONG flags = DN_NT_ENUMERATOR | DN_NT_DRIVER;
    if (node_is(node, NODE_IS_ROOT))
        flags |= DN_ROOT_ENUMERATED;
    if (node_is(node, NODE_IS_ADDED))
        flags |= DN_DRIVER_LOADED;
    if (!list_is_empty(&node->children))
        flags |= DN_ENUM_LOADED;
    if (state == NODE_STARTED ||
        (state >= NODE_QUERY_STOPPED && state <= NODE_RESTART_COMPLETION &&
         state != NODE_STOPPED) ||
        state == NODE_ENUMERATE_PENDING || state == NODE_ENUMERATE_COMPLETION)
        flags |= DN_STARTED;
    if (node->problem != 0)
        flags |= DN_HAS_PROBLEM;
    if (!(node->device_state & PNP_DEVICE_NOT_DISABLEABLE) && node != pnp_root)
        flags |= DN_DISABLEABLE;
    if (node->capabilities.Removable)
        flags |= DN_REMOVABLE;
    if (node->capabilities.SilentInstall)
        flags |= DN_SILENT_INSTALL;
    if ((node->device_state & PNP_DEVICE_DONT_DISPLAY_IN_UI) || node->capabilities.NoDisplayInUI)
        flags |= DN_NO_SHOW_IN_DM;
    if (node_is(node, NODE_IS_MISSING))
        flags |= DN_DEVICE_DISCONNECTED;
    return flags;
}

void pnp_status_get(struct device_node *node, struct pnp_status *out_status)
{
    host_lock_take(&pnp_tree_lock);
    *out_status = (struct pnp_status){.flags = status_flags_locked(node),
                                      .problem = node->problem,
                                      .problem_status = node->problem_status,
                                      .state = node->state,
                                      .state_name = node_state_name(node->state)};
    host_lock_give(&pnp_tree_lock);
}

void pnp_capabilities_get(struct device_node *node, DEVICE_CAPABILITIES *out_capabilities)
{
    host_lock_take(&pnp_tree_lock);
    *out_capabilities = node->capabilities;
    host_lock_give(&pnp_tree_lock);
}

static NTSTATUS list_copy(const CM_RESOURCE_LIST *list, CM_RESOURCE_LIST *copy, size_t bytes)
{
    if (list == NULL || bytes < resource_list_bytes(list))
        return STATUS_RETRY;
    memcpy(copy, list, resource_list_bytes(list));
    return STATUS_SUCCESS;
}

/* Two lists of the same length: translated ones have the same shape. */
NTSTATUS pnp_resources_get(struct device_node *node, CM_RESOURCE_LIST **out_raw,
                           CM_RESOURCE_LIST **out_translated)
{
    NTSTATUS status = STATUS_RETRY;
    *out_raw = *out_translated = NULL;
    while (status == STATUS_RETRY) {
        host_lock_take(&pnp_tree_lock);
        size_t bytes = node->raw != NULL ? resource_list_bytes(node->raw) : 0;
        host_lock_give(&pnp_tree_lock);
        if (bytes == 0)
            return STATUS_SUCCESS;
        CM_RESOURCE_LIST *raw = ExAllocatePool2(POOL_FLAG_PAGED, bytes, PNP_TAG);
        CM_RESOURCE_LIST *translated = ExAllocatePool2(POOL_FLAG_PAGED, bytes, PNP_TAG);
        if (raw == NULL || translated == NULL) {
            pnp_free(raw);
            pnp_free(translated);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        host_lock_take(&pnp_tree_lock);
        status = list_copy(node->raw, raw, bytes);
        if (NT_SUCCESS(status))
            status = list_copy(node->translated, translated, bytes);
        host_lock_give(&pnp_tree_lock);
        if (NT_SUCCESS(status)) {
            *out_raw = raw;
            *out_translated = translated;
        } else {
            pnp_free(raw);
            pnp_free(translated);
        }
    }
    return status;
}

static _Atomic uint64_t unanswered;

void node_unanswered_count(void)
{
    atomic_fetch_add(&unanswered, 1);
}

void pnp_counts(struct pnp_counts *out_counts)
{
    *out_counts = (struct pnp_counts){.nodes = atomic_load(&nodes_alive),
                                      .requests_unanswered = atomic_load(&unanswered)};
}
