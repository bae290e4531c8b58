/* SPDX-License-Identifier: MIT */
/* tables_test.c - relocations, imports, exports, configuration, TLS, debug, resources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "pe/pe.h"
#include "pe/resource.h"
#include "pe/tables.h"
#include "sample_image.h"

/* The sample as file and as mapped copy. */
struct sample {
    uint8_t *file;
    uint8_t *mapped;
    struct pe_image image;
    struct pe_view view;
    struct pe_error error;
};

static void sample_open(struct sample *s)
{
    assert_int_equal(pe_parse(s->file, SAMPLE_SIZE, &s->image, &s->error), PE_OK);
    s->view = pe_view_file(&s->image, s->file, SAMPLE_SIZE);
    struct pe_layout layout;
    assert_int_equal(pe_layout_plan(&s->image, &layout, &s->error), PE_OK);
    memset(s->mapped, 0, SAMPLE_IMAGE_SIZE);
    for (uint32_t i = 0; i < layout.count; i++)
        memcpy(s->mapped + layout.regions[i].rva, s->file + layout.regions[i].file_offset,
               layout.regions[i].file_size);
}

static int setup(void **state)
{
    struct sample *s = calloc(1, sizeof(*s));
    s->file = sample_create();
    s->mapped = malloc(SAMPLE_IMAGE_SIZE);
    sample_open(s);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct sample *s = *state;
    free(s->file);
    free(s->mapped);
    free(s);
    return 0;
}

static uint64_t mapped64(const struct sample *s, uint32_t rva)
{
    uint64_t value;
    memcpy(&value, s->mapped + rva, 8);
    return value;
}

static void relocations_move_the_copy(void **state)
{
    struct sample *s = *state;
    uint64_t base = UINT64_C(0x7f1200000000);
    assert_int_equal(pe_relocation_kind(&s->image), PE_RELOCATIONS_PRESENT);
    put32(s->mapped + 0x3018, 0x40001234);
    assert_int_equal(pe_relocate(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, base, &s->error), 0);
    assert_true(mapped64(s, 0x3008) == base + 0x1010);
    assert_true(mapped64(s, 0x2218) == base + 0x3000);
    assert_true(mapped64(s, SAMPLE_OPTIONAL + 24) == base);
    /* HIGHLOW gets the low half of the distance. */
    uint32_t low;
    memcpy(&low, s->mapped + 0x3018, 4);
    assert_int_equal(low, 0x40001234 + (uint32_t)(base - SAMPLE_BASE));
    /* What is read afterwards is relative to the new base. */
    struct pe_view view = pe_view_mapped(&s->image, s->mapped, SAMPLE_IMAGE_SIZE);
    struct pe_load_config config;
    struct pe_tls tls;
    assert_int_equal(pe_load_config_read(&view, base, &config, &s->error), PE_OK);
    assert_true(config.security_cookie == base + 0x3000);
    assert_int_equal(pe_load_config_read(&view, SAMPLE_BASE, &config, &s->error), PE_DAMAGED);
    assert_int_equal(pe_tls_read(&view, base, &tls, &s->error), PE_OK);
}

static void relocation_is_all_or_nothing(void **state)
{
    struct sample *s = *state;
    put16(s->mapped + 0x8000 + 0x2a, 0x5018); /* type 5 in the last entry */
    uint8_t *before = malloc(SAMPLE_IMAGE_SIZE);
    memcpy(before, s->mapped, SAMPLE_IMAGE_SIZE);
    assert_int_equal(pe_relocate(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, 0x10000, &s->error),
                     PE_DAMAGED);
    assert_string_equal(s->error.field, "TypeOffset");
    assert_memory_equal(before, s->mapped, SAMPLE_IMAGE_SIZE);
    free(before);
}

