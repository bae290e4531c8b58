/* SPDX-License-Identifier: MIT */
/* fsrtl.h - file names as file systems compare them; for native rooms too.
 *
 * Rules of use. Pure functions at any IRQL at which the strings may be read.
 */
#ifndef FSRTL_FSRTL_H
#define FSRTL_FSRTL_H

#include <stdbool.h>

#include <ntifs.h>

/* Does the name match the pattern with * ? and the three DOS wild cards? Without case the
 * pattern must be in upper case. upcase NULL: the system's table. */
bool fsrtl_name_matches(const UNICODE_STRING *pattern, const UNICODE_STRING *name, bool no_case,
                        const WCHAR *upcase);

#endif
