/* SPDX-License-Identifier: MIT */
/* system.c - the whole system goes to sleep, and comes back.
 *
 * In: the state wanted; out: a system power request for every started device, one after the other.
 * Down: all are asked first, then all are told, a device's children before itself. Up: a device
 * before its children. Programs stand still between the last device down and the first one up. Each
 * device's power policy owner turns the system's request into its
 * device's own (request.c). A device that comes or goes between is left out.
 */
#include "po_internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "ex/ex.h"
#include "host/host.h"
#include "pnp/pnp.h"
#include "rtl/rtl.h"

#include <cfg.h>

static KMUTANT transition; /* one at a time */
static _Atomic int system_state;
static PCALLBACK_OBJECT state_callback;       /* \Callback\PowerState */
static void (*programs_freeze)(bool freezes); /* set once, before the first transition */
static struct ex_work wake_work;
static _Atomic bool wake_is_queued;

/* ---- the devices, as they are now ------------------------------------------------------------ */

struct devices {
    struct device_node **nodes; /* parents before children; each referenced */
    size_t count, room;
    bool is_short; /* of memory */
};

static void device_add(struct device_node *node, unsigned depth, void *context)
{
    struct devices *devices = context;
    struct pnp_status status;

    (void)depth;
    pnp_status_get(node, &status);
    if (!(status.flags & DN_STARTED) || pnp_node_pdo(node) == NULL)
        return;
    if (devices->count == devices->room) {
        size_t room = devices->room != 0 ? devices->room * 2 : 64;
        struct device_node **grown =
            ExAllocatePool2(POOL_FLAG_NON_PAGED, room * sizeof(struct device_node *), PO_TAG);
        if (grown == NULL) {
            devices->is_short = true;
            return;
        }
        if (devices->nodes != NULL) {
            memcpy(grown, devices->nodes, devices->count * sizeof(*grown));
            ExFreePoolWithTag(devices->nodes, PO_TAG);
        }
        devices->nodes = grown;
        devices->room = room;
    }
    pnp_node_reference(node);
    devices->nodes[devices->count++] = node;
}

static void devices_release(struct devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        pnp_node_put(devices->nodes[i]);
    if (devices->nodes != NULL)
        ExFreePoolWithTag(devices->nodes, PO_TAG);
}

static NTSTATUS devices_take(struct devices *out_devices)
{
    *out_devices = (struct devices){0};
    pnp_wait_idle();
    pnp_visit(device_add, out_devices);
    if (!out_devices->is_short)
        return STATUS_SUCCESS;
    devices_release(out_devices);
    return STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- one device -------------------------------------------------------------------------------
 */

static NTSTATUS NTAPI system_done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject;
    (void)Irp;
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void system_fill(PIO_STACK_LOCATION stack, UCHAR minor, SYSTEM_POWER_STATE to,
                        SYSTEM_POWER_STATE target)
{
    stack->MajorFunction = IRP_MJ_POWER;
    stack->MinorFunction = minor;
    stack->Parameters.Power.SystemPowerStateContext =
        (SYSTEM_POWER_STATE_CONTEXT){.TargetSystemState = (ULONG)target,
                                     .EffectiveSystemState = (ULONG)target,
                                     .CurrentSystemState = (ULONG)atomic_load(&system_state)};
    stack->Parameters.Power.Type = SystemPowerState;
    stack->Parameters.Power.State.SystemState = to;
    stack->Parameters.Power.ShutdownType =
        target == PowerSystemHibernate ? PowerActionHibernate : PowerActionSleep;
}

/* Sends the request and waits for its end, as long as the watchdog lets it. */
static NTSTATUS system_request(PDEVICE_OBJECT physical, UCHAR minor, SYSTEM_POWER_STATE to,
                               SYSTEM_POWER_STATE target)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(physical);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    struct watch watch;
    KEVENT done;

    if (irp != NULL) {
        KeInitializeEvent(&done, NotificationEvent, FALSE);
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        system_fill(IoGetNextIrpStackLocation(irp), minor, to, target);
        IoSetCompletionRoutine(irp, system_done, &done, TRUE, TRUE, TRUE);
        watch_begin(&watch, physical, irp);
        (void)IoCallDriver(top, irp);
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        watch_end(&watch);
        status = irp->IoStatus.Status;
        IoFreeIrp(irp);
    }
    ObDereferenceObject(top);
    /* Nobody in the stack has an opinion. */
    return status == STATUS_NOT_SUPPORTED ? STATUS_SUCCESS : status;
}

static NTSTATUS node_request(struct device_node *node, UCHAR minor, SYSTEM_POWER_STATE to,
                             SYSTEM_POWER_STATE target)
{
    PDEVICE_OBJECT physical = pnp_node_pdo(node);
    NTSTATUS status = STATUS_SUCCESS;

    if (physical == NULL) /* gone meanwhile */
        return status;
    ObReferenceObject(physical);
    status = system_request(physical, minor, to, target);
    ObDereferenceObject(physical);
    return status;
}

/* ---- the transition -----------------------------------------------------------------------------
 */

static void refusal_set(struct po_refusal *out_refusal, NTSTATUS status, struct device_node *node,
                        const char *what)
{
    char *name = node != NULL ? rtl_utf8_of(pnp_node_instance(node)) : NULL;

    out_refusal->status = status;
    snprintf(out_refusal->text, sizeof(out_refusal->text), "%s%s%s: %s", name != NULL ? name : "",
             name != NULL ? ": " : "", what, rtl_status_text(status));
    rtl_free(name);
}

