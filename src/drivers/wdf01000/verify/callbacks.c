/* SPDX-License-Identifier: MIT */
/* callbacks.c - callbacks that are looked at (place.c): those that cost nothing where nobody looks,
 * because ours stand in their places only then.
 *
 * In: a configuration with a client's callbacks; out: the same with ours in their places, which
 * find the client's in a context of the object. Queues are made one at a time: until a new one has
 * its context its callbacks stand in the driver's.
 */
#include "../object/object.h"
#include "verify.h"

struct driver_events {
    PFN_WDF_DRIVER_DEVICE_ADD device_add;
    FAST_MUTEX lock; /* over the creation of a queue; guards: pending */
    WDF_IO_QUEUE_CONFIG pending;
};

static const WDF_OBJECT_CONTEXT_TYPE_INFO driver_type = {
    sizeof(driver_type), "verified driver", sizeof(struct driver_events), &driver_type, NULL};
static const WDF_OBJECT_CONTEXT_TYPE_INFO queue_type = {
    sizeof(queue_type), "verified queue", sizeof(WDF_IO_QUEUE_CONFIG), &queue_type, NULL};

/* ---- the driver
 * ------------------------------------------------------------------------------------ */

static struct driver_events *events_of_driver(struct fx_globals *globals)
{
    return globals->driver != NULL ? fx_context_find(&globals->driver->object, &driver_type) : NULL;
}

static NTSTATUS NTAPI device_add(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    struct driver_events *events =
        fx_context_find((struct fx_object *)(~(ULONG_PTR)Driver), &driver_type);
    struct fx_globals *globals = ((struct fx_object *)(~(ULONG_PTR)Driver))->globals;
    NTSTATUS status;

    FX_WATCHED(globals, events->device_add, status = events->device_add(Driver, DeviceInit));
    return status;
}

NTSTATUS NTAPI verify_WdfDriverCreate(PWDF_DRIVER_GLOBALS globals, PDRIVER_OBJECT DriverObject,
                                      PCUNICODE_STRING RegistryPath,
                                      PWDF_OBJECT_ATTRIBUTES DriverAttributes,
                                      PWDF_DRIVER_CONFIG DriverConfig, WDFDRIVER *Driver)
{
    struct fx_globals *client = fx_globals_of(globals);
    WDF_OBJECT_ATTRIBUTES attributes;
    struct driver_events *events;
    WDF_DRIVER_CONFIG config;
    NTSTATUS status;

    if ((client->verifier.options & FX_VERIFY_CALLBACKS) == 0 || DriverConfig == NULL ||
        DriverConfig->Size != sizeof(config))
        return imp_WdfDriverCreate(globals, DriverObject, RegistryPath, DriverAttributes,
                                   DriverConfig, Driver);
    config = *DriverConfig;
    if (config.EvtDriverDeviceAdd != NULL)
        config.EvtDriverDeviceAdd = device_add;
    status =
        imp_WdfDriverCreate(globals, DriverObject, RegistryPath, DriverAttributes, &config, Driver);
    if (!NT_SUCCESS(status))
        return status;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ContextTypeInfo = &driver_type;
    status = imp_WdfObjectAllocateContext(globals, globals->Driver, &attributes, (PVOID *)&events);
    if (!NT_SUCCESS(status))
        return status; /* DriverEntry fails with it; the driver object goes with the client */
    events->device_add = DriverConfig->EvtDriverDeviceAdd;
    ExInitializeFastMutex(&events->lock);
    return STATUS_SUCCESS;
}

/* ---- queues
 * ---------------------------------------------------------------------------------------- */

static const WDF_IO_QUEUE_CONFIG *events_of_queue(WDFQUEUE handle)
{
    struct fx_object *queue = (struct fx_object *)(~(ULONG_PTR)handle);
    const WDF_IO_QUEUE_CONFIG *events = fx_context_find(queue, &queue_type);

    return events != NULL ? events : &events_of_driver(queue->globals)->pending;
}

