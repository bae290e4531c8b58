/* SPDX-License-Identifier: MIT */
/* door.h - the program's half of the gate.
 *
 * Rules of use. The generated Nt* stubs call door_call, and nothing else does. Behind it is
 * either a channel to a machine process or, in in-process mode, a direct function. A thread
 * must be attached to a channel before its first call. Map commands that a service caused
 * are applied before door_call returns. When the machine goes away the process ends with
 * the machine's message and code; a call never hangs.
 */
#ifndef DOOR_DOOR_H
#define DOOR_DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/wire.h"

/* What the thread room does for the door. */
struct door_hooks {
    void (*apcs_run)(void); /* user APCs are due on the calling thread */
    void (*leave)(void);    /* the calling thread is ended; comes back when it has no stack */
    void (*look)(uint32_t channel); /* that channel's thread is asked; on the watcher's thread */
};
void door_hooks_set(const struct door_hooks *hooks);
/* What that channel's thread is asked (enum wire_ask), and whether it is inside a service. */
uint32_t door_asks(uint32_t channel);
bool door_is_in_service(uint32_t channel);
/* The channel's thread is inside a service, or waits as it was asked to. */
bool door_is_still(uint32_t channel);
/* Blocks the calling thread, which speaks on channel, while it is suspended. */
void door_suspended_wait(uint32_t channel);

/* Connects to the machine behind socket_path and fills *out_welcome; the calling thread is
 * attached to channel 0. Standard descriptors 0..2 are handed over. Errors: errno value;
 * text (at least 256 bytes) says it in words. */
int door_connect(const char *socket_path, const struct wire_hello *hello,
                 struct wire_welcome *out_welcome, char *text);
/* In-process mode: calls go to direct; no channels, no maps. */
void door_direct_set(uint64_t (*direct)(uint32_t service, const uint64_t *arguments,
                                        uint32_t count));
/* The calling host thread speaks on this channel from now on. */
void door_thread_attach(uint32_t channel);
/* It makes no call any more: its channel may be another thread's. */
void door_thread_detach(void);
/* Of the machine it is connected to; kept. */
const char *door_socket_path(void);
/* Does an address lie in the program's window? */
bool door_window_has(uint64_t address);
/* Somebody follows this program's requests; as of the calling thread's last one. */
bool door_is_watched(void);
uint64_t door_call(uint32_t service, const uint64_t *arguments, uint32_t count);
/* Is the address in the program's window? */
bool door_holds(uint64_t address);
/* Applies outstanding map commands now (start-up). */
void door_maps_apply(void);

#endif
