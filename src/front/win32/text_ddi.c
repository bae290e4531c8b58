/* SPDX-License-Identifier: MIT */
/* text_ddi.c - code pages, strings and what is left of locales. Doc: stringapiset.h, winnls.h
 *
 * Every narrow code page is UTF-8, except that 1252 and 28591 take and give Latin-1.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "win32_internal.h"

#define CODE_PAGE_UTF8 65001u
#define ERR_INVALID    0x8u  /* MB_ERR_INVALID_CHARS */
#define WC_ERR_INVALID 0x80u /* WC_ERR_INVALID_CHARS */

static bool is_latin1(UINT page)
{
    return page == 1252 || page == 28591;
}

static int latin1_to_wide(LPCSTR in, int bytes, LPWSTR out, int count)
{
    if (count && bytes > count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    for (int i = 0; count && i < bytes; i++)
        out[i] = (unsigned char)in[i];
    return bytes;
}

EXPORT(int, MultiByteToWideChar,
       (UINT page, DWORD flags, LPCSTR in, int bytes, LPWSTR out, int count))
{
    if (!in || !bytes || count < 0 || (count && !out))
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    size_t size = bytes < 0 ? strlen(in) + 1 : (size_t)bytes;
    if (is_latin1(page))
        return latin1_to_wide(in, (int)size, out, count);
    struct crt_utf made = crt_utf8_to_utf16(in, size, 0, count ? out : NULL, (size_t)count);
    if (made.replaced && flags & ERR_INVALID)
        return error_fail(ERROR_NO_UNICODE_TRANSLATION), 0;
    if (count && made.consumed < size)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    return (int)made.written;
}

static int wide_to_latin1(LPCWSTR in, int count, LPSTR out, int size, LPCSTR standby, BOOL *used)
{
    if (size && count > size)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    if (used)
        *used = FALSE;
    for (int i = 0; i < count; i++) {
        bool fits = in[i] < 0x100;
        if (size)
            out[i] = fits ? (char)in[i] : standby ? *standby : '?';
        if (!fits && used)
            *used = TRUE;
    }
    return count;
}

EXPORT(int, WideCharToMultiByte,
       (UINT page, DWORD flags, LPCWSTR in, int count, LPSTR out, int size, LPCSTR standby,
        BOOL *used))
{
    if (!in || !count || size < 0 || (size && !out))
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    size_t units = count < 0 ? crt_wcslen(in) + 1 : (size_t)count;
    if (is_latin1(page))
        return wide_to_latin1(in, (int)units, out, size, standby, used);
    struct crt_utf made = crt_utf16_to_utf8(in, units, 0, size ? out : NULL, (size_t)size);
    if (used)
        *used = FALSE;
    if (made.replaced && flags & WC_ERR_INVALID)
        return error_fail(ERROR_NO_UNICODE_TRANSLATION), 0;
    if (size && made.consumed < units)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    return (int)made.written;
}

EXPORT(UINT, GetACP, (void))
{
    return CODE_PAGE_UTF8;
}

EXPORT(UINT, GetOEMCP, (void))
{
    return CODE_PAGE_UTF8;
}

EXPORT(BOOL, IsValidCodePage, (UINT page))
{
    return page == CODE_PAGE_UTF8 || is_latin1(page);
}

EXPORT(BOOL, IsDBCSLeadByteEx, (UINT page, BYTE byte))
{
    return FALSE; /* no double-byte code page here */
}

EXPORT(BOOL, IsDBCSLeadByte, (BYTE byte))
{
    return FALSE;
}

struct code_page_info { /* CPINFO */
    UINT most_bytes;
    BYTE standby[2], lead[12];
};

EXPORT(BOOL, GetCPInfo, (UINT page, struct code_page_info *out))
{
    *out = (struct code_page_info){.most_bytes = is_latin1(page) ? 1 : 4, .standby = {'?'}};
    return TRUE;
}

/* ---- lstr… ------------------------------------------------------------------------------------
 */

EXPORT(int, lstrlenA, (LPCSTR text))
{
    return text ? (int)strlen(text) : 0;
}

EXPORT(int, lstrlenW, (LPCWSTR text))
{
    return text ? (int)crt_wcslen(text) : 0;
}

EXPORT(LPSTR, lstrcpyA, (LPSTR to, LPCSTR from))
{
    return strcpy(to, from);
}

EXPORT(LPWSTR, lstrcpyW, (LPWSTR to, LPCWSTR from))
{
    return crt_wcscpy(to, from);
}

EXPORT(LPSTR, lstrcpynA, (LPSTR to, LPCSTR from, int size))
{
    int at = 0;
    for (; at < size - 1 && from[at]; at++)
        to[at] = from[at];
    if (size > 0)
        to[at] = '\0';
    return to;
}

EXPORT(LPWSTR, lstrcpynW, (LPWSTR to, LPCWSTR from, int count))
{
    int at = 0;
    for (; at < count - 1 && from[at]; at++)
        to[at] = from[at];
    if (count > 0)
        to[at] = 0;
    return to;
}

EXPORT(LPSTR, lstrcatA, (LPSTR to, LPCSTR from))
{
    return strcat(to, from);
}

EXPORT(LPWSTR, lstrcatW, (LPWSTR to, LPCWSTR from))
{
    return crt_wcscat(to, from);
}

EXPORT(int, lstrcmpA, (LPCSTR a, LPCSTR b))
{
    return strcmp(a, b);
}

EXPORT(int, lstrcmpW, (LPCWSTR a, LPCWSTR b))
{
    return crt_wcscmp(a, b);
}

EXPORT(int, lstrcmpiA, (LPCSTR a, LPCSTR b))
{
    return crt_stricmp(a, b);
}

EXPORT(int, lstrcmpiW, (LPCWSTR a, LPCWSTR b))
{
    return crt_wcsicmp(a, b);
}

/* ---- locales --------------------------------------------------------------------------------- */

#define ENGLISH 0x409u

#define CSTR_LESS    1
#define CSTR_EQUAL   2
#define CSTR_GREATER 3
#define IGNORE_CASE  0x1u

static int compare_answer(int order)
{
    return order < 0 ? CSTR_LESS : order ? CSTR_GREATER : CSTR_EQUAL;
}

/* Differs: by code units, not by a language's rules. */
EXPORT(int, CompareStringW,
       (LCID locale, DWORD flags, LPCWSTR a, int a_count, LPCWSTR b, int b_count))
{
    size_t x = a_count < 0 ? crt_wcslen(a) : (size_t)a_count;
    size_t y = b_count < 0 ? crt_wcslen(b) : (size_t)b_count, least = x < y ? x : y;
    for (size_t i = 0; i < least; i++) {
        wchar_t p = flags & IGNORE_CASE ? crt_towlower(a[i]) : a[i];
        wchar_t q = flags & IGNORE_CASE ? crt_towlower(b[i]) : b[i];
        if (p != q)
            return compare_answer((int)p - (int)q);
    }
    return compare_answer(x < y ? -1 : x > y);
}

EXPORT(int, CompareStringOrdinal,
       (LPCWSTR a, int a_count, LPCWSTR b, int b_count, BOOL ignore_case))
{
    return CompareStringW(0, ignore_case ? IGNORE_CASE : 0, a, a_count, b, b_count);
}

EXPORT(LCID, GetUserDefaultLCID, (void))
{
    return ENGLISH;
}

EXPORT(LANGID, GetUserDefaultLangID, (void))
{
    return ENGLISH;
}

EXPORT(BOOL, IsValidLocale, (LCID locale, DWORD flags))
{
    return locale == ENGLISH;
}

#define LCMAP_LOWER 0x100u
#define LCMAP_UPPER 0x200u

EXPORT(int, LCMapStringW,
       (LCID locale, DWORD flags, LPCWSTR in, int count, LPWSTR out, int out_count))
{
    int length = count < 0 ? (int)crt_wcslen(in) + 1 : count;
    if (!out_count)
        return length;
    if (length > out_count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    for (int i = 0; i < length; i++)
        out[i] = flags & LCMAP_UPPER   ? crt_towupper(in[i])
                 : flags & LCMAP_LOWER ? crt_towlower(in[i])
                                       : in[i];
    return length;
}

EXPORT(int, LCMapStringEx,
       (LPCWSTR locale, DWORD flags, LPCWSTR in, int count, LPWSTR out, int out_count,
        LPVOID version, LPVOID reserved, LONG_PTR handle))
{
    return LCMapStringW(0, flags, in, count, out, out_count);
}

EXPORT(BOOL, GetStringTypeW, (DWORD type, LPCWSTR in, int count, WORD *out))
{
    int length = count < 0 ? (int)crt_wcslen(in) + 1 : count;
    if (type != 1) /* CT_CTYPE1 */
        return error_fail(ERROR_INVALID_FLAGS);
    for (int i = 0; i < length; i++)
        out[i] = in[i] < 0x80 ? (WORD)crt_class(in[i]) : 0x100 /* C1_ALPHA */;
    return TRUE;
}

EXPORT(LPWSTR, CharUpperW, (LPWSTR text))
{
    if ((ULONG_PTR)text < 0x10000)
        return (LPWSTR)(ULONG_PTR)crt_towupper((wchar_t)(ULONG_PTR)text);
    return crt_wcsupr(text);
}

EXPORT(LPWSTR, CharLowerW, (LPWSTR text))
{
    if ((ULONG_PTR)text < 0x10000)
        return (LPWSTR)(ULONG_PTR)crt_towlower((wchar_t)(ULONG_PTR)text);
    return crt_wcslwr(text);
}
