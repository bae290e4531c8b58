/* SPDX-License-Identifier: MIT */
/* wow64_ddi.c - the system's folder of 32-bit programs, and whether names are redirected to it.
 *
 * A thread says for itself; front/wow64/redirect.c does it. Doc: wow64apiset.h, winbase.h
 */
#include "crt/string.h"
#include "ntdll/teb.h"
#include "win32_internal.h"

#define MACHINE_I386 0x14c

static const wchar_t folder[] = L"C:\\Windows\\SysWOW64";

EXPORT(UINT, GetSystemWow64DirectoryW, (LPWSTR out, UINT count))
{
    return wide_answer(folder, crt_wcslen(folder), out, count);
}

EXPORT(UINT, GetSystemWow64DirectoryA, (LPSTR out, UINT size))
{
    return narrow_answer(folder, out, size);
}

/* There are 32-bit programs for one other processor only. */
EXPORT(UINT, GetSystemWow64Directory2W, (LPWSTR out, UINT count, WORD machine))
{
    if (machine != MACHINE_I386)
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    return GetSystemWow64DirectoryW(out, count);
}

EXPORT(UINT, GetSystemWow64Directory2A, (LPSTR out, UINT size, WORD machine))
{
    if (machine != MACHINE_I386)
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    return GetSystemWow64DirectoryA(out, size);
}

/* What stood before; of a 64-bit program nothing is ever redirected. */
static BOOL as_named_set(BOOLEAN as_named, BOOLEAN *out_before)
{
    if (BY_WIDTH(true, false))
        return error_fail(ERROR_INVALID_FUNCTION);
    struct teb *teb = teb_current();
    *out_before = teb->files_as_named;
    teb->files_as_named = as_named;
    return TRUE;
}

EXPORT(BOOL, Wow64DisableWow64FsRedirection, (PVOID * old))
{
    BOOLEAN before;
    if (!as_named_set(TRUE, &before))
        return FALSE;
    *old = (PVOID)(ULONG_PTR)before;
    return TRUE;
}

EXPORT(BOOL, Wow64RevertWow64FsRedirection, (PVOID old))
{
    BOOLEAN before;
    return as_named_set(old != NULL, &before);
}

EXPORT(BOOLEAN, Wow64EnableWow64FsRedirection, (BOOLEAN is_enabled))
{
    BOOLEAN before;
    return (BOOLEAN)as_named_set(!is_enabled, &before);
}
