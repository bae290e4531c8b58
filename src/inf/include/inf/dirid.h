/* SPDX-License-Identifier: MIT */
/* inf/dirid.h - the folders that an INF names by numbers.
 *
 * The table knows each documented DIRID and its path below a system drive; an owner may put other
 * paths in its place. DIRID 13 is the driver package's own folder in the driver store and 1 the
 * folder of the INF: both belong to a package, so the owner gives them.
 */
#pragma once

#include "inf/inf.h"

#define INF_DIRID_ABSOLUTE     UINT32_C(0xffffffff) /* -1: the subdir is a whole path */
#define INF_DIRID_SOURCE       1                    /* the folder of the INF */
#define INF_DIRID_DRIVERS      12
#define INF_DIRID_DRIVER_STORE 13
#define INF_DIRID_DEFAULT      11 /* no [DestinationDirs] entry says another */

struct inf_dirid {
    uint32_t dirid;
    const char *path;    /* "C:\Windows\System32\drivers"; NULL: the owner's to say (1, 13) */
    const char *meaning; /* "drivers directory" */
    bool is_isolated;    /* where a package of a Windows driver may put files: 13 */
};

/* NULL: no such DIRID. */
const struct inf_dirid *inf_dirid_find(uint32_t dirid);
const struct inf_dirid *inf_dirid_at(uint32_t index); /* NULL past the end */

/* Context of inf_dirid_table: what 1 and 13 stand for (either may be NULL: unknown). */
struct inf_dirid_owner {
    const char *source;
    const char *store;
};
/* An inf_dirid_path that answers from the table. */
const char *inf_dirid_table(void *owner, uint32_t dirid);

/* Replaces %13% and the like. out_text holds capacity bytes.
 * Errors:  INF_DAMAGED: an unknown DIRID, or no room */
int inf_dirid_expand(const char *text, inf_dirid_path *path, void *context, char *out_text,
                     size_t capacity);
