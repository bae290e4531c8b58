/* SPDX-License-Identifier: MIT */
/* interrupt.c - interrupts of a device: created, given their resources, connected, enabled.
 *
 * In: configurations of the client, resource lists, power up and down; out: vectors connected while
 * the device is up. A vector is given back at power down unless the device's power code may not be
 * paged, or the client wants the interrupt reported inactive instead.
 */
#include "interrupt.h"

static void interrupt_disconnect(struct fx_interrupt *interrupt)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters = {
        .Version = CONNECT_FULLY_SPECIFIED,
        .ConnectionContext.InterruptObject = interrupt->kernel,
    };

    if (!interrupt->kernel)
        return;
    /* Passive handling looks at kernel under the lock, and may just be at it. */
    if (interrupt->config.PassiveHandling)
        fx_interrupt_lock(interrupt);
    interrupt->kernel = NULL;
    interrupt->is_inactive = FALSE;
    if (interrupt->config.PassiveHandling)
        fx_interrupt_unlock(interrupt);
    IoDisconnectInterruptEx(&parameters);
}

static void interrupt_dispose(struct fx_object *object)
{
    struct fx_interrupt *interrupt = (struct fx_interrupt *)object;
    KIRQL irql;

    if (!interrupt->device)
        return; /* creation failed before it was anybody's */
    KeAcquireSpinLock(&interrupt->device->lists_lock, &irql);
    RemoveEntryList(&interrupt->link);
    KeReleaseSpinLock(&interrupt->device->lists_lock, irql);
    interrupt_disconnect(interrupt);
    fx_interrupt_run_flush(interrupt);
}

static void interrupt_destroy(struct fx_object *object)
{
    struct fx_interrupt *interrupt = (struct fx_interrupt *)object;

    fx_interrupt_run_fini(interrupt);
    if (interrupt->spin_lock) {
        if (interrupt->spin_lock->interrupt == interrupt)
            interrupt->spin_lock->interrupt = NULL;
        fx_object_deref(&interrupt->spin_lock->object);
    }
    if (interrupt->wait_lock)
        fx_object_deref(&interrupt->wait_lock->object);
}

const struct fx_type fx_type_interrupt = {
    .name = "WDFINTERRUPT",
    .size = sizeof(struct fx_interrupt),
    .flags = FX_TYPE_PASSIVE,
    .dispose = interrupt_dispose,
    .destroy = interrupt_destroy,
};

/* ---- creation ----------------------------------------------------------------------------------
 */

static NTSTATUS refused(struct fx_globals *globals, NTSTATUS status, const char *why)
{
    fx_log(globals, FX_LOG_ERROR, "WdfInterruptCreate: %s (%x)", why, status);
    return status;
}

static NTSTATUS config_check(struct fx_device *device, const WDF_INTERRUPT_CONFIG *config)
{
    struct fx_globals *globals = device->object.globals;
    BOOLEAN has_resources = config->InterruptRaw && config->InterruptTranslated;
    BOOLEAN in_prepare = device->hardware && device->hardware->translated;

    if (!config->EvtInterruptIsr)
        return refused(globals, STATUS_INVALID_PARAMETER, "EvtInterruptIsr is needed");
    if (config->EvtInterruptDpc && config->EvtInterruptWorkItem)
        return refused(globals, STATUS_INVALID_PARAMETER,
                       "give EvtInterruptDpc or EvtInterruptWorkItem, not both");
    if (config->PassiveHandling && config->SpinLock)
        return refused(globals, STATUS_INVALID_PARAMETER, "PassiveHandling goes with no SpinLock");
    if (!config->PassiveHandling && config->WaitLock)
        return refused(globals, STATUS_INVALID_PARAMETER, "WaitLock goes with PassiveHandling");
    if (config->CanWakeDevice && !config->PassiveHandling)
        return refused(globals, STATUS_INVALID_PARAMETER,
                       "CanWakeDevice goes with PassiveHandling");
    if (in_prepare && device->hardware->interrupts_up)
        return refused(globals, STATUS_INVALID_DEVICE_STATE, "the device is started");
    if (in_prepare && !has_resources)
        return refused(globals, STATUS_INVALID_DEVICE_STATE,
                       "in EvtDevicePrepareHardware, InterruptRaw and InterruptTranslated are "
                       "needed");
    if (!in_prepare && (config->InterruptRaw || config->InterruptTranslated))
        return refused(globals, STATUS_INVALID_PARAMETER,
                       "InterruptRaw and InterruptTranslated are for EvtDevicePrepareHardware");
    return STATUS_SUCCESS;
}

/* Who is the parent: the device, or (from 1.11 on, with AutomaticSerialization) one of its queues.
 */
