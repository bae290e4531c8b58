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

/* A long run of pages that was locked in one go; not in page_locks as long as it stands here. */
struct lock_run {
    uint64_t page;
    size_t count; /* 0: free */
};
#define LOCK_RUNS      8u
#define LOCK_RUN_LEAST 32u /* pages; shorter ones are counted page by page */

struct mm_window {
    struct host_lock lock;  /* guards: everything below that says nothing else */
    uint64_t base, bytes;   /* the program's addresses; set once */
    uint64_t here;          /* where base lies in this process; set once */
    bool is_low;            /* here differs, and base is shown when it is taken; set once */
    int fd;                 /* set once */
    unsigned slot;          /* set once */
    struct extent *extents; /* sorted, never overlapping */
    size_t extent_count, extent_room;
    struct view *views;      /* sections in it */
    struct secured *secured; /* ranges that stay as they are */
    uint16_t *page_locks;    /* by page of the file; the array itself is set once */
    struct lock_run lock_runs[LOCK_RUNS];
    uint64_t spare_next; /* where the unused part of the file's second half begins */
    uint64_t pages_locked;
    void (*post)(void *context, const struct mm_map_command *command);
    void *post_context;
};

/* The window that an address lies in, or NULL. The caller sees to it that it stays. */
struct mm_window *window_of_address(uint64_t address);
struct mm_window *window_of_slot(unsigned slot);
/* A descriptor of the window's file, for others. */
NTSTATUS window_share_open(unsigned slot, int *out_fd);
/* The calling thread's window; NULL in the system process. */
struct mm_window *window_current(void);
struct mm_window *window_of_process(PEPROCESS process);
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
/* Is it copied when it is written to, and was not yet? */
bool extent_copies(const struct extent *extent);
int extent_protection(const struct extent *extent); /* HOST_… as it is shown */
bool page_protect_is_valid(ULONG protect, bool is_mapped);
/* Makes the pages of an extent appear with its protection, here and in the program. */
NTSTATUS window_show(struct mm_window *window, const struct extent *extent);
void window_hide(struct mm_window *window, uint64_t start, uint64_t end);
/* Takes whole extents away, with the contents of private pages. */
void window_vacate(struct mm_window *window, uint64_t start, uint64_t end);
/* The contents of private pages are gone, but those that are locked stay for the driver. */
void window_forget(struct mm_window *window, uint64_t offset, uint64_t length);
/* The offset for a new page at address, and how many of the pages behind fit there too. */
uint64_t window_offset_for(struct mm_window *window, uint64_t address, uint64_t limit,
                           uint64_t *out_length);

/* window_low.c: is it the one whose addresses below MM_LOW_END are shown? */
bool window_is_shown(const struct mm_window *window);
struct mm_window *window_of_low(void);
void window_low_init(void);
void window_low_forget(struct mm_window *window);
/* Maps an extent at its low addresses; window's lock. */
int extent_map(struct mm_window *window, const struct extent *extent, uint64_t where);

/* ---- window_fault.c, secure.c ---------------------------------------------------------------- */

NTSTATUS window_copy_page_locked(struct mm_window *window, uint64_t address);
/* All of the range must allow what is wanted (HOST_…). */
NTSTATUS secure_range(struct mm_window *window, uint64_t start, uint64_t end, int wanted,
                      uint64_t *out_key);
bool secure_release(uint64_t key);
/* With the window's lock: is any of the range secured; against this protection? */
bool secure_overlaps(const struct mm_window *window, uint64_t start, uint64_t end);
bool secure_forbids(const struct mm_window *window, uint64_t start, uint64_t end, int protection);
void secure_forget_all(struct mm_window *window);

/* ---- window_lock.c --------------------------------------------------------------------------- */

/* Locks the pages of [address, address+length) and writes their frame numbers. */
NTSTATUS window_pages_lock(struct mm_window *window, uint64_t address, uint64_t length,
                           bool is_write, PFN_NUMBER *out_frames);
void window_page_lock(struct mm_window *window, uint64_t page);
/* Drops one lock of each of count pages of the file. */
void window_pages_unlock(struct mm_window *window, uint64_t page, size_t count);
/* The same for a run that was locked in one go; false: there is none such. */
bool window_run_unlock(struct mm_window *window, uint64_t page, size_t count);
/* With the window's lock, before page_locks is looked at: what stands as runs is counted. */
void window_runs_settle(struct mm_window *window);

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
/* Of shares that are no store's and not the window's own. */
PFN_NUMBER frame_of_share(uint32_t share, uint64_t offset);
uint64_t physical_of(const void *address); /* 0: not mapped */
enum frame_kind {
    FRAME_NONE, /* nothing: reads as ones */
    FRAME_POOL,
    FRAME_IMAGE,
    FRAME_WINDOW,
    FRAME_STORE,
    FRAME_SYSTEM, /* only where it is mapped anyway */
};
struct frame {
    enum frame_kind kind;
    struct mm_window *window;
    uint32_t share;  /* MM_SHARE_…; NONE for FRAME_SYSTEM */
    uint64_t offset; /* in the share */
    uint64_t bytes;  /* from here on it goes on in the same way */
    void *address;   /* where it is mapped anyway; NULL for programs' memory */
};
/* The end of physical addresses. */
#define PHYSICAL_END          (1ull << 52)
#define MM_STORE_PHYSICAL     0x1000000000000ull
#define MM_STORE_PHYSICAL_END 0x8000000000000ull
/* What there is, in order, at most room ranges; how many there are in all. */
size_t physical_ranges(PHYSICAL_MEMORY_RANGE *ranges, size_t room);
/* The share of a frame as an extent of window has it. */
uint32_t share_in(const struct mm_window *window, const struct frame *frame);
/* Shows physical pages side by side at a mapping address. */
NTSTATUS physical_map(uint64_t physical, size_t count, int protection, void *address);
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
/* What count pages there show: frames, or those from physical on. */
void mapping_note(const void *address, size_t count, uint64_t physical, const PFN_NUMBER *frames);
uint64_t mapping_physical(const void *address); /* 0: nothing is noted */
/* Maps from a share (MM_SHARE_…); 0 or an errno value. */
int share_map(uint32_t share, uint64_t offset, size_t length, int protection, void *address);
/* Descriptors of MM_SHARE_IMAGE and MM_SHARE_ONES; they stay. */
int share_fd_fixed(uint32_t share);
#define ONES_BYTES 0x100000u

const struct mm_file_ops *file_ops_get(void);
void system_views_fini(void);
void window_system_fini(void);

extern struct mm_shared_counts {
    _Atomic uint64_t mdls_locked, pages_locked, mappings, windows, stores, views;
} mm_tally; /* atomic */

#endif
