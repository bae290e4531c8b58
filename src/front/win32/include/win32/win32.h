/* SPDX-License-Identifier: MIT */
/* win32/win32.h - kernel32 and advapi32: what other rooms of the front use of them.
 *
 * Their functions are exported to programs by abi/exports/user; natively the C run-time calls
 * a few of them, declared here.
 */
#ifndef WIN32_WIN32_H
#define WIN32_WIN32_H

#include "ntdll/teb.h"

void win32_init(void);

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security,
                          DWORD disposition, DWORD flags, HANDLE template_file);
BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD length, DWORD *done, OVERLAPPED *overlapped);
BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD length, DWORD *done,
                      OVERLAPPED *overlapped);
BOOL WINAPI CloseHandle(HANDLE handle);
BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, LARGE_INTEGER *position,
                             DWORD method);
BOOL WINAPI GetFileSizeEx(HANDLE file, LARGE_INTEGER *size);
BOOL WINAPI SetEndOfFile(HANDLE file);
BOOL WINAPI FlushFileBuffers(HANDLE file);
DWORD WINAPI GetFileType(HANDLE file);
BOOL WINAPI DeleteFileW(LPCWSTR name);
BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to);
BOOL WINAPI CreateDirectoryW(LPCWSTR name, SECURITY_ATTRIBUTES *security);
BOOL WINAPI RemoveDirectoryW(LPCWSTR name);
DWORD WINAPI GetFileAttributesW(LPCWSTR name);
HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags);
BOOL WINAPI FreeLibrary(HMODULE handle);
FARPROC WINAPI GetProcAddress(HMODULE handle, LPCSTR name);
DWORD WINAPI GetCurrentThreadId(void);
/* Makes a terminal behind standard input give each key at once and unseen; and lines again. */
void console_keys_begin(void);
void console_keys_end(void);
/* What standard input (a terminal, a pipe or a file) has and nobody has read yet. */
DWORD console_bytes_waiting(void);
BOOL WINAPI GetConsoleMode(HANDLE handle, DWORD *mode);

/* A program that is a service: whether that is a handle of RegisterServiceCtrlHandlerEx, and a
 * control with data for it, by way of its dispatcher; what its handler answers. */
bool service_handle_is_status(HANDLE handle);
DWORD service_event(HANDLE handle, DWORD control, DWORD type, void *data);

/* Windows that hear what is told to all: not message-only ones, whose parent is HWND_MESSAGE, and
 * nobody's children. At most room handles; answers how many there are. */
unsigned windows_top(HWND *out_handles, unsigned room);
bool window_is_top(HWND handle);
/* Called before the first of them is made; set once at the start. */
void windows_top_hook(void (*first)(void));

/* Text between the program's code page (UTF-8) and UTF-16. Short text needs no heap; either
 * way it lies where services can read it. text is NULL when there is no memory. */
struct wide {
    wchar_t *text;
    wchar_t space[264];
};
void wide_of(struct wide *wide, const char *text);
void wide_drop(struct wide *wide);

#endif
