/* SPDX-License-Identifier: MIT */
/* symbols.c - the table of a module's symbols, and the texts it is made from. */
#include "symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void symbols_add(struct symbols *symbols, const struct symbol *symbol)
{
    if (symbols->count == symbols->room) {
        size_t room = symbols->room ? symbols->room * 2 : 256;
        struct symbol *items = realloc(symbols->items, room * sizeof *items);
        if (!items)
            return;
        symbols->items = items;
        symbols->room = room;
    }
    struct symbol *added = &symbols->items[symbols->count];
    *added = *symbol;
    added->name = strdup(symbol->name);
    symbols->count += added->name != NULL;
}

static int symbol_order(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    /* The one that knows more comes last: it is the one that is found. */
    if ((a->size != 0) != (b->size != 0))
        return a->size ? 1 : -1;
    if ((*a->name == '_') != (*b->name == '_'))
        return *a->name == '_' ? -1 : 1;
    return strcmp(a->name, b->name);
}

void symbols_sort(struct symbols *symbols)
{
    if (symbols->count)
        qsort(symbols->items, symbols->count, sizeof *symbols->items, symbol_order);
}

void symbols_free(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        free(symbols->items[i].name);
    free(symbols->items);
    *symbols = (struct symbols){0};
}

const struct symbol *symbols_at(const struct symbols *symbols, uint64_t address)
{
    size_t low = 0, high = symbols->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (symbols->items[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &symbols->items[low - 1] : NULL;
}

const struct symbol *symbols_named(const struct symbols *symbols, const char *name)
{
    const struct symbol *loose = NULL;
    for (size_t i = 0; i < symbols->count; i++) {
        if (!strcmp(symbols->items[i].name, name))
            return &symbols->items[i];
        if (!loose && !strcasecmp(symbols->items[i].name, name))
            loose = &symbols->items[i];
    }
    return loose;
}

/* ---- PDB
 * ----------------------------------------------------------------------------------------- */

/* "… addr = 0001:0480, …": section (hexadecimal) and offset (decimal). */
static bool place_read(const char *line, const struct symbol_sections *sections,
                       uint64_t *out_address)
{
    unsigned section;
    unsigned long offset;
    const char *at = strstr(line, "addr = ");
    if (!at || sscanf(at, "addr = %x:%lu", &section, &offset) != 2 || !section ||
        section > sections->count)
        return false;
    *out_address = sections->base + sections->rva[section - 1] + offset;
    return true;
}

static bool record_is(const char *line, const char *const *names)
{
    const char *bar = strstr(line, "| S_");
    for (; bar && *names; names++)
        if (!strncmp(bar + 2, *names, strlen(*names)) && bar[2 + strlen(*names)] == ' ')
            return true;
    return false;
}

/* The text between backticks at the end of a record's first line. */
static bool name_read(const char *line, char *out_name, size_t size)
{
    const char *first = strchr(line, '`'), *last = strrchr(line, '`');
    if (!first || last <= first + 1 || (size_t)(last - first) > size)
        return false;
    memcpy(out_name, first + 1, (size_t)(last - first - 1));
    out_name[last - first - 1] = '\0';
    return true;
}

void pdb_symbols_parse(char *text, const struct symbol_sections *sections,
                       struct symbols *out_symbols)
{
    static const char *const functions[] = {"S_GPROC32",    "S_LPROC32",    "S_THUNK32",
                                            "S_GPROC32_ID", "S_LPROC32_ID", NULL};
    static const char *const variables[] = {"S_GDATA32", "S_LDATA32", "S_GTHREAD32", "S_LTHREAD32",
                                            NULL};
    static const char *const publics[] = {"S_PUB32", NULL};
    char name[512];
    struct symbol symbol = {0};
    bool is_open = false, is_public = false;
    for (char *line; (line = line_next(&text)) || is_open;) {
        bool is_head = !line || strstr(line, "| S_");
        if (is_head && is_open) {
            /* A public name adds nothing to a place that has one. */
            if (symbol.address && name[0] && strncmp(name, "??_C@", 5))
                symbols_add(out_symbols, &symbol);
            is_open = false;
        }
        if (!line)
            break;
        if (is_head) {
            is_public = record_is(line, publics);
            bool is_function = record_is(line, functions);
            is_open = (is_function || is_public || record_is(line, variables)) &&
                      name_read(line, name, sizeof name);
            symbol = (struct symbol){.name = name, .is_function = is_function};
            continue;
        }
        if (!is_open)
            continue;
        const char *at;
        unsigned long number;
        if (!symbol.address)
            place_read(line, sections, &symbol.address);
        if ((at = strstr(line, "code size = ")) && sscanf(at, "code size = %lu", &number) == 1)
            symbol.size = (uint32_t)number;
        if (((at = strstr(line, "type = `0x")) && sscanf(at, "type = `%lx", &number) == 1) ||
            ((at = strstr(line, "type = 0x")) && sscanf(at, "type = %lx", &number) == 1))
            symbol.type = (uint32_t)number;
        if (is_public && strstr(line, "flags = ") && strstr(line, "function"))
            symbol.is_function = true;
    }
    symbols_sort(out_symbols);
    /* Of a place with a full record, the public one goes. */
    size_t kept = 0;
    for (size_t i = 0; i < out_symbols->count; i++) {
        struct symbol *items = out_symbols->items;
        bool is_twin = i + 1 < out_symbols->count && items[i].address == items[i + 1].address &&
                       !strcmp(items[i].name, items[i + 1].name);
        if (is_twin && !items[i + 1].type)
            items[i + 1].type = items[i].type;
        if (is_twin)
            free(items[i].name);
        else
            items[kept++] = items[i];
    }
    out_symbols->count = kept;
}

/* ---- an image's own table
 * -------------------------------------------------------------------------- */

/* "    Section: .text (1)" */
static unsigned section_read(const char *line)
{
    const char *at = strrchr(line, '(');
    int number = at ? atoi(at + 1) : 0;
    return number > 0 ? (unsigned)number : 0;
}

static void table_symbol_add(struct symbols *symbols, const struct symbol_sections *sections,
                             const struct symbol *symbol, unsigned section)
{
    if (!*symbol->name || *symbol->name == '.' || !section || section > sections->count)
        return;
    struct symbol placed = *symbol;
    placed.address += sections->base + sections->rva[section - 1];
    symbols_add(symbols, &placed);
}

void table_symbols_parse(char *text, const struct symbol_sections *sections,
                         struct symbols *out_symbols)
{
    char name[512] = "";
    struct symbol symbol = {.name = name};
    unsigned section = 0;
    for (char *line; (line = line_next(&text));) {
        line += strspn(line, " ");
        if (!strncmp(line, "Symbol {", 8)) {
            symbol = (struct symbol){.name = name};
            name[0] = '\0';
            section = 0;
        } else if (!strncmp(line, "Name: ", 6) && !name[0]) {
            snprintf(name, sizeof name, "%s", line + 6);
        } else if (!strncmp(line, "Value: ", 7)) {
            symbol.address = strtoull(line + 7, NULL, 0);
        } else if (!strncmp(line, "Section: ", 9)) {
            section = section_read(line);
        } else if (!strncmp(line, "ComplexType: ", 13)) {
            symbol.is_function = strstr(line, "Function") != NULL;
        } else if (!strncmp(line, "StorageClass: ", 14)) {
            if (strstr(line, "External") || strstr(line, "Static"))
                table_symbol_add(out_symbols, sections, &symbol, section);
            name[0] = '\0';
        }
    }
    symbols_sort(out_symbols);
}
