/* SPDX-License-Identifier: MIT */
/* timers.c - timers, DPCs and work items: levels, parents, serialization, stopping, deletion. */
#include "control_device.h"

typedef struct _COUNTER {
    KEVENT called; /* each time */
    KEVENT *go;    /* the callback waits for it, when it is there */
    volatile LONG count;
    KIRQL irql;
    LONG again;          /* how often the timer's callback starts it again */
    BOOLEAN is_deleting; /* the callback deletes its object */
    BOOLEAN stopped;     /* what a waiting stop inside the callback said */
} COUNTER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(COUNTER, counter_of);

static KEVENT destroyed;
static LONG destroy_count;

static VOID evt_destroy(WDFOBJECT object)
{
    destroy_count++;
    KeSetEvent(&destroyed, IO_NO_INCREMENT, FALSE);
}

static void wait_for(KEVENT *event)
{
    KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
}

static void counted(WDFOBJECT object)
{
    COUNTER *counter = counter_of(object);

    counter->irql = KeGetCurrentIrql();
    InterlockedIncrement(&counter->count);
    KeSetEvent(&counter->called, IO_NO_INCREMENT, FALSE);
    if (counter->go)
        wait_for(counter->go);
}

static void attributes_init(WDF_OBJECT_ATTRIBUTES *attributes, WDFOBJECT parent)
{
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(attributes, COUNTER);
    attributes->ParentObject = parent;
    attributes->EvtDestroyCallback = evt_destroy;
    KeInitializeEvent(&destroyed, SynchronizationEvent, FALSE);
    destroy_count = 0;
}

static void counter_init(WDFOBJECT object)
{
    KeInitializeEvent(&counter_of(object)->called, SynchronizationEvent, FALSE);
}

/* ---- timers ---------------------------------------------------------------------------------- */

static VOID evt_timer(WDFTIMER timer)
{
    COUNTER *counter = counter_of(timer);

    if (counter->again) {
        counter->again--;
        expect(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1)));
    }
    if (counter->is_deleting) {
        counter->stopped = WdfTimerStop(timer, TRUE);
        WdfObjectDelete(timer);
    }
    counted(timer);
}

static WDFTIMER timer_make(WDFOBJECT parent, WDF_TIMER_CONFIG *config, WDF_EXECUTION_LEVEL level)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFTIMER timer = NULL;

    attributes_init(&attributes, parent);
    attributes.ExecutionLevel = level;
    expect_status(WdfTimerCreate(config, &attributes, &timer), STATUS_SUCCESS);
    if (timer)
        counter_init(timer);
    return timer;
}

static void timers_fire_once(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;

    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    timer = timer_make(device, &config, WdfExecutionLevelInheritFromParent);
    expect(WdfTimerGetParentObject(timer) == device);
    expect(!WdfTimerStop(timer, FALSE));
    expect(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1)));
    wait_for(&counter_of(timer)->called);
    expect_number(counter_of(timer)->irql, DISPATCH_LEVEL);
    expect(!WdfTimerStop(timer, TRUE));
    expect_number(counter_of(timer)->count, 1);
    /* One that is set again: TRUE, and it fires once. Absolute times are good, too. */
    expect(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_SEC(3600)));
    expect(WdfTimerStart(timer, WDF_ABS_TIMEOUT_IN_SEC(1)));
    wait_for(&counter_of(timer)->called);
    expect(!WdfTimerStop(timer, TRUE));
    expect_number(counter_of(timer)->count, 2);
    expect(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_SEC(3600)));
    expect(WdfTimerStop(timer, TRUE));
    expect_number(counter_of(timer)->count, 2);
    /* The parent's deletion stops a timer that runs. */
    expect(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_SEC(3600)));
    WdfObjectDelete(device);
    expect_number(destroy_count, 1);
}

