/* SPDX-License-Identifier: MIT */
/*
 * Control devices: not in the device tree, named, opened by programs.
 */
#ifndef _WDFCONTROL_H_
#define _WDFCONTROL_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef VOID NTAPI EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION *PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION;

typedef enum _WDF_DEVICE_SHUTDOWN_FLAGS {
    WdfDeviceShutdown = 0x01,
    WdfDeviceLastChanceShutdown = 0x02,
} WDF_DEVICE_SHUTDOWN_FLAGS;

#include "calls/wdfcontrol_calls.h"

WDF_EXTERN_C_END

#endif
