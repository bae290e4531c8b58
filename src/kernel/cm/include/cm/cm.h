/* SPDX-License-Identifier: MIT */
/* cm.h - the registry: keys and values, in memory, and on disk where there is a store (store.h).
 *
 * Rules of use. Keys are objects (type Key) under \Registry; a key object refers to a node
 * of the tree. Names compare case-insensitively and keep their case. All functions may be
 * called at PASSIVE_LEVEL only. What the tree is kept in is this room's secret: a store on
 * disk takes its place without a change outside.
 */
#ifndef CM_CM_H
#define CM_CM_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

#include "ob/ob.h"

NTSTATUS cm_init(
    void); /* \Registry\Machine\{System\CurrentControlSet\{Services,Control,Enum},Software,Hardware},
              \Registry\User */
void cm_fini(void);
/* Writes what is to be written and stops writing by itself: nothing of the registry is under way
 * any more. Errors: as cm_batch_end */
NTSTATUS cm_quiesce(void);

extern struct object_type *cm_key_type;

/* Opens or creates (create true; only the last component) a key; gives a reference to a key
 * object. options REG_OPTION_*. *out_disposition: REG_CREATED_NEW_KEY or REG_OPENED_EXISTING_KEY.
 */
NTSTATUS cm_key_open(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, KPROCESSOR_MODE mode,
                     bool create, ULONG options, ULONG *out_disposition, void **out_key);
/* The same in a transaction (tm; NULL: none): it sees the registry as it was when its first key was
 * opened, and what it has changed itself; nobody else sees that before it is committed.
 * Errors: also STATUS_TRANSACTION_NOT_ACTIVE */
NTSTATUS cm_key_open_transacted(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
                                KPROCESSOR_MODE mode, bool create, ULONG options, void *transaction,
                                ULONG *out_disposition, void **out_key);
/* The class that a creator gives. */
NTSTATUS cm_key_class_set(void *key, const UNICODE_STRING *class_name);
NTSTATUS cm_key_delete(void *key);
NTSTATUS cm_value_set(void *key, const UNICODE_STRING *name, ULONG type, const void *data,
                      ULONG length);
NTSTATUS cm_value_delete(void *key, const UNICODE_STRING *name);
/* Errors: STATUS_OBJECT_NAME_COLLISION, STATUS_KEY_DELETED, STATUS_ACCESS_DENIED (the root) */
NTSTATUS cm_key_rename(void *key, const UNICODE_STRING *name);
NTSTATUS cm_key_time_set(void *key, LARGE_INTEGER time);
/* Everything that was changed before is on the disk when this returns, the whole registry; in a
 * batch of the caller's, when that ends. Without a store only drivers that watch are told.
 * Errors: as cm_batch_end */
NTSTATUS cm_key_flush(void *key);

/* One change made of many: what is done between the two reaches the disk as one commit, or not at
 * all if the machine dies before cm_batch_end has returned. Until then nothing is written, whoever
 * asks: others that flush, or begin a batch, wait. The thread that began ends it; batches of one
 * thread nest, the last end writes. Not a rollback: what was done stays done in memory. Keep them
 * short, and wait for nobody in them who may use the registry.
 * Errors: STATUS_REGISTRY_IO_FAILED, STATUS_DISK_FULL: memory is right, the disk has none of it
 * yet (it is tried again with the next change). */
void cm_batch_begin(void);
NTSTATUS cm_batch_end(void);

/* The parts `what` names of a key's descriptor; query: as SeQuerySecurityDescriptorInfo. */
NTSTATUS cm_key_security_set(void *key, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR descriptor);
NTSTATUS cm_key_security_query(void *key, SECURITY_INFORMATION what,
                               PSECURITY_DESCRIPTOR descriptor, ULONG *in_out_length);

/* Hive files. How they are reached is set once at boot; handles are the kernel's, bytes malloc'd.
 * open: nobody else may open it meanwhile; create: made where it is not there. */
