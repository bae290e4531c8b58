/* SPDX-License-Identifier: MIT */
/* config_test.c - what the registry says of devices and drivers, carried out: the objects' types,
 * characteristics, security and exclusiveness, filters of classes, containers, the order of boot.
 */
#include "kit.h"

#include <stdio.h>

#include "pnp_internal.h"

#define A "TOYBUS\\DEV1\\1"
#define B "TOYBUS\\DEV2\\2"

#define CLASS_GUID "{5d9b3c2e-41f0-4f31-9a55-6d6f20c1ab01}"
#define CLASS      "Control\\Class\\" CLASS_GUID

static void number_set(const char *key, const char *name, ULONG number)
{
    value_set(key, name, REG_DWORD, &number, sizeof(number));
}

static DEVICE_OBJECT *pdo_of(const char *instance)
{
    struct device_node *node = node_get(instance);
    DEVICE_OBJECT *pdo = pnp_node_pdo(node);
    pnp_node_put(node);
    return pdo;
}

/* ---- device objects ----------------------------------------------------------------------------
 */

static void the_device_wins_over_its_class(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    plug(1, 2);
    text_set("Enum\\" A, "ClassGUID", CLASS_GUID);
    text_set("Enum\\" B, "ClassGUID", CLASS_GUID);
    number_set(CLASS, "DeviceType", FILE_DEVICE_SERIAL_PORT);
    number_set(CLASS, "DeviceCharacteristics", FILE_DEVICE_SECURE_OPEN);
    number_set(CLASS "\\Properties", "Exclusive", 1);
    number_set("Enum\\" A, "DeviceType", FILE_DEVICE_MODEM);
    number_set("Enum\\" A, "Exclusive", 0);
    number_set("Enum\\" A, "DeviceCharacteristics", FILE_REMOVABLE_MEDIA);
    bus_look(bus);
    DEVICE_OBJECT *a = pdo_of(A), *b = pdo_of(B);
    assert_int_equal(a->DeviceType, FILE_DEVICE_MODEM);
    assert_int_equal(b->DeviceType, FILE_DEVICE_SERIAL_PORT);
    assert_int_equal(a->Flags & DO_EXCLUSIVE, 0);
    assert_int_equal(b->Flags & DO_EXCLUSIVE, DO_EXCLUSIVE);
    unsigned count = 0;
    for (DEVICE_OBJECT *at = a; at != NULL; at = at->AttachedDevice, count++) {
        assert_true(at->Characteristics & FILE_REMOVABLE_MEDIA);
        assert_false(at->Characteristics & FILE_DEVICE_SECURE_OPEN);
    }
    assert_int_equal(count, 4); /* PDO, lower filter, function, upper filter */
    for (DEVICE_OBJECT *at = b; at != NULL; at = at->AttachedDevice)
        assert_true(at->Characteristics & FILE_DEVICE_SECURE_OPEN);
    pnp_node_put(bus);
}

static void exclusive_is_for_one(void **state)
{
    (void)state;
    NTSTATUS status;
    struct device_node *bus = bus_create();
    plug(0, 1);
    number_set("Enum\\" A, "Exclusive", 1);
    bus_look(bus);
    void *file = toy_open(A, &status);
    assert_non_null(file);
    assert_null(toy_open(A, &status));
    assert_int_equal(status, STATUS_ACCESS_DENIED);
    toy_close(file);
    file = toy_open(A, &status);
    assert_non_null(file);
    toy_close(file);
    pnp_node_put(bus);
}

static bool security_names_only_system(DEVICE_OBJECT *device)
{
    BOOLEAN is_present, is_default;
    PACL list;
    PACCESS_ALLOWED_ACE ace;
    static const SID system = {1, 1, SECURITY_NT_AUTHORITY, {SECURITY_LOCAL_SYSTEM_RID}};
    assert_non_null(device->SecurityDescriptor);
    assert_int_equal(
        RtlGetDaclSecurityDescriptor(device->SecurityDescriptor, &is_present, &list, &is_default),
        STATUS_SUCCESS);
    return is_present && list != NULL && list->AceCount == 1 &&
           NT_SUCCESS(RtlGetAce(list, 0, (PVOID *)&ace)) &&
           RtlEqualSid((PSID)&ace->SidStart, (PSID)&system);
}

static void security_of_a_class(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    text_set("Enum\\" A, "ClassGUID", CLASS_GUID);
    text_set(CLASS "\\Properties", "Security", "D:P(A;;GA;;;SY)");
    bus_look(bus);
    unsigned count = 0;
    for (DEVICE_OBJECT *at = pdo_of(A); at != NULL; at = at->AttachedDevice, count++)
        assert_true(security_names_only_system(at));
    assert_int_equal(count, 4);
    pnp_node_put(bus);
}

/* ---- drivers -----------------------------------------------------------------------------------
 */

