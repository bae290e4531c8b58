/* SPDX-License-Identifier: MIT */
/* lines.c - text cut into headers and lines of fields, as they stand in the file.
 *
 * Here quotation marks, comments and continued lines end; percent signs stay for strings.c, which
 * needs the whole file first. A quoted string ends with its line at the latest.
 */
#include "inf_internal.h"

#include <string.h>

struct reader {
    struct inf *inf;
    struct raw_inf *raw;
    const char *at, *end;
    uint32_t number; /* of the line that at is in */
    struct inf_error *error;
    char *field;       /* INF_FIELD_BYTES */
    size_t used, kept; /* kept: up to here nothing is trimmed */
    bool is_quoted;
};

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool at_line_end(const struct reader *reader)
{
    return reader->at == reader->end || *reader->at == '\n' || *reader->at == '\r';
}

static void line_skip(struct reader *reader)
{
    while (!at_line_end(reader))
        reader->at++;
    if (reader->at < reader->end && *reader->at == '\r')
        reader->at++;
    if (reader->at < reader->end && *reader->at == '\n')
        reader->at++;
    reader->number++;
}

/* How many bytes of blank space are here: editors put in spaces that do not break, U+00A0, too. */
static unsigned blank_length(const struct reader *reader)
{
    const char *at = reader->at;
    if (is_blank(*at))
        return 1;
    return reader->end - at >= 2 && at[0] == '\xc2' && at[1] == '\xa0' ? 2 : 0;
}

static void blanks_skip(struct reader *reader)
{
    while (!at_line_end(reader) && blank_length(reader))
        reader->at += blank_length(reader);
}

/* Backslashes with nothing but a comment behind them: the next line goes on with this one. */
static bool continuation_take(struct reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && *at == '\\')
        at++;
    while (at < reader->end && is_blank(*at))
        at++;
    if (at < reader->end && *at != '\n' && *at != '\r' && *at != ';')
        return false;
    reader->at = at;
    line_skip(reader);
    blanks_skip(reader);
    return true;
}

static int field_put(struct reader *reader, const char *from, size_t length)
{
    if (reader->used + length >= INF_FIELD_BYTES)
        return inf_fail(reader->inf, reader->number, reader->error,
                        "a field is longer than %u characters; shorten it", INF_FIELD_MAX - 1);
    memcpy(reader->field + reader->used, from, length);
    reader->used += length;
    return INF_OK;
}

static int quoted_read(struct reader *reader)
{
    int result = INF_OK;
    reader->at++;
    reader->is_quoted = true;
    for (; result == INF_OK; reader->at++) {
        if (at_line_end(reader)) {
            inf_odd(reader->inf, INF_ODD_QUOTE, reader->number, "");
            break;
        }
        if (*reader->at == '"') {
            bool is_doubled = reader->at + 1 < reader->end && reader->at[1] == '"';
            reader->at += 1;
            if (!is_doubled)
                break;
        }
        result = field_put(reader, reader->at, 1);
    }
    reader->kept = reader->used;
    return result;
}

/* How long the %token% at a percent sign is: a semicolon in it begins no comment. 1: no token. */
static size_t token_length(const struct reader *reader)
{
    for (const char *at = reader->at + 1; at < reader->end; at++) {
        if (*at == '%')
            return (size_t)(at - reader->at) + 1;
        if (strchr("\r\n\",=", *at))
            break;
    }
    return 1;
}

static int plain_read(struct reader *reader)
{
    size_t blank = blank_length(reader);
    size_t length = *reader->at == '%' ? token_length(reader) : blank ? blank : 1;
    int result = field_put(reader, reader->at, length);
    if (!blank)
        reader->kept = reader->used;
    reader->at += length;
    return result;
}

/* Reads a field up to its end: ',' or '=' when is_first, else NUL for the end of the line. */
static int field_read(struct reader *reader, bool is_first, char *out_end)
{
    int result = INF_OK;
    reader->used = reader->kept = 0;
    reader->is_quoted = false;
    blanks_skip(reader);
    *out_end = 0;
    while (result == INF_OK && !at_line_end(reader) && *reader->at != ';') {
        char c = *reader->at;
        if (c == ',' || (c == '=' && is_first)) {
            *out_end = c;
            reader->at++;
            break;
        }
        if (c == '\\' && continuation_take(reader)) {
            if (reader->used == 0)
                blanks_skip(reader);
            continue;
        }
        result = c == '"' ? quoted_read(reader) : plain_read(reader);
    }
    return result;
}

