/* SPDX-License-Identifier: MIT */
/* ob.h - objects, names, handles, reference counts.
 *
 * Rules of use. A body is what drivers see (FILE_OBJECT, KEVENT …); our header lies in
 * front of it. ob_create gives one reference; ob_insert may give it a name and a handle.
 * The last dereference calls the type's delete. No lock of this room is held while a
 * type's callback runs. Contract functions
 * (ObReferenceObjectByHandle, ObfDereferenceObject …) live here too.
 */
#ifndef OB_OB_H
#define OB_OB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

#include "base/list.h"

/* ---- types ------------------------------------------------------------------------------ */

struct object_type;

/* What an open of a name that leads through this object wants. Filled by ob_open. */
struct ob_parse {
    ACCESS_MASK desired_access;
    KPROCESSOR_MODE mode;
    ULONG attributes;           /* OBJ_* */
    UNICODE_STRING remaining;   /* the rest of the name behind this object, no copy */
    struct object_type *wanted; /* NULL: any */
    void *context;              /* the opener's own (io: create parameters) */
};

struct object_type_ops {
    /* Last reference gone. The body is freed when it returns. */
    void (*delete_body)(void *body);
    /* A handle of a process was closed; remaining: handles left in that process / overall. */
    void (*close_handle)(void *process, void *body, ACCESS_MASK granted, uint64_t process_handles,
                         uint64_t system_handles);
    /* Before a handle is closed: false refuses (STATUS_HANDLE_NOT_CLOSABLE). May be NULL. */
    bool (*may_close)(void *process, void *body, HANDLE handle, KPROCESSOR_MODE mode);
    /* A name leads to or through the body. NULL: the name must end here. Gives *out_body
     * with a reference. STATUS_REPARSE with a new absolute name in *out_name (allocated with
     * RtlFreeUnicodeString's allocator) restarts. */
    NTSTATUS (*parse)(void *body, struct ob_parse *parse, UNICODE_STRING *out_name,
                      void **out_body);
    /* The dispatcher header to wait on; NULL: the type cannot be waited for. */
    DISPATCHER_HEADER *(*waitable)(void *body);
    /* The full name of a body whose name is not in the name space (files, keys), as
     * ob_name_of gives it. NULL: the name under which it was inserted. */
    NTSTATUS (*query_name)(const void *body, UNICODE_STRING *out_name);
    /* The most that a program may hold of this body, whatever its descriptor grants. NULL: no
     * such limit. */
    ACCESS_MASK (*user_limit)(const void *body);
    /* A type whose bodies keep their descriptors themselves; both or neither. As much as fits into
     * buffer is copied; answers how long it is, 0: there is none. The other takes one from pool,
     * NULL: none. */
    ULONG (*descriptor_copy)(const void *body, void *buffer, ULONG room);
    void (*descriptor_set)(void *body, PSECURITY_DESCRIPTOR descriptor);
    GENERIC_MAPPING mapping;
    ACCESS_MASK valid_access;
    ACCESS_MASK default_access;
    bool is_watchable; /* ObRegisterCallbacks may name it */
};

/* Registers a type under \ObjectTypes. name is copied. Also what IoFileObjectType & co. point at.
 */
NTSTATUS ob_type_create(const char *name, const struct object_type_ops *ops,
                        struct object_type **out_type);
const char *ob_type_name(const struct object_type *type);
const UNICODE_STRING *ob_type_wide_name(const struct object_type *type);
const struct object_type_ops *ob_type_ops(const struct object_type *type);
extern struct object_type *ob_directory_type, *ob_symbolic_link_type;

/* ---- objects ----------------------------------------------------------------------------- */

NTSTATUS
ob_init(void); /* the root, \Device, \Driver, \FileSystem, \GLOBAL??, \??, \BaseNamedObjects … */
void ob_fini(void);

/* A zeroed body of size bytes, reference count 1, no name. */
NTSTATUS ob_create(struct object_type *type, size_t size, void **out_body);
/* Gives the object its name (absolute, or relative to root) and/or a handle in the table.
 * attributes OBJ_OPENIF: when the name exists and the type fits, the existing object is
 * returned in *out_body with STATUS_OBJECT_NAME_EXISTS and the new one is dereferenced.
 * OBJ_PERMANENT as documented. name NULL or empty: unnamed. A handle and a permanent name
 * have references of their own: the caller still owns the one it came with, or, on
 * STATUS_OBJECT_NAME_EXISTS, the one in *out_body (so OBJ_OPENIF needs out_body). On failure
 * nothing has changed. A name that is not permanent goes with the last handle or the last
 * reference. */
