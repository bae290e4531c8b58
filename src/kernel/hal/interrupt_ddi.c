/* SPDX-License-Identifier: MIT */
/* interrupt_ddi.c - connecting service routines to interrupts, and synchronising with them.
 *
 * An interrupt object lies in nonpaged pool that is the driver's until it disconnects.
 */
#include "interrupt.h"

#include "base/assert.h"
#include "callout/callout.h"
#include "ke/ke.h"

#define INTERRUPT_TAG 'rtnI'

static struct interrupt *interrupt_of(PKINTERRUPT object)
{
    return (struct interrupt *)object;
}

static KAFFINITY affinity_present(KAFFINITY mask)
{
    return mask & KeQueryActiveProcessors();
}

/* Connects a copy of what is described and gives its address. */
static NTSTATUS interrupt_create(const struct interrupt *wanted, PKINTERRUPT *out_object)
{
    struct interrupt *interrupt =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*interrupt), INTERRUPT_TAG);
    NTSTATUS status;

    if (interrupt == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *interrupt = *wanted;
    *out_object = (PKINTERRUPT)interrupt; /* a line that is asserted already interrupts at once */
    status = interrupt_connect(interrupt);
    if (!NT_SUCCESS(status)) {
        *out_object = NULL;
        ExFreePoolWithTag(interrupt, INTERRUPT_TAG);
    }
    return status;
}

static void interrupt_destroy(struct interrupt *interrupt)
{
    interrupt_disconnect(interrupt);
    ExFreePoolWithTag(interrupt, INTERRUPT_TAG);
}

/* Connects a service routine to a vector.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER: no processor, no such vector or IRQL, or taken by who does
 *          not share it; STATUS_INSUFFICIENT_RESOURCES
 * Doc:     wdm.h IoConnectInterrupt
 * Differs: FloatingSave has no effect: registers are always saved
 */
NTSTATUS NTAPI IoConnectInterrupt(PKINTERRUPT *InterruptObject, PKSERVICE_ROUTINE ServiceRoutine,
                                  PVOID ServiceContext, PKSPIN_LOCK SpinLock, ULONG Vector,
                                  KIRQL Irql, KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode,
                                  BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
                                  BOOLEAN FloatingSave)
{
    struct interrupt wanted = {
        .lock = SpinLock,
        .routine = ServiceRoutine,
        .context = ServiceContext,
        .synchronize_irql = SynchronizeIrql,
        .is_shared = ShareVector,
        .line_count = 1,
        .lines[0] = {.vector = Vector,
                     .irql = Irql,
                     .mode = InterruptMode,
                     .affinity = affinity_present(ProcessorEnableMask)},
    };

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)FloatingSave;
    if (wanted.lines[0].affinity == 0 || ServiceRoutine == NULL)
        return STATUS_INVALID_PARAMETER;
    return interrupt_create(&wanted, InterruptObject);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   InterruptObject; its routine is not running any more when this returns
 * Doc:     wdm.h IoDisconnectInterrupt
 */
VOID NTAPI IoDisconnectInterrupt(PKINTERRUPT InterruptObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    interrupt_destroy(interrupt_of(InterruptObject));
}

/* ---- the three ways of IoConnectInterruptEx ---------------------------------------------- */

static NTSTATUS connect_specified(const IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS *wanted,
                                  bool has_group)
{
    if (wanted->PhysicalDeviceObject == NULL)
        return STATUS_INVALID_PARAMETER;
    if (affinity_present(wanted->ProcessorEnableMask) == 0 || (has_group && wanted->Group != 0))
        return STATUS_INVALID_PARAMETER_10;
    return IoConnectInterrupt(
        wanted->InterruptObject, wanted->ServiceRoutine, wanted->ServiceContext, wanted->SpinLock,
        wanted->Vector, wanted->Irql, wanted->SynchronizeIrql, wanted->InterruptMode,
        wanted->ShareVector, wanted->ProcessorEnableMask, wanted->FloatingSave);
}

/* Fills in the lines (or messages) that the device was assigned and the highest IRQL of them;
 * returns how many there are. */
static unsigned lines_collect(PDEVICE_OBJECT device, bool is_message, struct interrupt *interrupt)
{
    struct hal_interrupt_resource line;

    interrupt->line_count = 0;
    for (unsigned i = 0; interrupt_resource_find(device, i, &line); i++) {
        if (line.is_message != is_message || interrupt->line_count == INTERRUPT_LINES_MAX)
            continue;
        interrupt->lines[interrupt->line_count++] = line;
        interrupt->is_shared |= line.is_shared;
        if (interrupt->synchronize_irql < line.irql)
            interrupt->synchronize_irql = line.irql;
    }
    return interrupt->line_count;
}

