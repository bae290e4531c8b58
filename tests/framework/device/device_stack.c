/* SPDX-License-Identifier: MIT */
/* device_stack.c - IRPs on their way through a device: preprocessors, routes, interfaces. */
#include <initguid.h>

#include "device_test.h"

DEFINE_GUID(GUID_TEST_INTERFACE, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c,
            0x9d, 0x02);
DEFINE_GUID(GUID_TEST_DIRECT, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c, 0x9d,
            0x03);
DEFINE_GUID(GUID_TEST_IMPORT, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c, 0x9d,
            0x04);
DEFINE_GUID(GUID_TEST_NOBODY, 0x71f2b3c4, 0x11aa, 0x4d55, 0x90, 0x01, 0x5e, 0x6a, 0x7b, 0x8c, 0x9d,
            0x05);

#define CODE_PLAIN   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_EATEN   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_ROUTED  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_REFUSED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_ANY_ACCESS)

static ULONG preprocessed, routed, queued;
static ULONG route_code;

/* --- preprocessors and routes --- */

EVT_WDFDEVICE_WDM_IRP_PREPROCESS stack_preprocess;
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL stack_control;
EVT_WDF_IO_QUEUE_IO_READ stack_read;
NTSTATUS stack_routes(WDFDEVICE device);

NTSTATUS NTAPI stack_preprocess(WDFDEVICE device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    expect(device == test_fdo);
    preprocessed++;
    if (stack->Parameters.DeviceIoControl.IoControlCode == CODE_EATEN) {
        irp->IoStatus.Status = STATUS_ALREADY_COMMITTED;
        irp->IoStatus.Information = 11;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        return STATUS_ALREADY_COMMITTED;
    }
    IoSkipCurrentIrpStackLocation(irp);
    return WdfDeviceWdmDispatchPreprocessedIrp(device, irp);
}

VOID NTAPI stack_control(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBytes, size_t InputBytes,
                         ULONG Code)
{
    queued++;
    WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, Code & 0xff);
}

VOID NTAPI stack_read(WDFQUEUE Queue, WDFREQUEST Request, size_t Bytes)
{
    WdfRequestComplete(Request, STATUS_SUCCESS);
}

static NTSTATUS NTAPI route(WDFDEVICE Device, UCHAR Major, UCHAR Minor, ULONG Code,
                            WDFCONTEXT Context, PIRP Irp, WDFCONTEXT DispatchContext)
{
    expect(Device == test_fdo && Context == &routed && Major == IRP_MJ_DEVICE_CONTROL);
    routed++;
    route_code = Code;
    if (Code == CODE_ROUTED)
        return WdfDeviceWdmDispatchIrpToIoQueue(Device, Irp, test_queue, 0);
    if (Code == CODE_REFUSED)
        return WdfDeviceWdmDispatchIrpToIoQueue(Device, Irp, test_queue, 0x100);
    return WdfDeviceWdmDispatchIrp(Device, Irp, DispatchContext);
}

NTSTATUS stack_routes(WDFDEVICE device)
{
    NTSTATUS status = WdfDeviceConfigureWdmIrpDispatchCallback(device, NULL, IRP_MJ_DEVICE_CONTROL,
                                                               route, &routed);

    expect_status(WdfDeviceConfigureWdmIrpDispatchCallback(device, NULL, IRP_MJ_PNP, route, NULL),
                  STATUS_INVALID_PARAMETER);
    expect_status(
        WdfDeviceConfigureWdmIrpDispatchCallback(device, NULL, IRP_MJ_DEVICE_CONTROL, route, NULL),
        STATUS_INVALID_PARAMETER);
    return status;
}

NTSTATUS test_ioctl(PDEVICE_OBJECT device, ULONG code, BOOLEAN is_internal, ULONG *out_information)
{
    IO_STATUS_BLOCK block = {0};
    NTSTATUS status;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(code, device, NULL, 0, NULL, 0, is_internal, &done, &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING) {
        expect(test_wait(&done));
        status = block.Status;
    }
    *out_information = (ULONG)block.Information;
    return status;
}

NTSTATUS test_pnp(PDEVICE_OBJECT device, UCHAR minor, void (*fill)(PIO_STACK_LOCATION stack),
                  ULONG_PTR *out_information)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(device);
    IO_STATUS_BLOCK block = {0};
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, top, NULL, 0, NULL, &done, &block);
    if (irp != NULL) {
        PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);

        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        stack->MinorFunction = minor;
        fill(stack);
        status = IoCallDriver(top, irp);
        if (status == STATUS_PENDING) {
            expect(test_wait(&done));
            status = block.Status;
        }
        *out_information = block.Information;
    }
    ObDereferenceObject(top);
    return status;
}

