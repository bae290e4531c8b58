/* SPDX-License-Identifier: MIT */
/* emit.c - the assembly file with both halves, for nasm or in the syntax of MASM.
 *
 * Each half is a table (thunk/table.h), the function that connects it, and for the side that calls
 * a stub for each function. What a stub does with its arguments is not written here: the table says
 * what they are, and the run time converts.
 * Doc: "Compiling Flat Thunks", "Creating a 16-bit Thunk DLL", "Creating a Win32-Based Thunk DLL"
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thunk/table.h"
#include "thunk_internal.h"

struct emitter {
    struct thunk_text text;
    const struct thunk_script *script;
    const struct thunk_options *options;
    bool is_masm;
    bool *is_written; /* by the numbers of types */
    uint32_t type_limit;
};

#define PUT(e, ...) thunk_put(&(e)->text, __VA_ARGS__)

/* Names on the 16-bit side: __pascal, so capitals. $ keeps nasm from taking one for an instruction.
 */
static void put_name_16(struct emitter *e, const char *name)
{
    if (!e->is_masm)
        PUT(e, "$");
    for (const char *at = name; *at; at++)
        PUT(e, "%c", toupper((unsigned char)*at));
}

static void put_public(struct emitter *e, const char *name)
{
    PUT(e, e->is_masm ? "PUBLIC %s\n" : "global %s\n", name);
}

/* A label in front of data. */
static void put_label(struct emitter *e, const char *name)
{
    PUT(e, e->is_masm ? "%s" : "%s:\n", name);
}

/* Numbers as both assemblers read them. */
static void put_hex(struct emitter *e, const char *what, uint32_t value)
{
    PUT(e, e->is_masm ? "    %s 0%08xh\n" : "    %s 0x%08x\n", what, value);
}

static void put_head(struct emitter *e, const char *half)
{
    PUT(e, e->is_masm ? "\nIFDEF IS_%s\n" : "\n%%ifdef IS_%s\n", half);
}

static void put_foot(struct emitter *e)
{
    PUT(e, e->is_masm ? "ENDIF\n" : "%%endif\n");
}

static uint16_t table_flags(const struct thunk_script *script)
{
    return (uint16_t)((script->preloads_32 ? THUNK_TABLE_PRELOAD_32 : 0) |
                      (script->is_win31_compatible ? THUNK_TABLE_WIN31_COMPAT : 0));
}

/* ---- 16 bits -----------------------------------------------------------------------------------
 */

static const char *code_16(const struct emitter *e)
{
    return e->options->code_16 ? e->options->code_16 : "THUNK16_TEXT";
}

static void put_begin_16(struct emitter *e)
{
    bool calls = e->script->direction == THUNK_16_TO_32;
    if (e->is_masm) {
        PUT(e, ".386\nEXTERN ThunkConnect16:FAR\n");
        if (calls)
            PUT(e, "EXTERN C16ThkSL01:FAR\n");
        for (uint32_t i = 0; !calls && i < e->script->function_count; i++) {
            PUT(e, "EXTERN ");
            put_name_16(e, e->script->functions[i].name);
            PUT(e, ":FAR\n");
        }
        PUT(e, "%s SEGMENT DWORD PUBLIC USE16 'CODE'\n    ASSUME CS:%s\n", code_16(e), code_16(e));
        return;
    }
    PUT(e, "extern ThunkConnect16\n");
    if (calls)
        PUT(e, "extern C16ThkSL01\n");
    for (uint32_t i = 0; !calls && i < e->script->function_count; i++) {
        PUT(e, "extern ");
        put_name_16(e, e->script->functions[i].name);
        PUT(e, "\n");
    }
    PUT(e, "segment %s use16 class=CODE public align=4\n", code_16(e));
}

static void put_procedure_16(struct emitter *e, const char *name)
{
    PUT(e, "\n%s ", e->is_masm ? "PUBLIC" : "global");
    put_name_16(e, name);
    PUT(e, "\n");
    put_name_16(e, name);
    PUT(e, e->is_masm ? " PROC FAR\n" : ":\n");
}

static void put_procedure_end(struct emitter *e, const char *name, bool is_16)
{
    if (!e->is_masm)
        return;
    if (is_16)
        put_name_16(e, name);
    else
        PUT(e, "%s", name);
    PUT(e, " ENDP\n");
}

