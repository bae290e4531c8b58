/* SPDX-License-Identifier: MIT */
/* fxtoy.c - a bus, function and filter driver of the Framework that do as the test says.
 *
 * FXTOY_ROLE chooses. Every callback is written into the journal and answers what the test wants.
 * The function driver keeps reads of a power-managed queue; writes are commands, of a queue that is
 * not power-managed.
 */
#include "fxtoy_driver.h"

struct fxtoy_shared *shared;

DRIVER_INITIALIZE DriverEntry;

/* ---- the journal ---------------------------------------------------------------------------- */

NTSTATUS note(int role, int callback, int id, int argument)
{
    LONG at = InterlockedIncrement((volatile LONG *)&shared->count) - 1;

    if (at < FXTOY_JOURNAL)
        shared->journal[at] = (struct fxtoy_entry){role, callback, id, argument};
    if (!shared->fails_once)
        return shared->fails[role][callback];
    return InterlockedExchange((volatile LONG *)&shared->fails[role][callback], 0);
}

static void event_set(void *event)
{
    if (event != NULL)
        KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

/* ---- moments -------------------------------------------------------------------------------- */

static VOID expired(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

/* Timers expire in their order, and so run their DPCs. */
static void expire(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000ll * (shared->idle_ms + 1)};
    KEVENT event;
    KTIMER timer;
    KDPC dpc;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, expired, &event);
    KeSetTimer(&timer, due, &dpc);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    KeFlushQueuedDpcs();
}

static void moment_do(WDFDEVICE device, const struct fxtoy_moment *moment)
{
    if (moment->what == FXTOY_HOLD) {
        event_set(shared->held_event);
        KeWaitForSingleObject(shared->go_event, Executive, KernelMode, FALSE, NULL);
    } else if (moment->what == FXTOY_EXPIRES) {
        expire();
    } else {
        shared->command = moment->what;
        shared->argument = moment->argument;
        command(device);
    }
}

static void moment_come(WDFDEVICE device, int where, int at)
{
    for (int i = 0; i < FXTOY_MOMENTS; i++) {
        struct fxtoy_moment *moment = &shared->moments[i];

        if (moment->role == context_of(device)->role && moment->at == at &&
            InterlockedCompareExchange((volatile LONG *)&moment->where, FXTOY_NOWHERE, where) ==
                where)
            moment_do(device, moment);
    }
}

NTSTATUS noted(WDFDEVICE device, int callback, int argument)
{
    TOY *context = context_of(device);

    moment_come(device, FXTOY_IN_CALLBACK, callback);
    return note(context->role, callback, context->id, argument);
}

#define NOTE(name, argument) noted(device, FXTOY_##name, (int)(argument))
#define IS_FUNCTION          (context_of(device)->role == FXTOY_FUNCTION)

/* ---- callbacks of all roles ----------------------------------------------------------------- */

static NTSTATUS prepare_hardware(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    return NOTE(PrepareHardware,
                WdfCmResourceListGetCount(raw) == WdfCmResourceListGetCount(translated));
}

static NTSTATUS release_hardware(WDFDEVICE device, WDFCMRESLIST translated)
{
    return NOTE(ReleaseHardware, 0);
}

static NTSTATUS d0_entry(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
    NTSTATUS status = NOTE(D0Entry, previous);

    if (IS_FUNCTION) {
        shared->previous = previous;
        if (NT_SUCCESS(status))
            InterlockedIncrement((volatile LONG *)&shared->d0);
    }
    return status;
}

static NTSTATUS d0_exit(WDFDEVICE device, WDF_POWER_DEVICE_STATE target)
{
    NTSTATUS status = NOTE(D0Exit, target);

    if (IS_FUNCTION) {
        shared->target = target;
        shared->action = WdfDeviceGetSystemPowerAction(device);
        InterlockedDecrement((volatile LONG *)&shared->d0);
        event_set(shared->exit_event);
    }
    return status;
}

static NTSTATUS post_interrupts(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
    return NOTE(PostInterrupts, previous);
}

