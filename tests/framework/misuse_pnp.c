/* SPDX-License-Identifier: MIT */
/* misuse_pnp.c - a driver whose stack breaks one rule about PNP and power IRPs or
 * about DMA: the one that its
 * service is called by (test_misuse.py copies the file under that name).
 *
 * It is the bus of one device as well: the PDO is its own and below the device of the Framework.
 */
#include <ntddk.h>

#include <wdf.h>

#include "misuse.h"

DRIVER_INITIALIZE DriverEntry;

static PDEVICE_OBJECT pdo, top;
static WDFDEVICE the_device;
static PDRIVER_DISPATCH framework[IRP_MJ_MAXIMUM_FUNCTION + 1];

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

    if (device != pdo)
        return framework[at->MajorFunction](device, irp);
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP irp_make(UCHAR major, UCHAR minor, PKEVENT event)
{
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

    KeInitializeEvent(event, NotificationEvent, FALSE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    next->MajorFunction = major;
    next->MinorFunction = minor;
    IoSetCompletionRoutine(irp, done, event, TRUE, TRUE, TRUE);
    return irp;
}

static void irp_send(PIRP irp, PKEVENT event)
{
    (void)IoCallDriver(top, irp);
    KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
    IoFreeIrp(irp);
}

static void pnp_send(UCHAR minor)
{
    KEVENT event;
    PIRP irp = irp_make(IRP_MJ_PNP, minor, &event);

    irp_send(irp, &event);
}

/* ---- the rules ------------------------------------------------------------------------------ */

/* Two owners of one power policy: this IRP is another's. */
static void power_not_asked(void)
{
    KEVENT event;
    PIRP irp = irp_make(IRP_MJ_POWER, IRP_MN_SET_POWER, &event);
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

    next->Parameters.Power.Type = DevicePowerState;
    next->Parameters.Power.State.DeviceState = PowerDeviceD3;
    irp_send(irp, &event);
}

static void wake_not_asked(void)
{
    KEVENT event;
    PIRP irp = irp_make(IRP_MJ_POWER, IRP_MN_WAIT_WAKE, &event);

    IoGetNextIrpStackLocation(irp)->Parameters.WaitWake.PowerState = PowerSystemWorking;
    irp_send(irp, &event);
}

static void stack_relations(void)
{
    KEVENT event;
    PIRP irp = irp_make(IRP_MJ_PNP, IRP_MN_QUERY_DEVICE_RELATIONS, &event);

    IoGetNextIrpStackLocation(irp)->Parameters.QueryDeviceRelations.Type = BusRelations;
    irp_send(irp, &event);
}

static NTSTATUS evt_query_stop(WDFDEVICE device)
{
    pnp_send(IRP_MN_QUERY_REMOVE_DEVICE); /* before the first is answered */
    return STATUS_SUCCESS;
}

static void pnp_at_once(void)
{
    pnp_send(IRP_MN_QUERY_STOP_DEVICE);
}

/* ---- DMA transactions ----------------------------------------------------------------------- */

static BOOLEAN program(WDFDMATRANSACTION transaction, WDFDEVICE owner, WDFCONTEXT context,
                       WDF_DMA_DIRECTION direction, PSCATTER_GATHER_LIST list)
{
    return TRUE;
}

static WDFDMATRANSACTION transaction_make(void)
{
    WDF_DMA_ENABLER_CONFIG config;
    WDFDMATRANSACTION transaction = NULL;
    WDFDMAENABLER enabler;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather64, PAGE_SIZE);
    if (NT_SUCCESS(WdfDmaEnablerCreate(the_device, &config, WDF_NO_OBJECT_ATTRIBUTES, &enabler)))
        (void)WdfDmaTransactionCreate(enabler, WDF_NO_OBJECT_ATTRIBUTES, &transaction);
    return transaction;
}

static void transaction_begin(WDFDMATRANSACTION transaction, PMDL mdl)
{
    (void)WdfDmaTransactionInitialize(transaction, program, WdfDmaDirectionReadFromDevice, mdl,
                                      MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl));
}

static void dma_not_initialized(void)
{
    (void)WdfDmaTransactionExecute(transaction_make(), NULL);
}

static void dma_initialized_twice(void)
{
    static UCHAR buffer[64];
    WDFDMATRANSACTION transaction = transaction_make();
    PMDL mdl = IoAllocateMdl(buffer, sizeof(buffer), FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    transaction_begin(transaction, mdl);
    transaction_begin(transaction, mdl);
}

static void dma_not_executing(void)
{
    NTSTATUS status;

    (void)WdfDmaTransactionDmaCompleted(transaction_make(), &status);
}

static void nothing(void)
{
}

static const struct {
    PCWSTR name;
    void (*run)(void);
} rules[] = {
    {L"power_not_asked", power_not_asked},
    {L"wake_not_asked", wake_not_asked},
    {L"pnp_at_once", pnp_at_once},
    {L"dma_not_initialized", dma_not_initialized},
    {L"dma_initialized_twice", dma_initialized_twice},
    {L"dma_not_executing", dma_not_executing},
    {L"device_nothing", nothing},
};

/* ---- the device ----------------------------------------------------------------------------- */

static PCWSTR rule_name(void)
{
    return wcsrchr(WdfDriverGetRegistryPath(WdfGetDriver()), L'\\') + 1;
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS evt;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&evt);
    evt.EvtDeviceQueryStop = evt_query_stop;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &evt);
    verified_init(rule_name(), init);
    return WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &the_device);
}

static NTSTATUS device_make(PDRIVER_OBJECT driver)
{
    NTSTATUS status;

    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        framework[i] = driver->MajorFunction[i];
        driver->MajorFunction[i] = dispatch;
    }
    status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &pdo);
    if (!NT_SUCCESS(status))
        return status;
    pdo->Flags |= DO_POWER_PAGABLE;
    pdo->Flags &= ~DO_DEVICE_INITIALIZING;
    status = driver->DriverExtension->AddDevice(driver, pdo);
    if (NT_SUCCESS(status))
        top = IoGetAttachedDeviceReference(pdo);
    else
        IoDeleteDevice(pdo);
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    WDF_DRIVER_CONFIG config;
    NTSTATUS status;
    PCWSTR name;

    WDF_DRIVER_CONFIG_INIT(&config, device_add);
    status = WdfDriverCreate(driver, path, WDF_NO_OBJECT_ATTRIBUTES, &config, WDF_NO_HANDLE);
    if (NT_SUCCESS(status))
        status = device_make(driver);
    if (!NT_SUCCESS(status))
        return status;
    pnp_send(IRP_MN_START_DEVICE);
    name = rule_name();
    for (ULONG i = 0; i < ARRAYSIZE(rules); i++)
        if (_wcsicmp(name, rules[i].name) == 0)
            rules[i].run();
    if (wcsncmp(name, L"irql_", 5) == 0 || wcsncmp(name, L"region_", 7) == 0) {
        stack_relations();
        verified_run(the_device);
    }
    pnp_send(IRP_MN_REMOVE_DEVICE);
    ObDereferenceObject(top);
    IoDeleteDevice(pdo);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = framework[i];
    return STATUS_SUCCESS;
}
