/* SPDX-License-Identifier: MIT */
/* power_test.c - a device of the Framework while the system sleeps and while it idles: order of
 * callbacks, power-managed queues, wake signals, uses counted.
 */
#include "fxkit.h"

#include <stdio.h>

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

static void sleep_to(SYSTEM_POWER_STATE to)
{
    struct po_refusal refusal;
    assert_int_equal(po_sleep(to, &refusal), STATUS_SUCCESS);
}

/* D0 is reached after the system's request has ended. */
static void wake_up(void)
{
    struct po_refusal refusal;
    KeClearEvent(&entry_event);
    assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
    fx_wait(&entry_event);
}

/* A use that waits: the device has come to rest in D0 when it returns. */
static void settle(void)
{
    assert_int_equal(fx_command(1, FXTOY_STOP_IDLE, 0), STATUS_SUCCESS);
    (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
    int pnp, power, policy = 0;
    while (!fxtoy.idles && policy != 0x565) /* WdfDevStatePwrPolStarted */
        fx_states(1, &pnp, &power, &policy);
}

/* ---- the system sleeps ---------------------------------------------------------------------- */

static void sleeps(void **state)
{
    (void)state;
    fx_plug(1);
    for (SYSTEM_POWER_STATE to = PowerSystemSleeping1; to <= PowerSystemHibernate; to++) {
        fx_forget();
        sleep_to(to);
        function_did(DOWN);
        filter_did(DOWN);
        child_did(DOWN);
        assert_int_equal(fxtoy.target, 4); /* WdfPowerDeviceD3 */
        assert_int_equal(fxtoy.action,
                         to == PowerSystemHibernate ? PowerActionHibernate : PowerActionSleep);
        assert_true(fx_place(FXTOY_FILTER, FXTOY_D0Exit, -1) <
                    fx_place(FXTOY_FUNCTION, FXTOY_SelfSuspend, 1));
        assert_true(fx_place(FXTOY_FUNCTION, FXTOY_D0Exit, 1) <
                    fx_place(FXTOY_CHILD, FXTOY_SelfSuspend, 1));
        fx_forget();
        wake_up();
        settle();
        function_did(UP);
        child_did(UP);
        assert_int_equal(fxtoy.previous, 4);
        assert_true(fx_place(FXTOY_CHILD, FXTOY_SelfRestart, 1) <
                    fx_place(FXTOY_FUNCTION, FXTOY_D0Entry, 1));
        (void)fx_command(1, FXTOY_ACTION, -1);
        assert_int_equal(fxtoy.argument, PowerActionNone);
    }
}

static void sleeps_not_pageable_not_owner(void **state)
{
    (void)state;
    fxtoy.is_np = 1;
    fx_plug(1);
    sleep_to(PowerSystemSleeping3);
    wake_up();
    settle();
    fx_unplug(1);
    /* Nobody's policy: the device is not asked to go down. */
    fxtoy.is_not_owner = 1;
    struct po_refusal refusal;
    fx_plug(2);
    fx_forget();
    sleep_to(PowerSystemSleeping3);
    assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
    fx_expect(FXTOY_FUNCTION, 2, "");
    assert_int_equal(fx_command(2, FXTOY_STOP_IDLE_NO_WAIT, 0), STATUS_INVALID_DEVICE_STATE);
}

/* A device that its bus reports meanwhile waits until the system is back. */
static void plugged_while_asleep(void **state)
{
    struct po_refusal refusal;
    (void)state;
    sleep_to(PowerSystemSleeping3);
    fx_forget();
    fx_plug(1);
    assert_false(is_started(fx_name(1)));
    function_did("");
    assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_true(is_started(fx_name(1)));
}

/* A read that the driver keeps while the device goes down: each way to answer EvtIoStop. */
static void reads_over_sleep(void **state)
{
    static const NTSTATUS wanted[] = {STATUS_SUCCESS, STATUS_SUCCESS, STATUS_DEVICE_NOT_READY};
    (void)state;
    for (int how = FXTOY_ACKNOWLEDGE; how <= FXTOY_COMPLETE; how++) {
        struct pending_read read, late;
        void *file;
        fx_plug(1);
        file = toy_open(fx_name(1), NULL);
        assert_non_null(file);
        fxtoy.holds_reads = 1;
        fxtoy.stop_how = how;
        KeClearEvent(&read_event);
        toy_read(file, &read);
        fx_wait(&read_event);
        fx_forget();
        sleep_to(PowerSystemSleeping3);
        function_did("SelfSuspend IoStop PreInterrupts D0Exit");
        /* What comes meanwhile waits. */
        fxtoy.holds_reads = 0;
        toy_read(file, &late);
        assert_int_equal(fx_place(FXTOY_FUNCTION, FXTOY_Read, 1), -1);
        assert_int_equal(KeReadStateEvent(&late.done), 0);
        fx_forget();
        wake_up();
        assert_int_equal(toy_read_wait(&read), wanted[how]);
        assert_int_equal(toy_read_wait(&late), STATUS_SUCCESS);
        settle();
        assert_true(fx_place(FXTOY_FUNCTION, how == FXTOY_ACKNOWLEDGE ? FXTOY_IoResume : FXTOY_Read,
                             1) > fx_place(FXTOY_FUNCTION, FXTOY_PostInterrupts, 1));
        toy_close(file);
        fx_unplug(1);
    }
}

#define WAKES        1000u
#define WOKEN_ASLEEP "policy: SystemAsleepWakeArmed, WakeSucceeded: SystemWakeDeviceWakeTriggered"

/* The device and with it the system is woken by a signal that the bus has seen. */
static void woken_by_device(void)
{
    sleep_to(PowerSystemSleeping3);
    fx_forget();
    KeClearEvent(&entry_event);
    /* The bus hears the device while the system sleeps. */
    fx_bus_wake(1);
    fx_wait(&entry_event);
    pnp_wait_idle();
    settle();
    function_did("D0Entry PostInterrupts WokenSx DisarmSx SelfRestart");
    assert_int_equal(po_system_state(), PowerSystemWorking);
}

static void woken(void **state)
{
    (void)state;
    fxtoy.wakes_system = 1;
    fx_plug(1);
    fx_forget();
    sleep_to(PowerSystemSleeping3);
    function_did("SelfSuspend ArmSx PreInterrupts D0Exit");
    child_did("EnableWake " DOWN);
    assert_int_equal(fx_argument(FXTOY_CHILD, FXTOY_EnableWake, 1), PowerSystemSleeping3);
    assert_int_equal(fxtoy.target, 3); /* D2: as deep as it can wake from */
    fx_forget();
    wake_up(); /* by somebody else */
    settle();
    function_did("D0Entry PostInterrupts DisarmSx SelfRestart");
    child_did("DisableWake " UP);
    woken_by_device();
    /* The wake may be heard before or after the system's S0; both are right, this one is wanted. */
    for (unsigned i = 0; i < WAKES && !fx_row_is_walked(WOKEN_ASLEEP); i++)
        woken_by_device();
}

/* Arming fails: the device goes down without; a deeper sleep than the bus can wake from. */
static void not_armed(void **state)
{
    (void)state;
    fxtoy.wakes_system = 1;
    fx_plug(1);
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_ArmSx] = (int)STATUS_UNSUCCESSFUL;
    fx_forget();
    sleep_to(PowerSystemSleeping3);
    function_did("SelfSuspend ArmSx PreInterrupts D0Exit");
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_ArmSx] = 0;
    fx_forget();
    wake_up();
    settle();
    function_did(UP);
    fx_forget();
    sleep_to(PowerSystemHibernate);
    function_did(DOWN);
    wake_up();
    settle();
    fxtoy.fails[FXTOY_CHILD][FXTOY_EnableWake] = (int)STATUS_UNSUCCESSFUL;
    fx_forget();
    sleep_to(PowerSystemSleeping3);
    assert_int_equal(fxtoy.d0, 0);
    wake_up();
    settle();
    fx_unplug(1);
    /* The bus knows no signal: the driver is told so. */
    fxtoy.bus_cannot_wake = 1;
    fx_plug(2);
    assert_false(is_started(fx_name(2)));
}

