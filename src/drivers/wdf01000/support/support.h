/* SPDX-License-Identifier: MIT */
/* support.h - the small objects of the Framework: memory, strings, collections, locks, timers,
 * DPCs, work items, registry keys.
 *
 * Rules of use: each struct begins with its struct fx_object, so that a handle is checked with
 * fx_object_of(globals, handle, &fx_type_…) and released with fx_object_deref or
 * fx_object_delete. Functions that may fail return a status and set out_… only on success.
 * Callbacks of a client run through fx_callback_enter/leave of their parent's lock when they
 * are serialised automatically; none of these functions calls a client with a lock of ours held.
 */
#ifndef WDF01000_SUPPORT_H
#define WDF01000_SUPPORT_H

#include "../fx.h"

struct fx_lookaside;

/* Is the caller's IRQL too high? Says so (what: the entry's name): the caller answers
 * STATUS_INVALID_DEVICE_REQUEST, or nothing where nothing can be answered.
 */
static inline BOOLEAN fx_irql_above(struct fx_globals *globals, KIRQL allowed, const char *what)
{
    KIRQL irql = KeGetCurrentIrql();

    if (irql <= allowed)
        return FALSE;
    fx_log(globals, FX_LOG_ERROR, "%s at IRQL %u: call it at %u or below", what, irql, allowed);
    return TRUE;
}

enum fx_memory_kind {
    FX_MEMORY_POOL,         /* bytes from pool, freed with the object */
    FX_MEMORY_LOOKASIDE,    /* bytes from a lookaside list, go back to it with the object */
    FX_MEMORY_PREALLOCATED, /* the client's bytes */
    FX_MEMORY_REQUEST,      /* a request's buffer; the object stands inside the request's */
};

/* A buffer with a handle. buffer and length are constant for as long as somebody else may hold
 * a reference, except for preallocated memory (WdfMemoryAssignBuffer).
 */
struct fx_memory {
    struct fx_object object;
    void *buffer;
    SIZE_T length_bytes;
    PMDL mdl; /* describes buffer, or NULL: see fx_memory_mdl */
    struct fx_lookaside *lookaside;
    UCHAR kind;      /* enum fx_memory_kind */
    UCHAR read_only; /* input buffer of a request: copying into it is refused */
    UCHAR own_mdl;   /* mdl was made by fx_memory_mdl and is freed with the object */
    UCHAR locked;    /* own_mdl's pages are locked */
    UCHAR paged;
    ULONG tag; /* of pool */
};

extern const struct fx_type fx_type_memory;
extern const struct fx_type fx_type_string;
extern const struct fx_type fx_type_collection;
extern const struct fx_type fx_type_lookaside;
extern const struct fx_type fx_type_spin_lock;
extern const struct fx_type fx_type_wait_lock;
extern const struct fx_type fx_type_timer;
extern const struct fx_type fx_type_dpc;
extern const struct fx_type fx_type_work_item;
extern const struct fx_type fx_type_key;

/* Memory from pool. tag 0 means the driver's tag; parent NULL means attributes decide, then the
 * driver. out_buffer may be NULL.
 *
 * IRQL:   <= DISPATCH_LEVEL (PASSIVE for paged pool)
 * Errors: STATUS_INVALID_PARAMETER (no bytes), STATUS_INSUFFICIENT_RESOURCES, those of the
 *         attributes
 */
NTSTATUS fx_memory_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_object *parent, POOL_TYPE pool, ULONG tag, SIZE_T length_bytes,
                          struct fx_memory **out_memory);

/* Fills the memory half of an object that stands inside a request. The object half is the
 * request's to prepare. mdl is borrowed (may be NULL). */
void fx_memory_embed(struct fx_memory *memory, void *buffer, SIZE_T length_bytes, PMDL mdl,
                     BOOLEAN read_only);

/* The part of memory that range (may be NULL: all of it) names.
 *
 * IRQL:   any
 * Errors: STATUS_INTEGER_OVERFLOW, STATUS_BUFFER_TOO_SMALL
 */
NTSTATUS fx_memory_range(const struct fx_memory *memory, const WDFMEMORY_OFFSET *range,
                         SIZE_T *out_offset, SIZE_T *out_length);

/* An MDL over all of the memory, made once and kept until the object goes. Its pages are locked.
 *
 * IRQL:   <= DISPATCH_LEVEL (<= APC_LEVEL for paged memory)
 * Errors: STATUS_INSUFFICIENT_RESOURCES, STATUS_ACCESS_VIOLATION
 */
NTSTATUS fx_memory_mdl(struct fx_memory *memory, PMDL *out_mdl);
/* Frees the MDL that fx_memory_mdl made, if it made one. */
void fx_memory_mdl_drop(struct fx_memory *memory);

/* Copies between a buffer of the caller's and a part of the memory; nothing is copied on error.
 *
 * IRQL:   any that both buffers bear
 * Errors: STATUS_INVALID_PARAMETER (no bytes), STATUS_BUFFER_TOO_SMALL (read past the end),
 *         STATUS_INVALID_BUFFER_SIZE (write past the end), STATUS_ACCESS_VIOLATION (read only)
 */
NTSTATUS fx_memory_read(const struct fx_memory *memory, SIZE_T offset, void *buffer,
                        SIZE_T length_bytes);
NTSTATUS fx_memory_write(struct fx_memory *memory, SIZE_T offset, const void *buffer,
                         SIZE_T length_bytes);

/* Other bytes for preallocated memory. */
NTSTATUS fx_memory_assign(struct fx_memory *memory, void *buffer, SIZE_T length_bytes);

