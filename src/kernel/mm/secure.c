/* SPDX-License-Identifier: MIT */
/* secure.c - ranges of a program that a driver has asked to stay as they are.
 *
 * While a range is secured the program can neither free it nor take rights from it.
 * Each one is on its window's list; the driver's handle names it.
 */
#include "section.h"

#include <stdlib.h>

struct secured {
    struct secured *next;
    uint64_t start, end;
    uint64_t key;
    int wanted; /* HOST_… that must stay */
};

static _Atomic uint64_t last_key;

/* The window's slot is in the handle, so that any thread may give it back. */
#define KEY_SLOT_BITS 16u

NTSTATUS secure_range(struct mm_window *window, uint64_t start, uint64_t end, int wanted,
                      uint64_t *out_key)
{
    struct secured *secured = calloc(1, sizeof(*secured));
    NTSTATUS status = STATUS_ACCESS_VIOLATION;
    uint64_t at = start;

    if (secured == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *secured = (struct secured){.start = start, .end = end, .wanted = wanted};
    secured->key = (++last_key << KEY_SLOT_BITS) | (window->slot + 1);
    host_lock_take(&window->lock);
    for (size_t index = extent_find(window, start); at < end; index++) {
        const struct extent *extent = &window->extents[index];
        if (index == window->extent_count || extent->start > at ||
            (protection_of_page(extent->protect) & wanted) != wanted)
            break;
        at = extent->end;
    }
    if (at >= end) {
        secured->next = window->secured;
        window->secured = secured;
        *out_key = secured->key;
        status = STATUS_SUCCESS;
    }
    host_lock_give(&window->lock);
    if (!NT_SUCCESS(status))
        free(secured);
    return status;
}

bool secure_release(uint64_t key)
{
    uint64_t slot = key & ((1u << KEY_SLOT_BITS) - 1);
    struct mm_window *window = slot == 0 ? NULL : window_of_slot((unsigned)slot - 1);
    struct secured **at, *found = NULL;

    if (window == NULL)
        return false;
    host_lock_take(&window->lock);
    for (at = &window->secured; *at != NULL; at = &(*at)->next)
        if ((*at)->key == key) {
            found = *at;
            *at = found->next;
            break;
        }
    host_lock_give(&window->lock);
    free(found);
    return found != NULL;
}

bool secure_overlaps(const struct mm_window *window, uint64_t start, uint64_t end)
{
    return secure_forbids(window, start, end, HOST_NONE);
}

bool secure_forbids(const struct mm_window *window, uint64_t start, uint64_t end, int protection)
{
    for (const struct secured *at = window->secured; at != NULL; at = at->next)
        if (at->start < end && start < at->end && (at->wanted & ~protection) != 0)
            return true;
    return false;
}

void secure_forget_all(struct mm_window *window)
{
    while (window->secured != NULL) {
        struct secured *secured = window->secured;
        window->secured = secured->next;
        free(secured);
    }
}