static NTSTATUS pre_interrupts(WDFDEVICE device, WDF_POWER_DEVICE_STATE target)
{
    return NOTE(PreInterrupts, target);
}

static NTSTATUS self_init(WDFDEVICE device)
{
    NTSTATUS status = NOTE(SelfInit, 0);

    if (IS_FUNCTION)
        event_set(shared->entry_event);
    return status;
}

static NTSTATUS self_suspend(WDFDEVICE device)
{
    return NOTE(SelfSuspend, 0);
}

static NTSTATUS self_restart(WDFDEVICE device)
{
    NTSTATUS status = NOTE(SelfRestart, 0);

    if (IS_FUNCTION)
        event_set(shared->entry_event);
    return status;
}

static VOID self_flush(WDFDEVICE device)
{
    (void)NOTE(SelfFlush, 0);
}

static VOID self_cleanup(WDFDEVICE device)
{
    (void)NOTE(SelfCleanup, 0);
}

static VOID surprise(WDFDEVICE device)
{
    (void)NOTE(Surprise, 0);
}

static NTSTATUS query_stop(WDFDEVICE device)
{
    return NOTE(QueryStop, 0);
}

static NTSTATUS query_remove(WDFDEVICE device)
{
    return NOTE(QueryRemove, 0);
}

static NTSTATUS usage(WDFDEVICE device, WDF_SPECIAL_FILE_TYPE type, BOOLEAN in)
{
    return NOTE(Usage, type * 2 + in);
}

static VOID relations(WDFDEVICE device, DEVICE_RELATION_TYPE type)
{
    (void)NOTE(Relations, type);
}

static VOID context_cleanup(WDFOBJECT device)
{
    (void)NOTE(Cleanup, 0);
}

static VOID context_destroy(WDFOBJECT device)
{
    (void)NOTE(Destroy, 0);
    InterlockedDecrement((volatile LONG *)&shared->devices);
    if (IS_FUNCTION)
        event_set(shared->gone_event);
}

void callbacks_set(PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS evt;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&evt);
    evt.EvtDevicePrepareHardware = prepare_hardware;
    evt.EvtDeviceReleaseHardware = release_hardware;
    evt.EvtDeviceD0Entry = d0_entry;
    evt.EvtDeviceD0Exit = d0_exit;
    evt.EvtDeviceD0EntryPostInterruptsEnabled = post_interrupts;
    evt.EvtDeviceD0ExitPreInterruptsDisabled = pre_interrupts;
    evt.EvtDeviceSelfManagedIoInit = self_init;
    evt.EvtDeviceSelfManagedIoSuspend = self_suspend;
    evt.EvtDeviceSelfManagedIoRestart = self_restart;
    evt.EvtDeviceSelfManagedIoFlush = self_flush;
    evt.EvtDeviceSelfManagedIoCleanup = self_cleanup;
    evt.EvtDeviceSurpriseRemoval = surprise;
    evt.EvtDeviceQueryStop = query_stop;
    evt.EvtDeviceQueryRemove = query_remove;
    evt.EvtDeviceUsageNotificationEx = usage;
    evt.EvtDeviceRelationsQuery = relations;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &evt);
}

NTSTATUS device_make(PWDFDEVICE_INIT *init, int role, int id, WDFDEVICE *out_device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TOY);
    attributes.EvtCleanupCallback = context_cleanup;
    attributes.EvtDestroyCallback = context_destroy;
    InterlockedIncrement((volatile LONG *)&shared->devices);
    status = WdfDeviceCreate(init, &attributes, out_device);
    if (!NT_SUCCESS(status)) {
        InterlockedDecrement((volatile LONG *)&shared->devices);
        return status;
    }
    context_of(*out_device)->role = role;
    context_of(*out_device)->id = id;
    if (shared->special || role == FXTOY_BUS)
        WdfDeviceSetSpecialFileSupport(*out_device, WdfSpecialFilePaging, TRUE);
    return status;
}

/* ---- power policy, of the function driver --------------------------------------------------- */

static NTSTATUS arm_s0(WDFDEVICE device)
{
    return NOTE(ArmS0, 0);
}

