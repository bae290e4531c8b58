/* SPDX-License-Identifier: MIT */
/* trace.c - from trace points to a ring, from the ring to lines.
 *
 * The sink runs wherever the point is passed, so it only copies numbers and the names that
 * are at hand (a driver's name lives in its object) into a ring. A host thread turns them
 * into text. IRPs and threads are numbered by their first appearance.
 */
#include "trace/trace.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/trace.h"
#include "host/host.h"
#include "ke/ke.h"
#include "trace_internal.h"

#define RING_ENTRIES 8192u

static struct {
    struct host_lock lock; /* guards: ring, head, tail, numbers */
    struct trace_entry *ring;
    uint64_t head, tail;
    uint64_t lost;
    struct trace_numbers numbers;
    trace_line_fn *line; /* set for the time of a listener */
    void *context;
    _Atomic uint32_t bell;
    _Atomic bool is_stopping;
    struct host_thread *thread;
} tracer;

/* The driver behind a device, in ASCII, without its folder. */
static void driver_name_copy(const DRIVER_OBJECT *driver, char *out_name)
{
    *out_name = '\0';
    if (!driver)
        return;
    const UNICODE_STRING *name = &driver->DriverName;
    unsigned count = name->Length / sizeof(WCHAR), start = 0;
    for (unsigned i = 0; i < count; i++) {
        if (name->Buffer[i] == L'\\')
            start = i + 1;
    }
    unsigned to = 0;
    for (unsigned i = start; i < count && to < TRACE_NAME - 1; i++)
        out_name[to++] = name->Buffer[i] < 0x80 ? (char)name->Buffer[i] : '?';
    out_name[to] = '\0';
}

static bool names_a_device(enum trace_kind kind)
{
    return kind == TRACE_IRP_DOWN || kind == TRACE_IRP_PENDING || kind == TRACE_IRP_UP;
}

static void sink(enum trace_kind kind, uint64_t a, uint64_t b, uint64_t c)
{
    struct trace_entry entry = {.kind = kind, .a = a, .b = b, .c = c, .irql = ke_irql()};
    if (names_a_device(kind))
        driver_name_copy(b ? ((const DEVICE_OBJECT *)b)->DriverObject : NULL, entry.name);
    else if (kind == TRACE_DRIVER_LOADED || kind == TRACE_DRIVER_UNLOADED)
        driver_name_copy((const DRIVER_OBJECT *)a, entry.name);
    host_lock_take(&tracer.lock);
    trace_number(&tracer.numbers, &entry, (uint64_t)(uintptr_t)ke_thread_current());
    if (!tracer.ring)
        ; /* the listener left between the point and here */
    else if (tracer.head - tracer.tail == RING_ENTRIES)
        tracer.lost++;
    else
        tracer.ring[tracer.head++ % RING_ENTRIES] = entry;
    host_lock_give(&tracer.lock);
    tracer.bell++;
    host_wake(&tracer.bell, 1);
}

static bool entry_take(struct trace_entry *out_entry, uint64_t *out_lost)
{
    host_lock_take(&tracer.lock);
    bool is_there = tracer.tail != tracer.head;
    if (is_there)
        *out_entry = tracer.ring[tracer.tail++ % RING_ENTRIES];
    *out_lost = tracer.lost;
    tracer.lost = 0;
    host_lock_give(&tracer.lock);
    return is_there;
}

static void deliver_all(void)
{
    struct trace_entry entry;
    uint64_t lost;
    char line[TRACE_LINE];
    while (entry_take(&entry, &lost)) {
        if (lost)
            tracer.line(line, trace_format_lost(lost, line), tracer.context);
        size_t length = trace_format(&entry, line);
        if (length)
            tracer.line(line, length, tracer.context);
    }
}

static void trace_thread(void *unused)
{
    while (!tracer.is_stopping) {
        uint32_t bell = tracer.bell;
        deliver_all();
        host_wait(&tracer.bell, bell, HOST_FOREVER);
    }
    deliver_all();
}

bool trace_listen(trace_line_fn *line, void *context)
{
    host_lock_take(&tracer.lock);
    bool is_free = !tracer.ring;
    if (is_free)
        tracer.ring = calloc(RING_ENTRIES, sizeof *tracer.ring);
    bool has_ring = tracer.ring != NULL;
    host_lock_give(&tracer.lock);
    if (!is_free || !has_ring)
        return false;
    tracer.head = tracer.tail = tracer.lost = 0;
    memset(&tracer.numbers, 0, sizeof tracer.numbers);
    tracer.line = line;
    tracer.context = context;
    tracer.is_stopping = false;
    struct host_thread_options options = {.name = "trace"};
    if (host_thread_create(&options, trace_thread, NULL, &tracer.thread)) {
        free(tracer.ring);
        tracer.ring = NULL;
        return false;
    }
    trace_sink = sink;
    return true;
}

void trace_unlisten(void)
{
    trace_sink = NULL;
    tracer.is_stopping = true;
    tracer.bell++;
    host_wake(&tracer.bell, INT_MAX);
    host_thread_join(tracer.thread);
    /* A sink that was entered before trace_sink was cleared may still hold the lock. */
    host_lock_take(&tracer.lock);
    struct trace_entry *ring = tracer.ring;
    tracer.ring = NULL;
    tracer.head = tracer.tail = 0;
    host_lock_give(&tracer.lock);
    free(ring);
}
