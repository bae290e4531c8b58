/* SPDX-License-Identifier: MIT */
/* pipefs_data.c - bytes and messages from one end to the other.
 *
 * Everything here runs with pipefs_lock held. What is written to an end lies in its parcels; a
 * write that is beyond the end's quota waits until its parcel has been read whole. An empty
 * parcel that is a flush is done when it comes to the front.
 */
#include <string.h>

#include "pipefs_internal.h"

static struct end *peer_of(struct end *end)
{
    return &end->instance->ends[!end->side];
}

/* What may be written to this end before writers wait. */
ULONG end_quota(const struct end *end)
{
    const struct pipe *pipe = end->instance->pipe;
    return end->side == SERVER ? pipe->inbound_quota : pipe->outbound_quota;
}

/* False: it is being cancelled, and the cancel routine frees it. */
static bool parcel_end(struct end *end, struct parcel *parcel, NTSTATUS status,
                       struct finished *finished)
{
    if (parcel->irp != NULL && IoSetCancelRoutine(parcel->irp, NULL) == NULL)
        return false;
    if (parcel->irp != NULL)
        finished_add(finished, parcel->irp, status,
                     NT_SUCCESS(status) && !parcel->is_flush ? parcel->length : 0);
    end->waiting_bytes -= parcel->length - parcel->taken;
    list_remove(&parcel->link);
    ExFreePoolWithTag(parcel, PIPEFS_TAG);
    return true;
}

