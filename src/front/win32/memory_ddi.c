/* SPDX-License-Identifier: MIT */
/* memory_ddi.c - pages, heaps, and the old local and global memory above the process heap.
 *
 * Doc: memoryapi.h, heapapi.h, winbase.h. Differs: movable memory does not move: a handle is
 * its block's address.
 */
#include <string.h>

#include "host/host.h"
#include "win32_internal.h"

/* ---- pages --------------------------------------------------------------------------------------
 */

EXPORT(LPVOID, VirtualAllocEx,
       (HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protect))
{
    PVOID base = address;
    SIZE_T length = size;
    NTSTATUS status = NtAllocateVirtualMemory(process, &base, 0, &length, type, protect);
    return error_result(status) ? base : NULL;
}

EXPORT(LPVOID, VirtualAlloc, (LPVOID address, SIZE_T size, DWORD type, DWORD protect))
{
    return VirtualAllocEx(ZwCurrentProcess(), address, size, type, protect);
}

EXPORT(BOOL, VirtualFreeEx, (HANDLE process, LPVOID address, SIZE_T size, DWORD type))
{
    PVOID base = address;
    SIZE_T length = size;
    if (type & MEM_RELEASE && size)
        return error_fail(ERROR_INVALID_PARAMETER);
    return error_result(NtFreeVirtualMemory(process, &base, &length, type));
}

EXPORT(BOOL, VirtualFree, (LPVOID address, SIZE_T size, DWORD type))
{
    return VirtualFreeEx(ZwCurrentProcess(), address, size, type);
}

EXPORT(BOOL, VirtualProtectEx,
       (HANDLE process, LPVOID address, SIZE_T size, DWORD protect, DWORD *old))
{
    PVOID base = address;
    SIZE_T length = size;
    ULONG before = 0;
    if (!old)
        return error_fail(ERROR_NOACCESS);
    NTSTATUS status = NtProtectVirtualMemory(process, &base, &length, protect, &before);
    *old = before;
    return error_result(status);
}

EXPORT(BOOL, VirtualProtect, (LPVOID address, SIZE_T size, DWORD protect, DWORD *old))
{
    return VirtualProtectEx(ZwCurrentProcess(), address, size, protect, old);
}

EXPORT(SIZE_T, VirtualQueryEx,
       (HANDLE process, LPCVOID address, MEMORY_BASIC_INFORMATION *out, SIZE_T size))
{
    SIZE_T returned = 0;
    NTSTATUS status =
        NtQueryVirtualMemory(process, (PVOID)address, MemoryBasicInformation, out, size, &returned);
    return error_result(status) ? returned : 0;
}

EXPORT(SIZE_T, VirtualQuery, (LPCVOID address, MEMORY_BASIC_INFORMATION *out, SIZE_T size))
{
    return VirtualQueryEx(ZwCurrentProcess(), address, out, size);
}

EXPORT(BOOL, VirtualLock, (LPVOID address, SIZE_T size))
{
    PVOID base = address;
    SIZE_T length = size;
    return error_result(NtLockVirtualMemory(ZwCurrentProcess(), &base, &length, 1));
}

EXPORT(BOOL, VirtualUnlock, (LPVOID address, SIZE_T size))
{
    PVOID base = address;
    SIZE_T length = size;
    return error_result(NtUnlockVirtualMemory(ZwCurrentProcess(), &base, &length, 1));
}

static bool is_committed(const void *address, size_t size, bool for_write)
{
    const char *at = address, *end = at + size;
    while (at < end) {
        MEMORY_BASIC_INFORMATION region;
        SIZE_T returned;
        NTSTATUS status =
            NtQueryVirtualMemory(ZwCurrentProcess(), (PVOID)at, MemoryBasicInformation, &region,
                                 sizeof region, &returned);
        if (!NT_SUCCESS(status) || region.State != MEM_COMMIT || region.Protect & PAGE_NOACCESS)
            return false;
        if (for_write && !(region.Protect & (PAGE_READWRITE | PAGE_WRITECOPY |
                                             PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)))
            return false;
        at = (const char *)region.BaseAddress + region.RegionSize;
    }
    return true;
}

EXPORT(BOOL, IsBadReadPtr, (LPCVOID address, ULONG_PTR size))
{
    return size && !is_committed(address, size, false);
}

EXPORT(BOOL, IsBadWritePtr, (LPVOID address, ULONG_PTR size))
{
    return size && !is_committed(address, size, true);
}

EXPORT(BOOL, IsBadCodePtr, (FARPROC address))
{
    return !is_committed((LPCVOID)address, 1, false);
}

