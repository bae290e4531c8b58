/* SPDX-License-Identifier: MIT */
/* rule.c - reads what a user writes to switch providers.
 *
 * In comes "ToasterTrace:warning:0x3" or "-{guid}", out comes a rule.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "etw/etw.h"

static bool level_parse(const char *text, size_t length, uint8_t *out_level)
{
    static const struct {
        const char *name;
        uint8_t level;
    } names[] = {{"critical", 1}, {"error", 2},   {"warning", 3},        {"information", 4},
                 {"info", 4},     {"verbose", 5}, {"all", ETW_LEVEL_ALL}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i].name) == length && !strncasecmp(names[i].name, text, length)) {
            *out_level = names[i].level;
            return true;
        }
    }
    char *end;
    unsigned long number = strtoul(text, &end, 0);
    *out_level = (uint8_t)number;
    return end == text + length && length && number <= ETW_LEVEL_ALL;
}

static bool hex_parse(const char **at, unsigned digits, uint64_t *out_value)
{
    *out_value = 0;
    for (; digits > 0; digits--, ++*at) {
        static const char hex[] = "0123456789abcdef";
        char c = (char)(**at >= 'A' && **at <= 'F' ? **at + 32 : **at);
        const char *digit = c ? strchr(hex, c) : NULL;
        if (!digit)
            return false;
        *out_value = *out_value << 4 | (uint64_t)(digit - hex);
    }
    return true;
}

/* With or without braces. */
static bool guid_parse(const char *text, GUID *out_guid)
{
    static const uint8_t digits[] = {8, 4, 4, 4, 12};
    uint64_t parts[5];
    bool is_braced = *text == '{';
    text += is_braced;
    for (unsigned i = 0; i < 5; i++) {
        if (i > 0 && *text++ != '-')
            return false;
        if (!hex_parse(&text, digits[i], &parts[i]))
            return false;
    }
    out_guid->Data1 = (uint32_t)parts[0];
    out_guid->Data2 = (uint16_t)parts[1];
    out_guid->Data3 = (uint16_t)parts[2];
    out_guid->Data4[0] = (uint8_t)(parts[3] >> 8);
    out_guid->Data4[1] = (uint8_t)parts[3];
    for (unsigned i = 0; i < 6; i++)
        out_guid->Data4[2 + i] = (uint8_t)(parts[4] >> (40 - 8 * i));
    return !strcmp(text, is_braced ? "}" : "");
}

bool etw_rule_parse(const char *text, struct etw_rule *out_rule)
{
    struct etw_rule rule = {.is_on = *text != '-', .level = ETW_LEVEL_ALL};
    text += !rule.is_on;
    size_t length = strcspn(text, ":");
    if (!length || length >= sizeof rule.name)
        return false;
    memcpy(rule.name, text, length);
    text += length;
    if (*text == ':') {
        size_t level_length = strcspn(++text, ":");
        if (!level_parse(text, level_length, &rule.level))
            return false;
        text += level_length;
    }
    if (*text == ':') {
        char *end;
        rule.keywords = strtoull(++text, &end, 0);
        if (end == text || *end)
            return false;
    }
    rule.is_all = !strcmp(rule.name, "*");
    if (guid_parse(rule.name, &rule.guid))
        rule.name[0] = '\0';
    *out_rule = rule;
    return true;
}
