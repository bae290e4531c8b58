/* SPDX-License-Identifier: MIT */
/* dump_ne.c - an NE file as JSON, and that as lines. */
#include <stdio.h>
#include <string.h>

#include "dump.h"
#include "ne/ne.h"
#include "options.h"

static void text_add(cJSON *json, const char *name, struct ne_text text)
{
    char buffer[256];
    memcpy(buffer, text.bytes, text.length);
    buffer[text.length] = '\0';
    for (unsigned i = 0; i < text.length; i++) /* of some code page */
        if ((unsigned char)buffer[i] < 0x20 || (unsigned char)buffer[i] > 0x7e)
            buffer[i] = '.';
    cJSON_AddStringToObject(json, name, buffer);
}

static void place_add(cJSON *json, const char *name, unsigned segment, unsigned offset)
{
    char text[16];
    snprintf(text, sizeof text, "%u:%04x", segment, offset);
    cJSON_AddStringToObject(json, name, text);
}

static void damage_add(cJSON *json, int result, const struct ne_error *error)
{
    if (result == NE_DAMAGED && !cJSON_HasObjectItem(json, "damage"))
        cJSON_AddStringToObject(json, "damage", error->text);
}

static void header_add(cJSON *json, const struct ne_image *image)
{
    char text[32];
    text_add(json, "module", image->module_name);
    text_add(json, "description",
             image->description.length ? image->description : (struct ne_text){"", 0});
    cJSON_AddStringToObject(json, "kind", image->flags & NE_FLAG_LIBRARY ? "library" : "program");
    cJSON_AddBoolToObject(json, "self_loading", (image->flags & NE_FLAG_SELF_LOADING) != 0);
    cJSON_AddNumberToObject(json, "flags", image->flags);
    snprintf(text, sizeof text, "%u.%u", image->linker_major, image->linker_minor);
    cJSON_AddStringToObject(json, "linker", text);
    snprintf(text, sizeof text, "%u.%02u", image->windows_major, image->windows_minor);
    cJSON_AddStringToObject(json, "windows", text);
    cJSON_AddNumberToObject(json, "automatic_data", image->auto_data);
    cJSON_AddNumberToObject(json, "heap", image->heap_bytes);
    cJSON_AddNumberToObject(json, "stack", image->stack_bytes);
    if (image->entry_segment)
        place_add(json, "entry", image->entry_segment, image->entry_offset);
}

/* ---- segments and what they refer to
 * -------------------------------------------------------------- */

static void target_add(cJSON *json, const struct ne_image *image,
                       const struct ne_relocation *relocation, struct ne_error *error)
{
    struct ne_text module = {"?", 1};
    switch (relocation->target) {
    case NE_TARGET_INTERNAL:
        if (relocation->segment)
            place_add(json, "to", relocation->segment, relocation->offset);
        else
            cJSON_AddNumberToObject(json, "to_entry", relocation->ordinal);
        return;
    case NE_TARGET_OSFIXUP:
        cJSON_AddNumberToObject(json, "floating_point", relocation->ordinal);
        return;
    default:
        ne_module(image, relocation->module, &module, error);
        text_add(json, "module", module);
        if (relocation->target == NE_TARGET_NAME)
            text_add(json, "name", relocation->name);
        else
            cJSON_AddNumberToObject(json, "ordinal", relocation->ordinal);
        return;
    }
}

static const char *address_name(enum ne_address address)
{
    switch (address) {
    case NE_ADDRESS_LOW_BYTE:
        return "byte";
    case NE_ADDRESS_SELECTOR:
        return "selector";
    case NE_ADDRESS_FAR:
        return "far";
    case NE_ADDRESS_OFFSET:
        return "offset";
    case NE_ADDRESS_FAR_48:
        return "far 16:32";
    case NE_ADDRESS_OFFSET_32:
        return "offset 32";
    }
    return "?";
}

static void relocations_add(cJSON *json, const struct ne_image *image,
                            const struct ne_segment *segment)
{
    struct ne_relocation relocation;
    struct ne_error error;
    cJSON *list = cJSON_AddArrayToObject(json, "relocations");
    for (unsigned i = 0; i < segment->relocation_count; i++) {
        int result = ne_relocation(image, segment, i, &relocation, &error);
        if (result) {
            damage_add(json, result, &error);
            return;
        }
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "what", address_name(relocation.address));
        cJSON_AddNumberToObject(one, "at", relocation.place);
        cJSON_AddBoolToObject(one, "additive", relocation.is_additive);
        target_add(one, image, &relocation, &error);
        cJSON_AddItemToArray(list, one);
    }
}

