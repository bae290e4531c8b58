/* SPDX-License-Identifier: MIT */
/* trace.h - the request tracker: trace points as lines of text.
 *
 * One listener at a time. Points are put into a ring by whoever passes them; a host thread
 * formats and delivers. IRPs, files and devices are named, so that two runs of the same
 * request give the same lines.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>

typedef void trace_line_fn(const char *line, size_t length, void *context);
/* false: somebody listens already, or no memory. */
bool trace_listen(trace_line_fn *line, void *context);
void trace_unlisten(void); /* delivers what is in the ring first */

#endif
