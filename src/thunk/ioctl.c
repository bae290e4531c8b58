/* SPDX-License-Identifier: MIT */
/* ioctl.c - C code that converts a driver's IOCTL structures between 32-bit and 64-bit callers.
 *
 * For each structure of a header: the same with fields as a 32-bit program lays them out, one
 * function for each way, and two that take a request's buffer and the caller's width. Addresses and
 * sizes are widened with zeros, handles and signed integers with their sign; what does not fit
 * back is said, not cut. Behind addresses nothing is converted: the driver knows what lies there.
 * Doc: "Supporting 32-Bit I/O in Your 64-Bit Driver" (driver documentation)
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thunk_internal.h"

#define PUT(...) thunk_put(text, __VA_ARGS__)

static const char *keyword(const struct thunk_type *type)
{
    return type->is_typedef ? "" : "struct ";
}

/* Both widths have the same bytes at the same places. */
static bool is_equal(const struct thunk_type *type)
{
    if (type->kind == THUNK_ARRAY)
        return is_equal(type->target);
    bool is = type->bytes[THUNK_32] == type->bytes[THUNK_64];
    for (uint32_t i = 0; type->kind == THUNK_STRUCT && is && i < type->count; i++)
        is = type->fields[i].offset[THUNK_32] == type->fields[i].offset[THUNK_64] &&
             is_equal(type->fields[i].type);
    return is;
}

static bool has_sign(const struct thunk_type *type)
{
    return type->is_handle || type->kind == THUNK_SIGNED;
}

/* int a[2][3] is six ints. */
static const struct thunk_type *element_of(const struct thunk_type *type, uint32_t *out_count)
{
    *out_count = 1;
    for (; type->kind == THUNK_ARRAY; type = type->target)
        *out_count *= type->count;
    return type;
}

/* ---- structures of the 32-bit caller
 * ------------------------------------------------------------- */

static void put_narrow_type(struct thunk_text *text, const struct thunk_type *type)
{
    static const char *const names[2][4] = {{"UCHAR", "USHORT", "ULONG", "ULONGLONG"},
                                            {"CHAR", "SHORT", "LONG", "LONGLONG"}};
    uint32_t bytes = type->bytes[THUNK_32];
    int size = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
    if (type->kind == THUNK_STRUCT)
        PUT("%s_32", type->name);
    else
        PUT("%s", names[has_sign(type)][size]);
}

static void put_narrow_struct(struct thunk_text *text, const struct thunk_type *type)
{
    uint32_t at = 0, pad = 0, count;
    PUT("\ntypedef struct {\n");
    for (uint32_t i = 0; i <= type->count; i++) {
        const struct thunk_field *field = i < type->count ? &type->fields[i] : NULL;
        uint32_t next = field ? field->offset[THUNK_32] : type->bytes[THUNK_32];
        if (next > at)
            PUT("    UCHAR Padding%u_[%u];\n", ++pad, next - at);
        if (!field)
            break;
        const struct thunk_type *element = element_of(field->type, &count);
        PUT("    ");
        put_narrow_type(text, element);
        PUT(" %s", field->name);
        if (field->type->kind == THUNK_ARRAY)
            PUT("[%u]", count);
        PUT(";\n");
        at = next + field->type->bytes[THUNK_32];
    }
    PUT("} %s_32;\n", type->name);
}

static void put_asserts(struct thunk_text *text, const struct thunk_type *type)
{
    const char *of = keyword(type), *name = type->name;
    PUT("_Static_assert(sizeof(%s_32) == %u, \"%s for 32 bits\");\n", name, type->bytes[THUNK_32],
        name);
    PUT("_Static_assert(sizeof(%s%s) == %u, \"%s is packed in another way: -P\");\n", of, name,
        type->bytes[THUNK_64], name);
    for (uint32_t i = 0; i < type->count; i++)
        PUT("_Static_assert(__builtin_offsetof(%s%s, %s) == %u, \"%s.%s\");\n", of, name,
            type->fields[i].name, type->fields[i].offset[THUNK_64], name, type->fields[i].name);
}

/* ---- conversions
 * ---------------------------------------------------------------------------------- */

static void put_widen(struct thunk_text *text, const struct thunk_field *field)
{
    uint32_t count;
    const struct thunk_type *type = element_of(field->type, &count);
    const char *name = field->name;
    const char *index = field->type->kind == THUNK_ARRAY ? "[i]" : "";
    if (is_equal(type)) {
        PUT("    memcpy(&out->%s, &in->%s, sizeof in->%s);\n", name, name, name);
        return;
    }
    PUT("    for (unsigned i = 0; i < %u; i++) {\n", count);
    if (type->kind == THUNK_STRUCT)
        PUT("        %s_From32((%s%s *)&out->%s + i, &in->%s%s);\n", type->name, keyword(type),
            type->name, name, name, index);
    else
        PUT("        %s wide = in->%s%s;\n"
            "        memcpy((UCHAR *)&out->%s + i * 8, &wide, 8);\n",
            has_sign(type) ? "LONGLONG" : "ULONGLONG", name, index, name);
    PUT("    }\n");
}

