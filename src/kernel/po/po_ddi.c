/* SPDX-License-Identifier: MIT */
/* po_ddi.c - the contract of power: passing power IRPs on, asking for them, saying which state a
 * device is in and what the system must not do.
 */
#include "po_internal.h"

#include "ex/ex.h"

/* ---- power IRPs ---------------------------------------------------------------------------- */

/* Doc:     wdm.h PoCallDriver: the same as IoCallDriver since Windows Vista */
NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return IoCallDriver(DeviceObject, Irp);
}

/* Doc:     wdm.h PoStartNextPowerIrp: nothing to do since Windows Vista */
VOID NTAPI PoStartNextPowerIrp(PIRP Irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Irp;
}

/* Doc:     wdm.h PoRequestPowerIrp */
NTSTATUS NTAPI PoRequestPowerIrp(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction,
                                 POWER_STATE PowerState, PREQUEST_POWER_COMPLETE CompletionFunction,
                                 PVOID Context, PIRP *Irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return request_make(DeviceObject, MinorFunction, PowerState, CompletionFunction, Context, Irp);
}

/* A device that has never said is in D0, the system works. Four bits each, system first.
 * Doc:     wdm.h PoSetPowerState
 */
POWER_STATE NTAPI PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type,
                                  POWER_STATE State)
{
    ULONG *flags = &DeviceObject->DeviceObjectExtension->PowerFlags;
    unsigned shift = Type == DevicePowerState ? 4 : 0;
    ULONG before, wanted = (ULONG)State.SystemState & 15;
    POWER_STATE result;
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    do {
        before = *(volatile ULONG *)flags;
    } while ((ULONG)InterlockedCompareExchange((volatile LONG *)flags,
                                               (LONG)((before & ~(15u << shift)) | wanted << shift),
                                               (LONG)before) != before);
    before = before >> shift & 15;
    if (Type == DevicePowerState)
        result.DeviceState = before != 0 ? (DEVICE_POWER_STATE)before : PowerDeviceD0;
    else
        result.SystemState = before != 0 ? (SYSTEM_POWER_STATE)before : PowerSystemWorking;
    return result;
}

DEVICE_POWER_STATE po_device_state(DEVICE_OBJECT *device)
{
    ULONG state = device->DeviceObjectExtension->PowerFlags >> 4 & 15;
    return state != 0 ? (DEVICE_POWER_STATE)state : PowerDeviceD0;
}

/* ---- idleness
 * ------------------------------------------------------------------------------------
 */

/* The machine is on mains, so the time for performance counts.
 * Doc:     wdm.h PoRegisterDeviceForIdleDetection
 * Differs: -1 (the class's own time) is ten minutes
 */
PULONG NTAPI PoRegisterDeviceForIdleDetection(PDEVICE_OBJECT DeviceObject,
                                              ULONG ConservationIdleTime, ULONG PerformanceIdleTime,
                                              DEVICE_POWER_STATE State)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (ConservationIdleTime == 0 && PerformanceIdleTime == 0)
        return idle_register(DeviceObject, 0, State);
    ULONG delay_s = PerformanceIdleTime == MAXULONG ? 600 : PerformanceIdleTime;
    return idle_register(DeviceObject, delay_s != 0 ? delay_s : MAXULONG, State);
}

/* Doc:     wdm.h PoSetDeviceBusyEx */
VOID NTAPI PoSetDeviceBusyEx(PULONG IdlePointer)
{
    *(volatile ULONG *)IdlePointer = 0;
}

/* Doc:     wdm.h PoStartDeviceBusy */
VOID NTAPI PoStartDeviceBusy(PULONG IdlePointer)
{
    idle_busy_begin(IdlePointer);
}

/* Doc:     wdm.h PoEndDeviceBusy */
VOID NTAPI PoEndDeviceBusy(PULONG IdlePointer)
{
    idle_busy_end(IdlePointer);
}

/* ---- settings
 * -------------------------------------------------------------------------------------
 */

/* Doc:     wdm.h PoRegisterPowerSettingCallback
 * Differs: a setting that is not known is never told
 */
NTSTATUS NTAPI PoRegisterPowerSettingCallback(PDEVICE_OBJECT DeviceObject, LPCGUID SettingGuid,
                                              PPOWER_SETTING_CALLBACK Callback, PVOID Context,
                                              PVOID *Handle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)DeviceObject;
    return setting_register(SettingGuid, Callback, Context, Handle);
}

