/* SPDX-License-Identifier: MIT */
/* action_do.c - what each action is: configure, disable, enable, restart, remove, eject, look
 * again.
 *
 * Runs on the worker. Each ends with the tree brought as far as it goes.
 */
#include "action_do.h"
#include "pnp/interface.h"

#include "callout/callout.h"

/* ---- configuring
 * --------------------------------------------------------------------------------- */

static bool has_stack(const struct device_node *node)
{
    return node->state == NODE_STARTED || node->state == NODE_DRIVERS_ADDED ||
           node->state == NODE_RESOURCES_ASSIGNED;
}

/* From "removed", or "not tried yet", back to where drivers are added. */
static void node_again(struct device_node *node)
{
    if (node->state == NODE_REMOVED)
        node_state_set(node, NODE_INITIALIZED);
    node_problem_set(node, 0, STATUS_SUCCESS);
}

static NTSTATUS node_check_there(const struct device_node *node)
{
    if (!node_is(node, NODE_IS_IN_TREE) || node_is(node, NODE_IS_MISSING | NODE_IS_HIDDEN))
        return STATUS_NO_SUCH_DEVICE;
    return node_is(node, NODE_IS_STUCK) ? STATUS_DEVICE_BUSY : STATUS_SUCCESS;
}

static NTSTATUS configure(struct device_node *node, struct pnp_veto *veto)
{
    NTSTATUS status = node_check_there(node);
    node->flags &= ~NODE_IS_NEW;
    if (NT_SUCCESS(status) && has_stack(node))
        status = tree_remove(node, 0, veto);
    if (status == STATUS_PLUGPLAY_QUERY_VETOED)
        return STATUS_PNP_RESTART_ENUMERATION;
    if (!NT_SUCCESS(status))
        return status;
    if (node->state != NODE_INITIALIZED && node->state != NODE_REMOVED)
        return STATUS_DEVICE_BUSY; /* its stack waits for files to be closed */
    node_again(node);
    if (node->state == NODE_INITIALIZED)
        node_resources_ask(node);
    tree_process(node);
    if (node->state == NODE_STARTED && node->problem == 0)
        return STATUS_SUCCESS;
    return NT_SUCCESS(node->problem_status) ? STATUS_NO_SUCH_DEVICE : node->problem_status;
}

/* ---- off and on
 * -----------------------------------------------------------------------------------
 */

static NTSTATUS config_flag_set(struct device_node *node, ULONG flag, bool is_set)
{
    void *key;
    ULONG flags = 0;
    NTSTATUS status = node_key(node, true, &key);
    if (!NT_SUCCESS(status))
        return status;
    (void)key_number_get(key, L"ConfigFlags", &flags);
    status = key_number_set(key, L"ConfigFlags", is_set ? flags | flag : flags & ~flag);
    key_close(key);
    return status;
}

/* Doc: PNP_DEVICE_NOT_DISABLEABLE; CM_PROB_DISABLED */
static NTSTATUS disable(struct device_node *node, struct pnp_veto *veto)
{
    NTSTATUS status = node_check_there(node);
    if (!NT_SUCCESS(status))
        return status;
    if (node == pnp_root || (node->device_state & PNP_DEVICE_NOT_DISABLEABLE)) {
        veto->type = PNP_VetoNonDisableable;
        return STATUS_PLUGPLAY_QUERY_VETOED;
    }
    if (has_stack(node))
        status = tree_remove(node, CM_PROB_DISABLED, veto);
    if (NT_SUCCESS(status)) {
        node_problem_set(node, CM_PROB_DISABLED, STATUS_SUCCESS);
        status = config_flag_set(node, CONFIGFLAG_DISABLED, true);
    }
    return status;
}

static NTSTATUS enable(struct device_node *node)
{
    NTSTATUS status = node_check_there(node);
    if (NT_SUCCESS(status))
        status = config_flag_set(node, CONFIGFLAG_DISABLED, false);
    if (!NT_SUCCESS(status) || node->state == NODE_STARTED)
        return status;
    node_again(node);
    tree_process(node);
    return STATUS_SUCCESS;
}

static NTSTATUS restart(struct device_node *node, struct pnp_veto *veto)
{
    NTSTATUS status = node_check_there(node);
    if (NT_SUCCESS(status) && node == pnp_root)
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (NT_SUCCESS(status) && has_stack(node))
        status = tree_remove(node, 0, veto);
    if (!NT_SUCCESS(status))
        return status;
    if (node->problem != CM_PROB_DISABLED)
        node_again(node);
    tree_process(node);
    return STATUS_SUCCESS;
}

