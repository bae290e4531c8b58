/* SPDX-License-Identifier: MIT */
/* remove_test.c - devices go: asked for, refused, ejected, unplugged in the middle of requests.
 */
#include "kit.h"

#include "pnp/interface.h"

#define ONE "TOYBUS\\DEV1\\1"
#define TWO "TOYBUS\\DEV2\\2"

static struct device_node *bus_with_one(void)
{
    struct device_node *bus = bus_create();
    plug(0, 1);
    bus_look(bus);
    assert_true(is_started(ONE));
    journal_clear();
    return bus;
}

static void disable_and_enable(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one(), *node = node_get(ONE);
    ULONG flags = 0;
    assert_int_equal(pnp_device_disable(node, NULL), STATUS_SUCCESS);
    assert_int_equal(status_of(ONE).problem, CM_PROB_DISABLED);
    assert_true(value_get("Enum\\" ONE, "ConfigFlags", &flags, sizeof(flags)) && flags == 1);
    int asked = journal_find(TOY_UPPER, IRP_MN_QUERY_REMOVE_DEVICE, 1);
    int removed = journal_find(TOY_UPPER, IRP_MN_REMOVE_DEVICE, 1);
    assert_true(asked >= 0 && asked < removed);
    assert_true(removed < journal_find(TOY_PDO, IRP_MN_REMOVE_DEVICE, 1));
    assert_int_equal(journal_count(-1, TOY_UNLOAD), 3); /* their last devices are gone */
    assert_true(is_started("ROOT\\TOYBUS\\0000"));
    bus_look(bus); /* still there, still disabled */
    assert_int_equal(status_of(ONE).problem, CM_PROB_DISABLED);
    assert_int_equal(pnp_device_enable(node), STATUS_SUCCESS);
    assert_true(is_started(ONE));
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void a_driver_refuses(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one(), *node = node_get(ONE);
    struct pnp_veto veto = {0};
    toy.fails[TOY_FUNCTION][IRP_MN_QUERY_REMOVE_DEVICE] = STATUS_DEVICE_BUSY;
    assert_int_equal(pnp_device_disable(node, &veto), STATUS_PLUGPLAY_QUERY_VETOED);
    assert_int_equal(veto.type, PNP_VetoDriver);
    assert_int_equal(veto.name[0], 'T');
    assert_true(is_started(ONE));
    assert_int_equal(journal_count(TOY_UPPER, IRP_MN_CANCEL_REMOVE_DEVICE), 1);
    assert_int_equal(journal_count(-1, IRP_MN_REMOVE_DEVICE), 0);
    /* the bus cannot go either: its child was asked first and says no */
    journal_clear();
    assert_int_equal(pnp_device_remove(bus, &veto), STATUS_PLUGPLAY_QUERY_VETOED);
    assert_int_equal(journal_count(TOY_BUS, IRP_MN_QUERY_REMOVE_DEVICE), 0);
    toy.fails[TOY_FUNCTION][IRP_MN_QUERY_REMOVE_DEVICE] = 0;
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void a_bus_refuses_after_its_children(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    struct pnp_veto veto = {0};
    toy.fails[TOY_BUS][IRP_MN_QUERY_REMOVE_DEVICE] = STATUS_DEVICE_BUSY;
    assert_int_equal(pnp_device_restart(bus, &veto), STATUS_PLUGPLAY_QUERY_VETOED);
    assert_int_equal(veto.name[0], 'R');
    /* the parent hears first that it stays */
    int parent = journal_find(TOY_BUS, IRP_MN_CANCEL_REMOVE_DEVICE, -1);
    assert_true(parent >= 0 && parent < journal_find(TOY_UPPER, IRP_MN_CANCEL_REMOVE_DEVICE, 1));
    assert_true(is_started(ONE));
    assert_true(is_started("ROOT\\TOYBUS\\0000"));
    toy.fails[TOY_BUS][IRP_MN_QUERY_REMOVE_DEVICE] = 0;
    assert_int_equal(pnp_device_restart(bus, &veto), STATUS_SUCCESS);
    assert_true(is_started(ONE));
    pnp_node_put(bus);
}

static void an_open_file_refuses(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one(), *node = node_get(ONE);
    struct pnp_veto veto = {0};
    void *file = toy_open(ONE, NULL);
    assert_non_null(file);
    assert_int_equal(pnp_device_remove(node, &veto), STATUS_PLUGPLAY_QUERY_VETOED);
    assert_int_equal(veto.type, PNP_VetoOutstandingOpen);
    assert_true(is_started(ONE));
    toy_close(file);
    assert_int_equal(pnp_device_remove(node, &veto), STATUS_SUCCESS);
    assert_null(node_get(ONE));
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void unplugged_during_a_read(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    struct pending_read read;
    NTSTATUS status;
    void *file = toy_open(ONE, NULL);
    toy_read(file, &read);
    assert_int_equal(toy.reads_pending, 1);
    unplug(0);
    bus_look(bus);
    assert_int_equal(toy_read_wait(&read), STATUS_DELETE_PENDING);
    /* drivers know; they are removed when the file is closed */
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_SURPRISE_REMOVAL), 1);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_QUERY_REMOVE_DEVICE), 0);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_REMOVE_DEVICE), 0);
    assert_int_equal(status_of(ONE).state, 0x313); /* DeviceNodeDeletePendingCloses */
    assert_int_equal(status_of(ONE).problem, CM_PROB_DEVICE_NOT_THERE);
    assert_null(toy_open(ONE, &status));
    assert_int_equal(status, STATUS_NO_SUCH_DEVICE);
    toy_read(file, &read);
    assert_int_equal(toy_read_wait(&read), STATUS_DELETE_PENDING);
    toy_close(file);
    pnp_wait_idle();
    assert_null(node_get(ONE));
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_REMOVE_DEVICE), 1);
    assert_int_equal(journal_count(TOY_FUNCTION, TOY_UNLOAD), 1);
    assert_int_equal(toy.devices, 1); /* the bus's own */
    pnp_node_put(bus);
}

