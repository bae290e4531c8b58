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

/* Flags of a request: changed with the interlocked functions below once others may see it. */
enum fx_request_flags {
    FX_REQUEST_RECEIVED = 0x0001,      /* its IRP came to one of our devices */
    FX_REQUEST_OWNS_IRP = 0x0002,      /* driver-created: the IRP is freed with the request */
    FX_REQUEST_COMPLETED = 0x0004,     /* the driver has completed it */
    FX_REQUEST_CANCELABLE = 0x0008,    /* marked; the IRP's cancel routine is ours */
    FX_REQUEST_CANCEL_CALLED = 0x0010, /* EvtRequestCancel was chosen to run */
    FX_REQUEST_PRESENTED = 0x0020,     /* the driver has seen it */
    FX_REQUEST_RESERVED = 0x0040,      /* one of a queue's forward progress requests */
    FX_REQUEST_STOP_AWAITED = 0x0080,  /* an answer to EvtIoStop is awaited */
    FX_REQUEST_STOP_CALLED = 0x0100,   /* EvtIoStop was called since the last stop began */
    FX_REQUEST_RESUMED = 0x0200,       /* EvtIoResume was called since the last power-up */
    FX_REQUEST_IN_CALLER = 0x0400,     /* in EvtIoInCallerContext: not yet in a queue */
    FX_REQUEST_IS_CREATE = 0x0800,     /* its IRP opens a file: completion settles the file */
    FX_REQUEST_FROM_IRP = 0x1000,      /* WdfRequestCreateFromIrp: the IRP may be the caller's */
    FX_REQUEST_IN_MEMORY = 0x2000,     /* in_memory is made */
    FX_REQUEST_OUT_MEMORY = 0x4000,    /* out_memory is made */
    FX_REQUEST_KEEPS_DEVICE = 0x8000,  /* it outlives its completion and refers to the device */
};

/* Where a request stands in its queue; changed under the queue's lock. */
enum fx_request_where {
    FX_REQUEST_NOWHERE,
    FX_REQUEST_WAITING,
    FX_REQUEST_CANCELED, /* was cancelled while it waited; the engine ends it */
    FX_REQUEST_OWNED,    /* the driver has it */
};

struct fx_request {
    struct fx_object object;  /* first. A received one has no parent: its room holds it */
    PIRP irp;                 /* NULL once completed or let go */
    PIO_STACK_LOCATION stack; /* our location in a received IRP; NULL for driver-created ones */
    volatile LONG flags;      /* enum fx_request_flags */
    ULONG where;              /* enum fx_request_where */
    struct fx_queue *queue;   /* that waits with it or gave it to the driver */
    struct fx_io *io;         /* of the device it was received by; NULL: driver-created */
    LIST_ENTRY entry;         /* in the queue: see where */
    LIST_ENTRY notice;        /* in the queue's list of EvtRequestCancel to be called */
    PFN_WDF_REQUEST_CANCEL cancel_routine;
    struct fx_reserve *reserve; /* of a forward progress request: where it returns to */
    ULONG_PTR information;      /* WdfRequestSetInformation of a request without an IRP */
    NTSTATUS status;            /* of a driver-created request: how it ended */
    PMDL in_mdl;                /* built for an input buffer that had none */
    PMDL out_mdl;
    /* From here on not zeroed at creation. */
    struct fx_send send;         /* target/: see target.h */
    struct fx_memory in_memory;  /* made at first retrieval: see the flags */
    struct fx_memory out_memory; /* children of the request */
};

/* A file object of the Framework: one per successful create of a device that asked for them. */
struct fx_file {
    struct fx_object object; /* parent: the device */
    PFILE_OBJECT wdm;
    ULONG process;                      /* of the opener */
    const struct fx_extension *claimed; /* the class extension that kept the create; NULL: none */
    LIST_ENTRY entry;                   /* in the device's list of them */
};

/* A request around a received IRP, with the device's attributes (WdfDeviceInitSetRequest-
 * Attributes), from the device's lookaside list.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Gives:   *out_request with its own reference, which completion takes
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS fx_request_create_received(struct fx_device *device, PIRP irp,
                                    struct fx_request **out_request);

/* The driver's own request (WdfRequestCreate, …FromIrp): parent NULL: as attributes say. flags:
 * FX_REQUEST_OWNS_IRP, FX_REQUEST_FROM_IRP; irp may be NULL. Ends with fx_object_delete. */
NTSTATUS fx_request_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                           struct fx_object *parent, PIRP irp, LONG flags,
                           struct fx_request **out_request);

/* One for a queue's reserve: without an IRP; reuse gives it one. */
NTSTATUS fx_request_create_reserved(struct fx_device *device, struct fx_reserve *reserve,
                                    struct fx_request **out_request);
void fx_request_reuse(struct fx_request *request, PIRP irp);

/* A received request that will not be used after all: the IRP is still the caller's. */
void fx_request_discard(struct fx_request *request);

/* The driver completes a received request: gives up its hold. Misuse (twice, cancelable, sent,
 * memories still referenced) is a violation. IRQL: <= DISPATCH_LEVEL */
void fx_request_complete(struct fx_request *request, NTSTATUS status, CCHAR boost);

/* The Framework completes it in the driver's place, with no information. */
void fx_request_end(struct fx_request *request, NTSTATUS status);

/* A memory of this request is in use by another one (target/): the request's own memory stays
 * until released. Completing it meanwhile is a violation. */
void fx_request_irp_hold(struct fx_request *request);
void fx_request_irp_release(struct fx_request *request);

/* The request leaves its queue for good without being completed by us (send and forget): the
 * queue counts it as gone and presents the next one; the object is deleted.
 * Gives: the IRP, which the caller now sends down. */
PIRP fx_request_let_go(struct fx_request *request);

/* Buffer of a received request by direction, as documented for WdfRequestRetrieve…Buffer.
 * Errors: STATUS_INVALID_DEVICE_REQUEST, STATUS_BUFFER_TOO_SMALL, STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_request_input_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                 SIZE_T *out_length);
NTSTATUS fx_request_output_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                  SIZE_T *out_length);

/* The IRP's parameters as WDF_REQUEST_PARAMETERS (Size is left alone). */
void fx_request_parameters(const struct fx_request *request, PWDF_REQUEST_PARAMETERS parameters);

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

/* Has the driver got it from a queue? */
static inline BOOLEAN fx_request_is_owned(const struct fx_request *request)
{
    return request->where == FX_REQUEST_OWNED;
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

/* A create has ended: a failed one's file object goes. */
void fx_file_create_ended(struct fx_device *device, PFILE_OBJECT wdm, NTSTATUS status);

#endif
