/* SPDX-License-Identifier: MIT */
/* error.c - errno: from what win32 says, to text, and the rules that _s functions enforce.
 *
 * Doc: "errno constants", "strerror", "perror", "_set_invalid_parameter_handler".
 * Differs: without a handler a broken rule sets errno and the function fails; the program is
 *          not ended.
 */
#include <string.h>

#include "crt_internal.h"

int crt_fail(int error)
{
    crt_thread()->error = error;
    return -1;
}

static int error_of_win32(ULONG error)
{
    static const struct {
        uint16_t error;
        uint8_t number;
    } rows[] = {
        {1, EINVAL},          {2, ENOENT},    {3, ENOENT},   {4, EMFILE},    {5, EACCES},
        {6, EBADF},           {8, ENOMEM},    {11, ENOEXEC}, {12, EINVAL},   {14, ENOMEM},
        {15, ENOENT},         {17, EXDEV},    {18, ENOENT},  {19, EACCES},   {21, EACCES},
        {32, EACCES},         {33, EACCES},   {50, EINVAL},  {53, ENOENT},   {80, EEXIST},
        {87, EINVAL},         {109, EPIPE},   {112, ENOSPC}, {123, ENOENT},  {131, EINVAL},
        {145, CRT_ENOTEMPTY}, {161, ENOENT},  {183, EEXIST}, {193, ENOEXEC}, {206, ENOENT},
        {267, ENOENT},        {1450, ENOMEM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].error == error)
            return rows[i].number;
    }
    return EINVAL;
}

int crt_fail_win32(void)
{
    crt_thread()->dos_error = error_get();
    return crt_fail(error_of_win32(error_get()));
}

/* ---- broken rules ---------------------------------------------------------------------------- */

static _Atomic(invalid_parameter_handler) invalid_handler;

int crt_invalid(int error)
{
    invalid_parameter_handler handler = crt_thread()->invalid;
    if (!handler)
        handler = invalid_handler;
    crt_fail(error);
    if (handler)
        handler(NULL, NULL, NULL, 0, 0);
    return error;
}

CRT(invalid_parameter_handler, ucrt__set_invalid_parameter_handler,
    (invalid_parameter_handler handler))
{
    return atomic_exchange(&invalid_handler, handler);
}

CRT(invalid_parameter_handler, ucrt__get_invalid_parameter_handler, (void))
{
    return invalid_handler;
}

CRT(invalid_parameter_handler, ucrt__set_thread_local_invalid_parameter_handler,
    (invalid_parameter_handler handler))
{
    struct crt_thread *thread = crt_thread();
    invalid_parameter_handler old = thread->invalid;
    thread->invalid = handler;
    return old;
}

CRT(invalid_parameter_handler, ucrt__get_thread_local_invalid_parameter_handler, (void))
{
    return crt_thread()->invalid;
}

CRT(void, ucrt__invalid_parameter_noinfo, (void))
{
    crt_invalid(EINVAL);
}

CRT(void, ucrt__invalid_parameter_noinfo_noreturn, (void))
{
    crt_invalid(EINVAL);
    program_complain("invalid parameter passed to a C run-time function");
    crt_abort();
}

CRT(void, ucrt__invalid_parameter,
    (const wchar_t *expression, const wchar_t *function, const wchar_t *file, unsigned line,
     uintptr_t reserved))
{
    invalid_parameter_handler handler = crt_thread()->invalid;
    if (!handler)
        handler = invalid_handler;
    if (handler)
        handler(expression, function, file, line, reserved);
}

/* ---- text ------------------------------------------------------------------------------------ */