/* ---- idle ----------------------------------------------------------------------------------- */

static void idle_begin(int how)
{
    fxtoy.idles = how;
    fxtoy.idle_ms = 1;
    KeClearEvent(&exit_event);
    fx_plug(1);
    fx_wait(&exit_event);
}

static void idles(void **state)
{
    struct pending_read read;
    void *file;
    (void)state;
    idle_begin(1);
    file = toy_open(fx_name(1), NULL);
    fx_forget();
    toy_read(file, &read); /* brings it back */
    assert_int_equal(toy_read_wait(&read), STATUS_SUCCESS);
    fx_wait(&exit_event);
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_Read, 1) >
                fx_place(FXTOY_FUNCTION, FXTOY_D0Entry, 1));
    assert_int_equal(fxtoy.action, PowerActionNone);
    /* Held reads keep it up. */
    fxtoy.holds_reads = 1;
    toy_read(file, &read);
    fx_wait(&read_event);
    assert_int_equal(fx_command(1, FXTOY_STOP_IDLE, 0), STATUS_SUCCESS);
    assert_int_equal(fxtoy.d0, 1);
    toy_close(file); /* the read is cancelled by nobody: it stays */
    (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
    fx_unplug(1);
    assert_int_equal(toy_read_wait(&read), STATUS_CANCELLED);
}

