/* SPDX-License-Identifier: MIT */
/* extension.c - what a class extension adds to its client's devices: callbacks around the client's
 * own, contexts, file objects, requests, IRPs before the client sees them.
 *
 * The test driver is its own class extension: it binds itself to the Framework a second time, and
 * calls with those globals when it is the extension's turn.
 */
#include "sender.h"
#include "stack.h"

#include <wdfcx.h>
#include <wdfldr.h>

typedef struct _ADDED {
    ULONG number;
} ADDED;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(ADDED, added_of);

static WDFFUNC *extension_functions;
static WDF_BIND_INFO extension_info;
static PWDF_COMPONENT_GLOBALS extension_globals;

static BOOLEAN extension_bind(void)
{
    WDF_BIND_INFO info = {sizeof(info), L"KmdfLibrary", {1, 33, 0}, 458, NULL, NULL};

    extension_info = info;
    extension_info.FuncTable = (WDFFUNC *)&extension_functions;
    expect_status(WdfVersionBind(drivertest_driver, &drivertest_registry_path, &extension_info,
                                 &extension_globals),
                  STATUS_SUCCESS);
    return extension_globals != NULL;
}

static void extension_unbind(void)
{
    expect_status(WdfVersionUnbind(&drivertest_registry_path, &extension_info, extension_globals),
                  STATUS_SUCCESS);
}

/* Whose turn it is: every call goes with his globals. */
static PWDF_DRIVER_GLOBALS turn_of_extension(void)
{
    PWDF_DRIVER_GLOBALS client = WdfDriverGlobals;

    WdfDriverGlobals = (PWDF_DRIVER_GLOBALS)extension_globals;
    return client;
}

static void turn_of(PWDF_DRIVER_GLOBALS client)
{
    WdfDriverGlobals = client;
}

/* ---- a journal ---------------------------------------------------------------------------- */

static char journal[512];
static const char *failing; /* the note whose callback fails */

static NTSTATUS note(const char *text)
{
    if (journal[0] != 0)
        (void)strcat_s(journal, sizeof(journal), " ");
    (void)strcat_s(journal, sizeof(journal), text);
    return failing != NULL && strcmp(failing, text) == 0 ? STATUS_DEVICE_NOT_READY : STATUS_SUCCESS;
}

static void expect_journal(const char *text)
{
    if (strcmp(journal, text) != 0)
        DbgPrint("journal: %s\nwanted:  %s\n", journal, text);
    expect(strcmp(journal, text) == 0);
    journal[0] = 0;
}

