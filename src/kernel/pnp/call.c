/* SPDX-License-Identifier: MIT */
/* call.c - driver code runs for the worker, and may not come back.
 *
 * Every call into a driver is bracketed by call_begin and call_end. A timer looks at the bracket
 * that is open: one that stays open beyond the limit makes its thread a lost one. The tree is
 * then another thread's; should the lost one come back, it gives back what is its own and ends.
 * Native code of the worker is never lost: it runs between call_end and the next call_begin.
 */
#include "pnp_internal.h"

#define LIMIT_DEFAULT_MS 30000u
#define MS_100NS         10000ll
#define MS_NS            1000000ull

/* Each worker thread's own, on its stack. */
struct call_thread {
    unsigned depth;              /* calls inside of a call: a driver that reports a device */
    bool is_in_call, is_lost;    /* call_lock */
    struct device_node *node;    /* call_lock; referenced while in a call */
    const DRIVER_OBJECT *driver; /* who was called; NULL: an Unload or DriverEntry */
    PIRP irp;                    /* with what; NULL: no request */
    const char *what;
    uint64_t began_ns, number; /* call_lock */
};

static struct host_lock call_lock;       /* guards: call_current, fields above; a leaf */
static struct call_thread *call_current; /* the worker's that owns the tree */
static __thread struct call_thread *call_self;
static ULONG limit_ms = LIMIT_DEFAULT_MS; /* atomic */
static KTIMER watch_timer;
static KDPC watch_dpc;
static bool watch_is_set;           /* call_lock */
static struct ex_work replace_work; /* in use while replace_is_queued */
static bool replace_is_queued;      /* call_lock */
static _Atomic unsigned lost_count; /* threads that have not come back */
static uint64_t replace_number;     /* call_lock: of the call that is too long */
KEVENT call_expired;

ULONG call_limit_ms(void)
{
    return __atomic_load_n(&limit_ms, __ATOMIC_RELAXED);
}

bool pnp_is_stuck(void)
{
    return atomic_load(&lost_count) != 0;
}

bool call_is_worker(void)
{
    return call_self != NULL;
}

/* The driver that is inside: of a request that went down it has it now. */
static void call_name(const struct call_thread *call, char *out_name, size_t room)
{
    const DRIVER_OBJECT *driver = call->driver;
    if (call->irp != NULL && call->irp->Tail.Overlay.CurrentStackLocation->DeviceObject != NULL)
        driver = call->irp->Tail.Overlay.CurrentStackLocation->DeviceObject->DriverObject;
    unsigned count = driver != NULL ? driver->DriverName.Length / sizeof(WCHAR) : 0, i = 0;
    for (; i < count && i < room - 1; i++)
        out_name[i] = (char)driver->DriverName.Buffer[i];
    out_name[i] = '\0';
}

/* ---- the watch --------------------------------------------------------------------------------
 */

static void watch_arm(uint64_t delay_ns)
{
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)(delay_ns / 100) - 1};
    KeSetTimer(&watch_timer, due, &watch_dpc);
}

static void watch_replace(void *unused)
{
    (void)unused;
    struct device_node *node = NULL;
    char driver[64], what[64];
    host_lock_take(&call_lock);
    struct call_thread *call = call_current;
    replace_is_queued = false;
    if (call != NULL && call->is_in_call && call->number == replace_number) {
        call->is_lost = true;
        call_current = NULL;
        node = call->node; /* its reference is ours now; the lost thread leaves it alone */
        pnp_node_reference(node);
        call_name(call, driver, sizeof(driver));
        atomic_fetch_add(&lost_count, 1);
        strncpy(what, call->what, sizeof(what) - 1);
        what[sizeof(what) - 1] = '\0';
    }
    host_lock_give(&call_lock);
    if (node == NULL)
        return;
    rtl_debug_printf("pnp: %s has not come back from %s for %s within %u ms; the device is given "
                     "up, the others go on\n",
                     driver[0] != '\0' ? driver : "a driver", what, node_text(node),
                     call_limit_ms());
    node_unanswered_count();
    worker_replace(node);
    pnp_node_put(node);
}

static void replace_queue_locked(const struct call_thread *call)
{
    if (replace_is_queued)
        return;
    replace_is_queued = true;
    replace_number = call->number;
    ex_work_queue(&replace_work, watch_replace, NULL);
}

