/* SPDX-License-Identifier: MIT */
/* serial_driver.c - a serial port whose line leads back to itself. Program: serial.c.
 *
 * It keeps what it is told and answers with it; what is sent is received; lines that are driven
 * are seen on the other side (RTS as CTS, DTR as DSR). One and a half stop bits it refuses.
 */
#include <ntddk.h>

#include <ntddser.h>

#define QUEUE_BYTES 16

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\LoopSerial"),
                      Link = RTL_CONSTANT_STRING(L"\\DosDevices\\COM7");

static struct {
    KSPIN_LOCK Lock; /* guards everything */
    SERIAL_BAUD_RATE Rate;
    SERIAL_LINE_CONTROL Line;
    SERIAL_CHARS Chars;
    SERIAL_HANDFLOW Flow;
    SERIAL_TIMEOUTS Timeouts;
    SERIAL_QUEUE_SIZE Sizes;
    ULONG Mask, Lines, Errors;
    UCHAR Queue[QUEUE_BYTES];
    ULONG Count;
    BOOLEAN IsHeld; /* XOFF */
    PIRP Waiter;
} Port;

/* ---- events ------------------------------------------------------------------------------- */

static PIRP WaiterTake(VOID)
{
    PIRP irp = Port.Waiter;

    Port.Waiter = NULL;
    return irp != NULL && IoSetCancelRoutine(irp, NULL) != NULL ? irp : NULL;
}

static VOID WaiterTell(PIRP Irp, ULONG Events)
{
    if (Irp == NULL)
        return;
    *(PULONG)Irp->AssociatedIrp.SystemBuffer = Events;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = sizeof(ULONG);
    IoCompleteRequest(Irp, IO_SERIAL_INCREMENT);
}

static VOID WaiterCancel(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&Port.Lock, &irql);
    if (Port.Waiter == Irp)
        Port.Waiter = NULL;
    KeReleaseSpinLock(&Port.Lock, irql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS WaitOnMask(PIRP Irp)
{
    KIRQL irql;

    KeAcquireSpinLock(&Port.Lock, &irql);
    if (Port.Mask == 0 || Port.Waiter != NULL) {
        KeReleaseSpinLock(&Port.Lock, irql);
        return STATUS_INVALID_PARAMETER;
    }
    IoMarkIrpPending(Irp);
    Port.Waiter = Irp;
    IoSetCancelRoutine(Irp, WaiterCancel);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        Port.Waiter = NULL;
        KeReleaseSpinLock(&Port.Lock, irql);
        Irp->IoStatus.Status = STATUS_CANCELLED;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_PENDING;
    }
    KeReleaseSpinLock(&Port.Lock, irql);
    return STATUS_PENDING;
}

/* Under the lock: the waiter, if these events are among those that it waits for. */
static PIRP WaiterFor(ULONG Events)
{
    return (Port.Mask & Events) != 0 ? WaiterTake() : NULL;
}

static VOID Receive(const UCHAR *Bytes, ULONG Count)
{
    PIRP irp;
    KIRQL irql;

    KeAcquireSpinLock(&Port.Lock, &irql);
    for (ULONG i = 0; i < Count; i++) {
        if (Port.Count < QUEUE_BYTES)
            Port.Queue[Port.Count++] = Bytes[i];
        else
            Port.Errors |= SERIAL_ERROR_QUEUEOVERRUN;
    }
    irp = WaiterFor(SERIAL_EV_RXCHAR);
    KeReleaseSpinLock(&Port.Lock, irql);
    WaiterTell(irp, SERIAL_EV_RXCHAR);
}

static VOID Drive(ULONG Line, BOOLEAN IsOn, ULONG Event)
{
    PIRP irp;
    KIRQL irql;

    KeAcquireSpinLock(&Port.Lock, &irql);
    Port.Lines = IsOn ? Port.Lines | Line : Port.Lines & ~Line;
    irp = WaiterFor(Event);
    KeReleaseSpinLock(&Port.Lock, irql);
    WaiterTell(irp, Event);
}