/* BOOL FAR PASCAL NAME_ThunkConnect16(LPSTR dll16, LPSTR dll32, WORD hInst, DWORD dwReason) */
static void put_connect_16(struct emitter *e)
{
    const char *base = e->script->base_name, *pointer = e->is_masm ? " PTR" : "";
    const char *offset = e->is_masm ? "OFFSET " : "";
    char name[128];
    snprintf(name, sizeof name, "%s_ThunkConnect16", base);
    put_procedure_16(e, name);
    PUT(e, "    push bp\n    mov bp, sp\n");
    PUT(e, "    push dword%s [bp+16]        ; both names, the instance, the reason\n", pointer);
    PUT(e, "    push dword%s [bp+12]\n    push word%s [bp+10]\n    push dword%s [bp+6]\n", pointer,
        pointer, pointer);
    PUT(e, "    push cs                     ; this half's table, the name of the other's\n");
    PUT(e, "    mov ax, %s%s_ThunkData16\n    push ax\n", offset, base);
    PUT(e, "    push cs\n    mov ax, %sthunk_other_name\n    push ax\n", offset);
    PUT(e, "    call far%s ThunkConnect16\n    pop bp\n", pointer);
    PUT(e, e->is_masm ? "    ret 14\n" : "    retf 14\n");
    put_procedure_end(e, name, true);
}

static void put_stub_16(struct emitter *e, uint32_t index)
{
    const struct thunk_function *function = &e->script->functions[index];
    put_procedure_16(e, function->name);
    PUT(e, "    mov cx, %u\n    mov bx, %s%s_ThunkData16\n", index, e->is_masm ? "OFFSET " : "",
        e->script->base_name);
    PUT(e, "    mov dx, cs\n    call far%s C16ThkSL01\n", e->is_masm ? " PTR" : "");
    PUT(e, e->is_masm ? "    ret %u\n" : "    retf %u\n", function->argument_bytes[THUNK_16]);
    put_procedure_end(e, function->name, true);
}

static void put_table_16(struct emitter *e)
{
    const struct thunk_script *script = e->script;
    bool calls = script->direction == THUNK_16_TO_32;
    char label[128];
    snprintf(label, sizeof label, "%s_ThunkData16", script->base_name);
    PUT(e, e->is_masm ? "\nALIGN 4\n" : "\nalign 4\n");
    put_public(e, label);
    put_label(e, label);
    put_hex(e, "dd", THUNK_TABLE_MAGIC_16);
    PUT(e, "    dw %u, %u\n", THUNK_TABLE_VERSION,
        calls ? THUNK_TABLE_16_TO_32 : THUNK_TABLE_32_TO_16);
    put_hex(e, "dd", script->checksum);
    PUT(e, "    dw %u, %u\n    dd 0\n", table_flags(script), script->function_count);
    for (uint32_t i = 0; i < script->function_count; i++) {
        const struct thunk_function *function = &script->functions[i];
        if (calls) {
            put_hex(e, "dd", function->fault_error_code);
        } else if (e->is_masm) {
            PUT(e, "    dd ");
            put_name_16(e, function->name);
            PUT(e, "\n");
        } else {
            PUT(e, "    dw ");
            put_name_16(e, function->name);
            PUT(e, ", seg ");
            put_name_16(e, function->name);
            PUT(e, "\n");
        }
        PUT(e, "    dw %u, 0\n", function->argument_bytes[THUNK_16]);
    }
    put_label(e, "thunk_other_name");
    PUT(e, "    db '%s_ThunkData32', 0\n", script->base_name);
}

static void put_half_16(struct emitter *e)
{
    put_head(e, "16");
    put_begin_16(e);
    put_connect_16(e);
    for (uint32_t i = 0; e->script->direction == THUNK_16_TO_32 && i < e->script->function_count;
         i++)
        put_stub_16(e, i);
    put_table_16(e);
    if (e->is_masm)
        PUT(e, "%s ENDS\n", code_16(e));
    put_foot(e);
}

/* ---- 32 bits: descriptors
 * ------------------------------------------------------------------------ */

static void put_reference(struct emitter *e, const struct thunk_type *type)
{
    if (type && type->kind != THUNK_VOID && type->is_complete)
        PUT(e, "    dd thunk_type_%u\n", type->number);
    else
        PUT(e, "    dd 0\n");
}

