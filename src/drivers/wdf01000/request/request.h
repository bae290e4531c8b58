/* SPDX-License-Identifier: MIT */
/* request.h - WDFREQUEST and WDFFILEOBJECT as the other rooms of the Framework see them.
 *
 * A request holds one IRP: received (a queue presents it to the driver, who owes a completion)
 * or the driver's own (target/ creates and sends it). Rules of use: whoever holds a received
 * request completes, sends or forwards it exactly once; memories over its buffers live inside
 * it and die with it; the IRP is not touched after fx_request_complete has returned.
 */
#ifndef COVE_FX_REQUEST_H
#define COVE_FX_REQUEST_H

#include "../fx.h"
#include "../support/support.h"
#include "../target/target.h"

struct fx_device;
struct fx_io;
struct fx_queue;
struct fx_reserve;

extern const struct fx_type fx_type_request;
extern const struct fx_type fx_type_file;

/* Flags of a request: changed with the interlocked functions below only. */
#define FX_REQUEST_RECEIVED      0x0001 /* its IRP came to one of our devices */
#define FX_REQUEST_OWNS_IRP      0x0002 /* driver-created: the IRP is freed with the request */
#define FX_REQUEST_COMPLETED     0x0004 /* the driver has completed it */
#define FX_REQUEST_CANCELABLE    0x0008 /* marked; the IRP's cancel routine is ours */
#define FX_REQUEST_CANCEL_CALLED 0x0010 /* EvtRequestCancel was chosen to run */
#define FX_REQUEST_RESERVED      0x0040 /* one of a queue's forward progress requests */
#define FX_REQUEST_STOP_CALLED   0x0100 /* EvtIoStop was called and not yet acknowledged */
#define FX_REQUEST_STOP_ACKED    0x0200 /* acknowledged without requeueing: EvtIoResume is owed */
#define FX_REQUEST_IN_CALLER     0x0400 /* in EvtIoInCallerContext: not yet in a queue */
#define FX_REQUEST_FORWARDED     0x0800 /* has been in another queue before */
#define FX_REQUEST_IS_CREATE     0x1000 /* its IRP opens a file: completion settles the file */
#define FX_REQUEST_FROM_IRP      0x2000 /* WdfRequestCreateFromIrp: the IRP belongs to the caller */
#define FX_REQUEST_IN_MEMORY     0x4000 /* in_memory is initialised */
#define FX_REQUEST_OUT_MEMORY    0x8000 /* out_memory is initialised */

struct fx_request {
    struct fx_object object; /* first: the handle is ~address of it; parent: the device, or as
                                the attributes of a driver-created request say */
    PIRP irp;
    PIO_STACK_LOCATION stack;     /* our location in a received IRP; NULL for driver-created ones */
    volatile LONG flags;          /* FX_REQUEST_… */
    volatile LONG irp_references; /* memories in use elsewhere put off the IRP's completion */
    struct fx_queue *queue;       /* that waits with it or gave it to the driver; by its lock */
    struct fx_io *io;             /* of the device it was received by */
    LIST_ENTRY entry;             /* in the queue: waiting or owned; by the queue's lock */
    PFN_WDF_REQUEST_CANCEL cancel_routine;
    struct fx_reserve *reserve; /* of a forward progress request: where it returns to */
    ULONG_PTR information;      /* WdfRequestSetInformation of a request without an IRP */
    NTSTATUS status;            /* of a driver-created request, and of a deferred completion */
    CCHAR boost;
    PMDL in_mdl;                /* built for an input buffer that had none */
    PMDL out_mdl;               /* built for a buffered output that had none */
    struct fx_memory in_memory; /* made at first retrieval: see the two flags */
    struct fx_memory out_memory;
    LIST_ENTRY locked;   /* memories of WdfRequestProbeAndLockUserBuffer… */
    struct fx_send send; /* target/: see target.h */
};

/* A file object of the Framework: one per successful create of a device that asked for them. */
struct fx_file {
    struct fx_object object; /* parent: the device */
    PFILE_OBJECT wdm;
    ULONG flags;
    HANDLE process;   /* of the opener */
    LIST_ENTRY entry; /* in the device's list when no FsContext may be used */
    UNICODE_STRING name;
    struct fx_string *name_handle; /* made by the first WdfFileObjectGetFileName */
};

/* Wraps an IRP. `extra` flags are or-ed in. From the device's lookaside list when `device` is
 * given (a received IRP), with the attributes of WdfDeviceInitSetRequestAttributes; for
 * driver-created requests (device NULL) from pool with the given attributes and parent.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Gives:   *out_request with one reference, ended by completion or fx_object_delete
 * Errors:  STATUS_INSUFFICIENT_RESOURCES; the attributes' own
 */
NTSTATUS fx_request_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                           struct fx_object *parent, PIRP irp, ULONG extra,
                           struct fx_request **out_request);
NTSTATUS fx_request_create_received(struct fx_device *device, PIRP irp,
                                    struct fx_request **out_request);

/* Completes a received request (any but DRIVER-created: these get their status stored only).
 * Takes the driver's reference. Misuse (twice, still cancelable, driver-created while sent) is a
 * violation. The IRP itself ends later when memories of the request are still in use.
 */
void fx_request_complete(struct fx_request *request, NTSTATUS status, CCHAR boost);

/* While taken the IRP of a completed request is kept back (memories given to a sent request). */
void fx_request_irp_hold(struct fx_request *request);
void fx_request_irp_release(struct fx_request *request);

/* The request leaves its queue for good without being completed by us (send and forget): the
 * queue counts it as gone and presents the next one; the object is deleted.
 * Gives: the IRP, which the caller now sends down. */
PIRP fx_request_let_go(struct fx_request *request);

/* Buffer of a received request by direction, as documented for WdfRequestRetrieve…Buffer. */
NTSTATUS fx_request_input_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                 SIZE_T *out_length);
NTSTATUS fx_request_output_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                  SIZE_T *out_length);

/* WDF_REQUEST_TYPE of a major function code. */
static inline WDF_REQUEST_TYPE fx_request_type_of(UCHAR major)
{
    return (WDF_REQUEST_TYPE)major;
}

/* Is the handle a request that the driver may still use? Violation otherwise. */
static inline struct fx_request *fx_request_of(struct fx_globals *globals, WDFREQUEST handle)
{
    return (struct fx_request *)fx_object_of(globals, handle, &fx_type_request);
}

static inline BOOLEAN fx_request_has(const struct fx_request *request, LONG flag)
{
    return (request->flags & flag) != 0;
}

static inline LONG fx_request_set(struct fx_request *request, LONG flag)
{
    return InterlockedOr(&request->flags, flag);
}

static inline LONG fx_request_clear(struct fx_request *request, LONG flag)
{
    return InterlockedAnd(&request->flags, ~flag);
}

/* IRP_MJ_CREATE, IRP_MJ_CLEANUP and IRP_MJ_CLOSE of a device: makes the file object, calls
 * EvtDeviceFileCreate or presents the request in the queue configured for creates, calls
 * EvtFileCleanup and EvtFileClose; passes on when AutoForwardCreateCleanupClose says so. */
NTSTATUS fx_file_dispatch(struct fx_device *device, PIRP irp);

/* The Framework's object of a WDM file object, or NULL (borrowed: lives until its close). */
struct fx_file *fx_file_of(struct fx_device *device, PFILE_OBJECT wdm);

#endif
