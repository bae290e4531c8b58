/* SPDX-License-Identifier: MIT */
/* console_event_ddi.c - Ctrl-C and its kin: the host's signals become calls of handlers.
 *
 * Doc: SetConsoleCtrlHandler, GenerateConsoleCtrlEvent, HandlerRoutine. From the first handler
 * on a thread of ours waits for signals: SIGINT is Ctrl-C, SIGQUIT Ctrl-Break, SIGTERM and
 * SIGHUP the closing of the console. Handlers run on a new thread for each event, the last
 * one added first. Before that the host's signals do what they do to any process.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "host/host.h"
#include "ntdll/process.h"
#include "ntdll/sync.h"
#include "ntdll/thread.h"
#include "win32_internal.h"

#define CTRL_C_EVENT     0u
#define CTRL_BREAK_EVENT 1u
#define CTRL_CLOSE_EVENT 2u
#define EVENTS           3u
#define CONTROL_C_EXIT   0xc000013au

typedef BOOL(WINAPI *ctrl_handler)(DWORD event);

struct handler {
    struct handler *next;
    ctrl_handler routine;
};

static struct {
    RTL_SRWLOCK lock; /* guards: first, is_watched */
    struct handler *first;
    bool is_watched;
    _Atomic bool ignores_ctrl_c;
    _Atomic uint32_t raised[EVENTS]; /* how often, not yet delivered */
    _Atomic uint32_t bell;           /* counts raisings; the watcher waits on it */
} events;

static void event_raise(DWORD event)
{
    atomic_fetch_add(&events.raised[event], 1);
    atomic_fetch_add(&events.bell, 1);
    host_wake(&events.bell, 1);
}

static void signal_take(int number)
{
    int error = errno;
    event_raise(number == SIGINT    ? CTRL_C_EVENT
                : number == SIGQUIT ? CTRL_BREAK_EVENT
                                    : CTRL_CLOSE_EVENT);
    errno = error;
}

/* The routine at that place, or NULL: handlers may change the list. */
static ctrl_handler handler_at(unsigned index)
{
    srw_take_shared(&events.lock);
    struct handler *at = events.first;
    while (at && index--)
        at = at->next;
    ctrl_handler routine = at ? at->routine : NULL;
    srw_give_shared(&events.lock);
    return routine;
}

static DWORD WINAPI event_deliver(LPVOID context)
{
    DWORD event = (DWORD)(uintptr_t)context;
    bool is_taken = false;
    for (unsigned i = 0; !is_taken; i++) {
        ctrl_handler routine = handler_at(i);
        if (!routine)
            break;
        is_taken = routine(event);
    }
    if (!is_taken || event == CTRL_CLOSE_EVENT)
        process_exit(CONTROL_C_EXIT);
    return 0;
}

static DWORD WINAPI events_watch(LPVOID unused)
{
    thread_hide();
    for (;;) {
        uint32_t bell = atomic_load(&events.bell);
        for (DWORD event = 0; event < EVENTS; event++) {
            HANDLE thread;
            ULONG_PTR id;
            if (!atomic_exchange(&events.raised[event], 0) ||
                (event == CTRL_C_EVENT && events.ignores_ctrl_c))
                continue;
            if (NT_SUCCESS(
                    thread_create(event_deliver, (void *)(uintptr_t)event, 0, false, &thread, &id)))
                NtClose(thread);
        }
        host_wait(&events.bell, bell, HOST_FOREVER);
    }
}

/* Under the lock. */
static bool watch_begin(void)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    HANDLE thread;
    ULONG_PTR id;
    if (events.is_watched)
        return true;
    if (!error_result(thread_create(events_watch, NULL, 0, false, &thread, &id)))
        return false;
    NtClose(thread);
    struct sigaction action = {.sa_handler = signal_take, .sa_flags = SA_RESTART | SA_ONSTACK};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    events.is_watched = true;
    return true;
}

static BOOL handler_add(ctrl_handler routine)
{
    struct handler *handler = malloc(sizeof *handler);
    if (!handler)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    srw_take_exclusive(&events.lock);
    bool is_watched = watch_begin();
    if (is_watched) {
        *handler = (struct handler){events.first, routine};
        events.first = handler;
    }
    srw_give_exclusive(&events.lock);
    if (!is_watched)
        free(handler);
    return is_watched;
}

static BOOL handler_remove(ctrl_handler routine)
{
    srw_take_exclusive(&events.lock);
    struct handler **at = &events.first;
    while (*at && (*at)->routine != routine)
        at = &(*at)->next;
    struct handler *handler = *at;
    if (handler)
        *at = handler->next;
    srw_give_exclusive(&events.lock);
    free(handler);
    return handler ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

/* Without a handler: whether Ctrl-C is passed over. Differs: children do not inherit that. */
EXPORT(BOOL, SetConsoleCtrlHandler, (ctrl_handler handler, BOOL add))
{
    if (handler)
        return add ? handler_add(handler) : handler_remove(handler);
    srw_take_exclusive(&events.lock);
    bool is_watched = watch_begin();
    srw_give_exclusive(&events.lock);
    events.ignores_ctrl_c = add;
    return is_watched;
}

/* Differs: reaches the calling program only, whatever the group. */
EXPORT(BOOL, GenerateConsoleCtrlEvent, (DWORD event, DWORD group))
{
    if (event > CTRL_BREAK_EVENT)
        return error_fail(ERROR_INVALID_PARAMETER);
    srw_take_exclusive(&events.lock);
    bool is_watched = watch_begin();
    srw_give_exclusive(&events.lock);
    if (is_watched)
        event_raise(event);
    return is_watched;
}
