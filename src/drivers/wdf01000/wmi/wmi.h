/* SPDX-License-Identifier: MIT */
/* wmi.h - a device's WMI providers and instances, as the other rooms see them.
 *
 * Rules of use: a device that has no provider keeps no state here. The device room hands every
 * IRP_MJ_SYSTEM_CONTROL to fx_wmi_dispatch, which completes it or passes it down. The pnp room
 * registers after the start and takes back before the device goes.
 */
#ifndef WDF01000_WMI_H
#define WDF01000_WMI_H

#include "../fx.h"

struct fx_device;

extern const struct fx_type fx_type_wmi_provider;
extern const struct fx_type fx_type_wmi_instance;

/* Completes irp or hands it to the lower device.
 *
 * IRQL:  PASSIVE_LEVEL
 * Takes: irp
 */
NTSTATUS fx_wmi_dispatch(struct fx_device *device, PIRP irp);

/* Tells the system about the device's providers (IoWMIRegistrationControl); nothing to do
 * without providers. The pnp room calls start when the device has been started the first time
 * (control devices: WdfControlFinishInitializing), stop before it detaches it.
 *
 * IRQL: PASSIVE_LEVEL
 */
NTSTATUS fx_wmi_start(struct fx_device *device);
void fx_wmi_stop(struct fx_device *device);

/* WdfDeviceAssignMofResourceName's name goes with the device: called by the device room's
 * destroy. IRQL: PASSIVE_LEVEL */
void fx_wmi_destroy(struct fx_device *device);

/* A yes or no of the Framework's that users switch through WMI: GUID_POWER_DEVICE_ENABLE and
 * GUID_POWER_DEVICE_WAKE_ENABLE, whose block is one BOOLEAN. The struct stays the caller's.
 *
 * IRQL:   <= DISPATCH_LEVEL; get and set are called at PASSIVE_LEVEL
 * Errors: STATUS_WMI_GUID_DISCONNECTED: the driver serves this block itself;
 *         STATUS_OBJECT_NAME_COLLISION: it is switched already; STATUS_INSUFFICIENT_RESOURCES
 */
struct fx_wmi_switch {
    const GUID *guid;
    BOOLEAN (*get)(struct fx_device *device);
    void (*set)(struct fx_device *device, BOOLEAN value);
};
NTSTATUS fx_wmi_switch_create(struct fx_device *device, const struct fx_wmi_switch *power_switch);

#endif
