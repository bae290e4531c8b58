/* SPDX-License-Identifier: MIT */
/* lex.c - a script's words: names, numbers, signs; comments and white space between them.
 *
 * One word is looked at at a time. In a C header (IOCTLs) the lines of the preprocessor are passed
 * over. After a refusal every further word is the end.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "thunk_internal.h"

#define NAME_MAX_LENGTH 120u

static void fail_print(struct thunk_reader *reader, uint32_t line, uint32_t column,
                       const char *reason, va_list arguments)
{
    struct thunk_error *error = reader->error;
    if (reader->has_failed)
        return;
    reader->has_failed = true;
    reader->word = (struct thunk_word){.kind = WORD_END, .line = line, .column = column};
    reader->at = reader->end;
    error->line = line;
    error->column = column;
    int n = snprintf(error->text, sizeof error->text, "%.120s:%u:%u: ", reader->name, line, column);
    vsnprintf(error->text + n, sizeof error->text - (size_t)n, reason, arguments);
}

bool thunk_fail(struct thunk_reader *reader, const char *reason, ...)
{
    va_list arguments;
    va_start(arguments, reason);
    fail_print(reader, reader->word.line, reader->word.column, reason, arguments);
    va_end(arguments);
    return false;
}

bool thunk_fail_at(struct thunk_reader *reader, uint32_t line, uint32_t column, const char *reason,
                   ...)
{
    va_list arguments;
    va_start(arguments, reason);
    fail_print(reader, line, column, reason, arguments);
    va_end(arguments);
    return false;
}

void thunk_warn(struct thunk_reader *reader, uint32_t line, uint32_t column, const char *reason,
                ...)
{
    struct thunk_script *script = reader->script;
    char text[400];
    int n = snprintf(text, sizeof text, "%.120s:%u:%u: ", reader->name, line, column);
    va_list arguments;
    va_start(arguments, reason);
    vsnprintf(text + n, sizeof text - (size_t)n, reason, arguments);
    va_end(arguments);
    const char **grown = thunk_grow(reader, script->warnings, script->warning_count,
                                    &reader->warning_capacity, sizeof *grown);
    if (!grown)
        return;
    script->warnings = grown;
    grown[script->warning_count] = thunk_copy(reader, text, strlen(text));
    if (grown[script->warning_count])
        script->warning_count++;
}

void *thunk_grow(struct thunk_reader *reader, void *items, uint32_t count, uint32_t *capacity,
                 size_t item_bytes)
{
    if (count < *capacity)
        return items;
    uint32_t more = *capacity ? *capacity * 2 : 16;
    void *grown = thunk_take(reader->script, more * item_bytes);
    if (!grown) {
        thunk_fail(reader, "there is no memory left");
        return NULL;
    }
    if (count)
        memcpy(grown, items, count * item_bytes);
    *capacity = more;
    return grown;
}

char *thunk_copy(struct thunk_reader *reader, const char *text, size_t length)
{
    char *copy = thunk_take(reader->script, length + 1);
    if (!copy) {
        thunk_fail(reader, "there is no memory left");
        return NULL;
    }
    memcpy(copy, text, length);
    return copy;
}

static uint32_t column_here(const struct thunk_reader *reader)
{
    return (uint32_t)(reader->at - reader->line_start) + 1;
}

static void step(struct thunk_reader *reader)
{
    if (*reader->at++ == '\n') {
        reader->line++;
        reader->line_start = reader->at;
    }
}

static bool ahead(const struct thunk_reader *reader, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(reader->end - reader->at) >= length && !memcmp(reader->at, text, length);
}

static bool comment_skip(struct thunk_reader *reader)
{
    uint32_t line = reader->line, column = column_here(reader);
    for (reader->at += 2; reader->at < reader->end; step(reader))
        if (ahead(reader, "*/")) {
            reader->at += 2;
            return true;
        }
    return thunk_fail_at(reader, line, column, "the comment that begins here has no end: */");
}

/* A line of the preprocessor, with those that it goes on in. */
static void directive_skip(struct thunk_reader *reader)
{
    for (char last = 0; reader->at < reader->end; step(reader)) {
        if (*reader->at == '\n' && last != '\\')
            return;
        if (*reader->at != '\r')
            last = *reader->at;
    }
}

static bool space_skip(struct thunk_reader *reader)
{
    while (reader->at < reader->end) {
        if (ahead(reader, "/*")) {
            if (!comment_skip(reader))
                return false;
        } else if (ahead(reader, "//")) {
            while (reader->at < reader->end && *reader->at != '\n')
                reader->at++;
        } else if (isspace((unsigned char)*reader->at)) {
            step(reader);
        } else if (*reader->at == '#' && reader->options->language == THUNK_IOCTL) {
            directive_skip(reader);
        } else {
            break;
        }
    }
    return true;
}

