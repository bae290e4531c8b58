/* SPDX-License-Identifier: MIT */
/* convert_test.c - values that cross, both ways, by tables made of scripts.
 *
 * An array plays the address space: flat addresses are offsets, selector 0x17 is all of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "thunk/convert.h"
#include "thunk/thunk.h"

#define DOWN "enablemapdirect3216 = true;\n"
#define UP   "enablemapdirect1632 = true;\n"

#define SELECTOR 0x170000u

static _Alignas(16) uint8_t memory[0x10000];
static uint32_t memory_used;

static uint32_t far_of(void *context, uint32_t flat, uint32_t bytes)
{
    return flat + bytes <= sizeof memory ? SELECTOR | flat : 0;
}

static uint32_t flat_of(void *context, uint32_t far, uint32_t bytes)
{
    return (far & 0xffff0000u) == SELECTOR && (far & 0xffff) + bytes <= sizeof memory ? far & 0xffff
                                                                                      : 0;
}

static bool is_readable(void *context, uint32_t address, uint32_t bytes)
{
    return address <= sizeof memory && bytes <= sizeof memory - address;
}

static const struct convert_world world = {memory, far_of, flat_of, NULL};

static uint32_t take(uint32_t bytes)
{
    uint32_t at = (memory_used + 3) & ~3u;
    memory_used = at + bytes;
    assert_true(memory_used <= sizeof memory);
    memset(memory + at, 0, bytes);
    return at;
}

/* ---- a script as its table ------------------------------------------------------------------- */

static uint32_t type_put(const struct thunk_type *type)
{
    if (!type || type->kind == THUNK_VOID || !type->is_complete)
        return 0;
    uint32_t fields = type->kind == THUNK_STRUCT ? type->count : 0;
    uint32_t at =
        take((uint32_t)(sizeof(struct thunk_type32) + fields * sizeof(struct thunk_field32)));
    struct thunk_type32 *made = (void *)(memory + at);
    *made = (struct thunk_type32){.kind = (uint8_t)type->kind,
                                  .flags = type->is_same ? THUNK_TYPE32_SAME : 0,
                                  .bytes_16 = type->bytes[THUNK_16],
                                  .bytes_32 = type->bytes[THUNK_32],
                                  .target = type_put(type->target),
                                  .count = type->count};
    for (uint32_t i = 0; i < fields; i++)
        made->fields[i] = (struct thunk_field32){type->fields[i].offset[THUNK_16],
                                                 type->fields[i].offset[THUNK_32],
                                                 type_put(type->fields[i].type)};
    return at;
}

static uint32_t function_put(const struct thunk_function *function)
{
    uint32_t at = take((uint32_t)(sizeof(struct thunk_function32) +
                                  function->parameter_count * sizeof(struct thunk_parameter32)));
    struct thunk_function32 *made = (void *)(memory + at);
    made->argument_bytes_16 = (uint16_t)function->argument_bytes[THUNK_16];
    made->argument_bytes_32 = (uint16_t)function->argument_bytes[THUNK_32];
    made->result = type_put(function->result);
    made->parameter_count = function->parameter_count;
    for (uint32_t i = 0; i < function->parameter_count; i++)
        made->parameters[i] = (struct thunk_parameter32){type_put(function->parameters[i].type),
                                                         (uint32_t)function->parameters[i].mode};
    return at;
}

/* The script's one function; its table lies at the beginning. */
static const struct thunk_function32 *script_put(const char *text)
{
    struct thunk_options options = {.language = THUNK_FLAT};
    struct thunk_script script;
    struct thunk_error error;
    if (thunk_read(text, strlen(text), "test.thk", &options, &script, &error))
        fail_msg("%s", error.text);
    memory_used = 0x100;
    uint32_t list = take(4), table_at = take(sizeof(struct thunk_table32));
    uint32_t function = function_put(&script.functions[0]);
    memcpy(memory + list, &function, 4);
    *(struct thunk_table32 *)(void *)(memory + table_at) =
        (struct thunk_table32){.magic = THUNK_TABLE_MAGIC_32,
                               .version = THUNK_TABLE_VERSION,
                               .direction = (uint16_t)script.direction,
                               .count = 1,
                               .functions = list};
    thunk_free(&script);
    assert_int_equal(table_at, 0x104);
    assert_true(convert_table_is_good(&world, (void *)(memory + table_at), is_readable));
    return (void *)(memory + function);
}

static struct convert_call call_make(const struct thunk_function32 *function,
                                     enum convert_side from)
{
    uint32_t bytes = convert_scratch_bytes(&world, function, from);
    uint32_t arguments_16 = take(function->argument_bytes_16);
    uint32_t arguments_32 = take(function->argument_bytes_32), scratch = take(bytes);
    return (struct convert_call){.world = &world,
                                 .function = function,
                                 .from = from,
                                 .arguments_16 = memory + arguments_16,
                                 .arguments_32 = memory + arguments_32,
                                 .scratch = memory + scratch,
                                 .scratch_address =
                                     from == CONVERT_32 ? SELECTOR | scratch : scratch};
}

