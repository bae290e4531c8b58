/* SPDX-License-Identifier: MIT */
/* definition.c - module definition (.def) files.
 *
 * Statements begin with a keyword and reach to the next; lists (EXPORTS, IMPORTS, SEGMENTS) have a
 * line for each item. A semicolon begins a comment.
 * Doc: "Module-Definition Files" (Microsoft C/C++ 16-bit tools)
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link16/link16.h"
#include "ne/ne.h"

#define WORDS_MAX 16u

struct definition_memory {
    struct definition_memory *next;
    _Alignas(16) char bytes[];
};

struct def_reader {
    struct link16_definition *definition;
    struct link16_error *error;
    const char *name;
    unsigned line;
    bool has_failed;
    char *words[WORDS_MAX];
    unsigned count, at;
    enum { IN_NOTHING, IN_EXPORTS, IN_IMPORTS, IN_SEGMENTS } list;
    uint32_t export_capacity, import_capacity, segment_capacity;
};

__attribute__((format(printf, 2, 3))) static bool def_fail(struct def_reader *reader,
                                                           const char *reason, ...)
{
    if (reader->has_failed)
        return false;
    reader->has_failed = true;
    int n = snprintf(reader->error->text, sizeof reader->error->text, "%s:%u: ", reader->name,
                     reader->line);
    va_list arguments;
    va_start(arguments, reason);
    vsnprintf(reader->error->text + n, sizeof reader->error->text - (size_t)n, reason, arguments);
    va_end(arguments);
    return false;
}

static void *def_take(struct def_reader *reader, size_t bytes)
{
    struct definition_memory *memory = calloc(1, sizeof *memory + bytes);
    if (!memory) {
        def_fail(reader, "there is no memory left");
        return NULL;
    }
    memory->next = reader->definition->memory;
    reader->definition->memory = memory;
    return memory->bytes;
}

void link16_definition_free(struct link16_definition *definition)
{
    for (struct definition_memory *memory = definition->memory, *next; memory; memory = next) {
        next = memory->next;
        free(memory);
    }
    definition->memory = NULL;
}

/* Room for one more of a list. */
static void *def_add(struct def_reader *reader, void *items, uint32_t *count, uint32_t *capacity,
                     size_t item_bytes)
{
    void **list = items;
    if (*count == *capacity) {
        uint32_t more = *capacity ? *capacity * 2 : 16;
        void *grown = def_take(reader, more * item_bytes);
        if (!grown)
            return NULL;
        if (*count)
            memcpy(grown, *list, *count * item_bytes);
        *list = grown;
        *capacity = more;
    }
    return (char *)*list + (*count)++ * item_bytes;
}

/* ---- words of a line --------------------------------------------------------------------------
 */

/* A = B is written as A=B. */
static void equals_join(char *line)
{
    char *out = line, quote = 0;
    for (char *at = line; *at; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '\'' || *at == '"')
            quote = *at;
        if (*at == '=' && !quote) {
            while (out > line && isspace((unsigned char)out[-1]))
                out--;
            while (isspace((unsigned char)at[1]))
                at++;
            *out++ = '=';
        } else {
            *out++ = *at;
        }
    }
    *out = '\0';
}

static bool words_split(struct def_reader *reader, char *line)
{
    reader->count = reader->at = 0;
    equals_join(line);
    for (char *at = line; *at;) {
        if (isspace((unsigned char)*at)) {
            at++;
            continue;
        }
        if (*at == ';')
            break;
        if (reader->count == WORDS_MAX)
            return def_fail(reader, "more than %u words", WORDS_MAX);
        if (*at == '\'' || *at == '"') {
            char quote = *at++, *end = strchr(at, quote);
            if (!end)
                return def_fail(reader, "a %c without its fellow", quote);
            reader->words[reader->count++] = at;
            *end = '\0';
            at = end + 1;
            continue;
        }
        reader->words[reader->count++] = at;
        while (*at && !isspace((unsigned char)*at) && *at != ';')
            at++;
        bool is_comment = *at == ';';
        if (*at)
            *at++ = '\0';
        if (is_comment)
            break;
    }
    return true;
}

static const char *word_next(struct def_reader *reader)
{
    return reader->at < reader->count ? reader->words[reader->at++] : NULL;
}

static bool number_read(struct def_reader *reader, const char *word, uint32_t most,
                        uint32_t *out_number)
{
    char *end;
    unsigned long value = word ? strtoul(word, &end, 0) : 0;
    if (!word || end == word || *end || value > most)
        return def_fail(reader, "\"%s\" is no number up to %u", word ? word : "", most);
    *out_number = (uint32_t)value;
    return true;
}

/* ---- attributes --------------------------------------------------------------------------------
 */

