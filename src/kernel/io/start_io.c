/* SPDX-License-Identifier: MIT */
/* start_io.c - the device queue of a driver with a StartIo routine: one IRP at a time.
 *
 * In: an IRP whose dispatch routine marked it pending; out: StartIo is called with it when
 * the device is idle. Invariant: CurrentIrp is the one that StartIo has, NULL when idle; a
 * cancelable packet leaves the queue under the cancel lock, so that its cancel routine never
 * sees it half way.
 */
#include "start_io.h"

#include "callout/callout.h"

#define START_IO_NEXT  1u /* a deferred IoStartNextPacket */
#define START_IO_KEYED 2u

static PIRP irp_of_entry(PKDEVICE_QUEUE_ENTRY entry)
{
    return entry != NULL ? CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry) : NULL;
}

static PIRP packet_remove(PDEVICE_OBJECT device, const ULONG *key)
{
    return irp_of_entry(key != NULL ? KeRemoveByKeyDeviceQueue(&device->DeviceQueue, *key)
                                    : KeRemoveDeviceQueue(&device->DeviceQueue));
}

static void packet_run(PDEVICE_OBJECT device, PIRP irp)
{
    struct device *ours = device_of(device);
    atomic_fetch_add(&ours->start_io_depth, 1);
    callout_start_io(device->DriverObject->DriverStartIo, device, irp);
    atomic_fetch_sub(&ours->start_io_depth, 1);
}

/* Takes the next packet and starts it; true: there was one. */
static bool packet_next(PDEVICE_OBJECT device, bool cancelable, const ULONG *key)
{
    KIRQL irql = 0;
    if (cancelable)
        irp_cancel_lock_take(&irql);
    PIRP irp = packet_remove(device, key);
    device->CurrentIrp = irp;
    bool drops_cancel = irp != NULL && device_of(device)->is_start_io_not_cancelable;
    if (drops_cancel)
        (void)IoSetCancelRoutine(irp, NULL);
    if (cancelable)
        irp_cancel_lock_give(irql);
    if (irp == NULL)
        return false;
    packet_run(device, irp);
    return true;
}

/* With deferred StartIo a routine that asks for the next packet is let finish first. */
static void packet_drain(PDEVICE_OBJECT device)
{
    struct device *ours = device_of(device);
    uint32_t asked;
    while ((asked = atomic_exchange(&ours->start_io_asked, 0)) != 0) {
        ULONG key = ours->start_io_key;
        packet_next(device, !ours->is_start_io_not_cancelable,
                    asked & START_IO_KEYED ? &key : NULL);
    }
}

static void next_at_dpc(PDEVICE_OBJECT device, bool cancelable, const ULONG *key)
{
    struct device *ours = device_of(device);
    if (!ours->is_start_io_deferred || atomic_load(&ours->start_io_depth) == 0) {
        packet_next(device, cancelable, key);
        if (ours->is_start_io_deferred)
            packet_drain(device);
        return;
    }
    if (key != NULL)
        ours->start_io_key = *key;
    atomic_fetch_or(&ours->start_io_asked, START_IO_NEXT | (key != NULL ? START_IO_KEYED : 0));
}

/* StartIo runs at DISPATCH_LEVEL whatever the caller's IRQL is.
 *
 * Doc:     ntddk.h IoStartNextPacket, IoStartNextPacketByKey
 */
void start_io_next(PDEVICE_OBJECT device, bool cancelable, const ULONG *key)
{
    KIRQL old = ke_irql_raise(DISPATCH_LEVEL);
    next_at_dpc(device, cancelable, key);
    ke_irql_lower(old);
}

static bool packet_insert(PDEVICE_OBJECT device, PIRP irp, const ULONG *key)
{
    PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;
    return key != NULL ? KeInsertByKeyDeviceQueue(&device->DeviceQueue, entry, *key)
                       : KeInsertDeviceQueue(&device->DeviceQueue, entry);
}

/* Doc:     ntddk.h IoStartPacket */
void start_io_packet(PDEVICE_OBJECT device, PIRP irp, const ULONG *key, PDRIVER_CANCEL cancel)
{
    KIRQL old = ke_irql_raise(DISPATCH_LEVEL);
    KIRQL irql = 0;
    if (cancel != NULL) {
        irp_cancel_lock_take(&irql);
        (void)IoSetCancelRoutine(irp, cancel);
    }
    bool is_queued = packet_insert(device, irp, key);
    if (!is_queued)
        device->CurrentIrp = irp;
    bool is_cancelled_in_queue = is_queued && cancel != NULL && irp->Cancel;
    if (!is_queued && cancel != NULL && device_of(device)->is_start_io_not_cancelable)
        (void)IoSetCancelRoutine(irp, NULL);
    if (is_cancelled_in_queue) {
        /* Cancelled before it had a routine: the routine is run on its behalf. */
        irp->CancelIrql = irql;
        (void)IoSetCancelRoutine(irp, NULL);
        callout_cancel(cancel, device, irp);
    } else if (cancel != NULL) {
        irp_cancel_lock_give(irql);
    }
    if (!is_queued) {
        packet_run(device, irp);
        if (device_of(device)->is_start_io_deferred)
            packet_drain(device);
    }
    ke_irql_lower(old);
}
