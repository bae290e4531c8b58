/* SPDX-License-Identifier: MIT */
/* thread.c - what the run-times keep for each thread, and threads begun through them.
 *
 * The block lies on the process heap, is made at its first use and goes with its thread.
 * Doc: "_beginthread, _beginthreadex", "errno, _doserrno, _sys_errlist, and _sys_nerr".
 */
#include <string.h>

#include "crt_internal.h"
#include "ntdll/process.h"
#include "ntdll/thread.h"

/* ---- the block ----------------------------------------------------------------------------------
 */

struct crt_thread *crt_thread(void)
{
    /* Shared by threads for which there was no memory: better a mixed-up errno than a fault. */
    static struct crt_thread last_resort = {.random = 1};
    struct teb *teb = teb_current();
    if (!teb->crt) {
        struct crt_thread *made = heap_take(sizeof *made);
        if (!made)
            return &last_resort;
        memset(made, 0, sizeof *made);
        made->random = 1;
        teb->crt = made;
    }
    return teb->crt;
}

void crt_thread_end(struct teb *teb)
{
    heap_give(teb->crt);
    teb->crt = NULL;
}

CRT(int *, ucrt__errno, (void))
{
    return &crt_thread()->error;
}

CRT(ULONG *, ucrt___doserrno, (void))
{
    return &crt_thread()->dos_error;
}

CRT(int, ucrt__set_errno, (int value))
{
    crt_thread()->error = value;
    return 0;
}

CRT(int, ucrt__get_errno, (int *value))
{
    if (!value)
        return EINVAL;
    *value = crt_thread()->error;
    return 0;
}

CRT(int, ucrt__set_doserrno, (ULONG value))
{
    crt_thread()->dos_error = value;
    return 0;
}

CRT(int, ucrt__get_doserrno, (ULONG * value))
{
    if (!value)
        return EINVAL;
    *value = crt_thread()->dos_error;
    return 0;
}

CRT(void **, ucrt___pxcptinfoptrs, (void))
{
    return &crt_thread()->exception_pointers;
}

/* ---- threads --------------------------------------------------------------------------------- */

struct begin {
    unsigned(WINAPI *start)(void *);
    void *argument;
    HANDLE handle; /* _beginthread's own; NULL for _beginthreadex */
};

static DWORD WINAPI begin_run(void *context)
{
    struct begin begin = *(struct begin *)context;
    heap_give(context);
    crt_thread()->begun = begin.handle;
    DWORD code = begin.start(begin.argument);
    if (begin.handle) {
        crt_thread()->begun = NULL;
        CloseHandle(begin.handle);
        return 0;
    }
    return code;
}

static struct begin *begin_make(unsigned(WINAPI *start)(void *), void *argument)
{
    struct begin *begin = start ? heap_take(sizeof *begin) : NULL;
    if (!begin)
        crt_fail(start ? ENOMEM : EINVAL);
    else
        *begin = (struct begin){start, argument, NULL};
    return begin;
}

CRT(uintptr_t, ucrt__beginthreadex,
    (void *security, unsigned stack, unsigned(WINAPI *start)(void *), void *argument,
     unsigned flags, unsigned *id))
{
    struct begin *begin = begin_make(start, argument);
    if (!begin)
        return 0;
    DWORD made;
    HANDLE handle = CreateThread(security, stack, begin_run, begin, flags, &made);
    if (!handle) {
        heap_give(begin);
        crt_fail_win32();
        return 0;
    }
    if (id)
        *id = made;
    return (uintptr_t)handle;
}

/* Made suspended, because the new thread closes the handle and must know it. */
CRT(uintptr_t, ucrt__beginthread, (void(WINAPI * start)(void *), unsigned stack, void *argument))
{
    struct begin *begin = begin_make((unsigned(WINAPI *)(void *))(void *)start, argument);
    if (!begin)
        return (uintptr_t)-1;
    HANDLE handle = CreateThread(NULL, stack, begin_run, begin, 4 /* CREATE_SUSPENDED */, NULL);
    if (!handle) {
        heap_give(begin);
        crt_fail_win32();
        return (uintptr_t)-1;
    }
    begin->handle = handle;
    ResumeThread(handle);
    return (uintptr_t)handle;
}

CRT(void, ucrt__endthreadex, (unsigned code))
{
    ExitThread(code);
}

CRT(void, ucrt__endthread, (void))
{
    struct crt_thread *thread = crt_thread();
    if (thread->begun)
        CloseHandle(thread->begun);
    thread->begun = NULL;
    ExitThread(0);
}

CRT(int, ucrt__getpid, (void))
{
    return (int)(uintptr_t)teb_current()->UniqueProcess;
}

CRT(ULONG, ucrt___threadid, (void))
{
    return (ULONG)(uintptr_t)teb_current()->UniqueThread;
}

CRT(intptr_t, ucrt___threadhandle, (void))
{
    return (intptr_t)ZwCurrentThread();
}

/* ---- the numbered locks of msvcrt ------------------------------------------------------------ */

#define LOCK_COUNT   64
#define LOCK_STREAMS 16 /* from here on those of _iob's streams: mingw-w64's stdio */
static RTL_CRITICAL_SECTION locks[LOCK_COUNT]; /* nest in the caller's order */

static RTL_CRITICAL_SECTION *lock_of(int number)
{
    if (number < 0 || number >= LOCK_COUNT)
        return NULL;
    if (number >= LOCK_STREAMS && number < LOCK_STREAMS + IOB_COUNT)
        return &stream_state(&ucrt__iob[number - LOCK_STREAMS])->lock;
    return &locks[number];
}

CRT(void, ucrt__lock, (int number))
{
    RTL_CRITICAL_SECTION *lock = lock_of(number);
    if (lock)
        section_enter(lock);
}

CRT(void, ucrt__unlock, (int number))
{
    RTL_CRITICAL_SECTION *lock = lock_of(number);
    if (lock)
        section_leave(lock);
}

/* ---- the door -------------------------------------------------------------------------------- */

void frontcrt_init(void)
{
    for (int i = 0; i < LOCK_COUNT; i++)
        section_init(&locks[i], 0);
    thread_end_register(crt_thread_end);
    process_end_register(stream_flush_end);
    exit_init();
    environ_init();
    startup_init();
    fd_init();
    stream_init();
    clock_init();
    ctype_init();
    error_init();
}
