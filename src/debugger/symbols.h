/* SPDX-License-Identifier: MIT */
/* symbols.h - what a driver's file and its PDB say: names at addresses, and types.
 *
 * Read with LLVM's tools, whose text is parsed; an odd line is left out, never believed. Addresses
 * in a table are absolute: the module's base is added when it is read.
 */
#ifndef DEBUGGER_SYMBOLS_H
#define DEBUGGER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    uint64_t address;
    uint32_t size; /* 0: not known */
    uint32_t type; /* in the module's types; 0: not known */
    bool is_function;
    char *name;
};

struct symbols {
    struct symbol *items; /* by rising address */
    size_t count, room;
};

enum symbols_origin {
    SYMBOLS_DEFERRED, /* nobody has looked yet */
    SYMBOLS_NONE,
    SYMBOLS_EXPORT,
    SYMBOLS_TABLE, /* the image's own symbol table */
    SYMBOLS_PDB,
};

struct types;

struct module {
    struct module *next;
    uint64_t start, end; /* of the kernel, once its names are known: where they lie */
    uint32_t timestamp, checksum;
    bool is_native; /* the kernel: names from the machine, types from nt_symbols */
    bool is_there;  /* the machine named it the last time */
    char name[64];  /* "wdm1", "nt" */
    char image[64]; /* "wdm1.sys" */
    char *path;     /* the file; "" for the kernel */
    char *file;     /* whence the symbols are; NULL: nowhere */
    char note[160]; /* why there are none; empty: nothing to say */
    enum symbols_origin origin;
    struct symbols symbols;
    struct types *types; /* NULL: not asked for yet */
    bool are_types_read;
};

void symbols_add(struct symbols *symbols, const struct symbol *symbol); /* name is copied */
void symbols_sort(struct symbols *symbols);
void symbols_free(struct symbols *symbols);
/* The symbol that address lies in: the last one at or below it, unless its size says otherwise. */
const struct symbol *symbols_at(const struct symbols *symbols, uint64_t address);
const struct symbol *symbols_named(const struct symbols *symbols, const char *name);

/* What a tool prints (malloc'ed, terminated); NULL: it is not there or failed. */
char *tool_output(const char *const *command);

/* One line after the other of text, which is cut up; NULL at its end. */
char *line_next(char **text);

/* Section addresses of an image, for PDB's section:offset. */
struct symbol_sections {
    uint64_t base;
    uint32_t count;
    uint32_t rva[96];
};
/* llvm-pdbutil's text. */
void pdb_symbols_parse(char *text, const struct symbol_sections *sections,
                       struct symbols *out_symbols);
/* llvm-readobj's text of an image's own symbols. */
void table_symbols_parse(char *text, const struct symbol_sections *sections,
                         struct symbols *out_symbols);
/* Looks for symbols where they may be, also in the folders of symbol_path ("a:b" or "a;b"; NULL:
 * none); sets origin, file, note. */
void module_symbols_read(struct module *module, const char *symbol_path);
/* true: file is the PDB that guid and age name (text as llvm-pdbutil prints it). */
bool pdb_is_of(const char *file, const uint8_t guid[16], uint32_t age);

#endif
