/* SPDX-License-Identifier: MIT */
/* gate_test.c - rows of the state tables that need an IRP kept or failed by another driver of the
 * stack, a request at an unusual time, or a driver that is slow at the right moment.
 */
#include "fxkit.h"
#include "pnp/interface.h"

#include <stdio.h>

#define FAILURE ((int)STATUS_DEVICE_DATA_ERROR)

static struct device_node *bus;

static int begin(void **state)
{
    bus = fx_bus_begin(state);
    fx_gates_install();
    fx_forget();
    fxtoy.fails_once = 1;
    return 0;
}

static int end(void **state)
{
    return fx_bus_end(state, bus);
}

#define FAILS(callback) (fxtoy.fails[FXTOY_FUNCTION][FXTOY_##callback] = FAILURE)

/* ---- Plug and Play -------------------------------------------------------------------------- */

/* A device that is disabled from its beginning: its PDO waits for a first start. */
static void disabled_plug(void)
{
    fx_device_disable_next(1);
    fx_plug(1);
    assert_false(is_started(fx_name(1)));
}

static void bus_restart(void)
{
    struct pnp_veto veto;
    assert_int_equal(pnp_device_disable(bus, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_int_equal(fxtoy.devices, 0);
    assert_int_equal(pnp_device_enable(bus), STATUS_SUCCESS);
    pnp_wait_idle();
}

static void requests_send(const UCHAR *minors)
{
    for (; *minors != 0xff; minors++)
        assert_int_equal(fx_pnp(1, *minors), STATUS_SUCCESS);
}

#define REQUESTS(...) requests_send((const UCHAR[]){__VA_ARGS__, 0xff})

/* Every request that is no start, to a device that was never started; then its bus goes, or the
 * device itself. */
static void before_the_first_start(void **state)
{
    static const UCHAR ways[][4] = {
        {IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE,
         0xff},
        {IRP_MN_QUERY_REMOVE_DEVICE, 0xff},
        {IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_SURPRISE_REMOVAL, 0xff},
        {IRP_MN_SURPRISE_REMOVAL, 0xff},
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(ways) / sizeof(*ways); i++) {
        disabled_plug();
        requests_send(ways[i / 2]);
        if (i % 2 == 0) {
            bus_restart();
            fxtoy.present[0] = 0;
        }
        fx_unplug(1);
        assert_int_equal(fxtoy.devices, 1);
    }
}

/* The start is held above: the stack stands and is not started. */
static void while_the_start_waits(void **state)
{
    static const UCHAR ways[][4] = {
        {IRP_MN_QUERY_REMOVE_DEVICE, 0xff},
        {IRP_MN_SURPRISE_REMOVAL, 0xff},
        {IRP_MN_EJECT, IRP_MN_SURPRISE_REMOVAL, 0xff},
        {IRP_MN_EJECT, 0xff},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        fx_gate(FXTOY_ABOVE, FXTOY_KEEP, IRP_MJ_PNP, IRP_MN_START_DEVICE, 0);
        fxtoy.present[0] = 1;
        (void)fx_command(0, FXTOY_SCAN, 0);
        fx_wait(&kept_event);
        requests_send(ways[i]);
        if (i == 3)
            fx_gate_pass(FXTOY_ABOVE);
        else
            fx_gate_end(FXTOY_ABOVE, FAILURE);
        pnp_wait_idle();
        if (i != 3) /* who is ejected and there all the same is found anew */
            assert_false(is_started(fx_name(1)));
        fx_unplug(1);
        assert_int_equal(fxtoy.devices, 1);
    }
}

/* A failed start on its way back to the Plug and Play manager. */
static void after_the_failed_start(void **state)
{
    (void)state;
    FAILS(PrepareHardware);
    fx_gate(FXTOY_ABOVE, FXTOY_KEEP_AFTER, IRP_MJ_PNP, IRP_MN_START_DEVICE, 0);
    fxtoy.present[0] = 1;
    (void)fx_command(0, FXTOY_SCAN, 0);
    fx_wait(&kept_event);
    REQUESTS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE,
             IRP_MN_SURPRISE_REMOVAL);
    fx_gate_end(FXTOY_ABOVE, FAILURE);
    pnp_wait_idle();
    fx_unplug(1);
    assert_int_equal(fxtoy.devices, 1);
}

/* A disabled device's PDO waits for another start. */
static void while_removed(void **state)
{
    struct pnp_veto veto;
    (void)state;
    for (int i = 0; i < 3; i++) {
        fx_plug(1);
        struct device_node *child = node_get(fx_name(1));
        if (i != 0) /* that it was disabled is remembered */
            assert_int_equal(pnp_device_enable(child), STATUS_SUCCESS);
        pnp_wait_idle();
        assert_true(is_started(fx_name(1)));
        assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
        pnp_wait_idle();
        REQUESTS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE);
        if (i == 2) { /* the bus's part of the next start fails */
            fxtoy.fails[FXTOY_CHILD][FXTOY_PrepareHardware] = FAILURE;
            (void)pnp_device_enable(child);
            pnp_wait_idle();
            assert_false(is_started(fx_name(1)));
            fx_row_wait("policy: Removed, Remove: Removed");
        } else {
            REQUESTS(IRP_MN_SURPRISE_REMOVAL);
        }
        pnp_node_put(child);
        if (i == 1)
            bus_restart();
        fx_unplug(1);
        assert_int_equal(fxtoy.devices, 1);
    }
}

