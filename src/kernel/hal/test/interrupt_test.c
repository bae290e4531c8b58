/* SPDX-License-Identifier: MIT */
/* interrupt_test.c - level-sensitive lines, storms, devices with lines or messages: what a driver
 * cannot bring about by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ex/ex.h"
#include "hal/hal.h"
#include "ke/ke.h"

#define VECTOR 0x61u
#define IRQL   6

static struct thread thread;

static int begin(void **state)
{
    struct ke_options options = {.processors = 1};
    (void)state;
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    thread = (struct thread){0};
    ke_thread_init(&thread, "test", NULL);
    ke_thread_adopt(&thread);
    ke_processor_enter();
    return 0;
}

static int end(void **state)
{
    (void)state;
    ke_processor_leave();
    ke_thread_release(&thread);
    ex_fini();
    ke_fini();
    return 0;
}

struct device {
    unsigned calls, drop_after;
    KIRQL irql;
    ULONG message;
};

static BOOLEAN NTAPI service(PKINTERRUPT interrupt, PVOID context)
{
    struct device *device = context;
    (void)interrupt;
    device->irql = ke_irql();
    if (++device->calls == device->drop_after)
        hal_interrupt_line_set(VECTOR, false);
    return device->drop_after != 0;
}

static BOOLEAN NTAPI message_service(PKINTERRUPT interrupt, PVOID context, ULONG message)
{
    struct device *device = context;
    (void)interrupt;
    device->calls++;
    device->message = message;
    device->irql = ke_irql();
    return TRUE;
}

static PKINTERRUPT connect(struct device *device, KINTERRUPT_MODE mode)
{
    PKINTERRUPT interrupt = NULL;
    assert_int_equal(IoConnectInterrupt(&interrupt, service, device, NULL, VECTOR, IRQL, IRQL, mode,
                                        TRUE, 1, FALSE),
                     STATUS_SUCCESS);
    return interrupt;
}

static void level_until_it_drops(void **state)
{
    struct device device = {.drop_after = 3};
    struct hal_interrupt_counts before, after;
    PKINTERRUPT interrupt;
    (void)state;
    hal_interrupt_counts(VECTOR, &before);
    interrupt = connect(&device, LevelSensitive);
    hal_interrupt_line_set(VECTOR, true);
    ke_interrupts_poll();
    assert_int_equal(device.calls, 3);
    assert_int_equal(device.irql, IRQL);
    hal_interrupt_counts(VECTOR, &after);
    assert_int_equal(after.claimed - before.claimed, 3);
    assert_int_equal(after.connections, 1);
    IoDisconnectInterrupt(interrupt);
    /* Asserted before anybody is there: delivered to who comes. */
    hal_interrupt_line_set(VECTOR, true);
    device = (struct device){.drop_after = 1};
    interrupt = connect(&device, LevelSensitive);
    ke_interrupts_poll();
    assert_int_equal(device.calls, 1);
    IoDisconnectInterrupt(interrupt);
}

static void storm_is_masked(void **state)
{
    struct device device = {0};
    struct hal_interrupt_counts counts;
    PKINTERRUPT interrupt = connect(&device, LevelSensitive);
    (void)state;
    hal_interrupt_line_set(VECTOR, true);
    ke_interrupts_poll();
    assert_int_equal(device.calls, HAL_STORM_PASSES);
    hal_interrupt_counts(VECTOR, &counts);
    assert_true(counts.is_masked);
    hal_interrupt_raise(VECTOR);
    ke_interrupts_poll();
    assert_int_equal(device.calls, HAL_STORM_PASSES);
    hal_interrupt_line_set(VECTOR, false);
    device.drop_after = HAL_STORM_PASSES + 1;
    hal_interrupt_line_set(VECTOR, true);
    ke_interrupts_poll();
    assert_int_equal(device.calls, HAL_STORM_PASSES + 1);
    IoDisconnectInterrupt(interrupt);
}

static void edges_without_routines(void **state)
{
    struct hal_interrupt_counts before, after;
    (void)state;
    hal_interrupt_counts(0x77, &before);
    hal_interrupt_raise(0x77);
    assert_true(hal_msr_write(0x83f, 0x77));
    assert_false(hal_msr_write(0x83f, 0x10)); /* the processor's own */
    ke_interrupts_poll();
    hal_interrupt_counts(0x77, &after);
    assert_int_equal(after.spurious - before.spurious, 2);
    assert_int_equal(after.calls, before.calls);
}

/* ---- devices --------------------------------------------------------------------------- */

