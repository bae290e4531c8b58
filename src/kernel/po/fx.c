/* SPDX-License-Identifier: MIT */
/* fx.c - the power framework at work: what each registered device is to be told next.
 *
 * Everything that happens (a reference taken, a step completed, a time over) changes the device's
 * record and runs the device: while there is a next step, the driver is told it. One thread runs a
 * device at a time; a driver that asks for more from within a routine is heard when it returns.
 * Invariant: no lock is held while the driver's code runs, and no component has two steps that
 * the driver has not completed.
 */
#include "fx.h"

#include "callout/callout.h"

#define HOLD_100NS (10 * 10000000ll) /* a driver has for making its device usable */

static struct host_lock fx_lock; /* guards: fx_devices */
static struct list fx_devices;

void fx_init(void)
{
    list_init(&fx_devices);
}

[[noreturn]] void fx_stop(ULONG kind, const void *p2, ULONG_PTR p3, ULONG_PTR p4)
{
    struct bugcheck bugcheck = {.code = INTERNAL_POWER_ERROR,
                                .parameter = {kind, (ULONG_PTR)p2, p3, p4}};
    ke_bugcheck(&bugcheck);
}

struct fx_component *fx_component_of(struct fx_device *device, ULONG component)
{
    if (component >= device->component_count)
        fx_stop(0x614, device, component, 2);
    return &device->components[component];
}

struct fx_device *fx_find(PDEVICE_OBJECT physical)
{
    struct fx_device *found = NULL;
    host_lock_take(&fx_lock);
    list_for_each(node, &fx_devices)
    {
        struct fx_device *device = list_entry(node, struct fx_device, link);
        if (device->physical == physical)
            found = device;
    }
    host_lock_give(&fx_lock);
    return found;
}

/* ---- the next step ----------------------------------------------------------------------------
 */

struct step {
    enum {
        STEP_NONE,
        STEP_ACTIVE,
        STEP_IDLE,
        STEP_STATE,
        STEP_REQUIRED,
        STEP_NOT_REQUIRED,
    } kind;
    ULONG component, state;
};

static bool is_wanted(const struct fx_device *device, const struct fx_component *component)
{
    return component->references > 0 || device->holds > 0;
}

/* The deepest state that those who use the component can live with. */
static ULONG state_choose(const struct fx_device *device, const struct fx_component *component)
{
    ULONG chosen = 0;
    if (device->timeout_is_over && (component->flags & PO_FX_COMPONENT_FLAG_F0_ON_DX))
        return 0;
    for (ULONG i = 1; i < component->state_count; i++) {
        const PO_FX_COMPONENT_IDLE_STATE *state = &component->states[i];
        if (state->TransitionLatency <= component->latency_100ns &&
            state->ResidencyRequirement <= component->residency_100ns &&
            (!component->wakes || i <= component->deepest_wakeable))
            chosen = i;
    }
    return chosen;
}

static bool providers_are_active(const struct fx_device *device,
                                 const struct fx_component *component)
{
    for (ULONG i = 0; i < component->provider_count; i++)
        if (device->components[component->providers[i]].condition != FX_ACTIVE)
            return false;
    return true;
}

static void providers_hold(struct fx_device *device, struct fx_component *component, bool holds)
{
    if (component->holds_providers == holds)
        return;
    component->holds_providers = holds;
    for (ULONG i = 0; i < component->provider_count; i++)
        device->components[component->providers[i]].references += holds ? 1 : (ULONG)-1;
}

static struct step state_step(struct fx_component *component, ULONG index, ULONG state)
{
    component->is_changing = true;
    component->next_state = state;
    return (struct step){STEP_STATE, index, state};
}