static void timers_start_themselves_again(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;

    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    timer = timer_make(device, &config, WdfExecutionLevelInheritFromParent);
    counter_of(timer)->again = 4;
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1));
    while (counter_of(timer)->count < 5)
        wait_for(&counter_of(timer)->called);
    expect(!WdfTimerStop(timer, TRUE));
    expect_number(counter_of(timer)->count, 5);
    WdfObjectDelete(device);
}

/* A timer that would start itself for ever is stopped by one waiting stop. */
static void timers_stop_for_good(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;
    LONG count;

    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    timer = timer_make(device, &config, WdfExecutionLevelInheritFromParent);
    counter_of(timer)->again = MAXLONG;
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1));
    while (counter_of(timer)->count < 10)
        wait_for(&counter_of(timer)->called);
    expect(WdfTimerStop(timer, TRUE)); /* it always runs, or starts just then */
    count = counter_of(timer)->count;
    expect(!WdfTimerStop(timer, TRUE));
    expect_number(counter_of(timer)->count, count);
    WdfObjectDelete(device);
}

static void timers_of_every_kind(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
    ULONG i;

    for (i = 0; i < 4; i++) {
        WDF_TIMER_CONFIG config;
        WDFTIMER timer;

        WDF_TIMER_CONFIG_INIT_PERIODIC(&config, evt_timer, 1);
        if (i == 1)
            config.TolerableDelay = 1;
        else if (i == 2)
            config.TolerableDelay = TolerableDelayUnlimited;
        else if (i == 3)
            config.UseHighResolutionTimer = WdfTrue;
        timer = timer_make(device, &config, WdfExecutionLevelInheritFromParent);
        expect(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1)));
        while (counter_of(timer)->count < 3)
            wait_for(&counter_of(timer)->called);
        expect_number(counter_of(timer)->irql, DISPATCH_LEVEL);
        expect(WdfTimerStop(timer, TRUE)); /* a periodic one always runs */
        expect(!WdfTimerStop(timer, FALSE));
        WdfObjectDelete(timer);
        wait_for(&destroyed);
    }
    WdfObjectDelete(device);
}

static void timers_refused(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelDispatch);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG config;
    WDFOBJECT lonely = NULL;
    WDFTIMER timer = NULL;
    KIRQL irql;

    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_WDF_PARENT_NOT_SPECIFIED);
    expect_status(WdfTimerCreate(&config, NULL, &timer), STATUS_WDF_PARENT_NOT_SPECIFIED);
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &lonely), STATUS_SUCCESS);
    attributes.ParentObject = lonely;
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(lonely);

    attributes.ParentObject = device;
    config.Size--;
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_INFO_LENGTH_MISMATCH);
    config.Size++;
    config.Period = (ULONG)-1;
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_INVALID_PARAMETER);
    config.Period = 0;
    config.TolerableDelay = 0x80000000;
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_INVALID_PARAMETER);
    config.TolerableDelay = 1;
    config.UseHighResolutionTimer = WdfTrue;
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_INVALID_PARAMETER);
    WDF_TIMER_CONFIG_INIT_PERIODIC(&config, evt_timer, 10);
    config.AutomaticSerialization = FALSE;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    expect_status(WdfTimerCreate(&config, &attributes, &timer), STATUS_NOT_SUPPORTED);
    /* Its callback would be passive, the device's lock is a spin lock. */
    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    expect_status(WdfTimerCreate(&config, &attributes, &timer),
                  STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    expect(timer == NULL);

    config.AutomaticSerialization = FALSE;
    timer = timer_make(device, &config, WdfExecutionLevelPassive);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_SEC(3600));
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect(!WdfTimerStop(timer, TRUE)); /* cannot wait here: nothing is stopped */
    expect(WdfTimerStop(timer, FALSE));
    KeLowerIrql(irql);
    WdfObjectDelete(device);
}

