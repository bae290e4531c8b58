/* SPDX-License-Identifier: MIT */
/* link_internal.h - what one run of the linker knows, in the order in which it learns it:
 * modules and symbols (symbol.c), segments (layout.c), bytes (fix.c), resources (resource.c), the
 * file (write.c).
 */
#ifndef LINK_INTERNAL_H
#define LINK_INTERNAL_H

#include "link16/link16.h"

/* A list of anything, from malloc; grows by doubling. */
struct list16 {
    void *items;
    uint32_t count, capacity;
};

enum symbol_kind {
    SYMBOL_UNDEFINED,
    SYMBOL_PLACE,    /* segment of a module + offset */
    SYMBOL_CONSTANT, /* offset */
    SYMBOL_IMPORT,
    SYMBOL_COMMUNAL, /* becomes a place in a segment of the linker's */
    SYMBOL_FLOAT,    /* marks a floating point instruction: offset is its kind */
};

struct symbol {
    const char *name;
    enum symbol_kind kind;
    uint32_t module;  /* that defines it; or that wants it */
    uint32_t segment; /* PLACE: of the module; COMMUNAL: of the image, once laid out */
    uint32_t offset;
    uint32_t bytes; /* COMMUNAL */
    bool is_far;    /* COMMUNAL */
    const struct omf_import *import;
    uint32_t next; /* with the same hash, plus 1 */
};

struct module16 {
    const struct omf_module *omf;
    uint32_t *externals; /* symbol of each; OMF_NONE: a local one without definition */
    uint32_t *image;     /* image segment of each segment; OMF_NONE: none */
    uint32_t *offset;    /* of each segment in it */
};

struct relocation16 {
    uint8_t address, target; /* as in the file */
    bool is_additive;
    uint16_t place;
    uint16_t first, second; /* segment and offset; module and ordinal or name; kind */
};

/* A segment of the file. */
struct image_segment {
    const char *name, *class_name; /* of the group, or of the first segment in it */
    bool is_group, is_code, is_use32;
    uint16_t flags;
    uint32_t length, written;
    uint8_t *bytes;
    struct list16 relocations;
    uint16_t number; /* in the file; 0: it is not written */
    bool is_wanted;  /* something refers to it */
};

struct entry16 {
    const char *name;
    uint16_t ordinal, offset;
    uint32_t segment; /* of the image; OMF_NONE: a constant */
    bool is_resident, is_no_data;
};

/* A type or a name of a resource: a number, or text of the .res file. */
struct resource16_name {
    uint16_t number; /* 0: text */
    uint8_t length;
    const char *text;
};

struct resource16 {
    struct resource16_name type, name;
    uint16_t flags;
    uint32_t length;
    const uint8_t *bytes; /* of the .res file */
    /* Where the table of the file being written names it, and its type (0: an earlier one does). */
    uint32_t entry, type_entry;
};

struct linker {
    const struct link16_input *input;
    const struct link16_definition *definition;
    struct link16_error *error;
    bool has_failed;
    struct list16 modules;   /* struct module16 */
    struct list16 symbols;   /* struct symbol */
    uint32_t *buckets;       /* symbol plus 1 */
    struct list16 segments;  /* struct image_segment */
    struct list16 entries;   /* struct entry16, by ordinal */
    struct list16 imports;   /* const char *: names of modules */
    struct list16 names;     /* bytes: the imported name table */
    struct list16 resources; /* struct resource16 */
    uint32_t auto_data;      /* image segment; OMF_NONE: none */
    uint32_t stack_bytes;
    bool has_start;
    uint32_t start_segment, start_offset;
};

/* Fails once; the first reason stays. Returns false. */
__attribute__((format(printf, 2, 3))) bool link_fail(struct linker *linker, const char *reason,
                                                     ...);
void *list16_add(struct linker *linker, struct list16 *list, size_t item_bytes);
void list16_free(struct list16 *list);
void *link_take(struct linker *linker, size_t count, size_t bytes); /* zeroed; calloc */

static inline struct module16 *module_at(const struct linker *linker, uint32_t index)
{
    return (struct module16 *)linker->modules.items + index;
}
static inline struct symbol *symbol_at(const struct linker *linker, uint32_t index)
{
    return (struct symbol *)linker->symbols.items + index;
}
static inline struct resource16 *resource_at(const struct linker *linker, uint32_t index)
{
    return (struct resource16 *)linker->resources.items + index;
}
static inline struct image_segment *segment_at(const struct linker *linker, uint32_t index)
{
    return (struct image_segment *)linker->segments.items + index;
}

/* symbol.c: takes modules until nothing is missing. */
bool symbols_resolve(struct linker *linker);
uint32_t symbol_by_name(const struct linker *linker, const char *name); /* OMF_NONE: none */
bool names_match(const struct linker *linker, const char *a, const char *b);

/* layout.c: which bytes are in which segment of the file. */
bool layout_make(struct linker *linker);

/* fix.c: where a datum of a fixup is, and everything patched. */
bool fixups_apply(struct linker *linker);
bool entries_make(struct linker *linker);

/* resource.c */
bool resources_read(struct linker *linker);
bool resource_names_match(const struct resource16_name *a, const struct resource16_name *b);

/* write.c */
bool file_write(struct linker *linker, struct link16_output *out_output);
char *map_write(const struct linker *linker);

#endif
