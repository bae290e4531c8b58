/* SPDX-License-Identifier: MIT */
/* idle.c - devices that have been idle too long.
 *
 * In: how long a driver lets its device idle, and the state it wants it in then; out: a request for
 * that state. A second in which the driver has not said that its device is busy counts as idle.
 */
#include "po_internal.h"

#include "base/list.h"
#include "ex/ex.h"
#include "host/host.h"

struct idle {
    struct list link;
    PDEVICE_OBJECT device; /* not referenced: idle_forget comes before its end */
    ULONG idle_s;          /* the driver writes 0 when its device is busy */
    ULONG delay_s;
    volatile LONG busy; /* begun and not ended */
    DEVICE_POWER_STATE state;
};

static struct host_lock idle_lock; /* guards: idle_list, the timer's being set */
static struct list idle_list;
static KTIMER idle_timer;
static KDPC idle_dpc;
static bool idle_is_set;

#define SECOND_100NS (-10000000ll)
#define SECOND_MS    1000

void idle_init(void)
{
    list_init(&idle_list);
    idle_is_set = false;
}

/* A device whose time has just come, referenced. */
static PDEVICE_OBJECT idle_next(DEVICE_POWER_STATE *out_state)
{
    PDEVICE_OBJECT due = NULL;
    host_lock_take(&idle_lock);
    for (struct list *node = idle_list.next; node != &idle_list && due == NULL; node = node->next) {
        struct idle *idle = list_entry(node, struct idle, link);
        if (idle->idle_s != idle->delay_s)
            continue;
        idle->idle_s++; /* once, until it is busy again */
        *out_state = idle->state;
        due = idle->device;
        ObReferenceObject(due);
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
        struct idle *idle = list_entry(node, struct idle, link);
        if (idle->busy > 0)
            idle->idle_s = 0;
        else if (idle->idle_s < idle->delay_s)
            idle->idle_s++;
    }
    host_lock_give(&idle_lock);
    while ((device = idle_next(&state.DeviceState)) != NULL) {
        (void)request_make(device, IRP_MN_SET_POWER, state, NULL, NULL, NULL);
        ObDereferenceObject(device);
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

static struct idle *idle_find_locked(PDEVICE_OBJECT device)
{
    list_for_each(node, &idle_list)
    {
        struct idle *idle = list_entry(node, struct idle, link);
        if (idle->device == device)
            return idle;
    }
    return NULL;
}

PULONG idle_register(PDEVICE_OBJECT device, ULONG delay_s, DEVICE_POWER_STATE state)
{
    if (delay_s == 0) {
        idle_forget(device);
        return NULL;
    }
    struct idle *made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*made), PO_TAG);
    if (made == NULL)
        return NULL;
    ex_pool_disown(made);
    host_lock_take(&idle_lock);
    struct idle *idle = idle_find_locked(device);
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
        ExFreePoolWithTag(made, PO_TAG);
    return &idle->idle_s;
}

void idle_forget(PDEVICE_OBJECT device)
{
    bool ends = false;
    host_lock_take(&idle_lock);
    struct idle *idle = idle_find_locked(device);
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
        ExFreePoolWithTag(idle, PO_TAG);
}

void idle_busy_begin(PULONG idle_pointer)
{
    struct idle *idle = CONTAINING_RECORD(idle_pointer, struct idle, idle_s);

    InterlockedIncrement(&idle->busy);
    *(volatile ULONG *)idle_pointer = 0;
}

void idle_busy_end(PULONG idle_pointer)
{
    struct idle *idle = CONTAINING_RECORD(idle_pointer, struct idle, idle_s);

    *(volatile ULONG *)idle_pointer = 0;
    InterlockedDecrement(&idle->busy);
}
