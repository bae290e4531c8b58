/* SPDX-License-Identifier: MIT */
/* physical.c - the machine's invented physical addresses.
 *
 *   0x0000000000100000  pool, upwards; a hole from 3 to 4 GiB as on a PC
 *   0x0000002000000000  driver images
 *   0x0000010000000000  windows' files, 128 GiB each, by slot
 *   0x0001000000000000  what is behind sections
 *   0x0008000000000000  | address: stacks and whatever else is mapped
 *
 * The same page always has the same address, so a driver may compare, look back and map it
 * again. Between these there is nothing: all ones, and writes are lost.
 */
#include "section.h"
#include "user.h"

#define POOL_PHYSICAL   0x100000ull
#define HOLE_START      0xc0000000ull
#define HOLE_END        0x100000000ull
#define HOLE_BYTES      (HOLE_END - HOLE_START)
#define POOL_LAST       (POOL_PHYSICAL + EX_POOL_BYTES + HOLE_BYTES)
#define IMAGE_PHYSICAL  0x2000000000ull /* as many bytes as there are image addresses fit not: */
#define IMAGE_BYTES     0xe000000000ull /* of the 1 TiB of image addresses, the first 896 GiB */
#define IMAGE_LAST      (IMAGE_PHYSICAL + IMAGE_BYTES)
#define WINDOW_PHYSICAL 0x10000000000ull
#define WINDOW_LAST     (WINDOW_PHYSICAL + MM_WINDOWS_MAX * WINDOW_FILE_BYTES)
#define SYSTEM_PHYSICAL 0x8000000000000ull
#define SYSTEM_LAST     (SYSTEM_PHYSICAL + (1ull << 47))

_Static_assert(POOL_LAST <= IMAGE_PHYSICAL && IMAGE_LAST <= WINDOW_PHYSICAL &&
                   WINDOW_LAST <= MM_STORE_PHYSICAL && MM_STORE_PHYSICAL_END <= SYSTEM_PHYSICAL,
               "in order");

static uint64_t pool_physical(uint64_t offset)
{
    uint64_t physical = POOL_PHYSICAL + offset;

    return physical < HOLE_START ? physical : physical + HOLE_BYTES;
}

PFN_NUMBER frame_of_system(const void *address)
{
    uint64_t at = (uintptr_t)address;

    if (at >= EX_POOL_BASE && at < EX_POOL_BASE + EX_POOL_BYTES)
        return pool_physical(at - EX_POOL_BASE) >> 12;
    if (mapping_contains(address) && mapping_physical(address) != 0)
        return mapping_physical(address) >> 12;
    if (at >= MM_IMAGE_BASE && at < MM_IMAGE_BASE + IMAGE_BYTES)
        return (IMAGE_PHYSICAL + (at - MM_IMAGE_BASE)) >> 12;
    return (SYSTEM_PHYSICAL | at) >> 12;
}

PFN_NUMBER frame_of_window(const struct mm_window *window, uint64_t offset)
{
    return (WINDOW_PHYSICAL + window->slot * WINDOW_FILE_BYTES + offset) >> 12;
}

PFN_NUMBER frame_of_share(uint32_t share, uint64_t offset)
{
    if (share == MM_SHARE_POOL)
        return pool_physical(offset) >> 12;
    if (share == MM_SHARE_IMAGE)
        return (IMAGE_PHYSICAL + offset) >> 12;
    if (share >= MM_SHARE_FOREIGN)
        return (WINDOW_PHYSICAL + (share - MM_SHARE_FOREIGN) * WINDOW_FILE_BYTES + offset) >> 12;
    return HOLE_START >> 12; /* no memory */
}

uint32_t share_in(const struct mm_window *window, const struct frame *frame)
{
    return frame->kind == FRAME_WINDOW && frame->window == window ? MM_SHARE_WINDOW : frame->share;
}

