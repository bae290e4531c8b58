/* SPDX-License-Identifier: MIT */
/* log.c - the ring of DebugPrint lines and the thread that delivers them.
 *
 * In come pieces of text from any thread at any IRQL; out go whole lines, in the order in
 * which they were completed, to every listener. The ring's lock is held only to copy text;
 * listeners are called without it.
 */
#include "log/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "host/host.h"
#include "rtl/rtl.h"
#include "wire/log_ring.h"

#define LOG_LINES      WIRE_LOG_LINES
#define LOG_LINE_BYTES WIRE_LOG_LINE_BYTES

struct log_listener {
    struct list link;
    log_line_fn *line;
    void *context;
    uint64_t next; /* first line it has not been given */
};

static struct {
    struct host_lock lock; /* guards: ring, partial, listeners, delivering */
    struct wire_log_ring *ring;
    bool is_own; /* ring was allocated here */
    struct wire_log_line partial;
    struct list listeners;
    struct log_listener *delivering;
    _Atomic uint32_t bell;      /* changes when there is work for the thread */
    _Atomic uint32_t delivered; /* changes when the thread has given out lines */
    _Atomic bool is_stopping;
    struct host_thread *thread;
} log_state;

static void line_complete_locked(void)
{
    log_state.ring->line[log_state.ring->head % LOG_LINES] = log_state.partial;
    log_state.ring->head++;
    log_state.partial.length = 0;
}

static void text_append_locked(const char *text, size_t length)
{
    struct wire_log_line *partial = &log_state.partial;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            line_complete_locked();
        } else if (text[i] != '\r' && text[i] != '\0') {
            if (partial->length == LOG_LINE_BYTES)
                line_complete_locked();
            partial->text[partial->length++] = text[i];
        }
    }
}

static void bell_ring(void)
{
    log_state.bell++;
    host_wake(&log_state.bell, 1);
}

static void log_print(ULONG component, ULONG level, const char *text, size_t length)
{
    host_lock_take(&log_state.lock);
    uint64_t head = log_state.ring->head;
    text_append_locked(text, length);
    bool is_new = log_state.ring->head != head;
    host_lock_give(&log_state.lock);
    if (is_new)
        bell_ring();
}

static void line_add_locked(const char *line, size_t length)
{
    struct wire_log_line *slot = &log_state.ring->line[log_state.ring->head % LOG_LINES];
    if (length > LOG_LINE_BYTES)
        length = LOG_LINE_BYTES;
    memcpy(slot->text, line, length);
    slot->length = (uint16_t)length;
    log_state.ring->head++;
}

void log_line(const char *line, size_t length)
{
    host_lock_take(&log_state.lock);
    line_add_locked(line, length);
    host_lock_give(&log_state.lock);
    bell_ring();
}

