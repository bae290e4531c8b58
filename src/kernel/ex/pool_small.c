/* SPDX-License-Identifier: MIT */
/* pool_small.c - blocks of at most a page: classes, and a cache of each for each processor.
 *
 * A page holds blocks of one class side by side, so no block crosses a page. Each processor
 * keeps some free blocks of every class; whoever holds the processor takes and gives them
 * without a lock, because native code is never interrupted on it. Caches are filled from and
 * emptied into the pages of the class in batches, under the class's lock.
 * Invariant: every header on a page of small blocks says allocated, shifted or free; anything
 * else was overwritten.
 */
#include "pool_internal.h"

/* As many lengths as fit a page without waste at the upper end. */
struct class_geometry small_classes[] = {{32},  {48},  {64},  {80},   {96},   {112},  {128},
                                         {144}, {160}, {176}, {192},  {208},  {224},  {240},
                                         {256}, {288}, {320}, {368},  {400},  {448},  {512},
                                         {576}, {672}, {816}, {1008}, {1360}, {2032}, {4096}};
#define CLASSES     (sizeof(small_classes) / sizeof(small_classes[0]))
#define UNITS       (4096 / 16 + 1)
#define CACHES      64
#define CACHE_BYTES 8192u /* of one class in one processor's cache, at most */

static uint8_t class_of_units[UNITS]; /* set once at init: header and payload in 16 bytes */
static uint8_t cache_limits[CLASSES]; /* set once at init: blocks */

struct pool_class {
    struct host_lock lock; /* guards: partial, and free lists of this class's pages */
    uint32_t partial;      /* pages with free blocks */
};
static struct pool_class classes[CLASSES];

/* Owner: who holds the processor. */
struct pool_cache {
    struct block *first[CLASSES];
    uint8_t counts[CLASSES];
    struct pool_tally tally;
} __attribute__((aligned(64)));
static struct pool_cache caches[CACHES];

static struct {
    _Atomic uint64_t blocks_made, blocks_gone, bytes_made, bytes_gone;
} outside; /* atomic: of threads that hold no processor */

static inline struct pool_cache *cache_self(void)
{
    return __builtin_expect(ke_processor_is_held(), 1) ? &caches[ke_processor_number()] : NULL;
}

void tally_made(uint64_t bytes)
{
    struct pool_cache *cache = cache_self();

    if (cache != NULL) {
        cache->tally.blocks_made++;
        cache->tally.bytes_made += bytes;
    } else {
        outside.blocks_made++;
        outside.bytes_made += bytes;
    }
}

void tally_gone(uint64_t bytes)
{
    struct pool_cache *cache = cache_self();

    if (cache != NULL) {
        cache->tally.blocks_gone++;
        cache->tally.bytes_gone += bytes;
    } else {
        outside.blocks_gone++;
        outside.bytes_gone += bytes;
    }
}

void tally_sum(struct pool_tally *out_sum)
{
    *out_sum = (struct pool_tally){outside.blocks_made, outside.blocks_gone, outside.bytes_made,
                                   outside.bytes_gone};
    for (unsigned i = 0; i < CACHES; i++) {
        out_sum->blocks_made += __atomic_load_n(&caches[i].tally.blocks_made, __ATOMIC_RELAXED);
        out_sum->blocks_gone += __atomic_load_n(&caches[i].tally.blocks_gone, __ATOMIC_RELAXED);
        out_sum->bytes_made += __atomic_load_n(&caches[i].tally.bytes_made, __ATOMIC_RELAXED);
        out_sum->bytes_gone += __atomic_load_n(&caches[i].tally.bytes_gone, __ATOMIC_RELAXED);
    }
}

/* ---- pages of a class ---------------------------------------------------------------------- */

static void partial_link_locked(struct pool_class *class, uint32_t number)
{
    pages[number].previous = 0;
    pages[number].next = class->partial;
    if (class->partial != 0)
        pages[class->partial].previous = number;
    class->partial = number;
}

