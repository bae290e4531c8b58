/* SPDX-License-Identifier: MIT */
/* ex.h - pool, lookaside lists, resources, work items, rundown, S-lists.
 *
 * Rules of use. ExAllocatePool2 & co. are the allocators for everything in the kernel that
 * a driver may see or that must be accounted; native rooms call them with a tag of theirs.
 * Pool memory lies in a shared file (one arena), so that mm can map a driver's buffer into
 * a program. Every block has an owner tag; ex_pool_counts says what is alive.
 */
#ifndef EX_EX_H
#define EX_EX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

NTSTATUS ex_init(void); /* after ke_init; sets rtl's allocator */
void ex_fini(void);

/* ---- pool ------------------------------------------------------------------------- */

/* Where pool memory lies in the machine's address map. */
#define EX_POOL_BASE  0x4a0000000000ull
#define EX_POOL_BYTES (64ull << 30)

bool ex_pool_contains(const void *address);
/* The shared file behind an address of pool, for mapping it elsewhere. */
NTSTATUS ex_pool_share(const void *address, int *out_fd, uint64_t *out_offset);
/* The shared file of the whole arena; offset 0 is EX_POOL_BASE. */
int ex_pool_fd(void);
/* Does the page of address belong to a live block (its neighbours may be free)? */
bool ex_pool_is_allocated(const void *address);
/* Nonpaged memory as it is, and back, for native code that does it for every request: what
 * ExAllocatePool2 and ExFreePool are, without the change of calling convention. NULL: none. */
void *ex_pool_take(size_t bytes, ULONG tag);
void ex_pool_give(void *memory);
/* Charged to the quota of the current process. NULL: out_status says why. */
void *ex_pool_take_charged(size_t bytes, ULONG tag, NTSTATUS *out_status);
/* Who keeps quotas. charge: STATUS_QUOTA_EXCEEDED, or an owner that give is told when the block is
 * freed; owner NULL: nobody is charged. IRQL: <= DISPATCH_LEVEL. */
struct ex_quota_ops {
    NTSTATUS (*charge)(bool is_paged, size_t bytes, void **out_owner);
    void (*give)(void *owner, bool is_paged, size_t bytes);
};
void ex_quota_set(const struct ex_quota_ops *ops);
/* Whole zeroed pages of pool arena (contiguous memory, MDL pages, thread data). NULL: none. */
void *ex_pages_allocate(size_t pages, ULONG tag);
void ex_pages_free(void *memory);

/* The block is the kernel's own and stays, whichever driver's call it was made in (a table that
 * has grown, say): no leak of the driver's. */
void ex_pool_disown(void *memory);

/* Takes the executive resources that lie in [low, high) off the list of all, because their memory
 * is about to go; how many there were. IRQL: <= DISPATCH_LEVEL. */
unsigned ex_resource_forget(uint64_t low, uint64_t high);

/* The n-th allocation from now on fails, of pool or of what is counted like it; 0: none. What
 * is kept for the next user (IRPs, small system buffers) counts each time it is given out. */
void ex_allocation_fail_at(uint64_t number);
extern bool ex_allocation_counts; /* does one fail? set at start */
bool ex_allocation_is_the_one(void);
static inline bool ex_allocation_fails(void)
{
    return __builtin_expect(ex_allocation_counts, 0) && ex_allocation_is_the_one();
}

struct ex_pool_counts {
    uint64_t blocks, bytes;
};
void ex_pool_counts(struct ex_pool_counts *out_counts);
/* Calls visit for every live block; for leak reports. No lock is held during visit. */
struct ex_pool_block {
    const void *address;
    size_t bytes;
    ULONG tag;
    bool is_paged;
    const void *caller; /* the DDI caller that allocated it, or NULL for the kernel's own */
};
/* The special block whose page, or the page behind it, address lies on: why a fault happened
 * there. No lock; false: none. */
struct ex_pool_special {
    struct ex_pool_block block;
    bool is_freed;
    const void *freer; /* the DDI caller that freed it */
};
bool ex_pool_special_find(uint64_t address, struct ex_pool_special *out_special);
void ex_pool_visit(void (*visit)(const struct ex_pool_block *block, void *context), void *context);

/* ---- work ---------------------------------------------------------------------------- */

/* Queues a native routine to a system worker thread. IRQL <= DISPATCH_LEVEL. The memory of
 * item is the caller's until routine starts. */
struct ex_work {
    WORK_QUEUE_ITEM item;
};
void ex_work_queue(struct ex_work *work, void (*routine)(void *context), void *context);
/* Waits until no work item is queued or running; a worker that calls it does not count
 * itself. IRQL: PASSIVE_LEVEL. */
void ex_work_drain(void);
/* The same up to a time of host_clock_ns. false: a driver's item does not come back. */
bool ex_work_drain_until(uint64_t deadline_ns);

/* How a worker is made: ps sets it, so that drivers see their workers as threads of the system
 * process, and sets NULL before it goes (back to threads that only ke knows). Ends the workers
 * there are, after they have run what is queued. IRQL: PASSIVE_LEVEL. */
typedef NTSTATUS ex_work_thread_start(const char *name, void (*entry)(void *), void *context);
void ex_work_threads_set(ex_work_thread_start *start);

#endif
