/* SPDX-License-Identifier: MIT */
/* device_target.c - what is asked of the stack below through its I/O target, devices that depend on
 * another's use, and requests that a child gives to its parent.
 */
#include "device_test.h"

static const GUID unknown_interface = {
    0x71f2b3c4, 0x11aa, 0x4d55, {0x90, 1, 0x5e, 0x6a, 0, 0, 0, 9}};

void target_answers(void)
{
    WDFIOTARGET target = WdfDeviceGetIoTarget(test_fdo);
    WDFMEMORY memory = NULL;
    INTERFACE interface;
    WCHAR text[64];
    ULONG bytes = 0;
    size_t size = 0;

    expect_status(WdfIoTargetQueryTargetProperty(target, DevicePropertyHardwareID, 2, text, &bytes),
                  STATUS_BUFFER_TOO_SMALL);
    expect(bytes >= sizeof(L"Root\\FxDeviceTest"));
    expect_status(WdfIoTargetQueryTargetProperty(target, DevicePropertyHardwareID, sizeof(text),
                                                 text, &bytes),
                  STATUS_SUCCESS);
    expect(_wcsicmp(text, L"Root\\FxDeviceTest") == 0);
    expect_status(WdfIoTargetAllocAndQueryTargetProperty(target, DevicePropertyHardwareID,
                                                         PagedPool, WDF_NO_OBJECT_ATTRIBUTES,
                                                         &memory),
                  STATUS_SUCCESS);
    if (memory != NULL) {
        expect(_wcsicmp(WdfMemoryGetBuffer(memory, &size), L"Root\\FxDeviceTest") == 0);
        expect_number(size, bytes);
        WdfObjectDelete(memory);
    }
    RtlZeroMemory(&interface, sizeof(interface));
    expect_status(WdfIoTargetQueryForInterface(target, &unknown_interface, &interface,
                                               sizeof(interface), 1, NULL),
                  STATUS_NOT_SUPPORTED);
}

void dependent_devices(void)
{
    PDEVICE_OBJECT physical = WdfDeviceWdmGetPhysicalDevice(test_fdo);

    expect_status(WdfDeviceAddDependentUsageDeviceObject(test_fdo, physical), STATUS_SUCCESS);
    expect_status(WdfDeviceAddDependentUsageDeviceObject(test_fdo, physical),
                  STATUS_DUPLICATE_OBJECTID);
    WdfDeviceRemoveDependentUsageDeviceObject(test_fdo, physical);
    /* It is gone: it may come again. */
    expect_status(WdfDeviceAddDependentUsageDeviceObject(test_fdo, physical), STATUS_SUCCESS);
    WdfDeviceRemoveDependentUsageDeviceObject(test_fdo, physical);
}

static VOID NTAPI child_control(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBytes,
                                size_t InputBytes, ULONG Code)
{
    WDF_REQUEST_FORWARD_OPTIONS options;
    NTSTATUS status;

    WDF_REQUEST_FORWARD_OPTIONS_INIT(&options);
    status = WdfRequestForwardToParentDeviceIoQueue(Request, test_queue, &options);
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status))
        WdfRequestComplete(Request, status);
}

static WDFDEVICE forwarding_child(struct test_child *child)
{
    PWDFDEVICE_INIT init = WdfPdoInitAllocate(test_fdo);
    WDF_IO_QUEUE_CONFIG queue;
    WDFDEVICE pdo = NULL;

    expect(init != NULL);
    if (init == NULL)
        return NULL;
    test_child_init(child);
    WdfPdoInitAllowForwardingRequestToParent(init);
    WdfDeviceInitSetPowerInrush(init);
    expect_status(test_child_create(&init, ++test_number, child, &pdo), STATUS_SUCCESS);
    if (pdo == NULL) {
        WdfDeviceInitFree(init);
        return NULL;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchParallel);
    queue.EvtIoDeviceControl = child_control;
    expect_status(WdfIoQueueCreate(pdo, &queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE),
                  STATUS_SUCCESS);
    return pdo;
}

/* The child's request is answered by its parent's queue. */
void child_forwards_to_parent(void)
{
    struct test_child child;
    WDFDEVICE pdo = forwarding_child(&child);
    ULONG information = 0;

    if (pdo == NULL)
        return;
    expect(WdfDeviceWdmGetDeviceObject(pdo)->Flags & DO_POWER_INRUSH);
    expect_status(WdfFdoAddStaticChild(test_fdo, pdo), STATUS_SUCCESS);
    expect(test_wait(&child.started));
    expect_status(test_ioctl(WdfDeviceWdmGetDeviceObject(pdo),
                             CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_BUFFERED, FILE_ANY_ACCESS),
                             FALSE, &information),
                  STATUS_SUCCESS);
    expect_number(information, 0x44); /* the code's low byte, as the parent's queue answers */
    expect_status(WdfPdoMarkMissing(pdo), STATUS_SUCCESS);
    expect(test_wait(&child.gone));
}

/* A child that may be ejected asks for it, and goes. */
void child_asks_for_ejection(void)
{
    PWDFDEVICE_INIT init = WdfPdoInitAllocate(test_fdo);
    WDF_DEVICE_PNP_CAPABILITIES caps;
    struct test_child child;
    WDFDEVICE pdo = NULL;

    expect(init != NULL);
    if (init == NULL)
        return;
    test_child_init(&child);
    WdfDeviceInitSetPowerPageable(init);
    expect_status(test_child_create(&init, ++test_number, &child, &pdo), STATUS_SUCCESS);
    if (pdo == NULL) {
        WdfDeviceInitFree(init);
        return;
    }
    expect(WdfDeviceWdmGetDeviceObject(pdo)->Flags & DO_POWER_PAGABLE);
    WDF_DEVICE_PNP_CAPABILITIES_INIT(&caps);
    caps.EjectSupported = WdfTrue;
    caps.Removable = WdfTrue;
    WdfDeviceSetPnpCapabilities(pdo, &caps);
    expect_status(WdfFdoAddStaticChild(test_fdo, pdo), STATUS_SUCCESS);
    expect(test_wait(&child.started));
    WdfPdoRequestEject(pdo);
    expect(test_wait(&child.gone));
    expect_number(child.destroyed, 1);
}
