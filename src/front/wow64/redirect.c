/* SPDX-License-Identifier: MIT */
/* redirect.c - the system's files as 32-bit programs have them.
 *
 * Below the Windows folder System32 means SysWOW64, but for folders that both widths share;
 * Sysnative means System32. A thread may turn that off for itself. Names come in as NT names
 * and are changed before the kernel sees them; names below an open folder are where it is.
 * Doc: "File System Redirector" (Microsoft Learn).
 */
#include <string.h>

#include "crt/string.h"
#include "ntdll/heap.h"
#include "ntdll/teb.h"
#include "wow64/widen.h"
#include "wow64_internal.h"

#define PREFIX(text) {text, sizeof(text) / sizeof(wchar_t) - 1}
static const struct {
    const wchar_t *text;
    size_t count;
} windows[] = {PREFIX(L"\\??\\C:\\Windows\\"), PREFIX(L"\\DosDevices\\C:\\Windows\\"),
               PREFIX(L"\\GLOBAL??\\C:\\Windows\\"), PREFIX(L"\\SystemRoot\\")};
#define PREFIX_MAX 24u /* characters of the longest */
#define PREFIX_MIN 12u /* of the shortest */

/* Whole components below the Windows folder; the first rule that fits counts. */
static const struct rule {
    const wchar_t *from, *to; /* NULL: it stays */
} rules[] = {
    {L"Sysnative", L"System32"},
    {L"System32\\catroot", NULL},
    {L"System32\\catroot2", NULL},
    {L"System32\\driverstore", NULL},
    {L"System32\\drivers\\etc", NULL},
    {L"System32\\logfiles", NULL},
    {L"System32\\spool", NULL},
    {L"System32", L"SysWOW64"},
    {L"lastgood\\System32", L"lastgood\\SysWOW64"},
    {L"regedit.exe", L"SysWOW64\\regedit.exe"},
};

static inline wchar_t lower(wchar_t c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Does text begin with front, whatever the case? All fronts are ASCII. */
static bool begins_with(const wchar_t *text, size_t count, const wchar_t *front, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (i == count || lower(text[i]) != lower(front[i]))
            return false;
    }
    return true;
}

/* Characters of the Windows folder's name, in any of its forms, in front of text; 0: none. */
static size_t windows_front(const wchar_t *text, size_t count)
{
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        if (begins_with(text, count, windows[i].text, windows[i].count))
            return windows[i].count;
    }
    return 0;
}

/* May a name of at least PREFIX_MIN characters that begins so be one below the Windows folder? */
static inline bool may_be_windows(const wchar_t *first)
{
    if (first[0] != '\\')
        return false;
    if (first[1] == '?')
        return lower(first[4]) == 'c' && lower(first[7]) == 'w';
    return first[1] != 'D' || lower(first[2]) != 'e'; /* \Device\... */
}

static const struct rule *rule_find(const wchar_t *text, size_t count, size_t *out_length)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t length = crt_wcslen(rules[i].from);
        if (begins_with(text, count, rules[i].from, length) &&
            (length == count || text[length] == '\\')) {
            *out_length = length;
            return &rules[i];
        }
    }
    return NULL;
}

wchar_t *wow64_name_redirect(const wchar_t *name, size_t count, size_t *out_count)
{
    size_t front = windows_front(name, count), length = 0;
    if (teb_current()->files_as_named)
        return NULL;
    const struct rule *rule = front ? rule_find(name + front, count - front, &length) : NULL;
    if (!rule || !rule->to)
        return NULL;
    size_t rest = count - front - length, instead = crt_wcslen(rule->to);
    *out_count = front + instead + rest;
    wchar_t *moved = heap_take(*out_count * sizeof *moved);
    if (!moved)
        return NULL;
    memcpy(moved, name, front * sizeof *moved);
    memcpy(moved + front, rule->to, instead * sizeof *moved);
    memcpy(moved + front + instead, name + front + length, rest * sizeof *moved);
    return moved;
}

/* The characters of a wide string, copied: they are looked at once. NULL: they stay. */
static wchar_t *string_redirect(struct wow64_string *string)
{
    size_t count = string->length / sizeof(wchar_t), moved_count = 0;
    size_t first = count < PREFIX_MAX ? count : PREFIX_MAX;
    wchar_t prefix[PREFIX_MAX];
    if (count < PREFIX_MIN || !wow64_is_programs((uint32_t)string->buffer) ||
        !wow64_copy16(prefix, POINTER32(const void, string->buffer)) || !may_be_windows(prefix))
        return NULL;
    if (!wow64_copy(prefix, POINTER32(const void, string->buffer),
                    (uint32_t)(first * sizeof *prefix)) ||
        !windows_front(prefix, first))
        return NULL;
    wchar_t *name = heap_take(string->length + sizeof *name), *moved = NULL;
    if (name &&
        wow64_copy(name, POINTER32(const void, string->buffer), (uint32_t)(count * sizeof *name)))
        moved = wow64_name_redirect(name, count, &moved_count);
    heap_give(name);
    if (moved_count * sizeof(wchar_t) > UINT16_MAX) {
        heap_give(moved);
        moved = NULL;
    }
    if (moved)
        *string = (struct wow64_string){.length = (uint16_t)(moved_count * sizeof(wchar_t)),
                                        .maximum = (uint16_t)(moved_count * sizeof(wchar_t)),
                                        .buffer = (uintptr_t)moved};
    return moved;
}

uint64_t wow64_file_string(uint32_t pointer, struct wow64_file_string *wide)
{
    uint64_t at = wow64_string(pointer, &wide->string);
    wide->moved = at == (uintptr_t)&wide->string ? string_redirect(&wide->string) : NULL;
    return at;
}

bool wow64_file_string_end(uint32_t pointer, struct wow64_file_string *wide)
{
    (void)pointer;
    if (wide->moved)
        heap_give(wide->moved);
    return true;
}

uint64_t wow64_file_attributes(uint32_t pointer, struct wow64_file_attributes *wide)
{
    uint64_t at = wow64_attributes(pointer, &wide->attributes);
    struct wow64_attributes *attributes = &wide->attributes;
    bool has_name = at == (uintptr_t)attributes && !attributes->root &&
                    attributes->name == (uintptr_t)&attributes->text;
    wide->moved = has_name ? string_redirect(&attributes->text) : NULL;
    return at;
}

bool wow64_file_attributes_end(uint32_t pointer, struct wow64_file_attributes *wide)
{
    (void)pointer;
    if (wide->moved)
        heap_give(wide->moved);
    return true;
}