/* A component that is wanted and idle: power, its providers, F0, and only then it is active. */
static struct step activate_step(struct fx_device *device, struct fx_component *component,
                                 ULONG index)
{
    providers_hold(device, component, true);
    if (device->power == FX_OFF) {
        device->power = FX_COMING;
        return (struct step){STEP_REQUIRED, 0, 0};
    }
    if (device->power != FX_ON || !providers_are_active(device, component))
        return (struct step){STEP_NONE, 0, 0};
    if (component->state != 0)
        return state_step(component, index, 0);
    component->condition = FX_ACTIVE;
    return (struct step){STEP_ACTIVE, index, 0};
}

static struct step component_step(struct fx_device *device, ULONG index)
{
    struct fx_component *component = &device->components[index];
    struct step none = {STEP_NONE, 0, 0};
    if (component->is_changing || component->condition == FX_IDLING)
        return none;
    if (is_wanted(device, component)) {
        providers_hold(device, component, true);
        return component->condition == FX_IDLE ? activate_step(device, component, index) : none;
    }
    if (component->condition == FX_ACTIVE) {
        component->condition = FX_IDLING;
        KeClearEvent(&component->active);
        return (struct step){STEP_IDLE, index, 0};
    }
    providers_hold(device, component, false);
    ULONG chosen = state_choose(device, component);
    if (device->power != FX_ON || component->state == chosen)
        return none;
    /* Never from one low state to another. */
    return state_step(component, index, component->state ? 0 : chosen);
}

/* Nothing of the device is used, and nothing of it is on its way. */
static bool device_is_idle(const struct fx_device *device)
{
    for (ULONG i = 0; i < device->component_count; i++) {
        const struct fx_component *component = &device->components[i];
        if (is_wanted(device, component) || component->condition != FX_IDLE ||
            component->is_changing)
            return false;
    }
    return true;
}

static struct step device_step(struct fx_device *device)
{
    if (!device_is_idle(device)) {
        device->timeout_is_over = false;
        return (struct step){STEP_NONE, 0, 0};
    }
    if (device->power != FX_ON || device->timer_is_set)
        return (struct step){STEP_NONE, 0, 0};
    if (!device->timeout_is_over && device->timeout_100ns > 0) {
        LARGE_INTEGER due = {.QuadPart = -(LONGLONG)device->timeout_100ns};
        device->timer_is_set = true;
        KeSetTimer(&device->timer, due, &device->dpc);
        return (struct step){STEP_NONE, 0, 0};
    }
    if (!device->timeout_is_over) {
        /* Components that stand in F0 when the device leaves D0 go there first. */
        device->timeout_is_over = true;
        for (ULONG i = 0; i < device->component_count; i++) {
            struct step step = component_step(device, i);
            if (step.kind != STEP_NONE)
                return step;
        }
    }
    device->power = FX_LEAVING;
    return (struct step){STEP_NOT_REQUIRED, 0, 0};
}

static struct step step_next_locked(struct fx_device *device)
{
    struct step step = {STEP_NONE, 0, 0};
    if (!device->is_started || device->is_ended)
        return step;
    for (ULONG i = 0; i < device->component_count && step.kind == STEP_NONE; i++)
        step = component_step(device, i);
    return step.kind != STEP_NONE ? step : device_step(device);
}

/* ---- telling the driver -------------------------------------------------------------------------
 */

static void driver_call(const void *routine, uint64_t p1, uint64_t p2, uint64_t p3, unsigned count)
{
    uint64_t arguments[3] = {p1, p2, p3};
    if (routine)
        callout_invoke(routine, arguments, count);
}

