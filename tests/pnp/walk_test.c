/* SPDX-License-Identifier: MIT */
/* walk_test.c - from "a bus reports a child" to "started": the order of what its drivers are asked.
 */
#include "kit.h"

#define DEVICE "TOYBUS\\DEV1\\1"

/* Each of the PDO's requests comes, in this order, before any driver is added. */
static const unsigned identify_order[] = {IRP_MN_QUERY_ID,
                                          IRP_MN_QUERY_CAPABILITIES,
                                          IRP_MN_QUERY_RESOURCES,
                                          IRP_MN_QUERY_RESOURCE_REQUIREMENTS,
                                          IRP_MN_QUERY_BUS_INFORMATION,
                                          IRP_MN_QUERY_DEVICE_TEXT};

static void a_child_starts(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    assert_true(is_started("ROOT\\TOYBUS\\0000"));
    journal_clear();
    plug(0, 1);
    bus_look(bus);
    assert_true(is_started(DEVICE));
    int added = journal_find(TOY_LOWER, TOY_ADD, 1);
    assert_true(added > 0);
    for (unsigned i = 0; i < sizeof(identify_order) / sizeof(*identify_order); i++) {
        int at = journal_find(TOY_PDO, identify_order[i], 1);
        assert_in_range(at, 0, added);
    }
    /* lower filter, function driver, upper filter: loaded and added in this order */
    assert_true(journal_find(TOY_LOWER, TOY_ENTRY, -1) < added);
    assert_true(added < journal_find(TOY_FUNCTION, TOY_ENTRY, -1));
    assert_true(journal_find(TOY_FUNCTION, TOY_ENTRY, -1) < journal_find(TOY_FUNCTION, TOY_ADD, 1));
    assert_true(journal_find(TOY_FUNCTION, TOY_ADD, 1) < journal_find(TOY_UPPER, TOY_ADD, 1));
    /* then filtered requirements and the start, from the top down and back up */
    int filtered = journal_find(TOY_UPPER, IRP_MN_FILTER_RESOURCE_REQUIREMENTS, 1);
    int start = journal_find(TOY_UPPER, IRP_MN_START_DEVICE, 1);
    assert_true(journal_find(TOY_UPPER, TOY_ADD, 1) < filtered && filtered < start);
    assert_true(start < journal_find(TOY_FUNCTION, IRP_MN_START_DEVICE, 1));
    assert_true(journal_find(TOY_FUNCTION, IRP_MN_START_DEVICE, 1) <
                journal_find(TOY_LOWER, IRP_MN_START_DEVICE, 1));
    assert_true(journal_find(TOY_LOWER, IRP_MN_START_DEVICE, 1) <
                journal_find(TOY_PDO, IRP_MN_START_DEVICE, 1));
    assert_true(journal_find(TOY_LOWER, TOY_UP | IRP_MN_START_DEVICE, 1) <
                journal_find(TOY_UPPER, TOY_UP | IRP_MN_START_DEVICE, 1));
    /* after it: capabilities once more, the state, the children */
    int state_asked = journal_find(TOY_UPPER, IRP_MN_QUERY_PNP_DEVICE_STATE, 1);
    int capable = journal_find(TOY_UPPER, IRP_MN_QUERY_CAPABILITIES, 1);
    int related = journal_find(TOY_UPPER, IRP_MN_QUERY_DEVICE_RELATIONS, 1);
    assert_true(start < capable && capable < state_asked && state_asked < related);
    assert_int_equal(journal_count(TOY_ROLES, IRP_MN_START_DEVICE), 0); /* PASSIVE, system thread */
    pnp_node_put(bus);
}

