/* SPDX-License-Identifier: MIT */
/* verified_pnp.c - callbacks of Plug and Play, power, timers, work items, DPCs and objects, one of
 * which comes back where it should not: "irql_NAME" or "region_NAME" is the service's name.
 */
#include <ntddk.h>

#include <wdf.h>

#include "misuse.h"

static PCWSTR rule;
static KEVENT done;

/* NAME is where we are. */
static void leave_badly(PCWSTR name)
{
    KIRQL irql;

    if (_wcsicmp(wcschr(rule, L'_') + 1, name) != 0)
        return;
    if (rule[0] == L'i')
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
    else
        KeEnterCriticalRegion();
}

static NTSTATUS evt_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    leave_badly(L"prepare");
    return STATUS_SUCCESS;
}

static NTSTATUS evt_d0_entry(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
    leave_badly(L"d0_entry");
    return STATUS_SUCCESS;
}

static VOID evt_state(WDFDEVICE device, PCWDF_DEVICE_POWER_NOTIFICATION_DATA data)
{
    leave_badly(L"state");
}

static VOID evt_relations(WDFDEVICE device, DEVICE_RELATION_TYPE type)
{
    leave_badly(L"relations");
}

static VOID evt_timer(WDFTIMER timer)
{
    leave_badly(L"timer");
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static VOID evt_dpc(WDFDPC dpc)
{
    if (_wcsicmp(rule, L"irql_dpc") == 0)
        KeLowerIrql(APC_LEVEL);
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static VOID evt_work(WDFWORKITEM item)
{
    leave_badly(L"work");
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static VOID evt_cleanup(WDFOBJECT object)
{
    leave_badly(L"cleanup");
}

void verified_init(PCWSTR name, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS evt;

    rule = name;
    if (wcsncmp(rule, L"irql_", 5) != 0 && wcsncmp(rule, L"region_", 7) != 0)
        return;
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&evt);
    evt.EvtDevicePrepareHardware = evt_prepare;
    evt.EvtDeviceD0Entry = evt_d0_entry;
    evt.EvtDeviceRelationsQuery = evt_relations;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &evt);
    (void)WdfDeviceInitRegisterPowerStateChangeCallback(init, WdfDevStatePowerD0, evt_state,
                                                        StateNotificationEnterState);
}

static void wait(void)
{
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
}

void verified_run(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG work;
    WDF_TIMER_CONFIG timer;
    WDF_DPC_CONFIG dpc;
    WDFWORKITEM the_work;
    WDFTIMER the_timer;
    WDFOBJECT object;
    WDFDPC the_dpc;

    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    WDF_WORKITEM_CONFIG_INIT(&work, evt_work);
    if (NT_SUCCESS(WdfWorkItemCreate(&work, &attributes, &the_work))) {
        WdfWorkItemEnqueue(the_work);
        wait();
    }
    WDF_TIMER_CONFIG_INIT(&timer, evt_timer);
    if (NT_SUCCESS(WdfTimerCreate(&timer, &attributes, &the_timer))) {
        WdfTimerStart(the_timer, WDF_REL_TIMEOUT_IN_MS(1));
        wait();
    }
    WDF_DPC_CONFIG_INIT(&dpc, evt_dpc);
    if (NT_SUCCESS(WdfDpcCreate(&dpc, &attributes, &the_dpc))) {
        WdfDpcEnqueue(the_dpc);
        wait();
    }
    attributes.EvtCleanupCallback = evt_cleanup;
    if (NT_SUCCESS(WdfObjectCreate(&attributes, &object)))
        WdfObjectDelete(object);
}