static uint16_t word_at(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, 2);
    return value;
}

static uint32_t long_at(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

static void words_put(uint8_t *at, const uint16_t *words, uint32_t count)
{
    memcpy(at, words, count * 2);
}

/* ---- scalars ----------------------------------------------------------------------------------
 */

static void test_scalars_down(void **state)
{
    const struct thunk_function32 *function = script_put(
        DOWN "typedef bool BOOL;\nint F(int a, long b, char c, unsigned char d, BOOL e);\n");
    struct convert_call call = call_make(function, CONVERT_32);
    static const uint32_t given[] = {0xfffffffe, 0x12345678, 0xffffff80, 0x80, 0x10000};
    memcpy(call.arguments_32, given, sizeof given);
    assert_true(convert_arguments(&call));
    /* Pascal: the first one at the top. */
    const uint8_t *at = call.arguments_16;
    assert_int_equal(word_at(at), 1); /* no truth is lost with the upper half */
    assert_int_equal(word_at(at + 2), 0x80);
    assert_int_equal(word_at(at + 4), 0xff80);
    assert_int_equal(long_at(at + 6), 0x12345678);
    assert_int_equal(word_at(at + 10), 0xfffe);
    assert_int_equal(convert_result(&call, 0x1234fff0), 0xfffffff0u);
}

static void test_scalars_up(void **state)
{
    const struct thunk_function32 *function =
        script_put(UP "typedef bool BOOL;\nBOOL F(int a, unsigned int b, long c, BOOL d);\n");
    struct convert_call call = call_make(function, CONVERT_16);
    static const uint16_t given[] = {0x4000, 0x5678, 0x1234, 0xfff0, 0xfffe};
    words_put(call.arguments_16, given, 5);
    assert_true(convert_arguments(&call));
    assert_int_equal(long_at(call.arguments_32), 0xfffffffeu);
    assert_int_equal(long_at(call.arguments_32 + 4), 0xfff0);
    assert_int_equal(long_at(call.arguments_32 + 8), 0x12345678);
    assert_int_equal(long_at(call.arguments_32 + 12), 1);
    assert_int_equal(convert_result(&call, 0x20000), 1);
    assert_int_equal(convert_result(&call, 0), 0);
}

static void test_results(void **state)
{
    static const struct {
        const char *type;
        uint32_t register_value, result;
    } rows[] = {
        {"char", 0xab80, 0xffffff80},
        {"unsigned char", 0xab80, 0x80},
        {"short", 0x18000, 0xffff8000},
        {"unsigned short", 0x18000, 0x8000},
        {"unsigned int", 0x1ffff, 0xffff},
        {"long", 0x89abcdef, 0x89abcdef},
        {"bool", 0x10000, 0},
        {"bool", 0x12, 1},
        {"char *", SELECTOR | 16, 16},
        {"char *", 0, 0},
    };
    char text[100];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text, DOWN "%s F();\n", rows[i].type);
        struct convert_call call = call_make(script_put(text), CONVERT_32);
        if (convert_result(&call, rows[i].register_value) != rows[i].result)
            fail_msg("%s: %x", rows[i].type, convert_result(&call, rows[i].register_value));
    }
}

/* ---- pointers ---------------------------------------------------------------------------------
 */

static void test_strings_are_shared(void **state)
{
    const struct thunk_function32 *function = script_put(DOWN "void F(char *a, void *b);\n");
    struct convert_call call = call_make(function, CONVERT_32);
    uint32_t text = take(6);
    memcpy(memory + text, "hello", 6);
    memcpy(call.arguments_32, &text, 4);
    assert_int_equal(convert_scratch_bytes(&world, function, CONVERT_32), 0);
    assert_true(convert_arguments(&call));
    assert_int_equal(long_at(call.arguments_16 + 4), SELECTOR | text);
    assert_int_equal(long_at(call.arguments_16), 0);
    /* What has no selector cannot go. */
    uint32_t nowhere = 0x7fff0000;
    memcpy(call.arguments_32, &nowhere, 4);
    assert_false(convert_arguments(&call));
}

#define PACKED "typedef struct { int a; char b; long c; short d[3]; char *e; } S;\n"

static void sample_put_32(uint32_t at, uint32_t text)
{
    static const uint32_t a = (uint32_t)-5, c = 0x12345678;
    memcpy(memory + at, &a, 4);
    memory[at + 4] = 'x';
    memcpy(memory + at + 8, &c, 4);
    words_put(memory + at + 12, (const uint16_t[]){1, 2, 3}, 3);
    memcpy(memory + at + 20, &text, 4);
}

static void sample_check_16(const uint8_t *at, uint32_t text)
{
    assert_int_equal(word_at(at), 0xfffb);
    assert_int_equal(at[2], 'x');
    assert_int_equal(long_at(at + 4), 0x12345678);
    assert_int_equal(word_at(at + 12), 3);
    assert_int_equal(long_at(at + 14), text);
}

