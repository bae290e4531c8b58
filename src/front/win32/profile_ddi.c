/* SPDX-License-Identifier: MIT */
/* profile_ddi.c - GetPrivateProfileString and its family. Doc: winbase.h
 *
 * A file without a path lies in the Windows folder; WIN.INI is the one that is meant when none is
 * named. Nothing is kept between calls. Differs: no file is mapped to the registry.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "profile.h"
#include "win32_internal.h"

#define ALWAYS         4u /* OPEN_ALWAYS */
#define EXISTING       3u
#define PATH_MAX_COUNT 1024u

/* ---- the file ----------------------------------------------------------------------------- */

static bool has_path(const wchar_t *name)
{
    return crt_wcschr(name, '\\') || crt_wcschr(name, '/') || crt_wcschr(name, ':');
}

static HANDLE profile_open(const wchar_t *name, DWORD access, DWORD share, DWORD disposition)
{
    static const wchar_t folder[] = L"C:\\Windows\\";
    wchar_t path[PATH_MAX_COUNT];
    name = name ? name : L"win.ini";
    size_t skip = has_path(name) ? 0 : crt_wcslen(folder), length = crt_wcslen(name);
    if (skip + length >= PATH_MAX_COUNT)
        return error_fail(ERROR_INVALID_NAME), INVALID_HANDLE_VALUE;
    memcpy(path, folder, skip * sizeof *path);
    memcpy(path + skip, name, (length + 1) * sizeof *path);
    return CreateFileW(path, access, share, NULL, disposition, 0, NULL);
}

/* A file that is not there is an empty profile. */
static void profile_load(const wchar_t *name, struct profile *out_profile)
{
    HANDLE file = profile_open(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, EXISTING);
    *out_profile = (struct profile){0};
    if (file == INVALID_HANDLE_VALUE)
        return;
    profile_read(file, out_profile);
    CloseHandle(file);
}

/* ---- answers ------------------------------------------------------------------------------ */

/* A text, or a list of texts each with its terminator. */
struct answer {
    wchar_t *text; /* heap_take */
    size_t length, room;
    bool is_list, is_short_of_memory;
};

static void answer_add(struct answer *answer, struct profile_piece piece, bool is_terminated)
{
    size_t needed = answer->length + piece.length + is_terminated;
    if (needed > answer->room) {
        size_t room = needed * 2;
        wchar_t *text = heap_take(room * sizeof *text);
        if (!text) {
            answer->is_short_of_memory = true;
            return;
        }
        if (answer->length)
            memcpy(text, answer->text, answer->length * sizeof *text);
        heap_give(answer->text);
        answer->text = text;
        answer->room = room;
    }
    if (piece.length)
        memcpy(answer->text + answer->length, piece.text, piece.length * sizeof *answer->text);
    if (is_terminated)
        answer->text[needed - 1] = 0;
    answer->length = needed;
}

static void list_add(void *context, struct profile_piece piece)
{
    answer_add(context, piece, true);
}

static struct profile_piece unquoted(struct profile_piece value)
{
    bool is_quoted = value.length >= 2 && (value.text[0] == '"' || value.text[0] == '\'') &&
                     value.text[value.length - 1] == value.text[0];
    return is_quoted ? (struct profile_piece){value.text + 1, value.length - 2} : value;
}

static void value_answer(const struct profile *profile, const wchar_t *section, const wchar_t *key,
                         const wchar_t *otherwise, struct answer *answer)
{
    struct profile_piece value;
    if (profile_find(profile, section, key, &value)) {
        answer_add(answer, unquoted(value), false);
        return;
    }
    error_set(ERROR_FILE_NOT_FOUND);
    value = (struct profile_piece){otherwise, otherwise ? crt_wcslen(otherwise) : 0};
    while (value.length && otherwise[value.length - 1] == ' ')
        value.length--;
    answer_add(answer, value, false);
}

static void list_answer(const struct profile *profile, enum profile_list what,
                        const wchar_t *section, struct answer *answer)
{
    answer->is_list = true;
    if (!profile_each(profile, what, section, list_add, answer))
        error_set(ERROR_FILE_NOT_FOUND);
}

/* What GetPrivateProfileString asks for: a value, or a list of names. */
static void string_answer(const wchar_t *section, const wchar_t *key, const wchar_t *otherwise,
                          const wchar_t *file, struct answer *answer)
{
    struct profile profile;
    profile_load(file, &profile);
    if (section && key)
        value_answer(&profile, section, key, otherwise, answer);
    else
        list_answer(&profile, section ? PROFILE_KEYS : PROFILE_SECTIONS, section, answer);
    profile_drop(&profile);
}

/* Units of unit bytes into the caller's room; a list ends with one terminator more. What does not
 * fit is cut. Answers how many, without the last terminators. */
