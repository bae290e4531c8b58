/* SPDX-License-Identifier: MIT */
/* door_internal.h - the process's one connection. */
#ifndef DOOR_INTERNAL_H
#define DOOR_INTERNAL_H

#include "door/door.h"
#include "host/host.h"

struct door {
    uint64_t (*direct)(uint32_t service, const uint64_t *arguments, uint32_t count);
    const char *socket_path;
    int socket;             /* set once at connect, as what follows */
    int window_fd, pool_fd; /* pool_fd: -1 until the first command that needs it */
    int share_fd;           /* the answer to the last request; -1: the file is gone */
    uint64_t window_base, window_bytes;
    struct wire_link *link;
    struct door_hooks hooks;   /* set at start */
    struct host_lock map_lock; /* guards: applying map commands, pool_fd, share_fd */
    _Atomic uint64_t maps_applied;
    _Atomic uint32_t share_answered; /* the watcher has received share_fd */
};

extern struct door door;

/* The kernel has ended this thread. */
[[noreturn]] void door_thread_end(void);
/* Starts the thread that watches the socket for the machine's end. */
int door_watch(void);
/* One message from the socket, on the watcher's thread; does not return after the machine's end. */
void door_message_take(void);
void door_maps_apply_watcher(void);
/* Is this the watcher, who must fetch its own answers? */
extern __thread bool door_is_watcher;

#endif