/* Doc:     wdm.h PoUnregisterPowerSettingCallback */
NTSTATUS NTAPI PoUnregisterPowerSettingCallback(PVOID Handle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return setting_unregister(Handle);
}

/* ---- waking ------------------------------------------------------------------------------------
 */

#define IRP_WOKE_SYSTEM 1u /* in the context of a system power request */

/* Doc:     wdm.h PoSetSystemWake */
VOID NTAPI PoSetSystemWake(PIRP Irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    IoGetCurrentIrpStackLocation(Irp)->Parameters.Power.SystemPowerStateContext.Reserved1 |=
        IRP_WOKE_SYSTEM;
}

/* Doc:     wdm.h PoGetSystemWake */
BOOLEAN NTAPI PoGetSystemWake(PIRP Irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return (IoGetCurrentIrpStackLocation(Irp)->Parameters.Power.SystemPowerStateContext.Reserved1 &
            IRP_WOKE_SYSTEM) != 0;
}

/* Doc:     wdm.h PoQueryWatchdogTime */
BOOLEAN NTAPI PoQueryWatchdogTime(PDEVICE_OBJECT Pdo, PULONG SecondsRemaining)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return watch_left(Pdo, SecondsRemaining);
}

/* ---- what the system must not do by itself: it never sleeps unless it is told to
 * ----------------- */

#define EXECUTION_FLAGS (ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED | ES_USER_PRESENT | ES_CONTINUOUS)

struct system_state {
    EXECUTION_STATE flags;
};

/* Doc:     wdm.h PoRegisterSystemState */
PVOID NTAPI PoRegisterSystemState(PVOID StateHandle, EXECUTION_STATE Flags)
{
    struct system_state *state = StateHandle;
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (Flags & ~(EXECUTION_STATE)EXECUTION_FLAGS)
        return NULL;
    if (state == NULL)
        state = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*state), PO_TAG);
    if (state != NULL)
        state->flags = Flags;
    return state;
}

/* Doc:     wdm.h PoUnregisterSystemState */
VOID NTAPI PoUnregisterSystemState(PVOID StateHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ExFreePoolWithTag(StateHandle, PO_TAG);
}

/* Doc:     wdm.h PoSetSystemState */
VOID NTAPI PoSetSystemState(EXECUTION_STATE Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Flags;
}

/* ---- requests that the system stays awake: counted, and without effect, as above
 * ------------------ */

struct power_request {
    PDEVICE_OBJECT device;
    volatile LONG counts[PowerRequestExecutionRequired + 1];
};

/* Doc:     wdm.h PoCreatePowerRequest */
NTSTATUS NTAPI PoCreatePowerRequest(PVOID *PowerRequest, PDEVICE_OBJECT DeviceObject,
                                    PCOUNTED_REASON_CONTEXT Context)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Context->Version != POWER_REQUEST_CONTEXT_VERSION)
        return STATUS_INVALID_PARAMETER;
    struct power_request *request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*request), PO_TAG);
    if (request == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ObReferenceObject(DeviceObject);
    request->device = DeviceObject;
    *PowerRequest = request;
    return STATUS_SUCCESS;
}

/* Doc:     wdm.h PoSetPowerRequest */
NTSTATUS NTAPI PoSetPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type)
{
    struct power_request *request = PowerRequest;
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if ((ULONG)Type > PowerRequestExecutionRequired)
        return STATUS_INVALID_PARAMETER;
    InterlockedIncrement(&request->counts[Type]);
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_UNSUCCESSFUL: it was not set
 * Doc:     wdm.h PoClearPowerRequest
 */
NTSTATUS NTAPI PoClearPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type)
{
    struct power_request *request = PowerRequest;
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if ((ULONG)Type > PowerRequestExecutionRequired)
        return STATUS_INVALID_PARAMETER;
    if (InterlockedDecrement(&request->counts[Type]) >= 0)
        return STATUS_SUCCESS;
    InterlockedIncrement(&request->counts[Type]);
    return STATUS_UNSUCCESSFUL;
}

/* Doc:     wdm.h PoDeletePowerRequest */
VOID NTAPI PoDeletePowerRequest(PVOID PowerRequest)
{
    struct power_request *request = PowerRequest;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    ObDereferenceObject(request->device);
    ExFreePoolWithTag(request, PO_TAG);
}
