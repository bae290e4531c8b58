/* SPDX-License-Identifier: MIT */
/* environment_ddi.c - command line, environment and start-up information.
 *
 * Doc: processenv.h. The block of the process parameters is changed in place of a copy under
 * a lock; pointers into an older block stay good for the program's life.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/sync.h"
#include "win32_internal.h"

static RTL_SRWLOCK environment_lock; /* guards: Environment of the process parameters */

/* ---- the command line --------------------------------------------------------------------------
 */

EXPORT(LPWSTR, GetCommandLineW, (void))
{
    return peb_current()->ProcessParameters->CommandLine.Buffer;
}

EXPORT(LPSTR, GetCommandLineA, (void))
{
    static _Atomic(char *) line;
    char *made = atomic_load(&line);
    if (!made) {
        const UNICODE_STRING *wide = &peb_current()->ProcessParameters->CommandLine;
        size_t count = wide->Length / sizeof(wchar_t);
        size_t size = crt_utf16_to_utf8(wide->Buffer, count, 0, NULL, 0).written + 1;
        made = heap_take(size);
        if (!made)
            return NULL;
        crt_utf8_from_string(wide->Buffer, made, size);
        char *expected = NULL;
        if (!atomic_compare_exchange_strong(&line, &expected, made)) {
            heap_give(made);
            made = expected;
        }
    }
    return made;
}

/* ---- variables
 * ------------------------------------------------------------------------------------ */

static size_t block_count(const wchar_t *block)
{
    size_t count = 0;
    while (block[count])
        count += crt_wcslen(block + count) + 1;
    return count + 1;
}

/* The variable's entry in block, or its end. The name may begin with '='. */
static wchar_t *variable_find(wchar_t *block, const wchar_t *name)
{
    size_t length = crt_wcslen(name);
    while (*block && (crt_wcsnicmp(block, name, length) || block[length] != '='))
        block += crt_wcslen(block) + 1;
    return block;
}

EXPORT(DWORD, GetEnvironmentVariableW, (LPCWSTR name, LPWSTR out, DWORD count))
{
    srw_take_shared(&environment_lock);
    const wchar_t *entry = variable_find(peb_current()->ProcessParameters->Environment, name);
    DWORD answer = 0;
    if (*entry) {
        entry += crt_wcslen(name) + 1;
        answer = wide_answer(entry, crt_wcslen(entry), out, count);
    }
    srw_give_shared(&environment_lock);
    error_set(*entry || answer ? ERROR_SUCCESS : ERROR_ENVVAR_NOT_FOUND);
    return answer;
}

EXPORT(DWORD, GetEnvironmentVariableA, (LPCSTR name, LPSTR out, DWORD size))
{
    struct wide wide;
    wide_of(&wide, name);
    DWORD count = GetEnvironmentVariableW(wide.text, NULL, 0), answer = 0;
    wchar_t *value = count ? heap_take(count * sizeof *value) : NULL;
    if (value) {
        GetEnvironmentVariableW(wide.text, value, count);
        answer = narrow_answer(value, out, size);
    }
    heap_give(value);
    wide_drop(&wide);
    return answer;
}

EXPORT(BOOL, SetEnvironmentVariableW, (LPCWSTR name, LPCWSTR value))
{
    if (!name || !*name || crt_wcschr(name + 1, '='))
        return error_fail(ERROR_INVALID_PARAMETER);
    struct process_parameters *parameters = peb_current()->ProcessParameters;
    size_t added = value ? crt_wcslen(name) + crt_wcslen(value) + 2 : 0;
    srw_take_exclusive(&environment_lock);
    wchar_t *old = parameters->Environment, *entry = variable_find(old, name);
    size_t count = block_count(old), before = (size_t)(entry - old);
    size_t removed = *entry ? crt_wcslen(entry) + 1 : 0;
    wchar_t *block = heap_take((count - removed + added) * sizeof *block);
    if (block) {
        memcpy(block, old, before * sizeof *block);
        wchar_t *at = block + before;
        if (value) {
            crt_wcscpy(at, name);
            crt_wcscat(at, L"=");
            crt_wcscat(at, value);
            at += added;
        }
        memcpy(at, entry + removed, (count - before - removed) * sizeof *at);
        parameters->Environment = block;
    }
    srw_give_exclusive(&environment_lock);
    return block ? TRUE : error_fail(ERROR_NOT_ENOUGH_MEMORY);
}

