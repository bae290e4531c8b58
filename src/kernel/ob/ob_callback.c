/* SPDX-License-Identifier: MIT */
/* ob_callback.c - drivers that are asked before a handle is made and told afterwards.
 *
 * Registrations are ordered by altitude; the highest is asked first. A registration is
 * held by rundown protection while its routines run, so that unregistering waits for
 * them. Invariant: no lock is held while a driver's routine runs.
 */
#include "ob_internal.h"

#include <string.h>

#include "callout/callout.h"
#include "ob_callback.h"

#define WATCHERS_MAX 16 /* registrations called for one handle */

struct object_callback {
    struct list link; /* guarded by callback_lock */
    EX_RUNDOWN_REF rundown;
    PVOID context;
    UNICODE_STRING altitude; /* buffer lies behind the operations */
    unsigned count;
    OB_OPERATION_REGISTRATION operations[];
};

struct watcher {
    struct object_callback *callback;
    const OB_OPERATION_REGISTRATION *operation;
    PVOID call_context;
};

static struct host_lock callback_lock; /* guards: callbacks; callback_count changes */
static struct list callbacks = LIST_INIT(callbacks);
static _Atomic unsigned callback_count;

void object_callbacks_init(void)
{
    list_init(&callbacks);
    callback_count = 0;
}

/* Altitudes are decimal numbers of any length, perhaps with a fraction. */
static int altitude_compare(const UNICODE_STRING *a, const UNICODE_STRING *b)
{
    unsigned length[2], whole[2];
    const UNICODE_STRING *text[2] = {a, b};
    for (unsigned i = 0; i < 2; i++) {
        length[i] = text[i]->Length / sizeof(WCHAR);
        for (whole[i] = 0; whole[i] < length[i] && text[i]->Buffer[whole[i]] != '.'; whole[i]++)
            ;
    }
    if (whole[0] != whole[1])
        return whole[0] < whole[1] ? -1 : 1;
    for (unsigned i = 0; i < length[0] && i < length[1]; i++)
        if (a->Buffer[i] != b->Buffer[i])
            return a->Buffer[i] < b->Buffer[i] ? -1 : 1;
    return length[0] == length[1] ? 0 : (length[0] < length[1] ? -1 : 1);
}

/* Collects who watches operation on objects of type, highest altitude first, each held. */
static unsigned watchers_take(struct object_type *type, OB_OPERATION operation,
                              struct watcher *out_watchers)
{
    unsigned count = 0;
    if (atomic_load_explicit(&callback_count, memory_order_relaxed) == 0)
        return 0;
    host_lock_take(&callback_lock);
    list_for_each(node, &callbacks)
    {
        struct object_callback *callback = list_entry(node, struct object_callback, link);
        for (unsigned i = 0; i < callback->count && count < WATCHERS_MAX; i++) {
            const OB_OPERATION_REGISTRATION *entry = &callback->operations[i];
            if (*(struct object_type **)entry->ObjectType != type ||
                !(entry->Operations & operation) || !ExAcquireRundownProtection(&callback->rundown))
                continue;
            out_watchers[count++] = (struct watcher){callback, entry, NULL};
        }
    }
    host_lock_give(&callback_lock);
    return count;
}

static void watchers_ask(struct watcher *watchers, unsigned count,
                         OB_PRE_OPERATION_INFORMATION *operation, ACCESS_MASK *desired,
                         ACCESS_MASK original)
{
    for (unsigned i = 0; i < count; i++) {
        if (!watchers[i].operation->PreOperation)
            continue;
        operation->CallContext = NULL;
        uint64_t arguments[2] = {(uint64_t)watchers[i].callback->context, (uint64_t)operation};
        callout_invoke(watchers[i].operation->PreOperation, arguments, 2);
        watchers[i].call_context = operation->CallContext;
        *desired &= original; /* rights may be taken away, never added */
    }
}

static void watchers_tell(struct watcher *watchers, unsigned count,
                          OB_POST_OPERATION_INFORMATION *operation)
{
    while (count-- > 0) {
        if (watchers[count].operation->PostOperation) {
            operation->CallContext = watchers[count].call_context;
            uint64_t arguments[2] = {(uint64_t)watchers[count].callback->context,
                                     (uint64_t)operation};
            callout_invoke(watchers[count].operation->PostOperation, arguments, 2);
        }
        ExReleaseRundownProtection(&watchers[count].callback->rundown);
    }
}

static NTSTATUS handle_create_watched(struct watcher *watchers, unsigned count,
                                      OB_PRE_OPERATION_INFORMATION *before,
                                      OB_PRE_OPERATION_PARAMETERS *parameters,
                                      struct handle_table *table, ULONG attributes,
                                      handle_create_fn *create, HANDLE *out_handle)
{
    /* Both forms of the parameters begin with the same two masks. */
    OB_PRE_CREATE_HANDLE_INFORMATION *access = &parameters->CreateHandleInformation;
    before->Parameters = parameters;
    before->KernelHandle = table == ob_handle_table_kernel();
    before->ObjectType = (POBJECT_TYPE)ob_type_of(before->Object);
    watchers_ask(watchers, count, before, &access->DesiredAccess, access->OriginalDesiredAccess);
    NTSTATUS status = create(table, before->Object, access->DesiredAccess, attributes, out_handle);
    OB_POST_OPERATION_PARAMETERS result = {.CreateHandleInformation = {access->DesiredAccess}};
    OB_POST_OPERATION_INFORMATION after = {
        .Operation = before->Operation,
        .Object = before->Object,
        .ObjectType = before->ObjectType,
        .ReturnStatus = status,
        .Parameters = &result,
    };
    after.KernelHandle = before->KernelHandle;
    watchers_tell(watchers, count, &after);
    return status;
}

