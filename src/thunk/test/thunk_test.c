/* SPDX-License-Identifier: MIT */
/* thunk_test.c - scripts are read, laid out in each width, and refused with what would be right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "thunk/thunk.h"

#define DOWN "enablemapdirect3216 = true;\n"
#define UP   "enablemapdirect1632 = true;\n"

static const struct thunk_options flat = {.language = THUNK_FLAT};

static struct thunk_script read_with(const char *text, const struct thunk_options *options)
{
    struct thunk_script script;
    struct thunk_error error;
    if (thunk_read(text, strlen(text), "dir/base.thk", options, &script, &error))
        fail_msg("%s", error.text);
    return script;
}

static struct thunk_script read_flat(const char *text)
{
    return read_with(text, &flat);
}

static void refuse_with(const char *text, const struct thunk_options *options, uint32_t line,
                        const char *says)
{
    struct thunk_script script;
    struct thunk_error error;
    char place[40];
    if (!thunk_read(text, strlen(text), "dir/base.thk", options, &script, &error))
        fail_msg("read, but should say: %s", says);
    snprintf(place, sizeof place, "dir/base.thk:%u:%u: ", error.line, error.column);
    if (strncmp(error.text, place, strlen(place)) != 0 || !strstr(error.text, says) ||
        error.line != line || !error.column)
        fail_msg("\"%s\" should say in line %u: %s", error.text, line, says);
    assert_null(script.memory);
}

static void refuse(const char *text, uint32_t line, const char *says)
{
    refuse_with(text, &flat, line, says);
}

/* ---- what is read ---------------------------------------------------------------------------- */

static void test_the_documented_script(void **state)
{
    struct thunk_script script =
        read_flat("enablemapdirect1632=true;\n\ntypedef bool BOOL;\n\nBOOL Sample(int n)\n{\n}\n");
    assert_string_equal(script.base_name, "base");
    assert_int_equal(script.direction, THUNK_16_TO_32);
    assert_int_equal(script.function_count, 1);
    const struct thunk_function *function = &script.functions[0];
    assert_string_equal(function->name, "Sample");
    assert_int_equal(function->result->kind, THUNK_BOOL);
    assert_int_equal(function->parameter_count, 1);
    assert_int_equal(function->argument_bytes[THUNK_16], 2);
    assert_int_equal(function->argument_bytes[THUNK_32], 4);
    thunk_free(&script);
}

static void test_unnamed_parameters(void **state)
{
    struct thunk_script script = read_flat(
        DOWN "typedef bool BOOL; typedef unsigned int UINT; typedef UINT HANDLE;\n"
             "typedef HANDLE HDC;\nBOOL LineTo(HDC, int, int)\n{\n}\nvoid Nothing(void);\n");
    assert_int_equal(script.functions[0].parameter_count, 3);
    assert_int_equal(script.functions[0].argument_bytes[THUNK_16], 6);
    assert_int_equal(script.functions[1].parameter_count, 0);
    assert_int_equal(script.functions[1].result->kind, THUNK_VOID);
    thunk_free(&script);
}

static void test_structures_in_both_widths(void **state)
{
    struct thunk_script script =
        read_flat(DOWN "typedef struct { char a; int b; long c; short d[3]; char *e; } S;\n"
                       "void F(S *s, S by_value) { s = inout; }\n");
    const struct thunk_type *type = script.functions[0].parameters[0].type->target;
    static const uint32_t at_16[] = {0, 2, 4, 8, 14}, at_32[] = {0, 4, 8, 12, 20};
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(type->fields[i].offset[THUNK_16], at_16[i]);
        assert_int_equal(type->fields[i].offset[THUNK_32], at_32[i]);
    }
    assert_int_equal(type->bytes[THUNK_16], 18);
    assert_int_equal(type->bytes[THUNK_32], 24);
    assert_false(type->is_same);
    assert_int_equal(script.functions[0].parameters[0].mode, THUNK_INOUT);
    assert_int_equal(script.functions[0].argument_bytes[THUNK_16], 4 + 18);
    assert_int_equal(script.functions[0].argument_bytes[THUNK_32], 4 + 24);
    thunk_free(&script);
}

static void test_alignment_is_an_option(void **state)
{
    struct thunk_options options = {.pack_16 = 1, .pack_32 = 2};
    struct thunk_script script =
        read_with(DOWN "struct s { char a; long b; };\nvoid F(struct s *);\n", &options);
    const struct thunk_type *type = script.types[0];
    assert_int_equal(type->fields[1].offset[THUNK_16], 1);
    assert_int_equal(type->bytes[THUNK_16], 5);
    assert_int_equal(type->fields[1].offset[THUNK_32], 2);
    assert_int_equal(type->bytes[THUNK_32], 6);
    thunk_free(&script);
}

