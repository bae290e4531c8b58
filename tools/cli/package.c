/* SPDX-License-Identifier: MIT */
/* package.c - handing a driver package to a machine. */
#include "package.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "options.h"

static cJSON *failure(unsigned code, const char *text)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddNumberToObject(reply, "error", code);
    cJSON_AddStringToObject(reply, "text", text);
    return reply;
}

cJSON *package_add(const char *machine, const char *inf, unsigned *out_code)
{
    static const char *const names[] = {
        [PACKAGE_UNSIGNED] = "none",
        [PACKAGE_TEST] = "test",
        [PACKAGE_TRUSTED] = "trusted",
        [PACKAGE_BAD] = "bad",
    };
    char path[PATH_MAX], text[PATH_MAX + 200];
    struct package_trust trust;
    if (!realpath(inf, path)) {
        snprintf(text, sizeof text, "%s: %s", inf, strerror(errno));
        *out_code = 2; /* ERROR_FILE_NOT_FOUND */
        return failure(*out_code, text);
    }
    if (client_lend(machine, path)) {
        options_client_failed();
        return NULL;
    }
    package_trust_read(path, &trust);
    if (trust.signature == PACKAGE_BAD)
        fprintf(stderr, "cove: %s\n", trust.problem);
    const char *words[] = {"package-add", path, names[trust.signature], trust.signer, NULL};
    uint32_t code;
    cJSON *reply = options_ask(machine, words, &code);
    *out_code = code;
    return reply;
}
