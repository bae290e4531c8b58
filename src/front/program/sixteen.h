/* SPDX-License-Identifier: MIT */
/* sixteen.h - files of 16-bit programs: whose they are, and running one.
 *
 * Implemented twice: a 64-bit process leaves them to the host of 32-bit programs, where
 * front/win16/start has these functions.
 */
#ifndef SIXTEEN_H
#define SIXTEEN_H

#include <stdbool.h>
#include <stddef.h>

/* Is it one that this process can run? */
bool sixteen_is_here(void);

/* A 32-bit program begins, which 16-bit libraries may serve later. Paths as below; kept. */
void sixteen_offer(const char *folder, const char *host_folder);

/* On the program's first thread, after everything else is there. bytes are taken.
 * folder: of the file, as programs see it, ends in a separator; host_folder: on the host. */
[[noreturn]] void sixteen_run(void *bytes, size_t size, const char *path, const char *folder,
                              const char *host_folder);

#endif