struct cm_files {
    NTSTATUS (*open)(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode, bool create,
                     HANDLE *out_file);
    NTSTATUS (*read)(HANDLE file, void **out_bytes, size_t *out_length);
    NTSTATUS (*write)(HANDLE file, size_t offset, const void *bytes, size_t length);
    NTSTATUS (*end)(HANDLE file, size_t length);
    NTSTATUS (*flush)(HANDLE file);
    void (*remove)(HANDLE file); /* with its last handle */
    void (*close)(HANDLE file);
};
void cm_files_set(const struct cm_files *files);
/* The key and all below it that is not volatile. Access to the file has been checked. */
NTSTATUS cm_key_save(void *key, HANDLE file, ULONG format);
/* Its contents are those of the file from now on, at once; flags REG_FORCE_RESTORE: also while
 * keys below it are open. Errors: STATUS_ACCESS_DENIED, STATUS_NOT_REGISTRY_FILE,
 * STATUS_REGISTRY_CORRUPT */
NTSTATUS cm_key_restore(void *key, HANDLE file, ULONG flags);
/* Hangs a hive directly below \Registry\Machine or \Registry\User: until it is unloaded what
 * changes there is written to its file. STATUS_REGISTRY_RECOVERED: from the log beside it.
 * Errors: STATUS_OBJECT_NAME_COLLISION, STATUS_INVALID_PARAMETER (elsewhere), as restoring */
NTSTATUS cm_key_load(const OBJECT_ATTRIBUTES *target, const OBJECT_ATTRIBUTES *file,
                     KPROCESSOR_MODE mode, ULONG flags);
/* Errors: STATUS_CANNOT_DELETE (keys are open, and flags has no REG_FORCE_UNLOAD) */
NTSTATUS cm_key_unload(const OBJECT_ATTRIBUTES *target, KPROCESSOR_MODE mode, ULONG flags);
/* What a loaded hive holds goes to old_file, its own file gets the contents of new_file; seen when
 * it is loaded again. Errors: STATUS_INVALID_PARAMETER (not the root of a loaded hive) */
NTSTATUS cm_key_replace(void *key, const OBJECT_ATTRIBUTES *new_file,
                        const OBJECT_ATTRIBUTES *old_file, KPROCESSOR_MODE mode);

/* Waits for one change below a key (REG_NOTIFY_CHANGE_*), asynchronously: fire is called once, on
 * a worker at PASSIVE_LEVEL, with STATUS_SUCCESS or STATUS_NOTIFY_CLEANUP (the last handle of this
 * key object was closed, or it was deleted). A key object remembers changes between two watches of
 * its own only while one is pending. */
NTSTATUS cm_key_watch(void *key, ULONG filter, bool is_tree,
                      void (*fire)(void *context, NTSTATUS status), void *context);
/* Fires every watch of this key object with STATUS_NOTIFY_CLEANUP. */
void cm_key_watch_end(void *key);

/* The value's bytes copied to pool (caller frees). */
NTSTATUS cm_value_get(void *key, const UNICODE_STRING *name, ULONG *out_type, void **out_data,
                      ULONG *out_length);
/* Documented information classes, into kernel memory; STATUS_BUFFER_OVERFLOW / _TOO_SMALL as
 * documented. */
NTSTATUS cm_value_query(void *key, const UNICODE_STRING *name, KEY_VALUE_INFORMATION_CLASS kind,
                        void *buffer, ULONG length, ULONG *out_length);
NTSTATUS cm_value_enumerate(void *key, ULONG index, KEY_VALUE_INFORMATION_CLASS kind, void *buffer,
                            ULONG length, ULONG *out_length);
NTSTATUS cm_key_query(void *key, KEY_INFORMATION_CLASS kind, void *buffer, ULONG length,
                      ULONG *out_length);
NTSTATUS cm_key_enumerate(void *key, ULONG index, KEY_INFORMATION_CLASS kind, void *buffer,
                          ULONG length, ULONG *out_length);

#endif