static VOID MaskSet(ULONG Mask)
{
    PIRP irp;
    KIRQL irql;

    KeAcquireSpinLock(&Port.Lock, &irql);
    Port.Mask = Mask;
    irp = WaiterTake();
    KeReleaseSpinLock(&Port.Lock, irql);
    WaiterTell(irp, 0);
}

/* ---- settings ----------------------------------------------------------------------------- */

static const struct SETTING {
    ULONG Set, Get;
    PVOID Value;
    ULONG Length;
} Settings[] = {
    {IOCTL_SERIAL_SET_BAUD_RATE, IOCTL_SERIAL_GET_BAUD_RATE, &Port.Rate, sizeof(Port.Rate)},
    {IOCTL_SERIAL_SET_LINE_CONTROL, IOCTL_SERIAL_GET_LINE_CONTROL, &Port.Line, sizeof(Port.Line)},
    {IOCTL_SERIAL_SET_CHARS, IOCTL_SERIAL_GET_CHARS, &Port.Chars, sizeof(Port.Chars)},
    {IOCTL_SERIAL_SET_HANDFLOW, IOCTL_SERIAL_GET_HANDFLOW, &Port.Flow, sizeof(Port.Flow)},
    {IOCTL_SERIAL_SET_TIMEOUTS, IOCTL_SERIAL_GET_TIMEOUTS, &Port.Timeouts, sizeof(Port.Timeouts)},
    {IOCTL_SERIAL_SET_QUEUE_SIZE, 0, &Port.Sizes, sizeof(Port.Sizes)},
};

static BOOLEAN IsRefused(const SERIAL_LINE_CONTROL *Line)
{
    return Line->StopBits == STOP_BITS_1_5;
}

/* STATUS_NOT_SUPPORTED: it is no setting. */
static NTSTATUS Setting(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG code = Stack->Parameters.DeviceIoControl.IoControlCode;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;

    for (const struct SETTING *at = Settings; at < Settings + RTL_NUMBER_OF(Settings); at++) {
        if (code == at->Set) {
            if (Stack->Parameters.DeviceIoControl.InputBufferLength < at->Length)
                return STATUS_BUFFER_TOO_SMALL;
            if (at->Value == &Port.Line && IsRefused(buffer))
                return STATUS_INVALID_PARAMETER;
            RtlCopyMemory(at->Value, buffer, at->Length);
            return STATUS_SUCCESS;
        }
        if (code == at->Get) {
            if (Stack->Parameters.DeviceIoControl.OutputBufferLength < at->Length)
                return STATUS_BUFFER_TOO_SMALL;
            RtlCopyMemory(buffer, at->Value, at->Length);
            Irp->IoStatus.Information = at->Length;
            return STATUS_SUCCESS;
        }
    }
    return STATUS_NOT_SUPPORTED;
}

/* ---- questions and deeds ------------------------------------------------------------------ */

static NTSTATUS Answer(PIRP Irp, PIO_STACK_LOCATION Stack, const void *Value, ULONG Length)
{
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < Length)
        return STATUS_BUFFER_TOO_SMALL;
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Value, Length);
    Irp->IoStatus.Information = Length;
    return STATUS_SUCCESS;
}

