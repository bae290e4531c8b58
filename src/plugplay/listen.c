/* SPDX-License-Identifier: MIT */
/* listen.c - programs that hear of devices: what each wants to hear, and what it has not heard yet.
 *
 * A listener is an object of a program; an event of the program's is set whenever there is
 * something for it. A question (may the device go?) waits for the answer of each program that it
 * was put to, but not for ever and not for one that has ended.
 */
#include <string.h>

#include "base/list.h"
#include "ex/ex.h"
#include "gate/gate.h"
#include "host/host.h"
#include "io/io.h"
#include "ke/ke.h"
#include "ob/dispatcher_types.h"
#include "ob/ob.h"
#include "plugplay_internal.h"
#include "pnp/notice.h"

#include <initguid.h>

#include <wdmguid.h>

#define SUBSCRIPTIONS_MOST 4096u
#define EVENTS_MOST        16384u
/* A program that does not answer in this time has nothing against it. */
#define ANSWER_100NS (30ll * 10000000)

struct listener {
    struct list link; /* among all */
    KEVENT *ready;    /* referenced: the program's */
    struct list subscriptions, events, questions;
    unsigned subscription_count, event_count;
    uint64_t last_number;
};

struct subscription {
    struct list link;
    uint64_t number;
    uint32_t kind;
    GUID guid;
    DEVICE_OBJECT *pdo; /* referenced, or NULL */
    WCHAR name[WIRE_PLUGPLAY_NAME];
};

struct pending {
    struct list link;
    uint32_t custom_length;
    struct wire_plugplay_event event; /* custom data behind it */
};

/* Lies on the stack of who asks, one for each program that is asked. */
struct question {
    struct list link;
    uint64_t number;
    bool is_answered, is_refused;
    KEVENT answered;
};

static struct host_lock listen_lock; /* guards: all listeners and what hangs on them */
static struct list listeners = LIST_INIT(listeners);
static struct object_type *listener_type;
static uint64_t last_question;

/* ---- the object ---------------------------------------------------------------------------------
 */

static void subscription_free(struct subscription *subscription)
{
    if (subscription->pdo)
        ObfDereferenceObject(subscription->pdo);
    ExFreePoolWithTag(subscription, PLUGPLAY_TAG);
}

static void listener_end(void *body)
{
    struct listener *listener = body;
    struct list *node;
    host_lock_take(&listen_lock);
    list_remove(&listener->link);
    while ((node = list_pop_front(&listener->questions))) {
        struct question *question = list_entry(node, struct question, link);
        question->is_answered = true;
        KeSetEvent(&question->answered, IO_NO_INCREMENT, FALSE);
    }
    host_lock_give(&listen_lock);
    while ((node = list_pop_front(&listener->events)))
        ExFreePool(list_entry(node, struct pending, link));
    while ((node = list_pop_front(&listener->subscriptions)))
        subscription_free(list_entry(node, struct subscription, link));
    if (listener->ready)
        ob_dereference(listener->ready);
}

/* A program that has closed it, or ended, is not waited for, whoever still holds the body. */
static void listener_close(void *process, void *body, ACCESS_MASK granted, uint64_t process_handles,
                           uint64_t system_handles)
{
    struct listener *listener = body;
    if (system_handles)
        return;
    host_lock_take(&listen_lock);
    list_remove(&listener->link);
    for (struct list *node; (node = list_pop_front(&listener->questions));) {
        struct question *question = list_entry(node, struct question, link);
        question->is_answered = true;
        KeSetEvent(&question->answered, IO_NO_INCREMENT, FALSE);
    }
    host_lock_give(&listen_lock);
}

