/* SPDX-License-Identifier: MIT */
/* control_stream.c - log and trace: lines sent until the asker goes away.
 *
 * The connection's own thread sleeps; the log's or trace's thread sends. A failed send
 * means that nobody listens any more and rings the sleeper.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "control_internal.h"
#include "base/list.h"
#include "etw/etw.h"
#include "host/host.h"
#include "log/log.h"
#include "trace/trace.h"

struct stream {
    server_control *control;
    _Atomic uint32_t is_over;
    struct list link; /* in streams */
};

static struct host_lock streams_lock; /* guards: streams, is_ended */
static struct list streams = LIST_INIT(streams);
static bool is_ended; /* no more streams */

static void stream_enlist(struct stream *stream)
{
    host_lock_take(&streams_lock);
    list_push_back(&streams, &stream->link);
    stream->is_over = is_ended;
    host_lock_give(&streams_lock);
}

static void stream_delist(struct stream *stream)
{
    host_lock_take(&streams_lock);
    list_remove(&stream->link);
    host_lock_give(&streams_lock);
}

void control_streams_end(void)
{
    host_lock_take(&streams_lock);
    is_ended = true;
    list_for_each(node, &streams)
    {
        struct stream *stream = list_entry(node, struct stream, link);
        stream->is_over = 1;
        host_wake(&stream->is_over, 1);
    }
    host_lock_give(&streams_lock);
}

static void stream_line(const char *line, size_t length, void *context)
{
    struct stream *stream = context;
    if (stream->is_over)
        return;
    if (!server_control_reply(stream->control, 0, line, length, false)) {
        stream->is_over = 1;
        host_wake(&stream->is_over, 1);
    }
}

/* Sleeps until the peer is gone or the machine ends; empty lines ask from time to time whether it
 * is there. */
static void stream_wait(struct stream *stream)
{
    while (!stream->is_over) {
        if (host_wait(&stream->is_over, 0, host_clock_ns() + 200000000ull) &&
            !server_control_reply(stream->control, 0, "", 0, false))
            stream->is_over = 1;
    }
}

void control_log(server_control *control, unsigned count, char **words)
{
    struct stream stream = {.control = control};
    bool from_start = count && !strcmp(words[0], "all");
    struct log_listener *listener = log_listen(from_start, stream_line, &stream);
    if (!listener) {
        control_fail(control, 0xc000009au, "out of memory");
        return;
    }
    stream_enlist(&stream);
    server_control_reply(control, 0, "", 0, false);
    stream_wait(&stream);
    stream_delist(&stream);
    log_unlisten(listener);
}

void control_trace(server_control *control, unsigned count, char **words)
{
    struct stream stream = {.control = control};
    if (!trace_listen(stream_line, &stream)) {
        control_fail(control, 0xc000009au, "another trace is running on this machine");
        return;
    }
    stream_enlist(&stream);
    server_control_reply(control, 0, "", 0, false);
    stream_wait(&stream);
    stream_delist(&stream);
    trace_unlisten();
}

void control_events(server_control *control, unsigned count, char **words)
{
    for (unsigned i = 0; i < count; i++) {
        struct etw_rule rule;
        if (!etw_rule_parse(words[i], &rule)) {
            control_fail(control, CONTROL_BAD_REQUEST,
                         "a provider is written GUID, NAME or *, then :LEVEL and :FLAGS if wanted");
            return;
        }
    }
    NTSTATUS status = STATUS_SUCCESS;
    for (unsigned i = 0; i < count && NT_SUCCESS(status); i++) {
        struct etw_rule rule;
        etw_rule_parse(words[i], &rule);
        status = etw_rule_add(&rule);
    }
    if (!NT_SUCCESS(status))
        control_fail(control, (uint32_t)status, "too many providers were switched one by one");
    else
        control_reply(control, 0, cJSON_CreateObject());
}
