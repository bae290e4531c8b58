/* SPDX-License-Identifier: MIT */
/* local.c - heaps inside data segments.
 *
 * A heap is a row of blocks without gaps. Each begins with its size in bytes, header included, of
 * which the lowest bit says that it is taken; sizes are multiples of 4. Free neighbours become one
 * when they are looked at. What a program has spoilt ends the search, not us: every step is checked
 * against the heap's end.
 */
#include "local.h"

#include <string.h>

#include "cpu16/cpu16.h"
#include "loader16/memory16.h"
#include "loader16/module16.h"
#include "task16/task16.h"

#define HEAPS        64u
#define HEADER       4u /* size; the handle that owns the block, 0 of a fixed one */
#define TAKEN        1u
#define LEAST        8u
#define HANDLE_BYTES 4u /* offset; flags and lock count */

struct heap {
    uint16_t segment, start, end; /* offsets */
};
static struct heap heaps[HEAPS]; /* segment 0: free; the 16-bit world's thread only */

struct handle {
    uint16_t block; /* 0: discarded */
    uint8_t flags, locks;
};

static uint8_t *at(const struct heap *heap, uint16_t offset)
{
    return (uint8_t *)selector_base(heap->segment) + offset;
}

static uint16_t word_get(const struct heap *heap, uint16_t offset)
{
    uint16_t value;
    memcpy(&value, at(heap, offset), sizeof value);
    return value;
}

static void word_set(const struct heap *heap, uint16_t offset, uint16_t value)
{
    memcpy(at(heap, offset), &value, sizeof value);
}

static struct heap *heap_find(uint16_t segment)
{
    for (unsigned i = 0; i < HEAPS; i++) {
        if (heaps[i].segment && heaps[i].segment >> 3 == segment >> 3)
            return &heaps[i];
    }
    return NULL;
}

bool local_init(uint16_t segment, uint16_t start, uint16_t end)
{
    struct heap *heap = heap_find(segment);
    uint32_t limit = selector_limit(segment);
    if (!start) { /* end is a size: the heap is the end of the segment */
        uint16_t bytes = end;
        end = (uint16_t)(limit > 0xffff ? 0xffff : limit);
        start = end > bytes ? (uint16_t)(end - bytes) : 0;
    }
    start = (uint16_t)((start + 3) & ~3);
    end &= 0xfffc;
    for (unsigned i = 0; !heap && i < HEAPS; i++) {
        if (!heaps[i].segment || !selector_is(heaps[i].segment))
            heap = &heaps[i];
    }
    if (!heap || !start || end > limit || end < start + LEAST * 2)
        return false;
    *heap = (struct heap){segment, start, end};
    word_set(heap, start, (uint16_t)(end - start));
    return true;
}

/* A module's data segment has its heap from the file: behind data and stack. */
static struct heap *heap_of(uint16_t segment)
{
    struct heap *heap = heap_find(segment);
    unsigned number;
    struct ne_segment described;
    struct ne_error error;
    if (heap)
        return heap;
    struct module16 *module = module16_by_selector(segment, &number);
    if (!module || module->builtin || number != module->image.auto_data)
        return NULL;
    uint32_t start, limit = selector_limit(segment);
    if (module->is_library) {
        ne_segment(&module->image, number, &described, &error); /* it was good before */
        start = described.memory_bytes;
    } else {
        start = task16_current()->stack_top;
    }
    uint16_t end = (uint16_t)(limit > 0xffff ? 0xffff : limit);
    return start < end && local_init(segment, (uint16_t)start, end) ? heap_find(segment) : NULL;
}

/* ---- blocks: offsets of headers ---------------------------------------------------------------
 */

static uint16_t size_of(const struct heap *heap, uint16_t block)
{
    uint16_t size = word_get(heap, block) & ~3u;
    return size >= LEAST && size <= heap->end - block ? size : 0;
}

static bool is_taken(const struct heap *heap, uint16_t block)
{
    return word_get(heap, block) & TAKEN;
}

/* A free block and the free ones behind it become one. */
static uint16_t free_join(const struct heap *heap, uint16_t block)
{
    uint16_t size = size_of(heap, block);
    while (size && block + size < heap->end && !is_taken(heap, (uint16_t)(block + size))) {
        uint16_t next = size_of(heap, (uint16_t)(block + size));
        if (!next)
            break;
        size = (uint16_t)(size + next);
        word_set(heap, block, size);
    }
    return size;
}

