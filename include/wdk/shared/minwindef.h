/* SPDX-License-Identifier: MIT */
/* minwindef.h - the names of programs' headers that drivers use too; the basic types are
 * ntdef.h's.
 */
#ifndef _MINWINDEF_
#define _MINWINDEF_

#include <ntdef.h>
#include <winapifamily.h>

#ifndef WINAPI
#define WINAPI NTAPI
#endif
#ifndef CALLBACK
#define CALLBACK NTAPI
#endif
#ifndef APIENTRY
#define APIENTRY WINAPI
#endif
#ifndef CDECL
#define CDECL
#endif
#ifndef MAX_PATH
#define MAX_PATH 260
#endif
#ifndef CONST
#define CONST const
#endif
#ifndef FAR
#define FAR
#define NEAR
#endif

typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef WORD ATOM;
typedef int HFILE;
typedef int(WINAPI *FARPROC)(void);
typedef int(WINAPI *NEARPROC)(void);
typedef int(WINAPI *PROC)(void);

DECLARE_HANDLE(HKEY);
typedef HKEY *PHKEY;
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;
DECLARE_HANDLE(HMETAFILE);
DECLARE_HANDLE(HKL);
DECLARE_HANDLE(HLOCAL);
DECLARE_HANDLE(HGLOBAL);
DECLARE_HANDLE(HRGN);
DECLARE_HANDLE(HRSRC);
DECLARE_HANDLE(HSTR);
DECLARE_HANDLE(HTASK);
DECLARE_HANDLE(HWINSTA);

#if !defined(NOMINMAX) && !defined(__cplusplus)
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#endif
