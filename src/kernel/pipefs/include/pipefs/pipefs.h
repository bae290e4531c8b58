/* SPDX-License-Identifier: MIT */
/* pipefs/pipefs.h - \Device\NamedPipe: pipes with names, between programs and drivers.
 *
 * Everything else is asked through IRPs.
 */
#ifndef PIPEFS_PIPEFS_H
#define PIPEFS_PIPEFS_H

#include <ntifs.h>

NTSTATUS pipefs_init(void);
void pipefs_fini(void);

#endif
