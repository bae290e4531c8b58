/* SPDX-License-Identifier: MIT */
/* builtin.c - our own modules: a segment of thunks each, and the calls that come out of them.
 *
 * A thunk's number says module and row. What an NE file imports and nobody exports gets a thunk as
 * well, which says so when it is called: a program runs as far as it can without it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loader_internal.h"
#include "loader16/call16.h"
#include "ntdll/error.h"
#include "ntdll/heap.h"

#define NUMBER_OF(module, row) (((uint32_t)(module) + 1) << 16 | (row))
#define ABSENT_FIRST           0x40000000u
#define ABSENT_MOST            1024u

struct absent {
    char module[64], name[128];
};

static struct {
    struct absent all[ABSENT_MOST];
    unsigned count;
    uint8_t *memory;
    uint16_t selector;
} absents;

static bool value_needs_call(const struct win16_export *export)
{
    return export->kind == WIN16_CONSTANT && export->call;
}

static bool thunks_make(struct module16 *module, unsigned index)
{
    const struct win16_builtin *builtin = module->builtin;
    struct block16 *block = block16_take((uint32_t)(builtin->export_count + 1) * CPU16_THUNK_BYTES,
                                         0, CPU16_CODE, module->handle);
    if (!block)
        return false;
    for (unsigned row = 0; row < builtin->export_count; row++)
        cpu16_thunk_write(block->memory + row * CPU16_THUNK_BYTES, NUMBER_OF(index, row));
    module->thunks = block->selector;
    return true;
}

static struct module16 *module_make(unsigned index)
{
    struct module16 *module = calloc(1, sizeof *module);
    struct block16 *database = block16_take(64, GMEM_ZEROINIT, CPU16_DATA, 0);
    if (!module || !database) {
        free(module);
        return NULL;
    }
    memcpy(database->memory, "NE", 2);
    module->builtin = &win16_builtins[index];
    module->is_library = module->is_started = true;
    module->references = 1;
    module->handle = module->instance = database->selector;
    module_name_set(module, module->builtin->name, strlen(module->builtin->name));
    snprintf(module->path, sizeof module->path, "C:\\WINDOWS\\SYSTEM\\%s.EXE", module->name);
    if (!thunks_make(module, index)) {
        block16_give(database);
        free(module);
        return NULL;
    }
    module_add(module);
    return module;
}

struct module16 *builtin_module(const char *name)
{
    for (unsigned i = 0; i < win16_builtin_count; i++) {
        if (!strcasecmp(win16_builtins[i].name, name))
            return module_make(i);
    }
    return NULL;
}

static bool row_export(struct module16 *module, unsigned row, struct export16 *out)
{
    const struct win16_export *export = &module->builtin->exports[row];
    *out = (struct export16){.address = FAR16(module->thunks, row * CPU16_THUNK_BYTES)};
    if (export->kind == WIN16_CONSTANT) {
        uint16_t value = value_needs_call(export) ? (uint16_t)export->call(NULL) : export->value;
        *out = (struct export16){.address = FAR16(value, value), .is_constant = true};
    }
    return true;
}

static bool builtin_by_ordinal(struct module16 *module, uint16_t ordinal, struct export16 *out)
{
    for (unsigned row = 0; row < module->builtin->export_count; row++) {
        if (module->builtin->exports[row].ordinal == ordinal)
            return row_export(module, row, out);
    }
    return false;
}

static bool builtin_by_name(struct module16 *module, const char *name, size_t length,
                            struct export16 *out)
{
    for (unsigned row = 0; row < module->builtin->export_count; row++) {
        const char *has = module->builtin->exports[row].name;
        if (strlen(has) == length && !strncasecmp(has, name, length))
            return row_export(module, row, out);
    }
    return false;
}

/* ---- exports of both kinds ---------------------------------------------------------------------
 */

bool export_by_ordinal(struct module16 *module, uint16_t ordinal, struct export16 *out)
{
    struct ne_entry entry;
    struct ne_error error;
    if (module->builtin)
        return builtin_by_ordinal(module, ordinal, out);
    if (ne_entry(&module->image, ordinal, &entry, &error) != NE_OK ||
        entry.segment > module->image.segment_count)
        return false;
    *out = (struct export16){.address = FAR16(entry.offset, entry.offset), .is_constant = true};
    if (entry.segment)
        *out = (struct export16){
            .address = FAR16(module->segments[entry.segment - 1].selector, entry.offset)};
    return true;
}

bool export_by_name(struct module16 *module, const char *name, size_t length, struct export16 *out)
{
    struct ne_text text = {name, (uint8_t)length};
    struct ne_error error;
    uint16_t ordinal;
    if (module->builtin)
        return builtin_by_name(module, name, length, out);
    return length < 256 && ne_name_find(&module->image, text, &ordinal, &error) == NE_OK &&
           export_by_ordinal(module, ordinal, out);
}

struct far16 module16_ordinal(struct module16 *module, uint16_t ordinal)
{
    struct export16 export;
    return export_by_ordinal(module, ordinal, &export) ? export.address : FAR16(0, 0);
}

