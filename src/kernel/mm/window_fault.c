/* SPDX-License-Identifier: MIT */
/* window_fault.c - a touch of a program's page that was not allowed: perhaps it is now.
 *
 * Pages that are copied when they are written to get their copy, guard pages lose their guard,
 * pages of a reserved section that another view committed appear. Comes from the machine's
 * faults (on the signal stack: no waiting but for host locks) and from programs' own.
 */
#include "section.h"

/* The page at address becomes the window's own. */
NTSTATUS window_copy_page_locked(struct mm_window *window, uint64_t address)
{
    uint64_t start = address & ~4095ull, length, offset;
    struct extent *extent;
    struct extent before;
    size_t index = extent_split(window, start, start + HOST_PAGE);
    NTSTATUS status;

    if (index == EXTENT_NO_ROOM)
        return STATUS_INSUFFICIENT_RESOURCES;
    extent = &window->extents[index];
    before = *extent;
    offset = window_offset_for(window, start, start + HOST_PAGE, &length);
    if (host_share_write(window->fd, offset, (const void *)(window->here + (start - window->base)),
                         HOST_PAGE) != 0)
        return STATUS_IN_PAGE_ERROR;
    extent->share = MM_SHARE_WINDOW;
    extent->offset = offset;
    extent->protect =
        (before.protect & ~0xffu) |
        ((before.protect & PAGE_WRITECOPY) != 0 ? PAGE_READWRITE : PAGE_EXECUTE_READWRITE);
    status = window_show(window, extent);
    if (!NT_SUCCESS(status))
        *extent = before;
    else
        extent_join(window, start, start + HOST_PAGE);
    return status;
}

static NTSTATUS guard_drop_locked(struct mm_window *window, uint64_t address)
{
    uint64_t start = address & ~4095ull;
    size_t index = extent_split(window, start, start + HOST_PAGE);

    if (index == EXTENT_NO_ROOM)
        return STATUS_ACCESS_VIOLATION;
    window->extents[index].protect &= ~(ULONG)PAGE_GUARD;
    if (!NT_SUCCESS(window_show(window, &window->extents[index])))
        return STATUS_ACCESS_VIOLATION;
    extent_join(window, start, start + HOST_PAGE);
    return STATUS_GUARD_PAGE_VIOLATION;
}

static const struct extent *extent_at(const struct mm_window *window, uint64_t address)
{
    size_t index = extent_find(window, address);

    if (index == window->extent_count || window->extents[index].start > address)
        return NULL;
    return &window->extents[index];
}

static NTSTATUS fault_locked(struct mm_window *window, uint64_t address, int wanted)
{
    const struct extent *extent = extent_at(window, address);
    const struct view *view;

    if (extent != NULL && extent->protect == 0 && (view = view_find(window, address)) != NULL &&
        NT_SUCCESS(view_refresh(window, view)))
        extent = extent_at(window, address);
    if (extent == NULL || extent->protect == 0)
        return STATUS_ACCESS_VIOLATION;
    if ((extent->protect & PAGE_GUARD) != 0)
        return guard_drop_locked(window, address);
    if (extent_copies(extent) && (wanted & HOST_WRITE) != 0)
        return window_copy_page_locked(window, address);
    return (extent_protection(extent) & wanted) == wanted ? STATUS_SUCCESS
                                                          : STATUS_ACCESS_VIOLATION;
}

/* Errors:  STATUS_SUCCESS: try again; STATUS_GUARD_PAGE_VIOLATION, once for each guard;
 *          STATUS_ACCESS_VIOLATION; STATUS_IN_PAGE_ERROR
 */
NTSTATUS mm_window_fault(uint64_t address, bool is_write, bool is_execute)
{
    struct mm_window *window = window_of_address(address);
    int wanted = is_execute ? HOST_EXECUTE : is_write ? HOST_WRITE : HOST_READ;
    NTSTATUS status;

    if (window == NULL)
        return STATUS_ACCESS_VIOLATION;
    if (window->is_low && address - window->here < window->bytes)
        address = address - window->here + window->base; /* met where it lies here */
    host_lock_take(&window->lock);
    status = fault_locked(window, address, wanted);
    host_lock_give(&window->lock);
    return status;
}
