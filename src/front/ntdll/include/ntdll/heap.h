/* SPDX-License-Identifier: MIT */
/* ntdll/heap.h - memory of the program's window: pages, and heaps above them.
 *
 * Everything handed out may be passed to services and seen by drivers. Heaps are as
 * documented for HeapCreate: blocks aligned to 16 bytes, each of one heap; a heap's own lock
 * makes it safe for threads unless it was made without.
 */
#ifndef NTDLL_HEAP_H
#define NTDLL_HEAP_H

#include "ntdll/win.h"

/* Reserves and commits whole pages. Errors: the service's status. */
NTSTATUS memory_allocate(size_t size, ULONG protect, void **out_address);
/* STATUS_CONFLICTING_ADDRESSES: something lies there. */
NTSTATUS memory_allocate_at(void *address, size_t size, ULONG protect);
void memory_free(void *address);
NTSTATUS memory_protect(void *address, size_t size, ULONG protect);

struct heap;

/* NULL when there is no memory. maximum 0: grows. */
struct heap *heap_create(ULONG flags, size_t maximum);
void heap_destroy(struct heap *heap);
bool heap_is(const struct heap *heap);
/* NULL when there is no memory. size 0 gives a block of its own, as documented. */
void *heap_allocate(struct heap *heap, ULONG flags, size_t size);
/* False: not a block of this heap. NULL is freed by doing nothing. */
bool heap_free(struct heap *heap, ULONG flags, void *block);
void *heap_resize(struct heap *heap, ULONG flags, void *block, size_t size);
/* SIZE_MAX: not a block of this heap. */
size_t heap_size(struct heap *heap, ULONG flags, const void *block);
/* True when every block (or that one) is whole. */
bool heap_check(struct heap *heap, const void *block);

struct heap *heap_process(void);
/* On the process heap. */
void *heap_take(size_t size);
void heap_give(void *block);

#endif
