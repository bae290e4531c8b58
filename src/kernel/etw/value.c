/* SPDX-License-Identifier: MIT */
/* value.c - one argument of a message or event as text; templates and field lists.
 *
 * In come packed bytes and a type letter, out comes text. What the bytes do not hold any
 * more is shown as "?": a message that was described wrongly must not stop the machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etw_internal.h"
#include "rtl/rtl.h"

#define TEMPLATE_OPEN  '\001'
#define TEMPLATE_CLOSE '\002'

/* A conversion that printf may be handed: what spec holds beside flags, width and precision
 * is dropped. False: no conversion letter of those allowed. */
static bool conversion_make(const char *spec, size_t length, const char *letters, const char *size,
                            char out_format[24])
{
    char numbers[12];
    size_t count = 0;
    if (!length || !strchr(letters, spec[length - 1]))
        return false;
    for (size_t i = 0; i + 1 < length && count + 1 < sizeof numbers; i++)
        if (strchr("-+ #0123456789.", spec[i]))
            numbers[count++] = spec[i];
    numbers[count] = '\0';
    if (strlen(numbers) > 7) /* a width of more than the line */
        numbers[0] = '\0';
    snprintf(out_format, 24, "%%%s%s%c", numbers, size, spec[length - 1]);
    return true;
}

static void number_put(struct etw_line *line, const char *spec, size_t length, uint64_t value,
                       bool is_wide)
{
    char format[24], text[160];
    bool is_made = conversion_make(spec, length, "diouxXc", "ll", format);
    if (!is_made)
        strcpy(format, "%lld");
    char letter = format[strlen(format) - 1];
    if (letter == 'c') {
        char narrow = (char)value;
        line_narrow(line, &narrow, 1);
        return;
    }
    if (!is_wide)
        value = letter == 'd' || letter == 'i' ? (uint64_t)(int64_t)(int32_t)value
                                               : (uint64_t)(uint32_t)value;
    snprintf(text, sizeof text, format, value); /* made above: one 64-bit conversion */
    line_text(line, text);
}

static void double_put(struct etw_line *line, const char *spec, size_t length, double value)
{
    char format[24], text[160];
    if (!conversion_make(spec, length, "fFeEgG", "", format))
        strcpy(format, "%g");
    snprintf(text, sizeof text, format, value);
    line_text(line, text);
}

/* The name of value in "a,b=5,c": names count on from the last number. */
static void enumeration_put(struct etw_line *line, const char *spec, size_t length, uint64_t value)
{
    uint64_t number = 0;
    const char *end = spec + length;
    for (const char *at = spec; at < end; number++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        const char *equal = memchr(at, '=', (size_t)(stop - at));
        if (equal)
            number = strtoull(equal + 1, NULL, 0);
        if (number == value) {
            line_put(line, at, (size_t)((equal ? equal : stop) - at));
            return;
        }
        at = stop + 1;
    }
    line_printf(line, "%#llx", (unsigned long long)value);
}

/* The names of value's bits, lowest first. */
static void bits_put(struct etw_line *line, const char *spec, size_t length, uint64_t value)
{
    const char *end = spec + length;
    const char *gap = "";
    line_printf(line, "%#llx(", (unsigned long long)value);
    for (unsigned bit = 0; bit < 64 && spec < end; bit++) {
        const char *comma = memchr(spec, ',', (size_t)(end - spec));
        const char *stop = comma ? comma : end;
        if (value >> bit & 1) {
            line_printf(line, "%s%.*s", gap, (int)(stop - spec), spec);
            gap = "|";
        }
        spec = stop + 1;
    }
    line_text(line, ")");
}

/* 100 ns since 1601, in UTC. */
static void time_put(struct etw_line *line, uint64_t value)
{
    LARGE_INTEGER time = {.QuadPart = (LONGLONG)value};
    TIME_FIELDS fields;
    RtlTimeToTimeFields(&time, &fields);
    line_printf(line, "%04d-%02d-%02d %02d:%02d:%02d.%03d", fields.Year, fields.Month, fields.Day,
                fields.Hour, fields.Minute, fields.Second, fields.Milliseconds);
}

static void sid_put(struct etw_line *line, struct etw_bytes *arguments)
{
    const uint8_t *head = bytes_take(arguments, 8);
    if (!head) {
        line_text(line, "?");
        return;
    }
    uint64_t authority = 0;
    for (unsigned i = 2; i < 8; i++)
        authority = authority << 8 | head[i];
    line_printf(line, "S-%u-%llu", head[0], (unsigned long long)authority);
    for (unsigned i = 0; i < head[1]; i++) {
        uint32_t part = 0;
        const void *at = bytes_take(arguments, sizeof part);
        if (!at)
            return;
        memcpy(&part, at, sizeof part);
        line_printf(line, "-%u", part);
    }
}

