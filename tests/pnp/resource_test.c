/* SPDX-License-Identifier: MIT */
/* resource_test.c - what devices are given: ranges, lines, channels; conflicts, and moving aside.
 */
#include "kit.h"

#include "hal/hal.h"

#define A "TOYBUS\\DEV1\\1"
#define B "TOYBUS\\DEV2\\2"
#define C "TOYBUS\\DEV3\\3"
#define D "TOYBUS\\DEV4\\4"

static long long start_of(const char *instance)
{
    CM_RESOURCE_LIST *raw, *translated;
    struct device_node *node = node_get(instance);
    assert_int_equal(pnp_resources_get(node, &raw, &translated), STATUS_SUCCESS);
    pnp_node_put(node);
    if (raw == NULL)
        return -1;
    long long start = raw->List[0].PartialResourceList.PartialDescriptors[0].u.Port.Start.QuadPart;
    ExFreePool(raw);
    ExFreePool(translated);
    return start;
}

static void plug_ports(int at, int id, int ports)
{
    plug(at, id);
    toy.slot[at].ports = ports;
}

/* A, a hole, C: 8 ports each of 32. */
static struct device_node *bus_with_a_hole(void)
{
    struct device_node *bus = bus_create();
    plug_ports(0, 1, 8);
    plug_ports(1, 2, 8);
    plug_ports(2, 3, 8);
    bus_look(bus);
    assert_int_equal(start_of(A), 0x300);
    assert_int_equal(start_of(B), 0x308);
    assert_int_equal(start_of(C), 0x310);
    unplug(1);
    bus_look(bus);
    journal_clear();
    plug_ports(3, 4, 16);
    return bus;
}

static void others_move_aside(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_a_hole();
    void *file = toy_open(A, NULL); /* transparent to who has it open */
    bus_look(bus);
    assert_true(is_started(A) && is_started(C) && is_started(D));
    assert_int_equal(start_of(D), 0x300);
    assert_int_equal(start_of(A), 0x310);
    assert_int_equal(start_of(C), 0x318);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_QUERY_STOP_DEVICE), 2);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_STOP_DEVICE), 2);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_START_DEVICE), 3);
    int stopped = journal_find(TOY_FUNCTION, IRP_MN_STOP_DEVICE, 3);
    assert_true(stopped < journal_find(TOY_FUNCTION, IRP_MN_START_DEVICE, 1));
    /* not after a stop for rebalancing */
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_QUERY_PNP_DEVICE_STATE), 1);
    toy_close(file);
    pnp_node_put(bus);
}

/* The first descriptor of a kind that a device has been given. */
static CM_PARTIAL_RESOURCE_DESCRIPTOR given(const char *instance, UCHAR type)
{
    CM_RESOURCE_LIST *raw, *translated;
    CM_PARTIAL_RESOURCE_DESCRIPTOR found = {0};
    struct device_node *node = node_get(instance);
    assert_int_equal(pnp_resources_get(node, &raw, &translated), STATUS_SUCCESS);
    pnp_node_put(node);
    assert_non_null(raw);
    const CM_PARTIAL_RESOURCE_LIST *list = &raw->List[0].PartialResourceList;
    for (ULONG i = 0; i < list->Count && found.Type != type; i++)
        found = list->PartialDescriptors[i];
    assert_int_equal(found.Type, type);
    ExFreePool(raw);
    ExFreePool(translated);
    return found;
}

/* Four pages: one each in the first three, the one in the middle goes, two together are wanted. */
static void memory_moves_aside(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    for (int i = 0; i < 3; i++) {
        plug(i, i + 1);
        toy.slot[i].pages = 1;
    }
    bus_look(bus);
    assert_int_equal(start_of(C), 0xd0002000);
    unplug(1);
    bus_look(bus);
    journal_clear();
    plug(3, 4);
    toy.slot[3].pages = 2;
    bus_look(bus);
    assert_true(is_started(A) && is_started(C) && is_started(D));
    assert_int_equal(start_of(D), 0xd0000000);
    assert_int_equal(start_of(A), 0xd0002000);
    assert_int_equal(start_of(C), 0xd0003000);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_STOP_DEVICE), 2);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_START_DEVICE), 3);
    pnp_node_put(bus);
}

/* Who has the only line that would do for another has a second choice, and takes it. */
static void lines_move_aside(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    ULONG vector;
    KIRQL irql;
    plug(0, 1);
    toy.slot[0].line = 5;
    toy.slot[0].last_line = 6;
    bus_look(bus);
    assert_int_equal(given(A, CmResourceTypeInterrupt).u.Interrupt.Vector, 5);
    journal_clear();
    plug(1, 2);
    toy.slot[1].line = toy.slot[1].last_line = 5;
    bus_look(bus);
    assert_true(is_started(A) && is_started(B));
    assert_int_equal(given(A, CmResourceTypeInterrupt).u.Interrupt.Vector, 6);
    assert_int_equal(given(B, CmResourceTypeInterrupt).u.Interrupt.Vector, 5);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_STOP_DEVICE), 1);
    /* What A is told of when it goes on is its new line. */
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_START_DEVICE), 2);
    assert_true(journal_find(TOY_FUNCTION, IRP_MN_STOP_DEVICE, 1) <
                journal_find(TOY_FUNCTION, IRP_MN_START_DEVICE, 1));
    assert_true(journal_find(TOY_FUNCTION, IRP_MN_START_DEVICE, 1) <
                journal_find(TOY_FUNCTION, IRP_MN_START_DEVICE, 2));
    unplug(1);
    bus_look(bus);
    struct device_node *node = node_get(A);
    assert_int_equal(pnp_device_restart(node, NULL), STATUS_SUCCESS);
    assert_true(hal_interrupt_vector(5, &vector, &irql));
    assert_int_equal(toy.vector, vector);
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void channels_move_aside(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    toy.slot[0].channel = 1;
    bus_look(bus);
    assert_int_equal(given(A, CmResourceTypeDma).u.Dma.Channel, 0);
    journal_clear();
    plug(1, 2);
    toy.slot[1].channel = toy.slot[1].is_channel_0 = 1;
    bus_look(bus);
    assert_true(is_started(A) && is_started(B));
    assert_int_equal(given(A, CmResourceTypeDma).u.Dma.Channel, 1);
    assert_int_equal(given(B, CmResourceTypeDma).u.Dma.Channel, 0);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_QUERY_STOP_DEVICE), 1);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_STOP_DEVICE), 1);
    /* There is no third: who comes last has a conflict, nobody is stopped for nothing. */
    journal_clear();
    plug(2, 3);
    toy.slot[2].channel = 1;
    bus_look(bus);
    assert_int_equal(status_of(C).problem, CM_PROB_NORMAL_CONFLICT);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_STOP_DEVICE), 0);
    assert_int_equal(journal_count(TOY_FUNCTION, IRP_MN_CANCEL_STOP_DEVICE), 2);
    assert_true(is_started(A) && is_started(B));
    pnp_node_put(bus);
}

