/* SPDX-License-Identifier: MIT */
/* run_package.c - packages on the machine of one run. */
#include "run_package.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "package.h"

#define ERROR_NO_MORE_ITEMS 259

static int request(const char *machine, const char *const *words, const char *inf, uint32_t ignored,
                   char *out_text, size_t size, cJSON **out_reply)
{
    uint32_t code;
    cJSON *reply = options_ask(machine, words, &code);
    if (!reply)
        return EXIT_LOST;
    const char *text = json_text(reply, "text");
    int result = code && code != ignored ? EXIT_FAILED : 0;
    if (result && *text)
        snprintf(out_text, size, "%s", text);
    else if (result)
        snprintf(out_text, size, "%s: %s failed: Windows error 0x%x", inf, words[0], code);
    if (out_reply && !result)
        *out_reply = reply;
    else
        cJSON_Delete(reply);
    return result;
}

/* A device that was made but does not start is a driver that could not be loaded. */
static int device_make(const char *machine, const char *inf, const char *id,
                       struct run_package *package, char *out_text, size_t size)
{
    const char *words[] = {"device-install", package->published, id, NULL};
    cJSON *reply;
    int result = request(machine, words, inf, 0, out_text, size, &reply);
    if (result)
        return result;
    cJSON_AddItemToArray(package->instances, cJSON_CreateString(json_text(reply, "instance")));
    const char *text = json_text(reply, "text");
    if (*text) {
        snprintf(out_text, size, "%s: %s did not start: %s", inf, id, text);
        result = EXIT_FAILED;
    }
    cJSON_Delete(reply);
    return result;
}

int run_package_install(const char *machine, const char *inf, struct run_package *package,
                        char *out_text, size_t size)
{
    unsigned code;
    *package = (struct run_package){.instances = cJSON_CreateArray()};
    cJSON *added = package_add(machine, inf, &code);
    if (!added)
        return EXIT_LOST;
    if (code) {
        snprintf(out_text, size, "%s", json_text(added, "text"));
        cJSON_Delete(added);
        return EXIT_FAILED;
    }
    snprintf(package->published, sizeof package->published, "%s", json_text(added, "published"));
    package->is_primitive = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(added, "is_primitive"));
    int result = 0;
    const cJSON *ids = cJSON_GetObjectItemCaseSensitive(added, "root_ids");
    if (package->is_primitive) {
        const char *words[] = {"package-primitive", package->published, "install", NULL};
        result = request(machine, words, inf, 0, out_text, size, NULL);
    } else if (!cJSON_GetArraySize(ids)) {
        const char *words[] = {"device-update", package->published, "*", NULL};
        result = request(machine, words, inf, ERROR_NO_MORE_ITEMS, out_text, size, NULL);
    }
    for (int i = 0; i < cJSON_GetArraySize(ids) && !result; i++)
        result = device_make(machine, inf, cJSON_GetStringValue(cJSON_GetArrayItem(ids, i)),
                             package, out_text, size);
    cJSON_Delete(added);
    return result;
}

int run_package_remove(const char *machine, struct run_package *package)
{
    char text[512] = "";
    int result = 0;
    for (int i = cJSON_GetArraySize(package->instances) - 1; i >= 0 && result != EXIT_LOST; i--) {
        const char *words[] = {
            "device-remove", cJSON_GetStringValue(cJSON_GetArrayItem(package->instances, i)), NULL};
        /* A program may have removed it itself. */
        result = request(machine, words, words[1], 0xe000020bu, text, sizeof text, NULL);
        if (result == EXIT_FAILED)
            fprintf(stderr, "cove: %s\n", text);
    }
    if (package->is_primitive && result != EXIT_LOST) {
        /* [DefaultUninstall] is the author's to write or not. */
        const char *words[] = {"package-primitive", package->published, "uninstall", NULL};
        result = request(machine, words, package->published, 0xe0000101u, text, sizeof text, NULL);
    }
    if (*package->published && result != EXIT_LOST) {
        const char *words[] = {"package-delete", package->published, "uninstall", "force", NULL};
        result = request(machine, words, package->published, 0, text, sizeof text, NULL);
        if (result == EXIT_FAILED)
            fprintf(stderr, "cove: %s\n", text);
    }
    return result == EXIT_LOST ? EXIT_LOST : 0;
}

void run_package_forget(struct run_package *package)
{
    cJSON_Delete(package->instances);
    *package = (struct run_package){.published = ""};
}