static void relocation_errors_name_the_field(void **state)
{
    static const struct {
        uint32_t at, value;
        const char *field;
    } damages[] = {
        {0x1204, 4, "SizeOfBlock"},
        {0x1204, 0x21, "SizeOfBlock"},
        {0x1204, 0x1000, "SizeOfBlock"},
        {0x1224, 0xa, "BaseRelocationTable"}, /* two bytes are left */
        {0x1220, 0x9000000, "TypeOffset"},
        {0x1220, 0x8000, "TypeOffset"}, /* into the table itself */
        {0x1220, 0x800, "TypeOffset"},  /* between the headers and .text */
        {SAMPLE_DIRECTORY + 44, 0x1000, "BaseRelocationTable"},
    };
    struct sample *s = *state;
    put32(s->file + SAMPLE_SECTIONS + 40 + 8, 0x400);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t before[4];
        memcpy(before, s->file + damages[i].at, 4);
        put32(s->file + damages[i].at, damages[i].value);
        sample_open(s);
        if (pe_relocations_check(&s->view, &s->error) != PE_DAMAGED)
            fail_msg("damage %zu was not seen", i);
        assert_string_equal(s->error.field, damages[i].field);
        memcpy(s->file + damages[i].at, before, 4);
    }
}

static void stripped_differs_from_none(void **state)
{
    struct sample *s = *state;
    sample_directory(s->file, PE_DIR_RELOCATION, 0, 0);
    sample_open(s);
    assert_int_equal(pe_relocation_kind(&s->image), PE_RELOCATIONS_NONE);
    assert_int_equal(pe_relocations_check(&s->view, &s->error), PE_ABSENT);
    assert_int_equal(pe_relocate(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, 0x10000, &s->error), 0);
    put16(s->file + SAMPLE_PE + 22, 0x23);
    sample_open(s);
    assert_int_equal(pe_relocation_kind(&s->image), PE_RELOCATIONS_STRIPPED);
    assert_int_equal(pe_relocate(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, 0x10000, &s->error),
                     PE_DAMAGED);
    assert_string_equal(s->error.field, "Characteristics");
    assert_int_equal(pe_relocate(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, SAMPLE_BASE, NULL), 0);
}

struct seen {
    unsigned count;
    char text[256];
};

static int note_import(void *context, const struct pe_import *import)
{
    struct seen *seen = context;
    size_t n = strlen(seen->text);
    snprintf(seen->text + n, sizeof(seen->text) - n, "%s!%s#%u@%x ", import->module,
             import->name ? import->name : "", import->ordinal_or_hint, import->slot_rva);
    seen->count++;
    return 0;
}

static void imports_are_listed(void **state)
{
    struct sample *s = *state;
    struct seen seen = {0};
    assert_int_equal(pe_imports_each(&s->view, note_import, &seen, &s->error), PE_OK);
    assert_string_equal(seen.text, "ntoskrnl.exe!DbgPrint#7@2080 ntoskrnl.exe!#12@2088 "
                                   "hal.dll!HalWork#1@20a0 ");
    seen = (struct seen){0};
    assert_int_equal(pe_delay_imports_each(&s->view, note_import, &seen, &s->error), PE_OK);
    assert_string_equal(seen.text, "late.sys!LateCall#0@3040 ");
    put32(s->file + 0x600, 0); /* no lookup table: the address table has the names */
    seen = (struct seen){0};
    assert_int_equal(pe_imports_each(&s->view, note_import, &seen, &s->error), PE_OK);
    assert_int_equal(seen.count, 3);
}

static void *resolve(void *context, const char *module, const char *name, uint16_t ordinal_or_hint,
                     bool by_ordinal)
{
    if (by_ordinal)
        return (void *)(uintptr_t)(0x1000u + ordinal_or_hint);
    if (strcmp(name, "DbgPrint") == 0)
        return (void *)(uintptr_t)0x7fff00001111;
    return context;
}

static void imports_are_bound(void **state)
{
    struct sample *s = *state;
    assert_int_equal(pe_imports_bind(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, resolve,
                                     (void *)(uintptr_t)0x2222, &s->error),
                     PE_OK);
    assert_true(mapped64(s, 0x2080) == UINT64_C(0x7fff00001111));
    assert_true(mapped64(s, 0x2088) == 0x100c);
    assert_true(mapped64(s, 0x2090) == 0);
    assert_true(mapped64(s, 0x20a0) == 0x2222);
    sample_open(s);
    assert_int_equal(
        pe_imports_bind(&s->image, s->mapped, SAMPLE_IMAGE_SIZE, resolve, NULL, &s->error),
        PE_DAMAGED);
    assert_non_null(strstr(s->error.text, "hal.dll does not export HalWork"));
}

