/* SPDX-License-Identifier: MIT */
/* system_view.c - sections mapped into system space, where every process sees them.
 *
 * A view is a range of mapping addresses that shows a store. Each is on one list, so that it
 * can be found by its address and given back at the end.
 */
#include "section.h"

#include <stdlib.h>

struct system_view {
    struct list link; /* guarded by system_views_lock */
    void *address;
    uint64_t bytes;
    struct store *store; /* referenced; NULL: physical memory */
};

static struct host_lock system_views_lock; /* guards: system_views */
static struct list system_views = LIST_INIT(system_views);

static NTSTATUS show(const struct section *section, uint64_t offset, struct system_view *view)
{
    int protection = protection_of_page(section->protect) & ~HOST_EXECUTE;

    if (section->store == NULL)
        return physical_map(offset, view->bytes >> 12, protection, view->address);
    if ((section->protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) != 0)
        protection &= ~HOST_WRITE; /* the kernel has no pages of its own to copy to */
    store_commit(section->store, offset, view->bytes);
    if (share_map(section->store->id, offset, view->bytes, protection, view->address) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    mapping_note(view->address, view->bytes >> 12, section->store->physical + offset, NULL);
    return STATUS_SUCCESS;
}

static void system_view_free(struct system_view *view)
{
    size_t count = view->bytes >> 12;

    mapping_clear(view->address, count);
    mapping_release(view->address, count);
    if (view->store != NULL)
        store_put(view->store);
    mm_tally.views--;
    free(view);
}

/* IRQL:    <= APC_LEVEL
 * Takes:   section is borrowed; its store is kept
 * Errors:  STATUS_INVALID_VIEW_SIZE, STATUS_NO_MEMORY
 * Doc:     nf-ntddk-mmmapviewinsystemspace
 */
NTSTATUS mm_system_view_map(void *body, uint64_t offset, uint64_t *bytes, void **out_address)
{
    struct section *section = body;
    struct system_view *view;
    uint64_t section_bytes;
    ULONG attributes;
    NTSTATUS status;

    mm_section_query(section, &attributes, &section_bytes);
    if ((offset & (WINDOW_GRANULARITY - 1)) != 0 || offset >= section_bytes ||
        *bytes > ((section_bytes + 4095) & ~4095ull) - offset)
        return STATUS_INVALID_VIEW_SIZE;
    view = calloc(1, sizeof(*view));
    if (view == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    view->bytes = ((*bytes == 0 ? section_bytes - offset : *bytes) + 4095) & ~4095ull;
    if (view->bytes > MM_MAPPING_END - MM_MAPPING_BASE ||
        (view->address = mapping_reserve(view->bytes >> 12)) == NULL) {
        free(view);
        return STATUS_NO_MEMORY;
    }
    view->store = section->store;
    if (view->store != NULL)
        store_get(view->store);
    mm_tally.views++;
    status = show(section, offset, view);
    if (!NT_SUCCESS(status)) {
        system_view_free(view);
        return status;
    }
    *bytes = view->bytes;
    *out_address = view->address;
    host_lock_take(&system_views_lock);
    list_push_back(&system_views, &view->link);
    host_lock_give(&system_views_lock);
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_NOT_MAPPED_VIEW
 * Doc:     nf-ntddk-mmunmapviewinsystemspace
 */
NTSTATUS mm_system_view_unmap(void *address)
{
    struct system_view *found = NULL;

    host_lock_take(&system_views_lock);
    list_for_each(node, &system_views)
    {
        struct system_view *view = list_entry(node, struct system_view, link);
        if (view->address == (void *)((uintptr_t)address & ~(uintptr_t)4095)) {
            found = view;
            list_remove(&view->link);
            break;
        }
    }
    host_lock_give(&system_views_lock);
    if (found == NULL)
        return STATUS_NOT_MAPPED_VIEW;
    system_view_free(found);
    return STATUS_SUCCESS;
}

void system_views_fini(void)
{
    while (!list_is_empty(&system_views)) {
        struct list *node = list_pop_front(&system_views);
        system_view_free(list_entry(node, struct system_view, link));
    }
}
