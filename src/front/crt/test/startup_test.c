/* SPDX-License-Identifier: MIT */
/* startup_test.c - arguments, environment, and the ends: exit, atexit, abort, signals, jumps. */
#include "program_fake.h"

int WINAPI ucrt___getmainargs(int *count, char ***arguments, char ***environment, int expand,
                              const void *information);
char *WINAPI ucrt_getenv(const char *name);
int WINAPI ucrt__putenv(const char *text);
int WINAPI ucrt_getenv_s(size_t *needed, char *buffer, size_t size, const char *name);
char *WINAPI ucrt__get_narrow_winmain_command_line(void);
int WINAPI ucrt_atexit(crt_onexit function);
int WINAPI ucrt__initialize_onexit_table(void *table);
int WINAPI ucrt__register_onexit_function(void *table, crt_onexit function);
int WINAPI ucrt__execute_onexit_table(void *table);
void WINAPI ucrt_exit(int code);
void WINAPI ucrt__exit(int code);
void WINAPI ucrt_abort(void);
void WINAPI ucrt__cexit(void);
int WINAPI ucrt__initterm_e(crt_onexit *first, crt_onexit *end);
int WINAPI ucrt_fputs(const char *text, struct stream *stream);
void *WINAPI ucrt_signal(int number, void *handler);
int WINAPI ucrt_raise(int number);
int WINAPI ucrt__XcptFilter(ULONG code, EXCEPTION_POINTERS *pointers);
int WINAPI ucrt__setjmp(void *buffer, void *frame) __attribute__((returns_twice));
void WINAPI ucrt_longjmp(const void *buffer, int value);

static void split(void **state)
{
    static const struct {
        const char *line;
        int count;
        const char *arguments[4];
    } rows[] = {
        {"app", 1, {"app"}},
        {"\"C:\\a b\\app.exe\" x  y\t", 3, {"C:\\a b\\app.exe", "x", "y"}},
        {"app \"a b\" c", 3, {"app", "a b", "c"}},
        {"app a\\\\\\b d\"e f\"g h", 4, {"app", "a\\\\\\b", "de fg", "h"}},
        {"app a\\\\\\\"b c d", 4, {"app", "a\\\"b", "c", "d"}},
        {"app a\\\\\\\\\"b c\" d e", 4, {"app", "a\\\\b c", "d", "e"}},
        {"app a\"b\"\" c d", 2, {"app", "ab\" c d"}},
        {"app \"\" x", 3, {"app", "", "x"}},
        {"app c:\\d\\ \"c:\\e\\\\\"", 3, {"app", "c:\\d\\", "c:\\e\\"}},
        {"", 1, {""}},
    };
    program_begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wchar_t line[64];
        char text[64];
        int count = 0, blocks = fake_blocks;
        crt_utf16_from_string(rows[i].line, line, 64);
        wchar_t **arguments = arguments_split(line, &count);
        assert_int_equal(count, rows[i].count);
        for (int k = 0; k < count; k++) {
            crt_utf8_from_string(arguments[k], text, sizeof text);
            assert_string_equal(text, rows[i].arguments[k]);
        }
        assert_null(arguments[count]);
        heap_give(arguments);
        assert_int_equal(fake_blocks, blocks);
    }
    fake_heap_left = 0;
    assert_null(arguments_split(fake_line, &(int){0}));
    program_end();
}

static void main_arguments(void **state)
{
    static const char *const variables[] = {"=C:=C:\\", "Path=C:\\x", "TEMP=C:\\t", NULL};
    int count;
    char **arguments, **environment;
    program_begin_with("\"the app\" -x \xc3\xa9", variables);
    assert_int_equal(ucrt___getmainargs(&count, &arguments, &environment, 0, NULL), 0);
    assert_int_equal(count, 3);
    assert_string_equal(arguments[0], "the app");
    assert_string_equal(arguments[2], "\xc3\xa9");
    assert_null(arguments[3]);
    assert_string_equal(environment[0], "Path=C:\\x");
    assert_string_equal(environment[1], "TEMP=C:\\t");
    assert_null(environment[2]);
    assert_string_equal(ucrt__get_narrow_winmain_command_line(), "-x \xc3\xa9");
    program_end();
}

static void no_memory(void **state)
{
    int count;
    char **arguments, **environment;
    program_begin();
    crt_thread();
    fake_heap_left = 0;
    assert_int_equal(ucrt___getmainargs(&count, &arguments, &environment, 0, NULL), -1);
    assert_int_equal(crt_thread()->error, ENOMEM);
    fake_heap_left = -1;
    assert_int_equal(ucrt___getmainargs(&count, &arguments, &environment, 0, NULL), 0);
    program_end();
}

static void variables(void **state)
{
    static const char *const given[] = {"Path=C:\\x", NULL};
    char text[64], small[2] = "x";
    size_t needed;
    program_begin_with("app", given);
    assert_string_equal(ucrt_getenv("PATH"), "C:\\x");
    assert_null(ucrt_getenv("Pat"));
    assert_int_equal(ucrt__putenv("NEW=1"), 0);
    assert_string_equal(ucrt_getenv("new"), "1");
    crt_utf8_from_string(fake_variable, text, sizeof text);
    assert_string_equal(text, "NEW=1");
    assert_int_equal(ucrt__putenv("path=other"), 0);
    assert_string_equal(ucrt_getenv("PATH"), "other");
    assert_int_equal(ucrt__putenv("PATH="), 0);
    assert_null(ucrt_getenv("PATH"));
    assert_string_equal(ucrt_getenv("NEW"), "1");
    crt_utf8_from_string(fake_variable, text, sizeof text);
    assert_string_equal(text, "PATH");
    assert_int_equal(ucrt__putenv("nonsense"), -1);
    assert_int_equal(crt_thread()->error, EINVAL);
    ucrt__putenv("NEW=123");
    assert_int_equal(ucrt_getenv_s(&needed, small, sizeof small, "NEW"), ERANGE);
    assert_int_equal(needed, 4);
    assert_int_equal(ucrt_getenv_s(&needed, text, sizeof text, "NEW"), 0);
    assert_string_equal(text, "123");
    program_end();
}

