/* SPDX-License-Identifier: MIT */
/* memory.c - the global heap: blocks of 16-bit memory and their selectors.
 *
 * Small blocks come from slabs of one size class each, large ones are pages of their own. A block's
 * selectors reach exactly as far as was asked for, rounded up to 32 bytes as on Windows, so that
 * what overruns it faults.
 */
#include <stdlib.h>
#include <string.h>

#include "loader16/memory16.h"
#include "ntdll/heap.h"

#define GRAIN      32u
#define CLASSES    11u /* 32 bytes … 32 KiB */
#define SLAB_BYTES 0x40000u
#define BYTES_MOST 0xff0000u /* the documented most of GlobalAlloc, less than 16 MiB */
#define TILE_BYTES 0x10000u
#define SELECTORS  8192u

static struct {
    void *free[CLASSES]; /* chained through their first bytes */
    uint8_t *slab;
    uint32_t slab_left;
    struct block16 *blocks;
    struct block16 *by_entry[SELECTORS];
} heap;

static unsigned class_of(uint32_t bytes)
{
    unsigned class = 0;
    while (class < CLASSES && GRAIN << class < bytes)
        class ++;
    return class;
}

static void *memory_take(uint32_t bytes)
{
    unsigned class = class_of(bytes);
    void *memory = NULL;
    if (class == CLASSES)
        return NT_SUCCESS(memory_allocate(bytes, PAGE_EXECUTE_READWRITE, &memory)) ? memory : NULL;
    if (heap.free[class]) {
        memory = heap.free[class];
        heap.free[class] = *(void **)memory;
        return memory;
    }
    if (heap.slab_left < GRAIN << class) {
        if (!NT_SUCCESS(memory_allocate(SLAB_BYTES, PAGE_EXECUTE_READWRITE, &memory)))
            return NULL;
        heap.slab = memory;
        heap.slab_left = SLAB_BYTES;
    }
    memory = heap.slab;
    heap.slab += GRAIN << class;
    heap.slab_left -= GRAIN << class;
    return memory;
}

static void memory_give(void *memory, uint32_t bytes)
{
    unsigned class = class_of(bytes);
    if (class == CLASSES) {
        memory_free(memory);
        return;
    }
    *(void **)memory = heap.free[class];
    heap.free[class] = memory;
}

static uint32_t rounded(uint32_t bytes)
{
    return (bytes + GRAIN - 1) & ~(GRAIN - 1);
}

static void entries_set(const struct block16 *block, struct block16 *to)
{
    for (unsigned i = 0; i < block->selector_count; i++)
        heap.by_entry[(block->selector >> 3) + i] = to;
}

static uint16_t tiles_of(uint32_t bytes)
{
    return (uint16_t)((bytes + TILE_BYTES - 1) / TILE_BYTES);
}

/* Memory and selectors for so many bytes; the block is otherwise as it was. */
static bool block_fill(struct block16 *block, uint32_t bytes, enum cpu16_segment kind)
{
    uint8_t *memory = memory_take(bytes);
    if (!memory)
        return false;
    uint16_t selector = selector_take_tiled(memory, bytes, kind);
    if (!selector) {
        memory_give(memory, bytes);
        return false;
    }
    if (block->flags & GMEM_ZEROINIT)
        memset(memory, 0, bytes);
    block->memory = memory;
    block->bytes = bytes;
    block->selector = selector;
    block->selector_count = tiles_of(bytes);
    return true;
}

struct block16 *block16_take(uint32_t size_bytes, uint16_t flags, enum cpu16_segment kind,
                             uint16_t owner)
{
    struct block16 *block = calloc(1, sizeof *block);
    bool is_made = block && size_bytes <= BYTES_MOST && (size_bytes || flags & GMEM_MOVEABLE);
    if (is_made) {
        block->flags = flags;
        block->owner = owner;
        if (size_bytes) {
            is_made = block_fill(block, rounded(size_bytes), kind);
        } else {
            /* A handle without memory: one byte's selector keeps the number. */
            is_made = block_fill(block, GRAIN, kind);
            block->flags |= GMEM_DISCARDED;
        }
    }
    if (!is_made) {
        free(block);
        return NULL;
    }
    entries_set(block, block);
    block->next = heap.blocks;
    heap.blocks = block;
    return block;
}

void block16_give(struct block16 *block)
{
    struct block16 **at = &heap.blocks;
    while (*at != block)
        at = &(*at)->next;
    *at = block->next;
    entries_set(block, NULL);
    selector_give(block->selector, block->selector_count);
    memory_give(block->memory, block->bytes);
    free(block);
}

bool block16_resize(struct block16 *block, uint32_t size_bytes, uint16_t flags)
{
    enum cpu16_segment kind = selector_kind(block->selector);
    struct block16 old = *block;
    uint32_t bytes = rounded(size_bytes ? size_bytes : 1);
    if (size_bytes > BYTES_MOST)
        return false;
    uint8_t *memory = memory_take(bytes);
    if (!memory)
        return false;
    uint32_t kept = old.flags & GMEM_DISCARDED ? 0 : old.bytes < bytes ? old.bytes : bytes;
    memcpy(memory, old.memory, kept);
    if (flags & GMEM_ZEROINIT)
        memset(memory + kept, 0, bytes - kept);
    if (tiles_of(bytes) == old.selector_count) {
        for (unsigned i = 0; i < old.selector_count; i++) {
            uint32_t left = bytes - i * TILE_BYTES;
            selector_set((uint16_t)(old.selector + i * 8), memory + i * TILE_BYTES,
                         i && left > TILE_BYTES ? TILE_BYTES : left, kind);
        }
    } else {
        uint16_t selector = old.locks ? 0 : selector_take_tiled(memory, bytes, kind);
        if (!selector) {
            memory_give(memory, bytes);
            return false;
        }
        entries_set(&old, NULL);
        selector_give(old.selector, old.selector_count);
        block->selector = selector;
        block->selector_count = tiles_of(bytes);
        entries_set(block, block);
    }
    block->memory = memory;
    block->bytes = bytes;
    block->flags = (uint16_t)(old.flags & ~GMEM_DISCARDED) | (size_bytes ? 0 : GMEM_DISCARDED);
    memory_give(old.memory, old.bytes);
    return true;
}

uint16_t block16_handle(const struct block16 *block)
{
    return block->flags & GMEM_MOVEABLE ? block->selector & 0xfffe : block->selector;
}

struct block16 *block16_find(uint16_t handle)
{
    return heap.by_entry[handle >> 3];
}

struct block16 *block16_first(void)
{
    return heap.blocks;
}

void block16_give_owned(uint16_t owner)
{
    for (struct block16 *block = heap.blocks, *next; block; block = next) {
        next = block->next;
        if (block->owner == owner)
            block16_give(block);
    }
}
