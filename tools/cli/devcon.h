/* SPDX-License-Identifier: MIT */
/* devcon.h - the verbs of `cove devcon`, in the files that hold them. */
#ifndef CLI_DEVCON_H
#define CLI_DEVCON_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

/* As the original's: 0 good, 1 a restart is needed, 2 failed, 3 the command line is wrong. */
enum { DEVCON_OK, DEVCON_REBOOT, DEVCON_FAIL, DEVCON_USAGE };

struct devcon {
    const char *machine, *verb;
    bool is_json, is_forced;
    int argc; /* behind the verb */
    char **argv;
};

/* The devices that the arguments name, by ID or "=CLASS ID…"; NULL: the error was printed. */
cJSON *devcon_devices(const struct devcon *devcon, int count, char **ids, bool is_all);
/* "INSTANCE                                    : TEXT" */
void devcon_line(const char *instance, const char *text);
const char *devcon_name(const cJSON *device); /* the friendly name, else the description */

int devcon_find(const struct devcon *devcon);
int devcon_findall(const struct devcon *devcon);
int devcon_status(const struct devcon *devcon);
int devcon_stack(const struct devcon *devcon);
int devcon_hwids(const struct devcon *devcon);
int devcon_resources(const struct devcon *devcon);
int devcon_driverfiles(const struct devcon *devcon);
int devcon_drivernodes(const struct devcon *devcon);
int devcon_classes(const struct devcon *devcon);
int devcon_listclass(const struct devcon *devcon);
int devcon_classfilter(const struct devcon *devcon);
int devcon_enable(const struct devcon *devcon);
int devcon_disable(const struct devcon *devcon);
int devcon_restart(const struct devcon *devcon);
int devcon_remove(const struct devcon *devcon);
int devcon_removeall(const struct devcon *devcon);
int devcon_rescan(const struct devcon *devcon);
int devcon_reboot(const struct devcon *devcon);
int devcon_sethwid(const struct devcon *devcon);
int devcon_install(const struct devcon *devcon);
int devcon_update(const struct devcon *devcon);
int devcon_dp_add(const struct devcon *devcon);
int devcon_dp_delete(const struct devcon *devcon);
int devcon_dp_enum(const struct devcon *devcon);
int devcon_tree(const struct devcon *devcon);

#endif
