/* SPDX-License-Identifier: MIT */
/* crash.h - the bug-check report: what a driver author reads when the machine stops.
 *
 * Becomes ke's bug-check hook and the catcher of calls to absent exports. Writes the report
 * to standard error (and to $COVE_CRASH_FILE or the file given): code by name, parameters
 * explained, driver and offset, stack, registers, loaded drivers, the request in flight.
 * Then tells programs and ends the process with CRASH_EXIT_CODE.
 */
#ifndef CRASH_CRASH_H
#define CRASH_CRASH_H

#include <stdint.h>

#define CRASH_EXIT_CODE 70

/* abandon (may be NULL) tells programs that the machine ends; it must not block. */
void crash_install(void (*abandon)(const char *goodbye, uint32_t exit_code));
/* Also write reports to this file (kept by pointer); NULL: standard error only. */
void crash_file_set(const char *path);
/* Called instead of ending the process, for tests: receives the exit code. May return only
 * by longjmp or not at all. */
void crash_exit_set(void (*leave)(int code));

#endif
