/* SPDX-License-Identifier: MIT */
/* quota.c - what processes are charged for pool, and what they may use of it.
 *
 * In: bytes that are allocated for a process, at any IRQL up to DISPATCH_LEVEL; out: a count, or
 * STATUS_QUOTA_EXCEEDED when it would pass its limit. A quota lives as long as its process or a
 * block that is charged to it. Invariant: used is the sum of what was charged and not returned.
 */
#include "ps_internal.h"

struct quota {
    _Atomic uint64_t references; /* atomic: the process's, and one for each block */
    struct quota_line {
        _Atomic uint64_t used, peak, limit; /* atomic; bytes */
    } lines[2];                             /* nonpaged, paged */
};

struct quota *quota_create(void)
{
    struct quota *quota = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *quota, PS_TAG);
    if (!quota)
        return NULL;
    quota->references = 1;
    quota->lines[0].limit = quota->lines[1].limit = PS_QUOTA_UNLIMITED;
    return quota;
}

void quota_put(struct quota *quota)
{
    if (quota && atomic_fetch_sub(&quota->references, 1) == 1)
        ExFreePoolWithTag(quota, PS_TAG);
}

/* Adds bytes unless that passes the limit. */
static NTSTATUS line_charge(struct quota_line *line, uint64_t bytes)
{
    uint64_t used = atomic_load(&line->used), peak;
    do {
        if (bytes > UINT64_MAX - used || used + bytes > atomic_load(&line->limit))
            return STATUS_QUOTA_EXCEEDED;
    } while (!atomic_compare_exchange_weak(&line->used, &used, used + bytes));
    used += bytes;
    peak = atomic_load(&line->peak);
    while (used > peak && !atomic_compare_exchange_weak(&line->peak, &peak, used))
        ;
    return STATUS_SUCCESS;
}

/* Nothing changes when less than that was charged. */
static NTSTATUS line_return(struct quota_line *line, uint64_t bytes)
{
    uint64_t used = atomic_load(&line->used);
    do {
        if (bytes > used)
            return STATUS_QUOTA_EXCEEDED;
    } while (!atomic_compare_exchange_weak(&line->used, &used, used - bytes));
    return STATUS_SUCCESS;
}

NTSTATUS ps_quota_charge(struct process *process, bool is_paged, uint64_t bytes)
{
    return process->quota ? line_charge(&process->quota->lines[is_paged], bytes) : STATUS_SUCCESS;
}

NTSTATUS ps_quota_return(struct process *process, bool is_paged, uint64_t bytes)
{
    return process->quota ? line_return(&process->quota->lines[is_paged], bytes) : STATUS_SUCCESS;
}

void ps_quota_query(struct process *process, bool is_paged, struct ps_quota *out_quota)
{
    struct quota_line none = {.limit = PS_QUOTA_UNLIMITED};
    struct quota_line *line = process->quota ? &process->quota->lines[is_paged] : &none;
    *out_quota = (struct ps_quota){line->used, line->peak, line->limit};
}

void ps_quota_limit(struct process *process, bool is_paged, uint64_t bytes)
{
    if (process->quota)
        atomic_store(&process->quota->lines[is_paged].limit, bytes);
}

/* ---- for the pool ------------------------------------------------------------------------ */

static NTSTATUS block_charge(bool is_paged, size_t bytes, void **out_owner)
{
    struct process *process = ps_process_current();
    struct quota *quota = process ? process->quota : NULL;
    if (!quota)
        return STATUS_SUCCESS;
    NTSTATUS status = line_charge(&quota->lines[is_paged], bytes);
    if (!NT_SUCCESS(status))
        return status;
    atomic_fetch_add(&quota->references, 1);
    *out_owner = quota;
    return STATUS_SUCCESS;
}

static void block_give(void *owner, bool is_paged, size_t bytes)
{
    struct quota *quota = owner;
    (void)line_return(&quota->lines[is_paged], bytes);
    quota_put(quota);
}

void quota_install(void)
{
    static const struct ex_quota_ops ops = {block_charge, block_give};
    ex_quota_set(&ops);
}
