/* SPDX-License-Identifier: MIT */
/* system_services_ddi.c - time, what the system says of itself, loading drivers. */
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

/* As SYSTEM_BASIC_INFORMATION is documented (winternl.h) and laid out. */
struct system_basic {
    ULONG reserved, timer_resolution, page_size, physical_pages, lowest_page, highest_page,
        granularity;
    ULONG_PTR lowest_user, highest_user, affinity;
    CCHAR processors;
};

SERVICE NtQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length, PULONG ReturnLength)
{
    enum { SystemBasic = 0 };
    struct system_basic basic = {.timer_resolution = KeQueryTimeIncrement(),
                                 .page_size = PAGE_SIZE,
                                 .physical_pages = 0x100000,
                                 .highest_page = 0xfffff,
                                 .granularity = 0x10000,
                                 .lowest_user = 0x10000,
                                 .highest_user = (ULONG_PTR)MmHighestUserAddress,
                                 .affinity = ((ULONG_PTR)1 << ke_processor_count()) - 1,
                                 .processors = (CCHAR)ke_processor_count()};
    ULONG needed = sizeof basic;
    if (Class != SystemBasic)
        return STATUS_INVALID_INFO_CLASS;
    if (ReturnLength) {
        NTSTATUS status = gate_copy_out(ReturnLength, &needed, sizeof needed);
        if (!NT_SUCCESS(status))
            return status;
    }
    return Length < needed ? STATUS_INFO_LENGTH_MISMATCH
                           : gate_copy_out(Information, &basic, needed);
}

static NTSTATUS driver_change(PUNICODE_STRING user, bool is_load)
{
    UNICODE_STRING name;
    struct io_load_error error = {0};
    NTSTATUS status = gate_capture_string(user, &name);
    if (!NT_SUCCESS(status))
        return status;
    status = is_load ? io_driver_load(&name, &error) : io_driver_unload(&name, &error);
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
