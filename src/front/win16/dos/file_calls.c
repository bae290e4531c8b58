/* SPDX-License-Identifier: MIT */
/* file_calls.c - INT 21h: characters, files and folders. */
#include <stdio.h>
#include <string.h>

#include "dos16/windows.h"
#include "dos_internal.h"
#include "task16/task16.h"

#define STANDARD_INPUT  0
#define STANDARD_OUTPUT 1
#define DEVICE_IS       0x80u
#define DEVICE_STANDARD 0x03u
#define FILE_TYPE_CHAR  2u

/* 02h, 06h: one character. */
static uint16_t character_out(struct cpu16_registers *registers)
{
    char c = (char)DL(registers);
    uint32_t done;
    AL(registers) = (uint8_t)c;
    return dos16_write(STANDARD_OUTPUT, &c, 1, &done);
}

/* 01h, 07h, 08h */
static uint16_t character_in(struct cpu16_registers *registers)
{
    char c = 0x1a;
    uint32_t done;
    uint16_t error = dos16_read(STANDARD_INPUT, &c, 1, &done);
    AL(registers) = (uint8_t)c;
    return error;
}

/* 06h: FFh asks for a character that is there; nothing waits. */
static uint16_t character_direct(struct cpu16_registers *registers)
{
    if (DL(registers) != 0xff)
        return character_out(registers);
    if (console_bytes_waiting()) {
        registers->eflags &= ~CPU16_FLAG_ZERO;
        return character_in(registers);
    }
    registers->eflags |= CPU16_FLAG_ZERO;
    AL(registers) = 0;
    return 0;
}

/* 09h: up to a dollar sign. */
static uint16_t text_out(struct cpu16_registers *registers)
{
    uint32_t room = far16_room(FAR16(registers->ds, DX(registers))), done;
    const char *text = dos_buffer(registers, registers->ds, DX(registers), 1);
    const char *end = memchr(text, '$', room);
    AL(registers) = '$';
    return dos16_write(STANDARD_OUTPUT, text, end ? (uint32_t)(end - text) : room, &done);
}

static uint16_t folder_make(struct cpu16_registers *registers)
{
    const char *name = dos_text(registers, registers->ds, DX(registers));
    return CreateDirectoryA(name, NULL) ? 0 : dos16_last_error();
}

static uint16_t folder_remove(struct cpu16_registers *registers)
{
    return RemoveDirectoryA(dos_text(registers, registers->ds, DX(registers))) ? 0
                                                                               : dos16_last_error();
}

static uint16_t folder_change(struct cpu16_registers *registers)
{
    return SetCurrentDirectoryA(dos_text(registers, registers->ds, DX(registers)))
               ? 0
               : dos16_last_error();
}

/* 47h: without drive and first separator. */
static uint16_t folder_get(struct cpu16_registers *registers)
{
    char folder[260];
    char *to = dos_buffer(registers, registers->ds, SI(registers), 64);
    DWORD length = GetCurrentDirectoryA(sizeof folder, folder);
    if (!length || length >= sizeof folder)
        return dos16_last_error();
    const char *rest = length > 3 ? folder + 3 : "";
    if (strlen(rest) >= 64)
        return DOS16_INVALID_DATA;
    strcpy(to, rest);
    AX(registers) = 0x100;
    return 0;
}

static uint16_t file_create(struct cpu16_registers *registers)
{
    bool is_new = AH(registers) == 0x5b;
    return dos16_create(dos_text(registers, registers->ds, DX(registers)), CX(registers), is_new,
                        &AX(registers));
}

static uint16_t file_open(struct cpu16_registers *registers)
{
    return dos16_open(dos_text(registers, registers->ds, DX(registers)), AL(registers),
                      &AX(registers));
}

static uint16_t file_close(struct cpu16_registers *registers)
{
    return dos16_close(BX(registers));
}

static uint16_t file_read(struct cpu16_registers *registers)
{
    uint32_t done;
    void *to = dos_buffer(registers, registers->ds, DX(registers), CX(registers));
    uint16_t error = dos16_read(BX(registers), to, CX(registers), &done);
    AX(registers) = (uint16_t)done;
    return error;
}

static uint16_t file_write(struct cpu16_registers *registers)
{
    uint32_t done;
    void *from = dos_buffer(registers, registers->ds, DX(registers), CX(registers));
    uint16_t error = dos16_write(BX(registers), from, CX(registers), &done);
    AX(registers) = (uint16_t)done;
    return error;
}

static uint16_t file_delete(struct cpu16_registers *registers)
{
    return dos16_delete(dos_text(registers, registers->ds, DX(registers)));
}

static uint16_t file_seek(struct cpu16_registers *registers)
{
    uint32_t position;
    int32_t distance = (int32_t)((uint32_t)CX(registers) << 16 | DX(registers));
    uint16_t error = dos16_seek(BX(registers), distance, AL(registers), &position);
    if (!error) {
        AX(registers) = (uint16_t)position;
        DX(registers) = (uint16_t)(position >> 16);
    }
    return error;
}

static uint16_t file_attributes(struct cpu16_registers *registers)
{
    const char *name = dos_text(registers, registers->ds, DX(registers));
    DWORD attributes = GetFileAttributesA(name);
    if (AL(registers) > 1)
        return DOS16_INVALID_FUNCTION;
    if (attributes == (DWORD)-1)
        return dos16_last_error();
    if (AL(registers) == 1)
        return SetFileAttributesA(name, CX(registers)) ? 0 : dos16_last_error();
    AX(registers) = CX(registers) = (uint16_t)(attributes & 0x3f);
    return 0;
}

/* 44h: what a file number stands for; nothing else is asked of devices. */
static uint16_t device_control(struct cpu16_registers *registers)
{
    HANDLE handle = dos16_handle(BX(registers));
    if (handle == INVALID_HANDLE_VALUE)
        return DOS16_INVALID_HANDLE;
    if (AL(registers) > 1)
        return DOS16_INVALID_FUNCTION;
    DX(registers) = GetFileType(handle) == FILE_TYPE_CHAR ? DEVICE_IS | DEVICE_STANDARD : 2;
    AX(registers) = DX(registers);
    return 0;
}

static uint16_t file_rename(struct cpu16_registers *registers)
{
    const char *from = dos_text(registers, registers->ds, DX(registers));
    return MoveFileA(from, dos_text(registers, registers->es, DI(registers))) ? 0
                                                                              : dos16_last_error();
}

static uint16_t file_commit(struct cpu16_registers *registers)
{
    HANDLE handle = dos16_handle(BX(registers));
    return handle != INVALID_HANDLE_VALUE && FlushFileBuffers(handle) ? 0 : DOS16_INVALID_HANDLE;
}

static uint16_t handle_count(struct cpu16_registers *registers)
{
    return BX(registers) > 255 ? DOS16_TOO_MANY_FILES : 0;
}

const struct dos_row dos_file_rows[] = {
    {0x01, character_in}, {0x02, character_out},   {0x06, character_direct},
    {0x07, character_in}, {0x08, character_in},    {0x09, text_out},
    {0x39, folder_make},  {0x3a, folder_remove},   {0x3b, folder_change},
    {0x3c, file_create},  {0x3d, file_open},       {0x3e, file_close},
    {0x3f, file_read},    {0x40, file_write},      {0x41, file_delete},
    {0x42, file_seek},    {0x43, file_attributes}, {0x44, device_control},
    {0x47, folder_get},   {0x56, file_rename},     {0x5b, file_create},
    {0x67, handle_count}, {0x68, file_commit},
};
const unsigned dos_file_row_count = sizeof dos_file_rows / sizeof *dos_file_rows;