/* Nothing from physical on, up to limit. */
static void frame_of_nothing(uint64_t physical, uint64_t limit, struct frame *out_frame)
{
    uint64_t room = ONES_BYTES - (physical & (ONES_BYTES - 1));

    *out_frame = (struct frame){.kind = FRAME_NONE,
                                .share = MM_SHARE_ONES,
                                .offset = physical & (ONES_BYTES - 1),
                                .bytes = limit - physical < room ? limit - physical : room};
}

static void frame_of_pool(uint64_t physical, struct frame *out_frame)
{
    bool is_low = physical < HOLE_START;

    out_frame->kind = FRAME_POOL;
    out_frame->share = MM_SHARE_POOL;
    out_frame->offset = physical - POOL_PHYSICAL - (is_low ? 0 : HOLE_BYTES);
    out_frame->address = (char *)EX_POOL_BASE + out_frame->offset;
    out_frame->bytes = (is_low ? HOLE_START : POOL_LAST) - physical;
}

static void frame_of_slot(uint64_t physical, struct frame *out_frame)
{
    uint64_t offset = physical - WINDOW_PHYSICAL;
    unsigned slot = (unsigned)(offset / WINDOW_FILE_BYTES);

    out_frame->bytes = WINDOW_FILE_BYTES - offset % WINDOW_FILE_BYTES;
    out_frame->window = window_of_slot(slot);
    if (out_frame->window == NULL) {
        frame_of_nothing(physical, physical + out_frame->bytes, out_frame);
        return;
    }
    out_frame->kind = FRAME_WINDOW;
    out_frame->share = MM_SHARE_FOREIGN + slot;
    out_frame->offset = offset % WINDOW_FILE_BYTES;
}

static void frame_of_store(uint64_t physical, struct frame *out_frame)
{
    struct store *store = store_find_get_physical(physical);

    if (store == NULL) {
        frame_of_nothing(physical, physical + HOST_PAGE, out_frame);
        return;
    }
    out_frame->kind = FRAME_STORE;
    out_frame->share = store->id;
    out_frame->offset = physical - store->physical;
    out_frame->bytes = store->bytes - out_frame->offset;
    store_put(store);
}

void frame_describe(PFN_NUMBER number, struct frame *out_frame)
{
    uint64_t physical = (uint64_t)number << 12;

    *out_frame = (struct frame){.kind = FRAME_NONE, .share = MM_SHARE_NONE};
    if (physical < POOL_PHYSICAL) {
        frame_of_nothing(physical, POOL_PHYSICAL, out_frame);
    } else if (physical >= HOLE_START && physical < HOLE_END) {
        frame_of_nothing(physical, HOLE_END, out_frame);
    } else if (physical < POOL_LAST) {
        frame_of_pool(physical, out_frame);
    } else if (physical < IMAGE_PHYSICAL) {
        frame_of_nothing(physical, IMAGE_PHYSICAL, out_frame);
    } else if (physical < IMAGE_LAST) {
        out_frame->kind = FRAME_IMAGE;
        out_frame->share = MM_SHARE_IMAGE;
        out_frame->offset = physical - IMAGE_PHYSICAL;
        out_frame->address = (char *)MM_IMAGE_BASE + out_frame->offset;
        out_frame->bytes = IMAGE_LAST - physical;
    } else if (physical < WINDOW_PHYSICAL) {
        frame_of_nothing(physical, WINDOW_PHYSICAL, out_frame);
    } else if (physical < WINDOW_LAST) {
        frame_of_slot(physical, out_frame);
    } else if (physical < MM_STORE_PHYSICAL) {
        frame_of_nothing(physical, MM_STORE_PHYSICAL, out_frame);
    } else if (physical < MM_STORE_PHYSICAL_END) {
        frame_of_store(physical, out_frame);
    } else if (physical >= SYSTEM_PHYSICAL && physical < SYSTEM_LAST) {
        out_frame->kind = FRAME_SYSTEM;
        out_frame->address = (void *)(physical - SYSTEM_PHYSICAL);
        out_frame->bytes = SYSTEM_LAST - physical;
    } else {
        frame_of_nothing(physical, physical + ONES_BYTES, out_frame);
    }
}

