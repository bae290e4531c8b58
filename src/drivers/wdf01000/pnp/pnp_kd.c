/* SPDX-License-Identifier: MIT */
/* pnp_kd.c - how a device and its three machines lie, for a debugger. */
#include "../watch/layout.h"
#include "room.h"

#define MACHINE(member)                                                  \
    FX_FIELD(fx_pnp, member.table), FX_FIELD(fx_pnp, member.state),      \
        FX_FIELD(fx_pnp, member.is_np), FX_FIELD(fx_pnp, member.queue),  \
        FX_FIELD(fx_pnp, member.queued), FX_FIELD(fx_pnp, member.steps), \
        FX_FIELD(fx_pnp, member.history)

FX_LAYOUT_ROWS = {
    FX_LAYOUT(fx_device),
    FX_FIELD(fx_device, kind),
    FX_FIELD(fx_device, wdm),
    FX_FIELD(fx_device, lower),
    FX_FIELD(fx_device, physical),
    FX_FIELD(fx_device, parent),
    FX_FIELD(fx_device, raw),
    FX_FIELD(fx_device, pnp),
    FX_FIELD(fx_device, io),
    FX_FIELD(fx_device, default_target),
    FX_FIELD(fx_device, remove_count),
    FX_FIELD(fx_device, leaving),

    FX_LAYOUT(fx_pnp),
    MACHINE(pnp),
    MACHINE(power),
    MACHINE(policy),
    FX_FIELD(fx_pnp, is_owner),
    FX_FIELD(fx_pnp, irp),
    FX_FIELD(fx_pnp, d_irp),
    FX_FIELD(fx_pnp, wake_irp),
    FX_FIELD(fx_pnp, system_irp),
    FX_FIELD(fx_pnp, asked_wake_irp),
    FX_FIELD(fx_pnp, uses),
    FX_FIELD(fx_pnp, idle.is_enabled),
    FX_FIELD(fx_pnp, idle.timeout_ms),
    FX_FIELD(fx_pnp, idle.state),
    FX_FIELD(fx_pnp, wake.is_enabled),
    FX_FIELD(fx_pnp, wake.state),
    FX_FIELD(fx_pnp, evt.EvtDeviceD0Entry),
    FX_FIELD(fx_pnp, evt.EvtDeviceD0EntryPostInterruptsEnabled),
    FX_FIELD(fx_pnp, evt.EvtDeviceD0Exit),
    FX_FIELD(fx_pnp, evt.EvtDeviceD0ExitPreInterruptsDisabled),
    FX_FIELD(fx_pnp, evt.EvtDevicePrepareHardware),
    FX_FIELD(fx_pnp, evt.EvtDeviceReleaseHardware),
    FX_FIELD(fx_pnp, evt.EvtDeviceSelfManagedIoCleanup),
    FX_FIELD(fx_pnp, evt.EvtDeviceSelfManagedIoFlush),
    FX_FIELD(fx_pnp, evt.EvtDeviceSelfManagedIoInit),
    FX_FIELD(fx_pnp, evt.EvtDeviceSelfManagedIoSuspend),
    FX_FIELD(fx_pnp, evt.EvtDeviceSelfManagedIoRestart),
    FX_FIELD(fx_pnp, evt.EvtDeviceSurpriseRemoval),
    FX_FIELD(fx_pnp, evt.EvtDeviceQueryRemove),
    FX_FIELD(fx_pnp, evt.EvtDeviceQueryStop),
    FX_FIELD(fx_pnp, evt.EvtDeviceUsageNotification),
    FX_FIELD(fx_pnp, evt.EvtDeviceRelationsQuery),
    FX_FIELD(fx_pnp, policy_evt.EvtDeviceArmWakeFromS0),
    FX_FIELD(fx_pnp, policy_evt.EvtDeviceDisarmWakeFromS0),
    FX_FIELD(fx_pnp, policy_evt.EvtDeviceWakeFromS0Triggered),
    FX_FIELD(fx_pnp, policy_evt.EvtDeviceArmWakeFromSx),
    FX_FIELD(fx_pnp, policy_evt.EvtDeviceDisarmWakeFromSx),
    FX_FIELD(fx_pnp, policy_evt.EvtDeviceWakeFromSxTriggered),

    FX_LAYOUT(fx_table),
    FX_FIELD(fx_table, states),
    FX_FIELD(fx_table, state_count),
    FX_FIELD(fx_table, event_names),
    FX_LAYOUT(fx_state),
    FX_FIELD(fx_state, name),
    FX_FIELD(fx_state, public_state),
    FX_FIELD(fx_state, public_state_np),
    FX_LAYOUT(fx_step),
    FX_FIELD(fx_step, state),
    FX_FIELD(fx_step, event),
    FX_FIELD(fx_step, next),
};
