/* SPDX-License-Identifier: MIT */
/* store.h - what lies behind sections: a file of the host, or one without a name.
 *
 * A store lives as long as sections, views and locked pages refer to it. Its frames keep their
 * numbers while it lives.
 */
#ifndef MM_STORE_H
#define MM_STORE_H

#include "base/list.h"
#include "mm_internal.h"

struct store {
    struct list link; /* all stores, by physical address; guarded by stores_lock */
    uint32_t id;      /* MM_SHARE_… of its extents; set once, never used again */
    _Atomic uint64_t references;
    uint64_t physical;       /* of its first byte; set once */
    uint64_t physical_bytes; /* kept for it; set once */
    int fd;                  /* guarded by stores_lock: a better one may take its place */
    bool is_writable;        /* fd is; guarded by stores_lock */
    uint64_t bytes;          /* whole pages; grows only; guarded by stores_lock */
    FILE_OBJECT *file;       /* referenced; NULL: no file; set once */
    uint8_t *committed;      /* a byte a page, SEC_RESERVE only; guarded by stores_lock */
    uint64_t user_views, writable_views; /* guarded by stores_lock */
    uint64_t writable_sections;          /* guarded by stores_lock */
};

/* What a store is made of. */
struct store_source {
    uint64_t bytes;
    FILE_OBJECT *file; /* NULL: a file without a name is made */
    bool is_writable;  /* the file's pages will be written through views */
    bool is_reserved;  /* pages are committed later */
};

/* A file that has a store gets that one. Gives a reference. */
NTSTATUS store_get_for(const struct store_source *source, struct store **out_store);
void store_get(struct store *store);
void store_put(struct store *store);
void store_release(uint32_t id);                          /* a reference that is kept by number */
struct store *store_find_get(uint32_t id);                /* NULL: gone */
struct store *store_find_get_physical(uint64_t physical); /* NULL: no store's */
/* Makes room for bytes; a file becomes longer if it is shorter. */
NTSTATUS store_extend(struct store *store, uint64_t bytes);
void store_commit(struct store *store, uint64_t offset, uint64_t length);
/* How many bytes from offset on are in the same state, up to length. */
uint64_t store_committed_run(struct store *store, uint64_t offset, uint64_t length,
                             bool *out_is_committed);
void store_view_count(struct store *store, int change, bool is_writable);
void store_section_count(struct store *store, int change, bool is_writable);
/* Stores in the order of their physical addresses; a lock is held during visit. */
void store_visit(void (*visit)(uint64_t physical, uint64_t bytes, void *context), void *context);
/* The store of a file's data, referenced; NULL: none. */
struct store *store_of_pointers(const SECTION_OBJECT_POINTERS *pointers);

#endif
