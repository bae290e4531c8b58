/* SPDX-License-Identifier: MIT */
/* device_queue_ddi.c - what drivers call on device queues.
 *
 * The documented IRQL of most is DISPATCH_LEVEL; drivers come below it, too, so each raises.
 */
#include "device_queue.h"

/* Doc: wdm.h KeInitializeDeviceQueue */
VOID NTAPI KeInitializeDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    device_queue_init(DeviceQueue);
}

/* Queues an entry if the device is busy; else FALSE, and the device is busy from now on.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeInsertDeviceQueue
 */
BOOLEAN NTAPI KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    bool is_queued;
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    is_queued = device_queue_insert(DeviceQueue, DeviceQueueEntry, NULL);
    ke_irql_lower(irql);
    return is_queued;
}

/* The same, sorted by key. Doc: wdm.h KeInsertByKeyDeviceQueue */
BOOLEAN NTAPI KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
                                       PKDEVICE_QUEUE_ENTRY DeviceQueueEntry, ULONG SortKey)
{
    bool is_queued;
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    is_queued = device_queue_insert(DeviceQueue, DeviceQueueEntry, &SortKey);
    ke_irql_lower(irql);
    return is_queued;
}

static PKDEVICE_QUEUE_ENTRY device_queue_remove_raised(PKDEVICE_QUEUE queue, const ULONG *key,
                                                       bool if_busy)
{
    KIRQL irql = ke_irql_raise(DISPATCH_LEVEL);
    PKDEVICE_QUEUE_ENTRY entry = device_queue_remove(queue, key, if_busy);

    ke_irql_lower(irql);
    return entry;
}

/* Takes the first entry out; NULL: there is none, the device is not busy any more.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeRemoveDeviceQueue
 */
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return device_queue_remove_raised(DeviceQueue, NULL, false);
}

/* The first with a key of at least SortKey, else the first. Doc: wdm.h KeRemoveByKeyDeviceQueue */
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return device_queue_remove_raised(DeviceQueue, &SortKey, false);
}

/* The same, and nothing at all if the device is not busy.
 * Doc: wdm.h KeRemoveByKeyDeviceQueueIfBusy */
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueueIfBusy(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return device_queue_remove_raised(DeviceQueue, &SortKey, true);
}

/* Takes one entry out wherever it is; FALSE if it is not queued.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeRemoveEntryDeviceQueue
 */
BOOLEAN NTAPI KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
                                       PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    bool was_queued;
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    was_queued = device_queue_take_out(DeviceQueue, DeviceQueueEntry);
    ke_irql_lower(irql);
    return was_queued;
}