NTSTATUS listen_open(struct call *call)
{
    struct listener *listener;
    void *ready;
    HANDLE handle;
    NTSTATUS status = ob_handle_reference((HANDLE)call->in.handle, EVENT_MODIFY_STATE,
                                          ob_event_type, gate_mode(), &ready, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_create(listener_type, sizeof *listener, (void **)&listener);
    if (!NT_SUCCESS(status)) {
        ob_dereference(ready);
        return status;
    }
    listener->ready = ready;
    list_init(&listener->subscriptions);
    list_init(&listener->events);
    list_init(&listener->questions);
    host_lock_take(&listen_lock);
    list_push_back(&listeners, &listener->link);
    host_lock_give(&listen_lock);
    status = ob_handle_create(listener, GENERIC_ALL, 0, &handle);
    ob_dereference(listener);
    if (NT_SUCCESS(status))
        call->reply.number = (uint64_t)handle;
    return status;
}

static NTSTATUS listener_get(const struct call *call, struct listener **out_listener)
{
    return ob_handle_reference((HANDLE)call->in.handle, 0, listener_type, gate_mode(),
                               (void **)out_listener, NULL);
}

/* ---- subscriptions ------------------------------------------------------------------------------
 */

static NTSTATUS subscription_make(struct call *call, struct subscription **out_subscription)
{
    struct subscription *one;
    DEVICE_OBJECT *pdo = NULL;
    if (call->in.kind > WIRE_LISTEN_POWER)
        return STATUS_INVALID_PARAMETER;
    if (call->in.kind == WIRE_LISTEN_TARGET) {
        void *file;
        NTSTATUS status =
            ob_handle_reference((HANDLE)call->in.number, 0, io_file_type, gate_mode(), &file, NULL);
        if (!NT_SUCCESS(status))
            return status;
        pdo = pnp_pdo_of_file_get(file);
        ob_dereference(file);
        if (!pdo)
            return STATUS_INVALID_DEVICE_REQUEST;
    }
    one = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *one, PLUGPLAY_TAG);
    if (!one) {
        if (pdo)
            ObfDereferenceObject(pdo);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    one->kind = call->in.kind;
    memcpy(&one->guid, call->in.guid, sizeof one->guid);
    one->pdo = pdo;
    memcpy(one->name, call->in.name, sizeof one->name);
    *out_subscription = one;
    return STATUS_SUCCESS;
}

static void put_locked(struct listener *listener, uint64_t subscription, uint64_t question,
                       const struct pnp_notice *notice);

/* Whoever wants to know a power setting is told first what it is. */
static void first_value_locked(struct listener *listener, const struct subscription *one)
{
    struct power_notice first;
    if (one->kind == WIRE_LISTEN_POWER && power_notice_of(&first, &one->guid))
        put_locked(listener, one->number, 0, &first.notice);
}

NTSTATUS listen_subscribe(struct call *call)
{
    struct listener *listener;
    struct subscription *one;
    NTSTATUS status = listener_get(call, &listener);
    if (!NT_SUCCESS(status))
        return status;
    status = subscription_make(call, &one);
    if (NT_SUCCESS(status)) {
        host_lock_take(&listen_lock);
        bool is_full = listener->subscription_count >= SUBSCRIPTIONS_MOST;
        if (!is_full) {
            listener->subscription_count++;
            call->reply.number = one->number = ++listener->last_number;
            list_push_back(&listener->subscriptions, &one->link);
            first_value_locked(listener, one);
        }
        host_lock_give(&listen_lock);
        if (is_full) {
            subscription_free(one);
            status = STATUS_QUOTA_EXCEEDED;
        }
    }
    ob_dereference(listener);
    return status;
}

NTSTATUS listen_unsubscribe(struct call *call)
{
    struct listener *listener;
    struct subscription *found = NULL;
    NTSTATUS status = listener_get(call, &listener);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&listen_lock);
    list_for_each_safe(node, &listener->subscriptions)
    {
        struct subscription *one = list_entry(node, struct subscription, link);
        if (one->number != call->in.number)
            continue;
        list_remove(&one->link);
        listener->subscription_count--;
        found = one;
        break;
    }
    host_lock_give(&listen_lock);
    if (found)
        subscription_free(found);
    ob_dereference(listener);
    return found ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* ---- being told
 * ----------------------------------------------------------------------------------
 */

static bool wants(const struct subscription *one, const struct pnp_notice *notice)
{
    static const GUID zero;
    UNICODE_STRING name;
    switch (one->kind) {
    case WIRE_LISTEN_INTERFACE:
        return notice->kind == PNP_NOTICE_INTERFACE &&
               (IsEqualGUID(&one->guid, &zero) ||
                IsEqualGUID(&one->guid, &notice->interface_class));
    case WIRE_LISTEN_TARGET:
        return notice->kind == PNP_NOTICE_TARGET && one->pdo == notice->pdo;
    case WIRE_LISTEN_POWER:
        return notice->kind == PNP_NOTICE_POWER && IsEqualGUID(&one->guid, &notice->event);
    default:
        RtlInitUnicodeString(&name, one->name);
        return notice->kind >= PNP_NOTICE_ENUMERATED && notice->kind <= PNP_NOTICE_REMOVED &&
               (!name.Length || RtlEqualUnicodeString(&name, &notice->instance, TRUE));
    }
}

static struct pending *pending_make(const struct pnp_notice *notice)
{
    const TARGET_DEVICE_CUSTOM_NOTIFICATION *custom = notice->custom;
    ULONG length = custom ? custom->Size - (ULONG)FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION,
                                                               CustomDataBuffer)
                          : 0;
    struct pending *pending =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *pending + length, PLUGPLAY_TAG);
    if (!pending)
        return NULL;
    ex_pool_disown(pending);
    const UNICODE_STRING *name =
        notice->kind == PNP_NOTICE_INTERFACE ? &notice->link : &notice->instance;
    pending->custom_length = length;
    pending->event.kind = (uint32_t)notice->kind;
    pending->event.custom_length = length;
    pending->event.name_offset = custom ? custom->NameBufferOffset : -1;
    memcpy(pending->event.event, &notice->event, sizeof(GUID));
    memcpy(pending->event.class_guid, &notice->interface_class, sizeof(GUID));
    memcpy(pending->event.name, name->Buffer,
           min(name->Length, sizeof pending->event.name - sizeof(WCHAR)));
    if (custom)
        memcpy(pending + 1, custom->CustomDataBuffer, length);
    return pending;
}

