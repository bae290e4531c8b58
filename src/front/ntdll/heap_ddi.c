/* SPDX-License-Identifier: MIT */
/* heap_ddi.c - RtlAllocateHeap and its family, which kernel32's Heap* forward to.
 *
 * Doc: ntifs.h RtlCreateHeap …; heapapi.h. Differs: a caller's own memory, lock or commit
 * routine for RtlCreateHeap is ignored: the heap lies in memory of its own.
 */
#include "ntdll/error.h"
#include "ntdll/exception.h"
#include "ntdll/heap.h"
#include "ntdll/teb.h"

EXPORT(PVOID, RtlCreateHeap,
       (ULONG flags, PVOID base, SIZE_T reserve, SIZE_T commit, PVOID lock,
        PRTL_HEAP_PARAMETERS parameters))
{
    return heap_create(flags, flags & HEAP_GROWABLE ? 0 : reserve);
}

/* Answers the heap when it could not be destroyed, else NULL. */
EXPORT(PVOID, RtlDestroyHeap, (PVOID heap))
{
    if (!heap_is(heap) || heap == heap_process())
        return heap;
    heap_destroy(heap);
    return NULL;
}

EXPORT(PVOID, RtlAllocateHeap, (PVOID heap, ULONG flags, SIZE_T size))
{
    PVOID block = heap_allocate(heap, flags, size);
    if (!block && flags & HEAP_GENERATE_EXCEPTIONS)
        exception_raise_status(STATUS_NO_MEMORY);
    return block;
}

EXPORT(LOGICAL, RtlFreeHeap, (PVOID heap, ULONG flags, PVOID block))
{
    bool is_freed = heap_free(heap, flags, block);
    if (!is_freed)
        error_set(ERROR_INVALID_PARAMETER);
    return is_freed;
}

EXPORT(PVOID, RtlReAllocateHeap, (PVOID heap, ULONG flags, PVOID block, SIZE_T size))
{
    PVOID moved = heap_resize(heap, flags, block, size);
    if (!moved && flags & HEAP_GENERATE_EXCEPTIONS)
        exception_raise_status(STATUS_NO_MEMORY);
    return moved;
}

EXPORT(SIZE_T, RtlSizeHeap, (PVOID heap, ULONG flags, PVOID block))
{
    return heap_size(heap, flags, block);
}

EXPORT(BOOLEAN, RtlValidateHeap, (PVOID heap, ULONG flags, PVOID block))
{
    return heap_check(heap, block);
}

EXPORT(PVOID, RtlProcessHeap, (void))
{
    return heap_process();
}
