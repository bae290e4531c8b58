/* SPDX-License-Identifier: MIT */
/* batch.c - many changes that reach the disk together.
 *
 * While a batch is open nothing is written; the end of the last one writes everything. A
 * registry that is only in memory has nothing to write: then this only counts.
 */
#include "cm_internal.h"

static atomic_uint batches_open;

void cm_batch_begin(void)
{
    atomic_fetch_add(&batches_open, 1);
}

NTSTATUS cm_batch_end(void)
{
    unsigned before = atomic_fetch_sub(&batches_open, 1);
    COVE_ASSERT(before > 0);
    return STATUS_SUCCESS;
}