static VOID disarm_s0(WDFDEVICE device)
{
    (void)NOTE(DisarmS0, 0);
}

static VOID woken_s0(WDFDEVICE device)
{
    (void)NOTE(WokenS0, 0);
}

static NTSTATUS arm_sx(WDFDEVICE device)
{
    return NOTE(ArmSx, 0);
}

static VOID disarm_sx(WDFDEVICE device)
{
    (void)NOTE(DisarmSx, 0);
}

static VOID woken_sx(WDFDEVICE device)
{
    (void)NOTE(WokenSx, 0);
}

NTSTATUS idle_assign(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, shared->idles == 2 ? IdleCanWakeFromS0
                                                                         : IdleCannotWakeFromS0);
    idle.IdleTimeout = (ULONG)shared->idle_ms;
    idle.UserControlOfIdleSettings = IdleDoNotAllowUserControl;
    idle.Enabled = shared->idles ? WdfTrue : WdfFalse;
    idle.IdleTimeoutType = (WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE)shared->managed;
    idle.PowerUpIdleDeviceOnSystemWake = shared->power_up_on_wake ? WdfTrue : WdfFalse;
    return WdfDeviceAssignS0IdleSettings(device, &idle);
}

static NTSTATUS policy_assign(WDFDEVICE device)
{
    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS wake;
    NTSTATUS status = STATUS_SUCCESS;

    if (shared->is_not_owner)
        return status;
    if (shared->managed)
        status = managed_assign(device, (enum fxtoy_settings)shared->managed_how);
    if (NT_SUCCESS(status) && shared->idles)
        status = idle_assign(device);
    if (NT_SUCCESS(status) && shared->wakes_system) {
        WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(&wake);
        wake.UserControlOfWakeSettings = WakeDoNotAllowUserControl;
        wake.Enabled = WdfTrue;
        status = WdfDeviceAssignSxWakeSettings(device, &wake);
    }
    return status;
}

static VOID heard_pnp(WDFDEVICE device, PCWDF_DEVICE_PNP_NOTIFICATION_DATA data)
{
    (void)device;
    if (data->Data.EnterState.NewState == WdfDevStatePnpStarted)
        InterlockedIncrement((volatile LONG *)&shared->heard);
}

static VOID heard_power(WDFDEVICE device, PCWDF_DEVICE_POWER_NOTIFICATION_DATA data)
{
    (void)device;
    if (WdfDevStateNormalize(data->Data.EnterState.NewState) == WdfDevStatePowerD0)
        InterlockedExchangeAdd((volatile LONG *)&shared->heard, 100);
}

static VOID heard_policy(WDFDEVICE device, PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA data)
{
    (void)device;
    if (data->Data.LeaveState.CurrentState == WdfDevStatePwrPolStarted)
        InterlockedExchangeAdd((volatile LONG *)&shared->heard, 10000);
}

static VOID moment_pnp(WDFDEVICE device, PCWDF_DEVICE_PNP_NOTIFICATION_DATA data)
{
    moment_come(device, FXTOY_IN_PNP, data->Data.EnterState.NewState);
}

static VOID moment_power(WDFDEVICE device, PCWDF_DEVICE_POWER_NOTIFICATION_DATA data)
{
    moment_come(device, FXTOY_IN_POWER, data->Data.EnterState.NewState);
}

static VOID moment_policy(WDFDEVICE device, PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA data)
{
    moment_come(device, FXTOY_IN_POLICY, data->Data.EnterState.NewState);
}

static void moments_init(PWDFDEVICE_INIT init)
{
    for (int i = 0; i < FXTOY_MOMENTS; i++) {
        const struct fxtoy_moment *moment = &shared->moments[i];

        if (moment->where == FXTOY_IN_PNP)
            WdfDeviceInitRegisterPnpStateChangeCallback(init, (WDF_DEVICE_PNP_STATE)moment->at,
                                                        moment_pnp, StateNotificationEnterState);
        else if (moment->where == FXTOY_IN_POWER)
            WdfDeviceInitRegisterPowerStateChangeCallback(init, (WDF_DEVICE_POWER_STATE)moment->at,
                                                          moment_power,
                                                          StateNotificationEnterState);
        else if (moment->where == FXTOY_IN_POLICY)
            WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
                init, (WDF_DEVICE_POWER_POLICY_STATE)moment->at, moment_policy,
                StateNotificationEnterState);
    }
}

