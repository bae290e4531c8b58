/* SPDX-License-Identifier: MIT */
/* dos16/dos16.h - what 16-bit programs ask of DOS: its files, by number, and its interrupts.
 *
 * Functions answer a DOS error code, 0 for success. Files are numbers 0 … 254, of which 0 … 4 are
 * open from the start; behind each is a handle of the 32-bit side.
 */
#ifndef DOS16_DOS16_H
#define DOS16_DOS16_H

#include "cpu16/cpu16.h"
#include "ntdll/win.h"

#define DOS16_INVALID_FUNCTION 1
#define DOS16_FILE_NOT_FOUND   2
#define DOS16_TOO_MANY_FILES   4
#define DOS16_INVALID_HANDLE   6
#define DOS16_NO_MEMORY        8
#define DOS16_INVALID_DATA     13
#define DOS16_NO_MORE_FILES    18

void dos16_init(void);
/* A fault or an interrupt of the program: served here, or handed to what the program has set for
 * it. False: nobody serves it; *fault may then be another, of code that chained to us. */
bool dos16_fault(struct cpu16_fault *fault, struct cpu16_registers *registers);
/* What we serve ourselves; false: nobody serves that number. */
bool dos16_interrupt(uint8_t number, struct cpu16_registers *registers);
/* INT 21h, as DOS3Call makes it, too. */
void dos16_call(struct cpu16_registers *registers);

/* mode: as of INT 21h, AH=3Dh (0 read, 1 write, 2 both; sharing above). */
uint16_t dos16_open(const char *name, uint8_t mode, uint16_t *out_file);
/* Makes or empties. is_new: fails when it is there. */
uint16_t dos16_create(const char *name, uint16_t attributes, bool is_new, uint16_t *out_file);
uint16_t dos16_close(uint16_t file);
uint16_t dos16_read(uint16_t file, void *to, uint32_t bytes, uint32_t *out_done);
/* bytes 0: the file ends where it stands. */
uint16_t dos16_write(uint16_t file, const void *from, uint32_t bytes, uint32_t *out_done);
uint16_t dos16_seek(uint16_t file, int32_t distance, uint16_t origin, uint32_t *out_position);
uint16_t dos16_delete(const char *name);
/* The handle behind a number; INVALID_HANDLE_VALUE: none. */
HANDLE dos16_handle(uint16_t file);
/* A number for a handle, which is taken. */
uint16_t dos16_adopt(HANDLE handle, uint16_t *out_file);
uint16_t dos16_last_error(void);

#endif
