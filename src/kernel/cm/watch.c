/* SPDX-License-Identifier: MIT */
/* watch.c - telling whoever waits for changes of keys.
 *
 * A watch is on a list until it fires, once: then a worker calls its routine, with no lock held.
 * Invariant: a watch holds a reference on its node's key object only by the handle through which
 * it was made; when the last handle of that object goes, the watch is fired with a cleanup status.
 */
#include "cm_internal.h"

struct cm_watch {
    struct list link; /* guarded by cm_lock */
    struct cm_node *node;
    const void *key;
    ULONG filter;
    bool is_tree;
    NTSTATUS status;
    void (*fire)(void *context, NTSTATUS status);
    void *context;
    struct ex_work work;
};

static struct list watches = LIST_INIT(watches); /* guarded by cm_lock */

static void watch_run(void *context)
{
    struct cm_watch *watch = context;
    watch->fire(watch->context, watch->status);
    ExFreePoolWithTag(watch, CM_TAG);
}

static void watch_fire_locked(struct cm_watch *watch, NTSTATUS status)
{
    list_remove(&watch->link);
    watch->status = status;
    ex_work_queue(&watch->work, watch_run, watch);
}

NTSTATUS cm_key_watch(void *body, ULONG filter, bool is_tree,
                      void (*fire)(void *context, NTSTATUS status), void *context)
{
    struct cm_key *key = body;
    struct cm_watch *watch = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *watch, CM_TAG);
    NTSTATUS status = STATUS_SUCCESS;
    if (!watch)
        return STATUS_INSUFFICIENT_RESOURCES;
    *watch = (struct cm_watch){.node = key->node,
                               .key = body,
                               .filter = filter,
                               .is_tree = is_tree,
                               .fire = fire,
                               .context = context};
    host_lock_take(&cm_lock);
    if (key->node->is_deleted)
        status = STATUS_KEY_DELETED;
    else
        list_push_back(&watches, &watch->link);
    host_lock_give(&cm_lock);
    if (!NT_SUCCESS(status))
        ExFreePoolWithTag(watch, CM_TAG);
    return status;
}

static bool watch_covers(const struct cm_watch *watch, const struct cm_node *node)
{
    if (watch->node == node)
        return true;
    while (watch->is_tree && node) {
        if (watch->node == node)
            return true;
        node = node->parent;
    }
    return false;
}

void watch_notify_locked(struct cm_node *node, ULONG change)
{
    for (struct list *link = watches.next, *next; link != &watches; link = next) {
        struct cm_watch *watch = list_entry(link, struct cm_watch, link);
        next = link->next;
        if ((watch->filter & change) && watch_covers(watch, node))
            watch_fire_locked(watch, STATUS_SUCCESS);
    }
}

void watch_end_locked(const struct cm_node *node, const void *key)
{
    for (struct list *link = watches.next, *next; link != &watches; link = next) {
        struct cm_watch *watch = list_entry(link, struct cm_watch, link);
        next = link->next;
        if ((node && watch->node == node) || (key && watch->key == key))
            watch_fire_locked(watch, STATUS_NOTIFY_CLEANUP);
    }
}

void cm_key_watch_end(void *key)
{
    host_lock_take(&cm_lock);
    watch_end_locked(NULL, key);
    host_lock_give(&cm_lock);
}
