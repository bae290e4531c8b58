/* SPDX-License-Identifier: MIT */
/* pnputil_devices.c - devices: list with what was asked about each, and change. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devices.h"
#include "options.h"
#include "pnputil.h"
#include "problems.h"

enum { DN_STARTED = 0x8, DN_HAS_PROBLEM = 0x400, CM_PROB_DISABLED = 22 };

static const char *const values[] = {"instanceid", "deviceid", "class", "problem", "bus", NULL};

static const char *status_name(const cJSON *device)
{
    unsigned status = (unsigned)json_number(device, "status");
    if (!device_is_present(device))
        return "Disconnected";
    if (status & DN_HAS_PROBLEM)
        return json_number(device, "problem") == CM_PROB_DISABLED ? "Disabled" : "Problem";
    return status & DN_STARTED ? "Started" : "Stopped";
}

static bool has_problem(const cJSON *device, const char *code)
{
    if (!((unsigned)json_number(device, "status") & DN_HAS_PROBLEM))
        return false;
    return !*code || (unsigned)json_number(device, "problem") == strtoul(code, NULL, 0);
}

static bool is_asked(const struct pnputil *tool, const cJSON *device, const char *instance)
{
    const char *id = pnputil_value(tool, "deviceid"), *class_name = pnputil_value(tool, "class"),
               *problem = pnputil_value(tool, "problem"), *bus = pnputil_value(tool, "bus");
    if (instance && strcasecmp(instance, json_text(device, "instance")))
        return false;
    if (id && !device_has_id(device, id))
        return false;
    if (class_name && !device_is_of_class(device, class_name))
        return false;
    if (problem && !has_problem(device, problem))
        return false;
    if (bus && *bus &&
        (strncasecmp(json_text(device, "instance"), bus, strlen(bus)) ||
         json_text(device, "instance")[strlen(bus)] != '\\'))
        return false;
    if (pnputil_has(tool, "connected") && !device_is_present(device))
        return false;
    return !pnputil_has(tool, "disconnected") || !device_is_present(device);
}

static cJSON *devices_asked(const struct pnputil *tool, const char *instance)
{
    cJSON *list = devices_ask(tool->machine, true);
    for (int i = cJSON_GetArraySize(list) - 1; i >= 0; i--)
        if (!is_asked(tool, cJSON_GetArrayItem(list, i), instance))
            cJSON_DeleteItemFromArray(list, i);
    return list;
}

/* The label once, then lines below each other. */
static void rows_print(const char *label, const cJSON *lines)
{
    const cJSON *line;
    bool is_first = true;
    cJSON_ArrayForEach(line, lines)
    {
        if (is_first)
            pnputil_row(label, cJSON_GetStringValue(line));
        else
            printf("%-27s %s\n", "", cJSON_GetStringValue(line));
        is_first = false;
    }
}

static const cJSON *member(const cJSON *device, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(device, name);
}

static void status_print(const cJSON *device)
{
    char text[128];
    unsigned problem = (unsigned)json_number(device, "problem"),
             status = (unsigned)json_number(device, "problem_status");
    pnputil_row("Status", status_name(device));
    if (!device_is_present(device) || !((unsigned)json_number(device, "status") & DN_HAS_PROBLEM))
        return;
    snprintf(text, sizeof text, "%u (0x%02X) [%s]", problem, problem, problem_name(problem));
    pnputil_row("Problem Code", text);
    if (status) {
        snprintf(text, sizeof text, "0x%08X", status);
        pnputil_row("Problem Status", text);
    }
}

static void relations_print(const cJSON *device, const cJSON *all)
{
    const cJSON *other;
    bool is_first = true;
    if (*json_text(device, "parent"))
        pnputil_row("Parent Device ID", json_text(device, "parent"));
    cJSON_ArrayForEach(other, all)
    {
        if (strcasecmp(json_text(other, "parent"), json_text(device, "instance")))
            continue;
        if (is_first)
            pnputil_row("Child Device IDs", json_text(other, "instance"));
        else
            printf("%-27s %s\n", "", json_text(other, "instance"));
        is_first = false;
    }
}

