/* SPDX-License-Identifier: MIT */
/* omf_test.c - modules built record by record, read back, and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "omf/omf.h"

#define SIZE_MAX_TEST 4096

struct builder {
    uint8_t bytes[SIZE_MAX_TEST];
    size_t size;
};

static void record(struct builder *b, uint8_t type, const void *data, size_t size)
{
    uint8_t *at = b->bytes + b->size, sum = 0;
    at[0] = type;
    at[1] = (uint8_t)(size + 1);
    at[2] = (uint8_t)((size + 1) >> 8);
    memcpy(at + 3, data, size);
    for (size_t i = 0; i < size + 3; i++)
        sum = (uint8_t)(sum + at[i]);
    at[size + 3] = (uint8_t)-sum;
    b->size += size + 4;
}

#define RECORD(b, type, text) record((b), (type), (text), sizeof(text) - 1)

/* CODE (16 bytes, public, word) and DATA (32 bytes) in DGROUP; one external; names 1 to 6. */
static void module_begin(struct builder *b, const char *name)
{
    char header[32];
    int length = snprintf(header, sizeof header, "%c%s", (int)strlen(name), name);
    record(b, 0x80, header, (size_t)length);
    RECORD(b, 0x96,
           "\x00"
           "\x04"
           "CODE"
           "\x05"
           "_TEXT"
           "\x04"
           "DATA"
           "\x05"
           "_DATA"
           "\x06"
           "DGROUP");
    RECORD(b, 0x98, "\x48\x10\x00\x03\x02\x01"); /* _TEXT, class CODE */
    RECORD(b, 0x98, "\x48\x20\x00\x05\x04\x01"); /* _DATA, class DATA */
    RECORD(b, 0x9a, "\x06\xff\x02");             /* DGROUP: _DATA */
    RECORD(b, 0x8c,
           "\x05"
           "other"
           "\x00");
}

static void module_end(struct builder *b)
{
    RECORD(b, 0x8a, "\x00");
}

static struct omf_file read_good(const struct builder *b)
{
    struct omf_file file;
    struct omf_error error = {0};
    if (omf_read(b->bytes, b->size, "test.obj", &file, &error))
        fail_msg("%s", error.text);
    return file;
}

static void names_segments_and_groups(void **state)
{
    struct builder b = {0};
    module_begin(&b, "one");
    RECORD(&b, 0x90,
           "\x00\x01"
           "\x05"
           "start"
           "\x04\x00"
           "\x00"); /* _TEXT:4 */
    RECORD(&b, 0xa0,
           "\x01\x02\x00"
           "abc");
    module_end(&b);
    struct omf_file file = read_good(&b);
    assert_int_equal(file.module_count, 1);
    assert_false(file.is_library);
    const struct omf_module *module = &file.modules[0];
    assert_string_equal(module->name, "one");
    assert_int_equal(module->segment_count, 2);
    assert_string_equal(module->segments[0].name, "_TEXT");
    assert_string_equal(module->segments[0].class_name, "CODE");
    assert_int_equal(module->segments[0].align, 2);
    assert_int_equal(module->segments[0].combine, OMF_PUBLIC);
    assert_int_equal(module->segments[0].length, 16);
    assert_int_equal(module->segments[0].written, 5);
    assert_memory_equal(module->segments[0].bytes, "\0\0abc", 5);
    assert_int_equal(module->segments[1].written, 0);
    assert_int_equal(module->group_count, 1);
    assert_string_equal(module->groups[0].name, "DGROUP");
    assert_int_equal(module->groups[0].segments[0], 1);
    assert_string_equal(module->externals[0].name, "other");
    assert_string_equal(module->publics[0].name, "start");
    assert_int_equal(module->publics[0].segment, 0);
    assert_int_equal(module->publics[0].group, OMF_NONE);
    assert_int_equal(module->publics[0].offset, 4);
    omf_free(&file);
}

