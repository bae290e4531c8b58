/* SPDX-License-Identifier: MIT */
/* irp_test.c - power IRPs that a device of the Framework did not ask for: to a function driver that
 * does not own its power policy, to the bus's child alone; and what fails between D0 and low power.
 */
#include "fxkit.h"

#include <stdio.h>

#define FAILURE ((int)STATUS_DEVICE_DATA_ERROR)

static struct device_node *bus;

static int begin(void **state)
{
    bus = fx_bus_begin(state);
    fx_gates_install();
    fx_forget();
    fxtoy.fails_once = 1;
    fxtoy.idle_ms = 1;
    fxtoy.is_not_owner = 1;
    return 0;
}

static int end(void **state)
{
    return fx_bus_end(state, bus);
}

#define FAILS(callback) (fxtoy.fails[FXTOY_FUNCTION][FXTOY_##callback] = FAILURE)

static void plug_begin(int present)
{
    fxtoy.present[0] = present;
    (void)fx_command(0, FXTOY_SCAN, 0);
}

static void out(void)
{
    pnp_wait_idle();
    fx_unplug(1);
    fx_devices_wait(1);
    assert_int_equal(fxtoy.d0, 0);
}

static void again(void **state)
{
    out();
    assert_int_equal(end(state), 0);
    (void)begin(state);
}

#define STACK_GOES(to) assert_int_equal(fx_device(1, FX_STACK, PowerDevice##to), STATUS_SUCCESS)
#define CHILD_GOES(to) assert_int_equal(fx_device(1, FX_PDO, PowerDevice##to), STATUS_SUCCESS)

/* ---- the function driver -------------------------------------------------------------------- */

static void down_and_up(void **state)
{
    struct pending_read read;
    void *file;
    (void)state;
    fx_plug(1);
    STACK_GOES(D0);
    fx_row_wait("power: D0, D0: (ignored)");
    fx_row_wait("power: D0BusWakeOwner, D0: (ignored)");
    STACK_GOES(D3);
    STACK_GOES(D3);
    fx_row_wait("power: Dx, Dx: (ignored)");
    file = toy_open(fx_name(1), NULL);
    assert_non_null(file);
    toy_read(file, &read);
    fx_row_wait("policy: Dx, IoPresent: (ignored)");
    STACK_GOES(D0);
    assert_int_equal(toy_read_wait(&read), STATUS_SUCCESS);
    toy_close(file);
    out();
}

/* It fails to go down, or to come up, and Plug and Play does not hear of it at once. */
static void down_or_up_fails(void **state)
{
    static const int callbacks[] = {FXTOY_D0Exit, FXTOY_D0Entry, FXTOY_SelfRestart};
    for (int i = 0; i < 3; i++) {
        const char *failed = i == 0 ? "GotoDxFailed" : "UpFailed";
        char row[80];
        if (i != 0)
            again(state);
        fx_plug(1);
        if (i != 0)
            STACK_GOES(D3);
        assert_int_equal(fx_pnp(1, IRP_MN_QUERY_REMOVE_DEVICE), STATUS_SUCCESS);
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = FAILURE;
        (void)fx_device(1, FX_STACK, i == 0 ? PowerDeviceD3 : PowerDeviceD0);
        fx_row_wait("pnp: (any), PowerFailed: (later)");
        STACK_GOES(D0);
        snprintf(row, sizeof(row), "power: %s, D0: (ignored)", failed);
        fx_row_wait(row);
        STACK_GOES(D3);
        snprintf(row, sizeof(row), "power: %s, Dx: (ignored)", failed);
        fx_row_wait(row);
        assert_int_equal(fx_pnp(1, IRP_MN_CANCEL_REMOVE_DEVICE), STATUS_SUCCESS);
    }
    out();
}

/* Its bus takes it out while it goes down or comes up, which ends well or does not. */
static void taken_out_meanwhile(void **state)
{
    static const struct {
        int holds, fails;
        const char *row;
    } ways[] = {
        {FXTOY_D0Entry, 0,
         "policy: StoppingPoweringUp, PowerUp: StoppingWaitingForImplicitPowerDown"},
        {FXTOY_D0Entry, FXTOY_D0Entry, "policy: Stopping, PowerUpFailed: (ignored)"},
        {FXTOY_D0Entry, FXTOY_SelfRestart,
         "policy: StoppingPoweringUp, PowerUpFailed: StoppingWaitingForImplicitPowerDown"},
        {FXTOY_D0Entry, FXTOY_D0Exit,
         "policy: StoppingWaitingForImplicitPowerDown, ImplicitDownFailed: StoppingFailed"},
        {FXTOY_SelfSuspend, 0,
         "policy: StoppingPoweringDown, PowerDown: StoppingWaitingForImplicitPowerDown"},
        {FXTOY_SelfSuspend, FXTOY_D0Exit,
         "policy: StoppingPoweringDown, PowerDownFailed: StoppingWaitingForImplicitPowerDown"},
    };
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        bool comes_up = ways[i].holds == FXTOY_D0Entry;
        struct fx_irp irp;
        if (i != 0)
            again(state);
        fx_plug(1);
        if (comes_up)
            STACK_GOES(D3);
        fx_moment(FXTOY_IN_CALLBACK, NULL, ways[i].holds, FXTOY_HOLD, 0);
        if (ways[i].fails != 0)
            fxtoy.fails[FXTOY_FUNCTION][ways[i].fails] = FAILURE;
        fx_device_begin(&irp, 1, FX_STACK, comes_up ? PowerDeviceD0 : PowerDeviceD3);
        fx_held();
        plug_begin(0);
        fx_row_wait(comes_up ? "policy: Dx, Stop: Stopping" : "policy: Started, Stop: Stopping");
        fx_go();
        (void)fx_irp_wait(&irp);
        fx_row_wait(ways[i].row);
        fx_row_wait(ways[i].fails == FXTOY_D0Entry ? "policy: Stopping, ImplicitDown: "
                                                     "StoppingSendStatus"
                                                   : "policy: StoppingSendStatus, Done: Stopped");
    }
    out();
}

