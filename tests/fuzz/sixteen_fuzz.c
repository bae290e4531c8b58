/* SPDX-License-Identifier: MIT */
/* sixteen_fuzz.c - readers of NE files and object modules, and the linker, against damaged files.
 *
 *   sixteen_fuzz [--seed N] [--from I] [--count N] FILE…       NE, OMF, .res and .def files
 *
 * Each round damages a file and asks everything that can be asked of it; objects are linked as
 * well. It must be refused with a sentence, or answered within its bytes. What a round does depends
 * on seed and its number alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_rounds.h"
#include "link16/link16.h"
#include "loader_fuzz_mutate.h"
#include "ne/ne.h"
#include "omf/omf.h"

#define CHANGES_MAX 6

static uint64_t good, refused, linked;

static void refusal_check(const char *text)
{
    refused++;
    if (strlen(text) > 15 && !strchr(text, '\n'))
        return;
    fuzz_fail("no sentence: \"%s\"", text);
}

/* A result that is not good has said why. */
static bool is_good(int result, struct ne_error *error)
{
    if (result == NE_DAMAGED)
        refusal_check(error->text);
    *error = (struct ne_error){0};
    return result == NE_OK;
}

/* ---- NE ------------------------------------------------------------------------------------- */

static unsigned sum; /* every byte that is handed out is read */

static void text_touch(struct ne_text text)
{
    for (unsigned i = 0; i < text.length; i++)
        sum += (unsigned char)text.bytes[i];
}

static bool entry_touch(const struct ne_entry *entry, void *context)
{
    sum += entry->offset;
    return true;
}

static bool name_touch(struct ne_text name, uint16_t ordinal, bool is_resident, void *context)
{
    text_touch(name);
    return true;
}

static bool resource_touch(const struct ne_resource *resource, void *context)
{
    const struct ne_image *image = context;
    text_touch(resource->name);
    text_touch(resource->type_name);
    if (resource->file_bytes)
        sum += image->bytes[resource->file_offset + resource->file_bytes - 1];
    return true;
}

static void segment_ask(const struct ne_image *image, unsigned number)
{
    static uint8_t memory[0x10000];
    struct ne_segment segment;
    struct ne_relocation relocation;
    struct ne_error error = {0};
    size_t bytes;
    if (!is_good(ne_segment(image, number, &segment, &error), &error))
        return;
    is_good(ne_segment_read(image, &segment, memory, sizeof memory, &bytes, &error), &error);
    for (unsigned i = 0; i < segment.relocation_count; i++)
        if (is_good(ne_relocation(image, &segment, i, &relocation, &error), &error))
            text_touch(relocation.name);
}

static void ne_ask(const uint8_t *bytes, size_t size)
{
    struct ne_image image;
    struct ne_error error = {0};
    struct ne_entry entry;
    struct ne_text name;
    uint16_t ordinal;
    if (!is_good(ne_parse(bytes, size, &image, &error), &error))
        return;
    good++;
    text_touch(image.module_name);
    text_touch(image.description);
    for (unsigned i = 1; i <= image.segment_count; i++)
        segment_ask(&image, i);
    for (unsigned i = 1; i <= image.module_count && i < 64; i++)
        if (is_good(ne_module(&image, i, &name, &error), &error))
            text_touch(name);
    is_good(ne_entries_visit(&image, entry_touch, NULL, &error), &error);
    is_good(ne_names_visit(&image, name_touch, NULL, &error), &error);
    is_good(ne_entry(&image, 3, &entry, &error), &error);
    is_good(ne_name_find(&image, (struct ne_text){"HELPER", 6}, &ordinal, &error), &error);
    is_good(ne_resources_visit(&image, resource_touch, &image, &error), &error);
}

/* ---- OMF and definitions ------------------------------------------------------------------------
 */

static void link_try(const struct omf_file *objects, unsigned count,
                     const struct link16_definition *definition,
                     const struct link16_resource_file *resources)
{
    struct link16_input input = {.files = objects,
                                 .file_count = count,
                                 .resource_files = resources,
                                 .resource_file_count = resources != NULL,
                                 .definition = definition,
                                 .module_name = "fuzz"};
    struct link16_output output;
    struct link16_error error = {0};
    struct ne_error damage;
    struct ne_image image;
    if (link16(&input, &output, &error)) {
        refusal_check(error.text);
        return;
    }
    linked++;
    /* What is written can be read. */
    if (ne_parse(output.bytes, output.size, &image, &damage))
        fuzz_fail("it links, but: %s", damage.text);
    ne_ask(output.bytes, output.size);
    free(output.bytes);
    free(output.map);
}

static bool is_resources(const struct fuzz_file *file)
{
    size_t length = strlen(file->name);
    return length > 4 && !strcmp(file->name + length - 4, ".res");
}