static uint64_t physical_in_window(struct mm_window *window, uint64_t at)
{
    uint64_t physical = 0, offset;
    uint32_t share = MM_SHARE_NONE;
    struct store *store;
    size_t index;

    host_lock_take(&window->lock);
    index = extent_find(window, at);
    if (index < window->extent_count && window->extents[index].start <= at &&
        window->extents[index].protect != 0) {
        share = window->extents[index].share;
        offset = window->extents[index].offset + (at - window->extents[index].start);
        if (share == MM_SHARE_WINDOW)
            physical = ((uint64_t)frame_of_window(window, offset) << 12) + (offset & 4095);
        else if (share >= MM_SHARE_STORE && share < MM_SHARE_FOREIGN)
            physical = (store = store_find_get(share)) == NULL ? 0 : store->physical + offset;
        else
            physical = ((uint64_t)frame_of_share(share, offset) << 12) + (offset & 4095);
    }
    host_lock_give(&window->lock);
    if (share >= MM_SHARE_STORE && share < MM_SHARE_FOREIGN && physical != 0)
        store_put(store);
    return physical;
}

/* What another address in system space shows: the frame of a mapping is that of its memory. */
uint64_t physical_of(const void *address)
{
    uint64_t at = (uintptr_t)address;
    struct mm_window *window = window_of_address(at);

    if (window != NULL)
        return physical_in_window(window, at);
    if (!address_is_readable(address))
        return 0;
    return ((uint64_t)frame_of_system(address) << 12) + (at & 4095);
}

bool mm_address_is_void(const void *address)
{
    struct frame frame;
    uint64_t physical = mapping_contains(address) ? mapping_physical(address) : 0;

    if (physical == 0)
        return false;
    frame_describe(physical >> 12, &frame);
    return frame.kind == FRAME_NONE;
}

NTSTATUS physical_map(uint64_t physical, size_t count, int protection, void *address)
{
    for (uint64_t at = 0, run, bytes = (uint64_t)count << 12; at < bytes; at += run) {
        struct frame frame;
        frame_describe((physical + at) >> 12, &frame);
        if (frame.kind == FRAME_SYSTEM)
            return STATUS_NOT_SUPPORTED;
        run = frame.bytes < bytes - at ? frame.bytes : bytes - at;
        if (share_map(frame.share, frame.offset, run,
                      frame.kind == FRAME_NONE ? protection & ~HOST_WRITE : protection,
                      (char *)address + at) != 0)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    mapping_note(address, count, physical, NULL);
    return STATUS_SUCCESS;
}

static void range_add(PHYSICAL_MEMORY_RANGE *ranges, size_t room, size_t *count, uint64_t base,
                      uint64_t bytes)
{
    if (*count < room) {
        ranges[*count].BaseAddress.QuadPart = (LONGLONG)base;
        ranges[*count].NumberOfBytes.QuadPart = (LONGLONG)bytes;
    }
    ++*count;
}

struct ranges {
    PHYSICAL_MEMORY_RANGE *ranges;
    size_t room, count;
};

static void store_range_add(uint64_t physical, uint64_t bytes, void *context)
{
    struct ranges *ranges = context;

    range_add(ranges->ranges, ranges->room, &ranges->count, physical, bytes);
}

size_t physical_ranges(PHYSICAL_MEMORY_RANGE *ranges, size_t room)
{
    struct ranges all = {.ranges = ranges, .room = room};

    range_add(ranges, room, &all.count, POOL_PHYSICAL, HOLE_START - POOL_PHYSICAL);
    range_add(ranges, room, &all.count, HOLE_END, POOL_LAST - HOLE_END);
    range_add(ranges, room, &all.count, IMAGE_PHYSICAL, IMAGE_BYTES);
    for (unsigned slot = 0; slot < MM_WINDOWS_MAX; slot++)
        if (window_of_slot(slot) != NULL)
            range_add(ranges, room, &all.count, WINDOW_PHYSICAL + slot * WINDOW_FILE_BYTES,
                      WINDOW_FILE_BYTES);
    store_visit(store_range_add, &all);
    return all.count;
}
