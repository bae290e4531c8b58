/* SPDX-License-Identifier: MIT */
/* heap.c - memory: heaps, malloc, virtual memory and its protection. */
#include "check.h"

#include <stdint.h>
#include <stdlib.h>

#define BLOCKS 500

static int IsFilled(const unsigned char *Bytes, size_t Count, int Value)
{
    while (Count-- > 0)
        if (Bytes[Count] != (unsigned char)Value)
            return 0;
    return 1;
}

static void CheckHeaps(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    unsigned char *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 1000);
    Check("a heap of one's own", heap && block && IsFilled(block, 1000, 0));
    memset(block, 7, 1000);
    Check("its size", HeapSize(heap, 0, block) >= 1000);
    block = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 200000);
    Check("grown, the old bytes kept, the new zero",
          block && IsFilled(block, 1000, 7) && IsFilled(block + 1000, 199000, 0));
    Check("free", HeapFree(heap, 0, block));
    Check("destroy", HeapDestroy(heap));
    Check("the process heap", GetProcessHeap() != NULL);
    HLOCAL local = LocalAlloc(LPTR, 10);
    Check("LocalAlloc", local && IsFilled(local, 10, 0) && LocalFree(local) == NULL);
    HGLOBAL global = GlobalAlloc(GPTR, 10);
    Check("GlobalAlloc", global && GlobalFree(global) == NULL);
}

static void CheckMalloc(void)
{
    static unsigned char *blocks[BLOCKS];
    int right = 0;
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc((size_t)i * 37 + 1);
        if (blocks[i])
            memset(blocks[i], i, (size_t)i * 37 + 1);
    }
    for (int i = 0; i < BLOCKS; i += 2)
        blocks[i] = realloc(blocks[i], (size_t)i * 74 + 2);
    for (int i = 0; i < BLOCKS; i++)
        right += blocks[i] && IsFilled(blocks[i], (size_t)i * 37 + 1, i) &&
                 ((uintptr_t)blocks[i] & 15) == 0;
    Check("malloc and realloc", right == BLOCKS);
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    unsigned char *zero = calloc(100, 100);
    Check("calloc", zero && IsFilled(zero, 10000, 0));
    free(zero);
    Check("too much is refused", malloc((size_t)-1 / 2) == NULL);
}

static void CheckVirtual(void)
{
    MEMORY_BASIC_INFORMATION information;
    SYSTEM_INFO system;
    DWORD old = 0;
    GetSystemInfo(&system);
    Check("pages of 4 KiB, steps of 64 KiB",
          system.dwPageSize == 4096 && system.dwAllocationGranularity == 65536);
    unsigned char *base = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE, PAGE_READWRITE);
    Check("reserve", base && ((uintptr_t)base & 0xffff) == 0);
    Check("commit a part",
          VirtualAlloc(base + 8192, 8192, MEM_COMMIT, PAGE_READWRITE) == base + 8192);
    Check("it is zero", IsFilled(base + 8192, 8192, 0));
    base[8192] = 1;
    Check("query", VirtualQuery(base + 8192, &information, sizeof information) &&
                       information.AllocationBase == base && information.RegionSize == 8192 &&
                       information.State == MEM_COMMIT && information.Protect == PAGE_READWRITE);
    Check("query what is reserved",
          VirtualQuery(base, &information, sizeof information) && information.State == MEM_RESERVE);
    Check("protect", VirtualProtect(base + 8192, 4096, PAGE_READONLY, &old) &&
                         old == PAGE_READWRITE && base[8192] == 1);
    Check("decommit", VirtualFree(base + 8192, 8192, MEM_DECOMMIT));
    Check("commit again: zero",
          VirtualAlloc(base + 8192, 4096, MEM_COMMIT, PAGE_READWRITE) && base[8192] == 0);
    Check("release", VirtualFree(base, 0, MEM_RELEASE));
    CheckFails("not twice", VirtualFree(base, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
}

int main(void)
{
    CheckHeaps();
    CheckMalloc();
    CheckVirtual();
    return Result();
}
