/* SPDX-License-Identifier: MIT */
/* structs.c - a client's structure of any version becomes the newest. */
#include "bind.h"

#include "wdf_struct_sizes.h"

static size_t sizes[WDF_STRUCTURE_TABLE_NUM_ENTRIES];

const size_t *fx_struct_sizes_table(void)
{
    if (sizes[0] == 0)
        for (ULONG i = 0; i < ARRAYSIZE(sizes); i++)
            sizes[i] = fx_struct_sizes[i].sizes[0];
    return sizes;
}

NTSTATUS fx_struct_copy(struct fx_globals *globals, void *destination, ULONG size,
                        const void *source, ULONG struct_id)
{
    const struct fx_struct_sizes *known = &fx_struct_sizes[struct_id];
    ULONG given = *(const ULONG *)source;

    for (ULONG i = 0; i < ARRAYSIZE(known->sizes) && known->sizes[i] != 0; i++) {
        if (given != known->sizes[i])
            continue;
        RtlZeroMemory(destination, size);
        RtlCopyMemory(destination, source, min(given, size));
        return STATUS_SUCCESS;
    }
    fx_log(globals, FX_LOG_ERROR, "%s: Size is %u, which no version has; the newest has %u",
           known->name, given, known->sizes[0]);
    return STATUS_INFO_LENGTH_MISMATCH;
}
