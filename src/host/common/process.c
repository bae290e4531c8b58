/* SPDX-License-Identifier: MIT */
/* process.c - the process as a whole: its end and its last words.
 *
 * Both functions may be called in any context, signal handlers included.
 */
#include <errno.h>
#include <unistd.h>

#include "host_internal.h"

void host_exit(int code)
{
    _exit(code);
}

void host_write_stderr(const char *text, size_t length)
{
    int saved = errno;

    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, text, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        text += written;
        length -= (size_t)written;
    }
    errno = saved;
}
