/* SPDX-License-Identifier: MIT */
/* abi_export.h - what the tables under abi/exports say, as rows a program can read.
 *
 * The rows are generated; a binder asks by name and gets the address an importer is
 * given. A row never lies about itself: an absent function has the address of a stub
 * that says so when called, absent data has no address at all.
 */
#ifndef BASE_ABI_EXPORT_H
#define BASE_ABI_EXPORT_H

#include <stdint.h>

#include "base/width.h"

enum abi_status {
    ABI_ABSENT,
    ABI_PARTIAL,
    ABI_DONE,
};

enum abi_kind {
    ABI_FUNCTION, /* fixed parameters, reached through its entry thunk */
    ABI_VARIADIC, /* args are the named ones, reached through its entry thunk */
    ABI_DATA,     /* a variable; the importer's slot holds its address */
    ABI_RAW,      /* calling rules of its own (__chkstk): bound without a thunk */
};

enum abi_module {
    ABI_NTOSKRNL = 1,
    ABI_HAL = 2,
};

/* One exported name of the kernel. Asm knows its size: see ABI_EXPORT_SIZE. */
struct abi_export {
    const char *name;
    const void *address; /* NULL only for absent data */
    const char *room;    /* the table it stands in */
    uint32_t ntddi;      /* first NTDDI_VERSION that has it; 0 if always */
    uint8_t modules;     /* enum abi_module bits */
    uint8_t status;      /* enum abi_status */
    uint8_t kind;        /* enum abi_kind */
    uint8_t args;
};

/* The same facts without the code, for programs that have no kernel. Sorted by name. */
struct abi_export_fact {
    const char *name;
    uint32_t ntddi;
    uint8_t modules, status;
};
extern const struct abi_export_fact abi_export_facts[];
extern const uint32_t abi_export_fact_count;

#define ABI_EXPORT_SIZE BY_WIDTH(32, 20) /* 32 in the kernel's thunks */
_Static_assert(sizeof(struct abi_export) == ABI_EXPORT_SIZE, "entry thunks count rows");

/* Sorted by name in byte order. */
extern const struct abi_export abi_kernel_exports[];
extern const uint32_t abi_kernel_export_count;

/* Finds the row of an exported name.
 *
 * Takes:   modules: bits of enum abi_module to look in
 * Errors:  NULL if no module of these exports the name
 */
const struct abi_export *abi_kernel_export_find(const char *name, uint32_t modules);

/* One exported name of a DLL on the program's side. */
struct abi_user_export {
    const char *name;    /* NULL if exported by ordinal only */
    const void *address; /* NULL if forwarded, or absent data */
    const char *forward; /* "dll.Name" or NULL */
    uint16_t ordinal;    /* 0 until the image is given ordinals */
    uint8_t status;      /* enum abi_status */
    uint8_t kind;        /* enum abi_kind */
};

struct abi_user_module {
    const char *dll; /* "kernel32.dll" */
    const struct abi_user_export *entries;
    uint32_t count;
};

/* Modules and, within one, entries are sorted by name; entries by ordinal only come last. */
extern const struct abi_user_module abi_user_modules[];
extern const uint32_t abi_user_module_count;

/* A program called something no room provides. Written by the front; does not return.
 * Called on the program's stack with the calling convention of the host.
 */
void abi_user_absent(const char *dll, const char *name, uintptr_t caller);

#endif
