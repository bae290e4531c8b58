/* SPDX-License-Identifier: MIT */
/* read.c - a .reg file's text, line by line, into keys and values.
 *
 * The bytes come from anywhere: every step looks where the text ends. All that is made lies in
 * blocks that go together. Of REGEDIT4 the strings in hex(2) and hex(7) are bytes of a code page
 * and are made UTF-16, as the version 5 has them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regfile/regfile.h"
#include "regfile_internal.h"

#define PATH_CHARS_MAX 32767
#define TYPE_SZ        1
#define TYPE_EXPAND    2
#define TYPE_BINARY    3
#define TYPE_DWORD     4
#define TYPE_MULTI     7

struct reg_block {
    struct reg_block *next;
    size_t used, room;
    _Alignas(16) char bytes[];
};

struct reader {
    const uint16_t *text;
    size_t count, at;
    uint32_t line;
    bool is_old; /* REGEDIT4 */
    struct reg_file *file;
    uint32_t key_room, value_room; /* of the file's keys, of the last key's values */
    struct reg_error *error;
    int result;
};

static int fail(struct reader *reader, const char *text)
{
    if (!reader->result) {
        reader->error->line = reader->line;
        snprintf(reader->error->text, sizeof reader->error->text, "%s", text);
        reader->result = EINVAL;
    }
    return reader->result;
}

static void *take(struct reader *reader, size_t bytes)
{
    struct reg_block *block = reader->file->blocks;
    bytes = (bytes + 15) & ~(size_t)15;
    if (!block || block->room - block->used < bytes) {
        size_t room = bytes > 65536 ? bytes : 65536;
        struct reg_block *fresh = malloc(sizeof *fresh + room);
        if (!fresh) {
            reader->result = ENOMEM;
            return NULL;
        }
        *fresh = (struct reg_block){.next = block, .room = room};
        reader->file->blocks = block = fresh;
    }
    void *memory = block->bytes + block->used;
    block->used += bytes;
    return memory;
}

/* Arrays that grow by doubling; the old one stays behind in its block. */
static void *grow(struct reader *reader, void *old, uint32_t count, uint32_t *io_room, size_t size)
{
    if (count < *io_room)
        return old;
    uint32_t room = *io_room ? *io_room * 2 : 4;
    void *fresh = take(reader, room * size);
    if (!fresh)
        return NULL;
    if (count)
        memcpy(fresh, old, count * size);
    *io_room = room;
    return fresh;
}

/* ---- characters ------------------------------------------------------------------------------ */

static int peek(const struct reader *reader)
{
    return reader->at < reader->count ? reader->text[reader->at] : -1;
}

static bool is_end(int c)
{
    return c == -1 || c == '\n' || c == '\r';
}

static void blanks_skip(struct reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\t')
        reader->at++;
}

static void line_skip(struct reader *reader)
{
    while (!is_end(peek(reader)))
        reader->at++;
}

static void line_next(struct reader *reader)
{
    if (peek(reader) == '\r')
        reader->at++;
    if (peek(reader) == '\n')
        reader->at++;
    reader->line++;
}

/* Nothing but blanks and a remark may follow. */
static int line_finish(struct reader *reader)
{
    blanks_skip(reader);
    if (peek(reader) == ';')
        line_skip(reader);
    return is_end(peek(reader)) ? 0 : fail(reader, "there is more on the line than belongs there");
}

