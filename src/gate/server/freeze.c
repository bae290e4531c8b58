/* SPDX-License-Identifier: MIT */
/* freeze.c - the machine sleeps: programs stand still until it is back.
 *
 * In: the power manager's word; out: every thread of every program is asked to stop where it runs
 * the program's code, and what it asks of the kernel is not begun before the machine works again.
 * A service that has begun goes on; its thread stops when it returns.
 */
#include <limits.h>

#include "server_internal.h"

static _Atomic bool is_frozen;
static KEVENT thawed; /* notification; set up with the server */

void freeze_init(void)
{
    is_frozen = false;
    KeInitializeEvent(&thawed, NotificationEvent, TRUE);
}

bool freeze_is_on(void)
{
    return is_frozen;
}

/* A thread that is being ended does not wait; false: it asks for nothing any more. */
bool freeze_wait(void)
{
    while (is_frozen)
        if (KeWaitForSingleObject(&thawed, Suspended, UserMode, FALSE, NULL) != STATUS_SUCCESS)
            return false;
    return true;
}

void program_freeze(struct program *program, bool freezes)
{
    host_lock_take(&program->lock);
    for (uint32_t i = 0; i < WIRE_CHANNELS; i++) {
        struct companion *companion = program->companions[i];
        if (!companion)
            continue;
        if (freezes) {
            companion_ask(companion, WIRE_ASK_FREEZE);
        } else {
            atomic_fetch_and(&companion->channel->asks, ~(uint32_t)WIRE_ASK_FREEZE);
            host_wake_shared(&companion->channel->asks, INT_MAX);
        }
    }
    host_lock_give(&program->lock);
}

/* IRQL:    PASSIVE_LEVEL; not twice the same
 * Locks:   the server's, each program's
 */
void server_programs_freeze(bool freezes)
{
    if (freezes)
        KeClearEvent(&thawed);
    is_frozen = freezes; /* threads and programs that come from now on know by themselves */
    programs_freeze(freezes);
    if (!freezes)
        KeSetEvent(&thawed, IO_NO_INCREMENT, FALSE);
}
