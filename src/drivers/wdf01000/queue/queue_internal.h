/* SPDX-License-Identifier: MIT */
/* queue_internal.h - what the files of this room share: the queue itself and its engine.
 *
 * Everything below `lock` changes under it. Whoever has changed something that may owe a call to
 * the driver ends with fx_queue_run, which lets the lock go and makes the calls that are due, from
 * one place per thread. Invariant: a request with queue == this is on waiting, canceled or owned.
 */
#ifndef FX_QUEUE_INTERNAL_H
#define FX_QUEUE_INTERNAL_H

#include "queue.h"

#include "../device/device.h"
#include "../object/object.h"
#include "../pnp/pnp.h"
#include "../request/request.h"
#include "../support/support.h"

enum fx_queue_flags {
    FX_QUEUE_ACCEPT = 0x01,   /* new requests may come in */
    FX_QUEUE_DISPATCH = 0x02, /* requests may be presented and retrieved */
    FX_QUEUE_SHUTDOWN = 0x04, /* the device goes: a start does not make it accept again */
    FX_QUEUE_CANCEL = 0x08,   /* being purged: what comes back to it is cancelled */
    FX_QUEUE_DELETING = 0x10, /* its object is being disposed of */
};

/* Where a queue is between D0 and not. */
enum fx_queue_power {
    FX_QUEUE_ON,
    FX_QUEUE_HOLDING,  /* presents nothing more; calls under way still return */
    FX_QUEUE_STOPPING, /* EvtIoStop is being called, answers are awaited */
    FX_QUEUE_OFF,
    FX_QUEUE_RESUMING, /* EvtIoResume is being called */
};

/* queue->busy: how many threads are inside a callback, and above them what the last one to leave
 * has to look at. One word, so that who leaves and finds nothing due touches the queue no more. */
#define FX_QUEUE_CALLS  0x00ffffff
#define FX_QUEUE_WANTED 0x01000000 /* the engine must run when a call returns */

/* A thread that waits until the queue is as it wants it; on its stack. */
struct fx_queue_waiter {
    LIST_ENTRY entry;
    KEVENT event;
};

/* One thread that is making calls for a queue, on its stack. */
struct fx_queue_loop {
    struct fx_queue_loop *next;
    PKTHREAD thread;
    BOOLEAN again;
};

/* One that is told when the queue has come to rest (stop, drain, purge). */
struct fx_queue_done {
    PFN_WDF_IO_QUEUE_STATE routine;
    WDFCONTEXT context;
};

struct fx_queue {
    struct fx_object object;
    struct fx_io *io;
    struct fx_device *device;
    LIST_ENTRY entry; /* in io->queues, under io->lock */

    /* Set once. */
    WDF_IO_QUEUE_CONFIG config;     /* in its newest form */
    struct fx_extension *extension; /* of the class extension that config.Driver names */
    ULONG presented_max;
    BOOLEAN power_managed;
    BOOLEAN is_passive;
    KIRQL irql_max;    /* its callbacks may be called at */
    BOOLEAN is_direct; /* parallel, unlimited, unserialised: present without the engine */

    struct fx_callback_lock own_lock; /* of its synchronization scope, when that is the queue */
    struct fx_passive passive;        /* the engine at PASSIVE_LEVEL */
    KDPC dpc;                         /* the engine when the callback lock is held by the caller */
    struct fx_reserve *reserve;       /* forward progress; NULL: none */

    volatile LONG busy; /* atomic: FX_QUEUE_CALLS and FX_QUEUE_WANTED */

    PKSPIN_LOCK lock; /* io->queues_lock, guards: all below; a leaf */
    LIST_ENTRY waiting;
    LIST_ENTRY canceled;     /* to be given to EvtIoCanceledOnQueue, or completed */
    LIST_ENTRY cancel_calls; /* EvtRequestCancel to be called from the engine */
    LIST_ENTRY owned;
    ULONG waiting_count;
    ULONG canceled_count;
    ULONG owned_count;
    ULONG stopping_count; /* owned ones whose answer to EvtIoStop is awaited */
    ULONG flags;
    enum fx_queue_power power;
    struct fx_queue_loop *loops;
    BOOLEAN dpc_queued;
    BOOLEAN became_ready; /* went from empty to not empty since ready was called */
    struct fx_queue_done stop_done;
    struct fx_queue_done empty_done;
    struct fx_queue_done ready;
    LIST_ENTRY waiters; /* struct fx_queue_waiter: woken by every run of the engine */
    ULONG visit;        /* of fx_io_visit; under io->lock */
};

