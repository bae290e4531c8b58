/* SPDX-License-Identifier: MIT */
/* physical.c - the machine's invented physical addresses.
 *
 *   0x0000000000100000  pool, upwards; a hole from 3 to 4 GiB as on a PC
 *   0x0000010000000000  windows' files, 128 GiB each, by slot
 *   0x0008000000000000  | address: driver images, stacks and whatever else is mapped
 *
 * The same page always has the same address, so a driver may compare and look back.
 */
#include "mm_internal.h"
#include "user.h"

#define POOL_PHYSICAL   0x100000ull
#define HOLE_START      0xc0000000ull
#define HOLE_END        0x100000000ull
#define WINDOW_PHYSICAL 0x10000000000ull
#define WINDOW_LAST     (WINDOW_PHYSICAL + MM_WINDOWS_MAX * WINDOW_FILE_BYTES)
#define SYSTEM_PHYSICAL 0x8000000000000ull
#define SYSTEM_LAST     (SYSTEM_PHYSICAL + (1ull << 47))

static uint64_t pool_physical(uint64_t offset)
{
    uint64_t physical = POOL_PHYSICAL + offset;

    return physical < HOLE_START ? physical : physical + (HOLE_END - HOLE_START);
}

static bool pool_offset(uint64_t physical, uint64_t *out_offset)
{
    if (physical < POOL_PHYSICAL || (physical >= HOLE_START && physical < HOLE_END))
        return false;
    if (physical >= HOLE_END)
        physical -= HOLE_END - HOLE_START;
    *out_offset = physical - POOL_PHYSICAL;
    return *out_offset < EX_POOL_BYTES;
}

PFN_NUMBER frame_of_system(const void *address)
{
    uint64_t at = (uintptr_t)address;

    if (at >= EX_POOL_BASE && at < EX_POOL_BASE + EX_POOL_BYTES)
        return pool_physical(at - EX_POOL_BASE) >> 12;
    return (SYSTEM_PHYSICAL | at) >> 12;
}

PFN_NUMBER frame_of_window(const struct mm_window *window, uint64_t offset)
{
    return (WINDOW_PHYSICAL + window->slot * WINDOW_FILE_BYTES + offset) >> 12;
}

void frame_describe(PFN_NUMBER number, struct frame *out_frame)
{
    uint64_t physical = (uint64_t)number << 12, offset;

    *out_frame = (struct frame){.kind = FRAME_NONE};
    if (pool_offset(physical, &offset)) {
        out_frame->kind = FRAME_POOL;
        out_frame->offset = offset;
        out_frame->address = (char *)EX_POOL_BASE + offset;
    } else if (physical >= WINDOW_PHYSICAL && physical < WINDOW_LAST) {
        offset = physical - WINDOW_PHYSICAL;
        out_frame->window = window_of_slot((unsigned)(offset / WINDOW_FILE_BYTES));
        out_frame->offset = offset % WINDOW_FILE_BYTES;
        out_frame->kind = out_frame->window != NULL ? FRAME_WINDOW : FRAME_NONE;
    } else if (physical >= SYSTEM_PHYSICAL && physical < SYSTEM_LAST) {
        out_frame->kind = FRAME_SYSTEM;
        out_frame->address = (void *)(physical - SYSTEM_PHYSICAL);
    }
}

uint64_t physical_of(const void *address)
{
    uint64_t at = (uintptr_t)address, physical = 0;
    struct mm_window *window = window_of_address(at);

    if (window != NULL) {
        size_t index;
        host_lock_take(&window->lock);
        index = extent_find(window, at);
        if (index < window->extent_count && window->extents[index].start <= at &&
            window->extents[index].protect != 0) {
            const struct extent *extent = &window->extents[index];
            uint64_t offset = extent->offset + (at - extent->start);
            physical = extent->share == MM_SHARE_POOL
                           ? pool_physical(offset)
                           : ((uint64_t)frame_of_window(window, offset) << 12) + (offset & 4095);
        }
        host_lock_give(&window->lock);
        return physical;
    }
    if (!address_is_readable(address))
        return 0;
    return ((uint64_t)frame_of_system(address) << 12) + (at & 4095);
}

void physical_ram(PHYSICAL_MEMORY_RANGE *out_low, PHYSICAL_MEMORY_RANGE *out_high)
{
    out_low->BaseAddress.QuadPart = POOL_PHYSICAL;
    out_low->NumberOfBytes.QuadPart = HOLE_START - POOL_PHYSICAL;
    out_high->BaseAddress.QuadPart = HOLE_END;
    out_high->NumberOfBytes.QuadPart = (LONGLONG)(EX_POOL_BYTES - (HOLE_START - POOL_PHYSICAL));
}
