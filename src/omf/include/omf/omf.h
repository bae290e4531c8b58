/* SPDX-License-Identifier: MIT */
/* omf/omf.h - object modules and libraries in the relocatable object module format.
 *
 * Rules of use: omf_read bytes of an .obj or .lib into a list of modules, look, omf_free. Indices
 * of names are gone after reading: segments, groups and externals are counted from 0, and what a
 * fixup means is in words. Texts lie in the module's own memory. Bytes are untrusted: damage gives
 * OMF_DAMAGED and an error that names record and place. Nothing refers to the bytes afterwards.
 * Doc: "Tool Interface Standard: Relocatable Object Module Format", version 1.1
 */
#ifndef OMF_OMF_H
#define OMF_OMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OMF_OK      0
#define OMF_MEMORY  1
#define OMF_DAMAGED (-1)

/* What was wrong: "foo.obj, module foo.asm, record FIXUPP (9c) at 0x123: …". */
struct omf_error {
    uint32_t offset; /* in the file */
    char text[240];
};

enum omf_combine {
    OMF_PRIVATE = 0,
    OMF_PUBLIC = 2, /* 4 and 7 mean the same */
    OMF_STACK = 5,
    OMF_COMMON = 6,
};

struct omf_segment {
    const char *name, *class_name;
    enum omf_combine combine;
    uint32_t align; /* bytes: 1, 2, 4, 16, 256 (a page) */
    uint32_t length;
    bool is_use32;
    bool is_absolute; /* at a fixed place of memory: not for protected mode */
    uint8_t *bytes;   /* length of them, zero where the module says nothing */
    uint32_t written; /* bytes up to the last that it says something about */
};

struct omf_group {
    const char *name;
    uint32_t *segments;
    uint32_t segment_count;
};

struct omf_external {
    const char *name;
    uint32_t communal_bytes; /* not 0: a COMDEF; is_far tells where it goes */
    bool is_far, is_local;
};

#define OMF_NONE UINT32_MAX

struct omf_public {
    const char *name;
    uint32_t group, segment; /* OMF_NONE: none; no segment: a constant */
    uint32_t offset;
    bool is_local;
};

enum omf_place { /* what is patched; numbers as in the record */
                 OMF_PLACE_LOW_BYTE = 0,
                 OMF_PLACE_OFFSET = 1,
                 OMF_PLACE_SELECTOR = 2,
                 OMF_PLACE_FAR = 3, /* 16:16 */
                 OMF_PLACE_HIGH_BYTE = 4,
                 OMF_PLACE_OFFSET_LOADER = 5, /* as 1 */
                 OMF_PLACE_OFFSET_32 = 9,
                 OMF_PLACE_FAR_48 = 11,
                 OMF_PLACE_OFFSET_32_LOADER = 13, /* as 9 */
};

enum omf_datum { OMF_BY_SEGMENT, OMF_BY_GROUP, OMF_BY_EXTERNAL, OMF_BY_LOCATION, OMF_BY_TARGET };

struct omf_fixup {
    uint32_t segment, offset; /* where */
    enum omf_place place;
    bool is_relative;     /* to the place itself */
    enum omf_datum frame; /* of any kind */
    uint32_t frame_index;
    enum omf_datum target; /* segment, group or external */
    uint32_t target_index;
    uint32_t displacement; /* added to what stands at the place */
    uint32_t record;       /* file offset, for messages */
};

struct omf_import {                    /* IMPDEF */
    const char *name, *module, *entry; /* entry NULL: by ordinal */
    uint16_t ordinal;
};

struct omf_export {              /* EXPDEF */
    const char *name, *internal; /* internal is never NULL */
    uint16_t ordinal;            /* 0: any */
    bool is_resident, is_no_data;
    uint8_t parameter_words;
};

struct omf_module {
    const char *name;
    const char *file; /* as it was given to omf_read */
    uint32_t offset;  /* in the file */
    struct omf_segment *segments;
    struct omf_group *groups;
    struct omf_external *externals;
    struct omf_public *publics;
    struct omf_fixup *fixups;
    struct omf_import *imports;
    struct omf_export *exports;
    const char **libraries; /* default libraries that it asks for */
    uint32_t segment_count, group_count, external_count, public_count, fixup_count, import_count,
        export_count, library_count;
    bool has_start;
    struct omf_fixup start; /* its target is where to begin */
};

struct omf_file {
    struct omf_module *modules;
    uint32_t module_count;
    bool is_library;
    struct omf_chunk *memory; /* the reader's */
    size_t memory_bytes;
};

/* Reads all modules. name is kept in the modules: it must live as long as they.
 * Errors:  OMF_DAMAGED with *out_error filled in, OMF_MEMORY; out_file is then empty */
int omf_read(const void *bytes, size_t size_bytes, const char *name, struct omf_file *out_file,
             struct omf_error *out_error);
void omf_free(struct omf_file *file);

/* True when the bytes begin as an object module or library does. */
bool omf_is(const void *bytes, size_t size_bytes);

#endif
