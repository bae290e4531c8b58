/* SPDX-License-Identifier: MIT */
/* local.h - heaps inside a data segment: offsets, not pointers.
 *
 * A heap lies in the segment itself and is found by its selector. A fixed block's handle is its
 * offset; a moveable one's is the offset of a word pair in the heap whose first word is the block.
 * 0 is no handle.
 */
#ifndef KERNEL16_LOCAL_H
#define KERNEL16_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#define LMEM_MOVEABLE    0x0002u
#define LMEM_ZEROINIT    0x0040u
#define LMEM_MODIFY      0x0080u
#define LMEM_DISCARDABLE 0x0f00u
#define LMEM_DISCARDED   0x4000u

/* From start to end (both offsets) in that segment. False: there is no room for one. */
bool local_init(uint16_t segment, uint16_t start, uint16_t end);
uint16_t local_alloc(uint16_t segment, uint16_t flags, uint16_t bytes);
uint16_t local_realloc(uint16_t segment, uint16_t handle, uint16_t bytes, uint16_t flags);
/* 0, or the handle when it is none. */
uint16_t local_free(uint16_t segment, uint16_t handle);
uint16_t local_lock(uint16_t segment, uint16_t handle);
bool local_unlock(uint16_t segment, uint16_t handle);
uint16_t local_size(uint16_t segment, uint16_t handle);
uint16_t local_handle(uint16_t segment, uint16_t offset);
uint16_t local_flags(uint16_t segment, uint16_t handle);
/* The largest block that could be had. */
uint16_t local_largest(uint16_t segment);

#endif
