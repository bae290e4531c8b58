/* SPDX-License-Identifier: MIT */
/* hardware.c - resources and interrupts of a device of the Framework: lists in callbacks, service
 * routines, DPCs, work items, locks, what power does to them.
 */
#include "stack.h"

struct line {
    WDFINTERRUPT interrupt;
    volatile LONG calls, claims, deferred, worked, enabled, disabled;
    volatile KIRQL irql, deferred_irql;
    volatile ULONG message;
    volatile BOOLEAN was_inside, is_inside;
    WDFOBJECT associated;
    WDFDEVICE enabled_device;
    KEVENT done;
};
typedef struct line LINE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(LINE, line_of)

#define LINES 3

/* What the next device does; each test writes it before stack_make. */
static struct plan {
    ULONG interrupts;
    WDF_INTERRUPT_CONFIG config[LINES];
    NTSTATUS (*prepare)(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated);
    NTSTATUS (*add)(WDFDEVICE device, WDFIORESREQLIST list);
    NTSTATUS (*remove)(WDFDEVICE device, WDFIORESREQLIST list);
    NTSTATUS create_status;
    BOOLEAN not_pageable;
    WDF_OBJECT_ATTRIBUTES attributes; /* of the device, when Size is set */
    volatile LONG entered;            /* D0 */
    KEVENT up;                        /* a D0 that has its interrupts */
    WDFDEVICE device;
    WDFINTERRUPT made[LINES];
    ULONG prepared, released;
} plan;

static NTSTATUS NTAPI prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    plan.prepared++;
    return plan.prepare ? plan.prepare(device, raw, translated) : STATUS_SUCCESS;
}

static NTSTATUS NTAPI release(WDFDEVICE device, WDFCMRESLIST translated)
{
    plan.released++;
    return STATUS_SUCCESS;
}

/* The device is in D0 with all that belongs to it. */
static NTSTATUS NTAPI post_interrupts(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
    plan.entered++;
    KeSetEvent(&plan.up, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI requirements_add(WDFDEVICE device, WDFIORESREQLIST list)
{
    return plan.add ? plan.add(device, list) : STATUS_SUCCESS;
}

static NTSTATUS NTAPI requirements_remove(WDFDEVICE device, WDFIORESREQLIST list)
{
    return plan.remove ? plan.remove(device, list) : STATUS_SUCCESS;
}

static NTSTATUS interrupt_make(WDFDEVICE device, PWDF_INTERRUPT_CONFIG config, WDFINTERRUPT *made)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, LINE);
    status = WdfInterruptCreate(device, config, &attributes, made);
    if (NT_SUCCESS(status)) {
        line_of(*made)->interrupt = *made;
        KeInitializeEvent(&line_of(*made)->done, SynchronizationEvent, FALSE);
    }
    return status;
}

static NTSTATUS NTAPI device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDF_FDO_EVENT_CALLBACKS fdo;
    NTSTATUS status;
    ULONG i;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&pnp);
    pnp.EvtDevicePrepareHardware = prepare;
    pnp.EvtDeviceReleaseHardware = release;
    pnp.EvtDeviceD0EntryPostInterruptsEnabled = post_interrupts;
    KeInitializeEvent(&plan.up, SynchronizationEvent, FALSE);
    if (plan.not_pageable)
        WdfDeviceInitSetPowerNotPageable(init);
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &pnp);
    WDF_FDO_EVENT_CALLBACKS_INIT(&fdo);
    fdo.EvtDeviceFilterAddResourceRequirements = requirements_add;
    fdo.EvtDeviceFilterRemoveResourceRequirements = requirements_remove;
    WdfFdoInitSetEventCallbacks(init, &fdo);
    status = WdfDeviceCreate(
        &init, plan.attributes.Size ? &plan.attributes : WDF_NO_OBJECT_ATTRIBUTES, &plan.device);
    for (i = 0; NT_SUCCESS(status) && i < plan.interrupts; i++)
        status = plan.create_status = interrupt_make(plan.device, &plan.config[i], &plan.made[i]);
    return status;
}

PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

/* ---- resource lists ----------------------------------------------------------------------------
 */