/* Pool for a client: tag 0 is the client's own. NULL when there is none, or when the verifier says
 * so; never raises. Freed with ExFreePool. */
PVOID fx_pool_take(struct fx_globals *globals, POOL_TYPE pool, ULONG tag, SIZE_T length_bytes);
BOOLEAN fx_pool_is_paged(POOL_TYPE pool);

/* A counted UTF-16 string with a handle; value.Buffer is ours, zero-terminated. */
struct fx_string {
    struct fx_object object;
    UNICODE_STRING value;
};

/* Well formed: even lengths, room for what it holds, a buffer when it is not empty.
 * Errors: STATUS_INVALID_PARAMETER, logged */
NTSTATUS fx_string_check(struct fx_globals *globals, PCUNICODE_STRING string);

/* IRQL: PASSIVE_LEVEL. value may be NULL (empty). */
NTSTATUS fx_string_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_object *parent, PCUNICODE_STRING value,
                          struct fx_string **out_string);

/* Replaces the value by a copy; the old value stays when this fails. */
NTSTATUS fx_string_assign(struct fx_string *string, PCUNICODE_STRING value);

/* An ordered list of objects, each held by a reference. */
struct fx_collection {
    struct fx_object object;
    KSPIN_LOCK lock; /* guards: items, count */
    LIST_ENTRY items;
    ULONG count;
};

#define FX_COLLECTION_LAST MAXULONG

/* All: IRQL <= DISPATCH_LEVEL. */
NTSTATUS fx_collection_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                              struct fx_collection **out_collection);
NTSTATUS fx_collection_add(struct fx_collection *collection, struct fx_object *object);
/* Removes the index-th item, or the first that is this object, and drops the collection's
 * reference. Errors: STATUS_NOT_FOUND */
NTSTATUS fx_collection_remove(struct fx_collection *collection, ULONG index);
NTSTATUS fx_collection_remove_object(struct fx_collection *collection, struct fx_object *object);
/* Borrowed: the collection's reference keeps it. index may be FX_COLLECTION_LAST. NULL past the
 * end. */
struct fx_object *fx_collection_at(struct fx_collection *collection, ULONG index);

/* Spin lock with a handle. An interrupt may be given one (WDF_INTERRUPT_CONFIG.SpinLock): the
 * hardware room sets `interrupt`, uses `lock` at its IRQL, and the client's calls are refused. */
struct fx_spin_lock {
    struct fx_object object;
    KSPIN_LOCK lock;
    KIRQL old_irql;  /* owner only */
    PKTHREAD owner;  /* owner only writes; read without the lock to find recursion */
    PVOID interrupt; /* hardware room's, or NULL: then only that interrupt may use the lock */
};

struct fx_wait_lock {
    struct fx_object object;
    KEVENT event; /* synchronisation event: signalled while free */
    PKTHREAD owner;
};

void fx_spin_lock_acquire(struct fx_spin_lock *lock);
void fx_spin_lock_release(struct fx_spin_lock *lock);
NTSTATUS fx_wait_lock_acquire(struct fx_wait_lock *lock, const LONGLONG *timeout_100ns);
void fx_wait_lock_release(struct fx_wait_lock *lock);

/* A registry key with a handle. handle is a kernel handle, closed with the object. */
struct fx_key {
    struct fx_object object;
    HANDLE handle;
};

/* Takes handle on success. IRQL: PASSIVE_LEVEL */
NTSTATUS fx_key_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                       struct fx_object *parent, HANDLE handle, struct fx_key **out_key);

/* Work at PASSIVE_LEVEL for whoever is at DISPATCH_LEVEL: routine runs once for any number of
 * posts that came before it began. A post while it runs makes it run again, perhaps at the same
 * time. The object needs a device above it, or a driver object.
 *
 * fx_passive_init: IRQL <= DISPATCH_LEVEL; STATUS_INSUFFICIENT_RESOURCES
 * fx_passive_post: any IRQL <= DISPATCH_LEVEL; TRUE when this post queued it, FALSE when it
 *                  was queued already
 * fx_passive_flush: PASSIVE_LEVEL; returns at once when called by the routine itself
 * fx_passive_fini: when nothing is queued or running any more
 */
typedef void fx_passive_routine(struct fx_object *object);

struct fx_passive {
    struct fx_object *object; /* referenced from a post until its run is over */
    fx_passive_routine *routine;
    PIO_WORKITEM item;
    KSPIN_LOCK lock; /* guards: runs, queued, is_late */
    LIST_ENTRY runs; /* of struct passive_run: who is inside routine */
    BOOLEAN queued;
    BOOLEAN is_late; /* the queued run is one that only the client's end waits for */
    KEVENT idle;     /* notification event: neither queued nor running */
};

NTSTATUS fx_passive_init(struct fx_passive *passive, struct fx_object *object,
                         fx_passive_routine *routine);
BOOLEAN fx_passive_post(struct fx_passive *passive);
/* Does the calling thread stand inside routine? */
BOOLEAN fx_passive_is_inside(struct fx_passive *passive);
void fx_passive_flush(struct fx_passive *passive);
void fx_passive_fini(struct fx_passive *passive);
/* Waits for runs that a flush from inside has left alone: the client goes. PASSIVE_LEVEL */
void fx_passive_wait(struct fx_globals *globals);

/* The lock over callbacks of an object below parent, by the rules of AutomaticSerialization.
 *
 * Gives:  *out_holder: whose callback lock to enter; NULL: none
 * Errors: STATUS_INVALID_DEVICE_REQUEST (no device above), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 */
NTSTATUS fx_serialize(struct fx_object *parent, BOOLEAN automatic, BOOLEAN is_passive,
                      struct fx_object **out_holder);

#endif
