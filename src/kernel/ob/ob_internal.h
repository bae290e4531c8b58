/* SPDX-License-Identifier: MIT */
/* ob_internal.h - the header in front of every body, and what the files of this room share.
 *
 * A body is found from its header and the other way round by a fixed distance; nobody
 * outside the room knows it. Counts are atomic words; names belong to one lock.
 */
#ifndef OB_INTERNAL_H
#define OB_INTERNAL_H

#include <stdatomic.h>

#include "base/assert.h"
#include "host/host.h"
#include "ex/ex.h"
#include "rtl/rtl.h"
#include "ob/ob.h"

#define OB_TAG          'jbOc'
#define OB_TAG_NAME     'nbOc'
#define OB_TAG_HANDLE   'hbOc'
#define OB_TAG_SECURITY 'sbOc'

/* A closer adds this to the reference count while references that lookups took through the
 * handle's slot are on their way: the count cannot pass zero meanwhile. */
#define OB_REFERENCE_BIAS (1ll << 40)

struct object_type {
    char name[32];            /* set once */
    UNICODE_STRING wide_name; /* set once; buffer follows in wide_buffer */
    WCHAR wide_buffer[32];
    struct object_type_ops ops; /* set once */
    _Atomic uint64_t objects, handles;
};

/* An entry of a directory; also what an object knows about its name. */
struct object_name {
    struct object_name *next;        /* bucket chain; guarded by namespace lock */
    struct object_header *object;    /* no reference: a dying object takes its name away */
    struct object_header *directory; /* referenced */
    uint32_t hash;
    UNICODE_STRING text; /* buffer lies behind this struct; set once */
};

/* How many handles one process has to one object. */
struct handle_count {
    struct handle_count *next;
    const struct handle_table *table; /* NULL: this place is free */
    uint64_t count;
};

enum object_flag {
    OBJECT_PERMANENT = 1, /* the name holds a reference */
    OBJECT_EXCLUSIVE = 2, /* handles of one process only */
};

struct object_header {
    _Atomic int64_t references;
    _Atomic uint64_t handles;
    struct object_type *type;     /* set once */
    struct object_name *name;     /* guarded by namespace lock */
    _Atomic uint32_t flags;       /* enum object_flag; changed under namespace lock */
    struct host_lock handle_lock; /* guards: counts; after: nothing */
    struct handle_count counts;   /* first of the list; one process is the usual case */
    _Atomic(void *) security;     /* self-relative descriptor or NULL; see ob_security_* */
    struct list link;             /* every object; guarded by object list lock */
    struct ex_work deferred;      /* used once, by the last dereference above PASSIVE_LEVEL */
} __attribute__((aligned(16)));

static inline struct object_header *header_of(const void *body)
{
    return (struct object_header *)body - 1;
}

static inline void *body_of(struct object_header *header)
{
    return header + 1;
}

/* object.c */
/* Takes a reference unless the object is already dying. */
bool object_reference_unless_dead(struct object_header *header);
void object_list_init(void);

/* directory.c; the namespace lock guards all directories and all names */
#define DIRECTORY_BUCKETS 64
struct object_directory {
    struct object_name *buckets[DIRECTORY_BUCKETS]; /* guarded by namespace lock */
    uint32_t count;
};
extern struct host_lock namespace_lock;
extern struct object_header *namespace_root;
struct object_name *directory_find_locked(struct object_directory *directory,
                                          const UNICODE_STRING *text, bool is_insensitive);
NTSTATUS object_name_allocate(struct object_header *object, const UNICODE_STRING *text,
                              struct object_name **out_name);
void object_name_free(struct object_name *name);
/* Enters name into directory (whose reference it keeps). */
void directory_link_locked(struct object_header *directory, struct object_name *name);
/* Takes the name off its directory and its object; the caller frees it after unlocking. */
struct object_name *object_name_unlink_locked(struct object_header *object);

/* symbolic_link.c */
struct symbolic_link {
    UNICODE_STRING target; /* set once */
};
void symbolic_link_delete_body(void *body);

/* name.c */
struct namespace_walk {
    const OBJECT_ATTRIBUTES *attributes;
    struct object_type *wanted;
    ACCESS_MASK access;
    KPROCESSOR_MODE mode;
    void *context;
    struct object_header *insert; /* NULL: only look up */
};
/* Success: *out_body has a reference. STATUS_SUCCESS with *out_body == insert's body: it was
 * entered. Otherwise *out_body already had the name. */
NTSTATUS namespace_walk(const struct namespace_walk *walk, void **out_body);

/* handle_table.c */
struct slot_value {
    struct object_header *header; /* NULL: free */
    ACCESS_MASK granted;
    ULONG attributes; /* OBJ_INHERIT | OB_PROTECT_CLOSE */
};
struct handle_table {
    void *process;
    struct host_lock lock; /* guards: free_first, extent, is_closed, growing of the tree */
    uint32_t free_first;   /* index of the first free slot, 0: none */
    uint32_t extent;       /* slots ever made */
    bool is_closed;
    _Atomic uint64_t count;
    struct slot_branch *_Atomic branches[256];
};
NTSTATUS slot_put(struct handle_table *table, const struct slot_value *value, uint32_t *out_index);
/* The same at a slot that was never made; those before it that were not become free. */
NTSTATUS slot_put_at(struct handle_table *table, const struct slot_value *value, uint32_t index);
/* Gives a reference to the slot's object. Takes no lock. */
NTSTATUS slot_reference(struct handle_table *table, uint32_t index, struct slot_value *out_value);
/* The usual case in short; NULL says nothing but that slot_reference must be asked. */
struct object_header *slot_reference_quick(struct handle_table *table, uint32_t index,
                                           ACCESS_MASK *out_granted);
/* Empties the slot if it still refers to expected (of which the caller holds a reference). */
NTSTATUS slot_remove(struct handle_table *table, uint32_t index, const struct slot_value *expected);
NTSTATUS slot_attributes_set(struct handle_table *table, uint32_t index, ULONG attributes);
NTSTATUS handle_table_kernel_init(void);
void handle_table_kernel_fini(void);

/* handle_count.c */
/* STATUS_ACCESS_DENIED for an exclusive object that another process has a handle to. */
NTSTATUS handle_count_add(struct object_header *header, const struct handle_table *table);
/* Returns how many are left in that table, and overall. */
void handle_count_drop(struct object_header *header, const struct handle_table *table,
                       uint64_t *out_process_handles, uint64_t *out_system_handles);
void handle_count_free(struct object_header *header);

/* handle.c */
/* Splits a handle into its table and index. */
NTSTATUS handle_locate(HANDLE handle, KPROCESSOR_MODE mode, struct handle_table **out_table,
                       uint32_t *out_index);
NTSTATUS handle_close_in(struct handle_table *table, uint32_t index, HANDLE handle,
                         KPROCESSOR_MODE mode, bool is_forced);

#endif