static NTSTATUS connect_lines(const IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS *wanted)
{
    struct interrupt interrupt = {
        .lock = wanted->SpinLock,
        .routine = wanted->ServiceRoutine,
        .context = wanted->ServiceContext,
        .synchronize_irql = wanted->SynchronizeIrql,
    };
    struct interrupt messages = {0};

    if (wanted->PhysicalDeviceObject == NULL || wanted->ServiceRoutine == NULL)
        return STATUS_INVALID_PARAMETER;
    if (lines_collect(wanted->PhysicalDeviceObject, true, &messages) > 1)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (lines_collect(wanted->PhysicalDeviceObject, false, &interrupt) == 0) {
        if (messages.line_count == 0)
            return STATUS_NOT_FOUND;
        (void)lines_collect(wanted->PhysicalDeviceObject, true, &interrupt); /* its only message */
    }
    return interrupt_create(&interrupt, wanted->InterruptObject);
}

static void messages_destroy(IO_INTERRUPT_MESSAGE_INFO *table)
{
    for (ULONG i = 0; i < table->MessageCount; i++)
        if (table->MessageInfo[i].InterruptObject != NULL)
            interrupt_destroy(interrupt_of(table->MessageInfo[i].InterruptObject));
    ExFreePoolWithTag(table, INTERRUPT_TAG);
}

/* One interrupt object a message, all with one lock and one IRQL if the driver gave a lock. */
static NTSTATUS messages_connect(const IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS *wanted,
                                 const struct interrupt *messages, IO_INTERRUPT_MESSAGE_INFO *table)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG i = 0; i < messages->line_count && NT_SUCCESS(status); i++) {
        const struct hal_interrupt_resource *line = &messages->lines[i];
        IO_INTERRUPT_MESSAGE_INFO_ENTRY *entry = &table->MessageInfo[i];
        bool is_unified = wanted->SpinLock != NULL || wanted->SynchronizeIrql != PASSIVE_LEVEL;
        struct interrupt interrupt = {
            .lock = wanted->SpinLock,
            .message_routine = wanted->MessageServiceRoutine,
            .message = i,
            .context = wanted->ServiceContext,
            .synchronize_irql = is_unified ? messages->synchronize_irql : line->irql,
            .is_shared = line->is_shared,
            .line_count = 1,
            .lines[0] = *line,
        };

        *entry = (IO_INTERRUPT_MESSAGE_INFO_ENTRY){
            .MessageAddress = line->message_address,
            .TargetProcessorSet = line->affinity != 0 ? line->affinity : KeQueryActiveProcessors(),
            .MessageData = line->message_data,
            .Vector = line->vector,
            .Irql = line->irql,
            .Mode = Latched,
            .Polarity = InterruptActiveHigh,
        };
        table->MessageCount = i + 1;
        table->UnifiedIrql = messages->synchronize_irql;
        status = interrupt_create(&interrupt, &entry->InterruptObject);
    }
    return status;
}

static NTSTATUS connect_messages(IO_CONNECT_INTERRUPT_PARAMETERS *parameters)
{
    const IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS *wanted = &parameters->MessageBased;
    struct interrupt messages = {.synchronize_irql = wanted->SynchronizeIrql};
    IO_INTERRUPT_MESSAGE_INFO *table;
    NTSTATUS status;

    if (wanted->PhysicalDeviceObject == NULL || wanted->MessageServiceRoutine == NULL)
        return STATUS_INVALID_PARAMETER;
    if (lines_collect(wanted->PhysicalDeviceObject, true, &messages) == 0) {
        IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS line = {
            .PhysicalDeviceObject = wanted->PhysicalDeviceObject,
            .InterruptObject = wanted->ConnectionContext.InterruptObject,
            .ServiceRoutine = wanted->FallBackServiceRoutine,
            .ServiceContext = wanted->ServiceContext,
            .SpinLock = wanted->SpinLock,
            .SynchronizeIrql = wanted->SynchronizeIrql,
        };

        if (wanted->FallBackServiceRoutine == NULL)
            return STATUS_NOT_FOUND;
        status = connect_lines(&line);
        if (NT_SUCCESS(status))
            parameters->Version = CONNECT_LINE_BASED;
        return status;
    }
    table = ExAllocatePool2(
        POOL_FLAG_NON_PAGED,
        FIELD_OFFSET(IO_INTERRUPT_MESSAGE_INFO, MessageInfo[messages.line_count]), INTERRUPT_TAG);
    if (table == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *wanted->ConnectionContext.InterruptMessageTable = table;
    status = messages_connect(wanted, &messages, table);
    if (!NT_SUCCESS(status)) {
        *wanted->ConnectionContext.InterruptMessageTable = NULL;
        messages_destroy(table);
    }
    return status;
}

/* Connects a service routine to a vector, to a device's lines, or to its messages.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER_1: Version; STATUS_INVALID_PARAMETER: no device or routine;
 *          STATUS_INVALID_PARAMETER_10: no processor; STATUS_NOT_FOUND: the device has no
 *          interrupts; STATUS_INVALID_DEVICE_REQUEST: several messages for a line's routine
 * Doc:     wdm.h IoConnectInterruptEx; iointex.h WdmlibIoConnectInterruptEx
 * Differs: a fully specified vector need not be assigned to the device; no passive-level
 *          routines: STATUS_INVALID_PARAMETER
 */
NTSTATUS NTAPI IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    switch (Parameters->Version) {
    case CONNECT_FULLY_SPECIFIED:
    case CONNECT_FULLY_SPECIFIED_GROUP:
        return connect_specified(&Parameters->FullySpecified,
                                 Parameters->Version == CONNECT_FULLY_SPECIFIED_GROUP);
    case CONNECT_LINE_BASED:
        return connect_lines(&Parameters->LineBased);
    case CONNECT_MESSAGE_BASED:
        return connect_messages(Parameters);
    default:
        return STATUS_INVALID_PARAMETER_1;
    }
}

