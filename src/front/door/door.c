/* SPDX-License-Identifier: MIT */
/* door.c - a call into the kernel: over a channel, or straight in.
 *
 * A call is written into the thread's channel; the machine's half answers there. What the
 * service changed in our address space is applied before the call returns.
 */
#include "door/door.h"

#include "door_internal.h"
#include "wire/turn.h"

struct door door;
static __thread struct wire_channel *door_channel; /* owner thread only */

void door_direct_set(uint64_t (*direct)(uint32_t service, const uint64_t *arguments,
                                        uint32_t count))
{
    door.direct = direct;
}

void door_thread_attach(uint32_t channel)
{
    door_channel = &door.link->channel[channel];
}

void door_thread_detach(void)
{
    atomic_store(&door_channel->program_holds, 0);
}

static uint64_t channel_call(struct wire_channel *channel, uint32_t service,
                             const uint64_t *arguments, uint32_t count)
{
    channel->service = service;
    channel->count = count;
    for (uint32_t i = 0; i < count; i++)
        channel->arguments[i] = arguments[i];
    uint32_t expected = WIRE_TURN_PROGRAM;
    if (!atomic_compare_exchange_strong(&channel->turn, &expected, WIRE_TURN_KERNEL))
        door_thread_end();
    if (atomic_load(&channel->kernel_sleeps))
        host_wake_shared(&channel->turn, 1);
    if (wire_turn_wait(channel, WIRE_TURN_KERNEL, &channel->program_sleeps) == WIRE_TURN_CLOSED)
        door_thread_end();
    wire_lines_fetch(arguments, count, door.window_base, door.window_bytes);
    /* The next call writes there; the kernel's half only looks at turn meanwhile. */
    __builtin_prefetch(&channel->arguments[WIRE_ARGUMENTS_FIRST_LINE], 1);
    return channel->result;
}

uint64_t door_call(uint32_t service, const uint64_t *arguments, uint32_t count)
{
    if (door.direct)
        return door.direct(service, arguments, count);
    uint64_t result = channel_call(door_channel, service, arguments, count);
    if (atomic_load_explicit(&door.link->map_head, memory_order_acquire) != door.maps_applied)
        door_maps_apply();
    return result;
}
