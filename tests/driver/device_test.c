/* SPDX-License-Identifier: MIT */
/* device_test.c - libcove's calls for devices: made, given stacks, plugged, power, packages.
 *
 *   device_test FOLDER    with the toy bus and its package, as they are built
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cove/cove.h"

#define STARTED      0x8u /* DN_STARTED */
#define BUS_PATH     "\\\\?\\ROOT#TOYBUS#0000#{5b1f0c7a-2d53-4c1e-9a0d-6e41773a1001}"
#define IOCTL_PLUG   0x002aa000u
#define IOCTL_UNPLUG 0x002aa004u
#define NO_DEVICE    ((int32_t)0xc000000e) /* STATUS_NO_SUCH_DEVICE */

static const char *folder;
static struct cove_machine *machine;
static char error[400];

static void drivers_add(void)
{
    static const char *const names[] = {"toybus", "toy", "toylower", "afterthought"};
    char path[PATH_MAX];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s.sys", folder, names[i]);
        assert_int_equal(cove_driver(machine, path, error, sizeof error), 0);
    }
    assert_true(cove_driver(machine, "no/such.sys", error, sizeof error) < 0);
    assert_non_null(strstr(error, "no/such.sys"));
}

static int up(void **state)
{
    return cove_boot(NULL, &machine);
}

static int down(void **state)
{
    return (int)cove_shutdown(machine);
}

static bool is_started(const char *instance, uint32_t *out_problem)
{
    uint32_t flags = 0;
    *out_problem = 0;
    return cove_device_status(machine, instance, &flags, out_problem) == 0 && (flags & STARTED);
}

struct seen {
    char child[COVE_INSTANCE_MAX];
    unsigned count;
};

static void child_see(const char *instance, void *context)
{
    struct seen *seen = context;
    seen->count++;
    if (!strncmp(instance, "TOYBUS\\", 7))
        snprintf(seen->child, sizeof seen->child, "%s", instance);
}

static void a_bus_and_its_child(void **state)
{
    static const char *const lower[] = {"toylower", NULL}, *const upper[] = {"afterthought", NULL};
    struct cove_stack bus_stack = {.function = "toybus"}, stack = {"toy", lower, upper};
    struct seen seen = {0}, without = {0};
    char bus[COVE_INSTANCE_MAX];
    uint32_t problem, serial = 7, count;
    struct cove_counts before, after;
    cove_file file;
    drivers_add();
    assert_int_equal(
        cove_device_create(machine, "Root\\ToyBus", &bus_stack, bus, error, sizeof error), 0);
    assert_string_equal(bus, "ROOT\\TOYBUS\\0000");
    assert_true(is_started(bus, &problem));
    assert_int_equal(cove_open(machine, BUS_PATH, COVE_READ | COVE_WRITE, &file), 0);
    cove_device_visit(machine, child_see, &without);
    assert_string_equal(without.child, "");
    assert_int_equal(cove_ioctl(file, IOCTL_PLUG, &serial, 4, NULL, 0, &count), 0);
    assert_int_equal(cove_devices_wait(machine), 0);
    cove_device_visit(machine, child_see, &seen);
    assert_int_equal(seen.count, without.count + 1);
    /* No driver yet: problem 28, or 1 before anybody has looked for one. */
    assert_false(is_started(seen.child, &problem));
    assert_true(problem == 28 || problem == 1);
    cove_counts(machine, &before);
    assert_int_equal(cove_device_stack(machine, seen.child, &stack, error, sizeof error), 0);
    assert_true(is_started(seen.child, &problem));
    cove_counts(machine, &after);
    assert_int_equal(after.devices - before.devices, 3);
    assert_int_equal(cove_device_restart(machine, seen.child), 0);
    assert_true(is_started(seen.child, &problem));
    assert_int_equal(cove_power(machine, COVE_POWER_SLEEP, error, sizeof error), 0);
    assert_true(cove_power(machine, COVE_POWER_HIBERNATE, error, sizeof error) < 0);
    assert_non_null(strstr(error, "sleeps already"));
    assert_int_equal(cove_power(machine, COVE_POWER_WORK, error, sizeof error), 0);
    /* It comes back with its stack. */
    assert_int_equal(cove_ioctl(file, IOCTL_UNPLUG, &serial, 4, NULL, 0, &count), 0);
    assert_int_equal(cove_device_rescan(machine, bus), 0);
    assert_int_equal(cove_devices_wait(machine), 0);
    assert_int_equal(cove_device_status(machine, seen.child, &problem, &problem), NO_DEVICE);
    assert_int_equal(cove_ioctl(file, IOCTL_PLUG, &serial, 4, NULL, 0, &count), 0);
    assert_int_equal(cove_devices_wait(machine), 0);
    assert_true(is_started(seen.child, &problem));
    /* An open file is in the way of the bus's removal. */
    assert_true(cove_device_remove(machine, bus) < 0);
    cove_close(file);
    assert_int_equal(cove_device_remove(machine, bus), 0);
    assert_int_equal(cove_device_rescan(machine, NULL), 0);
    assert_int_equal(cove_device_remove(machine, bus), NO_DEVICE);
}

static void a_stack_that_cannot_be(void **state)
{
    struct cove_stack stack = {.function = "nobody"}, none = {0};
    char instance[COVE_INSTANCE_MAX];
    uint32_t problem;
    cove_device_create(machine, "Root\\Odd", &stack, instance, error, sizeof error);
    assert_string_equal(instance, "ROOT\\ODD\\0000");
    assert_false(is_started(instance, &problem));
    assert_int_not_equal(problem, 0);
    assert_non_null(strstr(error, "ROOT\\ODD\\0000: problem"));
    assert_true(cove_device_stack(machine, instance, &none, error, sizeof error) < 0);
    assert_int_equal(cove_device_remove(machine, instance), 0);
}

static void packages(void **state)
{
    char drive[] = "/tmp/cove-device-XXXXXX", path[PATH_MAX], instance[COVE_INSTANCE_MAX],
         words[80];
    struct cove_options options = {.folder = mkdtemp(drive)};
    uint32_t problem;
    assert_int_equal(cove_boot(&options, &machine), 0);
    snprintf(path, sizeof path, "%s/toybus.inf", folder);
    assert_true(cove_install(machine, path, "root\\nothing", instance, error, sizeof error) < 0);
    assert_int_equal(cove_install(machine, path, "root\\toybus", instance, error, sizeof error), 0);
    assert_true(is_started(instance, &problem));
    assert_int_equal(cove_device_remove(machine, instance), 0);
    assert_int_equal(cove_shutdown(machine), 0);
    snprintf(words, sizeof words, "rm -rf %s", drive);
    assert_int_equal(system(words), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bus_and_its_child, up, down),
        cmocka_unit_test_setup_teardown(a_stack_that_cannot_be, up, down),
        cmocka_unit_test(packages),
    };
    folder = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
