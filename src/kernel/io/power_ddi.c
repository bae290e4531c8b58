/* SPDX-License-Identifier: MIT */
/* power_ddi.c - the contract of power for drivers without Plug and Play: passing power IRPs on,
 * asking for them, saying which state a device is in and what the system must not do.
 */
#include "power.h"

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
    return power_irp_request(DeviceObject, MinorFunction, PowerState, CompletionFunction, Context,
                             Irp);
}

/* A device that has never said is in D0, the system works. Four bits each, system first.
 * Doc:     wdm.h PoSetPowerState
 */
POWER_STATE NTAPI PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type,
                                  POWER_STATE State)
{
    ULONG *flags = &device_of(DeviceObject)->extension.PowerFlags;
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
        return power_idle_register(DeviceObject, 0, State);
    ULONG delay_s = PerformanceIdleTime == MAXULONG ? 600 : PerformanceIdleTime;
    return power_idle_register(DeviceObject, delay_s != 0 ? delay_s : MAXULONG, State);
}

/* Doc:     wdm.h PoSetDeviceBusyEx */
VOID NTAPI PoSetDeviceBusyEx(PULONG IdlePointer)
{
    *(volatile ULONG *)IdlePointer = 0;
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
    return power_setting_register(SettingGuid, Callback, Context, Handle);
}

/* Doc:     wdm.h PoUnregisterPowerSettingCallback */
NTSTATUS NTAPI PoUnregisterPowerSettingCallback(PVOID Handle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return power_setting_unregister(Handle);
}

/* ---- what the system must not do: it never sleeps
 * -------------------------------------------------
 */

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
        state = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*state), IO_TAG);
    if (state != NULL)
        state->flags = Flags;
    return state;
}

/* Doc:     wdm.h PoUnregisterSystemState */
VOID NTAPI PoUnregisterSystemState(PVOID StateHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ExFreePoolWithTag(StateHandle, IO_TAG);
}

/* Doc:     wdm.h PoSetSystemState */
VOID NTAPI PoSetSystemState(EXECUTION_STATE Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Flags;
}
