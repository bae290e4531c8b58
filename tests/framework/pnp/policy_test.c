/* SPDX-License-Identifier: MIT */
/* policy_test.c - the power policy of a device of the Framework when something goes wrong, or comes
 * at an unusual moment: requests for power that fail on their way, wake signals that come while
 * they are cancelled, stops and sleeps in the middle of a transition.
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
    fxtoy.idle_ms = 1;
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
    return fx_machine_stop(state);
}

#define FAILS(callback) (fxtoy.fails[FXTOY_FUNCTION][FXTOY_##callback] = FAILURE)

/* Reported by its bus; what its driver does then is not waited for. */
static void plug_begin(void)
{
    fxtoy.present[0] = 1;
    (void)fx_command(0, FXTOY_SCAN, 0);
}

static void out(void)
{
    pnp_wait_idle();
    fx_unplug(1);
    fx_devices_wait(1);
    assert_int_equal(fxtoy.d0, 0);
}

/* ---- failures ------------------------------------------------------------------------------- */

enum when { FALLS, COMES, WAKES, SLEEPS, SLEEPS_IDLE, RISES };

#define AT(where, how, to) {FXTOY_##where, FXTOY_##how, PowerDevice##to}

struct failure {
    const char *row; /* that must be walked */
    enum when when;
    int idles, wakes_system;
    int arming, callback; /* the function's, that fail; 0: none */
    struct {
        int place, what, state;
    } gate;          /* what becomes of a device power IRP */
    bool wake_comes; /* just when the wait for it is cancelled */
};

/* The device idles; it comes back because it is used; its wake signal comes. */
static const struct failure while_working[] = {
    {"policy: TimerExpiredNoWake, RequestFailed: DevicePowerRequestFailed", FALLS, .idles = 1,
     .gate = AT(ABOVE, FAIL, D3)},
    {"policy: TimerExpiredNoWakeCompletePowerDown, RequestFailed: DevicePowerRequestFailed", FALLS,
     .idles = 1, .gate = AT(BELOW, FAIL, D3)},
    {"policy: TimerExpiredWakeCapablePowerDown, RequestFailed: DevicePowerRequestFailed", FALLS,
     .idles = 2, .gate = AT(ABOVE, FAIL, D2)},
    {"policy: TimerExpiredWakeCapablePowerDownFailedCancelWake, WakeGone: "
     "TimerExpiredWakeCapablePowerDownFailedWakeCanceled",
     FALLS, .idles = 2, .gate = AT(BELOW, FAIL, D2)},
    {"policy: TimerExpiredWakeCapableWakeArrived, PowerDownFailed: "
     "TimerExpiredWakeCapablePowerDownFailedCancelWake",
     FALLS, .idles = 2, .callback = FXTOY_D0Exit},
    {"policy: TimerExpiredWakeCapablePowerDownFailedCancelWake, WakeSucceeded: "
     "TimerExpiredWakeCapablePowerDownFailedWakeCanceled",
     FALLS, .idles = 2, .callback = FXTOY_D0Exit, .wake_comes = true},
    {"policy: TimerExpiredWakeCompletedPowerDown, PowerDownFailed: DevicePowerRequestFailed", FALLS,
     .idles = 2, .arming = FXTOY_ArmS0, .callback = FXTOY_D0Exit},
    {"policy: TimerExpiredWakeCompletedPowerDown, RequestFailed: DevicePowerRequestFailed", FALLS,
     .idles = 2, .arming = FXTOY_ArmS0, .gate = AT(BELOW, FAIL, D2)},
    {"policy: TimerExpiredWakeCompletedPowerUp, RequestFailed: DeviceD0PowerRequestFailed", FALLS,
     .idles = 2, .arming = FXTOY_ArmS0, .gate = AT(ABOVE, FAIL, D0)},
    {"policy: TimerExpiredWakeCapableCancelWake, WakeSucceeded: "
     "TimerExpiredWakeCapableWakeCanceled",
     FALLS, .idles = 2, .arming = FXTOY_ArmS0, .wake_comes = true},
    {"policy: S0NoWakePowerUp, RequestFailed: DeviceD0PowerRequestFailed", COMES, .idles = 1,
     .gate = AT(ABOVE, FAIL, D0)},
    {"policy: S0NoWakeCompletePowerUp, RequestFailed: DeviceD0PowerRequestFailed", COMES,
     .idles = 1, .gate = AT(ABOVE, FAIL_AFTER, D0)},
    {"policy: IoPresentArmedWakeCanceled, PowerUpFailed: DeviceD0PowerRequestFailed", COMES,
     .idles = 2, .callback = FXTOY_D0Entry},
    {"policy: IoPresentArmedWakeCanceled, RequestFailed: DeviceD0PowerRequestFailed", COMES,
     .idles = 2, .gate = AT(ABOVE, FAIL, D0)},
    {"policy: S0WakeCompletePowerUp, PowerUpFailed: DeviceD0PowerRequestFailed", COMES, .idles = 2,
     .callback = FXTOY_SelfRestart},
    {"policy: S0WakeCompletePowerUp, RequestFailed: DeviceD0PowerRequestFailed", COMES, .idles = 2,
     .gate = AT(ABOVE, FAIL_AFTER, D0)},
    {"policy: IoPresentArmed, WakeSucceeded: WokeFromS0", COMES, .idles = 2, .wake_comes = true},
    {"policy: WokeFromS0, PowerUpFailed: DeviceD0PowerRequestFailed", WAKES, .idles = 2,
     .callback = FXTOY_D0Entry},
    {"policy: WokeFromS0, RequestFailed: DeviceD0PowerRequestFailed", WAKES, .idles = 2,
     .gate = AT(ABOVE, FAIL, D0)},
};

