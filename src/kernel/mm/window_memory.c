/* SPDX-License-Identifier: MIT */
/* window_memory.c - reserving, committing, freeing and protecting a program's memory.
 *
 * The rules are those of NtAllocateVirtualMemory and its relatives: reservations begin at
 * 64 KiB, commitments are pages, a range never spans two allocations, releasing takes the
 * whole allocation. Everything is looked at first, then changed.
 */
#include "section.h"

#define PAGE_ROUND_DOWN(a) ((a) & ~4095ull)
#define PAGE_ROUND_UP(a)   (((a) + 4095) & ~4095ull)

/* Is [start, end) part of one allocation? first gets the index of its first extent. */
static bool range_is_one_allocation(const struct mm_window *window, uint64_t start, uint64_t end,
                                    size_t *out_first)
{
    size_t first = extent_find(window, start), i = first;

    if (i == window->extent_count || window->extents[i].start > start)
        return false;
    for (; i < window->extent_count; i++) {
        const struct extent *extent = &window->extents[i];
        if (i > first && (extent->start != extent[-1].end ||
                          extent->allocation != window->extents[first].allocation))
            return false;
        if (extent->end >= end) {
            *out_first = first;
            return true;
        }
    }
    return false;
}

static bool range_is_in_window(const struct mm_window *window, uint64_t start, uint64_t end)
{
    return start >= window->base && end > start && end <= window->base + window->bytes;
}

static NTSTATUS reserve_locked(struct mm_window *window, uint64_t *address, uint64_t *size,
                               ULONG type, ULONG protect)
{
    uint64_t start = *address & ~(WINDOW_GRANULARITY - 1), length, end;
    size_t next;
    struct extent extent;
    NTSTATUS status;

    if (*address == 0) {
        length = PAGE_ROUND_UP(*size);
        start = extent_gap(window, length, (type & MEM_TOP_DOWN) != 0);
        if (start == 0)
            return STATUS_NO_MEMORY;
    } else {
        length = PAGE_ROUND_UP(*address + *size) - start;
    }
    end = start + length;
    if (!range_is_in_window(window, start, end))
        return STATUS_CONFLICTING_ADDRESSES;
    next = extent_find(window, start);
    if (next < window->extent_count && window->extents[next].start < end)
        return STATUS_CONFLICTING_ADDRESSES;
    extent = (struct extent){.start = start,
                             .end = end,
                             .allocation = start,
                             .share = MM_SHARE_WINDOW,
                             .allocation_protect = protect,
                             .type = MEM_PRIVATE};
    status = extent_insert(window, &extent);
    if (!NT_SUCCESS(status))
        return status;
    *address = start;
    *size = length;
    return STATUS_SUCCESS;
}

/* Gives pages to the reserved part of one extent. On failure it is as before. */
static NTSTATUS extent_commit_locked(struct mm_window *window, uint64_t start, uint64_t end,
                                     ULONG protect)
{
    while (start < end) {
        uint64_t length, offset = window_offset_for(window, start, end, &length);
        size_t index = extent_split(window, start, start + length);
        NTSTATUS status;

        if (index == EXTENT_NO_ROOM)
            return STATUS_INSUFFICIENT_RESOURCES;
        window->extents[index].offset = offset;
        window->extents[index].protect = protect;
        status = window_show(window, &window->extents[index]);
        if (!NT_SUCCESS(status)) {
            window->extents[index].protect = 0;
            return status;
        }
        start += length;
    }
    return STATUS_SUCCESS;
}

/* MEM_COMMIT in a view: pages of a reserved section appear, in all views. */
static NTSTATUS commit_view_locked(struct mm_window *window, uint64_t *address, uint64_t *size)
{
    uint64_t start = PAGE_ROUND_DOWN(*address), end = PAGE_ROUND_UP(*address + *size);
    const struct view *view = view_find(window, start);

    if (view == NULL || view->store == NULL || end > view->end)
        return STATUS_CONFLICTING_ADDRESSES;
    store_commit(view->store, view->offset + (start - view->start), end - start);
    *address = start;
    *size = end - start;
    return view_refresh(window, view);
}

static NTSTATUS commit_locked(struct mm_window *window, uint64_t *address, uint64_t *size,
                              ULONG protect)
{
    uint64_t start = PAGE_ROUND_DOWN(*address), end = PAGE_ROUND_UP(*address + *size), at = start;
    size_t index;

    if (!range_is_in_window(window, start, end) ||
        !range_is_one_allocation(window, start, end, &index))
        return STATUS_CONFLICTING_ADDRESSES;
    if (window->extents[index].type == MEM_MAPPED)
        return commit_view_locked(window, address, size);
    while (at < end) {
        struct extent extent = window->extents[extent_find(window, at)];
        uint64_t stop = extent.end < end ? extent.end : end;
        NTSTATUS status = STATUS_SUCCESS;

        if (extent.protect == 0) {
            status = extent_commit_locked(window, at, stop, protect);
        } else if (extent.protect != protect) { /* committed already: only the protection */
            index = extent_split(window, at, stop);
            if (index == EXTENT_NO_ROOM)
                return STATUS_INSUFFICIENT_RESOURCES;
            window->extents[index].protect = protect;
            status = window_show(window, &window->extents[index]);
        }
        if (!NT_SUCCESS(status))
            return status;
        at = stop;
    }
    extent_join(window, start, end);
    *address = start;
    *size = end - start;
    return STATUS_SUCCESS;
}

