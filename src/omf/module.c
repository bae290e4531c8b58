/* SPDX-License-Identifier: MIT */
/* module.c - the records of a module, and the modules of a file. */
#include <stdio.h>
#include <string.h>

#include "omf_internal.h"

#define FAR_DATA  0x61u /* of a COMDEF */
#define NEAR_DATA 0x62u

static const char *name_of(struct omf_reader *reader, uint32_t index)
{
    if (index >= 1 && index <= reader->names.count)
        return ((const char **)reader->names.items)[index - 1];
    if (index)
        omf_fail(reader, "name %u of %u", index, reader->names.count);
    return "";
}

static bool names_read(struct omf_reader *reader)
{
    while (omf_left(reader) && !reader->result) {
        const char **name = omf_add(reader, &reader->names, sizeof *name);
        if (!name)
            return false;
        *name = omf_text(reader);
    }
    return !reader->result;
}

/* ---- segments and groups ----------------------------------------------------------------------
 */

static bool attributes_read(struct omf_reader *reader, struct omf_segment *segment)
{
    /* Alignment codes: absolute, byte, word, paragraph, page, dword. */
    static const uint16_t align[8] = {1, 1, 2, 16, 256, 4, 0, 0};
    uint8_t bits = omf_u8(reader);
    unsigned code = bits >> 5, combine = bits >> 2 & 7;
    if (!code) {
        segment->is_absolute = true;
        omf_u16(reader);
        omf_u8(reader);
    }
    segment->align = align[code];
    segment->is_use32 = bits & 1;
    bool is_big = bits & 2;
    segment->length = omf_offset(reader);
    if (is_big && !reader->is_wide) {
        if (segment->length)
            return omf_fail(reader, "a segment of 64 KiB has length 0x%x", segment->length);
        segment->length = 0x10000;
    }
    if (reader->result)
        return false;
    if (!segment->align)
        return omf_fail(reader, "alignment code %u", code);
    switch (combine) {
    case 0:
        segment->combine = OMF_PRIVATE;
        return true;
    case 2:
    case 4:
    case 7:
        segment->combine = OMF_PUBLIC;
        return true;
    case OMF_STACK:
    case OMF_COMMON:
        segment->combine = (enum omf_combine)combine;
        return true;
    default:
        return omf_fail(reader, "combination code %u", combine);
    }
}

static bool segment_read(struct omf_reader *reader)
{
    struct omf_segment *segment = omf_add(reader, &reader->segments, sizeof *segment);
    if (!segment)
        return false;
    *segment = (struct omf_segment){0};
    if (!attributes_read(reader, segment))
        return false;
    segment->name = name_of(reader, omf_index(reader));
    segment->class_name = name_of(reader, omf_index(reader));
    if (segment->length > OMF_MEMORY_MAX)
        return omf_fail(reader, "segment %s has 0x%x bytes", segment->name, segment->length);
    return !reader->result;
}

static bool group_read(struct omf_reader *reader)
{
    struct omf_group *group = omf_add(reader, &reader->groups, sizeof *group);
    struct omf_list members = {0};
    if (!group)
        return false;
    *group = (struct omf_group){.name = name_of(reader, omf_index(reader))};
    while (omf_left(reader) && !reader->result) {
        uint8_t kind = omf_u8(reader);
        uint32_t index = omf_index(reader);
        if (kind != 0xff)
            return omf_fail(reader, "a member of group %s is of kind 0x%02x, not a segment",
                            group->name, kind);
        if (index < 1 || index > reader->segments.count)
            return omf_fail(reader, "segment %u of %u", index, reader->segments.count);
        uint32_t *member = omf_add(reader, &members, sizeof *member);
        if (!member)
            return false;
        *member = index - 1;
    }
    group->segments = members.items;
    group->segment_count = members.count;
    return !reader->result;
}

/* ---- symbols -----------------------------------------------------------------------------------
 */

static bool externals_read(struct omf_reader *reader, bool is_local)
{
    while (omf_left(reader) && !reader->result) {
        struct omf_external *external = omf_add(reader, &reader->externals, sizeof *external);
        if (!external)
            return false;
        *external = (struct omf_external){.name = omf_text(reader), .is_local = is_local};
        omf_index(reader); /* its type, for debuggers */
    }
    return !reader->result;
}

/* Lengths up to 128 are one byte; 0x81, 0x84 and 0x88 say that 2, 3 or 4 follow. */
static uint32_t communal_length(struct omf_reader *reader)
{
    uint32_t first = omf_u8(reader), value;
    switch (first) {
    case 0x81:
        return omf_u16(reader);
    case 0x84:
        value = omf_u16(reader);
        return value | (uint32_t)omf_u8(reader) << 16;
    case 0x88:
        return omf_u32(reader);
    default:
        if (first > 0x80)
            omf_fail(reader, "length of kind 0x%02x", first);
        return first;
    }
}

