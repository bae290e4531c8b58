/* SPDX-License-Identifier: MIT */
/* socket.c - message sockets: SOCK_SEQPACKET on a name in the runtime folder.
 *
 * Whole messages in, whole messages out, with descriptors in ancillary data. Interrupted
 * calls are repeated; a vanished peer is EPIPE everywhere.
 */
#include "host/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int address_of(const char *path, struct sockaddr_un *out_address)
{
    *out_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out_address->sun_path)
        return ENAMETOOLONG;
    strcpy(out_address->sun_path, path);
    return 0;
}

int host_socket_connect(const char *path, int *out_fd)
{
    struct sockaddr_un address;
    int error = address_of(path, &address);
    if (error)
        return error;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
        error = errno;
        close(fd);
        return error;
    }
    *out_fd = fd;
    return 0;
}

int host_socket_listen(const char *path, int *out_fd)
{
    struct sockaddr_un address;
    int error = address_of(path, &address);
    if (error)
        return error;
    int probe;
    if (!host_socket_connect(path, &probe)) {
        close(probe);
        return EADDRINUSE;
    }
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 128)) {
        error = errno;
        close(fd);
        return error;
    }
    *out_fd = fd;
    return 0;
}

int host_socket_accept(int fd, int *out_fd)
{
    for (;;) {
        int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0) {
            *out_fd = peer;
            return 0;
        }
        if (errno == EINVAL)
            return ECANCELED;
        if (errno != EINTR && errno != ECONNABORTED)
            return errno;
    }
}

void host_socket_shut(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

union ancillary {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * HOST_MESSAGE_DESCRIPTORS)];
};

int host_message_send(int fd, const void *bytes, size_t length, const int *descriptors,
                      unsigned count)
{
    if (count > HOST_MESSAGE_DESCRIPTORS)
        return EINVAL;
    struct iovec part = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union ancillary ancillary;
    if (count) {
        memset(&ancillary, 0, sizeof ancillary);
        message.msg_control = &ancillary;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        ancillary.header.cmsg_level = SOL_SOCKET;
        ancillary.header.cmsg_type = SCM_RIGHTS;
        ancillary.header.cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(&ancillary.header), descriptors, sizeof(int) * count);
    }
    while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0) {
        if (errno == ECONNRESET)
            return EPIPE;
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* Hands over at most *count descriptors and closes the rest. */
static void descriptors_take(struct msghdr *message, int *out_descriptors, unsigned *count)
{
    unsigned room = count ? *count : 0, taken = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        unsigned there = (unsigned)((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (unsigned i = 0; i < there; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
            if (taken < room)
                out_descriptors[taken++] = fd;
            else
                close(fd);
        }
    }
    if (count)
        *count = taken;
}

static int readable_wait(int fd, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    for (;;) {
        int ready = poll(&poll_fd, 1, timeout_ms);
        if (ready > 0)
            return 0;
        if (!ready)
            return ETIMEDOUT;
        if (errno != EINTR)
            return errno;
    }
}

int host_message_receive(int fd, void *bytes, size_t size, size_t *out_length, int *out_descriptors,
                         unsigned *count, int timeout_ms)
{
    int error = timeout_ms < 0 ? 0 : readable_wait(fd, timeout_ms);
    if (error)
        return error;
    struct iovec part = {bytes, size};
    union ancillary ancillary;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &ancillary,
                             .msg_controllen = sizeof ancillary};
    ssize_t got;
    while ((got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC)) < 0) {
        if (errno == ECONNRESET)
            return EPIPE;
        if (errno != EINTR)
            return errno;
    }
    if (!got)
        return EPIPE;
    descriptors_take(&message, out_descriptors, count);
    if (message.msg_flags & MSG_TRUNC)
        return EMSGSIZE;
    *out_length = (size_t)got;
    return 0;
}

int host_runtime_folder(char *out_path, size_t size)
{
    const char *own = getenv("COVE_RUNTIME_DIR"), *session = getenv("XDG_RUNTIME_DIR");
    int length;
    if (own && *own)
        length = snprintf(out_path, size, "%s", own);
    else if (session && *session)
        length = snprintf(out_path, size, "%s/cove", session);
    else
        length = snprintf(out_path, size, "/tmp/cove-%u", (unsigned)getuid());
    if (length < 0 || (size_t)length >= size)
        return ENAMETOOLONG;
    if (mkdir(out_path, 0700) && errno != EEXIST)
        return errno;
    struct stat folder;
    if (lstat(out_path, &folder))
        return errno;
    return S_ISDIR(folder.st_mode) && folder.st_uid == getuid() ? 0 : EPERM;
}
