/* SPDX-License-Identifier: MIT */
/* pool_special.c - special pool: blocks at the end of a page, with a page behind that faults.
 *
 * The first blocks that each call of a driver asks for come from here, later ones from the
 * ordinary pool, so that a common mistake is caught where it happens and a hot path stays
 * fast. A freed block's page faults as well, for as long as SPECIAL_KEPT later frees take.
 * Bytes around the block on its own page hold a pattern, which the free checks.
 * Invariant: a run of special pages is PAGE_SPECIAL (alive) or PAGE_SPECIAL_FREED (kept); the
 * table remembers who asked for it and who freed it.
 */
#include "pool_internal.h"

#include <stdatomic.h>
#include <string.h>

#define SITES           4096u
#define BLOCKS_PER_SITE 16u
#define SPECIAL_MAX     4096u /* blocks alive; each costs the host two mappings */
#define SPECIAL_KEPT    512u
#define PATTERN         0x7e

static _Atomic uint8_t sites[SITES]; /* how many blocks a call was given, saturating */
static _Atomic uint32_t alive;

static struct host_lock kept_lock;  /* guards: */
static uint32_t kept[SPECIAL_KEPT]; /* a ring of freed runs; 0: none */
static unsigned kept_next;

bool special_wants(const void *caller, size_t bytes)
{
    _Atomic uint8_t *site = &sites[((uintptr_t)caller * 0x9e3779b97f4a7c15ull) >> 52];
    if (atomic_load_explicit(site, memory_order_relaxed) >= BLOCKS_PER_SITE)
        return false;
    if (bytes > 16 * 4096 || atomic_load_explicit(&alive, memory_order_relaxed) >= SPECIAL_MAX)
        return false;
    atomic_fetch_add_explicit(site, 1, memory_order_relaxed);
    return true;
}

/* Where the block begins in its run: at the end, or at a page's start when it is that long. */
static char *block_at(uint32_t number)
{
    const struct page *page = &pages[number];
    size_t unit = page->flags & POOL_BLOCK_ALIGNED ? 64 : 16;
    size_t length = (page->bytes + unit - 1) & ~(uint64_t)(unit - 1);
    if (page->bytes >= 4096)
        return page_address(number);
    return (char *)page_address(number) + 4096 - (length ? length : unit);
}

void *special_take(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing,
                   const void *caller)
{
    uint32_t count = bytes ? (uint32_t)((bytes + 4095) >> 12) : 1;
    bool is_clean;
    uint32_t number = pages_take(count + 1, &is_clean);
    if (number == 0)
        return NULL;
    struct page *page = &pages[number];
    if (host_memory_protect(page_address(number + count), 4096, 0) != 0) {
        pages_give(number, count + 1);
        return NULL;
    }
    page->flags = (uint8_t)flags;
    page->count = count;
    page->tag = tag;
    page->bytes = bytes;
    page->caller = caller;
    page->freer = NULL;
    char *start = page_address(number), *block = block_at(number);
    POOL_UNPOISON(start, (size_t)count << 12);
    memset(start, PATTERN, (size_t)count << 12);
    if (zeroing == POOL_ZEROED)
        memset(block, 0, bytes);
    tally_made(bytes);
    atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed);
    __atomic_store_n(&page->kind, PAGE_SPECIAL, __ATOMIC_RELEASE);
    return block;
}

static void run_open(uint32_t number)
{
    struct page *page = &pages[number];
    uint32_t count = page->count + 1;
    if (host_memory_protect(page_address(number), (size_t)count << 12, HOST_READ | HOST_WRITE))
        return; /* the host has no mappings left: these pages stay shut */
    __atomic_store_n(&page->kind, PAGE_BLOCK_TAIL, __ATOMIC_RELAXED);
    POOL_POISON(page_address(number), (size_t)count << 12);
    pages_give(number, count);
}

/* Is every byte in [from, to) the pattern's? */
static void pattern_check(char *memory, const char *from, const char *to)
{
    for (; from < to; from++)
        if (*from != PATTERN)
            pool_special_corrupt(memory, from);
}

void special_free(void *memory, uint32_t number, ULONG tag, const void *caller)
{
    struct page *page = &pages[number];
    char *start = page_address(number), *block = block_at(number);
    if (page->kind == PAGE_SPECIAL_FREED)
        pool_freed_twice(memory, NULL);
    if (memory != block)
        pool_free_invalid(memory);
    if (tag != 0 && tag != page->tag)
        pool_tag_wrong(memory, page->tag, tag);
    pattern_check(block, start, block);
    pattern_check(block, block + page->bytes, start + ((size_t)page->count << 12));
    if ((page->flags & POOL_BLOCK_QUOTA) != 0)
        pool_uncharge(memory, number);
    tally_gone(page->bytes);
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
    page->freer = caller;
    __atomic_store_n(&page->kind, PAGE_SPECIAL_FREED, __ATOMIC_RELEASE);
    host_memory_protect(start, (size_t)page->count << 12, 0);
    host_lock_take(&kept_lock);
    uint32_t oldest = kept[kept_next];
    kept[kept_next] = number;
    kept_next = (kept_next + 1) % SPECIAL_KEPT;
    host_lock_give(&kept_lock);
    if (oldest)
        run_open(oldest);
}

bool ex_pool_special_find(uint64_t address, struct ex_pool_special *out_special)
{
    if (!ex_pool_contains((const void *)address))
        return false;
    uint32_t number = page_number((const void *)address), first = number;
    while (first > 0 && number - first <= 17 && pages[first].kind == PAGE_BLOCK_TAIL)
        first--; /* its other pages and the one behind it are the run's tail */
    const struct page *page = &pages[first];
    uint8_t kind = __atomic_load_n(&page->kind, __ATOMIC_ACQUIRE);
    if ((kind != PAGE_SPECIAL && kind != PAGE_SPECIAL_FREED) || number > first + page->count)
        return false;
    *out_special = (struct ex_pool_special){
        .block = {.address = block_at(first),
                  .bytes = page->bytes,
                  .tag = page->tag,
                  .is_paged = (page->flags & POOL_BLOCK_PAGED) != 0,
                  .caller = page->caller},
        .is_freed = kind == PAGE_SPECIAL_FREED,
        .freer = page->freer,
    };
    return true;
}

void special_visit(uint32_t number, void (*visit)(const struct ex_pool_block *block, void *context),
                   void *context)
{
    struct ex_pool_special special;
    if (ex_pool_special_find((uint64_t)page_address(number), &special))
        visit(&special.block, context);
}

void special_init(void)
{
    memset((void *)sites, 0, sizeof sites);
    memset(kept, 0, sizeof kept);
    alive = kept_next = 0;
}
