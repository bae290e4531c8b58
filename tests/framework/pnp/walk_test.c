/* SPDX-License-Identifier: MIT */
/* walk_test.c - Plug and Play and power in random orders, with callbacks that fail; from seeds.
 *
 *   fxpnp_walk_test [STEPS [SEED]]
 *
 * Each step plugs, unplugs, disables, enables, restarts, ejects, reads, uses, wakes, sleeps, or
 * lets a callback fail from now on. At the end of each round all is taken out: no device, no read
 * and no use may be left, and for each device the callbacks must have come in pairs. A failure
 * names seed and step.
 */
#include "fxkit.h"

#include <stdio.h>
#include <stdlib.h>

#define FILES 4

static uint64_t random_state;
static unsigned steps_wanted = 2000;
static uint64_t seed = 1;
static struct device_node *bus;
static void *files[FILES];
static struct pending_read reads[FILES];
static bool is_reading[FILES];

static unsigned pick(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 20) % limit);
}

static int begin(void **state)
{
    (void)fx_machine_start(state);
    bus = fx_bus_create();
    return 0;
}

static int end(void **state)
{
    fx_rows_collect();
    pnp_node_put(bus);
    return fx_machine_stop(state);
}

static void node_step(unsigned kind, int id)
{
    struct pnp_veto veto;
    struct device_node *node = node_get(fx_name(id));
    if (node == NULL)
        return;
    if (kind == 0)
        (void)pnp_device_disable(node, &veto);
    else if (kind == 1)
        (void)pnp_device_enable(node);
    else if (kind == 2)
        (void)pnp_device_restart(node, &veto);
    else
        (void)pnp_device_eject(node, &veto);
    pnp_node_put(node);
}

static void file_step(unsigned at, int id)
{
    if (is_reading[at]) {
        is_reading[at] = KeReadStateEvent(&reads[at].done) == 0;
    } else if (files[at] != NULL && pick(2) != 0) {
        toy_read(files[at], &reads[at]);
        is_reading[at] = true;
    } else if (files[at] != NULL) {
        toy_close(files[at]);
        files[at] = NULL;
    } else if (is_started(fx_name(id))) {
        files[at] = toy_open(fx_name(id), NULL);
    }
}

/* Callbacks whose failure is an answer; removal goes on over each of them. */
static void fault_step(void)
{
    static const int callbacks[] = {
        FXTOY_Add,         FXTOY_PrepareHardware, FXTOY_ReleaseHardware, FXTOY_D0Entry,
        FXTOY_D0Exit,      FXTOY_PostInterrupts,  FXTOY_PreInterrupts,   FXTOY_SelfInit,
        FXTOY_SelfSuspend, FXTOY_SelfRestart,     FXTOY_QueryStop,       FXTOY_QueryRemove,
        FXTOY_ArmS0,       FXTOY_ArmSx,           FXTOY_EnableWake,      FXTOY_Eject,
    };
    int role = FXTOY_CHILD + (int)pick(3);
    int callback = callbacks[pick(sizeof(callbacks) / sizeof(*callbacks))];
    fxtoy.fails_once = 1;
    fxtoy.fails[role][callback] = (int)STATUS_UNSUCCESSFUL;
}

static void options_step(void)
{
    fxtoy.idles = (int)pick(3);
    fxtoy.idle_ms = 1;
    fxtoy.wakes_system = (int)pick(2);
    fxtoy.is_np = (int)pick(2);
    fxtoy.power_up_on_wake = (int)pick(2);
    fxtoy.stop_how = (int)pick(3);
    fxtoy.holds_reads = (int)pick(2);
    fxtoy.child_not_there_after_eject = (int)pick(2);
    fxtoy.is_not_owner = pick(8) == 0;
}

/* Faults are for a system that is awake: nothing is enumerated while it sleeps. */
static void power_step(void)
{
    struct po_refusal refusal;
    memset(fxtoy.fails, 0, sizeof(fxtoy.fails));
    pnp_wait_idle();
    if (!NT_SUCCESS(po_sleep(PowerSystemSleeping1 + pick(4), &refusal)))
        return;
    if (pick(3) == 0)
        (void)fx_bus_wake(1 + (int)pick(FXTOY_SLOTS));
    (void)po_wake(&refusal);
}