EXPORT(BOOL, SetEnvironmentVariableA, (LPCSTR name, LPCSTR value))
{
    struct wide wide_name, wide_value;
    wide_of(&wide_name, name);
    wide_of(&wide_value, value);
    BOOL answer = SetEnvironmentVariableW(wide_name.text, wide_value.text);
    wide_drop(&wide_value);
    wide_drop(&wide_name);
    return answer;
}

EXPORT(LPWSTR, GetEnvironmentStringsW, (void))
{
    srw_take_shared(&environment_lock);
    const wchar_t *block = peb_current()->ProcessParameters->Environment;
    size_t bytes = block_count(block) * sizeof *block;
    wchar_t *copy = heap_take(bytes);
    if (copy)
        memcpy(copy, block, bytes);
    srw_give_shared(&environment_lock);
    return copy;
}

EXPORT(LPSTR, front_GetEnvironmentStrings, (void))
{
    wchar_t *wide = GetEnvironmentStringsW();
    size_t count = wide ? block_count(wide) : 0;
    char *copy = wide ? heap_take(count * 3) : NULL;
    if (copy)
        crt_utf16_to_utf8(wide, count, 0, copy, count * 3);
    heap_give(wide);
    return copy;
}

EXPORT(BOOL, front_FreeEnvironmentStrings, (void *block))
{
    heap_give(block);
    return TRUE;
}

EXPORT(DWORD, ExpandEnvironmentStringsW, (LPCWSTR text, LPWSTR out, DWORD count))
{
    DWORD at = 0;
    while (*text) {
        const wchar_t *end = *text == '%' ? crt_wcschr(text + 1, '%') : NULL;
        wchar_t name[260], value[1024];
        size_t length = end ? (size_t)(end - text - 1) : 0;
        if (length && length < 260) {
            memcpy(name, text + 1, length * sizeof *name);
            name[length] = 0;
            DWORD got = GetEnvironmentVariableW(name, value, 1024);
            if (got && got < 1024) {
                for (DWORD i = 0; i < got; i++, at++) {
                    if (at < count)
                        out[at] = value[i];
                }
                text = end + 1;
                continue;
            }
        }
        if (at < count)
            out[at] = *text;
        at++;
        text++;
    }
    if (at < count)
        out[at] = 0;
    return at + 1;
}

EXPORT(DWORD, ExpandEnvironmentStringsA, (LPCSTR text, LPSTR out, DWORD size))
{
    struct wide wide;
    wchar_t expanded[2048];
    wide_of(&wide, text);
    DWORD count = wide.text ? ExpandEnvironmentStringsW(wide.text, expanded, 2048) : 0;
    wide_drop(&wide);
    if (!count || count > 2048)
        return 0;
    count = narrow_answer(expanded, out, size);
    return count < size ? count + 1 : count;
}

/* ---- start-up information
 * ---------------------------------------------------------------------------- */

struct startup { /* STARTUPINFOA and W alike */
    DWORD size;
    void *reserved, *desktop, *title;
    DWORD x, y, width, height, chars_x, chars_y, fill, flags;
    WORD show, reserved2_size;
    BYTE *reserved2;
    HANDLE input, output, error;
};

#define STARTF_USESTDHANDLES 0x100u

EXPORT(void, GetStartupInfoW, (struct startup * out))
{
    const struct process_parameters *parameters = peb_current()->ProcessParameters;
    *out = (struct startup){.size = sizeof *out,
                            .desktop = parameters->DesktopInfo.Buffer,
                            .title = parameters->WindowTitle.Buffer,
                            .flags = STARTF_USESTDHANDLES,
                            .input = parameters->StandardInput,
                            .output = parameters->StandardOutput,
                            .error = parameters->StandardError};
}

EXPORT(void, GetStartupInfoA, (struct startup * out))
{
    static char desktop[] = "WinSta0\\Default";
    GetStartupInfoW(out);
    out->desktop = desktop;
    out->title = GetCommandLineA();
}
