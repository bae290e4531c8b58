/* SPDX-License-Identifier: MIT */
/* fixup.c - FIXUPP and the start address: threads, frames and targets. */
#include "omf_internal.h"

/* Methods of the record: 0 segment, 1 group, 2 external, 3 a paragraph of memory; 4 location and 5
 * target are frames only, and 4 to 6 of a target are 0 to 2 without displacement. */
#define METHOD_PARAGRAPH 3u
#define METHOD_LOCATION  4u
#define METHOD_TARGET    5u

static bool datum_read(struct omf_reader *reader, unsigned method, enum omf_datum *out_kind,
                       uint32_t *out_index)
{
    static const char *const kinds[] = {"segment", "group", "external"};
    if (method == METHOD_PARAGRAPH)
        return omf_fail(reader, "it refers to a paragraph of memory: there is none in protected "
                                "mode");
    const uint32_t counts[] = {reader->segments.count, reader->groups.count,
                               reader->externals.count};
    uint32_t index = omf_index(reader);
    if (reader->result)
        return false;
    if (index < 1 || index > counts[method])
        return omf_fail(reader, "%s %u of %u", kinds[method], index, counts[method]);
    *out_kind = (enum omf_datum)method;
    *out_index = index - 1;
    return true;
}

static bool frame_read(struct omf_reader *reader, unsigned method, struct omf_thread *out)
{
    out->is_set = true;
    out->index = 0;
    if (method == METHOD_LOCATION || method == METHOD_TARGET) {
        out->method = method == METHOD_LOCATION ? OMF_BY_LOCATION : OMF_BY_TARGET;
        return true;
    }
    if (method > METHOD_TARGET)
        return omf_fail(reader, "frame method %u", method);
    return datum_read(reader, method, &out->method, &out->index);
}

static bool thread_read(struct omf_reader *reader, uint8_t head)
{
    unsigned method = head >> 2 & 7, number = head & 3;
    if (head & 0x40)
        return frame_read(reader, method, &reader->frames[number]);
    struct omf_thread *target = &reader->targets[number];
    target->is_set = true;
    return datum_read(reader, method & 3, &target->method, &target->index);
}

static bool thread_use(struct omf_reader *reader, const struct omf_thread *thread, unsigned number,
                       enum omf_datum *out_kind, uint32_t *out_index)
{
    if (!thread->is_set)
        return omf_fail(reader, "thread %u is not set", number);
    *out_kind = thread->method;
    *out_index = thread->index;
    return true;
}

/* The fix data byte and what follows it. */
static bool fix_data_read(struct omf_reader *reader, struct omf_fixup *fixup)
{
    uint8_t data = omf_u8(reader);
    if (reader->result)
        return false;
    unsigned frame = data >> 4 & 7;
    if (data & 0x80) {
        if (!thread_use(reader, &reader->frames[frame & 3], frame & 3, &fixup->frame,
                        &fixup->frame_index))
            return false;
    } else {
        struct omf_thread read;
        if (!frame_read(reader, frame, &read))
            return false;
        fixup->frame = read.method;
        fixup->frame_index = read.index;
    }
    if (data & 0x08) {
        if (!thread_use(reader, &reader->targets[data & 3], data & 3, &fixup->target,
                        &fixup->target_index))
            return false;
    } else if (!datum_read(reader, data & 3, &fixup->target, &fixup->target_index)) {
        return false;
    }
    fixup->displacement = data & 0x04 ? 0 : omf_offset(reader);
    return !reader->result;
}

static unsigned place_bytes(enum omf_place place)
{
    switch (place) {
    case OMF_PLACE_LOW_BYTE:
    case OMF_PLACE_HIGH_BYTE:
        return 1;
    case OMF_PLACE_OFFSET:
    case OMF_PLACE_SELECTOR:
    case OMF_PLACE_OFFSET_LOADER:
        return 2;
    case OMF_PLACE_FAR:
    case OMF_PLACE_OFFSET_32:
    case OMF_PLACE_OFFSET_32_LOADER:
        return 4;
    case OMF_PLACE_FAR_48:
        return 6;
    }
    return 0;
}

static bool fixup_put(struct omf_reader *reader, const struct omf_fixup *fixup, uint32_t offset)
{
    const struct omf_segment *segment =
        (struct omf_segment *)reader->segments.items + fixup->segment;
    if (offset > segment->length || place_bytes(fixup->place) > segment->length - offset)
        return omf_fail(reader, "the place 0x%x lies behind segment %s (0x%x bytes)", offset,
                        segment->name, segment->length);
    struct omf_fixup *added = omf_add(reader, &reader->fixups, sizeof *added);
    if (!added)
        return false;
    *added = *fixup;
    added->offset = offset;
    return true;
}

/* Every copy of a repeated place. */
static bool fixup_repeat(struct omf_reader *reader, const struct omf_fixup *fixup, uint32_t from)
{
    const struct omf_run *runs = reader->runs.items;
    bool is_found = false;
    for (uint32_t i = 0; i < reader->runs.count; i++) {
        if (from < runs[i].from || from - runs[i].from >= runs[i].bytes)
            continue;
        is_found = true;
        if (!fixup_put(reader, fixup, runs[i].to + (from - runs[i].from)))
            return false;
    }
    return is_found || omf_fail(reader, "the place 0x%x is no byte of the repeated data", from);
}

static bool fixup_read(struct omf_reader *reader, uint8_t head)
{
    uint32_t offset = (uint32_t)(head & 3) << 8 | omf_u8(reader);
    struct omf_fixup fixup = {.segment = reader->data_segment,
                              .place = (enum omf_place)(head >> 2 & 0x0f),
                              .is_relative = !(head & 0x40),
                              .record = reader->record};
    if (reader->data_segment == OMF_NONE)
        return omf_fail(reader, "there are no data before it that it could be about");
    if (!place_bytes(fixup.place))
        return omf_fail(reader, "location type %u is not known", (unsigned)fixup.place);
    if (!fix_data_read(reader, &fixup))
        return false;
    if (offset >= reader->data_bytes)
        return omf_fail(reader, "the place 0x%x lies behind the record's 0x%x bytes of data",
                        offset, reader->data_bytes);
    if (reader->is_iterated)
        return fixup_repeat(reader, &fixup, offset);
    return fixup_put(reader, &fixup, reader->data_offset + offset);
}

bool omf_fixups_read(struct omf_reader *reader)
{
    while (omf_left(reader)) {
        uint8_t head = omf_u8(reader);
        if (!(head & 0x80 ? fixup_read(reader, head) : thread_read(reader, head)))
            return false;
    }
    return true;
}

bool omf_start_read(struct omf_reader *reader)
{
    struct omf_module *module = reader->module;
    module->start = (struct omf_fixup){.place = OMF_PLACE_FAR, .record = reader->record};
    module->has_start = fix_data_read(reader, &module->start);
    return module->has_start;
}
