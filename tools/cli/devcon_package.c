/* SPDX-License-Identifier: MIT */
/* devcon_package.c - install, update, dp_add, dp_delete, dp_enum of `cove devcon`. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "devcon.h"
#include "devices.h"
#include "options.h"
#include "package.h"

#define ERROR_INF_IN_USE_BY_DEVICES    0xe000023du
#define ERROR_NOT_AN_INSTALLED_OEM_INF 0xe000023cu

static void failure_print(const cJSON *reply)
{
    if (*json_text(reply, "text"))
        fprintf(stderr, "cove devcon: %s\n", json_text(reply, "text"));
}

/* The package into the store; NULL: said why not. */
static cJSON *store(const struct devcon *devcon, const char *inf)
{
    unsigned code;
    cJSON *package = package_add(devcon->machine, inf, &code);
    if (package && code) {
        failure_print(package);
        cJSON_Delete(package);
        return NULL;
    }
    return package;
}

static int driver_request(const struct devcon *devcon, const char *const *words)
{
    uint32_t code;
    cJSON *reply = options_ask(devcon->machine, words, &code);
    if (!reply)
        return DEVCON_FAIL;
    bool is_later = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(reply, "needs_restart"));
    if (code) {
        failure_print(reply);
    } else {
        /* A device that did not start is no failed installation: its status tells. */
        failure_print(reply);
        if (devcon->is_json)
            options_print_json(cJSON_Duplicate(reply, true));
        else
            puts("Drivers installed successfully.");
    }
    cJSON_Delete(reply);
    return code ? DEVCON_FAIL : is_later ? DEVCON_REBOOT : DEVCON_OK;
}

/* INF HARDWARE-ID */
int devcon_install(const struct devcon *devcon)
{
    if (devcon->argc != 2)
        return DEVCON_USAGE;
    cJSON *package = store(devcon, devcon->argv[0]);
    if (!package)
        return DEVCON_FAIL;
    if (!devcon->is_json) {
        puts("Device node created. Install is complete when drivers are installed...");
        printf("Updating drivers for %s from %s.\n", devcon->argv[1], devcon->argv[0]);
        fflush(stdout);
    }
    const char *words[] = {"device-install", json_text(package, "published"), devcon->argv[1],
                           NULL};
    int result = driver_request(devcon, words);
    cJSON_Delete(package);
    return result;
}

int devcon_update(const struct devcon *devcon)
{
    if (devcon->argc != 2)
        return DEVCON_USAGE;
    cJSON *package = store(devcon, devcon->argv[0]);
    if (!package)
        return DEVCON_FAIL;
    if (!devcon->is_json) {
        printf("Updating drivers for %s from %s.\n", devcon->argv[1], devcon->argv[0]);
        fflush(stdout);
    }
    const char *words[] = {"device-update", json_text(package, "published"), devcon->argv[1],
                           "force", NULL};
    int result = driver_request(devcon, words);
    cJSON_Delete(package);
    return result;
}

int devcon_dp_add(const struct devcon *devcon)
{
    if (devcon->argc != 1)
        return DEVCON_USAGE;
    cJSON *package = store(devcon, devcon->argv[0]);
    if (!package) {
        puts("Adding the specified driver package to the machine failed.");
        return DEVCON_FAIL;
    }
    if (devcon->is_json)
        options_print_json(package);
    else {
        printf("Driver package '%s' added.\n", json_text(package, "published"));
        cJSON_Delete(package);
    }
    return DEVCON_OK;
}

int devcon_dp_delete(const struct devcon *devcon)
{
    if (devcon->argc != 1)
        return DEVCON_USAGE;
    const char *words[] = {"package-delete", devcon->argv[0], devcon->is_forced ? "force" : NULL,
                           NULL};
    uint32_t code;
    cJSON *reply = options_ask(devcon->machine, words, &code);
    if (!reply)
        return DEVCON_FAIL;
    if (!code) {
        printf("Driver package '%s' deleted.\n", devcon->argv[0]);
    } else if (code == ERROR_INF_IN_USE_BY_DEVICES) {
        puts("Deleting the specified driver package from the machine failed\n"
             "because it is in use by a device.");
    } else if (code == ERROR_NOT_AN_INSTALLED_OEM_INF) {
        puts("Deleting the specified driver package from the machine failed\n"
             "because it is not an third-party package.");
    } else {
        puts("Deleting the specified driver package from the machine failed.");
        failure_print(reply);
    }
    cJSON_Delete(reply);
    return code ? DEVCON_FAIL : DEVCON_OK;
}

static void package_print(const cJSON *package)
{
    static const struct {
        const char *label, *name;
    } rows[] = {{"Provider", "provider"},
                {"Class", "class"},
                {"Version", "version"},
                {"Date", "date"},
                {"Signer", "signer"}};
    puts(json_text(package, "published"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = json_text(package, rows[i].name);
        printf("    %s: %s\n", rows[i].label, *text ? text : "unknown");
    }
}

int devcon_dp_enum(const struct devcon *devcon)
{
    const char *words[] = {"packages", NULL};
    cJSON *list = devices_ask_list(devcon->machine, words);
    if (!list)
        return DEVCON_FAIL;
    if (devcon->is_json) {
        options_print_json(list);
        return DEVCON_OK;
    }
    if (!cJSON_GetArraySize(list))
        puts("There are no third-party driver packages on this machine.");
    else
        puts("The following third-party driver packages are installed on this computer:");
    const cJSON *package;
    cJSON_ArrayForEach(package, list) package_print(package);
    cJSON_Delete(list);
    return DEVCON_OK;
}
