/* SPDX-License-Identifier: MIT */
/* managed_test.c - a device of the Framework whose idle time-out the system manages: registered
 * with the power framework, which says when it goes down and when it must come back.
 */
#include "fxkit.h"

#include <stdio.h>

#define LONG_IDLE 100000000 /* milliseconds: never in this test */
#define ASKED     "RemoveRequirements AddRequirements RemoveAdded "
#define RISES     "D0Entry PostInterrupts "

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

/* how: 1 without wake, 2 with wake. Plugged, and at rest. */
static void plug_and_sleep(int how)
{
    fxtoy.idles = how;
    fxtoy.managed = FXTOY_BY_SYSTEM;
    fx_plug(1);
    fx_policy_wait(1, how == 2 ? "WaitingArmed" : "WaitingUnarmed");
}

static const char *const idle_name[] = {"", "IdleCapable", "WakeCapable"};

static char row_name[160];

static const char *row(int how, const char *event, const char *next)
{
    snprintf(row_name, sizeof row_name, "policy: %sDeviceIdle, %s: %s", idle_name[how], event,
             next);
    return row_name;
}

static const char *idle_row(int how)
{
    snprintf(row_name, sizeof row_name, "policy: Started%s, Idle: %sDeviceIdle", idle_name[how],
             idle_name[how]);
    return row_name;
}

/* Its component has said that it is in F1. */
static void component_rests(void)
{
    int pnp, power, policy;
    while (fxtoy.f_state != 1)
        fx_states(1, &pnp, &power, &policy);
}

/* Plugged, and kept in D0 by a hint: only its component is idle. */
static void plug_and_hint(int how)
{
    fxtoy.idles = how;
    fxtoy.managed = FXTOY_BY_SYSTEM_WITH_HINT;
    fxtoy.idle_ms = LONG_IDLE;
    fxtoy.f_state = 0;
    fx_plug(1);
    component_rests();
    assert_int_equal(fxtoy.d0, 1);
}

static void read_now(void)
{
    struct pending_read read;
    void *file = toy_open(fx_name(1), NULL);
    assert_non_null(file);
    toy_read(file, &read);
    assert_int_equal(toy_read_wait(&read), STATUS_SUCCESS);
    toy_close(file);
}

/* A use, and no more of it. */
static void use(void)
{
    assert_int_equal(fx_command(1, FXTOY_STOP_IDLE, 0), STATUS_SUCCESS);
    (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
}

/* ---- the tests ------------------------------------------------------------------------------ */

static void order(void **state)
{
    (void)state;
    plug_and_sleep(1);
    function_did(ASKED STARTS " FxRegistered FxIdle FxState " DOWN);
    assert_int_equal(fx_argument(FXTOY_FUNCTION, FXTOY_FxState, 1), 1);
    fx_forget();
    use();
    fx_policy_wait(1, "WaitingUnarmed");
    function_did(RISES "FxState FxActive SelfRestart FxIdle FxState " DOWN);
    fx_forget();
    read_now();
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_FxActive, 1) <
                fx_place(FXTOY_FUNCTION, FXTOY_Read, 1));
    fx_policy_wait(1, "WaitingUnarmed");
    fx_forget();
    fx_unplug(1);
    function_did("Surprise ReleaseHardware SelfFlush FxUnregisters SelfCleanup Cleanup Destroy");
}

static void order_with_wake(void **state)
{
    (void)state;
    plug_and_sleep(2);
    fx_forget();
    use();
    fx_policy_wait(1, "WaitingArmed");
    function_did(RISES "DisarmS0 FxState FxActive SelfRestart FxIdle FxState "
                       "SelfSuspend ArmS0 PreInterrupts D0Exit");
    fx_forget();
    KeClearEvent(&exit_event);
    assert_int_equal(fx_bus_wake(1), STATUS_SUCCESS);
    fx_wait(&exit_event);
    fx_policy_wait(1, "WaitingArmed");
    function_did(RISES "WokenS0 DisarmS0 FxState FxActive SelfRestart FxIdle FxState "
                       "SelfSuspend ArmS0 PreInterrupts D0Exit");
}

