/* SPDX-License-Identifier: MIT */
/* ioctl_test.c - writes the program that tests a generated converter.
 *
 * The program knows each value by its offsets and sizes in both widths, as numbers; the converter
 * knows them by their names. Every value goes up and back with several patterns, and one too large
 * must be refused.
 */
#include <stdio.h>

#include "thunk_internal.h"

#define PUT(...) thunk_put(text, __VA_ARGS__)

#define SHOWN_MAX 32u /* elements of an array: the first ones, and the last */

static const char frame[] =
    "struct value {\n    unsigned narrow_at, narrow_bytes, wide_at, wide_bytes;\n    int "
    "has_sign;\n"
    "};\n\n"
    "static int failures;\n\n"
    "static void check(int is_true, const char *name, const char *what, unsigned at)\n{\n"
    "    if (is_true)\n        return;\n"
    "    printf(\"%s: %s, at %u of 64 bits\\n\", name, what, at);\n    failures++;\n}\n\n"
    "static void fill(unsigned char *bytes, unsigned size, int pattern)\n{\n"
    "    for (unsigned i = 0; i < size; i++)\n"
    "        bytes[i] = pattern == 0   ? 0\n                   : pattern == 1 ? 0xff\n"
    "                   : pattern == 2 ? 0x7f\n                                  : "
    "(unsigned char)(i * 37 + 11);\n}\n\n"
    "/* What a value is in 64 bits, worked out byte by byte. */\n"
    "static int is_widened(const unsigned char *narrow, const unsigned char *wide,\n"
    "                      const struct value *value)\n{\n"
    "    const unsigned char *from = narrow + value->narrow_at, *to = wide + value->wide_at;\n"
    "    unsigned char rest = value->has_sign && from[value->narrow_bytes - 1] & 0x80 ? 0xff : 0;\n"
    "    for (unsigned i = 0; i < value->wide_bytes; i++)\n"
    "        if (to[i] != (i < value->narrow_bytes ? from[i] : rest))\n            return 0;\n"
    "    return 1;\n}\n";

struct lister {
    struct thunk_text *text;
    uint32_t count;
};

static void list_values(struct lister *lister, const struct thunk_type *type, uint32_t narrow_at,
                        uint32_t wide_at)
{
    if (type->kind == THUNK_STRUCT) {
        for (uint32_t i = 0; i < type->count; i++)
            list_values(lister, type->fields[i].type, narrow_at + type->fields[i].offset[THUNK_32],
                        wide_at + type->fields[i].offset[THUNK_64]);
    } else if (type->kind == THUNK_ARRAY) {
        for (uint32_t i = 0; i < type->count; i++)
            if (i < SHOWN_MAX || i + 1 == type->count)
                list_values(lister, type->target, narrow_at + i * type->target->bytes[THUNK_32],
                            wide_at + i * type->target->bytes[THUNK_64]);
    } else {
        thunk_put(lister->text, "    {%u, %u, %u, %u, %d},\n", narrow_at, type->bytes[THUNK_32],
                  wide_at, type->bytes[THUNK_64], type->is_handle || type->kind == THUNK_SIGNED);
        lister->count++;
    }
}

static void put_test(struct thunk_text *text, const struct thunk_type *type)
{
    const char *name = type->name, *of = type->is_typedef ? "" : "struct ";
    struct lister lister = {text, 0};
    PUT("\nstatic const struct value %s_values[] = {\n", name);
    list_values(&lister, type, 0, 0);
    PUT("};\n\nstatic void %s_test(void)\n{\n    %s_32 narrow, back;\n    %s%s wide;\n", name, name,
        of, name);
    PUT("    const struct value *values = %s_values;\n    unsigned count = %u;\n"
        "    SIZE_T length;\n",
        name, lister.count);
    PUT("    for (int pattern = 0; pattern < 4; pattern++) {\n"
        "        fill((unsigned char *)&narrow, sizeof narrow, pattern);\n"
        "        memset(&wide, 0xcc, sizeof wide);\n"
        "        check(%s_Get(1, &narrow, sizeof narrow, &wide) == 0, \"%s\", \"not read\", 0);\n"
        "        for (unsigned i = 0; i < count; i++)\n"
        "            check(is_widened((unsigned char *)&narrow, (unsigned char *)&wide, "
        "&values[i]),\n"
        "                  \"%s\", \"wrong in 64 bits\", values[i].wide_at);\n"
        "        check(%s_Put(1, &wide, &back, sizeof back, &length) == 0 && length == sizeof "
        "back,\n"
        "              \"%s\", \"not written\", 0);\n",
        name, name, name, name, name);
    PUT("        for (unsigned i = 0; i < count; i++)\n"
        "            check(!memcmp((unsigned char *)&back + values[i].narrow_at,\n"
        "                          (unsigned char *)&narrow + values[i].narrow_at,\n"
        "                          values[i].narrow_bytes),\n"
        "                  \"%s\", \"not the same after going there and back\", "
        "values[i].wide_at);\n    }\n",
        name);
    PUT("    for (unsigned i = 0; i < count; i++) {\n"
        "        if (values[i].narrow_bytes == values[i].wide_bytes)\n            continue;\n"
        "        memset(&wide, 0, sizeof wide);\n"
        "        ((unsigned char *)&wide)[values[i].wide_at + 4] = 1;\n"
        "        check(%s_Put(1, &wide, &back, sizeof back, &length) == IOCTL32_TOO_LARGE,\n"
        "              \"%s\", \"a value of more than 32 bits was cut\", values[i].wide_at);\n"
        "    }\n",
        name, name);
    PUT("    check(%s_Get(1, &narrow, sizeof narrow - 1, &wide) == IOCTL32_TOO_SMALL,\n"
        "          \"%s\", \"a buffer too small was read\", 0);\n"
        "    check(%s_Get(0, &narrow, sizeof wide - 1, &wide) == IOCTL32_TOO_SMALL,\n"
        "          \"%s\", \"a buffer too small was read\", 0);\n"
        "    check(%s_Put(1, &wide, &back, sizeof back - 1, &length) == IOCTL32_TOO_SMALL,\n"
        "          \"%s\", \"a buffer too small was written\", 0);\n}\n",
        name, name, name, name, name, name);
}

char *thunk_ioctl_test(const struct thunk_script *script, const char *header, const char *converter)
{
    struct thunk_text own = {0}, *text = &own;
    PUT("/* Tests %s: there and back, byte by byte. A 64-bit program; ends with 0 when all is "
        "well.\n"
        " */\n#include <stdio.h>\n#include <string.h>\n#include <windows.h>\n#include "
        "<winioctl.h>\n#include \"%s\"\n#include \"%s\"\n\n",
        converter, header, converter);
    PUT("%s", frame);
    for (uint32_t i = 0; i < script->type_count; i++)
        put_test(text, script->types[i]);
    PUT("\nint main(void)\n{\n");
    for (uint32_t i = 0; i < script->type_count; i++)
        PUT("    %s_test();\n", script->types[i]->name);
    PUT("    printf(\"%u structures, %%d failures\\n\", failures);\n    return failures != 0;\n}\n",
        script->type_count);
    return own.bytes;
}
