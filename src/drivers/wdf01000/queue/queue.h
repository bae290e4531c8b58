/* SPDX-License-Identifier: MIT */
/* queue.h - I/O queues of a device, as the other rooms of the Framework see them.
 *
 * Every device has one struct fx_io: its queues, which queue serves which type of request, and
 * the lookaside list of its requests. Rules of use: device/ makes it with the device and hands
 * it every I/O IRP; pnp/ starts and stops the power-managed queues in the documented order;
 * request/ tells a queue when the driver is done with a request. Nobody else touches a queue.
 */
#ifndef COVE_FX_QUEUE_H
#define COVE_FX_QUEUE_H

#include "../fx.h"

struct fx_device;
struct fx_io;
struct fx_queue;
struct fx_request;
struct fx_reserve;

extern const struct fx_type fx_type_queue;

/* For a new device, before its EvtDriverDeviceAdd returns; device->io is the result.
 * Errors: STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_io_create(struct fx_device *device);
/* With the device object: every queue has been deleted by then. */
void fx_io_destroy(struct fx_device *device);

/* Read, write, device control, internal device control and any other major function that a
 * queue may take (the caller keeps PnP, power, system control, create, cleanup, close). Passes
 * on for filters without a queue for it; fails with STATUS_INVALID_DEVICE_REQUEST otherwise. */
NTSTATUS fx_io_dispatch(struct fx_device *device, PIRP irp);

/* Same, for one queue named by the driver (WdfDeviceWdmDispatchIrpToIoQueue). */
NTSTATUS fx_io_dispatch_to(struct fx_device *device, PIRP irp, struct fx_queue *queue,
                           BOOLEAN in_caller_context);

/* Has the device a queue (or default queue) for the major function? */
BOOLEAN fx_io_serves(struct fx_device *device, UCHAR major);

/* The device is in D0 again: power-managed queues present, EvtIoResume is called for requests
 * that were kept by the driver. IRQL: PASSIVE_LEVEL */
void fx_io_power_up(struct fx_device *device);

/* Power-managed queues present nothing more until fx_io_power_up; no handler runs any more.
 * IRQL: PASSIVE_LEVEL */
void fx_io_power_hold(struct fx_device *device);

/* The device leaves D0 (or is query-stopped): power-managed queues present nothing more,
 * EvtIoStop is called for each request the driver holds with
 * WdfRequestStopActionSuspend; returns when each of them is completed, requeued or acknowledged.
 * purge: it will not come back, fx_io_purge_power_managed instead. IRQL: PASSIVE_LEVEL */
void fx_io_power_stop(struct fx_device *device, BOOLEAN purge);

/* Removal and surprise removal. fx_io_purge_power_managed: power-managed queues refuse new
 * requests (STATUS_DELETE_PENDING, those waiting end with STATUS_CANCELLED) and everything the
 * driver holds is cancelled or stopped with WdfRequestStopActionPurge; returns when they are
 * empty. fx_io_purge_all does so for every queue (removal, after the power-managed ones).
 * fx_io_restart undoes a purge when a device that was removed is started again. */
void fx_io_purge_power_managed(struct fx_device *device);
void fx_io_purge_all(struct fx_device *device);
void fx_io_restart(struct fx_device *device);

/* Both of the former: power-managed queues first. */
static inline void fx_io_purge(struct fx_device *device)
{
    fx_io_purge_power_managed(device);
    fx_io_purge_all(device);
}

/* Puts a request that is nowhere (just made, or from EvtIoInCallerContext) into a queue: it is
 * presented at once if the queue may. Takes the request: STATUS_PENDING, or it was completed. */
NTSTATUS fx_queue_add(struct fx_queue *queue, struct fx_request *request);

/* The driver gives a request to another queue, or back to the front of its own. */
NTSTATUS fx_queue_forward(struct fx_request *request, struct fx_queue *destination);
NTSTATUS fx_queue_requeue(struct fx_request *request);
void fx_queue_stop_acknowledge(struct fx_request *request, BOOLEAN requeue);

/* EvtRequestCancel for a request that the driver owns. call_if_canceled: an IRP that is cancelled
 * already gets the call at once (WdfRequestMarkCancelable); else STATUS_CANCELLED. unmark answers
 * STATUS_CANCELLED when the call has been made or will be. */
NTSTATUS fx_queue_mark_cancelable(struct fx_request *request, PFN_WDF_REQUEST_CANCEL routine,
                                  BOOLEAN call_if_canceled);
NTSTATUS fx_queue_unmark_cancelable(struct fx_request *request);

/* The driver's hold on a request has ended and its IRP was completed (or sent and forgotten):
 * counts it out and presents what waits. The caller still holds the request. */
void fx_queue_request_gone(struct fx_queue *queue, struct fx_request *request);

/* A reserved request comes back: it takes the next IRP that waits for one, or rests. */
void fx_reserve_return(struct fx_reserve *reserve, struct fx_request *request);

/* Cleanup of a file object: what its opener left waiting in any queue is cancelled. */
void fx_io_cancel_file(struct fx_device *device, PFILE_OBJECT file);

/* For WdfRequestGetIoQueue, and for views. */
WDFQUEUE fx_queue_handle(struct fx_queue *queue);
struct fx_device *fx_queue_device(struct fx_queue *queue);

BOOLEAN fx_queue_accepts(struct fx_queue *queue);

/* The device's own queue for creates that EvtDeviceFileCreate hears of: manual, never powered
 * down; made at its first use. give: the driver owns the request at once, as if retrieved. */
NTSTATUS fx_io_file_queue(struct fx_device *device, struct fx_queue **out_queue);
void fx_queue_give(struct fx_queue *queue, struct fx_request *request);

/* Where the request room keeps the device's file objects, and the lock for it (a leaf). */
PLIST_ENTRY fx_io_files(struct fx_io *io, PKSPIN_LOCK *out_lock);

/* The queue that takes creates (WdfDeviceConfigureRequestDispatching), or NULL. */
struct fx_queue *fx_io_create_queue(struct fx_device *device);

/* Memory for a request of the device: zeroed up to the end of struct fx_request and its context. */
struct fx_request *fx_io_request_alloc(struct fx_io *io);
void fx_io_request_free(struct fx_io *io, struct fx_request *request);

#endif
