/* SPDX-License-Identifier: MIT */
/* hal_interrupt.c - tests of interrupts from inside a driver: service routines that run, at their
 * IRQL and with their lock, when the processor's own self-IPI register raises their vector. */
#include "drivertest.h"

#define SELF_IPI 0x83f /* the local APIC's register, as the processor's manuals number it */

struct line {
    PKINTERRUPT interrupt;
    ULONG vector;
    KIRQL irql;
    KAFFINITY affinity; /* of the test's own processor */
    volatile LONG calls;
    volatile LONG claims; /* how many of the next calls it claims */
    volatile KIRQL seen_irql;
    volatile PKINTERRUPT seen_interrupt;
    volatile BOOLEAN is_inside;
    volatile BOOLEAN was_inside; /* it was called while somebody held its lock */
    KDPC dpc;
    KEVENT done;
};

static BOOLEAN NTAPI service(PKINTERRUPT Interrupt, PVOID Context)
{
    struct line *line = Context;

    line->calls++;
    line->seen_irql = KeGetCurrentIrql();
    line->seen_interrupt = Interrupt;
    line->was_inside |= line->is_inside;
    if (line->claims <= 0)
        return FALSE;
    line->claims--;
    KeInsertQueueDpc(&line->dpc, NULL, NULL);
    return TRUE;
}

static VOID NTAPI deferred(PKDPC dpc, PVOID context, PVOID unused1, PVOID unused2)
{
    struct line *line = context;

    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeSetEvent(&line->done, IO_NO_INCREMENT, FALSE);
}

static void raise_vector(const struct line *line)
{
    __asm__ volatile("wrmsr" ::"c"(SELF_IPI), "a"(line->vector), "d"(0) : "memory");
}

/* Keeps the thread on its processor until line_close. */
static void line_prepare(struct line *line, ULONG request_line)
{
    KAFFINITY all = 0;
    KIRQL irql;

    RtlZeroMemory(line, sizeof *line);
    line->vector = HalGetInterruptVector(Isa, 0, request_line, request_line, &line->irql, &all);
    expect(line->vector != 0);
    expect_number(all, KeQueryActiveProcessors());
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    line->affinity = (KAFFINITY)1 << KeGetCurrentProcessorNumberEx(NULL);
    KeSetSystemAffinityThread(line->affinity);
    KeLowerIrql(irql);
    KeInitializeDpc(&line->dpc, deferred, line);
    KeInitializeEvent(&line->done, SynchronizationEvent, FALSE);
}

static void line_open(struct line *line, ULONG request_line, KINTERRUPT_MODE mode, BOOLEAN shared)
{
    line_prepare(line, request_line);
    expect_status(IoConnectInterrupt(&line->interrupt, service, line, NULL, line->vector,
                                     line->irql, line->irql, mode, shared, line->affinity, FALSE),
                  STATUS_SUCCESS);
    expect(line->interrupt != NULL);
}

static void line_close(struct line *line)
{
    IoDisconnectInterrupt(line->interrupt);
    KeRevertToUserAffinityThread();
    KeFlushQueuedDpcs();
}

static void interrupt_runs(void)
{
    struct line line;

    line_open(&line, 5, Latched, FALSE);
    expect(line.irql > DISPATCH_LEVEL && line.irql < IPI_LEVEL);
    line.claims = 1;
    raise_vector(&line);
    expect_status(KeWaitForSingleObject(&line.done, Executive, KernelMode, FALSE, NULL),
                  STATUS_SUCCESS);
    expect_number(line.calls, 1);
    expect_number(line.seen_irql, line.irql);
    expect(line.seen_interrupt == line.interrupt);
    line_close(&line);
    raise_vector(&line); /* nobody is connected: nothing happens */
    expect_number(line.calls, 1);
}

/* It waits for the IRQL to fall, and two edges that come before that are one. */
static void interrupt_waits_for_irql(void)
{
    struct line line;
    KIRQL irql, inner;
    LONG early, late;

    line_open(&line, 6, Latched, FALSE);
    KeRaiseIrql(line.irql, &irql);
    raise_vector(&line);
    raise_vector(&line);
    KeRaiseIrql(HIGH_LEVEL, &inner);
    raise_vector(&line);
    KeLowerIrql(inner);
    early = line.calls;
    KeLowerIrql((KIRQL)(line.irql - 1));
    late = line.calls;
    KeLowerIrql(irql);
    expect_number(early, 0);
    expect_number(late, 1);
    raise_vector(&line); /* the ISR says it is not its own: as before, one call */
    expect_number(line.calls, 2);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    line.claims = 1;
    raise_vector(&line); /* interrupts DISPATCH_LEVEL, its DPC does not */
    expect_number(line.calls, 3);
    expect_number(KeReadStateEvent(&line.done), 0);
    KeLowerIrql(irql);
    expect(KeReadStateEvent(&line.done) != 0);
    line_close(&line);
}