NTSTATUS ob_insert(void *body, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
                   KPROCESSOR_MODE mode, void **out_body, HANDLE *out_handle);
/* Takes the name away; the object lives on until its references are gone. */
void ob_name_remove(void *body);
/* OBJ_PERMANENT given or taken later; taking it also takes the name if no handle is open. */
void ob_make_permanent(void *body);
void ob_make_temporary(void *body);
void ob_reference(void *body);
/* False when the last reference is gone already (for tables that hold none). */
bool ob_reference_unless_dead(void *body);
/* IRQL <= DISPATCH_LEVEL. The type's delete runs at PASSIVE_LEVEL: here, or on a worker when
 * the caller is higher. */
void ob_dereference(void *body);
/* The same, always on a worker: for callers that hold locks the delete may take. */
void ob_dereference_deferred(void *body);
/* What to wait on; NULL: the type cannot be waited for. */
DISPATCHER_HEADER *ob_waitable_of(void *body);
bool ob_is_permanent(const void *body);
struct object_type *ob_type_of(const void *body);
/* What a pool block is to this room: OBJECT gives its body, PART hangs on some object (its
 * name, its handles), NONE is not ours. For reports. */
enum ob_block { OB_BLOCK_NONE, OB_BLOCK_OBJECT, OB_BLOCK_PART };
struct ex_pool_block;
enum ob_block ob_block_kind(const struct ex_pool_block *block, void **out_body);
uint64_t ob_reference_count(const void *body);
const void *ob_header_of(const void *body); /* its address is shown; nothing in it is promised */
uint64_t ob_handle_count(const void *body);
/* The full name, or an empty string; allocated, RtlFreeUnicodeString. */
NTSTATUS ob_name_of(const void *body, UNICODE_STRING *out_name);

/* Opens by name (capturing is the gate's business: everything is kernel memory here).
 * Gives a reference. context goes to parse callbacks. */
NTSTATUS ob_open(const OBJECT_ATTRIBUTES *attributes, struct object_type *type, ACCESS_MASK access,
                 KPROCESSOR_MODE mode, void *context, void **out_body);

/* ---- security ------------------------------------------------------------------------------ */

/* Keeps a copy of a self-relative descriptor; NULL: none (everything is granted). */
NTSTATUS ob_security_set(void *body, PSECURITY_DESCRIPTOR descriptor);
/* A copy in pool, or NULL in *out_descriptor when there is none. */
NTSTATUS ob_security_get(const void *body, PSECURITY_DESCRIPTOR *out_descriptor);
void ob_security_free(PSECURITY_DESCRIPTOR descriptor);
/* What desired comes to for this body: generic bits and MAXIMUM_ALLOWED mapped, checked
 * against its descriptor and its type's user_limit for mode UserMode. */
NTSTATUS ob_access_check(const void *body, ACCESS_MASK desired, KPROCESSOR_MODE mode,
                         ACCESS_MASK *out_granted);
/* se's part of it: checks against a descriptor for the running thread; and makes any
 * descriptor self-relative (pool, tag given). */
struct ob_security_ops {
    NTSTATUS (*check)(PSECURITY_DESCRIPTOR descriptor, ACCESS_MASK desired,
                      const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode,
                      ACCESS_MASK *out_granted);
    NTSTATUS (*copy)(PSECURITY_DESCRIPTOR descriptor, ULONG tag, PSECURITY_DESCRIPTOR *out_copy,
                     ULONG *out_length);
};
void ob_security_ops_set(const struct ob_security_ops *ops);

/* ---- directories --------------------------------------------------------------------------- */

NTSTATUS ob_directory_create(const char *path);
NTSTATUS ob_symbolic_link_create(const UNICODE_STRING *name, const UNICODE_STRING *target);
NTSTATUS ob_symbolic_link_delete(const UNICODE_STRING *name);
/* Calls visit for every entry; names are valid during the call only. */
NTSTATUS ob_directory_visit(const char *path,
                            void (*visit)(const UNICODE_STRING *name, void *body, void *context),
                            void *context);
/* The same from a directory body; visit returns false to stop. Entries that come or go
 * meanwhile may be seen or not. */
NTSTATUS ob_directory_visit_body(void *directory,
                                 bool (*visit)(const UNICODE_STRING *name, void *body,
                                               void *context),
                                 void *context);
