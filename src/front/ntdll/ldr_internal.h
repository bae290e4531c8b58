/* SPDX-License-Identifier: MIT */
/* ldr_internal.h - the parts of the loader among themselves. */
#ifndef LDR_INTERNAL_H
#define LDR_INTERNAL_H

#include "base/width.h"
#include "ntdll/ldr.h"

#define PE_MACHINE_OURS BY_WIDTH(PE_MACHINE_AMD64, PE_MACHINE_I386)

/* ldr_list.c: modules in load order; name compared by its last component. */
struct ldr_module *list_first(void);
NTSTATUS ldr_list_add(struct ldr_module *module, const wchar_t *path);
void list_remove(struct ldr_module *module);

/* ldr_map.c: a file's bytes become a relocated image in the window; not bound yet. */
NTSTATUS image_map(const void *bytes, size_t size, struct ldr_module *module,
                   struct pe_error *out_error);
/* After binding: each region gets the protection its section asks for. */
NTSTATUS image_protect(const struct ldr_module *module);
void image_unmap(struct ldr_module *module);

/* ldr_builtin.c: a system module as an image. NULL: no table of that name. */
const struct abi_user_module *builtin_find(const char *name);
NTSTATUS builtin_map(const struct abi_user_module *table, struct ldr_module *module);
const struct abi_user_export *builtin_export(const struct abi_user_module *table, const char *name,
                                             uint16_t ordinal);
void *builtin_address(const struct ldr_module *module, const struct abi_user_export *entry);

/* ldr_apiset.c: an empty table for a DLL that Windows has and we have not; NULL: no such DLL. */
const struct abi_user_module *placeholder_of(const char *name);
/* ldr_apiset.c: the module that an API set's name, or an alias, stands for; else the name. */
const char *apiset_host(const char *name);

/* ldr_absent.c: code that says that dll has no such function when it is called. */
void *absent_stub(const char *dll, const char *name);

/* ldr_stub.c: at most STUB_BYTES of code that calls an export, or says that it is not there. */
#define STUB_BYTES BY_WIDTH(48u, 24u)
void stub_call_write(uint8_t *stub, const struct abi_user_export *entry);
void stub_absent_write(uint8_t *stub, const char *dll, const char *name);

/* ldr_file.c: a file's bytes in window memory (memory_free), by NT or host path. */
NTSTATUS file_read_nt(const wchar_t *path, void **out_bytes, size_t *out_size);
NTSTATUS file_read_host(const char *path, void **out_bytes, size_t *out_size);

/* ldr_tls.c */
NTSTATUS tls_module_add(struct ldr_module *module);
/* Every thread's block of it goes; its index is free. */
void tls_module_remove(struct ldr_module *module);
void tls_callbacks(struct ldr_module *module, ULONG reason);

bool name_equal(const char *a, const char *b); /* without case */

#endif
