/* SPDX-License-Identifier: MIT */
/* debugger_test.c - commands against a machine made of answers: what they print, what they refuse,
 * and that no answer, however odd, is taken amiss.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/debugger.h"
#include "debugger_internal.h"

struct answer {
    const char *question, *first; /* first NULL: any */
    const char *json;
};

static const struct answer usual[] = {
    {"modules", NULL,
     "[{\"name\":\"ntoskrnl.exe\",\"start\":\"0x0\",\"end\":\"0x0\",\"path\":\"\","
     "\"timestamp\":0,\"checksum\":0,\"is_native\":true},"
     "{\"name\":\"none.sys\",\"start\":\"0x480000000000\",\"end\":\"0x480000006000\","
     "\"path\":\"/nowhere/none.sys\",\"timestamp\":5,\"checksum\":6,\"is_native\":false}]"},
    {"exports", NULL,
     "[{\"name\":\"IopInvalidDeviceRequest\",\"address\":\"0x5000\",\"modules\":1,"
     "\"is_data\":false},{\"name\":\"IoCallDriver\",\"address\":\"0x6000\",\"modules\":1,"
     "\"is_data\":false}]"},
    {"find", "\\Driver\\none", "{\"address\":\"0x4a0000001000\",\"type\":\"Driver\"}"},
    {"find", NULL, "{\"error\":3221225524,\"text\":\"no object\"}"},
    {"driver", "0x4a0000001000",
     "{\"name\":\"\\\\Driver\\\\none\",\"entry\":\"0x480000001010\",\"start_io\":\"0x0\","
     "\"unload\":\"0x480000001020\",\"add_device\":\"0x0\",\"fast_io\":\"0x0\","
     "\"dispatch\":[\"0x5000\",\"0x480000001030\"],"
     "\"devices\":[{\"address\":\"0x4a0000002000\",\"name\":\"\"}]}"},
    {"driver", NULL, "{\"error\":3221225541,\"text\":\"0x1: is not a driver object\"}"},
    {"memory", "0x1000", "{\"address\":\"0x1000\",\"bytes\":\"4142430044455fff\"}"},
    {"memory", NULL, "{\"address\":\"0x0\",\"bytes\":\"\"}"},
    {NULL, NULL, NULL}};

static const struct answer *answers;

static cJSON *machine(void *context, const char *const *words)
{
    for (const struct answer *at = answers; at->json; at++)
        if ((!at->question || !strcmp(at->question, words[0])) &&
            (!at->first || (words[1] && !strcmp(at->first, words[1]))))
            return cJSON_Parse(at->json);
    return cJSON_Parse("{\"error\":1,\"text\":\"not answered\"}");
}

static char *said;

static enum debugger_result run_as(const char *line, bool is_json)
{
    size_t length;
    free(said);
    FILE *out = open_memstream(&said, &length);
    struct debugger_options options = {.ask = machine, .out = out, .is_json = is_json};
    struct debugger *debugger = debugger_create(&options);
    enum debugger_result result = debugger_run(debugger, line);
    debugger_destroy(debugger);
    fclose(out);
    return result;
}

static enum debugger_result run(const char *line)
{
    return run_as(line, false);
}

static void says(const char *words)
{
    if (!strstr(said, words))
        fail_msg("\"%s\" is not in:\n%s", words, said);
}

static void masks(void **state)
{
    assert_true(mask_fits("*spin*", "KeAcquireSpinLock"));
    assert_true(mask_fits("Wdm1???d", "wdm1Read"));
    assert_true(mask_fits("*", ""));
    assert_false(mask_fits("?", ""));
    assert_false(mask_fits("Wdm1", "Wdm1Read"));
    assert_true(mask_fits("a*b*c", "aXbYbZc"));
}

static void values(void **state)
{
    assert_int_equal(run("? 1+0n10; .formats 41"), DEBUGGER_GOOD);
    says("Evaluate expression: 11 = 00000000`0000000b\n");
    says("  Hex:     00000000`00000041\n");
    says("  Chars:   .......A\n");
    assert_int_equal(run("!error c0000005; !error 5; !error 2 1"), DEBUGGER_GOOD);
    says("(NTSTATUS) 0xc0000005 (-1073741819) - STATUS_ACCESS_VIOLATION");
    says("Error code: (Win32) 0x5 (5) - ");
    says("Error code: (NTSTATUS) 0x2 (2) - STATUS_WAIT_2");
    assert_int_equal(run("? nobody"), DEBUGGER_FAILED);
    says("Couldn't resolve error at 'nobody'");
}

static void driver_object(void **state)
{
    assert_int_equal(run("!drvobj none 3"), DEBUGGER_GOOD);
    says("Driver object (00004a0000001000) is for:\n \\Driver\\none\n");
    says("Device Object list:\n00004a0000002000  \n");
    says("DriverEntry:   0000480000001010\tnone+0x1010\n");
    says("DriverStartIo: 00000000\t\n");
    says("[00] IRP_MJ_CREATE                      0000000000005000\tnt!IopInvalidDeviceRequest\n");
    says("[01] IRP_MJ_CREATE_NAMED_PIPE           0000480000001030\tnone+0x1030\n");
    assert_int_equal(run("!drvobj 1"), DEBUGGER_FAILED);
    says("0x1: is not a driver object");
    assert_int_equal(run_as("!drvobj none", true), DEBUGGER_GOOD);
    cJSON *json = cJSON_Parse(said);
    assert_non_null(json);
    assert_string_equal(answer_text(json, "unload_symbol"), "none+0x1020");
    cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "dispatch"), 0);
    assert_string_equal(answer_text(first, "symbol"), "nt!IopInvalidDeviceRequest");
    cJSON_Delete(json);
}