static DEVICE_OBJECT with_lines, with_messages;

static bool find(PDEVICE_OBJECT device, unsigned index, struct hal_interrupt_resource *out)
{
    if (index >= 2 || (device != &with_lines && device != &with_messages))
        return false;
    *out = (struct hal_interrupt_resource){
        .vector = 0x50 + index * 0x10,
        .irql = (KIRQL)(5 + index),
        .mode = Latched,
        .is_message = device == &with_messages,
        .message_data = 40 + index,
    };
    return true;
}

static void device_lines(void **state)
{
    struct device device = {.drop_after = 100};
    PKINTERRUPT interrupt = NULL;
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_LINE_BASED};
    IO_DISCONNECT_INTERRUPT_PARAMETERS gone = {.Version = CONNECT_LINE_BASED};
    (void)state;
    hal_interrupt_resources_set(find);
    parameters.LineBased.PhysicalDeviceObject = &with_lines;
    parameters.LineBased.InterruptObject = &interrupt;
    parameters.LineBased.ServiceRoutine = service;
    parameters.LineBased.ServiceContext = &device;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    hal_interrupt_raise(0x50);
    ke_interrupts_poll();
    hal_interrupt_raise(0x60);
    ke_interrupts_poll();
    assert_int_equal(device.calls, 2);
    assert_int_equal(device.irql, 6); /* one IRQL for both lines: the higher */
    gone.ConnectionContext.InterruptObject = interrupt;
    IoDisconnectInterruptEx(&gone);
    hal_interrupt_raise(0x50);
    ke_interrupts_poll();
    assert_int_equal(device.calls, 2);
    parameters.LineBased.PhysicalDeviceObject = &with_messages;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_DEVICE_REQUEST);
    hal_interrupt_resources_set(NULL);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND);
}

static void device_messages(void **state)
{
    struct device device = {0};
    IO_INTERRUPT_MESSAGE_INFO *table = NULL;
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_MESSAGE_BASED};
    IO_DISCONNECT_INTERRUPT_PARAMETERS gone = {.Version = CONNECT_MESSAGE_BASED};
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS activity = {.Version = CONNECT_MESSAGE_BASED};
    struct ex_pool_counts before, after;
    (void)state;
    ex_pool_counts(&before);
    hal_interrupt_resources_set(find);
    parameters.MessageBased.PhysicalDeviceObject = &with_messages;
    parameters.MessageBased.ConnectionContext.InterruptMessageTable = &table;
    parameters.MessageBased.MessageServiceRoutine = message_service;
    parameters.MessageBased.ServiceContext = &device;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    assert_int_equal(parameters.Version, CONNECT_MESSAGE_BASED);
    assert_int_equal(table->MessageCount, 2);
    assert_int_equal(table->MessageInfo[1].MessageData, 41);
    hal_interrupt_raise(table->MessageInfo[1].Vector);
    ke_interrupts_poll();
    assert_int_equal(device.message, 1);
    assert_int_equal(device.irql, 6);
    hal_interrupt_raise(table->MessageInfo[0].Vector);
    ke_interrupts_poll();
    assert_int_equal(device.message, 0);
    assert_int_equal(device.irql, 5);
    activity.ConnectionContext.InterruptMessageTable = table;
    IoReportInterruptInactive(&activity);
    hal_interrupt_raise(table->MessageInfo[0].Vector);
    ke_interrupts_poll();
    assert_int_equal(device.calls, 2);
    gone.ConnectionContext.InterruptMessageTable = table;
    IoDisconnectInterruptEx(&gone);
    /* A device with lines only: the other routine, and the version says so. */
    parameters.MessageBased.PhysicalDeviceObject = &with_lines;
    parameters.MessageBased.FallBackServiceRoutine = service;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    assert_int_equal(parameters.Version, CONNECT_LINE_BASED);
    gone.Version = CONNECT_LINE_BASED;
    gone.ConnectionContext.Generic = table; /* the same place took the interrupt object */
    IoDisconnectInterruptEx(&gone);
    hal_interrupt_resources_set(NULL);
    ex_pool_counts(&after);
    assert_int_equal(after.blocks, before.blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(level_until_it_drops, begin, end),
        cmocka_unit_test_setup_teardown(storm_is_masked, begin, end),
        cmocka_unit_test_setup_teardown(edges_without_routines, begin, end),
        cmocka_unit_test_setup_teardown(device_lines, begin, end),
        cmocka_unit_test_setup_teardown(device_messages, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
