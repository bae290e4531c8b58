/* SPDX-License-Identifier: MIT */
/* companion.c - the kernel half of a program's thread: waits for a call, serves it.
 *
 * A companion holds a virtual processor only while it serves. It ends when its channel is
 * closed or its thread is asked to end; the thread room then cancels what is left.
 */
#include <stdio.h>
#include <stdlib.h>

#include "abi/services.h"
#include "base/trace.h"
#include "gate/gate.h"
#include "host/socket.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "server_internal.h"
#include "wire/turn.h"

/* guards: a thread's companion against its end, suspend_count, has_begun. A leaf. */
static struct host_lock companions_lock;

struct companion *companion_lock(struct process_thread *thread)
{
    host_lock_take(&companions_lock);
    if (!thread->channel)
        host_lock_give(&companions_lock);
    return thread->channel;
}

void companion_unlock(void)
{
    host_lock_give(&companions_lock);
}

/* A thread inside a service, or about to sleep on its turn, looks when it comes back; one that
 * runs the program's code is made to by its own process. */
void companion_ask(struct companion *companion, uint32_t ask)
{
    struct wire_text message = {.kind = WIRE_LOOK, .code = companion->index, .is_last = 1};
    atomic_fetch_or(&companion->channel->asks, ask);
    host_message_send(companion->program->socket, &message, sizeof message, NULL, 0);
}

static const uint32_t addresses[SERVICE_COUNT] = SERVICE_ADDRESSES;

/* A request, read once: the program may write to the channel at any time. */
struct request {
    uint32_t service, count;
    uint64_t arguments[WIRE_ARGUMENTS];
};

static void request_take(const struct companion *companion, struct request *out_request)
{
    const struct wire_channel *channel = companion->channel;
    out_request->service = channel->service;
    out_request->count = channel->count;
    if (out_request->count > WIRE_ARGUMENTS) {
        out_request->service = UINT32_MAX; /* refused by the gate */
        out_request->count = 0;
    }
    for (uint32_t i = 0; i < out_request->count; i++)
        out_request->arguments[i] = channel->arguments[i];
    if (out_request->service < SERVICE_COUNT)
        wire_lines_fetch(out_request->arguments,
                         addresses[out_request->service] & ((1u << out_request->count) - 1),
                         companion->window_base, MM_WINDOW_BYTES, companion->window_here);
}

static void companion_run(void *context)
{
    struct companion *companion = context;
    struct wire_channel *channel = companion->channel;
    struct thread *thread = ke_thread_current();
    while (!thread->is_terminating) {
        ke_processor_leave();
        uint32_t turn = wire_turn_wait(channel, WIRE_TURN_PROGRAM, &channel->kernel_sleeps);
        struct request request;
        if (turn == WIRE_TURN_KERNEL)
            request_take(companion, &request);
        ke_processor_enter();
        if (turn != WIRE_TURN_KERNEL)
            break;
        channel->result = freeze_wait()
                              ? gate_call(request.service, request.arguments, request.count)
                              : (uint64_t)STATUS_THREAD_IS_TERMINATING;
        /* Only what changed: the line stays in both caches. */
        uint32_t is_watched = trace_is_on();
        if (channel->is_watched != is_watched)
            channel->is_watched = is_watched;
        if (thread->is_user_apc_due)
            atomic_fetch_or(&channel->asks, WIRE_ASK_APC);
        /* Closed meanwhile stays closed. */
        uint32_t expected = WIRE_TURN_KERNEL;
        if (!atomic_compare_exchange_strong(&channel->turn, &expected, WIRE_TURN_PROGRAM))
            break;
        wire_turn_wake(channel, &channel->program_sleeps);
    }
    struct program *program = companion->program;
    if (program->process->is_ending)
        program_goodbye(program, "", (uint32_t)program->process->exit_status);
    /* Closed while it is still ours: once it is off the list the next thread may have it. */
    atomic_store(&channel->turn, WIRE_TURN_CLOSED);
    host_wake_shared(&channel->turn, 1);
    host_lock_take(&companions_lock);
    ((struct process_thread *)thread)->channel = NULL;
    host_lock_give(&companions_lock);
    host_lock_take(&program->lock);
    program->companions[companion->index] = NULL;
    host_lock_give(&program->lock);
    free(companion);
}

/* Who looks through the list from now on finds a channel that is ready. */
static uint32_t channel_take(struct program *program, struct companion *companion)
{
    uint32_t index = 0;
    host_lock_take(&program->lock);
    while (index < WIRE_CHANNELS &&
           (program->companions[index] || program->shared->channel[index].program_holds))
        index++;
    if (index < WIRE_CHANNELS) {
        companion->index = index;
        companion->channel = &program->shared->channel[index];
        *companion->channel =
            (struct wire_channel){.turn = WIRE_TURN_PROGRAM,
                                  .program_holds = 1,
                                  .asks = freeze_is_on() ? (uint32_t)WIRE_ASK_FREEZE : 0};
        program->companions[index] = companion;
    }
    host_lock_give(&program->lock);
    return index;
}

NTSTATUS companion_create(struct program *program, bool is_suspended,
                          struct companion **out_companion, struct process_thread **out_thread)
{
    struct companion *companion = calloc(1, sizeof *companion);
    if (!companion)
        return STATUS_INSUFFICIENT_RESOURCES;
    companion->program = program;
    companion->window_base = mm_window_base(program->process->window);
    companion->window_here =
        (uintptr_t)mm_window_here(program->process->window, (void *)companion->window_base);
    companion->suspend_count = is_suspended;
    KeInitializeEvent(&companion->may_begin, NotificationEvent, !is_suspended);
    if (channel_take(program, companion) == WIRE_CHANNELS) {
        free(companion);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    /* The companion may run, and end, before the creation has returned. */
    *out_companion = companion;
    char name[32];
    snprintf(name, sizeof name, "%.20s:%u", program->process->image_name, companion->index);
    NTSTATUS status =
        ps_thread_create(program->process, name, companion_run, companion, UserMode, out_thread);
    if (!NT_SUCCESS(status)) {
        host_lock_take(&program->lock);
        program->companions[companion->index] = NULL;
        host_lock_give(&program->lock);
        free(companion);
    }
    return status;
}

void companions_close(struct program *program)
{
    for (uint32_t i = 0; i < WIRE_CHANNELS; i++) {
        host_lock_take(&program->lock);
        struct companion *companion = program->companions[i];
        if (companion) {
            KeSetEvent(&companion->may_begin, IO_NO_INCREMENT, FALSE);
            uint32_t expected = WIRE_TURN_PROGRAM;
            atomic_compare_exchange_strong(&companion->channel->turn, &expected, WIRE_TURN_CLOSED);
            host_wake_shared(&companion->channel->turn, 1);
        }
        host_lock_give(&program->lock);
    }
}
