/* SPDX-License-Identifier: MIT */
/* wdf_test.c - the Framework's views against a machine whose memory is a picture of one: what they
 * print of a good one, and that no damage to it, byte by byte, does more than end a list early.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/debugger.h"
#include "wdf.h"

#define BASE   0x480000000000ull
#define BYTES  0x4000u
#define LAYOUT 0x1000u
#define NAMES  0x2800u

static uint8_t memory[BYTES], good[BYTES];

/* Where everything lies in the picture. */
enum {
    CLIENTS = 0x2000,
    GLOBALS = 0x2040,
    TYPE_DRIVER = 0x2200,
    TYPE_DEVICE = 0x2240,
    DRIVER = 0x2300,
    DEVICE = 0x2380,
    RECORDER = 0x3000,
};

static cJSON *machine(void *context, const char *const *words)
{
    if (!strcmp(words[0], "modules"))
        return cJSON_Parse("[{\"name\":\"wdf01000.sys\",\"start\":\"0x480000000000\","
                           "\"end\":\"0x480000004000\",\"path\":\"/nowhere/wdf01000.sys\","
                           "\"timestamp\":1,\"checksum\":2,\"is_native\":false}]");
    if (strcmp(words[0], "memory"))
        return cJSON_Parse("{\"error\":1,\"text\":\"not answered\"}");
    uint64_t address = strtoull(words[1], NULL, 0), count = strtoull(words[2], NULL, 0);
    char text[2 * BYTES + 1] = "";
    if (address >= BASE && address < BASE + BYTES)
        for (uint64_t i = 0; i < count && address - BASE + i < BYTES; i++)
            snprintf(text + 2 * i, 3, "%02x", memory[address - BASE + i]);
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "bytes", text);
    return answer;
}

static char *said;

static enum debugger_result run(const char *line)
{
    size_t length;
    free(said);
    FILE *out = open_memstream(&said, &length);
    struct debugger_options options = {.ask = machine, .out = out};
    struct debugger *debugger = debugger_create(&options);
    enum debugger_result result = debugger_run(debugger, line);
    debugger_destroy(debugger);
    fclose(out);
    return result;
}

static void says(const char *words)
{
    if (!strstr(said, words))
        fail_msg("\"%s\" is not in:\n%s", words, said);
}

static void put(uint32_t at, uint64_t value, size_t bytes)
{
    memcpy(memory + at, &value, bytes);
}

static void put_address(uint32_t at, uint32_t offset)
{
    put(at, BASE + offset, 8);
}

static uint32_t rows;

static void row(const char *structure, const char *field, uint16_t offset, uint16_t size)
{
    struct wdf_row made = {.offset = offset, .size = size};
    strncpy(made.structure, structure, sizeof made.structure);
    strncpy(made.field, field, sizeof made.field);
    memcpy(memory + LAYOUT + 64 * ++rows, &made, sizeof made);
}

static void layout_paint(void)
{
    rows = 0;
    put(0x3c, 0x80, 4);
    memcpy(memory + 0x80, "PE\0\0\x64\x86\x01\0", 8);
    put(0x94, 0xf0, 2);
    memcpy(memory + 0x188, ".fxkd\0\0", 8);
    put(0x190, 0x800, 4);
    put(0x194, LAYOUT, 4);
    memcpy(memory + LAYOUT, "FXLAYOUT", 8);
    put(LAYOUT + 8, 1 | 64ull << 32, 8);
    put_address(LAYOUT + 16, CLIENTS);
    put(LAYOUT + 24, 33, 8);
    row("fx_type", "", 0, 32);
    row("fx_type", "name", 0, 8);
    row("fx_type", "parent", 16, 8);
    row("fx_object", "", 0, 96);
    row("fx_object", "type", 0, 8);
    row("fx_object", "magic", 8, 4);
    row("fx_object", "references", 12, 4);
    row("fx_object", "state", 16, 1);
    row("fx_object", "children", 32, 16);
    row("fx_object", "sibling", 48, 16);
    row("fx_globals", "", 0, 160);
    row("fx_globals", "abi", 0, 48);
    row("fx_globals", "abi.DriverName", 16, 32);
    row("fx_globals", "entry", 48, 16);
    row("fx_globals", "driver", 64, 8);
    row("fx_globals", "minor", 72, 4);
    row("fx_globals", "recorder", 80, 8);
    row("fx_globals", "lingering", 96, 16);
    row("fx_recorder", "", 0, 32);
    row("fx_recorder", "magic", 0, 4);
    row("fx_recorder", "bytes", 4, 4);
    row("fx_recorder", "oldest", 8, 4);
    row("fx_recorder", "held", 12, 4);
    row("fx_recorder", "ring", 32, 0);
    row("fx_record", "length", 0, 2);
    row("fx_record", "level", 2, 1);
    row("fx_record", "irql", 3, 1);
    row("fx_record", "number", 4, 4);
    row("fx_record", "text", 16, 0);
}