#define FX_IO_MAJORS (IRP_MJ_MAXIMUM_FUNCTION + 1)

struct fx_io {
    struct fx_device *device;
    struct fx_queue *by_major[FX_IO_MAJORS]; /* set once each; the default queue fills the rest */
    struct fx_queue *by_default;
    struct fx_queue *creates;
    struct fx_queue *file_queue; /* see fx_io_file_queue */
    LIST_ENTRY files;            /* the request room's; under lock */
    ULONG_PTR request_bytes;
    struct fx_request *volatile spare; /* the one that was freed last, before the list */
    NPAGED_LOOKASIDE_LIST requests;
    /* guards: the state of every queue of the device. One lock, so that a request moves from queue
     * to queue in one step; a leaf */
    KSPIN_LOCK queues_lock;
    KSPIN_LOCK lock; /* guards: queues, and the changes of the fields above */
    LIST_ENTRY queues;
    ULONG visit;
    BOOLEAN is_shutting_down;
    BOOLEAN is_up; /* power-managed queues that are made now start so */
};

/* --- engine.c: the calls that are due ----------------------------------------------------------
 */

/* Lets queue->lock go (taken at irql) and makes every call that is due and allowed here. */
void fx_queue_run(struct fx_queue *queue, KIRQL irql);

/* May a callback of this queue be made by this thread at irql? */
BOOLEAN fx_queue_may_call(struct fx_queue *queue, KIRQL irql);

/* May the queue give a request to the driver now? */
BOOLEAN fx_queue_may_present_locked(const struct fx_queue *queue);

/* Would fx_queue_run do anything? It may say so once too often, never too seldom. */
BOOLEAN fx_queue_is_due_locked(struct fx_queue *queue);

/* A call into the driver begins (lock held) and has ended (lock not held). */
static inline void fx_queue_call_begins(struct fx_queue *queue)
{
    InterlockedIncrement(&queue->busy);
}
void fx_queue_call_ended(struct fx_queue *queue);

/* Calls the handler of a request that the driver owns already. */
void fx_queue_present(struct fx_queue *queue, struct fx_request *request);

/* Sets FX_QUEUE_WANTED if somebody waits for something, clears it otherwise. */
void fx_queue_wanted_locked(struct fx_queue *queue);

/* Waits until is_so answers TRUE (called with the lock held). IRQL: PASSIVE_LEVEL */
void fx_queue_await(struct fx_queue *queue, BOOLEAN (*is_so)(struct fx_queue *queue));
static inline ULONG fx_queue_calls(const struct fx_queue *queue)
{
    return (ULONG)queue->busy & FX_QUEUE_CALLS;
}

KDEFERRED_ROUTINE fx_queue_dpc;
fx_passive_routine fx_queue_passive;

/* --- waiting.c: requests in a queue ------------------------------------------------------------
 */

/* The request begins to wait, at the front or the end.
 * Errors: STATUS_CANCELLED: it was cancelled and now stands in `canceled` */
NTSTATUS fx_queue_wait_locked(struct fx_queue *queue, struct fx_request *request, BOOLEAN in_front);

/* Takes a request out of waiting, if its cancellation has not begun. */
BOOLEAN fx_queue_take_locked(struct fx_queue *queue, struct fx_request *request);
struct fx_request *fx_queue_take_next_locked(struct fx_queue *queue, PFILE_OBJECT file);

/* A request (in no list) becomes the driver's. */
void fx_queue_own_locked(struct fx_queue *queue, struct fx_request *request);
void fx_queue_disown_locked(struct fx_queue *queue, struct fx_request *request);

/* Everything that waits (of one file object, or all) is cancelled. Lock not held. */
void fx_queue_cancel_waiting(struct fx_queue *queue, PFILE_OBJECT file);