static void import_errors_name_the_field(void **state)
{
    static const struct {
        uint32_t at, value;
        const char *field;
    } damages[] = {
        {SAMPLE_DIRECTORY + 8, 0xaff8, "ImportDescriptor"},
        {0x600 + 12, 0xb000, "Name"},
        {0x600, 0xa1f9, "ImportLookupTable"},
        {0x600 + 16, 0x31fc, "ImportAddressTable"},
        {0x640, 0x12345678, "ImportLookupTable"},
    };
    struct sample *s = *state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t before[4];
        struct seen seen = {0};
        memcpy(before, s->file + damages[i].at, 4);
        put32(s->file + damages[i].at, damages[i].value);
        sample_open(s);
        assert_int_equal(pe_imports_each(&s->view, note_import, &seen, &s->error), PE_DAMAGED);
        assert_string_equal(s->error.field, damages[i].field);
        memcpy(s->file + damages[i].at, before, 4);
    }
}

static int note_export(void *context, const struct pe_export *export)
{
    struct seen *seen = context;
    size_t n = strlen(seen->text);
    snprintf(seen->text + n, sizeof(seen->text) - n, "%s#%u=%x,%s ",
             export->name ? export->name : "", export->ordinal, export->rva,
             export->forwarder ? export->forwarder : "");
    return 0;
}

static void exports_are_found(void **state)
{
    struct sample *s = *state;
    struct pe_export export;
    const char *module;
    assert_int_equal(pe_export_by_name(&s->view, "Alpha", &export, &s->error), PE_OK);
    assert_int_equal(export.rva, 0x1010);
    assert_int_equal(export.ordinal, 5);
    assert_int_equal(pe_export_by_name(&s->view, "Forwarded", &export, &s->error), PE_OK);
    assert_string_equal(export.forwarder, "HAL.HalWork");
    assert_int_equal(export.rva, 0);
    assert_int_equal(pe_export_by_name(&s->view, "Alph", &export, &s->error), PE_ABSENT);
    assert_int_equal(pe_export_by_name(&s->view, "Zulu", &export, &s->error), PE_ABSENT);
    assert_int_equal(pe_export_by_ordinal(&s->view, 8, &export, &s->error), PE_OK);
    assert_int_equal(export.rva, 0x1020);
    assert_int_equal(pe_export_by_ordinal(&s->view, 6, &export, &s->error), PE_ABSENT);
    assert_int_equal(pe_export_by_ordinal(&s->view, 4, &export, &s->error), PE_ABSENT);
    assert_int_equal(pe_export_by_ordinal(&s->view, 9, &export, &s->error), PE_ABSENT);
    assert_int_equal(pe_export_module(&s->view, &module, &s->error), PE_OK);
    assert_string_equal(module, "sample.sys");
    struct seen seen = {0};
    assert_int_equal(pe_exports_each(&s->view, note_export, &seen, &s->error), PE_OK);
    assert_string_equal(seen.text, "Alpha#5=1010, Forwarded#7=0,HAL.HalWork #8=1020, ");
}

static void export_errors_name_the_field(void **state)
{
    static const struct {
        uint32_t at, value;
        const char *field;
    } damages[] = {
        {0x720 + 16, 0xffff, "OrdinalBase"},
        {0x720 + 20, 0x10001, "NumberOfFunctions"},
        {0x720 + 24, 0x10001, "NumberOfNames"},
        {0x720 + 28, 0xb000, "AddressOfFunctions"},
        {0x720 + 32, 0xfffffff0, "AddressOfNames"},
        {0x720 + 36, 0x9200, "AddressOfNameOrdinals"},
        {0x748, 0xb000, "AddressOfFunctions"},
        {0x758, 0x216a, "AddressOfNames"}, /* Forwarded, Forwarded: still sorted */
        {0x760, 4, "AddressOfNameOrdinals"},
    };
    struct sample *s = *state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t before[4];
        memcpy(before, s->file + damages[i].at, 4);
        put32(s->file + damages[i].at, damages[i].value);
        if (damages[i].value == 0x216a)
            put32(s->file + 0x75c, 0x2164); /* Forwarded before Alpha */
        sample_open(s);
        if (pe_exports_check(&s->view, &s->error) != PE_DAMAGED)
            fail_msg("damage %zu was not seen", i);
        assert_string_equal(s->error.field, damages[i].field);
        memcpy(s->file + damages[i].at, before, 4);
        put32(s->file + 0x75c, 0x216a);
    }
}

