/* SPDX-License-Identifier: MIT */
/* All headers of KMDF in one source, compiled for each version: nothing warns, structures lie where
 * abi/wdf/structs.tsv says, the table is as long as drivers of that version claim, and what drivers
 * declare with the macros of contexts and custom types is there.
 */
#include <ntddk.h>
#include <wdf.h>

#include <usb.h>
#include <usbdlib.h>

#include <wdfcx.h>
#include <wdfminiport.h>
#include <wdftraceenums.h>
#include <wdfusb.h>

#include <abi/wdf_asserts.h>

#ifdef __cplusplus
#define CHECK static_assert
#else
#define CHECK _Static_assert
#endif

CHECK((int)WdfFunctionTableNumEntries == COUNT, "length of the table");
CHECK((int)WdfChildListCreateTableIndex == 0, "first entry");
CHECK((int)WdfRequestForwardToParentDeviceIoQueueTableIndex == 395, "last entry of 1.9");
#if KMDF_VERSION_MINOR >= 25
CHECK((int)WDF_STRUCTURE_TABLE_NUM_ENTRIES == (KMDF_VERSION_MINOR >= 31 ? 81 : 80), "structures");
CHECK((int)INDEX_WDFREQUEST_TRIAGE_INFO == 79, "last structure of 1.25");
#endif

#if !defined(FX_FRAMEWORK)

typedef struct {
    ULONG Number;
} OWN_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(OWN_CONTEXT, OwnGetContext)

typedef struct {
    ULONG Number;
} OTHER_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE(OTHER_CONTEXT)

WDF_EXTERN_C PCWDF_OBJECT_CONTEXT_TYPE_INFO __cdecl SharedType(VOID);
typedef struct {
    ULONG Number;
} SHARED_CONTEXT;
#define SHARED_CONTEXT_EXTERNAL_INIT_FUNCTION SharedType
WDF_DECLARE_SHARED_CONTEXT_TYPE_WITH_NAME(SHARED_CONTEXT, SharedGetContext)

WDF_DECLARE_CUSTOM_TYPE(CustomType)

EVT_WDF_DRIVER_DEVICE_ADD DeviceAdd;
EVT_WDF_DEVICE_D0_ENTRY D0Entry;
EVT_WDF_TIMER TimerFires;

ULONG UseOfEverything(WDFDEVICE Device, WDFTIMER Timer);

ULONG UseOfEverything(WDFDEVICE Device, WDFTIMER Timer)
{
    WDF_DRIVER_CONFIG driver;
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG timer;
    OTHER_CONTEXT *other = WdfObjectGetTypedContext(Device, OTHER_CONTEXT);

    WDF_DRIVER_CONFIG_INIT(&driver, DeviceAdd);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceD0Entry = D0Entry;
    WDF_TIMER_CONFIG_INIT_PERIODIC(&timer, TimerFires, 10);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, OWN_CONTEXT);
    WdfObjectReference(Device);
    WdfObjectDereferenceWithTag(Device, &attributes);
    WdfTimerStart(Timer, WDF_REL_TIMEOUT_IN_MS(10));
    WdfDeviceResumeIdle(Device);
    if (!NT_SUCCESS(WdfObjectAddCustomType(Device, CustomType)))
        return 0;
#if KMDF_VERSION_MINOR >= 31
    WdfDeviceSetDeviceInterfaceStateEx(Device, NULL, NULL, TRUE);
#endif
#if KMDF_VERSION_MINOR >= 25
    if (!WDF_IS_FUNCTION_AVAILABLE(WdfDeviceCreate) ||
        !WDF_IS_FIELD_AVAILABLE(WDF_TIMER_CONFIG, UseHighResolutionTimer) ||
        !WDF_IS_STRUCTURE_AVAILABLE(WDF_TIMER_CONFIG))
        return 0;
#endif
    return OwnGetContext(Device)->Number + other->Number + SharedGetContext(Timer)->Number +
           (ULONG)WdfObjectGetCustomTypeData(Device, CustomType) + driver.Size + timer.Size +
           events.Size;
}

#endif
