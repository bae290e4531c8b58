/* SPDX-License-Identifier: MIT */
/* trap.h - what driver code does as if it were in ring 0.
 *
 * The third crossing: inlined reads and writes of CR8, the shared-data page at
 * 0xfffff78000000000, IN/OUT, MSRs and other privileged instructions, INT 29h and INT 2Ch,
 * breakpoints. Each is decoded here and answered by ke or hal; every other fault becomes an
 * exception (seh) or, outside driver code, a bug check. Only boot includes this header: it
 * installs the hooks.
 */
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include <stdbool.h>
#include <stdint.h>

void trap_install(void); /* host fault hook, interrupt filter, mm raise */
/* Driver code, or what stands for an instruction of it: for ke_driver_code_set. */
bool trap_is_driver_code(uint64_t rip);
/* How many instructions of the images that are loaded were replaced, and how many that could
 * not be trap each time. */
void trap_patch_counts(uint32_t *out_patched, uint32_t *out_refused);

#endif