static NTSTATUS lists_read(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR port = {.Type = CmResourceTypePort};
    PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor;

    expect_number(WdfCmResourceListGetCount(raw), 2);
    expect_number(WdfCmResourceListGetCount(translated), 2);
    descriptor = WdfCmResourceListGetDescriptor(raw, 0);
    expect_number(descriptor->Type, CmResourceTypeMemory);
    expect_number(descriptor->u.Memory.Start.QuadPart, 0xfe000000);
    expect_number(descriptor->u.Memory.Length, 0x1000);
    descriptor = WdfCmResourceListGetDescriptor(translated, 1);
    expect_number(descriptor->Type, CmResourceTypeInterrupt);
    expect(descriptor == WdfCmResourceListGetDescriptor(translated, 1));
    expect(WdfCmResourceListGetDescriptor(translated, 2) == NULL);
    /* These may only be looked at. */
    expect_status(WdfCmResourceListAppendDescriptor(raw, &port), STATUS_ACCESS_DENIED);
    expect_status(WdfCmResourceListInsertDescriptor(raw, &port, 0), STATUS_ACCESS_DENIED);
    WdfCmResourceListRemove(raw, 0);
    WdfCmResourceListRemoveByDescriptor(raw, WdfCmResourceListGetDescriptor(raw, 0));
    expect_number(WdfCmResourceListGetCount(raw), 2);
    return STATUS_SUCCESS;
}

static void lists(void)
{
    struct stack stack;

    RtlZeroMemory(&plan, sizeof plan);
    plan.prepare = lists_read;
    if (!stack_make(&stack))
        return;
    stack_add_memory(&stack, 0xfe000000, 0x1000);
    stack_add_line(&stack, 5, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_number(plan.prepared, 1);
    stack_drop(&stack);
    expect_number(plan.released, 1);
}

static void descriptor_port(PIO_RESOURCE_DESCRIPTOR descriptor, ULONG length)
{
    RtlZeroMemory(descriptor, sizeof *descriptor);
    descriptor->Type = CmResourceTypePort;
    descriptor->ShareDisposition = CmResourceShareDeviceExclusive;
    descriptor->u.Port.Length = length;
    descriptor->u.Port.MaximumAddress.QuadPart = 0xffff;
}

static NTSTATUS requirements_grow(WDFDEVICE device, WDFIORESREQLIST list)
{
    IO_RESOURCE_DESCRIPTOR descriptor;
    WDFIORESLIST first, own, last;

    expect_number(WdfIoResourceRequirementsListGetCount(list), 1);
    first = WdfIoResourceRequirementsListGetIoResList(list, 0);
    expect(WdfIoResourceRequirementsListGetIoResList(list, 1) == NULL);
    expect_number(WdfIoResourceListGetCount(first), 1);
    expect_number(WdfIoResourceListGetDescriptor(first, 0)->u.Port.Length, 8);
    descriptor_port(&descriptor, 4);
    expect_status(WdfIoResourceListAppendDescriptor(first, &descriptor), STATUS_SUCCESS);
    descriptor.u.Port.Length = 2;
    expect_status(WdfIoResourceListInsertDescriptor(first, &descriptor, 1), STATUS_SUCCESS);
    expect_status(WdfIoResourceListInsertDescriptor(first, &descriptor, 4),
                  STATUS_ARRAY_BOUNDS_EXCEEDED);
    expect_number(WdfIoResourceListGetCount(first), 3);
    expect_number(WdfIoResourceListGetDescriptor(first, 2)->u.Port.Length, 4);
    descriptor.u.Port.Length = 16;
    WdfIoResourceListUpdateDescriptor(first, &descriptor, 2);
    WdfIoResourceListUpdateDescriptor(first, &descriptor, 3); /* there is none */
    expect_number(WdfIoResourceListGetDescriptor(first, 2)->u.Port.Length, 16);
    /* 8 2 16. Another alternative before it, and one that is taken out again. */
    expect_status(WdfIoResourceListCreate(list, WDF_NO_OBJECT_ATTRIBUTES, &own), STATUS_SUCCESS);
    expect_status(WdfIoResourceListAppendDescriptor(own, &descriptor), STATUS_SUCCESS);
    expect_status(WdfIoResourceRequirementsListInsertIoResList(list, own, 0), STATUS_SUCCESS);
    expect_status(WdfIoResourceRequirementsListAppendIoResList(list, own),
                  STATUS_INVALID_PARAMETER);
    expect_status(WdfIoResourceListCreate(list, WDF_NO_OBJECT_ATTRIBUTES, &last), STATUS_SUCCESS);
    expect_status(WdfIoResourceRequirementsListAppendIoResList(list, last), STATUS_SUCCESS);
    expect_number(WdfIoResourceRequirementsListGetCount(list), 3);
    expect(WdfIoResourceRequirementsListGetIoResList(list, 2) == last);
    WdfIoResourceRequirementsListSetSlotNumber(list, 7);
    WdfIoResourceRequirementsListSetInterfaceType(list, PCIBus);
    /* Taken out again: by place, and by itself. */
    WdfIoResourceRequirementsListRemove(list, 3); /* there is none */
    WdfIoResourceRequirementsListRemove(list, 2);
    WdfIoResourceRequirementsListRemoveByIoResList(list, last); /* not any more */
    expect_number(WdfIoResourceRequirementsListGetCount(list), 2);
    WdfIoResourceListRemove(first, 0);
    WdfIoResourceListRemoveByDescriptor(first, &descriptor); /* equal, not the same */
    expect_number(WdfIoResourceListGetCount(first), 1);
    expect_number(WdfIoResourceListGetDescriptor(first, 0)->u.Port.Length, 2);
    expect_status(WdfIoResourceRequirementsListAppendIoResList(list, last), STATUS_SUCCESS);
    WdfObjectDelete(last); /* it leaves the list */
    expect_number(WdfIoResourceRequirementsListGetCount(list), 2);
    return STATUS_SUCCESS;
}

static NTSTATUS requirements_shrink(WDFDEVICE device, WDFIORESREQLIST list)
{
    WDFIORESLIST only = WdfIoResourceRequirementsListGetIoResList(list, 0);
    IO_RESOURCE_DESCRIPTOR descriptor = *WdfIoResourceListGetDescriptor(only, 0);

    WdfIoResourceListRemove(only, 0);
    expect_number(WdfIoResourceListGetCount(only), 0);
    expect_status(WdfIoResourceListAppendDescriptor(only, &descriptor), STATUS_ACCESS_DENIED);
    return STATUS_SUCCESS;
}

static PIO_RESOURCE_REQUIREMENTS_LIST requirements_make(ULONG length)
{
    PIO_RESOURCE_REQUIREMENTS_LIST list = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *list, 'tseT');

    list->ListSize = sizeof *list;
    list->InterfaceType = Isa;
    list->AlternativeLists = 1;
    list->List[0].Version = list->List[0].Revision = 1;
    list->List[0].Count = 1;
    descriptor_port(&list->List[0].Descriptors[0], length);
    return list;
}

