/* SPDX-License-Identifier: MIT */
/* fxgate.c - the kit's other half: filters that keep or fail one IRP, power IRPs of the test's own,
 * moments at which the function driver is held, rows that are waited for.
 */
#include "fxkit.h"

#include <stdio.h>

void fx_gates_install(void)
{
    static const char *const lower[] = {"fxtoy_below", NULL};
    static const char *const upper[] = {"fxtoy_filter", "fxtoy_above", NULL};
    char key[64];
    for (int child = 1; child <= FXTOY_SLOTS; child++) {
        snprintf(key, sizeof(key), "Enum\\%s", fx_name(child));
        list_set(key, "LowerFilters", lower);
        list_set(key, "UpperFilters", upper);
    }
}

void fx_device_disable_next(int id)
{
    ULONG disabled = 1; /* CONFIGFLAG_DISABLED */
    char key[64];
    snprintf(key, sizeof(key), "Enum\\%s", fx_name(id));
    value_set(key, "ConfigFlags", REG_DWORD, &disabled, sizeof(disabled));
}

void fx_gate(enum fxtoy_gate_place place, enum fxtoy_gate_what what, int major, int minor,
             int state)
{
    struct fxtoy_gate *gate = &fxtoy.gates[place];
    KeClearEvent(&kept_event);
    gate->major = major;
    gate->minor = minor;
    gate->state = state;
    gate->status = (int)STATUS_DEVICE_DATA_ERROR;
    gate->irp = NULL;
    __atomic_store_n(&gate->what, what, __ATOMIC_SEQ_CST);
}

static PIRP kept(enum fxtoy_gate_place place)
{
    PIRP irp = __atomic_exchange_n(&fxtoy.gates[place].irp, NULL, __ATOMIC_SEQ_CST);
    assert_non_null(irp);
    return irp;
}

void fx_gate_pass(enum fxtoy_gate_place place)
{
    PIRP irp = kept(place);
    IoCopyCurrentIrpStackLocationToNext(irp);
    (void)IoCallDriver(fxtoy.gates[place].lower, irp);
}

