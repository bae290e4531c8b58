/* SPDX-License-Identifier: MIT */
/* command_value.c - ?, .formats, !error, !irql, vertarget, !analyze: values and the machine. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/abi_names.h"
#include "base/windows.h"
#include "debugger_internal.h"

void command_evaluate(struct debugger *debugger, char *text)
{
    uint64_t value;
    if (!*text) {
        complain(debugger, "? EXPRESSION; .help lists the commands");
        return;
    }
    if (!evaluate(debugger, text, &value))
        return;
    say(debugger, "Evaluate expression: %lld = %s\n", (long long)value, tick(value));
}

static void binary_say(struct debugger *debugger, uint64_t value)
{
    say(debugger, "  Binary: ");
    for (int i = 63; i >= 0; i--)
        say(debugger, "%s%u", i % 8 == 7 ? " " : "", (unsigned)(value >> i & 1));
    say(debugger, "\n");
}

#define TIME_1601_TO_1970 11644473600ull

/* Small numbers are seconds since 1970, large ones 100 ns since 1601. */
static void time_say(struct debugger *debugger, uint64_t value)
{
    time_t seconds = (time_t)value;
    char words[64] = "Invalid";
    struct tm parts;
    if (value >> 32)
        seconds = (time_t)(value / 10000000) - (time_t)TIME_1601_TO_1970;
    if (seconds >= 0 && gmtime_r(&seconds, &parts) && parts.tm_year < 8100)
        strftime(words, sizeof words, "%a %b %e %H:%M:%S %Y", &parts);
    say(debugger, "  Time:    %s (UTC)\n", words);
}

void command_formats(struct debugger *debugger, char *text)
{
    uint64_t value;
    if (!evaluate(debugger, text, &value))
        return;
    uint32_t halves[2] = {(uint32_t)value, (uint32_t)(value >> 32)};
    float low, high;
    double whole;
    memcpy(&low, &halves[0], 4);
    memcpy(&high, &halves[1], 4);
    memcpy(&whole, &value, 8);
    say(debugger, "Evaluate expression:\n");
    say(debugger, "  Hex:     %s\n", tick(value));
    say(debugger, "  Decimal: %lld\n", (long long)value);
    say(debugger, "  Octal:   %022llo\n", (unsigned long long)value);
    binary_say(debugger, value);
    say(debugger, "  Chars:   ");
    for (int i = 7; i >= 0; i--) {
        unsigned c = value >> (8 * i) & 0xff;
        say(debugger, "%c", c >= 0x20 && c < 0x7f ? (int)c : '.');
    }
    say(debugger, "\n");
    time_say(debugger, value);
    say(debugger, "  Float:   low %g high %g\n", (double)low, (double)high);
    say(debugger, "  Double:  %g\n", whole);
}

/* Win32 errors are small; with flag 1, or with severity bits, it is an NTSTATUS. */
void command_error(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t code, flags = 0;
    unsigned count = words_split(text, words);
    if (!count || !evaluate(debugger, words[0], &code) ||
        (count > 1 && !evaluate(debugger, words[1], &flags))) {
        if (!count)
            complain(debugger, "!error CODE [1]");
        return;
    }
    uint32_t number = (uint32_t)code;
    const char *status = abi_status_name(number), *win32 = abi_win32_text(number);
    if ((flags & 1) || (number >> 16 && status)) {
        const char *meaning = abi_status_text(number);
        say(debugger, "Error code: (NTSTATUS) 0x%x (%d) - %s%s%s\n", number, (int)number,
            status ? status : "<Unable to get error code text>", *meaning ? " - " : "", meaning);
    } else {
        say(debugger, "Error code: (Win32) 0x%x (%u) - %s\n", number, number,
            win32 ? win32 : "<Unable to get error code text>");
    }
}

void command_irql(struct debugger *debugger, char *text)
{
    uint64_t wanted = 0;
    bool is_seen = false;
    const cJSON *item;
    if (*text && !evaluate(debugger, text, &wanted))
        return;
    cJSON *list = ask(debugger, "irql", NULL, NULL);
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    cJSON_ArrayForEach(item, list)
    {
        unsigned number = (unsigned)answer_whole(item, "processor"),
                 irql = (unsigned)answer_whole(item, "irql");
        if (*text && number != wanted)
            continue;
        is_seen = true;
        say(debugger, "Processor 0x%x -- %u (%s), thread %s\n", number, irql, irql_name(irql),
            plain(answer_address(item, "thread")));
    }
    if (list && !is_seen)
        say(debugger, "No thread is on %s just now.\n", *text ? "that processor" : "a processor");
    cJSON_Delete(list);
}

static void span_say(struct debugger *debugger, const char *what, uint64_t units_100ns)
{
    uint64_t ms = units_100ns / 10000;
    say(debugger, "%s: %llu days %llu:%02llu:%02llu.%03llu\n", what,
        (unsigned long long)(ms / 86400000), (unsigned long long)(ms / 3600000 % 24),
        (unsigned long long)(ms / 60000 % 60), (unsigned long long)(ms / 1000 % 60),
        (unsigned long long)(ms % 1000));
}

void command_vertarget(struct debugger *debugger, char *text)
{
    cJSON *answer = ask(debugger, "target", NULL, NULL);
    if (!answer)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, answer);
        return;
    }
    char words[96], when[64] = "";
    uint32_t build = (uint32_t)answer_whole(answer, "build");
    time_t seconds =
        (time_t)(answer_address(answer, "time") / 10000000) - (time_t)TIME_1601_TO_1970;
    struct tm parts;
    say(debugger, "Windows %.0f Kernel Version %u MP (%.0f procs) Free x64\n",
        answer_number(answer, "major"), build, answer_number(answer, "processors"));
    say(debugger, "Product: %s\n", answer_number(answer, "product") == 1 ? "WinNt" : "Server");
    say(debugger, "Edition build lab: cove, %s, process %.0f\n",
        windows_text(build, words, sizeof words), answer_number(answer, "pid"));
    if (gmtime_r(&seconds, &parts))
        strftime(when, sizeof when, "%a %b %e %H:%M:%S %Y", &parts);
    say(debugger, "System Time: %s (UTC)\n", when);
    span_say(debugger, "System Uptime", answer_address(answer, "uptime"));
    cJSON_Delete(answer);
}

/* A machine that stopped has no control door any more: whoever can ask has the answer. */
void command_analyze(struct debugger *debugger, char *text)
{
    cJSON *answer = ask(debugger, "target", NULL, NULL);
    if (answer)
        say(debugger, "No bug check: the machine is running. A machine that stops writes its "
                      "report to its log when it does.\n");
    cJSON_Delete(answer);
}
