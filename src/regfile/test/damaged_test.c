/* SPDX-License-Identifier: MIT */
/* damaged_test.c - thousands of damaged .reg texts, from a seed: each is read or refused.
 *
 * damaged_test [TURNS [SEED]]: more of them. What was read is looked at to its last byte, so a
 * sanitized build sees a length that is wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "regfile/regfile.h"

static unsigned turns = 20000;
static uint32_t seed = 1;

static const char *const samples[] = {
    "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n@=\"x\"\r\n"
    "\"b\"=dword:00000001\r\n\"c\"=hex:01,02,\\\r\n  03\r\n\"d\"=hex(7):61,00,00,00\r\n"
    "\"q\\\"\\\\\"=-\r\n[-HKEY_LOCAL_MACHINE\\B]\r\n",
    "REGEDIT4\n\n; remark\n[HKEY_USERS\\x]\n\"e\"=hex(2):25,61,25,00\n\"f\"=\"two\nlines\"\n",
};

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static size_t damage(char *bytes, size_t length, size_t room)
{
    static const char marks[] = "\"\\[]=@:,-();\r\n0h\xff\xfe\0";
    for (uint32_t count = 1 + draw(6); count > 0 && length > 0; count--) {
        size_t at = draw((uint32_t)length);
        switch (draw(5)) {
        case 0:
            bytes[at] = (char)draw(256);
            break;
        case 1:
            bytes[at] = marks[draw(sizeof marks - 1)];
            break;
        case 2:
            length = at; /* cut */
            break;
        case 3:
            memmove(bytes + at, bytes + at + 1, length - at - 1);
            length--;
            break;
        default: { /* a part again */
            size_t part = draw((uint32_t)(length - at)) % 64;
            if (length + part > room)
                break;
            memmove(bytes + at + part, bytes + at, length - at);
            length += part;
        }
        }
    }
    return length;
}

static size_t text_make(char *bytes, size_t room)
{
    const char *sample = samples[draw(2)];
    size_t length = strlen(sample), form = draw(3);
    if (form == 0) {
        memcpy(bytes, sample, length);
    } else {
        bytes[0] = (char)(form == 1 ? 0xff : 0xfe);
        bytes[1] = (char)(form == 1 ? 0xfe : 0xff);
        for (size_t i = 0; i < length; i++) {
            bytes[2 + 2 * i + (form == 2)] = sample[i];
            bytes[2 + 2 * i + (form == 1)] = 0;
        }
        length = 2 + 2 * length;
    }
    return damage(bytes, length, room);
}

static uint32_t look(const struct reg_file *file)
{
    uint32_t sum = 0;
    for (uint32_t k = 0; k < file->key_count; k++) {
        const struct reg_key *key = &file->keys[k];
        for (uint32_t i = 0; i < key->path_count; i++)
            sum += key->path[i];
        for (uint32_t v = 0; v < key->value_count; v++) {
            for (uint32_t i = 0; i < key->values[v].name_count; i++)
                sum += key->values[v].name[i];
            for (uint32_t i = 0; i < key->values[v].length; i++)
                sum += key->values[v].data[i];
        }
    }
    return sum;
}

static void read_or_refused(void **state)
{
    enum { ROOM = 4096 };
    unsigned good = 0;
    volatile uint32_t sum = 0;
    for (unsigned turn = 0; turn < turns; turn++) {
        struct reg_file file;
        struct reg_error error;
        char room[ROOM];
        size_t length = text_make(room, ROOM);
        char *exact = malloc(length ? length : 1); /* its end is watched */
        assert_non_null(exact);
        memcpy(exact, room, length);
        if (regfile_parse(exact, length, &file, &error)) {
            assert_true(error.line > 0 && *error.text);
        } else {
            good++;
            sum += look(&file);
            regfile_free(&file);
        }
        free(exact);
    }
    assert_in_range(good, turns / 100, turns - turns / 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(read_or_refused)};
    if (argc > 1)
        turns = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = (uint32_t)strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
