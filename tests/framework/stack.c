/* SPDX-License-Identifier: MIT */
/* stack.c - see stack.h. */
#include "stack.h"

#define SELF_IPI 0x83f /* the local APIC's register, as the processor's manuals number it */

static PDEVICE_OBJECT pdo;
static NTSTATUS (*next_dispatch)(PDEVICE_OBJECT device, PIRP irp);

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = irp->IoStatus.Status;

    if (device != pdo)
        return next_dispatch(device, irp);
    if (at->MajorFunction == IRP_MJ_POWER)
        PoStartNextPowerIrp(irp);
    /* What a bus leaves alone it does not answer. */
    if (at->MajorFunction != IRP_MJ_PNP ||
        (at->MinorFunction != IRP_MN_FILTER_RESOURCE_REQUIREMENTS &&
         at->MinorFunction != IRP_MN_QUERY_INTERFACE &&
         at->MinorFunction != IRP_MN_QUERY_DEVICE_RELATIONS))
        status = STATUS_SUCCESS;
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

BOOLEAN stack_make(struct stack *stack)
{
    NTSTATUS status;
    KIRQL irql;

    RtlZeroMemory(stack, sizeof *stack);
    if (drivertest_dispatch != dispatch) {
        next_dispatch = drivertest_dispatch;
        drivertest_dispatch = dispatch;
    }
    status = IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &pdo);
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status))
        return FALSE;
    pdo->Flags |= DO_POWER_PAGABLE;
    pdo->Flags &= ~DO_DEVICE_INITIALIZING;
    stack->physical = pdo;
    status = drivertest_driver->DriverExtension->AddDevice(drivertest_driver, pdo);
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(pdo);
        return FALSE;
    }
    stack->top = IoGetAttachedDeviceReference(pdo);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    stack->affinity = (KAFFINITY)1 << KeGetCurrentProcessorNumberEx(NULL);
    KeSetSystemAffinityThread(stack->affinity);
    KeLowerIrql(irql);
    return TRUE;
}

void stack_drop(struct stack *stack)
{
    expect_status(stack_pnp(stack, IRP_MN_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    ObDereferenceObject(stack->top);
    KeRevertToUserAffinityThread();
    expect(pdo->AttachedDevice == NULL);
    IoDeleteDevice(pdo);
    pdo = NULL;
}

/* ---- resources --------------------------------------------------------------------------------
 */

static PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor_add(union stack_resources *resources)
{
    PCM_PARTIAL_RESOURCE_LIST list = &resources->list.List[0].PartialResourceList;

    resources->list.Count = 1;
    resources->list.List[0].InterfaceType = Isa;
    list->Version = list->Revision = 1;
    return &list->PartialDescriptors[list->Count++];
}

void stack_add_line(struct stack *stack, ULONG line, KINTERRUPT_MODE mode)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR raw = descriptor_add(&stack->raw);
    PCM_PARTIAL_RESOURCE_DESCRIPTOR translated = descriptor_add(&stack->translated);
    KAFFINITY all = 0;
    KIRQL irql;

    raw->Type = translated->Type = CmResourceTypeInterrupt;
    raw->ShareDisposition = translated->ShareDisposition = CmResourceShareDeviceExclusive;
    raw->Flags = translated->Flags =
        mode == Latched ? CM_RESOURCE_INTERRUPT_LATCHED : CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
    raw->u.Interrupt.Level = raw->u.Interrupt.Vector = line;
    raw->u.Interrupt.Affinity = (KAFFINITY)-1;
    translated->u.Interrupt.Vector = HalGetInterruptVector(Isa, 0, line, line, &irql, &all);
    translated->u.Interrupt.Level = irql;
    translated->u.Interrupt.Affinity = stack->affinity;
}

void stack_add_message(struct stack *stack, ULONG vector, ULONG count)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR raw = descriptor_add(&stack->raw);
    PCM_PARTIAL_RESOURCE_DESCRIPTOR translated = descriptor_add(&stack->translated);

    raw->Type = translated->Type = CmResourceTypeInterrupt;
    raw->Flags = translated->Flags = CM_RESOURCE_INTERRUPT_MESSAGE | CM_RESOURCE_INTERRUPT_LATCHED;
    raw->u.MessageInterrupt.Raw.MessageCount = (USHORT)count;
    raw->u.MessageInterrupt.Raw.Vector = vector;
    raw->u.MessageInterrupt.Raw.Affinity = stack->affinity;
    translated->u.MessageInterrupt.Translated.Level = vector >> 4;
    translated->u.MessageInterrupt.Translated.Vector = vector;
    translated->u.MessageInterrupt.Translated.Affinity = stack->affinity;
}

void stack_add_memory(struct stack *stack, LONGLONG begin, ULONG length)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR both[2];
    ULONG i;

    both[0] = descriptor_add(&stack->raw);
    both[1] = descriptor_add(&stack->translated);
    for (i = 0; i < 2; i++) {
        both[i]->Type = CmResourceTypeMemory;
        both[i]->u.Memory.Start.QuadPart = begin;
        both[i]->u.Memory.Length = length;
    }
}

/* ---- IRPs -------------------------------------------------------------------------------------
 */

static NTSTATUS NTAPI complete(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS stack_pnp(struct stack *stack, UCHAR minor, PIO_STACK_LOCATION wanted,
                   ULONG_PTR *information)
{
    PIRP irp = IoAllocateIrp(stack->top->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    NTSTATUS status;
    KEVENT done;

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    irp->IoStatus.Information = information ? *information : 0;
    next = IoGetNextIrpStackLocation(irp);
    if (wanted)
        next->Parameters = wanted->Parameters;
    next->MajorFunction = IRP_MJ_PNP;
    next->MinorFunction = minor;
    IoSetCompletionRoutine(irp, complete, &done, TRUE, TRUE, TRUE);
    (void)IoCallDriver(stack->top, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    status = irp->IoStatus.Status;
    if (information)
        *information = irp->IoStatus.Information;
    IoFreeIrp(irp);
    return status;
}

NTSTATUS stack_start(struct stack *stack)
{
    IO_STACK_LOCATION wanted = {0};

    if (stack->raw.list.Count) {
        wanted.Parameters.StartDevice.AllocatedResources = &stack->raw.list;
        wanted.Parameters.StartDevice.AllocatedResourcesTranslated = &stack->translated.list;
    }
    return stack_pnp(stack, IRP_MN_START_DEVICE, &wanted, NULL);
}

NTSTATUS stack_power(struct stack *stack, SYSTEM_POWER_STATE state)
{
    PIRP irp = IoAllocateIrp(stack->top->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    NTSTATUS status;
    KEVENT done;

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_POWER;
    next->MinorFunction = IRP_MN_SET_POWER;
    next->Parameters.Power.Type = SystemPowerState;
    next->Parameters.Power.State.SystemState = state;
    IoSetCompletionRoutine(irp, complete, &done, TRUE, TRUE, TRUE);
    (void)PoCallDriver(stack->top, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    status = irp->IoStatus.Status;
    IoFreeIrp(irp);
    return status;
}

void stack_raise(const struct stack *stack, ULONG index)
{
    const CM_PARTIAL_RESOURCE_LIST *list = &stack->translated.list.List[0].PartialResourceList;
    ULONG at, vector = 0;

    for (at = 0; at < list->Count; at++)
        if (list->PartialDescriptors[at].Type == CmResourceTypeInterrupt && index-- == 0) {
            vector = list->PartialDescriptors[at].u.Interrupt.Vector;
            break;
        }
    __asm__ volatile("wrmsr" ::"c"(SELF_IPI), "a"(vector), "d"(0) : "memory");
}
