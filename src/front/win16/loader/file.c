/* SPDX-License-Identifier: MIT */
/* file.c - looking for a library's file and reading it. */
#include "loader16/file16.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <dirent.h>

#include "win32/win32.h"

#define FILE_MOST (64u << 20)

static char nt_folder[260], host_folder[4096]; /* set at start */

void file16_folders_set(const char *nt, const char *host)
{
    snprintf(nt_folder, sizeof nt_folder, "%s", nt);
    snprintf(host_folder, sizeof host_folder, "%s", host);
}

static void *windows_read(const char *path, size_t *out_size)
{
    struct wide wide;
    LARGE_INTEGER length;
    void *bytes = NULL;
    wide_of(&wide, path);
    HANDLE file = wide.text
                      ? CreateFileW(wide.text, GENERIC_READ, FILE_SHARE_READ, NULL, 3, 0, NULL)
                      : INVALID_HANDLE_VALUE;
    wide_drop(&wide);
    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    if (GetFileSizeEx(file, &length) && length.QuadPart > 0 && length.QuadPart <= FILE_MOST) {
        /* What services write to lies in the window: read through a buffer there. */
        char part[4096];
        size_t done = 0, size = (size_t)length.QuadPart;
        DWORD got = 1;
        bytes = malloc(size);
        while (bytes && done < size && ReadFile(file, part, sizeof part, &got, NULL) && got) {
            size_t take = got < size - done ? got : size - done;
            memcpy((char *)bytes + done, part, take);
            done += take;
        }
        if (bytes && done != size) {
            free(bytes);
            bytes = NULL;
        }
        *out_size = size;
    }
    CloseHandle(file);
    return bytes;
}

/* The machine may not reach the program's folder; the host does. Names there have any case. */
static void *host_read(const char *name, size_t *out_size)
{
    char path[4400];
    DIR *folder = opendir(host_folder);
    struct dirent *entry;
    void *bytes = NULL;
    while (folder && (entry = readdir(folder)) && strcasecmp(entry->d_name, name))
        ;
    FILE *file = NULL;
    if (folder && entry) {
        snprintf(path, sizeof path, "%s/%s", host_folder, entry->d_name);
        file = fopen(path, "rbe");
    }
    if (file && !fseek(file, 0, SEEK_END)) {
        long size = ftell(file);
        rewind(file);
        bytes = size > 0 && size <= (long)FILE_MOST ? malloc((size_t)size) : NULL;
        if (bytes && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
            free(bytes);
            bytes = NULL;
        }
        *out_size = (size_t)size;
    }
    if (file)
        fclose(file);
    if (folder)
        closedir(folder);
    return bytes;
}

static void *one_read(const char *name, char *out_path, size_t path_size, size_t *out_size)
{
    bool has_folder = strpbrk(name, "\\/:");
    snprintf(out_path, path_size, "%s", name);
    void *bytes = has_folder ? windows_read(name, out_size) : NULL;
    if (!bytes && !has_folder) {
        snprintf(out_path, path_size, "%s%s", nt_folder, name);
        bytes = windows_read(out_path, out_size);
        if (!bytes)
            bytes = host_read(name, out_size);
        if (!bytes)
            bytes = windows_read(name, out_size);
    }
    return bytes;
}

static bool extension_has(const char *name)
{
    const char *last = strrchr(name, '\\');
    return strchr(last ? last : name, '.');
}

void *file16_library(const char *name, char *out_path, size_t path_size, size_t *out_size)
{
    static const char *const extensions[] = {"", ".DLL", ".EXE", ".DRV"};
    char file[260];
    for (unsigned i = 0; i < (extension_has(name) ? 1 : 4); i++) {
        snprintf(file, sizeof file, "%s%s", name, extensions[i]);
        void *bytes = one_read(file, out_path, path_size, out_size);
        if (bytes)
            return bytes;
    }
    return NULL;
}

void *file16_program(const char *name, char *out_path, size_t path_size, size_t *out_size)
{
    char file[260];
    snprintf(file, sizeof file, "%s%s", name, extension_has(name) ? "" : ".EXE");
    return one_read(file, out_path, path_size, out_size);
}
