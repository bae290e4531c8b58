/* SPDX-License-Identifier: MIT */
/* atom_ddi.c - KERNEL: atoms, numbers that stand for texts.
 *
 * From C000h on; below, and as "#number", a number stands for itself. The table belongs to the
 * task; texts compare without case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "abi/win16.h"
#include "loader16/builtin.h"

#define ATOM_FIRST  0xc000u
#define ATOMS       4096u
#define LENGTH_MOST 255u

static struct {
    char *text; /* NULL: free */
    uint16_t references;
} atoms[ATOMS]; /* the 16-bit world's thread only */

/* An atom that is a number; 0: it is a text. */
static uint16_t number_of(struct far16 name, const char **out_text)
{
    *out_text = NULL;
    if (!name.selector)
        return name.offset;
    *out_text = win16_string(cpu16_outer(), far16_value(name));
    return **out_text == '#' ? (uint16_t)strtoul(*out_text + 1, NULL, 10) : 0;
}

static unsigned text_find(const char *text)
{
    for (unsigned i = 0; i < ATOMS; i++) {
        if (atoms[i].text && !strcasecmp(atoms[i].text, text))
            return i;
    }
    return ATOMS;
}

uint32_t kernel16_InitAtomTable(uint16_t size)
{
    return 1;
}

uint32_t kernel16_FindAtom(struct far16 name)
{
    const char *text;
    uint16_t number = number_of(name, &text);
    if (number || !text)
        return number < ATOM_FIRST ? number : 0;
    unsigned index = text_find(text);
    return index < ATOMS ? ATOM_FIRST + index : 0;
}

uint32_t kernel16_AddAtom(struct far16 name)
{
    const char *text;
    uint16_t number = number_of(name, &text);
    if (number || !text)
        return number < ATOM_FIRST ? number : 0;
    if (!*text || strlen(text) > LENGTH_MOST)
        return 0;
    unsigned index = text_find(text);
    for (unsigned i = 0; index == ATOMS && i < ATOMS; i++) {
        if (!atoms[i].text) {
            atoms[i].text = strdup(text);
            atoms[i].references = 0;
            if (!atoms[i].text)
                return 0;
            index = i;
        }
    }
    if (index == ATOMS)
        return 0;
    atoms[index].references++;
    return ATOM_FIRST + index;
}

/* 0, or the atom when it is none. */
uint32_t kernel16_DeleteAtom(uint16_t atom)
{
    unsigned index = atom - ATOM_FIRST;
    if (atom < ATOM_FIRST)
        return 0;
    if (index >= ATOMS || !atoms[index].text)
        return atom;
    if (!--atoms[index].references) {
        free(atoms[index].text);
        atoms[index].text = NULL;
    }
    return 0;
}

uint32_t kernel16_GetAtomName(uint16_t atom, void *out, int16_t size)
{
    char number[8];
    unsigned index = atom - ATOM_FIRST;
    const char *text = number;
    snprintf(number, sizeof number, "#%u", atom);
    if (atom >= ATOM_FIRST)
        text = index < ATOMS ? atoms[index].text : NULL;
    if (!text || !atom || !out || size <= 0)
        return 0;
    snprintf(out, (size_t)size, "%s", text);
    return (uint32_t)strlen(out);
}
