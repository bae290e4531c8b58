/* SPDX-License-Identifier: MIT */
/* kd_pool.c - pool by address and by tag. */
#include <stdlib.h>
#include <string.h>

#include "ex/ex.h"
#include "kd_internal.h"

#define PAGE     4096u
#define TAGS_MAX 4096u

static void tag_add(cJSON *item, ULONG tag)
{
    char text[5] = {0};
    memcpy(text, &tag, 4);
    for (unsigned i = 0; i < 4; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            text[i] = text[i] ? '.' : ' ';
    cJSON_AddStringToObject(item, "tag", text);
}

static void block_add(cJSON *list, const struct ex_pool_block *block, bool is_freed)
{
    cJSON *item = cJSON_CreateObject();
    kd_address(item, "address", (uint64_t)(uintptr_t)block->address);
    kd_number(item, "bytes", (double)block->bytes);
    tag_add(item, block->tag);
    cJSON_AddBoolToObject(item, "is_paged", block->is_paged);
    cJSON_AddBoolToObject(item, "is_freed", is_freed);
    kd_address(item, "caller", (uint64_t)(uintptr_t)block->caller);
    cJSON_AddItemToArray(list, item);
}

struct block_list {
    uint64_t address;
    cJSON *list;
};

static void block_match(const struct ex_pool_block *block, void *context)
{
    const struct block_list *wanted = context;
    uint64_t page = wanted->address & ~(uint64_t)(PAGE - 1);
    uint64_t start = (uint64_t)(uintptr_t)block->address;
    if (start < page + PAGE && start + block->bytes > page)
        block_add(wanted->list, block, false);
}

/* pool ADDRESS: the live blocks on its page, or the freed special block that lies there. */
cJSON *kd_pool(char **words)
{
    struct block_list wanted = {strtoull(words[1], NULL, 0), NULL};
    struct ex_pool_special special;
    if (!ex_pool_contains((const void *)(uintptr_t)wanted.address))
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s is not pool", words[1]);
    wanted.list = cJSON_CreateArray();
    ex_pool_visit(block_match, &wanted);
    if (ex_pool_special_find(wanted.address, &special) && special.is_freed) {
        block_add(wanted.list, &special.block, true);
        cJSON *item = cJSON_GetArrayItem(wanted.list, cJSON_GetArraySize(wanted.list) - 1);
        kd_address(item, "freer", (uint64_t)(uintptr_t)special.freer);
    }
    return wanted.list;
}

struct tag_use {
    ULONG tag;
    uint64_t blocks[2], bytes[2]; /* nonpaged, paged */
};

struct tag_table {
    struct tag_use *uses;
    unsigned count;
};

static void tag_count(const struct ex_pool_block *block, void *context)
{
    struct tag_table *table = context;
    unsigned i = 0;
    while (i < table->count && table->uses[i].tag != block->tag)
        i++;
    if (i == TAGS_MAX)
        return;
    if (i == table->count)
        table->uses[table->count++].tag = block->tag;
    table->uses[i].blocks[block->is_paged]++;
    table->uses[i].bytes[block->is_paged] += block->bytes;
}

cJSON *kd_pool_used(char **words)
{
    struct tag_table table = {calloc(TAGS_MAX, sizeof *table.uses), 0};
    if (!table.uses)
        return kd_refuse(STATUS_INSUFFICIENT_RESOURCES, "out of memory");
    ex_pool_visit(tag_count, &table);
    cJSON *list = cJSON_CreateArray();
    for (unsigned i = 0; i < table.count; i++) {
        const struct tag_use *use = &table.uses[i];
        cJSON *item = cJSON_CreateObject();
        tag_add(item, use->tag);
        kd_number(item, "nonpaged_allocs", (double)use->blocks[0]);
        kd_number(item, "nonpaged_bytes", (double)use->bytes[0]);
        kd_number(item, "paged_allocs", (double)use->blocks[1]);
        kd_number(item, "paged_bytes", (double)use->bytes[1]);
        cJSON_AddItemToArray(list, item);
    }
    free(table.uses);
    return list;
}