/* A driver without the routine has nothing to do, so the step is complete. */
static void step_do(struct fx_device *device, const struct step *step)
{
    const PO_FX_DEVICE_V3 *driver = &device->registered;
    uint64_t context = (uint64_t)driver->DeviceContext;
    switch (step->kind) {
    case STEP_ACTIVE:
        driver_call(driver->ComponentActiveConditionCallback, context, step->component, 0, 2);
        KeClearEvent(&device->components[step->component].idle);
        KeSetEvent(&device->components[step->component].active, 0, FALSE);
        break;
    case STEP_IDLE:
        driver_call(driver->ComponentIdleConditionCallback, context, step->component, 0, 2);
        if (!driver->ComponentIdleConditionCallback)
            PoFxCompleteIdleCondition((POHANDLE)device, step->component);
        KeSetEvent(&device->components[step->component].idle, 0, FALSE);
        break;
    case STEP_STATE:
        driver_call(driver->ComponentIdleStateCallback, context, step->component, step->state, 3);
        if (!driver->ComponentIdleStateCallback)
            PoFxCompleteIdleState((POHANDLE)device, step->component);
        break;
    case STEP_REQUIRED:
        driver_call(driver->DevicePowerRequiredCallback, context, 0, 0, 1);
        if (!driver->DevicePowerRequiredCallback)
            PoFxReportDevicePoweredOn((POHANDLE)device);
        break;
    case STEP_NOT_REQUIRED:
        driver_call(driver->DevicePowerNotRequiredCallback, context, 0, 0, 1);
        if (!driver->DevicePowerNotRequiredCallback)
            PoFxCompleteDevicePowerNotRequired((POHANDLE)device);
        break;
    default:
        break;
    }
}

/* With the lock; gives it up. */
static void quiet_tell(struct fx_device *device)
{
    bool is_quiet = !device->is_running && !device->is_queued;
    host_lock_give(&device->lock);
    if (is_quiet)
        KeSetEvent(&device->quiet, 0, FALSE);
}

static void run_here(struct fx_device *device)
{
    PKTHREAD self = KeGetCurrentThread(), above;
    host_lock_take(&device->lock);
    /* The thread that runs it may wait for a component within a routine: then it goes on here. */
    if (device->is_running && device->runner != self) {
        host_lock_give(&device->lock);
        return;
    }
    above = device->runner;
    device->is_running = true;
    device->runner = self;
    KeClearEvent(&device->quiet);
    for (;;) {
        struct step step = step_next_locked(device);
        if (step.kind == STEP_NONE)
            break;
        host_lock_give(&device->lock);
        step_do(device, &step);
        host_lock_take(&device->lock);
    }
    device->runner = above;
    device->is_running = above != NULL;
    quiet_tell(device);
}

static void run_queued(void *context)
{
    struct fx_device *device = context;
    bool again;
    do {
        run_here(device);
        host_lock_take(&device->lock);
        again = device->runs_again;
        device->runs_again = false;
        device->is_queued = again;
        if (again)
            host_lock_give(&device->lock);
    } while (again);
    quiet_tell(device);
}

void fx_run(struct fx_device *device, enum fx_how how)
{
    KeSetEvent(&device->changed, 0, FALSE);
    if (how == FX_HERE && KeGetCurrentIrql() < DISPATCH_LEVEL) {
        run_here(device);
        return;
    }
    host_lock_take(&device->lock);
    /* Whoever runs it is in the driver's code and looks again when that returns. */
    bool is_needed = !device->is_running && !device->is_ended;
    if (is_needed && device->is_queued) {
        device->runs_again = true;
    } else if (is_needed) {
        device->is_queued = true;
        KeClearEvent(&device->quiet);
        ex_work_queue(&device->work, run_queued, device);
    }
    host_lock_give(&device->lock);
}

/* Until the component is what was asked for. Meanwhile others complete what this thread may have
 * to go on with: it may be in a routine of the driver itself. */
