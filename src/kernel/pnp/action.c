/* SPDX-License-Identifier: MIT */
/* action.c - the queue of what is to be done to devices, and the one worker that does it.
 *
 * In: actions that somebody waits for, and nodes that were asked something at any IRQL; out: each
 * done in the order it came, on one thread of the system process. When that thread does not come
 * back from a driver, another takes its place and its action fails.
 */
#include "pnp_internal.h"

static struct host_lock action_lock; /* guards all below; a leaf */
static struct list actions = LIST_INIT(actions);
static struct list asked = LIST_INIT(asked); /* nodes, by ask_link; each referenced */
static struct list installs = LIST_INIT(installs);
static struct action *running;            /* what the worker does now */
static struct device_node *asked_running; /* same, of those that were asked; referenced */
static bool is_ending, is_installing, is_open;
static bool is_resting;               /* the worker has nothing to do, and its watch is off */
static unsigned outstanding;          /* queued or running, of all three kinds */
static struct process_thread *worker; /* referenced */
static KEVENT wake, idle;
static struct ex_work install_work;
static bool (*install_hook)(struct device_node *node);

/* ---- counting -------------------------------------------------------------------------------- */

static void outstanding_add_locked(void)
{
    if (outstanding++ == 0)
        KeClearEvent(&idle);
}

static bool is_idle_locked(void)
{
    return outstanding == 0 && is_resting;
}

static void finished(void)
{
    host_lock_take(&action_lock);
    outstanding--;
    bool is_idle = is_idle_locked();
    host_lock_give(&action_lock);
    if (is_idle)
        KeSetEvent(&idle, IO_NO_INCREMENT, FALSE);
}

void pnp_wait_idle(void)
{
    for (;;) {
        host_lock_take(&action_lock);
        bool is_idle = is_idle_locked();
        if (!is_idle)
            KeClearEvent(&idle);
        host_lock_give(&action_lock);
        if (is_idle)
            return;
        KeWaitForSingleObject(&idle, Executive, KernelMode, FALSE, NULL);
    }
}

/* ---- putting in -------------------------------------------------------------------------------
 */

static struct action *action_create(enum action_kind kind, struct device_node *node, void *context)
{
    struct action *action = pnp_allocate(sizeof(*action));
    if (action == NULL)
        return NULL;
    action->kind = kind;
    action->node = node;
    action->context = context;
    action->references = 2;
    if (node != NULL)
        pnp_node_reference(node);
    KeInitializeEvent(&action->done, NotificationEvent, FALSE);
    return action;
}

static void action_put(struct action *action)
{
    if (atomic_fetch_sub(&action->references, 1) != 1)
        return;
    pnp_node_put(action->node);
    pnp_free(action);
}

