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
    bus = fx_bus_begin(state);
    fx_gates_install();
    fx_forget();
    fxtoy.fails_once = 1;
    fxtoy.idle_ms = 1;
    return 0;
}

static int end(void **state)
{
    return fx_bus_end(state, bus);
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

/* ---- unusual moments ------------------------------------------------------------------------ */

static void again(void **state)
{
    out();
    assert_int_equal(end(state), 0);
    (void)begin(state);
}

/* The device goes down; the power IRP is kept below it. */
static void down_and_kept(int idles)
{
    fxtoy.idles = idles;
    fx_gate(FXTOY_BELOW, FXTOY_KEEP, IRP_MJ_POWER, IRP_MN_SET_POWER,
            idles == 1 ? PowerDeviceD3 : PowerDeviceD2);
    plug_begin();
    fx_wait(&kept_event);
}

static void waits_until_down(void **state)
{
    struct fx_irp sleep;
    down_and_kept(1);
    (void)fx_command(1, FXTOY_STOP_IDLE_NO_WAIT, 0);
    fx_row_wait("policy: (any), IoPresent: (later)");
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_row_wait("policy: (any), Settings: (later)");
    fx_system_begin(&sleep, 1, PowerSystemSleeping3);
    fx_row_wait("policy: (any), Sx: (later)");
    fx_gate_pass(FXTOY_BELOW);
    assert_int_equal(fx_irp_wait(&sleep), STATUS_SUCCESS);
    fx_row_wait("policy: SleepingNoWakeCompletePowerDown, PowerDown: SystemAsleepNoWake");
    assert_int_equal(fx_system(1, PowerSystemWorking), STATUS_SUCCESS);
    again(state);
    down_and_kept(1);
    fxtoy.present[0] = 0;
    (void)fx_command(0, FXTOY_SCAN, 0);
    fx_row_wait("policy: (any), Stop: (later)");
    fx_gate_pass(FXTOY_BELOW);
    again(state);
    down_and_kept(2);
    assert_int_equal(fx_bus_wake(1), STATUS_SUCCESS);
    fx_row_wait("policy: (any), WakeSucceeded: (later)");
    fx_gate_pass(FXTOY_BELOW);
    fx_row_wait("policy: WaitingArmed, WakeSucceeded: WokeFromS0");
    again(state);
    down_and_kept(2);
    assert_int_equal(fx_bus_wake_with(1, STATUS_UNSUCCESSFUL), STATUS_SUCCESS);
    fx_row_wait("policy: (any), WakeGone: (later)");
    fx_gate_pass(FXTOY_BELOW);
    fx_row_wait("policy: WaitingArmed, WakeGone: IoPresentArmedWakeCanceled");
    out();
}

/* From D0, where the device may idle and has not yet. */
static void before_it_idles(void **state)
{
    fx_plug(1);
    assert_int_equal(fx_system(1, PowerSystemWorking), STATUS_SUCCESS);
    fx_row_wait("policy: (any), S0: (ignored)");
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_row_wait("policy: Started, Settings: StartingDecideS0Wake");
    for (int idles = 1; idles <= 2; idles++) {
        again(state);
        fxtoy.idles = idles;
        fxtoy.idle_ms = LONG_IDLE;
        fx_moment(FXTOY_IN_CALLBACK, NULL, FXTOY_D0Entry, FXTOY_STOP_IDLE_NO_WAIT, 0);
        fx_plug(1);
        (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
        assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
        fx_row_wait("policy: StartedCancelTimer, Done: StartingDecideS0Wake");
        fx_row_wait(idles == 1 ? "policy: StartedIdleCapable, IoPresent: (ignored)"
                               : "policy: StartedWakeCapable, IoPresent: (ignored)");
        fx_policy_wait(1, idles == 1 ? "StartedIdleCapable" : "StartedWakeCapable");
        assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
        assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
        fx_row_wait("policy: SystemAsleepNoWake, Sx: (ignored)");
        assert_int_equal(fx_system(1, PowerSystemWorking), STATUS_SUCCESS);
        if (idles == 1) /* nobody needs it: it stays down */
            fx_row_wait("policy: SystemWakeQueryIdle, Done: WaitingUnarmed");
        else
            fx_policy_wait(1, "StartedWakeCapable");
    }
    out();
    fx_row_wait("policy: StartedWakeCapable, Stop: StoppingCancelTimer");
}

/* The need for the device changes just when it is asked for. */
static void needed_or_not(void **state)
{
    static const char *const to_idle[] = {"IdleCapableDeviceIdle", "WakeCapableDeviceIdle"};
    static const char *const to_ask[] = {"WaitingUnarmedQueryIdle", "WaitingArmedQueryIdle"};
    char row[120];
    for (int idles = 1; idles <= 2; idles++) {
        fxtoy.idles = idles;
        fx_moment(FXTOY_IN_POLICY, to_idle[idles - 1], 0, FXTOY_STOP_IDLE_NO_WAIT, 0);
        plug_begin();
        snprintf(row, sizeof(row), "policy: %s, No: DeviceIdleReturnToActive", to_idle[idles - 1]);
        fx_row_wait(row);
        (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
        again(state);
        fxtoy.idles = idles;
        fx_moment(FXTOY_IN_POLICY, to_ask[idles - 1], 0, FXTOY_RESUME_IDLE, 0);
        fx_plug(1);
        rest(idles);
        (void)fx_command(1, FXTOY_STOP_IDLE_NO_WAIT, 0);
        snprintf(row, sizeof(row), "policy: %s, No: %s", to_ask[idles - 1],
                 idles == 1 ? "WaitingUnarmed" : "WaitingArmed");
        fx_row_wait(row);
        again(state);
    }
    /* The time is up after a sleep has begun. */
    fxtoy.idles = 1;
    fx_moment(FXTOY_IN_POLICY, "StartedIdleCapableCancelTimerForSleep", 0, FXTOY_RESUME_IDLE, 0);
    fx_moment(FXTOY_IN_POLICY, "StartedIdleCapableCancelTimerForSleep", 0, FXTOY_EXPIRES, 0);
    fx_plug(1);
    assert_int_equal(fx_command(1, FXTOY_STOP_IDLE, 0), STATUS_SUCCESS);
    fx_policy_wait(1, "StartedIdleCapable");
    assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
    fx_row_wait("policy: (any), Idle: (ignored)");
    assert_int_equal(fx_system(1, PowerSystemWorking), STATUS_SUCCESS);
    out();
}

/* The wait for a wake signal ends before it has begun. */
static void no_wait(void **state)
{
    for (int i = 0; i < 4; i++) {
        bool comes = i % 2 != 0;
        if (i != 0)
            again(state);
        fx_gate_wake(FXTOY_FAIL);
        if (comes)
            fxtoy.gates[FXTOY_BELOW].status = STATUS_SUCCESS;
        fxtoy.idles = i < 2 ? 2 : 0;
        fxtoy.wakes_system = i >= 2;
        if (i < 2) {
            plug_begin();
            fx_row_wait(comes ? "policy: TimerExpiredWakeCapableWakeSucceeded, Done: "
                                "TimerExpiredWakeCompletedPowerDown"
                              : "policy: TimerExpiredWakeCapableWakeFailed, Done: "
                                "TimerExpiredWakeCompletedPowerDown");
        } else {
            fx_plug(1);
            assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
            fx_row_wait(comes ? "policy: SleepingSendWake, WakeSucceeded: SleepingWakeRevertArmWake"
                              : "policy: SleepingSendWake, WakeGone: SleepingWakeRevertArmWake");
        }
        fx_row_wait("policy: (any), WakeArrived: (ignored)");
    }
    again(state);
    /* Not armed, and it does not come back up. */
    fxtoy.idles = 2;
    fx_moment(FXTOY_IN_CALLBACK, NULL, FXTOY_SelfSuspend, FXTOY_HOLD, 0);
    plug_begin();
    fx_held();
    FAILS(ArmS0);
    FAILS(D0Entry);
    fx_go();
    fx_row_wait(
        "policy: TimerExpiredWakeCompletedPowerUp, PowerUpFailed: DeviceD0PowerRequestFailed");
    out();
}

static void armed(void **state)
{
    fxtoy.idles = 2;
    fx_plug(1);
    rest(2);
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_row_wait("policy: WaitingArmed, Settings: IoPresentArmed");
    again(state);
    fxtoy.idles = 2;
    fx_gate_wake(FXTOY_CANCELED);
    fxtoy.gates[FXTOY_BELOW].status = STATUS_SUCCESS;
    fx_plug(1);
    rest(2);
    fx_unplug(1);
    fx_row_wait("policy: StoppingCancelWake, WakeSucceeded: Stopping");
    again(state);
    /* Taken out while the system sleeps: armed, woken, or not armed. */
    for (int i = 0; i < 3; i++) {
        fxtoy.wakes_system = i != 2;
        fx_plug(1);
        assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
        if (i != 2) {
            assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
            fx_row_wait("policy: SystemAsleepWakeArmed, Sx: (ignored)");
        }
        if (i == 1) {
            assert_int_equal(fx_bus_wake(1), STATUS_SUCCESS);
            fx_row_wait(
                "policy: SystemAsleepWakeArmed, WakeSucceeded: SystemWakeDeviceWakeTriggered");
            assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
            fx_row_wait("policy: SystemWakeDeviceWakeTriggered, Sx: (ignored)");
        }
        out();
    }
    fx_row_wait("policy: SystemAsleepWakeArmed, Stop: StoppingCancelWake");
    fx_row_wait("policy: SystemWakeDeviceWakeTriggered, Stop: Stopping");
    fx_row_wait("policy: SystemAsleepNoWake, Stop: Stopping");
}

/* ---- a device that is not started, or has failed -------------------------------------------- */

static void not_started(void **state)
{
    struct fx_irp sleep;
    /* Its start waits above it; then fails in it, while somebody needs it and the system sleeps. */
    fx_gate(FXTOY_ABOVE, FXTOY_KEEP, IRP_MJ_PNP, IRP_MN_START_DEVICE, 0);
    plug_begin();
    fx_wait(&kept_event);
    assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
    fx_row_wait("policy: ObjectCreated, Sx: (ignored)");
    fx_gate_pass(FXTOY_ABOVE);
    again(state);
    fx_moment(FXTOY_IN_CALLBACK, NULL, FXTOY_D0Entry, FXTOY_STOP_IDLE_NO_WAIT, 0);
    fx_moment(FXTOY_IN_CALLBACK, NULL, FXTOY_D0Entry, FXTOY_HOLD, 0);
    FAILS(D0Entry);
    plug_begin();
    fx_held();
    fx_system_begin(&sleep, 1, PowerSystemSleeping3);
    fx_go();
    assert_int_equal(fx_irp_wait(&sleep), STATUS_SUCCESS);
    fx_row_wait("policy: StartingFailed, IoPresent: (ignored)");
    fx_row_wait("policy: StartingFailed, Sx: (ignored)");
    again(state);
    fx_plug(1);
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
    (void)fx_command(1, FXTOY_STOP_IDLE_NO_WAIT, 0);
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_row_wait("policy: Stopped, Sx: (ignored)");
    fx_row_wait("policy: Stopped, IoPresent: (ignored)");
    fx_row_wait("policy: Stopped, Settings: (ignored)");
    (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
    assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), STATUS_SUCCESS);
    out();
}

/* A bus's child that owns its power policy, never started and removed. */
static void child_not_started(void **state)
{
    static const char *const states[] = {"ObjectCreated", "Removed"};
    struct pnp_veto veto;
    struct device_node *child;
    char row[80];
    (void)state;
    fxtoy.child_is_owner = 1;
    fxtoy.is_not_owner = 1;
    fx_device_disable_next(1);
    fx_plug(1);
    child = node_get(fx_name(1));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
        snprintf(row, sizeof(row), "policy: %s, Sx: (ignored)", states[i]);
        fx_row_wait(row);
        fxtoy.on_child = 1;
        (void)fx_command(0, FXTOY_STOP_IDLE_NO_WAIT, 0);
        snprintf(row, sizeof(row), "policy: %s, IoPresent: (ignored)", states[i]);
        fx_row_wait(row);
        (void)fx_command(0, FXTOY_RESUME_IDLE, 0);
        assert_int_equal(fx_command(0, FXTOY_IDLE, 0), STATUS_SUCCESS);
        snprintf(row, sizeof(row), "policy: %s, Settings: (ignored)", states[i]);
        fx_row_wait(row);
        fxtoy.on_child = 0;
        if (i == 0) {
            assert_int_equal(pnp_device_enable(child), STATUS_SUCCESS);
            pnp_wait_idle();
            assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
            pnp_wait_idle();
        }
    }
    pnp_node_put(child);
    out();
}

/* It fails while a removal is asked for: Plug and Play hears of it when that is answered. */
static void failed_and_asked(void **state)
{
    struct pending_read read;
    void *file;
    (void)state;
    fx_plug(1);
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_REMOVE_DEVICE), STATUS_SUCCESS);
    FAILS(D0Exit);
    (void)fx_system(1, PowerSystemSleeping3);
    fx_row_wait("pnp: (any), PowerFailed: (later)");
    assert_int_equal(fx_system(1, PowerSystemSleeping3), STATUS_SUCCESS);
    file = toy_open(fx_name(1), NULL);
    assert_non_null(file);
    toy_read(file, &read);
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_row_wait("policy: DevicePowerRequestFailed, Sx: (ignored)");
    fx_row_wait("policy: DevicePowerRequestFailed, IoPresent: (ignored)");
    fx_row_wait("policy: DevicePowerRequestFailed, Settings: (ignored)");
    assert_int_equal(fx_pnp(1, IRP_MN_CANCEL_REMOVE_DEVICE), STATUS_SUCCESS);
    toy_close(file);
    out();
    assert_false(NT_SUCCESS(toy_read_wait(&read)));
}