static NTSTATUS parent_find(struct fx_device *device, const WDF_INTERRUPT_CONFIG *config,
                            const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object **out_parent)
{
    struct fx_globals *globals = device->object.globals;

    *out_parent = &device->object;
    if (!attributes || !attributes->ParentObject)
        return STATUS_SUCCESS;
    *out_parent = fx_object_of(globals, attributes->ParentObject, &fx_type_any);
    if (!fx_client_is(globals, 11) || (*out_parent)->device != device ||
        (*out_parent != &device->object && (*out_parent)->type != &fx_type_queue))
        return refused(globals, STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED,
                       "ParentObject is the device or a queue of it");
    if (!config->AutomaticSerialization)
        return refused(globals, STATUS_INVALID_PARAMETER,
                       "a ParentObject goes with AutomaticSerialization");
    return STATUS_SUCCESS;
}

static void locks_take(struct fx_interrupt *interrupt)
{
    struct fx_globals *globals = interrupt->object.globals;

    if (interrupt->config.SpinLock) {
        interrupt->spin_lock = (struct fx_spin_lock *)fx_object_of(
            globals, interrupt->config.SpinLock, &fx_type_spin_lock);
        fx_object_ref(&interrupt->spin_lock->object);
        interrupt->spin_lock->interrupt = interrupt;
    }
    if (interrupt->config.WaitLock) {
        interrupt->wait_lock = (struct fx_wait_lock *)fx_object_of(
            globals, interrupt->config.WaitLock, &fx_type_wait_lock);
        fx_object_ref(&interrupt->wait_lock->object);
    }
}

static void interrupt_assign(struct fx_interrupt *interrupt,
                             const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated, ULONG message);

NTSTATUS fx_interrupt_create(struct fx_device *device, const WDF_INTERRUPT_CONFIG *config,
                             PWDF_OBJECT_ATTRIBUTES attributes, struct fx_interrupt **out_interrupt)
{
    struct fx_object *object, *parent;
    struct fx_interrupt *interrupt;
    NTSTATUS status;
    KIRQL irql;

    status = config_check(device, config);
    if (NT_SUCCESS(status))
        status = parent_find(device, config, attributes, &parent);
    if (NT_SUCCESS(status))
        status = fx_object_create(device->object.globals, &fx_type_interrupt, 0, attributes, parent,
                                  &object);
    if (!NT_SUCCESS(status))
        return status;
    interrupt = (struct fx_interrupt *)object;
    interrupt->config = *config;
    interrupt->associated = parent;
    locks_take(interrupt);
    status = fx_serialize(parent, config->AutomaticSerialization,
                          config->EvtInterruptWorkItem != NULL, &interrupt->holder);
    if (NT_SUCCESS(status))
        status = fx_interrupt_run_init(interrupt);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    interrupt->device = device;
    interrupt->of_prepare = config->InterruptTranslated != NULL;
    if (interrupt->of_prepare)
        interrupt_assign(interrupt, config->InterruptTranslated, 0);
    /* The descriptors are the caller's for the time of the call alone. */
    interrupt->config.InterruptRaw = interrupt->config.InterruptTranslated = NULL;
    KeAcquireSpinLock(&device->lists_lock, &irql);
    InsertTailList(&device->interrupts, &interrupt->link);
    KeReleaseSpinLock(&device->lists_lock, irql);
    *out_interrupt = interrupt;
    return STATUS_SUCCESS;
}

struct fx_interrupt *fx_interrupt_at(struct fx_device *device, ULONG index)
{
    struct fx_interrupt *interrupt = NULL;
    LIST_ENTRY *link;
    KIRQL irql;

    KeAcquireSpinLock(&device->lists_lock, &irql);
    for (link = device->interrupts.Flink; link != &device->interrupts; link = link->Flink)
        if (index-- == 0) {
            interrupt = CONTAINING_RECORD(link, struct fx_interrupt, link);
            fx_object_ref(&interrupt->object);
            break;
        }
    KeReleaseSpinLock(&device->lists_lock, irql);
    return interrupt;
}

static ULONG interrupt_count(struct fx_device *device)
{
    ULONG count = 0;
    LIST_ENTRY *link;
    KIRQL irql;

    KeAcquireSpinLock(&device->lists_lock, &irql);
    for (link = device->interrupts.Flink; link != &device->interrupts; link = link->Flink)
        count++;
    KeReleaseSpinLock(&device->lists_lock, irql);
    return count;
}

/* ---- resources ---------------------------------------------------------------------------------
 */