void preprocessor_sees_irps(void)
{
    PDEVICE_OBJECT wdm = WdfDeviceWdmGetDeviceObject(test_fdo);
    ULONG information = 0;

    preprocessed = queued = 0;
    expect_status(test_ioctl(wdm, CODE_EATEN, TRUE, &information), STATUS_ALREADY_COMMITTED);
    expect_number(preprocessed, 1);
    expect_number(queued, 0);
    expect_status(test_ioctl(wdm, CODE_PLAIN, TRUE, &information), STATUS_SUCCESS);
    expect_number(preprocessed, 2);
    expect_number(queued, 1);
    expect_number(information, CODE_PLAIN & 0xff);
    /* Device controls have no preprocessor. */
    expect_status(test_ioctl(wdm, CODE_PLAIN, FALSE, &information), STATUS_SUCCESS);
    expect_number(preprocessed, 2);
}

void routes_before_queues(void)
{
    PDEVICE_OBJECT wdm = WdfDeviceWdmGetDeviceObject(test_fdo);
    ULONG information = 0;

    routed = queued = 0;
    expect_status(test_ioctl(wdm, CODE_ROUTED, FALSE, &information), STATUS_SUCCESS);
    expect_number(routed, 1);
    expect_number(queued, 1);
    expect_number(route_code, CODE_ROUTED);
    expect_number(information, CODE_ROUTED & 0xff);
    expect_status(test_ioctl(wdm, CODE_PLAIN, FALSE, &information), STATUS_SUCCESS);
    expect_number(routed, 2);
    expect_number(queued, 2);
    expect_status(test_ioctl(wdm, CODE_REFUSED, FALSE, &information), STATUS_INVALID_PARAMETER);
    expect_number(queued, 2);
}

/* --- device interfaces --- */

/* How many enabled interfaces of the test's class there are. */
static ULONG interfaces_now(void)
{
    ULONG count = 0;
    PWSTR list = NULL, at;

    expect_status(IoGetDeviceInterfaces(&GUID_TEST_INTERFACE, NULL, 0, &list), STATUS_SUCCESS);
    for (at = list; at != NULL && *at != 0; at += wcslen(at) + 1)
        count++;
    if (list != NULL)
        ExFreePool(list);
    return count;
}

void interfaces_are_enabled_by_state(void)
{
    DECLARE_CONST_UNICODE_STRING(reference, L"door");
    DECLARE_CONST_UNICODE_STRING(other, L"window");
    WDFSTRING string;
    UNICODE_STRING value = {0};

    expect_status(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string), STATUS_SUCCESS);
    expect_number(interfaces_now(), 0);
    expect_status(WdfDeviceCreateDeviceInterface(test_fdo, &GUID_TEST_INTERFACE, NULL),
                  STATUS_SUCCESS);
    expect_status(WdfDeviceCreateDeviceInterface(test_fdo, &GUID_TEST_INTERFACE, &reference),
                  STATUS_SUCCESS);
    /* After the start the driver's word is needed. */
    expect_number(interfaces_now(), 0);
    WdfDeviceSetDeviceInterfaceState(test_fdo, &GUID_TEST_INTERFACE, NULL, TRUE);
    expect_number(interfaces_now(), 1);
    WdfDeviceSetDeviceInterfaceStateEx(test_fdo, &GUID_TEST_INTERFACE, &reference, TRUE);
    expect_number(interfaces_now(), 2);
    WdfDeviceSetDeviceInterfaceState(test_fdo, &GUID_TEST_INTERFACE, &other, TRUE);
    expect_number(interfaces_now(), 2);
    expect_status(
        WdfDeviceRetrieveDeviceInterfaceString(test_fdo, &GUID_TEST_INTERFACE, &reference, string),
        STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &value);
    expect(value.Length > 8 && wcsstr(value.Buffer, L"\\door") != NULL);
    expect_status(
        WdfDeviceRetrieveDeviceInterfaceString(test_fdo, &GUID_TEST_INTERFACE, &other, string),
        STATUS_OBJECT_NAME_NOT_FOUND);
    WdfDeviceSetDeviceInterfaceState(test_fdo, &GUID_TEST_INTERFACE, NULL, FALSE);
    WdfDeviceSetDeviceInterfaceStateEx(test_fdo, &GUID_TEST_INTERFACE, &reference, FALSE);
    expect_number(interfaces_now(), 0);
    WdfObjectDelete(string);
}