static void put_locked(struct listener *listener, uint64_t subscription, uint64_t question,
                       const struct pnp_notice *notice)
{
    if (listener->event_count >= EVENTS_MOST)
        return; /* a program that never listens hears no more */
    struct pending *pending = pending_make(notice);
    if (!pending)
        return;
    pending->event.subscription = subscription;
    pending->event.question = question;
    list_push_back(&listener->events, &pending->link);
    listener->event_count++;
    KeSetEvent(listener->ready, IO_NO_INCREMENT, FALSE);
}

/* Puts the question to one subscription after another; each is asked when the one before it has
 * agreed. */
NTSTATUS listen_ask(const struct pnp_notice *notice, LONGLONG limit_100ns,
                    struct pnp_veto *out_veto)
{
    struct asked {
        struct listener *listener;
        uint64_t number;
    } asked[64];
    unsigned count = 0;
    bool is_refused = false;
    host_lock_take(&listen_lock);
    list_for_each(node, &listeners)
    {
        struct listener *listener = list_entry(node, struct listener, link);
        list_for_each(inner, &listener->subscriptions)
        {
            struct subscription *one = list_entry(inner, struct subscription, link);
            if (count < sizeof asked / sizeof *asked && wants(one, notice) &&
                ob_reference_unless_dead(listener))
                asked[count++] = (struct asked){listener, one->number};
        }
    }
    host_lock_give(&listen_lock);
    for (unsigned i = 0; i < count; i++) {
        struct question question = {0};
        LARGE_INTEGER limit = {.QuadPart = -limit_100ns};
        KeInitializeEvent(&question.answered, NotificationEvent, FALSE);
        host_lock_take(&listen_lock);
        bool is_open = !is_refused && !list_is_empty(&asked[i].listener->link);
        if (is_open) {
            question.number = ++last_question;
            list_push_back(&asked[i].listener->questions, &question.link);
            put_locked(asked[i].listener, asked[i].number, question.number, notice);
        }
        host_lock_give(&listen_lock);
        if (is_open)
            (void)KeWaitForSingleObject(&question.answered, Executive, KernelMode, FALSE, &limit);
        host_lock_take(&listen_lock);
        if (is_open && !question.is_answered)
            list_remove(&question.link);
        is_refused = is_refused || question.is_refused;
        host_lock_give(&listen_lock);
        ob_dereference(asked[i].listener);
    }
    if (!is_refused)
        return STATUS_SUCCESS;
    *out_veto = (struct pnp_veto){.type = PNP_VetoWindowsApp};
    return STATUS_PLUGPLAY_QUERY_VETOED;
}

