/* SPDX-License-Identifier: MIT */
/* command_dt.c - dt: a type's fields, or the values that lie at an address.
 *
 * Depth, lines and what pointers lead to are bounded: memory may be anything.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger_internal.h"
#include "types.h"

#define LINES_MAX   4000u
#define SIZE_MAX_DT 65536u
#define DEPTH_MAX   9u
#define STRING_MAX  256u

struct display {
    struct debugger *debugger;
    const struct types *types;
    bool has_address;
    unsigned depth; /* levels that may be opened */
    unsigned lines;
    const char *fields[WORDS_MAX]; /* masks of the outermost level; none: all */
    unsigned field_count;
};

static void types_load(struct debugger *debugger, struct module *module)
{
    if (module->are_types_read)
        return;
    module->are_types_read = true;
    module_load(debugger, module);
    const char *file = module->is_native ? debugger->options.nt_symbols : module->file;
    const char *pdb[] = {"llvm-pdbutil-19", "dump", "--types", "--globals", file, NULL};
    const char *dwarf[] = {"llvm-dwarfdump-19", "--debug-info", file, NULL};
    bool is_table = module->origin == SYMBOLS_TABLE;
    if (!file || (!module->is_native && !is_table && module->origin != SYMBOLS_PDB))
        return;
    char *text = tool_output(is_table ? dwarf : pdb);
    if (text)
        module->types = is_table ? types_of_dwarf(text) : types_of_pdb(text);
    free(text);
}

/* ---- values
 * -------------------------------------------------------------------------------------- */

static void enum_value(const struct display *display, const struct type *type, uint64_t value,
                       char *out_text, size_t size)
{
    const struct type *list = type_members(display->types, type);
    for (uint32_t i = 0; i < list->member_count; i++)
        if ((uint64_t)list->member[i].offset == value ||
            (uint32_t)list->member[i].offset == (uint32_t)value) {
            snprintf(out_text, size, "%lld ( %s )", (long long)(int32_t)value,
                     list->member[i].name);
            return;
        }
    snprintf(out_text, size, "%lld (No matching name)", (long long)(int32_t)value);
}

static void base_value(const struct type *type, const uint8_t *bytes, char *out_text, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, bytes, type->size <= 8 ? type->size : 8);
    unsigned shift = type->size && type->size < 8 ? 64 - 8 * (unsigned)type->size : 0;
    int64_t number = (int64_t)(value << shift) >> shift;
    switch (type->base) {
    case BASE_CHARACTER:
        if (value >= 0x20 && value < 0x7f)
            snprintf(out_text, size, "0x%llx '%c'", (unsigned long long)value, (int)value);
        else
            snprintf(out_text, size, "0x%llx ''", (unsigned long long)value);
        break;
    case BASE_SIGNED:
        snprintf(out_text, size, "0n%lld", (long long)number);
        break;
    case BASE_FLOAT: {
        float single;
        double whole;
        memcpy(&single, bytes, sizeof single);
        memcpy(&whole, &value, sizeof whole);
        snprintf(out_text, size, "%g", type->size == 4 ? (double)single : whole);
        break;
    }
    case BASE_VOID:
        snprintf(out_text, size, "Void");
        break;
    default:
        if (type->size == 8)
            snprintf(out_text, size, "0x%s", tick(value));
        else
            snprintf(out_text, size, "0x%llx", (unsigned long long)value);
    }
}

static uint64_t field_number(const struct display *display, const struct type *type,
                             const char *name, const uint8_t *bytes, size_t bytes_count)
{
    const struct type *list = type_members(display->types, type);
    uint64_t value = 0;
    for (uint32_t i = 0; i < list->member_count; i++) {
        uint64_t size = type_size(display->types, list->member[i].type);
        uint64_t offset = (uint64_t)list->member[i].offset;
        if (strcmp(list->member[i].name, name) || size > 8 || offset > bytes_count ||
            size > bytes_count - offset)
            continue;
        memcpy(&value, bytes + offset, size);
        break;
    }
    return value;
}

