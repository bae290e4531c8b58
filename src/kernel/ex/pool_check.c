/* SPDX-License-Identifier: MIT */
/* pool_check.c - the bug checks of wrong frees and overwritten headers.
 *
 * Codes and parameters are the documented ones: "Bug Check 0x19: BAD_POOL_HEADER" and "Bug
 * Check 0xC2: BAD_POOL_CALLER". Nothing here returns.
 */
#include "pool_internal.h"

[[noreturn]] static void pool_bugcheck(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3,
                                       ULONG_PTR p4)
{
    ke_bugcheck(&(struct bugcheck){.code = code, .parameter = {p1, p2, p3, p4}});
}

void pool_caller_broke(ULONG rule, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
    pool_bugcheck(BAD_POOL_CALLER, rule, a, b, c);
}

void pool_free_invalid(void *memory)
{
    /* 0x40: a user address; 0x46: in the pool's range, but no block begins there; 0x42: it was
     * never in any pool. */
    if ((uintptr_t)memory < MM_USER_END)
        pool_caller_broke(0x40, (ULONG_PTR)memory, MM_USER_END, 0);
    if (ex_pool_contains(memory))
        pool_caller_broke(0x46, (ULONG_PTR)memory, 0, 0);
    pool_caller_broke(0x42, (ULONG_PTR)memory, 0, 0);
}

void pool_freed_twice(void *memory, struct block *block)
{
    ULONG_PTR header = 0;

    if (block != NULL)
        __builtin_memcpy(&header, block, sizeof(header));
    pool_caller_broke(0x07, 0, header, (ULONG_PTR)memory);
}

void pool_special_corrupt(const char *memory, const char *from)
{
    pool_bugcheck(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, (ULONG_PTR)memory, (ULONG_PTR)from, 0,
                  from < memory ? 0x23 : 0x24);
}

void pool_tag_wrong(void *memory, ULONG tag, ULONG given)
{
    pool_caller_broke(0x0a, (ULONG_PTR)memory, tag, given);
}

void pool_block_corrupt(struct block *block, struct block *next)
{
    pool_bugcheck(BAD_POOL_HEADER, 0x20, (ULONG_PTR)block, (ULONG_PTR)next, 0);
}

void pool_free_list_corrupt(struct block *block)
{
    pool_bugcheck(BAD_POOL_HEADER, 0x3, (ULONG_PTR)block, (ULONG_PTR)block->next, 0);
}
