/* SPDX-License-Identifier: MIT */
/* gate_test.c - rows of the state tables that need an IRP kept or failed by another driver of the
 * stack, a request at an unusual time, or a driver that is slow at the right moment.
 */
#include "fxkit.h"

#include <stdio.h>

#define FAILURE   ((int)STATUS_DEVICE_DATA_ERROR)
#define LONG_IDLE 100000000 /* milliseconds: never in this test */

static struct device_node *bus;

static int begin(void **state)
{
    (void)fx_machine_start(state);
    bus = fx_bus_create();
    fx_gates_install();
    fx_forget();
    fxtoy.fails_once = 1;
    return 0;
}

static int end(void **state)
{
    memset(fxtoy.fails, 0, sizeof(fxtoy.fails));
    for (int id = 1; id <= FXTOY_SLOTS; id++)
        fxtoy.present[id - 1] = 0;
    if (is_started("ROOT\\FXBUS\\0000"))
        fx_unplug(1);
    fx_rows_collect();
    pnp_node_put(bus);
    assert_int_equal(fxtoy.reads_held, 0);
    return fx_machine_stop(state);
}

#define FAILS(callback) (fxtoy.fails[FXTOY_FUNCTION][FXTOY_##callback] = FAILURE)

/* ---- Plug and Play -------------------------------------------------------------------------- */

/* A device that is disabled from its beginning: its PDO waits for a first start. */
static void disabled_plug(void)
{
    ULONG disabled = 1; /* CONFIGFLAG_DISABLED */
    value_set("Enum\\FXBUS\\TOY\\1", "ConfigFlags", REG_DWORD, &disabled, sizeof(disabled));
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
        assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
        pnp_wait_idle();
        REQUESTS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE);
        if (i == 2) { /* the bus's part of the next start fails */
            fxtoy.fails[FXTOY_CHILD][FXTOY_PrepareHardware] = FAILURE;
            (void)pnp_device_enable(child);
            pnp_wait_idle();
            assert_false(is_started(fx_name(1)));
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
        fxtoy.fails[fails[i][0]][fails[i][1]] = FAILURE;
        assert_false(NT_SUCCESS(fx_pnp(1, IRP_MN_START_DEVICE)));
        fx_unplug(1);
        assert_int_equal(fxtoy.devices, 1);
        assert_int_equal(fxtoy.d0, 0);
    }
}

FX_ROWS_TEST(gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(before_the_first_start), FX_TEST(while_the_start_waits),
        FX_TEST(after_the_failed_start), FX_TEST(while_removed),
        FX_TEST(at_the_wrong_time),      FX_TEST(restarted_and_fails),
        cmocka_unit_test(gate_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