static void segment_flags_text(unsigned flags, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s%s%s%s%s", flags & NE_SEGMENT_DATA ? "data" : "code",
             flags & NE_SEGMENT_MOVEABLE ? " moveable" : " fixed",
             flags & NE_SEGMENT_PRELOAD ? " preload" : "",
             flags & NE_SEGMENT_DISCARDABLE ? " discardable" : "",
             flags & NE_SEGMENT_READ_ONLY ? " read-only" : "",
             flags & NE_SEGMENT_ITERATED ? " iterated" : "",
             flags & NE_SEGMENT_32_BIT ? " 32-bit" : "");
}

static void segments_add(cJSON *json, const struct ne_image *image)
{
    struct ne_error error;
    struct ne_segment segment;
    cJSON *list = cJSON_AddArrayToObject(json, "segments");
    for (unsigned i = 1; i <= image->segment_count; i++) {
        char text[96];
        int result = ne_segment(image, i, &segment, &error);
        damage_add(json, result, &error);
        if (result)
            continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddNumberToObject(one, "number", i);
        segment_flags_text(segment.flags, text, sizeof text);
        cJSON_AddStringToObject(one, "flags", text);
        cJSON_AddNumberToObject(one, "offset", segment.file_offset);
        cJSON_AddNumberToObject(one, "bytes", segment.file_bytes);
        cJSON_AddNumberToObject(one, "memory", segment.memory_bytes);
        relocations_add(one, image, &segment);
        cJSON_AddItemToArray(list, one);
    }
}

/* ---- entries and resources
 * ------------------------------------------------------------------------ */

struct entry_walk {
    const struct ne_image *image;
    cJSON *list;
    struct ne_entry entry;
    struct ne_text name;
    bool is_resident;
};

static bool name_take(struct ne_text name, uint16_t ordinal, bool is_resident, void *context)
{
    struct entry_walk *walk = context;
    if (ordinal != walk->entry.ordinal)
        return true;
    walk->name = name;
    walk->is_resident = is_resident;
    return false;
}

static bool entry_add(const struct ne_entry *entry, void *context)
{
    struct entry_walk *walk = context;
    walk->entry = *entry;
    walk->name = (struct ne_text){"", 0};
    ne_names_visit(walk->image, name_take, walk, NULL);
    cJSON *one = cJSON_CreateObject();
    cJSON_AddNumberToObject(one, "ordinal", entry->ordinal);
    text_add(one, "name", walk->name);
    if (entry->segment)
        place_add(one, "at", entry->segment, entry->offset);
    else
        cJSON_AddNumberToObject(one, "constant", entry->offset);
    cJSON_AddBoolToObject(one, "exported", entry->is_exported);
    cJSON_AddBoolToObject(one, "moveable", entry->is_moveable);
    cJSON_AddBoolToObject(one, "resident", walk->name.length && walk->is_resident);
    cJSON_AddItemToArray(walk->list, one);
    return true;
}

static bool resource_add(const struct ne_resource *resource, void *context)
{
    static const char *const types[] = {
        "",           "cursor",   "bitmap",       "icon", "menu",
        "dialog",     "string",   "font folder",  "font", "accelerator",
        "data",       "messages", "cursor group", "",     "icon group",
        "name table", "version"};
    cJSON *one = cJSON_CreateObject();
    if (!resource->type)
        text_add(one, "type", resource->type_name);
    else if (resource->type < sizeof types / sizeof *types && *types[resource->type])
        cJSON_AddStringToObject(one, "type", types[resource->type]);
    else
        cJSON_AddNumberToObject(one, "type", resource->type);
    if (resource->id)
        cJSON_AddNumberToObject(one, "id", resource->id);
    else
        text_add(one, "id", resource->name);
    cJSON_AddNumberToObject(one, "offset", resource->file_offset);
    cJSON_AddNumberToObject(one, "bytes", resource->file_bytes);
    cJSON_AddItemToArray(context, one);
    return true;
}

cJSON *dump_ne(const uint8_t *bytes, size_t size, const char *path, char *error, size_t error_size)
{
    struct ne_image image;
    struct ne_error damage;
    if (ne_parse(bytes, size, &image, &damage)) {
        snprintf(error, error_size, "%s: %s", path, damage.text);
        return NULL;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "file", path);
    cJSON_AddStringToObject(json, "format", "NE");
    header_add(json, &image);
    segments_add(json, &image);
    cJSON *modules = cJSON_AddArrayToObject(json, "modules");
    for (unsigned i = 1; i <= image.module_count; i++) {
        struct ne_text name;
        int result = ne_module(&image, i, &name, &damage);
        cJSON *one = cJSON_CreateObject();
        if (!result)
            text_add(one, "name", name);
        damage_add(json, result, &damage);
        cJSON_AddItemToArray(modules, one);
    }
    struct entry_walk walk = {.image = &image, .list = cJSON_AddArrayToObject(json, "entries")};
    damage_add(json, ne_entries_visit(&image, entry_add, &walk, &damage), &damage);
    cJSON *resources = cJSON_AddArrayToObject(json, "resources");
    damage_add(json, ne_resources_visit(&image, resource_add, resources, &damage), &damage);
    return json;
}