/* ---- going
 * ------------------------------------------------------------------------------------------
 */

static void node_forget(struct device_node *node)
{
    void *key;
    WCHAR *links;
    ULONG bytes;
    if (NT_SUCCESS(pnp_interface_list(NULL, &node->instance, true, &links, &bytes))) {
        for (WCHAR *at = links; *at != 0;) {
            UNICODE_STRING link;
            RtlInitUnicodeString(&link, at);
            at += link.Length / sizeof(WCHAR) + 1;
            (void)pnp_interface_delete(&link);
        }
        ExFreePool(links);
    }
    if (NT_SUCCESS(node_key(node, false, &key))) {
        (void)key_tree_delete(key);
        key_close(key);
    }
}

/* What setup calls uninstalling: drivers, registry, and the root enumerator's device. */
static NTSTATUS remove_device(struct device_node *node, struct pnp_veto *veto)
{
    NTSTATUS status = node_check_there(node);
    if (NT_SUCCESS(status) && node == pnp_root)
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (NT_SUCCESS(status))
        status = tree_remove(node, 0, veto);
    if (!NT_SUCCESS(status))
        return status;
    node_forget(node);
    if (node->parent == pnp_root) {
        root_device_drop(node->pdo);
        node_enumerate(pnp_root);
    } else if (node_is(node, NODE_IS_IN_TREE)) {
        node->flags |= NODE_IS_HIDDEN;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS eject(struct device_node *node, struct pnp_veto *veto)
{
    NTSTATUS status = node_check_there(node);
    if (NT_SUCCESS(status) && node == pnp_root)
        status = STATUS_INVALID_DEVICE_REQUEST;
    return NT_SUCCESS(status) ? tree_eject(node, veto) : status;
}

/* A listener hears of it in either case. */
static NTSTATUS eject_told(struct device_node *node, struct eject_listener *listener,
                           struct pnp_veto *veto)
{
    NTSTATUS status = eject(node, veto);
    if (listener == NULL)
        return status;
    struct eject_listener copy = *listener;
    pnp_free(listener);
    call_begin(node, copy.driver, NULL, "its eject callback");
    callout_device_eject(copy.routine, status, copy.context);
    bool is_lost = call_end();
    ob_dereference(copy.driver);
    if (is_lost)
        call_leave();
    return status;
}

NTSTATUS eject_post(struct device_node *node, PIO_DEVICE_EJECT_CALLBACK routine, PVOID context,
                    DRIVER_OBJECT *driver)
{
    if (routine == NULL || driver == NULL)
        return STATUS_INVALID_PARAMETER;
    struct eject_listener *listener = pnp_allocate(sizeof(*listener));
    if (listener == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *listener = (struct eject_listener){routine, context, driver};
    ob_reference(driver);
    if (action_post(ACTION_EJECT, node, listener))
        return STATUS_PENDING;
    ob_dereference(driver);
    pnp_free(listener);
    return STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- looking again
 * ----------------------------------------------------------------------------------
 */

static NTSTATUS look_again(struct device_node *node)
{
    struct device_node *top = node != NULL ? node : pnp_root;
    if (top == NULL || !node_is(top, NODE_IS_IN_TREE))
        return STATUS_NO_SUCH_DEVICE;
    for (struct device_node *at = top; at != NULL; at = node == NULL ? tree_next(top, at) : NULL)
        if (at->state == NODE_STARTED)
            at->flags |= NODE_DO_ENUMERATE;
    tree_process(top);
    return STATUS_SUCCESS;
}

static NTSTATUS create_root(struct root_creation *creation)
{
    UNICODE_STRING instance;
    DEVICE_OBJECT *pdo;
    if (tree_is_held())
        return STATUS_POWER_STATE_INVALID;
    NTSTATUS status = root_key_make(creation->device_id, creation->hardware_ids, &instance);
    if (!NT_SUCCESS(status))
        return status;
    status = root_device_make(&instance, &pdo);
    pnp_string_free(&instance);
    if (!NT_SUCCESS(status))
        return status;
    node_enumerate(pnp_root);
    struct device_node *node = node_of_pdo(pdo);
    if (node == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    node->flags &= ~NODE_IS_NEW; /* who makes one by hand installs it, too */
    pnp_node_reference(node);
    tree_process(node);
    if (node->state == NODE_UNINITIALIZED) {
        status = NT_SUCCESS(node->problem_status) ? STATUS_UNSUCCESSFUL : node->problem_status;
        root_device_drop(pdo);
        pnp_node_put(node);
        node_enumerate(pnp_root);
        return status;
    }
    creation->node = node;
    return STATUS_SUCCESS;
}

/* Every device goes, the last one that came first. One that refuses goes as if unplugged. */
static NTSTATUS stop_all(void)
{
    struct pnp_veto veto;
    for (struct list *link = pnp_root->children.previous; link != &pnp_root->children;) {
        struct device_node *node = list_entry(link, struct device_node, sibling);
        link = link->previous;
        if (node_is(node, NODE_IS_STUCK | NODE_IS_MISSING))
            continue;
        memset(&veto, 0, sizeof(veto));
        if (!NT_SUCCESS(tree_remove(node, CM_PROB_SYSTEM_SHUTDOWN, &veto)))
            rtl_debug_printf("pnp: %s refuses to be removed at shutdown\n", node_text(node));
    }
    root_devices_drop();
    node_enumerate(pnp_root);
    return STATUS_SUCCESS;
}

/* What the lost worker was in the middle of with devices that are not stuck themselves: a bus whose
 * children it compared asks again, who was asked whether it may go or pause stays, who paused goes
 * on. */
static void node_recover(struct device_node *node)
{
    switch (node->state) {
    case NODE_ENUMERATE_COMPLETION:
        node_state_set(node, NODE_STARTED);
        node->flags |= NODE_DO_ENUMERATE;
        break;
    case NODE_QUERY_STOPPED:
        node_cancel_stop(node);
        break;
    case NODE_STOPPED:
        (void)node_restart(node);
        break;
    case NODE_QUERY_REMOVED:
        node_stays(node);
        break;
    default:
        break;
    }
}

static NTSTATUS recover(void)
{
    for (struct device_node *at = pnp_root; at != NULL; at = tree_next(pnp_root, at))
        if (!node_is(at, NODE_IS_STUCK))
            node_recover(at);
    tree_process(pnp_root);
    return STATUS_SUCCESS;
}

NTSTATUS action_do(struct action *action)
{
    struct device_node *node = action->node;
    switch (action->kind) {
    case ACTION_CREATE_ROOT:
        return create_root(action->context);
    case ACTION_REPORT:
        return device_report(action->context);
    case ACTION_CONFIGURE:
        return configure(node, &action->veto);
    case ACTION_DISABLE:
        return disable(node, &action->veto);
    case ACTION_ENABLE:
        return enable(node);
    case ACTION_RESTART:
        return restart(node, &action->veto);
    case ACTION_REMOVE:
        return remove_device(node, &action->veto);
    case ACTION_EJECT:
        return eject_told(node, action->context, &action->veto);
    case ACTION_ENUMERATE:
        return look_again(node);
    case ACTION_STOP_ALL:
        return stop_all();
    case ACTION_RECOVER:
        return recover();
    case ACTION_PROCESS:
        tree_process(pnp_root);
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}

/* ---- what nodes were asked
 * ---------------------------------------------------------------------------
 */

/* A driver has answered that had been given up: the device is told that it has failed, or goes if
 * it is missing by now. */
static void node_is_back(struct device_node *node)
{
    node->flags &= ~NODE_IS_STUCK;
    if (!node_is(node, NODE_IS_IN_TREE))
        return;
    if (node_is(node, NODE_IS_REMOVE_SENT)) {
        struct device_node *parent = node->parent;
        bool was_last = node_is(node, NODE_IS_REMOVE_LAST);
        node_remove_stack(node);
        if (node_is(node, NODE_IS_MISSING) && list_is_empty(&node->children)) {
            /* It went missing while a driver kept the first: the PDO waits for one that is told. */
            if (!was_last && !io_device_is_deleted(node->pdo))
                node_remove_stack(node);
            node_delete(node);
            node_closed(parent); /* which may have waited for it */
        }
    } else if (node->state != NODE_REMOVED) {
        ULONG problem = node->problem;
        tree_surprise(node, problem);
    }
}

void node_asked(struct device_node *node, uint32_t what)
{
    struct pnp_veto veto = {0};
    if (what & NODE_ASK_BACK)
        node_is_back(node);
    if (!node_is(node, NODE_IS_IN_TREE))
        return;
    if (what & NODE_ASK_CLOSED)
        node_closed(node);
    if ((what & NODE_ASK_STATE) && node_is(node, NODE_IS_IN_TREE))
        node_state_changed(node);
    if ((what & NODE_ASK_ENUMERATE) && node->state == NODE_STARTED) {
        node->flags |= NODE_DO_ENUMERATE;
        tree_process(node);
    }
    if ((what & NODE_ASK_EJECT) && node_is(node, NODE_IS_IN_TREE))
        (void)eject(node, &veto);
}