static void timers_at_passive_level(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelPassive);
    WDF_TIMER_CONFIG config;
    WDFTIMER timer;

    WDF_TIMER_CONFIG_INIT(&config, evt_timer);
    timer = timer_make(device, &config, WdfExecutionLevelPassive);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1));
    wait_for(&counter_of(timer)->called);
    expect_number(counter_of(timer)->irql, PASSIVE_LEVEL);
    counter_of(timer)->again = 3;
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1));
    while (counter_of(timer)->count < 5)
        wait_for(&counter_of(timer)->called);
    expect(!WdfTimerStop(timer, TRUE));
    expect_number(counter_of(timer)->count, 5);
    /* A callback may delete its own timer, but not wait for itself. */
    counter_of(timer)->is_deleting = TRUE;
    counter_of(timer)->stopped = TRUE;
    KeClearEvent(&counter_of(timer)->called);
    WdfObjectReference(timer);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1));
    wait_for(&counter_of(timer)->called);
    expect(!counter_of(timer)->stopped);
    expect_number(destroy_count, 0);
    WdfObjectDereference(timer);
    wait_for(&destroyed);
    WdfObjectDelete(device);
}

/* ---- DPCs ------------------------------------------------------------------------------------ */

static VOID evt_dpc(WDFDPC dpc)
{
    counted(dpc);
}

static void dpcs(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelDispatch);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG config;
    WDFOBJECT between = NULL;
    WDFDPC dpc = NULL;
    KIRQL irql;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    expect_status(WdfObjectCreate(&attributes, &between), STATUS_SUCCESS);
    WDF_DPC_CONFIG_INIT(&config, evt_dpc);
    attributes_init(&attributes, between); /* any object below a device */
    expect_status(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    counter_init(dpc);
    expect(WdfDpcGetParentObject(dpc) == between);
    expect(WdfDpcWdmGetDpc(dpc) != NULL);

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect(WdfDpcEnqueue(dpc));
    expect(!WdfDpcEnqueue(dpc));
    KeLowerIrql(irql);
    wait_for(&counter_of(dpc)->called);
    expect_number(counter_of(dpc)->count, 1);
    expect_number(counter_of(dpc)->irql, DISPATCH_LEVEL);

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect(WdfDpcEnqueue(dpc));
    expect(WdfDpcCancel(dpc, FALSE));
    expect(!WdfDpcCancel(dpc, FALSE));
    expect(!WdfDpcCancel(dpc, TRUE)); /* cannot wait here */
    KeLowerIrql(irql);
    expect(!WdfDpcCancel(dpc, TRUE));
    expect_number(counter_of(dpc)->count, 1);
    WdfObjectDelete(between);
    expect_number(destroy_count, 1);
    WdfObjectDelete(device);
}

