/* SPDX-License-Identifier: MIT */
/* handle_count.c - how many handles there are to an object, overall and per process.
 *
 * Most objects have handles in one process: its count lies in the header. Others get a
 * list. Invariant: the header's total equals the sum of the counts, under handle_lock.
 */
#include "ob_internal.h"

/* The count of table, or a free place, or NULL. */
static struct handle_count *count_find_locked(struct object_header *header,
                                              const struct handle_table *table)
{
    struct handle_count *free_place = NULL;
    for (struct handle_count *count = &header->counts; count; count = count->next) {
        if (count->count > 0 && count->table == table)
            return count;
        if (count->count == 0 && !free_place)
            free_place = count;
    }
    return free_place;
}

NTSTATUS handle_count_add(struct object_header *header, const struct handle_table *table)
{
    struct handle_count *spare = NULL;
    for (;;) {
        host_lock_take(&header->handle_lock);
        struct handle_count *count = count_find_locked(header, table);
        bool is_foreign = header->handles > 0 && (!count || count->count == 0);
        if ((header->flags & OBJECT_EXCLUSIVE) && is_foreign) {
            host_lock_give(&header->handle_lock);
            if (spare)
                ExFreePoolWithTag(spare, OB_TAG_HANDLE);
            return STATUS_ACCESS_DENIED;
        }
        if (!count && spare) {
            count = spare;
            count->next = header->counts.next;
            header->counts.next = count;
            spare = NULL;
        }
        if (count) {
            count->table = table;
            count->count++;
            atomic_fetch_add(&header->handles, 1);
        }
        host_lock_give(&header->handle_lock);
        if (count) {
            if (spare)
                ExFreePoolWithTag(spare, OB_TAG_HANDLE);
            atomic_fetch_add_explicit(&header->type->handles, 1, memory_order_relaxed);
            return STATUS_SUCCESS;
        }
        spare = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *spare, OB_TAG_HANDLE);
        if (!spare)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
}

void handle_count_drop(struct object_header *header, const struct handle_table *table,
                       uint64_t *out_process_handles, uint64_t *out_system_handles)
{
    host_lock_take(&header->handle_lock);
    struct handle_count *count = count_find_locked(header, table);
    COVE_ASSERT(count && count->count > 0);
    *out_process_handles = --count->count;
    *out_system_handles = atomic_fetch_sub(&header->handles, 1) - 1;
    host_lock_give(&header->handle_lock);
    atomic_fetch_sub_explicit(&header->type->handles, 1, memory_order_relaxed);
}

void handle_count_free(struct object_header *header)
{
    struct handle_count *count = header->counts.next;
    while (count) {
        struct handle_count *next = count->next;
        ExFreePoolWithTag(count, OB_TAG_HANDLE);
        count = next;
    }
}
