/* SPDX-License-Identifier: MIT */
/* error.c - statuses to Win32 errors, and messages for the person at the terminal. */
#include "ntdll/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/abi_export.h"
#include "base/abi_names.h"
#include "host/host.h"
#include "ntdll/teb.h"

static const char *program_name = "program"; /* set once at start */

ULONG error_of_status(NTSTATUS status)
{
    return abi_status_to_win32((uint32_t)status);
}

void error_set(ULONG error)
{
    teb_current()->LastErrorValue = error;
}

ULONG error_get(void)
{
    return teb_current()->LastErrorValue;
}

BOOL error_result(NTSTATUS status)
{
    if (NT_SUCCESS(status))
        return TRUE;
    teb_current()->LastStatusValue = status;
    error_set(error_of_status(status));
    return FALSE;
}

BOOL error_fail(ULONG error)
{
    error_set(error);
    return FALSE;
}

void program_name_set(const char *name)
{
    program_name = name;
}

static void complain(const char *format, va_list args)
{
    char line[700];
    int length = snprintf(line, sizeof line, "cove: %.100s: ", program_name);
    length += vsnprintf(line + length, sizeof line - (size_t)length - 1, format, args);
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length++] = '\n';
    host_write_stderr(line, (size_t)length);
}

void program_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
}

void program_die(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    host_exit(code);
}

void abi_user_absent(const char *dll, const char *name, uintptr_t caller)
{
    program_die(PROGRAM_ABSENT,
                "it called %s of %s, which is not there yet (from 0x%llx); the program was ended",
                name, dll, (unsigned long long)caller);
}
