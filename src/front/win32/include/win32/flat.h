/* SPDX-License-Identifier: MIT */
/* win32/flat.h - flat thunks: what ThunkConnect32 asks, where 16-bit code is known. */
#ifndef WIN32_FLAT_H
#define WIN32_FLAT_H

#include "ntdll/teb.h"

/* As ThunkConnect32; sets the last error. */
typedef BOOL flat_connect(const char *dll_16, const char *dll_32, DWORD instance, DWORD reason,
                          void *table, const char *other_name);
void flat_connect_set(flat_connect *connect);

#endif