DRIVER_CANCEL fx_queue_cancel_irp;

/* --- io.c ----------------------------------------------------------------------------------------
 */

/* Calls visit for every queue of the device, referenced, without a lock held. */
void fx_io_visit(struct fx_io *io, void (*visit)(struct fx_queue *queue, void *context),
                 void *context);
NTSTATUS fx_io_enqueue(struct fx_device *device, struct fx_request *request);
NTSTATUS fx_io_configure(struct fx_io *io, struct fx_queue *queue, WDF_REQUEST_TYPE type);
NTSTATUS fx_io_set_default(struct fx_io *io, struct fx_queue *queue);
void fx_io_forget(struct fx_io *io, struct fx_queue *queue);
/* Do IRPs come to it directly? */
BOOLEAN fx_io_is_top(const struct fx_queue *queue);

/* --- present.c -----------------------------------------------------------------------------------
 */

BOOLEAN fx_queue_is_nothing(const struct fx_queue *queue, const struct fx_request *request);
/* A request (in no queue) comes in; the lock is let go. The queue accepts. */
void fx_queue_arrive(struct fx_queue *queue, struct fx_request *request, KIRQL irql);
/* FALSE: it accepts nothing; the request is still the caller's. */
BOOLEAN fx_queue_try_add(struct fx_queue *queue, struct fx_request *request);

/* --- state.c -----------------------------------------------------------------------------------
 */

NTSTATUS fx_queue_create(struct fx_device *device, PWDF_IO_QUEUE_CONFIG config,
                         PWDF_OBJECT_ATTRIBUTES attributes, struct fx_queue **out_queue);
WDF_IO_QUEUE_STATE fx_queue_state(struct fx_queue *queue, PULONG waiting, PULONG owned);
void fx_queue_start(struct fx_queue *queue);
/* cancel: requests that wait are cancelled (stop and purge). done may be NULL.
 * Errors: STATUS_INVALID_DEVICE_REQUEST: somebody else is told already */
NTSTATUS fx_queue_stop(struct fx_queue *queue, BOOLEAN cancel, PFN_WDF_IO_QUEUE_STATE routine,
                       WDFCONTEXT context);
/* cancel FALSE: drain; TRUE: purge. */
NTSTATUS fx_queue_empty(struct fx_queue *queue, BOOLEAN cancel, PFN_WDF_IO_QUEUE_STATE routine,
                        WDFCONTEXT context);
NTSTATUS fx_queue_ready_notify(struct fx_queue *queue, PFN_WDF_IO_QUEUE_STATE routine,
                               WDFCONTEXT context);
/* Tries to cancel every request that the driver has marked cancelable. Lock not held. */
void fx_queue_cancel_owned(struct fx_queue *queue);

/* --- retrieve.c --------------------------------------------------------------------------------
 */

NTSTATUS fx_queue_retrieve(struct fx_queue *queue, PFILE_OBJECT file,
                           struct fx_request **out_request);
NTSTATUS fx_queue_retrieve_found(struct fx_queue *queue, struct fx_request *found,
                                 struct fx_request **out_request);
NTSTATUS fx_queue_find(struct fx_queue *queue, struct fx_request *after, PFILE_OBJECT file,
                       PWDF_REQUEST_PARAMETERS parameters, struct fx_request **out_request);

/* --- reserve.c: forward progress ----------------------------------------------------------------
 */

NTSTATUS fx_reserve_create(struct fx_queue *queue,
                           const WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY *policy);
void fx_reserve_destroy(struct fx_queue *queue);
/* A received request could not be made (or the driver has no resources for it).
 * STATUS_SUCCESS: *out_request is a reserved one; STATUS_PENDING: the IRP waits for one. */
NTSTATUS fx_reserve_take(struct fx_queue *queue, PIRP irp, struct fx_request **out_request);
/* EvtIoAllocateRequestResources of an ordinary request. */
NTSTATUS fx_reserve_ask(struct fx_queue *queue, struct fx_request *request);
/* IRPs that wait for a reserved request are cancelled (of one file object, or all). */
void fx_reserve_cancel(struct fx_queue *queue, PFILE_OBJECT file);

#endif
