/* SPDX-License-Identifier: MIT */
/* resource.c - resources of compiled (.res) files of 16-bit Windows.
 *
 * A file is one resource behind the other: type, name, flags (a word), length (a double word),
 * bytes. A type or a name is 0xff and a number, or text that ends with a zero. What is found points
 * into the file's bytes.
 * Doc: "Windows Resource (.RES) Files" (16-bit entries)
 */
#include <string.h>
#include <strings.h>

#include "link_internal.h"

#define BY_NUMBER     0xffu
#define RESOURCES_MAX 4096u /* more do not fit the table */

struct res_reader {
    struct linker *linker;
    const struct link16_resource_file *file;
    size_t at;
};

static bool res_fail(struct res_reader *reader, size_t at, const char *reason)
{
    return link_fail(reader->linker, "%.100s: the resource at 0x%zx %s", reader->file->name, at,
                     reason);
}

static bool res_has(const struct res_reader *reader, size_t bytes)
{
    return reader->file->size - reader->at >= bytes;
}

static uint32_t res_number(struct res_reader *reader, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t)reader->file->bytes[reader->at++] << i * 8;
    return value;
}

static bool res_name(struct res_reader *reader, struct resource16_name *out_name)
{
    const uint8_t *text = reader->file->bytes + reader->at;
    size_t start = reader->at;
    *out_name = (struct resource16_name){0};
    if (!res_has(reader, 1))
        return res_fail(reader, start, "is cut off");
    if (*text == BY_NUMBER) {
        reader->at++;
        if (!res_has(reader, 2))
            return res_fail(reader, start, "is cut off");
        out_name->number = (uint16_t)res_number(reader, 2);
        return (out_name->number && out_name->number < 0x8000) ||
               res_fail(reader, start, "has a number that is not between 1 and 0x7fff");
    }
    const uint8_t *end = memchr(text, 0, reader->file->size - reader->at);
    if (!end)
        return res_fail(reader, start, "has a name without end");
    if (end == text || end - text > UINT8_MAX)
        return res_fail(reader, start, "has a name that is empty or longer than 255 bytes");
    out_name->text = (const char *)text;
    out_name->length = (uint8_t)(end - text);
    reader->at += (size_t)(end - text) + 1;
    return true;
}

bool resource_names_match(const struct resource16_name *a, const struct resource16_name *b)
{
    return a->number == b->number && a->length == b->length &&
           (!a->length || !strncasecmp(a->text, b->text, a->length));
}

static bool resource_add(struct res_reader *reader)
{
    struct linker *linker = reader->linker;
    struct resource16 resource = {0};
    size_t start = reader->at;
    if (!res_name(reader, &resource.type) || !res_name(reader, &resource.name))
        return false;
    if (!res_has(reader, 6))
        return res_fail(reader, start, "is cut off");
    resource.flags = (uint16_t)res_number(reader, 2);
    resource.length = res_number(reader, 4);
    if (!res_has(reader, resource.length))
        return res_fail(reader, start, "is longer than the file");
    resource.bytes = reader->file->bytes + reader->at;
    reader->at += resource.length;
    for (uint32_t i = 0; i < linker->resources.count; i++) {
        const struct resource16 *other = (struct resource16 *)linker->resources.items + i;
        if (resource_names_match(&other->type, &resource.type) &&
            resource_names_match(&other->name, &resource.name))
            return res_fail(reader, start, "has the type and the name of an earlier one");
    }
    if (linker->resources.count == RESOURCES_MAX)
        return link_fail(linker, "there are more than %u resources", RESOURCES_MAX);
    struct resource16 *added = list16_add(linker, &linker->resources, sizeof *added);
    if (added)
        *added = resource;
    return added != NULL;
}

bool resources_read(struct linker *linker)
{
    static const uint8_t wide[] = {0, 0, 0, 0, 0x20, 0, 0, 0};
    const struct link16_input *input = linker->input;
    for (uint32_t i = 0; i < input->resource_file_count; i++) {
        struct res_reader reader = {.linker = linker, .file = &input->resource_files[i]};
        if (res_has(&reader, sizeof wide) && !memcmp(reader.file->bytes, wide, sizeof wide))
            return link_fail(linker,
                             "%.100s: these are resources of 32-bit Windows; 16-bit programs have "
                             "a format of their own",
                             reader.file->name);
        while (res_has(&reader, 1))
            if (!resource_add(&reader))
                return false;
    }
    return true;
}
