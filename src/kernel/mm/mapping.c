/* SPDX-License-Identifier: MIT */
/* mapping.c - addresses in system space that show pages which lie elsewhere.
 *
 * Ranges are handed out one after the other from 4 TiB; those that come back are kept by
 * length and used again, so a stale pointer usually faults.
 */
#include "mm_internal.h"

#include <stdlib.h>

#define BINS 64u

/* A returned range. Bin 0 holds all that are longer than BINS pages. */
struct range {
    struct range *next;
    void *address;
    size_t count;
};

static struct host_lock mapping_lock; /* guards: bins and next_address */
static struct range *bins[BINS];
static uint64_t next_address;

NTSTATUS mappings_init(void)
{
    void *got;

    if (host_memory_reserve((void *)MM_MAPPING_BASE, MM_MAPPING_END - MM_MAPPING_BASE, &got) != 0)
        return STATUS_CONFLICTING_ADDRESSES;
    next_address = MM_MAPPING_BASE + HOST_PAGE;
    return STATUS_SUCCESS;
}

void mappings_fini(void)
{
    for (unsigned i = 0; i < BINS; i++)
        while (bins[i] != NULL) {
            struct range *range = bins[i];
            bins[i] = range->next;
            free(range);
        }
    host_memory_release((void *)MM_MAPPING_BASE, MM_MAPPING_END - MM_MAPPING_BASE);
    next_address = 0;
}

void *mapping_reserve(size_t count)
{
    struct range **at, *range;
    void *address = NULL;

    host_lock_take(&mapping_lock);
    for (at = &bins[count < BINS ? count : 0]; *at != NULL && (*at)->count != count;
         at = &(*at)->next)
        ;
    range = *at;
    if (range != NULL) {
        *at = range->next;
        address = range->address;
    } else if (next_address + ((uint64_t)(count + 1) << 12) <= MM_MAPPING_END) {
        address = (void *)next_address;
        next_address += (uint64_t)(count + 1) << 12; /* a page between two that is never there */
    }
    host_lock_give(&mapping_lock);
    free(range);
    return address;
}

void mapping_release(void *address, size_t count)
{
    struct range *range = malloc(sizeof(*range));

    if (range == NULL)
        return; /* the addresses are lost; there are many */
    range->address = address;
    range->count = count;
    host_lock_take(&mapping_lock);
    range->next = bins[count < BINS ? count : 0];
    bins[count < BINS ? count : 0] = range;
    host_lock_give(&mapping_lock);
}

NTSTATUS mapping_fill(void *address, const PFN_NUMBER *frames, size_t count, int protection)
{
    for (size_t i = 0, run; i < count; i += run) {
        struct frame frame;
        void *got;
        int fd;

        for (run = 1; i + run < count && frames[i + run] == frames[i] + run; run++)
            ;
        frame_describe(frames[i], &frame);
        if (frame.kind == FRAME_POOL)
            fd = ex_pool_fd();
        else if (frame.kind == FRAME_WINDOW)
            fd = frame.window->fd;
        else
            return STATUS_NOT_SUPPORTED;
        if (host_share_map(fd, frame.offset, run << 12, protection, (char *)address + (i << 12),
                           &got) != 0)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

void mapping_clear(void *address, size_t count)
{
    host_memory_decommit(address, count << 12);
}

bool mapping_contains(const void *address)
{
    return (uintptr_t)address >= MM_MAPPING_BASE && (uintptr_t)address < MM_MAPPING_END;
}