/* A question brings the device back to D0 first, or does not. */
static void asked_while_idle(void **state)
{
    static const UCHAR questions[] = {IRP_MN_QUERY_STOP_DEVICE, IRP_MN_QUERY_REMOVE_DEVICE};
    for (int i = 0; i < 4; i++) {
        if (i != 0)
            again(state);
        fxtoy.idles = 1;
        fx_plug(1);
        rest(1);
        if (i >= 2)
            FAILS(D0Entry);
        (void)fx_pnp(1, questions[i % 2]);
        if (i < 2)
            assert_int_equal(
                fx_pnp(1, i == 0 ? IRP_MN_CANCEL_STOP_DEVICE : IRP_MN_CANCEL_REMOVE_DEVICE),
                STATUS_SUCCESS);
    }
    out();
}

FX_ROWS_TEST(policy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(working),
        FX_TEST(sleeping),
        FX_TEST(idle_and_sleeping),
        FX_TEST(waits_until_down),
        FX_TEST(before_it_idles),
        FX_TEST(needed_or_not),
        FX_TEST(no_wait),
        FX_TEST(armed),
        FX_TEST(not_started),
        FX_TEST(child_not_started),
        FX_TEST(failed_and_asked),
        FX_TEST(asked_while_idle),
        cmocka_unit_test(policy_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
