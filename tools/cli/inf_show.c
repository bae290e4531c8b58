/* SPDX-License-Identifier: MIT */
/* inf_show.c - what an INF would install on a target, as JSON and as lines made of it. */
#include "inf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inf/dirid.h"
#include "inf/entry.h"
#include "inf_file.h"
#include "options.h"

struct show {
    const struct inf *inf;
    const struct inf_target *target;
    cJSON *models;
    cJSON *into; /* the model or service whose entries are added */
};

int inf_target_parse(const char *text, struct inf_target *inout_target)
{
    char word[64], *version;
    snprintf(word, sizeof word, "%s", text);
    version = strchr(word, ':');
    if (version)
        *version++ = 0;
    for (int i = INF_X86; i <= INF_ARM64; i++) {
        if (!inf_same(word, inf_architecture_name((enum inf_architecture)i)))
            continue;
        char end;
        inout_target->architecture = (enum inf_architecture)i;
        if (version && sscanf(version, "%u.%u.%u%c", &inout_target->major, &inout_target->minor,
                              &inout_target->build, &end) != 3)
            return INF_DAMAGED;
        return INF_OK;
    }
    return INF_DAMAGED;
}

static cJSON *list_add(cJSON *object, const char *name)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(object, name);
    cJSON *one = cJSON_CreateObject();
    if (!list)
        list = cJSON_AddArrayToObject(object, name);
    cJSON_AddItemToArray(list, one);
    return one;
}

static void path_add(cJSON *object, const struct inf_file *file)
{
    char path[1024];
    const struct inf_dirid *dirid = inf_dirid_find(file->dirid);
    const char *folder = dirid && dirid->path                    ? dirid->path
                         : file->dirid == INF_DIRID_DRIVER_STORE ? "driver store"
                         : file->dirid == INF_DIRID_SOURCE       ? "source"
                                                                 : "";
    snprintf(path, sizeof path, "%s%s%s\\%s", folder, *folder && *file->subdir ? "\\" : "",
             file->subdir, file->target);
    cJSON_AddStringToObject(object, "path", path);
}

static int on_file(void *context, const struct inf_file *file)
{
    static const char *const actions[] = {"copy", "delete", "rename"};
    struct show *show = context;
    cJSON *one = list_add(show->into, "files");
    cJSON_AddStringToObject(one, "action", actions[file->action]);
    cJSON_AddStringToObject(one, "source", file->source);
    cJSON_AddStringToObject(one, "source_folder", file->source_subdir);
    cJSON_AddNumberToObject(one, "dirid", (int32_t)file->dirid);
    path_add(one, file);
    return 0;
}

static int on_registry(void *context, const struct inf_registry *entry)
{
    static const char *const actions[] = {"set",        "create",        "append",   "delete-value",
                                          "delete-key", "delete-string", "set-bits", "clear-bits"};
    struct show *show = context;
    cJSON *one = list_add(show->into, "registry");
    cJSON_AddStringToObject(one, "action", actions[entry->action]);
    cJSON_AddStringToObject(one, "root", entry->root);
    cJSON_AddStringToObject(one, "key", entry->subkey);
    cJSON_AddStringToObject(one, "value", entry->name);
    cJSON_AddNumberToObject(one, "type", entry->type);
    cJSON_AddNumberToObject(one, "length", entry->data_length);
    return 0;
}

static int on_service(void *context, const struct inf_service *service)
{
    struct show *show = context;
    cJSON *outer = show->into;
    cJSON *one = list_add(outer, "services");
    struct inf_error error;
    cJSON_AddStringToObject(one, "name", service->name);
    cJSON_AddBoolToObject(one, "function_driver", (service->flags & INF_SERVICE_ASSOCIATE) != 0);
    cJSON_AddBoolToObject(one, "deleted", service->is_delete);
    cJSON_AddStringToObject(one, "binary", service->binary);
    cJSON_AddNumberToObject(one, "type", service->type);
    cJSON_AddNumberToObject(one, "start", service->start);
    show->into = one;
    int result = service->section
                     ? inf_registry_visit(service->inf, service->section, on_registry, show, &error)
                     : 0;
    show->into = outer;
    return result;
}

static int on_filter(void *context, const struct inf_filter *filter)
{
    struct show *show = context;
    cJSON *one = list_add(show->into, "filters");
    cJSON_AddStringToObject(one, "service", filter->service);
    cJSON_AddStringToObject(one, "position",
                            *filter->level     ? filter->level
                            : filter->is_upper ? "upper"
                                               : "lower");
    return 0;
}

static int on_interface(void *context, const struct inf_interface *interface)
{
    struct show *show = context;
    cJSON *one = list_add(show->into, "interfaces");
    cJSON_AddStringToObject(one, "guid", interface->guid);
    cJSON_AddStringToObject(one, "reference", interface->reference);
    return 0;
}

/* Nonzero: what could not be understood is in the JSON. */
static int section_add(struct show *show, const struct inf_section *section, bool is_part)
{
    struct inf_error error;
    int result = inf_files_visit(show->inf, section, show->target, on_file, show, &error);
    if (result == INF_OK)
        result = inf_registry_visit(show->inf, section, on_registry, show, &error);
    if (result == INF_OK && is_part)
        result = inf_services_visit(show->inf, section, on_service, show, &error);
    if (result == INF_OK && is_part)
        result = inf_filters_visit(show->inf, section, on_filter, show, &error);
    if (result == INF_OK && is_part)
        result = inf_interfaces_visit(show->inf, section, on_interface, show, &error);
    if (result)
        cJSON_AddStringToObject(show->into, "error", error.text);
    return result;
}

