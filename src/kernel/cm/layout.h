/* SPDX-License-Identifier: MIT */
/* layout.h - the form of the table of usual keys. */
#ifndef CM_LAYOUT_H
#define CM_LAYOUT_H

#include <ntifs.h>

/* Raised when the table gets lines that machines which have a registry already shall have too. */
#define LAYOUT_VERSION 1

enum {
    LAYOUT_VOLATILE = 1, /* the key lives until shutdown */
    LAYOUT_LINK = 2,     /* a symbolic link; its value is the row's */
    LAYOUT_ALWAYS = 4,   /* the value is set at each start */
};

struct layout_row {
    unsigned flags;
    const char *path; /* below \REGISTRY; its parent stands before it */
    const char *name; /* NULL: the row makes the key */
    ULONG type;
    /* REG_DWORD: a number; REG_MULTI_SZ: strings with ';' between; else text. %product%,
     * %version%, %build%, %major%, %minor%, %release%: of the Windows that the machine is. */
    const char *text;
};
extern const struct layout_row layout_rows[];
extern const unsigned layout_row_count;

/* A device setup class, in Control\Class. */
struct layout_class {
    const char *guid, *name, *description;
};
extern const struct layout_class layout_classes[];
extern const unsigned layout_class_count;

#endif
