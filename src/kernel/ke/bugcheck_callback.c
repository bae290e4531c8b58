/* SPDX-License-Identifier: MIT */
/* bugcheck_callback.c - who wants to be told when the machine stops.
 *
 * Records are the drivers' own memory, linked into two lists; State says whether one is in
 * a list. Each is taken off before it is called, so that one that faults is not called again.
 */
#include "callout/callout.h"
#include "bugcheck_callback.h"

/* State of a record: the public numbers of KBUGCHECK_BUFFER_DUMP_STATE. */
enum record_state { RECORD_EMPTY, RECORD_INSERTED, RECORD_STARTED, RECORD_FINISHED };

/* guards: both lists and State of every record */
static struct host_lock callbacks_lock;
static struct list callbacks = LIST_INIT(callbacks);
static struct list reasons = LIST_INIT(reasons);

static bool record_link(UCHAR *state, struct list *head, LIST_ENTRY *entry)
{
    bool is_new;

    host_lock_take(&callbacks_lock);
    is_new = *state != RECORD_INSERTED;
    if (is_new) {
        *state = RECORD_INSERTED;
        list_push_front(head, (struct list *)entry);
    }
    host_lock_give(&callbacks_lock);
    return is_new;
}

static bool record_unlink(UCHAR *state, LIST_ENTRY *entry)
{
    bool was_linked;

    host_lock_take(&callbacks_lock);
    was_linked = *state == RECORD_INSERTED;
    if (was_linked) {
        *state = RECORD_EMPTY;
        list_remove((struct list *)entry);
    }
    host_lock_give(&callbacks_lock);
    return was_linked;
}

bool bugcheck_callback_register(KBUGCHECK_CALLBACK_RECORD *record,
                                PKBUGCHECK_CALLBACK_ROUTINE routine, void *buffer, ULONG length,
                                UCHAR *component)
{
    if (record->State == RECORD_INSERTED)
        return false;
    record->CallbackRoutine = routine;
    record->Buffer = buffer;
    record->Length = length;
    record->Component = component;
    record->Checksum = (ULONG_PTR)routine + (ULONG_PTR)buffer + length + (ULONG_PTR)component;
    return record_link(&record->State, &callbacks, &record->Entry);
}

bool bugcheck_callback_deregister(KBUGCHECK_CALLBACK_RECORD *record)
{
    return record_unlink(&record->State, &record->Entry);
}

bool bugcheck_reason_register(KBUGCHECK_REASON_CALLBACK_RECORD *record,
                              PKBUGCHECK_REASON_CALLBACK_ROUTINE routine,
                              KBUGCHECK_CALLBACK_REASON reason, UCHAR *component)
{
    if (record->State == RECORD_INSERTED)
        return false;
    record->CallbackRoutine = routine;
    record->Reason = reason;
    record->Component = component;
    record->Checksum = (ULONG_PTR)routine + (ULONG_PTR)reason + (ULONG_PTR)component;
    return record_link(&record->State, &reasons, &record->Entry);
}

bool bugcheck_reason_deregister(KBUGCHECK_REASON_CALLBACK_RECORD *record)
{
    return record_unlink(&record->State, &record->Entry);
}

void bugcheck_callbacks_run(void)
{
    /* Nobody else changes the lists any more, and whoever holds the lock may never go on. */
    for (;;) {
        struct list *node = list_pop_front(&callbacks);
        KBUGCHECK_CALLBACK_RECORD *record;
        uint64_t arguments[2];

        if (node == NULL)
            break;
        record = list_entry((void *)node, KBUGCHECK_CALLBACK_RECORD, Entry);
        record->State = RECORD_STARTED;
        arguments[0] = (uintptr_t)record->Buffer;
        arguments[1] = record->Length;
        callout_invoke((const void *)record->CallbackRoutine, arguments, 2);
        record->State = RECORD_FINISHED;
    }
}
