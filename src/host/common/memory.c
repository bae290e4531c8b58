/* SPDX-License-Identifier: MIT */
/* memory.c - address space and anonymous pages.
 *
 * A range is reserved (no access, no cost), committed (zeroed pages), given other
 * rights, and goes back the same way. Every address and length is a whole number
 * of pages; anything else is our own mistake and stops the process.
 */
#include <errno.h>
#include <sys/mman.h>

#include "host_internal.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define HOST_ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static void memory_check(const void *address, size_t length)
{
    COVE_ASSERT(((uintptr_t)address & (HOST_PAGE - 1)) == 0);
    COVE_ASSERT((length & (HOST_PAGE - 1)) == 0 && length != 0);
}

int host_protection_bits(int protection)
{
    COVE_ASSERT((protection & ~(HOST_READ | HOST_WRITE | HOST_EXECUTE)) == 0);
    return (protection & HOST_READ ? PROT_READ : 0) | (protection & HOST_WRITE ? PROT_WRITE : 0) |
           (protection & HOST_EXECUTE ? PROT_EXEC : 0);
}

int host_memory_reserve(void *address, size_t length, void **out_address)
{
    void *got;

    memory_check(address, length);
    got = mmap(address, length, PROT_NONE, HOST_ANONYMOUS | (address ? MAP_FIXED_NOREPLACE : 0), -1,
               0);
    if (got == MAP_FAILED)
        return errno;
    if (address != NULL && got != address) { /* a kernel that does not know the flag */
        munmap(got, length);
        return EEXIST;
    }
    *out_address = got;
    return 0;
}

int host_memory_commit(void *address, size_t length, int protection)
{
    memory_check(address, length);
    if (mmap(address, length, host_protection_bits(protection), HOST_ANONYMOUS | MAP_FIXED, -1,
             0) == MAP_FAILED)
        return errno;
    return 0;
}

int host_memory_protect(void *address, size_t length, int protection)
{
    memory_check(address, length);
    return mprotect(address, length, host_protection_bits(protection)) == 0 ? 0 : errno;
}

void host_memory_decommit(void *address, size_t length)
{
    void *got;

    memory_check(address, length);
    got = mmap(address, length, PROT_NONE, HOST_ANONYMOUS | MAP_FIXED, -1, 0);
    COVE_ASSERT(got == address);
}

void host_memory_release(void *address, size_t length)
{
    int result;

    memory_check(address, length);
    result = munmap(address, length);
    COVE_ASSERT(result == 0);
}
