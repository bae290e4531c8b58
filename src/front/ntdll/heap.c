/* SPDX-License-Identifier: MIT */
/* heap.c - heaps: blocks with boundary tags in regions, free ones in bins by size.
 *
 * Theory. A heap is a list of regions of window pages. A region is filled by blocks without
 * gaps: a 16-byte head, then the payload. A head says how long its block and the block before
 * it are, so a freed block finds both neighbours and joins those that are free. Free blocks
 * hang in a bin: exact sizes below 1 KiB, powers of two above. A region ends with a head of
 * size 0 that is never free. Payloads above LARGE_BYTES are regions of their own.
 * Invariant: two free blocks never touch.
 */
#include <string.h>

#include "host/host.h"
#include "ntdll/heap.h"

#include "base/width.h"
#include "ntdll/teb.h"

#define UNIT         16u
#define EXACT_BINS   64u /* block sizes in units 0..63 */
#define BINS         (EXACT_BINS + 20u)
#define REGION_BYTES (1u << 20)
#define LARGE_BYTES  (512u << 10)
#define HEAP_MAGIC   0x70616568u
#define BLOCK_BUSY   0xb10c
#define BLOCK_FREE   0xf4ee
#define BLOCK_LARGE  0x1a46
#define BLOCK_END    0xe9d0

struct block {
    uint32_t units;  /* with the head; 0 in the end mark and in large blocks */
    uint32_t before; /* units of the block in front; 0: the first */
    uint16_t kind;
    uint16_t slack; /* bytes of payload that nobody asked for */
    uint32_t owner; /* low half of the heap's address, for checking */
};

struct links { /* in a free block's payload */
    struct block *next, *previous;
};

struct region {
    struct region *next, *previous;
    size_t bytes; /* of the whole region */
    size_t asked; /* large: payload asked for */
    struct block first;
};

struct heap {
    uint32_t magic;
    ULONG flags;
    size_t maximum, bytes;
    struct host_lock lock; /* guards: the rest */
    struct region *regions;
    struct block *bin[BINS];
};

_Static_assert(sizeof(struct block) == UNIT, "payloads are aligned");
_Static_assert(offsetof(struct region, first) % UNIT == 0, "payloads are aligned");

/* ---- bins ------------------------------------------------------------------------------- */

static unsigned bin_of(uint32_t units)
{
    if (units < EXACT_BINS)
        return units;
    unsigned bin = EXACT_BINS + (31 - (unsigned)__builtin_clz(units)) - 6;
    return bin < BINS ? bin : BINS - 1;
}

static struct links *links_of(struct block *block)
{
    return (struct links *)(block + 1);
}

static struct block *after(struct block *block)
{
    return block + block->units;
}

static void bin_put(struct heap *heap, struct block *block)
{
    struct block **bin = &heap->bin[bin_of(block->units)];
    block->kind = BLOCK_FREE;
    links_of(block)->previous = NULL;
    links_of(block)->next = *bin;
    if (*bin)
        links_of(*bin)->previous = block;
    *bin = block;
}

static void bin_remove(struct heap *heap, struct block *block)
{
    struct links *links = links_of(block);
    if (links->previous)
        links_of(links->previous)->next = links->next;
    else
        heap->bin[bin_of(block->units)] = links->next;
    if (links->next)
        links_of(links->next)->previous = links->previous;
}

static struct block *bin_take(struct heap *heap, uint32_t units)
{
    for (unsigned bin = bin_of(units); bin < BINS; bin++) {
        for (struct block *block = heap->bin[bin]; block; block = links_of(block)->next) {
            if (block->units >= units) {
                bin_remove(heap, block);
                return block;
            }
        }
    }
    return NULL;
}

/* ---- regions ------------------------------------------------------------------------------ */

static struct region *region_create(struct heap *heap, size_t bytes)
{
    void *address;
    bytes = (bytes + HOST_PAGE - 1) & ~(size_t)(HOST_PAGE - 1);
    if (heap->maximum && heap->bytes + bytes > heap->maximum)
        return NULL;
    if (!NT_SUCCESS(memory_allocate(bytes, PAGE_READWRITE, &address)))
        return NULL;
    struct region *region = address;
    region->bytes = bytes;
    region->previous = NULL;
    region->next = heap->regions;
    if (heap->regions)
        heap->regions->previous = region;
    heap->regions = region;
    heap->bytes += bytes;
    return region;
}