/* The system sleeps and comes back. */
static const struct failure while_sleeping[] = {
    {"policy: SleepingNoWakePowerDown, RequestFailed: SleepingNoWakeDxRequestFailed", SLEEPS,
     .gate = AT(ABOVE, FAIL, D3)},
    {"policy: SleepingNoWakeCompletePowerDown, PowerDownFailed: SleepingNoWakeDxRequestFailed",
     SLEEPS, .callback = FXTOY_D0Exit},
    {"policy: SleepingNoWakeCompletePowerDown, RequestFailed: SleepingNoWakeDxRequestFailed",
     SLEEPS, .gate = AT(BELOW, FAIL, D3)},
    {"policy: SystemWakeDeviceToD0, RequestFailed: SystemWakeDeviceD0PowerRequestFailed", RISES,
     .gate = AT(ABOVE, FAIL, D0)},
    {"policy: SystemWakeDeviceToD0CompletePowerUp, RequestFailed: "
     "SystemWakeDeviceD0PowerRequestFailed",
     RISES, .gate = AT(ABOVE, FAIL_AFTER, D0)},
    {"policy: SleepingWakePowerDown, RequestFailed: SleepingNoWakeDxRequestFailed", SLEEPS,
     .wakes_system = 1, .gate = AT(ABOVE, FAIL, D2)},
    {"policy: SleepingWakeWakeArrived, RequestFailed: SleepingWakePowerDownFailed", SLEEPS,
     .wakes_system = 1, .gate = AT(BELOW, FAIL, D2)},
    {"policy: SleepingWakePowerDownFailed, WakeGone: SleepingWakePowerDownFailedWakeCanceled",
     SLEEPS, .wakes_system = 1, .callback = FXTOY_D0Exit},
    {"policy: SleepingWakePowerDownFailed, WakeSucceeded: SleepingWakePowerDownFailedWakeCanceled",
     SLEEPS, .wakes_system = 1, .callback = FXTOY_D0Exit, .wake_comes = true},
    {"policy: SleepingWakeCancelWake, WakeSucceeded: SleepingWakeRevertArmWake", SLEEPS,
     .wakes_system = 1, .arming = FXTOY_ArmSx, .wake_comes = true},
    {"policy: SystemWakeDeviceWakeEnabled, WakeSucceeded: SystemWakeDeviceWakeTriggeredS0", RISES,
     .wakes_system = 1, .wake_comes = true},
    {"policy: SystemWakeDeviceWakeEnabledWakeCanceled, PowerUpFailed: "
     "SystemWakeDevicePowerRequestFailed",
     RISES, .wakes_system = 1, .callback = FXTOY_D0Entry},
    {"policy: SystemWakeDeviceWakeEnabledWakeCanceled, RequestFailed: "
     "SystemWakeDeviceD0PowerRequestFailed",
     RISES, .wakes_system = 1, .gate = AT(ABOVE, FAIL, D0)},
    {"policy: SystemWakeDeviceWakeTriggeredS0, PowerUpFailed: SystemWakeDevicePowerRequestFailed",
     RISES, .wakes_system = 1, .wake_comes = true, .callback = FXTOY_D0Entry},
    {"policy: SystemWakeDeviceWakeTriggeredS0, RequestFailed: "
     "SystemWakeDeviceD0PowerRequestFailed",
     RISES, .wakes_system = 1, .wake_comes = true, .gate = AT(ABOVE, FAIL, D0)},
    {"policy: SystemWakeDeviceWakeCompletePowerUp, PowerUpFailed: "
     "SystemWakeDevicePowerRequestFailed",
     RISES, .wakes_system = 1, .callback = FXTOY_SelfRestart},
    {"policy: SystemWakeDeviceWakeCompletePowerUp, RequestFailed: "
     "SystemWakeDeviceD0PowerRequestFailed",
     RISES, .wakes_system = 1, .gate = AT(ABOVE, FAIL_AFTER, D0)},
};

