/* SPDX-License-Identifier: MIT */
/* mm_internal.h - a window from inside, physical addresses, mappings in system space. */
#ifndef MM_MM_INTERNAL_H
#define MM_MM_INTERNAL_H

#include "base/assert.h"
#include "ex/ex.h"
#include "host/host.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "rtl/rtl.h"

#define MM_WINDOWS_MAX ((MM_WINDOW_END - MM_WINDOW_BASE) / MM_WINDOW_BYTES)

/* A window's file is twice as long as its addresses: the second half gives pages to addresses
 * whose own page is still locked for a driver after the program freed it. */
#define WINDOW_FILE_BYTES  (2 * MM_WINDOW_BYTES)
#define WINDOW_FILE_PAGES  (WINDOW_FILE_BYTES >> 12)
#define WINDOW_GRANULARITY 0x10000ull

/* Addresses of one allocation that are in the same state, side by side. */
struct extent {
    uint64_t start, end;
    uint64_t allocation; /* base of the allocation; tells neighbours apart */
    uint64_t offset;     /* in the share, of start; meaningless when reserved */
    uint32_t share;      /* MM_SHARE_… */
    ULONG protect;       /* PAGE_…; 0: reserved only */
    ULONG allocation_protect;
    ULONG type; /* MEM_PRIVATE or MEM_MAPPED */
};

#define LOCK_ORPHAN 0x8000u /* the page's address was freed: it goes with the last lock */

struct mm_window {
    struct host_lock lock;  /* guards: everything below that says nothing else */
    uint64_t base;          /* set once */
    int fd;                 /* set once */
    unsigned slot;          /* set once */
    struct extent *extents; /* sorted, never overlapping */
    size_t extent_count, extent_room;
    uint16_t *page_locks; /* by page of the file; the array itself is set once */
    uint64_t spare_next;  /* where the unused part of the file's second half begins */
    uint64_t pages_locked;
    void (*post)(void *context, const struct mm_map_command *command);
    void *post_context;
};

/* The window that an address lies in, or NULL. The caller sees to it that it stays. */
struct mm_window *window_of_address(uint64_t address);
struct mm_window *window_of_slot(unsigned slot);
/* The calling thread's window; NULL in the system process. */
struct mm_window *window_current(void);
bool window_is_foreign(const struct mm_window *window); /* another process's */

/* ---- window_extent.c; all with the window's lock ---------------------------------------- */

/* Index of the first extent that ends behind address; extent_count if none. */
size_t extent_find(const struct mm_window *window, uint64_t address);
/* Makes [start, end) begin and end at extents' borders and returns the first's index. The range
 * must be covered. NO_ROOM when memory is out. */
#define EXTENT_NO_ROOM SIZE_MAX
size_t extent_split(struct mm_window *window, uint64_t start, uint64_t end);
NTSTATUS extent_insert(struct mm_window *window, const struct extent *extent);
/* Drops the extents of [start, end), which must begin and end at borders. */
void extent_drop(struct mm_window *window, uint64_t start, uint64_t end);
void extent_join(struct mm_window *window, uint64_t start, uint64_t end);
/* A free range for length bytes; 0: none. */
uint64_t extent_gap(const struct mm_window *window, uint64_t length, bool is_top_down);
/* Room for count more extents, so that later steps cannot fail. */
NTSTATUS extent_provide(struct mm_window *window, size_t count);

/* ---- window_map.c: what both processes see; all with the window's lock ---------------------- */

int protection_of_page(ULONG protect); /* HOST_… of PAGE_… */
bool page_protect_is_valid(ULONG protect, bool is_mapped);
/* Makes the pages of an extent appear with its protection, here and in the program. */
NTSTATUS window_show(struct mm_window *window, const struct extent *extent);
void window_hide(struct mm_window *window, uint64_t start, uint64_t end);
/* The contents of private pages are gone, but those that are locked stay for the driver. */
void window_forget(struct mm_window *window, uint64_t offset, uint64_t length);
/* The offset for a new page at address, and how many of the pages behind fit there too. */
uint64_t window_offset_for(struct mm_window *window, uint64_t address, uint64_t limit,
                           uint64_t *out_length);

/* ---- window_lock.c ------------------------------------------------------------------------------
 */

/* Locks the pages of [address, address+length) and writes their frame numbers. */
NTSTATUS window_pages_lock(struct mm_window *window, uint64_t address, uint64_t length,
                           bool is_write, PFN_NUMBER *out_frames);
void window_page_unlock(struct mm_window *window, uint64_t page);

/* Maps system pages into a window for a driver (MmMapLockedPages with UserMode). */
NTSTATUS window_map_frames(struct mm_window *window, uint64_t wanted, const PFN_NUMBER *frames,
                           size_t count, ULONG protect, uint64_t *out_address);
NTSTATUS window_unmap(struct mm_window *window, uint64_t address, size_t count);

/* ---- physical.c
 * ------------------------------------------------------------------------------------ */

/* The invented physical address space: low memory is pool, windows lie far above it, and every
 * other system address stands for itself with a high bit. */
PFN_NUMBER frame_of_system(const void *address);
PFN_NUMBER frame_of_window(const struct mm_window *window, uint64_t offset);
uint64_t physical_of(const void *address); /* 0: not mapped */
enum frame_kind { FRAME_NONE, FRAME_POOL, FRAME_WINDOW, FRAME_SYSTEM };
struct frame {
    enum frame_kind kind;
    struct mm_window *window;
    uint64_t offset; /* in the share, FRAME_POOL and FRAME_WINDOW */
    void *address;   /* where it is mapped anyway; NULL for windows */
};
/* The memory below and above the hole, as drivers are told. */
void physical_ram(PHYSICAL_MEMORY_RANGE *out_low, PHYSICAL_MEMORY_RANGE *out_high);
void frame_describe(PFN_NUMBER number, struct frame *out_frame);

/* ---- mapping.c: system addresses
 * ----------------------------------------------------------------------- */

NTSTATUS mappings_init(void);
void mappings_fini(void);
/* Addresses for count pages, nothing mapped; NULL: none left. */
void *mapping_reserve(size_t count);
void mapping_release(void *address, size_t count);
/* Frames side by side at address; all of them must have a share. */
NTSTATUS mapping_fill(void *address, const PFN_NUMBER *frames, size_t count, int protection);
void mapping_clear(void *address, size_t count);
bool mapping_contains(const void *address);

extern struct mm_shared_counts {
    _Atomic uint64_t mdls_locked, pages_locked, mappings, windows;
} mm_tally; /* atomic */

#endif
