/* SPDX-License-Identifier: MIT */
/* reg_value.c - types and data of values as people write and read them. */
#include "reg.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    uint32_t type;
    const char *name;
} types[] = {
    {REG_NONE, "REG_NONE"},
    {REG_SZ, "REG_SZ"},
    {REG_EXPAND_SZ, "REG_EXPAND_SZ"},
    {REG_BINARY, "REG_BINARY"},
    {REG_DWORD, "REG_DWORD"},
    {REG_DWORD, "REG_DWORD_LITTLE_ENDIAN"},
    {REG_DWORD_BIG_ENDIAN, "REG_DWORD_BIG_ENDIAN"},
    {REG_LINK, "REG_LINK"},
    {REG_MULTI_SZ, "REG_MULTI_SZ"},
    {8, "REG_RESOURCE_LIST"},
    {9, "REG_FULL_RESOURCE_DESCRIPTOR"},
    {10, "REG_RESOURCE_REQUIREMENTS_LIST"},
    {REG_QWORD, "REG_QWORD"},
};

const char *reg_type_name(uint32_t type, char *room, size_t size)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type)
            return types[i].name;
    snprintf(room, size, "0x%x", type);
    return room;
}

bool reg_type_parse(const char *text, uint32_t *out_type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!strcasecmp(types[i].name, text)) {
            *out_type = types[i].type;
            return true;
        }
    }
    char *end;
    unsigned long number = strtoul(text, &end, 0);
    *out_type = (uint32_t)number;
    return end != text && !*end && number <= UINT32_MAX;
}

char *reg_utf8(const uint16_t *wide, size_t count)
{
    char *text = malloc(3 * count + 1);
    if (text)
        regfile_narrow(wide, count, text);
    return text;
}

static uint16_t upper(uint16_t c)
{
    return c < 0x80 ? (uint16_t)toupper(c) : c;
}

bool reg_names_equal(const uint16_t *left, size_t left_count, const uint16_t *right,
                     size_t right_count)
{
    if (left_count != right_count)
        return false;
    for (size_t i = 0; i < left_count; i++)
        if (upper(left[i]) != upper(right[i]))
            return false;
    return true;
}

/* ---- from words
 * ---------------------------------------------------------------------------------- */

static uint8_t *number_parse(const char *text, unsigned bytes, uint32_t *out_length)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    uint8_t *data = malloc(8);
    if (!data || errno || end == text || *end || *text == '-' ||
        (bytes == 4 && number > UINT32_MAX)) {
        free(data);
        reg_fail("Invalid syntax. Specify valid numeric value for '/d'.");
        return NULL;
    }
    for (unsigned i = 0; i < bytes; i++)
        data[i] = (uint8_t)(number >> (8 * i));
    *out_length = bytes;
    return data;
}

static uint8_t *binary_parse(const char *text, uint32_t *out_length)
{
    size_t digits = strlen(text), length = 0;
    uint8_t *data = malloc(digits / 2 + 1);
    bool is_good = data && strspn(text, "0123456789abcdefABCDEF") == digits;
    if (!is_good) {
        free(data);
        reg_fail("Invalid syntax. Specify valid hexadecimal value for '/d'.");
        return NULL;
    }
    /* An odd digit stands first and alone. */
    for (size_t at = 0; at < digits;) {
        size_t take = at == 0 && digits % 2 ? 1 : 2;
        char byte[3] = {text[at], take == 2 ? text[at + 1] : '\0', '\0'};
        data[length++] = (uint8_t)strtoul(byte, NULL, 16);
        at += take;
    }
    *out_length = (uint32_t)length;
    return data;
}

static uint8_t *strings_parse(const char *text, const char *separator, bool is_multi,
                              uint32_t *out_length)
{
    size_t step = strlen(separator), count = 0, last = 0;
    uint16_t *wide = malloc((strlen(text) + 3) * sizeof *wide);
    char *copy = strdup(text);
    for (char *at = copy; wide && at;) {
        char *next = is_multi && step ? strstr(at, separator) : NULL;
        if (next)
            *next = '\0';
        last = count;
        count += regfile_widen(at, wide + count) + 1;
        at = next ? next + step : NULL;
    }
    free(copy);
    if (!wide)
        return NULL;
    if (is_multi && count - last > 1)
        wide[count++] = 0; /* an empty last string is the end already */
    *out_length = (uint32_t)(count * sizeof *wide);
    return (uint8_t *)wide;
}

uint8_t *reg_data_parse(uint32_t type, const char *text, const char *separator,
                        uint32_t *out_length)
{
    switch (type) {
    case REG_DWORD:
    case REG_DWORD_BIG_ENDIAN:
    case REG_QWORD: {
        uint8_t *data = number_parse(*text ? text : "0", type == REG_QWORD ? 8 : 4, out_length);
        for (unsigned i = 0; data && type == REG_DWORD_BIG_ENDIAN && i < 2; i++) {
            uint8_t byte = data[i];
            data[i] = data[3 - i];
            data[3 - i] = byte;
        }
        return data;
    }
    case REG_SZ:
    case REG_EXPAND_SZ:
    case REG_MULTI_SZ:
        return strings_parse(text, separator ? separator : "\\0", type == REG_MULTI_SZ, out_length);
    default:
        return binary_parse(text, out_length);
    }
}

/* ---- to words
 * -------------------------------------------------------------------------------------- */

static uint64_t number_of(const struct reg_value *value)
{
    uint64_t number = 0;
    for (uint32_t i = 0; i < value->length && i < 8; i++)
        number |=
            (uint64_t)value->data[value->type == REG_DWORD_BIG_ENDIAN ? value->length - 1 - i : i]
            << (8 * i);
    return number;
}

static char *strings_text(const struct reg_value *value, const char *separator)
{
    size_t count = value->length / 2, length = 0, step = strlen(separator);
    uint16_t *wide = malloc(value->length + 2);
    char *text = malloc(count * (3 + step) + 1);
    if (!wide || !text) {
        free(wide);
        free(text);
        return NULL;
    }
    memcpy(wide, value->data, count * 2);
    while (count && !wide[count - 1])
        count--;
    for (size_t from = 0, at = 0; at <= count; at++) {
        if (at < count && wide[at])
            continue;
        length += regfile_narrow(wide + from, at - from, text + length);
        from = at + 1;
        if (at == count || value->type != REG_MULTI_SZ)
            break;
        length += (size_t)sprintf(text + length, "%s", separator);
    }
    text[length] = '\0';
    free(wide);
    return text;
}

char *reg_data_text(const struct reg_value *value, const char *separator)
{
    bool is_number = (value->type == REG_DWORD && value->length == 4) ||
                     (value->type == REG_DWORD_BIG_ENDIAN && value->length == 4) ||
                     (value->type == REG_QWORD && value->length == 8);
    if (is_number) {
        char text[32];
        snprintf(text, sizeof text, "0x%llx", (unsigned long long)number_of(value));
        return strdup(text);
    }
    if (value->type == REG_SZ || value->type == REG_EXPAND_SZ || value->type == REG_MULTI_SZ ||
        value->type == REG_LINK)
        return strings_text(value, separator ? separator : "\\0");
    char *text = malloc(2 * (size_t)value->length + 1);
    for (uint32_t i = 0; text && i < value->length; i++)
        sprintf(text + 2 * i, "%02X", value->data[i]);
    if (text)
        text[2 * (size_t)value->length] = '\0';
    return text;
}
