/* SPDX-License-Identifier: MIT */
/* loud.c - an upper filter of a record: what is read comes out in capitals.
 *
 * Reads go down in the request they came in, with a completion routine; all other requests the
 * Framework passes on itself, because the device is a filter without a queue for them.
 */
#include <ntddk.h>

#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_DEVICE_ADD LoudAdd;
EVT_WDF_IO_QUEUE_IO_READ LoudRead;
EVT_WDF_REQUEST_COMPLETION_ROUTINE LoudReadDone;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, LoudAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, NULL);
}

NTSTATUS LoudAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init)
{
    WDF_IO_QUEUE_CONFIG queue;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WdfFdoInitSetFilter(Init);
    status = WdfDeviceCreate(&Init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchParallel);
    queue.EvtIoRead = LoudRead;
    return WdfIoQueueCreate(device, &queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

VOID LoudRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Bytes)
{
    WDFIOTARGET below = WdfDeviceGetIoTarget(WdfIoQueueGetDevice(Queue));

    UNREFERENCED_PARAMETER(Bytes);
    WdfRequestFormatRequestUsingCurrentType(Request);
    WdfRequestSetCompletionRoutine(Request, LoudReadDone, NULL);
    if (!WdfRequestSend(Request, below, WDF_NO_SEND_OPTIONS))
        WdfRequestComplete(Request, WdfRequestGetStatus(Request));
}

VOID LoudReadDone(WDFREQUEST Request, WDFIOTARGET Target, PWDF_REQUEST_COMPLETION_PARAMS Params,
                  WDFCONTEXT Context)
{
    ULONG_PTR length = Params->IoStatus.Information;
    PCHAR text;

    UNREFERENCED_PARAMETER(Target);
    UNREFERENCED_PARAMETER(Context);
    if (NT_SUCCESS(Params->IoStatus.Status) && length != 0 &&
        NT_SUCCESS(WdfRequestRetrieveOutputBuffer(Request, length, (PVOID *)&text, NULL))) {
        for (ULONG_PTR i = 0; i < length; i++) {
            if (text[i] >= 'a' && text[i] <= 'z')
                text[i] -= 'a' - 'A';
        }
    }
    WdfRequestCompleteWithInformation(Request, Params->IoStatus.Status, length);
}
