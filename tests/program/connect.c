/* SPDX-License-Identifier: MIT */
/* connect.c - what a 32-bit program is told of its Windows, and what ThunkConnect32 says there. */
#include <stdio.h>

#include <windows.h>

typedef BOOL(WINAPI *THUNK_CONNECT)(LPCSTR, LPCSTR, DWORD, DWORD, void *, LPCSTR);

int main(void)
{
    OSVERSIONINFOA version = {.dwOSVersionInfoSize = sizeof version};
    THUNK_CONNECT connect =
        (THUNK_CONNECT)(void *)GetProcAddress(GetModuleHandleA("kernel32"), "ThunkConnect32");
    unsigned table[8] = {0};
    GetVersionExA(&version);
    printf("version %08lx platform %lu %lu.%lu build %lx\n", GetVersion(), version.dwPlatformId,
           version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
    SetLastError(0);
    BOOL connected = connect("NONE16.DLL", "NONE32.DLL", 0, 1, table, "none_ThunkData16");
    printf("connect %d error %lu\n", connected, GetLastError());
    return 0;
}