static void system_tell(bool is_back)
{
    if (state_callback != NULL)
        ExNotifyCallback(state_callback, (PVOID)(ULONG_PTR)PO_CB_SYSTEM_STATE_LOCK,
                         (PVOID)(ULONG_PTR)is_back);
}

/* Those from first on have been asked and are told that the system goes on working. */
static void query_cancel(const struct devices *devices, size_t first)
{
    for (size_t i = first; i < devices->count; i++)
        (void)node_request(devices->nodes[i], IRP_MN_SET_POWER, PowerSystemWorking,
                           PowerSystemWorking);
}

static void devices_hold(const struct devices *devices, bool holds)
{
    for (size_t i = 0; i < devices->count; i++) {
        PDEVICE_OBJECT physical = pnp_node_pdo(devices->nodes[i]);
        if (physical != NULL)
            fx_hold(physical, holds);
    }
}

static NTSTATUS sleep_locked(SYSTEM_POWER_STATE state, struct devices *devices,
                             struct po_refusal *out_refusal)
{
    for (size_t i = devices->count; i-- > 0;) {
        NTSTATUS status = node_request(devices->nodes[i], IRP_MN_QUERY_POWER, state, state);
        if (NT_SUCCESS(status))
            continue;
        refusal_set(out_refusal, status, devices->nodes[i], "refuses that the system sleeps");
        query_cancel(devices, i + 1);
        return status;
    }
    system_tell(false);
    for (size_t i = devices->count; i-- > 0;) {
        NTSTATUS status = node_request(devices->nodes[i], IRP_MN_SET_POWER, state, state);
        if (!NT_SUCCESS(status)) { /* cannot be refused any more; said, and gone on */
            struct po_refusal late;
            refusal_set(&late, status, devices->nodes[i], "fails to go to sleep");
            rtl_debug_printf("po: %s\n", late.text);
        }
    }
    if (programs_freeze != NULL)
        programs_freeze(true);
    atomic_store(&system_state, (int)state);
    return STATUS_SUCCESS;
}

NTSTATUS po_sleep(SYSTEM_POWER_STATE state, struct po_refusal *out_refusal)
{
    struct devices devices;
    NTSTATUS status = STATUS_INVALID_DEVICE_STATE;

    KeWaitForSingleObject(&transition, Executive, KernelMode, FALSE, NULL);
    if (atomic_load(&system_state) != PowerSystemWorking) {
        refusal_set(out_refusal, status, NULL, "the system sleeps already");
    } else {
        pnp_hold(true);
        status = devices_take(&devices);
        if (!NT_SUCCESS(status)) {
            refusal_set(out_refusal, status, NULL, "the devices cannot be listed");
        } else {
            devices_hold(&devices, true);
            status = sleep_locked(state, &devices, out_refusal);
            if (!NT_SUCCESS(status))
                devices_hold(&devices, false);
            devices_release(&devices);
        }
        if (!NT_SUCCESS(status))
            pnp_hold(false);
    }
    KeReleaseMutant(&transition, IO_NO_INCREMENT, FALSE, FALSE);
    return status;
}

NTSTATUS po_wake(struct po_refusal *out_refusal)
{
    struct devices devices = {0};
    NTSTATUS status = STATUS_INVALID_DEVICE_STATE;

    KeWaitForSingleObject(&transition, Executive, KernelMode, FALSE, NULL);
    if (atomic_load(&system_state) == PowerSystemWorking) {
        refusal_set(out_refusal, status, NULL, "the system does not sleep");
    } else {
        status = devices_take(&devices);
        if (!NT_SUCCESS(status))
            refusal_set(out_refusal, status, NULL, "the devices cannot be listed");
        if (NT_SUCCESS(status) && programs_freeze != NULL)
            programs_freeze(false);
        for (size_t i = 0; NT_SUCCESS(status) && i < devices.count; i++)
            (void)node_request(devices.nodes[i], IRP_MN_SET_POWER, PowerSystemWorking,
                               PowerSystemWorking);
        if (NT_SUCCESS(status)) {
            atomic_store(&system_state, PowerSystemWorking);
            system_tell(true);
            devices_hold(&devices, false);
            pnp_hold(false);
        }
        devices_release(&devices);
    }
    KeReleaseMutant(&transition, IO_NO_INCREMENT, FALSE, FALSE);
    return status;
}

/* ---- woken by a device
 * ---------------------------------------------------------------------------- */

static void wake_run(void *context)
{
    struct po_refusal refusal;

    (void)context;
    atomic_store(&wake_is_queued, false);
    (void)po_wake(&refusal);
}

void system_wake_signal(void)
{
    if (atomic_load(&system_state) != PowerSystemWorking && !atomic_exchange(&wake_is_queued, true))
        ex_work_queue(&wake_work, wake_run, NULL);
}

void po_programs_set(void (*freeze)(bool freezes))
{
    programs_freeze = freeze;
}

SYSTEM_POWER_STATE po_system_state(void)
{
    return (SYSTEM_POWER_STATE)atomic_load(&system_state);
}

NTSTATUS system_init(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Callback\\PowerState");
    OBJECT_ATTRIBUTES attributes;

    atomic_store(&system_state, PowerSystemWorking);
    atomic_store(&wake_is_queued, false);
    KeInitializeMutant(&transition, FALSE);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return ExCreateCallback(&state_callback, &attributes, FALSE, TRUE);
}

void system_fini(void)
{
    if (state_callback != NULL)
        ObDereferenceObject(state_callback);
    state_callback = NULL;
    pnp_hold(false); /* it may have gone down asleep */
}
