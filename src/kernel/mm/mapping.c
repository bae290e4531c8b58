/* SPDX-License-Identifier: MIT */
/* mapping.c - addresses in system space that show pages which lie elsewhere.
 *
 * Ranges are handed out one after the other from 4 TiB; those that come back are kept by
 * length and used again, so a stale pointer usually faults. A table says which frame each
 * address shows, so that its physical address is that of the memory.
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

#define MAPPING_PAGES ((MM_MAPPING_END - MM_MAPPING_BASE) >> 12)
/* By page: its frame, 0 when nothing is shown. Written by who maps, host memory on demand. */
static uint64_t *mapping_frames;
static int image_fd = -1; /* the image room's, set at its start */
static int ones_fd = -1;  /* set once at init */

static NTSTATUS shares_create(void)
{
    unsigned char *page;
    int error = host_share_create("ones", ONES_BYTES, &ones_fd);

    page = malloc(HOST_PAGE);
    if (error != 0 || page == NULL) {
        free(page);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memset(page, 0xff, HOST_PAGE);
    for (uint64_t at = 0; at < ONES_BYTES && error == 0; at += HOST_PAGE)
        error = host_share_write(ones_fd, at, page, HOST_PAGE);
    free(page);
    return error == 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

int share_fd_fixed(uint32_t share)
{
    return share == MM_SHARE_IMAGE ? image_fd : ones_fd;
}

static void shares_close(void)
{
    if (ones_fd >= 0)
        host_share_close(ones_fd);
    ones_fd = -1;
}

static NTSTATUS frames_table_create(void)
{
    void *got;

    if (host_memory_reserve(NULL, MAPPING_PAGES * sizeof(uint64_t), &got) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    mapping_frames = got;
    if (host_memory_commit(got, MAPPING_PAGES * sizeof(uint64_t), HOST_READ | HOST_WRITE) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

static void frames_table_destroy(void)
{
    if (mapping_frames != NULL)
        host_memory_release(mapping_frames, MAPPING_PAGES * sizeof(uint64_t));
    mapping_frames = NULL;
}

void mapping_note(const void *address, size_t count, uint64_t physical, const PFN_NUMBER *frames)
{
    uint64_t *at = &mapping_frames[((uintptr_t)address - MM_MAPPING_BASE) >> 12];

    for (size_t i = 0; i < count; i++)
        at[i] = frames != NULL ? frames[i] : (physical >> 12) + i;
}

uint64_t mapping_physical(const void *address)
{
    uint64_t frame = mapping_frames[((uintptr_t)address - MM_MAPPING_BASE) >> 12];

    return frame == 0 ? 0 : (frame << 12) + ((uintptr_t)address & 4095);
}

NTSTATUS mappings_init(void)
{
    void *got;

    if (host_memory_reserve((void *)MM_MAPPING_BASE, MM_MAPPING_END - MM_MAPPING_BASE, &got) != 0)
        return STATUS_CONFLICTING_ADDRESSES;
    next_address = MM_MAPPING_BASE + HOST_PAGE;
    if (NT_SUCCESS(frames_table_create()) && NT_SUCCESS(shares_create()))
        return STATUS_SUCCESS;
    mappings_fini();
    return STATUS_INSUFFICIENT_RESOURCES;
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
    frames_table_destroy();
    shares_close();
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

        frame_describe(frames[i], &frame);
        for (run = 1;
             i + run < count && frames[i + run] == frames[i] + run && run < frame.bytes >> 12;
             run++)
            ;
        if (frame.kind == FRAME_SYSTEM)
            return STATUS_NOT_SUPPORTED;
        if (share_map(frame.share, frame.offset, run << 12,
                      frame.kind == FRAME_NONE ? protection & ~HOST_WRITE : protection,
                      (char *)address + (i << 12)) != 0)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    mapping_note(address, count, 0, frames);
    return STATUS_SUCCESS;
}

void mapping_clear(void *address, size_t count)
{
    host_memory_decommit(address, count << 12);
    __builtin_memset(&mapping_frames[((uintptr_t)address - MM_MAPPING_BASE) >> 12], 0,
                     count * sizeof(*mapping_frames));
}

void mm_image_share_set(int fd)
{
    image_fd = fd;
}

bool mapping_contains(const void *address)
{
    return (uintptr_t)address >= MM_MAPPING_BASE && (uintptr_t)address < MM_MAPPING_END;
}
