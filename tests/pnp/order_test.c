/* SPDX-License-Identifier: MIT */
/* order_test.c - every transition in random orders, with faults; from seeds, thousands of steps.
 *
 *   pnp_order_test [STEPS [SEED]]
 *
 * Each step plugs, unplugs, disables, restarts, ejects, opens, reads, closes, puts the system to
 * sleep or wakes it, or lets a driver fail a request from now on. After each step the worker is
 * idle and what the tree says is looked at; at the end of each round nothing may be left. A failure
 * names seed and step.
 */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "pnp_internal.h"
#include "po/po.h"

#define SLOTS 4
#define FILES 6

static uint64_t random_state;
static unsigned steps_wanted = 3000;
static uint64_t seed = 1;

static unsigned pick(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 20) % limit);
}

static void *files[FILES];
static struct pending_read reads[FILES];
static bool is_reading[FILES];

static const char *name_of(unsigned slot)
{
    static char name[4][32];
    snprintf(name[slot], sizeof(name[slot]), "TOYBUS\\DEV%u\\%u", slot + 1, slot + 1);
    return name[slot];
}

static void file_drop(unsigned at)
{
    if (files[at] == NULL)
        return;
    toy_close(files[at]);
    files[at] = NULL;
}

/* Reads end when the device is unplugged or restarted; others by its end. */
static void reads_collect(void)
{
    for (unsigned i = 0; i < FILES; i++)
        if (is_reading[i] && KeReadStateEvent(&reads[i].done) != 0)
            is_reading[i] = false;
}

static void device_step(unsigned kind, unsigned slot)
{
    struct pnp_veto veto;
    struct device_node *node = node_get(name_of(slot));
    if (node == NULL)
        return;
    switch (kind) {
    case 0:
        (void)pnp_device_disable(node, &veto);
        break;
    case 1:
        (void)pnp_device_enable(node);
        break;
    case 2:
        (void)pnp_device_restart(node, &veto);
        break;
    case 3:
        (void)pnp_device_configure(node, NULL, 0);
        break;
    case 4:
        (void)pnp_device_eject(node, &veto);
        break;
    case 5:
        (void)pnp_device_remove(node, &veto);
        slot_install(name_of(slot));
        break;
    }
    pnp_node_put(node);
}

static void file_step(unsigned at, unsigned slot)
{
    if (files[at] != NULL) {
        if (!is_reading[at] && pick(2) != 0) {
            toy_read(files[at], &reads[at]);
            is_reading[at] = KeReadStateEvent(&reads[at].done) == 0;
        } else if (!is_reading[at]) {
            file_drop(at);
        }
        return;
    }
    struct device_node *node = node_get(name_of(slot));
    bool can = node != NULL && pnp_node_pdo(node) != NULL && is_started(name_of(slot));
    pnp_node_put(node);
    if (can)
        files[at] = toy_open(name_of(slot), NULL);
}

static void fault_step(void)
{
    unsigned role = TOY_LOWER + pick(4), minor = pick(IRP_MN_SURPRISE_REMOVAL + 1);
    if (minor == IRP_MN_REMOVE_DEVICE)
        return;
    if (pick(2) != 0)
        toy.fails[role][minor] = toy.fails[role][minor] ? 0 : (int)STATUS_UNSUCCESSFUL;
    else if (role == TOY_PDO)
        toy.pends[role][minor] = !toy.pends[role][minor];
    else if (minor == IRP_MN_START_DEVICE)
        toy.fails_add[role] = toy.fails_add[role] ? 0 : (int)STATUS_UNSUCCESSFUL;
}

/* Which roles are in the way of sleep, should they have a started device. */
static bool may_be_refused(void)
{
    for (unsigned role = 0; role < TOY_ROLES; role++)
        if (toy.fails_power[role])
            return true;
    return false;
}

/* To sleep, or back. The bus is told last on the way down, first on the way up. */
static void power_step(struct device_node *bus)
{
    struct po_refusal refusal;
    bool is_bus_there = pnp_node_pdo(bus) != NULL && is_started("ROOT\\TOYBUS\\0000");
    toy.power_first = toy.power_last = -1;
    if (po_system_state() != PowerSystemWorking) {
        assert_int_equal(po_wake(&refusal), STATUS_SUCCESS);
        if (is_bus_there)
            assert_int_equal(toy.power_first, TOY_BUS);
        return;
    }
    NTSTATUS status = po_sleep(PowerSystemSleeping1 + pick(4), &refusal);
    if (!NT_SUCCESS(status)) {
        assert_true(may_be_refused());
        assert_int_equal(status, STATUS_DEVICE_BUSY);
        assert_int_equal(po_system_state(), PowerSystemWorking);
    } else if (is_bus_there) {
        assert_int_equal(toy.power_last, TOY_BUS);
    }
}

