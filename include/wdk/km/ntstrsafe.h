/* SPDX-License-Identifier: MIT */
/* ntstrsafe.h - string functions that know the size of their destination.
 *
 * All of it is inline; only the formatting functions leave an import, _vsnprintf or
 * _vsnwprintf. Sizes are counted in characters (Cch) or bytes (Cb) and include the
 * terminator. A result that does not fit is cut, terminated and reported as
 * STATUS_BUFFER_OVERFLOW; the Ex forms choose otherwise by STRSAFE_ flags.
 */
#pragma once
#define _NTSTRSAFE_H_INCLUDED_
#include <ntdef.h>
#include <ntstatus.h>
#include <stdio.h>

typedef NT_VA_LIST NTSTRSAFE_VA_LIST;
#ifdef _WIN32
#define NTSTRSAFE_VA_START(list, last) va_start(list, last)
#define NTSTRSAFE_VA_END(list)         va_end(list)
#else
#define NTSTRSAFE_VA_START(list, last) __builtin_ms_va_start(list, last)
#define NTSTRSAFE_VA_END(list)         __builtin_ms_va_end(list)
#endif

#ifndef NTSTRSAFE_INLINE
#define NTSTRSAFE_INLINE __inline
#endif
#define NTSTRSAFEDDI    static NTSTRSAFE_INLINE NTSTATUS NTAPI_CDECL
#define NTSTRSAFE_SIZED static NTSTRSAFE_INLINE

#ifndef NTSTRSAFE_MAX_CCH
#define NTSTRSAFE_MAX_CCH 2147483647
#endif
#define NTSTRSAFE_MAX_LENGTH             (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))

#define STRSAFE_IGNORE_NULLS           0x00000100
#define STRSAFE_FILL_BEHIND_NULL       0x00000200
#define STRSAFE_FILL_ON_FAILURE        0x00000400
#define STRSAFE_NULL_ON_FAILURE        0x00000800
#define STRSAFE_NO_TRUNCATION          0x00001000
#define STRSAFE_FILL_BEHIND            STRSAFE_FILL_BEHIND_NULL
#define STRSAFE_ZERO_LENGTH_ON_FAILURE STRSAFE_NULL_ON_FAILURE
#define STRSAFE_VALID_FLAGS                                                             \
    (0xff | STRSAFE_IGNORE_NULLS | STRSAFE_FILL_BEHIND_NULL | STRSAFE_FILL_ON_FAILURE | \
     STRSAFE_NULL_ON_FAILURE | STRSAFE_NO_TRUNCATION)
#define STRSAFE_UNICODE_STRING_VALID_FLAGS STRSAFE_VALID_FLAGS
#define STRSAFE_FILL_BYTE(x)               ((ULONG)(((x) & 0xff) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(x)            ((ULONG)(((x) & 0xff) | STRSAFE_FILL_ON_FAILURE))
#define STRSAFE_GET_FILL_PATTERN(flags)    ((int)((flags) & 0xff))

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef wchar_t *NTSTRSAFE_PWSTR;
typedef const wchar_t *NTSTRSAFE_PCWSTR;
typedef const wchar_t UNALIGNED *NTSTRSAFE_PCUWSTR;

#ifdef __cplusplus
extern "C" {
#endif
int NTAPI_CDECL _vsnprintf(char *, size_t, const char *, NTSTRSAFE_VA_LIST);
int NTAPI_CDECL _vsnwprintf(wchar_t *, size_t, const wchar_t *, NTSTRSAFE_VA_LIST);
#ifdef __cplusplus
}
#endif

/* Also with NTSTRSAFE_LIB: inline here, there is nothing to link with. */
#define NTSTRSAFE_CHAR      char
#define NTSTRSAFE_NAME(x)   x##A
#define NTSTRSAFE_VSNPRINTF _vsnprintf
#include "ntstrsafe/either.h"
#undef NTSTRSAFE_CHAR
#undef NTSTRSAFE_NAME
#undef NTSTRSAFE_VSNPRINTF

#define NTSTRSAFE_CHAR      wchar_t
#define NTSTRSAFE_NAME(x)   x##W
#define NTSTRSAFE_VSNPRINTF _vsnwprintf
#include "ntstrsafe/either.h"
#undef NTSTRSAFE_CHAR
#undef NTSTRSAFE_NAME
#undef NTSTRSAFE_VSNPRINTF

#define UnalignedStringCchLengthW RtlUnalignedStringCchLengthW
#define UnalignedStringCbLengthW  RtlUnalignedStringCbLengthW

NTSTRSAFEDDI RtlUnalignedStringCchLengthW(NTSTRSAFE_PCUWSTR string, size_t max_cch, size_t *length)
{
    size_t n = 0;

    if (length)
        *length = 0;
    if (!string || max_cch > NTSTRSAFE_MAX_CCH)
        return STATUS_INVALID_PARAMETER;
    while (n < max_cch && string[n])
        n++;
    if (n == max_cch)
        return STATUS_INVALID_PARAMETER;
    if (length)
        *length = n;
    return STATUS_SUCCESS;
}

NTSTRSAFEDDI RtlUnalignedStringCbLengthW(NTSTRSAFE_PCUWSTR string, size_t max_cb, size_t *length)
{
    NTSTATUS status = RtlUnalignedStringCchLengthW(string, max_cb / sizeof(wchar_t), length);

    if (length)
        *length *= sizeof(wchar_t);
    return status;
}

#ifndef NTSTRSAFE_NO_UNICODE_STRING_FUNCTIONS
#include "ntstrsafe/unicode_string.h"
#endif
