/* SPDX-License-Identifier: MIT */
/* ob.h - objects, names, handles, reference counts.
 *
 * Rules of use. A body is what drivers see (FILE_OBJECT, KEVENT …); our header lies in
 * front of it. ob_create gives one reference; ob_insert may give it a name and a handle.
 * The last dereference calls the type's delete. Lock order: a directory's lock, then a
 * handle table's lock; neither is held while a type's callback runs. Contract functions
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
    ULONG attributes;            /* OBJ_* */
    UNICODE_STRING remaining;    /* the rest of the name behind this object, no copy */
    struct object_type *wanted;  /* NULL: any */
    void *context;               /* the opener's own (io: create parameters) */
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
    NTSTATUS (*parse)(void *body, struct ob_parse *parse, UNICODE_STRING *out_name, void **out_body);
    /* The dispatcher header to wait on; NULL: the type cannot be waited for. */
    DISPATCHER_HEADER *(*waitable)(void *body);
    GENERIC_MAPPING mapping;
    ACCESS_MASK valid_access;
    ACCESS_MASK default_access;
};

/* Registers a type under \ObjectTypes. name is copied. Also what IoFileObjectType & co. point at. */
NTSTATUS ob_type_create(const char *name, const struct object_type_ops *ops, struct object_type **out_type);
const char *ob_type_name(const struct object_type *type);
extern struct object_type *ob_directory_type, *ob_symbolic_link_type;

/* ---- objects ----------------------------------------------------------------------------- */

NTSTATUS ob_init(void);   /* the root, \Device, \Driver, \FileSystem, \GLOBAL??, \??, \BaseNamedObjects … */
void ob_fini(void);

/* A zeroed body of size bytes, reference count 1, no name. */
NTSTATUS ob_create(struct object_type *type, size_t size, void **out_body);
/* Gives the object its name (absolute, or relative to root) and/or a handle in the table.
 * attributes OBJ_OPENIF: when the name exists and the type fits, the existing object is
 * returned in *out_body with STATUS_OBJECT_NAME_EXISTS and the new one is dereferenced.
 * OBJ_PERMANENT as documented. name NULL or empty: unnamed. */
NTSTATUS ob_insert(void *body, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
                   KPROCESSOR_MODE mode, void **out_body, HANDLE *out_handle);
/* Takes the name away; the object lives on until its references are gone. */
void ob_name_remove(void *body);
void ob_reference(void *body);
void ob_dereference(void *body);
struct object_type *ob_type_of(const void *body);
uint64_t ob_reference_count(const void *body);
uint64_t ob_handle_count(const void *body);
/* The full name, or an empty string; allocated, RtlFreeUnicodeString. */
NTSTATUS ob_name_of(const void *body, UNICODE_STRING *out_name);

/* Opens by name (capturing is the gate's business: everything is kernel memory here).
 * Gives a reference. context goes to parse callbacks. */
NTSTATUS ob_open(const OBJECT_ATTRIBUTES *attributes, struct object_type *type, ACCESS_MASK access,
                 KPROCESSOR_MODE mode, void *context, void **out_body);

/* ---- directories --------------------------------------------------------------------------- */

NTSTATUS ob_directory_create(const char *path);
NTSTATUS ob_symbolic_link_create(const UNICODE_STRING *name, const UNICODE_STRING *target);
NTSTATUS ob_symbolic_link_delete(const UNICODE_STRING *name);
/* Calls visit for every entry; names are valid during the call only. */
NTSTATUS ob_directory_visit(const char *path,
                            void (*visit)(const UNICODE_STRING *name, void *body, void *context),
                            void *context);
/* Target of a link body. */
const UNICODE_STRING *ob_symbolic_link_target(void *body);

/* ---- handles --------------------------------------------------------------------------------- */

struct handle_table;

NTSTATUS ob_handle_table_create(void *process, struct handle_table **out_table);
/* Closes every handle that is left, then frees the table. */
void ob_handle_table_destroy(struct handle_table *table);
uint64_t ob_handle_table_count(const struct handle_table *table);

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
NTSTATUS ob_handle_duplicate(struct handle_table *from, HANDLE handle, struct handle_table *to,
                             ACCESS_MASK access, ULONG attributes, ULONG options, HANDLE *out_handle);
void ob_pseudo_handles_set(void *(*current_process)(void), void *(*current_thread)(void));

struct ob_counts {
    uint64_t objects, handles;
};
void ob_counts(struct ob_counts *out_counts);
/* For leak reports: every live object. */
void ob_visit(void (*visit)(struct object_type *type, void *body, void *context), void *context);

#endif