static void who_refuses_to_stop_stays(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_a_hole();
    toy.fails[TOY_FUNCTION][IRP_MN_QUERY_STOP_DEVICE] = STATUS_DEVICE_BUSY;
    bus_look(bus);
    assert_int_equal(status_of(D).problem, CM_PROB_NORMAL_CONFLICT);
    assert_true(is_started(A) && is_started(C));
    assert_int_equal(start_of(A), 0x300);
    assert_int_equal(journal_count(TOY_UPPER, IRP_MN_CANCEL_STOP_DEVICE), 2);
    assert_int_equal(journal_count(-1, IRP_MN_STOP_DEVICE), 0);
    toy.fails[TOY_FUNCTION][IRP_MN_QUERY_STOP_DEVICE] = 0;
    struct device_node *node = node_get(D);
    assert_int_equal(pnp_device_configure(node, NULL, 0), STATUS_SUCCESS);
    pnp_node_put(node);
    pnp_node_put(bus);
}

static void a_restart_fails(void **state)
{
    (void)state;
    struct device_node *bus = bus_with_a_hole();
    toy.fails[TOY_LOWER][IRP_MN_START_DEVICE] = STATUS_UNSUCCESSFUL;
    bus_look(bus);
    assert_int_equal(status_of(A).problem, CM_PROB_FAILED_START);
    assert_int_equal(status_of(D).problem, CM_PROB_FAILED_START);
    assert_int_equal(start_of(A), -1);
    toy.fails[TOY_LOWER][IRP_MN_START_DEVICE] = 0;
    pnp_node_put(bus);
}

static void lines_are_shared_channels_are_not(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    ULONG vector;
    KIRQL irql;
    for (int i = 0; i < 3; i++) {
        plug(i, i + 1);
        toy.slot[i].line = 5;
        toy.slot[i].channel = 1;
        toy.slot[i].pages = 1;
    }
    bus_look(bus);
    assert_true(is_started(A) && is_started(B));
    assert_int_equal(status_of(C).problem, CM_PROB_NORMAL_CONFLICT);
    assert_true(hal_interrupt_vector(5, &vector, &irql));
    assert_int_equal(toy.vector, vector);
    assert_int_equal(start_of(B), 0xd0001000);
    pnp_node_put(bus);
}

/* Of MSI, one descriptor with a range; each message is heard with its number. */
static void messages_reach_the_driver(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    plug(0, 1);
    toy.slot[0].messages = 4;
    plug(1, 2);
    toy.slot[1].messages = 2;
    bus_look(bus);
    assert_true(is_started(A) && is_started(B));
    assert_int_equal(toy.message_count, 2); /* B's, the last that started */
    unplug(1);
    bus_look(bus);
    struct device_node *node = node_get(A);
    struct pnp_veto veto = {0};
    assert_int_equal(pnp_device_restart(node, &veto), STATUS_SUCCESS);
    assert_int_equal(toy.message_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(toy.message_vector[i], toy.message_vector[0] + i);
        for (unsigned k = 0; k <= i; k++) {
            hal_interrupt_raise(toy.message_vector[i]);
            while (toy.message_calls[i] <= (int)k)
                YieldProcessor();
        }
    }
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(toy.message_calls[i], i + 1);
    CM_RESOURCE_LIST *raw, *translated;
    assert_int_equal(pnp_resources_get(node, &raw, &translated), STATUS_SUCCESS);
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *at =
        &translated->List[0].PartialResourceList.PartialDescriptors[0];
    assert_int_equal(translated->List[0].PartialResourceList.Count, 1);
    assert_int_equal(at->Flags, CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE);
    assert_int_equal(at->u.MessageInterrupt.Translated.Vector, toy.message_vector[0]);
    assert_int_equal(at->u.MessageInterrupt.Translated.Level, toy.message_vector[0] >> 4);
    at = &raw->List[0].PartialResourceList.PartialDescriptors[0];
    assert_int_equal(at->u.MessageInterrupt.Raw.MessageCount, 4);
    ExFreePool(raw);
    ExFreePool(translated);
    pnp_node_put(node);
    pnp_node_put(bus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_start, machine_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(others_move_aside),         TEST(who_refuses_to_stop_stays),
        TEST(a_restart_fails),           TEST(lines_are_shared_channels_are_not),
        TEST(messages_reach_the_driver), TEST(memory_moves_aside),
        TEST(lines_move_aside),          TEST(channels_move_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
