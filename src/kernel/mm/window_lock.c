/* SPDX-License-Identifier: MIT */
/* window_lock.c - pages of a program that a driver holds, and pages lent to a program.
 *
 * Every page of the window's file has a count of locks. A locked page keeps its contents even
 * if the program frees its address: new memory at that address gets another page of the file,
 * and the old one is punched out with its last lock. The lock of a long buffer is only noted as
 * a run, and counted page by page when somebody wants to know: most are unlocked before.
 */
#include "section.h"

/* Pages come in runs: these loops are all that a long buffer costs. Vectors of the baseline
 * processor, several at a time: one addition and one store for two frames. */
static void frames_fill(PFN_NUMBER *frames, PFN_NUMBER first, size_t count)
{
    typedef PFN_NUMBER pair __attribute__((vector_size(16), aligned(8)));
    pair now[4];
    size_t i = 0;

    for (unsigned k = 0; k < 4; k++)
        now[k] = (pair){first + 2 * k, first + 2 * k + 1};
    for (; i + 8 <= count; i += 8)
        for (unsigned k = 0; k < 4; k++) {
            *(pair *)(frames + i + 2 * k) = now[k];
            now[k] += 8;
        }
    for (; i < count; i++)
        frames[i] = first + i;
}

static void locks_add(uint16_t *locks, size_t count)
{
    uint16_t most = 0;

    for (size_t i = 0; i < count; i++) {
        uint16_t held = locks[i]++ & (uint16_t)~LOCK_ORPHAN;
        most = held > most ? held : most;
    }
    COVE_ASSERT(most < LOCK_ORPHAN - 1);
}

static bool locks_are_missing(const uint16_t *locks, size_t count)
{
    bool is_missing = false;

    for (size_t i = 0; i < count; i++)
        is_missing |= (locks[i] & (uint16_t)~LOCK_ORPHAN) == 0;
    return is_missing;
}

/* True: some page has lost its last lock after its address was freed. */
static bool locks_drop(uint16_t *locks, size_t count)
{
    bool is_unheld = false, is_orphan = false;

    for (size_t i = 0; i < count; i++) {
        is_unheld |= (locks[i] & (uint16_t)~LOCK_ORPHAN) == 0;
        is_orphan |= --locks[i] == LOCK_ORPHAN;
    }
    COVE_ASSERT(!is_unheld);
    return is_orphan;
}

void window_runs_settle(struct mm_window *window)
{
    for (unsigned i = 0; i < LOCK_RUNS; i++) {
        struct lock_run *run = &window->lock_runs[i];

        if (run->count != 0)
            locks_add(window->page_locks + run->page, run->count);
        run->count = 0;
    }
}

static bool run_note(struct mm_window *window, uint64_t page, size_t count)
{
    for (unsigned i = 0; i < LOCK_RUNS && count >= LOCK_RUN_LEAST; i++)
        if (window->lock_runs[i].count == 0) {
            window->lock_runs[i] = (struct lock_run){page, count};
            return true;
        }
    return false;
}

bool window_run_unlock(struct mm_window *window, uint64_t page, size_t count)
{
    bool is_found = false;

    host_lock_take(&window->lock);
    for (unsigned i = 0; i < LOCK_RUNS && !is_found; i++) {
        struct lock_run *run = &window->lock_runs[i];

        is_found = run->page == page && run->count == count;
        if (is_found)
            run->count = 0;
    }
    window->pages_locked -= is_found ? count : 0;
    host_lock_give(&window->lock);
    return is_found;
}

/* Takes pages side by side in a share: their frames, and that they stay. */
static PFN_NUMBER *pages_hold(struct mm_window *window, uint32_t share, uint64_t offset,
                              size_t count, PFN_NUMBER *out_frames)
{
    struct store *store;

    if (share == MM_SHARE_WINDOW) {
        if (!run_note(window, offset >> 12, count))
            locks_add(window->page_locks + (offset >> 12), count);
        window->pages_locked += count;
        frames_fill(out_frames, frame_of_window(window, offset), count);
    } else if (share >= MM_SHARE_STORE && share < MM_SHARE_FOREIGN) {
        for (size_t i = 0; i < count; i++) {
            store = store_find_get(share); /* the page's own reference */
            COVE_ASSERT(store != NULL);
            out_frames[i] = ((store->physical + offset) >> 12) + i;
        }
    } else { /* what never goes away: nothing to hold */
        for (size_t i = 0; i < count; i++)
            out_frames[i] = frame_of_share(share, offset + (i << 12));
    }
    return out_frames + count;
}

/* Are all pages of the range, which begins in the extent index, there and may be used so?
 * *out_copies: some are copied when they are written to. */
static bool range_allows(const struct mm_window *window, size_t index, uint64_t start, uint64_t end,
                         int wanted, bool *out_copies)
{
    uint64_t at = start;

    *out_copies = false;
    for (; at < end; index++) {
        const struct extent *extent = &window->extents[index];
        if (index == window->extent_count || extent->start > at || extent->protect == 0 ||
            (protection_of_page(extent->protect) & wanted) != wanted)
            return false;
        *out_copies |= extent_copies(extent);
        at = extent->end;
    }
    return true;
}

