/* SPDX-License-Identifier: MIT */
/* tree.c - who is whose child, and how the tree is walked and searched.
 *
 * Links change on the worker only, under pnp_tree_lock; the worker itself reads without it. A
 * node in the tree is held by the tree, and holds its parent.
 */
#include "pnp_internal.h"

struct host_lock pnp_tree_lock;
struct device_node *pnp_root;

/* ---- coming and going ------------------------------------------------------------------------ */

void node_insert(struct device_node *parent, struct device_node *node)
{
    pnp_node_reference(node);
    if (parent != NULL)
        pnp_node_reference(parent);
    node->flags |= NODE_IS_IN_TREE;
    host_lock_take(&pnp_tree_lock);
    node->pdo->DeviceObjectExtension->DeviceNode = node;
    node->pdo->Flags |= DO_BUS_ENUMERATED_DEVICE;
    node->parent = parent;
    if (parent != NULL)
        list_push_back(&parent->children, &node->sibling);
    host_lock_give(&pnp_tree_lock);
}

void node_unlink(struct device_node *node)
{
    host_lock_take(&pnp_tree_lock);
    struct device_node *parent = node->parent;
    if (node->pdo->DeviceObjectExtension->DeviceNode == node)
        node->pdo->DeviceObjectExtension->DeviceNode = NULL;
    node->parent = NULL;
    node->is_pdo_gone = true;
    list_remove(&node->sibling);
    host_lock_give(&pnp_tree_lock);
    node->flags &= ~NODE_IS_IN_TREE;
    pnp_node_put(parent);
    pnp_node_put(node);
}

/* ---- walking ------------------------------------------------------------------------------------
 */

static struct device_node *next_sibling(struct device_node *node)
{
    if (node->parent == NULL || node->sibling.next == &node->parent->children)
        return NULL;
    return list_entry(node->sibling.next, struct device_node, sibling);
}

static struct device_node *first_child(struct device_node *node)
{
    return list_is_empty(&node->children)
               ? NULL
               : list_entry(node->children.next, struct device_node, sibling);
}

struct device_node *tree_next(struct device_node *top, struct device_node *at)
{
    struct device_node *next = first_child(at);
    while (next == NULL && at != top && at != NULL) {
        next = next_sibling(at);
        at = at->parent;
    }
    return next;
}

struct device_node *tree_first_up(struct device_node *top)
{
    for (struct device_node *child = first_child(top); child != NULL; child = first_child(top))
        top = child;
    return top;
}

struct device_node *tree_next_up(struct device_node *top, struct device_node *at)
{
    if (at == top)
        return NULL;
    struct device_node *sibling = next_sibling(at);
    return sibling != NULL ? tree_first_up(sibling) : at->parent;
}

bool tree_is_below(const struct device_node *node, const struct device_node *top)
{
    while (node != NULL && node != top)
        node = node->parent;
    return node != NULL;
}

/* ---- searching ----------------------------------------------------------------------------------
 */

struct device_node *pnp_root_get(void)
{
    if (pnp_root != NULL)
        pnp_node_reference(pnp_root);
    return pnp_root;
}

struct device_node *pnp_node_find_get(const UNICODE_STRING *instance_path)
{
    struct device_node *found = NULL;
    host_lock_take(&pnp_tree_lock);
    /* One that is gone and waits for its files has lost its name to the one that is there. */
    for (struct device_node *at = pnp_root; at != NULL; at = tree_next(pnp_root, at))
        if (!node_is(at, NODE_IS_HIDDEN) &&
            RtlEqualUnicodeString(&at->instance, instance_path, TRUE) &&
            (found == NULL || node_is(found, NODE_IS_MISSING)))
            found = at;
    if (found != NULL)
        pnp_node_reference(found);
    host_lock_give(&pnp_tree_lock);
    return found;
}

struct device_node *node_of_pdo(const DEVICE_OBJECT *pdo)
{
    return pdo->DeviceObjectExtension->DeviceNode;
}

struct device_node *pnp_node_of_get(DEVICE_OBJECT *physical_device)
{
    host_lock_take(&pnp_tree_lock);
    struct device_node *node = physical_device != NULL && physical_device->Type == IO_TYPE_DEVICE
                                   ? node_of_pdo(physical_device)
                                   : NULL;
    if (node != NULL)
        pnp_node_reference(node);
    host_lock_give(&pnp_tree_lock);
    return node;
}

struct device_node *pnp_node_parent_get(struct device_node *node)
{
    host_lock_take(&pnp_tree_lock);
    struct device_node *parent = node->parent;
    if (parent != NULL)
        pnp_node_reference(parent);
    host_lock_give(&pnp_tree_lock);
    return parent;
}

/* ---- visiting -----------------------------------------------------------------------------------
 */

struct visited {
    struct device_node *node;
    unsigned depth;
};

static unsigned tree_copy_locked(struct visited *out, unsigned room)
{
    unsigned count = 0;
    for (struct device_node *at = pnp_root; at != NULL; at = tree_next(pnp_root, at)) {
        if (node_is(at, NODE_IS_HIDDEN) || count++ >= room)
            continue;
        unsigned depth = 0;
        for (struct device_node *up = at->parent; up != NULL; up = up->parent)
            depth++;
        pnp_node_reference(at);
        out[count - 1] = (struct visited){at, depth};
    }
    return count;
}

void pnp_visit(void (*visit)(struct device_node *node, unsigned depth, void *context),
               void *context)
{
    unsigned room = 64, count;
    struct visited *list = NULL;
    for (;;) {
        list = pnp_allocate(room * sizeof(*list));
        if (list == NULL)
            return;
        host_lock_take(&pnp_tree_lock);
        count = tree_copy_locked(list, room);
        host_lock_give(&pnp_tree_lock);
        if (count <= room)
            break;
        for (unsigned i = 0; i < room; i++)
            pnp_node_put(list[i].node);
        pnp_free(list);
        room = count + 16;
    }
    for (unsigned i = 0; i < count; i++) {
        visit(list[i].node, list[i].depth, context);
        pnp_node_put(list[i].node);
    }
    pnp_free(list);
}
