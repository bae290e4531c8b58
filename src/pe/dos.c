/* SPDX-License-Identifier: MIT */
/* dos.c - the letters of pe/dos.h: never at the start of what is aligned, so never at a page's. */
#include "pe/dos.h"

_Alignas(sizeof(struct pe_dos_letters)) const
    volatile struct pe_dos_letters pe_dos_letters = {.letters = 0x5a4d};