/* One of ours for each of the client's: it is called in the same way, and looked at. */
#define QUEUE_CALLBACK(name, field, parameters, arguments)                               \
    static VOID NTAPI name parameters                                                    \
    {                                                                                    \
        const WDF_IO_QUEUE_CONFIG *events = events_of_queue(Queue);                      \
        struct fx_globals *globals = ((struct fx_object *)(~(ULONG_PTR)Queue))->globals; \
                                                                                         \
        FX_WATCHED(globals, events->field, events->field arguments);                     \
    }

QUEUE_CALLBACK(io_default, EvtIoDefault, (WDFQUEUE Queue, WDFREQUEST Request), (Queue, Request))
QUEUE_CALLBACK(io_read, EvtIoRead, (WDFQUEUE Queue, WDFREQUEST Request, size_t Length),
               (Queue, Request, Length))
QUEUE_CALLBACK(io_write, EvtIoWrite, (WDFQUEUE Queue, WDFREQUEST Request, size_t Length),
               (Queue, Request, Length))
QUEUE_CALLBACK(io_control, EvtIoDeviceControl,
               (WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength, size_t InputLength,
                ULONG Code),
               (Queue, Request, OutputLength, InputLength, Code))
QUEUE_CALLBACK(io_internal, EvtIoInternalDeviceControl,
               (WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength, size_t InputLength,
                ULONG Code),
               (Queue, Request, OutputLength, InputLength, Code))
QUEUE_CALLBACK(io_stop, EvtIoStop, (WDFQUEUE Queue, WDFREQUEST Request, ULONG Flags),
               (Queue, Request, Flags))
QUEUE_CALLBACK(io_resume, EvtIoResume, (WDFQUEUE Queue, WDFREQUEST Request), (Queue, Request))
QUEUE_CALLBACK(io_canceled, EvtIoCanceledOnQueue, (WDFQUEUE Queue, WDFREQUEST Request),
               (Queue, Request))

static void callbacks_take(WDF_IO_QUEUE_CONFIG *config)
{
    if (config->EvtIoDefault != NULL)
        config->EvtIoDefault = io_default;
    if (config->EvtIoRead != NULL)
        config->EvtIoRead = io_read;
    if (config->EvtIoWrite != NULL)
        config->EvtIoWrite = io_write;
    if (config->EvtIoDeviceControl != NULL)
        config->EvtIoDeviceControl = io_control;
    if (config->EvtIoInternalDeviceControl != NULL)
        config->EvtIoInternalDeviceControl = io_internal;
    if (config->EvtIoStop != NULL)
        config->EvtIoStop = io_stop;
    if (config->EvtIoResume != NULL)
        config->EvtIoResume = io_resume;
    if (config->EvtIoCanceledOnQueue != NULL)
        config->EvtIoCanceledOnQueue = io_canceled;
}

NTSTATUS NTAPI verify_WdfIoQueueCreate(PWDF_DRIVER_GLOBALS globals, WDFDEVICE Device,
                                       PWDF_IO_QUEUE_CONFIG Config,
                                       PWDF_OBJECT_ATTRIBUTES QueueAttributes, WDFQUEUE *Queue)
{
    struct driver_events *events = events_of_driver(fx_globals_of(globals));
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config, *kept;
    WDFQUEUE queue = NULL;
    NTSTATUS status;

    /* An older structure has fewer callbacks; above APC_LEVEL there is no waiting for the lock. */
    if (events == NULL || Config == NULL || Config->Size != sizeof(config) ||
        KeGetCurrentIrql() > APC_LEVEL)
        return imp_WdfIoQueueCreate(globals, Device, Config, QueueAttributes, Queue);
    config = *Config;
    callbacks_take(&config);
    ExAcquireFastMutex(&events->lock);
    events->pending = *Config;
    status = imp_WdfIoQueueCreate(globals, Device, &config, QueueAttributes, &queue);
    if (NT_SUCCESS(status)) {
        WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
        attributes.ContextTypeInfo = &queue_type;
        status = imp_WdfObjectAllocateContext(globals, queue, &attributes, (PVOID *)&kept);
        if (NT_SUCCESS(status))
            *kept = *Config;
        else
            fx_object_abandon((struct fx_object *)(~(ULONG_PTR)queue));
    }
    ExReleaseFastMutex(&events->lock);
    if (Queue != NULL)
        *Queue = NT_SUCCESS(status) ? queue : NULL;
    return status;
}
