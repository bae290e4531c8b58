/* SPDX-License-Identifier: MIT */
/* command_words_ddi.c - a command line taken apart: CommandLineToArgvW of shell32.
 *
 * Doc: shellapi.h; "Parsing C command-line arguments". The first word is a program's name, in which
 * backslashes are only themselves. The answer is one block, an array with its texts behind it.
 */
#include <string.h>

#include "crt/string.h"
#include "win32_internal.h"

DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR out, DWORD size);
HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size);

static bool is_blank(wchar_t c)
{
    return c == ' ' || c == '\t';
}

static const wchar_t *name_take(const wchar_t *at, wchar_t **to)
{
    bool is_quoted = *at == '"';
    if (is_quoted)
        at++;
    while (*at && (is_quoted ? *at != '"' : !is_blank(*at)))
        *(*to)++ = *at++;
    *(*to)++ = 0;
    return *at ? at + 1 : at;
}

/* Backslashes before a quote stand for half as many; an odd one makes the quote a letter. Two
 * quotes within quotes are one. */
static const wchar_t *word_take(const wchar_t *at, wchar_t **to)
{
    bool is_quoted = false;
    while (*at && (is_quoted || !is_blank(*at))) {
        size_t slashes = 0;
        while (*at == '\\') {
            slashes++;
            at++;
        }
        bool is_at_quote = *at == '"';
        for (size_t i = 0; i < (is_at_quote ? slashes / 2 : slashes); i++)
            *(*to)++ = '\\';
        if (!is_at_quote) {
            if (*at && (is_quoted || !is_blank(*at)))
                *(*to)++ = *at++;
        } else if (slashes % 2) {
            *(*to)++ = *at++;
        } else if (is_quoted && at[1] == '"') {
            *(*to)++ = '"';
            at += 2;
        } else {
            is_quoted = !is_quoted;
            at++;
        }
    }
    *(*to)++ = 0;
    return at;
}

EXPORT(LPWSTR *, CommandLineToArgvW, (LPCWSTR line, int *count))
{
    wchar_t own[MAX_PATH + 1] = {0};
    if (!line || !count)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    bool is_own_name = !*line;
    if (is_own_name)
        GetModuleFileNameW(NULL, own, MAX_PATH);
    size_t length = crt_wcslen(is_own_name ? own : line);
    /* No more words than letters and the end of the array, none longer than all. */
    LPWSTR *words =
        LocalAlloc(0, (length / 2 + 3) * sizeof *words + (length * 2 + 4) * sizeof(wchar_t));
    if (!words)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    wchar_t *to = (wchar_t *)(words + length / 2 + 3);
    int found = 0;
    words[found++] = to;
    if (is_own_name) {
        memcpy(to, own, (length + 1) * sizeof *to);
        line = own + length;
    } else {
        line = name_take(line, &to);
    }
    for (;;) {
        while (is_blank(*line))
            line++;
        if (!*line)
            break;
        words[found++] = to;
        line = word_take(line, &to);
    }
    words[found] = NULL;
    *count = found;
    return words;
}
