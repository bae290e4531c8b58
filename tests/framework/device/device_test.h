/* SPDX-License-Identifier: MIT */
/* device_test.h - a Plug and Play driver of the Framework with tests inside.
 *
 * It is installed as a root device; its FDO is what the tests look at. They are asked for through
 * a control device by the program beside it, one IOCTL_DRIVERTEST_RUN each, as drivertest.h says.
 */
#ifndef DEVICE_TEST_H
#define DEVICE_TEST_H

#include "drivertest.h"

#include <wdf.h>

#define DEVICE_TEST_NAME L"\\Device\\FxDeviceTest"

extern WDFDEVICE test_fdo;
extern WDFQUEUE test_queue;

/* Checks while the FDO is made; their failures are those of the test "add". */
NTSTATUS test_add(PWDFDEVICE_INIT *init);
/* Waits for an event that Plug and Play sets, at most as long as a machine may take. */
BOOLEAN test_wait(PKEVENT event);
/* A synchronous IRP to a stack from its top: for major functions that have no other way in. */
NTSTATUS test_ioctl(PDEVICE_OBJECT device, ULONG code, BOOLEAN is_internal, ULONG *out_information);
NTSTATUS test_pnp(PDEVICE_OBJECT device, UCHAR minor, void (*fill)(PIO_STACK_LOCATION stack),
                  ULONG_PTR *out_information);

/* A raw child: what comes and goes of it. */
struct test_child {
    KEVENT started, gone;
    LONG starts, missing, destroyed;
};
/* Before anybody may wait for it. */
void test_child_init(struct test_child *child);
NTSTATUS test_child_create(PWDFDEVICE_INIT *init, ULONG number, struct test_child *child,
                           WDFDEVICE *out_pdo);
struct test_child *test_child_of(WDFDEVICE pdo);

extern ULONG test_number; /* for ids that are never used twice */

/* clang-format off */
#define DEVICE_TESTS(X)                                                                     \
    X(fdo_is_in_its_stack) X(names_and_links) X(characteristics) X(properties)              \
    X(registry_keys) X(interfaces_are_enabled_by_state) X(query_interface_is_answered)      \
    X(import_interface) X(preprocessor_sees_irps) X(routes_before_queues)                   \
    X(control_device_by_name) X(control_device_deleted_while_open)                          \
    X(control_device_refusals) X(static_child_comes_and_goes) X(static_child_never_added)   \
    X(static_children_are_walked) X(pdo_answers) X(relations_are_kept)                      \
    X(dynamic_child_comes_and_goes) X(scan_finds_what_is_missing) X(ejected_child_goes)     \
    X(iteration_holds_the_list) X(scan_while_the_list_is_held) X(creation_is_refused)       \
    X(descriptions_of_wrong_size) X(reenumerated_by_itself) X(child_gone_before_it_is_told) \
    X(target_answers) X(dependent_devices) X(child_forwards_to_parent)                      \
    X(child_asks_for_ejection)
/* clang-format on */
#define X(name) void name(void);
DEVICE_TESTS(X)
#undef X

#endif