static void policy_init(PWDFDEVICE_INIT init)
{
    WDF_POWER_POLICY_EVENT_CALLBACKS evt;

    WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(&evt);
    evt.EvtDeviceArmWakeFromS0 = arm_s0;
    evt.EvtDeviceDisarmWakeFromS0 = disarm_s0;
    evt.EvtDeviceWakeFromS0Triggered = woken_s0;
    evt.EvtDeviceArmWakeFromSx = arm_sx;
    evt.EvtDeviceDisarmWakeFromSx = disarm_sx;
    evt.EvtDeviceWakeFromSxTriggered = woken_sx;
    WdfDeviceInitSetPowerPolicyEventCallbacks(init, &evt);
    moments_init(init);
    if (shared->is_not_owner)
        WdfDeviceInitSetPowerPolicyOwnership(init, FALSE);
    if (shared->is_np)
        WdfDeviceInitSetPowerNotPageable(init);
    if (shared->listens) {
        WdfDeviceInitRegisterPnpStateChangeCallback(init, WdfDevStatePnpStarted, heard_pnp,
                                                    StateNotificationEnterState);
        WdfDeviceInitRegisterPowerStateChangeCallback(init, WdfDevStatePowerD0, heard_power,
                                                      StateNotificationEnterState);
        WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
            init, WdfDevStatePwrPolStarted, heard_policy, StateNotificationLeaveState);
    }
}

/* ---- I/O of the function driver ------------------------------------------------------------- */

static VOID read_let_go(WDFREQUEST request, NTSTATUS status)
{
    InterlockedDecrement((volatile LONG *)&shared->reads_held);
    WdfRequestComplete(request, status);
}

static VOID evt_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WDFDEVICE device = WdfIoQueueGetDevice(queue);
    TOY *context = context_of(device);

    (void)NOTE(Read, 0);
    if (!shared->holds_reads) {
        WdfRequestComplete(request, STATUS_SUCCESS);
        return;
    }
    InterlockedIncrement((volatile LONG *)&shared->reads_held);
    context->held = request;
    event_set(shared->read_event);
}

static VOID evt_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    WDFDEVICE device = WdfIoQueueGetDevice(queue);

    (void)NOTE(IoStop, flags);
    if (flags & WdfRequestStopActionPurge) {
        read_let_go(request, STATUS_CANCELLED);
    } else if (shared->stop_how == FXTOY_COMPLETE) {
        read_let_go(request, STATUS_DEVICE_NOT_READY);
    } else {
        if (shared->stop_how == FXTOY_REQUEUE)
            InterlockedDecrement((volatile LONG *)&shared->reads_held);
        WdfRequestStopAcknowledge(request, shared->stop_how == FXTOY_REQUEUE);
    }
}

static VOID evt_resume(WDFQUEUE queue, WDFREQUEST request)
{
    WDFDEVICE device = WdfIoQueueGetDevice(queue);

    (void)NOTE(IoResume, 0);
    read_let_go(request, STATUS_SUCCESS);
}

static void state_set(WDFDEVICE device)
{
    WDF_DEVICE_STATE state, read;

    WDF_DEVICE_STATE_INIT(&state);
    if (shared->argument & 1)
        state.NotDisableable = WdfTrue;
    if (shared->argument & 2)
        state.DontDisplayInUI = WdfTrue;
    if (shared->argument & 4)
        state.Failed = WdfTrue;
    WdfDeviceSetDeviceState(device, &state);
    WDF_DEVICE_STATE_INIT(&read);
    WdfDeviceGetDeviceState(device, &read);
    shared->status = read.NotDisableable == state.NotDisableable &&
                             read.DontDisplayInUI == state.DontDisplayInUI &&
                             read.Failed == state.Failed
                         ? STATUS_SUCCESS
                         : STATUS_UNSUCCESSFUL;
}

