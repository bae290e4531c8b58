/* SPDX-License-Identifier: MIT */
/* ne/ne.h - what a 16-bit Windows (NE) file says about itself, read from untrusted bytes.
 *
 * Rules of use: ne_parse the file's bytes into a struct ne_image, then ask. Nothing is allocated or
 * kept; everything handed out points into the caller's bytes, which must stay as they are. Every
 * access is bounds-checked: damage gives NE_DAMAGED and an error that names the field. Segments and
 * modules count from 1, as in the file.
 * Doc: "Executable-File Header Format" (Microsoft Knowledge Base Q65260)
 */
#ifndef NE_NE_H
#define NE_NE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Results. ABSENT: the file is fine and does not have what was asked for. */
#define NE_OK      0
#define NE_ABSENT  1
#define NE_DAMAGED (-1)

#define NE_SEGMENTS_MAX 254u /* 0xfe and 0xff mean other things in an entry table */

/* Program flags, at 0x0c of the header. */
#define NE_FLAG_SINGLE_DATA    0x0001u
#define NE_FLAG_MULTIPLE_DATA  0x0002u
#define NE_FLAG_PROTECTED_ONLY 0x0008u
#define NE_FLAG_SELF_LOADING   0x0800u
#define NE_FLAG_LINK_ERRORS    0x2000u
#define NE_FLAG_LIBRARY        0x8000u

#define NE_OS_WINDOWS 2u

#define NE_SEGMENT_DATA        0x0001u
#define NE_SEGMENT_ITERATED    0x0008u
#define NE_SEGMENT_MOVEABLE    0x0010u
#define NE_SEGMENT_SHAREABLE   0x0020u
#define NE_SEGMENT_PRELOAD     0x0040u
#define NE_SEGMENT_READ_ONLY   0x0080u /* of code: execute only */
#define NE_SEGMENT_RELOCATIONS 0x0100u
#define NE_SEGMENT_DISCARDABLE 0x1000u
#define NE_SEGMENT_32_BIT      0x2000u

/* What was wrong. text is a whole sentence; field is a constant ("segment table"). */
struct ne_error {
    const char *field;
    uint32_t offset; /* in the file */
    uint32_t value;
    char text[160];
};

/* A counted string of the file: not terminated, up to 255 bytes of the file's code page. */
struct ne_text {
    const char *bytes;
    uint8_t length;
};

struct ne_image {
    const uint8_t *bytes;
    size_t size;
    uint32_t header; /* file offset of "NE" */
    uint8_t linker_major, linker_minor;
    uint16_t flags;
    uint8_t target_os, other_flags;
    uint8_t windows_major, windows_minor; /* it expects */
    uint16_t auto_data;                   /* segment of DGROUP; 0: none */
    uint16_t heap_bytes, stack_bytes;
    uint16_t entry_segment, entry_offset; /* CS:IP; segment 0: none */
    uint16_t stack_segment, stack_offset; /* SS:SP */
    uint16_t segment_count, module_count;
    uint16_t moveable_entries;
    uint16_t shift; /* of file sectors */
    struct ne_text module_name;
    struct ne_text description; /* first of the non-resident names; length 0: none */
    /* File offsets of the tables. */
    uint32_t segments, entries, entries_end, resident, resident_end, nonresident, nonresident_end,
        modules, names, names_end, resources, resources_end;
};

/* Parses the header and checks that every table lies in the file.
 * Errors:  NE_DAMAGED with *out_error filled in; out_image is then unspecified */
int ne_parse(const void *bytes, size_t size_bytes, struct ne_image *out_image,
             struct ne_error *out_error);

/* True when the bytes begin as an NE file does (so that PE and NE can be told apart). */
bool ne_is(const void *bytes, size_t size_bytes);

/* ---- segments ----------------------------------------------------------------------------- */

