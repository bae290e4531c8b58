/* SPDX-License-Identifier: MIT */
/* global_ddi.c - KERNEL: the global heap.
 *
 * Doc: GlobalAlloc and its family in the Windows 3.1 SDK. Handles of moveable blocks are their
 * selectors without the lowest bit.
 */
#include <string.h>

#include "abi/win16.h"
#include "loader16/memory16.h"
#include "task16/task16.h"

#define FREE_BYTES 0x01000000u /* what is said to be left */
#define LOCKS_MOST 0xff

static uint16_t owner_now(void)
{
    return task16_current() ? task16_current()->pdb : 0;
}

uint32_t kernel16_GlobalAlloc(uint16_t flags, uint32_t bytes)
{
    struct block16 *block = block16_take(bytes, flags, CPU16_DATA, owner_now());
    return block ? block16_handle(block) : 0;
}

uint32_t kernel16_GlobalReAlloc(uint16_t handle, uint32_t bytes, uint16_t flags)
{
    struct block16 *block = block16_find(handle);
    if (!block)
        return 0;
    if (flags & GMEM_MODIFY) {
        block->flags = (uint16_t)((block->flags & GMEM_DISCARDED) | (flags & ~GMEM_MODIFY));
        return block16_handle(block);
    }
    if (!bytes && (block->locks || !(block->flags & GMEM_MOVEABLE)))
        return 0;
    return block16_resize(block, bytes, flags) ? block16_handle(block) : 0;
}

uint32_t kernel16_GlobalFree(uint16_t handle)
{
    struct block16 *block = block16_find(handle);
    if (!handle)
        return 0;
    if (!block)
        return handle;
    block16_give(block);
    return 0;
}

uint32_t kernel16_GlobalLock(uint16_t handle)
{
    struct block16 *block = block16_find(handle);
    if (!block || block->flags & GMEM_DISCARDED)
        return 0;
    if (block->flags & GMEM_MOVEABLE && block->locks < LOCKS_MOST)
        block->locks++;
    return (uint32_t)block->selector << 16;
}

uint32_t kernel16_GlobalUnlock(uint16_t handle)
{
    struct block16 *block = block16_find(handle);
    if (block && block->locks)
        block->locks--;
    return block && block->locks;
}

uint32_t kernel16_GlobalSize(uint16_t handle)
{
    const struct block16 *block = block16_find(handle);
    return block && !(block->flags & GMEM_DISCARDED) ? block->bytes : 0;
}

/* Handle in the low word, selector in the high one. */
uint32_t kernel16_GlobalHandle(uint16_t selector)
{
    const struct block16 *block = block16_find(selector);
    return block ? (uint32_t)block->selector << 16 | block16_handle(block) : 0;
}

uint32_t kernel16_GlobalFlags(uint16_t handle)
{
    const struct block16 *block = block16_find(handle);
    if (!block)
        return 0;
    return (block->flags & (GMEM_DISCARDABLE | GMEM_DISCARDED | GMEM_SHARE)) | block->locks;
}

uint32_t kernel16_GlobalCompact(uint32_t wanted)
{
    return FREE_BYTES;
}

uint32_t kernel16_GetFreeSpace(uint16_t flags)
{
    return FREE_BYTES;
}

/* Nothing moves: fixed is what everything is. */
/* Nothing lies below 1 MiB: real mode is not there to use it. */
uint32_t kernel16_GlobalDosAlloc(uint32_t bytes)
{
    return 0;
}

uint32_t kernel16_GlobalDosFree(uint16_t selector)
{
    return selector;
}

uint32_t kernel16_GlobalFix(uint16_t handle)
{
    struct block16 *block = block16_find(handle);
    if (block && block->locks < LOCKS_MOST)
        block->locks++;
    return block ? block->selector : 0;
}

uint32_t kernel16_GlobalUnfix(uint16_t handle)
{
    return kernel16_GlobalUnlock(handle);
}

uint32_t kernel16_GlobalWire(uint16_t handle)
{
    return kernel16_GlobalLock(handle);
}

uint32_t kernel16_GlobalUnWire(uint16_t handle)
{
    return kernel16_GlobalUnlock(handle);
}

uint32_t kernel16_GlobalPageLock(uint16_t handle)
{
    return block16_find(handle) != NULL;
}

uint32_t kernel16_GlobalPageUnlock(uint16_t handle)
{
    return 0;
}

uint32_t kernel16_GlobalLRUOldest(uint16_t handle)
{
    return handle;
}

uint32_t kernel16_GlobalLRUNewest(uint16_t handle)
{
    return handle;
}
