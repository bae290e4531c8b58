/* SPDX-License-Identifier: MIT */
/* memory.c - the memory of one INF: taken in pieces, given back at once.
 *
 * How much one INF may take is limited, since a few bytes of text can stand for many.
 */
#include "inf_internal.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE    65536u
#define ALIGNMENT     16u
#define LIST_AT_FIRST 32u

struct inf_chunk {
    struct inf_chunk *next;
    size_t used, size;
    _Alignas(ALIGNMENT) char bytes[];
};

void *memory_take(struct inf_memory *memory, size_t size)
{
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct inf_chunk *chunk = memory->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        if (room > INF_MEMORY_MAX - memory->total)
            return NULL;
        chunk = malloc(sizeof *chunk + room);
        if (!chunk)
            return NULL;
        *chunk = (struct inf_chunk){.next = memory->chunks, .size = room};
        memory->chunks = chunk;
        memory->total += room;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += size;
    return taken;
}

char *memory_text(struct inf_memory *memory, const char *text, size_t length)
{
    char *copy = memory_take(memory, length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

void memory_give(struct inf_memory *memory)
{
    while (memory->chunks) {
        struct inf_chunk *next = memory->chunks->next;
        free(memory->chunks);
        memory->chunks = next;
    }
    *memory = (struct inf_memory){0};
}

void *list_add(struct inf_list *list, size_t item_size)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? 2 * list->capacity : LIST_AT_FIRST;
        void *items = realloc(list->items, capacity * item_size);
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    void *item = (char *)list->items + list->count++ * item_size;
    memset(item, 0, item_size);
    return item;
}

void list_free(struct inf_list *list)
{
    free(list->items);
    *list = (struct inf_list){0};
}
