/* SPDX-License-Identifier: MIT */
/* types.h - the types of a module, by number and by name.
 *
 * Made from a PDB or from DWARF; a number that nothing stands behind is the type "void". The text
 * they are made from is foreign: every number is checked when it is used, not when it is read.
 */
#ifndef DEBUGGER_TYPES_H
#define DEBUGGER_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum type_kind {
    TYPE_NONE,
    TYPE_BASE,
    TYPE_POINTER,
    TYPE_ARRAY,
    TYPE_STRUCT,
    TYPE_UNION,
    TYPE_ENUM,
    TYPE_BITFIELD,
    TYPE_ALIAS, /* const, volatile, typedef */
    TYPE_FUNCTION,
    TYPE_MEMBERS, /* a PDB's list, named by the struct that it belongs to */
};

enum base_kind { BASE_VOID, BASE_SIGNED, BASE_UNSIGNED, BASE_CHARACTER, BASE_BOOL, BASE_FLOAT };

struct member {
    char *name;
    uint32_t type;
    int64_t offset; /* an enumerator's value */
};

struct type {
    enum type_kind kind;
    enum base_kind base;
    char *name; /* may be NULL */
    uint64_t size;
    uint32_t target; /* pointed to, element, underlying, returned, whole of a bit field */
    uint32_t bit_offset, bit_count;
    uint32_t count;   /* elements of an array; 0: size tells */
    uint32_t members; /* the type whose members are its own; itself, or a list */
    bool is_forward;  /* the definition stands elsewhere */
    struct member *member;
    uint32_t member_count;
};

struct types {
    struct type *items;
    size_t count, room;
};

void types_destroy(struct types *types);                       /* NULL is fine */
struct type *types_slot(struct types *types, uint32_t number); /* NULL: out of memory */
void type_member_add(struct type *type, const char *name, size_t length, uint32_t member_type,
                     int64_t offset);
/* Never NULL. */
const struct type *type_at(const struct types *types, uint32_t number);
/* The same behind const, typedef and forward declarations. */
const struct type *type_real(const struct types *types, uint32_t number);
uint64_t type_size(const struct types *types, uint32_t number);
/* The list of members of a struct, union or enumeration. */
const struct type *type_members(const struct types *types, const struct type *type);
/* By name, with or without a leading underscore, as C and as a debugger call it; 0: none. */
uint32_t type_named(const struct types *types, const char *name);
/* "Ptr64 _MDL", "[28] Ptr64     long" */
void type_text(const struct types *types, uint32_t number, char *out_text, size_t size);

struct types *types_of_pdb(char *text);   /* llvm-pdbutil's; NULL: none */
struct types *types_of_dwarf(char *text); /* llvm-dwarfdump's */

#endif
