/* SPDX-License-Identifier: MIT */
/* device_queue.c - device queues: entries that wait while a device is busy.
 *
 * Inserting into a queue that is not busy makes it busy and does not queue the entry; the
 * caller then starts the device with it. Removing from an empty queue makes it not busy.
 * Each queue has a spin lock of its own, taken at DISPATCH_LEVEL.
 */
#include "device_queue.h"
#include "spinlock.h"

#define DEVICE_QUEUE_OBJECT 20 /* KDEVICE_QUEUE.Type, a public number */

void device_queue_init(KDEVICE_QUEUE *queue)
{
    queue->Type = DEVICE_QUEUE_OBJECT;
    queue->Size = sizeof(*queue);
    list_init((struct list *)&queue->DeviceListHead);
    queue->Lock = 0;
    queue->Reserved = 0; /* and Busy with it */
    queue->Hint = 0;
}

static KDEVICE_QUEUE_ENTRY *entry_of(struct list *node)
{
    return list_entry((void *)node, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

/* Finds the busy queue's place for an entry: the end, or before the first greater key. */
static struct list *device_queue_place(KDEVICE_QUEUE *queue, const ULONG *key)
{
    struct list *head = (struct list *)&queue->DeviceListHead;

    if (key == NULL)
        return head;
    list_for_each(node, head)
    {
        if (entry_of(node)->SortKey > *key)
            return node;
    }
    return head;
}

bool device_queue_insert(KDEVICE_QUEUE *queue, KDEVICE_QUEUE_ENTRY *entry, const ULONG *key)
{
    bool was_busy;

    spinlock_take(&queue->Lock);
    was_busy = queue->Busy;
    entry->SortKey = key != NULL ? *key : 0;
    entry->Inserted = was_busy;
    if (was_busy)
        list_push_back(device_queue_place(queue, key), (struct list *)&entry->DeviceListEntry);
    else
        queue->Busy = TRUE;
    spinlock_give(&queue->Lock);
    return was_busy;
}

/* The first entry, or the first whose key is not below *key (else again the first). */
static struct list *device_queue_choose(KDEVICE_QUEUE *queue, const ULONG *key)
{
    struct list *head = (struct list *)&queue->DeviceListHead;

    if (key != NULL)
        list_for_each(node, head)
        {
            if (entry_of(node)->SortKey >= *key)
                return node;
        }
    return list_is_empty(head) ? NULL : head->next;
}

KDEVICE_QUEUE_ENTRY *device_queue_remove(KDEVICE_QUEUE *queue, const ULONG *key, bool if_busy)
{
    KDEVICE_QUEUE_ENTRY *entry = NULL;
    struct list *node;

    spinlock_take(&queue->Lock);
    if (queue->Busy || !if_busy) {
        node = device_queue_choose(queue, key);
        if (node == NULL) {
            queue->Busy = FALSE;
        } else {
            list_remove(node);
            entry = entry_of(node);
            entry->Inserted = FALSE;
        }
    }
    spinlock_give(&queue->Lock);
    return entry;
}

bool device_queue_take_out(KDEVICE_QUEUE *queue, KDEVICE_QUEUE_ENTRY *entry)
{
    bool was_queued;

    spinlock_take(&queue->Lock);
    was_queued = entry->Inserted;
    if (was_queued) {
        entry->Inserted = FALSE;
        list_remove((struct list *)&entry->DeviceListEntry);
    }
    spinlock_give(&queue->Lock);
    return was_queued;
}
