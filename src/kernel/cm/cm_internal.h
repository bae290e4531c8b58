/* SPDX-License-Identifier: MIT */
/* cm_internal.h - the tree behind the keys, for the files of this room.
 *
 * A node is a key in the tree; a key object (what handles mean) refers to a node. One lock
 * guards the whole tree; nothing is called back while it is held.
 */
#ifndef CM_INTERNAL_H
#define CM_INTERNAL_H

#include <stdatomic.h>

#include "base/assert.h"
#include "base/list.h"
#include "host/host.h"
#include "ke/ke.h"
#include "ex/ex.h"
#include "rtl/rtl.h"
#include "cm/cm.h"
#include "cm/store.h"

#define CM_TAG 'mCoc'

struct cm_value {
    struct list link; /* in the order in which values were first set */
    UNICODE_STRING name;
    ULONG type;
    ULONG length_bytes;
    void *bytes;
};

struct cm_node {
    struct cm_node *parent; /* NULL: the root, or deleted */
    UNICODE_STRING name;
    UNICODE_STRING class_name;
    struct cm_node **children; /* sorted by name, upcased */
    uint32_t child_count, child_room;
    struct list values; /* struct cm_value */
    uint32_t value_count;
    uint32_t references; /* key objects, and one while it is in the tree */
    int64_t last_write;
    bool is_volatile; /* set once, but for the root of a hive */
    bool is_link;     /* set once */
    bool is_deleted;
    uint8_t dirty;                 /* NODE_*: what the store has not yet; then it is referenced */
    struct list dirty_link;        /* in the store's list while dirty */
    uint64_t store_id;             /* of its row; 0: none yet */
    struct cm_hive *hive;          /* that was loaded and has it; NULL: the store's */
    struct cm_view *view;          /* of a transaction whose copy it is; NULL: the registry's own */
    struct cm_node *origin;        /* in a view: the key it is a copy of, referenced; NULL: new */
    int64_t origin_time;           /* in a view: the key's time when it was copied */
    uint8_t changed;               /* in a view: NODE_* */
    PSECURITY_DESCRIPTOR security; /* self-relative, or NULL: everybody may */
};

/* What of a node has changed since it was written. */
enum { NODE_ROW = 1, NODE_VALUES = 2 };

/* The body of an object of type Key. */
struct cm_key {
    struct cm_node *node;      /* referenced; set once */
    PUNICODE_STRING name_kept; /* CmCallbackGetKeyObjectID's, until the key goes; atomic */
    void *transaction;         /* it was opened in; referenced; NULL: none */
};

/* guards: every node and value; after: nothing */
extern struct host_lock cm_lock;
extern struct cm_node *cm_root;

/* node.c; all need cm_lock, and free memory only through the list a caller gives or at once */
/* What the registry holds is the kernel's own, whoever has written it. */
void *cm_allocate(size_t bytes);
NTSTATUS cm_string_copy(const UNICODE_STRING *from, UNICODE_STRING *out_copy);
void cm_string_free(UNICODE_STRING *string);
/* options: REG_OPTION_VOLATILE, REG_OPTION_CREATE_LINK */
NTSTATUS node_create_locked(struct cm_node *parent, const UNICODE_STRING *name, ULONG options,
                            struct cm_node **out_node);
struct cm_node *node_find_locked(struct cm_node *parent, const UNICODE_STRING *name);
void node_put_locked(struct cm_node *node);
/* Errors: STATUS_OBJECT_NAME_COLLISION */
NTSTATUS node_rename_locked(struct cm_node *node, const UNICODE_STRING *name);
/* Takes a childless node out of the tree. */
void node_delete_locked(struct cm_node *node);
/* With everything below it; for the end of the room. */
void node_destroy_tree_locked(struct cm_node *node);
void node_touch_locked(struct cm_node *node);
/* The full name; allocated with rtl's allocator. */
NTSTATUS node_path_locked(const struct cm_node *node, UNICODE_STRING *out_path);