static void list_paint(uint32_t head, uint32_t entry)
{
    put_address(head, entry);
    put_address(head + 8, entry);
    put_address(entry, head);
    put_address(entry + 8, head);
}

static void object_paint(uint32_t at, uint32_t type)
{
    put_address(at, type);
    put(at + 8, 0x6a624f46u, 4);
    put(at + 12, 1, 4);
    put(at + 16, 1, 1);
    put_address(at + 32, at + 32);
    put_address(at + 40, at + 32);
}

static int paint(void **state)
{
    memset(memory, 0, sizeof memory);
    layout_paint();
    strcpy((char *)memory + NAMES, "WDFDRIVER");
    strcpy((char *)memory + NAMES + 0x40, "WDFDEVICE");
    put_address(TYPE_DRIVER, NAMES);
    put_address(TYPE_DEVICE, NAMES + 0x40);
    list_paint(CLIENTS, GLOBALS + 48);
    strcpy((char *)memory + GLOBALS + 16, "painted");
    put_address(GLOBALS + 64, DRIVER);
    put(GLOBALS + 72, 15, 4);
    put_address(GLOBALS + 80, RECORDER);
    put_address(GLOBALS + 96, GLOBALS + 96);
    object_paint(DRIVER, TYPE_DRIVER);
    object_paint(DEVICE, TYPE_DEVICE);
    list_paint(DRIVER + 32, DEVICE + 48);
    put(RECORDER, 0x31525846u, 4);
    put(RECORDER + 4, 0x100, 4);
    put(RECORDER + 12, 2, 4);
    for (uint32_t i = 0; i < 2; i++) {
        put(RECORDER + 32 + 24 * i, 5 | 2u << 16, 4);
        put(RECORDER + 36 + 24 * i, 7 + i, 4);
        memcpy(memory + RECORDER + 48 + 24 * i, i ? "again" : "first", 5);
    }
    memcpy(good, memory, sizeof good);
    return 0;
}

#define DRIVER_HANDLE "0xffffb7ffffffdcff" /* ~(BASE + DRIVER) */

static const char every[] =
    "!wdfldr; !wdfdriverinfo painted 71; !wdflogdump; !wdfhandle " DRIVER_HANDLE
    " 70; !wdfobject 0x480000002380; !wdfdevice "
    "0xffffb7ffffffdc7f 1f; !wdfdevicequeues 0xffffb7ffffffdc7f; "
    "!wdfqueue 0xffffb7ffffffdc7f; !wdfrequest 0xffffb7ffffffdc7f";

static void views(void **state)
{
    assert_int_equal(run("!wdfldr"), DEBUGGER_GOOD);
    says("  Version       v1.33\n");
    says("  Associated Clients: 1\n");
    assert_int_equal(run("!wdfdriverinfo painted 1"), DEBUGGER_GOOD);
    says("Default driver image name:   painted\n");
    says("   Version        v1.15 build(0)\n");
    says("WDF objects: 2\n");
    says("WDFDRIVER: " DRIVER_HANDLE "\n");
    says("    !WDFDEVICE 0xffffb7ffffffdc7f\n");
    assert_int_equal(run("!wdflogdump"), DEBUGGER_GOOD);
    says("There are 2 log records\n");
    says("7: error: first\n8: error: again\n---- end of log ----\n");
    assert_int_equal(run("!wdfhandle 7"), DEBUGGER_FAILED);
    says("0x7 is not a handle of the Framework\n");
}

/* Lists that never end, objects below themselves. */
static void circles(void **state)
{
    put_address(GLOBALS + 48, GLOBALS + 48);
    assert_int_equal(run("!wdfldr"), DEBUGGER_GOOD);
    memcpy(memory, good, sizeof memory);
    put_address(DEVICE + 32, DEVICE + 48);
    assert_int_equal(run("!wdfdriverinfo painted 71"), DEBUGGER_GOOD);
    memcpy(memory, good, sizeof memory);
    put(RECORDER + 12, 0xffffffff, 4);
    assert_int_equal(run("!wdflogdump"), DEBUGGER_GOOD);
}

static void damage(void **state)
{
    uint32_t seed = 1;
    for (unsigned round = 0; round < 400; round++) {
        memcpy(memory, good, sizeof memory);
        for (unsigned i = 0; i < 1 + round % 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            uint32_t at = seed >> 8;
            /* Mostly where something is. */
            at = round % 3 == 0   ? at % 0x400
                 : round % 3 == 1 ? LAYOUT + at % 0x800
                                  : CLIENTS + at % 0x1180;
            memory[at] = (uint8_t)(seed >> (round & 7));
        }
        (void)run(every);
        assert_non_null(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(views, paint),
        cmocka_unit_test_setup(circles, paint),
        cmocka_unit_test_setup(damage, paint),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(said);
    return failed;
}