/* Of damaged resources and a good object. */
static void resources_ask(const uint8_t *bytes, size_t size)
{
    struct link16_resource_file resources = {.name = "fuzz.res", .bytes = bytes, .size = size};
    struct link16_definition definition = {0};
    for (unsigned i = 0; i < fuzz_file_count; i++) {
        struct omf_file object;
        struct omf_error error;
        if (!omf_is(fuzz_files[i].bytes, fuzz_files[i].size) ||
            omf_read(fuzz_files[i].bytes, fuzz_files[i].size, fuzz_files[i].name, &object, &error))
            continue;
        link_try(&object, 1, &definition, &resources);
        omf_free(&object);
        return;
    }
}

static void omf_ask(const uint8_t *bytes, size_t size, struct fuzz_random *random)
{
    struct omf_file objects[2] = {0};
    struct omf_error error = {0};
    struct link16_definition definition = {.is_library = fuzz_below(random, 2)};
    int result = omf_read(bytes, size, "fuzz.obj", &objects[0], &error);
    if (result) {
        if (result == OMF_DAMAGED)
            refusal_check(error.text);
        return;
    }
    good++;
    const struct fuzz_file *other = &fuzz_files[fuzz_below(random, fuzz_file_count)];
    unsigned count = 1;
    if (omf_is(other->bytes, other->size) &&
        !omf_read(other->bytes, other->size, other->name, &objects[1], &error))
        count = 2;
    link_try(objects, count, &definition, NULL);
    omf_free(&objects[0]);
    omf_free(&objects[1]);
}

static void definition_ask(const uint8_t *bytes, size_t size)
{
    struct link16_definition definition;
    struct link16_error error = {0};
    if (link16_definition_read((const char *)bytes, size, "fuzz.def", &definition, &error)) {
        refusal_check(error.text);
        return;
    }
    good++;
    link16_definition_free(&definition);
}

/* ---- rounds
 * --------------------------------------------------------------------------------------- */

static size_t damage(const struct fuzz_file *file, uint8_t *out, struct fuzz_random *random)
{
    size_t size = file->size;
    memcpy(out, file->bytes, size);
    for (uint64_t n = fuzz_below(random, CHANGES_MAX); size && n; n--) {
        size_t at = fuzz_below(random, size);
        switch (fuzz_below(random, 6)) {
        case 0:
            out[at] = (uint8_t)fuzz_next(random);
            break;
        case 1:
            out[at] ^= (uint8_t)(1u << fuzz_below(random, 8));
            break;
        case 2: /* a word of interest */
            memcpy(out + at, "\xff\xff", size - at < 2 ? size - at : 2);
            break;
        case 3:
            memset(out + at, 0, size - at < 4 ? size - at : 4);
            break;
        case 4: { /* a piece moves */
            size_t from = fuzz_below(random, size), room = size - (at > from ? at : from);
            memmove(out + at, out + from, fuzz_below(random, room < 32 ? room + 1 : 32));
            break;
        }
        default:
            size = fuzz_below(random, 8) ? size : at;
        }
    }
    return size;
}

/* A record with a wrong checksum says nothing more: damaged records are summed again. */
static void checksums_mend(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; size - at > 3;) {
        size_t length = (size_t)(bytes[at + 1] | bytes[at + 2] << 8);
        if (!length || length > size - at - 3)
            return;
        bytes[at + 2 + length] = 0;
        at += 3 + length;
    }
}

static void round_run(uint64_t round)
{
    static uint8_t buffer[FUZZ_IMAGE_MAX];
    struct fuzz_random random = fuzz_random_make(fuzz_seed, round);
    const struct fuzz_file *file = &fuzz_files[fuzz_below(&random, fuzz_file_count)];
    size_t size = damage(file, buffer, &random);
    /* From the heap, at its own size: a sanitizer sees each byte too many. */
    uint8_t *bytes = malloc(size + 1);
    memcpy(bytes, buffer, size);
    uint8_t *exact = realloc(bytes, size ? size : 1);
    if (ne_is(file->bytes, file->size)) {
        ne_ask(exact, size);
    } else if (omf_is(file->bytes, file->size)) {
        if (fuzz_below(&random, 8))
            checksums_mend(exact, size);
        omf_ask(exact, size, &random);
    } else if (is_resources(file)) {
        resources_ask(exact, size);
    } else {
        definition_ask(exact, size);
    }
    free(exact);
}

static int summary(uint64_t count)
{
    printf("sixteen_fuzz: %llu rounds: %llu read, %llu linked, %llu refusals\n",
           (unsigned long long)count, (unsigned long long)good, (unsigned long long)linked,
           (unsigned long long)refused);
    if (count < 1000 || (good && linked && refused))
        return 0;
    fprintf(stderr, "sixteen_fuzz: the damage is too great or too small to say anything\n");
    return 1;
}

int main(int argc, char **argv)
{
    return fuzz_rounds(argc, argv, "sixteen_fuzz", FUZZ_IMAGE_MAX, round_run, summary);
}
