/* SPDX-License-Identifier: MIT */
/* section.h - section objects and views from inside the room. */
#ifndef MM_SECTION_H
#define MM_SECTION_H

#include "ob/ob.h"
#include "store.h"

#ifndef SEC_FILE
#define SEC_FILE 0x800000
#endif
#ifndef SEC_RESERVE
#define SEC_RESERVE 0x4000000
#endif
#ifndef SEC_IMAGE
#define SEC_IMAGE 0x1000000
#endif
#ifndef SEC_NOCACHE
#define SEC_NOCACHE 0x10000000
#endif
#ifndef SEC_WRITECOMBINE
#define SEC_WRITECOMBINE 0x40000000
#endif
#ifndef SEC_LARGE_PAGES
#define SEC_LARGE_PAGES 0x80000000
#endif

#define SECTION_BYTES_MAX 0x10000000000ull /* 1 TiB */

/* The body that MmSectionObjectType's handles name. */
struct section {
    struct store *store;   /* NULL: \Device\PhysicalMemory; referenced, set once */
    struct host_lock lock; /* guards: bytes */
    uint64_t bytes;        /* grows only */
    ULONG protect;         /* PAGE_…; set once */
    ULONG attributes;      /* SEC_…; set once */
};

/* One appearance of a section in a window. The window's lock guards the list. */
struct view {
    struct view *next;
    uint64_t start, end;
    struct store *store; /* referenced; NULL: physical memory */
    uint64_t offset;     /* in the store, of start */
    ULONG protect;       /* as mapped */
    bool is_writable;    /* others see what is written */
};

/* May a view of, or pages in a view mapped with, `of` have protection `wanted`? */
bool protect_allows(ULONG of, ULONG wanted);
/* The view that address lies in; with the window's lock. */
struct view *view_find(const struct mm_window *window, uint64_t address);
/* The store is not the view's any more; without a lock. */
void view_free(struct view *view);
/* Pages of reserved sections that somebody has committed appear; with the window's lock. */
NTSTATUS view_refresh(struct mm_window *window, const struct view *view);

#endif
