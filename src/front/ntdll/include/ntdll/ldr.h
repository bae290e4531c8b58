/* SPDX-License-Identifier: MIT */
/* ntdll/ldr.h - the modules of a program: its image, its DLLs, and ours that look like them.
 *
 * Every module is a PE image in the program's window. Names compare without case; the list
 * only changes under the loader's lock, and looking up an address takes a short lock of its
 * own, so faults may do it. A system module is built at its first use from abi/exports/user.
 */
#ifndef NTDLL_LDR_H
#define NTDLL_LDR_H

#include "base/abi_export.h"
#include "ntdll/teb.h"
#include "pe/pe.h"
#include "pe/unwind.h"

struct ldr_module {
    struct ldr_module *next; /* in load order */
    uint64_t base;
    uint32_t size_bytes;
    uint32_t references; /* UINT32_MAX: stays to the end */
    bool is_attached;    /* DLL_PROCESS_ATTACH was called */
    bool is_bound;
    bool has_notifications; /* false after DisableThreadLibraryCalls */
    struct pe_image image;
    struct pe_unwind_image unwind;
    const struct abi_user_module *builtin; /* NULL: from a file */
    uint32_t stubs_rva;                    /* builtin: first stub */
    struct ldr_entry *entry;               /* in the window */
    char name[128];                        /* "app.exe", as spelled by whoever asked first */
    uint32_t tls_index;                    /* + 1; 0: none */
};

/* Lists, and ntdll and kernel32 as every program has them. host_folder: where the program's
 * own file is on the host, for DLLs beside it; nt_folder: the same as programs see it. */
NTSTATUS ldr_init(const char *host_folder, const wchar_t *nt_folder);
/* Maps the program's file and everything it imports; complains and fails in words. */
NTSTATUS ldr_program_load(const void *bytes, size_t size, const char *name, const wchar_t *path,
                          struct ldr_module **out_module);
/* DLL_PROCESS_ATTACH (dependencies first) and TLS callbacks of everything not yet attached. */
NTSTATUS ldr_attach(void);
void ldr_detach(void);
/* Static TLS of a starting thread, then DLL_THREAD_ATTACH; the other way at its end. */
NTSTATUS ldr_thread_begin(struct teb *teb);
void ldr_thread_callbacks(ULONG reason);
void ldr_thread_end(struct teb *teb);

/* Loads by name or path. STATUS_DLL_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT … */
NTSTATUS ldr_load(const wchar_t *name, struct ldr_module **out_module);
void ldr_unload(struct ldr_module *module);
struct ldr_module *ldr_find(const char *name); /* no reference */
struct ldr_module *ldr_by_base(const void *base);
struct ldr_module *ldr_by_address(uint64_t address);
struct ldr_module *ldr_program(void); /* NULL: a 16-bit program's process */
/* Before anything is loaded: the program is no PE file. */
void ldr_program_none(void);
/* An export's address; NULL when it has none, or one that nobody has written. */
void *ldr_export(struct ldr_module *module, const char *name, uint16_t ordinal);

void ldr_lock(void);
void ldr_unlock(void);

struct pe_view ldr_view(const struct ldr_module *module);

#endif
