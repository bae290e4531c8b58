/* SPDX-License-Identifier: MIT */
/* pnputil.h - the commands of `cove pnputil`, in the files that hold them. */
#ifndef CLI_PNPUTIL_H
#define CLI_PNPUTIL_H

#include <stdbool.h>

#include <cjson/cJSON.h>

/* Exit codes are Win32 errors, as the original's. */
enum {
    PNPUTIL_OK = 0,
    PNPUTIL_FAILED = 1,
    PNPUTIL_USAGE = 87,    /* ERROR_INVALID_PARAMETER */
    PNPUTIL_NOTHING = 259, /* ERROR_NO_MORE_ITEMS */
    PNPUTIL_REBOOT = 3010, /* ERROR_SUCCESS_REBOOT_REQUIRED */
};

struct pnputil {
    const char *machine, *command;
    bool is_json;
    int argc; /* behind the command */
    char **argv;
};

/* What stands behind a flag ("/class"); NULL: the flag is not there. "" : nothing stands there. */
const char *pnputil_value(const struct pnputil *tool, const char *flag);
bool pnputil_has(const struct pnputil *tool, const char *flag);
/* The index-th argument that is no flag and no flag's value, or NULL. values: flags that have one.
 */
const char *pnputil_word(const struct pnputil *tool, const char *const *values, int index);
/* Prints "LABEL:   text" in the column of the original. */
void pnputil_row(const char *label, const char *text);
/* The exit code of a request's code: Win32 errors as they are, others their low half. */
int pnputil_exit(unsigned code);

int pnputil_add_driver(const struct pnputil *tool);
int pnputil_delete_driver(const struct pnputil *tool);
int pnputil_export_driver(const struct pnputil *tool);
int pnputil_enum_drivers(const struct pnputil *tool);
int pnputil_enum_devices(const struct pnputil *tool);
int pnputil_enum_devicetree(const struct pnputil *tool);
int pnputil_enum_classes(const struct pnputil *tool);
int pnputil_enum_interfaces(const struct pnputil *tool);
int pnputil_enable_device(const struct pnputil *tool);
int pnputil_disable_device(const struct pnputil *tool);
int pnputil_restart_device(const struct pnputil *tool);
int pnputil_remove_device(const struct pnputil *tool);
int pnputil_scan_devices(const struct pnputil *tool);

#endif
