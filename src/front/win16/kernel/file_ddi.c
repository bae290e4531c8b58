/* SPDX-License-Identifier: MIT */
/* file_ddi.c - KERNEL: files by DOS's numbers. */
#include <stdio.h>
#include <string.h>

#include "abi/win16.h"
#include "dos16/dos16.h"
#include "dos16/windows.h"
#include "loader16/builtin.h"

#define FAILED      0xffffu
#define FAILED_LONG 0xffffffffu

/* OPENFILE's structure and flags. */
struct of_structure {
    uint8_t bytes, is_fixed;
    uint16_t error;
    uint8_t reserved[4];
    char path[128];
};
#define OF_PARSE  0x0100u
#define OF_DELETE 0x0200u
#define OF_CREATE 0x1000u
#define OF_EXIST  0x4000u
#define OF_REOPEN 0x8000u
#define OF_MODE   0x00ffu

uint32_t kernel16__lopen(const char *name, uint16_t mode)
{
    uint16_t file;
    return dos16_open(name, (uint8_t)mode, &file) ? FAILED : file;
}

uint32_t kernel16__lcreat(const char *name, uint16_t attributes)
{
    uint16_t file;
    return dos16_create(name, attributes, false, &file) ? FAILED : file;
}

uint32_t kernel16__lclose(uint16_t file)
{
    return dos16_close(file) ? FAILED : 0;
}

static void *buffer_of(struct far16 buffer, uint32_t bytes)
{
    return bytes ? win16_buffer(cpu16_outer(), far16_value(buffer), bytes) : NULL;
}

uint32_t kernel16__lread(uint16_t file, struct far16 buffer, uint16_t bytes)
{
    uint32_t done;
    return dos16_read(file, buffer_of(buffer, bytes), bytes, &done) ? FAILED : done;
}

uint32_t kernel16__lwrite(uint16_t file, struct far16 buffer, uint16_t bytes)
{
    uint32_t done;
    return dos16_write(file, buffer_of(buffer, bytes), bytes, &done) ? FAILED : done;
}

uint32_t kernel16__hread(uint16_t file, struct far16 buffer, int32_t bytes)
{
    uint32_t done;
    return bytes < 0 || dos16_read(file, buffer_of(buffer, (uint32_t)bytes), (uint32_t)bytes, &done)
               ? FAILED_LONG
               : done;
}

uint32_t kernel16__hwrite(uint16_t file, struct far16 buffer, int32_t bytes)
{
    uint32_t done;
    return bytes < 0 ||
                   dos16_write(file, buffer_of(buffer, (uint32_t)bytes), (uint32_t)bytes, &done)
               ? FAILED_LONG
               : done;
}

uint32_t kernel16__llseek(uint16_t file, int32_t distance, uint16_t origin)
{
    uint32_t position;
    return dos16_seek(file, distance, origin, &position) ? FAILED_LONG : position;
}

uint32_t kernel16_DeletePathName(const char *name)
{
    return dos16_delete(name) ? FAILED : 0;
}

uint32_t kernel16_OpenPathName(const char *name, uint16_t mode)
{
    return kernel16__lopen(name, mode);
}

static uint16_t file_do(const char *path, uint16_t mode, uint16_t *out_file)
{
    if (mode & OF_DELETE)
        return dos16_delete(path);
    uint16_t error = mode & OF_CREATE ? dos16_create(path, 0, false, out_file)
                                      : dos16_open(path, (uint8_t)(mode & OF_MODE), out_file);
    if (!error && mode & OF_EXIST) {
        dos16_close(*out_file);
        *out_file = 1;
    }
    return error;
}

uint32_t kernel16_OpenFile(const char *name, void *structure, uint16_t mode)
{
    struct of_structure answer = {.bytes = sizeof answer, .is_fixed = 1};
    uint16_t file = 1;
    const char *path =
        mode & OF_REOPEN && structure ? ((struct of_structure *)structure)->path : name;
    if (!GetFullPathNameA(path, sizeof answer.path, answer.path, NULL))
        answer.error = DOS16_FILE_NOT_FOUND;
    else if (!(mode & OF_PARSE))
        answer.error = file_do(answer.path, mode, &file);
    if (structure)
        memcpy(structure, &answer, sizeof answer);
    if (mode & OF_PARSE)
        return 0;
    return answer.error ? FAILED : file;
}

uint32_t kernel16_GetTempFileName(uint16_t drive, const char *prefix, uint16_t number, void *out)
{
    char folder[260], path[300];
    uint16_t file, unique = number ? number : (uint16_t)(GetTickCount() | 1);
    GetTempPathA(sizeof folder, folder);
    for (unsigned tries = 0; tries < 0x10000; tries++, unique++) {
        snprintf(path, sizeof path, "%s~%.3s%04x.TMP", folder, prefix ? prefix : "", unique);
        if (number)
            break;
        if (unique && !dos16_create(path, 0, true, &file)) {
            dos16_close(file);
            break;
        }
    }
    if (strlen(path) >= 144) /* what callers have room for, as documented */
        return 0;
    strcpy(out, path);
    return unique;
}

uint32_t kernel16_GetDriveType(uint16_t drive)
{
    const char root[] = {(char)('A' + (drive & 31)), ':', '\\', '\0'};
    UINT type = GetDriveTypeA(root);
    return type < 2 ? 0 : type;
}

uint32_t kernel16_GetTempDrive(uint16_t drive)
{
    return ':' << 8 | 'C';
}
