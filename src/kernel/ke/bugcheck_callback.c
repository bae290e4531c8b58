/* SPDX-License-Identifier: MIT */
/* bugcheck_callback.c - who wants to be told when the machine stops.
 *
 * Records are the drivers' own memory, linked into two lists; State says whether one is in
 * a list. Each is taken off before it is called, so that one that faults is not called again.
 * What they say is kept for the report; no dump file is written.
 */
#include "callout/callout.h"
#include "bugcheck_callback.h"

extern ULONG_PTR KiBugCheckData[5];

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

/* ---- at a bug check ------------------------------------------------------------------------- */

/* What the callbacks said. Written by the thread that stops the machine, and never freed. */
#define DATA_MAX          24u
#define IN_BUFFER_BYTES   4096u
#define DATA_BYTES_MAX    65536u
#define ADDITIONAL_ROUNDS 64u /* a routine that always wants another call */

static struct ke_bugcheck_data data_said[DATA_MAX];
static unsigned data_count;
static uint8_t in_buffers[4 * IN_BUFFER_BYTES];
static size_t in_buffers_used;

unsigned ke_bugcheck_data(const struct ke_bugcheck_data **out_data)
{
    *out_data = data_said;
    return data_count;
}

/* Where one call's data goes; the last place is used again when there are too many. */
static struct ke_bugcheck_data *data_begin(const void *routine, const UCHAR *component,
                                           KBUGCHECK_CALLBACK_REASON reason)
{
    struct ke_bugcheck_data *data = &data_said[data_count < DATA_MAX ? data_count++ : DATA_MAX - 1];

    *data = (struct ke_bugcheck_data){
        .routine = routine, .component = (const char *)component, .reason = reason};
    return data;
}

static void reason_call(KBUGCHECK_REASON_CALLBACK_RECORD *record, void *specific, size_t bytes)
{
    uint64_t arguments[4] = {record->Reason, (uintptr_t)record, (uintptr_t)specific, bytes};

    callout_invoke((const void *)record->CallbackRoutine, arguments, 4);
}

/* A page of ours to write to, as long as there are any: what a routine left there stays. */
static void *in_buffer_next(ULONG *out_bytes)
{
    *out_bytes = sizeof(in_buffers) - in_buffers_used >= IN_BUFFER_BYTES ? IN_BUFFER_BYTES : 0;
    return *out_bytes != 0 ? in_buffers + in_buffers_used : NULL;
}

static void secondary_call(KBUGCHECK_REASON_CALLBACK_RECORD *record)
{
    const void *routine = (const void *)record->CallbackRoutine;
    struct ke_bugcheck_data *data = data_begin(routine, record->Component, record->Reason);
    KBUGCHECK_SECONDARY_DUMP_DATA dump = {.MaximumAllowed = DATA_BYTES_MAX};

    dump.InBuffer = in_buffer_next(&dump.InBufferLength);
    reason_call(record, &dump, sizeof(dump));
    data->is_returned = true;
    data->guid = dump.Guid;
    data->address = (uintptr_t)dump.OutBuffer;
    data->bytes = dump.OutBuffer != NULL ? dump.OutBufferLength : 0;
    if (data->bytes > DATA_BYTES_MAX)
        data->bytes = DATA_BYTES_MAX;
    if (dump.OutBuffer == dump.InBuffer && data->bytes != 0 && dump.InBuffer != NULL)
        in_buffers_used += IN_BUFFER_BYTES;
}

static void pages_call(KBUGCHECK_REASON_CALLBACK_RECORD *record)
{
    KBUGCHECK_ADD_PAGES pages = {.BugCheckCode = (ULONG)KiBugCheckData[0]};

    for (unsigned round = 0; round < ADDITIONAL_ROUNDS; round++) {
        struct ke_bugcheck_data *data =
            data_begin((const void *)record->CallbackRoutine, record->Component, record->Reason);

        pages.Flags = 0;
        pages.Address = pages.Count = 0;
        reason_call(record, &pages, sizeof(pages));
        data->is_returned = true;
        data->is_physical = (pages.Flags & KB_ADD_PAGES_FLAG_PHYSICAL_ADDRESS) != 0;
        data->address = pages.Address;
        data->bytes = (uint64_t)pages.Count * HOST_PAGE;
        if ((pages.Flags & KB_ADD_PAGES_FLAG_ADDITIONAL_RANGES_EXIST) == 0)
            break;
    }
}

/* Nobody else changes the lists any more, and whoever holds the lock may never go on. */
static bool reason_next(void)
{
    struct list *node = list_pop_front(&reasons);
    KBUGCHECK_REASON_CALLBACK_RECORD *record;

    if (node == NULL)
        return false;
    record = list_entry((void *)node, KBUGCHECK_REASON_CALLBACK_RECORD, Entry);
    record->State = RECORD_STARTED;
    if (record->Reason == KbCallbackSecondaryDumpData)
        secondary_call(record);
    else if (record->Reason == KbCallbackAddPages)
        pages_call(record);
    record->State = RECORD_FINISHED;
    return true;
}

static bool callback_next(void)
{
    struct list *node = list_pop_front(&callbacks);
    KBUGCHECK_CALLBACK_RECORD *record;
    struct ke_bugcheck_data *data;
    uint64_t arguments[2];

    if (node == NULL)
        return false;
    record = list_entry((void *)node, KBUGCHECK_CALLBACK_RECORD, Entry);
    record->State = RECORD_STARTED;
    data = data_begin((const void *)record->CallbackRoutine, record->Component, KbCallbackInvalid);
    data->address = (uintptr_t)record->Buffer;
    data->bytes = record->Length;
    arguments[0] = (uintptr_t)record->Buffer;
    arguments[1] = record->Length;
    callout_invoke((const void *)record->CallbackRoutine, arguments, 2);
    data->is_returned = true;
    record->State = RECORD_FINISHED;
    return true;
}

void bugcheck_callbacks_run(void)
{
    while (callback_next())
        ;
    while (reason_next())
        ;
}