static void install_add(struct show *show, const struct inf_install *install)
{
    cJSON_AddStringToObject(show->into, "section", install->actual);
    int result = section_add(show, install->section, false);
    for (uint32_t i = 0; result == INF_OK && inf_install_part_name(i); i++) {
        const struct inf_section *part =
            inf_install_part(show->inf, install, inf_install_part_name(i));
        if (part)
            result = section_add(show, part, true);
    }
}

static int on_model(void *context, const struct inf_model *model)
{
    struct show *show = context;
    struct inf_install install;
    show->into = cJSON_CreateObject();
    cJSON_AddItemToArray(show->models, show->into);
    cJSON_AddStringToObject(show->into, "description", model->description);
    cJSON_AddStringToObject(show->into, "manufacturer", model->manufacturer);
    cJSON *ids = cJSON_AddArrayToObject(show->into, "ids");
    for (uint32_t i = 0; i < model->id_count; i++)
        cJSON_AddItemToArray(ids, cJSON_CreateString(model->ids[i].text));
    if (inf_install_find(show->inf, model->install, show->target, &install) == INF_OK)
        install_add(show, &install);
    else
        cJSON_AddStringToObject(show->into, "error", "its install section is not there");
    return 0;
}

static void version_add(cJSON *json, const struct inf_version *version)
{
    cJSON_AddStringToObject(json, "provider", version->provider);
    cJSON_AddStringToObject(json, "class", version->class_name);
    cJSON_AddStringToObject(json, "class_guid", version->class_guid);
    cJSON_AddStringToObject(json, "date", version->date);
    cJSON_AddStringToObject(json, "version", version->version_text);
    cJSON_AddStringToObject(json, "catalog", version->catalog);
    cJSON_AddStringToObject(json, "extension_id", version->extension_id);
}

cJSON *inf_show(const char *path, const struct inf_target *target)
{
    struct show show = {.target = target};
    struct inf_version version;
    struct inf_install install;
    struct inf_error error;
    struct inf *inf = NULL;
    size_t length;
    uint8_t *bytes = inf_file_read("inf", path, &length);
    if (!bytes)
        return NULL;
    int result = inf_file_parse(path, bytes, length, NULL, &inf, &error);
    free(bytes);
    if (result == INF_OK)
        result = inf_version_read(inf, target, &version, &error);
    cJSON *json = result == INF_OK ? cJSON_CreateObject() : NULL;
    if (json) {
        cJSON_AddStringToObject(json, "file", path);
        version_add(json, &version);
        show.inf = inf;
        show.models = cJSON_AddArrayToObject(json, "models");
        result = inf_models_visit(inf, target, on_model, &show, &error);
        if (inf_default_install_find(inf, target, &install) == INF_OK) {
            show.into = cJSON_AddObjectToObject(json, "default_install");
            install_add(&show, &install);
        }
    }
    if (result) {
        fprintf(stderr, "cove inf: %s\n", error.text);
        cJSON_Delete(json);
        json = NULL;
    }
    inf_destroy(inf);
    return json;
}

/* ---- lines --------------------------------------------------------------------------------- */

static void entries_print(const cJSON *from, unsigned indent)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(from, "files"))
        printf("%*s%-9s %s%s%s -> %s\n", indent, "", json_text(one, "action"),
               json_text(one, "source_folder"), *json_text(one, "source_folder") ? "\\" : "",
               json_text(one, "source"), json_text(one, "path"));
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(from, "services"))
    {
        bool is_function = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "function_driver"));
        printf("%*sservice   %s, type %.0f, start %.0f%s %s\n", indent, "", json_text(one, "name"),
               json_number(one, "type"), json_number(one, "start"),
               is_function ? ", function driver:" : ":", json_text(one, "binary"));
        entries_print(one, indent + 2);
    }
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(from, "filters")) printf(
        "%*sfilter    %s, %s\n", indent, "", json_text(one, "service"), json_text(one, "position"));
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(from, "interfaces")) printf(
        "%*sinterface %s %s\n", indent, "", json_text(one, "guid"), json_text(one, "reference"));
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(from, "registry"))
        printf("%*s%-9s %s\\%s:%s, type %.0f, %.0f bytes\n", indent, "", json_text(one, "action"),
               json_text(one, "root"), json_text(one, "key"), json_text(one, "value"),
               json_number(one, "type"), json_number(one, "length"));
    if (cJSON_GetObjectItemCaseSensitive(from, "error"))
        printf("%*serror     %s\n", indent, "", json_text(from, "error"));
}

void inf_show_print(const cJSON *file)
{
    const cJSON *model, *id, *models = cJSON_GetObjectItemCaseSensitive(file, "models");
    const cJSON *other = cJSON_GetObjectItemCaseSensitive(file, "default_install");
    printf("%s\n  provider %s, class %s %s\n  version %s of %s, catalog %s\n",
           json_text(file, "file"), json_text(file, "provider"), json_text(file, "class"),
           json_text(file, "class_guid"), json_text(file, "version"), json_text(file, "date"),
           *json_text(file, "catalog") ? json_text(file, "catalog") : "none");
    cJSON_ArrayForEach(model, models)
    {
        printf("  device \"%s\" of %s\n", json_text(model, "description"),
               json_text(model, "manufacturer"));
        cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(model, "ids"))
            printf("    id        %s\n", cJSON_GetStringValue(id));
        printf("    section   [%s]\n", json_text(model, "section"));
        entries_print(model, 4);
    }
    if (other) {
        printf("  without a device [%s]\n", json_text(other, "section"));
        entries_print(other, 4);
    }
    if (!other && cJSON_GetArraySize(models) == 0)
        printf("  serves nothing on this target\n");
}