static void what_the_bus_says_is_stored(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    WCHAR text[64] = {0};
    ULONG number = 0;
    plug(0, 1);
    bus_look(bus);
    assert_true(value_get("Enum\\" DEVICE, "HardwareID", text, sizeof(text)));
    assert_int_equal(text[0], 'T');
    assert_true(value_get("Enum\\" DEVICE, "CompatibleIDs", text, sizeof(text)));
    assert_true(value_get("Enum\\" DEVICE, "DeviceDesc", text, sizeof(text)));
    assert_int_equal(text[11], '1');
    assert_true(value_get("Enum\\" DEVICE, "Capabilities", &number, sizeof(number)));
    assert_int_equal(number, 0x12); /* EjectSupported, UniqueID */
    assert_true(value_get("Services\\toy_function\\Enum", "Count", &number, sizeof(number)));
    assert_int_equal(number, 1);
    struct device_node *node = node_get(DEVICE);
    DEVICE_OBJECT *pdo = pnp_node_pdo(node);
    assert_true(pdo->Flags & DO_BUS_ENUMERATED_DEVICE);
    assert_ptr_equal(pdo->DeviceObjectExtension->DeviceNode, node);
    pnp_node_put(node);
    pnp_node_put(bus);
}

/* An instance that is unique on its bus only gets its parent's place in front. */
static void instances_are_made_unique(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    toy.slot[0].is_unique = 0;
    bus_look(bus);
    assert_null(node_get(DEVICE));
    DEVICE_OBJECT *pdo = toy.slot[0].pdo;
    struct device_node *node = pnp_node_of_get(pdo);
    assert_non_null(node);
    const UNICODE_STRING *name = pnp_node_instance(node);
    assert_int_equal(name->Buffer[name->Length / 2 - 1], '1');
    assert_int_equal(name->Buffer[name->Length / 2 - 2], '&');
    /* nobody has installed that one */
    struct pnp_status status;
    pnp_status_get(node, &status);
    assert_int_equal(status.problem, CM_PROB_FAILED_INSTALL);
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void a_raw_device_needs_no_driver(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    toy.slot[0] =
        (struct toy_slot){.is_present = 1, .id = 7, .serial = 7, .is_unique = 1, .is_raw = 1};
    bus_look(bus);
    assert_true(is_started("TOYBUS\\DEV7\\7"));
    pnp_node_put(bus);
}

static bool install_now(struct device_node *node)
{
    (void)node;
    slot_install("TOYBUS\\DEV7\\7");
    return true;
}

static void who_installs_is_asked(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    pnp_install_set(install_now);
    toy.slot[0] = (struct toy_slot){.is_present = 1, .id = 7, .serial = 7, .is_unique = 1};
    bus_look(bus);
    assert_true(is_started("TOYBUS\\DEV7\\7"));
    assert_int_equal(journal_count(TOY_FUNCTION, TOY_ADD), 1);
    pnp_install_set(NULL);
    pnp_node_put(bus);
}

static void class_filters_go_outside(void **state)
{
    (void)state;
    static const char *const lower[] = {"toy_lower", NULL}, *const upper[] = {"toy_upper", NULL};
    static const char guid[] = "{11112222-3333-4444-5555-666677778888}";
    struct device_node *bus = bus_create();
    char key[100] = "Control\\Class\\";
    strcat(key, guid);
    list_set(key, "LowerFilters", lower);
    list_set(key, "UpperFilters", upper);
    toy.slot[0] = (struct toy_slot){.is_present = 1, .id = 7, .serial = 7, .is_unique = 1};
    text_set("Enum\\TOYBUS\\DEV7\\7", "Service", "toy_function");
    text_set("Enum\\TOYBUS\\DEV7\\7", "ClassGUID", guid);
    journal_clear();
    bus_look(bus);
    assert_true(is_started("TOYBUS\\DEV7\\7"));
    assert_true(journal_find(TOY_LOWER, TOY_ADD, 7) < journal_find(TOY_FUNCTION, TOY_ADD, 7));
    assert_true(journal_find(TOY_FUNCTION, TOY_ADD, 7) < journal_find(TOY_UPPER, TOY_ADD, 7));
    pnp_node_put(bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_child_starts, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(what_the_bus_says_is_stored, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(instances_are_made_unique, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(a_raw_device_needs_no_driver, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(who_installs_is_asked, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(class_filters_go_outside, machine_start, machine_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
