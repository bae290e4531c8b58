/* SPDX-License-Identifier: MIT */
/* notice_queue.c - what happens, made into notices: asked at once, or queued for a worker.
 *
 * In: the device actions' events, interfaces that come and go, drivers' own notices. Invariant:
 * queued notices are delivered one after the other, in the order in which they were queued.
 */
#include <initguid.h>

#include <string.h>

#include <wdmguid.h>

#include "callout/callout.h"
#include "ex/ex.h"
#include "host/host.h"
#include "interface.h"
#include "ke/ke.h"
#include "notice.h"
#include "notice_internal.h"
#include "pnp_internal.h"

struct queued {
    struct list link;
    struct pnp_notice notice;
    DEVICE_OBJECT *pdo; /* referenced, or NULL */
    PDEVICE_CHANGE_COMPLETE_CALLBACK done;
    void *done_context;
    KEVENT *delivered; /* who waits for it */
    char bytes[];      /* what the notice's pointers point at */
};

static struct host_lock queue_lock; /* guards: queue, is_running */
static struct list queue = LIST_INIT(queue);
static bool is_running;
static struct ex_work queue_work;
static KEVENT queue_idle;

static void deliver(void *context)
{
    for (;;) {
        host_lock_take(&queue_lock);
        struct list *first = list_pop_front(&queue);
        if (!first) {
            is_running = false;
            KeSetEvent(&queue_idle, IO_NO_INCREMENT, FALSE);
        }
        host_lock_give(&queue_lock);
        if (!first)
            return;
        struct queued *queued = list_entry(first, struct queued, link);
        notice_tell(&queued->notice);
        if (queued->done)
            callout_worker(queued->done, queued->done_context);
        if (queued->pdo)
            ObfDereferenceObject(queued->pdo);
        if (queued->delivered)
            KeSetEvent(queued->delivered, IO_NO_INCREMENT, FALSE);
        ExFreePoolWithTag(queued, PNP_TAG);
    }
}

static void queue_put(struct queued *queued)
{
    host_lock_take(&queue_lock);
    list_push_back(&queue, &queued->link);
    bool is_first = !is_running;
    is_running = true;
    KeClearEvent(&queue_idle);
    host_lock_give(&queue_lock);
    if (is_first)
        ex_work_queue(&queue_work, deliver, NULL);
}

void pnp_notice_wait(void)
{
    (void)KeWaitForSingleObject(&queue_idle, Executive, KernelMode, FALSE, NULL);
}

static struct queued *queued_make(size_t bytes)
{
    struct queued *queued = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *queued + bytes, PNP_TAG);
    if (queued)
        ex_pool_disown(queued);
    return queued;
}

static UNICODE_STRING text_put(char **at, const UNICODE_STRING *text)
{
    UNICODE_STRING copy = {text->Length, (USHORT)(text->Length + sizeof(WCHAR)), (WCHAR *)*at};
    memcpy(*at, text->Buffer, text->Length);
    *at += text->Length + sizeof(WCHAR); /* zeroed */
    return copy;
}

/* ---- interfaces, and devices as such -----------------------------------------------------------
 */

NTSTATUS notice_interface(const GUID *class_guid, const UNICODE_STRING *link,
                          const UNICODE_STRING *instance, bool is_arrival)
{
    struct queued *queued = queued_make(link->Length + instance->Length + 2u * sizeof(WCHAR));
    if (!queued)
        return STATUS_INSUFFICIENT_RESOURCES;
    char *at = queued->bytes;
    queued->notice.kind = PNP_NOTICE_INTERFACE;
    queued->notice.event =
        is_arrival ? GUID_DEVICE_INTERFACE_ARRIVAL : GUID_DEVICE_INTERFACE_REMOVAL;
    queued->notice.interface_class = *class_guid;
    queued->notice.link = text_put(&at, link);
    queued->notice.instance = text_put(&at, instance);
    queue_put(queued);
    return STATUS_SUCCESS;
}

static void node_post(struct device_node *node, enum pnp_notice_kind kind)
{
    const UNICODE_STRING *instance = pnp_node_instance(node);
    struct queued *queued = queued_make(instance->Length + sizeof(WCHAR));
    if (!queued)
        return;
    char *at = queued->bytes;
    queued->notice.kind = kind;
    queued->notice.instance = text_put(&at, instance);
    queue_put(queued);
}

/* ---- a driver's own -------------------------------------------------------------------------- */

/* Doc:     wdm.h IoReportTargetDeviceChange */
static NTSTATUS custom_check(const TARGET_DEVICE_CUSTOM_NOTIFICATION *notice)
{
    static const GUID *const ours[] = {&GUID_TARGET_DEVICE_QUERY_REMOVE,
                                       &GUID_TARGET_DEVICE_REMOVE_CANCELLED,
                                       &GUID_TARGET_DEVICE_REMOVE_COMPLETE};
    if (notice->Size < FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) ||
        notice->FileObject)
        return STATUS_INVALID_PARAMETER;
    if (notice->NameBufferOffset < -1 ||
        notice->NameBufferOffset >
            (LONG)(notice->Size -
                   FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer)))
        return STATUS_INVALID_PARAMETER;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (IsEqualGUID(&notice->Event, ours[i]))
            return STATUS_INVALID_DEVICE_REQUEST;
    return STATUS_SUCCESS;
}

