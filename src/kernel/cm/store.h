/* SPDX-License-Identifier: MIT */
/* store.h - the database behind the tree of a machine that is kept.
 *
 * A row a key, a row a value; ids are the store's own. Opened and checked before the machine
 * shuts itself in; after that only the descriptors it has are used. Everything here is native:
 * no kernel thread, no lock of the kernel.
 */
#ifndef CM_STORE_H
#define CM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cm/store.h"

/* A name or bytes; of a file's rows: in store_image.memory. */
struct store_bytes {
    const void *bytes;
    uint32_t length;
};

struct store_value {
    uint64_t key;
    uint32_t type;
    struct store_bytes name, data;
};

#define STORE_ROOT UINT32_MAX

struct store_key {
    uint64_t id, parent; /* parent 0: the root, which has no row */
    bool is_link;
    int64_t time;
    struct store_bytes name, class_name, security; /* security length 0: none */
    uint32_t first_value, value_count;
    uint32_t parent_index; /* in store_image.keys; STORE_ROOT */
};

/* What the database held when it was opened: parents before children, values by key. */
struct store_image {
    struct store_key *keys;
    struct store_value *values;
    uint32_t key_count, value_count;
    char *memory; /* of all names and bytes */
    uint64_t last_id;
    uint32_t layout; /* of the usual keys that were made; 0: none yet */
};

struct cm_store;
const struct store_image *cm_store_image(const struct cm_store *store);
void cm_store_image_drop(struct cm_store *store); /* once the tree stands */

/* One transaction. Between begin and commit rows are changed; a failure of any is the commit's:
 * then nothing of it is in the database. 0, ENOSPC, EIO. */
void cm_store_begin(struct cm_store *store);
void cm_store_key_put(struct cm_store *store, const struct store_key *key);
void cm_store_key_delete(struct cm_store *store, uint64_t id); /* and its values */
void cm_store_values_clear(struct cm_store *store, uint64_t id);
void cm_store_value_put(struct cm_store *store, uint32_t place, const struct store_value *value);
void cm_store_layout_put(struct cm_store *store, uint32_t layout);
int cm_store_commit(struct cm_store *store);
/* What the database said of the last failure. */
const char *cm_store_error(const struct cm_store *store);

/* store_load.c: reads and checks all rows. error: 256 bytes. */
int cm_store_image_read(struct cm_store *store, char *error);

/* For store.c and store_load.c. */
struct sqlite3;
struct sqlite3 *cm_store_database(struct cm_store *store);
struct store_image *cm_store_image_of(struct cm_store *store);

#endif
