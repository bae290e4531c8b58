/* SPDX-License-Identifier: MIT */
/* order_test.c - the order of a client's callbacks for every way a device may go through Plug and
 * Play: started, stopped, queried, removed, ejected, gone by surprise.
 */
#include "fxkit.h"

#include <stdio.h>

static struct device_node *bus;

static int begin(void **state)
{
    bus = fx_bus_begin(state);
    return 0;
}

static int end(void **state)
{
    return fx_bus_end(state, bus);
}

static void start(void **state)
{
    (void)state;
    fx_expect(FXTOY_BUS, -1, "Add " STARTS);
    fx_forget();
    fx_plug(1);
    assert_true(is_started(fx_name(1)));
    child_did("Add " STARTS);
    function_did("RemoveRequirements AddRequirements RemoveAdded " STARTS);
    filter_did("Add " STARTS);
    /* From the bus up. */
    assert_true(fx_place(FXTOY_CHILD, FXTOY_SelfInit, 1) <
                fx_place(FXTOY_FUNCTION, FXTOY_PrepareHardware, 1));
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_SelfInit, 1) <
                fx_place(FXTOY_FILTER, FXTOY_PrepareHardware, -1));
    assert_int_equal(fx_argument(FXTOY_FUNCTION, FXTOY_D0Entry, 1), 5); /* D3Final */
}

/* What the children's drivers did to be where they are now is not of interest. */
static struct device_node *child_started(void)
{
    fx_plug(1);
    assert_true(is_started(fx_name(1)));
    fx_forget();
    return node_get(fx_name(1));
}

static void disable_enable(void **state)
{
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    filter_did("QueryRemove " STOPS " " GOES);
    function_did("QueryRemove " STOPS " " GOES);
    child_did("QueryRemove " STOPS " SelfFlush"); /* its device is still there */
    assert_true(fx_place(FXTOY_FILTER, FXTOY_D0Exit, -1) <
                fx_place(FXTOY_FUNCTION, FXTOY_SelfSuspend, 1));
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_SelfCleanup, 1) <
                fx_place(FXTOY_CHILD, FXTOY_SelfSuspend, 1));
    assert_int_equal(fx_argument(FXTOY_FUNCTION, FXTOY_D0Exit, 1), 5); /* D3Final */
    fx_forget();
    assert_int_equal(pnp_device_enable(child), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_true(is_started(fx_name(1)));
    child_did("PrepareHardware D0Entry PostInterrupts SelfRestart");
    function_did("RemoveRequirements AddRequirements RemoveAdded " STARTS);
    pnp_node_put(child);
}

static void unplugged(void **state)
{
    struct device_node *child = child_started();
    (void)state;
    pnp_node_put(child);
    fx_unplug(1);
    filter_did("Surprise " STOPS " " GOES);
    function_did("Surprise " STOPS " " GOES);
    child_did("Missing Surprise " STOPS " " GOES);
    assert_true(fx_place(FXTOY_FILTER, FXTOY_Surprise, -1) <
                fx_place(FXTOY_FUNCTION, FXTOY_Surprise, 1));
}

static void unplugged_while_disabled(void **state)
{
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    pnp_node_put(child);
    fx_forget();
    fx_unplug(1);
    child_did("Missing SelfCleanup Cleanup Destroy");
}