/* From below: the device's lower filters, its class's, the function driver, the device's upper
 * filters, its class's. */
static void filters_of_a_class(void **state)
{
    static const char *const lower[] = {"toy_lower", NULL}, *const upper[] = {"toy_upper", NULL},
                             *const none[] = {NULL};
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    list_set("Enum\\" A, "LowerFilters", none);
    list_set("Enum\\" A, "UpperFilters", none);
    text_set("Enum\\" A, "ClassGUID", CLASS_GUID);
    list_set(CLASS, "LowerFilters", lower);
    list_set(CLASS, "UpperFilters", upper);
    bus_look(bus);
    assert_true(is_started(A));
    int first = journal_find(TOY_LOWER, TOY_ADD, 1),
        second = journal_find(TOY_FUNCTION, TOY_ADD, 1);
    assert_true(first >= 0 && second > first && journal_find(TOY_UPPER, TOY_ADD, 1) > second);
    pnp_node_put(bus);
}

static void a_class_filter_that_is_not_there(void **state)
{
    static const char *const upper[] = {"nobody_has_this", NULL};
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    text_set("Enum\\" A, "ClassGUID", CLASS_GUID);
    list_set(CLASS, "UpperFilters", upper);
    bus_look(bus);
    assert_false(is_started(A));
    assert_int_not_equal(status_of(A).problem, 0);
    pnp_node_put(bus);
}

/* Groups as ServiceGroupOrder lists them, tags as GroupOrderList does; without a tag behind those
 * that have one, without a group at the end. */
static void order_of_boot(void **state)
{
    static const char *const groups[] = {"First", "Second", NULL};
    static const ULONG tags[] = {2, 7, 3};
    (void)state;
    list_set("Control\\ServiceGroupOrder", "List", groups);
    value_set("Control\\GroupOrderList", "Second", REG_BINARY, tags, sizeof(tags));
    static const char *const names[] = {"toy_bus", "toy_lower", "toy_function", "toy_upper"};
    char key[64];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(key, sizeof(key), "Services\\%s", names[i]);
        number_set(key, "Start", SERVICE_SYSTEM_START);
    }
    text_set("Services\\toy_lower", "Group", "Second");
    number_set("Services\\toy_lower", "Tag", 3);
    text_set("Services\\toy_function", "Group", "second"); /* names have no case */
    number_set("Services\\toy_function", "Tag", 7);
    text_set("Services\\toy_upper", "Group", "First");
    boot_drivers_start(SERVICE_BOOT_START);
    assert_int_equal(journal_count(-1, TOY_ENTRY), 0);
    boot_drivers_start(SERVICE_SYSTEM_START);
    int upper = journal_find(TOY_UPPER, TOY_ENTRY, -1),
        function = journal_find(TOY_FUNCTION, TOY_ENTRY, -1),
        lower = journal_find(TOY_LOWER, TOY_ENTRY, -1), bus = journal_find(TOY_BUS, TOY_ENTRY, -1);
    assert_true(upper >= 0 && function > upper && lower > function && bus > lower);
}

/* ---- containers --------------------------------------------------------------------------------
 */

static void container_of(const char *instance, char out[64])
{
    WCHAR wide[64] = {0};
    char key[300];
    snprintf(key, sizeof(key), "Enum\\%s", instance);
    out[0] = '\0';
    if (!value_get(key, "ContainerID", wide, sizeof(wide) - sizeof(WCHAR)))
        return;
    for (unsigned i = 0; i < 64; i++)
        out[i] = (char)wide[i];
}

/* The bus says one; else a removable device has its own and a fixed one its parent's. */
static void containers(void **state)
{
    char a[64], b[64], c[64], parents[64], again[64];
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    toy.slot[0].container = 321;
    plug(1, 2);
    plug(2, 3);
    toy.slot[1].is_removable = 1;
    bus_look(bus);
    container_of(A, a);
    container_of(B, b);
    container_of("TOYBUS\\DEV3\\3", c);
    container_of("ROOT\\TOYBUS\\0000", parents);
    assert_string_equal(a, "{70b1c2d3-0000-4000-8000-000000000321}");
    assert_int_equal(strlen(b), 38);
    assert_string_not_equal(b, a);
    assert_string_not_equal(b, parents);
    assert_string_equal(c, parents);
    unplug(1); /* it keeps it when it comes back */
    bus_look(bus);
    plug(1, 2);
    bus_look(bus);
    container_of(B, again);
    assert_string_equal(again, b);
    pnp_node_put(bus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_start, machine_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_device_wins_over_its_class),
        TEST(exclusive_is_for_one),
        TEST(security_of_a_class),
        TEST(filters_of_a_class),
        TEST(a_class_filter_that_is_not_there),
        TEST(order_of_boot),
        TEST(containers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
