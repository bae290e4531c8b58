/* SPDX-License-Identifier: MIT */
/* read.c - a script from its first word to its last: statements, typedefs, prototypes. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "thunk/table.h"
#include "thunk_internal.h"

#define SCRIPT_MAX (1u << 20)

/* ---- statements that hold for the whole script
 * --------------------------------------------------- */

static bool truth_read(struct thunk_reader *reader, const char *keyword, bool *out_truth)
{
    if (!thunk_expect(reader, "=", keyword))
        return false;
    bool is_true = thunk_is(reader, "true");
    if (!is_true && !thunk_is(reader, "false"))
        return thunk_fail(reader, "%s is true or false: %s = true;", keyword, keyword);
    thunk_next(reader);
    *out_truth = is_true;
    return thunk_expect(reader, ";", keyword);
}

static bool direction_read(struct thunk_reader *reader, enum thunk_direction direction,
                           const char *keyword)
{
    struct thunk_script *script = reader->script;
    struct thunk_word at = reader->word;
    bool is_true;
    thunk_next(reader);
    if (!truth_read(reader, keyword, &is_true))
        return false;
    if (!is_true)
        return true;
    if (script->direction && script->direction != direction)
        return thunk_fail_at(reader, at.line, at.column,
                             "one script has one direction; write a second one for the other");
    if (script->function_count)
        return thunk_fail_at(reader, at.line, at.column,
                             "the direction stands at the beginning, before the functions");
    script->direction = direction;
    return true;
}

static bool preload_32_read(struct thunk_reader *reader)
{
    struct thunk_word at = reader->word;
    thunk_next(reader);
    if (!truth_read(reader, "preload32", &reader->script->preloads_32))
        return false;
    if (reader->script->preloads_32 && reader->script->direction == THUNK_32_TO_16)
        thunk_warn(reader, at.line, at.column,
                   "preload32 says nothing from 32 to 16 bits: the 32-bit DLL is there first");
    return true;
}

static bool preload_16_read(struct thunk_reader *reader)
{
    bool ignored;
    thunk_warn(reader, reader->word.line, reader->word.column,
               "preload16 is not used: a 16-bit DLL is never loaded late");
    thunk_next(reader);
    return truth_read(reader, "preload16", &ignored);
}

/* ---- typedefs ----------------------------------------------------------------------------------
 */

/* Another name for the same type. A structure without a name of its own gets this one. */
static bool typedef_one(struct thunk_reader *reader, struct thunk_type *base)
{
    struct thunk_type *type = thunk_stars_read(reader, base);
    if (!type)
        return false;
    struct thunk_word at = reader->word;
    const char *name = thunk_name(reader, "the new type's name");
    if (!name || !(type = thunk_dimensions_read(reader, type)))
        return false;
    const struct thunk_type *known = thunk_type_find(reader, name, strlen(name), false);
    if (known && reader->options->language == THUNK_IOCTL && known->kind == type->kind &&
        known->bytes[THUNK_64] == type->bytes[THUNK_64] &&
        known->bytes[THUNK_32] == type->bytes[THUNK_32])
        return true; /* a header that says again what Windows says */
    if (known)
        return thunk_fail_at(reader, at.line, at.column, "there is a type \"%s\" already", name);
    struct thunk_type *own = type;
    if (type->kind != THUNK_STRUCT) { /* scalars and pointers get a name of their own */
        own = thunk_type_make(reader, type->kind);
        if (!own)
            return false;
        uint32_t number = own->number;
        *own = *type;
        own->number = number;
    }
    if (!own->is_typedef)
        own->name = name;
    own->is_typedef = true;
    return thunk_type_define(reader, name, false, own);
}

static bool typedef_read(struct thunk_reader *reader)
{
    thunk_next(reader);
    struct thunk_type *base = thunk_type_read(reader);
    if (!base)
        return false;
    do {
        if (!typedef_one(reader, base))
            return false;
    } while (thunk_accept(reader, ","));
    return thunk_expect(reader, ";", "a typedef");
}

/* ---- functions ---------------------------------------------------------------------------------
 */

static bool mode_read(struct thunk_reader *reader, enum thunk_mode *out_mode)
{
    *out_mode = thunk_is(reader, "input")    ? THUNK_INPUT
                : thunk_is(reader, "output") ? THUNK_OUTPUT
                : thunk_is(reader, "inout")  ? THUNK_INOUT
                                             : 0;
    if (*out_mode)
        thunk_next(reader);
    return *out_mode != 0;
}