/* The records that everybody wants to see through. */
static void record_value(const struct display *display, const struct type *type,
                         const uint8_t *bytes, size_t count, char *out_text, size_t size)
{
    const char *name = type->name ? type->name : "<unnamed-tag>";
    if (!strcmp(name, "_UNICODE_STRING")) {
        uint16_t letters[STRING_MAX];
        char text[STRING_MAX + 1];
        size_t length = field_number(display, type, "Length", bytes, count) / 2;
        uint64_t buffer = field_number(display, type, "Buffer", bytes, count);
        length = length < STRING_MAX ? length : STRING_MAX;
        size_t got = memory_read(display->debugger, buffer, letters, length * 2) / 2;
        for (size_t i = 0; i < got; i++)
            text[i] = letters[i] >= 0x20 && letters[i] < 0x7f ? (char)letters[i] : '.';
        text[got] = '\0';
        snprintf(out_text, size, "%s \"%s\"%s", name, text, got < length ? " (not all there)" : "");
    } else if (!strcmp(name, "_LIST_ENTRY")) {
        snprintf(out_text, size, "%s [ 0x%s - 0x%s ]", name,
                 tick(field_number(display, type, "Flink", bytes, count)),
                 tick(field_number(display, type, "Blink", bytes, count)));
    } else if (!strcmp(name, "_LARGE_INTEGER") || !strcmp(name, "_ULARGE_INTEGER")) {
        snprintf(out_text, size, "%s 0x%s", name,
                 tick(field_number(display, type, "QuadPart", bytes, count)));
    } else {
        snprintf(out_text, size, "%s", name);
    }
}

static void value_text(const struct display *display, uint32_t number, const uint8_t *bytes,
                       size_t count, char *out_text, size_t size)
{
    const struct type *type = type_real(display->types, number);
    uint64_t wanted = type_size(display->types, number), value = 0;
    char inner[512];
    if (wanted > count) {
        snprintf(out_text, size, "??");
        return;
    }
    memcpy(&value, bytes, wanted < 8 ? wanted : 8);
    switch (type->kind) {
    case TYPE_POINTER: {
        const char *symbol = symbol_text(display->debugger, value);
        type_text(display->types, type->target, inner, sizeof inner);
        bool is_code = type_real(display->types, type->target)->kind == TYPE_FUNCTION;
        if (!value)
            snprintf(out_text, size, "(null)");
        else
            snprintf(out_text, size, "0x%s %s%s%s", tick(value), is_code ? "" : inner,
                     *symbol && !is_code ? " " : "", symbol);
        break;
    }
    case TYPE_ENUM:
        enum_value(display, type, value, out_text, size);
        break;
    case TYPE_BITFIELD:
        value >>= type->bit_offset;
        if (type->bit_count < 64)
            value &= (1ull << type->bit_count) - 1;
        snprintf(out_text, size, "0y%llu", (unsigned long long)value);
        if (type->bit_count > 1)
            snprintf(out_text, size, "0x%llx", (unsigned long long)value);
        break;
    case TYPE_ARRAY: {
        const struct type *element = type_real(display->types, type->target);
        uint64_t element_size = type_size(display->types, type->target);
        unsigned long long elements = type->count    ? type->count
                                      : element_size ? wanted / element_size
                                                     : 0;
        if (element->size == 1 && element->base == BASE_CHARACTER && element->kind == TYPE_BASE) {
            snprintf(out_text, size, "[%llu] \"", elements);
            size_t at = strlen(out_text);
            for (uint64_t i = 0; i < wanted && bytes[i] && at + 2 < size && i < 64; i++)
                out_text[at++] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
            snprintf(out_text + at, size - at, "\"");
            break;
        }
        inner[0] = '\0';
        if (elements)
            value_text(display, type->target, bytes, count, inner, sizeof inner);
        snprintf(out_text, size, "[%llu] %s", elements, inner);
        break;
    }
    case TYPE_STRUCT:
    case TYPE_UNION:
        record_value(display, type, bytes, wanted, out_text, size);
        break;
    default:
        base_value(type, bytes, out_text, size);
    }
}

