/* SPDX-License-Identifier: MIT */
/* fault_test.c - each callback fails in turn: what is undone, what else is called, what becomes of
 * the device.
 */
#include "fxkit.h"

#include <stdio.h>

#define FAILURE ((int)STATUS_DEVICE_DATA_ERROR)

static struct device_node *bus;

static int begin(void **state)
{
    bus = fx_bus_begin(state);
    fx_forget();
    return 0;
}

static int end(void **state)
{
    return fx_bus_end(state, bus);
}

struct fault {
    int callback;
    const char *does; /* from its start to its removal */
};

/* The undoing is the opposite of what has been done; what failed is not undone itself. */
static const struct fault at_start[] = {
    {FXTOY_PrepareHardware, "PrepareHardware ReleaseHardware Cleanup Destroy"},
    {FXTOY_D0Entry, "PrepareHardware D0Entry ReleaseHardware Cleanup Destroy"},
    {FXTOY_PostInterrupts, "PrepareHardware D0Entry PostInterrupts PreInterrupts D0Exit "
                           "ReleaseHardware Cleanup Destroy"},
    {FXTOY_SelfInit, "PrepareHardware D0Entry PostInterrupts SelfInit PreInterrupts D0Exit "
                     "ReleaseHardware SelfFlush SelfCleanup Cleanup Destroy"},
};

static void start_fails(int role)
{
    for (size_t i = 0; i < sizeof(at_start) / sizeof(*at_start); i++) {
        const struct fault *fault = &at_start[i];
        char wanted[300];
        fxtoy.fails[role][fault->callback] = FAILURE;
        fx_forget();
        fx_plug(1);
        assert_false(is_started(fx_name(1)));
        fxtoy.fails[role][fault->callback] = 0;
        fx_unplug(1);
        snprintf(wanted, sizeof(wanted), "%s%s",
                 role == FXTOY_FUNCTION ? "RemoveRequirements AddRequirements RemoveAdded "
                                        : "Add ",
                 fault->does);
        fx_expect(role, role == FXTOY_FUNCTION ? 1 : -1, wanted);
        assert_int_equal(fxtoy.d0, 0);
        assert_int_equal(fxtoy.devices, 1);
    }
}

static void function_start(void **state)
{
    (void)state;
    start_fails(FXTOY_FUNCTION);
}

static void filter_start(void **state)
{
    (void)state;
    start_fails(FXTOY_FILTER);
}

/* What a bus's child does when its own start fails and it is still there, then is not. */
static void child_start(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(at_start) / sizeof(*at_start); i++) {
        fxtoy.fails[FXTOY_CHILD][at_start[i].callback] = FAILURE;
        fx_forget();
        fx_plug(1);
        assert_false(is_started(fx_name(1)));
        function_did("RemoveRequirements AddRequirements RemoveAdded Cleanup Destroy");
        fxtoy.fails[FXTOY_CHILD][at_start[i].callback] = 0;
        fx_unplug(1);
        assert_true(fx_place(FXTOY_CHILD, FXTOY_ReleaseHardware, 1) > 0);
        assert_true(fx_place(FXTOY_CHILD, FXTOY_Missing, 1) > 0);
        assert_int_equal(fxtoy.devices, 1);
    }
}

static void add_fails(void **state)
{
    (void)state;
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_Add] = FAILURE;
    fx_plug(1);
    assert_false(is_started(fx_name(1)));
    fx_unplug(1);
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_Add] = 0;
    fxtoy.fails[FXTOY_CHILD][FXTOY_Add] = FAILURE;
    fx_plug(1);
    assert_int_equal(fxtoy.devices, 1);
    fx_unplug(1);
    fxtoy.fails[FXTOY_CHILD][FXTOY_Add] = 0;
    fx_plug(1);
    assert_true(is_started(fx_name(1)));
}

/* A stop or removal is carried through whatever fails in it. */
static void removal_fails(void **state)
{
    static const int callbacks[] = {FXTOY_SelfSuspend, FXTOY_PreInterrupts, FXTOY_D0Exit,
                                    FXTOY_ReleaseHardware};
    struct pnp_veto veto;
    (void)state;
    for (size_t i = 0; i < sizeof(callbacks) / sizeof(*callbacks); i++) {
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = FAILURE;
        fx_plug(1);
        fx_forget();
        if (i % 2 == 0) {
            fx_unplug(1);
            function_did("Surprise " STOPS " " GOES);
        } else {
            struct device_node *child = node_get(fx_name(1));
            assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
            pnp_wait_idle();
            function_did("QueryRemove " STOPS " " GOES);
            assert_int_equal(pnp_device_enable(child), STATUS_SUCCESS);
            pnp_node_put(child);
            fx_unplug(1);
        }
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = 0;
    }
}

