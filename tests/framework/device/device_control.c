/* SPDX-License-Identifier: MIT */
/* device_control.c - control devices: by name, shared, deleted while open. */
#include "device_test.h"

static LONG deleted, cleaned;
static KEVENT deleted_event;

typedef struct _COUNTED {
    ULONG unused;
} COUNTED;
WDF_DECLARE_CONTEXT_TYPE(COUNTED);

static VOID NTAPI evt_cleanup(WDFOBJECT object)
{
    cleaned++;
}

static VOID NTAPI evt_destroy(WDFOBJECT object)
{
    deleted++;
    KeSetEvent(&deleted_event, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI evt_shutdown(WDFDEVICE device)
{
}

static const UNICODE_STRING sddl = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\FxDeviceTestOther");

static WDFDEVICE control_make(BOOLEAN finish)
{
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(WdfGetDriver(), &sddl);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_FILEOBJECT_CONFIG files;
    WDFDEVICE device = NULL;

    expect(init != NULL);
    if (init == NULL)
        return NULL;
    deleted = cleaned = 0;
    KeInitializeEvent(&deleted_event, NotificationEvent, FALSE);
    WDF_FILEOBJECT_CONFIG_INIT(&files, NULL, NULL, NULL);
    WdfDeviceInitSetFileObjectConfig(init, &files, WDF_NO_OBJECT_ATTRIBUTES);
    WdfControlDeviceInitSetShutdownNotification(init, evt_shutdown, WdfDeviceShutdown);
    expect_status(WdfDeviceInitAssignName(init, &name), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, COUNTED);
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfDeviceCreate(&init, &attributes, &device), STATUS_SUCCESS);
    if (device == NULL)
        WdfDeviceInitFree(init);
    else if (finish)
        WdfControlFinishInitializing(device);
    return device;
}

static NTSTATUS control_open(HANDLE *out_handle)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    return ZwCreateFile(out_handle, GENERIC_READ | SYNCHRONIZE, &attributes, &block, NULL, 0,
                        FILE_SHARE_READ, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

void control_device_by_name(void)
{
    WDFDEVICE device = control_make(FALSE);
    HANDLE handle = NULL, second = NULL;

    if (device == NULL)
        return;
    expect(WdfDeviceWdmGetPhysicalDevice(device) == NULL);
    expect(WdfDeviceWdmGetAttachedDevice(device) == NULL);
    /* Not before its driver says so. */
    expect_status(control_open(&handle), STATUS_NO_SUCH_DEVICE);
    WdfControlFinishInitializing(device);
    expect_status(control_open(&handle), STATUS_SUCCESS);
    expect_status(control_open(&second), STATUS_SUCCESS);
    ZwClose(second);
    ZwClose(handle);
    expect_number(deleted, 0);
    WdfObjectDelete(device);
    expect(test_wait(&deleted_event));
    expect_number(deleted, 1);
    expect_number(cleaned, 1);
    expect(!NT_SUCCESS(control_open(&handle)));
}

void control_device_deleted_while_open(void)
{
    WDFDEVICE device = control_make(TRUE);
    HANDLE handle = NULL, other = NULL;

    if (device == NULL)
        return;
    expect_status(control_open(&handle), STATUS_SUCCESS);
    WdfObjectDelete(device);
    expect_number(deleted, 0);
    expect(!NT_SUCCESS(control_open(&other)));
    ZwClose(handle);
    expect(test_wait(&deleted_event));
    expect_number(cleaned, 1);
    /* Its name is free again. */
    device = control_make(TRUE);
    if (device == NULL)
        return;
    WdfObjectDelete(device);
    expect(test_wait(&deleted_event));
}

void control_device_refusals(void)
{
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\FxDeviceTestNameless");
    DECLARE_CONST_UNICODE_STRING(bad, L"this is no descriptor");
    static const GUID class_guid = {2};
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(WdfGetDriver(), &sddl);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device = NULL;

    if (init == NULL)
        return;
    expect_status(WdfDeviceInitAssignSDDLString(init, NULL), STATUS_INVALID_PARAMETER);
    expect(WdfFdoInitWdmGetPhysicalDevice(init) == NULL);
    WdfFdoInitSetFilter(init);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = test_fdo;
    expect_status(WdfDeviceCreate(&init, &attributes, &device),
                  STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    expect(device == NULL && init != NULL);
    /* Without a name it is of no use to programs, but there. */
    expect_status(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device), STATUS_SUCCESS);
    expect(init == NULL);
    expect_status(WdfDeviceCreateSymbolicLink(device, &link), STATUS_INVALID_DEVICE_STATE);
    expect_status(WdfDeviceCreateDeviceInterface(device, &class_guid, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect(WdfPdoInitAllocate(device) == NULL);
    WdfObjectDelete(device);
    init = WdfControlDeviceInitAllocate(WdfGetDriver(), &bad);
    expect(init != NULL);
    if (init == NULL)
        return;
    expect_status(WdfDeviceInitAssignName(init, &name), STATUS_SUCCESS);
    expect(!NT_SUCCESS(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device)));
    expect(init != NULL);
    if (init != NULL)
        WdfDeviceInitFree(init);
}
