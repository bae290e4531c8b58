/* SPDX-License-Identifier: MIT */
/* fsrtl.h - what file systems share, for native rooms too.
 *
 * Rules of use. Names: pure functions at any IRQL at which the strings may be read. Locks and
 * notification: what ntifs.h declares, and here what only our own file system needs.
 */
#ifndef FSRTL_FSRTL_H
#define FSRTL_FSRTL_H

#include <stdbool.h>

#include <ntifs.h>

/* Does the name match the pattern with * ? and the three DOS wild cards? Without case the
 * pattern must be in upper case. upcase NULL: the system's table. */
bool fsrtl_name_matches(const UNICODE_STRING *pattern, const UNICODE_STRING *name, bool no_case,
                        const WCHAR *upcase);

/* The last handle of a file has gone: its locks go, whichever process took them, and requests of
 * it that still wait end with STATUS_RANGE_NOT_LOCKED. IRQL: PASSIVE_LEVEL. */
void fsrtl_locks_drop(FILE_LOCK *locks, const FILE_OBJECT *file);

#endif
