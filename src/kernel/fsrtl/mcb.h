/* SPDX-License-Identifier: MIT */
/* mcb.h - extents: which logical blocks hold a file's virtual ones.
 *
 * Runs lie side by side from block 0, holes included; the last is never a hole. The caller sees
 * that one thread at a time is in a BASE_MCB.
 */
#ifndef FSRTL_MCB_H
#define FSRTL_MCB_H

#include <stdbool.h>

#include <ntifs.h>

#define MCB_HOLE ((LONGLONG) - 1)

/* One run of a map. */
struct mcb_run {
    LONGLONG vbn, lbn, count; /* lbn MCB_HOLE: nothing is mapped */
    ULONG index;
};

void mcb_init(BASE_MCB *mcb, POOL_TYPE pool);
void mcb_fini(BASE_MCB *mcb);
/* Maps count blocks from vbn on, over what was there; MCB_HOLE unmaps them.
 * Errors: STATUS_INSUFFICIENT_RESOURCES, the map is as it was. */
NTSTATUS mcb_set(BASE_MCB *mcb, LONGLONG vbn, LONGLONG lbn, LONGLONG count);
/* Is none of these blocks mapped to another place than lbn on? */
bool mcb_agrees(const BASE_MCB *mcb, LONGLONG vbn, LONGLONG lbn, LONGLONG count);
/* Moves all from vbn on by amount blocks; a hole is left. Errors: as mcb_set. */
NTSTATUS mcb_split(BASE_MCB *mcb, LONGLONG vbn, LONGLONG amount);
void mcb_truncate(BASE_MCB *mcb, LONGLONG vbn); /* cannot fail: nothing grows */
bool mcb_find(const BASE_MCB *mcb, LONGLONG vbn, struct mcb_run *out_run);
bool mcb_at(const BASE_MCB *mcb, ULONG index, struct mcb_run *out_run);

#endif
