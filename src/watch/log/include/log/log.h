/* SPDX-License-Identifier: MIT */
/* log.h - the DebugPrint monitor: keeps lines, hands them to who listens.
 *
 * Drivers print at any IRQL, so printing only appends to a ring; a host thread of its own
 * delivers. A line lost because a listener is slower than the ring is long is counted and
 * said in its place. Text without a newline waits for its newline, or for the end.
 */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_log_ring;
/* Becomes rtl's DebugPrint hook. ring: where lines are kept, the caller's until log_stop and after
 * it (wire/log_ring.h); NULL: memory of its own. Errors: errno values */
int log_start(struct wire_log_ring *ring);
void log_stop(void);  /* delivers what is left */
void log_flush(void); /* returns when every line printed before is delivered */

/* The same with an end (host_clock_ns time): for a machine that is going down. */
void log_flush_until(uint64_t deadline_ns);

/* Called on the log's thread, one line a call, without newline. */
typedef void log_line_fn(const char *line, size_t length, void *context);
struct log_listener;
/* from_start: lines that are still in the ring come first. NULL: no memory. */
struct log_listener *log_listen(bool from_start, log_line_fn *line, void *context);
/* After it returns, line is not called any more. Not from within line. */
void log_unlisten(struct log_listener *listener);
/* A whole line; text that waits for its newline is not disturbed. Any IRQL. */
void log_line(const char *line, size_t length);
/* A line of our own into the same stream. */
void log_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