/* ---- ends ------------------------------------------------------------------------------------ */

static char order[64];

static int WINAPI note_a(void)
{
    strcat(order, "a");
    return 0;
}

static int WINAPI note_b(void)
{
    strcat(order, "b");
    ucrt_atexit(note_a);
    return 0;
}

static int WINAPI fails(void)
{
    return 7;
}

static void ends_in_order(void **state)
{
    program_begin();
    int blocks = fake_blocks;
    *order = 0;
    for (int i = 0; i < 40; i++) /* more than the table holds at first */
        ucrt_atexit(note_a);
    ucrt__cexit();
    assert_int_equal(fake_blocks, blocks);
    *order = 0;
    ucrt_atexit(note_a);
    ucrt_atexit(note_b);
    ucrt_fputs("last words", STREAM_OUT);
    if (!setjmp(fake_end))
        ucrt_exit(5);
    assert_int_equal(fake_code, 5);
    assert_false(fake_is_terminated);
    assert_string_equal(order, "baa");
    assert_string_equal(fake_text("stdout"), "last words");
    program_end();
}

static void quick_end(void **state)
{
    program_begin();
    *order = 0;
    ucrt_atexit(note_a);
    if (!setjmp(fake_end))
        ucrt__exit(6);
    assert_int_equal(fake_code, 6);
    assert_string_equal(order, "");
    program_end();
}

static void tables(void **state)
{
    crt_onexit table[3] = {note_a, note_a, note_a}, procedures[3] = {NULL, fails, note_a};
    program_begin();
    int blocks = fake_blocks;
    *order = 0;
    assert_int_equal(ucrt__initialize_onexit_table(table), 0);
    assert_int_equal(ucrt__register_onexit_function(table, note_a), 0);
    assert_int_equal(ucrt__register_onexit_function(table, note_a), 0);
    assert_int_equal(ucrt__execute_onexit_table(table), 0);
    assert_string_equal(order, "aa");
    assert_int_equal(fake_blocks, blocks);
    assert_int_equal(ucrt__initialize_onexit_table(NULL), -1);
    assert_int_equal(ucrt__initterm_e(procedures, procedures + 3), 7);
    assert_string_equal(order, "aa");
    program_end();
}

static int signalled, signal_error;

static void WINAPI on_signal(int number, int error)
{
    signalled = number;
    signal_error = error;
}

static void aborts(void **state)
{
    program_begin();
    signalled = 0;
    assert_null(ucrt_signal(22, on_signal));
    if (!setjmp(fake_end))
        ucrt_abort();
    assert_int_equal(fake_code, 3);
    assert_true(fake_is_terminated);
    assert_int_equal(signalled, 22);
    assert_string_equal(fake_complaint, "abort() was called");
    program_end();
}

static void signals(void **state)
{
    program_begin();
    assert_null(ucrt_signal(2, on_signal));
    assert_int_equal(ucrt_raise(2), 0);
    assert_int_equal(signalled, 2);
    assert_null(ucrt_signal(2, (void *)1)); /* a handler is good for once */
    assert_int_equal(ucrt_raise(2), 0);
    assert_ptr_equal(ucrt_signal(2, NULL), (void *)1);
    if (!setjmp(fake_end))
        ucrt_raise(15);
    assert_int_equal(fake_code, 3);
    assert_ptr_equal(ucrt_signal(99, NULL), (void *)-1);
    assert_int_equal(crt_thread()->error, EINVAL);
    program_end();
}

static void faults(void **state)
{
    EXCEPTION_POINTERS pointers = {0};
    program_begin();
    assert_int_equal(ucrt__XcptFilter((ULONG)STATUS_ACCESS_VIOLATION, &pointers), 1);
    ucrt_signal(8, on_signal);
    assert_int_equal(ucrt__XcptFilter((ULONG)STATUS_FLOAT_DIVIDE_BY_ZERO, &pointers), -1);
    assert_int_equal(signalled, 8);
    assert_int_equal(signal_error, 0x83);
    assert_null(ucrt_signal(8, NULL));
    assert_int_equal(ucrt__XcptFilter((ULONG)STATUS_BREAKPOINT, &pointers), 1);
    program_end();
}

static void jumps(void **state)
{
    _Alignas(16) static uint64_t buffer[32];
    volatile int turns = 0;
    program_begin();
    int value = ucrt__setjmp(buffer, NULL);
    turns++;
    if (turns == 1)
        ucrt_longjmp(buffer, 5);
    if (turns == 2) {
        assert_int_equal(value, 5);
        ucrt_longjmp(buffer, 0);
    }
    assert_int_equal(value, 1);
    assert_int_equal(turns, 3);
    assert_int_equal(fake_forgotten, buffer[2]);
    program_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split),     cmocka_unit_test(main_arguments), cmocka_unit_test(no_memory),
        cmocka_unit_test(variables), cmocka_unit_test(ends_in_order),  cmocka_unit_test(quick_end),
        cmocka_unit_test(tables),    cmocka_unit_test(aborts),         cmocka_unit_test(signals),
        cmocka_unit_test(faults),    cmocka_unit_test(jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
