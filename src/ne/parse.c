/* SPDX-License-Identifier: MIT */
/* parse.c - the header: where every table is, and that it lies in the file. */
#include <string.h>

#include "ne_internal.h"

#define MZ_BYTES      64u
#define MZ_LFANEW     0x3cu
#define HEADER_BYTES  64u
#define SEGMENT_BYTES 8u
#define SHIFT_USUAL   9u
#define SHIFT_MAX     15u

static uint32_t u16_at(const uint8_t *bytes)
{
    return (uint32_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t u32_at(const uint8_t *bytes)
{
    return u16_at(bytes) | u16_at(bytes + 2) << 16;
}

bool ne_is(const void *bytes, size_t size_bytes)
{
    const uint8_t *file = bytes;
    if (size_bytes < MZ_BYTES || memcmp(file, "MZ", 2))
        return false;
    uint32_t header = u32_at(file + MZ_LFANEW);
    return header <= size_bytes && size_bytes - header >= HEADER_BYTES &&
           !memcmp(file + header, "NE", 2);
}

/* A table that begins at `offset` past the header and is at least so long. */
static int table_place(const struct ne_image *image, const char *field, uint32_t place,
                       uint32_t bytes, uint32_t *out_offset, struct ne_error *out_error)
{
    const uint8_t *header = image->bytes + image->header;
    uint32_t offset = u16_at(header + place);
    if (offset > image->size - image->header || bytes > image->size - image->header - offset)
        return ne_fail(out_error, field, image->header + place, offset,
                       "the table (%u bytes) does not lie in the file", bytes);
    *out_offset = image->header + offset;
    return NE_OK;
}

static int tables_place(struct ne_image *image, struct ne_error *out_error)
{
    const uint8_t *header = image->bytes + image->header;
    uint32_t entry_bytes = u16_at(header + 0x06), unused;
    if (table_place(image, "entry table", 0x04, entry_bytes, &image->entries, out_error) ||
        table_place(image, "segment table", 0x22, image->segment_count * SEGMENT_BYTES,
                    &image->segments, out_error) ||
        table_place(image, "resource table", 0x24, 0, &image->resources, out_error) ||
        table_place(image, "resident name table", 0x26, 1, &image->resident, out_error) ||
        table_place(image, "module reference table", 0x28, image->module_count * 2u,
                    &image->modules, out_error) ||
        table_place(image, "imported name table", 0x2a, 0, &image->names, out_error))
        return NE_DAMAGED;
    image->entries_end = image->entries + entry_bytes;
    image->resident_end = image->names_end = (uint32_t)image->size;
    /* Resources have no length of their own: the table ends where the resident names begin, and is
     * empty when it would begin there. */
    unused = image->resident;
    image->resources_end = image->resources < unused ? unused : image->resources;
    if (image->names <= image->entries && image->entries_end != image->entries)
        image->names_end = image->entries;
    uint32_t nonresident = u32_at(header + 0x2c), bytes = u16_at(header + 0x20);
    if (!nonresident)
        bytes = 0;
    if (nonresident > image->size || bytes > image->size - nonresident)
        return ne_fail(out_error, "non-resident name table", image->header + 0x2c, nonresident,
                       "the table (%u bytes) does not lie in the file", bytes);
    image->nonresident = nonresident;
    image->nonresident_end = nonresident + bytes;
    return NE_OK;
}

static int names_first(struct ne_image *image, struct ne_error *out_error)
{
    struct ne_reader reader = {.image = image,
                               .at = image->resident,
                               .end = image->resident_end,
                               .field = "resident name table",
                               .error = out_error};
    if (ne_text_read(&reader, &image->module_name))
        return NE_DAMAGED;
    if (!image->module_name.length)
        return ne_fail(out_error, "module name", image->resident, 0, "it is empty");
    if (image->nonresident == image->nonresident_end)
        return NE_OK;
    reader = (struct ne_reader){.image = image,
                                .at = image->nonresident,
                                .end = image->nonresident_end,
                                .field = "non-resident name table",
                                .error = out_error};
    return ne_text_read(&reader, &image->description);
}

static int segment_number_check(const struct ne_image *image, const char *field, uint32_t place,
                                uint16_t number, struct ne_error *out_error)
{
    if (number <= image->segment_count)
        return NE_OK;
    return ne_fail(out_error, field, image->header + place, number, "there are %u segments",
                   image->segment_count);
}

static void header_read(struct ne_image *image)
{
    const uint8_t *header = image->bytes + image->header;
    image->linker_major = header[2];
    image->linker_minor = header[3];
    image->flags = (uint16_t)u16_at(header + 0x0c);
    image->auto_data = (uint16_t)u16_at(header + 0x0e);
    image->heap_bytes = (uint16_t)u16_at(header + 0x10);
    image->stack_bytes = (uint16_t)u16_at(header + 0x12);
    image->entry_offset = (uint16_t)u16_at(header + 0x14);
    image->entry_segment = (uint16_t)u16_at(header + 0x16);
    image->stack_offset = (uint16_t)u16_at(header + 0x18);
    image->stack_segment = (uint16_t)u16_at(header + 0x1a);
    image->segment_count = (uint16_t)u16_at(header + 0x1c);
    image->module_count = (uint16_t)u16_at(header + 0x1e);
    image->moveable_entries = (uint16_t)u16_at(header + 0x30);
    image->shift = (uint16_t)u16_at(header + 0x32);
    if (!image->shift)
        image->shift = SHIFT_USUAL;
    image->target_os = header[0x36];
    image->other_flags = header[0x37];
    image->windows_minor = header[0x3e];
    image->windows_major = header[0x3f];
}

int ne_parse(const void *bytes, size_t size_bytes, struct ne_image *out_image,
             struct ne_error *out_error)
{
    *out_image = (struct ne_image){.bytes = bytes, .size = size_bytes};
    if (size_bytes < MZ_BYTES || memcmp(bytes, "MZ", 2))
        return ne_fail(out_error, "MZ signature", 0, 0, "this is no executable file");
    if (size_bytes > UINT32_MAX)
        return ne_fail(out_error, "file size", 0, size_bytes, "no NE file is that large");
    out_image->header = u32_at(out_image->bytes + MZ_LFANEW);
    if (!ne_is(bytes, size_bytes))
        return ne_fail(out_error, "new header", MZ_LFANEW, out_image->header,
                       "no \"NE\" stands there");
    header_read(out_image);
    if (out_image->segment_count > NE_SEGMENTS_MAX)
        return ne_fail(out_error, "segment count", out_image->header + 0x1c,
                       out_image->segment_count, "at most %u are possible", NE_SEGMENTS_MAX);
    if (out_image->shift > SHIFT_MAX)
        return ne_fail(out_error, "alignment shift", out_image->header + 0x32, out_image->shift,
                       "at most %u makes sense", SHIFT_MAX);
    if (segment_number_check(out_image, "automatic data segment", 0x0e, out_image->auto_data,
                             out_error) ||
        segment_number_check(out_image, "entry segment", 0x16, out_image->entry_segment,
                             out_error) ||
        segment_number_check(out_image, "stack segment", 0x1a, out_image->stack_segment,
                             out_error) ||
        tables_place(out_image, out_error))
        return NE_DAMAGED;
    return names_first(out_image, out_error);
}
