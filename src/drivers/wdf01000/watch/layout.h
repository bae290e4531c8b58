/* SPDX-License-Identifier: MIT */
/* layout.h - the Framework tells a debugger how its structures lie.
 *
 * A table in a section of its own (".fxkd") of wdf01000.sys: a head, then rows, each a field of a
 * structure. A debugger finds the section in the loaded image and needs no symbols, and a field
 * that moves takes its row along. Each room writes the rows of its own structures (`*_kd.c`).
 */
#ifndef WDF01000_LAYOUT_H
#define WDF01000_LAYOUT_H

#include <ntddk.h>

#define FX_LAYOUT_MAGIC   0x54554f59414c5846ull /* "FXLAYOUT" */
#define FX_LAYOUT_VERSION 1u

/* Both are 64 bytes; what the linker puts between them is zero. */
struct fx_layout_head {
    ULONG64 magic;
    ULONG version;
    ULONG row_bytes;
    const LIST_ENTRY *clients; /* struct fx_globals, by entry */
    ULONG64 minor;             /* of the Framework: 1.minor */
    ULONG64 pad[4];
};

struct fx_layout_row {
    CHAR structure[16]; /* "fx_queue" */
    CHAR field[44];     /* "config.DispatchType"; "": the whole structure */
    USHORT offset, size;
};

C_ASSERT(sizeof(struct fx_layout_head) == 64 && sizeof(struct fx_layout_row) == 64);

/* Sections are joined in the order of what follows the $. */
#define FX_LAYOUT_HEAD(list, minor)                                                 \
    __attribute__((section(".fxkd$a"), used,                                        \
                   aligned(64))) static const struct fx_layout_head layout_head = { \
        FX_LAYOUT_MAGIC, FX_LAYOUT_VERSION, sizeof(struct fx_layout_row), (list), (minor), {0}}

#define FX_LAYOUT_ROWS                       \
    __attribute__((section(".fxkd$m"), used, \
                   aligned(64))) static const struct fx_layout_row layout_rows[]
#define FX_LAYOUT(noun) {#noun, "", 0, sizeof(struct noun)}
#define FX_FIELD(noun, member) \
    {#noun, #member, FIELD_OFFSET(struct noun, member), RTL_FIELD_SIZE(struct noun, member)}
/* What has no size: where it begins. */
#define FX_PLACE(noun, member) {#noun, #member, FIELD_OFFSET(struct noun, member), 0}

#endif
