/* SPDX-License-Identifier: MIT */
/* ntdll/win.h - the types and numbers of user mode that the driver kit's headers lack.
 *
 * Layouts and values are Microsoft's documented ones (Windows SDK reference); what drivers
 * and programs share comes from ntifs.h. EXPORT declares before it defines: an exported
 * function is called by programs, hardly ever by us.
 */
#ifndef NTDLL_WIN_H
#define NTDLL_WIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

#define WINAPI NTAPI
#define EXPORT(type, name, params) \
    type WINAPI name params;       \
    type WINAPI name params
#define EXPORT_VARIADIC(type, name, params) \
    type NTAPI_CDECL name params;           \
    type NTAPI_CDECL name params

typedef PVOID HMODULE, HINSTANCE, HLOCAL, HGLOBAL, HWND, HKEY, SC_HANDLE;
typedef HKEY *PHKEY;
typedef LONG LSTATUS;
typedef INT_PTR(NTAPI *FARPROC)(void);
typedef DWORD(WINAPI *LPTHREAD_START_ROUTINE)(LPVOID);

#define INVALID_HANDLE_VALUE     ((HANDLE)(intptr_t)-1)
#define INVALID_FILE_ATTRIBUTES  0xffffffffu
#define INVALID_FILE_SIZE        0xffffffffu
#define INVALID_SET_FILE_POINTER 0xffffffffu
#define INFINITE                 0xffffffffu
#define WAIT_FAILED              0xffffffffu
#define MAX_PATH                 260

typedef struct _FILETIME {
    DWORD dwLowDateTime, dwHighDateTime;
} FILETIME;

typedef struct _SYSTEMTIME {
    WORD wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME;

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES;

typedef struct _OVERLAPPED {
    ULONG_PTR Internal, InternalHigh;
    union {
        struct {
            DWORD Offset, OffsetHigh;
        };
        PVOID Pointer;
    };
    HANDLE hEvent;
} OVERLAPPED;

typedef struct _OVERLAPPED_ENTRY {
    ULONG_PTR lpCompletionKey;
    OVERLAPPED *lpOverlapped;
    ULONG_PTR Internal;
    DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY;

/* The state of a critical section; word and waiters live in LockSemaphore's place. */
typedef struct _RTL_CRITICAL_SECTION {
    PVOID DebugInfo;
    LONG LockCount, RecursionCount;
    HANDLE OwningThread;
    union {
        HANDLE LockSemaphore;
        _Atomic uint32_t word; /* 0 free, 1 held, 2 held and waited for */
    };
    ULONG_PTR SpinCount;
} RTL_CRITICAL_SECTION;

typedef union _RTL_SRWLOCK {
    PVOID Ptr;
    struct {
        _Atomic uint32_t state; /* bit 31 exclusive, else the number of sharers */
#ifdef __LP64__ /* a 32-bit lock has no room for them: its waiters are always woken */
        _Atomic uint32_t waiters;
#endif
    };
} RTL_SRWLOCK;

typedef union _RTL_CONDITION_VARIABLE {
    PVOID Ptr;
    struct {
        _Atomic uint32_t sequence;
#ifdef __LP64__
        _Atomic uint32_t sleepers;
#endif
    };
} RTL_CONDITION_VARIABLE;

/* Win32 errors that are set here without a status to map. */
#define ERROR_SUCCESS                 0u
#define ERROR_INVALID_FUNCTION        1u
#define ERROR_FILE_NOT_FOUND          2u
#define ERROR_PATH_NOT_FOUND          3u
#define ERROR_ACCESS_DENIED           5u
#define ERROR_INVALID_HANDLE          6u
#define ERROR_NOT_ENOUGH_MEMORY       8u
#define ERROR_BAD_FORMAT              11u
#define ERROR_INVALID_DATA            13u
#define ERROR_NO_MORE_FILES           18u
#define ERROR_BAD_LENGTH              24u
#define ERROR_GEN_FAILURE             31u
#define ERROR_HANDLE_EOF              38u
#define ERROR_NOT_SUPPORTED           50u
#define ERROR_FILE_EXISTS             80u
#define ERROR_INVALID_PARAMETER       87u
#define ERROR_CALL_NOT_IMPLEMENTED    120u
#define ERROR_INSUFFICIENT_BUFFER     122u
#define ERROR_INVALID_NAME            123u
#define ERROR_MOD_NOT_FOUND           126u
#define ERROR_PROC_NOT_FOUND          127u
#define ERROR_NEGATIVE_SEEK           131u
#define ERROR_DIR_NOT_EMPTY           145u
#define ERROR_BAD_PATHNAME            161u
#define ERROR_ALREADY_EXISTS          183u
#define ERROR_ENVVAR_NOT_FOUND        203u
#define ERROR_BAD_EXE_FORMAT          193u
#define ERROR_BAD_PIPE                230u
#define ERROR_PIPE_BUSY               231u
#define ERROR_MORE_DATA               234u
#define WAIT_TIMEOUT                  258u
#define ERROR_NO_MORE_ITEMS           259u
#define ERROR_MR_MID_NOT_FOUND        317u
#define ERROR_NOACCESS                998u
#define ERROR_INVALID_FLAGS           1004u
#define ERROR_SERVICE_DOES_NOT_EXIST  1060u
#define ERROR_IO_INCOMPLETE           996u
#define ERROR_IO_PENDING              997u
#define ERROR_NO_UNICODE_TRANSLATION  1113u
#define ERROR_NOT_FOUND               1168u
#define ERROR_CANNOT_IMPERSONATE      1368u
#define ERROR_TIMEOUT                 1460u
#define ERROR_RESOURCE_NAME_NOT_FOUND 1814u
#define ERROR_RESOURCE_TYPE_NOT_FOUND 1813u
#define ERROR_RESOURCE_DATA_NOT_FOUND 1812u
#define ERROR_NOT_ALL_ASSIGNED        1300u
#define ERROR_INVALID_WINDOW_HANDLE   1400u
#define ERROR_CANNOT_FIND_WND_CLASS   1407u
#define ERROR_CLASS_ALREADY_EXISTS    1410u
#define ERROR_CLASS_DOES_NOT_EXIST    1411u
#define ERROR_CLASS_HAS_WINDOWS       1412u
#define ERROR_INVALID_INDEX           1413u
#define ERROR_INVALID_THREAD_ID       1444u
#define ERROR_ALREADY_FIBER           1280u
#define ERROR_ALREADY_THREAD          1281u
#define ERROR_BROKEN_PIPE             109u

#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#ifndef DUPLICATE_SAME_ACCESS
#define DUPLICATE_CLOSE_SOURCE 1u
#define DUPLICATE_SAME_ACCESS  2u
#endif
#ifndef IO_COMPLETION_ALL_ACCESS
#define IO_COMPLETION_ALL_ACCESS 0x1f0003u
#endif

#define DLL_PROCESS_DETACH 0
#define DLL_PROCESS_ATTACH 1
#define DLL_THREAD_ATTACH  2
#define DLL_THREAD_DETACH  3

#endif