/* Checks are made later: not above DISPATCH_LEVEL. */
static BOOLEAN NTAPI section(PVOID context)
{
    struct line *line = context;

    line->seen_irql = KeGetCurrentIrql();
    line->is_inside = TRUE;
    raise_vector(line);
    line->is_inside = FALSE;
    return line->claims == 1;
}

static void synchronize(void)
{
    struct line line;
    KIRQL irql;

    line_open(&line, 7, Latched, FALSE);
    expect(!KeSynchronizeExecution(line.interrupt, section, &line)); /* the routine's answer */
    expect_number(line.seen_irql, line.irql);
    expect_number(line.calls, 1); /* as soon as the section was left */
    expect(!line.was_inside);
    line.claims = 1;
    expect(KeSynchronizeExecution(line.interrupt, section, &line));
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    line.calls = 0;
    irql = KeAcquireInterruptSpinLock(line.interrupt);
    line.seen_irql = KeGetCurrentIrql();
    raise_vector(&line);
    line.is_inside = line.calls != 0;
    KeReleaseInterruptSpinLock(line.interrupt, irql);
    expect_number(irql, PASSIVE_LEVEL);
    expect_number(line.seen_irql, line.irql);
    expect(!line.is_inside);
    expect_number(line.calls, 1);
    line_close(&line);
}

/* ---- sharing -------------------------------------------------------------------------------- */

static void shared_open(struct line *first, struct line *second, ULONG number, KINTERRUPT_MODE mode)
{
    line_open(first, number, mode, TRUE);
    line_open(second, number, mode, TRUE);
}

static void shared_level(void)
{
    struct line first, second;

    shared_open(&first, &second, 10, LevelSensitive);
    raise_vector(&first);
    expect_number(first.calls, 1);
    expect_number(second.calls, 1); /* nobody claims: both are asked */
    first.claims = 1;
    raise_vector(&first);
    expect_number(first.calls, 2);
    expect_number(second.calls, 1); /* the first claims: the second is not asked */
    second.claims = 1;
    raise_vector(&first);
    expect_number(first.calls, 3);
    expect_number(second.calls, 2);
    line_close(&first);
    raise_vector(&second);
    expect_number(first.calls, 3);
    expect_number(second.calls, 3);
    line_close(&second);
}

static void shared_latched(void)
{
    struct line first, second;

    shared_open(&first, &second, 11, Latched);
    first.claims = 2;
    second.claims = 1;
    raise_vector(&first);
    expect_number(first.calls, 3); /* claimed, claimed, not */
    expect_number(second.calls, 3);
    line_close(&first);
    line_close(&second);
}

static void refusals(void)
{
    struct line line, other;
    PKINTERRUPT object = NULL;

    line_open(&line, 12, Latched, FALSE);
    other = line;
    expect_status(IoConnectInterrupt(&object, service, &other, NULL, line.vector, line.irql,
                                     line.irql, Latched, TRUE, line.affinity, FALSE),
                  STATUS_INVALID_PARAMETER); /* the first does not share */
    expect_status(
        IoConnectInterrupt(&object, service, &other, NULL, 0x91, 9, 9, Latched, TRUE, 0, FALSE),
        STATUS_INVALID_PARAMETER); /* no processor */
    expect_status(IoConnectInterrupt(&object, service, &other, NULL, 0x91, 9, 8, Latched, TRUE,
                                     line.affinity, FALSE),
                  STATUS_INVALID_PARAMETER); /* SynchronizeIrql below Irql */
    line_close(&line);
    line_open(&line, 12, Latched, TRUE);
    expect_status(IoConnectInterrupt(&object, service, &other, NULL, line.vector, line.irql,
                                     line.irql, LevelSensitive, TRUE, line.affinity, FALSE),
                  STATUS_INVALID_PARAMETER); /* another mode */
    line_close(&line);
}

/* ---- IoConnectInterruptEx ---------------------------------------------------------------------
 */

