/* SPDX-License-Identifier: MIT */
/* devcon_find.c - the verbs of `cove devcon` that list devices.
 *
 * Each asks for the devices once, keeps those that the IDs mean and prints a block per device in
 * the words of the original, so that scripts which read its output read this one.
 */
#include <stdio.h>
#include <string.h>

#include "devcon.h"
#include "devices.h"
#include "options.h"

enum {
    DN_STARTED = 0x8,
    DN_HAS_PROBLEM = 0x400,
    DN_PRIVATE_PROBLEM = 0x8000,
    CM_PROB_DISABLED = 22,
};

const char *devcon_name(const cJSON *device)
{
    const char *name = json_text(device, "friendly_name");
    return *name ? name : json_text(device, "description");
}

void devcon_line(const char *instance, const char *text)
{
    if (*text)
        printf("%-60s: %s\n", instance, text);
    else
        printf("%s\n", instance);
}

static bool is_meant(const cJSON *device, int count, char **ids)
{
    int first = count && *ids[0] == '=';
    if (first && !device_is_of_class(device, ids[0] + 1))
        return false;
    for (int i = first; i < count; i++)
        if (device_matches(device, ids[i]))
            return true;
    return first && count == 1;
}

cJSON *devcon_devices(const struct devcon *devcon, int count, char **ids, bool is_all)
{
    cJSON *list = devices_ask(devcon->machine, is_all);
    for (int i = cJSON_GetArraySize(list) - 1; i >= 0; i--)
        if (!is_meant(cJSON_GetArrayItem(list, i), count, ids))
            cJSON_DeleteItemFromArray(list, i);
    return list;
}

/* Prints every device that is meant, then how many there were. */
static int each_print(const struct devcon *devcon, bool is_all,
                      void (*print)(const struct devcon *devcon, const cJSON *device))
{
    cJSON *list = devcon_devices(devcon, devcon->argc, devcon->argv, is_all);
    if (!list)
        return DEVCON_FAIL;
    if (devcon->is_json) {
        options_print_json(list);
        return DEVCON_OK;
    }
    const cJSON *device;
    cJSON_ArrayForEach(device, list) print(devcon, device);
    int count = cJSON_GetArraySize(list);
    if (count)
        printf("%d matching device(s) found.\n", count);
    else
        puts("No matching devices found.");
    cJSON_Delete(list);
    return DEVCON_OK;
}

static void head_print(const cJSON *device)
{
    puts(json_text(device, "instance"));
    if (*devcon_name(device))
        printf("    Name: %s\n", devcon_name(device));
}

/* A heading and its lines; nothing at all when there are none. */
static bool block_print(const char *heading, const cJSON *lines)
{
    if (!cJSON_GetArraySize(lines))
        return false;
    printf("    %s\n", heading);
    const cJSON *line;
    cJSON_ArrayForEach(line, lines) printf("        %s\n", cJSON_GetStringValue(line));
    return true;
}

static const cJSON *member(const cJSON *device, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(device, name);
}

static void find_print(const struct devcon *devcon, const cJSON *device)
{
    devcon_line(json_text(device, "instance"), devcon_name(device));
}

static void status_print(const struct devcon *devcon, const cJSON *device)
{
    unsigned status = (unsigned)json_number(device, "status"),
             problem = (unsigned)json_number(device, "problem");
    bool has_said = false;
    head_print(device);
    if (!device_is_present(device)) {
        puts("    Device is not present.");
        return;
    }
    if (status & DN_HAS_PROBLEM && problem == CM_PROB_DISABLED) {
        puts("    Device is disabled.");
        return;
    }
    if (status & DN_HAS_PROBLEM) {
        printf("    The device has the following problem: %02u\n", problem);
        has_said = true;
    }
    if (status & DN_PRIVATE_PROBLEM) {
        puts("    The driver reported a problem with the device.");
        has_said = true;
    }
    if (status & DN_STARTED)
        puts("    Driver is running.");
    else if (!has_said)
        puts("    Device is currently stopped.");
}

static void hwids_print(const struct devcon *devcon, const cJSON *device)
{
    head_print(device);
    bool has_any = block_print("Hardware IDs:", member(device, "hardware_ids"));
    has_any |= block_print("Compatible IDs:", member(device, "compatible_ids"));
    if (!has_any)
        puts("    No hardware/compatible IDs found for this device.");
}

