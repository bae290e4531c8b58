/* SPDX-License-Identifier: MIT */
/* output.c - how answers are printed: lines, addresses, JSON. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "debugger_internal.h"

void say(struct debugger *debugger, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(debugger->options.out, format, arguments);
    va_end(arguments);
}

void complain(struct debugger *debugger, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(debugger->options.out, format, arguments);
    va_end(arguments);
    fputc('\n', debugger->options.out);
    debugger->is_failed = true;
}

#define TEXTS 8u

const char *tick(uint64_t value)
{
    static char texts[TEXTS][20];
    static unsigned next;
    char *text = texts[next++ % TEXTS];
    snprintf(text, sizeof texts[0], "%08x`%08x", (unsigned)(value >> 32), (unsigned)value);
    return text;
}

const char *plain(uint64_t value)
{
    static char texts[TEXTS][20];
    static unsigned next;
    char *text = texts[next++ % TEXTS];
    snprintf(text, sizeof texts[0], value ? "%016llx" : "%08llx", (unsigned long long)value);
    return text;
}

/* Beside "unload": "0x…" goes "unload_symbol": "wdm1!Wdm1Unload"; of a list, every entry becomes an
 * object of both. */
static void symbols_annotate(struct debugger *debugger, cJSON *json)
{
    for (cJSON *item = json ? json->child : NULL; item; item = item->next) {
        const char *text = cJSON_GetStringValue(item);
        symbols_annotate(debugger, item);
        if (!text || strncmp(text, "0x", 2))
            continue;
        const char *symbol = symbol_text(debugger, strtoull(text, NULL, 16));
        if (!*symbol)
            continue;
        if (cJSON_IsArray(json)) {
            cJSON *both = cJSON_CreateObject();
            cJSON_AddStringToObject(both, "address", text);
            cJSON_AddStringToObject(both, "symbol", symbol);
            cJSON_ReplaceItemViaPointer(json, item, both);
            item = both;
        } else if (item->string) {
            char name[64];
            snprintf(name, sizeof name, "%s_symbol", item->string);
            cJSON *added = cJSON_AddStringToObject(json, name, symbol);
            (void)added;
        }
    }
}

void json_say(struct debugger *debugger, cJSON *json)
{
    symbols_annotate(debugger, json);
    char *text = cJSON_Print(json);
    say(debugger, "%s\n", text ? text : "null");
    free(text);
    cJSON_Delete(json);
}
