/* SPDX-License-Identifier: MIT */
/* log_test.c - pieces become lines, lines reach every listener in order, loss is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"
#include "log/log.h"
#include "rtl/rtl.h"

struct heard {
    unsigned count;
    char last[256];
    char all[8192];
};

static void hear(const char *line, size_t length, void *context)
{
    struct heard *heard = context;
    heard->count++;
    snprintf(heard->last, sizeof heard->last, "%.*s", (int)length, line);
    size_t used = strlen(heard->all);
    snprintf(heard->all + used, sizeof heard->all - used, "%.*s|", (int)length, line);
}

static int begin(void **state)
{
    return log_start(NULL);
}

static int end(void **state)
{
    log_stop();
    return 0;
}

static void pieces_become_lines(void **state)
{
    struct heard heard = {0};
    struct log_listener *listener = log_listen(false, hear, &heard);
    rtl_debug_printf("one ");
    rtl_debug_printf("line\r\nand half");
    log_flush();
    assert_string_equal(heard.all, "one line|");
    rtl_debug_printf(" another\n");
    log_flush();
    assert_string_equal(heard.all, "one line|and half another|");
    log_unlisten(listener);
}

static void a_late_listener_hears_what_is_kept(void **state)
{
    struct heard from_start = {0}, from_now = {0};
    log_printf("before");
    log_flush();
    struct log_listener *a = log_listen(true, hear, &from_start),
                        *b = log_listen(false, hear, &from_now);
    log_printf("after");
    log_flush();
    assert_string_equal(from_start.all, "before|after|");
    assert_string_equal(from_now.all, "after|");
    log_unlisten(a);
    log_unlisten(b);
    log_printf("to nobody");
    log_flush();
    assert_int_equal(from_start.count, 2);
}

static void a_flood_is_told_as_a_loss(void **state)
{
    for (unsigned i = 0; i < 5000; i++)
        log_printf("line %u", i);
    struct heard heard = {0};
    struct log_listener *listener = log_listen(true, hear, &heard);
    log_flush();
    assert_int_equal(heard.count, 4096);
    assert_string_equal(heard.last, "line 4999");
    log_unlisten(listener);
}

static void very_long_lines_are_broken(void **state)
{
    struct heard heard = {0};
    struct log_listener *listener = log_listen(false, hear, &heard);
    char text[2500];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    rtl_debug_printf("%s", text);
    rtl_debug_printf("\n");
    log_flush();
    assert_true(heard.count >= 1 && heard.count <= 3);
    log_unlisten(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_become_lines, begin, end),
        cmocka_unit_test_setup_teardown(a_late_listener_hears_what_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_is_told_as_a_loss, begin, end),
        cmocka_unit_test_setup_teardown(very_long_lines_are_broken, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
