/* SPDX-License-Identifier: MIT */
/* abi_names.h - names and meanings of status values, Win32 errors and bug checks.
 *
 * In goes a number, out comes what abi/status.tsv, win32.tsv and bugchecks.tsv say about it.
 * All answers are constants and live for ever; unknown numbers are answered, never
 * guessed.
 */
#ifndef BASE_ABI_NAMES_H
#define BASE_ABI_NAMES_H

#include <stdint.h>

struct abi_bugcheck {
    uint32_t code;
    const char *name;
    const char *text;         /* one sentence; may be empty */
    const char *parameter[4]; /* what each parameter means; "" where reserved */
};

/* Answers "STATUS_…", or NULL for a value without a name. */
const char *abi_status_name(uint32_t status);

/* Answers the message text of a status, or "" where none is known. */
const char *abi_status_text(uint32_t status);

/* Answers the Win32 error a program sees for a status: the documented one, the code
 * itself where the status is a wrapped Win32 error (0xC007xxxx), else
 * ERROR_MR_MID_NOT_FOUND (317), which is what RtlNtStatusToDosError answers.
 */
uint32_t abi_status_to_win32(uint32_t status);

/* Answers "ERROR_…" and what it means, or NULL for an error without a row. */
const char *abi_win32_name(uint32_t error);
const char *abi_win32_text(uint32_t error);

/* Answers the entry of a bug-check code, or NULL. */
const struct abi_bugcheck *abi_bugcheck_find(uint32_t code);

/* For bug checks whose first parameter tells kinds apart: that kind's name, parameters and text, or
 * NULL.
 */
const struct abi_bugcheck *abi_bugcheck_kind(uint32_t code, uint64_t parameter1);

#endif
