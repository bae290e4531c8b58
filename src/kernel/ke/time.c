/* SPDX-License-Identifier: MIT */
/* time.c - what time it is, in the contract's units, and the page that shows it.
 *
 * Interrupt time counts from ke_init by the host's monotonic clock, system time is the
 * host's wall clock; both in 100 ns. The shared page is brought up to date by whoever is
 * about to read it; its version and processor fields are written at init.
 */
#include <string.h>

#include "rtl/rtl.h"
#include "ke_internal.h"

/* 15.625 ms as a fraction of 2^24 of a millisecond. */
#define TIME_TICK_MULTIPLIER ((ULONG)((KE_TICK_100NS * (1ull << 24)) / 10000u))

static uint64_t time_base_ns; /* set once at init */

static union {
    KUSER_SHARED_DATA data;
    uint8_t page[HOST_PAGE];
} shared_page __attribute__((aligned(HOST_PAGE)));
_Static_assert(sizeof(shared_page) == HOST_PAGE, "one page");

uint64_t time_interrupt_100ns(void)
{
    return (host_clock_ns() - time_base_ns) / KE_NS_PER_100NS;
}

uint64_t time_system_100ns(void)
{
    return host_wallclock_100ns();
}

uint64_t time_to_host_ns(uint64_t interrupt_100ns)
{
    if (interrupt_100ns > (HOST_FOREVER - 1 - time_base_ns) / KE_NS_PER_100NS)
        return HOST_FOREVER - 1;
    return time_base_ns + interrupt_100ns * KE_NS_PER_100NS;
}

/* Readers take eight bytes at once, or the low part between two equal high parts. The eight
 * bytes lie in one cache line: they change together although SystemTime is not aligned. */
static void time_store(volatile KSYSTEM_TIME *to, uint64_t value)
{
    to->High2Time = (LONG)(value >> 32);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    __asm__ volatile("movq %1, %0" : "=m"(*(uint64_t *)to) : "r"(value));
}

void time_init(void)
{
    static const WCHAR root[] = L"C:\\Windows";
    KUSER_SHARED_DATA *data = &shared_page.data;

    memset(&shared_page, 0, sizeof(shared_page));
    time_base_ns = host_clock_ns();
    data->TickCountMultiplier = TIME_TICK_MULTIPLIER;
    data->NtProductType = NtProductWinNt;
    data->ProductTypeIsValid = TRUE;
    data->ActiveProcessorCount = processor_count;
    data->ActiveGroupCount = 1;
    data->QpcFrequency = 10000000;
    data->SafeBootMode = FALSE;
    memcpy((void *)data->NtSystemRoot, root, sizeof(root));
    ke_version_set(10, 0, 19041);
}

/* The variable that drivers import: a free build has the high four bits set. Set once at boot. */
ULONG NtBuildNumber;

void ke_version_set(ULONG major, ULONG minor, ULONG build)
{
    shared_page.data.NtMajorVersion = major;
    shared_page.data.NtMinorVersion = minor;
    shared_page.data.NtBuildNumber = build;
    NtBuildNumber = 0xf0000000u | build;
    rtl_version_set(major, minor, build); /* RtlGetVersion says the same */
}

KUSER_SHARED_DATA *ke_shared_data(void)
{
    static _Atomic bool is_busy;
    KUSER_SHARED_DATA *data = &shared_page.data;
    uint64_t interrupt_100ns;

    /* One at a time, so that time does not go backwards; who finds another at it has just got
     * the page brought up to date. */
    if (__c11_atomic_exchange(&is_busy, true, __ATOMIC_ACQUIRE))
        return data;
    interrupt_100ns = time_interrupt_100ns();
    time_store(&data->InterruptTime, interrupt_100ns);
    time_store(&data->SystemTime, time_system_100ns());
    time_store(&data->TickCount, interrupt_100ns / KE_TICK_100NS);
    __c11_atomic_store(&is_busy, false, __ATOMIC_RELEASE);
    return data;
}
