/* SPDX-License-Identifier: MIT */
/* stack_build.c - from a device that is known to a stack of device objects: AddDevice by AddDevice.
 *
 * In: a node in DeviceNodeInitialized; out: DeviceNodeDriversAdded, or a problem and a stack that
 * was taken apart again. Drivers are loaded one by one, just before they are added.
 */
#include "pnp_internal.h"

#include "callout/callout.h"

/* ---- one driver ------------------------------------------------------------------------------ */

/* Doc:     wdm.h DRIVER_ADD_DEVICE: a function driver's failure fails the device; a filter may
 *          return success without having attached */
static NTSTATUS driver_add(struct device_node *node, DRIVER_OBJECT *driver, bool is_function,
                           ULONG *out_problem)
{
    PDRIVER_ADD_DEVICE add = driver->DriverExtension->AddDevice;
    if (add == NULL) {
        *out_problem = is_function ? CM_PROB_LEGACY_SERVICE_NO_DEVICES : CM_PROB_FAILED_ADD;
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    node->flags |= NODE_IS_ADDED;
    driver->Flags &= ~(ULONG)DRVO_LEGACY_DRIVER;
    call_begin(node, driver, NULL, "AddDevice");
    NTSTATUS status = callout_add_device(add, driver, node->pdo);
    if (call_end()) {
        ob_dereference(driver);
        call_leave();
    }
    *out_problem = CM_PROB_FAILED_ADD;
    return status;
}

/* A device whose driver forgot to clear DO_DEVICE_INITIALIZING cannot be opened; say so. */
static void stack_check(struct device_node *node)
{
    for (DEVICE_OBJECT *at = node->pdo->AttachedDevice; at != NULL; at = at->AttachedDevice)
        if (at->Flags & DO_DEVICE_INITIALIZING) {
            char *name = rtl_utf8_of(&at->DriverObject->DriverName);
            rtl_debug_printf("pnp: %s: %s left DO_DEVICE_INITIALIZING set after AddDevice\n",
                             node_text(node), name != NULL ? name : "a driver");
            rtl_free(name);
        }
    node->pdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
}

static NTSTATUS picks_add(struct device_node *node, const struct driver_picks *picks)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG problem = 0;
    for (unsigned i = 0; NT_SUCCESS(status) && i < picks->count; i++) {
        DRIVER_OBJECT *driver;
        const struct driver_pick *pick = &picks->pick[i];
        status = driver_get(node, pick->service, &driver, &problem);
        if (!NT_SUCCESS(status))
            break;
        status = driver_add(node, driver, pick->is_function, &problem);
        driver_release(driver); /* it stays if it has a device now */
    }
    if (!NT_SUCCESS(status)) {
        if (status == STATUS_PLUGPLAY_NO_DEVICE)
            status = STATUS_NO_SUCH_DEVICE;
        node_problem_set(node, problem, status);
    }
    return status;
}

/* ---- is there anything to add? ----------------------------------------------------------------
 */

static NTSTATUS not_installed(struct device_node *node)
{
    bool asks = node_is(node, NODE_IS_NEW);
    node->flags &= ~NODE_IS_NEW;
    node_problem_set(node, CM_PROB_NOT_CONFIGURED, STATUS_SUCCESS);
    if (!asks || !install_ask(node))
        node_problem_set(node, CM_PROB_FAILED_INSTALL, STATUS_SUCCESS);
    return STATUS_NO_SUCH_DEVICE;
}

/* Sets the problem of a device that must not get its drivers. */
static NTSTATUS config_check(struct device_node *node, void *key)
{
    ULONG flags = 0;
    (void)key_number_get(key, L"ConfigFlags", &flags);
    if (flags & CONFIGFLAG_DISABLED) {
        node_problem_set(node, CM_PROB_DISABLED, STATUS_SUCCESS);
        return STATUS_NO_SUCH_DEVICE;
    }
    if (node->capabilities.HardwareDisabled) {
        node_problem_set(node, CM_PROB_HARDWARE_DISABLED, STATUS_SUCCESS);
        return STATUS_NO_SUCH_DEVICE;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS node_check(struct device_node *node, const struct driver_picks *picks)
{
    void *key;
    NTSTATUS status = node_key(node, false, &key);
    if (!NT_SUCCESS(status)) {
        node_problem_set(node, CM_PROB_REGISTRY, status);
        return status;
    }
    status = config_check(node, key);
    /* Installed with no service: the bus alone drives it, if it can. */
    if (NT_SUCCESS(status) && picks->is_raw && !node->capabilities.RawDeviceOK)
        status = not_installed(node);
    key_close(key);
    return status;
}

static void service_remember(struct device_node *node, const struct driver_picks *picks)
{
    UNICODE_STRING name = {0}, wide;
    for (unsigned i = 0; i < picks->count; i++) {
        if (!picks->pick[i].is_function)
            continue;
        RtlInitUnicodeString(&wide, picks->pick[i].service);
        (void)pnp_string_copy(wide.Buffer, wide.Length / sizeof(WCHAR), &name);
    }
    host_lock_take(&pnp_tree_lock);
    UNICODE_STRING old = node->service;
    node->service = name;
    host_lock_give(&pnp_tree_lock);
    pnp_string_free(&old);
}

/* Doc:     "Adding a PnP Device to a Running System", steps of the last figure */
NTSTATUS node_add(struct device_node *node)
{
    struct driver_picks picks;
    NTSTATUS status = driver_picks_read(node, &picks);
    if (!NT_SUCCESS(status)) {
        node_problem_set(node,
                         status == STATUS_INSUFFICIENT_RESOURCES ? CM_PROB_OUT_OF_MEMORY
                                                                 : CM_PROB_REGISTRY,
                         status);
        return status;
    }
    status = node_check(node, &picks);
    if (NT_SUCCESS(status)) {
        service_remember(node, &picks);
        status = picks_add(node, &picks);
        if (NT_SUCCESS(status)) {
            stack_check(node);
            stack_properties_apply(node);
            service_device_add(node);
            node_state_set(node, NODE_DRIVERS_ADDED);
        } else if (node_is(node, NODE_IS_ADDED)) {
            node_remove_stack(node);
        }
    }
    driver_picks_free(&picks);
    return status;
}