/* The first with something to read. Its writer may be on the way to cancel it. */
static struct parcel *parcel_first(struct end *end, struct finished *finished)
{
    for (struct list *at = end->parcels.next, *next; at != &end->parcels; at = next) {
        struct parcel *parcel = list_entry(at, struct parcel, link);
        next = at->next;
        bool is_cancelled = parcel->irp != NULL && parcel->irp->Cancel;
        if (!parcel->is_flush && !is_cancelled)
            return parcel;
        if (parcel->is_flush)
            parcel_end(end, parcel, STATUS_SUCCESS, finished);
    }
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static ULONG parcel_take(struct end *end, struct parcel *parcel, unsigned char *to, ULONG room,
                         struct finished *finished)
{
    ULONG left = parcel->length - parcel->taken, count = left < room ? left : room;
    memcpy(to, parcel->bytes + parcel->taken, count);
    parcel->taken += count;
    end->waiting_bytes -= count;
    if (parcel->taken == parcel->length)
        parcel_end(end, parcel, STATUS_SUCCESS, finished);
    return count;
}

static NTSTATUS parcels_read(struct end *end, PIRP irp, struct finished *finished,
                             ULONG_PTR *out_count)
{
    ULONG room = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length, done = 0;
    unsigned char *to = irp->AssociatedIrp.SystemBuffer;
    struct parcel *parcel = parcel_first(end, finished);
    NTSTATUS status = STATUS_SUCCESS;
    if (end->reads_messages) {
        if (parcel->length - parcel->taken > room)
            status = STATUS_BUFFER_OVERFLOW;
        done = parcel_take(end, parcel, to, room, finished);
    } else {
        for (; parcel != NULL && done < room; parcel = parcel_first(end, finished))
            done += parcel_take(end, parcel, to + done, room - done, finished);
    }
    parcel_first(end, finished); /* flushes that have come to the front */
    *out_count = done;
    return status;
}

static NTSTATUS state_status(const struct instance *instance)
{
    switch (instance->state) {
    case FILE_PIPE_LISTENING_STATE:
        return STATUS_PIPE_LISTENING;
    case FILE_PIPE_DISCONNECTED_STATE:
        return STATUS_PIPE_DISCONNECTED;
    default:
        return STATUS_SUCCESS;
    }
}

NTSTATUS end_read(struct end *end, PIRP irp, struct finished *finished, ULONG_PTR *out_count)
{
    NTSTATUS status = state_status(end->instance);
    if (!NT_SUCCESS(status))
        return status;
    if (IsListEmpty(&end->reads) && parcel_first(end, finished) != NULL)
        return parcels_read(end, irp, finished, out_count);
    if (end->instance->state == FILE_PIPE_CLOSING_STATE)
        return STATUS_PIPE_BROKEN;
    return end->never_waits ? STATUS_PIPE_EMPTY : queue_put(&end->reads, irp);
}

/* Gives what lies at an end to the reads that wait there. */
static void reads_serve(struct end *end, struct finished *finished)
{
    while (parcel_first(end, finished) != NULL) {
        PIRP irp = queue_take(&end->reads);
        ULONG_PTR count = 0;
        if (irp == NULL)
            return;
        NTSTATUS status = parcels_read(end, irp, finished, &count);
        finished_add(finished, irp, status, count);
    }
}

NTSTATUS end_peek(struct end *end, FILE_PIPE_PEEK_BUFFER *out, ULONG length, ULONG_PTR *out_count)
{
    const ULONG head = FIELD_OFFSET(FILE_PIPE_PEEK_BUFFER, Data);
    ULONG room = length < head ? 0 : length - head, done = 0, messages = 0, first = 0;
    NTSTATUS status = state_status(end->instance);
    if (length < head)
        return STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(status))
        return status == STATUS_PIPE_LISTENING ? STATUS_INVALID_PIPE_STATE : status;
    list_for_each(at, &end->parcels)
    {
        const struct parcel *parcel = list_entry(at, struct parcel, link);
        ULONG left = parcel->length - parcel->taken,
              count = left < room - done ? left : room - done;
        if (parcel->is_flush)
            continue;
        if (messages++ == 0)
            first = left;
        if (messages == 1 || !end->reads_messages) {
            memcpy(out->Data + done, parcel->bytes + parcel->taken, count);
            done += count;
        }
    }
    if (messages == 0 && end->instance->state == FILE_PIPE_CLOSING_STATE)
        return STATUS_PIPE_BROKEN;
    bool has_messages = end->instance->pipe->type & FILE_PIPE_MESSAGE_TYPE;
    out->NamedPipeState = end->instance->state;
    out->ReadDataAvailable = end->waiting_bytes;
    out->NumberOfMessages = has_messages ? messages : 0;
    out->MessageLength = has_messages ? first : 0;
    *out_count = head + done;
    return end->reads_messages && first > done ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* parcel is the written bytes; it is taken when the answer is a success or STATUS_PENDING. */
NTSTATUS end_write(struct end *end, struct parcel *parcel, PIRP irp, struct finished *finished,
                   ULONG_PTR *out_count)
{
    struct end *to = peer_of(end);
    NTSTATUS status = state_status(end->instance);
    if (!NT_SUCCESS(status))
        return status;
    if (end->instance->state == FILE_PIPE_CLOSING_STATE)
        return STATUS_PIPE_CLOSING;
    bool has_messages = end->instance->pipe->type & FILE_PIPE_MESSAGE_TYPE;
    bool has_room = to->waiting_bytes + parcel->length <= end_quota(to) ||
                    (!IsListEmpty(&to->reads) && list_is_empty(&to->parcels));
    if (parcel->length == 0 && !has_messages) {
        ExFreePoolWithTag(parcel, PIPEFS_TAG);
        return STATUS_SUCCESS;
    }
    *out_count = parcel->length;
    if (!has_room && end->never_waits) { /* nothing fits, and nothing is written */
        ExFreePoolWithTag(parcel, PIPEFS_TAG);
        *out_count = 0;
        return STATUS_SUCCESS;
    }
    to->waiting_bytes += parcel->length;
    list_push_back(&to->parcels, &parcel->link);
    if (!has_room) {
        status = parcel_wait(parcel, to, irp);
        if (status != STATUS_PENDING) {
            to->waiting_bytes -= parcel->length;
            list_remove(&parcel->link);
            return status;
        }
    }
    reads_serve(to, finished);
    return status;
}

NTSTATUS end_flush(struct end *end, struct parcel *parcel, PIRP irp)
{
    struct end *to = peer_of(end);
    if (list_is_empty(&to->parcels) || end->instance->state != FILE_PIPE_CONNECTED_STATE) {
        ExFreePoolWithTag(parcel, PIPEFS_TAG);
        return STATUS_SUCCESS;
    }
    parcel->is_flush = true;
    NTSTATUS status = parcel_wait(parcel, to, irp);
    if (status == STATUS_PENDING)
        list_push_back(&to->parcels, &parcel->link);
    return status;
}

/* Nobody will read what lies at this end, and nothing more comes. */
void end_drop(struct end *end, NTSTATUS status, struct finished *finished)
{
    for (struct list *at = end->parcels.next, *next; at != &end->parcels; at = next) {
        next = at->next;
        parcel_end(end, list_entry(at, struct parcel, link), status, finished);
    }
    queue_empty(&end->reads, status, finished);
}
