/* SPDX-License-Identifier: MIT */
/* signal.c - signal and raise, and the filter of the start-up code that makes signals of faults.
 *
 * Doc: "signal", "raise", "_XcptFilter" (its use in the public start-up code of mingw-w64).
 * Differs: a handler is the whole process's, not the thread's; Ctrl-C ends the program without
 * SIGINT.
 */
#include "crt_internal.h"
#include "ntdll/exception.h"
#include "ntdll/process.h"

#define MS_SIGINT         2
#define MS_SIGILL         4
#define MS_SIGABRT_COMPAT 6
#define MS_SIGFPE         8
#define MS_SIGSEGV        11
#define MS_SIGTERM        15
#define MS_SIGBREAK       21
#define MS_SIGABRT        22
#define SIGNAL_COUNT      23

typedef void(WINAPI *signal_handler)(int);
#define HANDLER_DEFAULT ((signal_handler)0)
#define HANDLER_IGNORE  ((signal_handler)1)
#define HANDLER_GET     ((signal_handler)2)
#define HANDLER_ERROR   ((signal_handler)(intptr_t)-1)

static _Atomic(signal_handler) handlers[SIGNAL_COUNT];

static bool is_signal(int number)
{
    return number == MS_SIGINT || number == MS_SIGILL || number == MS_SIGFPE ||
           number == MS_SIGSEGV || number == MS_SIGTERM || number == MS_SIGBREAK ||
           number == MS_SIGABRT;
}

CRT(signal_handler, ucrt_signal, (int number, signal_handler handler))
{
    if (number == MS_SIGABRT_COMPAT)
        number = MS_SIGABRT;
    if (!is_signal(number))
        return crt_fail(EINVAL), HANDLER_ERROR;
    if (handler == HANDLER_GET)
        return handlers[number];
    return atomic_exchange(&handlers[number], handler);
}

/* A floating-point handler is told which error by a second argument. */
static void handler_run(int number, signal_handler handler, int error)
{
    if (number == MS_SIGFPE)
        ((void(WINAPI *)(int, int))(void *)handler)(number, error);
    else
        handler(number);
}

CRT(int, ucrt_raise, (int number))
{
    if (number == MS_SIGABRT_COMPAT)
        number = MS_SIGABRT;
    if (!is_signal(number))
        return crt_fail(EINVAL);
    signal_handler handler = atomic_exchange(&handlers[number], HANDLER_DEFAULT);
    if (handler == HANDLER_IGNORE) {
        handlers[number] = handler;
        return 0;
    }
    if (handler == HANDLER_DEFAULT)
        process_exit(3);
    handler_run(number, handler, 0x8c /* _FPE_EXPLICITGEN */);
    return 0;
}

void signal_abort(void)
{
    signal_handler handler = atomic_exchange(&handlers[MS_SIGABRT], HANDLER_DEFAULT);
    if (handler != HANDLER_DEFAULT && handler != HANDLER_IGNORE)
        handler(MS_SIGABRT);
}

/* ---- faults ---------------------------------------------------------------------------------- */

static const struct {
    NTSTATUS status;
    int signal;
    int error; /* _FPE_… */
} faults[] = {
    {STATUS_ACCESS_VIOLATION, MS_SIGSEGV, 0},
    {STATUS_ILLEGAL_INSTRUCTION, MS_SIGILL, 0},
    {STATUS_PRIVILEGED_INSTRUCTION, MS_SIGILL, 0},
    {STATUS_FLOAT_INVALID_OPERATION, MS_SIGFPE, 0x81},
    {STATUS_FLOAT_DENORMAL_OPERAND, MS_SIGFPE, 0x82},
    {STATUS_FLOAT_DIVIDE_BY_ZERO, MS_SIGFPE, 0x83},
    {STATUS_FLOAT_OVERFLOW, MS_SIGFPE, 0x84},
    {STATUS_FLOAT_UNDERFLOW, MS_SIGFPE, 0x85},
    {STATUS_FLOAT_INEXACT_RESULT, MS_SIGFPE, 0x86},
    {STATUS_FLOAT_STACK_CHECK, MS_SIGFPE, 0x8a},
};

CRT(int, ucrt__XcptFilter, (ULONG code, EXCEPTION_POINTERS *pointers))
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if ((ULONG)faults[i].status != code)
            continue;
        signal_handler handler = handlers[faults[i].signal];
        if (handler == HANDLER_DEFAULT)
            break;
        if (handler == HANDLER_IGNORE)
            return EXCEPTION_CONTINUE_EXECUTION;
        handlers[faults[i].signal] = HANDLER_DEFAULT;
        crt_thread()->exception_pointers = pointers;
        handler_run(faults[i].signal, handler, faults[i].error);
        crt_thread()->exception_pointers = NULL;
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    return exception_unhandled(pointers);
}

/* A DLL's entry: its own C++ exceptions only, of which there are none. */
CRT(int, ucrt__seh_filter_dll, (ULONG code, EXCEPTION_POINTERS *pointers))
{
    return EXCEPTION_CONTINUE_SEARCH;
}
