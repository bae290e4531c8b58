/* SPDX-License-Identifier: MIT */
/* image_index.c - which image holds an address, asked in fault handlers.
 *
 * A sorted array that is never changed: a writer swaps in a new one. Readers count
 * themselves; an old array is freed when a writer sees nobody reading.
 */
#include <stdlib.h>
#include <string.h>

#include "image_internal.h"

struct index {
    struct index *retired; /* older arrays that could not be freed yet; image_lock */
    uint32_t count;
    struct {
        uint64_t base, end;
        struct image *image;
    } entries[];
};

static struct index *_Atomic index_current;
static _Atomic uint32_t index_readers;

static void index_free_list(struct index *index)
{
    while (index != NULL) {
        struct index *next = index->retired;
        free(index);
        index = next;
    }
}

/* Takes the place of the current array. image_lock is held. */
static void index_swap(struct index *index)
{
    struct index *old = index_current;
    index_current = index;
    index->retired = old;
    /* Whoever counts himself from now on sees the new array. */
    if (index_readers == 0) {
        index_free_list(index->retired);
        index->retired = NULL;
    }
}

static struct index *index_allocate(uint32_t count)
{
    struct index *index = malloc(sizeof(*index) + count * sizeof(index->entries[0]));
    if (index != NULL)
        *index = (struct index){.count = count};
    return index;
}

bool image_index_add(struct image *image)
{
    struct index *old = index_current;
    uint32_t count = old != NULL ? old->count : 0, at = 0;
    struct index *index = index_allocate(count + 1);
    if (index == NULL)
        return false;
    while (at < count && old->entries[at].base < image->base)
        at++;
    if (old != NULL) {
        memcpy(index->entries, old->entries, at * sizeof(old->entries[0]));
        memcpy(index->entries + at + 1, old->entries + at, (count - at) * sizeof(old->entries[0]));
    }
    index->entries[at].base = image->base;
    index->entries[at].end = image->base + image->size;
    index->entries[at].image = image;
    index_swap(index);
    return true;
}

void image_index_remove(struct image *image)
{
    struct index *index = index_current;
    if (index == NULL)
        return;
    image_gone_note(image);
    struct index *shorter = index_allocate(index->count);
    if (shorter == NULL) {
        /* In place: a reader may miss an image for a moment, but never finds this one. */
        for (uint32_t i = 0; i < index->count; i++)
            if (index->entries[i].image == image)
                index->entries[i].image = NULL;
        return;
    }
    shorter->count = 0;
    for (uint32_t i = 0; i < index->count; i++)
        if (index->entries[i].image != image)
            shorter->entries[shorter->count++] = index->entries[i];
    index_swap(shorter);
}

void image_index_fini(void)
{
    index_free_list(index_current);
    index_current = NULL;
}

IMAGE_INTEGER_ONLY struct image *image_of_address(uint64_t address)
{
    struct image *found = NULL;
    index_readers++;
    const struct index *index = index_current;
    uint32_t low = 0, high = index != NULL ? index->count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (address < index->entries[middle].base)
            high = middle;
        else if (address >= index->entries[middle].end)
            low = middle + 1;
        else {
            found = index->entries[middle].image;
            break;
        }
    }
    index_readers--;
    return found;
}

void image_visit_unlocked(void (*visit)(const struct image *image, void *context), void *context)
{
    index_readers++;
    const struct index *index = index_current;
    for (uint32_t i = 0; index != NULL && i < index->count; i++)
        if (index->entries[i].image != NULL)
            visit(index->entries[i].image, context);
    index_readers--;
}

bool image_is_driver_code(uint64_t address)
{
    const struct image *image = image_of_address(address);
    return image != NULL && !image->is_native;
}

bool image_can_read(uint64_t address, size_t size_bytes)
{
    struct image *image = image_of_address(address);
    if (image == NULL || size_bytes > image->base + image->size - address)
        return false;
    const struct module *module = module_of(image);
    if (image->is_native)
        return address - image->base < image->pe.headers_size;
    if (module->layout == NULL)
        return false;
    uint64_t rva = address - image->base;
    for (uint32_t i = 0; i < module->layout->count; i++) {
        const struct pe_region *region = &module->layout->regions[i];
        if (rva < region->rva || rva - region->rva >= region->size_bytes)
            continue;
        return size_bytes <= region->size_bytes - (rva - region->rva) &&
               image_region_is_readable(module, region);
    }
    return false;
}
