/* SPDX-License-Identifier: MIT */
/* win32_internal.h - shared between the files of this room. */
#ifndef WIN32_INTERNAL_H
#define WIN32_INTERNAL_H

#include "ntdll/error.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "win32/win32.h"

/* A timeout of the services from milliseconds; NULL for INFINITE. */
LARGE_INTEGER *timeout_of_ms(DWORD milliseconds, LARGE_INTEGER *out_timeout);

/* UTF-16 to the program's code page in a caller's buffer, the way most …A functions answer:
 * the length stored, or the size needed (with the terminator) when it does not fit. */
DWORD narrow_answer(const wchar_t *text, char *out, DWORD size);
DWORD wide_answer(const wchar_t *text, size_t length, wchar_t *out, DWORD count);

/* Attributes of an object with an optional Win32 name (Global\x, Local\x or x). */
struct object_name {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    wchar_t text[300];
};
/* False with the last error set: the name is too long. */
bool object_name(struct object_name *object, const wchar_t *name,
                 const SECURITY_ATTRIBUTES *security, ULONG flags);
/* What a Create… answers: the handle, with ERROR_ALREADY_EXISTS when it was there, or NULL. */
HANDLE object_created(NTSTATUS status, HANDLE handle);

/* The body of an …A function with an optional name that answers a handle: call, the …W
 * function, gets wide.text. */
#define WITH_WIDE_HANDLE(name, call)            \
    do {                                        \
        struct wide wide;                       \
        wide_of(&wide, name);                   \
        HANDLE answer = NULL;                   \
        if (name && !wide.text)                 \
            error_set(ERROR_NOT_ENOUGH_MEMORY); \
        else                                    \
            answer = call;                      \
        wide_drop(&wide);                       \
        return answer;                          \
    } while (0)

/* The standard handle's number (0..2) when it is one that is a terminal here; else -1. */
int console_of(HANDLE handle);
/* console_input_ddi.c: whether records of input are there; waits for one, as a wait answers. */
bool console_input_waits(void);
DWORD console_input_wait(DWORD milliseconds, bool alertable);
/* Waits for the first of several handles, of which one is such a terminal. */
DWORD console_input_wait_any(DWORD count, const HANDLE *handles, DWORD terminal, DWORD milliseconds,
                             bool alertable);

FILETIME filetime_of(uint64_t time_100ns);
uint64_t time_of(const FILETIME *filetime);

/* The status of path's NT name opened for attributes or more. */
NTSTATUS file_open(const wchar_t *path, ACCESS_MASK access, ULONG options, HANDLE *out_handle);

void fls_thread_end(struct teb *teb);
/* Calls back for the values of the running fiber and forgets them. */
void fls_values_end(struct teb *teb);

#endif