static void interrupt_assign(struct fx_interrupt *interrupt,
                             const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated, ULONG message)
{
    WDF_INTERRUPT_INFO *info = &interrupt->info;

    RtlZeroMemory(info, sizeof *info);
    info->Size = sizeof *info;
    info->ShareDisposition = translated->ShareDisposition;
    info->Mode = translated->Flags & CM_RESOURCE_INTERRUPT_LATCHED ? Latched : LevelSensitive;
    if (translated->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) {
        info->MessageSignaled = TRUE;
        info->Mode = Latched;
        info->MessageNumber = message;
        info->Vector = translated->u.MessageInterrupt.Translated.Vector + message;
        info->Irql = (KIRQL)translated->u.MessageInterrupt.Translated.Level;
        info->Group = translated->u.MessageInterrupt.Translated.Group;
        info->TargetProcessorSet = translated->u.MessageInterrupt.Translated.Affinity;
    } else {
        info->Vector = translated->u.Interrupt.Vector;
        info->Irql = (KIRQL)translated->u.Interrupt.Level;
        info->Group = translated->u.Interrupt.Group;
        info->TargetProcessorSet = translated->u.Interrupt.Affinity;
    }
    interrupt->is_assigned = TRUE;
    interrupt->synchronize_irql = info->Irql;
}

/* How many interrupts a pair of descriptors stands for. */
static ULONG messages_of(const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw)
{
    ULONG count =
        raw->Flags & CM_RESOURCE_INTERRUPT_MESSAGE ? raw->u.MessageInterrupt.Raw.MessageCount : 1;

    return count ? count : 1;
}

/* Those that share a lock synchronize at the highest IRQL of them. */
static void irqls_raise(struct fx_device *device)
{
    struct fx_interrupt *one, *other;
    ULONG i, j;

    for (i = 0; (one = fx_interrupt_at(device, i)); i++) {
        for (j = 0; one->spin_lock && (other = fx_interrupt_at(device, j)); j++) {
            if (other->spin_lock == one->spin_lock && other->is_assigned &&
                other->info.Irql > one->synchronize_irql)
                one->synchronize_irql = other->info.Irql;
            fx_object_deref(&other->object);
        }
        fx_object_deref(&one->object);
    }
}

void fx_interrupts_assign(struct fx_device *device)
{
    const struct fx_descriptors *raws = &device->hardware->raw->descriptors;
    const struct fx_descriptors *ours = &device->hardware->translated->descriptors;
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw = NULL, *translated = NULL;
    struct fx_interrupt *interrupt;
    ULONG index = 0, message;

    while ((translated = fx_descriptors_next(ours, translated)) != NULL) {
        raw = fx_descriptors_next(raws, raw);
        if (translated->Type != CmResourceTypeInterrupt || !raw)
            continue;
        for (message = 0; message < messages_of(raw); message++) {
            interrupt = fx_interrupt_at(device, index++);
            if (!interrupt)
                return; /* more than the client wants */
            interrupt_assign(interrupt, translated, message);
            fx_object_deref(&interrupt->object);
        }
    }
}

void fx_interrupts_unassign(struct fx_device *device)
{
    struct fx_interrupt *interrupt;
    ULONG index = 0;

    while ((interrupt = fx_interrupt_at(device, index)) != NULL) {
        interrupt->is_assigned = FALSE;
        RtlZeroMemory(&interrupt->info, sizeof interrupt->info);
        if (interrupt->of_prepare)
            fx_object_delete(&interrupt->object); /* out of the list: the next has its index */
        else
            index++;
        fx_object_deref(&interrupt->object);
    }
}

/* ---- up and down -------------------------------------------------------------------------------
 */

static BOOLEAN vector_is_shared(const struct fx_interrupt *interrupt)
{
    if (interrupt->config.ShareVector != WdfUseDefault)
        return interrupt->config.ShareVector == WdfTrue;
    return interrupt->info.ShareDisposition == CmResourceShareShared;
}

static NTSTATUS interrupt_connect(struct fx_interrupt *interrupt)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {
        .Version = interrupt->info.Group ? CONNECT_FULLY_SPECIFIED_GROUP : CONNECT_FULLY_SPECIFIED,
        .FullySpecified = {.PhysicalDeviceObject = interrupt->device->physical,
                           .InterruptObject = &interrupt->kernel,
                           .ServiceRoutine = fx_interrupt_service,
                           .ServiceContext = interrupt,
                           .SpinLock = interrupt->spin_lock ? &interrupt->spin_lock->lock
                                                            : &interrupt->own_lock,
                           .SynchronizeIrql = interrupt->synchronize_irql,
                           .FloatingSave = interrupt->config.FloatingSave,
                           .ShareVector = vector_is_shared(interrupt),
                           .Vector = interrupt->info.Vector,
                           .Irql = interrupt->info.Irql,
                           .InterruptMode = interrupt->info.Mode,
                           .ProcessorEnableMask = interrupt->info.TargetProcessorSet,
                           .Group = interrupt->info.Group},
    };
    NTSTATUS status = STATUS_SUCCESS;

    if (!interrupt->kernel)
        status = IoConnectInterruptEx(&parameters);
    if (!NT_SUCCESS(status)) {
        fx_log(interrupt->object.globals, FX_LOG_ERROR,
               "WDFINTERRUPT %p: vector %x at IRQL %u cannot be connected (%x)",
               fx_handle_of(&interrupt->object), interrupt->info.Vector, interrupt->info.Irql,
               status);
        return status;
    }
    if (interrupt->is_inactive) {
        interrupt->is_inactive = FALSE;
        fx_interrupt_report(interrupt->kernel, TRUE);
    }
    return status;
}