static bool parameter_read(struct thunk_reader *reader, struct thunk_function *function)
{
    struct thunk_parameter parameter = {.mode = THUNK_INPUT};
    if (thunk_is(reader, "..."))
        return thunk_fail(reader, "how many arguments follow is not known here; declare each "
                                  "parameter");
    enum thunk_mode mode;
    parameter.has_mode = mode_read(reader, &mode);
    if (parameter.has_mode)
        parameter.mode = mode;
    struct thunk_type *type = thunk_type_read(reader);
    type = type ? thunk_stars_read(reader, type) : NULL;
    if (!type)
        return false;
    struct thunk_word at = reader->word;
    if (!thunk_is(reader, ",") && !thunk_is(reader, ")")) {
        if (thunk_is(reader, "["))
            return thunk_fail(reader, "an array as a parameter is a pointer; write * instead");
        parameter.name = thunk_name(reader, "a parameter's name");
        if (!parameter.name)
            return false;
        if (thunk_is(reader, "["))
            return thunk_fail(reader, "an array as a parameter is a pointer; write * instead");
    }
    if (type->kind == THUNK_VOID && !parameter.name && !function->parameter_count &&
        thunk_is(reader, ")"))
        return true; /* (void) */
    if (!type->is_complete)
        return thunk_fail_at(reader, at.line, at.column,
                             "nothing is known of the parameter's type%s",
                             type->kind == THUNK_VOID ? ", void; did you mean void *?"
                                                      : "; declare its structure first");
    for (uint32_t i = 0; parameter.name && i < function->parameter_count; i++)
        if (function->parameters[i].name && !strcmp(function->parameters[i].name, parameter.name))
            return thunk_fail_at(reader, at.line, at.column, "there is a parameter \"%s\" already",
                                 parameter.name);
    if (function->parameter_count == THUNK_PARAMETERS_MAX)
        return thunk_fail(reader, "a function has at most %u parameters", THUNK_PARAMETERS_MAX);
    parameter.type = type;
    function->parameters[function->parameter_count++] = parameter;
    return true;
}

static bool fault_code_read(struct thunk_reader *reader, struct thunk_function *function)
{
    struct thunk_word at = reader->word;
    thunk_next(reader);
    if (!thunk_expect(reader, "=", "faulterrorcode"))
        return false;
    bool is_negative = thunk_accept(reader, "-");
    if (reader->word.kind != WORD_NUMBER)
        return thunk_fail(reader, "a number should stand here: faulterrorcode = -1;");
    uint64_t number = reader->word.number;
    if (number > (is_negative ? 0x80000000u : 0xffffffffu))
        return thunk_fail(reader, "the error code has more than 32 bits");
    thunk_next(reader);
    function->fault_error_code = is_negative ? (uint32_t)-(int64_t)number : (uint32_t)number;
    function->has_fault_error_code = true;
    if (reader->script->direction == THUNK_32_TO_16)
        thunk_warn(reader, at.line, at.column,
                   "faulterrorcode says nothing from 32 to 16 bits: the 16-bit DLL is loaded with "
                   "the 32-bit one");
    return thunk_expect(reader, ";", "faulterrorcode");
}

/* parameter = inout; */
static bool mode_statement_read(struct thunk_reader *reader, struct thunk_function *function)
{
    struct thunk_word at = reader->word;
    const char *name = thunk_name(reader, "a parameter's name, faulterrorcode or }");
    struct thunk_parameter *parameter = NULL;
    if (!name)
        return false;
    for (uint32_t i = 0; i < function->parameter_count; i++)
        if (function->parameters[i].name && !strcmp(function->parameters[i].name, name))
            parameter = &function->parameters[i];
    if (!parameter)
        return thunk_fail_at(reader, at.line, at.column,
                             "\"%s\" has no parameter \"%s\"; what may stand here is "
                             "PARAMETER = input, output or inout; and faulterrorcode = NUMBER;",
                             function->name, name);
    if (!thunk_expect(reader, "=", "the parameter's name"))
        return false;
    enum thunk_mode mode;
    if (!mode_read(reader, &mode))
        return thunk_fail(reader, "a parameter is input, output or inout");
    if (parameter->has_mode && parameter->mode != mode)
        return thunk_fail_at(reader, at.line, at.column,
                             "\"%s\" has been said to be something else", name);
    parameter->mode = mode;
    parameter->has_mode = true;
    return thunk_expect(reader, ";", "the parameter's direction");
}

