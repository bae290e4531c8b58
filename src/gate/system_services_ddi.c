/* SPDX-License-Identifier: MIT */
/* system_services_ddi.c - time, what the system says of itself, loading drivers. */
#include "base/trace.h"
#include "io/io.h"
#include "rtl/rtl.h"
#include "services.h"

SERVICE NtQuerySystemTime(PLARGE_INTEGER Time)
{
    LARGE_INTEGER now;
    KeQuerySystemTime(&now);
    return gate_copy_out(Time, &now, sizeof now);
}

SERVICE NtQueryPerformanceCounter(PLARGE_INTEGER Counter, PLARGE_INTEGER Frequency)
{
    LARGE_INTEGER frequency, counter = KeQueryPerformanceCounter(&frequency);
    NTSTATUS status = gate_copy_out(Counter, &counter, sizeof counter);
    return NT_SUCCESS(status) && Frequency ? gate_copy_out(Frequency, &frequency, sizeof frequency)
                                           : status;
}

/* What the program does between its own widths, for those who follow its requests. */
SERVICE NtCoveTraceThunk(ULONG Kind, ULONG First, ULONG Second)
{
    if (Kind >= TRACE_THUNKS)
        return STATUS_INVALID_PARAMETER;
    trace_point(TRACE_THUNK, Kind, First, Second);
    return STATUS_SUCCESS;
}

/* To the log, which is what a machine shows while it starts. */
SERVICE NtDisplayString(PUNICODE_STRING Text)
{
    UNICODE_STRING text;
    NTSTATUS status = gate_capture_string(Text, &text);
    if (!NT_SUCCESS(status))
        return status;
    char *narrow = rtl_utf8_of(&text);
    if (narrow)
        rtl_debug_printf("%s\n", narrow);
    rtl_free(narrow);
    gate_release_string(&text);
    return STATUS_SUCCESS;
}

static NTSTATUS driver_change(PUNICODE_STRING user, bool is_load)
{
    UNICODE_STRING name;
    struct io_load_error error = {0};
    NTSTATUS status = gate_capture_string(user, &name);
    if (!NT_SUCCESS(status))
        return status;
    status = is_load ? io_driver_load(&name, IO_CALLER_WAITS, &error)
                     : io_driver_unload(&name, IO_CALLER_WAITS, &error);
    if (!NT_SUCCESS(status) && error.text[0])
        rtl_debug_printf("cove: %s\n", error.text);
    gate_release_string(&name);
    return status;
}

/* Doc: nf-wdm-zwloaddriver. Differs: any program may load drivers. */
SERVICE NtLoadDriver(PUNICODE_STRING Service)
{
    return driver_change(Service, true);
}

/* Doc: nf-wdm-zwunloaddriver */
SERVICE NtUnloadDriver(PUNICODE_STRING Service)
{
    return driver_change(Service, false);
}