static bool word_skip(struct reader *reader, const char *word)
{
    size_t length = strlen(word);
    if (reader->count - reader->at < length)
        return false;
    for (size_t i = 0; i < length; i++) {
        uint16_t c = reader->text[reader->at + i];
        if (c >= 'A' && c <= 'Z')
            c += 32;
        if (c != (unsigned char)word[i])
            return false;
    }
    reader->at += length;
    return true;
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Up to `most` digits; false: not one, or more. */
static bool hex_read(struct reader *reader, unsigned most, uint32_t *out_number)
{
    unsigned digits = 0;
    uint32_t number = 0;
    for (int digit; (digit = hex_digit(peek(reader))) >= 0; reader->at++, digits++) {
        if (digits == most)
            return false;
        number = number << 4 | (uint32_t)digit;
    }
    *out_number = number;
    return digits > 0;
}

/* ---- parts ------------------------------------------------------------------------------------
 */

/* After the opening quote, to behind the closing one. A string may hold ends of lines. */
static int string_read(struct reader *reader, const uint16_t **out_text, uint32_t *out_count)
{
    size_t from = reader->at, end = from;
    uint32_t count = 0;
    while (end < reader->count && reader->text[end] != '"')
        end += reader->text[end] == '\\' ? 2 : 1;
    if (end >= reader->count)
        return fail(reader, "a string has no closing quote");
    uint16_t *text = take(reader, (end - from + 1) * sizeof *text);
    if (!text)
        return reader->result;
    for (size_t i = from; i < end; i++) {
        if (reader->text[i] == '\\')
            i++;
        if (reader->text[i] == '\n')
            reader->line++;
        text[count++] = reader->text[i];
    }
    text[count] = 0;
    reader->at = end + 1;
    *out_text = text;
    *out_count = count;
    return 0;
}

/* A list of bytes, "\" at the end of a line goes on in the next. */
static int bytes_read(struct reader *reader, struct reg_value *value)
{
    size_t room = 1;
    uint16_t last = 0;
    for (size_t at = reader->at; at < reader->count; at++) {
        uint16_t c = reader->text[at];
        if (c == '\n' && last != '\\')
            break;
        room += c == ',';
        last = c == '\r' || c == ' ' || c == '\t' ? last : c;
    }
    uint8_t *data = take(reader, room);
    if (!data)
        return reader->result;
    for (;;) {
        uint32_t byte;
        blanks_skip(reader);
        if (peek(reader) == '\\') {
            reader->at++;
            if (line_finish(reader))
                return reader->result;
            line_next(reader);
            continue;
        }
        if (is_end(peek(reader)) || peek(reader) == ';')
            break;
        if (value->length == room || !hex_read(reader, 2, &byte))
            return fail(reader, "a list of bytes wants two hexadecimal digits for each");
        data[value->length++] = (uint8_t)byte;
        blanks_skip(reader);
        if (peek(reader) != ',')
            break;
        reader->at++;
    }
    value->data = data;
    return 0;
}

/* What REGEDIT4 has as bytes of a code page, as UTF-16. */
static int bytes_widen(struct reader *reader, struct reg_value *value)
{
    uint16_t *wide = take(reader, (value->length + 1) * sizeof *wide);
    if (!wide)
        return reader->result;
    for (uint32_t i = 0; i < value->length; i++)
        wide[i] = value->data[i];
    value->data = (uint8_t *)wide;
    value->length *= (uint32_t)sizeof *wide;
    return 0;
}

static int data_read(struct reader *reader, struct reg_value *value)
{
    blanks_skip(reader);
    if (peek(reader) == '-') {
        reader->at++;
        value->is_deleted = true;
        return line_finish(reader);
    }
    if (peek(reader) == '"') {
        const uint16_t *text;
        uint32_t count;
        reader->at++;
        if (string_read(reader, &text, &count))
            return reader->result;
        value->type = TYPE_SZ;
        value->data = (const uint8_t *)text;
        value->length = (count + 1) * (uint32_t)sizeof *text;
        return line_finish(reader);
    }
    if (word_skip(reader, "dword:")) {
        uint32_t *number = take(reader, sizeof *number);
        blanks_skip(reader);
        if (!number || !hex_read(reader, 8, number))
            return number ? fail(reader, "dword: wants up to eight hexadecimal digits") : ENOMEM;
        value->type = TYPE_DWORD;
        value->data = (uint8_t *)number;
        value->length = sizeof *number;
        return line_finish(reader);
    }
    value->type = TYPE_BINARY;
    if (word_skip(reader, "hex(")) {
        if (!hex_read(reader, 8, &value->type) || peek(reader) != ')')
            return fail(reader, "hex( wants the number of a type and )");
        reader->at++;
        if (!word_skip(reader, ":"))
            return fail(reader, "there is no : after hex(…)");
    } else if (!word_skip(reader, "hex:")) {
        return fail(reader, "after = there must be \"text\", dword:, hex:, hex(TYPE): or -");
    }
    if (bytes_read(reader, value))
        return reader->result;
    if (reader->is_old && (value->type == TYPE_EXPAND || value->type == TYPE_MULTI) &&
        bytes_widen(reader, value))
        return reader->result;
    return line_finish(reader);
}

static int value_read(struct reader *reader)
{
    struct reg_file *file = reader->file;
    struct reg_value value = {0};
    if (!file->key_count)
        return fail(reader, "a value comes before the first [key]");
    struct reg_key *key = &file->keys[file->key_count - 1];
    if (key->is_deleted)
        return fail(reader, "a key that is deleted has no values");
    if (peek(reader) == '@') {
        reader->at++;
    } else {
        reader->at++;
        if (string_read(reader, &value.name, &value.name_count))
            return reader->result;
        if (value.name_count > 16383)
            return fail(reader, "the name of a value is too long");
    }
    blanks_skip(reader);
    if (peek(reader) != '=')
        return fail(reader, "there is no = behind the name");
    reader->at++;
    if (data_read(reader, &value))
        return reader->result;
    struct reg_value *values =
        grow(reader, key->values, key->value_count, &reader->value_room, sizeof value);
    if (!values)
        return reader->result;
    key->values = values;
    key->values[key->value_count++] = value;
    return 0;
}

static int key_read(struct reader *reader)
{
    struct reg_file *file = reader->file;
    struct reg_key key = {.line = reader->line};
    reader->at++;
    if (peek(reader) == '-') {
        key.is_deleted = true;
        reader->at++;
    }
    /* Names may hold brackets: the last one of the line is the end. */
    size_t from = reader->at, end = from, stop = from;
    for (; end < reader->count && !is_end(reader->text[end]); end++)
        stop = reader->text[end] == ']' ? end : stop;
    if (stop == from)
        return fail(reader, "a key wants a name between [ and ]");
    if (stop - from > PATH_CHARS_MAX)
        return fail(reader, "the name of a key is too long");
    key.path = reader->text + from;
    key.path_count = (uint32_t)(stop - from);
    uint16_t *path = take(reader, key.path_count * sizeof *path);
    struct reg_key *keys =
        path ? grow(reader, file->keys, file->key_count, &reader->key_room, sizeof key) : NULL;
    if (!keys)
        return reader->result;
    memcpy(path, key.path, key.path_count * sizeof *path);
    key.path = path;
    file->keys = keys;
    file->keys[file->key_count++] = key;
    reader->value_room = 0;
    reader->at = stop + 1;
    return line_finish(reader);
}

static int header_read(struct reader *reader)
{
    while (is_end(peek(reader)) && peek(reader) != -1)
        line_next(reader);
    reader->is_old = word_skip(reader, "regedit4");
    if (!reader->is_old && !word_skip(reader, "windows registry editor version 5.00"))
        return fail(reader, "the first line is neither \"Windows Registry Editor Version 5.00\" "
                            "nor \"REGEDIT4\"");
    return line_finish(reader);
}

static int text_read(struct reader *reader)
{
    if (header_read(reader))
        return reader->result;
    while (!reader->result && reader->at < reader->count) {
        line_next(reader);
        blanks_skip(reader);
        int c = peek(reader);
        if (c == '[')
            key_read(reader);
        else if (c == '"' || c == '@')
            value_read(reader);
        else
            line_finish(reader);
    }
    return reader->result;
}

int regfile_parse(const void *bytes, size_t length, struct reg_file *out_file,
                  struct reg_error *out_error)
{
    size_t count;
    uint16_t *text = regfile_decode(bytes, length, &count);
    struct reader reader = {.text = text, .line = 1, .file = out_file, .error = out_error};
    *out_file = (struct reg_file){0};
    *out_error = (struct reg_error){0};
    reader.count = count;
    if (!text)
        return ENOMEM;
    int result = text_read(&reader);
    free(text);
    if (result)
        regfile_free(out_file);
    return result;
}

void regfile_free(struct reg_file *file)
{
    for (struct reg_block *block = file->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *file = (struct reg_file){0};
}