static void functions_are_checked(void **state)
{
    static const struct {
        uint32_t at, value;
        const char *field;
    } damages[] = {
        {0xc0c, 0x103f, "BeginAddress"},
        {0xc04, 0x1000, "EndAddress"},
        {0xc08, 0xaffe, "UnwindInfoAddress"},
        {0xc40, 0x00020503, "UnwindInfo.Version"},
        {0xc40, 0x000205f9, "UnwindInfo.Flags"},
        {0xc40, 0x00010501, NULL},           /* one code fewer is whole as well */
        {0xc44, 0x01053005, "CountOfCodes"}, /* ALLOC_LARGE last, without its slot */
        {0xc44, 0x30013b05, "UnwindCode"},
        {0xc44, 0x30010305, "FrameRegister"},
        {0xc6c, 0x6060, "ChainedFunction"}, /* chained to itself */
        {0xc88, 0xb000, "ExceptionHandler"},
        {SAMPLE_DIRECTORY + 28, 30, "ExceptionTable"},
    };
    struct sample *s = *state;
    assert_int_equal(pe_functions_check(&s->view, &s->error), PE_OK);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t before[4];
        memcpy(before, s->file + damages[i].at, 4);
        put32(s->file + damages[i].at, damages[i].value);
        sample_open(s);
        int result = pe_functions_check(&s->view, &s->error);
        if (result != (damages[i].field ? PE_DAMAGED : PE_OK))
            fail_msg("damage %zu: %d", i, result);
        if (damages[i].field)
            assert_string_equal(s->error.field, damages[i].field);
        memcpy(s->file + damages[i].at, before, 4);
    }
}