static void dpcs_refused(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelPassive);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG config;
    WDFDPC dpc = NULL;

    WDF_DPC_CONFIG_INIT(&config, evt_dpc);
    expect_status(WdfDpcCreate(&config, NULL, &dpc), STATUS_WDF_PARENT_NOT_SPECIFIED);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    expect_status(WdfDpcCreate(&config, &attributes, &dpc),
                  STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    config.Size = 1;
    expect_status(WdfDpcCreate(&config, &attributes, &dpc), STATUS_INFO_LENGTH_MISMATCH);
    WDF_DPC_CONFIG_INIT(&config, evt_dpc);
    config.AutomaticSerialization = FALSE;
    expect_status(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    attributes.ParentObject = kmdf_driver;
    expect_status(WdfDpcCreate(&config, &attributes, &dpc), STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(device);
}

/* ---- work items ------------------------------------------------------------------------------ */

static VOID evt_work(WDFWORKITEM item)
{
    COUNTER *counter = counter_of(item);

    if (counter->again) {
        counter->again--;
        WdfWorkItemEnqueue(item);
    }
    if (counter->is_deleting) {
        if (destroy_count == 0)
            WdfWorkItemFlush(item); /* comes back at once, logged */
        WdfObjectDelete(item);
    }
    counted(item);
}

static WDFWORKITEM work_make(WDFOBJECT parent, BOOLEAN is_serialized)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM item = NULL;

    WDF_WORKITEM_CONFIG_INIT(&config, evt_work);
    config.AutomaticSerialization = is_serialized;
    attributes_init(&attributes, parent);
    expect_status(WdfWorkItemCreate(&config, &attributes, &item), STATUS_SUCCESS);
    if (item)
        counter_init(item);
    return item;
}

static void work_items(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
    WDFWORKITEM item = work_make(device, TRUE);
    KEVENT go;
    KIRQL irql;

    KeInitializeEvent(&go, NotificationEvent, FALSE);
    expect(WdfWorkItemGetParentObject(item) == device);
    WdfWorkItemFlush(item); /* nothing to wait for */
    counter_of(item)->go = &go;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfWorkItemEnqueue(item);
    KeLowerIrql(irql);
    wait_for(&counter_of(item)->called);
    expect_number(counter_of(item)->irql, PASSIVE_LEVEL);
    /* While it runs it may be enqueued once more, and only once. */
    WdfWorkItemEnqueue(item);
    WdfWorkItemEnqueue(item);
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    WdfWorkItemFlush(item);
    expect(counter_of(item)->count >= 2 && counter_of(item)->count <= 3);
    counter_of(item)->count = 0;
    counter_of(item)->again = 3;
    WdfWorkItemEnqueue(item);
    while (counter_of(item)->count < 4)
        wait_for(&counter_of(item)->called);
    WdfWorkItemFlush(item);
    expect_number(counter_of(item)->count, 4);
    WdfObjectDelete(device);
    expect_number(destroy_count, 1);
}

/* A deletion waits for the callback; one by the callback itself does not. */
static void work_items_deleted(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
    WDFWORKITEM item = work_make(device, FALSE);
    LONG round;

    for (round = 0; round < 50; round++) {
        WdfWorkItemEnqueue(item);
        WdfObjectReference(item);
        WdfObjectDelete(item);
        expect_number(counter_of(item)->count, 1);
        if (round == 0)
            WdfWorkItemEnqueue(item); /* too late: logged */
        WdfObjectDereference(item);
        wait_for(&destroyed);
        item = work_make(device, FALSE);
    }
    for (round = 0; round < 50; round++) {
        destroy_count = round;
        counter_of(item)->is_deleting = TRUE;
        WdfWorkItemEnqueue(item);
        wait_for(&destroyed);
        item = work_make(device, FALSE);
    }
    WdfWorkItemEnqueue(item);
    WdfObjectDelete(device);
    expect_number(destroy_count, 1);
}

static void work_items_refused(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelDispatch);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM item = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    WDF_WORKITEM_CONFIG_INIT(&config, NULL);
    expect_status(WdfWorkItemCreate(&config, &attributes, &item), STATUS_INVALID_PARAMETER);
    WDF_WORKITEM_CONFIG_INIT(&config, evt_work);
    expect_status(WdfWorkItemCreate(&config, NULL, &item), STATUS_WDF_PARENT_NOT_SPECIFIED);
    expect_status(WdfWorkItemCreate(&config, &attributes, &item),
                  STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    config.Size = 0;
    expect_status(WdfWorkItemCreate(&config, &attributes, &item), STATUS_INFO_LENGTH_MISMATCH);
    WDF_WORKITEM_CONFIG_INIT(&config, evt_work);
    attributes.ParentObject = kmdf_driver;
    expect_status(WdfWorkItemCreate(&config, &attributes, &item), STATUS_INVALID_DEVICE_REQUEST);
    WdfObjectDelete(device);
}

/* ---- one at a time --------------------------------------------------------------------------- */

#define ROUNDS 300

static volatile LONG inside, most;
static LONG unlocked;

static void alone(WDFOBJECT object)
{
    LONG now = InterlockedIncrement(&inside);

    if (now > most)
        most = now;
    unlocked++;
    counter_of(object)->irql = KeGetCurrentIrql();
    InterlockedDecrement(&inside);
    InterlockedIncrement(&counter_of(object)->count);
    KeSetEvent(&counter_of(object)->called, IO_NO_INCREMENT, FALSE);
}

static VOID evt_timer_alone(WDFTIMER timer)
{
    alone(timer);
}

static VOID evt_dpc_alone(WDFDPC dpc)
{
    alone(dpc);
}

static VOID evt_work_alone(WDFWORKITEM item)
{
    alone(item);
}

/* Callbacks below one device with AutomaticSerialization never run at the same time, nor while the
 * device's lock is held. */
static void serialized_at_dispatch(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelDispatch);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG timer_config;
    WDF_DPC_CONFIG dpc_config;
    WDFTIMER timer = NULL;
    WDFDPC dpc = NULL;
    LONG i;

    inside = most = unlocked = 0;
    attributes_init(&attributes, device);
    WDF_TIMER_CONFIG_INIT_PERIODIC(&timer_config, evt_timer_alone, 1);
    expect_status(WdfTimerCreate(&timer_config, &attributes, &timer), STATUS_SUCCESS);
    WDF_DPC_CONFIG_INIT(&dpc_config, evt_dpc_alone);
    expect_status(WdfDpcCreate(&dpc_config, &attributes, &dpc), STATUS_SUCCESS);
    counter_init(timer);
    counter_init(dpc);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_US(1));
    for (i = 0; i < ROUNDS; i++) {
        WdfDpcEnqueue(dpc);
        WdfObjectAcquireLock(device);
        expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
        expect_number(inside, 0);
        unlocked++;
        WdfObjectReleaseLock(device);
        wait_for(&counter_of(dpc)->called);
    }
    wait_for(&counter_of(timer)->called);
    WdfTimerStop(timer, TRUE);
    WdfDpcCancel(dpc, TRUE);
    expect_number(most, 1);
    expect_number(unlocked, ROUNDS + counter_of(timer)->count + counter_of(dpc)->count);
    WdfObjectDelete(device);
}