static bool action_queue(struct action *action)
{
    host_lock_take(&action_lock);
    bool is_queued = is_open;
    if (is_queued) {
        outstanding_add_locked();
        list_push_back(&actions, &action->link);
    }
    host_lock_give(&action_lock);
    if (is_queued)
        KeSetEvent(&wake, IO_NO_INCREMENT, FALSE);
    return is_queued;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  the action's; STATUS_IO_TIMEOUT: a driver did not come back
 */
NTSTATUS action_run(enum action_kind kind, struct device_node *node, void *context,
                    struct pnp_veto *veto)
{
    struct action *action = action_create(kind, node, context);
    if (action == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status;
    if (call_is_worker()) {
        status = action_do(action);
        action_put(action);
    } else if (action_queue(action)) {
        KeWaitForSingleObject(&action->done, Executive, KernelMode, FALSE, NULL);
        status = action->status;
    } else {
        status = STATUS_DEVICE_NOT_READY;
        action_put(action);
    }
    if (veto != NULL)
        *veto = action->veto;
    action_put(action);
    return status;
}

bool action_post(enum action_kind kind, struct device_node *node, void *context)
{
    struct action *action = action_create(kind, node, context);
    if (action == NULL)
        return false;
    bool is_queued = action_queue(action);
    if (!is_queued)
        action_put(action);
    action_put(action);
    return is_queued;
}

/* Needs no memory: a node is in the list once, whatever it was asked. */
void node_ask(struct device_node *node, uint32_t what)
{
    atomic_fetch_or(&node->asked, what);
    host_lock_take(&action_lock);
    bool is_new = is_open && list_is_empty(&node->ask_link);
    if (is_new) {
        pnp_node_reference(node);
        outstanding_add_locked();
        list_push_back(&asked, &node->ask_link);
    }
    host_lock_give(&action_lock);
    if (is_new)
        KeSetEvent(&wake, IO_NO_INCREMENT, FALSE);
}

/* ---- installing -------------------------------------------------------------------------------
 */

struct install {
    struct list link;
    struct device_node *node; /* referenced */
};

void pnp_install_set(bool (*install)(struct device_node *node))
{
    host_lock_take(&action_lock);
    install_hook = install;
    host_lock_give(&action_lock);
}

static void install_run(void *unused)
{
    (void)unused;
    for (;;) {
        host_lock_take(&action_lock);
        struct list *link = list_pop_front(&installs);
        is_installing = link != NULL;
        bool (*hook)(struct device_node *) = install_hook;
        host_lock_give(&action_lock);
        if (link == NULL)
            return;
        struct install *install = list_entry(link, struct install, link);
        struct pnp_status status;
        if (hook != NULL && hook(install->node)) {
            (void)action_run(ACTION_CONFIGURE, install->node, NULL, NULL);
        } else {
            pnp_status_get(install->node, &status);
            if (status.problem == CM_PROB_NOT_CONFIGURED)
                node_problem_set(install->node, CM_PROB_FAILED_INSTALL, STATUS_SUCCESS);
        }
        pnp_node_put(install->node);
        pnp_free(install);
        finished();
    }
}

/* A device without a driver. Who installs is asked on another thread, so that it can wait for
 * actions. */
bool install_ask(struct device_node *node)
{
    struct install *install = pnp_allocate(sizeof(*install));
    if (install == NULL)
        return false;
    install->node = node;
    pnp_node_reference(node);
    host_lock_take(&action_lock);
    bool is_asked = install_hook != NULL && is_open;
    bool is_first = is_asked && !is_installing;
    if (is_asked) {
        outstanding_add_locked();
        list_push_back(&installs, &install->link);
        is_installing = true;
    }
    host_lock_give(&action_lock);
    if (is_first)
        ex_work_queue(&install_work, install_run, NULL);
    if (!is_asked) {
        pnp_node_put(node);
        pnp_free(install);
    }
    return is_asked;
}

/* ---- the worker --------------------------------------------------------------------------------
 */

static struct device_node *asked_take(void)
{
    host_lock_take(&action_lock);
    struct list *link = list_pop_front(&asked);
    struct device_node *node = link != NULL ? list_entry(link, struct device_node, ask_link) : NULL;
    asked_running = node;
    host_lock_give(&action_lock);
    return node;
}

static struct action *action_take(void)
{
    host_lock_take(&action_lock);
    struct list *link = list_pop_front(&actions);
    running = link != NULL ? list_entry(link, struct action, link) : NULL;
    struct action *action = running;
    host_lock_give(&action_lock);
    return action;
}

static void action_finish(struct action *action, NTSTATUS status)
{
    action->status = status;
    KeSetEvent(&action->done, IO_NO_INCREMENT, FALSE);
    action_put(action);
    finished();
}

/* false: there was nothing to do. */
static bool work_once(void)
{
    struct device_node *node = asked_take();
    if (node != NULL) {
        node_asked(node, atomic_exchange(&node->asked, 0));
        host_lock_take(&action_lock);
        asked_running = NULL;
        host_lock_give(&action_lock);
        pnp_node_put(node);
        finished();
        return true;
    }
    struct action *action = action_take();
    if (action == NULL)
        return false;
    NTSTATUS status = action_do(action);
    host_lock_take(&action_lock);
    running = NULL;
    host_lock_give(&action_lock);
    action_finish(action, status);
    return true;
}

static void worker_rests(bool is_now)
{
    call_watch(!is_now);
    host_lock_take(&action_lock);
    is_resting = is_now;
    bool is_idle = is_idle_locked();
    host_lock_give(&action_lock);
    if (is_idle)
        KeSetEvent(&idle, IO_NO_INCREMENT, FALSE);
}

static void worker_run(void *unused)
{
    struct call_thread_room room;
    (void)unused;
    call_thread_begin(&room);
    while (!__atomic_load_n(&is_ending, __ATOMIC_ACQUIRE)) {
        worker_rests(false);
        while (work_once())
            ;
        worker_rests(true);
        KeWaitForSingleObject(&wake, Executive, KernelMode, FALSE, NULL);
    }
    call_thread_end();
}

static NTSTATUS worker_start(void)
{
    return ps_thread_create(ps_system_process, "pnp", worker_run, NULL, KernelMode, &worker);
}

/* On a thread of ex, while the lost worker is inside a driver and the tree is nobody's. */
void worker_replace(struct device_node *stuck)
{
    removal_lost();
    relations_lost();
    surprise_lost();
    stuck->flags |= NODE_IS_STUCK;
    node_problem_set(stuck,
                     stuck->state < NODE_STARTED ? CM_PROB_FAILED_START : CM_PROB_FAILED_POST_START,
                     STATUS_IO_TIMEOUT);
    host_lock_take(&action_lock);
    struct action *action = running;
    struct device_node *was_asked = asked_running;
    struct process_thread *lost = worker;
    running = NULL;
    asked_running = NULL;
    worker = NULL;
    host_lock_give(&action_lock);
    ob_dereference(lost);
    if (action != NULL)
        action_finish(action, STATUS_IO_TIMEOUT);
    (void)action_post(ACTION_RECOVER, NULL, NULL);
    if (was_asked != NULL) {
        pnp_node_put(was_asked);
        finished();
    }
    if (!NT_SUCCESS(worker_start()))
        rtl_debug_printf("pnp: no thread for the devices: nothing more is done to them\n");
    KeSetEvent(&wake, IO_NO_INCREMENT, FALSE);
}

NTSTATUS actions_init(void)
{
    KeInitializeEvent(&wake, SynchronizationEvent, FALSE);
    KeInitializeEvent(&idle, NotificationEvent, TRUE);
    call_watch_init();
    is_ending = false;
    is_open = true;
    return worker_start();
}

/* No more actions are taken; those that wait are done. */
void actions_fini(void)
{
    pnp_wait_idle();
    host_lock_take(&action_lock);
    is_open = false;
    host_lock_give(&action_lock);
    __atomic_store_n(&is_ending, true, __ATOMIC_RELEASE);
    KeSetEvent(&wake, IO_NO_INCREMENT, FALSE);
    if (worker == NULL)
        return;
    KeWaitForSingleObject(worker, Executive, KernelMode, FALSE, NULL);
    ob_dereference(worker);
    worker = NULL;
}
