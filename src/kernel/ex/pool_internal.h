/* SPDX-License-Identifier: MIT */
/* pool_internal.h - the parts of pool: pages, small blocks, whole-page blocks.
 *
 * The arena is one shared file mapped at EX_POOL_BASE. Its pages are given out in runs
 * (pool_pages.c); a run is one page of equal small blocks (pool_small.c) or one block of
 * its own (pool.c). What is known about a page stands in a table beside the arena, what is
 * known about a small block in the 16 bytes in front of it.
 */
#ifndef EX_POOL_INTERNAL_H
#define EX_POOL_INTERNAL_H

#include "base/assert.h"
#include "callout/callout.h"
#include "ex/ex.h"
#include "host/host.h"
#include "ke/ke.h"
#include "rtl/rtl.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define POOL_POISON(address, bytes)   ASAN_POISON_MEMORY_REGION((address), (bytes))
#define POOL_UNPOISON(address, bytes) ASAN_UNPOISON_MEMORY_REGION((address), (bytes))
#endif
#endif
#ifndef POOL_POISON
#define POOL_POISON(address, bytes)   ((void)(address), (void)(bytes))
#define POOL_UNPOISON(address, bytes) ((void)(address), (void)(bytes))
#endif

enum pool_zeroing { POOL_AS_IS, POOL_ZEROED };

/* ---- pages ------------------------------------------------------------------------------ */

enum page_kind {
    PAGE_NONE,       /* beyond the frontier, or page 0, which is never given out */
    PAGE_FREE,       /* in a free run */
    PAGE_SMALL,      /* holds small blocks of one class */
    PAGE_BLOCK,      /* first page of a block of whole pages */
    PAGE_BLOCK_TAIL, /* another page of it */
    PAGE_SPECIAL,    /* first page of a special block; the page behind the last one faults */
    PAGE_SPECIAL_FREED,
};

/* One page. 32 bits name a page: its number in the arena; 0 is nobody. */
struct page {
    uint8_t kind;            /* written under pages_lock or by the owner of the page */
    uint8_t flags;           /* PAGE_BLOCK: POOL_BLOCK_… */
    uint8_t class;           /* PAGE_SMALL: set once */
    bool is_clean;           /* PAGE_FREE, first page of the run: the run reads as zero */
    uint16_t free_first;     /* PAGE_SMALL: offset / 16 of the first free block + 1; class lock */
    uint16_t free_count;     /* PAGE_SMALL: class lock */
    uint32_t next, previous; /* free runs of a bin, or pages of a class with free blocks */
    uint32_t count;          /* pages in the run or block; in a free run also at its last page */
    uint32_t tag;            /* PAGE_BLOCK from here on */
    uint64_t bytes;
    const void *caller;
    const void *freer; /* PAGE_SPECIAL_FREED; before, or PAGE_BLOCK: the quota's owner */
};

extern struct page *pages;         /* the table; set once at init */
extern _Atomic uint32_t pages_end; /* atomic: first page beyond the frontier */

NTSTATUS pages_init(void);
void pages_fini(void);
/* A run of count pages; 0 when there is none. Its pages' kinds are the caller's to set, first
 * page last. out_is_clean: they read as zero. */
uint32_t pages_take(uint32_t count, bool *out_is_clean);
void pages_give(uint32_t first, uint32_t count);
int pages_fd(void);

static inline void *page_address(uint32_t number)
{
    return (void *)(EX_POOL_BASE + ((uint64_t)number << 12));
}

static inline uint32_t page_number(const void *address)
{
    return (uint32_t)(((uintptr_t)address - EX_POOL_BASE) >> 12);
}

/* ---- small blocks ------------------------------------------------------------------------ */

#define POOL_SMALL_MAX 4080u             /* with its header just a page */
#define MM_USER_END    0x400000000000ull /* programs lie below; mm has the whole table */

/* Bits of a block's flags. */
#define POOL_BLOCK_PAGED      1u
#define POOL_BLOCK_EXECUTABLE 2u
#define POOL_BLOCK_PAGES      4u /* from ex_pages_allocate, freed by ex_pages_free */
#define POOL_BLOCK_ALIGNED    8u /* to a cache line; special blocks */
/* Charged to a quota, whose owner stands behind the last byte of a small block and in the page's
 * freer for others. */
