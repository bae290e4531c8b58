/* SPDX-License-Identifier: MIT */
/* address.c - 32-bit addresses as 16-bit code can use them, and back.
 *
 * Making a selector costs more than a whole call, so those that were made are kept: each describes
 * 64 KiB from a page on, and serves every pointer into that page. One that a call still uses is not
 * changed; the least lately used of a set is.
 */
#include "flat_internal.h"
#include "loader16/memory16.h"

#define PAGE_BITS     12u
#define SETS          32u /* a power of 2 */
#define WAYS          4u
#define REACH         0x10000u
#define SCRATCH_BYTES 0xfff0u

static struct window {
    uint32_t page; /* number of it */
    uint32_t used; /* when: a count of calls */
    uint16_t selector, holds;
} windows[SETS * WAYS];

static struct {
    struct block16 *block;
    uint32_t used;
} scratch;

static uint32_t now;

static struct window *window_of(uint32_t page)
{
    struct window *set = &windows[(page & (SETS - 1)) * WAYS], *oldest = NULL;
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].selector && set[i].page == page)
            return &set[i];
        if (!set[i].holds && (!oldest || set[i].used < oldest->used))
            oldest = &set[i];
    }
    if (!oldest)
        return NULL;
    void *base = (void *)(uintptr_t)(page << PAGE_BITS);
    if (oldest->selector) {
        if (selector_set(oldest->selector, base, REACH, CPU16_DATA))
            return NULL;
    } else {
        oldest->selector = selector_take(base, REACH, CPU16_DATA);
        if (!oldest->selector)
            return NULL;
    }
    oldest->page = page;
    return oldest;
}

uint32_t flat_to_far(void *context, uint32_t flat, uint32_t bytes)
{
    struct flat_addresses *addresses = context;
    if (addresses->count == FLAT_HELD_MAX || flat > UINT32_MAX - REACH)
        return 0;
    struct window *window = window_of(flat >> PAGE_BITS);
    if (!window)
        return 0;
    window->used = ++now;
    window->holds++;
    addresses->held[addresses->count++] = (uint8_t)(window - windows);
    return far16_value(FAR16(window->selector, flat & ((1u << PAGE_BITS) - 1)));
}

uint32_t flat_to_flat(void *context, uint32_t far, uint32_t bytes)
{
    return (uint32_t)(uintptr_t)far16_flat(far16_of(far), bytes);
}

void flat_addresses_release(struct flat_addresses *addresses)
{
    while (addresses->count)
        windows[addresses->held[--addresses->count]].holds--;
}

uint8_t *flat_scratch_take(uint32_t bytes, uint32_t *out_far)
{
    if (!scratch.block)
        scratch.block = block16_take(SCRATCH_BYTES, 0, CPU16_DATA, 0);
    if (!scratch.block || bytes > SCRATCH_BYTES - scratch.used)
        return NULL;
    uint8_t *memory = scratch.block->memory + scratch.used;
    *out_far = far16_value(FAR16(scratch.block->selector, scratch.used));
    scratch.used += bytes;
    return memory;
}

void flat_scratch_give(uint8_t *memory)
{
    scratch.used = (uint32_t)(memory - scratch.block->memory);
}