static DWORD units_give(const void *text, size_t unit, size_t length, bool is_list, void *out,
                        DWORD count)
{
    size_t ends = is_list ? 2 : 1;
    if (!out || count < ends) {
        if (out && count)
            memset(out, 0, count * unit);
        return 0;
    }
    bool is_whole = length + 1 <= count && (length || !is_list);
    size_t given = is_whole ? length : length < count - ends ? length : count - ends;
    if (given)
        memcpy(out, text, given * unit);
    memset((char *)out + given * unit, 0, (is_whole ? 1 : ends) * unit);
    return (DWORD)given;
}

static DWORD answer_wide(struct answer *answer, wchar_t *out, DWORD count)
{
    DWORD given =
        units_give(answer->text, sizeof *out, answer->length, answer->is_list, out, count);
    if (answer->is_short_of_memory)
        error_set(ERROR_NOT_ENOUGH_MEMORY);
    heap_give(answer->text);
    return given;
}

static DWORD answer_narrow(struct answer *answer, char *out, DWORD count)
{
    size_t size = crt_utf16_to_utf8(answer->text, answer->length, 0, NULL, 0).written;
    char *text = heap_take(size + 1);
    if (text)
        crt_utf16_to_utf8(answer->text, answer->length, 0, text, size);
    if (!text || answer->is_short_of_memory)
        error_set(ERROR_NOT_ENOUGH_MEMORY);
    DWORD given = units_give(text, 1, text ? size : 0, answer->is_list, out, count);
    heap_give(text);
    heap_give(answer->text);
    return given;
}

/* ---- reading ------------------------------------------------------------------------------ */

EXPORT(DWORD, GetPrivateProfileStringW,
       (LPCWSTR section, LPCWSTR key, LPCWSTR otherwise, LPWSTR out, DWORD count, LPCWSTR file))
{
    struct answer answer = {0};
    string_answer(section, key, otherwise, file, &answer);
    return answer_wide(&answer, out, count);
}

EXPORT(DWORD, GetPrivateProfileStringA,
       (LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR out, DWORD size, LPCSTR file))
{
    struct answer answer = {0};
    struct wide wide[4];
    const char *const texts[] = {section, key, otherwise, file};
    for (unsigned i = 0; i < 4; i++)
        wide_of(&wide[i], texts[i]);
    string_answer(wide[0].text, wide[1].text, wide[2].text, wide[3].text, &answer);
    for (unsigned i = 0; i < 4; i++)
        wide_drop(&wide[i]);
    return answer_narrow(&answer, out, size);
}

static void section_answer(const wchar_t *section, const wchar_t *file, struct answer *answer)
{
    struct profile profile;
    profile_load(file, &profile);
    list_answer(&profile, section ? PROFILE_LINES : PROFILE_SECTIONS, section, answer);
    profile_drop(&profile);
}

EXPORT(DWORD, GetPrivateProfileSectionW, (LPCWSTR section, LPWSTR out, DWORD count, LPCWSTR file))
{
    struct answer answer = {0};
    section_answer(section ? section : L"", file, &answer);
    return answer_wide(&answer, out, count);
}

EXPORT(DWORD, GetPrivateProfileSectionA, (LPCSTR section, LPSTR out, DWORD size, LPCSTR file))
{
    struct answer answer = {0};
    struct wide wide_section, wide_file;
    wide_of(&wide_section, section ? section : "");
    wide_of(&wide_file, file);
    section_answer(wide_section.text, wide_file.text, &answer);
    wide_drop(&wide_file);
    wide_drop(&wide_section);
    return answer_narrow(&answer, out, size);
}

EXPORT(DWORD, GetPrivateProfileSectionNamesW, (LPWSTR out, DWORD count, LPCWSTR file))
{
    return GetPrivateProfileStringW(NULL, NULL, NULL, out, count, file);
}

EXPORT(DWORD, GetPrivateProfileSectionNamesA, (LPSTR out, DWORD size, LPCSTR file))
{
    return GetPrivateProfileStringA(NULL, NULL, NULL, out, size, file);
}

/* Digits behind a sign; 0 when there are none. */
static UINT number_of(const wchar_t *text)
{
    UINT value = 0;
    bool is_negative = *text == '-';
    text += *text == '-' || *text == '+';
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (UINT)(*text - '0');
    return is_negative ? 0 - value : value;
}

EXPORT(UINT, GetPrivateProfileIntW, (LPCWSTR section, LPCWSTR key, INT otherwise, LPCWSTR file))
{
    wchar_t text[24];
    struct profile profile;
    struct profile_piece value;
    UINT answer = (UINT)otherwise;
    profile_load(file, &profile);
    if (section && key && profile_find(&profile, section, key, &value)) {
        value = unquoted(value);
        units_give(value.text, sizeof *text, value.length, false, text, 24);
        answer = number_of(text);
    }
    profile_drop(&profile);
    return answer;
}