/* Spare entries of an incremental link stand first; between functions there are none. */
static void spare_entries_stand_first(void **state)
{
    struct sample *s = *state;
    uint8_t before[12];
    memcpy(before, s->file + 0xc00, sizeof(before));
    memset(s->file + 0xc00, 0, sizeof(before));
    sample_open(s);
    assert_int_equal(pe_functions_check(&s->view, &s->error), PE_OK);
    memcpy(s->file + 0xc00, before, sizeof(before));
    memset(s->file + 0xc0c, 0, sizeof(before));
    sample_open(s);
    assert_int_equal(pe_functions_check(&s->view, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "BeginAddress");
}

static void configuration_is_read(void **state)
{
    struct sample *s = *state;
    struct pe_load_config config;
    assert_int_equal(pe_load_config_read(&s->view, SAMPLE_BASE, &config, &s->error), PE_OK);
    assert_int_equal(config.size, 0x98);
    assert_true(config.security_cookie == SAMPLE_BASE + 0x3000);
    assert_true(config.guard_check == SAMPLE_BASE + 0x3020);
    assert_int_equal(config.guard_count, 2);
    assert_int_equal(config.guard_flags, 0x10000500);
    put32(s->file + sample_offset(0x21c0), 92); /* too old to have the cookie */
    assert_int_equal(pe_load_config_read(&s->view, SAMPLE_BASE, &config, &s->error), PE_OK);
    assert_true(config.security_cookie == 0 && config.guard_flags == 0);
    put32(s->file + sample_offset(0x21c0), 0x98);
    put64(s->file + sample_offset(0x21c0) + 88, SAMPLE_BASE + 0xaff9);
    assert_int_equal(pe_load_config_read(&s->view, SAMPLE_BASE, &config, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "SecurityCookie");
}

static void tls_is_read(void **state)
{
    struct sample *s = *state;
    struct pe_tls tls;
    assert_int_equal(pe_tls_read(&s->view, SAMPLE_BASE, &tls, &s->error), PE_OK);
    assert_int_equal(tls.template_rva, 0x3100);
    assert_int_equal(tls.template_size, 16);
    assert_int_equal(tls.zero_fill, 64);
    assert_int_equal(tls.alignment, 16);
    assert_int_equal(tls.index_rva, 0x3010);
    assert_int_equal(tls.callbacks_rva, 0x2290);
    assert_int_equal(tls.callback_count, 1);
    put64(s->file + sample_offset(0x2268), SAMPLE_BASE);
    assert_int_equal(pe_tls_read(&s->view, SAMPLE_BASE, &tls, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "EndAddressOfRawData");
    sample_directory(s->file, PE_DIR_TLS, 0, 0);
    sample_open(s);
    assert_int_equal(pe_tls_read(&s->view, SAMPLE_BASE, &tls, &s->error), PE_ABSENT);
}

static void pdb_and_certificates_are_found(void **state)
{
    struct sample *s = *state;
    struct pe_pdb pdb;
    uint32_t offset, size;
    assert_int_equal(pe_pdb_find(&s->view, &pdb, &s->error), PE_OK);
    assert_string_equal(pdb.path, "x\\test.pd");
    assert_int_equal(pdb.age, 3);
    assert_int_equal(pdb.guid[15], 16);
    put32(s->file + sample_offset(0x22a8) + 16, 33); /* cuts the terminator off */
    assert_int_equal(pe_pdb_find(&s->view, &pdb, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "SizeOfData");
    assert_int_equal(pe_certificates_find(&s->view, &offset, &size, &s->error), PE_OK);
    assert_int_equal(offset, 0x1800);
    assert_int_equal(size, 0x20);
    put32(s->file + 0x1800, 0x21);
    assert_int_equal(pe_certificates_find(&s->view, &offset, &size, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "dwLength");
}

static void resources_are_found(void **state)
{
    struct sample *s = *state;
    struct pe_resource resource;
    struct pe_resource_id version = {.number = PE_RT_VERSION};
    struct pe_resource_id named = {.name = L"aBC", .count = 3};
    struct pe_resource_id one = {.number = 1};
    assert_int_equal(pe_resources_check(&s->view, &s->error), PE_OK);
    assert_int_equal(
        pe_resource_find(&s->view, version, one, PE_LANGUAGE_ANY, &resource, &s->error), PE_OK);
    assert_int_equal(resource.language, 0x409);
    assert_int_equal(resource.rva, 0x7100);
    assert_int_equal(pe_resource_find(&s->view, version, named, 0x407, &resource, &s->error), 0);
    assert_int_equal(resource.language, 0x407);
    assert_int_equal(pe_resource_find(&s->view, version, one, 0x407, &resource, &s->error),
                     PE_ABSENT);
    assert_int_equal(pe_resource_find(&s->view, one, one, 0x407, &resource, &s->error), PE_ABSENT);
    put32(s->file + 0xe00 + 0x54, 0x80000000); /* the language leads back to the root */
    assert_int_equal(pe_resources_check(&s->view, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "OffsetToData");
    put32(s->file + 0xe00 + 0x54, 0x80);
    put32(s->file + 0xe00 + 0x84, 0x301);
    assert_int_equal(pe_resources_check(&s->view, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "Resource.Size");
}

static void version_is_read(void **state)
{
    struct sample *s = *state;
    struct pe_version version;
    wchar_t text[8];
    assert_int_equal(pe_version_read(&s->view, &version, &s->error), PE_OK);
    assert_true(version.file == UINT64_C(0x000a00004a610001));
    assert_int_equal(version.product >> 32, 0x00010002);
    assert_int_equal(version.flags, 1);
    assert_int_equal(version.file_type, 3);
    assert_int_equal(pe_version_string(&s->view, L"FileVersion", text, 8, &s->error), PE_OK);
    assert_memory_equal(text, L"10.0", 10);
    assert_int_equal(pe_version_string(&s->view, L"CompanyName", text, 2, &s->error), PE_OK);
    assert_memory_equal(text, L"C", 4);
    assert_int_equal(pe_version_string(&s->view, L"Company", text, 8, &s->error), PE_ABSENT);
    put16(s->file + 0xe00 + 0x100, 7);
    assert_int_equal(pe_version_read(&s->view, &version, &s->error), PE_DAMAGED);
    assert_string_equal(s->error.field, "VersionInfo.wLength");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(relocations_move_the_copy),
        TEST(relocation_is_all_or_nothing),
        TEST(relocation_errors_name_the_field),
        TEST(stripped_differs_from_none),
        TEST(imports_are_listed),
        TEST(imports_are_bound),
        TEST(import_errors_name_the_field),
        TEST(exports_are_found),
        TEST(export_errors_name_the_field),
        TEST(functions_are_checked),
        TEST(spare_entries_stand_first),
        TEST(configuration_is_read),
        TEST(tls_is_read),
        TEST(pdb_and_certificates_are_found),
        TEST(resources_are_found),
        TEST(version_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