/* ---- records
 * ------------------------------------------------------------------------------------- */

static bool field_is_wanted(const struct display *display, const char *name, unsigned level)
{
    if (level || !display->field_count)
        return true;
    for (unsigned i = 0; i < display->field_count; i++)
        if (mask_fits(display->fields[i], name))
            return true;
    return false;
}

static void record_print(struct display *display, const struct type *type, uint64_t address,
                         uint64_t shift, unsigned level);

static void field_open(struct display *display, const struct member *member, uint64_t address,
                       uint64_t shift, const uint8_t *bytes, size_t count, unsigned level)
{
    const struct type *type = type_real(display->types, member->type);
    uint64_t offset = (uint64_t)member->offset;
    if (level >= display->depth)
        return;
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) {
        record_print(display, type, address, shift, level + 1);
    } else if (type->kind == TYPE_POINTER && display->has_address && offset + 8 <= count) {
        const struct type *target = type_real(display->types, type->target);
        uint64_t pointer;
        memcpy(&pointer, bytes + offset, 8);
        if (pointer && (target->kind == TYPE_STRUCT || target->kind == TYPE_UNION) &&
            type_members(display->types, target)->member_count)
            record_print(display, target, pointer, 0, level + 1);
    }
}

/* shift: where in the outer record this one begins; its offsets are shown from its own start. */
static void record_print(struct display *display, const struct type *type, uint64_t address,
                         uint64_t shift, unsigned level)
{
    const struct type *list = type_members(display->types, type);
    uint64_t size = type->size < SIZE_MAX_DT ? type->size : SIZE_MAX_DT;
    uint8_t *bytes = calloc(1, size + 8);
    size_t got = display->has_address && bytes
                     ? memory_read(display->debugger, address + shift, bytes, size)
                     : 0;
    for (uint32_t i = 0; bytes && i < list->member_count && !display->debugger->is_gone; i++) {
        const struct member *member = &list->member[i];
        char text[1024];
        uint64_t offset = (uint64_t)member->offset;
        if (!field_is_wanted(display, member->name, level))
            continue;
        if (++display->lines > LINES_MAX) {
            if (display->lines == LINES_MAX + 1)
                say(display->debugger, "... more than %u lines\n", LINES_MAX);
            break;
        }
        if (display->has_address)
            value_text(display, member->type, bytes + (offset < got ? offset : 0),
                       offset < got ? got - offset : 0, text, sizeof text);
        else
            type_text(display->types, member->type, text, sizeof text);
        say(display->debugger, "%*s+0x%03llx %-16s : %s\n", (int)(3 + 3 * level), "",
            (unsigned long long)offset, member->name, text);
        field_open(display, member, address, shift + offset, bytes, got, level);
    }
    free(bytes);
}

static void type_print(struct display *display, uint32_t number, uint64_t address)
{
    const struct type *type = type_real(display->types, number);
    const struct type *list = type_members(display->types, type);
    uint8_t bytes[4096];
    char text[1024];
    uint64_t size = type_size(display->types, number);
    size = size < sizeof bytes ? size : sizeof bytes;
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) {
        if (display->has_address && memory_read(display->debugger, address, bytes, 1) != 1)
            complain(display->debugger, "Memory read error %s", tick(address));
        else
            record_print(display, type, address, 0, 0);
    } else if (type->kind == TYPE_ENUM && !display->has_address) {
        for (uint32_t i = 0; i < list->member_count; i++)
            say(display->debugger, "   %s = 0n%lld\n", list->member[i].name,
                (long long)list->member[i].offset);
    } else if (!display->has_address) {
        type_text(display->types, number, text, sizeof text);
        say(display->debugger, "   %s\n", text);
    } else {
        size_t got = memory_read(display->debugger, address, bytes, size);
        value_text(display, number, bytes, got, text, sizeof text);
        say(display->debugger, "%s\n", text);
        display->debugger->is_failed |= got < size;
    }
}