static PIO_RESOURCE_REQUIREMENTS_LIST requirements_filter(struct stack *stack,
                                                          PIO_RESOURCE_REQUIREMENTS_LIST list)
{
    IO_STACK_LOCATION wanted = {0};
    ULONG_PTR information = (ULONG_PTR)list;

    wanted.Parameters.FilterResourceRequirements.IoResourceRequirementList = list;
    expect_status(stack_pnp(stack, IRP_MN_FILTER_RESOURCE_REQUIREMENTS, &wanted, &information),
                  STATUS_SUCCESS);
    if (information != (ULONG_PTR)list)
        ExFreePool(list); /* it is ours; the answer is another one */
    return (PIO_RESOURCE_REQUIREMENTS_LIST)information;
}

static void requirements(void)
{
    PIO_RESOURCE_REQUIREMENTS_LIST list;
    const IO_RESOURCE_LIST *second;
    struct stack stack;

    RtlZeroMemory(&plan, sizeof plan);
    plan.add = requirements_grow;
    if (!stack_make(&stack))
        return;
    list = requirements_filter(&stack, requirements_make(8));
    expect_number(list->AlternativeLists, 2);
    expect_number(list->SlotNumber, 7);
    expect_number(list->InterfaceType, PCIBus);
    expect_number(list->List[0].Count, 1);
    second = (const IO_RESOURCE_LIST *)&list->List[0].Descriptors[1];
    expect_number(second->Count, 1);
    expect_number(second->Descriptors[0].u.Port.Length, 2);
    ExFreePool(list);
    plan.add = NULL;
    plan.remove = requirements_shrink;
    list = requirements_filter(&stack, requirements_make(8));
    expect_number(list->AlternativeLists, 1);
    expect_number(list->List[0].Count, 0);
    ExFreePool(list);
    stack_drop(&stack);
}

/* ---- interrupts --------------------------------------------------------------------------------
 */

static BOOLEAN NTAPI isr(WDFINTERRUPT interrupt, ULONG message)
{
    struct line *line = line_of(interrupt);

    line->calls++;
    line->irql = KeGetCurrentIrql();
    line->message = message;
    line->was_inside |= line->is_inside;
    if (line->claims <= 0)
        return FALSE;
    line->claims--;
    return WdfInterruptQueueDpcForIsr(interrupt);
}

