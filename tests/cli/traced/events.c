/* SPDX-License-Identifier: MIT */
/* events.c - a driver whose events stand in a manifest and whose errors in a message file. */
#include <ntddk.h>

#include "errors.h"
#include "events.h"

C_ASSERT(EVENTS_BROKEN == (NTSTATUS)0xc0070001);
C_ASSERT(EVENTS_SLOW == (NTSTATUS)0x80070002);
C_ASSERT(EVENTS_LATER == (NTSTATUS)0x80070010);

C_ASSERT(EVENTS_TASK_WORK == 3 && EVENTS_KEYWORD_IO == 4);

DRIVER_UNLOAD EventsUnload;
DRIVER_INITIALIZE DriverEntry;

VOID EventsUnload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    EventWritePlain(NULL);
    EventUnregisterEvents_Driver();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    UNREFERENCED_PARAMETER(path);
    driver->DriverUnload = EventsUnload;
    EventRegisterEvents_Driver();
    EventWriteStarted(NULL, L"wide", 42, (PVOID)0x1234, -7, "narrow");
    EventWriteStarted(NULL, NULL, 0, NULL, 0, NULL);
    if (MCGEN_USE_KERNEL_MODE_APIS && MCGEN_EVENT_ENABLED(Plain))
        MCGEN_EVENTWRITETRANSFER(EVENTS_DRIVER_Context.RegistrationHandle, &Plain, NULL, NULL, 0,
                                 NULL);
    return STATUS_SUCCESS;
}