struct ne_segment {
    uint16_t flags;
    uint32_t file_offset;      /* 0: no bytes in the file */
    uint32_t file_bytes;       /* at most 64 KiB */
    uint32_t memory_bytes;     /* at least to be allocated, never less than what is loaded */
    uint32_t relocations;      /* file offset of the first */
    uint16_t relocation_count; /* 0: none */
};

/* Segment `number`; ABSENT beyond the last. */
int ne_segment(const struct ne_image *image, unsigned number, struct ne_segment *out_segment,
               struct ne_error *out_error);

/* Copies a segment's bytes to buffer, iterated data expanded; the rest is not touched.
 * out_bytes: so many were written, at most size. DAMAGED: more would have been. */
int ne_segment_read(const struct ne_image *image, const struct ne_segment *segment, void *buffer,
                    size_t size, size_t *out_bytes, struct ne_error *out_error);

enum ne_address { /* what is patched */
                  NE_ADDRESS_LOW_BYTE = 0,
                  NE_ADDRESS_SELECTOR = 2,
                  NE_ADDRESS_FAR = 3, /* 16:16 */
                  NE_ADDRESS_OFFSET = 5,
                  NE_ADDRESS_FAR_48 = 11,
                  NE_ADDRESS_OFFSET_32 = 13,
};

enum ne_target { /* with what */
                 NE_TARGET_INTERNAL = 0,
                 NE_TARGET_ORDINAL = 1,
                 NE_TARGET_NAME = 2,
                 NE_TARGET_OSFIXUP = 3, /* floating point instructions; ordinal says which kind */
};

struct ne_relocation {
    enum ne_address address;
    enum ne_target target;
    bool is_additive; /* else the place holds the offset of the next such place, 0xffff the last */
    uint16_t place;
    uint16_t segment; /* internal: the number; 0: by ordinal of the entry table */
    uint16_t offset;  /* internal */
    uint16_t module;  /* of an import, from 1 */
    uint16_t ordinal;
    struct ne_text name; /* of an import by name */
};

int ne_relocation(const struct ne_image *image, const struct ne_segment *segment, unsigned index,
                  struct ne_relocation *out_relocation, struct ne_error *out_error);

/* ---- names and entries ---------------------------------------------------------------------- */

/* Name of the module that others are imported from. */
int ne_module(const struct ne_image *image, unsigned number, struct ne_text *out_name,
              struct ne_error *out_error);

struct ne_entry {
    uint16_t ordinal;
    uint16_t segment; /* 0: a constant */
    uint16_t offset;
    uint8_t parameter_words; /* of a ring transition; else 0 */
    bool is_exported, is_shared_data, is_moveable;
};

/* Stops when visit answers false. ABSENT when it did, so that a search reads well. */
int ne_entries_visit(const struct ne_image *image,
                     bool (*visit)(const struct ne_entry *entry, void *context), void *context,
                     struct ne_error *out_error);
int ne_entry(const struct ne_image *image, unsigned ordinal, struct ne_entry *out_entry,
             struct ne_error *out_error);

/* Both tables of names, the module's name and description left out. */
int ne_names_visit(const struct ne_image *image,
                   bool (*visit)(struct ne_text name, uint16_t ordinal, bool is_resident,
                                 void *context),
                   void *context, struct ne_error *out_error);
/* Ordinal of an exported name, without regard to case. */
int ne_name_find(const struct ne_image *image, struct ne_text name, uint16_t *out_ordinal,
                 struct ne_error *out_error);
bool ne_text_equal(struct ne_text a, struct ne_text b); /* without regard to case (ASCII) */

/* ---- resources ------------------------------------------------------------------------------- */

struct ne_resource {
    uint16_t type, id; /* 0x8000 taken off; 0: by name */
    struct ne_text type_name, name;
    uint16_t flags;
    uint32_t file_offset, file_bytes;
};

int ne_resources_visit(const struct ne_image *image,
                       bool (*visit)(const struct ne_resource *resource, void *context),
                       void *context, struct ne_error *out_error);

#endif