static VOID NTAPI dpc(WDFINTERRUPT interrupt, WDFOBJECT associated)
{
    struct line *line = line_of(interrupt);

    line->deferred++;
    line->deferred_irql = KeGetCurrentIrql();
    line->associated = associated;
    KeSetEvent(&line->done, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS NTAPI enable(WDFINTERRUPT interrupt, WDFDEVICE device)
{
    line_of(interrupt)->enabled++;
    line_of(interrupt)->enabled_device = device;
    line_of(interrupt)->irql = KeGetCurrentIrql();
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI disable(WDFINTERRUPT interrupt, WDFDEVICE device)
{
    line_of(interrupt)->disabled++;
    line_of(interrupt)->irql = KeGetCurrentIrql();
    return STATUS_SUCCESS;
}

static void config_fill(PWDF_INTERRUPT_CONFIG config)
{
    WDF_INTERRUPT_CONFIG_INIT(config, isr, dpc);
    config->EvtInterruptEnable = enable;
    config->EvtInterruptDisable = disable;
}

static void line_wait(struct line *line)
{
    expect_status(KeWaitForSingleObject(&line->done, Executive, KernelMode, FALSE, NULL),
                  STATUS_SUCCESS);
}

static BOOLEAN NTAPI section(WDFINTERRUPT interrupt, WDFCONTEXT context)
{
    struct line *line = line_of(interrupt);

    line->irql = KeGetCurrentIrql();
    line->is_inside = TRUE;
    stack_raise(context, 0);
    line->is_inside = FALSE;
    return line->calls == 1; /* not yet the second one */
}

static void interrupt(void)
{
    WDF_INTERRUPT_INFO info;
    struct stack stack;
    struct line *line;
    KIRQL level;

    RtlZeroMemory(&plan, sizeof plan);
    plan.interrupts = 2;
    config_fill(&plan.config[0]);
    config_fill(&plan.config[1]); /* for which there is no resource */
    if (!stack_make(&stack))
        return;
    line = line_of(plan.made[0]);
    WDF_INTERRUPT_INFO_INIT(&info);
    WdfInterruptGetInfo(plan.made[0], &info);
    expect_number(info.Vector, 0);
    expect(WdfInterruptWdmGetInterrupt(plan.made[0]) == NULL);
    expect(WdfInterruptGetDevice(plan.made[0]) == plan.device);
    stack_add_memory(&stack, 0xfe000000, 0x1000);
    stack_add_line(&stack, 5, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    WdfInterruptGetInfo(plan.made[0], &info);
    level = info.Irql;
    expect(level > DISPATCH_LEVEL);
    expect_number(
        info.Vector,
        stack.translated.list.List[0].PartialResourceList.PartialDescriptors[1].u.Interrupt.Vector);
    expect_number(info.Mode, Latched);
    expect_number(info.TargetProcessorSet, stack.affinity);
    expect(!info.MessageSignaled);
    expect_number(line->enabled, 1);
    expect_number(line->irql, level);
    expect(line->enabled_device == plan.device);
    expect_number(line_of(plan.made[1])->enabled, 0);
    expect(WdfInterruptWdmGetInterrupt(plan.made[0]) != NULL);
    line->claims = 1;
    stack_raise(&stack, 0);
    line_wait(line);
    expect_number(line->calls, 1);
    expect_number(line->irql, level);
    expect_number(line->deferred_irql, DISPATCH_LEVEL);
    expect(line->associated == (WDFOBJECT)plan.device);
    expect(WdfInterruptSynchronize(plan.made[0], section, &stack));
    expect_number(line->irql, level);
    expect_number(line->calls, 2);
    expect(!line->was_inside);
    WdfInterruptAcquireLock(plan.made[0]);
    line->irql = KeGetCurrentIrql();
    stack_raise(&stack, 0);
    line->was_inside = line->calls != 2;
    WdfInterruptReleaseLock(plan.made[0]);
    expect_number(line->irql, level);
    expect(!line->was_inside);
    expect_number(line->calls, 3);
    WdfInterruptDisable(plan.made[0]);
    WdfInterruptEnable(plan.made[0]);
    expect_number(line->enabled, 2);
    expect_number(line->disabled, 1);
    WdfInterruptReportInactive(plan.made[0]);
    stack_raise(&stack, 0);
    expect_number(line->calls, 3);
    WdfInterruptReportActive(plan.made[0]);
    stack_raise(&stack, 0);
    expect_number(line->calls, 4);
    stack_drop(&stack);
}

/* Power: a pageable device gives its vector up, and has it again. */
static void interrupt_power(void)
{
    struct stack stack;
    struct line *line;

    RtlZeroMemory(&plan, sizeof plan);
    plan.interrupts = 1;
    config_fill(&plan.config[0]);
    if (!stack_make(&stack))
        return;
    line = line_of(plan.made[0]);
    stack_add_line(&stack, 6, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_number(line->enabled, 1);
    expect_status(stack_pnp(&stack, IRP_MN_QUERY_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    expect_status(stack_pnp(&stack, IRP_MN_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    expect_number(line->disabled, 1);
    expect_number(plan.released, 1);
    expect(WdfInterruptWdmGetInterrupt(plan.made[0]) == NULL);
    stack_raise(&stack, 0);
    expect_number(line->calls, 0);
    RtlZeroMemory(&stack.raw, sizeof stack.raw);
    RtlZeroMemory(&stack.translated, sizeof stack.translated);
    stack_add_line(&stack, 7, LevelSensitive); /* another one */
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_number(line->enabled, 2);
    line->claims = 1;
    stack_raise(&stack, 0);
    line_wait(line);
    expect_number(line->calls, 1);
    stack_drop(&stack);
}

static void claim_one(struct stack *stack, struct line *line, LONG calls)
{
    line->claims = 1;
    stack_raise(stack, 0);
    line_wait(line);
    expect_number(line->calls, calls);
}

/* Sleep and back. What becomes of the vector meanwhile: given up (the default), kept and silent
 * (ReportInactiveOnPowerDown), or kept (power code that is never paged). */
static void down_and_up(WDF_TRI_STATE reports_inactive, BOOLEAN not_pageable)
{
    BOOLEAN is_kept = reports_inactive == WdfTrue || not_pageable;
    struct stack stack;
    struct line *line;

    RtlZeroMemory(&plan, sizeof plan);
    plan.interrupts = 1;
    plan.not_pageable = not_pageable;
    config_fill(&plan.config[0]);
    plan.config[0].ReportInactiveOnPowerDown = reports_inactive;
    if (!stack_make(&stack))
        return;
    line = line_of(plan.made[0]);
    stack_add_line(&stack, 5, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    KeWaitForSingleObject(&plan.up, Executive, KernelMode, FALSE, NULL);
    claim_one(&stack, line, 1);
    expect_status(stack_power(&stack, PowerSystemSleeping3), STATUS_SUCCESS);
    expect_number(line->disabled, 1);
    expect((WdfInterruptWdmGetInterrupt(plan.made[0]) != NULL) == is_kept);
    stack_raise(&stack, 0);
    expect_number(line->calls, not_pageable ? 2 : 1);
    expect_status(stack_power(&stack, PowerSystemWorking), STATUS_SUCCESS);
    KeWaitForSingleObject(&plan.up, Executive, KernelMode, FALSE, NULL);
    expect_number(line->enabled, 2);
    expect_number(plan.entered, 2);
    claim_one(&stack, line, not_pageable ? 3 : 2);
    stack_drop(&stack);
    expect_number(plan.prepared, 1);
}

static void sleep_disconnects(void)
{
    down_and_up(WdfUseDefault, FALSE);
}

static void sleep_silences(void)
{
    down_and_up(WdfTrue, FALSE);
}

static void sleep_not_pageable(void)
{
    down_and_up(WdfUseDefault, TRUE);
}

/* Two with one lock: the section of one keeps the other away, at the higher IRQL of the two. */
static BOOLEAN NTAPI shared_section(WDFINTERRUPT interrupt, WDFCONTEXT context)
{
    struct line *line = line_of(interrupt);

    line->irql = KeGetCurrentIrql();
    line_of(plan.made[1])->is_inside = TRUE;
    stack_raise(context, 1);
    line_of(plan.made[1])->is_inside = FALSE;
    return TRUE;
}

static void interrupt_shared_lock(void)
{
    WDF_INTERRUPT_INFO infos[2];
    struct stack stack;
    WDFSPINLOCK lock;

    RtlZeroMemory(&plan, sizeof plan);
    expect_status(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    plan.interrupts = 2;
    config_fill(&plan.config[0]);
    config_fill(&plan.config[1]);
    plan.config[0].SpinLock = plan.config[1].SpinLock = lock;
    if (!stack_make(&stack))
        return;
    stack_add_line(&stack, 3, Latched);
    stack_add_line(&stack, 11, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    WDF_INTERRUPT_INFO_INIT(&infos[0]);
    WDF_INTERRUPT_INFO_INIT(&infos[1]);
    WdfInterruptGetInfo(plan.made[0], &infos[0]);
    WdfInterruptGetInfo(plan.made[1], &infos[1]);
    expect(infos[0].Irql != infos[1].Irql);
    expect(WdfInterruptSynchronize(plan.made[0], shared_section, &stack));
    expect_number(line_of(plan.made[0])->irql, max(infos[0].Irql, infos[1].Irql));
    expect_number(line_of(plan.made[1])->calls, 1);
    expect(!line_of(plan.made[1])->was_inside);
    stack_drop(&stack);
    WdfObjectDelete(lock);
}

/* Messages: one descriptor, an interrupt for each. */
static void interrupt_messages(void)
{
    WDF_INTERRUPT_INFO info;
    struct stack stack;
    ULONG i;

    RtlZeroMemory(&plan, sizeof plan);
    plan.interrupts = 3;
    for (i = 0; i < 3; i++)
        config_fill(&plan.config[i]);
    if (!stack_make(&stack))
        return;
    stack_add_message(&stack, 0x91, 2);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    for (i = 0; i < 3; i++) {
        WDF_INTERRUPT_INFO_INIT(&info);
        WdfInterruptGetInfo(plan.made[i], &info);
        expect_number(info.MessageSignaled, i < 2);
        expect_number(info.MessageNumber, i < 2 ? i : 0);
        expect_number(info.Vector, i < 2 ? 0x91 + i : 0);
        expect_number(line_of(plan.made[i])->enabled, i < 2);
    }
    line_of(plan.made[1])->claims = 1;
    stack.translated.list.List[0].PartialResourceList.PartialDescriptors[0].u.Interrupt.Vector =
        0x92;
    stack_raise(&stack, 0);
    line_wait(line_of(plan.made[1]));
    expect_number(line_of(plan.made[1])->message, 1);
    expect_number(line_of(plan.made[0])->calls, 0);
    stack_drop(&stack);
}

/* ---- work items, passive handling --------------------------------------------------------------
 */

static BOOLEAN NTAPI isr_work(WDFINTERRUPT interrupt, ULONG message)
{
    struct line *line = line_of(interrupt);

    line->calls++;
    line->irql = KeGetCurrentIrql();
    return WdfInterruptQueueWorkItemForIsr(interrupt);
}

static VOID NTAPI work(WDFINTERRUPT interrupt, WDFOBJECT associated)
{
    struct line *line = line_of(interrupt);

    line->worked++;
    line->deferred_irql = KeGetCurrentIrql();
    line->associated = associated;
    KeSetEvent(&line->done, IO_NO_INCREMENT, FALSE);
}

static void interrupt_work_item(void)
{
    struct stack stack;
    struct line *line;

    RtlZeroMemory(&plan, sizeof plan);
    plan.interrupts = 1;
    WDF_INTERRUPT_CONFIG_INIT(&plan.config[0], isr_work, NULL);
    plan.config[0].EvtInterruptWorkItem = work;
    if (!stack_make(&stack))
        return;
    line = line_of(plan.made[0]);
    stack_add_line(&stack, 5, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    stack_raise(&stack, 0);
    line_wait(line);
    expect(line->irql > DISPATCH_LEVEL);
    expect_number(line->deferred_irql, PASSIVE_LEVEL);
    expect(line->associated == (WDFOBJECT)plan.device);
    stack_drop(&stack);
    expect_number(plan.released, 1);
}

static BOOLEAN NTAPI isr_synchronized(WDFINTERRUPT interrupt, WDFCONTEXT context)
{
    line_of(interrupt)->irql = KeGetCurrentIrql();
    return context == line_of(interrupt);
}

static void interrupt_passive(BOOLEAN own_lock)
{
    WDFWAITLOCK lock = NULL;
    struct stack stack;
    struct line *line;

    RtlZeroMemory(&plan, sizeof plan);
    if (own_lock)
        expect_status(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    plan.interrupts = 1;
    WDF_INTERRUPT_CONFIG_INIT(&plan.config[0], isr_work, NULL);
    plan.config[0].EvtInterruptWorkItem = work;
    plan.config[0].EvtInterruptEnable = enable;
    plan.config[0].PassiveHandling = TRUE;
    plan.config[0].WaitLock = lock;
    if (!stack_make(&stack))
        return;
    line = line_of(plan.made[0]);
    stack_add_line(&stack, 5, LevelSensitive);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_number(line->enabled, 1);
    expect_number(line->irql, PASSIVE_LEVEL);
    stack_raise(&stack, 0);
    line_wait(line);
    expect_number(line->calls, 1);
    expect_number(line->irql, PASSIVE_LEVEL);
    /* Whoever holds the lock keeps the service routine away. */
    WdfInterruptAcquireLock(plan.made[0]);
    expect(!WdfInterruptTryToAcquireLock(plan.made[0]));
    stack_raise(&stack, 0);
    KeFlushQueuedDpcs();
    expect_number(line->calls, 1);
    if (own_lock) {
        LONGLONG now = 0;

        expect_status(WdfWaitLockAcquire(lock, &now), STATUS_TIMEOUT);
    }
    WdfInterruptReleaseLock(plan.made[0]);
    line_wait(line);
    expect_number(line->calls, 2);
    while (!WdfInterruptTryToAcquireLock(plan.made[0]))
        YieldProcessor(); /* the service routine still has it */
    WdfInterruptReleaseLock(plan.made[0]);
    expect(WdfInterruptSynchronize(plan.made[0], isr_synchronized, line));
    expect_number(line->irql, PASSIVE_LEVEL);
    stack_drop(&stack);
    if (lock)
        WdfObjectDelete(lock);
}

static void interrupt_passive_own(void)
{
    interrupt_passive(FALSE);
}

static void interrupt_passive_wait_lock(void)
{
    interrupt_passive(TRUE);
}

/* ---- creation ----------------------------------------------------------------------------------
 */

static NTSTATUS prepare_creates(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    WDF_INTERRUPT_CONFIG config;

    config_fill(&config);
    expect_status(interrupt_make(device, &config, &plan.made[0]), STATUS_INVALID_DEVICE_STATE);
    config.InterruptRaw = WdfCmResourceListGetDescriptor(raw, 0);
    config.InterruptTranslated = WdfCmResourceListGetDescriptor(translated, 0);
    return interrupt_make(device, &config, &plan.made[0]);
}

static void interrupt_of_prepare(void)
{
    WDF_INTERRUPT_CONFIG config;
    struct stack stack;

    RtlZeroMemory(&plan, sizeof plan);
    plan.prepare = prepare_creates;
    if (!stack_make(&stack))
        return;
    stack_add_line(&stack, 5, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_number(line_of(plan.made[0])->enabled, 1);
    line_of(plan.made[0])->claims = 1;
    stack_raise(&stack, 0);
    line_wait(line_of(plan.made[0]));
    config_fill(&config);
    expect_status(interrupt_make(plan.device, &config, &plan.made[1]), STATUS_INVALID_DEVICE_STATE);
    expect_status(stack_pnp(&stack, IRP_MN_QUERY_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    expect_status(stack_pnp(&stack, IRP_MN_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    expect_status(stack_start(&stack), STATUS_SUCCESS); /* made anew */
    expect_number(line_of(plan.made[0])->enabled, 1);
    expect_number(line_of(plan.made[0])->calls, 0);
    stack_drop(&stack);
}

static void interrupt_refused(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG config;
    WDFINTERRUPT made = NULL;
    struct stack stack;
    WDFSPINLOCK lock;

    RtlZeroMemory(&plan, sizeof plan);
    if (!stack_make(&stack))
        return;
    expect_status(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    config_fill(&config);
    config.Size--;
    expect_status(interrupt_make(plan.device, &config, &made), STATUS_INFO_LENGTH_MISMATCH);
    config_fill(&config);
    config.EvtInterruptIsr = NULL;
    expect_status(interrupt_make(plan.device, &config, &made), STATUS_INVALID_PARAMETER);
    config_fill(&config);
    config.EvtInterruptWorkItem = work;
    expect_status(interrupt_make(plan.device, &config, &made), STATUS_INVALID_PARAMETER);
    config_fill(&config);
    config.PassiveHandling = TRUE;
    config.SpinLock = lock;
    expect_status(interrupt_make(plan.device, &config, &made), STATUS_INVALID_PARAMETER);
    config_fill(&config);
    config.InterruptRaw = config.InterruptTranslated = (PCM_PARTIAL_RESOURCE_DESCRIPTOR)&config;
    expect_status(interrupt_make(plan.device, &config, &made), STATUS_INVALID_PARAMETER);
    config_fill(&config);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = lock;
    expect_status(WdfInterruptCreate(plan.device, &config, &attributes, &made),
                  STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    expect(made == NULL);
    stack_drop(&stack);
    WdfObjectDelete(lock);
}

/* Callbacks of an interrupt under the lock of its parent: a queue of the device. */
static void interrupt_serialized(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue_config;
    WDF_INTERRUPT_CONFIG config;
    struct stack stack;
    struct line *line;
    WDFQUEUE queue;
    KIRQL irql;

    RtlZeroMemory(&plan, sizeof plan);
    WDF_OBJECT_ATTRIBUTES_INIT(&plan.attributes);
    plan.attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    if (!stack_make(&stack))
        return;
    WDF_IO_QUEUE_CONFIG_INIT(&queue_config, WdfIoQueueDispatchManual);
    expect_status(WdfIoQueueCreate(plan.device, &queue_config, WDF_NO_OBJECT_ATTRIBUTES, &queue),
                  STATUS_SUCCESS);
    config_fill(&config);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, LINE);
    attributes.ParentObject = queue;
    expect_status(WdfInterruptCreate(plan.device, &config, &attributes, &plan.made[0]),
                  STATUS_INVALID_PARAMETER); /* not serialized */
    config.AutomaticSerialization = TRUE;
    expect_status(WdfInterruptCreate(plan.device, &config, &attributes, &plan.made[0]),
                  STATUS_SUCCESS);
    line = line_of(plan.made[0]);
    KeInitializeEvent(&line->done, SynchronizationEvent, FALSE);
    stack_add_line(&stack, 5, Latched);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    claim_one(&stack, line, 1);
    expect(line->associated == (WDFOBJECT)queue);
    /* Whoever holds the device's lock keeps the DPC away, on its own processor too. */
    WdfObjectAcquireLock(plan.device);
    irql = KeGetCurrentIrql();
    line->claims = 1;
    stack_raise(&stack, 0);
    line->was_inside = line->deferred != 1;
    WdfObjectReleaseLock(plan.device);
    line_wait(line);
    expect_number(irql, DISPATCH_LEVEL);
    expect(!line->was_inside);
    expect_number(line->deferred, 2);
    stack_drop(&stack);

    /* At passive level a DPC cannot hold the lock. */
    plan.attributes.ExecutionLevel = WdfExecutionLevelPassive;
    if (!stack_make(&stack))
        return;
    config_fill(&config);
    config.AutomaticSerialization = TRUE;
    expect_status(interrupt_make(plan.device, &config, &plan.made[0]),
                  STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    stack_drop(&stack);
}

/* ---- policies ----------------------------------------------------------------------------------
 */

static void interrupt_policy(void)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;
    PIO_RESOURCE_REQUIREMENTS_LIST list;
    PIO_RESOURCE_DESCRIPTOR descriptor;
    struct stack stack;

    RtlZeroMemory(&plan, sizeof plan);
    plan.interrupts = 1;
    config_fill(&plan.config[0]);
    if (!stack_make(&stack))
        return;
    WdfInterruptSetPolicy(plan.made[0], WdfIrqPolicySpecifiedProcessors, WdfIrqPriorityHigh, 1);
    list = requirements_make(8);
    descriptor = &list->List[0].Descriptors[0];
    RtlZeroMemory(descriptor, sizeof *descriptor);
    descriptor->Type = CmResourceTypeInterrupt;
    list = requirements_filter(&stack, list);
    descriptor = &list->List[0].Descriptors[0];
    expect(descriptor->Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED);
    expect_number(descriptor->u.Interrupt.AffinityPolicy, WdfIrqPolicySpecifiedProcessors);
    expect_number(descriptor->u.Interrupt.PriorityPolicy, WdfIrqPriorityHigh);
    expect_number(descriptor->u.Interrupt.TargetedProcessors, 1);
    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = WdfIrqPolicyAllProcessorsInMachine;
    policy.Priority = WdfIrqPriorityLow;
    WdfInterruptSetExtendedPolicy(plan.made[0], &policy);
    list = requirements_filter(&stack, list);
    descriptor = &list->List[0].Descriptors[0];
    expect_number(descriptor->u.Interrupt.AffinityPolicy, WdfIrqPolicyAllProcessorsInMachine);
    expect_number(descriptor->u.Interrupt.PriorityPolicy, WdfIrqPriorityLow);
    ExFreePool(list);
    stack_drop(&stack);
}

DRIVERTEST_LIST = {
    DRIVERTEST(lists),
    DRIVERTEST(requirements),
    DRIVERTEST(interrupt),
    DRIVERTEST(interrupt_power),
    DRIVERTEST(sleep_disconnects),
    DRIVERTEST(sleep_silences),
    DRIVERTEST(sleep_not_pageable),
    DRIVERTEST(interrupt_shared_lock),
    DRIVERTEST(interrupt_messages),
    DRIVERTEST(interrupt_work_item),
    DRIVERTEST(interrupt_passive_own),
    DRIVERTEST(interrupt_passive_wait_lock),
    DRIVERTEST(interrupt_of_prepare),
    DRIVERTEST(interrupt_refused),
    DRIVERTEST(interrupt_serialized),
    DRIVERTEST(interrupt_policy),
    DRIVERTEST_END,
};
