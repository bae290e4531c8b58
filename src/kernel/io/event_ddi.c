/* SPDX-License-Identifier: MIT */
/* event_ddi.c - named events that drivers share with each other and with programs.
 *
 * In: a name; out: the event and a kernel handle that keeps it. The driver closes the handle
 * and then must not touch the event.
 */
#include "ddi_prototypes.h"
#include "io_internal.h"

#include "ob/dispatcher_types.h"

/* A new event is signalled; one that is there is left as it is. */
static PKEVENT event_create(PUNICODE_STRING name, EVENT_TYPE type, PHANDLE out_handle)
{
    OBJECT_ATTRIBUTES attributes;
    void *created, *body = NULL;
    InitializeObjectAttributes(&attributes, name,
                               OBJ_OPENIF | OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ob_create(ob_event_type, sizeof(KEVENT), &created)))
        return NULL;
    KeInitializeEvent(created, type, TRUE);
    NTSTATUS status =
        ob_insert(created, &attributes, EVENT_ALL_ACCESS, KernelMode, &body, out_handle);
    if (!NT_SUCCESS(status)) {
        ob_dereference(created);
        return NULL;
    }
    /* The handle's reference is the one that stays. */
    ob_dereference(status == STATUS_OBJECT_NAME_EXISTS ? body : created);
    return status == STATUS_OBJECT_NAME_EXISTS ? body : created;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   gives a kernel handle
 * Errors:  NULL: the event can neither be made nor opened
 * Doc:     nf-wdm-iocreatenotificationevent
 */
PKEVENT NTAPI IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return event_create(EventName, NotificationEvent, EventHandle);
}

/* The same with an event that one waiter resets.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-iocreatesynchronizationevent
 */
PKEVENT NTAPI IoCreateSynchronizationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return event_create(EventName, SynchronizationEvent, EventHandle);
}