void command(WDFDEVICE device)
{
    switch (shared->command) {
    case FXTOY_SCAN:
        shared->status = bus_scan(device);
        break;
    case FXTOY_WAKE:
        shared->status = bus_wake(device, shared->argument, shared->argument2);
        break;
    case FXTOY_STOP_IDLE:
        shared->status = WdfDeviceStopIdle(device, TRUE);
        break;
    case FXTOY_STOP_IDLE_NO_WAIT:
        shared->status = WdfDeviceStopIdle(device, FALSE);
        break;
    case FXTOY_RESUME_IDLE:
        WdfDeviceResumeIdle(device);
        break;
    case FXTOY_SET_FAILED:
        WdfDeviceSetFailed(device, (WDF_DEVICE_FAILED_ACTION)shared->argument);
        break;
    case FXTOY_SET_STATE:
        state_set(device);
        break;
    case FXTOY_STATES:
        shared->argument = WdfDeviceGetDevicePnpState(device);
        shared->argument2 = WdfDeviceGetDevicePowerState(device);
        shared->argument3 = WdfDeviceGetDevicePowerPolicyState(device);
        break;
    case FXTOY_IDLE:
        shared->status = idle_assign(device);
        break;
    case FXTOY_STATIC:
        WdfDeviceSetStaticStopRemove(device, (BOOLEAN)shared->argument);
        break;
    case FXTOY_MANAGE:
        shared->status = managed_assign(device, (enum fxtoy_settings)shared->argument);
        break;
    case FXTOY_ACTION:
        shared->argument = WdfDeviceGetSystemPowerAction(device);
        break;
    }
}

static VOID evt_write(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    WDFDEVICE device = WdfIoQueueGetDevice(queue);

    if (shared->on_child != 0 && context_of(device)->role == FXTOY_BUS)
        device = bus_child(device, shared->on_child);
    if (device != NULL)
        command(device);
    else
        shared->status = STATUS_NO_SUCH_DEVICE;
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static NTSTATUS queues_make(WDFDEVICE device, BOOLEAN reads)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoWrite = evt_write;
    config.PowerManaged = WdfFalse;
    config.AllowZeroLengthRequests = TRUE;
    status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
    if (NT_SUCCESS(status))
        status = WdfDeviceConfigureRequestDispatching(device, queue, WdfRequestTypeWrite);
    if (!NT_SUCCESS(status) || !reads)
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = evt_read;
    config.EvtIoStop = evt_stop;
    config.EvtIoResume = evt_resume;
    config.PowerManaged = WdfTrue;
    config.AllowZeroLengthRequests = TRUE;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
}

/* ---- requirements --------------------------------------------------------------------------- */

static NTSTATUS requirements_remove(WDFDEVICE device, WDFIORESREQLIST list)
{
    return NOTE(RemoveRequirements, WdfIoResourceRequirementsListGetCount(list));
}

static NTSTATUS requirements_add(WDFDEVICE device, WDFIORESREQLIST list)
{
    return NOTE(AddRequirements, WdfIoResourceRequirementsListGetCount(list));
}

static NTSTATUS added_remove(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    return NOTE(RemoveAdded, WdfCmResourceListGetCount(raw));
}

/* ---- hardware of the function driver -------------------------------------------------------- */

static BOOLEAN isr(WDFINTERRUPT interrupt, ULONG message)
{
    return FALSE;
}

static NTSTATUS interrupt_on(WDFINTERRUPT interrupt, WDFDEVICE device)
{
    return note(FXTOY_FUNCTION, FXTOY_InterruptOn, context_of(device)->id, 0);
}

static NTSTATUS interrupt_off(WDFINTERRUPT interrupt, WDFDEVICE device)
{
    return STATUS_SUCCESS;
}

static NTSTATUS dma_on(WDFDMAENABLER enabler)
{
    return note(FXTOY_FUNCTION, FXTOY_DmaOn, -1, 0);
}