EXPORT(UINT, GetPrivateProfileIntA, (LPCSTR section, LPCSTR key, INT otherwise, LPCSTR file))
{
    struct wide wide_section, wide_key, wide_file;
    wide_of(&wide_section, section);
    wide_of(&wide_key, key);
    wide_of(&wide_file, file);
    UINT answer =
        GetPrivateProfileIntW(wide_section.text, wide_key.text, otherwise, wide_file.text);
    wide_drop(&wide_file);
    wide_drop(&wide_key);
    wide_drop(&wide_section);
    return answer;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* key and value, or the lines of a whole section. */
static BOOL profile_change(const wchar_t *section, const wchar_t *key, const wchar_t *value,
                           const wchar_t *lines, const wchar_t *name)
{
    struct profile profile = {0};
    HANDLE file = profile_open(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, ALWAYS);
    if (file == INVALID_HANDLE_VALUE)
        return FALSE;
    bool is_done = profile_read(file, &profile);
    if (is_done) {
        is_done = lines ? profile_section_set(&profile, section, lines)
                        : profile_set(&profile, section, key, value);
        is_done = is_done ? profile_write(file, &profile) : error_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    profile_drop(&profile);
    CloseHandle(file);
    return is_done;
}

EXPORT(BOOL, WritePrivateProfileStringW,
       (LPCWSTR section, LPCWSTR key, LPCWSTR value, LPCWSTR file))
{
    if (!section) /* nothing is kept that would have to be written */
        return FALSE;
    return profile_change(section, key, value, NULL, file);
}

EXPORT(BOOL, WritePrivateProfileStringA, (LPCSTR section, LPCSTR key, LPCSTR value, LPCSTR file))
{
    struct wide wide[4];
    const char *const texts[] = {section, key, value, file};
    for (unsigned i = 0; i < 4; i++)
        wide_of(&wide[i], texts[i]);
    BOOL is_done =
        WritePrivateProfileStringW(wide[0].text, wide[1].text, wide[2].text, wide[3].text);
    for (unsigned i = 0; i < 4; i++)
        wide_drop(&wide[i]);
    return is_done;
}

EXPORT(BOOL, WritePrivateProfileSectionW, (LPCWSTR section, LPCWSTR lines, LPCWSTR file))
{
    if (!section)
        return FALSE;
    return profile_change(section, NULL, NULL, lines, file);
}

EXPORT(BOOL, WritePrivateProfileSectionA, (LPCSTR section, LPCSTR lines, LPCSTR file))
{
    struct answer list = {0};
    struct wide wide, wide_section, wide_file;
    for (const char *line = lines; line && *line; line += strlen(line) + 1) {
        wide_of(&wide, line);
        if (wide.text)
            answer_add(&list, (struct profile_piece){wide.text, crt_wcslen(wide.text)}, true);
        wide_drop(&wide);
    }
    answer_add(&list, (struct profile_piece){L"", 0}, true);
    wide_of(&wide_section, section);
    wide_of(&wide_file, file);
    BOOL is_done =
        !list.is_short_of_memory &&
        WritePrivateProfileSectionW(wide_section.text, lines ? list.text : NULL, wide_file.text);
    wide_drop(&wide_file);
    wide_drop(&wide_section);
    heap_give(list.text);
    return is_done;
}

/* ---- WIN.INI ------------------------------------------------------------------------------ */

EXPORT(DWORD, GetProfileStringW,
       (LPCWSTR section, LPCWSTR key, LPCWSTR otherwise, LPWSTR out, DWORD count))
{
    return GetPrivateProfileStringW(section, key, otherwise, out, count, NULL);
}

EXPORT(DWORD, GetProfileStringA,
       (LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR out, DWORD size))
{
    return GetPrivateProfileStringA(section, key, otherwise, out, size, NULL);
}

EXPORT(UINT, GetProfileIntW, (LPCWSTR section, LPCWSTR key, INT otherwise))
{
    return GetPrivateProfileIntW(section, key, otherwise, NULL);
}

EXPORT(UINT, GetProfileIntA, (LPCSTR section, LPCSTR key, INT otherwise))
{
    return GetPrivateProfileIntA(section, key, otherwise, NULL);
}

EXPORT(BOOL, WriteProfileStringW, (LPCWSTR section, LPCWSTR key, LPCWSTR value))
{
    return WritePrivateProfileStringW(section, key, value, NULL);
}

EXPORT(BOOL, WriteProfileStringA, (LPCSTR section, LPCSTR key, LPCSTR value))
{
    return WritePrivateProfileStringA(section, key, value, NULL);
}