/* A stop for other resources that fails: the device is taken out. */
static void stop_fails(void **state)
{
    (void)state;
    fx_plug(1);
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_D0Exit] = FAILURE;
    fx_forget();
    (void)fx_pnp(1, IRP_MN_STOP_DEVICE);
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_D0Exit] = 0;
    pnp_wait_idle();
    fx_unplug(1);
    assert_non_null(strstr(fx_journal(FXTOY_FUNCTION, 1), STOPS));
    assert_int_equal(fxtoy.devices, 1);
}

/* The start after a stop fails, at each of its callbacks. */
static void restart_fails(void **state)
{
    static const int callbacks[] = {FXTOY_PrepareHardware, FXTOY_D0Entry, FXTOY_PostInterrupts,
                                    FXTOY_SelfRestart};
    (void)state;
    for (size_t i = 0; i < sizeof(callbacks) / sizeof(*callbacks); i++) {
        fx_plug(1);
        assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
        assert_int_equal(fx_pnp(1, IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = FAILURE;
        assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), FAILURE);
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = 0;
        fx_unplug(1);
        assert_int_equal(fxtoy.devices, 1);
        assert_int_equal(fxtoy.d0, 0);
    }
}

/* A device that went down or up and failed is taken out; its bus finds it again. */
static void back_again(void)
{
    fx_wait_gone();
    do
        pnp_wait_idle();
    while (!is_started(fx_name(1)));
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_ReleaseHardware, 1) > 0);
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_SelfFlush, 1) > 0);
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_SelfCleanup, 1) > 0);
    fx_unplug(1);
    assert_int_equal(fxtoy.devices, 1);
    assert_int_equal(fxtoy.d0, 0);
}

static const int on_the_way_up[] = {FXTOY_D0Entry, FXTOY_PostInterrupts, FXTOY_SelfRestart};

static void system_wake_fails(void **state)
{
    struct po_refusal refusal;
    (void)state;
    fxtoy.fails_once = 1;
    for (size_t i = 0; i < sizeof(on_the_way_up) / sizeof(*on_the_way_up); i++) {
        fx_plug(1);
        assert_int_equal(po_sleep(PowerSystemSleeping3, &refusal), STATUS_SUCCESS);
        fxtoy.fails[FXTOY_FUNCTION][on_the_way_up[i]] = FAILURE;
        fx_forget();
        KeClearEvent(&gone_event);
        assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
        back_again();
    }
}

static void idle_down_fails(void **state)
{
    static const int callbacks[] = {FXTOY_SelfSuspend, FXTOY_PreInterrupts, FXTOY_D0Exit};
    (void)state;
    fxtoy.fails_once = 1;
    fxtoy.idle_ms = 1;
    for (size_t i = 0; i < sizeof(callbacks) / sizeof(*callbacks); i++) {
        fxtoy.idles = 1;
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = FAILURE;
        fx_forget();
        KeClearEvent(&gone_event);
        KeClearEvent(&entry_event);
        fxtoy.present[0] = 1;
        (void)fx_command(0, FXTOY_SCAN, 0);
        fx_wait(&entry_event);
        fxtoy.idles = 0; /* not again when it is back */
        back_again();
    }
}

static void idle_up_fails(void **state)
{
    (void)state;
    fxtoy.fails_once = 1;
    fxtoy.idle_ms = 1;
    for (size_t i = 0; i < sizeof(on_the_way_up) / sizeof(*on_the_way_up); i++) {
        fxtoy.idles = 1;
        KeClearEvent(&exit_event);
        fx_plug(1);
        fx_wait(&exit_event);
        fxtoy.idles = 0;
        fxtoy.fails[FXTOY_FUNCTION][on_the_way_up[i]] = FAILURE;
        KeClearEvent(&gone_event);
        fx_forget();
        assert_int_equal(fx_command(1, FXTOY_STOP_IDLE, 0), STATUS_POWER_STATE_INVALID);
        back_again();
    }
}

FX_ROWS_TEST(fault)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(function_start), FX_TEST(filter_start),        FX_TEST(child_start),
        FX_TEST(add_fails),      FX_TEST(removal_fails),       FX_TEST(stop_fails),
        FX_TEST(restart_fails),  FX_TEST(system_wake_fails),   FX_TEST(idle_down_fails),
        FX_TEST(idle_up_fails),  cmocka_unit_test(fault_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