static void uses(void **state)
{
    (void)state;
    idle_begin(1);
    for (int i = 0; i < 20; i++) {
        NTSTATUS status = fx_command(1, FXTOY_STOP_IDLE_NO_WAIT, 0);
        assert_true(status == STATUS_PENDING || status == STATUS_SUCCESS);
        assert_int_equal(fx_command(1, FXTOY_STOP_IDLE, 0), STATUS_SUCCESS);
        assert_int_equal(fxtoy.d0, 1);
        KeClearEvent(&exit_event);
        (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
        assert_int_equal(fxtoy.d0, 1);
        (void)fx_command(1, FXTOY_RESUME_IDLE, 0);
        fx_wait(&exit_event);
    }
    /* No more idling, then again. */
    fxtoy.idles = 0;
    KeClearEvent(&entry_event);
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_wait(&entry_event);
    fxtoy.idles = 1;
    KeClearEvent(&exit_event);
    assert_int_equal(fx_command(1, FXTOY_IDLE, 0), STATUS_SUCCESS);
    fx_wait(&exit_event);
    /* Taken out while it idles: no callback of power again. */
    fx_idle_settle(1);
    fx_forget();
    fx_unplug(1);
    function_did("Surprise ReleaseHardware SelfFlush SelfCleanup Cleanup Destroy");
}

static void idle_removed_in_order(void **state)
{
    struct pnp_veto veto;
    struct device_node *child;
    (void)state;
    idle_begin(1);
    fx_idle_settle(1);
    child = node_get(fx_name(1));
    fx_forget();
    assert_int_equal(pnp_device_disable(child, &veto), STATUS_SUCCESS);
    pnp_wait_idle();
    function_did(UP " QueryRemove " STOPS " " GOES); /* it is asked in D0 */
    pnp_node_put(child);
}

static void idle_over_sleep(void **state)
{
    struct po_refusal refusal;
    (void)state;
    idle_begin(1);
    fx_idle_settle(1);
    fx_forget();
    sleep_to(PowerSystemSleeping3);
    assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
    pnp_wait_idle();
    function_did(""); /* stays where it was */
    settle();
    fx_unplug(1);
    fxtoy.power_up_on_wake = 1;
    idle_begin(1);
    fx_idle_settle(1);
    sleep_to(PowerSystemSleeping3);
    fx_forget();
    wake_up();
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_D0Entry, 1) >= 0);
    fx_unplug(1);
    /* To be armed for the system's sleep it must come up first. */
    fxtoy.power_up_on_wake = 0;
    fxtoy.wakes_system = 1;
    idle_begin(1);
    fx_idle_settle(1);
    fx_forget();
    sleep_to(PowerSystemSleeping3);
    function_did(UP " SelfSuspend ArmSx PreInterrupts D0Exit");
    wake_up();
    settle();
}

static void idle_wakes(void **state)
{
    (void)state;
    idle_begin(2);
    fx_idle_settle(1);
    assert_non_null(
        strstr(fx_journal(FXTOY_FUNCTION, 1), "SelfSuspend ArmS0 PreInterrupts D0Exit"));
    assert_non_null(strstr(fx_journal(FXTOY_CHILD, 1), "EnableWake " DOWN));
    assert_int_equal(fx_argument(FXTOY_CHILD, FXTOY_EnableWake, 1), PowerSystemWorking);
    fx_forget();
    KeClearEvent(&entry_event);
    KeClearEvent(&exit_event);
    assert_int_equal(fx_bus_wake(1), STATUS_SUCCESS);
    fx_wait(&entry_event);
    fx_wait(&exit_event); /* and idles again */
    assert_non_null(strstr(fx_journal(FXTOY_FUNCTION, 1),
                           "D0Entry PostInterrupts WokenS0 DisarmS0 SelfRestart"));
    fx_idle_settle(1);
    fx_forget();
    settle();
    assert_non_null(
        strstr(fx_journal(FXTOY_FUNCTION, 1), "D0Entry PostInterrupts DisarmS0 SelfRestart"));
    /* A signal that fails brings it up, too; then the system sleeps over it; then it goes. */
    fx_idle_settle(1);
    KeClearEvent(&entry_event);
    (void)fx_bus_wake_with(1, STATUS_UNSUCCESSFUL);
    fx_wait(&entry_event);
    fx_idle_settle(1);
    sleep_to(PowerSystemSleeping3);
    wake_up();
    fx_idle_settle(1);
    fx_unplug(1);
    /* Not armed: it comes back at once and goes on trying. */
    fxtoy.fails[FXTOY_FUNCTION][FXTOY_ArmS0] = (int)STATUS_UNSUCCESSFUL;
    fxtoy.fails_once = 1;
    idle_begin(2);
    fx_unplug(1);
    /* Words that the bus may not say. */
    fxtoy.idles = 0;
    fx_plug(1);
    assert_int_equal(fx_bus_wake(1), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(fx_bus_wake_with(1, STATUS_PENDING), STATUS_INVALID_PARAMETER);
}

FX_ROWS_TEST(power)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(sleeps),
        FX_TEST(sleeps_not_pageable_not_owner),
        FX_TEST(reads_over_sleep),
        FX_TEST(woken),
        FX_TEST(not_armed),
        FX_TEST(idles),
        FX_TEST(uses),
        FX_TEST(idle_removed_in_order),
        FX_TEST(idle_over_sleep),
        FX_TEST(idle_wakes),
        FX_TEST(plugged_while_asleep),
        cmocka_unit_test(power_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