static uint16_t needed(uint16_t bytes)
{
    uint32_t size = ((uint32_t)bytes + HEADER + 3) & ~3u;
    return size < LEAST ? LEAST : size > 0xfff0 ? 0 : (uint16_t)size;
}

/* Keeps size bytes of a block and frees the rest, where the rest is worth it. */
static void block_cut(const struct heap *heap, uint16_t block, uint16_t size)
{
    uint16_t whole = size_of(heap, block);
    if (whole - size >= (int)LEAST) {
        word_set(heap, (uint16_t)(block + size), (uint16_t)(whole - size));
        whole = size;
    }
    word_set(heap, block, whole | TAKEN);
}

/* First fit. Answers the offset behind the header; 0: no room. */
static uint16_t block_take(const struct heap *heap, uint16_t bytes, uint16_t owner)
{
    uint16_t wanted = needed(bytes), size;
    for (uint16_t block = heap->start; wanted && block < heap->end;
         block = (uint16_t)(block + size)) {
        bool is_free = !is_taken(heap, block);
        size = is_free ? free_join(heap, block) : size_of(heap, block);
        if (!size)
            return 0;
        if (is_free && size >= wanted) {
            block_cut(heap, block, wanted);
            word_set(heap, (uint16_t)(block + 2), owner);
            return (uint16_t)(block + HEADER);
        }
    }
    return 0;
}

/* The header of the block with that offset of data; 0: there is none. */
static uint16_t block_at(const struct heap *heap, uint16_t data)
{
    for (uint16_t block = heap->start, size; block < heap->end; block = (uint16_t)(block + size)) {
        size = size_of(heap, block);
        if (!size)
            return 0;
        if (block + HEADER == data)
            return is_taken(heap, block) ? block : 0;
    }
    return 0;
}

static uint16_t data_bytes(const struct heap *heap, uint16_t data)
{
    return (uint16_t)(size_of(heap, (uint16_t)(data - HEADER)) - HEADER);
}

/* ---- handles -----------------------------------------------------------------------------------
 */

/* A handle of a moveable block is a block of its own whose owner is itself. */
static struct handle *handle_find(const struct heap *heap, uint16_t handle)
{
    uint16_t block = handle & 3 ? 0 : block_at(heap, handle);
    if (!block || word_get(heap, (uint16_t)(block + 2)) != handle)
        return NULL;
    return (struct handle *)at(heap, handle);
}

/* The data of a handle of either kind; 0: none. */
static uint16_t data_of(const struct heap *heap, uint16_t handle, struct handle **out_moveable)
{
    *out_moveable = handle_find(heap, handle);
    if (*out_moveable)
        return (*out_moveable)->block;
    return block_at(heap, handle) ? handle : 0;
}

uint16_t local_alloc(uint16_t segment, uint16_t flags, uint16_t bytes)
{
    const struct heap *heap = heap_of(segment);
    uint16_t handle = 0;
    if (!heap)
        return 0;
    if (flags & LMEM_MOVEABLE) {
        handle = block_take(heap, HANDLE_BYTES, 0);
        if (!handle)
            return 0;
        word_set(heap, (uint16_t)(handle - 2), handle);
    }
    uint16_t data = handle && !bytes ? 0 : block_take(heap, bytes, handle);
    if (!data && (!handle || bytes)) {
        if (handle)
            word_set(heap, (uint16_t)(handle - HEADER), size_of(heap, (uint16_t)(handle - HEADER)));
        return 0;
    }
    if (data && flags & LMEM_ZEROINIT)
        memset(at(heap, data), 0, data_bytes(heap, data));
    if (!handle)
        return data;
    *(struct handle *)at(heap, handle) = (struct handle){.block = data, .flags = flags >> 8 & 0x0f};
    return handle;
}

static void block_free(const struct heap *heap, uint16_t data)
{
    uint16_t block = (uint16_t)(data - HEADER);
    word_set(heap, block, size_of(heap, block));
}

uint16_t local_free(uint16_t segment, uint16_t handle)
{
    const struct heap *heap = heap_of(segment);
    struct handle *moveable;
    if (!handle)
        return 0;
    uint16_t data = heap ? data_of(heap, handle, &moveable) : 0;
    if (!heap || (!data && !moveable) || (moveable && moveable->locks))
        return handle;
    if (data)
        block_free(heap, data);
    if (moveable)
        block_free(heap, handle);
    return 0;
}

