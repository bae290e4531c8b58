/* SPDX-License-Identifier: MIT */
/* pool_pages.c - the arena of pool: runs of pages out of one shared file.
 *
 * The file is mapped up to a frontier that moves up in steps; beyond it an access faults.
 * Free runs lie in bins by length and are joined with their neighbours at once. A long run
 * that is given back loses its pages to the host, so an idle machine stays small.
 * Invariant: no two free runs touch; first and last page of a free run hold its length.
 */
#include "pool_internal.h"

#define PAGES_MAX        (EX_POOL_BYTES >> 12)
#define FRONTIER_STEP    256u  /* pages */
#define PUNCH_PAGES      64u   /* a free run of this many may go back to the host, */
#define KEPT_PAGES       1024u /* once so many have been given back and not taken again */
#define EXACT_BINS       64u
#define BINS             (EXACT_BINS + 20u)
#define TABLE_STEP_BYTES (64u * 1024u)

struct page *pages;
_Atomic uint32_t pages_end;

static int share = -1;              /* set once at init */
static size_t table_bytes;          /* how much of the table is committed; pages_lock */
static struct host_lock pages_lock; /* guards: the bins and all free runs; after: a class lock */
static uint32_t bins[BINS];         /* first run of each */
static uint32_t pages_kept;         /* given back since the last punch; pages_lock */

#define TABLE_BYTES_MAX ((PAGES_MAX * sizeof(struct page) + 4095) & ~4095ull)

static unsigned bin_of(uint32_t count)
{
    if (count < EXACT_BINS)
        return count;
    return EXACT_BINS + (31 - (unsigned)__builtin_clz(count)) - 6;
}

/* Of pages that are all free by kind. */
static void run_link(uint32_t first, uint32_t count, bool is_clean)
{
    unsigned bin = bin_of(count);

    pages[first].count = count;
    pages[first + count - 1].count = count;
    pages[first].is_clean = is_clean;
    pages[first].previous = 0;
    pages[first].next = bins[bin];
    if (bins[bin] != 0)
        pages[bins[bin]].previous = first;
    bins[bin] = first;
}

static void run_unlink(uint32_t first)
{
    const struct page *run = &pages[first];

    if (run->next != 0)
        pages[run->next].previous = run->previous;
    if (run->previous != 0)
        pages[run->previous].next = run->next;
    else
        bins[bin_of(run->count)] = run->next;
}

/* Joins a run that has become free with its neighbours. */
static void run_add_locked(uint32_t first, uint32_t count, bool is_clean)
{
    for (uint32_t i = first; i < first + count; i++)
        pages[i].kind = PAGE_FREE;
    if (pages[first - 1].kind == PAGE_FREE) {
        uint32_t before = first - pages[first - 1].count;
        run_unlink(before);
        is_clean = is_clean && pages[before].is_clean;
        count += first - before;
        first = before;
    }
    if (first + count < pages_end && pages[first + count].kind == PAGE_FREE) {
        uint32_t behind = first + count;
        run_unlink(behind);
        is_clean = is_clean && pages[behind].is_clean;
        count += pages[behind].count;
    }
    /* A buffer that comes and goes keeps its pages: fetching them anew costs more than using
     * them. */
    if (!is_clean && count >= PUNCH_PAGES && pages_kept >= KEPT_PAGES) {
        pages_kept = 0;
        host_share_punch(share, (uint64_t)first << 12, (size_t)count << 12);
        is_clean = true;
    }
    run_link(first, count, is_clean);
}

static int table_extend_locked(uint32_t end)
{
    size_t want = (end + 1) * sizeof(struct page);
    int error;

    want = (want + TABLE_STEP_BYTES - 1) & ~(size_t)(TABLE_STEP_BYTES - 1);
    if (want > TABLE_BYTES_MAX)
        want = TABLE_BYTES_MAX;
    if (want <= table_bytes)
        return 0;
    error =
        host_memory_commit((char *)pages + table_bytes, want - table_bytes, HOST_READ | HOST_WRITE);
    if (error == 0)
        table_bytes = want;
    return error;
}

/* Moves the frontier so far that a run of count pages begins below it. */
static bool frontier_move_locked(uint32_t count)
{
    uint32_t old = pages_end;
    uint32_t step = (count + FRONTIER_STEP - 1) / FRONTIER_STEP * FRONTIER_STEP;
    void *got;

    if (step > PAGES_MAX - old) {
        step = (uint32_t)(PAGES_MAX - old);
        if (step < count)
            return false;
    }
    if (table_extend_locked(old + step) != 0)
        return false;
    if (host_share_map(share, (uint64_t)old << 12, (size_t)step << 12, HOST_READ | HOST_WRITE,
                       page_address(old), &got) != 0)
        return false;
    pages_end = old + step;
    run_add_locked(old, step, true);
    return true;
}

static uint32_t run_find_locked(uint32_t count)
{
    for (unsigned bin = bin_of(count); bin < BINS; bin++)
        for (uint32_t run = bins[bin]; run != 0; run = pages[run].next)
            if (pages[run].count >= count)
                return run;
    return 0;
}

uint32_t pages_take(uint32_t count, bool *out_is_clean)
{
    uint32_t run, length;
    bool is_clean;

    if (count == 0 || count >= PAGES_MAX)
        return 0;
    host_lock_take(&pages_lock);
    run = run_find_locked(count);
    if (run == 0 && frontier_move_locked(count))
        run = run_find_locked(count);
    if (run != 0) {
        length = pages[run].count;
        is_clean = pages[run].is_clean;
        run_unlink(run);
        /* Not PAGE_FREE any more before the lock is given: a neighbour must not join them. */
        for (uint32_t i = run; i < run + count; i++)
            pages[i].kind = PAGE_BLOCK_TAIL;
        if (length > count)
            run_link(run + count, length - count, is_clean);
        *out_is_clean = is_clean;
        if (!is_clean)
            pages_kept -= pages_kept < count ? pages_kept : count;
    }
    host_lock_give(&pages_lock);
    return run;
}

void pages_give(uint32_t first, uint32_t count)
{
    host_lock_take(&pages_lock);
    pages_kept += count;
    run_add_locked(first, count, false);
    host_lock_give(&pages_lock);
}

int pages_fd(void)
{
    return share;
}

NTSTATUS pages_init(void)
{
    void *arena, *table;

    if (host_memory_reserve((void *)EX_POOL_BASE, EX_POOL_BYTES, &arena) != 0)
        return STATUS_CONFLICTING_ADDRESSES;
    if (host_memory_reserve(NULL, TABLE_BYTES_MAX, &table) != 0)
        goto out_arena;
    pages = table;
    if (host_share_create("pool", EX_POOL_BYTES, &share) != 0)
        goto out_table;
    if (table_extend_locked(1) != 0)
        goto out_table;
    pages[0].kind = PAGE_NONE;
    pages_end = 1;
    return STATUS_SUCCESS;

out_table:
    host_memory_release(pages, TABLE_BYTES_MAX);
out_arena:
    host_memory_release((void *)EX_POOL_BASE, EX_POOL_BYTES);
    return STATUS_INSUFFICIENT_RESOURCES;
}

void pages_fini(void)
{
    POOL_UNPOISON((void *)EX_POOL_BASE, (size_t)pages_end << 12);
    host_share_close(share);
    share = -1;
    host_memory_release((void *)EX_POOL_BASE, EX_POOL_BYTES);
    host_memory_release(pages, TABLE_BYTES_MAX);
    pages_end = 0;
    pages_kept = 0;
    table_bytes = 0;
    for (unsigned i = 0; i < BINS; i++)
        bins[i] = 0;
}
