/* SPDX-License-Identifier: MIT */
/* door.c - a call into the kernel: over a channel, or straight in.
 *
 * A call is written into the thread's channel; the machine's half answers there. What the
 * service changed in our address space is applied before the call returns.
 */
#include "door/door.h"

#include "abi/services.h"
#include "door_internal.h"
#include "wire/turn.h"

struct door door;
static const uint32_t addresses[SERVICE_COUNT] = SERVICE_ADDRESSES;
static __thread struct wire_channel *door_channel; /* owner thread only */

void door_direct_set(uint64_t (*direct)(uint32_t service, const uint64_t *arguments,
                                        uint32_t count))
{
    door.direct = direct;
}

const char *door_socket_path(void)
{
    return door.socket_path;
}

bool door_window_has(uint64_t address)
{
    return address - door.window_base < door.window_bytes;
}

void door_thread_attach(uint32_t channel)
{
    door_channel = &door.link->channel[channel];
}

void door_thread_detach(void)
{
    atomic_store(&door_channel->program_holds, 0);
}

void door_hooks_set(const struct door_hooks *hooks)
{
    door.hooks = *hooks;
}

/* ---- what the kernel asks ----------------------------------------------------------------- */

uint32_t door_asks(uint32_t channel)
{
    return atomic_load(&door.link->channel[channel].asks);
}

bool door_is_in_service(uint32_t channel)
{
    return atomic_load(&door.link->channel[channel].turn) == WIRE_TURN_KERNEL;
}

bool door_is_still(uint32_t channel)
{
    return door_is_in_service(channel) || atomic_load(&door.link->channel[channel].is_still);
}

static void suspended_wait(struct wire_channel *channel)
{
    uint32_t asks = atomic_load(&channel->asks);
    for (; asks & (WIRE_ASK_SUSPEND | WIRE_ASK_FREEZE) && !(asks & WIRE_ASK_END);
         asks = atomic_load(&channel->asks)) {
        atomic_store(&channel->is_still, 1);
        host_wait_shared(&channel->asks, asks, HOST_FOREVER);
    }
    if (atomic_load(&channel->is_still))
        atomic_store(&channel->is_still, 0);
}

void door_suspended_wait(uint32_t channel)
{
    suspended_wait(&door.link->channel[channel]);
}

/* A thread that is on its way out has left its stack: what is asked of it is nobody's business
 * any more. */
static __thread bool is_leaving;

static void thread_leave(void)
{
    if (is_leaving || !door.hooks.leave)
        return;
    is_leaving = true;
    door.hooks.leave();
}

static void asks_serve(struct wire_channel *channel)
{
    if (is_leaving)
        return;
    suspended_wait(channel);
    uint32_t asks = atomic_load(&channel->asks);
    if (asks & WIRE_ASK_END)
        thread_leave();
    if (asks & WIRE_ASK_APC) {
        atomic_fetch_and(&channel->asks, ~(uint32_t)WIRE_ASK_APC);
        if (door.hooks.apcs_run)
            door.hooks.apcs_run();
    }
}

/* ---- calls --------------------------------------------------------------------------------- */

[[noreturn]] static void channel_closed(void)
{
    thread_leave();
    door_thread_end();
}

static uint64_t channel_call(struct wire_channel *channel, uint32_t service,
                             const uint64_t *arguments, uint32_t count)
{
    channel->service = (uint16_t)service;
    channel->count = (uint16_t)count;
    /* Only what changed: a program that calls in a loop leaves the second line in both caches. */
    for (uint32_t i = 0; i < count; i++)
        if (i < WIRE_ARGUMENTS_FIRST_LINE || channel->arguments[i] != arguments[i])
            channel->arguments[i] = arguments[i];
    uint32_t expected = WIRE_TURN_PROGRAM;
    if (!atomic_compare_exchange_strong(&channel->turn, &expected, WIRE_TURN_KERNEL))
        channel_closed();
    wire_turn_wake(channel, &channel->kernel_sleeps);
    if (wire_turn_wait(channel, WIRE_TURN_KERNEL, &channel->program_sleeps) == WIRE_TURN_CLOSED)
        channel_closed();
    wire_lines_fetch(arguments, addresses[service], door.window_base, door.window_bytes,
                     door.window_base);
    return channel->result;
}

bool door_is_watched(void)
{
    return door_channel && atomic_load_explicit(&door_channel->is_watched, memory_order_relaxed);
}

uint64_t door_call(uint32_t service, const uint64_t *arguments, uint32_t count)
{
    if (door.direct)
        return door.direct(service, arguments, count);
    uint64_t result = channel_call(door_channel, service, arguments, count);
    if (atomic_load_explicit(&door.link->map_head, memory_order_acquire) != door.maps_applied)
        door_maps_apply();
    if (__builtin_expect(atomic_load_explicit(&door_channel->asks, memory_order_relaxed), 0))
        asks_serve(door_channel);
    return result;
}
