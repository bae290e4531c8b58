/* SPDX-License-Identifier: MIT */
/* window_extent.c - a window's addresses as a sorted array of extents.
 *
 * What is in no extent is free. Neighbours that say the same are joined, so the array is
 * about as long as a program has allocations. All functions want the window's lock.
 */
#include "mm_internal.h"

#include <stdlib.h>
#include <string.h>

size_t extent_find(const struct mm_window *window, uint64_t address)
{
    size_t low = 0, high = window->extent_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (window->extents[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

NTSTATUS extent_provide(struct mm_window *window, size_t count)
{
    size_t room = window->extent_room;
    struct extent *extents;

    if (window->extent_count + count <= room)
        return STATUS_SUCCESS;
    room = room * 2 + count + 16;
    extents = realloc(window->extents, room * sizeof(*extents));
    if (extents == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    window->extents = extents;
    window->extent_room = room;
    return STATUS_SUCCESS;
}

static void extent_open(struct mm_window *window, size_t index)
{
    memmove(&window->extents[index + 1], &window->extents[index],
            (window->extent_count - index) * sizeof(struct extent));
    window->extent_count++;
}

NTSTATUS extent_insert(struct mm_window *window, const struct extent *extent)
{
    size_t index = extent_find(window, extent->start);
    NTSTATUS status = extent_provide(window, 1);

    if (!NT_SUCCESS(status))
        return status;
    COVE_ASSERT(index == window->extent_count || window->extents[index].start >= extent->end);
    extent_open(window, index);
    window->extents[index] = *extent;
    return STATUS_SUCCESS;
}

/* Cuts the extent at index in two at address, if address is inside. Room is there. */
static void extent_cut(struct mm_window *window, size_t index, uint64_t address)
{
    struct extent *extent = &window->extents[index];

    if (index == window->extent_count || address <= extent->start || address >= extent->end)
        return;
    extent_open(window, index);
    window->extents[index].end = address;
    extent = &window->extents[index + 1];
    extent->offset += address - extent->start;
    extent->start = address;
}

size_t extent_split(struct mm_window *window, uint64_t start, uint64_t end)
{
    size_t index;

    if (!NT_SUCCESS(extent_provide(window, 2)))
        return EXTENT_NO_ROOM;
    extent_cut(window, extent_find(window, start), start);
    extent_cut(window, extent_find(window, end), end);
    index = extent_find(window, start);
    return index;
}

void extent_drop(struct mm_window *window, uint64_t start, uint64_t end)
{
    size_t first = extent_find(window, start), last = extent_find(window, end - 1) + 1;

    if (last > window->extent_count)
        last = window->extent_count;
    while (last > first && window->extents[last - 1].start >= end)
        last--;
    memmove(&window->extents[first], &window->extents[last],
            (window->extent_count - last) * sizeof(struct extent));
    window->extent_count -= last - first;
}

static bool extent_continues(const struct extent *a, const struct extent *b)
{
    return a->end == b->start && a->allocation == b->allocation && a->protect == b->protect &&
           a->share == b->share &&
           (a->protect == 0 || a->offset + (a->end - a->start) == b->offset);
}

void extent_join(struct mm_window *window, uint64_t start, uint64_t end)
{
    size_t index = extent_find(window, start == 0 ? 0 : start - 1);

    while (index + 1 < window->extent_count && window->extents[index].start <= end) {
        struct extent *extent = &window->extents[index];
        if (!extent_continues(extent, extent + 1)) {
            index++;
            continue;
        }
        extent->end = extent[1].end;
        memmove(extent + 1, extent + 2, (window->extent_count - index - 2) * sizeof(struct extent));
        window->extent_count--;
    }
}

uint64_t extent_gap(const struct mm_window *window, uint64_t length, bool is_top_down)
{
    uint64_t window_end = window->base + window->bytes;
    uint64_t low = window->base + WINDOW_GRANULARITY; /* the first 64 KiB are nobody's */

    if (is_top_down) {
        uint64_t high = window_end;
        for (size_t i = window->extent_count + 1; i-- > 0;) {
            uint64_t below = i == 0 ? low : window->extents[i - 1].end;
            if (high >= length) {
                uint64_t at = (high - length) & ~(WINDOW_GRANULARITY - 1);
                if (at >= below && at >= low)
                    return at;
            }
            if (i > 0)
                high = window->extents[i - 1].start;
        }
        return 0;
    }
    for (size_t i = 0; i <= window->extent_count; i++) {
        uint64_t high = i == window->extent_count ? window_end : window->extents[i].start;
        if (high >= low && high - low >= length)
            return low;
        if (i < window->extent_count)
            low = (window->extents[i].end + WINDOW_GRANULARITY - 1) & ~(WINDOW_GRANULARITY - 1);
    }
    return 0;
}