static void step(struct device_node *bus)
{
    unsigned slot = pick(SLOTS), kind = pick(19);
    struct pnp_veto veto;
    if (kind < 3) {
        if (toy.slot[slot].is_present)
            unplug((int)slot);
        else
            plug((int)slot, (int)slot + 1);
        if (pick(3) == 0)
            toy.slot[slot].ports = 8 * (int)(1 + pick(2));
        bus_look(bus);
    } else if (kind < 9) {
        device_step(kind - 3, slot);
    } else if (kind < 12) {
        file_step(pick(FILES), slot);
    } else if (kind < 14) {
        fault_step();
    } else if (kind == 14 && toy.slot[slot].pdo != NULL) {
        toy.state = PNP_DEVICE_FAILED;
        toy.slot_of_state = (int)slot + 1;
        struct device_node *node = pnp_node_of_get(toy.slot[slot].pdo);
        if (node != NULL)
            IoInvalidateDeviceState(toy.slot[slot].pdo);
        pnp_node_put(node);
        pnp_wait_idle();
        toy.state = 0;
    } else if (kind == 15) {
        unsigned role = pick(TOY_ROLES);
        toy.fails_power[role] = toy.fails_power[role] ? 0 : (int)STATUS_DEVICE_BUSY;
    } else if (kind < 18) {
        power_step(bus);
    } else if (pick(4) == 0) {
        (void)pnp_device_restart(bus, &veto);
    }
    pnp_wait_idle();
    reads_collect();
}

static void look_at(struct device_node *node, unsigned depth, void *context)
{
    struct pnp_status status;
    (void)context;
    pnp_status_get(node, &status);
    assert_false((status.flags & DN_STARTED) && (status.state == NODE_REMOVED));
    assert_true(depth <= 2);
}

/* Everything off and out: only the bus is left. */
static void round_end(struct device_node *bus)
{
    memset(toy.fails, 0, sizeof(toy.fails));
    memset(toy.fails_power, 0, sizeof(toy.fails_power));
    if (po_system_state() != PowerSystemWorking)
        power_step(bus);
    memset(toy.fails_add, 0, sizeof(toy.fails_add));
    memset(toy.pends, 0, sizeof(toy.pends));
    for (unsigned i = 0; i < SLOTS; i++)
        unplug((int)i);
    (void)pnp_device_configure(bus, NULL, 0); /* if it has failed meanwhile */
    bus_look(bus);
    for (unsigned i = 0; i < FILES; i++)
        if (files[i] != NULL) {
            /* A filter that failed SURPRISE_REMOVAL has kept it from the function driver: its
             * reads end with the file. */
            file_drop(i);
            if (is_reading[i])
                (void)toy_read_wait(&reads[i]);
            is_reading[i] = false;
        }
    pnp_wait_idle();
    bus_look(bus);
    assert_int_equal(toy.devices, 1);
    assert_int_equal(toy.reads_pending, 0);
}

static void random_orders(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    for (unsigned i = 0; i < steps_wanted; i++) {
        step(bus);
        if (i % 100 == 99) {
            pnp_visit(look_at, NULL);
            round_end(bus);
            if (toy.devices != 1)
                fail_msg("seed %llu, step %u", (unsigned long long)seed, i);
        }
        journal_clear();
    }
    round_end(bus);
    pnp_node_put(bus);
}

/* The rows that must have been taken by the end of the orders above. */
static void rows_were_seen(void **state)
{
    (void)state;
    unsigned seen = 0, rows = 0;
    for (enum node_state from = NODE_UNINITIALIZED; from <= NODE_DELETED; from++)
        for (enum node_state to = NODE_UNINITIALIZED; to <= NODE_DELETED; to++) {
            if (!node_state_may_follow(from, to))
                continue;
            rows++;
            if (node_state_seen(from, to) != 0)
                seen++;
            else if (getenv("PNP_ROWS") != NULL)
                printf("unseen: %s -> %s\n", node_state_name(from), node_state_name(to));
        }
    printf("%u of %u rows of the table were taken\n", seen, rows);
    assert_true(steps_wanted < 1000 || seen >= 25);
}

int main(int count, char **arguments)
{
    if (count > 1)
        steps_wanted = (unsigned)strtoul(arguments[1], NULL, 0);
    if (count > 2)
        seed = strtoull(arguments[2], NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_orders, machine_start, machine_stop),
        cmocka_unit_test(rows_were_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
