/* SPDX-License-Identifier: MIT */
/* front_fake.h - a program's surroundings for tests: memory services, and a thread block.
 *
 * The services stand in for the generated stubs: memory comes from the host, is counted, and
 * can be made to run out. One test program includes this once.
 */
#ifndef FRONT_FAKE_H
#define FRONT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"

#define FAKE_REGIONS 64

static struct {
    void *address[FAKE_REGIONS], *reserved[FAKE_REGIONS];
    size_t size[FAKE_REGIONS]; /* reserved */
    int count;
    int left; /* allocations until there is no memory; -1: never */
} fake_memory = {.left = -1};

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, PVOID *base, ULONG_PTR zero_bits,
                                       PSIZE_T size, ULONG type, ULONG protect)
{
    int slot = 0;
    void *address = NULL;
    if (!fake_memory.left)
        return STATUS_NO_MEMORY;
    if (fake_memory.left > 0)
        fake_memory.left--;
    while (fake_memory.address[slot])
        assert_true(++slot < FAKE_REGIONS);
    size_t length = (*size + HOST_PAGE - 1) & ~(size_t)(HOST_PAGE - 1);
    /* Allocations begin at multiples of 64 KiB, as documented. */
    assert_int_equal(host_memory_reserve(NULL, length + 0x10000, &address), 0);
    fake_memory.reserved[slot] = address;
    fake_memory.size[slot] = length + 0x10000;
    address = (void *)(((uintptr_t)address + 0xffff) & ~(uintptr_t)0xffff);
    assert_int_equal(host_memory_commit(address, length, HOST_READ | HOST_WRITE), 0);
    fake_memory.address[slot] = address;
    fake_memory.count++;
    *base = address;
    *size = length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type)
{
    for (int slot = 0; slot < FAKE_REGIONS; slot++) {
        if (fake_memory.address[slot] == *base) {
            host_memory_release(fake_memory.reserved[slot], fake_memory.size[slot]);
            fake_memory.address[slot] = NULL;
            fake_memory.count--;
            return STATUS_SUCCESS;
        }
    }
    fail_msg("memory is freed that is not there");
    return STATUS_MEMORY_NOT_ALLOCATED;
}

NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG protect,
                                      PULONG old)
{
    int bits = protect == PAGE_READONLY       ? HOST_READ
               : protect == PAGE_EXECUTE_READ ? HOST_READ | HOST_EXECUTE
                                              : HOST_READ | HOST_WRITE;
    assert_int_equal(host_memory_protect(*base, *size, bits), 0);
    *old = PAGE_READWRITE;
    return STATUS_SUCCESS;
}

static struct peb fake_peb;

/* Makes the calling thread one of a program, with that number. */
static inline void fake_thread(struct teb *teb, uintptr_t id)
{
    memset(teb, 0, sizeof *teb);
    teb->Self = teb;
    teb->UniqueThread = (HANDLE)id;
    teb->ProcessEnvironmentBlock = &fake_peb;
    host_gs_set(teb);
}

#endif