NTSTATUS ob_callback_create(struct handle_table *table, void *body, ACCESS_MASK granted,
                            ULONG attributes, handle_create_fn *create, HANDLE *out_handle)
{
    struct watcher watchers[WATCHERS_MAX];
    unsigned count = watchers_take(ob_type_of(body), OB_OPERATION_HANDLE_CREATE, watchers);
    if (count == 0)
        return create(table, body, granted, attributes, out_handle);
    OB_PRE_OPERATION_PARAMETERS parameters = {.CreateHandleInformation = {granted, granted}};
    OB_PRE_OPERATION_INFORMATION before = {.Operation = OB_OPERATION_HANDLE_CREATE, .Object = body};
    return handle_create_watched(watchers, count, &before, &parameters, table, attributes, create,
                                 out_handle);
}

NTSTATUS ob_callback_duplicate(struct handle_table *table, void *source_process, void *body,
                               ACCESS_MASK granted, ULONG attributes, handle_create_fn *create,
                               HANDLE *out_handle)
{
    struct watcher watchers[WATCHERS_MAX];
    unsigned count = watchers_take(ob_type_of(body), OB_OPERATION_HANDLE_DUPLICATE, watchers);
    if (count == 0)
        return create(table, body, granted, attributes, out_handle);
    OB_PRE_OPERATION_PARAMETERS parameters = {
        .DuplicateHandleInformation = {granted, granted, source_process, table->process}};
    OB_PRE_OPERATION_INFORMATION before = {.Operation = OB_OPERATION_HANDLE_DUPLICATE,
                                           .Object = body};
    return handle_create_watched(watchers, count, &before, &parameters, table, attributes, create,
                                 out_handle);
}

static bool registration_is_valid(const OB_CALLBACK_REGISTRATION *registration)
{
    if ((registration->Version & 0xff00) != OB_FLT_REGISTRATION_VERSION ||
        registration->OperationRegistrationCount == 0 || registration->Altitude.Length == 0)
        return false;
    for (unsigned i = 0; i < registration->OperationRegistrationCount; i++) {
        const OB_OPERATION_REGISTRATION *entry = &registration->OperationRegistration[i];
        if (!entry->ObjectType || !*entry->ObjectType || !entry->Operations ||
            (!entry->PreOperation && !entry->PostOperation))
            return false;
        if (!ob_type_ops((struct object_type *)*entry->ObjectType)->is_watchable)
            return false;
    }
    return true;
}

NTSTATUS ob_callback_register(const OB_CALLBACK_REGISTRATION *registration, PVOID *out_handle)
{
    unsigned count = registration->OperationRegistrationCount;
    NTSTATUS status = STATUS_SUCCESS;
    if (!registration_is_valid(registration))
        return STATUS_INVALID_PARAMETER;
    struct object_callback *callback = ExAllocatePool2(
        POOL_FLAG_NON_PAGED,
        sizeof *callback + count * sizeof callback->operations[0] + registration->Altitude.Length,
        OB_TAG);
    if (!callback)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExInitializeRundownProtection(&callback->rundown);
    callback->context = registration->RegistrationContext;
    callback->count = count;
    memcpy(callback->operations, registration->OperationRegistration,
           count * sizeof callback->operations[0]);
    callback->altitude = registration->Altitude;
    callback->altitude.Buffer = (WCHAR *)&callback->operations[count];
    memcpy(callback->altitude.Buffer, registration->Altitude.Buffer, registration->Altitude.Length);

    host_lock_take(&callback_lock);
    struct list *at = &callbacks;
    list_for_each(node, &callbacks)
    {
        int order = altitude_compare(&list_entry(node, struct object_callback, link)->altitude,
                                     &callback->altitude);
        if (order == 0)
            status = STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
        if (order <= 0)
            break;
        at = node;
    }
    if (NT_SUCCESS(status)) {
        list_insert_after(at, &callback->link);
        atomic_fetch_add(&callback_count, 1);
    }
    host_lock_give(&callback_lock);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(callback, OB_TAG);
        return status;
    }
    *out_handle = callback;
    return STATUS_SUCCESS;
}

void ob_callback_unregister(PVOID handle)
{
    struct object_callback *callback = handle;
    host_lock_take(&callback_lock);
    list_remove(&callback->link);
    atomic_fetch_sub(&callback_count, 1);
    host_lock_give(&callback_lock);
    ExWaitForRundownProtectionRelease(&callback->rundown);
    ExFreePoolWithTag(callback, OB_TAG);
}