/* A component that is idle while the device is in D0 is made active first. */
static void used_before_it_goes_down(void **state)
{
    (void)state;
    for (int how = 1; how <= 2; how++) {
        plug_and_hint(how);
        fx_forget();
        read_now();
        assert_true(fx_row_is_walked(row(how, "IoPresent", "DeviceIdleReturnToActive")));
        component_rests(); /* again: it was in F0 for the read */
        function_did("FxState FxActive Read FxIdle FxState");
        unsigned times = fx_row_count(idle_row(how));
        assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
        fx_row_wait(row(how, "Settings", "DeviceIdleReturnToActive"));
        fx_row_wait_more(idle_row(how), times);
        fx_forget();
        fx_unplug(1);
        fx_row_wait(row(how, "Stop", "DeviceIdleStopping"));
        assert_int_equal(fx_place(FXTOY_FUNCTION, FXTOY_D0Entry, 1), -1);
        assert_true(fx_place(FXTOY_FUNCTION, FXTOY_FxActive, 1) <
                    fx_place(FXTOY_FUNCTION, FXTOY_D0Exit, 1));
    }
}

/* The system makes the device usable before it asks, whether its component or all of it rests. */
static void system_sleeps(void **state)
{
    struct po_refusal refusal;
    (void)state;
    for (int how = 1; how <= 2; how++) {
        plug_and_hint(how);
        assert_int_equal(po_sleep(PowerSystemSleeping3, &refusal), STATUS_SUCCESS);
        fx_row_wait(row(how, "Sx", "DeviceIdleSleeping"));
        assert_int_equal(fxtoy.d0, 0);
        KeClearEvent(&entry_event);
        assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
        read_now();
        fx_unplug(1);

        plug_and_sleep(how);
        fx_forget();
        assert_int_equal(po_sleep(PowerSystemSleeping3, &refusal), STATUS_SUCCESS);
        fx_row_wait(how == 2 ? "policy: WaitingArmed, PowerRequired: WaitingArmedQueryIdle"
                             : "policy: WaitingUnarmed, PowerRequired: WaitingUnarmedQueryIdle");
        assert_true(fx_place(FXTOY_FUNCTION, FXTOY_FxActive, 1) >= 0);
        assert_int_equal(fxtoy.d0, 0);
        assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
        read_now();
        fx_unplug(1);
    }
}

static void stopped_and_started_again(void **state)
{
    (void)state;
    plug_and_sleep(1);
    fx_forget();
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), STATUS_SUCCESS);
    fx_policy_wait(1, "WaitingUnarmed");
    assert_int_equal(fx_place(FXTOY_FUNCTION, FXTOY_FxRegistered, 1), -1);
    read_now();
}

/* Nobody listens: the Framework answers the power framework itself. */
static void without_callbacks(void **state)
{
    (void)state;
    fxtoy.managed_how = FXTOY_NONE;
    plug_and_sleep(1);
    function_did(ASKED STARTS " " DOWN);
    read_now();
    fx_policy_wait(1, "WaitingUnarmed");
}

static void registration_refused(void **state)
{
    (void)state;
    fxtoy.idles = 1;
    fxtoy.managed = FXTOY_BY_SYSTEM;
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_FxRegistered] = (int)STATUS_UNSUCCESSFUL;
    fx_plug(1);
    assert_false(is_started(fx_name(1)));
    assert_int_equal(fx_place(FXTOY_FUNCTION, FXTOY_FxUnregisters, 1), -1);
    assert_int_equal(fxtoy.d0, 0);
}

static void settings(void **state)
{
    (void)state;
    plug_and_sleep(1);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_GOOD), STATUS_INVALID_DEVICE_REQUEST);
    fx_unplug(1);
    fxtoy.managed = FXTOY_BY_DRIVER;
    fxtoy.idles = 0;
    fx_plug(1);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_BAD_SIZE), STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_NO_STATES), STATUS_INVALID_PARAMETER);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_NO_CALLBACK), STATUS_INVALID_PARAMETER);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_GOOD), STATUS_SUCCESS);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_NONE), STATUS_SUCCESS);
    fx_unplug(1);
    fxtoy.is_not_owner = 1;
    fx_plug(1);
    assert_int_equal(fx_command(1, FXTOY_MANAGE, FXTOY_GOOD), STATUS_INVALID_DEVICE_REQUEST);
}

FX_ROWS_TEST(managed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(order),
        FX_TEST(order_with_wake),
        FX_TEST(used_before_it_goes_down),
        FX_TEST(system_sleeps),
        FX_TEST(stopped_and_started_again),
        FX_TEST(without_callbacks),
        FX_TEST(registration_refused),
        FX_TEST(settings),
        cmocka_unit_test(managed_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
