/* SPDX-License-Identifier: MIT */
/* find_calls.c - INT 21h: searches of folders, and dates of files.
 *
 * A search's state is a handle of the 32-bit side; the transfer area holds its number. A search
 * that is not followed to its end gives way to newer ones. Names have to fit DOS's eight and three
 * characters: what has no such name is not found. Times are local.
 */
#include <ctype.h>
#include <string.h>

#include "dos16/windows.h"
#include "dos_internal.h"
#include "task16/task16.h"

#define SEARCHES       32u
#define SEARCH_MAGIC   0x5343u
#define ALWAYS_FOUND   0x21u /* read-only, archive */
#define FOUND_IF_ASKED 0x16u /* hidden, system, folder */
#define LABEL          0x08u

/* What a search writes to the transfer area. */
struct __attribute__((packed)) found {
    uint16_t magic, number;
    uint8_t wanted; /* attributes */
    uint8_t reserved[16];
    uint8_t attributes;
    uint16_t time, date;
    uint32_t size;
    char name[13];
};

static struct search {
    HANDLE handle;
    uint16_t number;  /* 0: free */
} searches[SEARCHES]; /* the 16-bit world's thread only */
static uint16_t last_number;

static void search_end(struct search *search)
{
    FindClose(search->handle);
    search->number = 0;
}

static struct search *search_begin(HANDLE handle)
{
    last_number = last_number == UINT16_MAX ? 1 : (uint16_t)(last_number + 1);
    struct search *search = &searches[last_number % SEARCHES];
    if (search->number)
        search_end(search);
    *search = (struct search){handle, last_number};
    return search;
}

static struct search *search_find(uint16_t number)
{
    struct search *search = &searches[number % SEARCHES];
    return number && search->number == number ? search : NULL;
}

/* ---- times -------------------------------------------------------------------------------- */

static void dos_time_of(const FILETIME *time, uint16_t *out_date, uint16_t *out_time)
{
    FILETIME local;
    SYSTEMTIME parts = {.wYear = 1980, .wMonth = 1, .wDay = 1};
    if (FileTimeToLocalFileTime(time, &local))
        FileTimeToSystemTime(&local, &parts);
    if (parts.wYear < 1980)
        parts = (SYSTEMTIME){.wYear = 1980, .wMonth = 1, .wDay = 1};
    *out_date = (uint16_t)((parts.wYear - 1980) << 9 | parts.wMonth << 5 | parts.wDay);
    *out_time = (uint16_t)(parts.wHour << 11 | parts.wMinute << 5 | parts.wSecond / 2);
}

static bool dos_time_to(uint16_t date, uint16_t time, FILETIME *out_time)
{
    FILETIME local;
    const SYSTEMTIME parts = {.wYear = (WORD)(1980 + (date >> 9)),
                              .wMonth = date >> 5 & 15,
                              .wDay = date & 31,
                              .wHour = time >> 11,
                              .wMinute = time >> 5 & 63,
                              .wSecond = (WORD)((time & 31) * 2)};
    return SystemTimeToFileTime(&parts, &local) && LocalFileTimeToFileTime(&local, out_time);
}

/* 57h */
static uint16_t file_time(struct cpu16_registers *registers)
{
    HANDLE handle = dos16_handle(BX(registers));
    FILETIME written;
    if (handle == INVALID_HANDLE_VALUE)
        return DOS16_INVALID_HANDLE;
    if (AL(registers) == 0) {
        if (!GetFileTime(handle, NULL, NULL, &written))
            return dos16_last_error();
        dos_time_of(&written, &DX(registers), &CX(registers));
        return 0;
    }
    if (AL(registers) != 1)
        return DOS16_INVALID_FUNCTION;
    if (!dos_time_to(DX(registers), CX(registers), &written))
        return DOS16_INVALID_DATA;
    return SetFileTime(handle, NULL, NULL, &written) ? 0 : dos16_last_error();
}

/* ---- searches ----------------------------------------------------------------------------- */

/* "NAME.EXT" in capitals; false: it does not fit. */
static bool short_name(const WIN32_FIND_DATAA *data, char *out_name)
{
    const char *name = data->cAlternateFileName[0] ? data->cAlternateFileName : data->cFileName;
    bool is_dots = !strcmp(name, ".") || !strcmp(name, "..");
    const char *dot = is_dots ? NULL : strchr(name, '.');
    size_t length = strlen(name), stem = dot ? (size_t)(dot - name) : length;
    if (!is_dots && (!stem || stem > 8 || (dot && (length - stem > 4 || strchr(dot + 1, '.')))))
        return false;
    for (size_t i = 0; i <= length; i++) {
        if (name[i] == ' ')
            return false;
        out_name[i] = (char)toupper((unsigned char)name[i]);
    }
    return true;
}

static bool is_wanted(uint32_t attributes, uint8_t wanted)
{
    return !(attributes & FOUND_IF_ASKED & ~(uint32_t)wanted);
}

/* From data on; ends the search when nothing more is found. */
static uint16_t search_answer(struct search *search, uint8_t wanted, WIN32_FIND_DATAA *data,
                              struct found *found)
{
    do {
        if (!is_wanted(data->dwFileAttributes, wanted) || !short_name(data, found->name))
            continue;
        found->magic = SEARCH_MAGIC;
        found->number = search->number;
        found->wanted = wanted;
        found->attributes = data->dwFileAttributes & (ALWAYS_FOUND | FOUND_IF_ASKED);
        found->size = data->nFileSizeHigh ? UINT32_MAX : data->nFileSizeLow;
        uint16_t date, time;
        dos_time_of(&data->ftLastWriteTime, &date, &time);
        found->date = date;
        found->time = time;
        return 0;
    } while (FindNextFileA(search->handle, data));
    search_end(search);
    return DOS16_NO_MORE_FILES;
}

static struct found *transfer_area(struct cpu16_registers *registers)
{
    struct far16 area = task16_current()->transfer_area;
    return dos_buffer(registers, area.selector, area.offset, sizeof(struct found));
}

/* 4Eh */
static uint16_t find_first(struct cpu16_registers *registers)
{
    WIN32_FIND_DATAA data;
    const char *pattern = dos_text(registers, registers->ds, DX(registers));
    uint8_t wanted = (uint8_t)CX(registers);
    struct found *found = transfer_area(registers);
    if (wanted == LABEL) /* disks have none */
        return DOS16_NO_MORE_FILES;
    HANDLE handle = FindFirstFileA(pattern, &data);
    if (handle == INVALID_HANDLE_VALUE) {
        uint16_t error = dos16_last_error();
        return error == DOS16_FILE_NOT_FOUND ? DOS16_NO_MORE_FILES : error;
    }
    return search_answer(search_begin(handle), wanted, &data, found);
}

/* 4Fh */
static uint16_t find_next(struct cpu16_registers *registers)
{
    WIN32_FIND_DATAA data;
    struct found *found = transfer_area(registers);
    struct search *search = found->magic == SEARCH_MAGIC ? search_find(found->number) : NULL;
    if (!search)
        return DOS16_NO_MORE_FILES;
    if (!FindNextFileA(search->handle, &data)) {
        search_end(search);
        return DOS16_NO_MORE_FILES;
    }
    return search_answer(search, found->wanted, &data, found);
}

const struct dos_row dos_find_rows[] = {
    {0x4e, find_first},
    {0x4f, find_next},
    {0x57, file_time},
};
const unsigned dos_find_row_count = sizeof dos_find_rows / sizeof *dos_find_rows;
