/* SPDX-License-Identifier: MIT */
/*
 * What only a function or filter device can do.
 */
#ifndef _WDFFDO_H_
#define _WDFFDO_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef NTSTATUS NTAPI EVT_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS(
    WDFDEVICE Device, WDFIORESREQLIST IoResourceRequirementsList);
typedef EVT_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS *PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS;

typedef NTSTATUS NTAPI EVT_WDF_DEVICE_REMOVE_ADDED_RESOURCES(WDFDEVICE Device,
                                                             WDFCMRESLIST ResourcesRaw,
                                                             WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_REMOVE_ADDED_RESOURCES *PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES;

typedef struct _WDF_FDO_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterAddResourceRequirements;
    PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterRemoveResourceRequirements;
    PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES EvtDeviceRemoveAddedResources;
} WDF_FDO_EVENT_CALLBACKS, *PWDF_FDO_EVENT_CALLBACKS;

FORCEINLINE VOID WDF_FDO_EVENT_CALLBACKS_INIT(PWDF_FDO_EVENT_CALLBACKS Callbacks)
{
    WDF_INIT_SIZED(Callbacks, WDF_FDO_EVENT_CALLBACKS);
}

#include "calls/wdffdo_calls.h"

WDF_EXTERN_C_END

#endif
