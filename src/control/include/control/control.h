/* SPDX-License-Identifier: MIT */
/* control.h - what the command asks of a running machine.
 *
 * A request is words (verb first), an answer is JSON text: ps, service …, log, trace,
 * shutdown. Served on host threads of the server, which become kernel threads here.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <stdbool.h>

struct control_options {
    const char *name; /* the machine's; kept */
    /* Asked by "shutdown"; must only ring a bell. */
    void (*shutdown)(void);
};
void control_start(const struct control_options *options);
/* The machine ends: nobody follows log or trace any longer. What was printed has to be
 * delivered before (log_flush). */
void control_streams_end(void);

#endif
