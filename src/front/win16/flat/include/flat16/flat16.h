/* SPDX-License-Identifier: MIT */
/* flat16/flat16.h - flat thunks: 16-bit and 32-bit libraries that call each other.
 *
 * Rules of use: flat16_init once, in a process that is told it runs on Windows 95 or 98. begin is
 * called when a 32-bit program's library connects first: it makes the calling thread the 16-bit
 * world's, or says why not. From then on ThunkConnect32, KERNEL.651 and KERNEL.631 do the rest.
 */
#ifndef FLAT16_FLAT16_H
#define FLAT16_FLAT16_H

#include <stdbool.h>

void flat16_init(bool (*begin)(void));

#endif
