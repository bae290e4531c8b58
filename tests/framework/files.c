/* SPDX-License-Identifier: MIT */
/* files.c - file objects of the Framework: create, cleanup and close in each of their forms. */
#include "sender.h"

static volatile LONG created, cleaned, closed;
static WDFFILEOBJECT created_file;
static NTSTATUS create_status;
static WDFREQUEST create_request;
static WDF_FILEOBJECT_CLASS file_class;
static BOOLEAN create_forwards;
static WDFQUEUE later;
static KEVENT forwarded;

typedef struct _OPENED {
    ULONG number;
} OPENED;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(OPENED, opened_of);

static void seen_clear(void)
{
    created = cleaned = closed = 0;
    created_file = NULL;
    create_status = STATUS_SUCCESS;
    create_request = NULL;
    create_forwards = FALSE;
    file_class = WdfFileObjectWdfCannotUseFsContexts;
}

static VOID evt_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    UNREFERENCED_PARAMETER(device);
    created++;
    created_file = file;
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    expect(WdfRequestGetFileObject(request) == file);
    if (file != NULL)
        opened_of(file)->number = 11;
    if (create_forwards) {
        expect_status(WdfRequestForwardToIoQueue(request, later), STATUS_SUCCESS);
        KeSetEvent(&forwarded, IO_NO_INCREMENT, FALSE);
    } else {
        WdfRequestComplete(request, create_status);
    }
}

static VOID evt_cleanup(WDFFILEOBJECT file)
{
    cleaned++;
    expect(file == created_file);
    expect_number(closed, 0);
}

static VOID evt_close(WDFFILEOBJECT file)
{
    closed++;
    expect(file == created_file);
    if (file != NULL)
        expect_number(opened_of(file)->number, 11);
}

static void init_files(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_FILEOBJECT_CONFIG_INIT(&config, evt_create, evt_close, evt_cleanup);
    config.FileObjectClass = file_class;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, OPENED);
    WdfDeviceInitSetFileObjectConfig(init, &config, &attributes);
}

static void expect_file(WDFDEVICE device, PFILE_OBJECT wdm, PCWSTR tail)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, tail);
    expect(WdfFileObjectWdmGetFileObject(created_file) == wdm);
    expect(WdfFileObjectGetDevice(created_file) == device);
    expect(WdfDeviceGetFileObject(device, wdm) == created_file);
    expect(RtlEqualUnicodeString(WdfFileObjectGetFileName(created_file), &name, FALSE));
    expect_number(WdfFileObjectGetFlags(created_file), wdm->Flags);
    expect_number(WdfFileObjectGetInitiatorProcessId(created_file),
                  (ULONG)(ULONG_PTR)PsGetCurrentProcessId());
}

static void one_of_each_class(void)
{
    static const WDF_FILEOBJECT_CLASS classes[] = {WdfFileObjectWdfCanUseFsContext,
                                                   WdfFileObjectWdfCanUseFsContext2,
                                                   WdfFileObjectWdfCannotUseFsContexts};
    WDFDEVICE device;
    PFILE_OBJECT file;
    HANDLE handle;
    ULONG i;

    for (i = 0; i < ARRAYSIZE(classes); i++) {
        seen_clear();
        file_class = classes[i];
        device = sender_device(init_files);
        expect_status(sender_open(L"\\one\\two", &handle, &file), STATUS_SUCCESS);
        expect_number(created, 1);
        expect_file(device, file, L"\\one\\two");
        expect((file->FsContext != NULL) == (classes[i] == WdfFileObjectWdfCanUseFsContext));
        expect((file->FsContext2 != NULL) == (classes[i] == WdfFileObjectWdfCanUseFsContext2));
        ZwClose(handle);
        expect_number(cleaned, 1);
        expect_number(closed, 0);
        ObDereferenceObject(file);
        expect_number(closed, 1);
        WdfObjectDelete(device);
    }
}

