/* SPDX-License-Identifier: MIT */
/* target_internal.h - what the files of this room share: buffers in one shape, lists, submitting.
 *
 * Lock order: target->lock, then the IRP's cancel routine (interlocked). Nothing of a client or of
 * another room is called with target->lock held.
 */
#ifndef FX_TARGET_INTERNAL_H
#define FX_TARGET_INTERNAL_H

#include "../device/device.h"
#include "../object/object.h"
#include "../pnp/pnp.h"
#include "../queue/queue.h"
#include "../request/request.h"
#include "../support/support.h"
#include "target.h"

/* ---- targets (target.c, state.c) ----------------------------------------------------------- */

static inline struct fx_target *fx_target_of(struct fx_globals *globals, const void *handle)
{
    return (struct fx_target *)fx_object_of(globals, handle, &fx_type_target);
}

/* Prepares the fields of a target in a new object; it is in no list and not started. */
void fx_target_init(struct fx_target *target, enum fx_target_kind kind, struct fx_device *device);

/* Points at a device object: stack size and flags are read from it. */
void fx_target_aim(struct fx_target *target, PDEVICE_OBJECT device, PDEVICE_OBJECT pdo,
                   PFILE_OBJECT file);

/* What a target pointed to before it was closed, for who closes it to release. */
struct fx_target_gone {
    PDEVICE_OBJECT pdo;
    PFILE_OBJECT file;
    HANDLE handle;
};

NTSTATUS fx_target_start(struct fx_target *target);
void fx_target_stop(struct fx_target *target, WDF_IO_TARGET_SENT_IO_ACTION action);
void fx_target_purge(struct fx_target *target, WDF_IO_TARGET_PURGE_IO_ACTION action);

/* The same for any target: a USB device's pipes follow, a pipe's reader too (usb_pipe.c). */
NTSTATUS fx_usb_target_start(struct fx_target *target);
void fx_usb_target_stop(struct fx_target *target, WDF_IO_TARGET_SENT_IO_ACTION action);
void fx_usb_target_purge(struct fx_target *target, WDF_IO_TARGET_PURGE_IO_ACTION action);

/* To Closed, ClosedForQueryRemove or Deleted: everything pended ends with
 * STATUS_WDF_DEVICE_REMOVED_NOT_SENT, everything sent is cancelled and waited for.
 * PASSIVE_LEVEL. */
void fx_target_close(struct fx_target *target, WDF_IO_TARGET_STATE state,
                     struct fx_target_gone *out_gone);

/* Nothing is left below: what the target points to goes to who closes it. target->lock is held. */
void fx_target_forget_device_locked(struct fx_target *target);

/* Sends an IRP of the Framework's own and waits for it. PASSIVE_LEVEL. */
NTSTATUS fx_irp_call_wait(PDEVICE_OBJECT device, PIRP irp);

/* Waits until nobody has a request of this target's in hand; once, at its end. */
void fx_target_wait_gone(struct fx_target *target);

static inline void fx_target_hold(struct fx_target *target)
{
    InterlockedIncrement(&target->outstanding);
}

static inline void fx_target_let_go(struct fx_target *target)
{
    if (InterlockedDecrement(&target->outstanding) == 0)
        KeSetEvent(&target->gone, IO_NO_INCREMENT, FALSE);
}

/* Cancels what is on the target's way now. Does not wait. */
void fx_target_cancel_sent(struct fx_target *target);

/* Remote targets (remote.c): released with the target. */
void fx_remote_dispose(struct fx_target *target);
NTSTATUS fx_remote_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_device *device, struct fx_target **out_target);
NTSTATUS fx_remote_open(struct fx_target *target, PWDF_IO_TARGET_OPEN_PARAMS params);
void fx_remote_close(struct fx_target *target, BOOLEAN is_query_remove);
void fx_remote_destroy(struct fx_target *target);

/* Gives an IRP to the device's own queue. */
void fx_target_self_call(struct fx_target *target, PIRP irp);
/* ---- sending (send.c, timer.c, pended.c) --------------------------------------------------- */

#define FX_SUBMIT_SEND   1u /* the caller now gives the IRP to the target: fx_target_call */
#define FX_SUBMIT_QUEUED 2u /* the target keeps it until it starts */

/* For fx_send_submit, beside WDF_REQUEST_SEND_OPTION_...: a stopped target refuses. */
#define FX_SUBMIT_NO_PEND 0x80000000u

/* Takes the request into the target's books. 0: refused, irp->IoStatus.Status says why.
 * IRQL: <= DISPATCH_LEVEL
 */
ULONG fx_send_submit(struct fx_target *target, struct fx_request *request, ULONG flags,
                     LONGLONG timeout_100ns);

/* Submits and sends. FALSE: refused. */
BOOLEAN fx_send(struct fx_target *target, struct fx_request *request, ULONG flags,
                LONGLONG timeout_100ns);

/* Sends and waits. call_completion: the request's own completion routine runs as well.
 * IRQL: PASSIVE_LEVEL. *out_sent (may be NULL): whether it was sent at all.
 */
NTSTATUS fx_send_wait(struct fx_target *target, struct fx_request *request,
                      const WDF_REQUEST_SEND_OPTIONS *options, BOOLEAN call_completion,
                      BOOLEAN *out_sent);