/* True when type is one of text; then it has been put. */
static bool text_put(struct etw_line *line, char type, struct etw_bytes *arguments)
{
    size_t length = 0;
    const void *at;
    switch (type) {
    case 's':
        at = bytes_string(arguments, 1, &length);
        break;
    case 'S':
        at = bytes_string(arguments, 2, &length);
        break;
    case 'z':
    case 'Z':
    case 'x':
        at = bytes_counted(arguments, &length);
        break;
    default:
        return false;
    }
    if (!at)
        line_text(line, "?");
    else if (type == 'x')
        line_hex(line, at, length);
    else if (type == 'S' || type == 'Z')
        line_wide(line, at, type == 'Z' ? length / 2 : length);
    else
        line_narrow(line, at, length);
    return true;
}

/* Bytes of the scalar type; 0: none of these. */
static size_t scalar_size(char type)
{
    static const char letters[] = "1234567890"; /* sizes of integers stand for themselves */
    if (strchr("iteEwhB", type))
        return 4;
    if (strchr("IpfTb", type))
        return type == 'b' ? 4 : 8;
    return strchr(letters, type) && type != '0' ? (size_t)(type - '0') : 0;
}

static void scalar_put(struct etw_line *line, char type, const char *spec, size_t spec_length,
                       uint64_t value)
{
    double real;
    switch (type) {
    case 'I':
    case '8':
        number_put(line, spec, spec_length, value, true);
        break;
    case 'p':
        line_printf(line, "0x%016llx", (unsigned long long)value);
        break;
    case 'f':
        memcpy(&real, &value, sizeof real);
        double_put(line, spec, spec_length, real);
        break;
    case 't':
        line_text(line, rtl_status_text((NTSTATUS)value));
        break;
    case 'w':
        line_printf(line, "error %llu", (unsigned long long)value);
        break;
    case 'h':
        line_printf(line, "0x%08llx", (unsigned long long)value);
        break;
    case 'e':
        enumeration_put(line, spec, spec_length, value);
        break;
    case 'b':
        bits_put(line, spec, spec_length, value);
        break;
    case 'B':
        line_text(line, value ? "true" : "false");
        break;
    case 'T':
        time_put(line, value);
        break;
    case '1':
    case '2':
        if (spec_length && strchr("di", spec[spec_length - 1]))
            value = (uint64_t)(type == '1' ? (int64_t)(int8_t)value : (int64_t)(int16_t)value);
        number_put(line, spec, spec_length, value, false);
        break;
    default:
        number_put(line, spec, spec_length, value, false);
    }
}

void value_put(struct etw_line *line, char type, const char *spec, size_t spec_length,
               struct etw_bytes *arguments)
{
    uint64_t value = 0;
    const void *at;
    size_t size = scalar_size(type);
    if (text_put(line, type, arguments))
        return;
    if (type == 'u') {
        sid_put(line, arguments);
        return;
    }
    if (type == 'g') {
        GUID guid;
        if ((at = bytes_take(arguments, sizeof guid))) {
            memcpy(&guid, at, sizeof guid);
            line_guid(line, &guid);
        } else {
            line_text(line, "?");
        }
        return;
    }
    at = size ? bytes_take(arguments, size) : NULL;
    if (!at) {
        line_text(line, "?");
        return;
    }
    memcpy(&value, at, size);
    scalar_put(line, type, spec, spec_length, value);
}

void template_put(struct etw_line *line, const struct etw_record *record,
                  struct etw_bytes *arguments)
{
    const char *at = record->texts[4];
    while (*at) {
        size_t plain = strcspn(at, "\001");
        line_narrow(line, at, plain);
        at += plain;
        if (*at != TEMPLATE_OPEN || !at[1])
            break;
        char type = at[1];
        const char *spec = at + 2;
        const char *close = strchr(spec, TEMPLATE_CLOSE);
        if (!close)
            break;
        if (type == 'F')
            line_text(line, record->texts[0]);
        else
            value_put(line, type, spec, (size_t)(close - spec), arguments);
        at = close + 1;
    }
}

void fields_put(struct etw_line *line, const char *fields, struct etw_bytes *arguments)
{
    while (*fields && arguments->left) {
        size_t length = strcspn(fields, ";");
        const char *colon = memchr(fields, ':', length);
        if (!colon || colon + 1 >= fields + length)
            return;
        line_printf(line, " %.*s=", (int)(colon - fields), fields);
        bool is_quoted = strchr("sSzZ", colon[1]) != NULL;
        if (is_quoted)
            line_text(line, "\"");
        value_put(line, colon[1], colon + 2, (size_t)(fields + length - (colon + 2)), arguments);
        if (is_quoted)
            line_text(line, "\"");
        fields += length + (fields[length] == ';');
    }
}