/* The same device is plugged in again while the old one waits for its file. */
static void back_before_it_has_gone(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    void *file = toy_open(ONE, NULL);
    unplug(0);
    bus_look(bus);
    plug(1, 1);
    bus_look(bus);
    assert_true(is_started(ONE));
    toy_close(file);
    pnp_wait_idle();
    assert_true(is_started(ONE));
    assert_int_equal(toy.devices, 1 + 4);
    pnp_node_put(bus);
}

static const GUID toy_class = {0x5b1f0c7a, 0x2d53, 0x4c1e, {0x9a, 0x0d, 0x6e, 0x41, 1, 2, 3, 4}};

static UNICODE_STRING interface_on(const char *reference)
{
    UNICODE_STRING instance, name = {0}, link;
    ANSI_STRING text;
    RtlInitAnsiString(&text, ONE);
    assert_int_equal(RtlAnsiStringToUnicodeString(&instance, &text, TRUE), STATUS_SUCCESS);
    RtlInitAnsiString(&text, reference);
    assert_int_equal(RtlAnsiStringToUnicodeString(&name, &text, TRUE), STATUS_SUCCESS);
    assert_true(NT_SUCCESS(pnp_interface_register(&instance, &toy_class, &name, &link)));
    RtlFreeUnicodeString(&name);
    RtlFreeUnicodeString(&instance);
    assert_int_equal(pnp_interface_enable(&link, true), STATUS_SUCCESS);
    return link;
}

/* The new one's interfaces are its own: those of the old one go before, and not once more. */
static void interfaces_of_who_is_back(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    UNICODE_STRING first = interface_on("a"), second = interface_on("b");
    void *file = toy_open(ONE, NULL);
    unplug(0);
    bus_look(bus);
    plug(1, 1);
    bus_look(bus);
    assert_true(is_started(ONE));
    RtlFreeUnicodeString(&first);
    first = interface_on("a"); /* no driver has disabled the old one's */
    assert_false(pnp_interface_is_enabled(&second));
    toy_close(file);
    pnp_wait_idle();
    assert_true(pnp_interface_is_enabled(&first));
    unplug(1);
    bus_look(bus);
    assert_false(pnp_interface_is_enabled(&first));
    assert_int_equal(pnp_interface_delete(&first), STATUS_SUCCESS);
    assert_int_equal(pnp_interface_delete(&second), STATUS_SUCCESS);
    RtlFreeUnicodeString(&first);
    RtlFreeUnicodeString(&second);
    pnp_node_put(bus);
}