static bool communals_read(struct omf_reader *reader, bool is_local)
{
    while (omf_left(reader) && !reader->result) {
        struct omf_external *external = omf_add(reader, &reader->externals, sizeof *external);
        if (!external)
            return false;
        *external = (struct omf_external){.name = omf_text(reader), .is_local = is_local};
        omf_index(reader);
        uint8_t kind = omf_u8(reader);
        if (kind != FAR_DATA && kind != NEAR_DATA)
            return omf_fail(reader, "%s is of kind 0x%02x", external->name, kind);
        uint64_t bytes = communal_length(reader);
        external->is_far = kind == FAR_DATA;
        if (external->is_far)
            bytes *= communal_length(reader);
        if (!reader->result && (!bytes || bytes > 0x10000))
            return omf_fail(reader, "%s has %llu bytes", external->name, (unsigned long long)bytes);
        external->communal_bytes = (uint32_t)bytes;
    }
    return !reader->result;
}

static bool base_index(struct omf_reader *reader, const char *kind, uint32_t count, uint32_t *out)
{
    uint32_t index = omf_index(reader);
    if (index > count)
        return omf_fail(reader, "%s %u of %u", kind, index, count);
    *out = index ? index - 1 : OMF_NONE;
    return !reader->result;
}

static bool publics_read(struct omf_reader *reader, bool is_local)
{
    uint32_t group, segment;
    if (!base_index(reader, "group", reader->groups.count, &group) ||
        !base_index(reader, "segment", reader->segments.count, &segment))
        return false;
    if (segment == OMF_NONE)
        omf_u16(reader); /* a frame of memory */
    while (omf_left(reader) && !reader->result) {
        struct omf_public *added = omf_add(reader, &reader->publics, sizeof *added);
        if (!added)
            return false;
        *added = (struct omf_public){.name = omf_text(reader),
                                     .group = group,
                                     .segment = segment,
                                     .offset = omf_offset(reader),
                                     .is_local = is_local};
        omf_index(reader);
    }
    return !reader->result;
}

/* ---- comments that linkers read
 * ------------------------------------------------------------------ */

#define COMMENT_LIBRARY   0x9fu
#define COMMENT_EXTENSION 0xa0u
#define EXTENSION_IMPORT  0x01u
#define EXTENSION_EXPORT  0x02u

static bool import_read(struct omf_reader *reader)
{
    struct omf_import *import = omf_add(reader, &reader->imports, sizeof *import);
    if (!import)
        return false;
    bool is_ordinal = omf_u8(reader) != 0;
    *import = (struct omf_import){.name = omf_text(reader), .module = omf_text(reader)};
    if (is_ordinal) {
        import->ordinal = omf_u16(reader);
    } else {
        import->entry = omf_text(reader);
        if (!*import->entry)
            import->entry = import->name;
    }
    if (!reader->result && (!*import->name || !*import->module))
        return omf_fail(reader, "an import without name");
    return !reader->result;
}

static bool export_read(struct omf_reader *reader)
{
    struct omf_export *export = omf_add(reader, &reader->exports, sizeof *export);
    if (!export)
        return false;
    uint8_t bits = omf_u8(reader);
    *export = (struct omf_export){.name = omf_text(reader),
                                  .internal = omf_text(reader),
                                  .is_resident = bits & 0x40,
                                  .is_no_data = bits & 0x20,
                                  .parameter_words = bits & 0x1f};
    if (!*export->internal)
        export->internal = export->name;
    if (bits & 0x80)
        export->ordinal = omf_u16(reader);
    if (!reader->result && !*export->name)
        return omf_fail(reader, "an export without name");
    return !reader->result;
}

static bool library_read(struct omf_reader *reader)
{
    const char **library = omf_add(reader, &reader->libraries, sizeof *library);
    uint32_t length = omf_left(reader);
    char *text = omf_take(reader, length + 1);
    if (!library || !text)
        return false;
    memcpy(text, reader->bytes + reader->at, length);
    *library = text;
    return true;
}

static bool comment_read(struct omf_reader *reader)
{
    omf_u8(reader); /* whether tools may drop it */
    uint8_t kind = omf_u8(reader);
    if (reader->result)
        return false;
    if (kind == COMMENT_LIBRARY)
        return library_read(reader);
    if (kind != COMMENT_EXTENSION)
        return true;
    switch (omf_u8(reader)) {
    case EXTENSION_IMPORT:
        return import_read(reader);
    case EXTENSION_EXPORT:
        return export_read(reader);
    default:
        return !reader->result;
    }
}

/* ---- records
 * -------------------------------------------------------------------------------------- */

/* Frames the next record; false at the end of the file or with an error. */
static bool record_next(struct omf_reader *reader)
{
    reader->record = reader->at;
    reader->is_wide = false;
    reader->type = 0;
    if (reader->size - reader->at < 4)
        return omf_fail(reader, "the file ends within a module");
    const uint8_t *bytes = reader->bytes + reader->at;
    uint32_t length = (uint32_t)(bytes[1] | bytes[2] << 8);
    reader->type = bytes[0] & 0xfe;
    reader->is_wide = bytes[0] & 1;
    if (!length || length > reader->size - reader->at - 3)
        return omf_fail(reader, "its length %u does not lie in the file", length);
    reader->at += 3;
    reader->record_end = reader->at + length - 1;
    uint8_t sum = bytes[length + 2];
    for (uint32_t i = 0; sum && i < length + 2; i++)
        sum = (uint8_t)(sum + bytes[i]);
    /* A checksum of 0 says that there is none. */
    if (bytes[length + 2] && sum)
        return omf_fail(reader, "its checksum is wrong by 0x%02x", sum);
    return true;
}