EXPORT(BOOL, ReadProcessMemory,
       (HANDLE process, LPCVOID address, LPVOID buffer, SIZE_T size, SIZE_T *done))
{
    SIZE_T copied = 0;
    NTSTATUS status = NtReadVirtualMemory(process, (PVOID)address, buffer, size, &copied);
    if (done)
        *done = copied;
    return error_result(status);
}

EXPORT(BOOL, WriteProcessMemory,
       (HANDLE process, LPVOID address, LPCVOID buffer, SIZE_T size, SIZE_T *done))
{
    SIZE_T copied = 0;
    NTSTATUS status = NtWriteVirtualMemory(process, address, (PVOID)buffer, size, &copied);
    if (done)
        *done = copied;
    return error_result(status == STATUS_PARTIAL_COPY && !copied ? STATUS_ACCESS_VIOLATION
                                                                 : status);
}

/* ---- heaps
 * ---------------------------------------------------------------------------------------- */

EXPORT(HANDLE, GetProcessHeap, (void))
{
    return heap_process();
}

EXPORT(HANDLE, HeapCreate, (DWORD flags, SIZE_T initial, SIZE_T maximum))
{
    struct heap *heap = heap_create(flags, maximum);
    return heap ? heap : (error_set(ERROR_NOT_ENOUGH_MEMORY), NULL);
}

EXPORT(BOOL, HeapDestroy, (HANDLE heap))
{
    if (!heap_is(heap) || heap == heap_process())
        return error_fail(ERROR_INVALID_HANDLE);
    heap_destroy(heap);
    return TRUE;
}

EXPORT(BOOL, HeapFree, (HANDLE heap, DWORD flags, LPVOID block))
{
    return heap_free(heap, flags, block) ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

EXPORT(BOOL, HeapValidate, (HANDLE heap, DWORD flags, LPCVOID block))
{
    return heap_check(heap, block);
}

EXPORT(SIZE_T, HeapCompact, (HANDLE heap, DWORD flags))
{
    return 0x10000;
}

EXPORT(BOOL, HeapSetInformation, (HANDLE heap, int class, PVOID information, SIZE_T size))
{
    return TRUE; /* termination on corruption, low fragmentation: wishes */
}

EXPORT(DWORD, GetProcessHeaps, (DWORD count, HANDLE *heaps))
{
    if (count)
        heaps[0] = heap_process();
    return 1;
}

/* ---- local and global memory
 * -------------------------------------------------------------------------- */

#define MEMORY_ZERO 0x40u /* LMEM_ZEROINIT, GMEM_ZEROINIT */

EXPORT(HLOCAL, LocalAlloc, (UINT flags, SIZE_T size))
{
    void *block = heap_allocate(heap_process(), flags & MEMORY_ZERO ? HEAP_ZERO_MEMORY : 0, size);
    return block ? block : (error_set(ERROR_NOT_ENOUGH_MEMORY), NULL);
}

EXPORT(HLOCAL, LocalReAlloc, (HLOCAL block, SIZE_T size, UINT flags))
{
    void *moved =
        heap_resize(heap_process(), flags & MEMORY_ZERO ? HEAP_ZERO_MEMORY : 0, block, size);
    return moved ? moved : (error_set(ERROR_NOT_ENOUGH_MEMORY), NULL);
}

EXPORT(HLOCAL, LocalFree, (HLOCAL block))
{
    if (heap_free(heap_process(), 0, block))
        return NULL;
    error_set(ERROR_INVALID_HANDLE);
    return block;
}

EXPORT(SIZE_T, LocalSize, (HLOCAL block))
{
    size_t size = heap_size(heap_process(), 0, block);
    return size == SIZE_MAX ? (error_set(ERROR_INVALID_HANDLE), 0) : size;
}

EXPORT(LPVOID, LocalLock, (HLOCAL block))
{
    return block;
}

EXPORT(BOOL, LocalUnlock, (HLOCAL block))
{
    error_set(ERROR_SUCCESS);
    return FALSE; /* not locked any more */
}

EXPORT(HLOCAL, LocalHandle, (LPCVOID block))
{
    return (HLOCAL)block;
}

struct memory_status { /* MEMORYSTATUSEX */
    DWORD length, load;
    DWORDLONG physical, physical_free, page_file, page_file_free, address, address_free, extended;
};

EXPORT(BOOL, GlobalMemoryStatusEx, (struct memory_status * status))
{
    if (status->length != sizeof *status)
        return error_fail(ERROR_INVALID_PARAMETER);
    status->load = 50;
    status->physical = status->page_file = (DWORDLONG)4 << 30;
    status->physical_free = status->page_file_free = (DWORDLONG)2 << 30;
    status->address = (DWORDLONG)64 << 30;
    status->address_free = (DWORDLONG)63 << 30;
    status->extended = 0;
    return TRUE;
}
