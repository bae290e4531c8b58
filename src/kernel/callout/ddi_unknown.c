/* SPDX-License-Identifier: MIT */
/* ddi_unknown.c - entries for imported names that stand in no table.
 *
 * In: a name; out: the address of one of the stubs in ddi_unknown_entries.S, whose row
 * then bears the name. Rows are never taken back: an image may keep the address.
 */
#include "callout/ddi_frame.h"

#include <stddef.h>
#include <string.h>

#define NAME_SIZE 64

/* Each stub is this long, see ddi_unknown_entries.S. */
#define STUB_SIZE 16

extern const char ddi_unknown_stubs[];

/* Read by the stubs. The caller of ddi_unknown_entry serialises. */
struct abi_export ddi_unknown_rows[DDI_UNKNOWN_ENTRIES];
static char unknown_names[DDI_UNKNOWN_ENTRIES][NAME_SIZE];
static uint32_t unknown_count;

const void *ddi_unknown_entry(const char *name, uint32_t modules)
{
    for (uint32_t i = 0; i < unknown_count; i++)
        if (ddi_unknown_rows[i].modules == modules &&
            strncmp(unknown_names[i], name, NAME_SIZE - 1) == 0)
            return ddi_unknown_rows[i].address;
    if (unknown_count == DDI_UNKNOWN_ENTRIES)
        return NULL;

    uint32_t index = unknown_count++;
    size_t length = strnlen(name, NAME_SIZE - 1);
    memcpy(unknown_names[index], name, length);
    unknown_names[index][length] = '\0';
    ddi_unknown_rows[index] = (struct abi_export){
        .name = unknown_names[index],
        .address = ddi_unknown_stubs + (size_t)index * STUB_SIZE,
        .room = "",
        .modules = (uint8_t)modules,
        .status = ABI_ABSENT,
        .kind = ABI_FUNCTION,
    };
    return ddi_unknown_rows[index].address;
}
