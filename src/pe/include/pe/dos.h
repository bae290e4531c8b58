/* SPDX-License-Identifier: MIT */
/* pe/dos.h - the two letters an image begins with.
 *
 * Drivers look for the kernel's base from a routine's address downwards, for a page that begins
 * with them. So nothing of our own may have them at the start of a page by chance: they stand in no
 * instruction, only here, where an alignment keeps them from it.
 */
#ifndef PE_DOS_H
#define PE_DOS_H

#include <stdint.h>

struct pe_dos_letters {
    uint16_t before, letters;
};
extern const volatile struct pe_dos_letters pe_dos_letters;

/* "MZ" */
static inline uint16_t pe_dos_signature(void)
{
    return pe_dos_letters.letters;
}

#endif
