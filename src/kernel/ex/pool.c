/* SPDX-License-Identifier: MIT */
/* pool.c - allocating, freeing and counting blocks of pool.
 *
 * A request up to POOL_SMALL_MAX becomes a small block, a longer one whole pages. Every block
 * knows its tag, its length and the driver's call that asked for it. A free is checked before
 * anything changes; a wrong one stops the machine with the documented bug check.
 */
#include "pool_internal.h"

#include <string.h>

/* Where the driver is that we work for; NULL for the kernel's own allocations. */
static inline const void *pool_caller(void)
{
    const struct ddi_frame *ddi = ddi_top;

    if (ddi == NULL || (callout_top != NULL && callout_top->ddi == ddi))
        return NULL;
    return (const void *)ddi->rip;
}

static void *pool_allocate_pages(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing)
{
    uint32_t count = (uint32_t)((bytes + 4095) >> 12);
    bool is_clean;
    uint32_t number;
    struct page *page;

    if (bytes > EX_POOL_BYTES - 2 * 4096)
        return NULL;
    number = pages_take(count, &is_clean);
    if (number == 0)
        return NULL;
    page = &pages[number];
    page->flags = (uint8_t)flags;
    page->count = count;
    page->tag = tag;
    page->bytes = bytes;
    page->caller = pool_caller();
    POOL_UNPOISON(page_address(number), (size_t)count << 12);
    if (zeroing == POOL_ZEROED && !is_clean)
        memset(page_address(number), 0, (size_t)count << 12);
    POOL_POISON((char *)page_address(number) + bytes, ((size_t)count << 12) - bytes);
    tally_made(bytes);
    __atomic_store_n(&page->kind, PAGE_BLOCK, __ATOMIC_RELEASE);
    return page_address(number);
}

void *pool_allocate(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing,
                    bool is_aligned)
{
    const void *caller = pool_caller();
    size_t owner_bytes = (flags & POOL_BLOCK_QUOTA) / POOL_BLOCK_QUOTA * sizeof(void *);
    struct block *block;
    void *memory;

    if (ex_allocation_fails())
        return NULL;
    if (caller != NULL && __builtin_expect(special_wants(caller, bytes), 0)) {
        memory = special_take(bytes, tag, flags | (is_aligned ? POOL_BLOCK_ALIGNED : 0), zeroing,
                              caller);
        if (memory != NULL)
            return memory;
    }
    if (bytes > (is_aligned ? POOL_SMALL_MAX - 48 : POOL_SMALL_MAX) - owner_bytes)
        return pool_allocate_pages(bytes, tag, flags, zeroing);
    memory = small_take(bytes + owner_bytes, is_aligned);
    if (memory == NULL)
        return NULL;
    block = (struct block *)memory - 1;
    block->tag = tag;
    block->flags = flags & 31;
    block->caller = caller;
    if (zeroing == POOL_ZEROED)
        memset(memory, 0, bytes);
    return memory;
}

/* ---- blocks that are charged to somebody ------------------------------------------------- */

static const struct ex_quota_ops *quota_ops; /* set once at boot */

void ex_quota_set(const struct ex_quota_ops *ops)
{
    quota_ops = ops;
}

void *pool_allocate_charged(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing,
                            bool is_aligned, NTSTATUS *out_status)
{
    void *owner = NULL, *memory;
    NTSTATUS status = STATUS_SUCCESS;

    if (quota_ops != NULL)
        status = quota_ops->charge((flags & POOL_BLOCK_PAGED) != 0, bytes, &owner);
    if (!NT_SUCCESS(status)) {
        *out_status = status;
        return NULL;
    }
    memory = pool_allocate(bytes, tag, flags | (owner ? POOL_BLOCK_QUOTA : 0), zeroing, is_aligned);
    if (memory == NULL)
        *out_status = STATUS_INSUFFICIENT_RESOURCES;
    if (owner == NULL)
        return memory;
    if (memory == NULL)
        quota_ops->give(owner, (flags & POOL_BLOCK_PAGED) != 0, bytes);
    else if (pages[page_number(memory)].kind == PAGE_SMALL)
        memcpy((char *)memory + bytes, &owner, sizeof(owner)); /* at any alignment */
    else
        pages[page_number(memory)].freer = owner;
    return memory;
}

