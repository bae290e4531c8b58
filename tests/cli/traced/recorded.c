/* SPDX-License-Identifier: MIT */
/* recorded.c - a driver whose trace functions know the in-flight recorder and logs of its own. */
#include <ntddk.h>
#include <gpio.h>
#include <reshub.h>
#include <wpprecorder.h>

#define WPP_CONTROL_GUIDS                                                               \
    WPP_DEFINE_CONTROL_GUID(RecordedDriver, (5b02c7e4, 93aa, 4d18, 8f60, 2e71d9a4c355), \
                            WPP_DEFINE_BIT(RECORDED_ALL))

/* What drivers define for functions whose parameters come in an order of their own. */
#define WPP_RECORDER_FLAGS_LEVEL_ARGS(flags, lvl)   WPP_RECORDER_LEVEL_FLAGS_ARGS(lvl, flags)
#define WPP_RECORDER_FLAGS_LEVEL_FILTER(flags, lvl) WPP_RECORDER_LEVEL_FLAGS_FILTER(lvl, flags)

/* begin_wpp config
 * FUNC Trace{FLAGS=RECORDED_ALL}(LEVEL, MSG, ...);
 * FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
 * FUNC TraceLog(IFRLOG, LEVEL, FLAGS, MSG, ...);
 * end_wpp
 */
#include "recorded.tmh"

DRIVER_UNLOAD RecordedUnload;
DRIVER_INITIALIZE DriverEntry;

C_ASSERT(IOCTL_GPIO_WRITE_PINS == (FILE_DEVICE_GPIO << 16 | 1 << 2));
C_ASSERT(sizeof(PNP_SERIAL_BUS_DESCRIPTOR) == 12);
C_ASSERT(sizeof(RH_QUERY_CONNECTION_PROPERTIES_OUTPUT_BUFFER) == 12);

static RECORDER_LOG own_log;

VOID RecordedUnload(PDRIVER_OBJECT driver)
{
    RECORDER_CONFIGURE_PARAMS configure;

    RECORDER_CONFIGURE_PARAMS_INIT(&configure);
    configure.CreateDefaultLog = FALSE;
    WppRecorderConfigure(&configure);
    Trace(TRACE_LEVEL_VERBOSE, "default log %d", WppRecorderIsDefaultLogAvailable());
    WppRecorderLogDelete(own_log);
    WPP_CLEANUP(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    RECORDER_LOG_CREATE_PARAMS params;
    BOOLEAN before = WppRecorderIsDefaultLogAvailable();
    NTSTATUS refused, status;
    DECLARE_UNICODE_STRING_SIZE(hub, RESOURCE_HUB_PATH_SIZE);

    driver->DriverUnload = RecordedUnload;
    RECORDER_LOG_CREATE_PARAMS_INIT(&params, "own");
    refused = WppRecorderLogCreate(&params, &own_log);
    WPP_INIT_TRACING(driver, path);
    TraceEvents(TRACE_LEVEL_INFORMATION, RECORDED_ALL, "default log %d, before %d",
                WppRecorderLogGetDefault() != NULL, before);
    status = WppRecorderLogCreate(&params, &own_log);
    TraceLog(own_log, TRACE_LEVEL_WARNING, RECORDED_ALL, "own log made: %!STATUS!", status);
    Trace(TRACE_LEVEL_ERROR, "filtered %d, refused %!STATUS!",
          WPP_RECORDER_FLAGS_LEVEL_FILTER(RECORDED_ALL, TRACE_LEVEL_ERROR) != 0, refused);
    status = RESOURCE_HUB_CREATE_PATH_FROM_ID(&hub, 0x12345678, 0xabc);
    TraceEvents(TRACE_LEVEL_INFORMATION, RECORDED_ALL, "%wZ", &hub);
    return status;
}