void log_printf(const char *format, ...)
{
    char text[LOG_LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if ((size_t)length > sizeof text - 2)
        length = (int)sizeof text - 2;
    text[length] = '\n';
    log_print(0, 0, text, (size_t)length + 1);
}

/* Gives listener its next line. False when it has had all. The lock is held and let go
 * around the call. */
static bool deliver_one_locked(struct log_listener *listener)
{
    if (listener->next == log_state.ring->head)
        return false;
    struct wire_log_line line;
    if (log_state.ring->head - listener->next > LOG_LINES) {
        uint64_t lost = log_state.ring->head - listener->next - LOG_LINES;
        line.length = (uint16_t)snprintf(line.text, sizeof line.text, "(%llu lines lost)",
                                         (unsigned long long)lost);
        listener->next += lost;
    } else {
        line = log_state.ring->line[listener->next % LOG_LINES];
        listener->next++;
    }
    log_state.delivering = listener;
    host_lock_give(&log_state.lock);
    listener->line(line.text, line.length, listener->context);
    host_lock_take(&log_state.lock);
    log_state.delivering = NULL;
    return true;
}

static void deliver_all(void)
{
    host_lock_take(&log_state.lock);
    bool was_any = true;
    while (was_any) {
        was_any = false;
        list_for_each(node, &log_state.listeners)
        {
            if (deliver_one_locked(list_entry(node, struct log_listener, link))) {
                was_any = true;
                break; /* the list may have changed meanwhile */
            }
        }
    }
    host_lock_give(&log_state.lock);
    log_state.delivered++;
    host_wake(&log_state.delivered, INT_MAX);
}

static void log_thread(void *unused)
{
    while (!log_state.is_stopping) {
        uint32_t bell = log_state.bell;
        deliver_all();
        host_wait(&log_state.bell, bell, HOST_FOREVER);
    }
    deliver_all();
}

static void ring_drop(void)
{
    if (log_state.is_own)
        free(log_state.ring);
    log_state.ring = NULL;
}

int log_start(struct wire_log_ring *ring)
{
    list_init(&log_state.listeners);
    log_state.partial.length = 0;
    log_state.is_stopping = false;
    log_state.is_own = !ring;
    log_state.ring = ring ? ring : calloc(1, sizeof *log_state.ring);
    if (!log_state.ring)
        return ENOMEM;
    log_state.ring->magic = WIRE_LOG_MAGIC;
    log_state.ring->head = 0;
    struct host_thread_options options = {.name = "log"};
    int error = host_thread_create(&options, log_thread, NULL, &log_state.thread);
    if (error) {
        ring_drop();
        return error;
    }
    rtl_debug_print_set(log_print);
    return 0;
}

void log_stop(void)
{
    rtl_debug_print_set(NULL);
    host_lock_take(&log_state.lock);
    if (log_state.partial.length)
        line_complete_locked();
    host_lock_give(&log_state.lock);
    log_state.is_stopping = true;
    bell_ring();
    host_thread_join(log_state.thread);
    log_state.thread = NULL;
    ring_drop();
}

static bool is_all_delivered(uint64_t head)
{
    bool all = true;
    host_lock_take(&log_state.lock);
    list_for_each(node, &log_state.listeners)
    {
        if (list_entry(node, struct log_listener, link)->next < head)
            all = false;
    }
    if (log_state.delivering)
        all = false;
    host_lock_give(&log_state.lock);
    return all;
}

void log_flush(void)
{
    log_flush_until(HOST_FOREVER);
}

void log_flush_until(uint64_t deadline_ns)
{
    if (!log_state.ring)
        return;
    host_lock_take(&log_state.lock);
    uint64_t head = log_state.ring->head;
    host_lock_give(&log_state.lock);
    for (;;) {
        uint32_t seen = log_state.delivered;
        if (is_all_delivered(head) || host_clock_ns() >= deadline_ns)
            return;
        bell_ring();
        host_wait(&log_state.delivered, seen, host_clock_ns() + 10000000ull);
    }
}

struct log_listener *log_listen(bool from_start, log_line_fn *line, void *context)
{
    struct log_listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return NULL;
    listener->line = line;
    listener->context = context;
    host_lock_take(&log_state.lock);
    uint64_t oldest = log_state.ring->head > LOG_LINES ? log_state.ring->head - LOG_LINES : 0;
    listener->next = from_start ? oldest : log_state.ring->head;
    list_push_back(&log_state.listeners, &listener->link);
    host_lock_give(&log_state.lock);
    bell_ring();
    return listener;
}

void log_unlisten(struct log_listener *listener)
{
    for (;;) {
        uint32_t seen = log_state.delivered;
        host_lock_take(&log_state.lock);
        if (log_state.delivering != listener) {
            list_remove(&listener->link);
            host_lock_give(&log_state.lock);
            free(listener);
            return;
        }
        host_lock_give(&log_state.lock);
        host_wait(&log_state.delivered, seen, host_clock_ns() + 1000000ull);
    }
}
