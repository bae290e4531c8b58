/* SPDX-License-Identifier: MIT */
/* devcon_class.c - classes, listclass and classfilter of `cove devcon`. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devcon.h"
#include "devices.h"
#include "options.h"

static cJSON *classes_ask(const struct devcon *devcon)
{
    const char *words[] = {"classes", NULL};
    return devices_ask_list(devcon->machine, words);
}

int devcon_classes(const struct devcon *devcon)
{
    cJSON *list = classes_ask(devcon);
    if (!list)
        return DEVCON_FAIL;
    if (devcon->is_json) {
        options_print_json(list);
        return DEVCON_OK;
    }
    printf("Listing %d setup classes.\n", cJSON_GetArraySize(list));
    const cJSON *row;
    cJSON_ArrayForEach(row, list)
        printf("%-20s: %s\n", json_text(row, "name"), json_text(row, "description"));
    cJSON_Delete(list);
    return DEVCON_OK;
}

static const cJSON *class_find(const cJSON *classes, const char *name)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, classes)
    {
        if (!strcasecmp(json_text(row, *name == '{' ? "guid" : "name"), name))
            return row;
    }
    return NULL;
}

static void class_list(const cJSON *row, const cJSON *devices)
{
    const char *guid = json_text(row, "guid");
    int count = 0;
    const cJSON *device;
    cJSON_ArrayForEach(device, devices) count += device_is_of_class(device, guid);
    if (count)
        printf("Listing %d devices in setup class \"%s\" (%s).\n", count, json_text(row, "name"),
               json_text(row, "description"));
    else
        printf("There are no devices in setup class \"%s\" (%s).\n", json_text(row, "name"),
               json_text(row, "description"));
    cJSON_ArrayForEach(device, devices)
    {
        if (device_is_of_class(device, guid))
            devcon_line(json_text(device, "instance"), devcon_name(device));
    }
}

static void class_filter_devices(cJSON *devices, const struct devcon *devcon, const cJSON *classes)
{
    for (int i = cJSON_GetArraySize(devices) - 1; i >= 0; i--) {
        bool is_wanted = false;
        for (int j = 0; j < devcon->argc; j++) {
            const cJSON *row = class_find(classes, devcon->argv[j]);
            is_wanted |=
                row && device_is_of_class(cJSON_GetArrayItem(devices, i), json_text(row, "guid"));
        }
        if (!is_wanted)
            cJSON_DeleteItemFromArray(devices, i);
    }
}

int devcon_listclass(const struct devcon *devcon)
{
    cJSON *classes = classes_ask(devcon);
    cJSON *devices = classes ? devices_ask(devcon->machine, false) : NULL;
    if (!devices) {
        cJSON_Delete(classes);
        return DEVCON_FAIL;
    }
    if (devcon->is_json) {
        class_filter_devices(devices, devcon, classes);
        options_print_json(devices);
        cJSON_Delete(classes);
        return DEVCON_OK;
    }
    for (int i = 0; i < devcon->argc; i++) {
        const cJSON *row = class_find(classes, devcon->argv[i]);
        if (row)
            class_list(row, devices);
        else
            printf("There is no \"%s\" setup class on the local machine.\n", devcon->argv[i]);
    }
    cJSON_Delete(classes);
    cJSON_Delete(devices);
    return DEVCON_OK;
}

/* ---- classfilter ----------------------------------------------------------------------------- */

#define FILTERS_MAX 64

/* A list with a cursor: at == -1 stands before the first, or (is_on false) before filters[at]. */
struct filters {
    const char *names[FILTERS_MAX];
    int count, at;
    bool is_on; /* the cursor stands on a filter */
};

static int filter_next(const struct filters *filters, const char *name)
{
    for (int i = filters->is_on ? filters->at + 1 : filters->at; i < filters->count; i++)
        if (!strcasecmp(filters->names[i], name))
            return i;
    return -1;
}

