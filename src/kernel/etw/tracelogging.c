/* SPDX-License-Identifier: MIT */
/* tracelogging.c - events that bring their own description.
 *
 * In comes the metadata block of such an event (size, tags, name, then a name and a type a
 * field) and the packed values, out comes name=value text. Bit 7 of a type says that a
 * format follows, bit 7 of the format that tags follow; 0x20 and 0x40 mark arrays.
 * Doc: "TraceLogging", and the notes on the format in Microsoft's MIT-licensed libraries.
 */
#include <string.h>

#include "etw_internal.h"

#define TLG_CHAIN        0x80u
#define TLG_COUNT_CONST  0x20u
#define TLG_COUNT_VALUE  0x40u
#define TLG_COUNT_CUSTOM 0x60u
#define TLG_TYPE_MASK    0x1fu
#define TLG_STRUCT       24u

#define TLG_OUT_HEX      4u
#define TLG_OUT_BOOLEAN  3u
#define TLG_OUT_STRING   2u
#define TLG_OUT_NTSTATUS 15u
#define TLG_OUT_WIN32    13u
#define TLG_OUT_HRESULT  16u

struct field {
    const char *name;
    size_t name_length;
    uint8_t type, format;
    uint16_t count; /* of an array of constant length */
    bool is_array, is_custom;
};

static bool tags_skip(struct etw_bytes *metadata)
{
    const uint8_t *byte;
    do {
        byte = bytes_take(metadata, 1);
    } while (byte && *byte & 0x80);
    return byte != NULL;
}

static bool field_read(struct etw_bytes *metadata, struct etw_bytes *arguments,
                       struct field *out_field)
{
    *out_field = (struct field){.count = 1};
    out_field->name = bytes_string(metadata, 1, &out_field->name_length);
    const uint8_t *type = out_field->name ? bytes_take(metadata, 1) : NULL;
    if (!type)
        return false;
    uint8_t arrays = *type & 0x60;
    out_field->type = *type & TLG_TYPE_MASK;
    if (*type & TLG_CHAIN) {
        const uint8_t *format = bytes_take(metadata, 1);
        if (!format)
            return false;
        out_field->format = *format & 0x7f;
        if (*format & 0x80 && !tags_skip(metadata))
            return false;
    }
    const void *count = NULL;
    size_t size;
    out_field->is_array = arrays != 0;
    if (arrays == TLG_COUNT_CONST)
        count = bytes_take(metadata, 2);
    else if (arrays == TLG_COUNT_VALUE)
        count = bytes_take(arguments, 2);
    else if (arrays == TLG_COUNT_CUSTOM) {
        out_field->is_custom = true;
        return bytes_counted(metadata, &size) != NULL;
    }
    if (count)
        memcpy(&out_field->count, count, 2);
    return !arrays || count;
}

/* The type letter and conversion of value.c that show a field. */
static char letter_of(const struct field *field, const char **out_spec)
{
    static const char letters[] = {0,   'S', 's', '1', '1', '2', '2', '4', '4', '8', '8', 0, 'f',
                                   'B', 'x', 'g', 'p', 'T', 0,   'u', '4', '8', 'Z', 'z', 0, 'x'};
    static const bool is_signed[] = {[3] = true, [5] = true, [7] = true, [9] = true};
    bool is_hex = field->type == 20 || field->type == 21 || field->format == TLG_OUT_HEX;
    *out_spec = is_hex ? "#x" : field->type < 10 && is_signed[field->type] ? "d" : "u";
    if (field->type >= sizeof letters)
        return 0;
    char letter = letters[field->type];
    if (letter == '4' && field->format == TLG_OUT_NTSTATUS)
        return 't';
    if (letter == '4' && field->format == TLG_OUT_WIN32)
        return 'w';
    if (letter == '4' && field->format == TLG_OUT_HRESULT)
        return 'h';
    if (letter == '1' && field->format == TLG_OUT_STRING)
        *out_spec = "c";
    if (letter == '1' && field->format == TLG_OUT_BOOLEAN)
        *out_spec = "u";
    return letter;
}

static void float_put(struct etw_line *line, struct etw_bytes *arguments)
{
    float value;
    const void *at = bytes_take(arguments, sizeof value);
    if (!at)
        return;
    memcpy(&value, at, sizeof value);
    line_printf(line, "%g", (double)value);
}

static bool field_value_put(struct etw_line *line, const struct field *field,
                            struct etw_bytes *arguments)
{
    const char *spec;
    char letter = letter_of(field, &spec);
    if (field->type == 11) {
        float_put(line, arguments);
        return true;
    }
    if (!letter) {
        line_printf(line, "(type %u)", field->type);
        return false;
    }
    bool is_text = strchr("sSzZ", letter) != NULL;
    if (is_text)
        line_text(line, "\"");
    value_put(line, letter, spec, strlen(spec), arguments);
    if (is_text)
        line_text(line, "\"");
    return true;
}

/* A structure's fields follow it like others; only its name is shown. */
static bool field_put(struct etw_line *line, const struct field *field, struct etw_bytes *arguments)
{
    line_text(line, " ");
    line_narrow(line, field->name, field->name_length);
    if (field->type == TLG_STRUCT) {
        line_text(line, ":");
        return !field->is_array;
    }
    line_text(line, "=");
    if (field->is_custom) {
        size_t size = 0;
        const void *bytes = bytes_counted(arguments, &size);
        if (bytes)
            line_hex(line, bytes, size);
        return bytes != NULL;
    }
    if (field->is_array)
        line_text(line, "[");
    for (unsigned i = 0; i < field->count; i++) {
        if (i > 0)
            line_text(line, " ");
        if (!field_value_put(line, field, arguments) || line->length == sizeof line->text)
            return false;
    }
    if (field->is_array)
        line_text(line, "]");
    return true;
}

void tracelogging_put(struct etw_line *line, struct etw_bytes metadata, struct etw_bytes *arguments)
{
    uint16_t size;
    size_t length;
    const void *at = bytes_take(&metadata, sizeof size);
    if (!at)
        return;
    memcpy(&size, at, sizeof size);
    if (size >= sizeof size && size - sizeof size < metadata.left)
        metadata.left = size - sizeof size;
    const char *name = tags_skip(&metadata) ? bytes_string(&metadata, 1, &length) : NULL;
    if (!name)
        return;
    line_narrow(line, name, length);
    struct field field;
    while (metadata.left && field_read(&metadata, arguments, &field))
        if (!field_put(line, &field, arguments))
            break;
}
