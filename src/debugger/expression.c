/* SPDX-License-Identifier: MIT */
/* expression.c - the expressions of a debugger, by descent: one function a rank of operators.
 *
 * Doc:     "MASM Numbers and Operators" (Microsoft Learn): hexadecimal by default, 0n 0x 0t 0y,
 *          a backtick inside a number, poi by wo dwo qwo hi low not, and or xor mod
 * Differs: no registers (the machine runs), no string operators
 */
#include "expression.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LENGTH 256u
#define DEPTH_MAX       64u

struct parser {
    const struct expression_world *world;
    const char *at;
    char *error;
    size_t error_size;
    unsigned depth;
    bool is_failed;
};

static uint64_t fail(struct parser *parser, const char *format, ...)
{
    va_list arguments;
    if (parser->is_failed)
        return 0;
    parser->is_failed = true;
    va_start(arguments, format);
    vsnprintf(parser->error, parser->error_size, format, arguments);
    va_end(arguments);
    return 0;
}

static void blanks_skip(struct parser *parser)
{
    while (isspace((unsigned char)*parser->at))
        parser->at++;
}

static bool accept(struct parser *parser, const char *token)
{
    size_t length = strlen(token);
    blanks_skip(parser);
    if (strncasecmp(parser->at, token, length))
        return false;
    if (isalpha((unsigned char)*token) &&
        (isalnum((unsigned char)parser->at[length]) || parser->at[length] == '_'))
        return false;
    parser->at += length;
    return true;
}

static uint64_t whole(struct parser *parser);

static uint64_t read_bytes(struct parser *parser, uint64_t address, size_t count)
{
    uint64_t value = 0;
    if (!parser->is_failed && !parser->world->read(parser->world->context, address, &value, count))
        fail(parser, "Memory access error at '%llx'", (unsigned long long)address);
    return value;
}

static unsigned digit_value(char c)
{
    return isdigit((unsigned char)c) ? (unsigned)(c - '0')
                                     : (unsigned)(tolower((unsigned char)c) - 'a' + 10);
}

/* A number in a base; false when word is none. */
static bool number_read(const char *word, unsigned base, uint64_t *out_value)
{
    uint64_t value = 0;
    bool has_digit = false;
    for (; *word; word++) {
        if (*word == '`')
            continue;
        if (!isalnum((unsigned char)*word) || digit_value(*word) >= base ||
            value > (UINT64_MAX - digit_value(*word)) / base)
            return false;
        value = value * base + digit_value(*word);
        has_digit = true;
    }
    *out_value = value;
    return has_digit;
}

static bool word_is_number(const char *word, uint64_t *out_value)
{
    static const struct {
        char letter;
        unsigned base;
    } bases[] = {{'x', 16}, {'n', 10}, {'t', 8}, {'y', 2}};
    if (word[0] == '0' && word[1])
        for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
            if (tolower((unsigned char)word[1]) == bases[i].letter && word[2])
                return number_read(word + 2, bases[i].base, out_value);
    size_t length = strlen(word);
    if (length > 1 && tolower((unsigned char)word[length - 1]) == 'h' && length < 32) {
        char copy[32];
        memcpy(copy, word, length - 1);
        copy[length - 1] = '\0';
        return number_read(copy, 16, out_value);
    }
    return number_read(word, 16, out_value);
}

/* Names hold what C++ and modules put into them. */
static bool is_word(const char *at)
{
    return isalnum((unsigned char)*at) || strchr("_!`?@$.#", *at) || (at[0] == ':' && at[1] == ':');
}

static uint64_t atom(struct parser *parser);

/* Whatever nests comes through here. */
static uint64_t operand(struct parser *parser, uint64_t (*rank)(struct parser *parser))
{
    if (++parser->depth > DEPTH_MAX)
        return fail(parser, "Expression is too deep");
    uint64_t value = rank(parser);
    parser->depth--;
    return value;
}

