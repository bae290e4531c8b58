/* SPDX-License-Identifier: MIT */
/* dump_omf.c - object modules as JSON, and that as lines. */
#include <stdio.h>

#include "dump.h"
#include "omf/omf.h"
#include "options.h"

static const char *combine_name(enum omf_combine combine)
{
    switch (combine) {
    case OMF_PUBLIC:
        return "public";
    case OMF_STACK:
        return "stack";
    case OMF_COMMON:
        return "common";
    default:
        return "private";
    }
}

static void segments_add(cJSON *json, const struct omf_module *module)
{
    cJSON *list = cJSON_AddArrayToObject(json, "segments");
    for (uint32_t i = 0; i < module->segment_count; i++) {
        const struct omf_segment *segment = &module->segments[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", segment->name);
        cJSON_AddStringToObject(one, "class", segment->class_name);
        cJSON_AddStringToObject(one, "combine", combine_name(segment->combine));
        cJSON_AddNumberToObject(one, "align", segment->align);
        cJSON_AddNumberToObject(one, "bytes", segment->length);
        cJSON_AddBoolToObject(one, "use32", segment->is_use32);
        cJSON_AddItemToArray(list, one);
    }
    list = cJSON_AddArrayToObject(json, "groups");
    for (uint32_t i = 0; i < module->group_count; i++) {
        cJSON *one = cJSON_CreateObject(), *members;
        cJSON_AddStringToObject(one, "name", module->groups[i].name);
        members = cJSON_AddArrayToObject(one, "segments");
        for (uint32_t s = 0; s < module->groups[i].segment_count; s++)
            cJSON_AddItemToArray(
                members, cJSON_CreateString(module->segments[module->groups[i].segments[s]].name));
        cJSON_AddItemToArray(list, one);
    }
}

static void symbols_add(cJSON *json, const struct omf_module *module)
{
    cJSON *list = cJSON_AddArrayToObject(json, "publics");
    for (uint32_t i = 0; i < module->public_count; i++) {
        const struct omf_public *public = &module->publics[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", public->name);
        cJSON_AddStringToObject(
            one, "segment",
            public->segment == OMF_NONE ? "" : module->segments[public->segment].name);
        cJSON_AddNumberToObject(one, "offset", public->offset);
        cJSON_AddBoolToObject(one, "local", public->is_local);
        cJSON_AddItemToArray(list, one);
    }
    list = cJSON_AddArrayToObject(json, "externals");
    for (uint32_t i = 0; i < module->external_count; i++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", module->externals[i].name);
        cJSON_AddNumberToObject(one, "communal_bytes", module->externals[i].communal_bytes);
        cJSON_AddItemToArray(list, one);
    }
    list = cJSON_AddArrayToObject(json, "imports");
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct omf_import *import = &module->imports[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", import->name);
        cJSON_AddStringToObject(one, "module", import->module);
        if (import->entry)
            cJSON_AddStringToObject(one, "entry", import->entry);
        else
            cJSON_AddNumberToObject(one, "ordinal", import->ordinal);
        cJSON_AddItemToArray(list, one);
    }
    list = cJSON_AddArrayToObject(json, "exports");
    for (uint32_t i = 0; i < module->export_count; i++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", module->exports[i].name);
        cJSON_AddStringToObject(one, "internal", module->exports[i].internal);
        cJSON_AddNumberToObject(one, "ordinal", module->exports[i].ordinal);
        cJSON_AddItemToArray(list, one);
    }
}

cJSON *dump_omf(const uint8_t *bytes, size_t size, const char *path, char *error, size_t error_size)
{
    struct omf_file file;
    struct omf_error damage;
    int result = omf_read(bytes, size, path, &file, &damage);
    if (result) {
        snprintf(error, error_size, "%s",
                 result == OMF_MEMORY ? "there is no memory left" : damage.text);
        return NULL;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "file", path);
    cJSON_AddStringToObject(json, "format", file.is_library ? "OMF library" : "OMF module");
    cJSON *modules = cJSON_AddArrayToObject(json, "modules");
    for (uint32_t i = 0; i < file.module_count; i++) {
        const struct omf_module *module = &file.modules[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", module->name);
        segments_add(one, module);
        symbols_add(one, module);
        cJSON_AddNumberToObject(one, "fixups", module->fixup_count);
        cJSON_AddBoolToObject(one, "start", module->has_start);
        cJSON_AddItemToArray(modules, one);
    }
    omf_free(&file);
    return json;
}

/* ---- lines
 * ---------------------------------------------------------------------------------------- */

static void module_print(const cJSON *module)
{
    const cJSON *one, *member;
    printf("  module %s, %.0f fixups%s\n", json_text(module, "name"), json_number(module, "fixups"),
           cJSON_IsTrue(cJSON_GetObjectItem(module, "start")) ? ", says where to start" : "");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(module, "segments"))
        printf("    segment   %-16s class %-8s %-8s align %3.0f, 0x%04x bytes%s\n",
               json_text(one, "name"), json_text(one, "class"), json_text(one, "combine"),
               json_number(one, "align"), (unsigned)json_number(one, "bytes"),
               cJSON_IsTrue(cJSON_GetObjectItem(one, "use32")) ? ", 32-bit" : "");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(module, "groups"))
    {
        printf("    group     %s:", json_text(one, "name"));
        cJSON_ArrayForEach(member, cJSON_GetObjectItem(one, "segments"))
            printf(" %s", member->valuestring);
        printf("\n");
    }
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(module, "publics"))
        printf("    public    %-32s %s:%04x%s\n", json_text(one, "name"), json_text(one, "segment"),
               (unsigned)json_number(one, "offset"),
               cJSON_IsTrue(cJSON_GetObjectItem(one, "local")) ? " local" : "");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(module, "externals"))
        printf("    external  %s\n", json_text(one, "name"));
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(module, "imports"))
    {
        char ordinal[16];
        snprintf(ordinal, sizeof ordinal, "%.0f", json_number(one, "ordinal"));
        printf("    import    %-32s %s.%s\n", json_text(one, "name"), json_text(one, "module"),
               cJSON_HasObjectItem(one, "entry") ? json_text(one, "entry") : ordinal);
    }
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(module, "exports"))
        printf("    export    %-32s %s @%.0f\n", json_text(one, "name"), json_text(one, "internal"),
               json_number(one, "ordinal"));
}

void dump_omf_print(const cJSON *json)
{
    const cJSON *module;
    printf("%s: %s\n", json_text(json, "file"), json_text(json, "format"));
    cJSON_ArrayForEach(module, cJSON_GetObjectItem(json, "modules")) module_print(module);
}
