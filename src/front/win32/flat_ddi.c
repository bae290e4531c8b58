/* SPDX-License-Identifier: MIT */
/* flat_ddi.c - KERNEL32's door to flat thunks, which Windows 95 and 98 have.
 *
 * Who knows 16-bit code hangs itself in here; without it, or on a Windows NT, nothing is connected.
 * Doc: "Creating a Win32-Based Thunk DLL"; the last two parameters are ours (decision 0019)
 */
#include "win32/flat.h"
#include "win32_internal.h"

#define PLATFORM_NT 2u

static flat_connect *connector;

void flat_connect_set(flat_connect *connect)
{
    connector = connect;
}

EXPORT(BOOL, ThunkConnect32,
       (const char *dll_16, const char *dll_32, DWORD instance, DWORD reason, void *table,
        const char *other_name))
{
    if (!connector || peb_current()->OSPlatformId == PLATFORM_NT)
        return error_fail(ERROR_CALL_NOT_IMPLEMENTED);
    return connector(dll_16, dll_32, instance, reason, table, other_name);
}