static VOID NTAPI watch_look(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    (void)Dpc;
    (void)Context;
    (void)Argument1;
    (void)Argument2;
    uint64_t limit_ns = call_limit_ms() * MS_NS, now = host_clock_ns(), delay_ns = 0;
    host_lock_take(&call_lock);
    const struct call_thread *call = call_current;
    if (watch_is_set && call != NULL) {
        bool is_over = call->is_in_call && now - call->began_ns >= limit_ns;
        if (is_over)
            replace_queue_locked(call);
        delay_ns = call->is_in_call && !is_over ? limit_ns - (now - call->began_ns) : limit_ns;
    }
    host_lock_give(&call_lock);
    if (delay_ns != 0)
        watch_arm(delay_ns);
}

/* Also for the call that is under way. */
void pnp_call_limit_set(ULONG limit)
{
    __atomic_store_n(&limit_ms, limit != 0 ? limit : LIMIT_DEFAULT_MS, __ATOMIC_RELAXED);
    host_lock_take(&call_lock);
    bool is_set = watch_is_set;
    host_lock_give(&call_lock);
    if (is_set)
        watch_arm(call_limit_ms() * MS_NS);
}

/* Under one lock: if the call ends by itself meanwhile, the event holds for its request, and a
 * later call has another number. */
void pnp_call_expire(bool is_inside)
{
    host_lock_take(&call_lock);
    KeSetEvent(&call_expired, IO_NO_INCREMENT, FALSE);
    if (is_inside && call_current != NULL && call_current->is_in_call)
        replace_queue_locked(call_current);
    host_lock_give(&call_lock);
}

void call_watch_init(void)
{
    KeInitializeEvent(&call_expired, SynchronizationEvent, FALSE);
    KeInitializeTimer(&watch_timer);
    KeInitializeDpc(&watch_dpc, watch_look, NULL);
}

/* The worker has something to do: from now on it is looked after, until it says that it rests. */
void call_watch(bool is_working)
{
    host_lock_take(&call_lock);
    watch_is_set = is_working;
    host_lock_give(&call_lock);
    if (is_working)
        watch_arm(call_limit_ms() * MS_NS);
    else
        KeCancelTimer(&watch_timer);
}

/* ---- the worker's own
 * ----------------------------------------------------------------------------
 */

void call_thread_begin(struct call_thread_room *room)
{
    struct call_thread *self = (struct call_thread *)room;
    _Static_assert(sizeof(*self) <= sizeof(*room), "the room on a worker's stack is too small");
    memset(self, 0, sizeof(*self));
    call_self = self;
    host_lock_take(&call_lock);
    call_current = self;
    host_lock_give(&call_lock);
}

void call_thread_end(void)
{
    host_lock_take(&call_lock);
    if (call_current == call_self)
        call_current = NULL;
    host_lock_give(&call_lock);
    call_self = NULL;
}

void call_begin(struct device_node *node, const DRIVER_OBJECT *driver, PIRP irp, const char *what)
{
    static uint64_t numbers; /* call_lock */
    struct call_thread *self = call_self;
    if (self == NULL || self->depth++ != 0)
        return;
    pnp_node_reference(node);
    uint64_t now = host_clock_ns();
    host_lock_take(&call_lock);
    self->driver = driver;
    self->irp = irp;
    self->node = node;
    self->what = what;
    self->began_ns = now;
    self->number = ++numbers;
    self->is_in_call = true;
    host_lock_give(&call_lock);
}

bool call_end(void)
{
    struct call_thread *self = call_self;
    if (self == NULL || --self->depth != 0)
        return false;
    host_lock_take(&call_lock);
    bool is_lost = self->is_lost;
    struct device_node *node = self->node;
    self->is_in_call = false;
    if (!is_lost)
        self->node = NULL;
    host_lock_give(&call_lock);
    if (!is_lost)
        pnp_node_put(node);
    return is_lost;
}

/* The worker that took its place hears of it and deals with the device. */
void call_leave(void)
{
    struct call_thread *self = call_self;
    struct device_node *node = self->node;
    rtl_debug_printf("pnp: %s for %s has come back after all\n", self->what, node_text(node));
    call_self = NULL;
    node_ask(node, NODE_ASK_BACK);
    pnp_node_put(node);
    atomic_fetch_sub(&lost_count, 1);
    ps_thread_exit(STATUS_TIMEOUT);
}