static void no_file_objects(void)
{
    WDFDEVICE device;
    PFILE_OBJECT file;
    HANDLE handle;

    seen_clear();
    file_class = WdfFileObjectNotRequired;
    device = sender_device(init_files);
    expect_status(sender_open(NULL, &handle, &file), STATUS_SUCCESS);
    expect_number(created, 1);
    expect(created_file == NULL);
    expect(WdfDeviceGetFileObject(device, file) == NULL);
    sender_close(handle, file);
    expect_number(cleaned, 1);
    expect_number(closed, 1);
    WdfObjectDelete(device);
    /* Nobody asked: a create succeeds all the same. */
    device = sender_device(NULL);
    expect_status(sender_open(NULL, &handle, &file), STATUS_SUCCESS);
    sender_close(handle, file);
    WdfObjectDelete(device);
}

static void refused_create(void)
{
    WDFDEVICE device;
    PFILE_OBJECT file;
    HANDLE handle;

    seen_clear();
    device = sender_device(init_files);
    create_status = STATUS_SHARING_VIOLATION;
    expect_status(sender_open(NULL, &handle, &file), STATUS_SHARING_VIOLATION);
    expect_number(created, 1);
    expect_number(cleaned, 0);
    expect_number(closed, 0);
    WdfObjectDelete(device);
}

/* A create that waits in a queue until another thread lets it through. */
static VOID let_through(PVOID context)
{
    WDFREQUEST request;

    UNREFERENCED_PARAMETER(context);
    KeWaitForSingleObject(&forwarded, Executive, KernelMode, FALSE, NULL);
    expect_status(WdfIoQueueRetrieveNextRequest(later, &request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_SUCCESS);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void open_with_help(void)
{
    OBJECT_ATTRIBUTES attributes;
    PFILE_OBJECT file;
    HANDLE handle, thread;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
                                       let_through, NULL),
                  STATUS_SUCCESS);
    expect_status(sender_open(NULL, &handle, &file), STATUS_SUCCESS);
    ZwWaitForSingleObject(thread, FALSE, NULL);
    ZwClose(thread);
    sender_close(handle, file);
    expect_number(closed, 1);
}

static void created_later(void)
{
    WDFDEVICE device;

    seen_clear();
    device = sender_device(init_files);
    create_forwards = TRUE;
    KeInitializeEvent(&forwarded, NotificationEvent, FALSE);
    later = sender_queue(device, WdfIoQueueDispatchManual, FALSE, NULL);
    open_with_help();
    expect_number(created, 1);
    WdfObjectDelete(device);
}

static VOID evt_created_in_queue(WDFQUEUE queue, WDFREQUEST request)
{
    WDF_REQUEST_PARAMETERS parameters;

    UNREFERENCED_PARAMETER(queue);
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(request, &parameters);
    expect_number(parameters.Type, WdfRequestTypeCreate);
    expect(parameters.Parameters.Create.SecurityContext != NULL);
    created += 100;
    created_file = WdfRequestGetFileObject(request);
    opened_of(created_file)->number = 11;
    WdfRequestComplete(request, create_status);
}

static void config_creates(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    UNREFERENCED_PARAMETER(attributes);
    config->EvtIoDefault = evt_created_in_queue;
}

/* A queue for creates takes the place of EvtDeviceFileCreate. */
static void queue_for_creates(void)
{
    WDFDEVICE device;
    PFILE_OBJECT file;
    HANDLE handle;
    WDFQUEUE queue;

    seen_clear();
    device = sender_device(init_files);
    queue = sender_queue(device, WdfIoQueueDispatchSequential, FALSE, config_creates);
    expect_status(WdfDeviceConfigureRequestDispatching(device, queue, WdfRequestTypeCreate),
                  STATUS_SUCCESS);
    expect_status(WdfDeviceConfigureRequestDispatching(device, queue, WdfRequestTypeCreate),
                  STATUS_INVALID_PARAMETER);
    expect_status(sender_open(NULL, &handle, &file), STATUS_SUCCESS);
    expect_number(created, 100);
    sender_close(handle, file);
    expect_number(cleaned, 1);
    expect_number(closed, 1);
    create_status = STATUS_ACCESS_DENIED;
    expect_status(sender_open(NULL, &handle, &file), STATUS_ACCESS_DENIED);
    expect_number(closed, 1);
    WdfObjectDelete(device);
}

DRIVERTEST_LIST = {
    DRIVERTEST(one_of_each_class), DRIVERTEST(no_file_objects),   DRIVERTEST(refused_create),
    DRIVERTEST(created_later),     DRIVERTEST(queue_for_creates), DRIVERTEST_END,
};
