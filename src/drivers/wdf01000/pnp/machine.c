/* SPDX-License-Identifier: MIT */
/* machine.c - walks the tables of the three state machines.
 *
 * In: events, from any thread; out: actions of the states, one after the other. A row that is
 * taken is counted, written into the machine's history, and told to the client's callbacks.
 */
#include "machine.h"

#include "../device/device.h"

/* ---- actions that may not page --------------------------------------------------------------- */

#define NP_TIMEOUT_S 600ll /* what Windows gives a power callback */

/* Without its paging device the system hangs as soon as such a callback touches what was paged out:
 * that is seen by its not coming back.
 */
static VOID NTAPI np_overdue(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_machine *machine = context;
    struct fx_device *device = machine->device;
    WDF_POWER_ROUTINE_TIMED_OUT_DATA data = {
        .PowerState = fx_power_state(device),
        .PowerPolicyState = fx_policy_state(device),
        .DeviceObject = device->wdm,
        .Device = (WDFDEVICE)fx_handle_of(&device->object),
        .TimedOutThread = machine->np_thread,
    };

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    fx_log(device->object.globals, FX_LOG_ERROR,
           "%s machine of WDFDEVICE %p: a callback in state %s, which may not page, has not come "
           "back for %u minutes; see thread %p",
           machine->table->name, data.Device, machine->table->states[machine->state].name,
           (ULONG)(NP_TIMEOUT_S / 60), data.TimedOutThread);
    fx_violation(device->object.globals, WDF_POWER_ROUTINE_TIMED_OUT, (ULONG_PTR)&data, 0, 0);
}

static UCHAR enter(struct fx_machine *machine)
{
    const struct fx_state *state = &machine->table->states[machine->state];
    LARGE_INTEGER due = {.QuadPart = -NP_TIMEOUT_S * 10000000};
    UCHAR event;

    if (state->enter == NULL)
        return FX_EVENT_NONE;
    if (!(fx_machine_public_state(machine, machine->state) & WdfDevStateNP))
        return state->enter(machine->device);
    machine->np_thread = KeGetCurrentThread();
    KeSetTimer(&machine->np_timer, due, &machine->np_dpc);
    event = state->enter(machine->device);
    KeCancelTimer(&machine->np_timer);
    return event;
}

NTSTATUS fx_machine_init(struct fx_machine *machine, const struct fx_table *table,
                         struct fx_device *device, fx_passive_routine *routine)
{
    machine->table = table;
    machine->device = device;
    machine->state = table->first_state;
    KeInitializeSpinLock(&machine->lock);
    KeInitializeEvent(&machine->idle, NotificationEvent, TRUE);
    KeInitializeTimer(&machine->np_timer);
    KeInitializeDpc(&machine->np_dpc, np_overdue, machine);
    return fx_passive_init(&machine->worker, &device->object, routine);
}

void fx_machine_fini(struct fx_machine *machine)
{
    fx_passive_fini(&machine->worker);
}

ULONG fx_machine_public_state(const struct fx_machine *machine, UCHAR state)
{
    const struct fx_state *entry = &machine->table->states[state];

    return machine->is_np ? entry->public_state_np : entry->public_state;
}

static const struct fx_row *row_find(const struct fx_table *table, UCHAR state, UCHAR event)
{
    const struct fx_row *any = NULL;

    for (ULONG i = 0; i < table->row_count; i++) {
        const struct fx_row *row = &table->rows[i];

        if (row->event != event)
            continue;
        if (row->state == state)
            return row;
        if (row->state == FX_STATE_ANY)
            any = row;
    }
    return any;
}

static void row_count(const struct fx_table *table, const struct fx_row *row)
{
    InterlockedIncrement(&table->walked[row - table->rows]);
}

static const char *event_name(const struct fx_table *table, UCHAR event)
{
    return table->event_names[event];
}

static DECLSPEC_NORETURN void row_missing(struct fx_machine *machine, UCHAR event)
{
    const struct fx_table *table = machine->table;
    struct fx_globals *globals = machine->device->object.globals;

    fx_log(globals, FX_LOG_ERROR, "%s machine of WDFDEVICE %p: no row for %s in state %s",
           table->name, fx_handle_of(&machine->device->object), event_name(table, event),
           table->states[machine->state].name);
    fx_violation(globals, WDF_PNP_FATAL_ERROR, (ULONG_PTR)fx_handle_of(&machine->device->object),
                 machine->state, event);
}

/* ---- the queue ------------------------------------------------------------------------------ */

static void queue_put(struct fx_machine *machine, UCHAR event)
{
    for (UCHAR i = 0; i < machine->queued; i++)
        if (machine->queue[i] == event)
            return;
    NT_ASSERT(machine->queued < FX_EVENTS_MAX);
    machine->queue[machine->queued++] = event;
}

