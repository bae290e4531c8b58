/* SPDX-License-Identifier: MIT */
/* local_ddi.c - KERNEL: the local heap of the caller's data segment. */
#include "abi/win16.h"
#include "kernel_internal.h"
#include "local.h"

uint16_t caller_data(void)
{
    return (uint16_t)cpu16_outer()->ds;
}

/* segment 0: the caller's; start 0: end is a size. */
uint32_t kernel16_LocalInit(uint16_t segment, uint16_t start, uint16_t end)
{
    return local_init(segment ? segment : caller_data(), start, end);
}

uint32_t kernel16_LocalAlloc(uint16_t flags, uint16_t bytes)
{
    return local_alloc(caller_data(), flags, bytes);
}

uint32_t kernel16_LocalReAlloc(uint16_t handle, uint16_t bytes, uint16_t flags)
{
    return local_realloc(caller_data(), handle, bytes, flags);
}

uint32_t kernel16_LocalFree(uint16_t handle)
{
    return local_free(caller_data(), handle);
}

uint32_t kernel16_LocalLock(uint16_t handle)
{
    return local_lock(caller_data(), handle);
}

uint32_t kernel16_LocalUnlock(uint16_t handle)
{
    return local_unlock(caller_data(), handle);
}

uint32_t kernel16_LocalSize(uint16_t handle)
{
    return local_size(caller_data(), handle);
}

uint32_t kernel16_LocalHandle(uint16_t offset)
{
    return local_handle(caller_data(), offset);
}

uint32_t kernel16_LocalFlags(uint16_t handle)
{
    return local_flags(caller_data(), handle);
}

uint32_t kernel16_LocalCompact(uint16_t wanted)
{
    return local_largest(caller_data());
}

uint32_t kernel16_LocalShrink(uint16_t segment, uint16_t bytes)
{
    return selector_limit(segment ? segment : caller_data()) + 1;
}
