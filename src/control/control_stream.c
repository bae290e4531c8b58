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
#include "host/host.h"
#include "log/log.h"
#include "trace/trace.h"

struct stream {
    server_control *control;
    _Atomic uint32_t is_over;
};

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

/* Sleeps until the peer is gone; empty lines ask from time to time whether it is there. */
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
    stream_wait(&stream);
    log_unlisten(listener);
}

void control_trace(server_control *control, unsigned count, char **words)
{
    struct stream stream = {.control = control};
    if (!trace_listen(stream_line, &stream)) {
        control_fail(control, 0xc000009au, "another trace is running on this machine");
        return;
    }
    stream_wait(&stream);
    trace_unlisten();
}