static bool attributes_read(struct def_reader *reader, struct link16_segment *segment)
{
    static const struct {
        const char *word;
        uint16_t set, clear;
    } known[] = {
        {"PRELOAD", NE_SEGMENT_PRELOAD, 0},
        {"LOADONCALL", 0, NE_SEGMENT_PRELOAD},
        {"MOVEABLE", NE_SEGMENT_MOVEABLE, 0},
        {"MOVABLE", NE_SEGMENT_MOVEABLE, 0},
        {"FIXED", 0, NE_SEGMENT_MOVEABLE | NE_SEGMENT_DISCARDABLE},
        {"DISCARDABLE", NE_SEGMENT_DISCARDABLE | NE_SEGMENT_MOVEABLE, 0},
        {"NONDISCARDABLE", 0, NE_SEGMENT_DISCARDABLE},
        {"SHARED", NE_SEGMENT_SHAREABLE, 0},
        {"NONSHARED", 0, NE_SEGMENT_SHAREABLE},
        {"EXECUTEONLY", NE_SEGMENT_READ_ONLY, 0},
        {"EXECUTEREAD", 0, NE_SEGMENT_READ_ONLY},
        {"READONLY", NE_SEGMENT_READ_ONLY, 0},
        {"READWRITE", 0, NE_SEGMENT_READ_ONLY},
    };
    for (const char *word; (word = word_next(reader));) {
        size_t i = 0;
        struct link16_definition *definition = reader->definition;
        if (segment == &definition->data &&
            (!strcasecmp(word, "SINGLE") || !strcasecmp(word, "MULTIPLE"))) {
            definition->is_data_single = !strcasecmp(word, "SINGLE");
            definition->is_data_multiple = !definition->is_data_single;
            continue;
        }
        if (!strcasecmp(word, "CLASS")) {
            word_next(reader);
            continue;
        }
        while (i < sizeof known / sizeof *known && strcasecmp(word, known[i].word))
            i++;
        if (i == sizeof known / sizeof *known)
            return def_fail(reader, "%s is no attribute of a segment", word);
        segment->set = (uint16_t)((segment->set & ~known[i].clear) | known[i].set);
        segment->clear = (uint16_t)((segment->clear & ~known[i].set) | known[i].clear);
    }
    return true;
}

/* ---- items of lists
 * ------------------------------------------------------------------------------ */

/* name[=internal] [@ordinal [RESIDENTNAME]] [NODATA] [words of parameters] */
static bool export_read(struct def_reader *reader)
{
    struct link16_definition *definition = reader->definition;
    char *name = reader->words[reader->at++], *equals = strchr(name, '=');
    struct link16_export *export = def_add(reader, &definition->exports, &definition->export_count,
                                           &reader->export_capacity, sizeof *export);
    if (!export)
        return false;
    *export = (struct link16_export){.name = name, .internal = name};
    if (equals) {
        *equals = '\0';
        export->internal = equals + 1;
    }
    if (!*export->name || !*export->internal)
        return def_fail(reader, "an export without name");
    for (const char *word; (word = word_next(reader));) {
        uint32_t number;
        if (*word == '@') {
            if (!number_read(reader, word + 1, UINT16_MAX - 1, &number))
                return false;
            export->ordinal = (uint16_t)number;
        } else if (!strcasecmp(word, "RESIDENTNAME")) {
            export->is_resident = true;
        } else if (!strcasecmp(word, "NODATA")) {
            export->is_no_data = true;
        } else if (strcasecmp(word, "PRIVATE") && !number_read(reader, word, 31, &number)) {
            return false;
        }
    }
    return true;
}

/* [internal=]module.entry, the entry a name or a number */
static bool import_read(struct def_reader *reader)
{
    struct link16_definition *definition = reader->definition;
    char *word = reader->words[reader->at++], *equals = strchr(word, '=');
    char *module = equals ? equals + 1 : word, *dot = strchr(module, '.');
    struct omf_import *import = def_add(reader, &definition->imports, &definition->import_count,
                                        &reader->import_capacity, sizeof *import);
    if (!import)
        return false;
    if (!dot || dot == module || !dot[1])
        return def_fail(reader,
                        "\"%s\": an import is MODULE.NAME, NAME=MODULE.NAME or "
                        "NAME=MODULE.ORDINAL",
                        word);
    *dot = '\0';
    *import = (struct omf_import){.name = dot + 1, .module = module, .entry = dot + 1};
    if (equals) {
        *equals = '\0';
        import->name = word;
    }
    if (isdigit((unsigned char)dot[1])) {
        uint32_t ordinal;
        if (!equals)
            return def_fail(reader, "an import by ordinal needs a name: NAME=%s.%s", module,
                            dot + 1);
        if (!number_read(reader, dot + 1, UINT16_MAX, &ordinal))
            return false;
        import->ordinal = (uint16_t)ordinal;
        import->entry = NULL;
    }
    return true;
}

