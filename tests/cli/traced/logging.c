/* SPDX-License-Identifier: MIT */
/* logging.c - a driver whose events describe themselves. */
#include <ntddk.h>

#include <TraceLoggingProvider.h>

TRACELOGGING_DEFINE_PROVIDER(logging, "Logging.Driver",
                             (0x2b9c0e11, 0x4d1a, 0x4f6b, 0x8a, 0x02, 0x91, 0x5e, 0x6c, 0x77, 0x10,
                              0x3d));

DRIVER_UNLOAD LoggingUnload;
DRIVER_INITIALIZE DriverEntry;

VOID LoggingUnload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    TraceLoggingWrite(logging, "Unload");
    TraceLoggingUnregister(logging);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    DECLARE_CONST_UNICODE_STRING(counted, L"counted");
    UNREFERENCED_PARAMETER(path);
    driver->DriverUnload = LoggingUnload;
    TraceLoggingRegister(logging);
    TraceLoggingWrite(logging, "Numbers", TraceLoggingLevel(2), TraceLoggingKeyword(0x10),
                      TraceLoggingInt32(-5, "Signed"), TraceLoggingUInt64(7, "Unsigned"),
                      TraceLoggingHexUInt32(0xbeef, "Hex"), TraceLoggingBoolean(TRUE, "Flag"),
                      TraceLoggingNTStatus(STATUS_ACCESS_DENIED, "Status"));
    TraceLoggingWrite(logging, "Texts", TraceLoggingString("narrow", "A"),
                      TraceLoggingWideString(L"wide", "W"),
                      TraceLoggingUnicodeString(&counted, "U"));
    return STATUS_SUCCESS;
}