static uint16_t resized(const struct heap *heap, uint16_t data, uint16_t bytes, uint16_t owner,
                        uint16_t flags, bool may_move)
{
    uint16_t old = data_bytes(heap, data), block = (uint16_t)(data - HEADER),
             wanted = needed(bytes);
    if (!wanted)
        return 0;
    uint16_t size = size_of(heap, block), next = (uint16_t)(block + size);
    if (size < wanted && next < heap->end && !is_taken(heap, next)) {
        uint16_t more = free_join(heap, next);
        word_set(heap, block, (uint16_t)(size + more) | TAKEN);
        size = (uint16_t)(size + more);
    }
    if (size >= wanted) {
        block_cut(heap, block, wanted);
    } else {
        uint16_t other = may_move ? block_take(heap, bytes, owner) : 0;
        if (!other)
            return 0;
        memcpy(at(heap, other), at(heap, data), old);
        block_free(heap, data);
        data = other;
    }
    if (flags & LMEM_ZEROINIT && data_bytes(heap, data) > old)
        memset(at(heap, (uint16_t)(data + old)), 0, data_bytes(heap, data) - old);
    return data;
}

uint16_t local_realloc(uint16_t segment, uint16_t handle, uint16_t bytes, uint16_t flags)
{
    const struct heap *heap = heap_of(segment);
    struct handle *moveable;
    uint16_t data = heap ? data_of(heap, handle, &moveable) : 0;
    if (!heap || (!data && !moveable))
        return 0;
    if (flags & LMEM_MODIFY) {
        if (moveable)
            moveable->flags = flags >> 8 & 0x0f;
        return handle;
    }
    if (moveable && !bytes) { /* discards */
        if (moveable->locks)
            return 0;
        if (data)
            block_free(heap, data);
        moveable->block = 0;
        return handle;
    }
    bool may_move = moveable ? !moveable->locks || flags & LMEM_MOVEABLE : flags & LMEM_MOVEABLE;
    uint16_t other = data ? resized(heap, data, bytes, moveable ? handle : 0, flags, may_move)
                          : block_take(heap, bytes, handle);
    if (!other)
        return 0;
    if (!moveable)
        return other;
    moveable->block = other;
    return handle;
}

uint16_t local_lock(uint16_t segment, uint16_t handle)
{
    const struct heap *heap = heap_of(segment);
    struct handle *moveable = NULL;
    uint16_t data = heap ? data_of(heap, handle, &moveable) : 0;
    if (moveable && data && moveable->locks < 0xff)
        moveable->locks++;
    return data;
}

bool local_unlock(uint16_t segment, uint16_t handle)
{
    const struct heap *heap = heap_of(segment);
    struct handle *moveable = heap ? handle_find(heap, handle) : NULL;
    if (moveable && moveable->locks)
        moveable->locks--;
    return moveable && moveable->locks;
}

uint16_t local_size(uint16_t segment, uint16_t handle)
{
    const struct heap *heap = heap_of(segment);
    struct handle *moveable;
    uint16_t data = heap ? data_of(heap, handle, &moveable) : 0;
    return data ? data_bytes(heap, data) : 0;
}

uint16_t local_handle(uint16_t segment, uint16_t offset)
{
    const struct heap *heap = heap_of(segment);
    uint16_t block = heap ? block_at(heap, offset) : 0;
    uint16_t owner = block ? word_get(heap, (uint16_t)(block + 2)) : 0;
    return owner ? owner : block ? offset : 0;
}

uint16_t local_flags(uint16_t segment, uint16_t handle)
{
    const struct heap *heap = heap_of(segment);
    struct handle *moveable = heap ? handle_find(heap, handle) : NULL;
    if (!moveable)
        return 0;
    return (uint16_t)(moveable->locks | moveable->flags << 8 |
                      (moveable->block ? 0 : LMEM_DISCARDED));
}

uint16_t local_largest(uint16_t segment)
{
    const struct heap *heap = heap_of(segment);
    uint16_t largest = 0;
    for (uint16_t block = heap ? heap->start : 1, size; heap && block < heap->end;
         block = (uint16_t)(block + size)) {
        bool is_free = !is_taken(heap, block);
        size = is_free ? free_join(heap, block) : size_of(heap, block);
        if (!size)
            break;
        if (is_free && size > largest)
            largest = size;
    }
    return largest > HEADER ? (uint16_t)(largest - HEADER) : 0;
}