/* What becomes of the vector at power down. */
static void interrupt_rest(struct fx_interrupt *interrupt)
{
    if (!interrupt->kernel || !(interrupt->device->wdm->Flags & DO_POWER_PAGABLE) ||
        interrupt->config.CanWakeDevice)
        return;
    if (interrupt->config.ReportInactiveOnPowerDown != WdfTrue) {
        interrupt_disconnect(interrupt);
        return;
    }
    interrupt->is_inactive = TRUE;
    fx_interrupt_report(interrupt->kernel, FALSE);
}

struct switching {
    struct fx_interrupt *interrupt;
    BOOLEAN enable;
    NTSTATUS status;
};

static BOOLEAN NTAPI switch_locked(PVOID context)
{
    struct switching *switching = context;
    struct fx_interrupt *interrupt = switching->interrupt;
    PFN_WDF_INTERRUPT_ENABLE evt = switching->enable ? interrupt->config.EvtInterruptEnable
                                                     : interrupt->config.EvtInterruptDisable;

    if (evt)
        FX_WATCHED(interrupt->object.globals, evt,
                   switching->status = evt(fx_handle_of(&interrupt->object),
                                           fx_handle_of(&interrupt->device->object)));
    return TRUE;
}

NTSTATUS fx_interrupt_switch(struct fx_interrupt *interrupt, BOOLEAN enable)
{
    struct switching switching = {.interrupt = interrupt, .enable = enable};

    if (!interrupt->kernel)
        return STATUS_SUCCESS;
    if (interrupt->config.PassiveHandling) {
        fx_interrupt_lock(interrupt);
        switch_locked(&switching);
        fx_interrupt_unlock(interrupt);
    } else {
        KeSynchronizeExecution(interrupt->kernel, switch_locked, &switching);
    }
    if (!NT_SUCCESS(switching.status))
        fx_log(interrupt->object.globals, FX_LOG_ERROR, "WDFINTERRUPT %p: EvtInterrupt%s: %x",
               fx_handle_of(&interrupt->object), enable ? "Enable" : "Disable", switching.status);
    return switching.status;
}

NTSTATUS fx_interrupts_enable(struct fx_device *device)
{
    struct fx_interrupt *interrupt;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG index;

    if (device->hardware)
        device->hardware->interrupts_up = TRUE;
    irqls_raise(device);
    for (index = 0; NT_SUCCESS(status) && (interrupt = fx_interrupt_at(device, index)); index++) {
        if (interrupt->is_assigned && !interrupt->is_enabled) {
            status = interrupt_connect(interrupt);
            if (NT_SUCCESS(status))
                status = fx_interrupt_switch(interrupt, TRUE);
            interrupt->is_enabled = NT_SUCCESS(status);
        }
        fx_object_deref(&interrupt->object);
    }
    return status;
}

NTSTATUS fx_interrupts_connect(struct fx_device *device)
{
    return fx_interrupts_enable(device);
}

NTSTATUS fx_interrupts_disable(struct fx_device *device)
{
    NTSTATUS first = STATUS_SUCCESS, status;
    ULONG index = interrupt_count(device);
    struct fx_interrupt *interrupt;

    while (index--) {
        interrupt = fx_interrupt_at(device, index);
        if (!interrupt)
            continue;
        if (interrupt->is_enabled) {
            status = fx_interrupt_switch(interrupt, FALSE);
            if (NT_SUCCESS(first))
                first = status;
            interrupt->is_enabled = FALSE;
        }
        interrupt_rest(interrupt);
        fx_interrupt_run_flush(interrupt);
        fx_object_deref(&interrupt->object);
    }
    return first;
}

void fx_interrupts_disconnect(struct fx_device *device)
{
    struct fx_interrupt *interrupt;
    ULONG index = interrupt_count(device);

    while (index--)
        if ((interrupt = fx_interrupt_at(device, index)) != NULL) {
            interrupt_disconnect(interrupt);
            interrupt->is_enabled = FALSE;
            fx_object_deref(&interrupt->object);
        }
    if (device->hardware)
        device->hardware->interrupts_up = FALSE;
}
