/* SPDX-License-Identifier: MIT */
/* view.c - sections as they appear in a window, and how they go again.
 *
 * A view is an allocation of its window whose extents lie in a store, or wherever the frames
 * of physical memory are. Pages of a copy-on-write view that were written to lie in the
 * window's own file. A view keeps its store; the section object may be gone.
 * Locks: the window's for all of it; stores are let go without it.
 */
#include "section.h"

#include <stdlib.h>

struct view *view_find(const struct mm_window *window, uint64_t address)
{
    struct view *view = window->views;

    while (view != NULL && (address < view->start || address >= view->end))
        view = view->next;
    return view;
}

void view_free(struct view *view)
{
    if (view->store != NULL) {
        store_view_count(view->store, -1, view->is_writable);
        store_put(view->store);
    }
    mm_tally.views--;
    free(view);
}

/* ---- showing ----------------------------------------------------------------------------------
 */

static NTSTATUS extent_add(struct mm_window *window, const struct extent *extent)
{
    NTSTATUS status = extent_insert(window, extent);

    if (NT_SUCCESS(status) && extent->protect != 0)
        status = window_show(window, extent);
    return status;
}

static NTSTATUS view_show_store(struct mm_window *window, const struct view *view)
{
    for (uint64_t at = view->start, run; at < view->end; at += run) {
        uint64_t offset = view->offset + (at - view->start);
        bool is_committed;
        run = store_committed_run(view->store, offset, view->end - at, &is_committed);
        NTSTATUS status =
            extent_add(window, &(struct extent){.start = at,
                                                .end = at + run,
                                                .allocation = view->start,
                                                .offset = offset,
                                                .share = view->store->id,
                                                .protect = is_committed ? view->protect : 0,
                                                .allocation_protect = view->protect,
                                                .type = MEM_MAPPED});
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

/* Whatever is at the physical addresses now; what is nothing reads as ones. */
static NTSTATUS view_show_physical(struct mm_window *window, const struct view *view)
{
    for (uint64_t at = view->start, run; at < view->end; at += run) {
        struct frame frame;
        frame_describe((view->offset + (at - view->start)) >> 12, &frame);
        if (frame.kind == FRAME_SYSTEM)
            return STATUS_NOT_SUPPORTED; /* a thread's stack has no file to share */
        run = frame.bytes < view->end - at ? frame.bytes : view->end - at;
        ULONG protect = frame.kind == FRAME_NONE ? PAGE_READONLY : view->protect;
        NTSTATUS status = extent_add(window, &(struct extent){.start = at,
                                                              .end = at + run,
                                                              .allocation = view->start,
                                                              .offset = frame.offset,
                                                              .share = share_in(window, &frame),
                                                              .protect = protect,
                                                              .allocation_protect = view->protect,
                                                              .type = MEM_MAPPED});
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

NTSTATUS view_refresh(struct mm_window *window, const struct view *view)
{
    size_t index = extent_find(window, view->start);

    if (view->store == NULL || view->store->committed == NULL)
        return STATUS_SUCCESS;
    while (index < window->extent_count && window->extents[index].start < view->end) {
        struct extent *extent = &window->extents[index];
        bool is_committed;
        uint64_t start = extent->start, run;
        if (extent->protect != 0) {
            index++;
            continue;
        }
        run = store_committed_run(view->store, view->offset + (start - view->start),
                                  extent->end - start, &is_committed);
        if (is_committed) {
            index = extent_split(window, start, start + run);
            if (index == EXTENT_NO_ROOM)
                return STATUS_INSUFFICIENT_RESOURCES;
            window->extents[index].protect = view->protect;
            NTSTATUS status = window_show(window, &window->extents[index]);
            if (!NT_SUCCESS(status))
                return status;
            index++;
        } else if (start + run < extent->end) {
            if (extent_split(window, start, start + run) == EXTENT_NO_ROOM)
                return STATUS_INSUFFICIENT_RESOURCES;
            index++;
        } else {
            index++;
        }
    }
    return STATUS_SUCCESS;
}

/* ---- mapping -----------------------------------------------------------------------------------
 */

static NTSTATUS map_check(const struct section *section, uint64_t section_bytes,
                          struct mm_view_request *request)
{
    uint64_t end;

    if ((request->type & ~(ULONG)(MEM_RESERVE | MEM_TOP_DOWN)) != 0)
        return STATUS_INVALID_PARAMETER_9;
    if (!page_protect_is_valid(request->protect, true) || (request->protect & PAGE_GUARD) != 0)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (!protect_allows(section->protect, request->protect))
        return STATUS_SECTION_PROTECTION;
    if (section->store == NULL) { /* the documented way: down to 64 KiB, and more is mapped */
        uint64_t skipped = request->offset & (WINDOW_GRANULARITY - 1);
        request->offset -= skipped;
        request->bytes += skipped;
        if (request->bytes == skipped || (protect_allows(PAGE_READONLY, request->protect) &&
                                          (request->protect & 0xff) == PAGE_WRITECOPY))
            return STATUS_INVALID_VIEW_SIZE;
    }
    if ((request->offset & (WINDOW_GRANULARITY - 1)) != 0 ||
        (request->address & (WINDOW_GRANULARITY - 1)) != 0)
        return STATUS_MAPPED_ALIGNMENT;
    if (request->offset >= section_bytes)
        return STATUS_INVALID_VIEW_SIZE;
    if (request->bytes == 0)
        request->bytes = section_bytes - request->offset;
    end = request->offset + request->bytes;
    if (end < request->offset || end > ((section_bytes + 4095) & ~4095ull))
        return STATUS_INVALID_VIEW_SIZE;
    request->bytes = (request->bytes + 4095) & ~4095ull;
    return STATUS_SUCCESS;
}

static NTSTATUS place_find_locked(const struct mm_window *window, struct mm_view_request *request)
{
    uint64_t start = request->address, end;
    size_t index;

    if (start == 0)
        start = extent_gap(window, request->bytes, (request->type & MEM_TOP_DOWN) != 0);
    if (start == 0)
        return STATUS_NO_MEMORY;
    end = start + request->bytes;
    if (start < window->base || end < start || end > window->base + window->bytes)
        return STATUS_CONFLICTING_ADDRESSES;
    index = extent_find(window, start);
    if (index < window->extent_count && window->extents[index].start < end)
        return STATUS_CONFLICTING_ADDRESSES;
    request->address = start;
    return STATUS_SUCCESS;
}

static NTSTATUS view_enter_locked(struct mm_window *window, struct view *view)
{
    NTSTATUS status =
        view->store != NULL ? view_show_store(window, view) : view_show_physical(window, view);

    if (!NT_SUCCESS(status)) {
        window_hide(window, view->start, view->end);
        extent_drop(window, view->start, view->end);
        return status;
    }
    view->next = window->views;
    window->views = view;
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   section is borrowed; its store is kept
 * Units:   address, offset and bytes in and out
 * Errors:  STATUS_SECTION_PROTECTION, STATUS_MAPPED_ALIGNMENT, STATUS_INVALID_VIEW_SIZE,
 *          STATUS_CONFLICTING_ADDRESSES, STATUS_NO_MEMORY
 * Doc:     nf-wdm-zwmapviewofsection
 */
NTSTATUS mm_view_map(void *body, struct mm_window *window, struct mm_view_request *request)
{
    struct section *section = body;
    struct view *view;
    uint64_t section_bytes;
    ULONG attributes;
    NTSTATUS status;

    mm_section_query(section, &attributes, &section_bytes);
    status = map_check(section, section_bytes, request);
    if (!NT_SUCCESS(status))
        return status;
    view = calloc(1, sizeof(*view));
    if (view == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    view->store = section->store;
    view->offset = request->offset;
    view->protect = request->protect;
    view->is_writable = (protection_of_page(request->protect) & HOST_WRITE) != 0 &&
                        (request->protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) == 0;
    if (view->store != NULL) {
        store_get(view->store);
        store_view_count(view->store, 1, view->is_writable);
    }
    mm_tally.views++;
    host_lock_take(&window->lock);
    status = place_find_locked(window, request);
    if (NT_SUCCESS(status)) {
        view->start = request->address;
        view->end = request->address + request->bytes;
        status = view_enter_locked(window, view);
    }
    host_lock_give(&window->lock);
    if (!NT_SUCCESS(status))
        view_free(view);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_NOT_MAPPED_VIEW; STATUS_INVALID_PAGE_PROTECTION: a driver has secured it
 * Doc:     nf-wdm-zwunmapviewofsection; any address in the view will do
 */
NTSTATUS mm_view_unmap(struct mm_window *window, uint64_t address)
{
    NTSTATUS status = STATUS_NOT_MAPPED_VIEW;
    struct view *view, **at;

    host_lock_take(&window->lock);
    view = view_find(window, address);
    if (view != NULL && secure_overlaps(window, view->start, view->end)) {
        view = NULL;
        status = STATUS_INVALID_PAGE_PROTECTION;
    }
    if (view != NULL) {
        for (at = &window->views; *at != view; at = &(*at)->next)
            ;
        *at = view->next;
        window_vacate(window, view->start, view->end);
        status = STATUS_SUCCESS;
    }
    host_lock_give(&window->lock);
    if (view != NULL)
        view_free(view);
    return status;
}

/* What was written through views of files in the range goes to the disk. May block.
 *
 * Errors:  STATUS_NOT_MAPPED_VIEW
 * Doc:     nf-ntifs-zwflushvirtualmemory
 */
struct flush {
    int fd, error;
};

static void flush_block(void *context)
{
    struct flush *flush = context;

    flush->error = host_share_flush(flush->fd);
}

NTSTATUS mm_view_flush(struct mm_window *window, uint64_t *address, uint64_t *bytes)
{
    struct flush flush = {.fd = -1};
    uint32_t share = MM_SHARE_NONE;
    const struct view *view;

    host_lock_take(&window->lock);
    view = view_find(window, *address);
    if (view != NULL) {
        *address &= ~4095ull;
        if (*bytes == 0 || *bytes > view->end - *address)
            *bytes = view->end - *address;
        *bytes = (*bytes + 4095) & ~4095ull;
        if (view->store != NULL && view->store->file != NULL && view->is_writable)
            share = view->store->id;
    }
    host_lock_give(&window->lock);
    if (view == NULL)
        return STATUS_NOT_MAPPED_VIEW;
    if (share == MM_SHARE_NONE || !NT_SUCCESS(mm_share_open(share, &flush.fd)))
        return STATUS_SUCCESS;
    ke_block_on_host(flush_block, &flush);
    host_share_close(flush.fd);
    return flush.error == 0 ? STATUS_SUCCESS : STATUS_UNEXPECTED_IO_ERROR;
}