static void test_what_is_the_same_on_both_sides(void **state)
{
    struct thunk_script script =
        read_flat(DOWN "typedef struct { long a; short b, c; char d[4]; } SAME;\n"
                       "typedef struct { short a; long b; } GAP;\n"
                       "typedef struct { char *a; } POINTS;\n"
                       "SAME *F(SAME *a, GAP *b, POINTS *c);\n");
    assert_true(script.types[0]->is_same);
    assert_false(script.types[1]->is_same);
    assert_false(script.types[2]->is_same);
    thunk_free(&script);
}

static void test_statements(void **state)
{
    struct thunk_script script = read_flat(
        UP "win31compat = true; /* stays\n */ long F(input char *a, inout short *b, char *c)\n"
           "{ c = output; faulterrorcode = -1; }\nlong G() { faulterrorcode = 0x12; };\n");
    assert_true(script.is_win31_compatible);
    assert_int_equal(script.functions[0].parameters[0].mode, THUNK_INPUT);
    assert_int_equal(script.functions[0].parameters[1].mode, THUNK_INOUT);
    assert_int_equal(script.functions[0].parameters[2].mode, THUNK_OUTPUT);
    assert_int_equal(script.functions[0].fault_error_code, 0xffffffffu);
    assert_int_equal(script.functions[1].fault_error_code, 0x12);
    assert_int_equal(script.warning_count, 0);
    thunk_free(&script);
}

static void test_warnings(void **state)
{
    struct thunk_script script =
        read_flat(DOWN "preload16 = true;\npreload32 = true;\nlong F() { faulterrorcode = 1; }\n");
    assert_int_equal(script.warning_count, 3);
    assert_non_null(strstr(script.warnings[0], "base.thk:2:1: preload16 is not used"));
    assert_non_null(strstr(script.warnings[1], "base.thk:3:1: preload32"));
    assert_non_null(strstr(script.warnings[2], "base.thk:4:12: faulterrorcode"));
    thunk_free(&script);
}