static void region_destroy(struct heap *heap, struct region *region)
{
    if (region->previous)
        region->previous->next = region->next;
    else
        heap->regions = region->next;
    if (region->next)
        region->next->previous = region->previous;
    heap->bytes -= region->bytes;
    memory_free(region);
}

/* One free block over the whole region, and the end mark. */
static void region_fill(struct heap *heap, struct region *region)
{
    uint32_t units = (uint32_t)((region->bytes - offsetof(struct region, first)) / UNIT) - 1;
    region->first = (struct block){.units = units, .owner = (uint32_t)(uintptr_t)heap};
    *after(&region->first) =
        (struct block){.before = units, .kind = BLOCK_END, .owner = (uint32_t)(uintptr_t)heap};
    bin_put(heap, &region->first);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* What is left of a block behind units becomes a free block, joined with a free one behind. */
static void block_cut(struct heap *heap, struct block *block, uint32_t units)
{
    uint32_t rest = block->units - units;
    if (rest < 2)
        return;
    block->units = units;
    struct block *tail = after(block);
    *tail = (struct block){.units = rest, .before = units, .owner = block->owner};
    struct block *next = after(tail);
    if (next->kind == BLOCK_FREE) {
        bin_remove(heap, next);
        tail->units += next->units;
    }
    after(tail)->before = tail->units;
    bin_put(heap, tail);
}

static uint32_t units_for(size_t size)
{
    uint32_t units = (uint32_t)((size + UNIT - 1) / UNIT) + 1;
    return units < 2 ? 2 : units;
}

static void *large_allocate(struct heap *heap, size_t size)
{
    if (size > BY_WIDTH((size_t)1 << 46, 0x7fff0000u))
        return NULL;
    struct region *region = region_create(heap, sizeof *region + size);
    if (!region)
        return NULL;
    region->asked = size;
    region->first = (struct block){.kind = BLOCK_LARGE, .owner = (uint32_t)(uintptr_t)heap};
    return &region->first + 1;
}

static void *block_allocate(struct heap *heap, size_t size)
{
    if (size > LARGE_BYTES)
        return large_allocate(heap, size);
    uint32_t units = units_for(size);
    struct block *block = bin_take(heap, units);
    if (!block) {
        struct region *region = region_create(heap, REGION_BYTES);
        if (!region)
            return NULL;
        region_fill(heap, region);
        block = bin_take(heap, units);
    }
    block_cut(heap, block, units);
    block->kind = BLOCK_BUSY;
    block->slack = (uint16_t)((block->units - 1) * UNIT - size);
    return block + 1;
}

/* The head of a payload, or NULL when it is not one of this heap. */
static struct block *block_of(const struct heap *heap, const void *payload)
{
    struct block *block = (struct block *)payload - 1;
    if (!payload || (uintptr_t)payload % UNIT || block->owner != (uint32_t)(uintptr_t)heap ||
        (block->kind != BLOCK_BUSY && block->kind != BLOCK_LARGE))
        return NULL;
    return block;
}

static struct region *region_of_large(struct block *block)
{
    return (struct region *)((char *)block - offsetof(struct region, first));
}

static void block_free(struct heap *heap, struct block *block)
{
    if (block->kind == BLOCK_LARGE) {
        region_destroy(heap, region_of_large(block));
        return;
    }
    struct block *next = after(block);
    if (next->kind == BLOCK_FREE) {
        bin_remove(heap, next);
        block->units += next->units;
    }
    struct block *before = block - block->before;
    if (block->before && before->kind == BLOCK_FREE) {
        bin_remove(heap, before);
        block->kind = 0; /* its head is inside a free block from here on */
        before->units += block->units;
        block = before;
    }
    after(block)->before = block->units;
    bin_put(heap, block);
}

static size_t block_size(struct block *block)
{
    if (block->kind == BLOCK_LARGE)
        return region_of_large(block)->asked;
    return (size_t)(block->units - 1) * UNIT - block->slack;
}

/* Makes a block longer or shorter where it stands; false when there is no room behind it. */
static bool block_resize(struct heap *heap, struct block *block, size_t size)
{
    if (block->kind == BLOCK_LARGE) {
        struct region *region = region_of_large(block);
        if (size <= LARGE_BYTES || size > region->bytes - sizeof *region)
            return false;
        region->asked = size;
        return true;
    }
    if (size > LARGE_BYTES)
        return false;
    uint32_t units = units_for(size);
    struct block *next = after(block);
    if (units > block->units) {
        if (next->kind != BLOCK_FREE || block->units + next->units < units)
            return false;
        bin_remove(heap, next);
        block->units += next->units;
        after(block)->before = block->units;
    }
    block_cut(heap, block, units);
    block->slack = (uint16_t)((block->units - 1) * UNIT - size);
    return true;
}

/* ---- the door ----------------------------------------------------------------------------------
 */

static bool lock_take(struct heap *heap, ULONG flags)
{
    bool is_locked = !((heap->flags | flags) & HEAP_NO_SERIALIZE);
    if (is_locked)
        host_lock_take(&heap->lock);
    return is_locked;
}

static void lock_give(struct heap *heap, bool is_locked)
{
    if (is_locked)
        host_lock_give(&heap->lock);
}

struct heap *heap_create(ULONG flags, size_t maximum)
{
    void *address;
    if (maximum)
        maximum = maximum < REGION_BYTES ? REGION_BYTES : maximum;
    if (!NT_SUCCESS(memory_allocate(sizeof(struct heap), PAGE_READWRITE, &address)))
        return NULL;
    struct heap *heap = address;
    *heap = (struct heap){.magic = HEAP_MAGIC, .flags = flags, .maximum = maximum};
    return heap;
}

bool heap_is(const struct heap *heap)
{
    return heap && heap->magic == HEAP_MAGIC;
}

void heap_destroy(struct heap *heap)
{
    while (heap->regions)
        region_destroy(heap, heap->regions);
    heap->magic = 0;
    memory_free(heap);
}

void *heap_allocate(struct heap *heap, ULONG flags, size_t size)
{
    bool is_locked = lock_take(heap, flags);
    void *payload = block_allocate(heap, size);
    lock_give(heap, is_locked);
    if (payload && (flags | heap->flags) & HEAP_ZERO_MEMORY)
        memset(payload, 0, size);
    return payload;
}

bool heap_free(struct heap *heap, ULONG flags, void *payload)
{
    if (!payload)
        return true;
    struct block *block = block_of(heap, payload);
    if (!block)
        return false;
    bool is_locked = lock_take(heap, flags);
    block_free(heap, block);
    lock_give(heap, is_locked);
    return true;
}

void *heap_resize(struct heap *heap, ULONG flags, void *payload, size_t size)
{
    struct block *block = block_of(heap, payload);
    if (!block)
        return NULL;
    bool is_locked = lock_take(heap, flags);
    size_t old = block_size(block);
    void *moved = payload;
    if (!block_resize(heap, block, size)) {
        moved = flags & HEAP_REALLOC_IN_PLACE_ONLY ? NULL : block_allocate(heap, size);
        if (moved) {
            memcpy(moved, payload, old < size ? old : size);
            block_free(heap, block);
        }
    }
    lock_give(heap, is_locked);
    if (moved && size > old && (flags | heap->flags) & HEAP_ZERO_MEMORY)
        memset((char *)moved + old, 0, size - old);
    return moved;
}

size_t heap_size(struct heap *heap, ULONG flags, const void *payload)
{
    struct block *block = block_of(heap, payload);
    return block ? block_size(block) : SIZE_MAX;
}

static bool region_check(const struct heap *heap, struct region *region)
{
    struct block *block = &region->first;
    if (block->kind == BLOCK_LARGE)
        return true;
    uint32_t before = 0;
    bool was_free = false;
    for (; block->kind != BLOCK_END; block = after(block)) {
        bool is_free = block->kind == BLOCK_FREE;
        if (block->before != before || block->units < 2 ||
            block->owner != (uint32_t)(uintptr_t)heap || (!is_free && block->kind != BLOCK_BUSY) ||
            (is_free && was_free) || (char *)after(block) > (char *)region + region->bytes - UNIT)
            return false;
        before = block->units;
        was_free = is_free;
    }
    return block->before == before;
}

bool heap_check(struct heap *heap, const void *payload)
{
    if (!heap_is(heap))
        return false;
    if (payload)
        return block_of(heap, payload) != NULL;
    bool is_whole = true;
    bool is_locked = lock_take(heap, 0);
    for (struct region *region = heap->regions; region && is_whole; region = region->next)
        is_whole = region_check(heap, region);
    lock_give(heap, is_locked);
    return is_whole;
}

struct heap *heap_process(void)
{
    return peb_current()->ProcessHeap;
}

void *heap_take(size_t size)
{
    return heap_allocate(heap_process(), 0, size);
}

void heap_give(void *block)
{
    heap_free(heap_process(), 0, block);
}