static void a_bus_is_unplugged_with_its_children(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    plug(1, 2);
    bus_look(bus);
    journal_clear();
    toy.state = PNP_DEVICE_FAILED;
    toy.slot_of_state = 2;
    IoInvalidateDeviceState(toy.slot[1].pdo);
    pnp_wait_idle();
    assert_int_equal(status_of(TWO).problem, CM_PROB_FAILED_POST_START);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_SURPRISE_REMOVAL), 1);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_REMOVE_DEVICE), 1);
    assert_int_equal(status_of(TWO).state, 0x312); /* DeviceNodeRemoved */
    assert_true(is_started(ONE));
    struct pnp_veto veto;
    assert_int_equal(pnp_device_remove(bus, &veto), STATUS_SUCCESS);
    assert_null(node_get(ONE));
    assert_null(node_get("ROOT\\TOYBUS\\0000"));
    int child = journal_find(TOY_UPPER, IRP_MN_REMOVE_DEVICE, 1);
    assert_true(child >= 0 && child < journal_find(TOY_BUS, IRP_MN_REMOVE_DEVICE, -1));
    assert_int_equal(toy.devices, 0);
    pnp_node_put(bus);
}

static void a_bus_driver_is_unloaded_after_its_childrens_devices(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    assert_int_equal(pnp_device_remove(bus, NULL), STATUS_SUCCESS);
    pnp_node_put(bus);
    assert_int_equal(journal_count(TOY_BUS, TOY_UNLOAD), 1);
    assert_false(log_has("unloaded and left"));
}

static void ejected(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    IoRequestDeviceEject(toy.slot[0].pdo);
    pnp_wait_idle();
    int removed = journal_find(TOY_PDO, IRP_MN_REMOVE_DEVICE, 1);
    assert_true(removed >= 0 && removed < journal_find(TOY_PDO, IRP_MN_EJECT, 1));
    assert_int_equal(status_of(ONE).problem, CM_PROB_HELD_FOR_EJECT);
    unplug(0);
    bus_look(bus);
    assert_null(node_get(ONE));
    pnp_node_put(bus);
}

/* A device that can be locked is locked while it runs. */
static void locked_until_it_is_ejected(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    toy.slot[0].can_lock = 1;
    plug(1, 2);
    bus_look(bus);
    int started = journal_find(TOY_PDO, IRP_MN_START_DEVICE, 1),
        locked = journal_find(TOY_PDO, IRP_MN_SET_LOCK, 1);
    assert_true(started >= 0 && started < locked);
    assert_int_equal(journal_find(TOY_PDO, IRP_MN_SET_LOCK, 2), -1);
    journal_clear();
    IoRequestDeviceEject(toy.slot[0].pdo);
    pnp_wait_idle();
    int unlocked = journal_find(TOY_PDO, IRP_MN_SET_LOCK, 1);
    assert_true(unlocked > journal_find(TOY_PDO, IRP_MN_REMOVE_DEVICE, 1));
    assert_true(unlocked < journal_find(TOY_PDO, IRP_MN_EJECT, 1));
    unplug(0);
    unplug(1);
    bus_look(bus);
    pnp_node_put(bus);
}

static void related_devices_go_first(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one(), *node = node_get(ONE);
    plug(1, 2);
    bus_look(bus);
    journal_clear();
    toy.removal_of = 1;
    toy.removal_with = 2;
    assert_int_equal(pnp_device_disable(node, NULL), STATUS_SUCCESS);
    int other = journal_find(TOY_UPPER, IRP_MN_REMOVE_DEVICE, 2);
    assert_true(other >= 0 && other < journal_find(TOY_UPPER, IRP_MN_REMOVE_DEVICE, 1));
    toy.removal_of = 0;
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void plugged_again_and_again(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_one();
    for (int i = 0; i < 50; i++) {
        unplug(0);
        bus_look(bus);
        assert_null(node_get(ONE));
        plug(0, 1);
        bus_look(bus);
        assert_true(is_started(ONE));
    }
    assert_int_equal(toy.devices, 1 + 4);
    pnp_node_put(bus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_start, machine_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(disable_and_enable),
        TEST(a_driver_refuses),
        TEST(a_bus_refuses_after_its_children),
        TEST(an_open_file_refuses),
        TEST(unplugged_during_a_read),
        TEST(back_before_it_has_gone),
        TEST(interfaces_of_who_is_back),
        TEST(a_bus_is_unplugged_with_its_children),
        TEST(a_bus_driver_is_unloaded_after_its_childrens_devices),
        TEST(ejected),
        TEST(locked_until_it_is_ejected),
        TEST(related_devices_go_first),
        TEST(plugged_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
