/* SPDX-License-Identifier: MIT */
/* segment.c - segments, their bytes and their relocations. */
#include <string.h>

#include "ne_internal.h"

#define RELOCATION_BYTES 8u
#define SIXTY_FOUR_K     0x10000u

int ne_segment(const struct ne_image *image, unsigned number, struct ne_segment *out_segment,
               struct ne_error *out_error)
{
    if (number < 1 || number > image->segment_count)
        return NE_ABSENT;
    struct ne_reader reader = {.image = image,
                               .at = image->segments + (number - 1) * 8,
                               .end = (uint32_t)image->size,
                               .error = out_error};
    uint32_t place = reader.at, sector = ne_u16(&reader), length = ne_u16(&reader);
    *out_segment = (struct ne_segment){.flags = ne_u16(&reader)};
    uint32_t memory = ne_u16(&reader);
    out_segment->memory_bytes = memory ? memory : SIXTY_FOUR_K;
    if (!sector)
        return NE_OK;
    uint64_t offset = (uint64_t)sector << image->shift;
    out_segment->file_bytes = length ? length : SIXTY_FOUR_K;
    if (offset > image->size || out_segment->file_bytes > image->size - offset)
        return ne_fail(out_error, "segment's place", place, sector,
                       "its %u bytes at 0x%llx do not lie in the file", out_segment->file_bytes,
                       (unsigned long long)offset);
    out_segment->file_offset = (uint32_t)offset;
    if (!(out_segment->flags & NE_SEGMENT_ITERATED) &&
        out_segment->memory_bytes < out_segment->file_bytes)
        out_segment->memory_bytes = out_segment->file_bytes;
    if (!(out_segment->flags & NE_SEGMENT_RELOCATIONS))
        return NE_OK;
    reader.at = out_segment->file_offset + out_segment->file_bytes;
    reader.field = "relocations";
    if (!ne_has(&reader, 2))
        return ne_cut(&reader);
    uint32_t count = ne_u16(&reader);
    if (!ne_has(&reader, count * RELOCATION_BYTES))
        return ne_fail(out_error, "relocation count", reader.at - 2, count,
                       "they do not lie in the file");
    out_segment->relocations = reader.at;
    out_segment->relocation_count = (uint16_t)count;
    return NE_OK;
}

/* Runs of {times, length, bytes}. */
static int iterated_read(struct ne_reader *reader, uint8_t *buffer, size_t size, size_t *out_bytes)
{
    size_t filled = 0;
    while (reader->at < reader->end) {
        if (!ne_has(reader, 4))
            return ne_cut(reader);
        uint32_t place = reader->at, times = ne_u16(reader), length = ne_u16(reader);
        if (!ne_has(reader, length))
            return ne_cut(reader);
        if ((uint64_t)times * length > size - filled)
            return ne_fail(reader->error, "iterated data", place, times,
                           "%u bytes as often do not fit into the segment", length);
        for (uint32_t i = 0; length && i < times; i++, filled += length)
            memcpy(buffer + filled, reader->image->bytes + reader->at, length);
        reader->at += length;
    }
    *out_bytes = filled;
    return NE_OK;
}

int ne_segment_read(const struct ne_image *image, const struct ne_segment *segment, void *buffer,
                    size_t size, size_t *out_bytes, struct ne_error *out_error)
{
    *out_bytes = 0;
    struct ne_reader reader = {.image = image,
                               .at = segment->file_offset,
                               .end = segment->file_offset + segment->file_bytes,
                               .field = "iterated data",
                               .error = out_error};
    if (!segment->file_offset)
        return NE_OK;
    if (segment->flags & NE_SEGMENT_ITERATED)
        return iterated_read(&reader, buffer, size, out_bytes);
    if (segment->file_bytes > size)
        return ne_fail(out_error, "segment's length", segment->file_offset, segment->file_bytes,
                       "it does not fit into %zu bytes", size);
    memcpy(buffer, image->bytes + segment->file_offset, segment->file_bytes);
    *out_bytes = segment->file_bytes;
    return NE_OK;
}

/* ---- relocations ----------------------------------------------------------------------------- */

static bool address_is_known(unsigned type)
{
    return type == NE_ADDRESS_LOW_BYTE || type == NE_ADDRESS_SELECTOR || type == NE_ADDRESS_FAR ||
           type == NE_ADDRESS_OFFSET || type == NE_ADDRESS_FAR_48 || type == NE_ADDRESS_OFFSET_32;
}

static int internal_read(struct ne_reader *reader, struct ne_relocation *relocation)
{
    uint32_t place = reader->at, segment = ne_u8(reader);
    ne_u8(reader);
    uint16_t value = ne_u16(reader);
    if (segment == 0xff) {
        relocation->ordinal = value;
        return NE_OK;
    }
    if (segment < 1 || segment > reader->image->segment_count)
        return ne_fail(reader->error, "relocation's segment", place, segment,
                       "there are %u segments", reader->image->segment_count);
    relocation->segment = (uint16_t)segment;
    relocation->offset = value;
    return NE_OK;
}

static int import_read(struct ne_reader *reader, struct ne_relocation *relocation)
{
    const struct ne_image *image = reader->image;
    uint32_t place = reader->at;
    relocation->module = ne_u16(reader);
    uint16_t value = ne_u16(reader);
    if (relocation->module < 1 || relocation->module > image->module_count)
        return ne_fail(reader->error, "relocation's module", place, relocation->module,
                       "%u modules are referred to", image->module_count);
    if (relocation->target == NE_TARGET_ORDINAL) {
        relocation->ordinal = value;
        return NE_OK;
    }
    struct ne_reader names = {.image = image,
                              .at = image->names,
                              .end = image->names_end,
                              .field = "imported name",
                              .error = reader->error};
    if (!ne_has(&names, value))
        return ne_fail(reader->error, "imported name", place + 2, value,
                       "it does not lie in the table of names");
    names.at += value;
    if (ne_text_read(&names, &relocation->name))
        return NE_DAMAGED;
    return relocation->name.length
               ? NE_OK
               : ne_fail(reader->error, "imported name", place + 2, value, "it is empty");
}

int ne_relocation(const struct ne_image *image, const struct ne_segment *segment, unsigned index,
                  struct ne_relocation *out_relocation, struct ne_error *out_error)
{
    if (index >= segment->relocation_count)
        return NE_ABSENT;
    struct ne_reader reader = {.image = image,
                               .at = segment->relocations + index * RELOCATION_BYTES,
                               .end = (uint32_t)image->size,
                               .field = "relocations",
                               .error = out_error};
    uint32_t place = reader.at;
    uint8_t address = ne_u8(&reader), flags = ne_u8(&reader);
    *out_relocation = (struct ne_relocation){.address = (enum ne_address)address,
                                             .target = (enum ne_target)(flags & 3),
                                             .is_additive = (flags & 4) != 0,
                                             .place = ne_u16(&reader)};
    if (!address_is_known(address))
        return ne_fail(out_error, "relocation's type", place, address,
                       "no such type of address is known");
    switch (out_relocation->target) {
    case NE_TARGET_INTERNAL:
        return internal_read(&reader, out_relocation);
    case NE_TARGET_ORDINAL:
    case NE_TARGET_NAME:
        return import_read(&reader, out_relocation);
    case NE_TARGET_OSFIXUP:
        out_relocation->ordinal = ne_u16(&reader);
        return NE_OK;
    }
    return NE_OK;
}