static void serialized_at_passive(void)
{
    WDFDEVICE device =
        control_device_create(WdfSynchronizationScopeDevice, WdfExecutionLevelPassive);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM items[3];
    LONG i, j, sum = 0;

    inside = most = unlocked = 0;
    attributes_init(&attributes, device);
    WDF_WORKITEM_CONFIG_INIT(&config, evt_work_alone);
    for (i = 0; i < ARRAYSIZE(items); i++) {
        expect_status(WdfWorkItemCreate(&config, &attributes, &items[i]), STATUS_SUCCESS);
        counter_init(items[i]);
    }
    for (i = 0; i < ROUNDS; i++) {
        for (j = 0; j < ARRAYSIZE(items); j++)
            WdfWorkItemEnqueue(items[j]);
        WdfObjectAcquireLock(device);
        expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
        expect_number(inside, 0);
        unlocked++;
        WdfObjectReleaseLock(device);
    }
    for (j = 0; j < ARRAYSIZE(items); j++) {
        WdfWorkItemFlush(items[j]);
        expect_number(counter_of(items[j])->irql, PASSIVE_LEVEL);
        sum += counter_of(items[j])->count;
    }
    expect_number(most, 1);
    expect_number(unlocked, ROUNDS + sum);
    WdfObjectDelete(device);
}

DRIVERTEST_LIST = {DRIVERTEST(timers_fire_once),
                   DRIVERTEST(timers_start_themselves_again),
                   DRIVERTEST(timers_stop_for_good),
                   DRIVERTEST(timers_of_every_kind),
                   DRIVERTEST(timers_refused),
                   DRIVERTEST(timers_at_passive_level),
                   DRIVERTEST(dpcs),
                   DRIVERTEST(dpcs_refused),
                   DRIVERTEST(work_items),
                   DRIVERTEST(work_items_deleted),
                   DRIVERTEST(work_items_refused),
                   DRIVERTEST(serialized_at_dispatch),
                   DRIVERTEST(serialized_at_passive),
                   DRIVERTEST_END};
