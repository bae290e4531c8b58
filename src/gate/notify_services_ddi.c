/* SPDX-License-Identifier: MIT */
/* notify_services_ddi.c - NtNotifyChangeKey: waiting for a change in the registry.
 *
 * A caller in kernel mode is told by an event or by its work item, a program by an event or an
 * APC of its thread. What the request holds it gives back when the change has come.
 */
#include "cm/cm.h"
#include "ex/ex.h"
#include "io/io.h"
#include "mm/mm.h"
#include "ps/ps.h"
#include "services.h"

#define TAG_NOTIFY 'onTG'

struct key_notice {
    KPROCESSOR_MODE mode;
    PIO_STATUS_BLOCK status; /* the caller's */
    struct process *process; /* referenced; whose memory the status block is */
    void *thread;            /* referenced; for an APC */
    PKEVENT event;           /* referenced, or NULL */
    PVOID routine, context;  /* a work item and its queue, or an APC's */
    KEVENT *done;            /* the synchronous caller waits here; result goes to *result */
    NTSTATUS *result;
};

static void status_tell(const struct key_notice *notice, NTSTATUS status)
{
    IO_STATUS_BLOCK block = {.Status = status};
    if (notice->mode == KernelMode) {
        *notice->status = block;
        return;
    }
    struct process *previous = ps_attach(notice->process);
    mm_user_status_write(notice->status, status, 0, mm_address_is_low(notice->status));
    ps_detach(previous);
}

static void notice_free(struct key_notice *notice)
{
    if (notice->event)
        ob_dereference(notice->event);
    ob_dereference(notice->thread);
    ob_dereference(notice->process);
    ExFreePoolWithTag(notice, TAG_NOTIFY);
}

static void notice_fire(void *context, NTSTATUS status)
{
    struct key_notice *notice = context;
    status_tell(notice, status);
    if (notice->event)
        KeSetEvent(notice->event, IO_NO_INCREMENT, FALSE);
    if (notice->routine && notice->mode == KernelMode)
        ExQueueWorkItem(notice->routine, (WORK_QUEUE_TYPE)(ULONG_PTR)notice->context);
    else if (notice->routine)
        gate_apc_queue(notice->thread, notice->routine, notice->context, notice->status, NULL);
    KEVENT *done = notice->done;
    if (done)
        *notice->result = status;
    notice_free(notice);
    if (done)
        KeSetEvent(done, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS notice_make(HANDLE event, const struct key_notice *like,
                            struct key_notice **out_notice)
{
    void *body = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    struct process_thread *thread = ps_thread_current();
    if (!thread)
        return STATUS_INVALID_PARAMETER;
    if (event)
        status =
            ob_handle_reference(event, EVENT_MODIFY_STATE, (struct object_type *)*ExEventObjectType,
                                gate_mode(), &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    struct key_notice *notice = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *notice, TAG_NOTIFY);
    if (!notice) {
        if (body)
            ob_dereference(body);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *notice = *like;
    notice->event = body;
    notice->process = ps_process_current();
    notice->thread = thread;
    ob_reference(notice->process);
    ob_reference(thread);
    if (body)
        KeClearEvent(body);
    *out_notice = notice;
    return STATUS_SUCCESS;
}

/* Doc:     nf-ntifs-zwnotifychangekey
 * Differs: a change between two calls is not remembered
 */
SERVICE NtNotifyChangeKey(HANDLE KeyHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG CompletionFilter,
                          BOOLEAN WatchTree, PVOID Buffer, ULONG BufferSize, BOOLEAN Asynchronous)
{
    KEVENT done;
    NTSTATUS result = STATUS_SUCCESS;
    void *key;
    struct key_notice *notice, like = {.mode = gate_mode(),
                                       .status = IoStatusBlock,
                                       .routine = (PVOID)(uintptr_t)ApcRoutine,
                                       .context = ApcContext};
    if (CompletionFilter == 0 || (CompletionFilter & ~(ULONG)REG_LEGAL_CHANGE_FILTER))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = gate_probe_write(IoStatusBlock, sizeof *IoStatusBlock, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = ob_handle_reference(KeyHandle, KEY_NOTIFY, cm_key_type, gate_mode(), &key, NULL);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    if (!Asynchronous) {
        like.done = &done;
        like.result = &result;
    }
    status = notice_make(Event, &like, &notice);
    if (NT_SUCCESS(status)) {
        status = cm_key_watch(key, CompletionFilter, WatchTree, notice_fire, notice);
        if (!NT_SUCCESS(status))
            notice_free(notice);
    }
    if (NT_SUCCESS(status) && !Asynchronous) {
        /* A thread that must end calls the watch off; then it fires all the same. */
        if (KeWaitForSingleObject(&done, UserRequest, gate_mode(), FALSE, NULL) != STATUS_SUCCESS) {
            cm_key_watch_end(key);
            KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        }
        status = result;
    } else if (NT_SUCCESS(status)) {
        status = STATUS_PENDING;
    }
    ob_dereference(key);
    return status;
}
