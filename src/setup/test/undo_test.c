/* SPDX-License-Identifier: MIT */
/* undo_test.c - steps of a plan on a registry in memory, and what undoing them leaves. */
#include <stdlib.h>

#include "kerneltest.h"

#include "cm/cm.h"
#include "setup_internal.h"
#include "undo.h"

#define BASE "\\Registry\\Machine\\Software\\SetupTest"

static int rooms_start(void **state)
{
    kernel_begin(1);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(cm_init(), STATUS_SUCCESS);
    return 0;
}

static int rooms_stop(void **state)
{
    cm_fini();
    ob_fini();
    kernel_end();
    return 0;
}

/* Everything below a key, one text; malloc'ed. */
static char *dump(const char *path)
{
    char *text = text_format("[%s]\n", path);
    static const char *const values[] = {"", "a", "List", "Bits"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        uint32_t type, length;
        uint8_t *data;
        setup_key_value(path, values[i], &type, &data, &length);
        for (uint32_t at = 0; data && at < length; at++) {
            char *more = text_format(at ? "%s%02x" : "%s\n%02x", text, data[at]);
            free(text);
            text = more;
        }
        free(data);
    }
    char **names = setup_key_names(path);
    for (size_t i = 0; names && names[i]; i++) {
        char *below = text_format("%s\\%s", path, names[i]), *inner = dump(below),
             *more = text_format("%s%s", text, inner);
        free(below);
        free(inner);
        free(text);
        text = more;
    }
    setup_key_list_free(names);
    return text;
}

static void run(struct undo *undo, struct plan *plan)
{
    assert_false(plan->is_short);
    for (size_t i = 0; i < plan->step_count; i++)
        assert_int_equal(undo_step(undo, &plan->steps[i]), STATUS_SUCCESS);
    plan_fini(plan);
}

static void base_make(void)
{
    struct plan plan = {0};
    struct undo *undo = undo_create();
    static const char *const list[] = {"one", "two"};
    uint8_t bits[2] = {0x0f, 0};
    plan_text(&plan, BASE, "a", REG_SZ, "old");
    plan_text(&plan, BASE "\\Sub\\Deep", "a", REG_SZ, "deep");
    plan_list(&plan, BASE, "List", list, 2);
    plan_data(&plan, plan_step_add(&plan, PLAN_SET, BASE, "Bits"), REG_BINARY, bits, 2);
    run(undo, &plan);
    undo_destroy(undo);
}

static void test_everything_is_undone(void **state)
{
    struct plan plan = {0};
    struct undo *undo = undo_create();
    base_make();
    char *before = dump(BASE);
    plan_text(&plan, BASE, "a", REG_SZ, "new");
    plan_number(&plan, BASE, "", 7);
    plan_number(&plan, BASE "\\New\\Keys\\Here", "a", 7);
    plan_step_add(&plan, PLAN_KEY, BASE "\\Empty", NULL);
    plan_step_add(&plan, PLAN_DELETE_KEY, BASE "\\Sub", NULL);
    plan_number(&plan, BASE "\\Sub", "a", 9);
    plan_step_add(&plan, PLAN_DELETE_VALUE, BASE, "List");
    run(undo, &plan);
    char *between = dump(BASE);
    assert_string_not_equal(between, before);
    assert_false(setup_key_exists(BASE "\\Sub\\Deep"));
    assert_true(setup_key_exists(BASE "\\New\\Keys\\Here"));
    undo_all(undo);
    undo_destroy(undo);
    char *after = dump(BASE);
    assert_string_equal(after, before);
    free(before);
    free(between);
    free(after);
}

/* One step on the value; what the list is then, its strings with commas. */
static char *list_after(enum plan_kind kind, const char *text)
{
    struct plan plan = {0};
    struct undo *undo = undo_create();
    uint32_t length;
    uint8_t *wide = text_wide(text, &length);
    plan_data(&plan, plan_step_add(&plan, kind, BASE, "List"), REG_MULTI_SZ, wide, length);
    run(undo, &plan);
    free(wide);
    char **list = setup_key_list(BASE, "List"), *joined = strdup("");
    for (size_t i = 0; list && list[i]; i++) {
        char *more = text_format("%s%s,", joined, list[i]);
        free(joined);
        joined = more;
    }
    setup_key_list_free(list);
    undo_destroy(undo);
    return joined;
}

static void test_lists(void **state)
{
    static const struct {
        enum plan_kind kind;
        const char *text, *wanted;
    } steps[] = {
        {PLAN_APPEND, "three", "one,two,three,"},  {PLAN_APPEND, "TWO", "one,two,three,"},
        {PLAN_DELETE_STRING, "One", "two,three,"}, {PLAN_DELETE_STRING, "none", "two,three,"},
        {PLAN_DELETE_STRING, "three", "two,"},     {PLAN_DELETE_STRING, "two", ""},
        {PLAN_APPEND, "again", "again,"},
    };
    base_make();
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char *list = list_after(steps[i].kind, steps[i].text);
        assert_string_equal(list, steps[i].wanted);
        free(list);
    }
}

static void test_bits_and_conditions(void **state)
{
    struct plan plan = {0};
    struct undo *undo = undo_create();
    uint32_t type, length;
    uint8_t *data;
    base_make();
    struct plan_step *step = plan_step_add(&plan, PLAN_BITS_SET, BASE, "Bits");
    step->bit_byte = 1;
    step->bit_mask = 0x80;
    step = plan_step_add(&plan, PLAN_BITS_CLEAR, BASE, "Bits");
    step->bit_mask = 0x03;
    plan_text(&plan, BASE, "a", REG_SZ, "no clobber");
    plan.steps[plan.step_count - 1].if_absent = true;
    plan_text(&plan, BASE, "Other", REG_SZ, "overwrite only");
    plan.steps[plan.step_count - 1].if_present = true;
    run(undo, &plan);
    setup_key_value(BASE, "Bits", &type, &data, &length);
    assert_int_equal(length, 2);
    assert_int_equal(data[0], 0x0c);
    assert_int_equal(data[1], 0x80);
    free(data);
    char *kept = setup_key_text(BASE, "a");
    assert_string_equal(kept, "old");
    free(kept);
    assert_null(setup_key_text(BASE, "Other"));
    undo_destroy(undo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_undone),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_bits_and_conditions),
    };
    return cmocka_run_group_tests(tests, rooms_start, rooms_stop);
}