NTSTATUS mm_window_allocate(struct mm_window *window, uint64_t *address, uint64_t *size, ULONG type,
                            ULONG protect)
{
    ULONG kind = type & (MEM_COMMIT | MEM_RESERVE | MEM_RESET);
    NTSTATUS status = STATUS_SUCCESS;
    bool is_reserved = false;

    if ((type & ~(ULONG)(MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_TOP_DOWN)) != 0 || kind == 0 ||
        ((kind & MEM_RESET) != 0 && kind != MEM_RESET))
        return STATUS_INVALID_PARAMETER_5;
    if (!page_protect_is_valid(protect, false))
        return STATUS_INVALID_PAGE_PROTECTION;
    if (*address >= MM_USER_END)
        return STATUS_INVALID_PARAMETER_2;
    if (*size == 0 || *size > MM_USER_END - *address)
        return STATUS_INVALID_PARAMETER_4;
    if (kind == MEM_RESET) /* the contents may be lost; here they never are */
        return STATUS_SUCCESS;

    host_lock_take(&window->lock);
    if ((kind & MEM_RESERVE) != 0 || *address == 0) {
        uint64_t start = *address, length = *size;
        status = reserve_locked(window, &start, &length, type, protect);
        is_reserved = NT_SUCCESS(status);
        if (is_reserved && (kind & MEM_COMMIT) != 0) {
            status = commit_locked(window, &start, &length, protect);
            if (!NT_SUCCESS(status)) {
                window_hide(window, start, start + length);
                extent_drop(window, start, start + length);
            }
        }
        if (NT_SUCCESS(status)) {
            *address = start;
            *size = length;
        }
    } else {
        status = commit_locked(window, address, size, protect);
    }
    host_lock_give(&window->lock);
    return status;
}

/* Takes the pages of [start, end) away; the addresses stay reserved. */
static void decommit_locked(struct mm_window *window, size_t index, uint64_t end)
{
    for (; index < window->extent_count && window->extents[index].start < end; index++) {
        struct extent *extent = &window->extents[index];
        if (extent->protect == 0)
            continue;
        window_hide(window, extent->start, extent->end);
        if (extent->share == MM_SHARE_WINDOW)
            window_forget(window, extent->offset, extent->end - extent->start);
        extent->protect = 0;
    }
}

static NTSTATUS free_locked(struct mm_window *window, uint64_t *address, uint64_t *size, ULONG type)
{
    uint64_t start = PAGE_ROUND_DOWN(*address), end = PAGE_ROUND_UP(*address + *size);
    size_t index = extent_find(window, start), first;
    const struct extent *extent;

    if (index == window->extent_count || window->extents[index].start > start)
        return STATUS_MEMORY_NOT_ALLOCATED;
    extent = &window->extents[index];
    if (*size == 0) {
        if (extent->allocation != start)
            return STATUS_FREE_VM_NOT_AT_BASE;
        end = start;
        for (size_t i = index; i < window->extent_count && window->extents[i].allocation == start;
             i++)
            end = window->extents[i].end;
    }
    if (extent->type != MEM_PRIVATE)
        return STATUS_UNABLE_TO_DELETE_SECTION;
    if (!range_is_one_allocation(window, start, end, &first))
        return STATUS_UNABLE_TO_FREE_VM;
    if (secure_overlaps(window, start, end))
        return STATUS_INVALID_PAGE_PROTECTION;
    index = extent_split(window, start, end);
    if (index == EXTENT_NO_ROOM)
        return STATUS_INSUFFICIENT_RESOURCES;
    decommit_locked(window, index, end);
    if (type == MEM_RELEASE)
        extent_drop(window, start, end);
    extent_join(window, start, end);
    *address = start;
    *size = end - start;
    return STATUS_SUCCESS;
}

NTSTATUS mm_window_free(struct mm_window *window, uint64_t *address, uint64_t *size, ULONG type)
{
    NTSTATUS status;

    if (type != MEM_DECOMMIT && type != MEM_RELEASE)
        return STATUS_INVALID_PARAMETER_4;
    if (*address >= MM_USER_END)
        return STATUS_INVALID_PARAMETER_2;
    if (*size > MM_USER_END - *address)
        return STATUS_INVALID_PARAMETER_3;
    host_lock_take(&window->lock);
    status = free_locked(window, address, size, type);
    host_lock_give(&window->lock);
    return status;
}

/* Protections in a view are those that it was mapped with, or less; what is copied when it is
 * written to stays so. */