/* ---- lines
 * ---------------------------------------------------------------------------------------- */

static void relocation_print(const cJSON *one)
{
    printf("      %04x  %-9s ", (unsigned)json_number(one, "at"), json_text(one, "what"));
    if (cJSON_HasObjectItem(one, "name"))
        printf("%s.%s", json_text(one, "module"), json_text(one, "name"));
    else if (cJSON_HasObjectItem(one, "ordinal"))
        printf("%s.%.0f", json_text(one, "module"), json_number(one, "ordinal"));
    else if (cJSON_HasObjectItem(one, "to"))
        printf("%s", json_text(one, "to"));
    else if (cJSON_HasObjectItem(one, "to_entry"))
        printf("entry %.0f", json_number(one, "to_entry"));
    else
        printf("floating point %.0f", json_number(one, "floating_point"));
    printf("%s\n", cJSON_IsTrue(cJSON_GetObjectItem(one, "additive")) ? " (additive)" : "");
}

static void segments_print(const cJSON *json)
{
    const cJSON *one, *relocation;
    printf("  segments\n");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(json, "segments"))
    {
        printf("    %3.0f  at 0x%06x, 0x%05x bytes, 0x%05x in memory, %s\n",
               json_number(one, "number"), (unsigned)json_number(one, "offset"),
               (unsigned)json_number(one, "bytes"), (unsigned)json_number(one, "memory"),
               json_text(one, "flags"));
        cJSON_ArrayForEach(relocation, cJSON_GetObjectItem(one, "relocations"))
            relocation_print(relocation);
        if (*json_text(one, "damage"))
            printf("      DAMAGED %s\n", json_text(one, "damage"));
    }
}

static void entries_print(const cJSON *json)
{
    const cJSON *one;
    if (cJSON_GetArraySize(cJSON_GetObjectItem(json, "entries")))
        printf("  entries\n");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(json, "entries"))
    {
        char constant[16];
        snprintf(constant, sizeof constant, "=%.0f", json_number(one, "constant"));
        const char *at = json_text(one, "at");
        printf("    %5.0f  %-8s %-32s %s%s%s\n", json_number(one, "ordinal"), *at ? at : constant,
               json_text(one, "name"),
               cJSON_IsTrue(cJSON_GetObjectItem(one, "exported")) ? "exported" : "",
               cJSON_IsTrue(cJSON_GetObjectItem(one, "moveable")) ? " moveable" : "",
               cJSON_IsTrue(cJSON_GetObjectItem(one, "resident")) ? " resident" : "");
    }
}

void dump_ne_print(const cJSON *json)
{
    const cJSON *one;
    printf("%s\n", json_text(json, "file"));
    printf("  NE %s %s: %s\n", json_text(json, "kind"), json_text(json, "module"),
           json_text(json, "description"));
    printf("  linker     %s, for Windows %s and later%s\n", json_text(json, "linker"),
           json_text(json, "windows"),
           cJSON_IsTrue(cJSON_GetObjectItem(json, "self_loading")) ? ", loads itself" : "");
    printf("  data       automatic segment %.0f, heap %.0f, stack %.0f bytes\n",
           json_number(json, "automatic_data"), json_number(json, "heap"),
           json_number(json, "stack"));
    if (*json_text(json, "entry"))
        printf("  entry      %s\n", json_text(json, "entry"));
    if (*json_text(json, "damage"))
        printf("  DAMAGED    %s\n", json_text(json, "damage"));
    printf("  imports   ");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(json, "modules"))
        printf(" %s", json_text(one, "name"));
    printf("\n");
    segments_print(json);
    entries_print(json);
    if (cJSON_GetArraySize(cJSON_GetObjectItem(json, "resources")))
        printf("  resources\n");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(json, "resources"))
    {
        char type[16], id[16];
        snprintf(type, sizeof type, "%.0f", json_number(one, "type"));
        snprintf(id, sizeof id, "#%.0f", json_number(one, "id"));
        printf("    %-14s %-24s at 0x%06x, %.0f bytes\n",
               *json_text(one, "type") ? json_text(one, "type") : type,
               *json_text(one, "id") ? json_text(one, "id") : id,
               (unsigned)json_number(one, "offset"), json_number(one, "bytes"));
    }
}
