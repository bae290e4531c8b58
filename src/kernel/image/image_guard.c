/* SPDX-License-Identifier: MIT */
/* image_guard.c - the load configuration: security cookie and control-flow guard.
 *
 * A cookie that holds the linker's default is given a random value. The pointers through which
 * guarded code checks and makes indirect calls (CFG and XFG) lead to routines that ask here
 * whether the target may be called: any address of an image without a table, else what its
 * table lists. XFG's hashes of prototypes are not compared.
 */
#include <string.h>

#include "image_internal.h"

/* What linkers put there; the public value of __security_cookie before start. */
#define COOKIE_DEFAULT 0x00002b992ddfa232ull
#define COOKIE_MASK    0x0000ffffffffffffull

extern const char image_guard_check[], image_guard_dispatch[];

/* KeBugCheckEx as drivers call it; the routines go there with a bad target. */
const void *image_guard_stop __attribute__((visibility("hidden")));

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

static void cookie_fill(uint64_t at)
{
    uint64_t cookie;
    if (at == 0)
        return;
    memcpy(&cookie, (void *)at, sizeof(cookie));
    if (cookie == 0 || cookie == COOKIE_DEFAULT) {
        cookie = cookie_random();
        memcpy((void *)at, &cookie, sizeof(cookie));
    }
}

void image_guard_fill(struct module *module)
{
    struct pe_view view = module_view(module);
    struct pe_load_config config;
    if (pe_load_config_read(&view, module->abi.base, &config, NULL) != PE_OK)
        return;
    cookie_fill(config.security_cookie);
    slot_store(config.guard_check, image_guard_check);
    slot_store(config.guard_dispatch, image_guard_dispatch);
    slot_store(config.xfg_check, image_guard_check);
    slot_store(config.xfg_dispatch, image_guard_dispatch);
    slot_store(config.xfg_table_dispatch, image_guard_dispatch);
    if ((config.guard_flags & PE_GUARD_TABLE_PRESENT) != 0 && config.guard_table != 0) {
        module->guard_table = (const uint8_t *)config.guard_table;
        module->guard_count = (uint32_t)config.guard_count;
        module->guard_stride = config.guard_stride;
    }
    const struct abi_export *stop = kernel_export_find("KeBugCheckEx");
    if (stop != NULL)
        image_guard_stop = stop->address;
}

/* An entry is an RVA and, where there is room, a byte of flags. */
static IMAGE_INTEGER_ONLY bool table_allows(const struct module *module, uint32_t rva)
{
    uint32_t low = 0, high = module->guard_count, stride = module->guard_stride, entry;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *at = module->guard_table + (uint64_t)middle * stride;
        __builtin_memcpy(&entry, at, sizeof(entry));
        if (entry == rva)
            return stride == 4 || (at[4] & PE_GUARD_FUNCTION_SUPPRESSED) == 0;
        if (rva < entry)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

IMAGE_INTEGER_ONLY bool image_guard_allows(uint64_t target)
{
    struct image *image = image_of_address(target);
    const struct module *module = image != NULL ? module_of(image) : NULL;
    if (module == NULL || module->guard_table == NULL)
        return true;
    return table_allows(module, (uint32_t)(target - image->base));
}