/* store_write.c: the tree and its store. Nothing is done on a machine that is not kept. */
bool cm_store_is_used(void);
/* Takes the store that cm_store_use gave and makes the tree of its rows. Before any change.
 * Errors: STATUS_REGISTRY_CORRUPT */
NTSTATUS cm_store_load(void);
void cm_store_end(void); /* nothing more is written */
void node_mark_locked(struct cm_node *node, unsigned what);
/* Writes all changes as one. Errors: STATUS_DISK_FULL, STATUS_REGISTRY_IO_FAILED; they stay marked
 */
NTSTATUS cm_store_write(void);
const char *cm_store_write_error(void);
/* Which version of the usual keys the registry has been given; 0: none. */
uint32_t cm_store_layout(void);
void cm_store_layout_set(uint32_t layout);

/* layout.c: the keys and values that every machine has. */
NTSTATUS layout_apply(void);

/* batch.c: when it is written */
void batch_init(void);
void batch_lazy_begin(void); /* from now on changes are written by themselves */
void cm_store_write_later_locked(void);
NTSTATUS cm_store_flush(void);

/* hive.c: files of hives. What has changed in those that were loaded; needs the writing right. */
NTSTATUS cm_hives_write(void);
/* All of them, as they are; for the end. */
void cm_hives_unload(void);
/* A key of that hive has changed. */
void cm_hive_mark_locked(struct cm_hive *hive);

/* transaction.c: the registry as a transaction sees it */
void cm_view_mark_locked(struct cm_node *node, unsigned what);
/* The key in the transaction's view that is node in the registry, or lies in the view already. */
NTSTATUS cm_view_find(void *transaction, struct cm_node *node, struct cm_node **out_node);

/* watch.c: who wants to know of changes (REG_NOTIFY_…) at a node or below it */
void watch_notify_locked(struct cm_node *node, ULONG change);
/* The node is deleted, or the key object that watched is closed. */
void watch_end_locked(const struct cm_node *node, const void *key);

/* key.c: a last handle of a key was closed */
void cm_key_closed(void *process, void *body, ACCESS_MASK granted, uint64_t process_handles,
                   uint64_t system_handles);

/* value.c */
struct cm_value *value_find_locked(struct cm_node *node, const UNICODE_STRING *name);
void values_free_locked(struct cm_node *node);
void value_remove_locked(struct cm_node *node, struct cm_value *value);
/* A value that is not there yet, at the end of the order. */
NTSTATUS value_add_locked(struct cm_node *node, const UNICODE_STRING *name, ULONG type,
                          const void *bytes, ULONG length);

/* key.c */
extern const struct object_type_ops cm_key_ops;
NTSTATUS key_object_create_locked(struct cm_node *node, struct cm_key **out_key);

/* query.c: builds a structure with a fixed part and parts behind it in a caller's buffer */
struct answer {
    char *buffer;
    ULONG room, total;
    bool is_cut;
};
void answer_put(struct answer *answer, ULONG offset, const void *bytes, ULONG length);
NTSTATUS answer_finish(const struct answer *answer, ULONG fixed, ULONG *out_length);

/* path.c: RelativeTo and Path of the Rtl registry functions */
NTSTATUS relative_key_open(ULONG relative_to, PCWSTR path, ACCESS_MASK access, bool create,
                           void **out_key);
/* A key below another one; path may have several components, which are created if asked. */
NTSTATUS sub_key_open(void *key, const UNICODE_STRING *path, bool create, void **out_key);

/* The operations of cm.h without drivers' callbacks (operation.c puts those around them). */
NTSTATUS key_open_raw(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, KPROCESSOR_MODE mode,
                      bool create, ULONG options, void *transaction, ULONG *out_disposition,
                      void **out_key);
NTSTATUS key_delete_raw(void *key);
NTSTATUS value_set_raw(void *key, const UNICODE_STRING *name, ULONG type, const void *data,
                       ULONG length);
