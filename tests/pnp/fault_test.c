/* SPDX-License-Identifier: MIT */
/* fault_test.c - drivers that fail, answer late, or never: the device is given up, the rest goes
 * on.
 */
#include "kit.h"

#define ONE "TOYBUS\\DEV1\\1"
#define TWO "TOYBUS\\DEV2\\2"

static struct device_node *bus_with_two(void)
{
    struct device_node *bus = bus_create();
    plug(0, 1);
    plug(1, 2);
    return bus;
}

static void start_fails(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_two();
    toy.fails[TOY_FUNCTION][IRP_MN_START_DEVICE] = STATUS_INSUFFICIENT_RESOURCES;
    bus_look(bus);
    struct pnp_status status = status_of(ONE);
    assert_int_equal(status.problem, CM_PROB_FAILED_START);
    assert_int_equal(status.problem_status, STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(status.state, 0x312);
    /* Doc: "Remove after a failed start" */
    assert_int_equal(journal_count(TOY_UPPER, IRP_MN_REMOVE_DEVICE), 2);
    assert_int_equal(journal_count(-1, IRP_MN_SURPRISE_REMOVAL), 0);
    toy.fails[TOY_FUNCTION][IRP_MN_START_DEVICE] = 0;
    struct device_node *node = node_get(ONE);
    char error[200];
    assert_int_equal(pnp_device_configure(node, error, sizeof(error)), STATUS_SUCCESS);
    assert_true(is_started(ONE));
    assert_int_equal(status_of(TWO).problem, CM_PROB_FAILED_START);
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void add_and_entry_fail(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_two();
    toy.fails_add[TOY_UPPER] = STATUS_UNSUCCESSFUL;
    bus_look(bus);
    assert_int_equal(status_of(ONE).problem, CM_PROB_FAILED_ADD);
    assert_int_equal(toy.devices, 1 + 2); /* what had been added was removed */
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_START_DEVICE), 0);
    struct device_node *node = node_get(ONE);
    toy.fails_add[TOY_UPPER] = 0;
    toy.fails_entry[TOY_FUNCTION] = STATUS_UNSUCCESSFUL;
    assert_int_equal(pnp_device_configure(node, NULL, 0), STATUS_UNSUCCESSFUL);
    assert_int_equal(status_of(ONE).problem, CM_PROB_FAILED_DRIVER_ENTRY);
    toy.fails_entry[TOY_FUNCTION] = 0;
    text_set("Enum\\" ONE, "Service", "nobody");
    (void)pnp_device_configure(node, NULL, 0);
    assert_int_equal(status_of(ONE).problem, CM_PROB_DRIVER_SERVICE_KEY_INVALID);
    ULONG disabled = 4;
    text_set("Enum\\" ONE, "Service", "toy_function");
    value_set("Services\\toy_function", "Start", REG_DWORD, &disabled, sizeof(disabled));
    (void)pnp_device_configure(node, NULL, 0);
    assert_int_equal(status_of(ONE).problem, CM_PROB_DISABLED_SERVICE);
    ULONG demand = 3;
    value_set("Services\\toy_function", "Start", REG_DWORD, &demand, sizeof(demand));
    assert_int_equal(pnp_device_configure(node, NULL, 0), STATUS_SUCCESS);
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void late_answers_are_waited_for(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_two();
    for (int i = 0; i < TOY_MINORS; i++)
        toy.pends[TOY_PDO][i] = i != IRP_MN_REMOVE_DEVICE;
    bus_look(bus);
    assert_true(is_started(ONE) && is_started(TWO));
    memset(toy.pends, 0, sizeof(toy.pends));
    pnp_node_put(bus);
}

static void eaten_complete(void)
{
    PIRP irp = toy.eaten;
    toy.eaten = NULL;
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/* A filter that eats a START. */
static void a_start_is_eaten(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    toy.eats[TOY_UPPER][IRP_MN_START_DEVICE] = 1;
    impatience_begin(false);
    bus_look(bus);
    impatience_end();
    assert_int_equal(status_of(ONE).problem, CM_PROB_FAILED_START);
    assert_int_equal(status_of(ONE).problem_status, STATUS_IO_TIMEOUT);
    assert_true(log_has("toy_upper has not completed IRP_MN_START_DEVICE for " ONE));
    toy.eats[TOY_UPPER][IRP_MN_START_DEVICE] = 0;
    /* the rest goes on */
    plug(1, 2);
    bus_look(bus);
    assert_true(is_started(TWO));
    struct pnp_veto veto;
    struct device_node *node = node_get(ONE);
    assert_int_equal(pnp_device_remove(node, &veto), STATUS_DEVICE_BUSY);
    assert_int_equal(pnp_device_remove(bus, &veto), STATUS_PLUGPLAY_QUERY_VETOED);
    assert_int_equal(veto.type, PNP_VetoDevice);
    /* it answers after all: the device goes, and can start again */
    eaten_complete();
    pnp_wait_idle();
    assert_int_equal(status_of(ONE).state, 0x312);
    assert_int_equal(pnp_device_configure(node, NULL, 0), STATUS_SUCCESS);
    pnp_node_put(node);
    pnp_node_put(bus);
}

/* A function driver that never comes back from its dispatch routine. */
static void a_driver_stays_inside(void **state)
{
    (void)state;
    static const unsigned minors[] = {IRP_MN_QUERY_PNP_DEVICE_STATE, IRP_MN_START_DEVICE,
                                      IRP_MN_QUERY_DEVICE_RELATIONS, IRP_MN_QUERY_CAPABILITIES};
    struct device_node *bus = bus_create();
    for (unsigned i = 0; i < sizeof(minors) / sizeof(*minors); i++) {
        plug(0, 1);
        toy.blocks[TOY_FUNCTION][minors[i]] = 1;
        impatience_begin(true);
        bus_look(bus);
        impatience_end();
        struct pnp_status status = status_of(ONE);
        assert_true(status.problem == CM_PROB_FAILED_START ||
                    status.problem == CM_PROB_FAILED_POST_START);
        assert_int_equal(status.problem_status, STATUS_IO_TIMEOUT);
        assert_true(log_has("toy_function has not come back from IRP_MN_"));
        toy.blocks[TOY_FUNCTION][minors[i]] = 0;
        /* until it has come back only others work */
        plug(1, 2);
        bus_look(bus);
        assert_true(is_started(TWO));
        LARGE_INTEGER moment = {.QuadPart = -10000};
        while (status_of(ONE).state != 0x312)
            KeDelayExecutionThread(KernelMode, FALSE, &moment);
        unplug(0);
        unplug(1);
        bus_look(bus);
        assert_null(node_get(ONE));
        assert_null(node_get(TWO));
    }
    pnp_node_put(bus);
}

/* Each driver fails each request in turn: whatever comes of it, the others work, and nothing is
 * left behind. */
static void each_fails_each(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    for (int role = TOY_LOWER; role <= TOY_PDO; role++) {
        for (int minor = 0; minor <= IRP_MN_QUERY_LEGACY_BUS_INFORMATION; minor++) {
            if (minor == IRP_MN_REMOVE_DEVICE)
                continue; /* a driver that fails it keeps its device: a leak of its own making */
            plug(0, 1);
            toy.fails[role][minor] = STATUS_UNSUCCESSFUL;
            bus_look(bus);
            toy.fails[role][minor] = 0;
            plug(1, 2);
            bus_look(bus);
            assert_true(is_started(TWO));
            toy.fails[role][minor] = STATUS_UNSUCCESSFUL;
            struct device_node *node = node_get(TWO);
            (void)pnp_device_restart(node, NULL);
            pnp_node_put(node);
            unplug(0);
            unplug(1);
            bus_look(bus);
            toy.fails[role][minor] = 0;
            bus_look(bus);
            assert_null(node_get(ONE));
            assert_null(node_get(TWO));
            assert_int_equal(toy.devices, 1);
        }
    }
    pnp_node_put(bus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_start, machine_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(start_fails),      TEST(add_and_entry_fail),    TEST(late_answers_are_waited_for),
        TEST(a_start_is_eaten), TEST(a_driver_stays_inside), TEST(each_fails_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