struct far16 module16_name(struct module16 *module, const char *name)
{
    struct export16 export;
    if (name[0] == '#')
        return module16_ordinal(module, (uint16_t)strtoul(name + 1, NULL, 10));
    return export_by_name(module, name, strlen(name), &export) ? export.address : FAR16(0, 0);
}

/* ---- what nobody exports -----------------------------------------------------------------------
 */

struct far16 absent_thunk(struct module16 *module, const char *name, size_t length,
                          uint16_t ordinal)
{
    if (!absents.memory) {
        struct block16 *block =
            block16_take(ABSENT_MOST * CPU16_THUNK_BYTES, 0, CPU16_CODE, module->handle);
        if (!block)
            return FAR16(0, 0);
        absents.memory = block->memory;
        absents.selector = block->selector;
    }
    if (absents.count == ABSENT_MOST)
        return FAR16(0, 0);
    unsigned index = absents.count++;
    struct absent *absent = &absents.all[index];
    snprintf(absent->module, sizeof absent->module, "%s", module->name);
    if (name)
        snprintf(absent->name, sizeof absent->name, "%.*s", (int)length, name);
    else
        snprintf(absent->name, sizeof absent->name, "%u", ordinal);
    cpu16_thunk_write(absents.memory + index * CPU16_THUNK_BYTES, ABSENT_FIRST + index);
    return FAR16(absents.selector, index * CPU16_THUNK_BYTES);
}

/* The program's end: it called what is not there. */
[[noreturn]] static void absent_called(const char *module, const char *name, unsigned ordinal,
                                       const struct cpu16_registers *registers)
{
    char caller[128], number[16] = "";
    call16_place_describe(FAR16(registers->cs, registers->eip), caller, sizeof caller);
    if (ordinal)
        snprintf(number, sizeof number, " (%u)", ordinal);
    program_die(PROGRAM_ABSENT,
                "it called %s.%s%s, which is not there yet (from %s); the program "
                "was ended",
                module, name, number, caller);
}

/* ---- calls -------------------------------------------------------------------------------------
 */

/* A program can make up a thunk of its own. */
static bool number_is(uint32_t number)
{
    uint32_t module = (number >> 16) - 1;
    if (number >= ABSENT_FIRST)
        return number - ABSENT_FIRST < absents.count;
    return module < win16_builtin_count && (number & 0xffff) < win16_builtins[module].export_count;
}

void call16_answer(uint32_t number, struct cpu16_registers *registers)
{
    if (!number_is(number)) {
        program_die((uint32_t)STATUS_ACCESS_VIOLATION, "it called a thunk that was never made");
    } else if (number >= ABSENT_FIRST) {
        const struct absent *absent = &absents.all[number - ABSENT_FIRST];
        absent_called(absent->module, absent->name, 0, registers);
    }
    const struct win16_builtin *builtin = &win16_builtins[(number >> 16) - 1];
    const struct win16_export *export = &builtin->exports[number & 0xffff];
    if (export->kind != WIN16_FUNCTION)
        absent_called(builtin->name, export->name, export->ordinal, registers);
    uint32_t result = export->call(registers);
    if (export->result_words)
        REG16(registers->eax) = (uint16_t)result;
    if (export->result_words == 2)
        REG16(registers->edx) = (uint16_t)(result >> 16);
    REG16(registers->esp) = (uint16_t)(REG16(registers->esp) + export->argument_bytes);
}

const char *call16_name(uint32_t number)
{
    if (number >= ABSENT_FIRST)
        return absents.all[number - ABSENT_FIRST].name;
    return win16_builtins[(number >> 16) - 1].exports[number & 0xffff].name;
}

void call16_place_describe(struct far16 place, char *text, size_t size)
{
    unsigned segment;
    struct module16 *module = module16_by_selector(place.selector, &segment);
    if (module)
        snprintf(text, size, "%s %04X:%04X", module->name, segment, place.offset);
    else
        snprintf(text, size, "%04X:%04X", place.selector, place.offset);
}

/* ---- arguments ---------------------------------------------------------------------------------
 */

static call16_bad_pointer *bad_pointer; /* set once at start */

void call16_bad_pointer_set(call16_bad_pointer *hook)
{
    bad_pointer = hook;
}

void *win16_buffer(struct cpu16_registers *registers, uint32_t far, uint32_t size_bytes)
{
    if (!far)
        return NULL;
    void *flat = far16_flat(far16_of(far), size_bytes);
    if (!flat)
        bad_pointer(far16_of(far), registers);
    return flat;
}

void *win16_pointer(struct cpu16_registers *registers, uint32_t far)
{
    return win16_buffer(registers, far, 1);
}

const char *win16_string(struct cpu16_registers *registers, uint32_t far)
{
    const char *text = win16_buffer(registers, far, 1);
    if (text && !memchr(text, 0, far16_room(far16_of(far))))
        bad_pointer(far16_of(far), registers);
    return text;
}
