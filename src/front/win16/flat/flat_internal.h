/* SPDX-License-Identifier: MIT */
/* flat_internal.h - what the files of this room share. */
#ifndef FLAT_INTERNAL_H
#define FLAT_INTERNAL_H

#include "cpu16/cpu16.h"
#include "flat16/flat16.h"
#include "loader16/module16.h"
#include "ntdll/teb.h"
#include "thunk/convert.h"

/* ---- links: two halves that have found each other ------------------------------------------- */

struct flat_link {
    struct thunk_table16 *table_16;
    struct thunk_table32 *table_32; /* NULL: its library is not loaded yet */
    struct module16 *module_16;     /* counted by the link, of one from 32 to 16 bits */
    HMODULE module_32;              /* loaded by the link, of one from 16 to 32 bits */
    char dll_32[260], name_32[80];
    bool is_used;
};

/* By what a table has in its state; NULL: it is not connected. */
struct flat_link *flat_link_of(uint32_t state);
/* KERNEL.631 asks for the other library when it is called first. False: it cannot be loaded. */
bool flat_link_load(struct flat_link *link);

/* The code that stubs of 32-bit halves call. */
uint32_t __attribute__((fastcall)) flat_call_down(const struct thunk_function32 *function,
                                                  uint8_t *arguments);

/* ---- addresses ------------------------------------------------------------------------------ */

#define FLAT_HELD_MAX 64u /* more pointers than that in one call are refused */

/* Selectors over flat memory that a call uses are kept until it is over. */
struct flat_addresses {
    uint8_t held[FLAT_HELD_MAX]; /* places in the cache */
    unsigned count;
};
uint32_t flat_to_far(void *addresses, uint32_t flat, uint32_t bytes);
uint32_t flat_to_flat(void *addresses, uint32_t far, uint32_t bytes);
void flat_addresses_release(struct flat_addresses *addresses);

/* Memory that 16-bit code can reach, for repacked objects; given back in reverse order. NULL:
 * there is no more. */
uint8_t *flat_scratch_take(uint32_t bytes, uint32_t *out_far);
void flat_scratch_give(uint8_t *memory);

/* Calls a stdcall function with arguments as they lie in memory. */
uint32_t flat_stdcall(uint32_t target, const void *arguments, uint32_t bytes);

#endif