static NTSTATUS custom_queue(DEVICE_OBJECT *pdo, const TARGET_DEVICE_CUSTOM_NOTIFICATION *notice,
                             PDEVICE_CHANGE_COMPLETE_CALLBACK done, void *context,
                             KEVENT *delivered)
{
    NTSTATUS status = custom_check(notice);
    if (!NT_SUCCESS(status))
        return status;
    struct device_node *node = pnp_node_of_get(pdo);
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    const UNICODE_STRING *instance = pnp_node_instance(node);
    size_t text = (instance->Length + sizeof(WCHAR) + 7u) & ~(size_t)7;
    struct queued *queued = queued_make(text + notice->Size);
    if (queued) {
        char *at = queued->bytes;
        queued->notice.kind = PNP_NOTICE_TARGET;
        queued->notice.event = notice->Event;
        queued->notice.instance = text_put(&at, instance);
        queued->notice.pdo = queued->pdo = pdo;
        queued->notice.custom = memcpy(queued->bytes + text, notice, notice->Size);
        queued->done = done;
        queued->done_context = context;
        queued->delivered = delivered;
        ObfReferenceObject(pdo);
    }
    pnp_node_put(node);
    if (!queued)
        return STATUS_INSUFFICIENT_RESOURCES;
    queue_put(queued);
    return STATUS_SUCCESS;
}

NTSTATUS notice_custom_send(DEVICE_OBJECT *pdo, TARGET_DEVICE_CUSTOM_NOTIFICATION *notice)
{
    KEVENT delivered;
    KeInitializeEvent(&delivered, NotificationEvent, FALSE);
    NTSTATUS status = custom_queue(pdo, notice, NULL, NULL, &delivered);
    if (NT_SUCCESS(status))
        (void)KeWaitForSingleObject(&delivered, Executive, KernelMode, FALSE, NULL);
    return status;
}

NTSTATUS notice_custom_post(DEVICE_OBJECT *pdo, const TARGET_DEVICE_CUSTOM_NOTIFICATION *notice,
                            PDEVICE_CHANGE_COMPLETE_CALLBACK done, void *context)
{
    return custom_queue(pdo, notice, done, context, NULL);
}

/* ---- the device actions' events ----------------------------------------------------------------
 */

static NTSTATUS target_tell(struct device_node *node, const GUID *event, struct pnp_veto *out_veto)
{
    struct pnp_notice notice = {.kind = PNP_NOTICE_TARGET,
                                .event = *event,
                                .instance = *pnp_node_instance(node),
                                .pdo = pnp_node_pdo(node)};
    if (!notice.pdo)
        return STATUS_SUCCESS;
    if (IsEqualGUID(event, &GUID_TARGET_DEVICE_QUERY_REMOVE))
        return notice_ask(&notice, out_veto);
    notice_tell(&notice);
    return STATUS_SUCCESS;
}

static NTSTATUS event(struct device_node *node, enum pnp_event what, struct pnp_veto *veto)
{
    switch (what) {
    case PNP_EVENT_ARRIVED:
        node_post(node, PNP_NOTICE_ENUMERATED);
        return STATUS_SUCCESS;
    case PNP_EVENT_STARTED:
        interface_device_started(node);
        node_post(node, PNP_NOTICE_STARTED);
        return STATUS_SUCCESS;
    case PNP_EVENT_QUERY_REMOVE:
        return target_tell(node, &GUID_TARGET_DEVICE_QUERY_REMOVE, veto);
    case PNP_EVENT_REMOVE_CANCELED:
        return target_tell(node, &GUID_TARGET_DEVICE_REMOVE_CANCELLED, NULL);
    case PNP_EVENT_REMOVE_PENDING:
        return target_tell(node, &GUID_TARGET_DEVICE_REMOVE_COMPLETE, NULL);
    case PNP_EVENT_STACK_REMOVED:
        interface_device_removed(node);
        return STATUS_SUCCESS;
    case PNP_EVENT_GONE:
        node_post(node, PNP_NOTICE_REMOVED);
        return STATUS_SUCCESS;
    }
    return STATUS_SUCCESS;
}

NTSTATUS pnp_notice_init(void)
{
    static struct pnp_event_sink sink = {.event = event};
    KeInitializeEvent(&queue_idle, NotificationEvent, TRUE);
    pnp_event_sink_add(&sink);
    return STATUS_SUCCESS;
}

void pnp_notice_fini(void)
{
    pnp_notice_wait();
    notice_registrations_drop();
    interface_fini();
}