static NTSTATUS protect_of_view(const struct mm_window *window, uint64_t address, ULONG *protect)
{
    const struct view *view = view_find(window, address);
    ULONG access = *protect & 0xff;

    if (view == NULL) /* pages that a driver lends: as they are */
        return STATUS_CONFLICTING_ADDRESSES;
    if ((view->protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) != 0) {
        if (access == PAGE_READWRITE)
            *protect = (*protect & ~0xffu) | PAGE_WRITECOPY;
        else if (access == PAGE_EXECUTE_READWRITE)
            *protect = (*protect & ~0xffu) | PAGE_EXECUTE_WRITECOPY;
    }
    if (access == PAGE_NOACCESS)
        return STATUS_SUCCESS;
    return protect_allows(view->protect, *protect) ? STATUS_SUCCESS : STATUS_SECTION_PROTECTION;
}

/* A page that has its copy already is simply writable. */
static ULONG protect_of_page(const struct extent *extent, ULONG protect)
{
    if (extent->share != MM_SHARE_WINDOW)
        return protect;
    if ((protect & PAGE_WRITECOPY) != 0)
        return (protect & ~(ULONG)PAGE_WRITECOPY) | PAGE_READWRITE;
    if ((protect & PAGE_EXECUTE_WRITECOPY) != 0)
        return (protect & ~(ULONG)PAGE_EXECUTE_WRITECOPY) | PAGE_EXECUTE_READWRITE;
    return protect;
}

NTSTATUS mm_window_protect(struct mm_window *window, uint64_t *address, uint64_t *size,
                           ULONG protect, ULONG *out_old)
{
    uint64_t start = PAGE_ROUND_DOWN(*address), end = PAGE_ROUND_UP(*address + *size);
    NTSTATUS status = STATUS_SUCCESS;
    size_t first;

    if (!page_protect_is_valid(protect, true))
        return STATUS_INVALID_PAGE_PROTECTION;
    if (*size == 0 || *address >= MM_USER_END || *size > MM_USER_END - *address)
        return STATUS_INVALID_PARAMETER_3;
    host_lock_take(&window->lock);
    if (!range_is_one_allocation(window, start, end, &first)) {
        status = STATUS_CONFLICTING_ADDRESSES;
        goto out;
    }
    for (size_t i = first; i < window->extent_count && window->extents[i].start < end; i++)
        if (window->extents[i].protect == 0) {
            status = STATUS_NOT_COMMITTED;
            goto out;
        }
    if (window->extents[first].type == MEM_MAPPED) {
        status = protect_of_view(window, start, &protect);
        if (!NT_SUCCESS(status))
            goto out;
    }
    if (secure_forbids(window, start, end, protection_of_page(protect))) {
        status = STATUS_INVALID_PAGE_PROTECTION;
        goto out;
    }
    *out_old = window->extents[first].protect;
    first = extent_split(window, start, end);
    if (first == EXTENT_NO_ROOM) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto out;
    }
    for (size_t i = first; i < window->extent_count && window->extents[i].start < end; i++) {
        window->extents[i].protect = protect_of_page(&window->extents[i], protect);
        status = window_show(window, &window->extents[i]);
        if (!NT_SUCCESS(status))
            goto out;
    }
    extent_join(window, start, end);
    *address = start;
    *size = end - start;
out:
    host_lock_give(&window->lock);
    return status;
}

NTSTATUS mm_window_query(struct mm_window *window, uint64_t address,
                         MEMORY_BASIC_INFORMATION *out_information)
{
    uint64_t start = PAGE_ROUND_DOWN(address);
    MEMORY_BASIC_INFORMATION information = {.BaseAddress = (void *)start};
    /* A 32-bit program's addresses end where its numbers still tell what lies behind. */
    const uint64_t user_end = window->is_low ? MM_LOW_END : MM_USER_END;
    size_t index;

    if (address >= user_end)
        return STATUS_INVALID_PARAMETER;
    host_lock_take(&window->lock);
    const struct view *view = view_find(window, start);
    if (view != NULL)
        (void)view_refresh(window, view);
    index = extent_find(window, start);
    if (index < window->extent_count && window->extents[index].start <= start) {
        const struct extent *extent = &window->extents[index];
        uint64_t end = extent->end;

        /* One region goes on across pieces of the file. */
        for (size_t i = index + 1; i < window->extent_count && window->extents[i].start == end &&
                                   window->extents[i].allocation == extent->allocation &&
                                   window->extents[i].protect == extent->protect;
             i++)
            end = window->extents[i].end;
        information.AllocationBase = (void *)extent->allocation;
        information.AllocationProtect = extent->allocation_protect;
        information.RegionSize = end - start;
        information.State = extent->protect == 0 ? MEM_RESERVE : MEM_COMMIT;
        information.Protect = extent->protect;
        information.Type = extent->type;
    } else {
        uint64_t end = index < window->extent_count ? window->extents[index].start : user_end;
        if (start < window->base) { /* other programs' addresses are free to look at, not to take */
            end = window->base;
        } else if (start >= window->base + window->bytes) {
            end = user_end;
        }
        information.RegionSize = end - start;
        information.State = MEM_FREE;
        information.Protect = PAGE_NOACCESS;
    }
    host_lock_give(&window->lock);
    *out_information = information;
    return STATUS_SUCCESS;
}
