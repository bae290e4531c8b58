/* SPDX-License-Identifier: MIT */
/* find.c - _findfirst and _findnext in their four layouts, narrow and wide.
 *
 * Doc: "Filename search functions". One search is win32's; what differs is how sizes, times and
 * names are laid down.
 */
#include <string.h>

#include "crt_internal.h"

#define EPOCH_100NS  116444736000000000ull
#define SECOND_100NS 10000000ull

struct find_data { /* WIN32_FIND_DATAW */
    DWORD attributes;
    FILETIME created, accessed, written;
    DWORD size_high, size_low, reserved[2];
    wchar_t name[MAX_PATH], short_name[14];
};

HANDLE WINAPI FindFirstFileW(LPCWSTR name, struct find_data *out);
BOOL WINAPI FindNextFileW(HANDLE handle, struct find_data *out);
BOOL WINAPI FindClose(HANDLE handle);

/* _finddata64i32_t, _finddata_t of 64-bit programs; __finddata64_t; the same for wide names. */
struct found_head {
    uint32_t attributes;
    int64_t created, accessed, written;
};
struct found_i32 {
    struct found_head head;
    uint32_t size;
    char name[MAX_PATH];
};
struct found {
    struct found_head head;
    int64_t size;
    char name[MAX_PATH];
};
struct found_wide_i32 {
    struct found_head head;
    uint32_t size;
    wchar_t name[MAX_PATH];
};
struct found_wide {
    struct found_head head;
    int64_t size;
    wchar_t name[MAX_PATH];
};
_Static_assert(offsetof(struct found_i32, name) == 36, "public header");
_Static_assert(offsetof(struct found, name) == 40, "public header");

static int64_t seconds_of(FILETIME time)
{
    uint64_t value = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    return value < EPOCH_100NS ? -1 : (int64_t)((value - EPOCH_100NS) / SECOND_100NS);
}

static struct found_head head_of(const struct find_data *data)
{
    return (struct found_head){data->attributes == FILE_ATTRIBUTE_NORMAL ? 0 : data->attributes,
                               seconds_of(data->created), seconds_of(data->accessed),
                               seconds_of(data->written)};
}

static int64_t size_of(const struct find_data *data)
{
    return (int64_t)((uint64_t)data->size_high << 32 | data->size_low);
}

static void fill_i32(const struct find_data *data, struct found_i32 *out)
{
    out->head = head_of(data);
    out->size = (uint32_t)size_of(data);
    crt_utf8_from_string(data->name, out->name, MAX_PATH);
}

static void fill(const struct find_data *data, struct found *out)
{
    out->head = head_of(data);
    out->size = size_of(data);
    crt_utf8_from_string(data->name, out->name, MAX_PATH);
}

static void fill_wide_i32(const struct find_data *data, struct found_wide_i32 *out)
{
    out->head = head_of(data);
    out->size = (uint32_t)size_of(data);
    memcpy(out->name, data->name, sizeof out->name);
}

static void fill_wide(const struct find_data *data, struct found_wide *out)
{
    out->head = head_of(data);
    out->size = size_of(data);
    memcpy(out->name, data->name, sizeof out->name);
}

static HANDLE find_first(const wchar_t *pattern, struct find_data *data)
{
    if (!pattern) {
        crt_invalid(EINVAL);
        return INVALID_HANDLE_VALUE;
    }
    HANDLE handle = FindFirstFileW(pattern, data);
    if (handle == INVALID_HANDLE_VALUE)
        crt_fail_win32();
    return handle;
}

#define FIND_WIDE(first, next, type, lay)                     \
    CRT(intptr_t, first, (const wchar_t *pattern, type *out)) \
    {                                                         \
        struct find_data data;                                \
        HANDLE handle = find_first(pattern, &data);           \
        if (handle != INVALID_HANDLE_VALUE)                   \
            lay(&data, out);                                  \
        return (intptr_t)handle;                              \
    }                                                         \
    CRT(int, next, (intptr_t handle, type *out))              \
    {                                                         \
        struct find_data data;                                \
        if (!FindNextFileW((HANDLE)handle, &data))            \
            return crt_fail_win32();                          \
        lay(&data, out);                                      \
        return 0;                                             \
    }

#define FIND_NARROW(first, next, type, lay)                \
    CRT(intptr_t, first, (const char *pattern, type *out)) \
    {                                                      \
        struct find_data data;                             \
        struct wide wide;                                  \
        wide_of(&wide, pattern);                           \
        HANDLE handle = find_first(wide.text, &data);      \
        wide_drop(&wide);                                  \
        if (handle != INVALID_HANDLE_VALUE)                \
            lay(&data, out);                               \
        return (intptr_t)handle;                           \
    }                                                      \
    CRT(int, next, (intptr_t handle, type *out))           \
    {                                                      \
        struct find_data data;                             \
        if (!FindNextFileW((HANDLE)handle, &data))         \
            return crt_fail_win32();                       \
        lay(&data, out);                                   \
        return 0;                                          \
    }

FIND_NARROW(ucrt__findfirst64i32, ucrt__findnext64i32, struct found_i32, fill_i32)
FIND_NARROW(ucrt__findfirst64, ucrt__findnext64, struct found, fill)
FIND_WIDE(ucrt__wfindfirst64i32, ucrt__wfindnext64i32, struct found_wide_i32, fill_wide_i32)
FIND_WIDE(ucrt__wfindfirst64, ucrt__wfindnext64, struct found_wide, fill_wide)

CRT(int, ucrt__findclose, (intptr_t handle))
{
    return FindClose((HANDLE)handle) ? 0 : crt_fail_win32();
}