static void connect_ex(void)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_FULLY_SPECIFIED};
    IO_DISCONNECT_INTERRUPT_PARAMETERS gone = {.Version = CONNECT_FULLY_SPECIFIED};
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS state = {.Version = CONNECT_FULLY_SPECIFIED};
    GROUP_AFFINITY affinity = {0};
    KSPIN_LOCK lock;
    struct line line;

    line_prepare(&line, 14);
    KeInitializeSpinLock(&lock);
    parameters.FullySpecified.InterruptObject = &line.interrupt;
    parameters.FullySpecified.ServiceRoutine = service;
    parameters.FullySpecified.ServiceContext = &line;
    parameters.FullySpecified.SpinLock = &lock;
    parameters.FullySpecified.SynchronizeIrql = (KIRQL)(line.irql + 1);
    parameters.FullySpecified.Vector = line.vector;
    parameters.FullySpecified.Irql = line.irql;
    parameters.FullySpecified.InterruptMode = Latched;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
    parameters.FullySpecified.PhysicalDeviceObject = drivertest_device;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_10);
    parameters.FullySpecified.ProcessorEnableMask = line.affinity;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);

    raise_vector(&line);
    expect_number(line.calls, 1);
    expect_number(line.seen_irql, line.irql + 1); /* SynchronizeIrql */
    expect_status(IoGetAffinityInterrupt(line.interrupt, &affinity), STATUS_SUCCESS);
    expect_number(affinity.Mask, line.affinity);
    expect_status(IoGetAffinityInterrupt(NULL, &affinity), STATUS_INVALID_PARAMETER);

    state.ConnectionContext.InterruptObject = line.interrupt;
    IoReportInterruptInactive(&state);
    raise_vector(&line);
    expect_number(line.calls, 1);
    IoReportInterruptActive(&state);
    raise_vector(&line);
    expect_number(line.calls, 2);
    gone.ConnectionContext.InterruptObject = line.interrupt;
    IoDisconnectInterruptEx(&gone);
    KeRevertToUserAffinityThread();
}

/* A device that was assigned nothing. */
static void connect_ex_without_resources(void)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_LINE_BASED};
    PKINTERRUPT object = NULL;
    PIO_INTERRUPT_MESSAGE_INFO table = NULL;
    struct line line = {0};

    parameters.LineBased.PhysicalDeviceObject = drivertest_device;
    parameters.LineBased.InterruptObject = &object;
    parameters.LineBased.ServiceRoutine = service;
    parameters.LineBased.ServiceContext = &line;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND);

    RtlZeroMemory(&parameters, sizeof parameters);
    parameters.Version = CONNECT_MESSAGE_BASED;
    parameters.MessageBased.PhysicalDeviceObject = drivertest_device;
    parameters.MessageBased.ConnectionContext.InterruptMessageTable = &table;
    parameters.MessageBased.FallBackServiceRoutine = service;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
    parameters.MessageBased.MessageServiceRoutine = (PKMESSAGE_SERVICE_ROUTINE)service;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND);
    expect(table == NULL);
    parameters.Version = 77;
    expect_status(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_1);
}

/* ---- buses --------------------------------------------------------------------------------------
 */

static void buses(void)
{
    PCM_RESOURCE_LIST resources = NULL;
    PCI_COMMON_HEADER header;
    KAFFINITY affinity;
    KIRQL irql;

    RtlFillMemory(&header, sizeof header, 0x55);
    expect_number(HalGetBusData(PCIConfiguration, 0, 3, &header, sizeof header), 2);
    expect_number(header.VendorID, PCI_INVALID_VENDORID);
    expect_number(header.DeviceID, 0x5555);
    expect_number(HalGetBusData(PCIConfiguration, 1, 0, &header, sizeof header), 0);
    expect_number(HalGetBusDataByOffset(PCIConfiguration, 0, 0, &header, 4, 4), 2);
    expect_number(HalSetBusData(PCIConfiguration, 0, 0, &header, 4), 0);
    expect_number(HalSetBusDataByOffset(PCIConfiguration, 0, 0, &header, 4, 4), 0);
    expect_number(HalGetInterruptVector(Isa, 1, 3, 3, &irql, &affinity), 0);
    expect_number(HalGetInterruptVector(Isa, 0, 99, 99, &irql, &affinity), 0);
    expect_status(HalAssignSlotResources(&drivertest_registry_path, NULL, drivertest_driver, NULL,
                                         PCIBus, 0, 0, &resources),
                  STATUS_NO_SUCH_DEVICE);
}

DRIVERTEST_LIST = {
    DRIVERTEST(interrupt_runs), DRIVERTEST(interrupt_waits_for_irql),
    DRIVERTEST(synchronize),    DRIVERTEST(shared_level),
    DRIVERTEST(shared_latched), DRIVERTEST(refusals),
    DRIVERTEST(connect_ex),     DRIVERTEST(connect_ex_without_resources),
    DRIVERTEST(buses),          DRIVERTEST_END,
};
