/* SPDX-License-Identifier: MIT */
/* down32.c - the 32-bit library of down.thk: everything else is in its half. */
#include <windows.h>

BOOL WINAPI down_ThunkConnect32(LPSTR, LPSTR, HINSTANCE, DWORD);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)reserved;
    return down_ThunkConnect32("DOWN16.DLL", "DOWN32.DLL", instance, reason);
}
