/* SPDX-License-Identifier: MIT */
/* parse_test.c - headers, layout and views of a whole image, and of damaged ones.
 *
 * The damage half changes every byte and truncates at every length: whatever comes out must be
 * an error with a field, or an image consistent in itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "pe/pe.h"
#include "pe/resource.h"
#include "pe/tables.h"
#include "pe/unwind.h"
#include "sample_image.h"

static void parse_reads_all_headers(void **state)
{
    uint8_t *b = sample_create();
    struct pe_image image;
    struct pe_error error;
    assert_int_equal(pe_parse(b, SAMPLE_SIZE, &image, &error), PE_OK);
    assert_false(image.is_pe32);
    assert_false(image.is_flat);
    assert_int_equal(image.machine, PE_MACHINE_AMD64);
    assert_int_equal(image.section_count, SAMPLE_SECTION_COUNT);
    assert_int_equal(image.timestamp, 0x65432100);
    assert_int_equal(image.entry_rva, 0x9000);
    assert_true(image.image_base == SAMPLE_BASE);
    assert_int_equal(image.image_size, SAMPLE_IMAGE_SIZE);
    assert_int_equal(image.headers_size, 0x400);
    assert_int_equal(image.subsystem, PE_SUBSYSTEM_NATIVE);
    assert_int_equal(image.dll_characteristics, 0x4160);
    assert_int_equal(image.stack_reserve, 0x100000);
    assert_int_equal(image.heap_commit, 0x1000);
    assert_int_equal(image.directory_count, 16);
    assert_int_equal(image.directories[PE_DIR_IMPORT].rva, 0x2000);
    assert_string_equal(image.sections[2].name, ".data");
    assert_int_equal(image.sections[2].mapped_size, 0x3000);
    assert_int_equal(image.sections[2].file_size, 0x200);
    assert_int_equal(image.sections[6].virtual_size, 0x200); /* the header says 0 */
    struct pe_view view = pe_view_file(&image, b, SAMPLE_SIZE);
    error.text[0] = 0;
    if (pe_check(&view, &error))
        fail_msg("%s", error.text);
    free(b);
}

static void layout_lists_regions(void **state)
{
    uint8_t *b = sample_create();
    struct pe_image image;
    struct pe_layout layout;
    assert_int_equal(pe_parse(b, SAMPLE_SIZE, &image, NULL), PE_OK);
    assert_int_equal(pe_layout_plan(&image, &layout, NULL), PE_OK);
    assert_int_equal(layout.count, SAMPLE_SECTION_COUNT + 1);
    assert_int_equal(layout.size_bytes, SAMPLE_IMAGE_SIZE);
    assert_true(layout.regions[0].is_headers);
    assert_int_equal(layout.regions[0].size_bytes, 0x1000);
    assert_int_equal(layout.regions[0].file_size, 0x400);
    assert_int_equal(layout.regions[1].protect, PE_PROTECT_READ | PE_PROTECT_EXECUTE);
    assert_int_equal(layout.regions[3].protect, PE_PROTECT_READ | PE_PROTECT_WRITE);
    assert_int_equal(layout.regions[3].size_bytes, 0x3000);
    assert_true(layout.regions[7].is_init && layout.regions[7].is_discardable);
    assert_true(layout.regions[8].is_pageable && !layout.regions[8].is_init);
    free(b);
}