/* The owner of a block that is charged to one, and what was charged; NULL: it is not. */
static void *pool_owner(const void *memory, uint32_t number, bool *out_is_paged, size_t *out_bytes)
{
    const struct block *block = (const struct block *)memory - 1;
    const struct page *page = &pages[number];
    void *owner;

    if (page->kind != PAGE_SMALL) {
        if ((page->flags & POOL_BLOCK_QUOTA) == 0)
            return NULL;
        *out_is_paged = (page->flags & POOL_BLOCK_PAGED) != 0;
        *out_bytes = page->bytes;
        return (void *)(uintptr_t)page->freer;
    }
    if ((block->flags & POOL_BLOCK_QUOTA) == 0)
        return NULL;
    *out_is_paged = (block->flags & POOL_BLOCK_PAGED) != 0;
    *out_bytes = block->bytes - sizeof(owner);
    memcpy(&owner, (const char *)memory + *out_bytes, sizeof(owner));
    return owner;
}

bool pool_is_charged(const void *memory)
{
    bool is_paged;
    size_t bytes;

    return pool_owner(memory, page_number(memory), &is_paged, &bytes) != NULL;
}

void pool_uncharge(const void *memory, uint32_t number)
{
    bool is_paged;
    size_t bytes;
    void *owner = pool_owner(memory, number, &is_paged, &bytes);

    if (owner != NULL)
        quota_ops->give(owner, is_paged, bytes);
}

static void pool_free_pages(void *memory, uint32_t number, ULONG tag)
{
    struct page *page = &pages[number];
    uint32_t count = page->count;

    if (((uintptr_t)memory & 4095) != 0)
        pool_free_invalid(memory);
    if (tag != 0 && tag != page->tag)
        pool_tag_wrong(memory, page->tag, tag);
    if ((page->flags & POOL_BLOCK_QUOTA) != 0)
        pool_uncharge(memory, number);
    tally_gone(page->bytes);
    __atomic_store_n(&page->kind, PAGE_BLOCK_TAIL, __ATOMIC_RELAXED);
    POOL_UNPOISON(memory, (size_t)count << 12);
    POOL_POISON(memory, (size_t)count << 12);
    pages_give(number, count);
}

static void pool_free_small(void *memory, uint32_t number, ULONG tag)
{
    struct block *block = (struct block *)memory - 1;
    struct block *start, *next;
    unsigned bytes = small_block_bytes(number);

    if (((uintptr_t)memory & 15) != 0 || ((uintptr_t)memory & 4095) == 0)
        pool_free_invalid(memory);
    start = small_block_start(number, block);
    if (__builtin_expect(block != start, 0) &&
        (start->state != BLOCK_SHIFTED || start + start->shift != block))
        pool_free_invalid(memory);
    if (__builtin_expect(block->state != BLOCK_ALLOCATED, 0)) {
        if (block->state == BLOCK_FREE)
            pool_freed_twice(memory, block);
        pool_block_corrupt(block, NULL);
    }
    next = (struct block *)((char *)start + bytes);
    if (((uintptr_t)start & 4095) + 2 * bytes <= 4096 &&
        __builtin_expect(next->state != BLOCK_ALLOCATED && next->state != BLOCK_FREE &&
                             next->state != BLOCK_SHIFTED,
                         0))
        pool_block_corrupt(block, next);
    if (tag != 0 && __builtin_expect(tag != block->tag, 0))
        pool_tag_wrong(memory, block->tag, tag);
    if (__builtin_expect((block->flags & POOL_BLOCK_QUOTA) != 0, 0))
        pool_uncharge(memory, number);
    small_give(block, number);
}

void pool_free(void *memory, ULONG tag)
{
    uint32_t number;

    if (__builtin_expect(!ex_pool_contains(memory), 0))
        pool_free_invalid(memory);
    number = page_number(memory);
    switch (pages[number].kind) {
    case PAGE_SMALL:
        pool_free_small(memory, number, tag);
        break;
    case PAGE_BLOCK:
        pool_free_pages(memory, number, tag);
        break;
    case PAGE_SPECIAL:
    case PAGE_SPECIAL_FREED:
        special_free(memory, number, tag, pool_caller());
        break;
    case PAGE_FREE:
        pool_freed_twice(memory, NULL);
    default:
        pool_free_invalid(memory);
    }
}

bool ex_pool_contains(const void *address)
{
    uintptr_t offset = (uintptr_t)address - EX_POOL_BASE;

    return offset < (uintptr_t)__c11_atomic_load(&pages_end, __ATOMIC_RELAXED) << 12;
}

NTSTATUS ex_pool_share(const void *address, int *out_fd, uint64_t *out_offset)
{
    if (!ex_pool_contains(address))
        return STATUS_INVALID_ADDRESS;
    *out_fd = pages_fd();
    *out_offset = (uintptr_t)address - EX_POOL_BASE;
    return STATUS_SUCCESS;
}

int ex_pool_fd(void)
{
    return pages_fd();
}

