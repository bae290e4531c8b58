/* SPDX-License-Identifier: MIT */
/* selector.c - entries of the local descriptor table, and what they describe.
 *
 * The table's contents are kept here; the back end is told of each change. Numbers
 * are given out by rising order from a low bound, runs by first fit. The 16-bit world's thread
 * only.
 */
#include <errno.h>
#include <string.h>

#include "cpu_internal.h"

#define ENTRIES      8192u
#define ENTRY_FIRST  16u /* below: what DPMI hosts keep for themselves */
#define TILE_BYTES   0x10000u
#define LDT_SELECTOR 7u /* the local table, privilege 3 */

static struct {
    uint32_t base, limit;
    uint8_t is_taken, kind;
} entries[ENTRIES];

static unsigned entry_of(uint16_t selector)
{
    return selector >> 3;
}

static uint16_t selector_of(unsigned entry)
{
    return (uint16_t)(entry << 3 | LDT_SELECTOR);
}

static int entry_write(unsigned entry)
{
    return cpu16_backend()->entry_write(selector_of(entry));
}

static unsigned run_find(unsigned count)
{
    unsigned length = 0;
    for (unsigned entry = ENTRY_FIRST; entry < ENTRIES; entry++) {
        length = entries[entry].is_taken ? 0 : length + 1;
        if (length == count)
            return entry + 1 - count;
    }
    return 0;
}

static uint16_t run_take(const void *base, size_t size_bytes, unsigned count,
                         enum cpu16_segment kind)
{
    unsigned first = size_bytes ? run_find(count) : 0;
    if (!first)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        size_t left = size_bytes - (size_t)i * TILE_BYTES;
        entries[first + i].base = (uint32_t)(uintptr_t)base + i * TILE_BYTES;
        entries[first + i].limit = (uint32_t)(left - 1);
        if (i && left > TILE_BYTES)
            entries[first + i].limit = TILE_BYTES - 1;
        entries[first + i].kind = (uint8_t)kind;
        entries[first + i].is_taken = 1;
    }
    for (unsigned i = 0; i < count; i++) {
        if (entry_write(first + i) != 0) {
            selector_give(selector_of(first), count);
            return 0;
        }
    }
    return selector_of(first);
}

uint16_t selector_take(const void *base, size_t size_bytes, enum cpu16_segment kind)
{
    return run_take(base, size_bytes, 1, kind);
}

uint16_t selector_take_tiled(const void *base, size_t size_bytes, enum cpu16_segment kind)
{
    return run_take(base, size_bytes, (unsigned)((size_bytes + TILE_BYTES - 1) / TILE_BYTES), kind);
}

void selector_give(uint16_t first, unsigned count)
{
    for (unsigned entry = entry_of(first); count-- && entry < ENTRIES; entry++) {
        memset(&entries[entry], 0, sizeof entries[entry]);
        entry_write(entry);
    }
}

int selector_set(uint16_t selector, const void *base, size_t size_bytes, enum cpu16_segment kind)
{
    unsigned entry = entry_of(selector);
    if (!selector_is(selector) || !size_bytes)
        return EINVAL;
    entries[entry].base = (uint32_t)(uintptr_t)base;
    entries[entry].limit = (uint32_t)(size_bytes - 1);
    entries[entry].kind = (uint8_t)kind;
    return entry_write(entry);
}

/* ---- looking ------------------------------------------------------------------------------ */

bool selector_is(uint16_t selector)
{
    return selector & 4 && entries[entry_of(selector)].is_taken;
}

bool selector_is_loadable(uint32_t selector)
{
    if (selector & 4)
        return selector_is((uint16_t)selector);
    if (!(selector & ~3u & 0xffff))
        return true;
    return cpu16_backend()->is_loadable((uint16_t)selector);
}

void *selector_base(uint16_t selector)
{
    return selector_is(selector) ? (void *)(uintptr_t)entries[entry_of(selector)].base : NULL;
}

uint32_t selector_limit(uint16_t selector)
{
    return selector_is(selector) ? entries[entry_of(selector)].limit : 0;
}

enum cpu16_segment selector_kind(uint16_t selector)
{
    return entries[entry_of(selector)].kind;
}

uint32_t far16_room(struct far16 far)
{
    uint32_t bytes = selector_bytes(far.selector);
    return far.offset < bytes ? bytes - far.offset : 0;
}

void *far16_flat(struct far16 far, uint32_t size_bytes)
{
    uint32_t room = far16_room(far);
    if (!room || size_bytes > room)
        return NULL;
    return (uint8_t *)selector_base(far.selector) + far.offset;
}

struct far16 far16_find(const void *flat)
{
    uint32_t address = (uint32_t)(uintptr_t)flat;
    struct far16 found = {0};
    for (unsigned entry = ENTRY_FIRST; entry < ENTRIES; entry++) {
        uint32_t offset = address - entries[entry].base;
        if (!entries[entry].is_taken || offset > entries[entry].limit || offset > 0xffff)
            continue;
        if (!found.selector || offset < found.offset)
            found = FAR16(selector_of(entry), offset);
    }
    return found;
}
