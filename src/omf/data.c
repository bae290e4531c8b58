/* SPDX-License-Identifier: MIT */
/* data.c - LEDATA and LIDATA: bytes of segments, plain and repeated. */
#include <string.h>

#include "omf_internal.h"

#define NESTING_MAX 16u

/* The segment that a data record is for, and room in it for what follows. */
static struct omf_segment *data_begin(struct omf_reader *reader)
{
    uint32_t index = omf_index(reader), offset = omf_offset(reader);
    reader->data_segment = OMF_NONE;
    if (reader->result)
        return NULL;
    if (index < 1 || index > reader->segments.count) {
        omf_fail(reader, "segment %u of %u", index, reader->segments.count);
        return NULL;
    }
    struct omf_segment *segment = (struct omf_segment *)reader->segments.items + index - 1;
    if (offset > segment->length) {
        omf_fail(reader, "offset 0x%x lies behind segment %s (0x%x bytes)", offset, segment->name,
                 segment->length);
        return NULL;
    }
    reader->data_segment = index - 1;
    reader->data_offset = offset;
    if (!segment->bytes)
        segment->bytes = omf_take(reader, segment->length);
    return segment->bytes ? segment : NULL;
}

static void written_set(struct omf_segment *segment, uint32_t end)
{
    if (segment->written < end)
        segment->written = end;
}

bool omf_data_read(struct omf_reader *reader)
{
    struct omf_segment *segment = data_begin(reader);
    if (!segment)
        return false;
    uint32_t bytes = omf_left(reader);
    if (bytes > segment->length - reader->data_offset)
        return omf_fail(reader, "%u bytes at 0x%x do not fit into segment %s (0x%x bytes)", bytes,
                        reader->data_offset, segment->name, segment->length);
    memcpy(segment->bytes + reader->data_offset, reader->bytes + reader->at, bytes);
    written_set(segment, reader->data_offset + bytes);
    reader->data_bytes = bytes;
    reader->is_iterated = false;
    return true;
}

/* Where a nest of blocks writes; `from` counts the record's bytes from its first block on. */
struct iteration {
    struct omf_reader *reader;
    struct omf_segment *segment;
    uint32_t base; /* file offset that `from` counts from */
    uint32_t to;
};

static bool run_add(struct iteration *work, uint32_t bytes)
{
    struct omf_reader *reader = work->reader;
    if (bytes > omf_left(reader))
        return omf_fail(reader, "a block ends too early");
    if (bytes > work->segment->length - work->to)
        return omf_fail(reader, "repeated data do not fit into segment %s (0x%x bytes)",
                        work->segment->name, work->segment->length);
    struct omf_run *run = omf_add(reader, &reader->runs, sizeof *run);
    if (!run)
        return false;
    *run = (struct omf_run){.from = reader->at - work->base, .to = work->to, .bytes = bytes};
    memcpy(work->segment->bytes + work->to, reader->bytes + reader->at, bytes);
    work->to += bytes;
    return true;
}

/* One block: {times, 0, bytes} or {times, number of blocks, blocks}. */
static bool block_read(struct iteration *work, unsigned depth)
{
    struct omf_reader *reader = work->reader;
    uint32_t times = omf_offset(reader), blocks = omf_u16(reader), start = reader->at;
    if (reader->result)
        return false;
    if (depth > NESTING_MAX)
        return omf_fail(reader, "blocks are nested more than %u deep", NESTING_MAX);
    if (!times)
        return omf_fail(reader, "a block is repeated 0 times");
    for (uint32_t i = 0; i < times; i++) {
        uint32_t before = work->to;
        reader->at = start;
        if (!blocks) {
            uint32_t bytes = omf_u8(reader);
            if (reader->result || !run_add(work, bytes))
                return false;
            reader->at += bytes;
        }
        for (uint32_t j = 0; j < blocks; j++)
            if (!block_read(work, depth + 1))
                return false;
        if (work->to == before && i) /* nothing is repeated: once is enough */
            break;
    }
    return true;
}

bool omf_iterated_read(struct omf_reader *reader)
{
    struct omf_segment *segment = data_begin(reader);
    if (!segment)
        return false;
    reader->runs.count = 0;
    reader->is_iterated = true;
    struct iteration work = {
        .reader = reader, .segment = segment, .base = reader->at, .to = reader->data_offset};
    reader->data_bytes = omf_left(reader);
    while (omf_left(reader))
        if (!block_read(&work, 0))
            return false;
    written_set(segment, work.to);
    return true;
}