#define BOTH  WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated
#define ONE   WDFDEVICE device, WDFCMRESLIST translated
#define STATE WDFDEVICE device, WDF_POWER_DEVICE_STATE state
#define ALONE WDFDEVICE device
#define SAYS(name, parameters)       \
    static NTSTATUS name(parameters) \
    {                                \
        return note(#name);          \
    }
#define SAYS_ONLY(name, parameters) \
    static VOID name(parameters)    \
    {                               \
        (void)note(#name);          \
    }

SAYS(prepare, BOTH)
SAYS(release, ONE)
SAYS(entry, STATE)
SAYS(exit_d0, STATE)
SAYS(init, ALONE)
SAYS(suspend, ALONE)
SAYS(restart, ALONE)
SAYS_ONLY(flush, ALONE)
SAYS_ONLY(cleanup, ALONE)
SAYS_ONLY(surprise, ALONE)
SAYS(pre_prepare, BOTH)
SAYS_ONLY(undo_prepare, BOTH)
SAYS(post_prepare, BOTH)
SAYS(pre_release, ONE)
SAYS(post_release, ONE)
SAYS(pre_entry, STATE)
SAYS_ONLY(undo_entry, STATE)
SAYS(post_entry, STATE)
SAYS(pre_exit_d0, STATE)
SAYS(post_exit_d0, STATE)
SAYS(pre_init, ALONE)
SAYS_ONLY(undo_init, ALONE)
SAYS(post_init, ALONE)
SAYS(pre_restart, ALONE)
SAYS_ONLY(undo_restart, ALONE)

static KEVENT restarted;

static NTSTATUS post_restart(ALONE)
{
    NTSTATUS status = note("post_restart");

    KeSetEvent(&restarted, IO_NO_INCREMENT, FALSE);
    return status;
}

SAYS(pre_suspend, ALONE)
SAYS(post_suspend, ALONE)
SAYS_ONLY(pre_flush, ALONE)
SAYS_ONLY(post_flush, ALONE)
SAYS_ONLY(pre_cleanup, ALONE)
SAYS_ONLY(post_cleanup, ALONE)
SAYS_ONLY(pre_surprise, ALONE)
SAYS_ONLY(post_surprise, ALONE)

static void events_of_extension(WDFCX_PNPPOWER_EVENT_CALLBACKS *events)
{
    WDFCX_PNPPOWER_EVENT_CALLBACKS_INIT(events);
    events->EvtCxDevicePrePrepareHardware = pre_prepare;
    events->EvtCxDevicePrePrepareHardwareFailedCleanup = undo_prepare;
    events->EvtCxDevicePostPrepareHardware = post_prepare;
    events->EvtCxDevicePreReleaseHardware = pre_release;
    events->EvtCxDevicePostReleaseHardware = post_release;
    events->EvtCxDevicePreD0Entry = pre_entry;
    events->EvtCxDevicePreD0EntryFailedCleanup = undo_entry;
    events->EvtCxDevicePostD0Entry = post_entry;
    events->EvtCxDevicePreD0Exit = pre_exit_d0;
    events->EvtCxDevicePostD0Exit = post_exit_d0;
    events->EvtCxDevicePreSurpriseRemoval = pre_surprise;
    events->EvtCxDevicePostSurpriseRemoval = post_surprise;
    events->EvtCxDevicePreSelfManagedIoInit = pre_init;
    events->EvtCxDevicePreSelfManagedIoInitFailedCleanup = undo_init;
    events->EvtCxDevicePostSelfManagedIoInit = post_init;
    events->EvtCxDevicePreSelfManagedIoRestart = pre_restart;
    events->EvtCxDevicePreSelfManagedIoRestartFailedCleanup = undo_restart;
    events->EvtCxDevicePostSelfManagedIoRestart = post_restart;
    events->EvtCxDevicePreSelfManagedIoSuspend = pre_suspend;
    events->EvtCxDevicePostSelfManagedIoSuspend = post_suspend;
    events->EvtCxDevicePreSelfManagedIoFlush = pre_flush;
    events->EvtCxDevicePostSelfManagedIoFlush = post_flush;
    events->EvtCxDevicePreSelfManagedIoCleanup = pre_cleanup;
    events->EvtCxDevicePostSelfManagedIoCleanup = post_cleanup;
}

/* ---- devices ------------------------------------------------------------------------------ */

static volatile LONG contexts_cleaned;
static BOOLEAN fails_to_add;
static WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE order;

static VOID context_cleanup(WDFOBJECT object)
{
    expect(added_of(object) != NULL && added_of(object)->number == 7);
    contexts_cleaned++;
}

/* The extension's own WdfDeviceInit… function, as it were. */
static void extend(PWDFDEVICE_INIT init)
{
    PWDF_DRIVER_GLOBALS client = turn_of_extension();
    WDFCX_PNPPOWER_EVENT_CALLBACKS events;
    WDF_OBJECT_ATTRIBUTES attributes;
    PWDFCXDEVICE_INIT extension;
    ADDED *added = NULL, *same = NULL;

    extension = WdfCxDeviceInitAllocate(init);
    expect(extension != NULL);
    expect(WdfCxDeviceInitAllocate(init) == NULL); /* once is enough */
    events_of_extension(&events);
    events.Size--; /* not heard of */
    WdfCxDeviceInitSetPnpPowerEventCallbacks(extension, &events);
    events.Size++;
    WdfCxDeviceInitSetPnpPowerEventCallbacks(extension, &events);
    expect(WdfCxDeviceInitGetTypedContext(init, ADDED) == NULL);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, ADDED);
    attributes.EvtCleanupCallback = context_cleanup;
    expect_status(WdfCxDeviceInitAllocateContext(init, &attributes, (PVOID *)&added),
                  STATUS_SUCCESS);
    expect_status(WdfCxDeviceInitAllocateContext(init, &attributes, (PVOID *)&same),
                  STATUS_OBJECT_NAME_EXISTS);
    expect(added != NULL && same == added && WdfCxDeviceInitGetTypedContext(init, ADDED) == added);
    if (added != NULL)
        added->number = 7;
    turn_of(client);
    /* These are not for the client. */
    expect(WdfCxDeviceInitAllocate(init) == NULL);
    expect_status(WdfCxDeviceInitAllocateContext(init, &attributes, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect(WdfCxDeviceInitGetTypedContext(init, ADDED) == NULL);
}

static NTSTATUS NTAPI device_add(WDFDRIVER driver, PWDFDEVICE_INIT device_init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDFDEVICE device;
    NTSTATUS status;

    extend(device_init);
    if (fails_to_add)
        return STATUS_DEVICE_NOT_READY;
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&pnp);
    pnp.EvtDevicePrepareHardware = prepare;
    pnp.EvtDeviceReleaseHardware = release;
    pnp.EvtDeviceD0Entry = entry;
    pnp.EvtDeviceD0Exit = exit_d0;
    pnp.EvtDeviceSelfManagedIoInit = init;
    pnp.EvtDeviceSelfManagedIoSuspend = suspend;
    pnp.EvtDeviceSelfManagedIoRestart = restart;
    pnp.EvtDeviceSelfManagedIoFlush = flush;
    pnp.EvtDeviceSelfManagedIoCleanup = cleanup;
    pnp.EvtDeviceSurpriseRemoval = surprise;
    WdfDeviceInitSetPnpPowerEventCallbacks(device_init, &pnp);
    if (order != WdfReleaseHardwareOrderOnFailureInvalid)
        WdfDeviceInitSetReleaseHardwareOrderOnFailure(device_init, order);
    status = WdfDeviceCreate(&device_init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (NT_SUCCESS(status))
        expect(added_of(device) != NULL && added_of(device)->number == 7);
    return status;
}

PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

#define UP   "pre_prepare prepare post_prepare pre_entry entry post_entry pre_init init post_init"
#define DOWN "pre_suspend suspend post_suspend pre_exit_d0 exit_d0 post_exit_d0"
#define GONE                                                                           \
    "pre_release release post_release pre_flush flush post_flush pre_cleanup cleanup " \
    "post_cleanup"

static void around_the_client(void)
{
    struct stack stack;

    KeInitializeEvent(&restarted, SynchronizationEvent, FALSE);
    contexts_cleaned = 0;
    failing = NULL;
    journal[0] = 0;
    if (!extension_bind())
        return;
    if (stack_make(&stack)) {
        expect_status(stack_start(&stack), STATUS_SUCCESS);
        expect_journal(UP);
        expect_status(stack_power(&stack, PowerSystemSleeping3), STATUS_SUCCESS);
        expect_journal(DOWN);
        expect_status(stack_power(&stack, PowerSystemWorking), STATUS_SUCCESS);
        /* The system's IRP is through before the device is up. */
        KeWaitForSingleObject(&restarted, Executive, KernelMode, FALSE, NULL);
        expect_journal("pre_entry entry post_entry pre_restart restart post_restart");
        expect_number(contexts_cleaned, 0);
        stack_drop(&stack);
        expect_journal(DOWN " " GONE);
        expect_number(contexts_cleaned, 1);
    }
    extension_unbind();
}

static void a_surprise(void)
{
    struct stack stack;

    failing = NULL;
    journal[0] = 0;
    if (!extension_bind())
        return;
    if (stack_make(&stack)) {
        expect_status(stack_start(&stack), STATUS_SUCCESS);
        expect_journal(UP);
        expect_status(stack_pnp(&stack, IRP_MN_SURPRISE_REMOVAL, NULL, NULL), STATUS_SUCCESS);
        expect(strncmp(journal, "pre_surprise surprise post_surprise ", 36) == 0);
        journal[0] = 0;
        stack_drop(&stack);
    }
    extension_unbind();
}

/* What is heard when one on the way up fails: the start fails, and what was done is undone. */
static void failures(void)
{
    static const struct {
        const char *failing, *heard;
    } cases[] = {
        {"pre_prepare", "pre_prepare"},
        {"prepare", "pre_prepare prepare pre_release release post_release"},
        {"post_prepare", "pre_prepare prepare post_prepare pre_release release post_release"},
        {"pre_entry", "pre_prepare prepare post_prepare pre_entry pre_release release "
                      "post_release"},
        {"entry", "pre_prepare prepare post_prepare pre_entry entry undo_entry pre_release release "
                  "post_release"},
        {"pre_init", "pre_prepare prepare post_prepare pre_entry entry post_entry pre_init "
                     "pre_exit_d0 exit_d0 post_exit_d0 pre_release release post_release"},
        {"init", "pre_prepare prepare post_prepare pre_entry entry post_entry pre_init init "
                 "undo_init pre_exit_d0 exit_d0 post_exit_d0 " GONE},
    };
    struct stack stack;

    if (!extension_bind())
        return;
    for (ULONG i = 0; i < ARRAYSIZE(cases); i++) {
        failing = cases[i].failing;
        journal[0] = 0;
        order = i % 2 == 0 ? WdfReleaseHardwareOrderOnFailureEarly
                           : WdfReleaseHardwareOrderOnFailureAfterDescendants;
        if (!stack_make(&stack))
            break;
        expect(!NT_SUCCESS(stack_start(&stack)));
        if (i > 0) /* without children there is nobody to wait for, in either order */
            expect(strstr(journal, "pre_release release post_release") != NULL);
        stack_drop(&stack);
        DbgPrint("%s fails\n", failing);
        expect_journal(cases[i].heard);
    }
    failing = NULL;
    order = WdfReleaseHardwareOrderOnFailureInvalid;
    extension_unbind();
}

/* A context of a device that is not made goes with what was to make it. */
static void no_device(void)
{
    PDEVICE_OBJECT physical;

    contexts_cleaned = 0;
    if (!extension_bind())
        return;
    expect_status(
        IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &physical),
        STATUS_SUCCESS);
    fails_to_add = TRUE;
    expect_status(drivertest_driver->DriverExtension->AddDevice(drivertest_driver, physical),
                  STATUS_DEVICE_NOT_READY);
    fails_to_add = FALSE;
    expect_number(contexts_cleaned, 1);
    IoDeleteDevice(physical);
    extension_unbind();
}

/* ---- files and requests ------------------------------------------------------------------- */

static BOOLEAN keeps_create;
static volatile LONG preprocessed;
static PFN_WDF_DEVICE_FILE_CREATE client_create;

static BOOLEAN cx_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    (void)note("cx_create");
    expect(added_of(request) != NULL && added_of(file) != NULL);
    added_of(file)->number = 5;
    if (keeps_create)
        WdfRequestComplete(request, STATUS_SUCCESS);
    return keeps_create;
}

static VOID cx_cleanup(WDFFILEOBJECT file)
{
    (void)note("cx_cleanup");
    expect_number(added_of(file)->number, 5);
}

static VOID cx_close(WDFFILEOBJECT file)
{
    (void)note("cx_close");
}

static VOID file_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    (void)note("create");
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID file_cleanup(WDFFILEOBJECT file)
{
    (void)note("cleanup");
}

static VOID file_close(WDFFILEOBJECT file)
{
    (void)note("close");
}

static NTSTATUS cx_preprocess(WDFDEVICE device, PIRP irp, WDFCONTEXT dispatch)
{
    PWDF_DRIVER_GLOBALS client = turn_of_extension();
    NTSTATUS status;

    preprocessed++;
    IoSkipCurrentIrpStackLocation(irp);
    status = WdfDeviceWdmDispatchIrp(device, irp, dispatch);
    turn_of(client);
    return status;
}

static VOID cx_in_caller(WDFDEVICE device, WDFREQUEST request)
{
    expect(0); /* only for queues of the extension's own */
}

static void hook(PWDFDEVICE_INIT device_init)
{
    PWDF_DRIVER_GLOBALS client;
    WDFCX_FILEOBJECT_CONFIG cx_file;
    WDF_FILEOBJECT_CONFIG file;
    WDF_OBJECT_ATTRIBUTES attributes;
    PWDFCXDEVICE_INIT extension;

    if (client_create != NULL) {
        WDF_FILEOBJECT_CONFIG_INIT(&file, client_create, file_close, file_cleanup);
        WdfDeviceInitSetFileObjectConfig(device_init, &file, WDF_NO_OBJECT_ATTRIBUTES);
    }
    client = turn_of_extension();
    extension = WdfCxDeviceInitAllocate(device_init);
    expect(extension != NULL);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, ADDED);
    WdfCxDeviceInitSetRequestAttributes(extension, &attributes);
    WDFCX_FILEOBJECT_CONFIG_INIT(&cx_file, cx_create, cx_close, cx_cleanup);
    WdfCxDeviceInitSetFileObjectConfig(extension, &cx_file, &attributes);
    WdfCxDeviceInitSetIoInCallerContextCallback(extension, cx_in_caller);
    expect_status(WdfCxDeviceInitAssignWdmIrpPreprocessCallback(extension, cx_preprocess,
                                                                IRP_MJ_CREATE, NULL, 0),
                  STATUS_SUCCESS);
    turn_of(client);
}

