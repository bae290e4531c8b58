/* SPDX-License-Identifier: MIT */
/* devcon_change.c - enable, disable, restart, remove, rescan, sethwid of `cove devcon`. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devcon.h"
#include "devices.h"
#include "options.h"

struct change {
    const char *verb; /* of the control door, "device-" in front */
    const char *done, *later, *failed;
    const char *tail_none, *tail_later, *tail; /* %d is how many */
    bool is_all;
};

/* Children stand behind their parents in the list and go before them. */
static void each_change(const struct devcon *devcon, const struct change *change, cJSON *list,
                        int *out_count, bool *out_later)
{
    for (int i = cJSON_GetArraySize(list) - 1; i >= 0; i--) {
        const cJSON *device = cJSON_GetArrayItem(list, i);
        const char *instance = json_text(device, "instance");
        char text[256];
        bool is_later;
        unsigned code =
            device_change(devcon->machine, change->verb, instance, NULL, text, &is_later);
        if (code == UINT32_MAX)
            return;
        devcon_line(instance, code ? change->failed : is_later ? change->later : change->done);
        if (code && *text)
            fprintf(stderr, "cove: %s: %s\n", instance, text);
        *out_count += !code;
        *out_later |= is_later;
    }
}

static int devices_change(const struct devcon *devcon, const struct change *change)
{
    int count = 0;
    bool is_later = false;
    cJSON *list = devcon_devices(devcon, devcon->argc, devcon->argv, change->is_all);
    if (!list)
        return DEVCON_FAIL;
    each_change(devcon, change, list, &count, &is_later);
    cJSON_Delete(list);
    if (!count)
        puts(change->tail_none);
    else
        printf(is_later ? change->tail_later : change->tail, count);
    return is_later ? DEVCON_REBOOT : DEVCON_OK;
}

int devcon_enable(const struct devcon *devcon)
{
    static const struct change change = {
        "enable",
        "Enabled",
        "Enabled on reboot",
        "Enable failed",
        "No matching devices found.",
        "The %d device(s) are ready to be enabled. To enable the devices, restart the devices or\n"
        "reboot the system .\n",
        "%d device(s) are enabled.\n",
        false};
    return devices_change(devcon, &change);
}

int devcon_disable(const struct devcon *devcon)
{
    static const struct change change = {
        "disable",
        "Disabled",
        "Disabled on reboot",
        "Disable failed",
        "No matching devices found.",
        "The %d device(s) are ready to be disabled. To disable the devices, restart the\n"
        "devices or reboot the system .\n",
        "%d device(s) disabled.\n",
        false};
    return devices_change(devcon, &change);
}

int devcon_restart(const struct devcon *devcon)
{
    static const struct change change = {
        "restart",
        "Restarted",
        "Requires reboot",
        "Restart failed",
        "No matching devices found.",
        "The %d device(s) are ready to be restarted. To restart the devices, reboot the system.\n",
        "%d device(s) restarted.\n",
        false};
    return devices_change(devcon, &change);
}

static int remove_all(const struct devcon *devcon, bool is_all)
{
    struct change change = {
        "remove",
        "Removed",
        "Removed on reboot",
        "Remove failed",
        "No devices were removed.",
        "The %d device(s) are ready to be removed. To remove the devices, reboot the system.\n",
        "%d device(s) were removed.\n",
        is_all};
    return devices_change(devcon, &change);
}

int devcon_remove(const struct devcon *devcon)
{
    return remove_all(devcon, false);
}

int devcon_removeall(const struct devcon *devcon)
{
    return remove_all(devcon, true);
}

int devcon_rescan(const struct devcon *devcon)
{
    const char *words[] = {"device-rescan", NULL};
    uint32_t code;
    puts("Scanning for new hardware.");
    fflush(stdout);
    cJSON *reply = options_ask(devcon->machine, words, &code);
    if (reply && code)
        fprintf(stderr, "cove: %s\n", json_text(reply, "text"));
    cJSON_Delete(reply);
    if (!reply || code)
        return DEVCON_FAIL;
    puts("Scanning completed.");
    return DEVCON_OK;
}

int devcon_reboot(const struct devcon *devcon)
{
    fprintf(stderr,
            "cove devcon: a machine is not rebooted from inside; `cove shutdown %s` and `cove "
            "boot %s` do that\n",
            devcon->machine, devcon->machine);
    return DEVCON_FAIL;
}