static NTSTATUS hardware_make(WDFDEVICE device)
{
    static const GUID interface = {0x5d2c1e11, 0x77a1, 0x4b06, {1, 2, 3, 4, 5, 6, 7, 8}};
    WDF_INTERRUPT_CONFIG interrupt;
    WDF_DMA_ENABLER_CONFIG dma;
    WDFDMAENABLER enabler;
    WDFINTERRUPT made;
    NTSTATUS status = STATUS_SUCCESS;

    if (shared->has_interface)
        status = WdfDeviceCreateDeviceInterface(device, &interface, NULL);
    if (NT_SUCCESS(status) && shared->has_interrupt) {
        WDF_INTERRUPT_CONFIG_INIT(&interrupt, isr, NULL);
        interrupt.EvtInterruptEnable = interrupt_on;
        interrupt.EvtInterruptDisable = interrupt_off;
        status = WdfInterruptCreate(device, &interrupt, WDF_NO_OBJECT_ATTRIBUTES, &made);
    }
    if (NT_SUCCESS(status) && shared->has_dma) {
        WDF_DMA_ENABLER_CONFIG_INIT(&dma, WdfDmaProfileScatterGather64, 65536);
        dma.EvtDmaEnablerEnable = dma_on;
        status = WdfDmaEnablerCreate(device, &dma, WDF_NO_OBJECT_ATTRIBUTES, &enabler);
    }
    return status;
}

/* ---- the drivers ---------------------------------------------------------------------------- */

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_FDO_EVENT_CALLBACKS fdo;
    WDFDEVICE device;
    NTSTATUS status = note(FXTOY_ROLE, FXTOY_Add, -1, 0);

    if (!NT_SUCCESS(status))
        return status;
    callbacks_set(init);
    if (FXTOY_ROLE == FXTOY_FILTER)
        WdfFdoInitSetFilter(init);
    if (FXTOY_ROLE == FXTOY_BUS)
        bus_init(init);
    if (FXTOY_ROLE == FXTOY_FUNCTION) {
        WDF_FDO_EVENT_CALLBACKS_INIT(&fdo);
        fdo.EvtDeviceFilterRemoveResourceRequirements = requirements_remove;
        fdo.EvtDeviceFilterAddResourceRequirements = requirements_add;
        fdo.EvtDeviceRemoveAddedResources = added_remove;
        WdfFdoInitSetEventCallbacks(init, &fdo);
        policy_init(init);
    }
    status = device_make(&init, FXTOY_ROLE, -1, &device);
    if (!NT_SUCCESS(status))
        return status;
    if (FXTOY_ROLE == FXTOY_FUNCTION) {
        context_of(device)->id = child_id(WdfDeviceWdmGetPhysicalDevice(device));
        status = policy_assign(device);
        if (NT_SUCCESS(status))
            status = hardware_make(device);
    }
    if (FXTOY_ROLE == FXTOY_BUS && shared->bus_idles)
        status = idle_assign(device);
    if (NT_SUCCESS(status) && FXTOY_ROLE != FXTOY_FILTER)
        status = queues_make(device, FXTOY_ROLE == FXTOY_FUNCTION);
    return status;
}

static NTSTATUS shared_find(WDFDRIVER driver)
{
    DECLARE_CONST_UNICODE_STRING(name, L"Shared");
    ULONG64 address = 0;
    ULONG length, type;
    WDFKEY key;
    NTSTATUS status =
        WdfDriverOpenParametersRegistryKey(driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &key);

    if (!NT_SUCCESS(status))
        return status;
    status = WdfRegistryQueryValue(key, &name, sizeof(address), &address, &length, &type);
    WdfRegistryClose(key);
    shared = (struct fxtoy_shared *)(ULONG_PTR)address;
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    WDF_DRIVER_CONFIG config;
    WDFDRIVER made;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, device_add);
    status = WdfDriverCreate(driver, path, WDF_NO_OBJECT_ATTRIBUTES, &config, &made);
    if (NT_SUCCESS(status))
        status = shared_find(made);
    return status;
}
