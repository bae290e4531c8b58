/* SPDX-License-Identifier: MIT */
/* target.h - I/O targets: where requests are sent to, and what a request carries on its way.
 *
 * A target names a device object below or elsewhere and keeps every request that was sent to it
 * until the request has come back. The request room embeds `struct fx_send` in each request (as
 * `send`), calls fx_send_init when it makes a request and fx_send_fini before it frees one.
 * Invariant: a request is on at most one target's list, and send.completers is above zero from
 * the moment it was sent until the one who takes it to zero has ended it.
 */
#ifndef FX_TARGET_H
#define FX_TARGET_H

#include "../fx.h"

struct fx_device;
struct fx_memory;
struct fx_queue;
struct fx_remote;
struct fx_request;
struct fx_send_timer;
struct fx_target_gone;

/* ---- targets ------------------------------------------------------------------------------- */

enum fx_target_kind {
    FX_TARGET_LOCAL,  /* the next lower device of the stack: the default target */
    FX_TARGET_SELF,   /* the device's own queue */
    FX_TARGET_REMOTE, /* opened by name, device object or file object */
    FX_TARGET_USB_DEVICE,
    FX_TARGET_USB_PIPE,
};

struct fx_target {
    struct fx_object object;
    enum fx_target_kind kind;
    struct fx_device *device; /* set once: whose target it is */
    LIST_ENTRY device_entry;  /* in device->targets, guarded by its lock */

    KSPIN_LOCK lock; /* guards: what follows up to the blank line; a leaf but for IRP cancel */
    WDF_IO_TARGET_STATE state;
    LIST_ENTRY sent;    /* requests below that a stop waits for */
    LIST_ENTRY ignored; /* requests below that were sent whatever the state */
    LIST_ENTRY pended;  /* requests that wait for a start */
    BOOLEAN is_waiting; /* a stop, purge or close waits for `sent` to become empty */
    BOOLEAN is_removing;
    PDEVICE_OBJECT target_device; /* NULL while closed */
    PDEVICE_OBJECT target_pdo;
    PFILE_OBJECT target_file;
    HANDLE target_handle;
    CCHAR stack_size;
    ULONG io_flags; /* DO_BUFFERED_IO, DO_DIRECT_IO or neither, of the target device */

    LONG outstanding;  /* atomic: requests sent or pended, and one for the target itself */
    KEVENT sent_empty; /* set when nothing is left that a stop waits for */
    KEVENT gone;       /* set when outstanding has become zero */
    struct fx_target_gone *closing; /* who gets what the target pointed to; guarded by lock */

    struct fx_remote *remote;    /* only of a remote target */
    struct fx_queue *self_queue; /* only of a self target: where to; NULL: as the device does */
};

extern const struct fx_type fx_type_target;
extern const struct fx_type fx_type_usb_device;
extern const struct fx_type fx_type_usb_interface;
extern const struct fx_type fx_type_usb_pipe;

/* Makes the default target of a function or filter device that is attached to its stack.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS fx_target_default_create(struct fx_device *device, struct fx_target **out_target);

/* The device's target for itself (WdfDeviceInitAllowSelfIoTarget): device->self_target. */
NTSTATUS fx_target_self_create(struct fx_device *device, struct fx_target **out_target);

/* The attached device's way of doing reads and writes has changed (WdfFdoInitSetFilter and
 * devices whose lower device sets its flags late). IRQL <= DISPATCH_LEVEL.
 */
void fx_target_io_flags_update(struct fx_target *target);

/* The device is being removed: every target that it has is closed, requests that wait or are below
 * are cancelled and waited for. Called once, before the device is detached. There is nothing to
 * call when a device powers up or down: a target is started when it is made, and stops only when
 * the driver says so.
 *
 * IRQL:    PASSIVE_LEVEL
 * Locks:   none held
 */
void fx_targets_purge(struct fx_device *device);

/* Asks the device's stack for an interface (IRP_MN_QUERY_INTERFACE), synchronously.
 * IRQL:    PASSIVE_LEVEL
 */
NTSTATUS fx_interface_query(PDEVICE_OBJECT device, const GUID *type, PINTERFACE out_interface,
                            USHORT size, USHORT version, PVOID specific);

/* ---- a request on its way ------------------------------------------------------------------ */

/* send.flags */
#define FX_SEND_PENDED     0x01u  /* on the pended list: its IRP has our cancel routine */
#define FX_SEND_COMPLETED  0x02u  /* came back, but somebody else still has a hand on it */
#define FX_SEND_TIMER_SET  0x04u  /* the timer runs */
#define FX_SEND_TIMED_OUT  0x08u  /* cancelled because of the timer */
#define FX_SEND_IGNORED    0x10u  /* on the `ignored` list */
#define FX_SEND_FORMATTED  0x20u  /* the next stack location is filled in, by whichever way */
#define FX_SEND_OWN_STACK  0x40u  /* filled in by WdfRequest..., not by a target's format */
#define FX_SEND_RESTORE    0x80u  /* the IRP's buffers were changed: saved_... go back */
#define FX_SEND_HAS_PARAMS 0x100u /* params.Type says what was formatted */

#define FX_SEND_MEMORIES 4 /* three arguments of a request and one of a URB */

struct fx_sync;

struct fx_send {
    struct fx_target *target; /* formatted for or sent to it; NULL: neither */
    LIST_ENTRY entry;         /* guarded by target->lock */
    ULONG flags;              /* guarded by target->lock while it is out */
    LONG completers;          /* atomic: see the invariant above */
    LONG cancel_round;        /* guarded by target->lock: the round that has cancelled it */
    LONG is_canceled;         /* atomic: WdfRequestCancelSentRequest, until it is reused */
    PFN_WDF_REQUEST_COMPLETION_ROUTINE completion;
    WDFCONTEXT context;
    struct fx_sync *sync; /* who waits for it, on his stack */
    struct fx_send_timer *timer;
    struct fx_memory *memories[FX_SEND_MEMORIES]; /* referenced until the format is let go of */
    ULONG memory_count;
    PMDL mdl;         /* ours */
    BOOLEAN unlock;   /* its pages as well */
    PVOID buffer;     /* ours: what the IRP has as system buffer */
    PVOID copy_to;    /* where to its bytes go when the request has come back */
    ULONG copy_bytes; /* at most */
    PVOID saved_system_buffer, saved_user_buffer;
    PMDL saved_mdl;
    ULONG saved_flags;
    void *urb; /* a USB format: its URB and parameters, from pool */
    void (*came_back)(struct fx_request *request); /* completes params; may be NULL */
    WDF_REQUEST_COMPLETION_PARAMS params;
};

static inline void fx_send_init(struct fx_send *send)
{
    send->target = NULL;
    send->flags = 0;
    send->completers = 0;
    send->cancel_round = 0;
    send->is_canceled = 0;
    send->completion = NULL;
    send->context = NULL;
    send->sync = NULL;
    send->timer = NULL;
    send->memory_count = 0;
    send->mdl = NULL;
    send->buffer = NULL;
    send->copy_to = NULL;
    send->urb = NULL;
    send->came_back = NULL;
}

/* Whether the request is at a target or waits for one: it may not be completed or formatted. */
static inline BOOLEAN fx_send_is_out(const struct fx_send *send)
{
    return send->completers != 0;
}

/* Lets go of everything that formats have allocated, referenced or changed in the IRP, and of the
 * timer. Called by the request room before it completes the IRP of a request or frees it.
 * Cheap when there is nothing. IRQL <= DISPATCH_LEVEL; the request is not out.
 */
void fx_send_fini(struct fx_request *request);

#endif