void listen_tell(const struct pnp_notice *notice)
{
    host_lock_take(&listen_lock);
    list_for_each(node, &listeners)
    {
        struct listener *listener = list_entry(node, struct listener, link);
        list_for_each(inner, &listener->subscriptions)
        {
            struct subscription *one = list_entry(inner, struct subscription, link);
            if (wants(one, notice))
                put_locked(listener, one->number, 0, notice);
        }
    }
    host_lock_give(&listen_lock);
}

static NTSTATUS tell(const struct pnp_notice *notice, struct pnp_veto *out_veto)
{
    if (notice->kind == PNP_NOTICE_TARGET &&
        IsEqualGUID(&notice->event, &GUID_TARGET_DEVICE_QUERY_REMOVE)) {
        NTSTATUS status = listen_ask(notice, ANSWER_100NS, out_veto);
        if (NT_SUCCESS(status))
            return status;
        struct pnp_notice cancelled = *notice;
        cancelled.event = GUID_TARGET_DEVICE_REMOVE_CANCELLED;
        (void)tell(&cancelled, out_veto);
        return status;
    }
    listen_tell(notice);
    return STATUS_SUCCESS;
}

NTSTATUS listen_next(struct call *call)
{
    struct listener *listener;
    NTSTATUS status = listener_get(call, &listener);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&listen_lock);
    struct list *first = list_pop_front(&listener->events);
    if (first)
        listener->event_count--;
    host_lock_give(&listen_lock);
    ob_dereference(listener);
    if (!first)
        return STATUS_NO_MORE_ENTRIES;
    struct pending *pending = list_entry(first, struct pending, link);
    status =
        call_answer(call, &pending->event, (ULONG)sizeof pending->event + pending->custom_length);
    ExFreePool(pending);
    return status;
}

NTSTATUS listen_answer(struct call *call)
{
    struct listener *listener;
    bool is_found = false;
    NTSTATUS status = listener_get(call, &listener);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&listen_lock);
    list_for_each_safe(node, &listener->questions)
    {
        struct question *question = list_entry(node, struct question, link);
        if (question->number != call->in.number)
            continue;
        list_remove(&question->link);
        question->is_answered = true;
        question->is_refused = call->in.flags & 1;
        KeSetEvent(&question->answered, IO_NO_INCREMENT, FALSE);
        is_found = true;
        break;
    }
    host_lock_give(&listen_lock);
    ob_dereference(listener);
    return is_found ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

NTSTATUS listen_init(void)
{
    static const struct object_type_ops ops = {.delete_body = listener_end,
                                               .close_handle = listener_close,
                                               .valid_access = STANDARD_RIGHTS_ALL | 0xffff};
    NTSTATUS status = ob_type_create("PlugPlayListener", &ops, &listener_type);
    if (NT_SUCCESS(status)) {
        pnp_observer_set(tell);
        power_init();
    }
    return status;
}