static void ejected(void **state)
{
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    fxtoy.child_not_there_after_eject = 1;
    assert_int_equal(pnp_device_eject(child, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    pnp_node_put(child);
    child_did("QueryRemove " STOPS " SelfFlush Eject Missing SelfCleanup Cleanup Destroy");
}

static void eject_fails(void **state)
{
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    fxtoy.fails[FXTOY_CHILD][FXTOY_Eject] = (int)STATUS_UNSUCCESSFUL;
    (void)pnp_device_eject(child, &veto);
    pnp_wait_idle();
    assert_true(fx_place(FXTOY_CHILD, FXTOY_Eject, 1) > 0);
    assert_int_equal(fx_place(FXTOY_CHILD, FXTOY_SelfCleanup, 1), -1);
    pnp_node_put(child);
}

/* Each driver of the stack says no in turn: nothing else happens to any of them. */
static void removal_refused(void **state)
{
    static const int roles[] = {FXTOY_FILTER, FXTOY_FUNCTION, FXTOY_CHILD};
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
        fxtoy.fails[roles[i]][FXTOY_QueryRemove] = (int)STATUS_DEVICE_BUSY;
        assert_false(NT_SUCCESS(pnp_device_disable(child, &veto)));
        pnp_wait_idle();
        fxtoy.fails[roles[i]][FXTOY_QueryRemove] = 0;
        assert_true(is_started(fx_name(1)));
        filter_did("QueryRemove");
        function_did(i >= 1 ? "QueryRemove" : "");
        child_did(i >= 2 ? "QueryRemove" : "");
        fx_forget();
    }
    /* Not asked at all. */
    assert_int_equal(fx_command(1, FXTOY_STATIC, 0), STATUS_SUCCESS);
    assert_false(NT_SUCCESS(pnp_device_disable(child, &veto)));
    pnp_wait_idle();
    function_did("");
    assert_int_equal(fx_command(1, FXTOY_STATIC, 1), STATUS_SUCCESS);
    pnp_node_put(child);
}

/* The Plug and Play manager's own state does not see these. */
static void stopped_and_started(void **state)
{
    struct device_node *child = child_started();
    (void)state;
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    function_did("QueryStop");
    assert_int_equal(fx_pnp(1, IRP_MN_CANCEL_STOP_DEVICE), STATUS_SUCCESS);
    function_did("QueryStop");
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    fx_forget();
    assert_int_equal(fx_pnp(1, IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    function_did(STOPS);
    child_did(STOPS);
    fx_forget();
    assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), STATUS_SUCCESS);
    function_did("RemoveAdded PrepareHardware D0Entry PostInterrupts SelfRestart");
    child_did("PrepareHardware D0Entry PostInterrupts SelfRestart");
    /* Other resources without a stop. */
    fx_forget();
    assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), STATUS_SUCCESS);
    child_did(STOPS " PrepareHardware D0Entry PostInterrupts SelfRestart");
    /* A stop without a question, cancellations without one. */
    fx_forget();
    assert_int_equal(fx_pnp(1, IRP_MN_CANCEL_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_CANCEL_REMOVE_DEVICE), STATUS_SUCCESS);
    function_did("");
    assert_int_equal(fx_pnp(1, IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), STATUS_SUCCESS);
    /* Refused. */
    fx_forget();
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_QueryStop] = (int)STATUS_DEVICE_BUSY;
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_DEVICE_BUSY);
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_QueryStop] = 0;
    assert_int_equal(fx_pnp(1, IRP_MN_CANCEL_STOP_DEVICE), STATUS_SUCCESS);
    assert_true(is_started(fx_name(1)));
    pnp_node_put(child);
}

