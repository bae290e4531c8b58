/* SPDX-License-Identifier: MIT */
/* pnputil_drivers.c - packages: add, delete, export, list. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "client/client.h"
#include "devices.h"
#include "options.h"
#include "package.h"
#include "pnputil.h"

static const char *const no_values[] = {NULL};

struct adding {
    const struct pnputil *tool;
    bool has_subfolders, is_installed;
    unsigned total, added;
    int result;
    const char *pattern;
};

static void driver_install(struct adding *adding, const char *inf, const cJSON *package)
{
    const char *published = json_text(package, "published");
    bool is_primitive = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(package, "is_primitive"));
    const char *update[] = {"device-update", published, "*", NULL},
               *primitive[] = {"package-primitive", published, "install", NULL};
    uint32_t code;
    cJSON *reply = options_ask(adding->tool->machine, is_primitive ? primitive : update, &code);
    if (!reply) {
        adding->result = PNPUTIL_FAILED;
    } else if (code == PNPUTIL_NOTHING) {
        printf("Driver package is up-to-date on device: no device needs it\n");
        adding->result = PNPUTIL_NOTHING;
    } else if (code) {
        printf("Failed to install the driver: %s\n", json_text(reply, "text"));
        adding->result = pnputil_exit(code);
    } else {
        if (is_primitive)
            printf("Driver package installed.\n");
        else
            printf("Driver package installed on %.0f device(s).\n", json_number(reply, "count"));
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(reply, "needs_restart")))
            adding->result = PNPUTIL_REBOOT;
    }
    cJSON_Delete(reply);
}

static void package_one(struct adding *adding, const char *inf)
{
    const char *base = strrchr(inf, '/');
    unsigned code;
    adding->total++;
    printf("Adding driver package:  %s\n", base ? base + 1 : inf);
    fflush(stdout);
    cJSON *package = package_add(adding->tool->machine, inf, &code);
    if (!package || code) {
        if (package)
            printf("Failed to add driver package: %s\n", json_text(package, "text"));
        adding->result = package ? pnputil_exit(code) : PNPUTIL_FAILED;
        puts("");
        cJSON_Delete(package);
        return;
    }
    adding->added++;
    puts(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(package, "was_there"))
             ? "Driver package added successfully. (Already exists in the system)"
             : "Driver package added successfully.");
    printf("Published Name:         %s\n", json_text(package, "published"));
    if (adding->is_installed)
        driver_install(adding, inf, package);
    puts("");
    cJSON_Delete(package);
}

/* Every file of the folder that the pattern means; below it, too, when that was asked. */
static void folder_add(struct adding *adding, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        struct stat status;
        const char *name = entries[i]->d_name;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        if (*name == '.' || stat(path, &status))
            ;
        else if (S_ISDIR(status.st_mode) && adding->has_subfolders)
            folder_add(adding, path);
        else if (S_ISREG(status.st_mode) && device_text_matches(adding->pattern, name))
            package_one(adding, path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int pnputil_add_driver(const struct pnputil *tool)
{
    const char *inf = pnputil_word(tool, no_values, 0);
    if (!inf)
        return PNPUTIL_USAGE;
    struct adding adding = {
        .tool = tool,
        .has_subfolders = pnputil_has(tool, "subdirs"),
        .is_installed = pnputil_has(tool, "install") || pnputil_has(tool, "i"),
    };
    if (strchr(inf, '*') || adding.has_subfolders) {
        char folder[PATH_MAX];
        const char *slash = strrchr(inf, '/');
        snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - inf) : 1, slash ? inf : ".");
        adding.pattern = slash ? slash + 1 : inf;
        folder_add(&adding, *folder ? folder : "/");
    } else {
        package_one(&adding, inf);
    }
    printf("Total driver packages:  %u\nAdded driver packages:  %u\n", adding.total, adding.added);
    return adding.total ? adding.result : PNPUTIL_NOTHING;
}

int pnputil_delete_driver(const struct pnputil *tool)
{
    const char *published = pnputil_word(tool, no_values, 0);
    if (!published)
        return PNPUTIL_USAGE;
    const char *words[] = {"package-delete", published, NULL, NULL, NULL};
    int count = 2;
    if (pnputil_has(tool, "uninstall"))
        words[count++] = "uninstall";
    if (pnputil_has(tool, "force") || pnputil_has(tool, "f"))
        words[count++] = "force";
    uint32_t code;
    cJSON *reply = options_ask(tool->machine, words, &code);
    if (!reply)
        return PNPUTIL_FAILED;
    if (code)
        printf("Failed to delete driver package: %s\n", json_text(reply, "text"));
    else
        puts("Driver package deleted successfully.");
    cJSON_Delete(reply);
    return pnputil_exit(code);
}

