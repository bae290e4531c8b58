/* SPDX-License-Identifier: MIT */
/* pe/pe.h - what a PE image says about itself, read from untrusted bytes.
 *
 * Rules of use: pe_parse the file's bytes into a struct pe_image, make a pe_view of the bytes (as
 * in the file or as mapped), then ask with pe_check and the functions of pe/tables.h and
 * pe/resource.h. Nothing is allocated or kept; strings handed out point into the view's bytes.
 * Every access is bounds-checked, so damage gives PE_DAMAGED and an error that names the field.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Results. ABSENT: the image is fine and does not have what was asked for. */
#define PE_OK      0
#define PE_ABSENT  1
#define PE_DAMAGED (-1)

#define PE_SECTION_LIMIT   96
#define PE_DIRECTORY_LIMIT 16
#define PE_IMAGE_SIZE_MAX  (UINT32_C(1) << 30)
#define PE_PAGE_SIZE       UINT32_C(0x1000)

#define PE_MACHINE_I386  0x014c
#define PE_MACHINE_AMD64 0x8664
#define PE_MACHINE_ARM64 0xaa64

#define PE_FILE_RELOCS_STRIPPED 0x0001
#define PE_FILE_EXECUTABLE      0x0002
#define PE_FILE_DLL             0x2000

#define PE_SCN_CODE        UINT32_C(0x00000020)
#define PE_SCN_DISCARDABLE UINT32_C(0x02000000)
#define PE_SCN_NOT_PAGED   UINT32_C(0x08000000)
#define PE_SCN_SHARED      UINT32_C(0x10000000)
#define PE_SCN_EXECUTE     UINT32_C(0x20000000)
#define PE_SCN_READ        UINT32_C(0x40000000)
#define PE_SCN_WRITE       UINT32_C(0x80000000)

#define PE_SUBSYSTEM_NATIVE  1
#define PE_SUBSYSTEM_GUI     2
#define PE_SUBSYSTEM_CONSOLE 3

enum pe_directory_index {
    PE_DIR_EXPORT,
    PE_DIR_IMPORT,
    PE_DIR_RESOURCE,
    PE_DIR_EXCEPTION,
    PE_DIR_CERTIFICATE, /* its rva is a file offset */
    PE_DIR_RELOCATION,
    PE_DIR_DEBUG,
    PE_DIR_ARCHITECTURE,
    PE_DIR_GLOBAL_POINTER,
    PE_DIR_TLS,
    PE_DIR_LOAD_CONFIG,
    PE_DIR_BOUND_IMPORT,
    PE_DIR_IAT,
    PE_DIR_DELAY_IMPORT,
    PE_DIR_CLR,
    PE_DIR_RESERVED,
};

/* What was wrong. text is a whole sentence; field is a constant ("SizeOfImage"). */
struct pe_error {
    const char *field;
    uint64_t offset; /* in the view's bytes; RVA for a mapped view */
    uint64_t value;
    char text[160];
};

struct pe_directory {
    uint32_t rva;
    uint32_t size;
};

struct pe_section {
    char name[9]; /* terminated */
    uint32_t rva;
    uint32_t virtual_size; /* as in the header; SizeOfRawData when that is 0 */
    uint32_t mapped_size;  /* virtual_size rounded up to the section alignment */
    uint32_t file_offset;
    uint32_t file_size; /* bytes of the file that are mapped, never past virtual_size's pages */
    uint32_t characteristics;
};

struct pe_image {
    bool is_pe32;      /* 32-bit optional header: image_base and such are widened */
    bool is_flat;      /* section alignment below a page: sections share pages */
    bool is_scattered; /* flat, but a section does not lie at its RVA in the file */
    uint16_t machine;
    uint16_t characteristics;
    uint16_t subsystem;
    uint16_t dll_characteristics;
    uint8_t linker_major, linker_minor;
    uint32_t timestamp;
    uint32_t checksum;
    uint32_t checksum_offset; /* where the CheckSum field is */
    uint32_t headers_offset;  /* where the "PE\0\0" signature is */
    uint32_t entry_rva;       /* 0: none */
    uint32_t image_size;
    uint32_t headers_size;
    uint32_t section_alignment;
    uint32_t file_alignment;
    uint32_t loader_flags;
    uint64_t image_base;
    uint64_t stack_reserve, stack_commit, heap_reserve, heap_commit;
    uint16_t os_major, os_minor, image_major, image_minor, subsystem_major, subsystem_minor;
    uint32_t directory_count;
    uint32_t section_count;
    struct pe_directory directories[PE_DIRECTORY_LIMIT]; /* zero past directory_count */
    struct pe_section sections[PE_SECTION_LIMIT];
};