static bool body_read(struct thunk_reader *reader, struct thunk_function *function)
{
    while (!thunk_accept(reader, "}")) {
        if (reader->word.kind == WORD_END)
            return thunk_fail(reader, "the script ends within a function; } is missing");
        if (thunk_accept(reader, ";"))
            continue;
        if (thunk_is(reader, "faulterrorcode")) {
            if (!fault_code_read(reader, function))
                return false;
        } else if (!mode_statement_read(reader, function)) {
            return false;
        }
    }
    return !reader->has_failed;
}

static bool function_add(struct thunk_reader *reader, const struct thunk_function *function)
{
    struct thunk_script *script = reader->script;
    for (uint32_t i = 0; i < script->function_count; i++)
        if (!strcasecmp(script->functions[i].name, function->name))
            return thunk_fail_at(reader, function->line, function->column,
                                 "there is a function \"%s\" already, in line %u%s",
                                 script->functions[i].name, script->functions[i].line,
                                 strcmp(script->functions[i].name, function->name)
                                     ? "; 16-bit names of __pascal functions have capitals only"
                                     : "");
    if (script->function_count == THUNK_TABLE_FUNCTIONS_MAX)
        return thunk_fail(reader, "a script has at most %u functions", THUNK_TABLE_FUNCTIONS_MAX);
    struct thunk_function *grown = thunk_grow(reader, script->functions, script->function_count,
                                              &reader->function_capacity, sizeof *grown);
    if (!grown)
        return false;
    script->functions = grown;
    grown[script->function_count++] = *function;
    return true;
}

