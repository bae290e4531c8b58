/* SPDX-License-Identifier: MIT */
/* traced.c - a driver that sends a message of every kind and unloads. */
#include <ntddk.h>
#include <evntrace.h>
#include "Trace.h" /* as Windows finds it: in any case */
#include "traced.tmh"

DRIVER_UNLOAD TracedUnload;
DRIVER_INITIALIZE DriverEntry;

void second_file(void);

static const GUID some_guid = {
    0x01020304, 0x0506, 0x0708, {0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10}};

#if !defined(EVENT_TRACING)
/* What takes the messages where nobody makes a .tmh: no call, although it looks like one. */
VOID TraceEvents(ULONG Level, ULONG Flags, PCSTR Message, ...)
{
}
#endif

VOID TracedUnload(PDRIVER_OBJECT driver)
{
    DoTraceMessage(TRACED_INIT, "unload of %p", NULL);
    WPP_CLEANUP(driver);
}

static void numbers(void)
{
    TraceEvents(TRACE_LEVEL_INFORMATION, TRACED_IO, "%d %u %x %#06x %c|%5d|%-5d|", -3, 7u, 0xbeef,
                0x2a, 'z', 42, 43);
    TraceEvents(TRACE_LEVEL_INFORMATION, TRACED_IO, "%I64d %llx %hd %f %%", -5000000000ll,
                0x123456789abcull, (short)-2, 1.5);
    TraceEvents(TRACE_LEVEL_WARNING, TRACED_IO,
                "one message "
                "in two parts, %!bool! %!IRQL!",
                5, KeGetCurrentIrql());
}

static void texts(void)
{
    DECLARE_CONST_UNICODE_STRING(wide, L"counted wide");
    STRING narrow = RTL_CONSTANT_STRING("counted narrow");
    PCSTR nothing = NULL;

    TraceEvents(TRACE_LEVEL_INFORMATION, TRACED_IO, "%s, %S, %ws", "narrow",
                L"w\x00ef"
                L"de",
                L"ws");
    TraceEvents(TRACE_LEVEL_INFORMATION, TRACED_IO, "%wZ, %Z, %s", &wide, &narrow, nothing);
}

static void types(void)
{
    TraceEvents(TRACE_LEVEL_ERROR, TRACED_INIT, "%!STATUS! %!GUID! %!WINERROR!",
                STATUS_ACCESS_DENIED, &some_guid, 5);
    TraceEvents(TRACE_LEVEL_ERROR, TRACED_INIT, "%!colour! %!colour! %!rights! %!fruit! %!fruit!",
                Green, Blue, 5, 2, 9);
    TraceEvents(TRACE_LEVEL_ERROR, TRACED_INIT, "these: %!HEXDUMP!", bytes_of("\x12\xab\x00", 3));
    TraceEvents(TRACE_LEVEL_ERROR, TRACED_INIT, "%!LEVEL! %!FLAGS! %!FUNC! %!FILE! %!LINE!");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    NTSTATUS status = STATUS_SUCCESS;

    WPP_INIT_TRACING(driver, path);
    driver->DriverUnload = TracedUnload;
    TraceEntry(TRACED_INIT);
    numbers();
    texts();
    types();
    TraceNested(TRACE_LEVEL_INFORMATION, OTHER_ALL, ("nested %d, %s", 1, "two"));
    TraceFailed(status);
    status = STATUS_NO_SUCH_DEVICE;
    TraceFailed(status);
    second_file();
    return STATUS_SUCCESS;
}