static void partial_unlink_locked(struct pool_class *class, uint32_t number)
{
    const struct page *page = &pages[number];

    if (page->next != 0)
        pages[page->next].previous = page->previous;
    if (page->previous != 0)
        pages[page->previous].next = page->next;
    else
        class->partial = page->next;
}

static struct block *page_block(uint32_t number, unsigned unit)
{
    return (struct block *)((char *)page_address(number) + unit * 16);
}

static bool page_carve_locked(unsigned index)
{
    unsigned bytes = small_classes[index].bytes, count = 4096 / bytes;
    bool is_clean;
    uint32_t number = pages_take(1, &is_clean);
    struct page *page;

    if (number == 0)
        return false;
    page = &pages[number];
    POOL_UNPOISON(page_address(number), 4096); /* the page may have held blocks before */
    page->class = (uint8_t)index;
    page->free_first = 0;
    page->free_count = (uint16_t)count;
    for (unsigned i = count; i-- > 0;) {
        struct block *block = page_block(number, i * bytes / 16);
        *block = (struct block){.state = BLOCK_FREE};
        block->next = page->free_first == 0 ? NULL : page_block(number, page->free_first - 1u);
        page->free_first = (uint16_t)(i * bytes / 16 + 1);
        POOL_POISON(block + 1, bytes - sizeof(*block));
    }
    __atomic_store_n(&page->kind, PAGE_SMALL, __ATOMIC_RELEASE);
    partial_link_locked(&classes[index], number);
    return true;
}

static struct block *block_take_locked(unsigned index)
{
    uint32_t number;
    struct page *page;
    struct block *block;

    if (classes[index].partial == 0 && !page_carve_locked(index))
        return NULL;
    number = classes[index].partial;
    page = &pages[number];
    block = page_block(number, page->free_first - 1u);
    if (block->state != BLOCK_FREE)
        pool_free_list_corrupt(block);
    page->free_first =
        block->next == NULL
            ? 0
            : (uint16_t)((((uintptr_t)block->next - (uintptr_t)page_address(number)) >> 4) + 1);
    if (--page->free_count == 0)
        partial_unlink_locked(&classes[index], number);
    return block;
}

/* Returns the page if it has become empty, for the caller to give back; else 0. */
static uint32_t block_give_locked(unsigned index, struct block *block)
{
    uint32_t number = page_number(block);
    struct page *page = &pages[number];

    block->next = page->free_first == 0 ? NULL : page_block(number, page->free_first - 1u);
    page->free_first = (uint16_t)((((uintptr_t)block - (uintptr_t)page_address(number)) >> 4) + 1);
    if (page->free_count++ == 0)
        partial_link_locked(&classes[index], number);
    if (page->free_count < 4096 / small_classes[index].bytes)
        return 0;
    partial_unlink_locked(&classes[index], number);
    return number;
}

/* ---- caches ---------------------------------------------------------------------------------- */

static struct block *cache_fill(struct pool_cache *cache, unsigned index)
{
    unsigned want = cache == NULL ? 1 : cache_limits[index] / 2 + 1;
    struct block *first = NULL;

    host_lock_take(&classes[index].lock);
    for (unsigned i = 0; i < want; i++) {
        struct block *block = block_take_locked(index);
        if (block == NULL)
            break;
        block->next = first;
        first = block;
        if (i > 0)
            cache->counts[index]++;
    }
    host_lock_give(&classes[index].lock);
    if (first != NULL && cache != NULL)
        cache->first[index] = first->next;
    return first;
}

/* Gives blocks of a chain, at most count, back to their pages; returns the rest. */
static struct block *chain_give(unsigned index, struct block *first, unsigned count)
{
    uint32_t empty[64];
    unsigned empties = 0;

