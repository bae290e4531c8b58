/* SPDX-License-Identifier: MIT */
/* image_guard.c - the load configuration: security cookie and control-flow guard.
 *
 * A cookie that holds the linker's default is given a random value; the two pointers through
 * which guarded code checks and makes indirect calls lead to routines that let them pass.
 */
#include <string.h>

#include "image_internal.h"

/* What linkers put there; the public value of __security_cookie before start. */
#define COOKIE_DEFAULT 0x00002b992ddfa232ull
#define COOKIE_MASK    0x0000ffffffffffffull

extern const char image_guard_check[], image_guard_dispatch[];

static uint64_t cookie_random(void)
{
    uint64_t cookie;
    do
        cookie = host_random64() & COOKIE_MASK;
    while (cookie == 0 || cookie == COOKIE_DEFAULT);
    return cookie;
}

static void slot_store(uint64_t slot, const void *routine)
{
    uint64_t address = (uint64_t)routine;
    if (slot != 0)
        memcpy((void *)slot, &address, sizeof(address));
}

void image_guard_fill(struct module *module)
{
    struct pe_view view = module_view(module);
    struct pe_load_config config;
    uint64_t cookie;
    if (pe_load_config_read(&view, module->abi.base, &config, NULL) != PE_OK)
        return;
    if (config.security_cookie != 0) {
        memcpy(&cookie, (void *)config.security_cookie, sizeof(cookie));
        if (cookie == 0 || cookie == COOKIE_DEFAULT) {
            cookie = cookie_random();
            memcpy((void *)config.security_cookie, &cookie, sizeof(cookie));
        }
    }
    slot_store(config.guard_check, image_guard_check);
    slot_store(config.guard_dispatch, image_guard_dispatch);
}