static bool function_read(struct thunk_reader *reader, struct thunk_type *result)
{
    struct thunk_parameter parameters[THUNK_PARAMETERS_MAX];
    struct thunk_function function = {.result = result,
                                      .parameters = parameters,
                                      .line = reader->word.line,
                                      .column = reader->word.column};
    function.name = thunk_name(reader, "a function's name");
    if (!function.name || !thunk_expect(reader, "(", "a function's name"))
        return false;
    while (!thunk_is(reader, ")")) {
        if (!parameter_read(reader, &function))
            return false;
        if (!thunk_is(reader, ")") && !thunk_expect(reader, ",", "a parameter"))
            return false;
    }
    thunk_next(reader);
    if (thunk_accept(reader, "{")) {
        if (!body_read(reader, &function))
            return false;
        thunk_accept(reader, ";");
    } else if (!thunk_expect(reader, ";", "a prototype; { } does as well")) {
        return false;
    }
    size_t bytes = function.parameter_count * sizeof *parameters;
    function.parameters = thunk_take(reader->script, bytes);
    if (!function.parameters)
        return thunk_fail(reader, "there is no memory left");
    memcpy(function.parameters, parameters, bytes);
    return thunk_function_check(reader, &function) && function_add(reader, &function);
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

/* NAME(…) of a header: a macro that is no structure. */
static bool macro_skip(struct thunk_reader *reader)
{
    uint32_t depth = 0;
    do {
        if (reader->word.kind == WORD_END)
            return thunk_fail(reader, "the header ends within parentheses");
        depth += thunk_is(reader, "(") ? 1 : 0;
        depth -= thunk_is(reader, ")") ? 1 : 0;
        thunk_next(reader);
    } while (depth);
    thunk_accept(reader, ";");
    return !reader->has_failed;
}

static bool declaration_read(struct thunk_reader *reader)
{
    bool is_ioctl = reader->options->language == THUNK_IOCTL;
    struct thunk_word at = reader->word;
    if (is_ioctl && at.kind == WORD_NAME && reader->at < reader->end && *reader->at == '(' &&
        !thunk_type_find(reader, at.text, at.length, false)) {
        thunk_next(reader);
        return macro_skip(reader);
    }
    struct thunk_type *type = thunk_type_read(reader);
    type = type ? thunk_stars_read(reader, type) : NULL;
    if (!type)
        return false;
    if (thunk_accept(reader, ";"))
        return true; /* struct NAME { … }; */
    if (is_ioctl)
        return thunk_fail(reader, "of a driver's header only types are read; put its structures "
                                  "into a header of their own");
    return function_read(reader, type);
}

static bool unit_read(struct thunk_reader *reader)
{
    if (thunk_accept(reader, ";"))
        return true;
    if (thunk_is(reader, "typedef"))
        return typedef_read(reader);
    if (reader->options->language == THUNK_IOCTL)
        return declaration_read(reader);
    if (thunk_is(reader, "enablemapdirect1632"))
        return direction_read(reader, THUNK_16_TO_32, "enablemapdirect1632");
    if (thunk_is(reader, "enablemapdirect3216"))
        return direction_read(reader, THUNK_32_TO_16, "enablemapdirect3216");
    if (thunk_is(reader, "preload32"))
        return preload_32_read(reader);
    if (thunk_is(reader, "preload16"))
        return preload_16_read(reader);
    if (thunk_is(reader, "win31compat")) {
        thunk_next(reader);
        return truth_read(reader, "win31compat", &reader->script->is_win31_compatible);
    }
    if (thunk_is(reader, "faulterrorcode"))
        return thunk_fail(reader, "faulterrorcode belongs to a function, within its { }");
    if (reader->word.kind == WORD_NAME &&
        !thunk_type_find(reader, reader->word.text, reader->word.length, false)) {
        const char *at = reader->at;
        while (at < reader->end && (*at == ' ' || *at == '\t'))
            at++;
        if (at < reader->end && *at == '=')
            return thunk_fail(reader,
                              "\"%.*s\" is no keyword of a script; those are "
                              "enablemapdirect1632, enablemapdirect3216, preload32, "
                              "preload16 and win31compat",
                              (int)reader->word.length, reader->word.text);
    }
    return declaration_read(reader);
}

/* DIR/name.thk gives "name". */
static bool base_name_make(struct thunk_reader *reader, const char *path)
{
    const char *given = reader->options->base_name, *slash = strrchr(path, '/');
    const char *from = given ? given : slash ? slash + 1 : path;
    size_t length = given ? strlen(given) : strcspn(from, ".");
    bool is_name = length && length <= 60 && !isdigit((unsigned char)*from);
    for (size_t i = 0; i < length; i++)
        is_name &= isalnum((unsigned char)from[i]) || from[i] == '_';
    if (!is_name && reader->options->language == THUNK_FLAT)
        return thunk_fail_at(reader, 1, 1,
                             "\"%.*s\" cannot begin the names of the halves; give them another "
                             "base name with -t",
                             (int)length, from);
    reader->script->base_name = thunk_copy(reader, from, length);
    return reader->script->base_name != NULL;
}

static bool pack_set(struct thunk_reader *reader)
{
    const struct thunk_options *options = reader->options;
    bool is_flat = options->language == THUNK_FLAT;
    reader->pack[THUNK_16] = options->pack_16 ? options->pack_16 : is_flat ? 2 : 8;
    reader->pack[THUNK_32] = options->pack_32 ? options->pack_32 : is_flat ? 4 : 8;
    reader->pack[THUNK_64] = is_flat ? 8 : reader->pack[THUNK_32];
    for (int w = 0; w < THUNK_WIDTHS; w++)
        if (reader->pack[w] > 8 || (reader->pack[w] & (reader->pack[w] - 1)))
            return thunk_fail_at(reader, 1, 1, "structures are aligned to 1, 2, 4 or 8 bytes");
    return true;
}

int thunk_read(const char *text, size_t length, const char *name,
               const struct thunk_options *options, struct thunk_script *out_script,
               struct thunk_error *out_error)
{
    *out_script = (struct thunk_script){.language = options->language};
    struct thunk_reader reader = {.script = out_script,
                                  .options = options,
                                  .name = name,
                                  .error = out_error,
                                  .at = text,
                                  .end = text + length,
                                  .line_start = text,
                                  .line = 1};
    *out_error = (struct thunk_error){0};
    bool is_good = length <= SCRIPT_MAX ||
                   thunk_fail_at(&reader, 1, 1, "a script has at most %u bytes", SCRIPT_MAX);
    is_good =
        is_good && pack_set(&reader) && base_name_make(&reader, name) && thunk_types_begin(&reader);
    if (is_good)
        thunk_next(&reader);
    while (is_good && !reader.has_failed && reader.word.kind != WORD_END)
        is_good = unit_read(&reader);
    if (is_good && !reader.has_failed && thunk_script_check(&reader) && !reader.has_failed)
        return THUNK_OK;
    if (!*out_error->text)
        thunk_fail_at(&reader, 1, 1, "there is no memory left");
    thunk_free(out_script);
    return THUNK_FAILED;
}