NTSTATUS value_delete_raw(void *key, const UNICODE_STRING *name);
NTSTATUS key_query_raw(void *key, KEY_INFORMATION_CLASS kind, void *buffer, ULONG length,
                       ULONG *out_length);
NTSTATUS key_enumerate_raw(void *key, ULONG index, KEY_INFORMATION_CLASS kind, void *buffer,
                           ULONG length, ULONG *out_length);
NTSTATUS value_query_raw(void *key, const UNICODE_STRING *name, KEY_VALUE_INFORMATION_CLASS kind,
                         void *buffer, ULONG length, ULONG *out_length);
NTSTATUS key_rename_raw(void *key, const UNICODE_STRING *name);
NTSTATUS key_time_set_raw(void *key, LARGE_INTEGER time);
NTSTATUS key_security_set_raw(void *key, SECURITY_INFORMATION what,
                              PSECURITY_DESCRIPTOR descriptor);
NTSTATUS key_security_query_raw(void *key, SECURITY_INFORMATION what,
                                PSECURITY_DESCRIPTOR descriptor, ULONG *in_out_length);
NTSTATUS key_save_raw(void *key, HANDLE file);
NTSTATUS key_restore_raw(void *key, HANDLE file, ULONG flags);
NTSTATUS key_load_raw(void *parent, const UNICODE_STRING *name, const OBJECT_ATTRIBUTES *file,
                      KPROCESSOR_MODE mode);
NTSTATUS key_unload_raw(void *key, ULONG flags);
NTSTATUS key_replace_raw(void *key, const OBJECT_ATTRIBUTES *new_file,
                         const OBJECT_ATTRIBUTES *old_file, KPROCESSOR_MODE mode);
NTSTATUS value_enumerate_raw(void *key, ULONG index, KEY_VALUE_INFORMATION_CLASS kind, void *buffer,
                             ULONG length, ULONG *out_length);

/* callback.c */
#define REGISTRY_WATCHERS_MAX 16

/* One operation while drivers are asked about it. */
struct registry_operation {
    REG_NOTIFY_CLASS before, after;
    void *object;        /* the key; NULL before it is opened */
    void *information;   /* REG_…_INFORMATION */
    PVOID *call_context; /* its member in information; the object's context is the next one */
    unsigned count;
    struct registry_callback *watchers[REGISTRY_WATCHERS_MAX];
    PVOID contexts[REGISTRY_WATCHERS_MAX];
    void *subject; /* the key whose context is shown before: the object, or the root of a name */
};
NTSTATUS registry_callback_add(PEX_CALLBACK_FUNCTION routine, PCUNICODE_STRING altitude,
                               PVOID context, PLARGE_INTEGER out_cookie);
/* Waits until the routine is not running any more. */
NTSTATUS registry_callback_remove(LARGE_INTEGER cookie);
bool registry_is_watched(void);
bool registry_callback_exists(LARGE_INTEGER cookie);
/* What a driver puts on a key object; it is told when the object goes or it leaves itself. */
NTSTATUS registry_context_set(void *key, LARGE_INTEGER cookie, PVOID value, PVOID *out_old);
void registry_key_gone(void *key);
/* Success: do it. STATUS_CALLBACK_BYPASS: it is done already. Else: refused. Every outcome is
 * followed by registry_after. */
NTSTATUS registry_before(struct registry_operation *operation);
/* What the operation's caller is told. */
NTSTATUS registry_after(struct registry_operation *operation, NTSTATUS status);
/* Asks, runs `what`, tells. The object of the operation is operation.object. */
#define WATCHED(operation, what)                                                    \
    ({                                                                              \
        (operation).subject = (operation).object;                                   \
        NTSTATUS status_ = registry_before(&(operation));                           \
        registry_after(&(operation), status_ == STATUS_SUCCESS ? (what) : status_); \
    })

#endif
