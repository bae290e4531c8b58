/* SPDX-License-Identifier: MIT */
/* inf/stamp.h - an .inx template made an INF: architecture, date, versions, catalog.
 *
 * Works on the text, so that everything else stays as its author wrote it, in the encoding that it
 * had. What is NULL is left alone.
 */
#pragma once

#include "inf/inf.h"

struct inf_stamp {
    const char *architecture; /* for $ARCH$: "x86", "amd64", "ia64", "arm", "arm64" */
    const char *section;      /* where DriverVer is written; NULL: Version */
    const char *date;         /* "11/20/2026" */
    const char *version;      /* "1.2.3.4" */
    const char *catalog;      /* CatalogFile= */
    const char *kmdf;         /* "1.15": $KMDFVERSION$ and $KMDFCOINSTALLERVERSION$ (01015) */
    const char *umdf;         /* "2.15.0": $UMDFVERSION$ and $UMDFCOINSTALLERVERSION$ (02015) */
};

/* out_bytes is the caller's to free().
 *
 * Errors:  INF_DAMAGED with *out_error: unreadable, no such section, or a value's form is wrong
 * Doc:     "Stampinf Command Options", "Using INX Files to Create INF Files"
 */
int inf_stamp(const void *bytes, size_t length, const char *name, const struct inf_stamp *stamp,
              uint8_t **out_bytes, size_t *out_length, struct inf_error *out_error);
