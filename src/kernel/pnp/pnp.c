/* SPDX-License-Identifier: MIT */
/* pnp.c - the room's door: start, stop, and what is done to devices from outside.
 */
#include "action_do.h"

#include <stdio.h>

static void stack_closed(DEVICE_OBJECT *physical_device)
{
    struct device_node *node = pnp_node_of_get(physical_device);
    if (node == NULL)
        return;
    node_ask(node, NODE_ASK_CLOSED);
    pnp_node_put(node);
}

NTSTATUS pnp_init(void)
{
    NTSTATUS status = root_init();
    if (!NT_SUCCESS(status))
        return status;
    status = actions_init();
    if (!NT_SUCCESS(status)) {
        root_fini();
        return status;
    }
    io_stack_closed_set(stack_closed);
    interrupts_start();
    return STATUS_SUCCESS;
}

void pnp_fini(void)
{
    interrupts_stop();
    io_stack_closed_set(NULL);
    actions_fini();
    root_fini();
}

static void limit_read(void)
{
    static const UNICODE_STRING place = RTL_CONSTANT_STRING(L"PnP");
    void *key;
    ULONG seconds;
    if (!NT_SUCCESS(key_open(PNP_CONTROL_PATH, &place, false, &key)))
        return;
    if (key_number_get(key, L"CallLimitSeconds", &seconds) && seconds < 1000000)
        pnp_call_limit_set(seconds * 1000);
    key_close(key);
}

/* Doc:     "Specifying Driver Load Order": boot, system, automatic; devices with the first of them
 */
NTSTATUS pnp_start(void)
{
    limit_read();
    boot_drivers_start(SERVICE_BOOT_START);
    root_keys_read();
    NTSTATUS status = action_run(ACTION_ENUMERATE, NULL, NULL, NULL);
    boot_drivers_start(SERVICE_SYSTEM_START);
    boot_drivers_start(SERVICE_AUTO_START);
    pnp_wait_idle();
    return status;
}

struct leftovers {
    void (*report)(const char *line, void *context);
    void *context;
    unsigned count;
};

static void leftover_report(struct device_node *node, unsigned depth, void *context)
{
    struct leftovers *left = context;
    struct pnp_status status;
    char line[400];
    if (depth == 0)
        return;
    pnp_status_get(node, &status);
    left->count++;
    snprintf(line, sizeof(line), "device %s could not be removed: %s%s", node_text(node),
             status.state_name, node_is(node, NODE_IS_STUCK) ? ", a driver has not answered" : "");
    if (left->report != NULL)
        left->report(line, left->context);
}

unsigned pnp_stop(void (*report)(const char *line, void *context), void *context)
{
    struct leftovers left = {report, context, 0};
    pnp_install_set(NULL);
    pnp_wait_idle();
    (void)action_run(ACTION_STOP_ALL, NULL, NULL, NULL);
    pnp_wait_idle();
    pnp_visit(leftover_report, &left);
    return left.count;
}

/* ---- what is done to devices -------------------------------------------------------------------
 */

NTSTATUS pnp_root_create(const UNICODE_STRING *device_id, const UNICODE_STRING *hardware_ids,
                         struct device_node **out_node)
{
    struct root_creation creation = {.device_id = device_id, .hardware_ids = hardware_ids};
    NTSTATUS status = action_run(ACTION_CREATE_ROOT, NULL, &creation, NULL);
    if (NT_SUCCESS(status))
        *out_node = creation.node;
    return status;
}

NTSTATUS pnp_device_configure(struct device_node *node, char *error, size_t error_size)
{
    struct pnp_status state;
    NTSTATUS status = action_run(ACTION_CONFIGURE, node, NULL, NULL);
    pnp_status_get(node, &state);
    if (error == NULL || error_size == 0)
        return status;
    error[0] = '\0';
    if (NT_SUCCESS(status))
        return status;
    snprintf(error, error_size, "%s: problem %u, %s, in state %s", node_text(node), state.problem,
             rtl_status_text(NT_SUCCESS(state.problem_status) ? status : state.problem_status),
             state.state_name);
    return status;
}

NTSTATUS pnp_device_disable(struct device_node *node, struct pnp_veto *out_veto)
{
    return action_run(ACTION_DISABLE, node, NULL, out_veto);
}

NTSTATUS pnp_device_enable(struct device_node *node)
{
    return action_run(ACTION_ENABLE, node, NULL, NULL);
}

NTSTATUS pnp_device_restart(struct device_node *node, struct pnp_veto *out_veto)
{
    return action_run(ACTION_RESTART, node, NULL, out_veto);
}

NTSTATUS pnp_device_remove(struct device_node *node, struct pnp_veto *out_veto)
{
    return action_run(ACTION_REMOVE, node, NULL, out_veto);
}

NTSTATUS pnp_device_eject(struct device_node *node, struct pnp_veto *out_veto)
{
    return action_run(ACTION_EJECT, node, NULL, out_veto);
}

NTSTATUS pnp_rescan(struct device_node *node)
{
    return action_run(ACTION_ENUMERATE, node, NULL, NULL);
}

[[noreturn]] void pnp_bugcheck(ULONG_PTR kind, const void *one, const void *two, ULONG_PTR three)
{
    ke_bugcheck(&(struct bugcheck){.code = PNP_DETECTED_FATAL_ERROR,
                                   .parameter = {kind, (ULONG_PTR)one, (ULONG_PTR)two, three}});
}
