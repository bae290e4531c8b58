/* SPDX-License-Identifier: MIT */
/* command_memory.c - d and its kind: memory in rows. What is not there is shown as ??. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "debugger_internal.h"

#define BYTES_MAX 0x100000u
#define ROW       16u

struct range {
    uint64_t address;
    uint64_t count; /* of elements */
};

/* "ADDRESS", "ADDRESS lCOUNT", "ADDRESS L COUNT", "ADDRESS END"; nothing: where it stopped. */
static bool range_read(struct debugger *debugger, char *text, size_t element, uint64_t usual,
                       struct range *out_range)
{
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    *out_range = (struct range){debugger->next, usual};
    if (count && !evaluate(debugger, words[0], &out_range->address))
        return false;
    if (count > 1) {
        const char *length = words[1];
        bool is_count = tolower((unsigned char)*length) == 'l';
        if (is_count)
            length = length[1] ? length + 1 : count > 2 ? words[2] : "";
        uint64_t value;
        if (!evaluate(debugger, length, &value))
            return false;
        if (!is_count && value < out_range->address) {
            complain(debugger, "Range error: the end lies before the start");
            return false;
        }
        out_range->count = is_count ? value : (value - out_range->address) / element + 1;
    }
    if (out_range->count > BYTES_MAX / element) {
        complain(debugger, "Range error: at most %x bytes at a time", BYTES_MAX);
        return false;
    }
    return true;
}

static uint64_t element_at(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, bytes, size);
    return value;
}

static void characters_say(struct debugger *debugger, const uint8_t *bytes, size_t count,
                           size_t got)
{
    say(debugger, "  ");
    for (size_t i = 0; i < count; i++)
        say(debugger, "%c", i >= got ? '?' : bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.');
}

static void row_say(struct debugger *debugger, uint64_t address, const uint8_t *bytes, size_t count,
                    size_t got, size_t element)
{
    say(debugger, "%s ", tick(address));
    for (size_t i = 0; i < count; i += element) {
        char gap = element == 1 && i == 8 ? '-' : ' ';
        if (i + element > got) {
            say(debugger, "%c%.*s", gap, (int)element * 2 + (element == 8), "?????????????????");
            continue;
        }
        uint64_t value = element_at(bytes + i, element);
        if (element == 8)
            say(debugger, "%c%s", gap, tick(value));
        else
            say(debugger, "%c%0*llx", gap, (int)element * 2, (unsigned long long)value);
    }
    if (element == 1) {
        say(debugger, "%*s", (int)(ROW - count) * 3, "");
        characters_say(debugger, bytes, count, got);
    }
    say(debugger, "\n");
}

static void rows_print(struct debugger *debugger, char *text, const char *kind, size_t element)
{
    struct range range;
    snprintf(debugger->memory_kind, sizeof debugger->memory_kind, "%s", kind);
    if (!range_read(debugger, text, element, 128 / element, &range))
        return;
    size_t total = range.count * element;
    uint8_t *bytes = calloc(1, total + ROW);
    size_t got = bytes ? memory_read(debugger, range.address, bytes, total) : 0;
    for (size_t at = 0; bytes && at < total && !debugger->is_gone; at += ROW) {
        size_t count = total - at < ROW ? total - at : ROW;
        /* A hole ends a reading; the next page may be there again. */
        if (at >= got && at && (range.address + at) / 4096 != (range.address + at - ROW) / 4096)
            got = at + memory_read(debugger, range.address + at, bytes + at, total - at);
        row_say(debugger, range.address + at, bytes + at, count,
                got > at ? got - at < count ? got - at : count : 0, element);
    }
    debugger->next = range.address + total;
    if (!got && total)
        debugger->is_failed = true;
    free(bytes);
}

void command_db(struct debugger *debugger, char *text)
{
    rows_print(debugger, text, "db", 1);
}

void command_dw(struct debugger *debugger, char *text)
{
    rows_print(debugger, text, "dw", 2);
}

void command_dd(struct debugger *debugger, char *text)
{
    rows_print(debugger, text, "dd", 4);
}

void command_dq(struct debugger *debugger, char *text)
{
    rows_print(debugger, text, "dq", 8);
}

void command_d(struct debugger *debugger, char *text)
{
    static const struct {
        const char *kind;
        command_run *run;
    } kinds[] = {{"db", command_db}, {"dw", command_dw}, {"dd", command_dd},
                 {"dq", command_dq}, {"da", command_da}, {"du", command_du}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].kind, debugger->memory_kind)) {
            kinds[i].run(debugger, text);
            return;
        }
}

/* Up to a zero, in rows of 48 (ASCII) or 32 (Unicode) letters. */
static void letters_print(struct debugger *debugger, char *text, size_t element)
{
    struct range range;
    size_t row = element == 1 ? 48 : 32;
    if (!range_read(debugger, text, element, 512, &range))
        return;
    uint8_t *bytes = calloc(range.count + 1, element);
    size_t got =
        bytes ? memory_read(debugger, range.address, bytes, range.count * element) / element : 0;
    bool is_open = false;
    size_t i = 0;
    for (; i < got; i++) {
        unsigned letter = (unsigned)element_at(bytes + i * element, element);
        if (!letter)
            break;
        if (i % row == 0) {
            say(debugger, "%s%s  \"", is_open ? "\"\n" : "", tick(range.address + i * element));
            is_open = true;
        }
        say(debugger, "%c", letter >= 0x20 && letter < 0x7f ? (int)letter : '.');
    }
    if (!is_open)
        say(debugger, "%s  %s", tick(range.address), got ? "\"" : "????????");
    say(debugger, got ? "\"\n" : "\n");
    debugger->next = range.address + (i + 1) * element;
    debugger->is_failed |= !got && range.count;
    free(bytes);
}

void command_da(struct debugger *debugger, char *text)
{
    snprintf(debugger->memory_kind, sizeof debugger->memory_kind, "da");
    letters_print(debugger, text, 1);
}

void command_du(struct debugger *debugger, char *text)
{
    snprintf(debugger->memory_kind, sizeof debugger->memory_kind, "du");
    letters_print(debugger, text, 2);
}

void command_dps(struct debugger *debugger, char *text)
{
    struct range range;
    if (!range_read(debugger, text, 8, 16, &range))
        return;
    for (uint64_t i = 0; i < range.count && !debugger->is_gone; i++) {
        uint64_t address = range.address + i * 8, value;
        if (memory_read(debugger, address, &value, sizeof value) != sizeof value) {
            say(debugger, "%s  ????????`????????\n", tick(address));
            debugger->is_failed = true;
            break;
        }
        const char *symbol = symbol_text(debugger, value);
        say(debugger, "%s  %s%s%s\n", tick(address), tick(value), *symbol ? " " : "", symbol);
    }
    debugger->next = range.address + range.count * 8;
}
