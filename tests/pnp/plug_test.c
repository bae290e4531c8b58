/* SPDX-License-Identifier: MIT */
/* plug_test.c - plugged and unplugged again and again while its device is opened and read.
 *
 *   pnp_plug_test [TIMES]
 *
 * Prints how long one plug-and-start of the three-driver stack takes on average.
 */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "ex/ex.h"
#include "host/host.h"
#include "ob/ob.h"

#define DEVICE "TOYBUS\\DEV1\\1"

static unsigned times = 2000;

static void once(struct device_node *bus, unsigned kind)
{
    struct pending_read read;
    plug(0, 1);
    bus_look(bus);
    assert_true(is_started(DEVICE));
    void *file = kind % 2 ? toy_open(DEVICE, NULL) : NULL;
    if (file != NULL)
        toy_read(file, &read);
    unplug(0);
    bus_look(bus);
    if (file != NULL) {
        assert_int_equal(toy_read_wait(&read), STATUS_DELETE_PENDING);
        toy_close(file);
        pnp_wait_idle();
    }
    journal_clear();
    assert_int_equal(toy.devices, 1);
}

static void again_and_again(void **state)
{
    (void)state;
    struct ex_pool_counts before, after;
    struct ob_counts objects_before, objects_after;
    struct device_node *bus = bus_create();
    for (unsigned i = 0; i < 20; i++)
        once(bus, i);
    ex_pool_counts(&before);
    ob_counts(&objects_before);
    for (unsigned i = 0; i < times; i++)
        once(bus, i);
    ex_pool_counts(&after);
    ob_counts(&objects_after);
    /* workers come and go by themselves */
    assert_in_range(after.blocks, 0, before.blocks + 16);
    assert_in_range(objects_after.objects, 0, objects_before.objects + 16);
    pnp_node_put(bus);
}

static void how_long(void **state)
{
    (void)state;
    struct device_node *bus = bus_create();
    uint64_t sum = 0;
    for (unsigned i = 0; i < 200; i++) {
        plug(0, 1);
        uint64_t began = host_clock_ns();
        bus_look(bus);
        sum += host_clock_ns() - began;
        unplug(0);
        bus_look(bus);
    }
    printf("one plug-and-start, drivers loaded each time: %llu us\n",
           (unsigned long long)(sum / 200 / 1000));
    plug(1, 2); /* the drivers stay loaded */
    bus_look(bus);
    sum = 0;
    for (unsigned i = 0; i < 200; i++) {
        plug(0, 1);
        uint64_t began = host_clock_ns();
        bus_look(bus);
        sum += host_clock_ns() - began;
        unplug(0);
        bus_look(bus);
    }
    printf("one plug-and-start, drivers loaded already: %llu us\n",
           (unsigned long long)(sum / 200 / 1000));
    pnp_node_put(bus);
}

/* What a machine that is kept finds in its registry when it boots again. */
static void boot_with_two_hundred(void **state)
{
    (void)state;
    char instance[64];
    for (unsigned i = 0; i < 200; i++) {
        snprintf(instance, sizeof(instance), "ROOT\\MANY\\%04u", i);
        slot_install(instance);
    }
    uint64_t began = host_clock_ns();
    assert_int_equal(pnp_start(), STATUS_SUCCESS);
    uint64_t took = host_clock_ns() - began;
    assert_true(is_started("ROOT\\MANY\\0000") && is_started("ROOT\\MANY\\0199"));
    assert_int_equal(toy.adds, 600);
    printf("200 root devices with three drivers each: %llu ms\n",
           (unsigned long long)(took / 1000000));
}

int main(int count, char **arguments)
{
    if (count > 1)
        times = (unsigned)strtoul(arguments[1], NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(again_and_again, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(how_long, machine_start, machine_stop),
        cmocka_unit_test_setup_teardown(boot_with_two_hundred, machine_start, machine_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
