/* SPDX-License-Identifier: MIT */
/* pipefs_internal.h - pipes, their instances, and what waits in them.
 *
 * A pipe is a name; an instance is one server's end and at most one client's. Each end has a
 * queue of what was written to it and one of reads that wait for more. Requests are completed
 * outside of pipefs_lock: what is done under it collects them in a `struct finished`.
 */
#ifndef PIPEFS_INTERNAL_H
#define PIPEFS_INTERNAL_H

#include "base/list.h"
#include "ke/ke.h"
#include "pipefs/pipefs.h"

#define PIPEFS_TAG 'FpiP'

enum { SERVER, CLIENT };

/* What was written and not read yet. */
struct parcel {
    struct list link;
    PIRP irp; /* the write, while it waits for room; or a flush, whose parcel is empty; or NULL */
    ULONG length, taken;
    bool is_flush;
    unsigned char bytes[];
};

struct end {
    struct instance *instance;
    unsigned side;
    FILE_OBJECT *file;   /* NULL: nobody has it open */
    bool reads_messages; /* FILE_PIPE_MESSAGE_MODE */
    bool never_waits;    /* FILE_PIPE_COMPLETE_OPERATION */
    struct list parcels; /* written to this end */
    ULONG waiting_bytes; /* in them */
    LIST_ENTRY reads;    /* IRPs */
};

struct instance {
    struct list link; /* in pipe->instances */
    struct pipe *pipe;
    ULONG state;    /* FILE_PIPE_…_STATE */
    unsigned opens; /* file objects that know it, also of disconnected clients */
    struct end ends[2];
    LIST_ENTRY listens; /* IRPs of FSCTL_PIPE_LISTEN */
};

struct pipe {
    struct list link; /* in pipefs_pipes */
    UNICODE_STRING name;
    ULONG type, configuration, maximum, count, inbound_quota, outbound_quota;
    struct list instances;
};

/* Requests that are done, to be completed without the lock. */
struct finished {
    LIST_ENTRY irps;
};

extern KSPIN_LOCK pipefs_lock; /* guards: pipes, instances, ends, parcels, queues of IRPs */

/* pipefs_queue.c */
void finished_init(struct finished *finished);
void finished_add(struct finished *finished, PIRP irp, NTSTATUS status, ULONG_PTR information);
void finished_complete(struct finished *finished);
/* With the lock held. Answers STATUS_PENDING, or STATUS_CANCELLED when the IRP is cancelled. */
NTSTATUS queue_put(LIST_ENTRY *queue, PIRP irp);
PIRP queue_take(LIST_ENTRY *queue);
void queue_empty(LIST_ENTRY *queue, NTSTATUS status, struct finished *finished);
/* The IRP of a parcel waits; its cancellation takes the parcel away. */
NTSTATUS parcel_wait(struct parcel *parcel, struct end *to, PIRP irp);

/* pipefs_data.c: with the lock held. Answer STATUS_PENDING when the IRP waits. */
NTSTATUS end_read(struct end *end, PIRP irp, struct finished *finished, ULONG_PTR *out_count);
NTSTATUS end_write(struct end *end, struct parcel *parcel, PIRP irp, struct finished *finished,
                   ULONG_PTR *out_count);
NTSTATUS end_flush(struct end *end, struct parcel *parcel, PIRP irp);
NTSTATUS end_peek(struct end *end, FILE_PIPE_PEEK_BUFFER *out, ULONG length, ULONG_PTR *out_count);
void end_drop(struct end *end, NTSTATUS status, struct finished *finished);
ULONG end_quota(const struct end *end);

/* pipefs.c */
struct parcel *parcel_make(const void *bytes, ULONG length);
NTSTATUS pipe_create(FILE_OBJECT *file, PIO_STACK_LOCATION stack, ULONG_PTR *out_outcome);
NTSTATUS pipe_open(FILE_OBJECT *file, PIO_STACK_LOCATION stack, struct finished *finished);
void pipe_cleanup(struct end *end, struct finished *finished);
void pipe_close(FILE_OBJECT *file);
NTSTATUS pipe_listen(struct end *end, PIRP irp, struct finished *finished);
NTSTATUS pipe_disconnect(struct end *end, struct finished *finished);
/* FSCTL_PIPE_WAIT: whether an instance is free now; else the IRP waits. */
NTSTATUS pipe_wait(PIRP irp, const FILE_PIPE_WAIT_FOR_BUFFER *wait, ULONG length);
void pipes_init(void);

#endif
