/* SPDX-License-Identifier: MIT */
/* image_export.c - names to addresses: the kernel's table and the exports of loaded images.
 *
 * A forwarded export is followed through the modules it names. An absent export of the
 * kernel has no address for somebody who asks at run time: he is told the truth.
 */
#include <stdlib.h>
#include <string.h>

#include "image_internal.h"

static const struct abi_export *kernel_table; /* set once before the first load */
static size_t kernel_count;
static struct windows_version kernel_windows = {.ntddi = UINT32_MAX}; /* set once, as the table */

void image_kernel_exports_set(const struct abi_export *table, size_t count)
{
    kernel_table = table;
    kernel_count = count;
}

const struct abi_export *kernel_exports(size_t *out_count)
{
    *out_count = kernel_count;
    return kernel_table;
}

void image_windows_set(uint32_t build)
{
    kernel_windows = windows_of_build(build);
}

bool kernel_export_is_newer(const struct abi_export *row)
{
    return row->ntddi > kernel_windows.ntddi;
}

uint32_t kernel_build(void)
{
    return kernel_windows.build;
}

const struct abi_export *kernel_export_find(const char *name)
{
    size_t low = 0, high = kernel_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, kernel_table[middle].name);
        if (order == 0)
            return &kernel_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void image_kernel_export_visit(void (*visit)(const struct abi_export *row, void *context),
                               void *context)
{
    for (size_t i = 0; i < kernel_count; i++)
        if (kernel_table[i].address != NULL && !kernel_export_is_newer(&kernel_table[i]))
            visit(&kernel_table[i], context);
}

/* "MODULE.Name" or "MODULE.#12", MODULE without its suffix. */
static uint64_t follow_forwarder(const char *forwarder, unsigned depth)
{
    static const char *const suffixes[] = {".sys", ".dll", ".exe", ""};
    char name[80];
    const char *dot = strrchr(forwarder, '.');
    if (dot == NULL || depth == 0 || (size_t)(dot - forwarder) > sizeof(name) - 8)
        return 0;
    const char *export = dot + 1;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        memcpy(name, forwarder, (size_t)(dot - forwarder));
        strcpy(name + (dot - forwarder), suffixes[i]);
        if (module_kernel_bits(name) != 0) {
            const struct abi_export *row = kernel_export_find(export);
            return row != NULL && !kernel_export_is_newer(row) ? (uint64_t)row->address : 0;
        }
        struct module *module = module_find_locked(name);
        if (module != NULL && export[0] == '#')
            return module_export_locked(module, NULL, (uint16_t)strtoul(export + 1, NULL, 10),
                                        depth - 1);
        if (module != NULL)
            return module_export_locked(module, export, 0, depth - 1);
    }
    return 0;
}

uint64_t module_export_locked(struct module *module, const char *name, uint16_t ordinal,
                              unsigned depth)
{
    struct pe_view view = module_view(module);
    struct pe_export export;
    if (module->layout == NULL)
        return 0;
    int found = name != NULL ? pe_export_by_name(&view, name, &export, NULL)
                             : pe_export_by_ordinal(&view, ordinal, &export, NULL);
    if (found != PE_OK)
        return 0;
    if (export.forwarder != NULL)
        return follow_forwarder(export.forwarder, depth);
    return module->abi.base + export.rva;
}

const char *module_forwarder_locked(struct module *module, const char *name, uint16_t ordinal)
{
    struct pe_view view = module_view(module);
    struct pe_export export;
    if (module->layout == NULL)
        return NULL;
    int found = name != NULL ? pe_export_by_name(&view, name, &export, NULL)
                             : pe_export_by_ordinal(&view, ordinal, &export, NULL);
    return found == PE_OK ? export.forwarder : NULL;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   module NULL: ntoskrnl.exe and hal.dll
 * Doc:     wdm.h MmGetSystemRoutineAddress
 */
void *image_export(const char *module, const char *name)
{
    uint64_t address = 0;
    if (module == NULL || module_kernel_bits(module) != 0) {
        const struct abi_export *row = kernel_export_find(name);
        return row != NULL && row->status != ABI_ABSENT && !kernel_export_is_newer(row)
                   ? (void *)row->address
                   : NULL;
    }
    host_lock_take(&image_lock);
    struct module *found = module_find_locked(module);
    if (found != NULL)
        address = module_export_locked(found, name, 0, IMAGE_FORWARD_MAX);
    host_lock_give(&image_lock);
    return (void *)address;
}