static void put_type(struct emitter *e, const struct thunk_type *type)
{
    char label[48];
    if (!type || type->kind == THUNK_VOID || !type->is_complete || type->number >= e->type_limit ||
        e->is_written[type->number])
        return;
    e->is_written[type->number] = true;
    put_type(e, type->target);
    for (uint32_t i = 0; type->kind == THUNK_STRUCT && i < type->count; i++)
        put_type(e, type->fields[i].type);
    snprintf(label, sizeof label, "thunk_type_%u", type->number);
    put_label(e, label);
    PUT(e, "    db %u, %u\n    dw 0\n    dd %u\n    dd %u\n", (unsigned)type->kind,
        type->is_same ? THUNK_TYPE32_SAME : 0, type->bytes[THUNK_16], type->bytes[THUNK_32]);
    put_reference(e, type->target);
    PUT(e, "    dd %u\n", type->count);
    for (uint32_t i = 0; type->kind == THUNK_STRUCT && i < type->count; i++) {
        const struct thunk_field *field = &type->fields[i];
        PUT(e, "    dd %u\n    dd %u\n", field->offset[THUNK_16], field->offset[THUNK_32]);
        put_reference(e, field->type);
    }
}

static void put_function(struct emitter *e, uint32_t index)
{
    const struct thunk_function *function = &e->script->functions[index];
    char label[48];
    put_type(e, function->result);
    for (uint32_t i = 0; i < function->parameter_count; i++)
        put_type(e, function->parameters[i].type);
    snprintf(label, sizeof label, "thunk_function_%u", index);
    put_label(e, label);
    PUT(e, "    dd _%s_ThunkData32\n    dd %u\n", e->script->base_name, index);
    if (e->script->direction == THUNK_16_TO_32)
        PUT(e, "    dd _%s@%u\n", function->name, function->argument_bytes[THUNK_32]);
    else
        PUT(e, "    dd 0\n");
    PUT(e, "    dd thunk_name_%u\n    dw %u\n    dw %u\n", index,
        function->argument_bytes[THUNK_16], function->argument_bytes[THUNK_32]);
    put_reference(e, function->result);
    PUT(e, "    dd %u\n", function->parameter_count);
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        put_reference(e, function->parameters[i].type);
        PUT(e, "    dd %u\n", (unsigned)function->parameters[i].mode);
    }
}

static void put_table_32(struct emitter *e)
{
    const struct thunk_script *script = e->script;
    char label[128];
    PUT(e, e->is_masm ? "\n.DATA\n" : "\nsection .data align=4\n");
    snprintf(label, sizeof label, "_%s_ThunkData32", script->base_name);
    put_label(e, label);
    put_hex(e, "dd", THUNK_TABLE_MAGIC_32);
    PUT(e, "    dw %u\n    dw %u\n", THUNK_TABLE_VERSION,
        script->direction == THUNK_16_TO_32 ? THUNK_TABLE_16_TO_32 : THUNK_TABLE_32_TO_16);
    put_hex(e, "dd", script->checksum);
    PUT(e, "    dd %u\n    dd %u\n    dd 0\n    dd thunk_refuse\n    dd thunk_functions\n",
        table_flags(script), script->function_count);
    put_label(e, "thunk_functions");
    for (uint32_t i = 0; i < script->function_count; i++)
        PUT(e, "    dd thunk_function_%u\n", i);
    for (uint32_t i = 0; i < script->function_count; i++)
        put_function(e, i);
    for (uint32_t i = 0; i < script->function_count;
         i++) { /* last: what has four bytes is aligned */
        snprintf(label, sizeof label, "thunk_name_%u", i);
        put_label(e, label);
        PUT(e, "    db '%s', 0\n", script->functions[i].name);
    }
    put_label(e, "thunk_other_name");
    PUT(e, "    db '%s_ThunkData16', 0\n", script->base_name);
}

/* ---- 32 bits: code ------------------------------------------------------------------------------
 */

static void put_procedure_32(struct emitter *e, const char *name)
{
    PUT(e, e->is_masm ? "\n%s PROC\n" : "\n%s:\n", name);
}

/* BOOL WINAPI NAME_ThunkConnect32(LPSTR dll16, LPSTR dll32, DWORD hInst, DWORD dwReason) */
static void put_connect_32(struct emitter *e)
{
    const char *base = e->script->base_name, *offset = e->is_masm ? "OFFSET " : "";
    char name[128];
    snprintf(name, sizeof name, "_%s_ThunkConnect32@16", base);
    put_procedure_32(e, name);
    /* Through a register: llvm-ml has no relocation for an address that is pushed. */
    PUT(e, "    mov eax, %sthunk_other_name\n    push eax\n", offset);
    PUT(e, "    mov eax, %s_%s_ThunkData32\n    push eax\n", offset, base);
    for (int i = 0; i < 4; i++)
        PUT(e, "    push dword%s [esp+24]\n", e->is_masm ? " ptr" : "");
    PUT(e, "    call _ThunkConnect32@24\n    ret 16\n");
    put_procedure_end(e, name, false);
}