/* Questions and answers at the wrong time, to a device that is started. */
static void at_the_wrong_time(void **state)
{
    struct pnp_veto veto;
    struct device_node *child;
    (void)state;
    fx_plug(1);
    REQUESTS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_QUERY_STOP_DEVICE,
             IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE);
    REQUESTS(IRP_MN_QUERY_STOP_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE,
             IRP_MN_CANCEL_STOP_DEVICE);
    REQUESTS(IRP_MN_EJECT);
    assert_int_equal(fx_place(FXTOY_CHILD, FXTOY_Eject, 1), -1);
    assert_int_equal(fx_command(1, FXTOY_STATIC, 0), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(fx_command(1, FXTOY_STATIC, 1), STATUS_SUCCESS);
    REQUESTS(IRP_MN_CANCEL_STOP_DEVICE);
    /* Removed from within a stop, asked for or done, with a failure or without. */
    for (int i = 0; i < 4; i++) {
        REQUESTS(IRP_MN_QUERY_STOP_DEVICE);
        if (i % 2 != 0)
            REQUESTS(IRP_MN_STOP_DEVICE);
        if (i == 2)
            FAILS(D0Exit);
        child = node_get(fx_name(1));
        assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
        pnp_wait_idle();
        assert_int_equal(pnp_device_enable(child), STATUS_SUCCESS);
        pnp_wait_idle();
        assert_true(is_started(fx_name(1)));
        pnp_node_put(child);
    }
}

/* Another device's start is held: Plug and Play is busy and hears of nothing meanwhile. */
static void pnp_keep_busy(void)
{
    fx_gate(FXTOY_ABOVE, FXTOY_KEEP, IRP_MJ_PNP, IRP_MN_START_DEVICE, 0);
    fxtoy.present[1] = 1;
    (void)fx_command(0, FXTOY_SCAN, 0);
    fx_wait(&kept_event);
}

static void pnp_let_go(void)
{
    fx_gate_pass(FXTOY_ABOVE);
    pnp_wait_idle();
}

/* A start without a stop, which fails at each of its parts. */
static void restarted_and_fails(void **state)
{
    static const int fails[][2] = {
        {FXTOY_FUNCTION, FXTOY_D0Exit},
        {FXTOY_CHILD, FXTOY_PrepareHardware},
        {FXTOY_FUNCTION, FXTOY_PrepareHardware},
        {FXTOY_FUNCTION, FXTOY_D0Entry},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(fails) / sizeof(*fails); i++) {
        fx_plug(1);
        pnp_keep_busy();
        fxtoy.fails[fails[i][0]][fails[i][1]] = FAILURE;
        assert_false(NT_SUCCESS(fx_pnp(1, IRP_MN_START_DEVICE)));
        fxtoy.present[1] = 0;
        pnp_let_go();
        fx_unplug(1);
        assert_int_equal(fxtoy.devices, 1);
        assert_int_equal(fxtoy.d0, 0);
    }
}

/* ---- failures and Plug and Play's answer ---------------------------------------------------- */