/* It idles when the system is to sleep, and must come up to be armed. */
static const struct failure while_idle_and_sleeping[] = {
    {"policy: SystemSleepNeedWake, PowerUpFailed: PowerUpForSystemSleepFailed", SLEEPS_IDLE,
     .idles = 1, .wakes_system = 1, .callback = FXTOY_D0Entry},
    {"policy: SystemSleepNeedWake, RequestFailed: PowerUpForSystemSleepFailed", SLEEPS_IDLE,
     .idles = 1, .wakes_system = 1, .gate = AT(ABOVE, FAIL, D0)},
    {"policy: SystemSleepNeedWakeCompletePowerUp, PowerUpFailed: PowerUpForSystemSleepFailed",
     SLEEPS_IDLE, .idles = 1, .wakes_system = 1, .callback = FXTOY_SelfRestart},
    {"policy: SystemSleepNeedWakeCompletePowerUp, RequestFailed: PowerUpForSystemSleepFailed",
     SLEEPS_IDLE, .idles = 1, .wakes_system = 1, .gate = AT(ABOVE, FAIL_AFTER, D0)},
    {"policy: CancelingWakeForSystemSleepWakeCanceled, PowerUpFailed: PowerUpForSystemSleepFailed",
     SLEEPS_IDLE, .idles = 2, .callback = FXTOY_D0Entry},
    {"policy: CancelingWakeForSystemSleepWakeCanceled, RequestFailed: PowerUpForSystemSleepFailed",
     SLEEPS_IDLE, .idles = 2, .gate = AT(ABOVE, FAIL, D0)},
    {"policy: DisarmingWakeForSystemSleepCompletePowerUp, PowerUpFailed: "
     "PowerUpForSystemSleepFailed",
     SLEEPS_IDLE, .idles = 2, .callback = FXTOY_SelfRestart},
    {"policy: DisarmingWakeForSystemSleepCompletePowerUp, RequestFailed: "
     "PowerUpForSystemSleepFailed",
     SLEEPS_IDLE, .idles = 2, .gate = AT(ABOVE, FAIL_AFTER, D0)},
    {"policy: CancelingWakeForSystemSleep, WakeSucceeded: CancelingWakeForSystemSleepWakeCanceled",
     SLEEPS_IDLE, .idles = 2, .wake_comes = true},
};

static void faults_set(const struct failure *failure)
{
    if (failure->callback != 0)
        fxtoy.fails[FXTOY_FUNCTION][failure->callback] = FAILURE;
    if (failure->arming != 0)
        fxtoy.fails[FXTOY_FUNCTION][failure->arming] = FAILURE;
    if (failure->gate.what != FXTOY_PASS)
        fx_gate((enum fxtoy_gate_place)failure->gate.place,
                (enum fxtoy_gate_what)failure->gate.what, IRP_MJ_POWER, IRP_MN_SET_POWER,
                failure->gate.state);
}

static void rest(int idles)
{
    fx_policy_wait(1, idles == 1 ? "WaitingUnarmed" : "WaitingArmed");
}

static void failure_run(const struct failure *failure)
{
    fxtoy.idles = failure->idles;
    fxtoy.wakes_system = failure->wakes_system;
    if (failure->wake_comes) {
        fx_gate_wake(FXTOY_CANCELED);
        fxtoy.gates[FXTOY_BELOW].status = STATUS_SUCCESS;
    }
    if (failure->when == FALLS) {
        faults_set(failure);
        plug_begin();
        fx_row_wait(failure->row);
        return;
    }
    fx_plug(1);
    if (failure->idles)
        rest(failure->idles);
    if (failure->when == RISES)
        assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
    faults_set(failure);
    if (failure->when == COMES)
        (void)fx_command(1, FXTOY_STOP_IDLE_NO_WAIT, 0);
    else if (failure->when == WAKES)
        assert_int_equal(fx_bus_wake(1), STATUS_SUCCESS);
    else
        (void)fx_system(1, failure->when == RISES ? PowerSystemWorking : PowerSystemSleeping3);
    fx_row_wait(failure->row);
}

/* Each on a machine of its own: a device that fails too often is not started again. */
static void failures_run(void **state, const struct failure *failures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i != 0) {
            assert_int_equal(end(state), 0);
            (void)begin(state);
        }
        failure_run(&failures[i]);
        out();
    }
}

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static void working(void **state)
{
    failures_run(state, while_working, COUNT(while_working));
}

static void sleeping(void **state)
{
    failures_run(state, while_sleeping, COUNT(while_sleeping));
}

static void idle_and_sleeping(void **state)
{
    failures_run(state, while_idle_and_sleeping, COUNT(while_idle_and_sleeping));
}

FX_ROWS_TEST(policy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(working),
        FX_TEST(sleeping),
        FX_TEST(idle_and_sleeping),
        cmocka_unit_test(policy_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
