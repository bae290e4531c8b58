/* SPDX-License-Identifier: MIT */
/* callback_object_ddi.c - callback objects: drivers tell each other that something happened.
 *
 * A callback object has a name and a list of registrations, called in the order they came.
 * A registration holds a reference to its object and stays on the list while its routine
 * runs; unregistering waits for that. Invariant: the object's lock is not held while a
 * driver's routine runs.
 */
#include "ob_internal.h"

#include "callback_object.h"
#include "callout/callout.h"
#include "ke/ke.h"

#define OB_TAG_CALLBACK 'cbOc'

struct callback_object {
    KSPIN_LOCK lock;           /* guards: registrations and all that is in them */
    struct list registrations; /* struct callback_registration.link */
    bool allows_many;          /* set once */
};

struct callback_registration {
    struct list link;
    struct callback_object *object; /* referenced */
    PCALLBACK_FUNCTION routine;
    PVOID context;
    unsigned running;
    bool is_leaving; /* not called any more */
    KEVENT idle;     /* signalled when is_leaving and running is 0 */
};

static struct object_type *callback_type;

static void callback_delete_body(void *body)
{
    COVE_ASSERT(list_is_empty(&((struct callback_object *)body)->registrations));
}

static const struct object_type_ops callback_ops = {
    .delete_body = callback_delete_body,
    .mapping = {STANDARD_RIGHTS_READ, STANDARD_RIGHTS_WRITE | 0x0001 /* CALLBACK_MODIFY_STATE */,
                STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, STANDARD_RIGHTS_ALL | 0x0001},
    .valid_access = STANDARD_RIGHTS_ALL | 0x0001,
};

static NTSTATUS callback_create(const OBJECT_ATTRIBUTES *attributes, bool allows_many,
                                void **out_body)
{
    void *body, *inserted = NULL;
    NTSTATUS status = ob_create(callback_type, sizeof(struct callback_object), &body);
    if (!NT_SUCCESS(status))
        return status;
    struct callback_object *object = body;
    KeInitializeSpinLock(&object->lock);
    list_init(&object->registrations);
    object->allows_many = allows_many;
    OBJECT_ATTRIBUTES opening = *attributes;
    opening.Attributes |= OBJ_OPENIF; /* another thread may have been faster */
    status = ob_insert(body, &opening, 0, KernelMode, &inserted, NULL);
    if (!NT_SUCCESS(status)) {
        ob_dereference(body);
        return status;
    }
    *out_body = status == STATUS_OBJECT_NAME_EXISTS ? inserted : body;
    return STATUS_SUCCESS;
}

NTSTATUS callback_objects_create(void)
{
    static const WCHAR *const names[] = {L"\\Callback\\SetSystemTime", L"\\Callback\\PowerState",
                                         L"\\Callback\\ProcessorAdd"};
    NTSTATUS status = ob_type_create("Callback", &callback_ops, &callback_type);
    for (unsigned i = 0; i < sizeof names / sizeof names[0] && NT_SUCCESS(status); i++) {
        UNICODE_STRING name;
        OBJECT_ATTRIBUTES attributes;
        void *body;
        RtlInitUnicodeString(&name, names[i]);
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                                   NULL);
        status = callback_create(&attributes, true, &body);
        if (NT_SUCCESS(status))
            ob_dereference(body);
    }
    return status;
}

/* Opens a callback object by its name, or makes it.
 *
 * IRQL:    <= APC_LEVEL
 * Takes:   gives a reference
 * Errors:  STATUS_UNSUCCESSFUL without a name, those of opening a name
 * Doc:     nf-wdm-excreatecallback
 * Differs: a name without OBJ_PERMANENT lasts until the last reference goes
 */
NTSTATUS NTAPI ExCreateCallback(PCALLBACK_OBJECT *CallbackObject,
                                POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN Create,
                                BOOLEAN AllowMultipleCallbacks)
{
    void *body;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!ObjectAttributes || !ObjectAttributes->ObjectName ||
        ObjectAttributes->ObjectName->Length == 0)
        return STATUS_UNSUCCESSFUL;
    NTSTATUS status = ob_open(ObjectAttributes, callback_type, 0, KernelMode, NULL, &body);
    if (!NT_SUCCESS(status) && Create)
        status = callback_create(ObjectAttributes, AllowMultipleCallbacks, &body);
    if (NT_SUCCESS(status))
        *CallbackObject = body;
    return status;
}

/* IRQL:    <= APC_LEVEL
 * Takes:   the registration holds a reference to the object
 * Errors:  NULL: no memory, or the object takes one routine and has it
 * Doc:     nf-wdm-exregistercallback
 */
PVOID NTAPI ExRegisterCallback(PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction,
                               PVOID CallbackContext)
{
    struct callback_object *object = (struct callback_object *)CallbackObject;
    KIRQL irql;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct callback_registration *registration =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *registration, OB_TAG_CALLBACK);
    if (!registration)
        return NULL;
    registration->object = object;
    registration->routine = CallbackFunction;
    registration->context = CallbackContext;
    KeInitializeEvent(&registration->idle, NotificationEvent, FALSE);
    KeAcquireSpinLock(&object->lock, &irql);
    bool is_taken = object->allows_many || list_is_empty(&object->registrations);
    if (is_taken) {
        ob_reference(object);
        list_push_back(&object->registrations, &registration->link);
    }
    KeReleaseSpinLock(&object->lock, irql);
    if (!is_taken) {
        ExFreePoolWithTag(registration, OB_TAG_CALLBACK);
        return NULL;
    }
    return registration;
}

/* Returns when the routine does not run and will not run again.
 *
 * IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-exunregistercallback
 */
VOID NTAPI ExUnregisterCallback(PVOID CallbackRegistration)
{
    struct callback_registration *registration = CallbackRegistration;
    struct callback_object *object = registration->object;
    KIRQL irql;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    KeAcquireSpinLock(&object->lock, &irql);
    registration->is_leaving = true;
    while (registration->running > 0) {
        KeReleaseSpinLock(&object->lock, irql);
        KeWaitForSingleObject(&registration->idle, Executive, KernelMode, FALSE, NULL);
        KeAcquireSpinLock(&object->lock, &irql);
    }
    list_remove(&registration->link);
    KeReleaseSpinLock(&object->lock, irql);
    ExFreePoolWithTag(registration, OB_TAG_CALLBACK);
    ob_dereference(object);
}

/* IRQL:    <= DISPATCH_LEVEL, which is the routines' too
 * Doc:     nf-wdm-exnotifycallback
 */
VOID NTAPI ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2)
{
    struct callback_object *object = CallbackObject;
    KIRQL irql;
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    KeAcquireSpinLock(&object->lock, &irql);
    for (struct list *node = object->registrations.next; node != &object->registrations;) {
        struct callback_registration *registration =
            list_entry(node, struct callback_registration, link);
        if (!registration->is_leaving) {
            registration->running++;
            KeReleaseSpinLock(&object->lock, irql);
            callout_invoke(registration->routine,
                           (uint64_t[]){(uint64_t)registration->context, (uint64_t)Argument1,
                                        (uint64_t)Argument2},
                           3);
            KeAcquireSpinLock(&object->lock, &irql);
            registration->running--;
        }
        node = node->next;
        if (registration->is_leaving && registration->running == 0)
            KeSetEvent(&registration->idle, IO_NO_INCREMENT, FALSE);
    }
    KeReleaseSpinLock(&object->lock, irql);
}