static int export_one(const struct pnputil *tool, const char *published, const char *folder)
{
    const char *words[] = {"package-export", published, folder, NULL};
    uint32_t code;
    printf("Exporting driver package: %s\n", published);
    fflush(stdout);
    cJSON *reply = options_ask(tool->machine, words, &code);
    if (!reply)
        return PNPUTIL_FAILED;
    if (code)
        printf("Failed to export driver package: %s\n", json_text(reply, "text"));
    else
        puts("Driver package exported successfully.");
    cJSON_Delete(reply);
    return pnputil_exit(code);
}

int pnputil_export_driver(const struct pnputil *tool)
{
    const char *published = pnputil_word(tool, no_values, 0),
               *folder = pnputil_word(tool, no_values, 1);
    char path[PATH_MAX], lent[PATH_MAX + 2];
    if (!published || !folder)
        return PNPUTIL_USAGE;
    if (!realpath(folder, path)) {
        printf("Failed to export driver package: %s: %s\n", folder, strerror(errno));
        return 3; /* ERROR_PATH_NOT_FOUND */
    }
    snprintf(lent, sizeof lent, "%s/.", path); /* the folder in which this lies */
    if (client_lend(tool->machine, lent))
        return options_client_failed();
    if (strcmp(published, "*"))
        return export_one(tool, published, path);
    const char *words[] = {"packages", NULL};
    cJSON *list = devices_ask_list(tool->machine, words);
    int result = list ? PNPUTIL_OK : PNPUTIL_FAILED;
    const cJSON *package;
    cJSON_ArrayForEach(package, list)
    {
        char below[PATH_MAX + 40];
        snprintf(below, sizeof below, "%s/%s", path, json_text(package, "published"));
        mkdir(below, 0777);
        int one = export_one(tool, json_text(package, "published"), below);
        result = one ? one : result;
    }
    cJSON_Delete(list);
    return result;
}

static void files_print(const struct pnputil *tool, const char *published)
{
    const char *words[] = {"package-files", published, NULL};
    uint32_t code;
    cJSON *list = options_ask(tool->machine, words, &code);
    const cJSON *file;
    bool is_first = true;
    const cJSON *files = code ? NULL : list;
    cJSON_ArrayForEach(file, files)
    {
        printf("%-20s%s\n", is_first ? "Driver Files:" : "", cJSON_GetStringValue(file));
        is_first = false;
    }
    cJSON_Delete(list);
}

static void package_print(const struct pnputil *tool, const cJSON *package)
{
    char version[64];
    const struct {
        const char *label, *text;
    } rows[] = {
        {"Published Name:", json_text(package, "published")},
        {"Original Name:", json_text(package, "original")},
        {"Provider Name:", json_text(package, "provider")},
        {"Class Name:", json_text(package, "class")},
        {"Class GUID:", json_text(package, "class_guid")},
        {"Extension ID:", json_text(package, "extension")},
        {"Driver Version:", version},
        {"Signer Name:", json_text(package, "signer")},
    };
    snprintf(version, sizeof version, "%s %s", json_text(package, "date"),
             json_text(package, "version"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (*rows[i].text || strncmp(rows[i].label, "Extension", 9))
            printf("%-20s%s\n", rows[i].label,
                   *rows[i].text ? rows[i].text
                   : i == 7      ? "Not signed"
                                 : "");
    if (pnputil_has(tool, "files"))
        files_print(tool, json_text(package, "published"));
    puts("");
}

int pnputil_enum_drivers(const struct pnputil *tool)
{
    const char *words[] = {"packages", NULL}, *class_name = pnputil_value(tool, "class");
    cJSON *list = devices_ask_list(tool->machine, words);
    if (!list)
        return PNPUTIL_FAILED;
    for (int i = cJSON_GetArraySize(list) - 1; class_name && i >= 0; i--)
        if (!device_is_of_class(cJSON_GetArrayItem(list, i), class_name))
            cJSON_DeleteItemFromArray(list, i);
    int count = cJSON_GetArraySize(list);
    if (tool->is_json) {
        options_print_json(list);
        return PNPUTIL_OK;
    }
    if (!count)
        puts("No published driver packages were found on the system.");
    const cJSON *package;
    cJSON_ArrayForEach(package, list) package_print(tool, package);
    cJSON_Delete(list);
    return PNPUTIL_OK;
}
