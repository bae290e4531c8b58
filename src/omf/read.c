/* SPDX-License-Identifier: MIT */
/* read.c - bytes of a record, memory of a file, and the error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "omf_internal.h"

struct omf_chunk {
    struct omf_chunk *next;
    _Alignas(16) uint8_t bytes[];
};

static const char *record_name(unsigned type)
{
    static const struct {
        uint8_t type;
        char name[8];
    } names[] = {
        {OMF_THEADR, "THEADR"},   {OMF_LHEADR, "LHEADR"},   {OMF_COMENT, "COMENT"},
        {OMF_MODEND, "MODEND"},   {OMF_EXTDEF, "EXTDEF"},   {OMF_PUBDEF, "PUBDEF"},
        {OMF_LNAMES, "LNAMES"},   {OMF_SEGDEF, "SEGDEF"},   {OMF_GRPDEF, "GRPDEF"},
        {OMF_FIXUPP, "FIXUPP"},   {OMF_LEDATA, "LEDATA"},   {OMF_LIDATA, "LIDATA"},
        {OMF_COMDEF, "COMDEF"},   {OMF_LEXTDEF, "LEXTDEF"}, {OMF_LPUBDEF, "LPUBDEF"},
        {OMF_LCOMDEF, "LCOMDEF"}, {OMF_LIBHDR, "LIBHDR"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].type == type)
            return names[i].name;
    return "record";
}

bool omf_fail(struct omf_reader *reader, const char *reason, ...)
{
    if (reader->result)
        return false;
    reader->result = OMF_DAMAGED;
    if (!reader->error)
        return false;
    struct omf_error *error = reader->error;
    error->offset = reader->record;
    int n = snprintf(error->text, sizeof error->text, "%s%s%s, %s (0x%02x) at 0x%x: ", reader->name,
                     reader->module ? ", module " : "",
                     reader->module && reader->module->name ? reader->module->name : "",
                     record_name(reader->type), reader->type | reader->is_wide, reader->record);
    if (n > 0 && (size_t)n < sizeof error->text) {
        va_list arguments;
        va_start(arguments, reason);
        vsnprintf(error->text + n, sizeof error->text - (size_t)n, reason, arguments);
        va_end(arguments);
    }
    /* Names come from the file, whatever they hold. */
    for (char *at = error->text; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = '?';
    return false;
}

void *omf_take(struct omf_reader *reader, size_t bytes)
{
    struct omf_file *file = reader->file;
    struct omf_chunk *chunk = NULL;
    if (bytes <= OMF_MEMORY_MAX - file->memory_bytes)
        chunk = calloc(1, sizeof *chunk + (bytes ? bytes : 1));
    if (!chunk) {
        if (!reader->result) {
            omf_fail(reader, "it needs more memory than there is for one file");
            reader->result = OMF_MEMORY;
        }
        return NULL;
    }
    file->memory_bytes += bytes;
    chunk->next = file->memory;
    file->memory = chunk;
    return chunk->bytes;
}

void *omf_add(struct omf_reader *reader, struct omf_list *list, size_t item_bytes)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 8;
        void *items = omf_take(reader, capacity * item_bytes);
        if (!items)
            return NULL;
        if (list->count)
            memcpy(items, list->items, list->count * item_bytes);
        list->items = items;
        list->capacity = capacity;
    }
    return (uint8_t *)list->items + list->count++ * item_bytes;
}

void omf_free(struct omf_file *file)
{
    for (struct omf_chunk *chunk = file->memory, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *file = (struct omf_file){0};
}

/* ---- within the record ------------------------------------------------------------------------
 */

uint32_t omf_left(const struct omf_reader *reader)
{
    return reader->record_end - reader->at;
}

static bool has(struct omf_reader *reader, uint32_t bytes)
{
    if (omf_left(reader) >= bytes)
        return true;
    reader->at = reader->record_end;
    return omf_fail(reader, "it ends too early");
}

uint8_t omf_u8(struct omf_reader *reader)
{
    return has(reader, 1) ? reader->bytes[reader->at++] : 0;
}

uint16_t omf_u16(struct omf_reader *reader)
{
    if (!has(reader, 2))
        return 0;
    uint16_t low = reader->bytes[reader->at++];
    return (uint16_t)(low | reader->bytes[reader->at++] << 8);
}

uint32_t omf_u32(struct omf_reader *reader)
{
    uint32_t low = omf_u16(reader);
    return low | (uint32_t)omf_u16(reader) << 16;
}

uint32_t omf_offset(struct omf_reader *reader)
{
    return reader->is_wide ? omf_u32(reader) : omf_u16(reader);
}

uint32_t omf_index(struct omf_reader *reader)
{
    uint32_t first = omf_u8(reader);
    return first & 0x80 ? (first & 0x7f) << 8 | omf_u8(reader) : first;
}

const char *omf_text(struct omf_reader *reader)
{
    uint32_t length = omf_u8(reader);
    if (!has(reader, length))
        return "";
    char *text = omf_take(reader, length + 1);
    if (!text)
        return "";
    memcpy(text, reader->bytes + reader->at, length);
    reader->at += length;
    return text;
}
