/* SPDX-License-Identifier: MIT */
/* abi_export.c - looks up exported names of the kernel.
 *
 * The rows are generated and sorted by name, so a search is enough. Pure.
 */
#include "base/abi_export.h"

#include <stddef.h>
#include <string.h>

const struct abi_export *abi_kernel_export_find(const char *name, uint32_t modules)
{
    uint32_t low = 0;
    uint32_t high = abi_kernel_export_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct abi_export *row = &abi_kernel_exports[middle];
        int order = strcmp(name, row->name);
        if (order == 0)
            return (row->modules & modules) != 0 ? row : NULL;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