/* Surprise removal in each state that waits for a request. */
static void surprise_everywhere(void **state)
{
    static const UCHAR before[][3] = {
        {0},
        {IRP_MN_QUERY_STOP_DEVICE},
        {IRP_MN_QUERY_STOP_DEVICE, IRP_MN_STOP_DEVICE},
        {IRP_MN_QUERY_REMOVE_DEVICE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        struct device_node *child = child_started();
        bool is_stopped = false;
        pnp_node_put(child);
        for (int at = 0; before[i][at] != 0; at++) {
            assert_int_equal(fx_pnp(1, before[i][at]), STATUS_SUCCESS);
            is_stopped = before[i][at] == IRP_MN_STOP_DEVICE;
        }
        fx_forget();
        fx_unplug(1);
        function_did(is_stopped ? "Surprise " GOES : "Surprise " STOPS " " GOES);
    }
}

static void states(void **state)
{
    struct device_node *child;
    int pnp, power, policy;
    (void)state;
    fxtoy.listens = 1;
    child = child_started();
    fx_states(1, &pnp, &power, &policy);
    assert_int_equal(pnp, 0x119);    /* WdfDevStatePnpStarted */
    assert_int_equal(power, 0x307);  /* …PowerD0 */
    assert_int_equal(policy, 0x565); /* …PwrPolStarted */
    assert_int_equal(fxtoy.heard, 101);
    pnp_node_put(child);
    fx_unplug(1);
    assert_int_equal(fxtoy.heard, 10101);
    fxtoy.is_np = 1;
    fxtoy.is_not_owner = 1;
    fx_plug(2);
    fx_states(2, &pnp, &power, &policy);
    assert_int_equal(power & 0xfff, 0x308); /* …PowerD0NP */
    assert_int_equal(policy, 0x565);
    assert_int_equal(fxtoy.heard, 10102); /* D0NP is another state */
    fx_states(0, &pnp, &power, &policy);
    assert_int_equal(pnp, 0x119);
    fx_unplug(2);
}

static void device_state(void **state)
{
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    assert_int_equal(fx_command(1, FXTOY_SET_STATE, 1), STATUS_SUCCESS); /* not disableable */
    pnp_wait_idle();
    assert_false(NT_SUCCESS(pnp_device_disable(child, &veto)));
    assert_int_equal(fx_command(1, FXTOY_SET_STATE, 0), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_true(is_started(fx_name(1)));
    fx_forget();
    (void)fx_command(1, FXTOY_SET_STATE, 4); /* failed */
    pnp_wait_idle();
    assert_false(is_started(fx_name(1)));
    function_did("Surprise " STOPS " " GOES);
    pnp_node_put(child);
}

static void set_failed(void **state)
{
    struct device_node *child = child_started();
    (void)state;
    (void)fx_command(1, FXTOY_SET_FAILED, 2); /* no restart */
    pnp_wait_idle();
    assert_false(is_started(fx_name(1)));
    function_did("Surprise " STOPS " " GOES);
    pnp_node_put(child);
}

/* A bus goes while a child of it waits, disabled. */
static void bus_removed(void **state)
{
    struct pnp_veto veto;
    struct device_node *child = child_started();
    (void)state;
    fx_plug(2);
    assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    pnp_node_put(child);
    fx_forget();
    assert_int_equal(pnp_device_disable(bus, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    child_did("SelfCleanup Cleanup Destroy");
    bus_did("QueryRemove " STOPS " " GOES);
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_Destroy, 2) <
                fx_place(FXTOY_BUS, FXTOY_SelfSuspend, -1));
    assert_int_equal(fxtoy.devices, 0);
}

static void special_files(void **state)
{
    struct pnp_veto veto;
    struct device_node *child;
    (void)state;
    fx_plug(1);
    assert_int_equal(fx_usage(1, DeviceUsageTypePaging, true), STATUS_NOT_IMPLEMENTED);
    fxtoy.special = 1;
    fx_unplug(1);
    child = child_started();
    assert_int_equal(fx_usage(1, DeviceUsageTypePaging, true), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_int_equal(fx_argument(FXTOY_FUNCTION, FXTOY_Usage, 1), 3);
    assert_true(fx_place(FXTOY_CHILD, FXTOY_Usage, 1) >= 0);
    assert_false(NT_SUCCESS(pnp_device_disable(child, &veto)));
    assert_int_equal(fx_usage(1, DeviceUsageTypePaging, false), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
    pnp_node_put(child);
}

FX_ROWS_TEST(order)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(start),
        FX_TEST(disable_enable),
        FX_TEST(unplugged),
        FX_TEST(unplugged_while_disabled),
        FX_TEST(ejected),
        FX_TEST(eject_fails),
        FX_TEST(removal_refused),
        FX_TEST(stopped_and_started),
        FX_TEST(surprise_everywhere),
        FX_TEST(states),
        FX_TEST(device_state),
        FX_TEST(set_failed),
        FX_TEST(bus_removed),
        FX_TEST(special_files),
        cmocka_unit_test(order_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