void fx_gate_end(enum fxtoy_gate_place place, int status)
{
    PIRP irp = kept(place);
    (void)IoSetCancelRoutine(irp, NULL);
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/* ---- moments -------------------------------------------------------------------------------- */

static int state_value(unsigned which, const char *name)
{
    const struct fx_table *table = fx_table(which);
    for (unsigned i = 0; i < table->state_count; i++)
        if (strcmp(table->states[i].name, name) == 0)
            return table->states[i].public_state;
    fail_msg("no state %s", name);
    return 0;
}

void fx_moment(enum fxtoy_where where, const char *state, int callback, int what, int argument)
{
    struct fxtoy_moment *moment = &fxtoy.moments[fxtoy.moments[0].where != FXTOY_NOWHERE];
    moment->role = FXTOY_FUNCTION;
    moment->at = where == FXTOY_IN_CALLBACK ? callback
                                            : state_value((unsigned)(where - FXTOY_IN_PNP), state);
    moment->what = what;
    moment->argument = argument;
    __atomic_store_n(&moment->where, where, __ATOMIC_SEQ_CST);
}

void fx_held(void)
{
    fx_wait(&held_event);
}

void fx_go(void)
{
    KeSetEvent(&go_event, IO_NO_INCREMENT, FALSE);
}

/* ---- IRPs ----------------------------------------------------------------------------------- */

static NTSTATUS NTAPI irp_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    KeSetEvent(&((struct fx_irp *)context)->done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void irp_make(struct fx_irp *to, int id, enum fx_to where, unsigned char minor)
{
    struct device_node *node = node_get(fx_name(id));
    assert_non_null(node);
    PDEVICE_OBJECT pdo = pnp_node_pdo(node);
    to->top = pdo;
    if (where == FX_STACK)
        to->top = IoGetAttachedDeviceReference(pdo);
    else
        ObReferenceObject(pdo);
    pnp_node_put(node);
    to->irp = IoAllocateIrp(to->top->StackSize, FALSE);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(to->irp);
    KeInitializeEvent(&to->done, NotificationEvent, FALSE);
    to->irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    stack->MajorFunction = IRP_MJ_POWER;
    stack->MinorFunction = minor;
    IoSetCompletionRoutine(to->irp, irp_done, to, TRUE, TRUE, TRUE);
}

static void set_begin(struct fx_irp *to, int id, enum fx_to where, POWER_STATE_TYPE type,
                      POWER_STATE state)
{
    irp_make(to, id, where, IRP_MN_SET_POWER);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(to->irp);
    stack->Parameters.Power.Type = type;
    stack->Parameters.Power.State = state;
    (void)IoCallDriver(to->top, to->irp);
}

void fx_system_begin(struct fx_irp *to, int id, SYSTEM_POWER_STATE state)
{
    set_begin(to, id, FX_STACK, SystemPowerState, (POWER_STATE){.SystemState = state});
}

void fx_device_begin(struct fx_irp *to, int id, enum fx_to where, DEVICE_POWER_STATE state)
{
    set_begin(to, id, where, DevicePowerState, (POWER_STATE){.DeviceState = state});
}

void fx_wake_begin(struct fx_irp *to, int id, enum fx_to where)
{
    irp_make(to, id, where, IRP_MN_WAIT_WAKE);
    IoGetNextIrpStackLocation(to->irp)->Parameters.WaitWake.PowerState = PowerSystemWorking;
    (void)IoCallDriver(to->top, to->irp);
}

int fx_irp_wait(struct fx_irp *irp)
{
    fx_wait(&irp->done);
    int status = irp->irp->IoStatus.Status;
    IoFreeIrp(irp->irp);
    ObDereferenceObject(irp->top);
    return status;
}

void fx_irp_cancel(struct fx_irp *irp)
{
    (void)IoCancelIrp(irp->irp);
}

int fx_system(int id, SYSTEM_POWER_STATE state)
{
    struct fx_irp irp;
    fx_system_begin(&irp, id, state);
    return fx_irp_wait(&irp);
}

int fx_device(int id, enum fx_to where, DEVICE_POWER_STATE state)
{
    struct fx_irp irp;
    fx_device_begin(&irp, id, where, state);
    return fx_irp_wait(&irp);
}

/* ---- rows and states ------------------------------------------------------------------------ */

static void moment_wait(unsigned *rounds, const char *what)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};
    KeDelayExecutionThread(KernelMode, FALSE, &moment);
    if (++*rounds == 30000) /* only so that a failure is seen */
        fail_msg("%s: it does not come", what);
}

unsigned fx_row_count(const char *text)
{
    char own[160];
    for (unsigned which = 0; which < FX_TABLES; which++) {
        const struct fx_table *table = fx_table(which);
        for (unsigned i = 0; i < table->row_count; i++) {
            fx_row_text(table, i, own, sizeof(own));
            if (strcmp(own, text) == 0)
                return (unsigned)table->walked[i];
        }
    }
    fail_msg("no row %s", text);
    return 0;
}

void fx_row_wait_more(const char *text, unsigned than)
{
    for (unsigned rounds = 0; fx_row_count(text) <= than;)
        moment_wait(&rounds, text);
}

void fx_row_wait(const char *text)
{
    fx_row_wait_more(text, 0);
}

void fx_policy_wait(int id, const char *state)
{
    int wanted = state_value(2, state), pnp, power, policy;
    unsigned rounds = 0;
    for (;;) {
        fx_states(id, &pnp, &power, &policy);
        if ((policy & 0xfff) == (wanted & 0xfff))
            return;
        moment_wait(&rounds, state);
    }
}

void fx_devices_wait(int count)
{
    for (unsigned rounds = 0; fxtoy.devices != count;)
        moment_wait(&rounds, "the devices' end");
}