static void layout_of_flat_image_is_one_region(void **state)
{
    uint8_t *b = sample_create();
    struct pe_image image;
    struct pe_layout layout;
    struct pe_error error;
    put32(b + SAMPLE_OPTIONAL + 32, 0x20);
    put32(b + SAMPLE_OPTIONAL + 36, 0x20);
    put32(b + SAMPLE_OPTIONAL + 56, 0x1800);
    put32(b + SAMPLE_OPTIONAL + 16, 0x400);
    memset(b + SAMPLE_DIRECTORY, 0, 128);
    assert_int_equal(pe_parse(b, SAMPLE_SIZE, &image, &error), PE_DAMAGED);
    assert_string_equal(error.field, "VirtualSize"); /* the sections' RVAs lie beyond */
    put32(b + SAMPLE_OPTIONAL + 56,
          SAMPLE_IMAGE_SIZE); /* sections where they do not lie in the file */
    assert_int_equal(pe_parse(b, SAMPLE_SIZE, &image, &error), PE_OK);
    assert_true(image.is_flat && image.is_scattered);
    assert_int_equal(pe_layout_plan(&image, &layout, NULL), PE_OK);
    assert_int_equal(layout.count, 1);
    uint8_t *mapped = calloc(1, layout.size_bytes);
    pe_layout_copy(&image, &layout, b, mapped);
    for (int i = 0; i < SAMPLE_SECTION_COUNT; i++)
        assert_memory_equal(mapped + sample_sections[i].rva, b + sample_sections[i].offset, 0x20);
    assert_memory_equal(mapped, b, 0x400);
    struct pe_view scattered = pe_view_file(&image, b, SAMPLE_SIZE);
    assert_ptr_equal(pe_view_at(&scattered, 0x2010, 4), b + 0x610);
    free(mapped);
    put32(b + SAMPLE_OPTIONAL + 56, 0x1800);
    for (int i = 0; i < SAMPLE_SECTION_COUNT; i++) {
        put32(b + SAMPLE_SECTIONS + 40 * i + 8, sample_sections[i].raw_size);
        put32(b + SAMPLE_SECTIONS + 40 * i + 12, sample_sections[i].offset);
    }
    assert_int_equal(pe_parse(b, SAMPLE_SIZE, &image, NULL), PE_OK);
    assert_true(image.is_flat);
    assert_int_equal(pe_layout_plan(&image, &layout, NULL), PE_OK);
    assert_int_equal(layout.count, 1);
    assert_int_equal(layout.regions[0].protect,
                     PE_PROTECT_READ | PE_PROTECT_WRITE | PE_PROTECT_EXECUTE);
    assert_int_equal(layout.size_bytes, 0x2000);
    assert_int_equal(layout.regions[0].file_size, 0x1800);
    free(b);
}

static void views_keep_their_bounds(void **state)
{
    uint8_t *b = sample_create();
    struct pe_image image;
    assert_int_equal(pe_parse(b, SAMPLE_SIZE, &image, NULL), PE_OK);
    struct pe_view view = pe_view_file(&image, b, SAMPLE_SIZE);
    assert_ptr_equal(pe_view_at(&view, 0x2010, 4), b + 0x610);
    assert_ptr_equal(pe_view_at(&view, 0x3ff, 1), b + 0x3ff);
    assert_null(pe_view_at(&view, 0x3ff, 2));  /* end of the headers */
    assert_null(pe_view_at(&view, 0x800, 1));  /* between headers and .text */
    assert_null(pe_view_at(&view, 0x3200, 1)); /* zero fill is not in the file */
    assert_null(pe_view_at(&view, 0x31fd, 4)); /* half in it */
    assert_null(pe_view_at(&view, 0xffffffff, 2));
    assert_string_equal(pe_view_string(&view, 0x20c0), "ntoskrnl.exe");
    memset(b + 0x1600, 'x', 0x200);
    assert_null(pe_view_string(&view, 0xa000)); /* never ends */
    view = pe_view_mapped(&image, b, 0x1000);
    assert_null(pe_view_at(&view, 0x1000, 1));
    assert_ptr_equal(pe_view_at(&view, 0x3c, 4), b + 0x3c);
    free(b);
}

static void checksum_matches_definition(void **state)
{
    uint8_t *b = sample_create();
    uint32_t first = pe_checksum(b, SAMPLE_SIZE, SAMPLE_OPTIONAL + 64);
    put32(b + SAMPLE_OPTIONAL + 64, first);
    assert_int_equal(pe_checksum(b, SAMPLE_SIZE, SAMPLE_OPTIONAL + 64), first);
    b[0x500] ^= 1;
    assert_int_not_equal(pe_checksum(b, SAMPLE_SIZE, SAMPLE_OPTIONAL + 64), first);
    static const uint8_t words[] = {0xff, 0xff, 0x02, 0x00, 0x05};
    assert_int_equal(pe_checksum(words, 5, 100), (0xffff + 2 + 5 - 0xffff) + 5);
    free(b);
}

