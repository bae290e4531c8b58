/* SPDX-License-Identifier: MIT */
/* exit.c - the end: what atexit registered, streams written out, the process's exit code.
 *
 * Doc: "exit, _Exit, _exit", "atexit", "_onexit", "abort", "_cexit, _c_exit".
 * Lock: ending -> table.lock; ending is held while registered functions run, and nests.
 */
#include <string.h>

#include "crt_internal.h"
#include "ntdll/process.h"

struct exit_table { /* _onexit_table_t */
    crt_onexit *first, *last, *end;
};

static RTL_CRITICAL_SECTION ending; /* one thread ends the program, others wait for ever */
static struct {
    RTL_CRITICAL_SECTION lock; /* guards: both, and tables of DLLs */
    struct exit_table at_exit, at_quick_exit;
    void(WINAPI *thread_local_end)(void *, ULONG, void *); /* set once at start */
} table;

void exit_init(void)
{
    section_init(&ending, 0);
    section_init(&table.lock, 0);
    memset(&table.at_exit, 0, sizeof table.at_exit);
    memset(&table.at_quick_exit, 0, sizeof table.at_quick_exit);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static int table_add(struct exit_table *to, crt_onexit function)
{
    int result = 0;
    section_enter(&table.lock);
    if (to->last == to->end) {
        size_t count = (size_t)(to->last - to->first), more = count ? count * 2 : 32;
        crt_onexit *made = heap_take(more * sizeof *made);
        if (made) {
            if (count)
                memcpy(made, to->first, count * sizeof *made);
            heap_give(to->first);
            *to = (struct exit_table){made, made + count, made + more};
        } else {
            result = -1;
        }
    }
    if (!result)
        *to->last++ = function;
    section_leave(&table.lock);
    return result;
}

/* Last first; functions may register more. */
static void table_run(struct exit_table *from)
{
    for (;;) {
        section_enter(&table.lock);
        crt_onexit function = from->last != from->first ? *--from->last : NULL;
        bool is_over = !function && from->last == from->first;
        if (is_over) {
            heap_give(from->first);
            *from = (struct exit_table){0};
        }
        section_leave(&table.lock);
        if (is_over)
            return;
        if (function)
            function();
    }
}

CRT(crt_onexit, ucrt__onexit, (crt_onexit function))
{
    return table_add(&table.at_exit, function) ? NULL : function;
}

CRT(int, ucrt_atexit, (crt_onexit function))
{
    return table_add(&table.at_exit, function);
}

CRT(int, ucrt__crt_at_quick_exit, (crt_onexit function))
{
    return table_add(&table.at_quick_exit, function);
}

CRT(int, ucrt__initialize_onexit_table, (struct exit_table * made))
{
    if (!made)
        return -1;
    *made = (struct exit_table){0};
    return 0;
}

CRT(int, ucrt__register_onexit_function, (struct exit_table * to, crt_onexit function))
{
    return to ? table_add(to, function) : -1;
}

CRT(int, ucrt__execute_onexit_table, (struct exit_table * from))
{
    if (!from)
        return -1;
    table_run(from);
    return 0;
}

/* A DLL's own table: [*first, *end) on the heap, exactly as long as it is full. */
CRT(crt_onexit, ucrt___dllonexit, (crt_onexit function, crt_onexit **first, crt_onexit **end))
{
    section_enter(&table.lock);
    size_t count = (size_t)(*end - *first);
    crt_onexit *made = heap_take((count + 1) * sizeof *made);
    if (made) {
        if (count)
            memcpy(made, *first, count * sizeof *made);
        made[count] = function;
        heap_give(*first);
        *first = made;
        *end = made + count + 1;
    }
    section_leave(&table.lock);
    return made ? function : NULL;
}

CRT(void, ucrt__register_thread_local_exe_atexit_callback,
    (void(WINAPI * callback)(void *, ULONG, void *)))
{
    table.thread_local_end = callback;
}

/* ---- ends ------------------------------------------------------------------------------------ */

void exit_run(void)
{
    section_enter(&ending);
    if (table.thread_local_end)
        table.thread_local_end(NULL, DLL_PROCESS_DETACH, NULL);
    table.thread_local_end = NULL;
    table_run(&table.at_exit);
    stream_flush_all();
    section_leave(&ending);
}

CRT(void, ucrt__cexit, (void))
{
    exit_run();
}

CRT(void, ucrt__c_exit, (void))
{
    /* The quick form: neither functions nor streams, and nothing else needs an end. */
}

CRT(void, ucrt_exit, (int code))
{
    section_enter(&ending); /* to the end: nobody else begins one */
    exit_run();
    process_exit((ULONG)code);
}

CRT(void, ucrt__exit, (int code))
{
    process_exit((ULONG)code);
}

CRT(void, ucrt_quick_exit, (int code))
{
    section_enter(&ending);
    table_run(&table.at_quick_exit);
    process_exit((ULONG)code);
}

void crt_abort(void)
{
    signal_abort();
    program_complain("abort() was called");
    process_terminate(3);
}

CRT(void, ucrt_abort, (void))
{
    crt_abort();
}

CRT(void, ucrt__amsg_exit, (int number))
{
    program_complain("run-time error R60%02d", number);
    process_exit(255);
}

static _Atomic(crt_procedure) terminate_handler;

CRT(void, ucrt_terminate, (void))
{
    crt_procedure handler = terminate_handler;
    if (handler)
        handler();
    crt_abort();
}

CRT(crt_procedure, ucrt_set_terminate, (crt_procedure handler))
{
    return atomic_exchange(&terminate_handler, handler);
}

CRT(crt_procedure, ucrt__get_terminate, (void))
{
    return terminate_handler;
}

static _Atomic(crt_procedure) purecall_handler;

CRT(int, ucrt__purecall, (void))
{
    crt_procedure handler = purecall_handler;
    if (handler)
        handler();
    program_complain("pure virtual function call");
    crt_abort();
}

CRT(crt_procedure, ucrt__set_purecall_handler, (crt_procedure handler))
{
    return atomic_exchange(&purecall_handler, handler);
}

CRT(crt_procedure, ucrt__get_purecall_handler, (void))
{
    return purecall_handler;
}

static _Atomic unsigned abort_behavior = 3;

CRT(unsigned, ucrt__set_abort_behavior, (unsigned flags, unsigned mask))
{
    unsigned old = abort_behavior;
    abort_behavior = (old & ~mask) | (flags & mask);
    return old;
}

static _Atomic int error_mode;

CRT(int, ucrt__set_error_mode, (int mode))
{
    if (mode == 3) /* _REPORT_ERRMODE */
        return error_mode;
    return mode >= 0 && mode < 3 ? atomic_exchange(&error_mode, mode) : crt_fail(EINVAL);
}

/* ---- assertions ------------------------------------------------------------------------------ */

CRT(void, ucrt__assert, (const char *message, const char *file, unsigned line))
{
    stream_flush_all();
    program_complain("Assertion failed: %s, file %s, line %u", message, file, line);
    crt_abort();
}

CRT(void, ucrt__wassert, (const wchar_t *message, const wchar_t *file, unsigned line))
{
    char text[512], name[300];
    crt_utf8_from_string(message, text, sizeof text);
    crt_utf8_from_string(file, name, sizeof name);
    ucrt__assert(text, name, line);
}