static void fixups_say_what_they_mean(void **state)
{
    struct builder b = {0};
    module_begin(&b, "one");
    RECORD(&b, 0xa0,
           "\x01\x00\x00"
           "\x9a\x00\x00\x00\x00"
           "\xe8\x00\x00");
    /* far to external 1, frame by target, no displacement; then near and relative to the segment
     * _DATA in frame DGROUP with displacement 6 */
    RECORD(&b, 0x9c,
           "\xcc\x01\x56\x01"
           "\x84\x06\x10\x01\x02\x06\x00");
    /* the same as threads: frame 1 is DGROUP, target 2 is _DATA */
    RECORD(&b, 0xa0,
           "\x01\x08\x00"
           "\x00\x00");
    RECORD(&b, 0x9c,
           "\x45\x01"
           "\x02\x02"
           "\xc4\x00\x9e");
    module_end(&b);
    struct omf_file file = read_good(&b);
    const struct omf_fixup *fixups = file.modules[0].fixups;
    assert_int_equal(file.modules[0].fixup_count, 3);
    assert_int_equal(fixups[0].offset, 1);
    assert_int_equal(fixups[0].place, OMF_PLACE_FAR);
    assert_int_equal(fixups[0].target, OMF_BY_EXTERNAL);
    assert_int_equal(fixups[0].frame, OMF_BY_TARGET);
    assert_false(fixups[0].is_relative);
    assert_int_equal(fixups[1].offset, 6);
    assert_true(fixups[1].is_relative);
    assert_int_equal(fixups[1].frame, OMF_BY_GROUP);
    assert_int_equal(fixups[1].target, OMF_BY_SEGMENT);
    assert_int_equal(fixups[1].target_index, 1);
    assert_int_equal(fixups[1].displacement, 6);
    assert_int_equal(fixups[2].offset, 8);
    assert_int_equal(fixups[2].frame, OMF_BY_GROUP);
    assert_int_equal(fixups[2].target, OMF_BY_SEGMENT);
    assert_int_equal(fixups[2].target_index, 1);
    omf_free(&file);
}