static void test_halves_agree_by_what_they_say(void **state)
{
    struct thunk_script a = read_flat(DOWN "long F(int a);\n");
    struct thunk_script b = read_flat(DOWN "// another name of the parameter\nlong F(int b) { }\n");
    struct thunk_script c = read_flat(DOWN "long F(long a);\n");
    struct thunk_script d = read_flat(UP "long F(int a);\n");
    assert_int_equal(a.checksum, b.checksum);
    assert_int_not_equal(a.checksum, c.checksum);
    assert_int_not_equal(a.checksum, d.checksum);
    thunk_free(&a);
    thunk_free(&b);
    thunk_free(&c);
    thunk_free(&d);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void test_words_that_are_wrong(void **state)
{
    refuse("enablemapdirect3216 = yes;\n", 1, "true or false");
    refuse("enablemapdirect6432 = true;\n", 1, "is no keyword of a script");
    refuse(DOWN UP "long F();\n", 2, "one direction");
    refuse("long F();\n" DOWN, 1, "does not say its direction");
    refuse(DOWN, 2, "declares no function");
    refuse("", 1, "does not say its direction");
    refuse(UP "preload32 = true; win31compat = true; long F();\n", 3, "win31compat");
    refuse(DOWN "/* no end\nlong F();\n", 2, "has no end");
    refuse(DOWN "long F()\n{\n", 4, "} is missing");
    refuse(DOWN "long F()", 2, "\";\" should stand here");
    refuse(DOWN "LONG F();\n", 2, "typedef unsigned long LONG;");
    refuse(DOWN "#define A 1\n", 2, "no preprocessor");
    refuse(DOWN "typedef struct { } S;\n", 2, "no fields");
    refuse(DOWN "typedef struct { long a; long a; } S;\n", 2, "already");
    refuse(DOWN "typedef struct s { long a; struct s { long b; } c; } S;\n", 2, "within itself");
    refuse(DOWN "typedef struct { char a[0]; } S;\n", 2, "1 to");
    refuse(DOWN "typedef struct { char a[99999]; } S;\n", 2, "64 KiB");
    refuse(DOWN "typedef long L;\ntypedef short L;\n", 3, "already");
    refuse(DOWN "long F(); long f();\n", 2, "capitals only");
    refuse(DOWN "long F(int a, int a);\n", 2, "parameter \"a\" already");
    refuse(DOWN "long F(int a) { b = input; }\n", 2, "has no parameter \"b\"");
    refuse(DOWN "long F(char *a) { a = both; }\n", 2, "input, output or inout");
    refuse(DOWN "long F(output char *a) { a = input; }\n", 2, "something else");
    refuse(UP "long F() { faulterrorcode = x; }\n", 2, "a number should stand here");
    refuse(UP "faulterrorcode = 1;\n", 2, "belongs to a function");
    refuse(DOWN "long 3F();\n", 2, "no number");
}

static void test_types_that_cannot_cross(void **state)
{
    refuse(DOWN "void F(float a);\n", 2, "unsigned long");
    refuse(DOWN "void F(double a);\n", 2, "two unsigned longs");
    refuse(DOWN "union u { long a; };\n", 2, "largest member");
    refuse(DOWN "typedef struct { int a : 3; } S;\n", 2, "bit fields");
    refuse(DOWN "void F(long (*f)(long));\n", 2, "unsigned long, which is not translated");
    refuse(DOWN "void F(char a[4]);\n", 2, "write * instead");
    refuse(DOWN "void F(char *a, ...);\n", 2, "declare each");
    refuse(DOWN "void F(char near *a);\n", 2, "far");
    refuse(DOWN "void F(char huge *a);\n", 2, "huge");
    refuse(DOWN "long __cdecl F();\n", 2, "__pascal");
    refuse(DOWN "void F(void a);\n", 2, "void *");
    refuse(DOWN "enum e { a };\n", 2, "int");
    refuse(DOWN "typedef struct { int *a; } S;\nvoid F(S *s);\n", 3, "lay out differently");
    refuse(DOWN "struct s;\nvoid F(struct s *s);\n", 3, "declare the structure");
    refuse(DOWN "struct s { struct s *next; };\nvoid F(struct s *s);\n", 3, "lay out differently");
    refuse(DOWN "struct s { struct s in; };\n", 2, "nothing is known");
    refuse(DOWN "int *F();\n", 2, "lay out differently");
    refuse(UP "char *F();\n", 2, "return an unsigned long");
    refuse(DOWN "typedef struct { long a; } S;\nS F();\n", 3, "returns a structure");
    refuse(DOWN "void F(long a) { a = output; }\n", 2, "by value");
}

static void test_names_and_options(void **state)
{
    struct thunk_script script;
    struct thunk_error error;
    struct thunk_options options = {.pack_16 = 3};
    refuse_with(DOWN "long F();\n", &options, 1, "1, 2, 4 or 8");
    assert_int_equal(thunk_read("", 0, "dir/16bit.thk", &flat, &script, &error), THUNK_FAILED);
    assert_non_null(strstr(error.text, "-t"));
    options = (struct thunk_options){.base_name = "other"};
    script = read_with(DOWN "long F();\n", &options);
    assert_string_equal(script.base_name, "other");
    thunk_free(&script);
}

/* ---- IOCTLs ---------------------------------------------------------------------------------- */

static void test_a_header_in_32_and_64_bits(void **state)
{
    struct thunk_options options = {.language = THUNK_IOCTL};
    struct thunk_script script =
        read_with("#ifndef A\n#define A(x) \\\n  (x)\nDEFINE_GUID(GUID_A, 0x12, 0x34);\n"
                  "typedef struct _REQUEST {\n  UCHAR Kind;\n  PVOID Buffer;\n  HANDLE Event;\n"
                  "  ULONGLONG At;\n  SIZE_T Lengths[2];\n} REQUEST, *PREQUEST;\n#endif\n",
                  &options);
    const struct thunk_type *type = script.types[0];
    static const uint32_t at_32[] = {0, 4, 8, 16, 24}, at_64[] = {0, 8, 16, 24, 32};
    assert_string_equal(type->name, "REQUEST");
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(type->fields[i].offset[THUNK_32], at_32[i]);
        assert_int_equal(type->fields[i].offset[THUNK_64], at_64[i]);
    }
    assert_int_equal(type->bytes[THUNK_32], 32);
    assert_int_equal(type->bytes[THUNK_64], 48);
    thunk_free(&script);
    refuse_with("typedef union { ULONG A; } U;\n", &options, 1, "union");
    refuse_with("typedef struct { struct { ULONG A; } B; } S;\n", &options, 1, "no name");
    refuse_with("#define A\n", &options, 2, "no structure");
    refuse_with("NTSTATUS F(PVOID A);\n", &options, 1, "only types");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_documented_script),
        cmocka_unit_test(test_unnamed_parameters),
        cmocka_unit_test(test_structures_in_both_widths),
        cmocka_unit_test(test_alignment_is_an_option),
        cmocka_unit_test(test_what_is_the_same_on_both_sides),
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_halves_agree_by_what_they_say),
        cmocka_unit_test(test_words_that_are_wrong),
        cmocka_unit_test(test_types_that_cannot_cross),
        cmocka_unit_test(test_names_and_options),
        cmocka_unit_test(test_a_header_in_32_and_64_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
