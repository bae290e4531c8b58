/* SPDX-License-Identifier: MIT */
/* pe/tables.h - the data directories a loader uses: relocations, imports, exports, functions,
 * load configuration, TLS, debug and certificates.
 *
 * Each takes a view (file bytes or mapped). PE_ABSENT: the image has no such table or entry;
 * PE_DAMAGED: *out_error names the field. out_error may be NULL.
 */
#pragma once

#include "pe/pe.h"

/* --- relocations --- */

enum pe_relocation_kind {
    PE_RELOCATIONS_PRESENT,
    PE_RELOCATIONS_NONE,     /* not stripped, and nothing to relocate */
    PE_RELOCATIONS_STRIPPED, /* can only run at image_base */
};
enum pe_relocation_kind pe_relocation_kind(const struct pe_image *image);
int pe_relocations_check(const struct pe_view *view, struct pe_error *out_error);
/* Moves a mapped copy (writable, size_bytes long) to new_base, or changes nothing. The header's
 * ImageBase field becomes new_base as well. PE_DAMAGED also when it must move and is stripped. */
int pe_relocate(const struct pe_image *image, void *mapped, size_t size_bytes, uint64_t new_base,
                struct pe_error *out_error);

/* --- imports --- */

struct pe_import {
    const char *module;
    const char *name; /* NULL when by ordinal */
    bool by_ordinal;
    bool is_delayed;
    uint16_t ordinal_or_hint;
    uint32_t slot_rva; /* the address-table entry to fill */
};
/* Calls visit for each import; a nonzero answer stops and is returned. Bound tables are ignored
 * (the lookup table is read). The delayed ones come from their own directory. */
int pe_imports_each(const struct pe_view *view,
                    int (*visit)(void *context, const struct pe_import *import), void *context,
                    struct pe_error *out_error);
int pe_delay_imports_each(const struct pe_view *view,
                          int (*visit)(void *context, const struct pe_import *import),
                          void *context, struct pe_error *out_error);
/* Fills the address table of a mapped copy. A NULL answer ends with PE_DAMAGED and the missing
 * name in out_error; the copy must then be thrown away. Delay imports are left alone. */
int pe_imports_bind(const struct pe_image *image, void *mapped, size_t size_bytes,
                    void *(*resolve)(void *context, const char *module, const char *name,
                                     uint16_t ordinal_or_hint, bool by_ordinal),
                    void *context, struct pe_error *out_error);

/* --- exports --- */

struct pe_export {
    const char *name;      /* NULL when it has none */
    const char *forwarder; /* "MODULE.Name" or "MODULE.#12"; NULL when it is here */
    uint16_t ordinal;      /* with the base added */
    uint32_t rva;          /* 0 when forwarded */
};
int pe_export_by_name(const struct pe_view *view, const char *name, struct pe_export *out_export,
                      struct pe_error *out_error);
int pe_export_by_ordinal(const struct pe_view *view, uint16_t ordinal, struct pe_export *out_export,
                         struct pe_error *out_error);
int pe_exports_each(const struct pe_view *view,
                    int (*visit)(void *context, const struct pe_export *export), void *context,
                    struct pe_error *out_error);
/* The module's own name out of its export directory. */
int pe_export_module(const struct pe_view *view, const char **out_name, struct pe_error *out_error);
int pe_exports_check(const struct pe_view *view, struct pe_error *out_error);

/* --- functions (.pdata), x64 --- */

/* Entries sorted, inside the image, unwind information whole. See pe/unwind.h. */
int pe_functions_check(const struct pe_view *view, struct pe_error *out_error);

/* --- load configuration --- */

/* Addresses are VAs for the preferred base in a file view, for the actual one once relocated;
 * 0 where the structure is too old to have the field. */
struct pe_load_config {
    uint32_t size;
    uint32_t guard_flags;
    uint64_t security_cookie;
    uint64_t seh_table, seh_count; /* PE32 only */
    uint64_t guard_check, guard_dispatch;
    uint64_t guard_table, guard_count;
    uint32_t guard_stride;  /* bytes of an entry of guard_table: an RVA, then its flags */
    uint64_t chpe_metadata; /* not 0: x64 code mixed with ARM64 code */
    uint64_t xfg_check, xfg_dispatch, xfg_table_dispatch;
};
#define PE_GUARD_INSTRUMENTED  0x00000100u
#define PE_GUARD_TABLE_PRESENT 0x00000400u
#define PE_GUARD_XFG_ENABLED   0x00800000u
/* Flags of a function in the guard table. */
#define PE_GUARD_FUNCTION_SUPPRESSED 1u

/* base: what the addresses are relative to (image_base, or where the copy was moved). */
int pe_load_config_read(const struct pe_view *view, uint64_t base,
                        struct pe_load_config *out_config, struct pe_error *out_error);

/* --- thread-local storage --- */

struct pe_tls {
    uint32_t template_rva, template_size;
    uint32_t zero_fill;
    uint32_t alignment; /* bytes; 0: none asked for */
    uint32_t index_rva;
    uint32_t callbacks_rva; /* of the zero-terminated list; 0: none */
    uint32_t callback_count;
};
int pe_tls_read(const struct pe_view *view, uint64_t base, struct pe_tls *out_tls,
                struct pe_error *out_error);

/* --- debug --- */

struct pe_pdb {
    uint8_t guid[16];
    uint32_t age;
    const char *path;
};
int pe_pdb_find(const struct pe_view *view, struct pe_pdb *out_pdb, struct pe_error *out_error);

/* --- certificates (file views only; ABSENT in a mapped one) --- */

int pe_certificates_find(const struct pe_view *view, uint32_t *out_file_offset, uint32_t *out_size,
                         struct pe_error *out_error);