/* Pages of a reserved section that another view committed are there; before they are locked. */
static void range_refresh(struct mm_window *window, uint64_t start, uint64_t end)
{
    for (const struct view *view = window->views; view != NULL; view = view->next)
        if (view->start < end && start < view->end)
            (void)view_refresh(window, view);
}

NTSTATUS window_pages_lock(struct mm_window *window, uint64_t address, uint64_t length,
                           bool is_write, PFN_NUMBER *out_frames)
{
    uint64_t start = address & ~4095ull, end = (address + length + 4095) & ~4095ull, at = start;
    int wanted = is_write ? HOST_READ | HOST_WRITE : HOST_READ;
    NTSTATUS status = STATUS_ACCESS_VIOLATION;
    bool copies;
    size_t index;

    host_lock_take(&window->lock);
    range_refresh(window, start, end);
    index = extent_find(window, start);
    if (!range_allows(window, index, start, end, wanted, &copies))
        goto out;
    while (is_write && copies && at < end) {
        const struct extent *extent = &window->extents[extent_find(window, at)];
        uint64_t next = at + HOST_PAGE;

        if (!extent_copies(extent))
            next = extent->end;
        else if (!NT_SUCCESS(window_copy_page_locked(window, at)))
            goto out;
        at = next;
    }
    if (is_write && copies)
        index = extent_find(window, start); /* copies have extents of their own */
    for (at = start; at < end; index++) {
        const struct extent *extent = &window->extents[index];
        uint64_t stop = extent->end < end ? extent->end : end;

        out_frames = pages_hold(window, extent->share, extent->offset + (at - extent->start),
                                (stop - at) >> 12, out_frames);
        at = stop;
    }
    status = STATUS_SUCCESS;
out:
    host_lock_give(&window->lock);
    return status;
}

void window_page_lock(struct mm_window *window, uint64_t page)
{
    PFN_NUMBER frame;

    host_lock_take(&window->lock);
    pages_hold(window, MM_SHARE_WINDOW, page << 12, 1, &frame);
    host_lock_give(&window->lock);
}

void window_pages_unlock(struct mm_window *window, uint64_t page, size_t count)
{
    host_lock_take(&window->lock);
    /* A part of a run. Which of a page's locks is dropped makes no difference. */
    if (locks_are_missing(window->page_locks + page, count))
        window_runs_settle(window);
    window->pages_locked -= count;
    if (locks_drop(window->page_locks + page, count))
        for (uint64_t at = page; at < page + count; at++)
            if (window->page_locks[at] == LOCK_ORPHAN) {
                window->page_locks[at] = 0;
                host_share_punch(window->fd, at << 12, HOST_PAGE);
            }
    host_lock_give(&window->lock);
}

static NTSTATUS frames_show_locked(struct mm_window *window, uint64_t start,
                                   const PFN_NUMBER *frames, size_t count, ULONG protect)
{
    for (size_t i = 0, run; i < count; i += run) {
        struct extent extent = {.start = start + (i << 12),
                                .allocation = start,
                                .protect = protect,
                                .allocation_protect = protect,
                                .type = MEM_MAPPED};
        struct frame frame;
        NTSTATUS status;

        frame_describe(frames[i], &frame);
        for (run = 1;
             i + run < count && frames[i + run] == frames[i] + run && run < frame.bytes >> 12;
             run++)
            ;
        if (frame.kind == FRAME_SYSTEM)
            return STATUS_NOT_SUPPORTED; /* the program has no file for it */
        if (frame.kind == FRAME_NONE)
            extent.protect = PAGE_READONLY;
        extent.share = share_in(window, &frame);
        extent.offset = frame.offset;
        extent.end = extent.start + (run << 12);
        status = extent_insert(window, &extent);
        if (!NT_SUCCESS(status))
            return status;
        status = window_show(window, &extent);
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

NTSTATUS window_map_frames(struct mm_window *window, uint64_t wanted, const PFN_NUMBER *frames,
                           size_t count, ULONG protect, uint64_t *out_address)
{
    uint64_t length = (uint64_t)count << 12, start = wanted;
    NTSTATUS status = STATUS_CONFLICTING_ADDRESSES;
    size_t index;

    host_lock_take(&window->lock);
    if (start == 0)
        start = extent_gap(window, length, false);
    if (start < window->base || start + length > window->base + window->bytes)
        goto out;
    index = extent_find(window, start);
    if (index < window->extent_count && window->extents[index].start < start + length)
        goto out;
    status = frames_show_locked(window, start, frames, count, protect);
    if (!NT_SUCCESS(status)) {
        window_hide(window, start, start + length);
        extent_drop(window, start, start + length);
        goto out;
    }
    *out_address = start;
out:
    host_lock_give(&window->lock);
    return status;
}

NTSTATUS window_unmap(struct mm_window *window, uint64_t address, size_t count)
{
    uint64_t end = address + ((uint64_t)count << 12);
    NTSTATUS status = STATUS_INVALID_ADDRESS;
    size_t index;

    host_lock_take(&window->lock);
    index = extent_find(window, address);
    if (index < window->extent_count && window->extents[index].start == address &&
        window->extents[index].type == MEM_MAPPED) {
        window_hide(window, address, end);
        extent_drop(window, address, end);
        status = STATUS_SUCCESS;
    }
    host_lock_give(&window->lock);
    return status;
}