/* ---- the command
 * --------------------------------------------------------------------------------- */

static void names_print(struct debugger *debugger, const struct module *module, const char *mask)
{
    for (uint32_t i = 1; i < module->types->count; i++) {
        const struct type *type = &module->types->items[i];
        bool is_record =
            type->kind == TYPE_STRUCT || type->kind == TYPE_UNION || type->kind == TYPE_ENUM;
        if (is_record && !type->is_forward && type->name && *type->name != '<' &&
            mask_fits(mask, type->name))
            say(debugger, "          %s!%s\n", module->name, type->name);
    }
}

/* 0: it is no variable of a type that is known. */
static uint32_t variable_type(const struct types *types, const struct symbol *symbol)
{
    char name[600];
    if (symbol->type)
        return type_at(types, symbol->type)->kind == TYPE_FUNCTION ? 0 : symbol->type;
    snprintf(name, sizeof name, "variable %s", symbol->name);
    return type_named(types, name);
}

/* A type of the module named, of any driver, of the kernel; or a variable's. */
static bool type_locate(struct debugger *debugger, const char *word, struct module **out_module,
                        uint32_t *out_type, uint64_t *out_address)
{
    const char *bang = strchr(word, '!'), *name = bang ? bang + 1 : word;
    char prefix[64];
    snprintf(prefix, sizeof prefix, "%.*s", bang ? (int)(bang - word) : 0, word);
    for (struct module *at = modules_first(debugger); at; at = at->next) {
        if (bang && strcasecmp(at->name, prefix) && strcasecmp(at->image, prefix))
            continue;
        types_load(debugger, at);
        *out_module = at;
        if (at->types && (*out_type = type_named(at->types, name)))
            return true;
        const struct symbol *symbol = symbols_named(&at->symbols, name);
        *out_type = at->types && symbol ? variable_type(at->types, symbol) : 0;
        if (*out_type) {
            *out_address = symbol->address;
            return true;
        }
        if (bang && strpbrk(name, "*?") && at->types)
            return true;
    }
    return false;
}

static bool is_member_mask(const struct types *types, uint32_t number, const char *mask)
{
    const struct type *list = type_members(types, type_real(types, number));
    for (uint32_t i = 0; i < list->member_count; i++)
        if (mask_fits(mask, list->member[i].name))
            return true;
    return false;
}

/* -r, -r3, -v, -a … in any place; the others stay. */
static unsigned options_take(char **words, unsigned count, unsigned *out_depth)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++)
        if (words[i][0] == '-' && isalpha((unsigned char)words[i][1])) {
            if (words[i][1] == 'r')
                *out_depth = isdigit((unsigned char)words[i][2]) ? (unsigned)(words[i][2] - '0')
                                                                 : (unsigned)DEPTH_MAX;
        } else {
            words[kept++] = words[i];
        }
    return kept;
}

void command_dt(struct debugger *debugger, char *text)
{
    struct display display = {.debugger = debugger};
    char *words[WORDS_MAX];
    uint64_t address = 0;
    uint32_t type = 0;
    struct module *module = NULL;
    unsigned count = options_take(words, words_split(text, words), &display.depth);
    if (!count) {
        complain(debugger, "dt MODULE!TYPE [-rN] [FIELD ...] [ADDRESS]");
        return;
    }
    if (!type_locate(debugger, words[0], &module, &type, &address)) {
        complain(debugger, "Symbol %s not found.", words[0]);
        return;
    }
    if (!type) {
        const char *bang = strchr(words[0], '!');
        names_print(debugger, module, bang + 1);
        return;
    }
    display.types = module->types;
    display.has_address = address != 0;
    for (unsigned i = 1; i < count; i++)
        if (is_member_mask(module->types, type, words[i]))
            display.fields[display.field_count++] = words[i];
        else if (evaluate(debugger, words[i], &address))
            display.has_address = true;
        else
            return;
    type_print(&display, type, address);
}
