/* SPDX-License-Identifier: MIT */
/* allocator.c - where strings that this room makes come from: the allocator that ex set.
 *
 * Until it is set every allocation fails; nothing is ever taken from the native heap, so
 * that a driver may free what it was given.
 */
#include "rtl_internal.h"

static const struct rtl_allocator *allocator; /* set once at boot */

void rtl_allocator_set(const struct rtl_allocator *new_allocator)
{
    allocator = new_allocator;
}

void *rtl_allocate(size_t length, ULONG tag)
{
    return allocator == NULL ? NULL : allocator->allocate(length, tag);
}

void rtl_free(void *memory)
{
    if (memory != NULL)
        allocator->free(memory);
}
