/* SPDX-License-Identifier: MIT */
/* pe/resource.h - the resource tree: type, name, language; and the version information in it.
 *
 * Names compare without case (ASCII), as resource names do. Depth is exactly three; a tree that
 * loops or is deeper is damaged.
 */
#pragma once

#include "pe/pe.h"

#define PE_RT_STRING   6
#define PE_RT_MESSAGES 11
#define PE_RT_VERSION  16
#define PE_RT_MANIFEST 24

#define PE_LANGUAGE_ANY 0xffffffffu

/* By number when name is NULL, else by name (count characters, 16 bits each). */
struct pe_resource_id {
    const wchar_t *name;
    uint32_t count;
    uint32_t number;
};

struct pe_resource {
    uint32_t rva;
    uint32_t size_bytes;
    uint32_t code_page;
    uint32_t language;
};

/* Finds one; PE_LANGUAGE_ANY takes the first language. */
int pe_resource_find(const struct pe_view *view, struct pe_resource_id type,
                     struct pe_resource_id name, uint32_t language,
                     struct pe_resource *out_resource, struct pe_error *out_error);
int pe_resources_check(const struct pe_view *view, struct pe_error *out_error);

/* File and product version numbers, high word first: 10.0.19041.1 is 000a0000_4a610001. */
struct pe_version {
    uint64_t file;
    uint64_t product;
    uint32_t flags;
    uint32_t file_type;
};
int pe_version_read(const struct pe_view *view, struct pe_version *out_version,
                    struct pe_error *out_error);
/* A string of the first string table ("FileDescription"); cut to fit, always terminated. */
int pe_version_string(const struct pe_view *view, const wchar_t *key, wchar_t *out_text,
                      size_t out_count, struct pe_error *out_error);
