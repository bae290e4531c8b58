/* SPDX-License-Identifier: MIT */
/* run_package.h - a package of `cove run`: installed, its devices made, and all away again. */
#ifndef CLI_RUN_PACKAGE_H
#define CLI_RUN_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

struct run_package {
    char published[32];
    bool is_primitive;
    cJSON *instances; /* of the devices that were made for it */
};

/* The package into the store, a device for each of its Root\ hardware IDs, its drivers for devices
 * that are there already. 0, or an exit code with out_text saying why (EXIT_LOST: the machine does
 * not answer any more). What was done until then is in package. */
#define EXIT_LOST (-1)
int run_package_install(const char *machine, const char *inf, struct run_package *package,
                        char *out_text, size_t size);
/* Its devices, newest first, then the package. 0 or EXIT_LOST. */
int run_package_remove(const char *machine, struct run_package *package);
void run_package_forget(struct run_package *package);

#endif
