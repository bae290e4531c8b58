/* SPDX-License-Identifier: MIT */
/* link16/link16.h - object modules become a 16-bit Windows (NE) program or library.
 *
 * Rules of use: read objects and libraries with omf_read, perhaps a module definition file with
 * link16_definition_read, then link16. What is written has one NE segment for each group and each
 * segment that stands in none; references between segments and to other modules become relocations.
 * Nothing refers to the inputs afterwards.
 */
#ifndef LINK16_LINK16_H
#define LINK16_LINK16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "omf/omf.h"

#define LINK16_OK     0
#define LINK16_FAILED (-1)

struct link16_error {
    char text[320]; /* a whole sentence */
};

/* Attributes of segments, as a module definition file gives them. */
struct link16_segment {
    const char *name;    /* NULL: of all code, or all data */
    uint16_t set, clear; /* NE_SEGMENT_* */
};

struct link16_export {
    const char *name, *internal;
    uint16_t ordinal; /* 0: any */
    bool is_resident, is_no_data;
};

struct link16_definition {
    const char *module_name; /* NULL: from the output's name */
    const char *description;
    const char *stub; /* file with the DOS program; NULL: a short one of ours */
    bool is_library, has_kind;
    bool has_data, is_data_single, is_data_multiple;
    bool is_protected_only;
    uint8_t windows_major, windows_minor;
    uint32_t heap_bytes, stack_bytes; /* stack 0: what the objects say, else 8 KiB */
    struct link16_segment code, data;
    struct link16_segment *segments;
    struct link16_export *exports;
    struct omf_import *imports;
    uint32_t segment_count, export_count, import_count;
    void *memory; /* link16_definition_free */
};

/* Reads the text of a .def file. name is for errors. */
int link16_definition_read(const char *text, size_t length, const char *name,
                           struct link16_definition *out_definition,
                           struct link16_error *out_error);
void link16_definition_free(struct link16_definition *definition);

/* A compiled resource file (.res of 16-bit Windows), as read. */
struct link16_resource_file {
    const char *name; /* for errors */
    const uint8_t *bytes;
    size_t size;
};

struct link16_input {
    const struct omf_file *files; /* modules of libraries are taken when they are needed */
    uint32_t file_count;
    const struct link16_resource_file *resource_files;
    uint32_t resource_file_count;
    const struct link16_definition *definition;
    const char *module_name; /* where the definition gives none */
    const void *stub;        /* of the definition; NULL: ours */
    size_t stub_bytes;
    bool ignores_case; /* of symbols */
};

struct link16_output {
    uint8_t *bytes; /* the caller frees */
    size_t size;
    char *map; /* a listing of segments and symbols; the caller frees */
};

/* Errors:  LINK16_FAILED with *out_error filled in; nothing is allocated then */
int link16(const struct link16_input *input, struct link16_output *out_output,
           struct link16_error *out_error);

#endif