static bool segment_read(struct def_reader *reader)
{
    struct link16_definition *definition = reader->definition;
    struct link16_segment *segment =
        def_add(reader, &definition->segments, &definition->segment_count,
                &reader->segment_capacity, sizeof *segment);
    if (!segment)
        return false;
    *segment = (struct link16_segment){.name = word_next(reader)};
    return attributes_read(reader, segment);
}

static bool item_read(struct def_reader *reader)
{
    switch (reader->list) {
    case IN_EXPORTS:
        return export_read(reader);
    case IN_IMPORTS:
        return import_read(reader);
    case IN_SEGMENTS:
        return segment_read(reader);
    default:
        return def_fail(reader, "\"%s\" is no statement of a module definition file",
                        reader->words[0]);
    }
}

/* ---- statements
 * ------------------------------------------------------------------------------------ */

static bool module_kind_read(struct def_reader *reader, bool is_library)
{
    struct link16_definition *definition = reader->definition;
    if (definition->has_kind)
        return def_fail(reader, "the module has been named already");
    definition->has_kind = true;
    definition->is_library = is_library;
    definition->module_name = word_next(reader);
    while (word_next(reader)) /* WINDOWAPI and INITGLOBAL change nothing here */
        ;
    return true;
}

static bool version_read(struct def_reader *reader)
{
    struct link16_definition *definition = reader->definition;
    const char *word = word_next(reader);
    unsigned major, minor = 0;
    if (!word || strcasecmp(word, "WINDOWS"))
        return def_fail(reader, "EXETYPE %s: only WINDOWS is linked here", word ? word : "");
    word = word_next(reader);
    if (!word)
        return true;
    if (sscanf(word, "%3u.%3u", &major, &minor) < 1 || major > 255 || minor > 255)
        return def_fail(reader, "\"%s\" is no version of Windows", word);
    definition->windows_major = (uint8_t)major;
    definition->windows_minor = (uint8_t)minor;
    return true;
}

static bool statement_read(struct def_reader *reader, bool *out_is_statement)
{
    static const char *const words[] = {
        "NAME",     "LIBRARY",   "DESCRIPTION", "EXETYPE", "STUB",    "CODE",    "DATA",
        "HEAPSIZE", "STACKSIZE", "PROTMODE",    "EXPORTS", "IMPORTS", "SEGMENTS"};
    struct link16_definition *definition = reader->definition;
    unsigned which = 0;
    while (which < sizeof words / sizeof *words && strcasecmp(reader->words[0], words[which]))
        which++;
    *out_is_statement = which < sizeof words / sizeof *words;
    if (!*out_is_statement)
        return true;
    reader->at = 1;
    reader->list = IN_NOTHING;
    switch (which) {
    case 0:
    case 1:
        return module_kind_read(reader, which == 1);
    case 2:
        definition->description = word_next(reader);
        return true;
    case 3:
        return version_read(reader);
    case 4:
        definition->stub = word_next(reader);
        return true;
    case 5:
        return attributes_read(reader, &definition->code);
    case 6:
        return attributes_read(reader, &definition->data);
    case 7:
        return number_read(reader, word_next(reader), UINT16_MAX, &definition->heap_bytes);
    case 8:
        return number_read(reader, word_next(reader), UINT16_MAX, &definition->stack_bytes);
    case 9:
        definition->is_protected_only = true;
        return true;
    case 10:
        reader->list = IN_EXPORTS;
        break;
    case 11:
        reader->list = IN_IMPORTS;
        break;
    default:
        reader->list = IN_SEGMENTS;
        break;
    }
    return reader->at == reader->count || item_read(reader);
}

static bool line_read(struct def_reader *reader, char *line)
{
    bool is_statement;
    if (!words_split(reader, line))
        return false;
    if (!reader->count)
        return true;
    if (!statement_read(reader, &is_statement))
        return false;
    return is_statement || item_read(reader);
}

int link16_definition_read(const char *text, size_t length, const char *name,
                           struct link16_definition *out_definition, struct link16_error *out_error)
{
    *out_definition = (struct link16_definition){.windows_major = 3, .windows_minor = 10};
    struct def_reader reader = {
        .definition = out_definition, .error = out_error, .name = name, .line = 1};
    char *copy = def_take(&reader, length + 1);
    if (copy)
        memcpy(copy, text, length);
    for (char *line = copy, *end; line && !reader.has_failed; line = end, reader.line++) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        line_read(&reader, line);
    }
    if (!reader.has_failed)
        return LINK16_OK;
    link16_definition_free(out_definition);
    return LINK16_FAILED;
}
