/* SPDX-License-Identifier: MIT */
/* store.c - stores: made, shared by all sections of a file, given back.
 *
 * The file system that owns a file object says which descriptor of the host is behind it
 * (mm_file_ops); mm knows nothing else of files. SectionObjectPointer.DataSectionObject of an
 * open file is its store, as long as there is one.
 * Invariant: a store in the list has a reference; the last one takes it off under the lock.
 */
#include "store.h"

#include <stdlib.h>

#include "ob/ob.h"

#define STORE_PHYSICAL_STEP 0x100000000ull /* a file may grow so far and its frames stay */

static struct host_lock stores_lock; /* guards: stores and what store.h says */
static struct list stores = LIST_INIT(stores);
static uint32_t last_id = MM_SHARE_STORE - 1;
static const struct mm_file_ops *file_ops; /* set once, by the file system */

void mm_file_ops_set(const struct mm_file_ops *ops)
{
    file_ops = ops;
}

const struct mm_file_ops *file_ops_get(void)
{
    return file_ops;
}

void store_get(struct store *store)
{
    store->references++;
}

/* The first gap among the stores that is large enough; the place in the list goes with it. */
static bool physical_take_locked(struct store *store)
{
    uint64_t at = MM_STORE_PHYSICAL;
    struct list *before = &stores;

    list_for_each(node, &stores)
    {
        const struct store *other = list_entry(node, struct store, link);
        if (other->physical >= at + store->physical_bytes + HOST_PAGE)
            break;
        at = other->physical + other->physical_bytes + HOST_PAGE; /* two never touch */
        before = node;
    }
    if (at + store->physical_bytes > MM_STORE_PHYSICAL_END)
        return false;
    store->physical = at;
    list_push_front(before, &store->link);
    return true;
}

/* Unlinked by whoever takes the last reference; the rest needs no lock. */
static void store_free(struct store *store)
{
    host_share_close(store->fd);
    if (store->file != NULL)
        ob_dereference(store->file);
    mm_tally.stores--;
    free(store->committed);
    free(store);
}

void store_put(struct store *store)
{
    bool is_last;

    host_lock_take(&stores_lock);
    is_last = --store->references == 0;
    if (is_last) {
        list_remove(&store->link);
        if (store->file != NULL && store->file->SectionObjectPointer->DataSectionObject == store)
            store->file->SectionObjectPointer->DataSectionObject = NULL;
    }
    host_lock_give(&stores_lock);
    if (is_last)
        store_free(store);
}

void store_release(uint32_t id)
{
    struct store *store = store_find_get(id);

    COVE_ASSERT(store != NULL);
    store->references--; /* the one that was just found; not the last */
    store_put(store);
}

static struct store *store_find_locked(uint32_t id)
{
    list_for_each(node, &stores)
    {
        struct store *store = list_entry(node, struct store, link);
        if (store->id == id)
            return store;
    }
    return NULL;
}

struct store *store_find_get(uint32_t id)
{
    struct store *store;

    host_lock_take(&stores_lock);
    store = store_find_locked(id);
    if (store != NULL)
        store->references++;
    host_lock_give(&stores_lock);
    return store;
}

struct store *store_find_get_physical(uint64_t physical)
{
    struct store *found = NULL;

    host_lock_take(&stores_lock);
    list_for_each(node, &stores)
    {
        struct store *store = list_entry(node, struct store, link);
        if (physical >= store->physical && physical - store->physical < store->bytes) {
            store->references++;
            found = store;
            break;
        }
    }
    host_lock_give(&stores_lock);
    return found;
}

struct store *store_of_pointers(const SECTION_OBJECT_POINTERS *pointers)
{
    struct store *store;

    host_lock_take(&stores_lock);
    store = pointers->DataSectionObject;
    if (store != NULL)
        store->references++;
    host_lock_give(&stores_lock);
    return store;
}

void store_visit(void (*visit)(uint64_t physical, uint64_t bytes, void *context), void *context)
{
    host_lock_take(&stores_lock);
    list_for_each(node, &stores)
    {
        const struct store *store = list_entry(node, struct store, link);
        visit(store->physical, store->bytes, context);
    }
    host_lock_give(&stores_lock);
}

/* ---- making -----------------------------------------------------------------------------------
 */

static NTSTATUS source_open(const struct store_source *source, struct store *store)
{
    uint64_t file_bytes;

    if (source->file == NULL) {
        store->is_writable = true;
        return host_share_create("section", store->bytes, &store->fd) == 0
                   ? STATUS_SUCCESS
                   : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (file_ops == NULL || source->file->SectionObjectPointer == NULL)
        return STATUS_INVALID_FILE_FOR_SECTION;
    return file_ops->open(source->file, &store->fd, &store->is_writable, &file_bytes);
}

/* Somebody's store of the same file serves; a descriptor that can do more takes its place. */
static struct store *store_join_locked(struct store *made)
{
    struct store *there = made->file->SectionObjectPointer->DataSectionObject;

    if (there == NULL)
        return NULL;
    there->references++;
    if (made->is_writable && !there->is_writable) {
        int fd = there->fd;
        there->fd = made->fd;
        there->is_writable = true;
        made->fd = fd;
    }
    return there;
}

/* Enters made into the list, or gives it up for the store that its file has already. */
static NTSTATUS store_publish(struct store *made, struct store **out_store)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct store *there = NULL;

    host_lock_take(&stores_lock);
    if (made->file != NULL)
        there = store_join_locked(made);
    if (there == NULL) {
        made->id = ++last_id;
        if (!physical_take_locked(made))
            status = STATUS_INSUFFICIENT_RESOURCES;
        else if (made->file != NULL)
            made->file->SectionObjectPointer->DataSectionObject = made;
    }
    host_lock_give(&stores_lock);
    if (there != NULL || !NT_SUCCESS(status))
        store_free(made);
    if (!NT_SUCCESS(status))
        return status;
    *out_store = there != NULL ? there : made;
    return there != NULL ? store_extend(there, made->bytes) : status;
}

