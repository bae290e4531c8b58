/* SPDX-License-Identifier: MIT */
/* path.c - whole paths and NT names of what a program calls a file.
 *
 * "." and ".." go, slashes become backslashes, and a component loses its trailing dots and
 * spaces; \\?\ names are left as they are. Never climbs above the root.
 */
#include "ntdll/path.h"

#include <string.h>

#include "crt/string.h"

static bool is_separator(wchar_t c)
{
    return c == '\\' || c == '/';
}

static bool is_letter(wchar_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum path_kind path_kind(const wchar_t *path)
{
    if (is_separator(path[0]) && is_separator(path[1])) {
        if ((path[2] == '.' || path[2] == '?') && (is_separator(path[3]) || !path[3]))
            return path[2] == '?' ? PATH_VERBATIM : PATH_DEVICE;
        return PATH_UNC;
    }
    if (path[0] == '\\' && path[1] == '?' && path[2] == '?' && path[3] == '\\')
        return PATH_VERBATIM;
    if (is_separator(path[0]))
        return PATH_ROOTED;
    if (is_letter(path[0]) && path[1] == ':')
        return is_separator(path[2]) ? PATH_DRIVE_ABSOLUTE : PATH_DRIVE_RELATIVE;
    return PATH_RELATIVE;
}

/* ---- device names -------------------------------------------------------------------------- */

static bool name_is(const wchar_t *name, size_t count, const char *device)
{
    size_t length = strlen(device);
    for (size_t i = 0; i < length; i++) {
        if (i >= count || crt_towlower(name[i]) != (wchar_t)device[i])
            return false;
    }
    return count == length;
}

static bool is_device_name(const wchar_t *name, size_t count)
{
    static const char *const names[] = {"con", "nul", "prn", "aux", "conin$", "conout$"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (name_is(name, count, names[i]))
            return true;
    }
    return count == 4 && name[3] >= '1' && name[3] <= '9' &&
           (name_is(name, 3, "com") || name_is(name, 3, "lpt"));
}

size_t path_device(const wchar_t *path, const wchar_t **out_name)
{
    enum path_kind kind = path_kind(path);
    if (kind >= PATH_UNC)
        return 0;
    /* A device is a device in every directory, as it was in DOS. */
    const wchar_t *name = path + (kind >= PATH_DRIVE_RELATIVE ? 2 : 0);
    for (const wchar_t *at = name; *at; at++) {
        if (is_separator(*at))
            name = at + 1;
    }
    size_t count = crt_wcslen(name);
    while (count && (name[count - 1] == ' ' || name[count - 1] == '.' || name[count - 1] == ':'))
        count--;
    if (!is_device_name(name, count))
        return 0;
    *out_name = name;
    return count;
}

/* ---- whole paths ------------------------------------------------------------------------------
 */

struct writer {
    wchar_t *out;
    size_t size, count; /* count may pass size: then nothing is stored */
    size_t root;        /* what ".." does not take away */
};

static void put(struct writer *writer, wchar_t c)
{
    if (writer->count < writer->size)
        writer->out[writer->count] = c;
    writer->count++;
}

/* Characters already written are needed to take a component back, so a result that does not
 * fit is written again by a caller with room; up to then the count is an upper bound. */
static void component_take_back(struct writer *writer)
{
    if (writer->count > writer->size)
        return;
    while (writer->count > writer->root && writer->out[writer->count - 1] != '\\')
        writer->count--;
    if (writer->count > writer->root)
        writer->count--;
    while (writer->count > writer->root && writer->out[writer->count - 1] != '\\')
        writer->count--;
}

static void component_put(struct writer *writer, const wchar_t *name, size_t count)
{
    if (count == 1 && name[0] == '.')
        return;
    if (count == 2 && name[0] == '.' && name[1] == '.') {
        component_take_back(writer);
        return;
    }
    while (count && (name[count - 1] == '.' || name[count - 1] == ' '))
        count--;
    for (size_t i = 0; i < count; i++)
        put(writer, name[i]);
}

/* Components of text behind what is written, which ends in a backslash. */
static void components_put(struct writer *writer, const wchar_t *text)
{
    while (*text) {
        size_t count = 0;
        while (text[count] && !is_separator(text[count]))
            count++;
        component_put(writer, text, count);
        text += count;
        if (*text && writer->count && writer->count <= writer->size &&
            writer->out[writer->count - 1] != '\\')
            put(writer, '\\');
        else if (*text && writer->count > writer->size)
            put(writer, '\\');
        while (is_separator(*text))
            text++;
    }
}

static void text_put(struct writer *writer, const wchar_t *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(writer, is_separator(text[i]) ? '\\' : text[i]);
}

static void ascii_put(struct writer *writer, const char *text)
{
    while (*text)
        put(writer, (unsigned char)*text++);
}

/* Length of "\\server\share\" or what there is of it. */
static size_t unc_root(const wchar_t *path)
{
    size_t at = 2;
    for (int parts = 0; parts < 2; parts++) {
        while (path[at] && !is_separator(path[at]))
            at++;
        if (path[at] && (parts == 0 || path[at + 1]))
            at++;
    }
    return at;
}

/* Writes what path is relative to; answers where its own components begin. */
static const wchar_t *base_put(struct writer *writer, const wchar_t *path, const wchar_t *current)
{
    switch (path_kind(path)) {
    case PATH_DEVICE:
    case PATH_VERBATIM:
        text_put(writer, path, 4);
        writer->root = writer->count;
        return path[3] ? path + 4 : path + 3;
    case PATH_UNC: {
        size_t root = unc_root(path);
        text_put(writer, path, root);
        writer->root = writer->count;
        return path + root;
    }
    case PATH_DRIVE_ABSOLUTE:
        text_put(writer, path, 2);
        put(writer, '\\');
        writer->root = writer->count;
        return path + 3;
    case PATH_DRIVE_RELATIVE:
        if (crt_towlower(path[0]) != crt_towlower(current[0])) {
            text_put(writer, path, 2);
            put(writer, '\\');
            writer->root = writer->count;
        } else {
            text_put(writer, current, crt_wcslen(current));
            writer->root = 3;
        }
        return path + 2;
    case PATH_ROOTED:
        text_put(writer, current, 2);
        put(writer, '\\');
        writer->root = writer->count;
        return path + 1;
    case PATH_RELATIVE:
        break;
    }
    text_put(writer, current, crt_wcslen(current));
    writer->root = path_kind(current) == PATH_UNC ? unc_root(current) : 3;
    return path;
}

size_t path_full(const wchar_t *path, const wchar_t *current, wchar_t *out, size_t out_count)
{
    struct writer writer = {.out = out, .size = out_count};
    const wchar_t *device;
    size_t count = path_device(path, &device);
    if (!*path)
        return 0;
    if (count) {
        ascii_put(&writer, "\\\\.\\");
        text_put(&writer, device, count);
    } else if (path_kind(path) == PATH_VERBATIM) {
        for (; *path; path++)
            put(&writer, *path);
    } else {
        components_put(&writer, base_put(&writer, path, current));
        if (!is_separator(path[crt_wcslen(path) - 1]) && writer.count > writer.root &&
            writer.count <= writer.size && out[writer.count - 1] == '\\')
            writer.count--; /* "dir\\." is dir */
    }
    if (writer.count >= out_count)
        return writer.count + 1;
    out[writer.count] = 0;
    return writer.count;
}

NTSTATUS path_nt(const wchar_t *path, const wchar_t *current, wchar_t *out, size_t out_count,
                 size_t *out_length)
{
    enum path_kind kind = path_kind(path);
    struct writer writer = {.out = out, .size = out_count};
    const wchar_t *device;
    if (!*path)
        return STATUS_OBJECT_NAME_INVALID;
    ascii_put(&writer, "\\??\\");
    size_t device_count = path_device(path, &device);
    if (device_count) {
        text_put(&writer, device, device_count);
    } else if (kind == PATH_VERBATIM) {
        for (path += 4; *path; path++)
            put(&writer, *path);
    } else {
        if (kind == PATH_UNC)
            ascii_put(&writer, "UNC\\");
        /* The whole path begins behind the prefix; \\ and \\.\ are what it replaces. */
        size_t skip = kind == PATH_UNC ? 2 : kind == PATH_DEVICE ? 4 : 0;
        size_t begin = writer.count - skip;
        wchar_t kept[4];
        for (size_t i = 0; i < skip; i++)
            kept[i] = out[begin + i];
        size_t count = path_full(path, current, out + begin, out_count - begin);
        if (begin + count >= out_count)
            return STATUS_NAME_TOO_LONG;
        for (size_t i = 0; i < skip; i++)
            out[begin + i] = kept[i];
        writer.count = begin + count;
    }
    if (writer.count >= out_count || writer.count > PATH_COUNT_MAX - 1)
        return STATUS_NAME_TOO_LONG;
    out[writer.count] = 0;
    *out_length = writer.count;
    return STATUS_SUCCESS;
}
