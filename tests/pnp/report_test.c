/* SPDX-License-Identifier: MIT */
/* report_test.c - devices that a driver reports itself, a machine's boot drivers and root devices.
 */
#include "kit.h"

#include "io/io.h"
#include "ob/ob.h"
#include "scm/scm.h"

static DRIVER_OBJECT *loaded(const char *name)
{
    char error[256] = "";
    assert_int_equal(scm_start(name, NULL, error, sizeof(error)), 0);
    DRIVER_OBJECT *driver = io_driver_find_get(name);
    assert_non_null(driver);
    return driver;
}

static void a_detected_device_counts_as_started(void **state)
{
    (void)state;
    DRIVER_OBJECT *driver = loaded("toy_lower");
    DEVICE_OBJECT *pdo = NULL, *other = NULL;
    CM_RESOURCE_LIST list = {.Count = 1};
    CM_PARTIAL_RESOURCE_DESCRIPTOR *port = list.List[0].PartialResourceList.PartialDescriptors;
    list.List[0].PartialResourceList.Count = 1;
    port->Type = CmResourceTypePort;
    port->u.Port.Start.QuadPart = 0x3f8;
    port->u.Port.Length = 8;
    assert_int_equal(IoReportDetectedDevice(driver, Isa, 0, 0, &list, NULL, FALSE, &pdo),
                     STATUS_SUCCESS);
    assert_non_null(pdo);
    assert_true(is_started("ROOT\\TOY_LOWER\\0000"));
    assert_int_equal(journal_count(-1, TOY_ADD), 0);
    assert_int_equal(journal_count(-1, IRP_MN_START_DEVICE), 0);
    /* its ports are taken */
    assert_int_equal(IoReportDetectedDevice(driver, Isa, 0, 0, &list, NULL, FALSE, &other),
                     STATUS_CONFLICTING_ADDRESSES);
    assert_null(node_get("ROOT\\TOY_LOWER\\0001"));
    USHORT numa = 7;
    assert_int_equal(IoGetDeviceNumaNode(pdo, &numa), STATUS_SUCCESS);
    assert_int_equal(numa, 0);
    ob_dereference(driver);
}

static bool install_function(struct device_node *node)
{
    (void)node;
    text_set("Enum\\ROOT\\TOY_FUNCTION\\0000", "Service", "toy_function");
    return true;
}

static void a_root_device_gets_its_driver(void **state)
{
    (void)state;
    pnp_install_set(install_function);
    DRIVER_OBJECT *driver = loaded("toy_function");
    assert_int_equal(IoReportRootDevice(driver), STATUS_SUCCESS);
    assert_int_equal(IoReportRootDevice(driver), STATUS_SUCCESS);
    pnp_wait_idle();
    assert_true(is_started("ROOT\\TOY_FUNCTION\\0000"));
    assert_null(node_get("ROOT\\TOY_FUNCTION\\0001"));
    assert_int_equal(journal_count(TOY_FUNCTION, TOY_ADD), 1);
    pnp_install_set(NULL);
    ob_dereference(driver);
}

static NTSTATUS told_status;
static void NTAPI told(NTSTATUS status, PVOID context)
{
    told_status = status;
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static void who_ejects_hears_how_it_ended(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    KEVENT event;
    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    plug(0, 1);
    bus_look(bus);
    DEVICE_OBJECT *pdo = toy.slot[0].pdo;
    toy.fails[TOY_UPPER][IRP_MN_QUERY_REMOVE_DEVICE] = STATUS_DEVICE_BUSY;
    assert_int_equal(IoRequestDeviceEjectEx(pdo, told, &event, pdo->DriverObject), STATUS_PENDING);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(told_status, STATUS_PLUGPLAY_QUERY_VETOED);
    toy.fails[TOY_UPPER][IRP_MN_QUERY_REMOVE_DEVICE] = 0;
    assert_int_equal(IoRequestDeviceEjectEx(pdo, told, &event, pdo->DriverObject), STATUS_PENDING);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(told_status, STATUS_SUCCESS);
    assert_int_equal(journal_count(TOY_PDO, IRP_MN_EJECT), 1);
    pnp_wait_idle();
    pnp_node_put(bus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_start, machine_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_detected_device_counts_as_started),
        TEST(a_root_device_gets_its_driver),
        TEST(who_ejects_hears_how_it_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