static void stack_print(const cJSON *device)
{
    const cJSON *stack = member(device, "stack");
    bool is_first = true;
    for (int i = cJSON_GetArraySize(stack) - 1; i >= 0; i--) {
        const char *name = json_text(cJSON_GetArrayItem(stack, i), "driver");
        char text[300];
        snprintf(text, sizeof text, "\\Driver\\%s", name);
        if (is_first)
            pnputil_row("Stack", text);
        else
            printf("%-27s %s\n", "", text);
        is_first = false;
    }
}

static void driver_print(const cJSON *driver)
{
    static const struct {
        const char *label, *name;
    } rows[] = {{"Driver Name", "inf"},
                {"Original Name", "original"},
                {"Provider Name", "provider"},
                {"Driver Version", "version"},
                {"Matching Device ID", "matching_id"}};
    char text[64];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!*json_text(driver, rows[i].name))
            continue;
        if (!strcmp(rows[i].name, "version"))
            snprintf(text, sizeof text, "%s %s", json_text(driver, "date"),
                     json_text(driver, "version"));
        else
            snprintf(text, sizeof text, "%s", json_text(driver, rows[i].name));
        printf("    ");
        pnputil_row(rows[i].label, text);
    }
    snprintf(text, sizeof text, "%08X", (unsigned)json_number(driver, "rank"));
    printf("    ");
    pnputil_row("Driver Rank", text);
    printf("    ");
    pnputil_row("Driver Status", cJSON_IsTrue(member(driver, "is_installed"))
                                     ? "Best Ranked / Installed"
                                     : "Outranked");
    puts("");
}

static void drivers_print(const struct pnputil *tool, const cJSON *device)
{
    const char *words[] = {"driver-nodes", json_text(device, "instance"), NULL};
    cJSON *list = devices_ask_list(tool->machine, words);
    const cJSON *driver;
    puts("Matching Drivers:");
    cJSON_ArrayForEach(driver, list) driver_print(driver);
    cJSON_Delete(list);
}

static void interfaces_print(const struct pnputil *tool, const cJSON *device)
{
    const char *words[] = {"interfaces", json_text(device, "instance"), NULL};
    cJSON *list = devices_ask_list(tool->machine, words);
    const cJSON *interface;
    cJSON_ArrayForEach(interface, list)
    {
        pnputil_row("Interface Path", json_text(interface, "path"));
        pnputil_row("Interface Status",
                    cJSON_IsTrue(member(interface, "is_enabled")) ? "Enabled" : "Disabled");
    }
    cJSON_Delete(list);
}

