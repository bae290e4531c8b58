/* SPDX-License-Identifier: MIT */
/* mcb.c - maps of extents: a sorted array of run ends, replaced as a whole by every change.
 *
 * Runs that continue each other are one; holes at the end are dropped. A change is first built
 * beside the map and then takes its place, so that a failure leaves the map as it was.
 */
#include "mcb.h"

#include "ex/ex.h"

#define MCB_TAG 'bcMF'

struct pair {
    LONGLONG next; /* the first block behind the run */
    LONGLONG lbn;
};

struct builder {
    struct pair *pairs;
    ULONG count;
};

static struct pair *pairs_of(const BASE_MCB *mcb)
{
    return mcb->Mapping;
}

static LONGLONG start_of(const BASE_MCB *mcb, ULONG index)
{
    return index == 0 ? 0 : pairs_of(mcb)[index - 1].next;
}

static LONGLONG end_of(const BASE_MCB *mcb)
{
    return start_of(mcb, mcb->PairCount);
}

void mcb_init(BASE_MCB *mcb, POOL_TYPE pool)
{
    *mcb = (BASE_MCB){.PoolType = (USHORT)pool};
}

void mcb_fini(BASE_MCB *mcb)
{
    if (mcb->Mapping != NULL)
        ExFreePoolWithTag(mcb->Mapping, MCB_TAG);
    mcb->Mapping = NULL;
    mcb->PairCount = mcb->MaximumPairCount = 0;
}

/* ---- building a new map ------------------------------------------------------------------ */

static NTSTATUS builder_begin(const BASE_MCB *mcb, ULONG more, struct builder *out_builder)
{
    size_t bytes = ((size_t)mcb->PairCount + more) * sizeof(struct pair);
    *out_builder = (struct builder){0};
    out_builder->pairs = ExAllocatePoolWithTag((POOL_TYPE)mcb->PoolType, bytes, MCB_TAG);
    return out_builder->pairs != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* The next run reaches up to next; empty ones vanish, ones that continue the last join it. */
static void builder_add(struct builder *builder, LONGLONG next, LONGLONG lbn)
{
    struct pair *last = builder->count != 0 ? &builder->pairs[builder->count - 1] : NULL;
    LONGLONG start = last != NULL ? last->next : 0;
    if (next <= start)
        return;
    LONGLONG before = builder->count > 1 ? last[-1].next : 0;
    bool joins = last != NULL &&
                 (last->lbn == MCB_HOLE ? lbn == MCB_HOLE
                                        : lbn != MCB_HOLE && last->lbn + (start - before) == lbn);
    if (joins)
        last->next = next;
    else
        builder->pairs[builder->count++] = (struct pair){next, lbn};
}

/* Copies the part of the map from low up to high, moved by shift blocks. */
static void builder_copy(struct builder *builder, const BASE_MCB *mcb, LONGLONG low, LONGLONG high,
                         LONGLONG shift)
{
    for (ULONG i = 0; i < mcb->PairCount; i++) {
        LONGLONG start = start_of(mcb, i), end = pairs_of(mcb)[i].next, lbn = pairs_of(mcb)[i].lbn;
        if (end <= low || start >= high)
            continue;
        if (start < low && lbn != MCB_HOLE)
            lbn += low - start;
        builder_add(builder, (end < high ? end : high) + shift, lbn);
    }
}

static void builder_end(struct builder *builder, BASE_MCB *mcb, ULONG more)
{
    ULONG room = mcb->PairCount + more;
    while (builder->count != 0 && builder->pairs[builder->count - 1].lbn == MCB_HOLE)
        builder->count--;
    mcb_fini(mcb);
    mcb->Mapping = builder->pairs;
    mcb->PairCount = builder->count;
    mcb->MaximumPairCount = room;
}

/* A run split in two, the new one, and a hole before it. */
#define MORE_RUNS 3u

NTSTATUS mcb_set(BASE_MCB *mcb, LONGLONG vbn, LONGLONG lbn, LONGLONG count)
{
    struct builder builder;
    NTSTATUS status = builder_begin(mcb, MORE_RUNS, &builder);
    if (!NT_SUCCESS(status))
        return status;
    builder_copy(&builder, mcb, 0, vbn, 0);
    builder_add(&builder, vbn, MCB_HOLE); /* up to here, if the map has ended before */
    builder_add(&builder, vbn + count, lbn);
    builder_copy(&builder, mcb, vbn + count, MAXLONGLONG, 0);
    builder_end(&builder, mcb, MORE_RUNS);
    return STATUS_SUCCESS;
}

NTSTATUS mcb_split(BASE_MCB *mcb, LONGLONG vbn, LONGLONG amount)
{
    struct builder builder;
    if (vbn >= end_of(mcb))
        return STATUS_SUCCESS;
    NTSTATUS status = builder_begin(mcb, MORE_RUNS, &builder);
    if (!NT_SUCCESS(status))
        return status;
    builder_copy(&builder, mcb, 0, vbn, 0);
    builder_add(&builder, vbn + amount, MCB_HOLE);
    builder_copy(&builder, mcb, vbn, MAXLONGLONG, amount);
    builder_end(&builder, mcb, MORE_RUNS);
    return STATUS_SUCCESS;
}

void mcb_truncate(BASE_MCB *mcb, LONGLONG vbn)
{
    struct pair *pairs = pairs_of(mcb);
    while (mcb->PairCount != 0 && start_of(mcb, mcb->PairCount - 1) >= vbn)
        mcb->PairCount--;
    if (mcb->PairCount != 0 && pairs[mcb->PairCount - 1].next > vbn)
        pairs[mcb->PairCount - 1].next = vbn;
    while (mcb->PairCount != 0 && pairs[mcb->PairCount - 1].lbn == MCB_HOLE)
        mcb->PairCount--;
}

/* ---- asking ------------------------------------------------------------------------------ */

bool mcb_at(const BASE_MCB *mcb, ULONG index, struct mcb_run *out_run)
{
    if (index >= mcb->PairCount)
        return false;
    LONGLONG start = start_of(mcb, index);
    *out_run = (struct mcb_run){.vbn = start,
                                .lbn = pairs_of(mcb)[index].lbn,
                                .count = pairs_of(mcb)[index].next - start,
                                .index = index};
    return true;
}

bool mcb_find(const BASE_MCB *mcb, LONGLONG vbn, struct mcb_run *out_run)
{
    ULONG low = 0, high = mcb->PairCount;
    if (vbn < 0 || vbn >= end_of(mcb))
        return false;
    while (low < high) {
        ULONG middle = low + (high - low) / 2;
        if (pairs_of(mcb)[middle].next <= vbn)
            low = middle + 1;
        else
            high = middle;
    }
    return mcb_at(mcb, low, out_run);
}

bool mcb_agrees(const BASE_MCB *mcb, LONGLONG vbn, LONGLONG lbn, LONGLONG count)
{
    struct mcb_run run;
    LONGLONG at = vbn;
    while (at < vbn + count && mcb_find(mcb, at, &run)) {
        if (run.lbn != MCB_HOLE && run.lbn + (at - run.vbn) != lbn + (at - vbn))
            return false;
        at = run.vbn + run.count;
    }
    return true;
}
