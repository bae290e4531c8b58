/* SPDX-License-Identifier: MIT */
/* state_test.c - a driver that keeps a request, or never comes back from it, at every point of a
 * device's life; meanwhile the device is pulled out. Whatever state it was left in, it goes, and
 * the rest goes on.
 *
 *   pnp_state_test [MINOR [DEED [HOW]]]    only requests of that code
 */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#define ONE "TOYBUS\\DEV1\\1"
#define TWO "TOYBUS\\DEV2\\2"

/* What is going on when the driver stays away. */
static void found(struct device_node *bus)
{
    bus_look(bus);
}

static void restarted(struct device_node *bus)
{
    struct device_node *node = node_get(ONE);
    struct pnp_veto veto;
    (void)pnp_device_restart(node, &veto);
    pnp_wait_idle();
    pnp_node_put(node);
}

static void ejected(struct device_node *bus)
{
    struct device_node *node = node_get(ONE);
    struct pnp_veto veto;
    (void)pnp_device_eject(node, &veto);
    pnp_wait_idle();
    pnp_node_put(node);
}

/* It says that it needs something else: query-stop, stop, start. */
static void paused(struct device_node *bus)
{
    struct device_node *node = node_get(ONE);
    DEVICE_OBJECT *pdo = pnp_node_pdo(node);
    toy.slot_of_state = 1;
    toy.state = PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED;
    IoInvalidateDeviceState(pdo);
    pnp_wait_idle();
    toy.state = 0;
    pnp_node_put(node);
}

static void refused(struct device_node *bus)
{
    toy.fails[TOY_UPPER][IRP_MN_QUERY_REMOVE_DEVICE] = STATUS_UNSUCCESSFUL;
    toy.fails[TOY_UPPER][IRP_MN_QUERY_STOP_DEVICE] = STATUS_UNSUCCESSFUL;
    restarted(bus);
    paused(bus);
    toy.fails[TOY_UPPER][IRP_MN_QUERY_REMOVE_DEVICE] = 0;
    toy.fails[TOY_UPPER][IRP_MN_QUERY_STOP_DEVICE] = 0;
}

static void failed(struct device_node *bus)
{
    struct device_node *node = node_get(ONE);
    DEVICE_OBJECT *pdo = pnp_node_pdo(node);
    toy.slot_of_state = 1;
    toy.state = PNP_DEVICE_FAILED;
    IoInvalidateDeviceState(pdo);
    pnp_wait_idle();
    toy.state = 0;
    pnp_node_put(node);
}

static void looked_at(struct device_node *bus)
{
    struct device_node *node = node_get(ONE);
    (void)pnp_rescan(node);
    pnp_wait_idle();
    pnp_node_put(node);
}

static void (*const deeds[])(struct device_node *bus) = {found,   restarted, ejected,  paused,
                                                         refused, failed,    looked_at};

/* ---- one life ---------------------------------------------------------------------------------
 */

static void released(int role, int minor, bool eats)
{
    toy.blocks[role][minor] = 0;
    toy.eats[role][minor] = 0;
    PIRP irp = toy.eaten;
    toy.eaten = NULL;
    if (irp != NULL) {
        irp->IoStatus.Status = STATUS_SUCCESS;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
    }
}

/* The driver has answered, and the device has failed; it still stands where it was stuck else. */
static void failed_wait(void)
{
    static const ULONG on_the_way[] = {0x303, 0x304, 0x305, 0x306, 0x307, 0x309,
                                       0x30a, 0x30b, 0x30c, 0x30d, 0x310};
    LARGE_INTEGER moment = {.QuadPart = -10000};
    for (size_t i = 0; i < sizeof on_the_way / sizeof *on_the_way;)
        if (status_of(ONE).state == on_the_way[i]) {
            KeDelayExecutionThread(KernelMode, FALSE, &moment);
            i = 0;
        } else {
            i++;
        }
}

static void gone_wait(struct device_node *bus)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};
    bus_look(bus);
    for (struct device_node *node; (node = node_get(ONE)) != NULL;) {
        pnp_node_put(node);
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
        bus_look(bus);
    }
}

static void life(struct device_node *bus, int role, int minor, bool eats, unsigned deed,
                 bool is_pulled)
{
    if (getenv("PNP_LIVES") != NULL)
        fprintf(stderr, "minor %d, deed %u, %s%s\n", minor, deed, eats ? "kept" : "stays inside",
                is_pulled ? ", pulled" : "");
    plug(0, 1);
    if (deed != 0)
        bus_look(bus);
    toy.only = 1;
    (eats ? toy.eats : toy.blocks)[role][minor] = 1;
    impatience_begin(true);
    deeds[deed](bus);
    if (getenv("PNP_LIVES") != NULL)
        fprintf(stderr, "  left in %s\n", status_of(ONE).state_name);
    /* Others do not notice. */
    plug(1, 2);
    if (is_pulled)
        unplug(0);
    bus_look(bus);
    bool others_run = is_started(TWO);
    impatience_end();
    released(role, minor, eats);
    if (!is_pulled)
        failed_wait();
    unplug(0);
    unplug(1);
    gone_wait(bus);
    if (!others_run)
        fail_msg("role %d, minor %d, deed %u, %s: the other device does not run", role, minor, deed,
                 eats ? "kept" : "stays inside");
    assert_null(node_get(TWO));
    assert_int_equal(toy.devices, 1);
    journal_clear();
}

static int only_minor = -1, only_deed = -1, only_how = -1; /* for a look at one life */

static void every_request_in_every_life(void **state)
{
    struct device_node *bus = bus_create();
    for (int minor = 0; minor <= IRP_MN_SURPRISE_REMOVAL; minor++)
        for (unsigned deed = 0; deed < sizeof deeds / sizeof *deeds; deed++)
            for (int how = 0; how < 4; how++)
                /* Who keeps a REMOVE and lets it go later has not removed anything. */
                if ((only_minor < 0 || only_minor == minor) &&
                    (only_deed < 0 || only_deed == (int)deed) &&
                    (only_how < 0 || only_how == how) &&
                    !(minor == IRP_MN_REMOVE_DEVICE && (how & 1)))
                    life(bus, TOY_FUNCTION, minor, how & 1, deed, how & 2);
    pnp_node_put(bus);
}

int main(int count, char **arguments)
{
    if (count > 1)
        only_minor = atoi(arguments[1]);
    if (count > 2)
        only_deed = atoi(arguments[2]);
    if (count > 3)
        only_how = atoi(arguments[3]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_request_in_every_life, machine_start, machine_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
