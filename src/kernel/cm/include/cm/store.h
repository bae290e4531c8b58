/* SPDX-License-Identifier: MIT */
/* store.h - where a machine that is kept has its registry: opened by whoever starts the machine.
 *
 * Rules of use. Open before the machine shuts itself in (it opens files) and before cm_init, which
 * takes it with cm_store_use; cm_fini writes the last changes and closes it. Without a store the
 * registry is in memory and goes with the machine.
 */
#ifndef CM_STORE_PUBLIC_H
#define CM_STORE_PUBLIC_H

#include <stddef.h>

struct cm_store;

/* folder/registry.db, made if it is not there; the folder is locked while the store is open.
 * Returns 0 or an errno value and a line for people in error (>= 512 bytes): EBUSY another
 * machine has the folder, EILSEQ the file is damaged or nobody's, EPROTONOSUPPORT of a newer
 * cove. A file that is refused is not changed. */
int cm_store_open(const char *folder, struct cm_store **out_store, char *error);
/* For a store that no machine has taken. */
void cm_store_close(struct cm_store *store);
/* The next cm_init keeps its registry in it; takes it, whether cm_init succeeds or not. */
void cm_store_use(struct cm_store *store);
/* No more than this many pages are used (tests: a full disk). 0: as many as there are. */
void cm_store_limit(struct cm_store *store, unsigned pages);

#endif