static void test_a_structure_goes_and_comes_back(void **state)
{
    const struct thunk_function32 *function =
        script_put(DOWN PACKED "void F(S *s) { s = inout; }\n");
    struct convert_call call = call_make(function, CONVERT_32);
    uint32_t object = take(24), text = take(4);
    sample_put_32(object, text);
    memcpy(call.arguments_32, &object, 4);
    assert_int_equal(convert_scratch_bytes(&world, function, CONVERT_32), 20);
    assert_true(convert_arguments(&call));
    uint32_t copy = long_at(call.arguments_16);
    assert_int_equal(copy, call.scratch_address);
    uint8_t *seen = memory + (copy & 0xffff);
    sample_check_16(seen, SELECTOR | text);
    words_put(seen, (const uint16_t[]){0x8000}, 1);
    words_put(seen + 8, (const uint16_t[]){9}, 1);
    convert_back(&call);
    assert_int_equal(long_at(memory + object), 0xffff8000u);
    assert_int_equal(word_at(memory + object + 12), 9);
    assert_int_equal(long_at(memory + object + 20), text);
}

static void test_directions_of_objects(void **state)
{
    static const struct {
        const char *mode;
        uint16_t seen;
        uint32_t after;
    } rows[] = {{"input", 7, 7}, {"output", 0, 3}, {"inout", 7, 3}};
    char text[100];
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text, DOWN "void F(int *a) { a = %s; }\n", rows[i].mode);
        const struct thunk_function32 *function = script_put(text);
        struct convert_call call = call_make(function, CONVERT_32);
        uint32_t object = take(4), seven = 7;
        memcpy(memory + object, &seven, 4);
        memcpy(call.arguments_32, &object, 4);
        assert_true(convert_arguments(&call));
        uint8_t *copy = memory + (long_at(call.arguments_16) & 0xffff);
        assert_int_equal(word_at(copy), rows[i].seen);
        words_put(copy, (const uint16_t[]){3}, 1);
        convert_back(&call);
        assert_int_equal(long_at(memory + object), rows[i].after);
    }
}

static void test_objects_up(void **state)
{
    const struct thunk_function32 *function =
        script_put(UP "typedef struct { int x, y; } P;\n"
                      "void F(P *a, P *none, int n) { a = inout; }\n");
    struct convert_call call = call_make(function, CONVERT_16);
    uint32_t object = take(4);
    words_put(memory + object, (const uint16_t[]){0xffff, 2}, 2);
    uint32_t far = SELECTOR | object;
    memcpy(call.arguments_16 + 6, &far, 4);
    assert_true(convert_arguments(&call));
    assert_int_equal(long_at(call.arguments_32 + 4), 0);
    uint8_t *copy = memory + long_at(call.arguments_32);
    assert_int_equal(long_at(copy), 0xffffffffu);
    assert_int_equal(long_at(copy + 4), 2);
    memset(copy, 0x11, 8);
    convert_back(&call);
    assert_int_equal(long_at(memory + object), 0x11111111);
    /* A selector that describes nothing. */
    far = 0x990000;
    memcpy(call.arguments_16 + 6, &far, 4);
    call.has_failed = false;
    assert_false(convert_arguments(&call));
}

static void test_a_structure_by_value(void **state)
{
    const struct thunk_function32 *function = script_put(DOWN PACKED "void F(int a, S s);\n");
    struct convert_call call = call_make(function, CONVERT_32);
    uint32_t text = take(4);
    uint32_t at = (uint32_t)(call.arguments_32 - memory);
    sample_put_32(at + 4, text);
    assert_true(convert_arguments(&call));
    sample_check_16(call.arguments_16, SELECTOR | text);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

/* Every byte of a table changed: it is refused, or carries values without leaving the memory. */
static void test_damaged_tables(void **state)
{
    script_put(DOWN PACKED "long F(S *s, int *a, S by_value) { s = inout; a = output; }\n");
    static uint8_t good[sizeof memory];
    uint32_t end = memory_used, refused = 0;
    memcpy(good, memory, sizeof good);
    struct thunk_table32 *table = (void *)(memory + 0x104);
    for (uint32_t at = 0x100; at < end; at++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(memory, good, sizeof good);
            memory[at] ^= (uint8_t)(1u << bit);
            refused += !convert_table_is_good(&world, table, is_readable);
        }
    assert_true(refused > 1000);
    memcpy(memory, good, sizeof good);
    table->functions = 0xfffffff0;
    assert_false(convert_table_is_good(&world, table, is_readable));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars_down),
        cmocka_unit_test(test_scalars_up),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_strings_are_shared),
        cmocka_unit_test(test_a_structure_goes_and_comes_back),
        cmocka_unit_test(test_directions_of_objects),
        cmocka_unit_test(test_objects_up),
        cmocka_unit_test(test_a_structure_by_value),
        cmocka_unit_test(test_damaged_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