static void open_and_close(const char *heard)
{
    PFILE_OBJECT file;
    HANDLE handle;

    journal[0] = 0;
    preprocessed = 0;
    expect_status(sender_open(NULL, &handle, &file), STATUS_SUCCESS);
    sender_close(handle, file);
    expect_number(preprocessed, 1);
    expect_journal(heard);
}

static void files(void)
{
    static const PFN_WDF_DEVICE_FILE_CREATE creates[] = {file_create, NULL};

    failing = NULL;
    if (!extension_bind())
        return;
    for (ULONG i = 0; i < ARRAYSIZE(creates); i++) {
        client_create = creates[i];
        WDFDEVICE device = sender_device(hook);
        if (device == NULL)
            break;
        keeps_create = TRUE;
        open_and_close("cx_create cx_cleanup cx_close");
        keeps_create = FALSE;
        open_and_close(i == 0 ? "cx_create create cleanup cx_cleanup close cx_close"
                              : "cx_create cx_cleanup cx_close");
        WdfObjectDelete(device);
    }
    extension_unbind();
}

DRIVERTEST_LIST = {
    DRIVERTEST(around_the_client), DRIVERTEST(a_surprise), DRIVERTEST(failures),
    DRIVERTEST(no_device),         DRIVERTEST(files),      DRIVERTEST_END,
};