static void modules(void **state)
{
    assert_int_equal(run("lm; lmv m none; x nt!Io*; ln 6004; x nobody!*"), DEBUGGER_FAILED);
    says("start             end                 module name\n");
    says("00004800`00000000 00004800`00006000   none       (deferred)");
    says("Symbols:          none: its file cannot be read");
    says("00000000`00006000          nt!IoCallDriver\n");
    says("(00000000`00006000)   nt!IoCallDriver+0x4");
    says("no such module");
}

static void memory(void **state)
{
    assert_int_equal(run("db 1000 l8; dd 1000 l2; dq 1000 l1; da 1000; du 1000 l2; dw 1000 1003"),
                     DEBUGGER_GOOD);
    says("00000000`00001000  41 42 43 00 44 45 5f ff                          ABC.DE_.\n");
    says("00000000`00001000  00434241 ff5f4544\n");
    says("00000000`00001000  ff5f4544`00434241\n");
    says("00000000`00001000  \"ABC\"\n");
    says("00000000`00001000  4241 0043\n");
    assert_int_equal(run("db 9000 l4"), DEBUGGER_FAILED);
    says("00000000`00009000  ?? ?? ?? ??");
    assert_int_equal(run("db 1000 lffffffffffff"), DEBUGGER_FAILED);
    says("Range error");
    assert_int_equal(run("dps 9000 l2"), DEBUGGER_FAILED);
    says("????????`????????");
}

static void lines(void **state)
{
    assert_int_equal(run("q; ? 1"), DEBUGGER_QUIT);
    assert_string_equal(said, "");
    assert_int_equal(run(".echo \"a;b\"; ? 2"), DEBUGGER_GOOD);
    says("a;b");
    assert_int_equal(run(""), DEBUGGER_GOOD);
    assert_int_equal(run(" ;; * a remark"), DEBUGGER_GOOD);
    assert_int_equal(run("bp wdm1!X"), DEBUGGER_FAILED);
    says("'bp' is not there yet");
    assert_int_equal(run("!nothing 1"), DEBUGGER_FAILED);
    says("No export nothing found");
    assert_int_equal(run("zzz"), DEBUGGER_FAILED);
    says("Syntax error at 'zzz'");
    assert_int_equal(run(".help"), DEBUGGER_GOOD);
    says("!drvobj NAME|ADDRESS");
}

/* Every command, with and without words, against answers of every wrong kind. */
static void odd_answers(void **state)
{
    static const char *const commands[] = {"lm",
                                           "lmv",
                                           "x nt!*",
                                           "x *!*",
                                           "ln 1",
                                           "dt nt!_IRP 1",
                                           "db 1",
                                           "dps 1",
                                           "da 1",
                                           "du 1",
                                           "vertarget",
                                           "!drvobj x 7",
                                           "!devobj x",
                                           "!devstack x",
                                           "!object \\x",
                                           "!object 0 Device",
                                           "!fileobj 1",
                                           "!handle",
                                           "!handle 0 3 4",
                                           "!irp 1 1",
                                           "!irpfind",
                                           "!irpfind 0 0 thread 1",
                                           "!process 0 7",
                                           "!process 1",
                                           "!thread 1",
                                           "!pool 1",
                                           "!poolused 2",
                                           "!irql",
                                           "!devnode 0 b",
                                           "!analyze"};
    static const char *const jsons[] = {
        "{}",
        "[]",
        "[{}]",
        "[[]]",
        "7",
        "\"0x1\"",
        "null",
        "[\"0x1\", 2, null, {\"name\": 3}]",
        "{\"devices\": 1, \"dispatch\": {\"a\": \"0x1\"}, \"locations\": [1, {}], \"bytes\": 5,"
        "\"queue\": [{}], \"is_queue_busy\": true, \"entries\": [null], \"irps\": [\"x\"]}",
        "{\"bytes\": \"zz\", \"address\": \"-1\", \"stack_count\": 1e300, \"tag\": 4}",
        "{\"address\": \"0x10\", \"bytes\": \"0\"}",
        "[{\"depth\": -5, \"start\": \"0xffffffffffffffff\", \"end\": \"0x1\", \"name\": "
        "\"a.b\"}]"};
    for (size_t k = 0; k < sizeof jsons / sizeof *jsons; k++) {
        const struct answer all[] = {{NULL, NULL, jsons[k]}, {NULL, NULL, NULL}};
        answers = all;
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
            run(commands[i]);
            run_as(commands[i], true);
        }
    }
    answers = usual;
}

static void bare_words(void **state)
{
    static const char *const commands[] = {"x",         "ln",      "dt",       "!drvobj", "!devobj",
                                           "!devstack", "!object", "!fileobj", "!irp",    "!thread",
                                           "!pool",     "?",       ".formats", "!error"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (run(commands[i]) != DEBUGGER_FAILED || !*said)
            fail_msg("%s alone: %s", commands[i], said);
    }
}

int main(void)
{
    answers = usual;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks),       cmocka_unit_test(values),    cmocka_unit_test(driver_object),
        cmocka_unit_test(modules),     cmocka_unit_test(memory),    cmocka_unit_test(lines),
        cmocka_unit_test(odd_answers), cmocka_unit_test(bare_words)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(said);
    return failed;
}