static void queue_remove(struct fx_machine *machine, UCHAR at)
{
    machine->queued--;
    for (UCHAR i = at; i < machine->queued; i++)
        machine->queue[i] = machine->queue[i + 1];
}

/* The first event whose row does not say LATER, taken out. The runner's, under lock. */
static const struct fx_row *queue_next(struct fx_machine *machine, UCHAR *out_event)
{
    for (UCHAR i = 0; i < machine->queued; i++) {
        UCHAR event = machine->queue[i];
        const struct fx_row *row = row_find(machine->table, machine->state, event);

        *out_event = event;
        if (row != NULL && row->next == FX_NEXT_LATER) {
            row_count(machine->table, row);
            continue;
        }
        queue_remove(machine, i);
        return row;
    }
    *out_event = FX_EVENT_NONE;
    return NULL;
}

/* ---- walking -------------------------------------------------------------------------------- */

static void notify(struct fx_machine *machine, ULONG type, UCHAR state, UCHAR next)
{
    if (machine->table->notify != NULL)
        machine->table->notify(machine->device, type, fx_machine_public_state(machine, state),
                               fx_machine_public_state(machine, next));
}

/* Takes a row, and those that its actions' results ask for. */
static void step(struct fx_machine *machine, const struct fx_row *row)
{
    const struct fx_table *table = machine->table;
    UCHAR event;

    do {
        UCHAR from = machine->state, to = row->next;

        row_count(table, row);
        machine->history[machine->steps++ % FX_HISTORY_LENGTH] =
            (struct fx_step){.state = from, .event = row->event, .next = to};
        notify(machine, StateNotificationLeaveState, from, to);
        notify(machine, StateNotificationEnterState, from, to);
        machine->state = to;
        fx_log(machine->device->object.globals, FX_LOG_TRACE, "%s %p: %s on %s to %s", table->name,
               fx_handle_of(&machine->device->object), table->states[from].name,
               event_name(table, row->event), table->states[to].name);
        event = enter(machine);
        notify(machine, StateNotificationPostProcessState, to, to);
        if (event != FX_EVENT_NONE) {
            row = row_find(table, machine->state, event);
            if (row == NULL || row->next >= FX_NEXT_IGNORE)
                row_missing(machine, event);
        }
    } while (event != FX_EVENT_NONE);
}

/* Gives up the machine's lock. */
static void run_locked(struct fx_machine *machine, KIRQL irql)
{
    struct fx_device *device = machine->device;
    const struct fx_row *row;
    UCHAR event;

    if (!machine->is_running) {
        machine->is_running = TRUE;
        KeClearEvent(&machine->idle);
        while ((row = queue_next(machine, &event)) != NULL || event != FX_EVENT_NONE) {
            KeReleaseSpinLock(&machine->lock, irql);
            if (row == NULL)
                row_missing(machine, event);
            if (row->next == FX_NEXT_IGNORE) {
                row_count(machine->table, row);
                if (machine->table->ignored != NULL)
                    machine->table->ignored(device, event);
            } else {
                step(machine, row);
            }
            KeAcquireSpinLock(&machine->lock, &irql);
        }
        machine->is_running = FALSE;
        KeSetEvent(&machine->idle, IO_NO_INCREMENT, FALSE);
    }
    KeReleaseSpinLock(&machine->lock, irql);
}

void fx_machine_run(struct fx_machine *machine)
{
    KIRQL irql;

    KeAcquireSpinLock(&machine->lock, &irql);
    run_locked(machine, irql);
}

/* Whoever walks has left the machine's lock, too. */
void fx_machine_flush(struct fx_machine *machine)
{
    KIRQL irql;

    fx_passive_flush(&machine->worker);
    KeWaitForSingleObject(&machine->idle, Executive, KernelMode, FALSE, NULL);
    KeAcquireSpinLock(&machine->lock, &irql);
    KeReleaseSpinLock(&machine->lock, irql);
}

/* Nothing of the machine is touched once its lock is given up: who has put the event may be the
 * last thing that kept the device.
 */
void fx_machine_post(struct fx_machine *machine, UCHAR event)
{
    KIRQL irql;

    KeAcquireSpinLock(&machine->lock, &irql);
    queue_put(machine, event);
    if (!machine->is_running)
        fx_passive_post(&machine->worker);
    KeReleaseSpinLock(&machine->lock, irql);
}

void fx_machine_send(struct fx_machine *machine, UCHAR event)
{
    KIRQL irql;

    KeAcquireSpinLock(&machine->lock, &irql);
    queue_put(machine, event);
    run_locked(machine, irql);
}