/* A device that failed when it was stopped is asked, or taken out, before it has been told that its
 * failure is known. */
static void failed_and_not_heard(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        fx_plug(1);
        pnp_keep_busy();
        REQUESTS(IRP_MN_QUERY_STOP_DEVICE);
        FAILS(D0Exit);
        (void)fx_pnp(1, IRP_MN_STOP_DEVICE);
        fx_row_wait("pnp: Failed, Yes: FailedStarted");
        (void)fx_pnp(1, i == 0 ? IRP_MN_QUERY_REMOVE_DEVICE : IRP_MN_REMOVE_DEVICE);
        pnp_let_go();
        fxtoy.present[1] = 0;
        fx_unplug(1);
        fx_devices_wait(1);
    }
}

/* Its interface is taken out of the registry before it is enabled. */
static void interface_fails(void **state)
{
    static WCHAR text[] = L"\\??\\FXBUS#TOY#1#{5d2c1e11-77a1-4b06-0102-030405060708}";
    UNICODE_STRING link = {sizeof(text) - sizeof(*text), sizeof(text), text};
    (void)state;
    fxtoy.has_interface = 1;
    fx_gate(FXTOY_ABOVE, FXTOY_KEEP, IRP_MJ_PNP, IRP_MN_START_DEVICE, 0);
    fxtoy.present[0] = 1;
    (void)fx_command(0, FXTOY_SCAN, 0);
    fx_wait(&kept_event);
    assert_int_equal(pnp_interface_delete(&link), STATUS_SUCCESS);
    fx_gate_pass(FXTOY_ABOVE);
    pnp_wait_idle();
    assert_false(is_started(fx_name(1)));
    fx_row_wait("pnp: EnableInterfaces, Failed: FailedPowerDown");
    fx_row_wait("pnp: FailedPowerDown, PolicyStopped: FailedIoStarting");
    fx_unplug(1);
    fx_plug(1);
    assert_true(is_started(fx_name(1)));
}

static KEVENT disabled;

static VOID NTAPI disable_main(PVOID context)
{
    struct pnp_veto veto;
    (void)pnp_device_disable(context, &veto);
    KeSetEvent(&disabled, IO_NO_INCREMENT, FALSE);
    (void)PsTerminateSystemThread(STATUS_SUCCESS);
}

/* The power IRP that fails comes back before the driver below has returned: until then the device
 * is on its way out, and cannot be removed yet. */
static void removed_while_it_fails(void **state)
{
    for (int i = 0; i < 2; i++) {
        if (i != 0) {
            assert_int_equal(end(state), 0);
            (void)begin(state);
        }
        fxtoy.idles = 1;
        fxtoy.idle_ms = 1;
        fx_gate_power(FXTOY_BELOW, FXTOY_STAY, D3);
        fxtoy.present[0] = 1;
        (void)fx_command(0, FXTOY_SCAN, 0);
        fx_held();
        fx_row_wait("pnp: Started, PowerFailed: FailedPowerDown");
        fxtoy.idles = 0;
        if (i == 0) {
            fxtoy.present[0] = 0;
            (void)fx_command(0, FXTOY_SCAN, 0);
            fx_row_wait("pnp: (any), SurpriseRemove: (later)");
            fx_go();
        } else {
            struct device_node *child = node_get(fx_name(1));
            HANDLE thread;
            KeInitializeEvent(&disabled, NotificationEvent, FALSE);
            assert_int_equal(
                PsCreateSystemThread(&thread, 0, NULL, NULL, NULL, disable_main, child),
                STATUS_SUCCESS);
            fx_row_wait("pnp: (any), Remove: (later)");
            fx_go();
            fx_wait(&disabled);
            ZwClose(thread);
            pnp_node_put(child);
        }
        pnp_wait_idle();
        fx_unplug(1);
        fx_devices_wait(1);
    }
}

FX_ROWS_TEST(gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(before_the_first_start), FX_TEST(while_the_start_waits),
        FX_TEST(after_the_failed_start), FX_TEST(while_removed),
        FX_TEST(at_the_wrong_time),      FX_TEST(restarted_and_fails),
        FX_TEST(failed_and_not_heard),   FX_TEST(interface_fails),
        FX_TEST(removed_while_it_fails), cmocka_unit_test(gate_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