/* How large ob_create's body for ob_directory_type must be. */
size_t ob_directory_body_bytes(void);
/* A link object without a name yet. */
NTSTATUS ob_symbolic_link_new(const UNICODE_STRING *target, void **out_body);
/* Target of a link body. */
const UNICODE_STRING *ob_symbolic_link_target(void *body);

/* ---- handles --------------------------------------------------------------------------------- */

struct handle_table;

/* The two pseudo handles. */
#define OB_CURRENT_PROCESS ((HANDLE)(LONG_PTR) - 1)
#define OB_CURRENT_THREAD  ((HANDLE)(LONG_PTR) - 2)
/* Beside OBJ_INHERIT the other attribute a handle keeps: closing it is refused. The value is
 * the one that OBJECT_HANDLE_INFORMATION.HandleAttributes shows. */
#define OB_PROTECT_CLOSE 0x1u
/* Options of ZwDuplicateObject. */
#ifndef DUPLICATE_CLOSE_SOURCE
#define DUPLICATE_CLOSE_SOURCE    0x1
#define DUPLICATE_SAME_ACCESS     0x2
#define DUPLICATE_SAME_ATTRIBUTES 0x4
#endif

NTSTATUS ob_handle_table_create(void *process, struct handle_table **out_table);
/* Closes every handle that is left, then frees the table. */
void ob_handle_table_destroy(struct handle_table *table);
struct handle_table *ob_handle_table_kernel(void); /* of handles with OBJ_KERNEL_HANDLE */
uint64_t ob_handle_table_count(const struct handle_table *table);
/* Closes every handle that is left; new ones are refused (STATUS_PROCESS_IS_TERMINATING). */
void ob_handle_table_close_all(struct handle_table *table);
void ob_handle_table_visit(struct handle_table *table,
                           void (*visit)(HANDLE handle, void *body, ACCESS_MASK granted,
                                         ULONG attributes, void *context),
                           void *context);

/* Puts every inheritable handle of from into to, by the same number. to has never had one. */
void ob_handles_inherit(struct handle_table *from, struct handle_table *to);

/* The table for handles of the running thread's process; ps sets the callback. Kernel
 * handles (OBJ_KERNEL_HANDLE) live in one table of their own and have bit 31 and up set. */
void ob_current_table_set(struct handle_table *(*current)(void));

NTSTATUS ob_handle_create(void *body, ACCESS_MASK granted, ULONG attributes, HANDLE *out_handle);
/* -1 and -2 are the current process and thread (ps registers how to find them). User mode
 * may not use kernel handles. Gives a reference. The fast path takes no lock that a
 * blocked thread could hold. */
NTSTATUS ob_handle_reference(HANDLE handle, ACCESS_MASK access, struct object_type *type,
                             KPROCESSOR_MODE mode, void **out_body, ACCESS_MASK *out_granted);
NTSTATUS ob_handle_close(HANDLE handle, KPROCESSOR_MODE mode);
/* options DUPLICATE_*; to NULL: the running process's table. from and to may be NULL and
 * out_handle too: then DUPLICATE_CLOSE_SOURCE alone is done. UserMode may neither copy kernel
 * handles nor make one, and is granted more than the source's access only as far as opening
 * the object again would grant it. */
NTSTATUS ob_handle_duplicate(struct handle_table *from, HANDLE handle, struct handle_table *to,
                             ACCESS_MASK access, ULONG attributes, ULONG options,
                             KPROCESSOR_MODE mode, HANDLE *out_handle);
bool ob_handle_is_kernel(HANDLE handle);
/* OBJ_INHERIT and OB_PROTECT_CLOSE of a handle. */
NTSTATUS ob_handle_attributes_get(HANDLE handle, KPROCESSOR_MODE mode, ULONG *out_attributes);
NTSTATUS ob_handle_attributes_set(HANDLE handle, KPROCESSOR_MODE mode, ULONG attributes);
/* ps's part: the table of a process; NULL when it has none any more. */
void ob_process_table_set(struct handle_table *(*table)(void *process));
void ob_pseudo_handles_set(void *(*current_process)(void), void *(*current_thread)(void));

struct ob_counts {
    uint64_t objects, handles;
};
void ob_counts(struct ob_counts *out_counts);
/* For leak reports: every live object. */
void ob_visit(void (*visit)(struct object_type *type, void *body, void *context), void *context);

#endif
