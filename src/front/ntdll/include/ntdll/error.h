/* SPDX-License-Identifier: MIT */
/* ntdll/error.h - from statuses to what GetLastError says, and the program's last words. */
#ifndef NTDLL_ERROR_H
#define NTDLL_ERROR_H

#include "ntdll/win.h"

ULONG error_of_status(NTSTATUS status);
void error_set(ULONG error);
ULONG error_get(void);
/* Sets the last error of a failed status; TRUE when it succeeded. */
BOOL error_result(NTSTATUS status);
/* Sets the error and is FALSE. */
BOOL error_fail(ULONG error);

/* "cove: app.exe: " and the text, on stderr, as one line. */
void program_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, then the end of the process with that code. */
[[noreturn]] void program_die(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The program's file name for messages; kept. */
void program_name_set(const char *name);

/* What a program exits with that could not be started, or that called what is not there. */
#define PROGRAM_CANNOT_START 126
#define PROGRAM_ABSENT       127

#endif