static bool record_read(struct omf_reader *reader)
{
    switch (reader->type) {
    case OMF_COMENT:
        return comment_read(reader);
    case OMF_EXTDEF:
    case OMF_LEXTDEF:
        return externals_read(reader, reader->type == OMF_LEXTDEF);
    case OMF_COMDEF:
    case OMF_LCOMDEF:
        return communals_read(reader, reader->type == OMF_LCOMDEF);
    case OMF_PUBDEF:
    case OMF_LPUBDEF:
        return publics_read(reader, reader->type == OMF_LPUBDEF);
    case OMF_LNAMES:
        return names_read(reader);
    case OMF_SEGDEF:
        return segment_read(reader);
    case OMF_GRPDEF:
        return group_read(reader);
    case OMF_LEDATA:
        return omf_data_read(reader);
    case OMF_LIDATA:
        return omf_iterated_read(reader);
    case OMF_FIXUPP:
        return omf_fixups_read(reader);
    case OMF_LINNUM:
        return true;
    default:
        return omf_fail(reader, "records of this kind are not linked here");
    }
}

static void module_begin(struct omf_reader *reader)
{
    struct omf_list modules = reader->modules, runs = reader->runs;
    *reader = (struct omf_reader){.bytes = reader->bytes,
                                  .size = reader->size,
                                  .at = reader->at,
                                  .record = reader->record,
                                  .record_end = reader->record_end,
                                  .type = reader->type,
                                  .name = reader->name,
                                  .file = reader->file,
                                  .error = reader->error,
                                  .data_segment = OMF_NONE};
    reader->modules = modules;
    reader->runs = runs;
}

static void module_end(struct omf_reader *reader)
{
    struct omf_module *module = reader->module;
#define TAKE(what)                           \
    module->what##s = reader->what##s.items; \
    module->what##_count = reader->what##s.count
    TAKE(segment);
    TAKE(group);
    TAKE(external);
    TAKE(public);
    TAKE(fixup);
    TAKE(import);
    TAKE(export);
#undef TAKE
    module->libraries = reader->libraries.items;
    module->library_count = reader->libraries.count;
    reader->module = NULL;
}

/* From the header, which record_next has framed, to MODEND. */
static bool module_read(struct omf_reader *reader)
{
    module_begin(reader);
    if (reader->type != OMF_THEADR && reader->type != OMF_LHEADR)
        return omf_fail(reader, "a module begins with THEADR");
    struct omf_module *module = omf_add(reader, &reader->modules, sizeof *module);
    if (!module)
        return false;
    *module = (struct omf_module){.file = reader->name, .offset = reader->record};
    reader->module = module;
    module->name = omf_text(reader);
    while (!reader->result) {
        reader->at = reader->record_end + 1;
        if (!record_next(reader))
            return false;
        if (reader->type == OMF_MODEND)
            break;
        record_read(reader);
    }
    if (!reader->result && omf_u8(reader) & 0x40)
        omf_start_read(reader);
    reader->at = reader->record_end + 1;
    if (reader->result)
        return false;
    module_end(reader);
    return true;
}

static bool library_modules_read(struct omf_reader *reader)
{
    uint32_t page = reader->record_end + 1;
    for (reader->at = page;;) {
        if (!record_next(reader))
            return false;
        if (reader->type == (OMF_LIBEND & 0xfe) && reader->is_wide)
            return true;
        if (!module_read(reader))
            return false;
        reader->at = (reader->at + page - 1) / page * page;
        if (reader->at > reader->size)
            return omf_fail(reader, "the file ends within a module");
    }
}

bool omf_is(const void *bytes, size_t size_bytes)
{
    const uint8_t *file = bytes;
    return size_bytes > 4 &&
           (file[0] == OMF_THEADR || file[0] == OMF_LHEADR || file[0] == OMF_LIBHDR);
}

int omf_read(const void *bytes, size_t size_bytes, const char *name, struct omf_file *out_file,
             struct omf_error *out_error)
{
    *out_file = (struct omf_file){0};
    struct omf_reader reader = {.bytes = bytes,
                                .size = (uint32_t)size_bytes,
                                .name = name,
                                .file = out_file,
                                .error = out_error};
    if (size_bytes > OMF_MEMORY_MAX) {
        omf_fail(&reader, "the file is too large");
        return OMF_DAMAGED;
    }
    if (record_next(&reader)) {
        out_file->is_library = reader.type == OMF_LIBHDR && !reader.is_wide;
        if (out_file->is_library)
            library_modules_read(&reader);
        else
            module_read(&reader);
    }
    if (reader.result) {
        omf_free(out_file);
        return reader.result;
    }
    out_file->modules = reader.modules.items;
    out_file->module_count = reader.modules.count;
    return OMF_OK;
}
