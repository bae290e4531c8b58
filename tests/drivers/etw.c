/* SPDX-License-Identifier: MIT */
/* etw.c - event tracing: registering, switching, writing. The lines that come out are looked
 * at by tests/cli/test_trace.py; here is what a driver sees itself. */
#include "drivertest.h"

#include <evntrace.h>

static const GUID provider_guid = {
    0x6a3c2d51, 0x9f04, 0x4c7b, {0x8e, 0x11, 0x52, 0x70, 0x1d, 0xa0, 0xc3, 0x01}};

struct seen {
    ULONG calls, code;
    UCHAR level;
    ULONGLONG any;
};

static VOID NTAPI on_enable(LPCGUID source, ULONG code, UCHAR level, ULONGLONG any, ULONGLONG all,
                            PEVENT_FILTER_DESCRIPTOR filter, PVOID context)
{
    struct seen *seen = context;

    UNREFERENCED_PARAMETER(all);
    expect(source != NULL && filter == NULL);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    seen->calls++;
    seen->code = code;
    seen->level = level;
    seen->any = any;
}

static void registering_tells_what_is_wanted(void)
{
    struct seen seen = {0};
    REGHANDLE handle = 0;

    expect_status(EtwRegister(&provider_guid, on_enable, &seen, &handle), STATUS_SUCCESS);
    expect(handle != 0);
    expect_number(seen.calls, 1);
    expect_number(seen.code, EVENT_CONTROL_CODE_ENABLE_PROVIDER);
    expect(seen.level >= TRACE_LEVEL_VERBOSE && seen.any != 0);
    expect_status(EtwUnregister(handle), STATUS_SUCCESS);
    expect_status(EtwUnregister(handle), STATUS_INVALID_HANDLE);
}

static void what_is_enabled(void)
{
    EVENT_DESCRIPTOR event = {.Id = 7, .Level = TRACE_LEVEL_WARNING, .Keyword = 0x10};
    REGHANDLE handle;

    expect_status(EtwRegister(&provider_guid, NULL, NULL, &handle), STATUS_SUCCESS);
    expect(EtwProviderEnabled(handle, TRACE_LEVEL_VERBOSE, 1));
    expect(EtwEventEnabled(handle, &event));
    expect_status(EtwUnregister(handle), STATUS_SUCCESS);
    expect(!EtwProviderEnabled(handle, TRACE_LEVEL_VERBOSE, 1));
    expect(!EtwEventEnabled(handle, &event));
    expect(!EtwProviderEnabled(0, 0, 0));
}