/* Hands a submitted IRP to the device behind the target. */
void fx_target_call(struct fx_target *target, PIRP irp);

/* Asks whoever has the request to end it. TRUE: he was asked. */
BOOLEAN fx_send_cancel(struct fx_request *request);

/* The IRP is back (or never left): whoever is last of all with a hand on the request ends it. */
void fx_send_came_back(struct fx_request *request);

/* Takes the request out of the target's lists. TRUE: set target->sent_empty when its completion
 * is done. target->lock is held. */
BOOLEAN fx_send_forget_locked(struct fx_target *target, struct fx_request *request);

/* The end of a request's way: parameters, completion routine, the sender's event, references. */
void fx_send_finish(struct fx_target *target, struct fx_request *request, BOOLEAN wake);

NTSTATUS fx_timer_allocate(struct fx_request *request);
void fx_timer_start_locked(struct fx_request *request, LONGLONG timeout_100ns);
/* FALSE: it has run out and its DPC will look at the request. */
BOOLEAN fx_timer_stop_locked(struct fx_request *request);

NTSTATUS fx_pended_add_locked(struct fx_target *target, struct fx_request *request);
/* Takes every request that nobody cancels off the pended list and chains them by send.entry.
 * to_send: with completion taken (who is timed out or cancelled meanwhile is left to that). */
void fx_pended_take_locked(struct fx_target *target, BOOLEAN to_send, LIST_ENTRY *out_list);
void fx_pended_send(struct fx_target *target, LIST_ENTRY *list);
void fx_pended_fail(LIST_ENTRY *list, NTSTATUS status);

/* ---- buffers (buffer.c) -------------------------------------------------------------------- */

/* A WDF_MEMORY_DESCRIPTOR, or a WDFMEMORY with offsets, in one shape. */
struct fx_buffer {
    enum { FX_BUFFER_NONE, FX_BUFFER_BYTES, FX_BUFFER_MDL, FX_BUFFER_MEMORY } kind;
    ULONG length;
    PVOID bytes; /* of all but MDLs */
    PMDL mdl;    /* FX_BUFFER_MDL */
    struct fx_memory *memory;
    size_t offset; /* in memory */
};

NTSTATUS fx_buffer_of_descriptor(struct fx_globals *globals, PWDF_MEMORY_DESCRIPTOR descriptor,
                                 struct fx_buffer *out_buffer);
NTSTATUS fx_buffer_of_memory(struct fx_globals *globals, WDFMEMORY memory,
                             PWDFMEMORY_OFFSET offsets, struct fx_buffer *out_buffer);
NTSTATUS fx_buffer_address(const struct fx_buffer *buffer, PVOID *out_bytes);
/* An MDL for the request: the memory's or descriptor's own, or one that send.mdl frees. */
NTSTATUS fx_buffer_mdl(const struct fx_buffer *buffer, struct fx_request *request,
                       LOCK_OPERATION access, PMDL *out_mdl);

/* ---- formats (format.c) -------------------------------------------------------------------- */

/* Ends an earlier format and gets the request an IRP with room for the target's stack. */
NTSTATUS fx_format_begin(struct fx_target *target, struct fx_request *request,
                         PIO_STACK_LOCATION *out_next);
/* Lets go of what a format holds; fields of the IRP go back. The timer stays. */
void fx_format_end(struct fx_request *request);
/* Keeps the memory referenced for as long as the format lasts. */
void fx_format_keep(struct fx_request *request, const struct fx_buffer *buffer);
/* Remembers the IRP's buffers; puts them back. */
void fx_format_save(struct fx_request *request);
void fx_format_restore(struct fx_request *request);

NTSTATUS fx_format_io(struct fx_target *target, struct fx_request *request, UCHAR major,
                      const struct fx_buffer *buffer, const LONGLONG *offset);
NTSTATUS fx_format_control(struct fx_target *target, struct fx_request *request, ULONG code,
                           BOOLEAN is_internal, const struct fx_buffer *in,
                           const struct fx_buffer *out);
NTSTATUS fx_format_others(struct fx_target *target, struct fx_request *request, ULONG code,
                          const struct fx_buffer arguments[3]);

/* As new (reuse.c): WdfRequestReuse's rules. */
NTSTATUS fx_send_reuse(struct fx_request *request, ULONG flags, NTSTATUS status, PIRP new_irp);
/* Sends a received request on for good; the driver's handle is dead if TRUE. */
BOOLEAN fx_send_forget(struct fx_target *target, struct fx_request *request);
/* WdfRequestSend answers FALSE: WdfRequestGetStatus says why. */
void fx_send_refused(struct fx_request *request, NTSTATUS status);

NTSTATUS fx_target_self_queue(struct fx_target *target, struct fx_queue *queue);

/* ---- checks -------------------------------------------------------------------------------- */

NTSTATUS fx_options_check(struct fx_globals *globals, const WDF_REQUEST_SEND_OPTIONS *options);

/* An entry for PASSIVE_LEVEL only, called above it. */
NTSTATUS fx_passive_check(struct fx_globals *globals, const char *entry);

/* The caller's request, or one for this call alone. */
NTSTATUS fx_wait_request(struct fx_target *target, WDFREQUEST handle,
                         struct fx_request **out_request);
void fx_wait_request_done(struct fx_request *request, WDFREQUEST handle);

#endif
