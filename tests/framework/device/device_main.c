/* SPDX-License-Identifier: MIT */
/* device_main.c - DriverEntry, the FDO, and the control device through which tests are run. */
#include "device_test.h"

#include <ntstrsafe.h>
#include <wdmsec.h>

WDFDEVICE test_fdo;
WDFQUEUE test_queue;
ULONG test_number;

typedef struct _MAIN_CONTEXT {
    ULONG unused;
} MAIN_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE(MAIN_CONTEXT);

static WDFDEVICE control;
static char *text;
static char text_add[2048]; /* of the test "add", which ran before there was a program */
static size_t text_room;

const struct drivertest drivertests[] = {
#define X(name) {#name, name},
    DEVICE_TESTS(X)
#undef X
        {NULL, NULL},
};

DRIVER_INITIALIZE DriverEntry;

/* --- checks --- */

static void note(const char *line)
{
    if (text != NULL)
        RtlStringCbCatA(text, text_room, line);
}

void drivertest_failed(const char *file, int line, const char *what)
{
    char out[256];

    RtlStringCbPrintfA(out, sizeof(out), "%s:%d: %s\n", file, line, what);
    note(out);
}

void drivertest_failed_status(const char *file, int line, const char *what, NTSTATUS is,
                              NTSTATUS wanted)
{
    char out[256];

    RtlStringCbPrintfA(out, sizeof(out), "%s:%d: %s is %x, not %x\n", file, line, what, is, wanted);
    note(out);
}

void drivertest_failed_number(const char *file, int line, const char *what, LONG64 is,
                              LONG64 wanted)
{
    char out[256];

    RtlStringCbPrintfA(out, sizeof(out), "%s:%d: %s is %I64d, not %I64d\n", file, line, what, is,
                       wanted);
    note(out);
}

void drivertest_gap(const char *file, int line, const char *reason, BOOLEAN is_closed)
{
    if (is_closed)
        drivertest_failed(file, line, reason);
}

BOOLEAN test_wait(PKEVENT event)
{
    LARGE_INTEGER long_enough = {.QuadPart = -20LL * 10000000};

    return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &long_enough) ==
           STATUS_SUCCESS;
}

/* --- the control device --- */

static VOID NTAPI evt_run(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBytes, size_t InputBytes,
                          ULONG Code)
{
    struct drivertest_request *request;
    NTSTATUS status;
    size_t bytes;
    ULONG index;
    PVOID out;

    status = WdfRequestRetrieveInputBuffer(Request, sizeof(*request), (PVOID *)&request, NULL);
    if (NT_SUCCESS(status))
        status = WdfRequestRetrieveOutputBuffer(Request, 4096, &out, &bytes);
    if (NT_SUCCESS(status) && Code != IOCTL_DRIVERTEST_RUN)
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (!NT_SUCCESS(status)) {
        WdfRequestComplete(Request, status);
        return;
    }
    index = request->index; /* the buffers are one */
    text = out;
    text_room = bytes;
    text[0] = 0;
    if (index == 0) {
        note("add\n");
        note(text_add);
    } else if (drivertests[index - 1].name != NULL) {
        note(drivertests[index - 1].name);
        note("\n");
        drivertests[index - 1].run();
    } else {
        status = STATUS_NO_MORE_ENTRIES;
    }
    text = NULL;
    WdfRequestCompleteWithInformation(Request, status,
                                      NT_SUCCESS(status) ? strlen((char *)out) + 1 : 0);
}

static NTSTATUS control_create(WDFDRIVER driver)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\FxDeviceTestControl");
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\FxDeviceTest");
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &sddl);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue;
    NTSTATUS status;

    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = WdfDeviceInitAssignName(init, &name);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
        return status;
    }
    status = WdfDeviceCreateSymbolicLink(control, &link);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchSequential);
    queue.EvtIoDeviceControl = evt_run;
    /* Tests wait for Plug and Play. */
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    if (NT_SUCCESS(status))
        status = WdfIoQueueCreate(control, &queue, &attributes, WDF_NO_HANDLE);
    if (NT_SUCCESS(status))
        WdfControlFinishInitializing(control);
    return status;
}

/* --- the FDO --- */

static VOID NTAPI fdo_cleanup(WDFOBJECT object)
{
    test_fdo = NULL;
    if (control != NULL)
        WdfObjectDelete(control);
    control = NULL;
}

static NTSTATUS NTAPI evt_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    text = text_add;
    text_room = sizeof(text_add);
    status = test_add(&init);
    if (NT_SUCCESS(status)) {
        WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, MAIN_CONTEXT);
        attributes.EvtCleanupCallback = fdo_cleanup;
        status = WdfObjectAllocateContext(test_fdo, &attributes, NULL);
        expect_status(status, STATUS_SUCCESS);
        status = control_create(driver);
        expect_status(status, STATUS_SUCCESS);
    }
    text = NULL;
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, evt_add);
    config.DriverPoolTag = 'vDxF';
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
