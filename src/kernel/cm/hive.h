/* SPDX-License-Identifier: MIT */
/* hive.h - hives that hang in the tree, and trees that are hives' contents. */
#ifndef CM_HIVE_H
#define CM_HIVE_H

#include "cm_internal.h"
#include "regfile/hive.h"

/* A hive that was loaded: its keys are in its file and not in the store. */
struct cm_hive {
    struct list link;     /* guarded by: the writing right of batch.c */
    struct cm_node *root; /* referenced */
    HANDLE file, log;     /* of the kernel, open as long as it is loaded */
    uint32_t sequence;    /* of what was written last */
    bool is_dirty;        /* guarded by cm_lock */
    bool is_replaced;     /* its file has new contents: nothing more is written */
};

/* hive_tree.c; the tree hangs nowhere and belongs to no hive yet.
 * Errors: STATUS_REGISTRY_CORRUPT */
NTSTATUS hive_tree_read_locked(const struct hive *hive, struct cm_node **out_root);
/* It is a hive's from now on (NULL: the store's), all of it changed. */
void hive_tree_adopt_locked(struct cm_node *node, struct cm_hive *hive);
/* The caller frees the writer on success. */
NTSTATUS hive_tree_write_locked(const struct cm_node *root, uint32_t sequence,
                                struct hive_writer *writer);

#endif
