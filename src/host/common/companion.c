/* SPDX-License-Identifier: MIT */
/* companion.c - a process beside a confined one, on the other end of a message socket. */
#include "companion.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET_AT 3 /* above the standard three */

[[noreturn]] static void companion_become(const char *name, void (*serve)(int), int socket)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_NAME, name);
    dup2(socket, SOCKET_AT);
    fcntl(SOCKET_AT, F_SETFD, FD_CLOEXEC);
    close_range(SOCKET_AT + 1, ~0u, 0);
    serve(SOCKET_AT);
    _exit(0);
}

int companion_start(const char *name, void (*serve)(int socket), int *out_socket)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return errno;
    pid_t child = fork();
    if (child == 0)
        companion_become(name, serve, pair[1]);
    int error = child < 0 ? errno : 0;
    close(pair[1]);
    if (error)
        close(pair[0]);
    else
        *out_socket = pair[0];
    return error;
}
