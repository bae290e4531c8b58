/* SPDX-License-Identifier: MIT */
/* window_map.c - making a change of a window visible: here at once, in the program by command.
 *
 * The file is the memory; mappings only show it. Commands are posted in the order of the
 * changes, under the window's lock. Contents that nobody can reach any more are punched out.
 */
#include "mm_internal.h"
#include "user.h"

int protection_of_page(ULONG protect)
{
    if ((protect & PAGE_GUARD) != 0)
        return HOST_NONE;
    switch (protect & 0xff) {
    case PAGE_READONLY:
        return HOST_READ;
    case PAGE_READWRITE:
    case PAGE_WRITECOPY:
        return HOST_READ | HOST_WRITE;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ:
        return HOST_READ | HOST_EXECUTE;
    case PAGE_EXECUTE_READWRITE:
    case PAGE_EXECUTE_WRITECOPY:
        return HOST_READ | HOST_WRITE | HOST_EXECUTE;
    default:
        return HOST_NONE;
    }
}

bool extent_copies(const struct extent *extent)
{
    return (extent->protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) != 0 &&
           extent->share != MM_SHARE_WINDOW;
}

int extent_protection(const struct extent *extent)
{
    int protection = protection_of_page(extent->protect);

    return extent_copies(extent) ? protection & ~HOST_WRITE : protection;
}

bool page_protect_is_valid(ULONG protect, bool is_mapped)
{
    ULONG access = protect & 0xff, modifier = protect & ~0xffu;

    if (access == 0 || (access & (access - 1)) != 0)
        return false;
    if (!is_mapped && (access == PAGE_WRITECOPY || access == PAGE_EXECUTE_WRITECOPY))
        return false;
    if ((modifier & ~(ULONG)(PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE)) != 0)
        return false;
    if (access == PAGE_NOACCESS)
        return modifier == 0;
    return (modifier & (PAGE_NOCACHE | PAGE_WRITECOMBINE)) != (PAGE_NOCACHE | PAGE_WRITECOMBINE);
}

static void window_post(struct mm_window *window, uint64_t start, uint64_t end, uint64_t offset,
                        uint32_t share, int protection)
{
    if (window->post != NULL)
        window->post(window->post_context,
                     &(struct mm_map_command){.address = start,
                                              .length = end - start,
                                              .offset = offset,
                                              .share = share,
                                              .protection = (uint32_t)protection});
}

void window_hide(struct mm_window *window, uint64_t start, uint64_t end)
{
    host_memory_decommit((void *)(window->here + (start - window->base)), end - start);
    if (window_is_shown(window))
        host_memory_decommit((void *)start, end - start);
    user_changes++;
    window_post(window, start, end, 0, MM_SHARE_NONE, HOST_NONE);
}

int extent_map(struct mm_window *window, const struct extent *extent, uint64_t where)
{
    /* Here nobody executes a program's pages. */
    int here = extent_protection(extent) & ~HOST_EXECUTE;
    uint64_t length = extent->end - extent->start;
    void *got;

    if (here == HOST_NONE) /* what may only be executed is read, too, as by the processor */
        here = HOST_READ;
    if (extent->share == MM_SHARE_WINDOW)
        return host_share_map(window->fd, extent->offset, length, here, (void *)where, &got);
    return share_map(extent->share, extent->offset, length, here, (void *)where);
}

NTSTATUS window_show(struct mm_window *window, const struct extent *extent)
{
    int protection = extent_protection(extent);
    int error;

    if (protection == HOST_NONE) {
        window_hide(window, extent->start, extent->end);
        return STATUS_SUCCESS;
    }
    error = extent_map(window, extent, window->here + (extent->start - window->base));
    if (error == 0 && window_is_shown(window))
        error = extent_map(window, extent, extent->start);
    if (error != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    user_changes++;
    window_post(window, extent->start, extent->end, extent->offset, extent->share, protection);
    return STATUS_SUCCESS;
}

void window_vacate(struct mm_window *window, uint64_t start, uint64_t end)
{
    size_t index = extent_find(window, start);

    window_hide(window, start, end);
    for (; index < window->extent_count && window->extents[index].start < end; index++) {
        const struct extent *extent = &window->extents[index];
        if (extent->share == MM_SHARE_WINDOW && extent->protect != 0)
            window_forget(window, extent->offset, extent->end - extent->start);
    }
    extent_drop(window, start, end);
}

void window_forget(struct mm_window *window, uint64_t offset, uint64_t length)
{
    uint64_t first = offset >> 12, last = (offset + length) >> 12, run = first;

    if (window->pages_locked == 0) {
        host_share_punch(window->fd, offset, length);
        return;
    }
    window_runs_settle(window);
    for (uint64_t page = first; page <= last; page++) {
        if (page < last && window->page_locks[page] == 0)
            continue;
        if (page > run)
            host_share_punch(window->fd, run << 12, (page - run) << 12);
        if (page < last)
            window->page_locks[page] |= LOCK_ORPHAN;
        run = page + 1;
    }
}

uint64_t window_offset_for(struct mm_window *window, uint64_t address, uint64_t limit,
                           uint64_t *out_length)
{
    uint64_t page = (address - window->base) >> 12, end = (limit - window->base) >> 12, at = page;
    bool is_locked;
    uint64_t offset;

    if (window->pages_locked == 0) {
        *out_length = limit - address;
        return address - window->base;
    }
    window_runs_settle(window);
    is_locked = window->page_locks[page] != 0;
    while (at < end && (window->page_locks[at] != 0) == is_locked)
        at++;
    *out_length = (at - page) << 12;
    if (!is_locked)
        return page << 12;
    offset = window->spare_next;
    window->spare_next += *out_length;
    COVE_ASSERT(window->spare_next <= WINDOW_FILE_BYTES);
    return offset;
}