/* Parses headers and section table of a whole file; sections' raw data must lie in the file.
 *
 * Errors:  PE_DAMAGED with *out_error filled in; out_image is then unspecified
 * Doc:     "PE Format" (Microsoft Learn)
 * Differs: images above 1 GiB, and overlapping sections, are refused
 */
int pe_parse(const void *bytes, size_t size_bytes, struct pe_image *out_image,
             struct pe_error *out_error);
/* The same of an image already laid out in memory: raw data is not looked for. */
int pe_parse_mapped(const void *bytes, size_t size_bytes, struct pe_image *out_image,
                    struct pe_error *out_error);

/* The CheckSum the file should carry; drivers' files are signed with a right one. */
uint32_t pe_checksum(const void *bytes, size_t size_bytes, uint32_t checksum_offset);

/* Bytes of an image, by RVA, wherever they are. Borrows image and bytes. */
struct pe_view {
    const struct pe_image *image;
    const uint8_t *bytes;
    size_t size_bytes;
    bool is_mapped; /* bytes are laid out by RVA; else as in the file */
};

struct pe_view pe_view_file(const struct pe_image *image, const void *bytes, size_t size_bytes);
struct pe_view pe_view_mapped(const struct pe_image *image, const void *bytes, size_t size_bytes);
/* size bytes at rva, or NULL when not all of them are there. Unaligned: read with memcpy. */
const void *pe_view_at(const struct pe_view *view, uint32_t rva, uint32_t size);
/* A terminated string at rva, or NULL when it does not end inside the view's region. */
const char *pe_view_string(const struct pe_view *view, uint32_t rva);
/* The section that holds rva, or NULL (headers, gaps). */
const struct pe_section *pe_section_at(const struct pe_image *image, uint32_t rva);

#define PE_PROTECT_READ    0x1u
#define PE_PROTECT_WRITE   0x2u
#define PE_PROTECT_EXECUTE 0x4u

/* One run of pages for a mapper: zero size_bytes at rva, copy file_size from file_offset. */
struct pe_region {
    char name[9]; /* empty for the headers */
    bool is_headers;
    bool is_discardable; /* may go once the driver's initialisation has run */
    bool is_init;        /* named INIT */
    bool is_pageable;    /* named PAGE… and not marked NOT_PAGED */
    bool is_shared;
    unsigned protect; /* PE_PROTECT_… */
    uint32_t rva;
    uint32_t size_bytes; /* whole pages */
    uint32_t file_offset;
    uint32_t file_size;
};

struct pe_layout {
    uint32_t size_bytes; /* whole pages */
    uint32_t count;
    struct pe_region regions[PE_SECTION_LIMIT + 1]; /* by rising rva, never overlapping */
};

/* Turns a parsed image into the list a mapper follows. A flat image is one region. */
int pe_layout_plan(const struct pe_image *image, struct pe_layout *out_layout,
                   struct pe_error *out_error);
/* Copies what the file has to where it is mapped; to is zeroed and has the layout's size. */
void pe_layout_copy(const struct pe_image *image, const struct pe_layout *layout,
                    const void *file_bytes, void *to);

/* Everything a loader relies on, checked before anything is mapped: relocations, imports,
 * exports, load configuration, TLS, debug directory, resources, certificates. PE_OK or
 * PE_DAMAGED. */
int pe_check_loading(const struct pe_view *view, struct pe_error *out_error);
/* That, and functions with their unwind information, which a loader never looks at. */
int pe_check(const struct pe_view *view, struct pe_error *out_error);
