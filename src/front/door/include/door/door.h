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
uint64_t door_call(uint32_t service, const uint64_t *arguments, uint32_t count);
/* Applies outstanding map commands now (start-up). */
void door_maps_apply(void);

#endif