static bool filter_insert(struct filters *filters, int at, const char *name)
{
    if (filters->count == FILTERS_MAX)
        return false;
    memmove(filters->names + at + 1, filters->names + at,
            (size_t)(filters->count - at) * sizeof *filters->names);
    filters->names[at] = name;
    filters->count++;
    filters->at = at;
    return filters->is_on = true;
}

/* One subcommand; false: it cannot be done. */
static bool filter_edit(struct filters *filters, char operator, const char * name)
{
    int found;
    switch (operator) {
    case '@':
    case '!':
        found = filter_next(filters, name);
        if (found < 0)
            return false;
        filters->at = found;
        filters->is_on = operator== '@';
        if (operator== '!') {
            filters->count--;
            memmove(filters->names + found, filters->names + found + 1,
                    (size_t)(filters->count - found) * sizeof *filters->names);
        }
        return true;
    case '-':
        return filter_insert(filters, filters->at, name);
    case '+':
        return filter_insert(filters,
                             filters->is_on ? filters->at + 1
                             : filters->at  ? filters->at
                                            : filters->count,
                             name);
    default:
        return false;
    }
}

/* "=", "=!B", "@D", "-X", "+Y": "=" puts the cursor before the first. */
static bool filters_edit(struct filters *filters, int count, char **words)
{
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        if (*word == '=') {
            filters->at = 0;
            filters->is_on = false;
            if (!*++word)
                continue;
        }
        if (!*word || !word[1] || !filter_edit(filters, *word, word + 1))
            return false;
    }
    return true;
}

static void filters_print(const struct filters *filters)
{
    for (int i = 0; i < filters->count; i++)
        printf("    %s\n", filters->names[i]);
}

static int filters_write(const struct devcon *devcon, const char *guid, const char *which,
                         const struct filters *filters)
{
    char names[4096] = "";
    size_t length = 0;
    for (int i = 0; i < filters->count; i++)
        length +=
            (size_t)snprintf(names + length, length < sizeof names ? sizeof names - length : 0,
                             "%s%s", i ? "\n" : "", filters->names[i]);
    if (length >= sizeof names)
        return DEVCON_FAIL;
    const char *words[] = {"class-filter", guid, which, names, NULL};
    uint32_t code;
    cJSON *reply = options_ask(devcon->machine, words, &code);
    if (reply && code)
        fprintf(stderr, "cove devcon: %s\n", json_text(reply, "text"));
    cJSON_Delete(reply);
    if (!reply || code)
        return DEVCON_FAIL;
    filters_print(filters);
    puts("Class filters changed. Restart the devices or reboot the system to make the change "
         "effective.");
    return DEVCON_REBOOT;
}

/* CLASS upper|lower [SUBCOMMAND…] */
int devcon_classfilter(const struct devcon *devcon)
{
    const char *which = devcon->argc > 1 ? devcon->argv[1] : "";
    bool is_upper = !strcasecmp(which, "upper");
    if (!is_upper && strcasecmp(which, "lower"))
        return DEVCON_USAGE;
    cJSON *classes = classes_ask(devcon);
    const cJSON *row = classes ? class_find(classes, devcon->argv[0]) : NULL;
    if (!row) {
        if (classes)
            printf("There is no \"%s\" setup class on the local machine.\n", devcon->argv[0]);
        cJSON_Delete(classes);
        return DEVCON_FAIL;
    }
    struct filters filters = {.at = 0};
    const cJSON *item;
    cJSON_ArrayForEach(
        item, cJSON_GetObjectItemCaseSensitive(row, is_upper ? "upper_filters" : "lower_filters"))
    {
        if (filters.count < FILTERS_MAX)
            filters.names[filters.count++] = cJSON_GetStringValue(item);
    }
    int result;
    if (devcon->argc == 2) {
        filters_print(&filters);
        puts("Class filters unchanged.");
        result = DEVCON_OK;
    } else if (!filters_edit(&filters, devcon->argc - 2, devcon->argv + 2)) {
        result = DEVCON_USAGE;
    } else {
        result =
            filters_write(devcon, json_text(row, "guid"), is_upper ? "upper" : "lower", &filters);
    }
    cJSON_Delete(classes);
    return result;
}
