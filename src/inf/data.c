/* SPDX-License-Identifier: MIT */
/* data.c - the fields of a line as the bytes that the registry or a property keeps. */
#include <stdlib.h>
#include <string.h>

#include "entry_internal.h"

static int no_memory(const struct inf_place *place, struct inf_error *out_error)
{
    return inf_fail_memory(place->inf, out_error);
}

int data_texts(const struct inf_place *place, uint32_t first, bool is_list, uint8_t **out_data,
               uint32_t *out_length, struct inf_error *out_error)
{
    const struct inf_line *line = place->line;
    uint32_t last = is_list ? line->field_count : first + 1;
    size_t units = 2; /* the list's own end, and that of a text that is not there */
    for (uint32_t i = first; i < last; i++)
        units += text_utf16(inf_text(line, i), strlen(inf_text(line, i)), NULL) + 1;
    uint8_t *data = calloc(units, 2);
    if (!data)
        return no_memory(place, out_error);
    size_t at = 0;
    for (uint32_t i = first; i < last; i++) {
        const char *text = inf_text(line, i);
        if (!is_list || *text) /* an empty string would end the list */
            at += text_utf16(text, strlen(text), data + 2 * at) + 1;
    }
    *out_data = data;
    *out_length = (uint32_t)(2 * (at + is_list));
    return INF_OK;
}

/* One byte: hexadecimal digits, with or without 0x. */
static int byte_parse(const char *text, uint8_t *out_byte)
{
    char number[8] = "0x";
    int64_t value;
    bool has_prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    text += has_prefix ? 2 : 0;
    if (strlen(text) > 2 || !*text)
        return INF_DAMAGED;
    strcat(number, text);
    if (number_parse(number, &value))
        return INF_DAMAGED;
    *out_byte = (uint8_t)value;
    return INF_OK;
}

int data_bytes(const struct inf_place *place, uint32_t first, uint8_t **out_data,
               uint32_t *out_length, struct inf_error *out_error)
{
    const struct inf_line *line = place->line;
    uint32_t count = line->field_count > first ? line->field_count - first : 0;
    if (count > 0 && !*inf_text(line, line->field_count - 1))
        count--; /* a comma at the end */
    uint8_t *data = malloc(count + 1);
    if (!data)
        return no_memory(place, out_error);
    for (uint32_t i = 0; i < count; i++) {
        if (byte_parse(inf_text(line, first + i), &data[i]) == INF_OK)
            continue;
        free(data);
        return inf_fail(place->inf, line->number, out_error,
                        "\"%.60s\" is no byte; write two hexadecimal digits for each, as in 1f,00",
                        inf_text(line, first + i));
    }
    *out_data = data;
    *out_length = count;
    return INF_OK;
}

int data_number(const struct inf_place *place, uint32_t first, uint32_t width, uint8_t **out_data,
                uint32_t *out_length, struct inf_error *out_error)
{
    const struct inf_line *line = place->line;
    int64_t value = 0;
    if (line->field_count == first + width)
        return data_bytes(place, first, out_data, out_length, out_error);
    int result = inf_number(line, first, &value);
    bool is_long = width == 4 && (value > UINT32_MAX || value < INT32_MIN);
    if (result == INF_DAMAGED || is_long)
        return inf_fail(place->inf, line->number, out_error,
                        "\"%.60s\" is no number of %u bytes; write a decimal or 0x hexadecimal one",
                        inf_text(line, first), width);
    *out_data = malloc(width);
    if (!*out_data)
        return no_memory(place, out_error);
    for (uint32_t i = 0; i < width; i++)
        (*out_data)[i] = (uint8_t)((uint64_t)value >> (8 * i));
    *out_length = width;
    return INF_OK;
}
