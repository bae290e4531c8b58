/* SPDX-License-Identifier: MIT */
/* ldr_apiset.c - names of API sets, and of DLLs that are another one here.
 *
 * Doc: "Windows API sets" (Microsoft Learn). The longest matching beginning wins: rows stand
 * before shorter ones of the same family.
 */
#include <string.h>
#include <strings.h>

#include "ldr_internal.h"

static const struct {
    const char *beginning, *host;
} sets[] = {
    {"api-ms-win-crt-", "ucrtbase.dll"},        {"api-ms-win-core-registry-", "advapi32.dll"},
    {"api-ms-win-core-crt-", "msvcrt.dll"},     {"api-ms-win-core-", "kernel32.dll"},
    {"api-ms-win-security-", "advapi32.dll"},   {"api-ms-win-service-", "advapi32.dll"},
    {"api-ms-win-eventing-", "advapi32.dll"},   {"kernelbase.dll", "kernel32.dll"},
    {"vcruntime140_1.dll", "vcruntime140.dll"},
};

const char *apiset_host(const char *name)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (!strncasecmp(name, sets[i].beginning, strlen(sets[i].beginning)))
            return sets[i].host;
    }
    return name;
}

bool name_equal(const char *a, const char *b)
{
    return !strcasecmp(a, b);
}