static void put_stub_32(struct emitter *e, uint32_t index)
{
    const struct thunk_function *function = &e->script->functions[index];
    char name[160];
    snprintf(name, sizeof name, "_%s@%u", function->name, function->argument_bytes[THUNK_32]);
    put_procedure_32(e, name);
    PUT(e, "    mov ecx, %sthunk_function_%u\n    lea edx, [esp+4]\n", e->is_masm ? "OFFSET " : "",
        index);
    PUT(e, "    call dword%s [_%s_ThunkData32+24]\n    ret %u\n", e->is_masm ? " ptr" : "",
        e->script->base_name, function->argument_bytes[THUNK_32]);
    put_procedure_end(e, name, false);
}

static void put_names_32(struct emitter *e)
{
    const struct thunk_script *script = e->script;
    bool calls = script->direction == THUNK_32_TO_16;
    char name[160];
    PUT(e, e->is_masm ? ".386\n.MODEL FLAT\nEXTERN _ThunkConnect32@24:PROC\n"
                      : "extern _ThunkConnect32@24\n");
    snprintf(name, sizeof name, "_%s_ThunkConnect32@16", script->base_name);
    put_public(e, name);
    snprintf(name, sizeof name, "_%s_ThunkData32", script->base_name);
    put_public(e, name);
    for (uint32_t i = 0; i < script->function_count; i++) {
        const struct thunk_function *function = &script->functions[i];
        snprintf(name, sizeof name, "_%s@%u", function->name, function->argument_bytes[THUNK_32]);
        if (calls)
            put_public(e, name);
        else
            PUT(e, e->is_masm ? "EXTERN %s:PROC\n" : "extern %s\n", name);
    }
}

static void put_half_32(struct emitter *e)
{
    const char *code = e->options->code_32;
    put_head(e, "32");
    put_names_32(e);
    if (e->is_masm && code)
        PUT(e, "%s SEGMENT DWORD PUBLIC 'CODE'\n", code);
    else if (e->is_masm)
        PUT(e, ".CODE\n");
    else if (code)
        PUT(e, "section %s code align=16\n", code);
    else
        PUT(e, "section .text\n");
    put_connect_32(e);
    for (uint32_t i = 0; e->script->direction == THUNK_32_TO_16 && i < e->script->function_count;
         i++)
        put_stub_32(e, i);
    PUT(e, "\n; until the halves are connected\n");
    PUT(e, "thunk_refuse:\n    xor eax, eax\n    ret\n");
    if (e->is_masm && code)
        PUT(e, "%s ENDS\n", code);
    put_table_32(e);
    put_foot(e);
}

char *thunk_assembly(const struct thunk_script *script, const struct thunk_options *options)
{
    struct emitter e = {.script = script,
                        .options = options,
                        .is_masm = options->is_masm,
                        .type_limit = script->type_number};
    e.is_written = calloc(script->type_number + 1, sizeof *e.is_written);
    if (!e.is_written)
        return NULL;
    PUT(&e, "; Both halves of the flat thunk %s, made by `cove thunk`.\n", script->base_name);
    if (options->is_masm)
        PUT(&e, ";   ml /c /DIS_16 /Fo %s16.obj %s.asm\n;   ml /c /DIS_32 /Fo %s32.obj %s.asm\n",
            script->base_name, script->base_name, script->base_name, script->base_name);
    else
        PUT(&e,
            ";   nasm -f obj -DIS_16 -o %s16.obj %s.asm\n"
            ";   nasm -f win32 -DIS_32 -o %s32.obj %s.asm\n"
            "%%ifndef IS_16\n%%ifndef IS_32\n"
            "%%error \"assemble this file twice: with -DIS_16 and with -DIS_32\"\n"
            "%%endif\n%%endif\n",
            script->base_name, script->base_name, script->base_name, script->base_name);
    put_half_16(&e);
    put_half_32(&e);
    if (options->is_masm)
        PUT(&e, "\nEND\n");
    free(e.is_written);
    return e.text.bytes;
}