static void bad_parameters(void)
{
    EVENT_DESCRIPTOR event = {.Id = 1};
    EVENT_DATA_DESCRIPTOR data;
    REGHANDLE handle;

    EventDataDescCreate(&data, &event, sizeof event);
    expect_status(EtwRegister(NULL, NULL, NULL, &handle), STATUS_INVALID_PARAMETER);
    expect_status(EtwRegister(&provider_guid, NULL, NULL, NULL), STATUS_INVALID_PARAMETER);
    expect_status(EtwWrite(0, &event, NULL, 0, NULL), STATUS_INVALID_HANDLE);
    expect_status(EtwRegister(&provider_guid, NULL, NULL, &handle), STATUS_SUCCESS);
    expect_status(EtwWrite(handle, &event, NULL, MAX_EVENT_DATA_DESCRIPTORS + 1, &data),
                  STATUS_INVALID_PARAMETER);
    expect_status(EtwWriteString(handle, 4, 0, NULL, NULL), STATUS_INVALID_PARAMETER);
    expect_status(EtwSetInformation(handle, MaxEventInfo, NULL, 0), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(EtwSetInformation(handle, EventProviderSetTraits, "\1", 1),
                  STATUS_INVALID_PARAMETER);
    expect_status(EtwUnregister(handle), STATUS_SUCCESS);
}

/* Every way to write, at the highest IRQL a driver may print at, too. */
static void writing(void)
{
    static const char traits[] = "\x0c\0Cove-Test\0";
    EVENT_DESCRIPTOR event = {.Id = 3, .Version = 1, .Level = TRACE_LEVEL_ERROR, .Keyword = 0x8};
    ULONG number = 0x11223344;
    EVENT_DATA_DESCRIPTOR data[2];
    GUID related = provider_guid;
    REGHANDLE handle;
    KIRQL irql;

    EventDataDescCreate(&data[0], &number, sizeof number);
    EventDataDescCreate(&data[1], "text", 5);
    expect_status(EtwRegister(&provider_guid, NULL, NULL, &handle), STATUS_SUCCESS);
    expect_status(EtwSetInformation(handle, EventProviderSetTraits, (PVOID)traits, 12),
                  STATUS_SUCCESS);
    expect_status(EtwWrite(handle, &event, NULL, 2, data), STATUS_SUCCESS);
    expect_status(EtwWriteTransfer(handle, &event, &provider_guid, &related, 1, data),
                  STATUS_SUCCESS);
    expect_status(EtwWriteEx(handle, &event, 0, 0, NULL, NULL, 0, NULL), STATUS_SUCCESS);
    expect_status(EtwWriteString(handle, TRACE_LEVEL_INFORMATION, 0, NULL, L"wide text"),
                  STATUS_SUCCESS);
    KeRaiseIrql(HIGH_LEVEL, &irql);
    expect_status(EtwWrite(handle, &event, NULL, 2, data), STATUS_SUCCESS);
    KeLowerIrql(irql);
    expect_status(EtwUnregister(handle), STATUS_SUCCESS);
}

static void activities(void)
{
    GUID zero = {0}, first = {0}, second = {0}, old;

    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &zero), STATUS_SUCCESS);
    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &first), STATUS_SUCCESS);
    expect(!IsEqualGUID(&first, &zero));
    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &old), STATUS_SUCCESS);
    expect(IsEqualGUID(&old, &zero));
    old = first;
    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_SET_ID, &old), STATUS_SUCCESS);
    expect(IsEqualGUID(&old, &zero));
    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_SET_ID, &old), STATUS_SUCCESS);
    expect(IsEqualGUID(&old, &first));
    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &second), STATUS_SUCCESS);
    expect(!IsEqualGUID(&second, &first) && !IsEqualGUID(&second, &zero));
    expect_status(EtwActivityIdControl(99, &second), STATUS_INVALID_PARAMETER);
    expect_status(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &zero), STATUS_SUCCESS);
}

static NTSTATUS message_va(TRACEHANDLE handle, ULONG number, ...)
{
    va_list arguments;

    va_start(arguments, number);
    NTSTATUS status =
        WmiTraceMessageVa(handle, TRACE_MESSAGE_GUID, &provider_guid, (USHORT)number, arguments);
    va_end(arguments);
    return status;
}

static void trace_messages(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Cove"), wrong = RTL_CONSTANT_STRING(L"none");
    TRACEHANDLE session = 0;
    WNODE_HEADER block = {0};
    ULONG length = 0, value = 0;

    expect_status(
        WmiQueryTraceInformation(TraceHandleByNameClass, &session, sizeof session, &length, &name),
        STATUS_SUCCESS);
    expect_number(length, sizeof session);
    expect_status(
        WmiQueryTraceInformation(TraceHandleByNameClass, &session, sizeof session, NULL, &wrong),
        STATUS_INVALID_PARAMETER);
    expect_status(WmiQueryTraceInformation(TraceHandleByNameClass, &session, 4, NULL, &name),
                  STATUS_INFO_LENGTH_MISMATCH);
    block.HistoricalContext = session;
    expect_status(
        WmiQueryTraceInformation(TraceEnableLevelClass, &value, sizeof value, NULL, &block),
        STATUS_SUCCESS);
    expect(value >= TRACE_LEVEL_VERBOSE);
    expect_status(WmiQueryTraceInformation(GlobalLoggerHandleClass, &session, 8, NULL, NULL),
                  STATUS_NOT_FOUND);
    expect_status(WmiTraceMessage(session, TRACE_MESSAGE_GUID, &provider_guid, 12, &value,
                                  sizeof value, "end", (SIZE_T)4, NULL),
                  STATUS_SUCCESS);
    expect_status(message_va(session, 13, &value, sizeof value, NULL), STATUS_SUCCESS);
    expect_status(WmiTraceMessage(session, 0, &provider_guid, 12, NULL), STATUS_INVALID_PARAMETER);
    expect_status(WmiTraceMessage(12345, TRACE_MESSAGE_GUID, &provider_guid, 12, NULL),
                  STATUS_INVALID_HANDLE);
}

DRIVERTEST_LIST = {
    DRIVERTEST(registering_tells_what_is_wanted),
    DRIVERTEST(what_is_enabled),
    DRIVERTEST(bad_parameters),
    DRIVERTEST(writing),
    DRIVERTEST(activities),
    DRIVERTEST(trace_messages),
    DRIVERTEST_END,
};
