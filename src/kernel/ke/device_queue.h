/* SPDX-License-Identifier: MIT */
/* device_queue.h - device queues; all functions but init at DISPATCH_LEVEL. */
#ifndef KE_DEVICE_QUEUE_H
#define KE_DEVICE_QUEUE_H

#include "ke_internal.h"

void device_queue_init(KDEVICE_QUEUE *queue);
/* Sorted by *key, or at the end. False: the queue was not busy and is now; not queued. */
bool device_queue_insert(KDEVICE_QUEUE *queue, KDEVICE_QUEUE_ENTRY *entry, const ULONG *key);
/* NULL: it was empty and is not busy any more (or, if_busy, was not busy). */
KDEVICE_QUEUE_ENTRY *device_queue_remove(KDEVICE_QUEUE *queue, const ULONG *key, bool if_busy);
/* False: the entry is not in the queue. */
bool device_queue_take_out(KDEVICE_QUEUE *queue, KDEVICE_QUEUE_ENTRY *entry);

#endif
