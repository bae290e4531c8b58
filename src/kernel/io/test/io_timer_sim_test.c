/* SPDX-License-Identifier: MIT */
/* io_timer_sim_test.c - a device's timer ticks once a second, of virtual time.
 */
#include "io_test.h"

VOID NTAPI IoStartTimer(PDEVICE_OBJECT DeviceObject);
VOID NTAPI IoStopTimer(PDEVICE_OBJECT DeviceObject);

static DRIVER_OBJECT *driver;
static PDEVICE_OBJECT device;

static NTSTATUS NTAPI entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    (void)object;
    (void)path;
    return STATUS_SUCCESS;
}

static void begin(void)
{
    assert_int_equal(io_native_driver_create("timer", entry, &driver), STATUS_SUCCESS);
    device = io_test_device(driver, "\\Device\\Timer", 0);
}

static void end(void)
{
    IoDeleteDevice(device);
    io_native_driver_destroy(driver);
}

static VOID NTAPI ticked(PDEVICE_OBJECT object, PVOID context)
{
    assert_ptr_equal(object, device);
    assert_int_equal(ke_irql(), DISPATCH_LEVEL);
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static void timers(void)
{
    struct ke_counts counts;
    KEVENT tick;
    begin();
    KeInitializeEvent(&tick, SynchronizationEvent, FALSE);
    assert_int_equal(IoInitializeTimer(device, ticked, &tick), STATUS_SUCCESS);
    uint64_t began_ns = host_clock_ns();
    IoStartTimer(device);
    for (int i = 0; i < 3; i++)
        KeWaitForSingleObject(&tick, Executive, KernelMode, FALSE, NULL);
    assert_true(host_clock_ns() - began_ns >= 3000000000ull);
    IoStopTimer(device);
    ke_counts(&counts);
    assert_int_equal(counts.timers_set, 0);
    IoStartTimer(device);
    end(); /* deleting the device stops it */
    ke_counts(&counts);
    assert_int_equal(counts.timers_set, 0);
}

IO_TEST(timers)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(timers_test)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