static void component_wait(struct fx_device *device, struct fx_component *component, bool is_active)
{
    KEVENT *reached = is_active ? &component->active : &component->idle;
    PVOID objects[2] = {reached, &device->changed};
    for (;;) {
        KeClearEvent(&device->changed);
        run_here(device);
        if (KeReadStateEvent(reached) || (!is_active && component->references > 0))
            return;
        KeWaitForMultipleObjects(2, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
    }
}

static VOID NTAPI timeout_over(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct fx_device *device = Context;
    host_lock_take(&device->lock);
    device->timer_is_set = false;
    device->timeout_is_over = device_is_idle(device);
    host_lock_give(&device->lock);
    fx_run(device, FX_ELSEWHERE);
}

/* ---- references
 * ----------------------------------------------------------------------------------- */

void fx_reference(struct fx_device *device, ULONG index, ULONG flags, bool adds)
{
    struct fx_component *component = fx_component_of(device, index);
    bool waits = flags & PO_FX_FLAG_BLOCKING;
    if (waits && KeGetCurrentIrql() >= DISPATCH_LEVEL)
        fx_stop(0x614, device, index, 0);
    if (waits && (flags & PO_FX_FLAG_ASYNC_ONLY))
        fx_stop(0x614, device, index, 1);
    host_lock_take(&device->lock);
    ULONG own = component->references;
    bool is_last = !adds && own == 1;
    if (!adds && own == 0) {
        host_lock_give(&device->lock);
        fx_stop(0x608, component, (ULONG_PTR)component->flags, 0);
    }
    component->references = adds ? own + 1 : own - 1;
    bool is_needed = adds ? component->condition != FX_ACTIVE : is_last;
    bool cancels = adds && device->timer_is_set;
    if (cancels && KeCancelTimer(&device->timer))
        device->timer_is_set = false;
    host_lock_give(&device->lock);
    if (!is_needed)
        return;
    fx_run(device, flags & PO_FX_FLAG_ASYNC_ONLY ? FX_ELSEWHERE : FX_HERE);
    if (waits && device->is_started)
        component_wait(device, component, adds);
}

/* ---- the beginning and the end
 * ---------------------------------------------------------------------- */

void fx_device_start(struct fx_device *device)
{
    KeInitializeTimer(&device->timer);
    KeInitializeDpc(&device->dpc, timeout_over, device);
    KeInitializeEvent(&device->quiet, NotificationEvent, TRUE);
    KeInitializeEvent(&device->changed, NotificationEvent, FALSE);
    for (ULONG i = 0; i < device->component_count; i++) {
        KeInitializeEvent(&device->components[i].active, NotificationEvent, TRUE);
        KeInitializeEvent(&device->components[i].idle, NotificationEvent, FALSE);
        providers_hold(device, &device->components[i], true);
    }
    host_lock_take(&fx_lock);
    list_push_back(&fx_devices, &device->link);
    host_lock_give(&fx_lock);
}

void fx_device_end(struct fx_device *device)
{
    host_lock_take(&fx_lock);
    list_remove(&device->link);
    host_lock_give(&fx_lock);
    host_lock_take(&device->lock);
    device->is_ended = true;
    host_lock_give(&device->lock);
    if (!KeCancelTimer(&device->timer))
        KeFlushQueuedDpcs(); /* it may be running just now */
    KeWaitForSingleObject(&device->quiet, Executive, KernelMode, FALSE, NULL);
}

/* ---- the system's transitions
 * -------------------------------------------------------------------------- */

/* Before the system's request: the device is on and all of it usable; after the system works again:
 * it goes back to what its driver wants. */
void fx_hold(PDEVICE_OBJECT physical, bool holds)
{
    struct fx_device *device = fx_find(physical);
    if (!device)
        return;
    host_lock_take(&device->lock);
    device->holds = holds;
    bool is_started = device->is_started;
    if (device->timer_is_set && KeCancelTimer(&device->timer))
        device->timer_is_set = false;
    host_lock_give(&device->lock);
    if (!is_started)
        return;
    fx_run(device, FX_HERE);
    LARGE_INTEGER most = {.QuadPart = -HOLD_100NS};
    for (ULONG i = 0; i < device->component_count && holds; i++)
        if (KeWaitForSingleObject(&device->components[i].active, Executive, KernelMode, FALSE,
                                  &most) == STATUS_TIMEOUT)
            return; /* the system's request finds it as it is, and the watchdog says whose it is */
}