static void errors_name_the_field(void **state)
{
    static const struct {
        uint32_t at, width, value;
        const char *field;
    } damages[] = {
        {0, 2, 0x4d5b, "e_magic"},
        {0x3c, 4, 0x10000000, "e_lfanew"},
        {0x3c, 4, SAMPLE_SIZE - 23, "e_lfanew"},
        {SAMPLE_PE, 4, 0x454e, "Signature"},
        {SAMPLE_PE + 4, 2, 0x14c, "Magic"},
        {SAMPLE_PE + 6, 2, 97, "NumberOfSections"},
        {SAMPLE_PE + 20, 2, 100, "SizeOfOptionalHeader"},
        {SAMPLE_PE + 20, 2, 0xffff, "SizeOfOptionalHeader"},
        {SAMPLE_PE + 22, 2, 0, "Characteristics"},
        {SAMPLE_OPTIONAL, 2, 0x10b, "Magic"},
        {SAMPLE_OPTIONAL, 2, 0x107, "Magic"},
        {SAMPLE_OPTIONAL + 16, 4, 0xb000, "AddressOfEntryPoint"},
        {SAMPLE_OPTIONAL + 24, 4, 0x40000001, "ImageBase"},
        {SAMPLE_OPTIONAL + 32, 4, 0x1800, "SectionAlignment"},
        {SAMPLE_OPTIONAL + 32, 4, 0, "SectionAlignment"},
        {SAMPLE_OPTIONAL + 36, 4, 0x300, "FileAlignment"},
        {SAMPLE_OPTIONAL + 36, 4, 0x2000, "FileAlignment"},
        {SAMPLE_OPTIONAL + 56, 4, 0, "SizeOfImage"},
        {SAMPLE_OPTIONAL + 56, 4, 0x40000001, "SizeOfImage"},
        {SAMPLE_OPTIONAL + 56, 4, 0xa000, "VirtualSize"},
        {SAMPLE_OPTIONAL + 60, 4, 0x2000, "SizeOfHeaders"},
        {SAMPLE_OPTIONAL + 60, 4, 0x100, "SizeOfHeaders"},
        {SAMPLE_SECTIONS + 12, 4, 0x1010, "VirtualAddress"},
        {SAMPLE_SECTIONS + 12, 4, 0, "VirtualAddress"},
        {SAMPLE_SECTIONS + 40 + 12, 4, 0x1000, "VirtualAddress"},
        {SAMPLE_SECTIONS + 8, 4, 0xfffff000, "VirtualSize"},
        {SAMPLE_SECTIONS + 16, 4, 0x1000000, "SizeOfRawData"},
        {SAMPLE_SECTIONS + 20, 4, 0x10000000, "PointerToRawData"},
    };
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t *b = sample_create();
        struct pe_image image;
        struct pe_error error = {.field = "none"};
        memcpy(b + damages[i].at, &damages[i].value, damages[i].width);
        if (pe_parse(b, SAMPLE_SIZE, &image, &error) != PE_DAMAGED)
            fail_msg("damage %zu (%s) was not seen", i, damages[i].field);
        if (strcmp(error.field, damages[i].field) != 0)
            fail_msg("damage %zu: %s, not %s", i, error.text, damages[i].field);
        assert_memory_equal(error.text, error.field, strlen(error.field));
        free(b);
    }
}

/* --- damage everywhere --- */

static int visit_import(void *context, const struct pe_import *import)
{
    assert_non_null(import->module);
    assert_true(import->by_ordinal == (import->name == NULL));
    ++*(unsigned *)context;
    return 0;
}

static int visit_export(void *context, const struct pe_export *export)
{
    assert_true((export->forwarder != NULL) == (export->rva == 0));
    ++*(unsigned *)context;
    return 0;
}

static void *resolve_any(void *context, const char *module, const char *name,
                         uint16_t ordinal_or_hint, bool by_ordinal)
{
    return context;
}

static int copy_read(void *context, uint64_t address, void *out, size_t size)
{
    const struct pe_view *view = context;
    const void *at =
        address <= UINT32_MAX ? pe_view_at(view, (uint32_t)address, (uint32_t)size) : NULL;
    if (!at)
        return -1;
    memcpy(out, at, size);
    return 0;
}