static void head_print(const cJSON *device)
{
    static const struct {
        const char *label, *name;
    } rows[] = {{"Device Description", "description"},
                {"Class Name", "class"},
                {"Class GUID", "class_guid"},
                {"Manufacturer Name", "manufacturer"}};
    pnputil_row("Instance ID", json_text(device, "instance"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (*json_text(device, rows[i].name))
            pnputil_row(rows[i].label, json_text(device, rows[i].name));
    status_print(device);
    if (*json_text(device, "inf"))
        pnputil_row("Driver Name", json_text(device, "inf"));
    rows_print("Extension Driver Names", member(device, "extensions"));
}

static void device_print(const struct pnputil *tool, const cJSON *device, const cJSON *all)
{
    head_print(device);
    if (pnputil_has(tool, "ids") || pnputil_has(tool, "deviceids")) {
        rows_print("Hardware IDs", member(device, "hardware_ids"));
        rows_print("Compatible IDs", member(device, "compatible_ids"));
    }
    if (pnputil_has(tool, "bus") && !*pnputil_value(tool, "bus")) {
        char bus[64];
        snprintf(bus, sizeof bus, "%.*s", (int)strcspn(json_text(device, "instance"), "\\"),
                 json_text(device, "instance"));
        pnputil_row("Bus Enumerator Name", bus);
    }
    if (pnputil_has(tool, "relations"))
        relations_print(device, all);
    if (pnputil_has(tool, "services")) {
        rows_print("Upper Filters", member(device, "upper_filters"));
        pnputil_row("Service Name", json_text(device, "service"));
        rows_print("Lower Filters", member(device, "lower_filters"));
    }
    if (pnputil_has(tool, "stack"))
        stack_print(device);
    if (pnputil_has(tool, "resources"))
        rows_print("Resources", member(device, "resources"));
    if (pnputil_has(tool, "interfaces"))
        interfaces_print(tool, device);
    if (pnputil_has(tool, "drivers"))
        drivers_print(tool, device);
    puts("");
}

int pnputil_enum_devices(const struct pnputil *tool)
{
    const char *instance = pnputil_value(tool, "instanceid");
    cJSON *list = devices_asked(tool, instance),
          *all = list && pnputil_has(tool, "relations") ? devices_ask(tool->machine, false) : NULL;
    if (!list)
        return PNPUTIL_FAILED;
    if (tool->is_json) {
        options_print_json(list);
        cJSON_Delete(all);
        return PNPUTIL_OK;
    }
    int count = cJSON_GetArraySize(list);
    const cJSON *device;
    cJSON_ArrayForEach(device, list) device_print(tool, device, all);
    if (!count)
        puts("No devices were found on the system.");
    cJSON_Delete(list);
    cJSON_Delete(all);
    return PNPUTIL_OK;
}

int pnputil_enum_devicetree(const struct pnputil *tool)
{
    const char *root = pnputil_word(tool, values, 0);
    cJSON *list = devices_ask(tool->machine, false);
    double base = -1;
    if (!list)
        return PNPUTIL_FAILED;
    if (tool->is_json) {
        options_print_json(list);
        return PNPUTIL_OK;
    }
    const cJSON *device;
    cJSON_ArrayForEach(device, list)
    {
        double depth = json_number(device, "depth");
        if (base < 0 && root && strcasecmp(root, json_text(device, "instance")))
            continue;
        if (base >= 0 && root && depth <= base)
            break;
        if (base < 0)
            base = depth;
        printf("%*s%s\n", (int)(depth - base) * 4, "", json_text(device, "instance"));
        printf("%*s  %s [%s]\n", (int)(depth - base) * 4, "", json_text(device, "description"),
               status_name(device));
        if (pnputil_has(tool, "services"))
            printf("%*s  Service: %s\n", (int)(depth - base) * 4, "", json_text(device, "service"));
    }
    cJSON_Delete(list);
    return base < 0 ? PNPUTIL_NOTHING : PNPUTIL_OK;
}

int pnputil_enum_classes(const struct pnputil *tool)
{
    const char *words[] = {"classes", NULL}, *wanted = pnputil_value(tool, "class");
    cJSON *list = devices_ask_list(tool->machine, words);
    if (!list)
        return PNPUTIL_FAILED;
    if (tool->is_json) {
        options_print_json(list);
        return PNPUTIL_OK;
    }
    const cJSON *row;
    cJSON_ArrayForEach(row, list)
    {
        if (wanted && strcasecmp(wanted, json_text(row, *wanted == '{' ? "guid" : "name")))
            continue;
        pnputil_row("Class Name", json_text(row, "name"));
        pnputil_row("Class Description", json_text(row, "description"));
        pnputil_row("Class GUID", json_text(row, "guid"));
        if (pnputil_has(tool, "services")) {
            rows_print("Upper Filters", member(row, "upper_filters"));
            rows_print("Lower Filters", member(row, "lower_filters"));
        }
        puts("");
    }
    cJSON_Delete(list);
    return PNPUTIL_OK;
}

int pnputil_enum_interfaces(const struct pnputil *tool)
{
    const char *instance = pnputil_value(tool, "instanceid"),
               *class_guid = pnputil_value(tool, "class");
    const char *words[] = {"interfaces", instance, NULL};
    cJSON *list = devices_ask_list(tool->machine, words);
    if (!list)
        return PNPUTIL_FAILED;
    if (tool->is_json) {
        options_print_json(list);
        return PNPUTIL_OK;
    }
    const cJSON *row;
    cJSON_ArrayForEach(row, list)
    {
        bool is_enabled = cJSON_IsTrue(member(row, "is_enabled"));
        if ((class_guid && strcasecmp(class_guid, json_text(row, "class_guid"))) ||
            (pnputil_has(tool, "enabled") && !is_enabled) ||
            (pnputil_has(tool, "disabled") && is_enabled))
            continue;
        pnputil_row("Interface Path", json_text(row, "path"));
        pnputil_row("Interface Description", "Unknown");
        pnputil_row("Interface Class GUID", json_text(row, "class_guid"));
        pnputil_row("Device Instance ID", json_text(row, "instance"));
        pnputil_row("Interface Status", is_enabled ? "Enabled" : "Disabled");
        puts("");
    }
    cJSON_Delete(list);
    return PNPUTIL_OK;
}

/* ---- changes
 * ------------------------------------------------------------------------------------- */

struct change {
    const char *verb, *doing, *done, *failed;
};

static int devices_change(const struct pnputil *tool, const struct change *change)
{
    const char *instance = pnputil_word(tool, values, 0);
    if (!instance && !pnputil_value(tool, "deviceid") && !pnputil_value(tool, "class"))
        return PNPUTIL_USAGE;
    int result = PNPUTIL_OK;
    cJSON *list = devices_asked(tool, instance);
    int count = cJSON_GetArraySize(list);
    if (!list)
        return PNPUTIL_FAILED;
    for (int i = count - 1; i >= 0; i--) {
        const char *id = json_text(cJSON_GetArrayItem(list, i), "instance");
        char text[256];
        bool is_later;
        printf("%s device:         %s\n", change->doing, id);
        unsigned code = device_change(tool->machine, change->verb, id, NULL, text, &is_later);
        if (code) {
            printf("Failed to %s device: %s\n\n", change->failed, text);
            result = code == UINT32_MAX ? PNPUTIL_FAILED : pnputil_exit(code);
            continue;
        }
        printf("Device %s successfully.\n\n", change->done);
        result = is_later && !result ? PNPUTIL_REBOOT : result;
    }
    if (!count) {
        puts("No devices were found on the system.");
        result = instance ? 0x20b : PNPUTIL_NOTHING; /* ERROR_NO_SUCH_DEVINST's number */
    }
    cJSON_Delete(list);
    return result;
}

int pnputil_enable_device(const struct pnputil *tool)
{
    static const struct change change = {"enable", "Enabling", "enabled", "enable"};
    return devices_change(tool, &change);
}

int pnputil_disable_device(const struct pnputil *tool)
{
    static const struct change change = {"disable", "Disabling", "disabled", "disable"};
    return devices_change(tool, &change);
}

int pnputil_restart_device(const struct pnputil *tool)
{
    static const struct change change = {"restart", "Restarting", "restarted", "restart"};
    return devices_change(tool, &change);
}

int pnputil_remove_device(const struct pnputil *tool)
{
    static const struct change change = {"remove", "Removing", "removed", "remove"};
    return devices_change(tool, &change);
}

int pnputil_scan_devices(const struct pnputil *tool)
{
    const char *instance = pnputil_value(tool, "instanceid");
    const char *words[] = {"device-rescan", instance && *instance ? instance : NULL, NULL};
    uint32_t code;
    puts("Scanning for device hardware changes.");
    fflush(stdout);
    cJSON *reply = options_ask(tool->machine, words, &code);
    if (!reply)
        return PNPUTIL_FAILED;
    if (code)
        printf("Failed to scan: %s\n", json_text(reply, "text"));
    else
        puts("Scan complete.");
    cJSON_Delete(reply);
    return pnputil_exit(code);
}