static bool is_name_part(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static void number_read(struct thunk_reader *reader, struct thunk_word *word)
{
    unsigned base = 10;
    const char *at = word->text, *end = word->text + word->length;
    if (word->length > 2 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    } else if (at[0] == '0') {
        base = 8;
    }
    const char *digits = at;
    for (; at < end; at++) {
        unsigned digit = isdigit((unsigned char)*at) ? (unsigned)(*at - '0')
                         : isxdigit((unsigned char)*at)
                             ? (unsigned)(tolower((unsigned char)*at) - 'a' + 10)
                             : 99;
        if (digit >= base)
            break;
        if (word->number > (UINT64_MAX - digit) / base) {
            thunk_fail(reader, "the number is too large");
            return;
        }
        word->number = word->number * base + digit;
    }
    bool is_number = at > digits;
    while (at < end && strchr("uUlL", *at))
        at++;
    if (!is_number || at < end)
        thunk_fail(reader, "\"%.*s\" is no number; 10, 0x0a and 012 are", (int)word->length,
                   word->text);
}

void thunk_next(struct thunk_reader *reader)
{
    if (reader->has_failed || !space_skip(reader))
        return;
    struct thunk_word *word = &reader->word;
    *word = (struct thunk_word){
        .text = reader->at, .line = reader->line, .column = column_here(reader)};
    if (reader->at == reader->end)
        return;
    char c = *reader->at;
    const char *at = reader->at + 1;
    if (is_name_part(c)) {
        while (at < reader->end && is_name_part(*at))
            at++;
        word->kind = isdigit((unsigned char)c) ? WORD_NUMBER : WORD_NAME;
    } else {
        word->kind = WORD_SIGN;
        if (ahead(reader, "..."))
            at = reader->at + 3;
    }
    word->length = (uint32_t)(at - reader->at);
    if (word->length > NAME_MAX_LENGTH) {
        thunk_fail(reader, "a name has at most %u letters", NAME_MAX_LENGTH);
        return;
    }
    if (word->kind == WORD_SIGN && !strchr("(){}[]*;,=-:<>&|+.^~!?/%\"'", c) &&
        (unsigned char)c != 0) {
        if ((unsigned char)c > 0x7e || (unsigned char)c < ' ')
            thunk_fail(reader, "a byte 0x%02x stands here; scripts are plain ASCII",
                       (unsigned char)c);
        else
            thunk_fail(reader, "\"%c\" means nothing here%s", c,
                       c == '#' ? "; scripts have no preprocessor" : "");
        return;
    }
    if (c == 0) {
        thunk_fail(reader, "a zero byte stands here; scripts are plain ASCII");
        return;
    }
    reader->at = at;
    if (word->kind == WORD_NUMBER)
        number_read(reader, word);
}

bool thunk_word_is(const struct thunk_word *word, const char *text)
{
    return (word->kind == WORD_NAME || word->kind == WORD_SIGN) && strlen(text) == word->length &&
           !memcmp(word->text, text, word->length);
}

bool thunk_is(const struct thunk_reader *reader, const char *text)
{
    return thunk_word_is(&reader->word, text);
}

bool thunk_accept(struct thunk_reader *reader, const char *text)
{
    if (!thunk_is(reader, text))
        return false;
    thunk_next(reader);
    return true;
}

bool thunk_expect(struct thunk_reader *reader, const char *text, const char *after)
{
    if (thunk_accept(reader, text))
        return true;
    if (reader->word.kind == WORD_END)
        return thunk_fail(reader, "the script ends; \"%s\" should stand here, after %s", text,
                          after);
    return thunk_fail(reader, "\"%s\" should stand here, after %s, not \"%.*s\"", text, after,
                      (int)reader->word.length, reader->word.text);
}

/* Of C; after the empty one those of scripts alone. */
static const char *const keywords[] = {
    "typedef", "struct",   "union", "enum",  "unsigned", "signed", "char",           "short",
    "int",     "long",     "void",  "const", "volatile", "float",  "double",         "static",
    "extern",  "register", "",      "bool",  "input",    "output", "faulterrorcode", "inout"};

const char *thunk_name(struct thunk_reader *reader, const char *what)
{
    const struct thunk_word *word = &reader->word;
    if (word->kind != WORD_NAME) {
        if (word->kind == WORD_END)
            thunk_fail(reader, "the script ends; %s should stand here", what);
        else
            thunk_fail(reader, "%s should stand here, not \"%.*s\"", what, (int)word->length,
                       word->text);
        return NULL;
    }
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (!*keywords[i] && reader->options->language == THUNK_IOCTL)
            break;
        if (thunk_word_is(word, keywords[i])) {
            thunk_fail(reader, "%s should stand here; \"%s\" has a meaning of its own", what,
                       keywords[i]);
            return NULL;
        }
    }
    char *copy = thunk_copy(reader, word->text, word->length);
    thunk_next(reader);
    return copy;
}
