/* SPDX-License-Identifier: MIT */
/* memory.c - pages of the program's window, asked of the kernel.
 *
 * The addresses of the services' arguments are locals: callers run on a stack in the window.
 */
#include "ntdll/heap.h"
#include "ntdll/nt.h"

NTSTATUS memory_allocate(size_t size, ULONG protect, void **out_address)
{
    PVOID address = NULL;
    SIZE_T length = size;
    NTSTATUS status = NtAllocateVirtualMemory(ZwCurrentProcess(), &address, 0, &length,
                                              MEM_RESERVE | MEM_COMMIT, protect);
    if (NT_SUCCESS(status))
        *out_address = address;
    return status;
}

NTSTATUS memory_allocate_at(void *address, size_t size, ULONG protect)
{
    PVOID base = address;
    SIZE_T length = size;
    return NtAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &length, MEM_RESERVE | MEM_COMMIT,
                                   protect);
}

void memory_free(void *address)
{
    PVOID base = address;
    SIZE_T length = 0;
    NtFreeVirtualMemory(ZwCurrentProcess(), &base, &length, MEM_RELEASE);
}

NTSTATUS memory_protect(void *address, size_t size, ULONG protect)
{
    PVOID base = address;
    SIZE_T length = size;
    ULONG old;
    return NtProtectVirtualMemory(ZwCurrentProcess(), &base, &length, protect, &old);
}
