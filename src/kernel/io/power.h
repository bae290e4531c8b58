/* SPDX-License-Identifier: MIT */
/* power.h - power states of devices, and who hears of power settings. There is no power manager
 * yet: the machine works, on mains, until it is shut down.
 */
#ifndef IO_POWER_H
#define IO_POWER_H

#include "io_internal.h"

NTSTATUS power_irp_request(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                           PREQUEST_POWER_COMPLETE routine, PVOID context, PIRP *out_irp);
/* NULL: no memory. delay_s 0: the registration is taken back. */
PULONG power_idle_register(PDEVICE_OBJECT device, ULONG delay_s, DEVICE_POWER_STATE state);
NTSTATUS power_setting_register(LPCGUID setting, PPOWER_SETTING_CALLBACK routine, PVOID context,
                                PVOID *out_handle);
NTSTATUS power_setting_unregister(PVOID handle);

#endif
