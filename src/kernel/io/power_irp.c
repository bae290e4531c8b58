/* SPDX-License-Identifier: MIT */
/* power_irp.c - power IRPs that drivers ask for, and devices that have been idle too long.
 *
 * In: a device and the state somebody wants it in; out: an IRP_MJ_POWER on its way down from the
 * top of the device's stack, and the requester's routine called when it is back. An idle
 * registration counts seconds in which the driver has not said that its device is busy.
 */
#include "power.h"

#include "callout/callout.h"

/* ---- requests ------------------------------------------------------------------------------ */

struct power_request {
    PDEVICE_OBJECT device; /* as the requester named it; referenced */
    PREQUEST_POWER_COMPLETE routine;
    PVOID context;
    POWER_STATE state;
    UCHAR minor;
};

static NTSTATUS NTAPI power_done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    struct power_request request = *(struct power_request *)Context;
    IO_STATUS_BLOCK status = Irp->IoStatus;
    (void)DeviceObject;
    ExFreePoolWithTag(Context, IO_TAG);
    IoFreeIrp(Irp);
    if (request.routine != NULL)
        callout_power_completion(request.routine, request.device, request.minor, request.state,
                                 request.context, &status);
    ob_dereference(device_of(request.device));
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void power_fill(PIO_STACK_LOCATION stack, UCHAR minor, POWER_STATE state)
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
 * Differs: sent at once, at the caller's IRQL; requests of one device are not put in a line
 */
NTSTATUS power_irp_request(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                           PREQUEST_POWER_COMPLETE routine, PVOID context, PIRP *out_irp)
{
    if (minor != IRP_MN_SET_POWER && minor != IRP_MN_QUERY_POWER && minor != IRP_MN_WAIT_WAKE)
        return STATUS_INVALID_PARAMETER_2;
    PDEVICE_OBJECT top = device_top_get(device);
    struct power_request *request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*request), IO_TAG);
    PIRP irp = request != NULL ? irp_allocate(top->StackSize) : NULL;
    if (irp == NULL) {
        if (request != NULL)
            ExFreePoolWithTag(request, IO_TAG);
        ob_dereference(device_of(top));
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ex_pool_disown(request);
    *request = (struct power_request){device, routine, context, state, minor};
    ob_reference(device_of(device));
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED; /* what a power IRP begins with */
    power_fill(IoGetNextIrpStackLocation(irp), minor, state);
    IoSetCompletionRoutine(irp, power_done, request, TRUE, TRUE, TRUE);
    if (out_irp != NULL)
        *out_irp = irp;
    (void)IoCallDriver(top, irp);
    ob_dereference(device_of(top));
    return STATUS_PENDING;
}

/* ---- idle devices -------------------------------------------------------------------------------
 */

struct power_idle {
    struct list link;
    PDEVICE_OBJECT device; /* not referenced: power_forget comes before its end */
    ULONG idle_s;          /* the driver writes 0 when its device is busy */
    ULONG delay_s;
    DEVICE_POWER_STATE state;
};

static struct host_lock idle_lock; /* guards: idle_list, the timer's being set */
static struct list idle_list = LIST_INIT(idle_list);
static KTIMER idle_timer;
static KDPC idle_dpc;
static bool idle_is_set;

#define SECOND_100NS (-10000000ll)
#define SECOND_MS    1000

/* A device whose time has just come, referenced. */
static PDEVICE_OBJECT idle_next(DEVICE_POWER_STATE *out_state)
{
    PDEVICE_OBJECT due = NULL;
    host_lock_take(&idle_lock);
    for (struct list *node = idle_list.next; node != &idle_list && due == NULL; node = node->next) {
        struct power_idle *idle = list_entry(node, struct power_idle, link);
        if (idle->idle_s != idle->delay_s)
            continue;
        idle->idle_s++; /* once, until it is busy again */
        *out_state = idle->state;
        due = idle->device;
        ob_reference(device_of(due));
    }
    host_lock_give(&idle_lock);
    return due;
}

static VOID NTAPI idle_second(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    POWER_STATE state;
    PDEVICE_OBJECT device;
    (void)Dpc;
    (void)Context;
    (void)Argument1;
    (void)Argument2;
    host_lock_take(&idle_lock);
    list_for_each(node, &idle_list)
    {
        struct power_idle *idle = list_entry(node, struct power_idle, link);
        if (idle->idle_s < idle->delay_s)
            idle->idle_s++;
    }
    host_lock_give(&idle_lock);
    while ((device = idle_next(&state.DeviceState)) != NULL) {
        (void)power_irp_request(device, IRP_MN_SET_POWER, state, NULL, NULL, NULL);
        ob_dereference(device_of(device));
    }
}

static void idle_timer_set_locked(void)
{
    LARGE_INTEGER due = {.QuadPart = SECOND_100NS};
    if (idle_is_set)
        return;
    KeInitializeTimer(&idle_timer);
    KeInitializeDpc(&idle_dpc, idle_second, NULL);
    KeSetTimerEx(&idle_timer, due, SECOND_MS, &idle_dpc);
    idle_is_set = true;
}

static struct power_idle *idle_find_locked(PDEVICE_OBJECT device)
{
    list_for_each(node, &idle_list)
    {
        struct power_idle *idle = list_entry(node, struct power_idle, link);
        if (idle->device == device)
            return idle;
    }
    return NULL;
}

PULONG power_idle_register(PDEVICE_OBJECT device, ULONG delay_s, DEVICE_POWER_STATE state)
{
    if (delay_s == 0) {
        power_forget(device);
        return NULL;
    }
    struct power_idle *made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*made), IO_TAG);
    if (made == NULL)
        return NULL;
    ex_pool_disown(made);
    host_lock_take(&idle_lock);
    struct power_idle *idle = idle_find_locked(device);
    if (idle == NULL) {
        idle = made;
        made = NULL;
        idle->device = device;
        list_push_back(&idle_list, &idle->link);
    }
    idle->idle_s = 0;
    idle->delay_s = delay_s;
    idle->state = state;
    idle_timer_set_locked();
    host_lock_give(&idle_lock);
    if (made != NULL)
        ExFreePoolWithTag(made, IO_TAG);
    return &idle->idle_s;
}

void power_forget(PDEVICE_OBJECT device)
{
    bool ends = false;
    host_lock_take(&idle_lock);
    struct power_idle *idle = idle_find_locked(device);
    if (idle != NULL)
        list_remove(&idle->link);
    if (idle_is_set && list_is_empty(&idle_list)) {
        ends = true;
        idle_is_set = false;
    }
    if (ends)
        KeCancelTimer(&idle_timer);
    host_lock_give(&idle_lock);
    if (idle != NULL)
        ExFreePoolWithTag(idle, IO_TAG);
}
