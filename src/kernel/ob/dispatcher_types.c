/* SPDX-License-Identifier: MIT */
/* dispatcher_types.c - the types Event, Semaphore, Mutant and Timer.
 *
 * The bodies are ke's objects; this room gives them names and handles. A timer that is
 * deleted while set is cancelled first.
 */
#include "ke/ke.h"
#include "ob/dispatcher_types.h"

struct object_type *ob_event_type, *ob_semaphore_type, *ob_mutant_type, *ob_timer_type;

static DISPATCHER_HEADER *header_first(void *body)
{
    return body;
}

static void timer_delete_body(void *body)
{
    KeCancelTimer(body);
}

/* A thread may own it still, and has it on a list. */
static void mutant_delete_body(void *body)
{
    ke_mutant_fini(body);
}

static const struct object_type_ops event_ops = {
    .waitable = header_first,
    .mapping = {STANDARD_RIGHTS_READ | EVENT_QUERY_STATE,
                STANDARD_RIGHTS_WRITE | EVENT_MODIFY_STATE, STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE,
                EVENT_ALL_ACCESS},
    .valid_access = EVENT_ALL_ACCESS,
};
static const struct object_type_ops semaphore_ops = {
    .waitable = header_first,
    .mapping = {STANDARD_RIGHTS_READ | SEMAPHORE_QUERY_STATE,
                STANDARD_RIGHTS_WRITE | SEMAPHORE_MODIFY_STATE,
                STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, SEMAPHORE_ALL_ACCESS},
    .valid_access = SEMAPHORE_ALL_ACCESS,
};
static const struct object_type_ops mutant_ops = {
    .delete_body = mutant_delete_body,
    .waitable = header_first,
    .mapping = {STANDARD_RIGHTS_READ | 0x0001 /* MUTANT_QUERY_STATE */, STANDARD_RIGHTS_WRITE,
                STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, STANDARD_RIGHTS_ALL | 0x0001},
    .valid_access = STANDARD_RIGHTS_ALL | 0x0001,
};
static const struct object_type_ops timer_ops = {
    .delete_body = timer_delete_body,
    .waitable = header_first,
    .mapping = {STANDARD_RIGHTS_READ | 0x0001 /* TIMER_QUERY_STATE */,
                STANDARD_RIGHTS_WRITE | 0x0002 /* TIMER_MODIFY_STATE */,
                STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, STANDARD_RIGHTS_ALL | 0x0003},
    .valid_access = STANDARD_RIGHTS_ALL | 0x0003,
};

NTSTATUS dispatcher_types_create(void)
{
    NTSTATUS status = ob_type_create("Event", &event_ops, &ob_event_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("Semaphore", &semaphore_ops, &ob_semaphore_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("Mutant", &mutant_ops, &ob_mutant_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("Timer", &timer_ops, &ob_timer_type);
    return status;
}
