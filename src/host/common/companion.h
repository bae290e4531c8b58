/* SPDX-License-Identifier: MIT */
/* companion.h - a process beside a confined one, which does for it what it may not. */
#ifndef HOST_COMPANION_H
#define HOST_COMPANION_H

/* Forks a process that runs serve with its end of a message socket and holds nothing else of ours
 * open: nothing of it may keep somebody waiting for the end of a pipe. It outlives a break from
 * the terminal, since its machine may have much to close yet, and ends when the other end of the
 * socket is closed. *out_socket: that other end, the caller's. name: what ps shows, at most 15
 * characters. Before the first thread is made. 0 or an errno value. */
int companion_start(const char *name, void (*serve)(int socket), int *out_socket);

#endif
