/* SPDX-License-Identifier: MIT */
/* explain.c - what a script's thunks do, for people: which kind of thunk fits, what is converted.
 */
#include <stdio.h>
#include <stdlib.h>

#include "thunk_internal.h"

#define PUT(...) thunk_put(text, __VA_ARGS__)

static const char *mode_name(enum thunk_mode mode)
{
    return mode == THUNK_INPUT ? "in" : mode == THUNK_OUTPUT ? "out" : "in and out";
}

static void put_value(struct thunk_text *text, const struct thunk_type *type,
                      enum thunk_direction direction)
{
    if (type->kind == THUNK_STRUCT)
        PUT("a copy, %u bytes of 16-bit code, %u of 32-bit code", type->bytes[THUNK_16],
            type->bytes[THUNK_32]);
    else if (type->bytes[THUNK_16] == type->bytes[THUNK_32])
        PUT("as it is");
    else if (direction == THUNK_16_TO_32)
        PUT(type->kind == THUNK_SIGNED ? "16 bits, widened with the sign" : "16 bits, widened");
    else
        PUT(type->kind == THUNK_BOOL ? "1 when any of 32 bits is set" : "cut to 16 bits");
}

static void put_pointer(struct thunk_text *text, const struct thunk_parameter *parameter,
                        enum thunk_direction direction)
{
    const struct thunk_type *target = parameter->type->target;
    if (!target || target->kind == THUNK_VOID || target->is_same) {
        PUT("the same memory, %s", direction == THUNK_32_TO_16
                                       ? "through a selector of 64 KiB"
                                       : "at its flat address, fixed for the call");
        return;
    }
    PUT("repacked (%s): %u bytes of 16-bit code, %u of 32-bit code", mode_name(parameter->mode),
        target->bytes[THUNK_16], target->bytes[THUNK_32]);
}

static void put_fields(struct thunk_text *text, const struct thunk_type *type)
{
    if (type->kind == THUNK_POINTER && type->target)
        type = type->target;
    if (type->kind != THUNK_STRUCT || type->is_same)
        return;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct thunk_field *field = &type->fields[i];
        PUT("        %-20s at %3u in 16 bits (%u bytes), at %3u in 32 bits (%u bytes)\n",
            field->name, field->offset[THUNK_16], field->type->bytes[THUNK_16],
            field->offset[THUNK_32], field->type->bytes[THUNK_32]);
    }
}

static void put_function(struct thunk_text *text, const struct thunk_function *function,
                         enum thunk_direction direction)
{
    PUT("\n%s: %u bytes of arguments in 16-bit code, %u in 32-bit code\n", function->name,
        function->argument_bytes[THUNK_16], function->argument_bytes[THUNK_32]);
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        const struct thunk_parameter *parameter = &function->parameters[i];
        PUT("    %u %-18s ", i + 1, parameter->name ? parameter->name : "");
        thunk_type_print(text, parameter->type);
        PUT(": ");
        if (parameter->type->kind == THUNK_POINTER)
            put_pointer(text, parameter, direction);
        else
            put_value(text, parameter->type, direction);
        PUT("\n");
        put_fields(text, parameter->type);
    }
    PUT("    returns ");
    thunk_type_print(text, function->result);
    PUT("\n");
    if (direction == THUNK_16_TO_32)
        PUT("    returns %d when the 32-bit DLL cannot be loaded\n",
            (int)function->fault_error_code);
}

char *thunk_explain(const struct thunk_script *script)
{
    struct thunk_text own = {0}, *text = &own;
    bool is_down = script->direction == THUNK_32_TO_16;
    PUT("%s: a flat thunk, %s.\n\n", script->base_name,
        is_down ? "32-bit code calls 16-bit code" : "16-bit code calls 32-bit code");
    PUT("Flat thunks are there on Windows 95 and 98 (--windows 95 or 98). On Windows NT and all\n"
        "that came after it %s_ThunkConnect%s returns FALSE and the DLL is not loaded.\n",
        script->base_name, is_down ? "32" : "16");
    if (is_down)
        PUT("Nothing else calls 16-bit code from a 32-bit program: where it must run on Windows "
            "NT\n"
            "too, put the 16-bit code into a 16-bit program of its own and talk to it by "
            "messages,\n"
            "or port it. A 32-bit DLL that a 16-bit program has called through a generic thunk "
            "can\n"
            "call back: WOWCallback16Ex.\n");
    else
        PUT("A 16-bit program that must run on both calls through generic thunks: "
            "LoadLibraryEx32W,\n"
            "GetProcAddress32W, CallProc32W in KERNEL. They need no script; the caller says for "
            "each\n"
            "argument whether it is a pointer, and widens integers itself.\n");
    if (!is_down && script->preloads_32)
        PUT("The 32-bit DLL is loaded together with the 16-bit one (preload32).\n");
    else if (!is_down)
        PUT("The 32-bit DLL is loaded by the first call.\n");
    if (script->is_win31_compatible)
        PUT("The 32-bit DLL stays until the process ends (win31compat).\n");
    for (uint32_t i = 0; i < script->function_count; i++)
        put_function(text, &script->functions[i], script->direction);
    return own.bytes;
}
