/* SPDX-License-Identifier: MIT */
/* versions.c - prints what each of the program's sources says of the Windows it runs on. */
#include <stdio.h>

#include <windows.h>

typedef LONG(WINAPI *RTL_GET_VERSION)(OSVERSIONINFOEXW *);
typedef void(WINAPI *RTL_GET_NUMBERS)(DWORD *, DWORD *, DWORD *);

static FARPROC Ntdll(const char *Name)
{
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), Name);
}

int main(void)
{
    OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof wide}, rtl = wide;
    OSVERSIONINFOEXA narrow = {.dwOSVersionInfoSize = sizeof narrow};
    DWORD major, minor, build, all;
    const unsigned char *peb;

    ((RTL_GET_VERSION)(void *)Ntdll("RtlGetVersion"))(&rtl);
    GetVersionExW((OSVERSIONINFOW *)&wide);
    GetVersionExA((OSVERSIONINFOA *)&narrow);
    ((RTL_GET_NUMBERS)(void *)Ntdll("RtlGetNtVersionNumbers"))(&major, &minor, &build);
    all = GetVersion();
    __asm__("movq %%gs:0x60, %0" : "=r"(peb));
    printf("rtl %lu.%lu.%lu.%u \"%ls\"\n", rtl.dwMajorVersion, rtl.dwMinorVersion,
           rtl.dwBuildNumber, rtl.wServicePackMajor, rtl.szCSDVersion);
    printf("wide %lu.%lu.%lu.%u \"%ls\"\n", wide.dwMajorVersion, wide.dwMinorVersion,
           wide.dwBuildNumber, wide.wServicePackMajor, wide.szCSDVersion);
    printf("narrow %lu.%lu.%lu.%u \"%s\"\n", narrow.dwMajorVersion, narrow.dwMinorVersion,
           narrow.dwBuildNumber, narrow.wServicePackMajor, narrow.szCSDVersion);
    printf("numbers %lu.%lu.%lu\n", major, minor, build & 0xffff);
    printf("packed %lu.%lu.%lu\n", all & 0xff, all >> 8 & 0xff, all >> 16);
    printf("peb %lu.%lu.%u\n", *(const DWORD *)(peb + 0x118), *(const DWORD *)(peb + 0x11c),
           *(const WORD *)(peb + 0x120));
    printf("products %u %u\n", wide.wProductType, narrow.wProductType);
    return 0;
}