static void command_step(int id)
{
    static const int commands[] = {FXTOY_STOP_IDLE_NO_WAIT, FXTOY_IDLE, FXTOY_STATES, FXTOY_ACTION};
    int command = commands[pick(4)];
    if (!is_started(fx_name(id)))
        return;
    int status = fx_command(id, command, 0);
    if (command == FXTOY_STOP_IDLE_NO_WAIT && NT_SUCCESS(status) && is_started(fx_name(id)))
        (void)fx_command(id, FXTOY_RESUME_IDLE, 0);
}

static void step(void)
{
    unsigned kind = pick(20);
    int id = 1 + (int)pick(FXTOY_SLOTS);
    if (kind < 4) {
        fxtoy.present[id - 1] = !fxtoy.present[id - 1];
        (void)fx_command(0, FXTOY_SCAN, 0);
    } else if (kind < 9) {
        node_step(kind - 4 < 4 ? kind - 4 : 2, id);
    } else if (kind < 12) {
        file_step(pick(FILES), id);
    } else if (kind < 14) {
        fault_step();
    } else if (kind == 14) {
        options_step();
    } else if (kind < 17) {
        command_step(id);
    } else if (kind == 17) {
        (void)fx_bus_wake(id);
    } else {
        power_step();
    }
    if (pick(2) != 0)
        pnp_wait_idle();
}

/* For a failure: did the bus hear of it, what does it do, and what has become of its children? */
static void left_print(int scanned)
{
    int status = fx_command(0, FXTOY_STATES, 0);
    print_error("the scan returned %08x; the bus answers %08x, in states %x %x %x\n", scanned,
                status, fxtoy.argument, fxtoy.argument2, fxtoy.argument3);
    for (int id = 1; id <= FXTOY_SLOTS; id++)
        print_error("%s: %s\n", fx_name(id), status_of(fx_name(id)).state_name);
    scanned = fx_command(0, FXTOY_SCAN, 0);
    pnp_wait_idle();
    print_error("another scan returned %08x and leaves %d devices\n", scanned, (int)fxtoy.devices);
}

/* Everything out: only the bus is left. */
static void round_end(void)
{
    memset(fxtoy.fails, 0, sizeof(fxtoy.fails));
    memset(fxtoy.present, 0, sizeof(fxtoy.present));
    int scanned = fx_command(0, FXTOY_SCAN, 0);
    pnp_wait_idle();
    for (unsigned i = 0; i < FILES; i++) {
        if (is_reading[i])
            (void)toy_read_wait(&reads[i]);
        is_reading[i] = false;
        if (files[i] != NULL)
            toy_close(files[i]);
        files[i] = NULL;
    }
    pnp_wait_idle();
    /* A worker that has done its last work may still hold a device: until a deadline. */
    for (unsigned i = 0; fxtoy.devices != 1 && i < 10000; i++) {
        LARGE_INTEGER moment = {.QuadPart = -10000};
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
        pnp_wait_idle();
    }
    int left = (int)fxtoy.devices; /* another scan may help, and hides nothing */
    if (left != 1)
        left_print(scanned);
    assert_int_equal(left, 1);
    assert_int_equal(fxtoy.d0, 0);
    assert_int_equal(fxtoy.reads_held, 0);
    fx_forget();
}

static void random_orders(void **state)
{
    (void)state;
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    for (unsigned i = 0; i < steps_wanted; i++) {
        if (getenv("FX_STEPS") != NULL)
            printf("step %u\n", i);
        step();
        if (i % 50 == 49)
            round_end();
    }
    round_end();
}

/* Random rows are no promise: nothing is missed here, what is seen is said. */
FX_ROWS_TEST(random)

int main(int count, char **arguments)
{
    if (count > 1)
        steps_wanted = (unsigned)strtoul(arguments[1], NULL, 0);
    if (count > 2)
        seed = strtoull(arguments[2], NULL, 0);
    const struct CMUnitTest tests[] = {FX_TEST(random_orders), cmocka_unit_test(random_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
