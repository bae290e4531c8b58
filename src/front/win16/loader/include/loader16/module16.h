/* SPDX-License-Identifier: MIT */
/* loader16/module16.h - the 16-bit modules of this process: NE files and our own tables.
 *
 * A module's handle is the selector of its module database; its instance handle that of its
 * automatic data segment (or its module handle where it has none). Modules are counted; the last
 * free calls a library's WEP and lets its segments go.
 */
#ifndef LOADER16_MODULE16_H
#define LOADER16_MODULE16_H

#include "cpu16/cpu16.h"
#include "loader16/builtin.h"
#include "ne/ne.h"

struct segment16 {
    uint16_t selector; /* 0: not loaded */
    uint16_t flags;    /* NE_SEGMENT_* */
    uint8_t *memory;
    uint32_t bytes;
};

struct module16 {
    struct module16 *next;
    char name[256];    /* in capitals */
    char path[260];    /* as programs see it; of ours "C:\\WINDOWS\\SYSTEM\\KERNEL.EXE" */
    uint16_t handle;   /* selector of the database */
    uint16_t instance; /* automatic data; else the handle */
    unsigned references;
    bool is_library, is_started;
    const struct win16_builtin *builtin; /* NULL: an NE file */
    uint16_t thunks;                     /* of ours: selector of the thunk code */
    void *file;                          /* of an NE file: its bytes, kept */
    struct ne_image image;
    struct segment16 *segments; /* [image.segment_count], segment 1 first */
    struct module16 **imports;  /* [image.module_count] */
    void *database;
};

struct module16_error {
    uint16_t code;  /* as LoadLibrary and WinExec return it: below 32 */
    char text[300]; /* a whole sentence */
};

/* Loads a library by name or path, or counts it once more; module16_start calls its entry point.
 * NULL with *out_error. */
struct module16 *module16_library(const char *name, struct module16_error *out_error);
/* Loads a program's segments; bytes are taken. */
struct module16 *module16_program(void *bytes, size_t size, const char *path,
                                  struct module16_error *out_error);
/* Runs the entry points of the libraries that a module needs, and its own if it is one, where that
 * has not been done. False: one of them refused. */
bool module16_start(struct module16 *module);
void module16_free(struct module16 *module);
/* Called for a library when it has started (reason 1; false: it refuses) and before it ends (0). */
void module16_main_set(bool (*main)(struct module16 *module, uint32_t reason));

struct module16 *module16_first(void);
struct module16 *module16_by_name(const char *name); /* "KERNEL", "kernel.exe", a path */
/* By module handle, by instance handle, by the selector of one of its segments. */
struct module16 *module16_by_handle(uint16_t handle);
/* The module and segment number that a code or data selector belongs to; NULL: none. */
struct module16 *module16_by_selector(uint16_t selector, unsigned *out_segment);

/* NULL far pointer: not exported. */
struct far16 module16_ordinal(struct module16 *module, uint16_t ordinal);
struct far16 module16_name(struct module16 *module, const char *name);
/* The nearest exported name at or below an address; NULL: none. out_distance in bytes. */
const char *module16_nearest(struct module16 *module, struct far16 address, char *buffer,
                             size_t size, uint16_t *out_distance);

#endif
