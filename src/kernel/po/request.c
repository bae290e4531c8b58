/* SPDX-License-Identifier: MIT */
/* request.c - power IRPs that drivers ask for.
 *
 * In: a device and the state somebody wants it in; out: an IRP_MJ_POWER on its way down from the
 * top of the device's stack, and the requester's routine called when it is back. A stack has one
 * request to set or query its device power under way at a time, the others wait behind it; of
 * devices that draw much current when they are switched on, one is switched on at a time.
 */
#include "po_internal.h"

#include "base/list.h"
#include "callout/callout.h"
#include "ex/ex.h"
#include "host/host.h"
#include "ob/ob.h"

struct request {
    struct list link;        /* in active, or in another's waiters; requests_lock */
    struct list waiters;     /* of an active one: who wants the same stack next; requests_lock */
    struct list inrush;      /* in inrush_waiters; requests_lock */
    PDEVICE_OBJECT device;   /* as the requester named it; referenced */
    PDEVICE_OBJECT physical; /* the stack's bottom; referenced */
    PDEVICE_OBJECT top;      /* when it was asked for; referenced */
    PREQUEST_POWER_COMPLETE routine;
    PVOID context;
    POWER_STATE state;
    PIRP irp;
    UCHAR minor;
    bool is_inrush;
    struct watch watch;
    struct ex_work work;
};

static struct host_lock requests_lock; /* guards: the lists */
static struct list active;             /* one for each stack */
static struct list inrush_waiters;     /* active ones whose turn to draw current has not come */
static bool inrush_is_taken;

void requests_init(void)
{
    list_init(&active);
    list_init(&inrush_waiters);
    inrush_is_taken = false;
}

/* ---- turns ------------------------------------------------------------------------------------
 */

static struct request *active_find_locked(PDEVICE_OBJECT physical)
{
    list_for_each(node, &active)
    {
        struct request *request = list_entry(node, struct request, link);
        if (request->physical == physical)
            return request;
    }
    return NULL;
}

/* True: it is the request's turn. */
static bool turn_take(struct request *request)
{
    bool may_go = false;

    host_lock_take(&requests_lock);
    struct request *before = active_find_locked(request->physical);
    list_init(&request->waiters);
    if (before != NULL) {
        list_push_back(&before->waiters, &request->link);
    } else {
        list_push_back(&active, &request->link);
        may_go = true;
    }
    host_lock_give(&requests_lock);
    return may_go;
}

/* The stack's next request takes the place of the one that ends; NULL: nobody waits. */
static struct request *turn_give(struct request *request)
{
    struct request *next = NULL;

    host_lock_take(&requests_lock);
    list_remove(&request->link);
    if (!list_is_empty(&request->waiters)) {
        next = list_entry(request->waiters.next, struct request, link);
        list_remove(&next->link);
        while (!list_is_empty(&request->waiters)) {
            struct list *other = request->waiters.next;
            list_remove(other);
            list_push_back(&next->waiters, other);
        }
        list_push_back(&active, &next->link);
    }
    host_lock_give(&requests_lock);
    return next;
}

/* False: another device is being switched on; the request is sent when that is over. */
static bool inrush_take(struct request *request)
{
    host_lock_take(&requests_lock);
    bool may_go = !inrush_is_taken;
    inrush_is_taken = true;
    if (!may_go)
        list_push_back(&inrush_waiters, &request->inrush);
    host_lock_give(&requests_lock);
    return may_go;
}

static struct request *inrush_give(void)
{
    struct request *next = NULL;

    host_lock_take(&requests_lock);
    if (!list_is_empty(&inrush_waiters)) {
        next = list_entry(inrush_waiters.next, struct request, inrush);
        list_remove(&next->inrush);
    }
    inrush_is_taken = next != NULL;
    host_lock_give(&requests_lock);
    return next;
}

/* ---- there and back ---------------------------------------------------------------------------
 */

