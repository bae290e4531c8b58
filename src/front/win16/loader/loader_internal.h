/* SPDX-License-Identifier: MIT */
/* loader_internal.h - shared inside win16/loader. */
#ifndef LOADER_INTERNAL_H
#define LOADER_INTERNAL_H

#include "loader16/memory16.h"
#include "loader16/module16.h"

/* What LoadLibrary and WinExec answer below 32. */
enum load16 {
    LOAD16_NO_MEMORY = 0,
    LOAD16_NOT_FOUND = 2,
    LOAD16_BAD_FORMAT = 11,
    LOAD16_DAMAGED = 12, /* documented as "unknown executable format" */
    LOAD16_OTHER_SYSTEM = 10,
    LOAD16_IS_32_BIT = 21,
};

/* Fills the error and is false. */
bool load_fail(struct module16_error *error, enum load16 code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What an export is. */
struct export16 {
    struct far16 address;
    bool is_constant; /* address.offset is the value */
};
bool export_by_ordinal(struct module16 *module, uint16_t ordinal, struct export16 *out_export);
bool export_by_name(struct module16 *module, const char *name, size_t length,
                    struct export16 *out_export);
/* A thunk that says what was missing, for imports that nobody exports. */
struct far16 absent_thunk(struct module16 *module, const char *name, size_t length,
                          uint16_t ordinal);

/* segment.c: memory and contents; relocate.c: references. Both leave what is there on failure. */
bool segments_load(struct module16 *module, struct module16_error *out_error);
bool segments_relocate(struct module16 *module, struct module16_error *out_error);
void segments_unload(struct module16 *module);

/* list.c */
void module_add(struct module16 *module);
void module_remove(struct module16 *module);
void module_name_set(struct module16 *module, const char *bytes, size_t length);
/* builtin.c: ours by that name, made at its first use; NULL: none of ours. */
struct module16 *builtin_module(const char *name);

#endif
