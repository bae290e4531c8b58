/* SPDX-License-Identifier: MIT */
/* memory.c - malloc and its relatives on the process heap.
 *
 * Doc: "Memory allocation", a page by name. Differs: a new-handler (_set_new_handler) is kept
 * but never called.
 */
#include <string.h>

#include "crt_internal.h"

CRT(void *, ucrt_malloc, (size_t size))
{
    void *block = heap_take(size);
    if (!block)
        crt_fail(ENOMEM);
    return block;
}

CRT(void, ucrt_free, (void *block))
{
    heap_give(block);
}

CRT(void *, ucrt_calloc, (size_t count, size_t size))
{
    size_t bytes;
    void *block = NULL;
    if (!__builtin_mul_overflow(count, size, &bytes))
        block = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, bytes);
    if (!block)
        crt_fail(ENOMEM);
    return block;
}

CRT(void *, ucrt_realloc, (void *block, size_t size))
{
    if (!block)
        return ucrt_malloc(size);
    if (!size) {
        heap_give(block);
        return NULL;
    }
    void *moved = heap_resize(heap_process(), 0, block, size);
    if (!moved)
        crt_fail(ENOMEM);
    return moved;
}

CRT(size_t, ucrt__msize, (void *block))
{
    if (!block)
        return crt_invalid(EINVAL), SIZE_MAX;
    return heap_size(heap_process(), 0, block);
}

CRT(void *, ucrt__expand, (void *block, size_t size))
{
    if (!block)
        return crt_invalid(EINVAL), NULL;
    return size <= heap_size(heap_process(), 0, block) ? block : NULL;
}

CRT(void *, ucrt__recalloc, (void *block, size_t count, size_t size))
{
    size_t bytes;
    if (!block)
        return ucrt_calloc(count, size);
    if (__builtin_mul_overflow(count, size, &bytes))
        return crt_fail(ENOMEM), NULL;
    size_t old = heap_size(heap_process(), 0, block);
    char *moved = ucrt_realloc(block, bytes);
    if (moved && bytes > old)
        memset(moved + old, 0, bytes - old);
    return moved;
}

CRT(int, ucrt__heapchk, (void))
{
    enum { HEAP_OK = -2, HEAP_BAD_NODE = -4 };
    return heap_check(heap_process(), NULL) ? HEAP_OK : HEAP_BAD_NODE;
}

CRT(int, ucrt__heapmin, (void))
{
    return 0; /* pages go back as blocks do */
}

CRT(intptr_t, ucrt__get_heap_handle, (void))
{
    return (intptr_t)heap_process();
}

CRT(int, ucrt__callnewh, (size_t size))
{
    return 0; /* no handler: the caller throws bad_alloc */
}

static _Atomic int new_mode;

CRT(int, ucrt__set_new_mode, (int mode))
{
    if (mode != 0 && mode != 1)
        return crt_fail(EINVAL);
    return atomic_exchange(&new_mode, mode);
}

CRT(int, ucrt__query_new_mode, (void))
{
    return new_mode;
}

static _Atomic(int(WINAPI *)(size_t)) new_handler;

CRT(void *, ucrt__set_new_handler, (int(WINAPI * handler)(size_t)))
{
    return (void *)atomic_exchange(&new_handler, handler);
}

/* ---- aligned ----------------------------------------------------------------------------------
 */

/* The block's own address and its size stand in front of the aligned one. */
struct aligned {
    void *block;
    size_t size;
};

static struct aligned *aligned_of(void *memory)
{
    return (struct aligned *)memory - 1;
}

CRT(void *, ucrt__aligned_offset_malloc, (size_t size, size_t alignment, size_t offset))
{
    size_t bytes;
    if (!alignment || alignment & (alignment - 1) || (offset && offset >= size))
        return crt_invalid(EINVAL), NULL;
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    if (__builtin_add_overflow(size, alignment + sizeof(struct aligned), &bytes))
        return crt_fail(ENOMEM), NULL;
    char *block = ucrt_malloc(bytes);
    if (!block)
        return NULL;
    uintptr_t at = (uintptr_t)block + sizeof(struct aligned) + offset;
    at = ((at + alignment - 1) & ~(alignment - 1)) - offset;
    /* An odd offset makes an odd address in front of which this is written. */
    struct aligned head = {block, size};
    memcpy(aligned_of((void *)at), &head, sizeof head);
    return (void *)at;
}

CRT(void *, ucrt__aligned_malloc, (size_t size, size_t alignment))
{
    return ucrt__aligned_offset_malloc(size, alignment, 0);
}

CRT(void, ucrt__aligned_free, (void *memory))
{
    struct aligned head;
    if (!memory)
        return;
    memcpy(&head, aligned_of(memory), sizeof head);
    heap_give(head.block);
}

CRT(size_t, ucrt__aligned_msize, (void *memory, size_t alignment, size_t offset))
{
    struct aligned head;
    if (!memory)
        return crt_invalid(EINVAL), SIZE_MAX;
    memcpy(&head, aligned_of(memory), sizeof head);
    return head.size;
}

CRT(void *, ucrt__aligned_offset_realloc,
    (void *memory, size_t size, size_t alignment, size_t offset))
{
    if (!memory)
        return ucrt__aligned_offset_malloc(size, alignment, offset);
    if (!size) {
        ucrt__aligned_free(memory);
        return NULL;
    }
    void *moved = ucrt__aligned_offset_malloc(size, alignment, offset);
    if (!moved)
        return NULL;
    size_t old = ucrt__aligned_msize(memory, alignment, offset);
    memcpy(moved, memory, old < size ? old : size);
    ucrt__aligned_free(memory);
    return moved;
}

CRT(void *, ucrt__aligned_realloc, (void *memory, size_t size, size_t alignment))
{
    return ucrt__aligned_offset_realloc(memory, size, alignment, 0);
}