/* Maps by the plan, moves, binds and unwinds, as a loader would. */
static void exercise_mapped(const struct pe_image *image, const uint8_t *bytes, size_t size)
{
    struct pe_layout layout;
    struct pe_error error;
    assert_int_equal(pe_layout_plan(image, &layout, &error), PE_OK);
    if (layout.size_bytes > 0x100000)
        return;
    uint8_t *copy = calloc(1, layout.size_bytes);
    uint32_t end = 0;
    for (uint32_t i = 0; i < layout.count; i++) {
        const struct pe_region *region = &layout.regions[i];
        assert_true(region->rva >= end);
        end = region->rva + region->size_bytes;
        assert_true(end <= layout.size_bytes);
        assert_true(region->file_size <= region->size_bytes);
        assert_true((uint64_t)region->file_offset + region->file_size <= size);
        memcpy(copy + region->rva, bytes + region->file_offset, region->file_size);
    }
    pe_relocate(image, copy, layout.size_bytes, UINT64_C(0x7f0000000000), &error);
    pe_imports_bind(image, copy, layout.size_bytes, resolve_any, copy, &error);
    struct pe_view view = pe_view_mapped(image, copy, layout.size_bytes);
    struct pe_memory memory = {copy_read, &view};
    struct pe_unwind_image unwind = pe_unwind_image(image, &memory, 0);
    for (uint32_t rva = 0x1000; rva < 0x10c0; rva += 3) {
        struct pe_function function;
        struct pe_context context = {.gpr[PE_RSP] = 0x3000};
        struct pe_unwind_frame frame;
        if (pe_function_find(&unwind, rva, &function, &error) == PE_OK)
            pe_virtual_unwind(&unwind, 3, rva, &function, &context, NULL, &frame, &error);
    }
    free(copy);
}

/* Everything that can be asked; nothing may crash, errors must have a field. */
static int exercise(const uint8_t *bytes, size_t size)
{
    struct pe_image image;
    struct pe_error error = {0};
    unsigned count = 0;
    if (pe_parse(bytes, size, &image, &error)) {
        assert_non_null(error.field);
        assert_int_not_equal(error.text[0], 0);
        return PE_DAMAGED;
    }
    struct pe_view view = pe_view_file(&image, bytes, size);
    int result = pe_check(&view, &error);
    if (result)
        assert_non_null(error.field);
    int imports = pe_imports_each(&view, visit_import, &count, NULL);
    int exports = pe_exports_each(&view, visit_export, &count, NULL);
    assert_true(result == PE_DAMAGED || (imports != PE_DAMAGED && exports != PE_DAMAGED));
    struct pe_export export;
    pe_export_by_name(&view, "Alpha", &export, NULL);
    pe_export_by_ordinal(&view, 7, &export, NULL);
    struct pe_version version;
    wchar_t text[8];
    pe_version_read(&view, &version, NULL);
    pe_version_string(&view, L"FileVersion", text, 8, NULL);
    exercise_mapped(&image, bytes, size);
    return result;
}

static void truncated_at_every_length(void **state)
{
    uint8_t *whole = sample_create();
    for (size_t size = 0; size < SAMPLE_SIZE; size++) {
        uint8_t *part = malloc(size ? size : 1);
        memcpy(part, whole, size);
        if (exercise(part, size) != PE_DAMAGED)
            fail_msg("cut at %zu was not seen", size);
        free(part);
    }
    assert_int_equal(exercise(whole, SAMPLE_SIZE), PE_OK);
    free(whole);
}

static void changed_at_every_byte(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    uint8_t *b = sample_create();
    unsigned damaged = 0;
    for (size_t at = 0; at < SAMPLE_SIZE; at++) {
        uint8_t before = b[at];
        for (size_t i = 0; i < sizeof(values); i++) {
            b[at] = values[i];
            damaged += exercise(b, SAMPLE_SIZE) == PE_DAMAGED;
        }
        b[at] = before;
    }
    assert_true(damaged > 500);
    assert_int_equal(exercise(b, SAMPLE_SIZE), PE_OK);
    free(b);
}

static void changed_at_every_field(void **state)
{
    static const uint32_t values[] = {0,      0xffffffff, 0x7fffffff, 0x80000000,
                                      0xb000, 0x1fff,     0x8000};
    uint8_t *b = sample_create();
    for (size_t at = 0; at + 4 <= SAMPLE_SIZE; at += 2) {
        uint8_t before[4];
        memcpy(before, b + at, 4);
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            put32(b + at, values[i]);
            exercise(b, SAMPLE_SIZE);
        }
        memcpy(b + at, before, 4);
    }
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_reads_all_headers),
        cmocka_unit_test(layout_lists_regions),
        cmocka_unit_test(layout_of_flat_image_is_one_region),
        cmocka_unit_test(views_keep_their_bounds),
        cmocka_unit_test(checksum_matches_definition),
        cmocka_unit_test(errors_name_the_field),
        cmocka_unit_test(truncated_at_every_length),
        cmocka_unit_test(changed_at_every_byte),
        cmocka_unit_test(changed_at_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