static NTSTATUS Question(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    SERIAL_STATUS status = {.Errors = Port.Errors,
                            .HoldReasons = Port.IsHeld ? SERIAL_TX_WAITING_FOR_XON : 0,
                            .AmountInInQueue = Port.Count};
    SERIAL_COMMPROP properties = {.PacketLength = sizeof(properties),
                                  .ServiceMask = SERIAL_SP_SERIALCOMM,
                                  .ProvSubType = SERIAL_SP_RS232,
                                  .CurrentRxQueue = Port.Sizes.InSize};

    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SERIAL_GET_COMMSTATUS:
        Port.Errors = 0;
        return Answer(Irp, Stack, &status, sizeof(status));
    case IOCTL_SERIAL_GET_PROPERTIES:
        return Answer(Irp, Stack, &properties, sizeof(properties));
    case IOCTL_SERIAL_GET_MODEMSTATUS:
        return Answer(Irp, Stack, &Port.Lines, sizeof(Port.Lines));
    case IOCTL_SERIAL_GET_WAIT_MASK:
        return Answer(Irp, Stack, &Port.Mask, sizeof(Port.Mask));
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS Deed(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG has = Stack->Parameters.DeviceIoControl.InputBufferLength;

    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SERIAL_SET_WAIT_MASK:
        if (has < sizeof(ULONG))
            return STATUS_BUFFER_TOO_SMALL;
        MaskSet(*(PULONG)buffer);
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_WAIT_ON_MASK:
        if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
            return STATUS_BUFFER_TOO_SMALL;
        return WaitOnMask(Irp);
    case IOCTL_SERIAL_IMMEDIATE_CHAR:
        if (has < 1)
            return STATUS_BUFFER_TOO_SMALL;
        Receive(buffer, 1);
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_PURGE:
        if (has < sizeof(ULONG))
            return STATUS_BUFFER_TOO_SMALL;
        if ((*(PULONG)buffer & SERIAL_PURGE_RXCLEAR) != 0)
            Port.Count = 0;
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_SET_RTS:
    case IOCTL_SERIAL_CLR_RTS:
        Drive(SERIAL_CTS_STATE,
              Stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_SERIAL_SET_RTS,
              SERIAL_EV_CTS);
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_SET_DTR:
    case IOCTL_SERIAL_CLR_DTR:
        Drive(SERIAL_DSR_STATE,
              Stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_SERIAL_SET_DTR,
              SERIAL_EV_DSR);
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_SET_BREAK_ON:
    case IOCTL_SERIAL_SET_BREAK_OFF:
        Drive(0, FALSE, SERIAL_EV_BREAK);
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_SET_XOFF:
    case IOCTL_SERIAL_SET_XON:
        Port.IsHeld = Stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_SERIAL_SET_XOFF;
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_RESET_DEVICE:
        Port.Lines = 0;
        return STATUS_SUCCESS;
    default:
        return Question(Irp, Stack);
    }
}

/* ---- dispatch ----------------------------------------------------------------------------- */

static NTSTATUS Done(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS DispatchControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    status = Setting(Irp, stack);
    if (status == STATUS_NOT_SUPPORTED)
        status = Deed(Irp, stack);
    return status == STATUS_PENDING ? status : Done(Irp, status);
}

static NTSTATUS DispatchTransfer(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_WRITE) {
        Receive(Irp->AssociatedIrp.SystemBuffer, length);
    } else {
        KeAcquireSpinLock(&Port.Lock, &irql);
        length = length < Port.Count ? length : Port.Count;
        if (length != 0)
            RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Port.Queue, length);
        RtlMoveMemory(Port.Queue, Port.Queue + length, Port.Count - length);
        Port.Count -= length;
        KeReleaseSpinLock(&Port.Lock, irql);
    }
    Irp->IoStatus.Information = length;
    return Done(Irp, STATUS_SUCCESS);
}

static NTSTATUS DispatchOpen(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    return Done(Irp, STATUS_SUCCESS);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, 0, &Name, FILE_DEVICE_SERIAL_PORT, 0, FALSE, &device);

    UNREFERENCED_PARAMETER(RegistryPath);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeSpinLock(&Port.Lock);
    Port.Rate.BaudRate = 1200;
    Port.Line.WordLength = 7;
    Port.Flow.ControlHandShake = SERIAL_DCD_HANDSHAKE;
    device->Flags |= DO_BUFFERED_IO;
    Driver->DriverUnload = Unload;
    Driver->MajorFunction[IRP_MJ_CREATE] = Driver->MajorFunction[IRP_MJ_CLEANUP] =
        Driver->MajorFunction[IRP_MJ_CLOSE] = DispatchOpen;
    Driver->MajorFunction[IRP_MJ_READ] = Driver->MajorFunction[IRP_MJ_WRITE] = DispatchTransfer;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchControl;
    status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
