/* SPDX-License-Identifier: MIT */
/* dos16/windows.h - functions of kernel32 that the 16-bit rooms call natively. */
#ifndef DOS16_WINDOWS_H
#define DOS16_WINDOWS_H

#include "ntdll/error.h"
#include "ntdll/win.h"
#include "win32/win32.h"

LPSTR WINAPI GetCommandLineA(void);
LPWSTR WINAPI GetEnvironmentStringsW(void);
DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR out);
BOOL WINAPI SetCurrentDirectoryA(LPCSTR name);
DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD size, LPSTR out, LPSTR *part);
DWORD WINAPI GetFileAttributesA(LPCSTR name);
BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes);
BOOL WINAPI CreateDirectoryA(LPCSTR name, SECURITY_ATTRIBUTES *security);
BOOL WINAPI RemoveDirectoryA(LPCSTR name);
BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to);
BOOL WINAPI DeleteFileA(LPCSTR name);
HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security,
                          DWORD disposition, DWORD flags, HANDLE template_file);
HANDLE WINAPI GetStdHandle(DWORD which);
DWORD WINAPI SetFilePointer(HANDLE file, LONG low, LONG *high, DWORD method);
DWORD WINAPI GetTickCount(void);
void WINAPI Sleep(DWORD milliseconds);
void WINAPI OutputDebugStringA(LPCSTR text);
DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR out, DWORD size);
DWORD WINAPI GetTempPathA(DWORD size, LPSTR out);
UINT WINAPI GetDriveTypeA(LPCSTR root);
UINT WINAPI GetWindowsDirectoryA(LPSTR out, UINT size);
UINT WINAPI GetSystemDirectoryA(LPSTR out, UINT size);

typedef struct WIN32_FIND_DATAA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
    DWORD nFileSizeHigh, nFileSizeLow, dwReserved0, dwReserved1;
    char cFileName[260], cAlternateFileName[14];
} WIN32_FIND_DATAA;
HANDLE WINAPI FindFirstFileA(LPCSTR pattern, WIN32_FIND_DATAA *out);
BOOL WINAPI FindNextFileA(HANDLE find, WIN32_FIND_DATAA *out);
BOOL WINAPI FindClose(HANDLE find);
BOOL WINAPI GetFileTime(HANDLE file, FILETIME *created, FILETIME *accessed, FILETIME *written);
BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *created, const FILETIME *accessed,
                        const FILETIME *written);
BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *from, FILETIME *to);
BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *from, FILETIME *to);
BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, SYSTEMTIME *to);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, FILETIME *to);
void WINAPI GetLocalTime(SYSTEMTIME *out);
UINT WINAPI GetPrivateProfileIntA(LPCSTR section, LPCSTR key, INT otherwise, LPCSTR file);
DWORD WINAPI GetPrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR out,
                                      DWORD size, LPCSTR file);
BOOL WINAPI WritePrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR value, LPCSTR file);
UINT WINAPI WinExec(LPCSTR line, UINT show);

#endif