/* IRQL: PASSIVE_LEVEL. Doc: wdm.h IoDisconnectInterruptEx */
VOID NTAPI IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (Parameters->Version == CONNECT_MESSAGE_BASED)
        messages_destroy(Parameters->ConnectionContext.InterruptMessageTable);
    else
        interrupt_destroy(interrupt_of(Parameters->ConnectionContext.InterruptObject));
}

/* ---- objects ----------------------------------------------------------------------------- */

static void activity_set(const IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS *parameters,
                         bool is_active)
{
    const IO_INTERRUPT_MESSAGE_INFO *table = parameters->ConnectionContext.InterruptMessageTable;

    if (parameters->Version != CONNECT_MESSAGE_BASED) {
        interrupt_of(parameters->ConnectionContext.InterruptObject)->is_active = is_active;
        return;
    }
    for (ULONG i = 0; i < table->MessageCount; i++)
        interrupt_of(table->MessageInfo[i].InterruptObject)->is_active = is_active;
}

/* Doc: wdm.h IoReportInterruptActive: the routine is called again */
VOID NTAPI IoReportInterruptActive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    activity_set(Parameters, true);
}

/* Doc: wdm.h IoReportInterruptInactive: the routine stays connected, but is not called */
VOID NTAPI IoReportInterruptInactive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    activity_set(Parameters, false);
}

/* Doc: wdm.h IoGetAffinityInterrupt. IRQL: any */
NTSTATUS NTAPI IoGetAffinityInterrupt(PKINTERRUPT InterruptObject, PGROUP_AFFINITY GroupAffinity)
{
    KAFFINITY mask;

    if (InterruptObject == NULL || GroupAffinity == NULL)
        return STATUS_INVALID_PARAMETER;
    mask = interrupt_of(InterruptObject)->lines[0].affinity;
    *GroupAffinity = (GROUP_AFFINITY){.Mask = mask != 0 ? mask : KeQueryActiveProcessors()};
    return STATUS_SUCCESS;
}

/* Calls a routine at the interrupt's IRQL with its lock held; gives the routine's answer.
 *
 * IRQL:    <= the object's SynchronizeIrql
 * Doc:     wdm.h KeSynchronizeExecution
 */
BOOLEAN NTAPI KeSynchronizeExecution(PKINTERRUPT Interrupt,
                                     PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
                                     PVOID SynchronizeContext)
{
    struct interrupt *interrupt = interrupt_of(Interrupt);
    BOOLEAN answer;
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(interrupt->synchronize_irql);
    irql = interrupt_lock_take(interrupt);
    answer = callout_synchronize(SynchronizeRoutine, SynchronizeContext);
    interrupt_lock_give(interrupt, irql);
    return answer;
}

/* Doc: wdm.h KeAcquireInterruptSpinLock. IRQL: <= the object's SynchronizeIrql */
KIRQL NTAPI KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
    KE_REQUIRE_IRQL_AT_MOST(interrupt_of(Interrupt)->synchronize_irql);
    return interrupt_lock_take(interrupt_of(Interrupt));
}

/* Doc: wdm.h KeReleaseInterruptSpinLock */
VOID NTAPI KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
    interrupt_lock_give(interrupt_of(Interrupt), OldIrql);
}