static uint64_t atom(struct parser *parser)
{
    static const struct {
        const char *name;
        size_t bytes;
    } reads[] = {{"poi", 8}, {"by", 1}, {"wo", 2}, {"dwo", 4}, {"qwo", 8}};
    char word[NAME_MAX_LENGTH];
    size_t length = 0;
    uint64_t value;
    blanks_skip(parser);
    if (accept(parser, "(")) {
        value = operand(parser, whole);
        if (!accept(parser, ")"))
            fail(parser, "Missing ')' at '%s'", parser->at);
        return value;
    }
    while (*parser->at && is_word(parser->at) && length < sizeof word - 1) {
        if (*parser->at == ':')
            word[length++] = *parser->at++;
        word[length++] = *parser->at++;
        if (length >= sizeof word - 2)
            break;
    }
    word[length] = '\0';
    if (!length)
        return fail(parser, *parser->at ? "Syntax error at '%s'" : "Numeric expression missing%s",
                    parser->at);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        blanks_skip(parser);
        if (!strcasecmp(word, reads[i].name) && *parser->at == '(')
            return read_bytes(parser, operand(parser, atom), reads[i].bytes);
    }
    if (!strcasecmp(word, "not") || !strcasecmp(word, "hi") || !strcasecmp(word, "low")) {
        value = operand(parser, atom);
        return tolower((unsigned char)*word) == 'n'   ? !value
               : tolower((unsigned char)*word) == 'h' ? value >> 16 & 0xffff
                                                      : value & 0xffff;
    }
    if (word_is_number(word, &value) || parser->world->symbol(parser->world->context, word, &value))
        return value;
    return fail(parser, "Couldn't resolve error at '%s'", word);
}

static uint64_t unary(struct parser *parser)
{
    if (accept(parser, "-"))
        return -operand(parser, unary);
    if (accept(parser, "~"))
        return ~operand(parser, unary);
    if (accept(parser, "+"))
        return operand(parser, unary);
    return atom(parser);
}

static uint64_t product(struct parser *parser)
{
    uint64_t left = unary(parser);
    while (!parser->is_failed) {
        bool is_rest = false, is_quotient = false;
        if (accept(parser, "*")) {
            left *= unary(parser);
            continue;
        }
        if (!(is_quotient = accept(parser, "/")) &&
            !(is_rest = accept(parser, "%") || accept(parser, "mod")))
            break;
        uint64_t right = unary(parser);
        if (!right)
            return fail(parser, "Divide by zero in expression");
        left = is_quotient ? left / right : left % right;
    }
    return left;
}

static uint64_t sum(struct parser *parser)
{
    uint64_t left = product(parser);
    while (!parser->is_failed)
        if (accept(parser, "+"))
            left += product(parser);
        else if (accept(parser, "-"))
            left -= product(parser);
        else
            break;
    return left;
}

static uint64_t shift(struct parser *parser)
{
    uint64_t left = sum(parser), right;
    while (!parser->is_failed)
        if (accept(parser, "<<"))
            left = (right = sum(parser)) < 64 ? left << right : 0;
        else if (accept(parser, ">>>"))
            left = (uint64_t)((int64_t)left >> ((right = sum(parser)) < 64 ? right : 63));
        else if (accept(parser, ">>"))
            left = (right = sum(parser)) < 64 ? left >> right : 0;
        else
            break;
    return left;
}

static uint64_t comparison(struct parser *parser)
{
    uint64_t left = shift(parser);
    while (!parser->is_failed)
        if (accept(parser, "=="))
            left = left == shift(parser);
        else if (accept(parser, "!="))
            left = left != shift(parser);
        else if (accept(parser, "<="))
            left = left <= shift(parser);
        else if (accept(parser, ">="))
            left = left >= shift(parser);
        else if (accept(parser, "<"))
            left = left < shift(parser);
        else if (accept(parser, ">"))
            left = left > shift(parser);
        else if (accept(parser, "="))
            left = left == shift(parser);
        else
            break;
    return left;
}

static uint64_t whole(struct parser *parser)
{
    uint64_t left = comparison(parser);
    while (!parser->is_failed)
        if (accept(parser, "&") || accept(parser, "and"))
            left &= comparison(parser);
        else if (accept(parser, "^") || accept(parser, "xor"))
            left ^= comparison(parser);
        else if (accept(parser, "|") || accept(parser, "or"))
            left |= comparison(parser);
        else
            break;
    return left;
}

bool expression_evaluate(const struct expression_world *world, const char *text,
                         uint64_t *out_value, char *out_error, size_t error_size)
{
    struct parser parser = {
        .world = world, .at = text, .error = out_error, .error_size = error_size};
    uint64_t value = whole(&parser);
    blanks_skip(&parser);
    if (!parser.is_failed && *parser.at)
        fail(&parser, "Extra character error at '%s'", parser.at);
    if (parser.is_failed)
        return false;
    *out_value = value;
    return true;
}