static void stack_print(const struct devcon *devcon, const cJSON *device)
{
    const char *name = json_text(device, "class"), *guid = json_text(device, "class_guid"),
               *service = json_text(device, "service");
    head_print(device);
    if (!*name && !*guid)
        puts("    Device is not set up.");
    else
        printf("    Setup Class: %s %s\n", *guid ? guid : "{}", *name ? name : "(?)");
    block_print("Upper class filters:", member(device, "class_upper_filters"));
    block_print("Upper filters:", member(device, "upper_filters"));
    printf("    Controlling service:\n        %s\n", *service ? service : "(none)");
    block_print("Class lower filters:", member(device, "class_lower_filters"));
    block_print("Lower filters:", member(device, "lower_filters"));
}

static void resources_print(const struct devcon *devcon, const cJSON *device)
{
    bool is_started = (unsigned)json_number(device, "status") & DN_STARTED;
    head_print(device);
    if (!block_print(is_started ? "Device is currently using the following resources:"
                                : "Device has the following reserved resources:",
                     member(device, "resources")))
        puts(is_started ? "    Device is not using any resources."
                        : "    Device has no reserved resources.");
}

static void driverfiles_print(const struct devcon *devcon, const cJSON *device)
{
    const char *words[] = {"driver-files", json_text(device, "instance"), NULL};
    uint32_t code;
    head_print(device);
    cJSON *reply = options_ask(devcon->machine, words, &code);
    if (!reply || code) {
        puts("    No driver information available for the device.");
    } else {
        const cJSON *files = member(reply, "files"), *file;
        printf("    Driver installed from %s [%s]. ", json_text(reply, "inf"),
               json_text(reply, "section"));
        if (cJSON_GetArraySize(files))
            printf("%d file(s) used by driver:\n", cJSON_GetArraySize(files));
        else
            puts("The driver is not using any files.");
        cJSON_ArrayForEach(file, files) printf("        %s\n", cJSON_GetStringValue(file));
    }
    cJSON_Delete(reply);
}

static void node_print(int index, const cJSON *node)
{
    printf("Driver node #%d:\n", index);
    printf("    Inf file is %s\n", json_text(node, "inf"));
    printf("    Inf section is %s\n", json_text(node, "section"));
    printf("    Driver description is %s\n", json_text(node, "description"));
    printf("    Manufacturer name is %s\n", json_text(node, "manufacturer"));
    printf("    Provider name is %s\n", json_text(node, "provider"));
    if (*json_text(node, "date"))
        printf("    Driver date is %s\n", json_text(node, "date"));
    printf("    Driver version is %s\n", json_text(node, "version"));
    printf("    Driver node rank is %.0f\n", json_number(node, "rank"));
    printf("    Driver node flags are %08X\n", (unsigned)json_number(node, "flags"));
    if (cJSON_IsTrue(member(node, "is_signed")))
        puts("        Inf is digitally signed");
}

static void drivernodes_print(const struct devcon *devcon, const cJSON *device)
{
    const char *words[] = {"driver-nodes", json_text(device, "instance"), NULL};
    head_print(device);
    cJSON *nodes = devices_ask_list(devcon->machine, words);
    int index = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, nodes) node_print(index++, node);
    if (!index)
        puts("    No driver nodes found for this device.");
    cJSON_Delete(nodes);
}

int devcon_find(const struct devcon *devcon)
{
    return each_print(devcon, false, find_print);
}

int devcon_findall(const struct devcon *devcon)
{
    return each_print(devcon, true, find_print);
}

int devcon_status(const struct devcon *devcon)
{
    return each_print(devcon, false, status_print);
}

int devcon_stack(const struct devcon *devcon)
{
    return each_print(devcon, false, stack_print);
}

int devcon_hwids(const struct devcon *devcon)
{
    return each_print(devcon, false, hwids_print);
}

int devcon_resources(const struct devcon *devcon)
{
    return each_print(devcon, false, resources_print);
}

int devcon_driverfiles(const struct devcon *devcon)
{
    return each_print(devcon, false, driverfiles_print);
}

int devcon_drivernodes(const struct devcon *devcon)
{
    return each_print(devcon, false, drivernodes_print);
}