NTSTATUS store_get_for(const struct store_source *source, struct store **out_store)
{
    struct store *store = calloc(1, sizeof(*store));
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    uint64_t bytes = (source->bytes + 4095) & ~4095ull;
    uint64_t pages = bytes >> 12;

    if (store == NULL)
        return status;
    *store = (struct store){.references = 1, .bytes = bytes, .physical_bytes = bytes, .fd = -1};
    if (source->file != NULL)
        store->physical_bytes = ((bytes << 4) + STORE_PHYSICAL_STEP) & ~(STORE_PHYSICAL_STEP - 1);
    if (source->is_reserved && (store->committed = calloc(1, pages)) == NULL)
        goto out_memory;
    status = source_open(source, store);
    if (!NT_SUCCESS(status))
        goto out_memory;
    if (source->is_writable && !store->is_writable) {
        status = STATUS_ACCESS_DENIED;
        goto out_fd;
    }
    store->file = source->file;
    if (store->file != NULL)
        ob_reference(store->file);
    mm_tally.stores++;
    return store_publish(store, out_store);

out_fd:
    host_share_close(store->fd);
out_memory:
    free(store->committed);
    free(store);
    return status;
}

/* ---- size and commitment -------------------------------------------------------------------- */

NTSTATUS store_extend(struct store *store, uint64_t bytes)
{
    uint64_t rounded = (bytes + 4095) & ~4095ull;
    NTSTATUS status = STATUS_SUCCESS;

    host_lock_take(&stores_lock);
    if (rounded > store->physical_bytes)
        status = STATUS_SECTION_TOO_BIG;
    else if (rounded > store->bytes)
        store->bytes = rounded;
    host_lock_give(&stores_lock);
    return status;
}

void store_commit(struct store *store, uint64_t offset, uint64_t length)
{
    host_lock_take(&stores_lock);
    if (store->committed != NULL)
        for (uint64_t page = offset >> 12; page < (offset + length) >> 12; page++)
            store->committed[page] = 1;
    host_lock_give(&stores_lock);
}

uint64_t store_committed_run(struct store *store, uint64_t offset, uint64_t length,
                             bool *out_is_committed)
{
    uint64_t first = offset >> 12, end = (offset + length) >> 12, page = first;

    *out_is_committed = true;
    if (store->committed == NULL)
        return length;
    host_lock_take(&stores_lock);
    *out_is_committed = store->committed[first] != 0;
    while (page < end && (store->committed[page] != 0) == *out_is_committed)
        page++;
    host_lock_give(&stores_lock);
    return (page - first) << 12;
}

void store_view_count(struct store *store, int change, bool is_writable)
{
    host_lock_take(&stores_lock);
    store->user_views += (uint64_t)(int64_t)change;
    if (is_writable)
        store->writable_views += (uint64_t)(int64_t)change;
    host_lock_give(&stores_lock);
}

void store_section_count(struct store *store, int change, bool is_writable)
{
    host_lock_take(&stores_lock);
    if (is_writable)
        store->writable_sections += (uint64_t)(int64_t)change;
    host_lock_give(&stores_lock);
}

/* ---- descriptors, for those who map -------------------------------------------------------------
 */

NTSTATUS mm_share_open(uint32_t share, int *out_fd)
{
    NTSTATUS status = STATUS_NOT_FOUND;
    int error = 0;

    if (share == MM_SHARE_POOL) {
        error = host_share_duplicate(ex_pool_fd(), out_fd);
        return error == 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (share == MM_SHARE_IMAGE || share == MM_SHARE_ONES) {
        if (share_fd_fixed(share) < 0)
            return STATUS_NOT_FOUND;
        error = host_share_duplicate(share_fd_fixed(share), out_fd);
        return error == 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (share >= MM_SHARE_FOREIGN)
        return window_share_open(share - MM_SHARE_FOREIGN, out_fd);
    host_lock_take(&stores_lock);
    struct store *store = store_find_locked(share);
    if (store != NULL) {
        error = host_share_duplicate(store->fd, out_fd);
        status = error == 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    host_lock_give(&stores_lock);
    return status;
}

int share_map(uint32_t share, uint64_t offset, size_t length, int protection, void *address)
{
    void *got;
    int fd, error;

    if (share == MM_SHARE_POOL)
        return host_share_map(ex_pool_fd(), offset, length, protection, address, &got);
    if (!NT_SUCCESS(mm_share_open(share, &fd)))
        return 1;
    error = host_share_map(fd, offset, length, protection, address, &got);
    host_share_close(fd);
    return error;
}
