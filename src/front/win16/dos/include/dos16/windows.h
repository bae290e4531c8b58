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

#endif