/* ---- sethwid ------------------------------------------------------------------------------- */

#define IDS_MAX 64

struct id_list {
    const char *ids[IDS_MAX];
    int count;
};

static void id_drop(struct id_list *list, const char *id)
{
    for (int i = 0; i < list->count; i++) {
        if (strcasecmp(list->ids[i], id))
            continue;
        memmove(list->ids + i, list->ids + i + 1,
                (size_t)(list->count - i - 1) * sizeof *list->ids);
        list->count--;
        i--;
    }
}

static bool id_insert(struct id_list *list, int at, const char *id)
{
    if (list->count == IDS_MAX)
        return false;
    memmove(list->ids + at + 1, list->ids + at, (size_t)(list->count - at) * sizeof *list->ids);
    list->ids[at] = id;
    list->count++;
    return true;
}

/* "=a", "+a", "-a", "!a"; an ID without a mark stands behind the one before it. */
static bool ids_edit(struct id_list *list, int count, char **words)
{
    int at = 0;
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        char mark = *word && strchr("=+-!", *word) ? *word : '\0';
        const char *id = mark ? word + 1 : word;
        if (!*id)
            return false;
        if (mark == '=')
            list->count = 0;
        int before = list->count;
        id_drop(list, id);
        if (mark == '!')
            continue;
        if (mark == '=' || mark == '+')
            at = 0;
        else if (mark == '-')
            at = list->count;
        else if (before != list->count && at > list->count)
            at = list->count;
        if (!id_insert(list, at, id))
            return false;
        at++;
    }
    return true;
}

/* 0, a devcon code, or -1: not of the root enumerator. */
static int device_sethwid(const struct devcon *devcon, const cJSON *device, int count, char **words)
{
    const char *instance = json_text(device, "instance");
    if (strncasecmp(instance, "ROOT\\", 5)) {
        devcon_line(instance, "Skipping (Not root-enumerated).");
        return -1;
    }
    struct id_list list = {.count = 0};
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(device, "hardware_ids"))
    {
        if (list.count < IDS_MAX)
            list.ids[list.count++] = cJSON_GetStringValue(item);
    }
    if (!ids_edit(&list, count, words))
        return DEVCON_USAGE;
    char ids[8192] = "";
    size_t length = 0;
    for (int i = 0; i < list.count; i++)
        length += (size_t)snprintf(ids + length, length < sizeof ids ? sizeof ids - length : 0,
                                   "%s%s", i ? "\n" : "", list.ids[i]);
    if (length >= sizeof ids)
        return DEVCON_FAIL;
    char text[256];
    bool is_later;
    unsigned code = device_change(devcon->machine, "sethwid", instance, ids, text, &is_later);
    if (code && *text)
        fprintf(stderr, "cove: %s: %s\n", instance, text);
    if (code)
        return DEVCON_FAIL;
    printf("%-60s: ", instance);
    for (int i = 0; i < list.count; i++)
        printf("%s%s", i ? "," : "", list.ids[i]);
    puts("");
    return 0;
}

/* ID… := SUBCOMMAND… */
int devcon_sethwid(const struct devcon *devcon)
{
    int split = 0, skipped = 0, modified = 0, result = DEVCON_OK;
    while (split < devcon->argc && strcmp(devcon->argv[split], ":="))
        split++;
    if (!split || split + 1 >= devcon->argc)
        return DEVCON_USAGE;
    cJSON *list = devcon_devices(devcon, split, devcon->argv, true);
    if (!list)
        return DEVCON_FAIL;
    const cJSON *device;
    cJSON_ArrayForEach(device, list)
    {
        int one =
            device_sethwid(devcon, device, devcon->argc - split - 1, devcon->argv + split + 1);
        skipped += one < 0;
        modified += !one;
        if (one > 0 && !result)
            result = one;
    }
    cJSON_Delete(list);
    if (result)
        return result;
    if (skipped)
        printf("Skipped %d non-root device(s), modified the hardware ID on %d device(s).\n",
               skipped, modified);
    else if (modified)
        printf("Modified the Hardware ID on %d device(s).\n", modified);
    else
        puts("No hardware ID's modified.");
    return DEVCON_OK;
}