    COVE_ASSERT(count <= 64);
    host_lock_take(&classes[index].lock);
    for (; first != NULL && count > 0; count--) {
        struct block *next = first->next;
        empty[empties] = block_give_locked(index, first);
        empties += empty[empties] != 0;
        first = next;
    }
    host_lock_give(&classes[index].lock);
    for (unsigned i = 0; i < empties; i++) {
        POOL_UNPOISON(page_address(empty[i]), 4096);
        pages_give(empty[i], 1);
    }
    return first;
}

void *small_take(size_t bytes, bool is_aligned)
{
    size_t units = (bytes + sizeof(struct block) + (is_aligned ? 48 : 0) + 15) / 16;
    unsigned index = class_of_units[units], shift = 0;
    struct pool_cache *cache = cache_self();
    struct block *block = cache != NULL ? cache->first[index] : NULL;

    if (__builtin_expect(block != NULL, 1)) {
        if (__builtin_expect(block->state != BLOCK_FREE, 0))
            pool_free_list_corrupt(block);
        cache->first[index] = block->next;
        cache->counts[index]--;
    } else if ((block = cache_fill(cache, index)) == NULL) {
        return NULL;
    }
    if (__builtin_expect(is_aligned, 0)) {
        shift = (unsigned)(-(uintptr_t)(block + 1) % 64 / 16);
        if (shift != 0) {
            block->state = BLOCK_SHIFTED;
            block->shift = (uint8_t)shift;
            block += shift;
            POOL_UNPOISON(block, sizeof(*block));
        }
    }
    POOL_UNPOISON(block + 1, bytes);
    block->bytes = (uint16_t)bytes;
    block->shift = (uint8_t)shift;
    block->state = BLOCK_ALLOCATED;
    if (__builtin_expect(cache != NULL, 1)) {
        cache->tally.blocks_made++;
        cache->tally.bytes_made += bytes;
    } else {
        tally_made(bytes);
    }
    return block + 1;
}

void small_give(struct block *block, uint32_t number)
{
    unsigned index = pages[number].class, bytes = block->bytes;
    struct pool_cache *cache = cache_self();

    block->state = BLOCK_FREE; /* both headers, so that a second free is seen in either */
    block -= block->shift;
    block->state = BLOCK_FREE;
    block->shift = 0;
    POOL_POISON(block + 1, small_classes[index].bytes - sizeof(*block));
    if (__builtin_expect(cache == NULL, 0)) {
        tally_gone(bytes);
        block->next = NULL;
        chain_give(index, block, 1);
        return;
    }
    cache->tally.blocks_gone++;
    cache->tally.bytes_gone += bytes;
    block->next = cache->first[index];
    cache->first[index] = block;
    if (__builtin_expect(++cache->counts[index] > cache_limits[index], 0)) {
        unsigned half = cache_limits[index] / 2 + 1;
        cache->first[index] = chain_give(index, block, half);
        cache->counts[index] = (uint8_t)(cache->counts[index] - half);
    }
}

void small_init(void)
{
    unsigned index = 0;

    for (unsigned units = 0; units < UNITS; units++) {
        while (units * 16 > small_classes[index].bytes)
            index++;
        class_of_units[units] = (uint8_t)index;
    }
    for (unsigned i = 0; i < CLASSES; i++) {
        unsigned limit = CACHE_BYTES / small_classes[i].bytes;
        small_classes[i].inverse = (1u << 20) / small_classes[i].bytes + 1;
        for (unsigned offset = 0; offset < 4096; offset += 16)
            COVE_ASSERT(offset * small_classes[i].inverse >> 20 == offset / small_classes[i].bytes);
        cache_limits[i] = (uint8_t)(limit > 60 ? 60 : limit < 2 ? 2 : limit);
    }
}

void small_fini(void)
{
    __builtin_memset(caches, 0, sizeof(caches));
    __builtin_memset(classes, 0, sizeof(classes));
    outside.blocks_made = outside.blocks_gone = outside.bytes_made = outside.bytes_gone = 0;
}