static void not_started(void **state)
{
    static const char *const nobody[] = {NULL};
    struct fx_irp irp;
    fx_gate(FXTOY_ABOVE, FXTOY_KEEP, IRP_MJ_PNP, IRP_MN_START_DEVICE, 0);
    plug_begin(1);
    fx_wait(&kept_event);
    STACK_GOES(D0);
    STACK_GOES(D3);
    fx_row_wait("power: ObjectCreated, D0: (ignored)");
    fx_row_wait("power: ObjectCreated, Dx: (ignored)");
    fx_gate_pass(FXTOY_ABOVE);
    pnp_wait_idle();
    assert_true(is_started(fx_name(1)));
    assert_int_equal(fx_pnp(1, IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(fx_pnp(1, IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    STACK_GOES(D0);
    STACK_GOES(D3);
    fx_row_wait("power: Stopped, D0: (ignored)");
    fx_row_wait("power: Stopped, Dx: (ignored)");
    assert_int_equal(fx_pnp(1, IRP_MN_START_DEVICE), STATUS_SUCCESS);
    /* While it starts, and fails; nobody above it, who would send the IRP later. */
    for (int i = 0; i < 2; i++) {
        again(state);
        list_set("Enum\\FXBUS\\TOY\\1", "UpperFilters", nobody);
        fx_moment(FXTOY_IN_CALLBACK, NULL, FXTOY_D0Entry, FXTOY_HOLD, 0);
        FAILS(D0Entry);
        plug_begin(1);
        fx_held();
        if (i == 1)
            fx_gate_power(FXTOY_BELOW, FXTOY_KEEP_AFTER, D0);
        fx_device_begin(&irp, 1, FX_STACK, i == 0 ? PowerDeviceD3 : PowerDeviceD0);
        if (i == 1) {
            fx_wait(&kept_event);
            fx_gate_end(FXTOY_BELOW, STATUS_SUCCESS);
        }
        fx_go();
        (void)fx_irp_wait(&irp); /* with the start's failure when it came for D0 */
        fx_row_wait(i == 0 ? "power: InitialPowerUpFailed, Dx: (ignored)"
                           : "power: InitialPowerUpFailed, D0: (ignored)");
    }
    out();
}

/* ---- the bus's child ------------------------------------------------------------------------ */

static void arm(struct fx_irp *wake)
{
    unsigned before = fx_row_count("power: EnablingWakeAtBus, Done: D0ArmedForWake");
    fx_wake_begin(wake, 1, FX_PDO);
    fx_row_wait_more("power: EnablingWakeAtBus, Done: D0ArmedForWake", before);
}

static void armed(void **state)
{
    struct fx_irp wake;
    unsigned before;
    fx_plug(1);
    arm(&wake);
    CHILD_GOES(D0);
    fx_row_wait("power: D0ArmedForWake, D0: (ignored)");
    CHILD_GOES(D2);
    CHILD_GOES(D2);
    fx_row_wait("power: DxArmedForWake, Dx: (ignored)");
    before = fx_row_count("power: EnablingWakeAtBus, Done: D0ArmedForWake");
    CHILD_GOES(D0);
    fx_row_wait("power: WakePending, Done: Waking");
    fx_row_wait("power: DecideD0State, WakeArrived: EnablingWakeAtBus");
    fx_row_wait_more("power: EnablingWakeAtBus, Done: D0ArmedForWake", before);
    out();
    fx_row_wait("power: D0ArmedForWake, ImplicitD3: GotoImplicitD3DisarmWakeAtBus");
    assert_int_equal(fx_irp_wait(&wake), STATUS_NO_SUCH_DEVICE);
    fx_plug(1);
    arm(&wake);
    CHILD_GOES(D2);
    out();
    fx_row_wait("power: DxArmedForWake, ImplicitD3: DxStoppedDisarmWake");
    assert_int_equal(fx_irp_wait(&wake), STATUS_NO_SUCH_DEVICE);
    /* Armed too late, and not any more. */
    fx_plug(1);
    CHILD_GOES(D2);
    fx_wake_begin(&wake, 1, FX_PDO);
    fx_row_wait("power: (any), WakeArrived: (ignored)");
    CHILD_GOES(D0);
    fx_irp_cancel(&wake);
    assert_int_equal(fx_irp_wait(&wake), STATUS_CANCELLED);
    again(state);
    fx_plug(1);
    arm(&wake);
    fxtoy.fails[FXTOY_CHILD][FXTOY_D0Exit] = FAILURE;
    (void)fx_device(1, FX_PDO, PowerDeviceD2);
    fx_row_wait("power: GotoDxIoStoppedArmedForWake, Failed: GotoDxFailed");
    out();
    (void)fx_irp_wait(&wake);
}

/* The bus idles while no child is in D0, and does not come up for one. */
static void parent_fails(void **state)
{
    struct pnp_veto veto;
    struct fx_irp wake;
    for (int i = 0; i < 3; i++) {
        if (i != 0) {
            fxtoy.present[0] = 0;
            pnp_wait_idle();
            assert_int_equal(end(state), 0);
            (void)begin(state);
        }
        fxtoy.idles = 1;
        fxtoy.bus_idles = 1;
        assert_int_equal(pnp_device_disable(bus, &veto), STATUS_SUCCESS);
        assert_int_equal(pnp_device_enable(bus), STATUS_SUCCESS);
        pnp_wait_idle();
        if (i != 0)
            fx_plug(1);
        if (i == 2)
            arm(&wake);
        if (i == 1)
            STACK_GOES(D3);
        else if (i == 2)
            CHILD_GOES(D2);
        fx_policy_wait(0, "WaitingUnarmed");
        fxtoy.fails[FXTOY_BUS][FXTOY_D0Entry] = FAILURE;
        if (i == 0)
            plug_begin(1);
        else
            (void)fx_device(1, i == 1 ? FX_STACK : FX_PDO, PowerDeviceD0);
        fx_row_wait(i == 0   ? "power: StartingChild, Failed: InitialPowerUpFailed"
                    : i == 1 ? "power: CheckParentState, Failed: UpFailed"
                             : "power: CheckParentStateArmedForWake, Failed: UpFailed");
        if (i == 2)
            (void)fx_irp_wait(&wake);
    }
    fxtoy.present[0] = 0;
    pnp_wait_idle();
}

/* ---- hardware ------------------------------------------------------------------------------- */

static void hardware_fails(void **state)
{
    static const int callbacks[] = {FXTOY_InterruptOn, FXTOY_DmaOn};
    CM_RESOURCE_LIST resources = {.Count = 1};
    PCM_PARTIAL_RESOURCE_DESCRIPTOR line = resources.List[0].PartialResourceList.PartialDescriptors;
    KAFFINITY affinity;
    KIRQL irql;
    resources.List[0].PartialResourceList.Version = 1;
    resources.List[0].PartialResourceList.Revision = 1;
    resources.List[0].PartialResourceList.Count = 1;
    for (int i = 0; i < 4; i++) {
        if (i != 0)
            again(state);
        line->Type = CmResourceTypeInterrupt;
        line->ShareDisposition = CmResourceShareDeviceExclusive;
        line->Flags = CM_RESOURCE_INTERRUPT_LATCHED;
        line->u.Interrupt.Vector = HalGetInterruptVector(Isa, 0, 11, 11, &irql, &affinity);
        line->u.Interrupt.Level = irql;
        line->u.Interrupt.Affinity = affinity;
        fxtoy.has_interrupt = i % 2 == 0;
        fxtoy.has_dma = i % 2 != 0;
        fx_plug(1);
        if (i < 2)
            fxtoy.fails[FXTOY_FUNCTION][callbacks[i]] = FAILURE;
        assert_int_equal(fx_pnp_start(1, &resources), i < 2 ? FAILURE : STATUS_SUCCESS);
        if (i < 2)
            continue;
        STACK_GOES(D3);
        fxtoy.fails[FXTOY_FUNCTION][callbacks[i % 2]] = FAILURE;
        (void)fx_device(1, FX_STACK, PowerDeviceD0);
        fx_row_wait(i == 2 ? "power: WakingConnectInterrupt, Failed: WakingConnectInterruptFailed"
                           : "power: WakingDmaEnable, Failed: WakingDmaEnableFailed");
    }
    out();
}

FX_ROWS_TEST(irp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FX_TEST(down_and_up),
        FX_TEST(down_or_up_fails),
        FX_TEST(taken_out_meanwhile),
        FX_TEST(not_started),
        FX_TEST(armed),
        FX_TEST(parent_fails),
        FX_TEST(hardware_fails),
        cmocka_unit_test(irp_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
