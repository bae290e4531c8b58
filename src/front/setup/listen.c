/* SPDX-License-Identifier: MIT */
/* listen.c - what happens to devices, heard by one thread of the program and handed on.
 *
 * The thread is made for the first who listens; it waits for an event that the machine sets and
 * takes what there is. Invariant: no lock is held while hear runs, and after listen_end it does
 * not run any more.
 */
#include "listen.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "ntdll/sync.h"
#include "ntdll/thread.h"

struct listening {
    struct list link;
    struct listen_ask ask;
    uint64_t number;   /* the machine's; 0: not said yet */
    bool is_ended;     /* hear is not called any more */
    bool is_running;   /* hear runs */
    bool is_forgotten; /* freed when hear comes back */
};

static RTL_SRWLOCK listen_lock; /* guards: everything here */
static RTL_CONDITION_VARIABLE came_back;
static struct list all = LIST_INIT(all);
static HANDLE listener, ready;
static ULONG_PTR listen_thread;

static void listening_free(struct listening *one)
{
    free(one->ask.context);
    free(one);
}

static void answer(uint64_t question, bool is_refused)
{
    struct wire_plugplay *in = plug_input(NULL);
    if (!in)
        return;
    in->handle = (uint64_t)listener;
    in->number = question;
    in->flags = is_refused;
    (void)plug_do(WIRE_PLUGPLAY_ANSWER, in);
    heap_give(in);
}

static struct listening *found_locked(uint64_t number)
{
    list_for_each(node, &all)
    {
        struct listening *one = list_entry(node, struct listening, link);
        if (one->number == number && !one->is_ended)
            return one;
    }
    return NULL;
}

static void hand_on(const struct wire_plugplay_event *event, const void *custom)
{
    srw_take_exclusive(&listen_lock);
    struct listening *one = found_locked(event->subscription);
    if (one)
        one->is_running = true;
    srw_give_exclusive(&listen_lock);
    DWORD verdict = one ? one->ask.hear(one, one->ask.context, event, custom) : ERROR_SUCCESS;
    if (event->question)
        answer(event->question, verdict != ERROR_SUCCESS);
    if (!one)
        return;
    srw_take_exclusive(&listen_lock);
    one->is_running = false;
    bool is_forgotten = one->is_forgotten;
    condition_wake(&came_back, true);
    srw_give_exclusive(&listen_lock);
    if (is_forgotten)
        listening_free(one);
}

static DWORD WINAPI listen_run(void *context)
{
    thread_hide();
    struct wire_plugplay *in = plug_input(NULL);
    if (!in)
        return ERROR_NOT_ENOUGH_MEMORY;
    in->handle = (uint64_t)listener;
    for (;;) {
        struct plug plug;
        NTSTATUS status = plug_ask(WIRE_PLUGPLAY_NEXT, in, NULL, 0, &plug);
        if (NT_SUCCESS(status))
            hand_on(plug.data, (const struct wire_plugplay_event *)plug.data + 1);
        plug_free(&plug);
        if (status == STATUS_NO_MORE_ENTRIES)
            status = NtWaitForSingleObject(ready, FALSE, NULL);
        if (!NT_SUCCESS(status) && status != STATUS_BUFFER_TOO_SMALL)
            break;
    }
    heap_give(in);
    return ERROR_SUCCESS;
}

static NTSTATUS start_locked(void)
{
    struct plug plug;
    HANDLE thread;
    if (listener)
        return STATUS_SUCCESS;
    if (!ready) {
        HANDLE event; /* on the stack: the machine sees none of our own memory */
        NTSTATUS made = NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE);
        if (!NT_SUCCESS(made))
            return made;
        ready = event;
    }
    struct wire_plugplay *in = plug_input(NULL);
    if (!in)
        return STATUS_NO_MEMORY;
    in->handle = (uint64_t)ready;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_LISTEN, in, NULL, 0, &plug);
    heap_give(in);
    if (NT_SUCCESS(status))
        listener = (HANDLE)plug.reply->number;
    plug_free(&plug);
    if (!NT_SUCCESS(status))
        return status;
    status = thread_create(listen_run, NULL, 0, false, &thread, &listen_thread);
    if (NT_SUCCESS(status)) {
        NtClose(thread);
        return status;
    }
    NtClose(listener);
    listener = NULL;
    return status;
}

NTSTATUS listen_begin(const struct listen_ask *ask, struct listening **out_listening)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(ask->instance ? ask->instance : L"");
    struct listening *one = calloc(1, sizeof *one);
    if (!one || !in) {
        heap_give(in);
        free(one);
        return STATUS_NO_MEMORY;
    }
    one->ask = *ask;
    /* Under the lock, so that the first notice finds its number. */
    srw_take_exclusive(&listen_lock);
    NTSTATUS status = start_locked();
    in->handle = (uint64_t)listener;
    in->kind = ask->kind;
    in->number = (uint64_t)ask->file;
    memcpy(in->guid, &ask->guid, sizeof in->guid);
    if (NT_SUCCESS(status)) {
        status = plug_ask(WIRE_PLUGPLAY_SUBSCRIBE, in, NULL, 0, &plug);
        if (NT_SUCCESS(status)) {
            one->number = plug.reply->number;
            list_push_back(&all, &one->link);
        }
        plug_free(&plug);
    }
    srw_give_exclusive(&listen_lock);
    heap_give(in);
    if (!NT_SUCCESS(status)) {
        free(one);
        return status;
    }
    *out_listening = one;
    return status;
}

static bool is_there_locked(const void *pointer)
{
    list_for_each(node, &all)
    {
        if ((void *)list_entry(node, struct listening, link) == pointer)
            return true;
    }
    return false;
}

bool listen_is(const void *pointer)
{
    srw_take_exclusive(&listen_lock);
    bool is_there = is_there_locked(pointer);
    srw_give_exclusive(&listen_lock);
    return is_there;
}

bool listen_end(struct listening *one)
{
    srw_take_exclusive(&listen_lock);
    if (!is_there_locked(one)) {
        srw_give_exclusive(&listen_lock);
        return false;
    }
    bool waits = !one->ask.is_handed_on && (ULONG_PTR)teb_current()->UniqueThread != listen_thread;
    list_remove(&one->link);
    one->is_ended = true;
    while (one->is_running && waits) {
        uint32_t sequence = came_back.sequence;
        srw_give_exclusive(&listen_lock);
        condition_wait(&came_back, sequence, UINT64_MAX);
        srw_take_exclusive(&listen_lock);
    }
    one->is_forgotten = one->is_running;
    bool is_free = !one->is_running; /* else hear's return frees it, perhaps at once */
    uint64_t number = one->number;
    srw_give_exclusive(&listen_lock);
    struct wire_plugplay *in = plug_input(NULL);
    if (in) {
        in->handle = (uint64_t)listener;
        in->number = number;
        (void)plug_do(WIRE_PLUGPLAY_UNSUBSCRIBE, in);
        heap_give(in);
    }
    if (is_free)
        listening_free(one);
    return true;
}