bool ex_pool_is_allocated(const void *address)
{
    uint32_t number;

    if (!ex_pool_contains(address))
        return false;
    number = page_number(address);
    switch (__atomic_load_n(&pages[number].kind, __ATOMIC_ACQUIRE)) {
    case PAGE_SMALL:
    case PAGE_BLOCK:
    case PAGE_BLOCK_TAIL:
    case PAGE_SPECIAL:
        return true;
    default:
        return false;
    }
}

void ex_pool_disown(void *memory)
{
    uint32_t number = page_number(memory);

    COVE_ASSERT(ex_pool_is_allocated(memory));
    if (pages[number].kind == PAGE_SMALL)
        ((struct block *)memory - 1)->caller = NULL;
    else
        pages[number].caller = NULL;
}

void *ex_pages_allocate(size_t count, ULONG tag)
{
    if (count == 0 || count > EX_POOL_BYTES >> 12 || ex_allocation_fails())
        return NULL;
    return pool_allocate_pages(count << 12, tag, POOL_BLOCK_PAGES, POOL_ZEROED);
}

void ex_pages_free(void *memory)
{
    if (memory == NULL)
        return;
    COVE_ASSERT(ex_pool_contains(memory) && pages[page_number(memory)].kind == PAGE_BLOCK &&
                (pages[page_number(memory)].flags & POOL_BLOCK_PAGES) != 0);
    pool_free_pages(memory, page_number(memory), 0);
}

/* ---- what is alive ------------------------------------------------------------------------- */

void ex_pool_counts(struct ex_pool_counts *out_counts)
{
    struct pool_tally sum;

    tally_sum(&sum);
    out_counts->blocks = sum.blocks_made - sum.blocks_gone;
    out_counts->bytes = sum.bytes_made - sum.bytes_gone;
}

static void small_page_visit(uint32_t number,
                             void (*visit)(const struct ex_pool_block *block, void *context),
                             void *context)
{
    unsigned bytes = small_block_bytes(number);

    for (unsigned offset = 0; offset + bytes <= 4096; offset += bytes) {
        struct block block = *(struct block *)((char *)page_address(number) + offset);
        unsigned shift = 0;

        if (block.state == BLOCK_SHIFTED) {
            shift = block.shift;
            block = *(struct block *)((char *)page_address(number) + offset + shift * 16);
        }
        if (block.state != BLOCK_ALLOCATED)
            continue;
        visit(
            &(struct ex_pool_block){
                .address = (char *)page_address(number) + offset + shift * 16 + sizeof(block),
                .bytes = block.bytes -
                         (block.flags & POOL_BLOCK_QUOTA) / POOL_BLOCK_QUOTA * sizeof(void *),
                .tag = block.tag,
                .is_paged = (block.flags & POOL_BLOCK_PAGED) != 0,
                .caller = block.caller,
            },
            context);
    }
}

void ex_pool_visit(void (*visit)(const struct ex_pool_block *block, void *context), void *context)
{
    for (uint32_t number = 1; number < pages_end; number++) {
        const struct page *page = &pages[number];

        switch (__atomic_load_n(&page->kind, __ATOMIC_ACQUIRE)) {
        case PAGE_SMALL:
            small_page_visit(number, visit, context);
            break;
        case PAGE_BLOCK:
            visit(
                &(struct ex_pool_block){
                    .address = page_address(number),
                    .bytes = page->bytes,
                    .tag = page->tag,
                    .is_paged = (page->flags & POOL_BLOCK_PAGED) != 0,
                    .caller = page->caller,
                },
                context);
            break;
        case PAGE_SPECIAL:
            special_visit(number, visit, context);
            break;
        default:
            break;
        }
    }
}

/* ---- start and stop ----------------------------------------------------------------------------
 */

static void *pool_for_rtl(size_t length, ULONG tag)
{
    return pool_allocate(length, tag, POOL_BLOCK_PAGED, POOL_AS_IS, false);
}

static void pool_from_rtl(void *memory)
{
    pool_free(memory, 0);
}

NTSTATUS pool_init(void)
{
    static const struct rtl_allocator allocator = {pool_for_rtl, pool_from_rtl};
    NTSTATUS status;

    status = pages_init();
    if (!NT_SUCCESS(status))
        return status;
    small_init();
    special_init();
    rtl_allocator_set(&allocator);
    return STATUS_SUCCESS;
}

void pool_fini(void)
{
    rtl_allocator_set(NULL);
    small_fini();
    pages_fini();
}

void *ex_pool_take(size_t bytes, ULONG tag)
{
    return pool_allocate(bytes, tag, 0, POOL_AS_IS, false);
}

void *ex_pool_take_charged(size_t bytes, ULONG tag, NTSTATUS *out_status)
{
    return pool_allocate_charged(bytes, tag, 0, POOL_AS_IS, false, out_status);
}

void ex_pool_give(void *memory)
{
    pool_free(memory, 0);
}