static int field_keep(struct reader *reader)
{
    struct inf_field *field = list_add(&reader->raw->fields, sizeof *field);
    if (field)
        field->text = memory_text(&reader->inf->memory, reader->field, reader->kept);
    if (!field || !field->text)
        return inf_fail_memory(reader->inf, reader->error);
    field->is_quoted = reader->is_quoted;
    if (text_utf16(reader->field, reader->kept, NULL) >= INF_FIELD_MAX)
        return inf_fail(reader->inf, reader->number, reader->error,
                        "a field is longer than %u characters; shorten it", INF_FIELD_MAX - 1);
    return INF_OK;
}

static struct raw_line *line_add(struct reader *reader)
{
    struct raw_line *line = list_add(&reader->raw->lines, sizeof *line);
    if (line)
        *line = (struct raw_line){.number = reader->number, .first = reader->raw->fields.count};
    return line;
}

static int header_read(struct reader *reader)
{
    struct raw_line *line = line_add(reader);
    if (!line)
        return inf_fail_memory(reader->inf, reader->error);
    line->is_header = true;
    line->count = 1;
    reader->at++;
    reader->used = reader->kept = 0;
    blanks_skip(reader);
    for (; !at_line_end(reader) && *reader->at != ']'; reader->at++)
        if (field_put(reader, reader->at, 1))
            return INF_DAMAGED;
    if (at_line_end(reader))
        return inf_fail(reader->inf, reader->number, reader->error,
                        "the section's name has no ] behind it; write [name]");
    reader->at++;
    while (reader->used > 0 && is_blank(reader->field[reader->used - 1]))
        reader->used--;
    reader->kept = reader->used;
    if (text_utf16(reader->field, reader->kept, NULL) >= INF_NAME_MAX)
        return inf_fail(reader->inf, reader->number, reader->error,
                        "a section's name is longer than %u characters; shorten it",
                        INF_NAME_MAX - 1);
    blanks_skip(reader);
    if (!at_line_end(reader) && *reader->at != ';')
        inf_odd(reader->inf, INF_ODD_HEADER, reader->number, "");
    return field_keep(reader);
}

static int entry_read(struct reader *reader)
{
    uint32_t number = reader->number;
    if (reader->raw->lines.count == 0) {
        inf_odd(reader->inf, INF_ODD_BEFORE, number, "");
        while (!at_line_end(reader))
            reader->at++;
        return INF_OK;
    }
    if (!line_add(reader))
        return inf_fail_memory(reader->inf, reader->error);
    uint32_t index = reader->raw->lines.count - 1, count = 0;
    bool has_key = false;
    char end;
    do {
        int result = field_read(reader, count == 0, &end);
        bool is_nothing = end == 0 && reader->kept == 0 && !reader->is_quoted;
        if (result == INF_OK && is_nothing && count <= has_key)
            break; /* "key =" has no field */
        if (result == INF_OK)
            result = field_keep(reader);
        if (result)
            return result;
        has_key = has_key || end == '=';
        if (++count > INF_FIELDS_MAX)
            return inf_fail(reader->inf, number, reader->error,
                            "the line has more than %u fields; split it", INF_FIELDS_MAX);
    } while (end);
    struct raw_line *line = (struct raw_line *)reader->raw->lines.items + index;
    line->has_key = has_key;
    line->count = count;
    if (count == 0)
        reader->raw->lines.count--;
    return INF_OK;
}

int raw_read(struct inf *inf, const char *text, size_t length, struct raw_inf *raw,
             struct inf_error *out_error)
{
    struct reader reader = {
        .inf = inf, .raw = raw, .at = text, .end = text + length, .number = 1, .error = out_error};
    int result = INF_OK;
    reader.field = memory_take(&inf->memory, INF_FIELD_BYTES);
    if (!reader.field)
        return inf_fail_memory(inf, out_error);
    while (result == INF_OK && reader.at < reader.end) {
        blanks_skip(&reader);
        if (!at_line_end(&reader) && *reader.at == '[')
            result = header_read(&reader);
        else if (!at_line_end(&reader) && *reader.at != ';')
            result = entry_read(&reader);
        if (result == INF_OK && raw->lines.count > INF_LINES_MAX)
            result =
                inf_fail(inf, reader.number, out_error,
                         "the file has more than %u lines; no INF is that long", INF_LINES_MAX);
        line_skip(&reader);
    }
    return result;
}
