/* SPDX-License-Identifier: MIT */
/* read.c - bytes of an NE file, and the error record. */
#include <stdarg.h>
#include <stdio.h>

#include "ne_internal.h"

int ne_fail(struct ne_error *out_error, const char *field, uint64_t offset, uint64_t value,
            const char *reason, ...)
{
    if (!out_error)
        return NE_DAMAGED;
    out_error->field = field;
    out_error->offset = (uint32_t)offset;
    out_error->value = (uint32_t)value;
    int n = snprintf(out_error->text, sizeof out_error->text, "%s at 0x%llx is 0x%llx: ", field,
                     (unsigned long long)offset, (unsigned long long)value);
    if (n > 0 && (size_t)n < sizeof out_error->text) {
        va_list arguments;
        va_start(arguments, reason);
        vsnprintf(out_error->text + n, sizeof out_error->text - (size_t)n, reason, arguments);
        va_end(arguments);
    }
    return NE_DAMAGED;
}

bool ne_has(const struct ne_reader *reader, uint32_t bytes)
{
    return bytes <= reader->end - reader->at;
}

uint8_t ne_u8(struct ne_reader *reader)
{
    return reader->image->bytes[reader->at++];
}

uint16_t ne_u16(struct ne_reader *reader)
{
    uint16_t low = ne_u8(reader);
    return (uint16_t)(low | ne_u8(reader) << 8);
}

uint32_t ne_u32(struct ne_reader *reader)
{
    uint32_t low = ne_u16(reader);
    return low | (uint32_t)ne_u16(reader) << 16;
}

int ne_cut(const struct ne_reader *reader)
{
    return ne_fail(reader->error, reader->field, reader->at, reader->end,
                   "it ends within an entry");
}

int ne_text_read(struct ne_reader *reader, struct ne_text *out_text)
{
    if (!ne_has(reader, 1))
        return ne_cut(reader);
    uint8_t length = ne_u8(reader);
    if (!ne_has(reader, length))
        return ne_cut(reader);
    out_text->bytes = (const char *)reader->image->bytes + reader->at;
    out_text->length = length;
    reader->at += length;
    return NE_OK;
}