#define POOL_BLOCK_QUOTA 16u

enum block_state {
    BLOCK_ALLOCATED = 0xa5,
    BLOCK_FREE = 0x5f,
    BLOCK_SHIFTED = 0x3c, /* allocated, but its header is further up: aligned to a cache line */
};

struct block {
    uint32_t tag;
    uint16_t bytes;
    uint8_t state;
    uint8_t flags : 5;
    uint8_t shift : 3; /* how many 16-byte units this header is above the block's start */
    union {
        const void *caller; /* allocated */
        struct block *next; /* free */
    };
};
_Static_assert(sizeof(struct block) == 16, "small blocks are 16-byte aligned");

void small_init(void);
void small_fini(void);
/* Memory of bytes <= POOL_SMALL_MAX (64 less if is_aligned) with its header filled in but for
 * tag and caller; NULL: none. */
void *small_take(size_t bytes, bool is_aligned);
/* block is what memory's header is; checked by the caller. */
void small_give(struct block *block, uint32_t number);

/* Lengths with header, and what turns a division by one into a multiplication. */
struct class_geometry {
    uint32_t bytes, inverse; /* inverse: 2^20 / bytes, and one; exact for offsets in a page */
};
extern struct class_geometry small_classes[]; /* inverse is set once at init */

static inline unsigned small_block_bytes(uint32_t number)
{
    return small_classes[pages[number].class].bytes;
}

/* Where the block begins that covers address on a page of small blocks. */
static inline struct block *small_block_start(uint32_t number, const void *address)
{
    struct class_geometry class = small_classes[pages[number].class];
    unsigned offset = (unsigned)((uintptr_t)address & 4095);

    return (struct block *)((char *)page_address(number) +
                            (offset * class.inverse >> 20) * class.bytes);
}

/* ---- pool_special.c ---------------------------------------------------------------------- */

void special_init(void);
/* Is this call's next block one to watch? Counts it. */
bool special_wants(const void *caller, size_t bytes);
/* NULL: no memory, or the host has no mapping for it. */
void *special_take(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing,
                   const void *caller);
void special_free(void *memory, uint32_t number, ULONG tag, const void *caller);
void special_visit(uint32_t number, void (*visit)(const struct ex_pool_block *block, void *context),
                   void *context);

/* Counted by processor without atomics, or shared when none is held. */
struct pool_tally {
    uint64_t blocks_made, blocks_gone, bytes_made, bytes_gone;
};
void tally_made(uint64_t bytes);
void tally_gone(uint64_t bytes);
void tally_sum(struct pool_tally *out_sum);

/* ---- pool_check.c: what is wrong with an address somebody frees ------------------------------ */

[[noreturn]] void pool_free_invalid(void *memory);
[[noreturn]] void pool_block_corrupt(struct block *block, struct block *next);
[[noreturn]] void pool_freed_twice(void *memory, struct block *block);
[[noreturn]] void pool_tag_wrong(void *memory, ULONG tag, ULONG given);
[[noreturn]] void pool_free_list_corrupt(struct block *block);
/* from: the first byte that was overwritten. */
[[noreturn]] void pool_special_corrupt(const char *memory, const char *from);
[[noreturn]] void pool_caller_broke(ULONG rule, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c);

/* ---- pool.c ------------------------------------------------------------------------------------
 */

NTSTATUS pool_init(void);
void pool_fini(void);

/* flags: POOL_BLOCK_…. NULL: no memory. */
void *pool_allocate(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing,
                    bool is_aligned);
/* The same, charged to the quota of who runs. out_status is set when there is none: also
 * STATUS_QUOTA_EXCEEDED. */
void *pool_allocate_charged(size_t bytes, ULONG tag, unsigned flags, enum pool_zeroing zeroing,
                            bool is_aligned, NTSTATUS *out_status);
bool pool_is_charged(const void *memory); /* an allocated block */
/* What is being freed is charged: no more. */
void pool_uncharge(const void *memory, uint32_t number);
/* tag 0: any. */
void pool_free(void *memory, ULONG tag);

#endif