static void put_narrow(struct thunk_text *text, const struct thunk_field *field)
{
    uint32_t count;
    const struct thunk_type *type = element_of(field->type, &count);
    const char *name = field->name;
    const char *index = field->type->kind == THUNK_ARRAY ? "[i]" : "";
    if (is_equal(type)) {
        PUT("    memcpy(&out->%s, &in->%s, sizeof out->%s);\n", name, name, name);
        return;
    }
    PUT("    for (unsigned i = 0; i < %u; i++) {\n", count);
    if (type->kind == THUNK_STRUCT)
        PUT("        fits &= %s_To32(&out->%s%s, (const %s%s *)&in->%s + i);\n", type->name, name,
            index, keyword(type), type->name, name);
    else
        PUT("        %s wide;\n"
            "        memcpy(&wide, (const UCHAR *)&in->%s + i * 8, 8);\n"
            "        out->%s%s = (%s)wide;\n"
            "        fits &= out->%s%s == wide;\n",
            has_sign(type) ? "LONGLONG" : "ULONGLONG", name, name, index,
            has_sign(type) ? "LONG" : "ULONG", name, index);
    PUT("    }\n");
}

static void put_converters(struct thunk_text *text, const struct thunk_type *type)
{
    const char *of = keyword(type), *name = type->name;
    PUT("\nstatic inline void %s_From32(%s%s *out, const %s_32 *in)\n{\n", name, of, name, name);
    PUT("    memset(out, 0, sizeof *out);\n");
    for (uint32_t i = 0; i < type->count; i++)
        put_widen(text, &type->fields[i]);
    PUT("}\n\n/* 0: a value has more than 32 bits. */\n"
        "static inline int %s_To32(%s_32 *out, const %s%s *in)\n{\n    int fits = 1;\n",
        name, name, of, name);
    PUT("    memset(out, 0, sizeof *out);\n");
    for (uint32_t i = 0; i < type->count; i++)
        put_narrow(text, &type->fields[i]);
    PUT("    return fits;\n}\n");
}

/* What a driver calls with a request's buffer. */
static void put_buffers(struct thunk_text *text, const struct thunk_type *type)
{
    const char *of = keyword(type), *name = type->name;
    PUT("\n/* A copy of what lies in a buffer: an input buffer may change while it is read. */\n"
        "static inline LONG %s_Get(int is_32, const void *buffer, SIZE_T length, %s%s *out)\n{\n",
        name, of, name);
    PUT("#ifdef _WIN64\n    if (is_32) {\n        %s_32 narrow;\n"
        "        if (length < sizeof narrow)\n"
        "            return IOCTL32_TOO_SMALL;\n        memcpy(&narrow, buffer, sizeof narrow);\n"
        "        %s_From32(out, &narrow);\n        return 0;\n    }\n#endif\n",
        name, name);
    PUT("    (void)is_32;\n    if (length < sizeof *out)\n        return IOCTL32_TOO_SMALL;\n"
        "    memcpy(out, buffer, sizeof *out);\n    return 0;\n}\n");
    PUT("\nstatic inline LONG %s_Put(int is_32, const %s%s *in, void *buffer, SIZE_T length,\n"
        "                          SIZE_T *out_length)\n{\n    *out_length = 0;\n",
        name, of, name);
    PUT("#ifdef _WIN64\n    if (is_32) {\n        %s_32 narrow;\n"
        "        if (length < sizeof narrow)\n"
        "            return IOCTL32_TOO_SMALL;\n        if (!%s_To32(&narrow, in))\n"
        "            return IOCTL32_TOO_LARGE;\n"
        "        memcpy(buffer, &narrow, sizeof narrow);\n        *out_length = sizeof narrow;\n"
        "        return 0;\n    }\n#endif\n",
        name, name);
    PUT("    (void)is_32;\n    if (length < sizeof *in)\n        return IOCTL32_TOO_SMALL;\n"
        "    memcpy(buffer, in, sizeof *in);\n    *out_length = sizeof *in;\n    return 0;\n}\n");
}

static void put_guard(struct thunk_text *text, const char *header)
{
    for (const char *at = header; *at; at++)
        PUT("%c", isalnum((unsigned char)*at) ? toupper((unsigned char)*at) : '_');
    PUT("_CONVERTED_32");
}

char *thunk_ioctl(const struct thunk_script *script, const char *header)
{
    struct thunk_text own = {0}, *text = &own;
    PUT("/* The structures of %s for 32-bit callers, made by `cove thunk --ioctl`.\n *\n"
        " * Include it after that header. NAME_Get reads a structure from a request's buffer and\n"
        " * NAME_Put writes one; is_32 is what IoIs32bitProcess or WdfRequestIsFrom32BitProcess "
        "says.\n"
        " * Addresses and sizes are widened with zeros, handles with their sign.\n */\n#ifndef ",
        header);
    put_guard(text, header);
    PUT("\n#define ");
    put_guard(text, header);
    PUT("\n\n#include <string.h>\n\n"
        "#define IOCTL32_TOO_SMALL ((LONG)0xC0000023L) /* STATUS_BUFFER_TOO_SMALL */\n"
        "#define IOCTL32_TOO_LARGE ((LONG)0xC0000095L) /* STATUS_INTEGER_OVERFLOW */\n"
        "\n#ifdef _WIN64\n#pragma pack(push, 1)\n");
    for (uint32_t i = 0; i < script->type_count; i++)
        put_narrow_struct(text, script->types[i]);
    PUT("\n#pragma pack(pop)\n\n");
    for (uint32_t i = 0; i < script->type_count; i++)
        put_asserts(text, script->types[i]);
    for (uint32_t i = 0; i < script->type_count; i++)
        put_converters(text, script->types[i]);
    PUT("#endif\n");
    for (uint32_t i = 0; i < script->type_count; i++)
        put_buffers(text, script->types[i]);
    PUT("\n#endif\n");
    return own.bytes;
}