static const char *const texts[] = {
    [0] = "No error",
    [EPERM] = "Operation not permitted",
    [ENOENT] = "No such file or directory",
    [ESRCH] = "No such process",
    [EINTR] = "Interrupted function call",
    [EIO] = "Input/output error",
    [ENXIO] = "No such device or address",
    [E2BIG] = "Arg list too long",
    [ENOEXEC] = "Exec format error",
    [EBADF] = "Bad file descriptor",
    [ECHILD] = "No child processes",
    [EAGAIN] = "Resource temporarily unavailable",
    [ENOMEM] = "Not enough space",
    [EACCES] = "Permission denied",
    [EFAULT] = "Bad address",
    [EBUSY] = "Resource device",
    [EEXIST] = "File exists",
    [EXDEV] = "Improper link",
    [ENODEV] = "No such device",
    [ENOTDIR] = "Not a directory",
    [EISDIR] = "Is a directory",
    [EINVAL] = "Invalid argument",
    [ENFILE] = "Too many open files in system",
    [EMFILE] = "Too many open files",
    [ENOTTY] = "Inappropriate I/O control operation",
    [EFBIG] = "File too large",
    [ENOSPC] = "No space left on device",
    [ESPIPE] = "Invalid seek",
    [EROFS] = "Read-only file system",
    [EMLINK] = "Too many links",
    [EPIPE] = "Broken pipe",
    [EDOM] = "Domain error",
    [ERANGE] = "Result too large",
    [36] = "Resource deadlock avoided",
    [CRT_ENAMETOOLONG] = "Filename too long",
    [39] = "No locks available",
    [40] = "Function not implemented",
    [CRT_ENOTEMPTY] = "Directory not empty",
    [CRT_EILSEQ] = "Illegal byte sequence",
};

const char *crt_error_text(int error)
{
    const char *text = NULL;
    if (error >= 0 && (size_t)error < sizeof texts / sizeof *texts)
        text = texts[error];
    return text ? text : "Unknown error";
}

/* In the thread's block: programs may hand it to a service. */
CRT(char *, ucrt_strerror, (int error))
{
    struct crt_thread *thread = crt_thread();
    crt_strncpy_s(thread->error_text, sizeof thread->error_text, crt_error_text(error),
                  CRT_TRUNCATE);
    return thread->error_text;
}

CRT(int, ucrt_strerror_s, (char *buffer, size_t size, int error))
{
    if (!buffer || !size)
        return crt_invalid(EINVAL);
    crt_strncpy_s(buffer, size, crt_error_text(error), CRT_TRUNCATE);
    return 0;
}

/* "message: text of errno\n" */
static void error_message(const char *message, char *out, size_t size)
{
    *out = 0;
    if (message && *message) {
        crt_strncpy_s(out, size, message, CRT_TRUNCATE);
        crt_strncat_s(out, size, ": ", CRT_TRUNCATE);
    }
    crt_strncat_s(out, size, crt_error_text(crt_thread()->error), CRT_TRUNCATE);
    crt_strncat_s(out, size, "\n", CRT_TRUNCATE);
}

CRT(char *, ucrt__strerror, (const char *message))
{
    struct crt_thread *thread = crt_thread();
    error_message(message, thread->error_text, sizeof thread->error_text);
    return thread->error_text;
}

CRT(wchar_t *, ucrt__wcserror, (int error))
{
    struct crt_thread *thread = crt_thread();
    crt_utf16_from_string(crt_error_text(error), thread->wide_error_text,
                          sizeof thread->wide_error_text / sizeof(wchar_t));
    return thread->wide_error_text;
}

CRT(void, ucrt_perror, (const char *message))
{
    char text[512];
    error_message(message, text, sizeof text);
    stream_lock(STREAM_ERR);
    stream_write(STREAM_ERR, text, strlen(text));
    stream_unlock(STREAM_ERR);
}

CRT(void, ucrt__wperror, (const wchar_t *message))
{
    char text[400] = "";
    if (message)
        crt_utf8_from_string(message, text, sizeof text);
    ucrt_perror(text);
}

CRT(int, ucrt__strerror_s, (char *buffer, size_t size, const char *message))
{
    char text[512];
    if (!buffer || !size)
        return crt_invalid(EINVAL);
    error_message(message, text, sizeof text);
    crt_strncpy_s(buffer, size, text, CRT_TRUNCATE);
    return 0;
}

CRT(int, ucrt__wcserror_s, (wchar_t * buffer, size_t count, int error))
{
    if (!buffer || !count)
        return crt_invalid(EINVAL);
    crt_utf16_from_string(crt_error_text(error), buffer, count);
    return 0;
}

#define TEXT_COUNT (sizeof texts / sizeof *texts)
int ucrt__sys_nerr = TEXT_COUNT - 1;
const char *ucrt__sys_errlist[TEXT_COUNT];

void error_init(void)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        ucrt__sys_errlist[i] = crt_error_text((int)i);
}

CRT(int *, ucrt___sys_nerr, (void))
{
    return &ucrt__sys_nerr;
}

CRT(const char **, ucrt___sys_errlist, (void))
{
    return ucrt__sys_errlist;
}
