/* SPDX-License-Identifier: MIT */
/* slist_ddi.c - singly linked lists that many threads push to and pop from. Doc: interlockedapi.h
 *
 * The head's two words change together: depth (16 bits) and sequence (48) in the first, the
 * first entry above four zero bits in the second, as documented for x64. The sequence keeps
 * a pop from succeeding on a list that has changed and changed back.
 */
#include "win32_internal.h"

struct slist_entry {
    struct slist_entry *next;
};

#ifdef __LP64__
typedef unsigned __int128 pair;
#define DEPTH_OF(head) ((uint16_t)(head))
#else /* the first entry in the low 32 bits, then depth and sequence with 16 each */
typedef uint64_t pair;
#define DEPTH_OF(head) ((uint16_t)((head) >> 32))
#endif

static pair head_load(const volatile PSLIST_HEADER head)
{
    pair expected = 0;
    return __sync_val_compare_and_swap((volatile pair *)head, expected, expected);
}

static bool head_swap(volatile PSLIST_HEADER head, pair from, pair to)
{
    return __sync_bool_compare_and_swap((volatile pair *)head, from, to);
}

#ifdef __LP64__
static struct slist_entry *first_of(pair head)
{
    return (struct slist_entry *)((uint64_t)(head >> 64) & ~(uint64_t)15);
}

static pair head_make(pair old, struct slist_entry *first, int depth_change)
{
    uint64_t low = (uint64_t)old;
    uint64_t depth = (low + (uint64_t)(int64_t)depth_change) & 0xffff;
    uint64_t sequence = ((low >> 16) + 1) & 0xffffffffffff;
    return (pair)(uint64_t)first << 64 | sequence << 16 | depth;
}
#else
static struct slist_entry *first_of(pair head)
{
    return (struct slist_entry *)(uintptr_t)head;
}

static pair head_make(pair old, struct slist_entry *first, int depth_change)
{
    uint16_t depth = (uint16_t)(DEPTH_OF(old) + depth_change);
    uint64_t sequence = (old >> 48) + 1;
    return sequence << 48 | (uint64_t)depth << 32 | (uintptr_t)first;
}
#endif

EXPORT(void, front_InitializeSListHead, (PSLIST_HEADER head))
{
    *(pair *)head = 0;
}

EXPORT(PVOID, front_InterlockedPushEntrySList, (PSLIST_HEADER head, struct slist_entry *entry))
{
    for (;;) {
        pair old = head_load(head);
        entry->next = first_of(old);
        if (head_swap(head, old, head_make(old, entry, 1)))
            return entry->next;
    }
}

EXPORT(PVOID, front_InterlockedPopEntrySList, (PSLIST_HEADER head))
{
    for (;;) {
        pair old = head_load(head);
        struct slist_entry *first = first_of(old);
        if (!first)
            return NULL;
        if (head_swap(head, old, head_make(old, first->next, -1)))
            return first;
    }
}

EXPORT(PVOID, front_InterlockedFlushSList, (PSLIST_HEADER head))
{
    for (;;) {
        pair old = head_load(head);
        if (!first_of(old))
            return NULL;
        if (head_swap(head, old, head_make(old, NULL, -(int)DEPTH_OF(old))))
            return first_of(old);
    }
}

EXPORT(USHORT, front_QueryDepthSList, (PSLIST_HEADER head))
{
    return DEPTH_OF(head_load(head));
}
