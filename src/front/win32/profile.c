/* SPDX-License-Identifier: MIT */
/* profile.c - sections and keys found in a text, and changed in it. */
#include "profile.h"

#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "win32_internal.h"

#define FILE_BYTES_MAX 0x1000000u
#define MARK           0xfeff

/* ---- lines -------------------------------------------------------------------------------- */

struct line {
    size_t from, to; /* to: behind its line break */
    struct profile_piece text;
};

static bool is_blank(wchar_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct profile_piece trimmed(const wchar_t *text, size_t length)
{
    while (length && is_blank(*text))
        text++, length--;
    while (length && is_blank(text[length - 1]))
        length--;
    return (struct profile_piece){text, length};
}

static bool line_at(const struct profile *profile, size_t at, struct line *out_line)
{
    if (at >= profile->length)
        return false;
    size_t end = at;
    while (end < profile->length && profile->text[end] != '\n')
        end++;
    out_line->from = at;
    out_line->to = end + (end < profile->length);
    out_line->text = trimmed(profile->text + at, end - at);
    return true;
}

static bool piece_is(struct profile_piece piece, const wchar_t *name)
{
    struct profile_piece wanted = trimmed(name, crt_wcslen(name));
    return piece.length == wanted.length && !crt_wcsnicmp(piece.text, wanted.text, wanted.length);
}

/* "[name]" */
static bool is_header(struct profile_piece line, struct profile_piece *out_name)
{
    if (!line.length || line.text[0] != '[')
        return false;
    size_t end = 1;
    while (end < line.length && line.text[end] != ']')
        end++;
    *out_name = trimmed(line.text + 1, end - 1);
    return true;
}

static struct profile_piece key_of(struct profile_piece line, struct profile_piece *out_value)
{
    size_t at = 0;
    while (at < line.length && line.text[at] != '=')
        at++;
    bool has_value = at < line.length;
    *out_value = has_value ? trimmed(line.text + at + 1, line.length - at - 1)
                           : (struct profile_piece){line.text + line.length, 0};
    return trimmed(line.text, at);
}

static bool is_comment(struct profile_piece line)
{
    return line.length && line.text[0] == ';';
}

/* Where a section begins, where its lines do, and where the next one begins. */
struct span {
    size_t header, body, end;
};

static bool section_find(const struct profile *profile, const wchar_t *name, struct span *out_span)
{
    struct profile_piece header;
    struct line line;
    bool is_found = false;
    for (size_t at = 0; line_at(profile, at, &line); at = line.to) {
        if (!is_header(line.text, &header))
            continue;
        if (is_found) {
            out_span->end = line.from;
            return true;
        }
        is_found = piece_is(header, name);
        *out_span = (struct span){line.from, line.to, profile->length};
    }
    return is_found;
}

static bool key_find(const struct profile *profile, const struct span *span, const wchar_t *key,
                     struct line *out_line, struct profile_piece *out_value)
{
    for (size_t at = span->body; at < span->end && line_at(profile, at, out_line);
         at = out_line->to) {
        if (!is_comment(out_line->text) && piece_is(key_of(out_line->text, out_value), key))
            return true;
    }
    return false;
}

/* ---- questions ---------------------------------------------------------------------------- */

bool profile_find(const struct profile *profile, const wchar_t *section, const wchar_t *key,
                  struct profile_piece *out_value)
{
    struct span span;
    struct line line;
    return section_find(profile, section, &span) && key_find(profile, &span, key, &line, out_value);
}

bool profile_each(const struct profile *profile, enum profile_list what, const wchar_t *section,
                  void (*visit)(void *context, struct profile_piece piece), void *context)
{
    struct span span = {.body = 0, .end = profile->length};
    struct profile_piece name, value;
    struct line line;
    if (what != PROFILE_SECTIONS && !section_find(profile, section, &span))
        return false;
    for (size_t at = span.body; at < span.end && line_at(profile, at, &line); at = line.to) {
        if (what == PROFILE_SECTIONS) {
            if (is_header(line.text, &name))
                visit(context, name);
        } else if (line.text.length && !is_comment(line.text)) {
            name = what == PROFILE_KEYS ? key_of(line.text, &value) : line.text;
            if (name.length)
                visit(context, name);
        }
    }
    return true;
}

/* ---- changes ------------------------------------------------------------------------------ */

/* [from, to) becomes what the pieces say. */
static bool splice(struct profile *profile, size_t from, size_t to,
                   const struct profile_piece *pieces, unsigned count)
{
    size_t more = 0, at = from;
    for (unsigned i = 0; i < count; i++)
        more += pieces[i].length;
    wchar_t *text = heap_take((profile->length - (to - from) + more + 1) * sizeof *text);
    if (!text)
        return false;
    memcpy(text, profile->text, from * sizeof *text);
    for (unsigned i = 0; i < count; at += pieces[i].length, i++)
        memcpy(text + at, pieces[i].text, pieces[i].length * sizeof *text);
    memcpy(text + at, profile->text + to, (profile->length - to) * sizeof *text);
    heap_give(profile->text);
    profile->text = text;
    profile->length += more - (to - from);
    return true;
}

static struct profile_piece whole(const wchar_t *text)
{
    return (struct profile_piece){text, crt_wcslen(text)};
}

static struct profile_piece break_before(const struct profile *profile, size_t at)
{
    return whole(at && profile->text[at - 1] != '\n' ? L"\r\n" : L"");
}

static bool section_add(struct profile *profile, const wchar_t *section, struct span *out_span)
{
    size_t end = profile->length;
    const struct profile_piece pieces[] = {break_before(profile, end), whole(L"["), whole(section),
                                           whole(L"]\r\n")};
    if (!splice(profile, end, end, pieces, 4))
        return false;
    *out_span = (struct span){end, profile->length, profile->length};
    return true;
}

/* Behind the last line of a section that says something. */
static size_t place_of_new_key(const struct profile *profile, const struct span *span)
{
    size_t place = span->body;
    struct line line;
    for (size_t at = span->body; at < span->end && line_at(profile, at, &line); at = line.to)
        place = line.text.length ? line.to : place;
    return place;
}

bool profile_set(struct profile *profile, const wchar_t *section, const wchar_t *key,
                 const wchar_t *value)
{
    struct span span;
    struct line line;
    struct profile_piece old;
    bool is_there = section_find(profile, section, &span);
    if (!key)
        return !is_there || splice(profile, span.header, span.end, NULL, 0);
    bool has_key = is_there && key_find(profile, &span, key, &line, &old);
    if (!value)
        return !has_key || splice(profile, line.from, line.to, NULL, 0);
    if (!is_there && !section_add(profile, section, &span))
        return false;
    size_t from = has_key ? line.from : place_of_new_key(profile, &span);
    size_t to = has_key ? line.to : from;
    const struct profile_piece pieces[] = {break_before(profile, from), whole(key), whole(L"="),
                                           whole(value), whole(L"\r\n")};
    return splice(profile, from, to, pieces, 5);
}

bool profile_section_set(struct profile *profile, const wchar_t *section, const wchar_t *lines)
{
    struct span span;
    bool is_there = section_find(profile, section, &span);
    if (!is_there && !section_add(profile, section, &span))
        return false;
    if (is_there && !splice(profile, span.body, span.end, NULL, 0))
        return false;
    for (size_t at = span.body; *lines; lines += crt_wcslen(lines) + 1) {
        const struct profile_piece pieces[] = {break_before(profile, at), whole(lines),
                                               whole(L"\r\n")};
        size_t before = profile->length;
        if (!splice(profile, at, at, pieces, 3))
            return false;
        at += profile->length - before;
    }
    return true;
}

/* ---- files -------------------------------------------------------------------------------- */

static bool text_make(const char *bytes, size_t size, struct profile *out_profile)
{
    wchar_t mark = 0;
    if (size >= sizeof mark)
        memcpy(&mark, bytes, sizeof mark);
    out_profile->is_wide = mark == MARK;
    size_t room = out_profile->is_wide ? size / 2 : size;
    out_profile->text = heap_take((room + 1) * sizeof(wchar_t));
    if (!out_profile->text)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    out_profile->length = room;
    if (out_profile->is_wide) {
        out_profile->length--;
        memcpy(out_profile->text, bytes + sizeof mark, out_profile->length * sizeof mark);
    } else {
        out_profile->length = crt_utf8_to_utf16(bytes, size, 0, out_profile->text, room).written;
    }
    return true;
}

bool profile_read(HANDLE file, struct profile *out_profile)
{
    LARGE_INTEGER size;
    DWORD done;
    if (!GetFileSizeEx(file, &size))
        return false;
    if (size.QuadPart > FILE_BYTES_MAX)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    char *bytes = heap_take((size_t)size.QuadPart + 1);
    if (!bytes)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    bool is_done = ReadFile(file, bytes, (DWORD)size.QuadPart, &done, NULL) &&
                   text_make(bytes, done, out_profile);
    heap_give(bytes);
    return is_done;
}

/* What goes into the file; heap_take. */
static char *bytes_make(const struct profile *profile, size_t *out_size)
{
    const wchar_t mark = MARK;
    char *bytes;
    if (profile->is_wide) {
        *out_size = (profile->length + 1) * sizeof mark;
        bytes = heap_take(*out_size);
        if (bytes) {
            memcpy(bytes, &mark, sizeof mark);
            memcpy(bytes + sizeof mark, profile->text, profile->length * sizeof mark);
        }
        return bytes;
    }
    *out_size = crt_utf16_to_utf8(profile->text, profile->length, 0, NULL, 0).written;
    bytes = heap_take(*out_size + 1);
    if (bytes)
        crt_utf16_to_utf8(profile->text, profile->length, 0, bytes, *out_size);
    return bytes;
}

bool profile_write(HANDLE file, const struct profile *profile)
{
    LARGE_INTEGER start = {.QuadPart = 0};
    size_t size;
    DWORD done;
    char *bytes = bytes_make(profile, &size);
    if (!bytes)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    bool is_done = SetFilePointerEx(file, start, NULL, 0) &&
                   WriteFile(file, bytes, (DWORD)size, &done, NULL) && SetEndOfFile(file);
    heap_give(bytes);
    return is_done;
}

void profile_drop(struct profile *profile)
{
    heap_give(profile->text);
}
