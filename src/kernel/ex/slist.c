/* SPDX-License-Identifier: MIT */
/* slist.c - sequenced singly linked lists, changed by one 16-byte compare and exchange.
 *
 * The header is the documented one: depth and sequence in the first word, the first entry in
 * the second. The sequence grows with every push and flush, so an entry that left and came
 * back is noticed. A pop may read the link of an entry that somebody else has just popped:
 * its memory must stay mapped, as it does in pool.
 */
#include "slist.h"

typedef unsigned __int128 slist_word;

#define DEPTH_MASK   0xffffull
#define SEQUENCE_ONE 0x10000ull
#define LINK_MASK    (~0xfull)

static inline slist_word slist_word_of(uint64_t alignment, uint64_t region)
{
    return (slist_word)region << 64 | alignment;
}

static inline bool slist_exchange(SLIST_HEADER *head, uint64_t *alignment, uint64_t *region,
                                  uint64_t new_alignment, uint64_t new_region)
{
    slist_word old = slist_word_of(*alignment, *region);
    slist_word found = __sync_val_compare_and_swap((slist_word *)head, old,
                                                   slist_word_of(new_alignment, new_region));

    if (found == old)
        return true;
    *alignment = (uint64_t)found;
    *region = (uint64_t)(found >> 64);
    return false;
}

SLIST_ENTRY *slist_push_chain(SLIST_HEADER *head, SLIST_ENTRY *first, SLIST_ENTRY *last,
                              unsigned count)
{
    uint64_t alignment = __atomic_load_n(&head->Alignment, __ATOMIC_RELAXED);
    uint64_t region = __atomic_load_n(&head->Region, __ATOMIC_RELAXED);
    uint64_t depth;

    do {
        last->Next = (SLIST_ENTRY *)(region & LINK_MASK);
        depth = (alignment + count) & DEPTH_MASK;
    } while (!slist_exchange(head, &alignment, &region,
                             ((alignment + SEQUENCE_ONE) & ~DEPTH_MASK) | depth,
                             (uint64_t)(uintptr_t)first | (region & ~LINK_MASK)));
    return (SLIST_ENTRY *)(region & LINK_MASK);
}

/* The sanitizer would take the stale read for a fault of ours. */
__attribute__((no_sanitize("address", "thread"))) SLIST_ENTRY *slist_pop(SLIST_HEADER *head)
{
    uint64_t alignment = __atomic_load_n(&head->Alignment, __ATOMIC_ACQUIRE);
    uint64_t region = __atomic_load_n(&head->Region, __ATOMIC_ACQUIRE);
    SLIST_ENTRY *first;
    uint64_t next;

    do {
        first = (SLIST_ENTRY *)(region & LINK_MASK);
        if (first == NULL)
            return NULL;
        next = (uintptr_t)__atomic_load_n(&first->Next, __ATOMIC_RELAXED);
    } while (
        !slist_exchange(head, &alignment, &region,
                        ((alignment + SEQUENCE_ONE) & ~DEPTH_MASK) | ((alignment - 1) & DEPTH_MASK),
                        next | (region & ~LINK_MASK)));
    return first;
}

SLIST_ENTRY *slist_flush(SLIST_HEADER *head)
{
    uint64_t alignment = __atomic_load_n(&head->Alignment, __ATOMIC_ACQUIRE);
    uint64_t region = __atomic_load_n(&head->Region, __ATOMIC_ACQUIRE);

    do {
        if ((region & LINK_MASK) == 0)
            return NULL;
    } while (!slist_exchange(head, &alignment, &region, (alignment + SEQUENCE_ONE) & ~DEPTH_MASK,
                             region & ~LINK_MASK));
    return (SLIST_ENTRY *)(region & LINK_MASK);
}
