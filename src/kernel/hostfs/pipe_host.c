/* SPDX-License-Identifier: MIT */
/* pipe_host.c - descriptors that a program was started with, and waking who blocks on one.
 *
 * Reads and writes go on where the descriptor stands, because other processes may share it.
 * A blocked call waits for the descriptor and for an eventfd that cancellation writes.
 */
#include "hostfs_internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct hostfs_cancel {
    int fd;
};

void hostfs_pipe_init(void)
{
    /* A reader that is gone is an error of the write, not the end of the machine. */
    signal(SIGPIPE, SIG_IGN);
}

int hostfs_cancel_create(struct hostfs_cancel **out_cancel)
{
    struct hostfs_cancel *cancel = malloc(sizeof(*cancel));
    if (cancel == NULL)
        return ENOMEM;
    cancel->fd = eventfd(0, EFD_CLOEXEC);
    if (cancel->fd < 0) {
        int error = errno;
        free(cancel);
        return error;
    }
    *out_cancel = cancel;
    return 0;
}

void hostfs_cancel_signal(struct hostfs_cancel *cancel)
{
    uint64_t one = 1;
    ssize_t count;
    do
        count = write(cancel->fd, &one, sizeof(one));
    while (count < 0 && errno == EINTR);
}

void hostfs_cancel_destroy(struct hostfs_cancel *cancel)
{
    close(cancel->fd);
    free(cancel);
}

int hostfs_pipe_wait(int fd, bool for_write, struct hostfs_cancel *cancel)
{
    struct pollfd waits[2] = {
        {.fd = fd, .events = for_write ? POLLOUT : POLLIN},
        {.fd = cancel != NULL ? cancel->fd : -1, .events = POLLIN},
    };
    for (;;) {
        int count = poll(waits, 2, cancel != NULL ? -1 : 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        if (waits[0].revents != 0)
            return 0; /* errors, too, are told by the call that follows */
        return count == 0 ? EAGAIN : ECANCELED;
    }
}

int hostfs_pipe_read(int fd, void *buffer, size_t length, size_t *out_done)
{
    for (;;) {
        ssize_t count = read(fd, buffer, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        *out_done = (size_t)count;
        return 0;
    }
}

int hostfs_pipe_write(int fd, const void *buffer, size_t length, size_t *out_done)
{
    for (;;) {
        ssize_t count = write(fd, buffer, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        *out_done = (size_t)count;
        return 0;
    }
}
