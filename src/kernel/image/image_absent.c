/* SPDX-License-Identifier: MIT */
/* image_absent.c - variables of the kernel that nobody has written: places that fault.
 *
 * A driver that only mentions such a variable loads; each variable has a page of its own that
 * nobody may touch, so that the fault's address still tells its name. Rows are added under
 * image_lock and never go; faults and reports read them without it.
 */
#include <stdio.h>
#include <string.h>

#include "image_internal.h"

#define ABSENT_MAX 256u
/* Members before and behind what the name means fall into its page as well. */
#define ABSENT_OFFSET (HOST_PAGE / 2)
#define NOTES_MAX     64u

static _Atomic uint64_t absent_base; /* set once, after the first row; 0: none yet */
static const struct abi_export *_Atomic absent_rows[ABSENT_MAX];
static struct image_absent notes[NOTES_MAX]; /* image_lock, as note_count */
static uint32_t note_count;

static bool absent_reserve(void)
{
    void *address;
    if (absent_base != 0)
        return true;
    if (host_memory_reserve(NULL, ABSENT_MAX * HOST_PAGE, &address) != 0)
        return false;
    absent_base = (uint64_t)address;
    return true;
}

uint64_t image_absent_place_locked(const struct abi_export *row)
{
    uint32_t i = 0;
    while (i < ABSENT_MAX && absent_rows[i] != NULL && absent_rows[i] != row)
        i++;
    if (i == ABSENT_MAX || !absent_reserve())
        return 0;
    absent_rows[i] = row;
    return absent_base + i * HOST_PAGE + ABSENT_OFFSET;
}

void image_absent_note_locked(const char *importer, const struct abi_export *row)
{
    if (note_count == NOTES_MAX)
        return;
    struct image_absent *note = &notes[note_count++];
    snprintf(note->importer, sizeof(note->importer), "%s", importer);
    snprintf(note->name, sizeof(note->name), "%s!%s",
             row->modules & ABI_NTOSKRNL ? "ntoskrnl.exe" : "hal.dll", row->name);
}

bool image_absent_take(struct image_absent *out_absent)
{
    bool is_any;
    host_lock_take(&image_lock);
    is_any = note_count != 0;
    if (is_any) {
        *out_absent = notes[0];
        memmove(notes, notes + 1, --note_count * sizeof(notes[0]));
    }
    host_lock_give(&image_lock);
    return is_any;
}

void image_absent_fini(void)
{
    if (absent_base != 0)
        host_memory_release((void *)absent_base, ABSENT_MAX * HOST_PAGE);
    absent_base = 0;
    note_count = 0;
    for (uint32_t i = 0; i < ABSENT_MAX; i++)
        absent_rows[i] = NULL;
}

const struct abi_export *image_absent_of_address(uint64_t address)
{
    uint64_t base = absent_base;
    if (base == 0 || address - base >= ABSENT_MAX * HOST_PAGE)
        return NULL;
    return absent_rows[(address - base) / HOST_PAGE];
}
