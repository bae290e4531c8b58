/* SPDX-License-Identifier: MIT */
/* regfile_test.c - what is written is read back the same; errors name their line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "regfile/regfile.h"

static uint32_t seed = 4711;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Any bytes, more often than not close to a string. */
static struct reg_value value_draw(uint16_t *name, uint8_t *data)
{
    static const uint32_t types[] = {0, 1, 2, 3, 4, 7, 11, 0xffff0001};
    struct reg_value value = {.name = name,
                              .name_count = draw(5) ? draw(20) : 0,
                              .type = types[draw(8)],
                              .data = data,
                              .length = draw(4) ? draw(200) : draw(3) * 4};
    for (uint32_t i = 0; i < value.name_count; i++)
        name[i] = draw(3) ? (uint16_t)("a\"\\=];@ "[draw(8)]) : (uint16_t)draw(0x10000);
    for (uint32_t i = 0; i < value.length; i++)
        data[i] = draw(3) ? (uint8_t)(i % 2 ? 0 : "ab\\\"\r\n\0"[draw(7)]) : (uint8_t)draw(256);
    if (value.length >= 2 && draw(2)) {
        data[value.length - 1] = 0;
        data[value.length - 2] = 0;
    }
    return value;
}

static void what_is_written_is_read(void **state)
{
    enum { VALUES = 200 };
    static uint16_t names[VALUES][20];
    static uint8_t data[VALUES][200];
    static struct reg_value values[VALUES];
    for (unsigned turn = 0; turn < 20; turn++) {
        struct reg_text text;
        struct reg_file file;
        struct reg_error error;
        regfile_begin(&text);
        regfile_key(&text, u"HKEY_X\\a]b", 10, false);
        for (unsigned i = 0; i < VALUES; i++) {
            values[i] = value_draw(names[i], data[i]);
            regfile_value(&text, &values[i]);
        }
        regfile_key(&text, u"HKEY_X\\gone", 11, true);
        assert_false(text.has_failed);
        int result = regfile_parse(text.chars, text.count * 2, &file, &error);
        if (result)
            print_message("line %u: %s\n", error.line, error.text);
        assert_int_equal(result, 0);
        assert_int_equal(file.key_count, 2);
        assert_memory_equal(file.keys[0].path, u"HKEY_X\\a]b", 20);
        assert_true(file.keys[1].is_deleted);
        assert_int_equal(file.keys[0].value_count, VALUES);
        for (unsigned i = 0; i < VALUES; i++) {
            const struct reg_value *read = &file.keys[0].values[i];
            assert_int_equal(read->type, values[i].type);
            assert_int_equal(read->name_count, values[i].name_count);
            assert_int_equal(read->length, values[i].length);
            if (read->name_count)
                assert_memory_equal(read->name, names[i], read->name_count * 2);
            if (read->length)
                assert_memory_equal(read->data, data[i], read->length);
        }
        regfile_free(&file);
        regfile_text_free(&text);
    }
}

static void errors_name_their_line(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
    } cases[] = {
        {"", 1},
        {"REGEDIT5\n", 1},
        {"REGEDIT4\n\"a\"=\"b\"\n", 2},
        {"REGEDIT4\n[a]\n\n\"a\"=\n", 4},
        {"REGEDIT4\n[a]\n\"a\"=\"b\" c\n", 3},
        {"REGEDIT4\n[a]\n\"x\"=\"1\n2\"\n\"a\"=hex(z):0\n", 5},
        {"REGEDIT4\n[a]\n\"a\"=hex:01,\\\n 02,\\\n x\n", 5},
        {"REGEDIT4\n[-a]\n\"a\"=dword:1\n", 3},
        {"REGEDIT4\n[a]\n@=dword:123456789\n", 3},
        {"REGEDIT4\n[]\n", 2},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reg_file file;
        struct reg_error error;
        assert_int_equal(regfile_parse(cases[i].text, strlen(cases[i].text), &file, &error),
                         EINVAL);
        assert_int_equal(error.line, cases[i].line);
        assert_true(*error.text);
        assert_null(file.blocks);
    }
}

static void text_there_and_back(void **state)
{
    uint16_t wide[32];
    char narrow[100];
    size_t count = regfile_widen("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", wide);
    assert_int_equal(count, 5);
    assert_int_equal(wide[4], 0xde00);
    regfile_narrow(wide, count, narrow);
    assert_string_equal(narrow, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    /* Half a pair, a wrong byte: the replacement character. */
    regfile_narrow((uint16_t[]){0xd800, 'x'}, 2, narrow);
    assert_string_equal(narrow, "\xef\xbf\xbdx");
    assert_int_equal(regfile_widen("\xff\xc0\x80", wide), 3);
    assert_int_equal(wide[0], 0xfffd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_is_read),
                                       cmocka_unit_test(errors_name_their_line),
                                       cmocka_unit_test(text_there_and_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
