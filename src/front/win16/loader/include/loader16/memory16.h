/* SPDX-License-Identifier: MIT */
/* loader16/memory16.h - the global heap: blocks of memory, each with a selector or a run of them.
 *
 * A handle is the first selector; of a moveable block that number with its lowest bit off. Either
 * is taken where a handle is wanted, and so is any selector of the run. Nothing ever moves or is
 * discarded by itself. Blocks lie in the program's window and may hold code.
 */
#ifndef LOADER16_MEMORY16_H
#define LOADER16_MEMORY16_H

#include "cpu16/cpu16.h"

/* Flags of GlobalAlloc. */
#define GMEM_MOVEABLE    0x0002u
#define GMEM_NOCOMPACT   0x0010u
#define GMEM_NODISCARD   0x0020u
#define GMEM_ZEROINIT    0x0040u
#define GMEM_MODIFY      0x0080u
#define GMEM_DISCARDABLE 0x0100u
#define GMEM_DISCARDED   0x4000u
#define GMEM_SHARE       0x2000u

struct block16 {
    struct block16 *next;
    uint8_t *memory;
    uint32_t bytes; /* what the selectors reach; 0: discarded */
    uint16_t selector, selector_count;
    uint16_t flags, locks, owner;
};

/* NULL: no memory or no selectors. size_bytes 0 of a moveable block: a discarded one. */
struct block16 *block16_take(uint32_t size_bytes, uint16_t flags, enum cpu16_segment kind,
                             uint16_t owner);
void block16_give(struct block16 *block);
/* False: nothing has changed. Its selector may change unless it is locked. */
bool block16_resize(struct block16 *block, uint32_t size_bytes, uint16_t flags);
uint16_t block16_handle(const struct block16 *block);
/* By handle or selector; NULL: none. */
struct block16 *block16_find(uint16_t handle);
struct block16 *block16_first(void); /* newest first */
void block16_give_owned(uint16_t owner);

#endif