static void repeated_data_repeat_their_fixups(void **state)
{
    struct builder b = {0};
    module_begin(&b, "one");
    /* 3 times (1 byte 'x', 2 times (2 bytes "..")) at 4 of _DATA: x.... x.... x.... */
    RECORD(&b, 0xa2,
           "\x02\x04\x00"
           "\x03\x00\x02\x00"
           "\x01\x00\x00\x00\x01"
           "x"
           "\x02\x00\x00\x00\x02"
           "..");
    /* offset of external 1 at the two dots: byte 15 of the blocks */
    RECORD(&b, 0x9c, "\xc4\x0f\x56\x01");
    module_end(&b);
    struct omf_file file = read_good(&b);
    const struct omf_module *module = &file.modules[0];
    assert_int_equal(module->segments[1].written, 19);
    assert_memory_equal(module->segments[1].bytes + 4, "x....x....x....", 15);
    static const uint32_t places[] = {5, 7, 10, 12, 15, 17};
    assert_int_equal(module->fixup_count, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(module->fixups[i].offset, places[i]);
    omf_free(&file);
}

static void comments_import_and_export(void **state)
{
    struct builder b = {0};
    module_begin(&b, "one");
    RECORD(&b, 0x88,
           "\x00\xa0\x01\x01"
           "\x04"
           "Exit"
           "\x06"
           "KERNEL"
           "\x01\x00");
    RECORD(&b, 0x88,
           "\x00\xa0\x01\x00"
           "\x04"
           "Call"
           "\x03"
           "DLL"
           "\x00");
    RECORD(&b, 0x88,
           "\x00\xa0\x02\xc0"
           "\x04"
           "NAME"
           "\x05"
           "inner"
           "\x07\x00");
    RECORD(&b, 0x88,
           "\x00\x9f"
           "more.lib");
    RECORD(&b, 0xb0,
           "\x03"
           "com"
           "\x00\x62\x81\x00\x02");
    module_end(&b);
    struct omf_file file = read_good(&b);
    const struct omf_module *module = &file.modules[0];
    assert_int_equal(module->import_count, 2);
    assert_string_equal(module->imports[0].module, "KERNEL");
    assert_int_equal(module->imports[0].ordinal, 1);
    assert_null(module->imports[0].entry);
    assert_string_equal(module->imports[1].entry, "Call");
    assert_string_equal(module->exports[0].name, "NAME");
    assert_string_equal(module->exports[0].internal, "inner");
    assert_int_equal(module->exports[0].ordinal, 7);
    assert_true(module->exports[0].is_resident);
    assert_string_equal(module->libraries[0], "more.lib");
    assert_int_equal(module->externals[1].communal_bytes, 512);
    omf_free(&file);
}

static void libraries_hold_modules(void **state)
{
    struct builder b = {0};
    record(&b, 0xf0, (uint8_t[12]){0}, 12); /* pages of 16 bytes */
    b.bytes[1] = 13;
    for (unsigned i = 0; i < 3; i++) {
        module_begin(&b, i == 0 ? "a" : i == 1 ? "bb" : "ccc");
        module_end(&b);
        while (b.size % 16)
            b.bytes[b.size++] = 0;
    }
    record(&b, 0xf1, (uint8_t[12]){0}, 12);
    struct omf_file file = read_good(&b);
    assert_true(file.is_library);
    assert_int_equal(file.module_count, 3);
    assert_string_equal(file.modules[2].name, "ccc");
    assert_int_equal(file.modules[1].segment_count, 2);
    omf_free(&file);
}

/* ---- damage
 * --------------------------------------------------------------------------------------- */

static void refused(const struct builder *b, const char *words)
{
    struct omf_file file;
    struct omf_error error = {0};
    assert_int_equal(omf_read(b->bytes, b->size, "test.obj", &file, &error), OMF_DAMAGED);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
    assert_int_equal(file.module_count, 0);
}

static void errors_name_record_and_place(void **state)
{
    struct builder b = {0};
    module_begin(&b, "one");
    RECORD(&b, 0xa0,
           "\x03\x00\x00"
           "x");
    refused(&b, "test.obj, module one, LEDATA (0xa0) at 0x50: segment 3 of 2");
    b.size = 0;
    module_begin(&b, "one");
    RECORD(&b, 0xa0,
           "\x01\x0f\x00"
           "xy");
    refused(&b, "2 bytes at 0xf do not fit into segment _TEXT (0x10 bytes)");
    b.size = 0;
    module_begin(&b, "one");
    RECORD(&b, 0x9c, "\xcc\x01\x56\x01");
    refused(&b, "no data before it");
    b.size = 0;
    module_begin(&b, "one");
    refused(&b, "the file ends within a module");
    b.bytes[7] ^= 1;
    refused(&b, "its checksum is wrong");
    b.size = 0;
    module_begin(&b, "one");
    RECORD(&b, 0xc2, "\x00");
    refused(&b, "records of this kind are not linked here");
}

static void no_damage_is_too_much(void **state)
{
    struct builder b = {0};
    module_begin(&b, "one");
    RECORD(&b, 0xa0,
           "\x01\x00\x00"
           "\x9a\x00\x00\x00\x00"
           "\xe8\x00\x00");
    RECORD(&b, 0x9c,
           "\xcc\x01\x56\x01"
           "\x84\x06\x10\x01\x02\x06\x00");
    RECORD(&b, 0xa2,
           "\x02\x04\x00"
           "\x03\x00\x02\x00"
           "\x01\x00\x00\x00\x01"
           "x"
           "\x02\x00\x00\x00\x02"
           "..");
    module_end(&b);
    for (size_t at = 0; at < b.size; at++)
        for (unsigned value = 0; value < 256; value++) {
            struct omf_file file;
            struct omf_error error = {0};
            /* From the heap, at its own size: a sanitizer sees each byte too many. */
            uint8_t *bytes = malloc(b.size);
            memcpy(bytes, b.bytes, b.size);
            bytes[at] = (uint8_t)value;
            if (omf_read(bytes, b.size, "test.obj", &file, &error))
                assert_true(strlen(error.text) > 20);
            omf_free(&file);
            free(bytes);
        }
    for (size_t size = 0; size < b.size; size++) {
        struct omf_file file;
        struct omf_error error = {0};
        uint8_t *bytes = malloc(size ? size : 1);
        memcpy(bytes, b.bytes, size);
        assert_int_equal(omf_read(bytes, size, "test.obj", &file, &error), OMF_DAMAGED);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_segments_and_groups),
        cmocka_unit_test(fixups_say_what_they_mean),
        cmocka_unit_test(repeated_data_repeat_their_fixups),
        cmocka_unit_test(comments_import_and_export),
        cmocka_unit_test(libraries_hold_modules),
        cmocka_unit_test(errors_name_record_and_place),
        cmocka_unit_test(no_damage_is_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