/* --- query interfaces --- */

struct direct {
    INTERFACE header;
    ULONG number;
};

static LONG direct_references;

static VOID direct_reference(PVOID context)
{
    direct_references++;
}

static VOID direct_dereference(PVOID context)
{
    direct_references--;
}

static NTSTATUS NTAPI import_fill(WDFDEVICE Device, LPGUID Type, PINTERFACE Exposed, PVOID Specific)
{
    struct direct *direct = (struct direct *)Exposed;

    expect(IsEqualGUID(Type, &GUID_TEST_IMPORT));
    if (direct->number == 13)
        return STATUS_NOT_SUPPORTED;
    if (direct->number == 14)
        return STATUS_DEVICE_BUSY;
    direct->number *= 2;
    *(ULONG *)Specific = 5;
    return STATUS_SUCCESS;
}

void query_interface_is_answered(void)
{
    struct direct mine = {
        {sizeof(mine), 3, &direct_references, direct_reference, direct_dereference}, 42};
    struct direct got = {0};
    WDF_QUERY_INTERFACE_CONFIG config;

    WDF_QUERY_INTERFACE_CONFIG_INIT(&config, &mine.header, &GUID_TEST_DIRECT, NULL);
    expect_status(WdfDeviceAddQueryInterface(test_fdo, &config), STATUS_SUCCESS);
    mine.number = 0; /* it was copied */
    expect_status(
        WdfFdoQueryForInterface(test_fdo, &GUID_TEST_DIRECT, &got.header, sizeof(got), 3, NULL),
        STATUS_SUCCESS);
    expect_number(got.number, 42);
    expect_number(direct_references, 1);
    got.header.InterfaceDereference(got.header.Context);
    expect_number(direct_references, 0);
    expect(!NT_SUCCESS(
        WdfFdoQueryForInterface(test_fdo, &GUID_TEST_DIRECT, &got.header, sizeof(got), 4, NULL)));
    expect(!NT_SUCCESS(WdfFdoQueryForInterface(test_fdo, &GUID_TEST_DIRECT, &got.header,
                                               sizeof(got) - 4, 3, NULL)));
    expect_status(
        WdfFdoQueryForInterface(test_fdo, &GUID_TEST_NOBODY, &got.header, sizeof(got), 1, NULL),
        STATUS_NOT_SUPPORTED);
    expect_number(direct_references, 0);
    config.Interface = NULL;
    expect_status(WdfDeviceAddQueryInterface(test_fdo, &config), STATUS_INVALID_PARAMETER);
    config.Size++;
    expect_status(WdfDeviceAddQueryInterface(test_fdo, &config), STATUS_INFO_LENGTH_MISMATCH);
}

void import_interface(void)
{
    struct direct got = {{sizeof(got), 1}, 21};
    WDF_QUERY_INTERFACE_CONFIG config;
    ULONG specific = 0;

    WDF_QUERY_INTERFACE_CONFIG_INIT(&config, NULL, &GUID_TEST_IMPORT, NULL);
    config.ImportInterface = TRUE;
    expect_status(WdfDeviceAddQueryInterface(test_fdo, &config), STATUS_INVALID_PARAMETER);
    config.EvtDeviceProcessQueryInterfaceRequest = import_fill;
    expect_status(WdfDeviceAddQueryInterface(test_fdo, &config), STATUS_SUCCESS);
    expect_status(WdfFdoQueryForInterface(test_fdo, &GUID_TEST_IMPORT, &got.header, sizeof(got), 1,
                                          &specific),
                  STATUS_SUCCESS);
    expect_number(got.number, 42);
    expect_number(specific, 5);
    got.number = 13;
    expect_status(WdfFdoQueryForInterface(test_fdo, &GUID_TEST_IMPORT, &got.header, sizeof(got), 1,
                                          &specific),
                  STATUS_NOT_SUPPORTED);
    got.number = 14;
    expect_status(WdfFdoQueryForInterface(test_fdo, &GUID_TEST_IMPORT, &got.header, sizeof(got), 1,
                                          &specific),
                  STATUS_DEVICE_BUSY);
}
