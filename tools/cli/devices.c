/* SPDX-License-Identifier: MIT */
/* devices.c - asking a machine for its devices, and which of them an ID on the command line means.
 *
 * In: words of a command line. Out: JSON objects, one a device, as control_device.c writes them.
 */
#include "devices.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/client.h"
#include "options.h"

static bool item_take(const char *text, size_t length, void *list)
{
    cJSON *item = cJSON_ParseWithLength(text, length);
    if (item)
        cJSON_AddItemToArray(list, item);
    return true;
}

cJSON *devices_ask_list(const char *machine, const char *const *words)
{
    cJSON *list = cJSON_CreateArray();
    if (client_stream(machine, words, item_take, list)) {
        cJSON_Delete(list);
        options_client_failed();
        return NULL;
    }
    /* A request that was refused answers with one object that says so. */
    const cJSON *first = cJSON_GetArrayItem(list, 0);
    if (cJSON_GetObjectItemCaseSensitive(first, "error")) {
        fprintf(stderr, "cove: %s\n", json_text(first, "text"));
        cJSON_Delete(list);
        return NULL;
    }
    return list;
}

cJSON *devices_ask(const char *machine, bool is_all)
{
    const char *words[] = {"devices", is_all ? "all" : "present", NULL};
    return devices_ask_list(machine, words);
}

bool device_text_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *again = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern && !strncasecmp(pattern, text, 1)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

static bool any_matches(const cJSON *device, const char *name, const char *id, bool is_pattern)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(device, name))
    {
        const char *text = cJSON_GetStringValue(item);
        if (text && (is_pattern ? device_text_matches(id, text) : !strcasecmp(id, text)))
            return true;
    }
    return false;
}

bool device_has_id(const cJSON *device, const char *id)
{
    return any_matches(device, "hardware_ids", id, false) ||
           any_matches(device, "compatible_ids", id, false);
}

bool device_matches(const cJSON *device, const char *id)
{
    if (*id == '@') {
        id++;
        return *id == '\'' ? !strcasecmp(id + 1, json_text(device, "instance"))
                           : device_text_matches(id, json_text(device, "instance"));
    }
    if (*id == '\'')
        return device_has_id(device, id + 1);
    return !strcmp(id, "*") || any_matches(device, "hardware_ids", id, true) ||
           any_matches(device, "compatible_ids", id, true);
}

bool device_is_of_class(const cJSON *device, const char *name)
{
    return !strcasecmp(name, json_text(device, *name == '{' ? "class_guid" : "class"));
}

bool device_is_present(const cJSON *device)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(device, "present"));
}

unsigned device_change(const char *machine, const char *verb, const char *instance,
                       const char *option, char *out_text, bool *out_needs_restart)
{
    char word[64];
    snprintf(word, sizeof word, "device-%s", verb);
    const char *words[] = {word, instance, option, NULL};
    uint32_t code;
    *out_text = '\0';
    *out_needs_restart = false;
    cJSON *reply = options_ask(machine, words, &code);
    if (!reply)
        return UINT32_MAX;
    snprintf(out_text, 256, "%s", json_text(reply, "text"));
    *out_needs_restart = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(reply, "needs_restart"));
    cJSON_Delete(reply);
    return code;
}