static void request_free(struct request *request)
{
    ObDereferenceObject(request->device);
    ObDereferenceObject(request->physical);
    ObDereferenceObject(request->top);
    ExFreePoolWithTag(request, PO_TAG);
}

static void request_send_now(void *context)
{
    struct request *request = context;

    if (request->minor != IRP_MN_WAIT_WAKE)
        watch_begin(&request->watch, request->physical, request->irp);
    (void)IoCallDriver(request->top, request->irp);
}

/* Drivers that may page are called at PASSIVE_LEVEL only. */
static void request_send_allowed(struct request *request)
{
    if (ke_irql() > PASSIVE_LEVEL && (request->top->Flags & DO_POWER_PAGABLE))
        ex_work_queue(&request->work, request_send_now, request);
    else
        request_send_now(request);
}

static void request_send(struct request *request)
{
    if (!request->is_inrush || inrush_take(request))
        request_send_allowed(request);
}

static NTSTATUS NTAPI request_done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    struct request *request = Context, *next = NULL, *next_inrush = NULL;
    IO_STATUS_BLOCK status = Irp->IoStatus;

    (void)DeviceObject;
    IoFreeIrp(Irp);
    if (request->minor == IRP_MN_WAIT_WAKE) {
        if (NT_SUCCESS(status.Status))
            system_wake_signal();
    } else {
        watch_end(&request->watch);
        next = turn_give(request);
        next_inrush = request->is_inrush ? inrush_give() : NULL;
    }
    if (request->routine != NULL)
        callout_power_completion(request->routine, request->device, request->minor, request->state,
                                 request->context, &status);
    request_free(request);
    if (next_inrush != NULL)
        request_send_allowed(next_inrush);
    if (next != NULL)
        request_send(next);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void request_fill(PIO_STACK_LOCATION stack, UCHAR minor, POWER_STATE state)
{
    stack->MajorFunction = IRP_MJ_POWER;
    stack->MinorFunction = minor;
    if (minor == IRP_MN_WAIT_WAKE) {
        stack->Parameters.WaitWake.PowerState = state.SystemState;
        return;
    }
    stack->Parameters.Power.Type = DevicePowerState;
    stack->Parameters.Power.State = state;
    stack->Parameters.Power.ShutdownType = PowerActionNone;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Takes:   borrows device, which is kept until the IRP is back
 * Errors:  STATUS_INVALID_PARAMETER_2: not one of the three minors; STATUS_INSUFFICIENT_RESOURCES
 * Doc:     wdm.h PoRequestPowerIrp
 */
NTSTATUS request_make(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                      PREQUEST_POWER_COMPLETE routine, PVOID context, PIRP *out_irp)
{
    if (minor != IRP_MN_SET_POWER && minor != IRP_MN_QUERY_POWER && minor != IRP_MN_WAIT_WAKE)
        return STATUS_INVALID_PARAMETER_2;
    struct request *request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*request), PO_TAG);
    if (request == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_pool_disown(request);
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(device);
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    if (irp == NULL) {
        ObDereferenceObject(top);
        ExFreePoolWithTag(request, PO_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    request->device = device;
    request->physical = IoGetDeviceAttachmentBaseRef(device);
    request->top = top;
    request->routine = routine;
    request->context = context;
    request->state = state;
    request->minor = minor;
    request->irp = irp;
    request->is_inrush = minor == IRP_MN_SET_POWER && state.DeviceState == PowerDeviceD0 &&
                         (top->Flags & DO_POWER_INRUSH);
    ObReferenceObject(device);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED; /* what a power IRP begins with */
    request_fill(IoGetNextIrpStackLocation(irp), minor, state);
    IoSetCompletionRoutine(irp, request_done, request, TRUE, TRUE, TRUE);
    if (out_irp != NULL)
        *out_irp = irp;
    if (minor == IRP_MN_WAIT_WAKE || turn_take(request))
        request_send(request);
    return STATUS_PENDING;
}
