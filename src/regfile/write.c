/* SPDX-License-Identifier: MIT */
/* write.c - keys and values as the text of a .reg file, version 5, as Windows' own tools write it.
 *
 * A string that the quotes can hold stands in quotes, a number of four bytes as dword:, all else
 * as bytes, in lines of at most 79 characters. What is written is read back as the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "regfile/regfile.h"

#define TYPE_SZ     1
#define TYPE_BINARY 3
#define TYPE_DWORD  4
#define LINE_CHARS  79

static void put(struct reg_text *text, uint16_t c)
{
    if (text->count == text->room && !text->has_failed) {
        size_t room = text->room ? text->room * 2 : 4096;
        uint16_t *chars = realloc(text->chars, room * sizeof *chars);
        text->has_failed = !chars;
        if (chars) {
            text->chars = chars;
            text->room = room;
        }
    }
    if (!text->has_failed)
        text->chars[text->count++] = c;
}

static void puts_ascii(struct reg_text *text, const char *ascii)
{
    while (*ascii)
        put(text, (unsigned char)*ascii++);
}

static void put_escaped(struct reg_text *text, const uint16_t *chars, size_t count)
{
    put(text, '"');
    for (size_t i = 0; i < count; i++) {
        if (chars[i] == '"' || chars[i] == '\\')
            put(text, '\\');
        put(text, chars[i]);
    }
    put(text, '"');
}

static void put_hex(struct reg_text *text, uint32_t number, unsigned digits)
{
    while (digits-- > 0)
        put(text, (unsigned char)"0123456789abcdef"[number >> (4 * digits) & 15]);
}

void regfile_begin(struct reg_text *text)
{
    *text = (struct reg_text){0};
    put(text, 0xfeff);
    puts_ascii(text, "Windows Registry Editor Version 5.00\r\n");
}

void regfile_key(struct reg_text *text, const uint16_t *path, size_t count, bool is_deleted)
{
    puts_ascii(text, is_deleted ? "\r\n[-" : "\r\n[");
    for (size_t i = 0; i < count; i++)
        put(text, path[i]);
    puts_ascii(text, "]\r\n");
}

/* One terminating zero and none before. A return would be read as the end of a line elsewhere. */
static bool fits_quotes(const struct reg_value *value)
{
    if (value->type != TYPE_SZ || value->length < 2 || value->length % 2)
        return false;
    for (uint32_t i = 0; i < value->length; i += 2) {
        uint16_t c = (uint16_t)(value->data[i] | value->data[i + 1] << 8);
        if ((c == 0) != (i + 2 == value->length) || c == '\r' || c == '\n')
            return false;
    }
    return true;
}

static void put_bytes(struct reg_text *text, const struct reg_value *value, size_t line_from)
{
    puts_ascii(text, "hex");
    if (value->type != TYPE_BINARY) {
        unsigned digits = 1;
        while (digits < 8 && value->type >> (4 * digits))
            digits++;
        put(text, '(');
        put_hex(text, value->type, digits);
        put(text, ')');
    }
    put(text, ':');
    for (uint32_t i = 0; i < value->length; i++) {
        put_hex(text, value->data[i], 2);
        if (i + 1 == value->length)
            break;
        put(text, ',');
        if (text->count - line_from + 4 > LINE_CHARS) {
            puts_ascii(text, "\\\r\n");
            line_from = text->count;
            puts_ascii(text, "  ");
        }
    }
}

void regfile_value(struct reg_text *text, const struct reg_value *value)
{
    size_t line_from = text->count;
    if (value->name_count)
        put_escaped(text, value->name, value->name_count);
    else
        put(text, '@');
    put(text, '=');
    if (value->is_deleted) {
        put(text, '-');
    } else if (fits_quotes(value)) {
        uint16_t *copy = malloc(value->length);
        text->has_failed |= !copy;
        if (copy) {
            memcpy(copy, value->data, value->length);
            put_escaped(text, copy, value->length / 2 - 1);
        }
        free(copy);
    } else if (value->type == TYPE_DWORD && value->length == 4) {
        puts_ascii(text, "dword:");
        put_hex(text,
                (uint32_t)value->data[0] | (uint32_t)value->data[1] << 8 |
                    (uint32_t)value->data[2] << 16 | (uint32_t)value->data[3] << 24,
                8);
    } else {
        put_bytes(text, value, line_from);
    }
    puts_ascii(text, "\r\n");
}

void regfile_text_free(struct reg_text *text)
{
    free(text->chars);
    *text = (struct reg_text){0};
}
