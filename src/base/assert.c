/* SPDX-License-Identifier: MIT */
/* assert.c - what happens when an invariant of ours is broken.
 *
 * Writes one line to standard error and aborts; uses no lock and no buffer, so it
 * works in a signal handler and with a damaged heap.
 */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void assert_failed(const char *invariant, const char *file, int line)
{
    char text[512];
    int length =
        snprintf(text, sizeof text, "cove: internal error: invariant '%s' broken at %s:%d\n",
                 invariant, file, line);
    if (length > 0)
        (void)!write(STDERR_FILENO, text, (size_t)length);
    abort();
}
