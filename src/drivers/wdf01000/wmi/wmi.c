/* SPDX-License-Identifier: MIT */
/* wmi.c - a device's registration with the system's instrumentation.
 *
 * In: the start and the stop of a device, and changes of its providers and instances; out: one
 * registration with the system, kept up to date. A device without providers is never registered.
 */
#include "wmi_internal.h"
#include <wmistr.h>

static void update_run(struct fx_object *object);

struct fx_wmi *fx_wmi_of(struct fx_device *device)
{
    struct fx_wmi *wmi = device->wmi, *other;

    if (wmi)
        return wmi;
    wmi = fx_pool_take(device->object.globals, NonPagedPoolNx, FX_TAG, sizeof *wmi);
    if (!wmi)
        return NULL;
    RtlZeroMemory(wmi, sizeof *wmi);
    wmi->device = device;
    KeInitializeSpinLock(&wmi->lock);
    KeInitializeMutex(&wmi->registering, 0);
    InitializeListHead(&wmi->providers);
    if (!NT_SUCCESS(fx_passive_init(&wmi->update, &device->object, update_run))) {
        ExFreePool(wmi);
        return NULL;
    }
    other = InterlockedCompareExchangePointer((PVOID *)&device->wmi, wmi, NULL);
    if (other) {
        fx_passive_fini(&wmi->update);
        ExFreePool(wmi);
        return other;
    }
    return wmi;
}

static NTSTATUS registration_update(struct fx_wmi *wmi)
{
    NTSTATUS status = STATUS_SUCCESS;

    KeWaitForSingleObject(&wmi->registering, Executive, KernelMode, FALSE, NULL);
    if (wmi->is_started && wmi->provider_count) {
        status = IoWMIRegistrationControl(wmi->device->wdm, wmi->is_registered
                                                                ? WMIREG_ACTION_UPDATE_GUIDS
                                                                : WMIREG_ACTION_REGISTER);
        if (NT_SUCCESS(status))
            wmi->is_registered = TRUE;
        else
            fx_log(wmi->device->object.globals, FX_LOG_ERROR,
                   "WDFDEVICE %p: registration with WMI failed: 0x%08x",
                   fx_handle_of(&wmi->device->object), status);
    }
    KeReleaseMutex(&wmi->registering, FALSE);
    return status;
}

static void update_run(struct fx_object *object)
{
    registration_update(((struct fx_device *)object)->wmi);
}

void fx_wmi_changed(struct fx_wmi *wmi)
{
    if (!wmi->is_started)
        return;
    if (KeGetCurrentIrql() == PASSIVE_LEVEL)
        registration_update(wmi);
    else
        fx_passive_post(&wmi->update);
}

static void started_set(struct fx_wmi *wmi, BOOLEAN is_started)
{
    KIRQL irql;

    KeAcquireSpinLock(&wmi->lock, &irql);
    wmi->is_started = is_started;
    KeReleaseSpinLock(&wmi->lock, irql);
}

/* Also without a provider: there may still come one, and then the start is remembered here. */
NTSTATUS fx_wmi_start(struct fx_device *device)
{
    struct fx_wmi *wmi = fx_wmi_of(device);

    if (!wmi)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (wmi->is_started)
        return STATUS_SUCCESS;
    started_set(wmi, TRUE);
    return registration_update(wmi);
}

void fx_wmi_stop(struct fx_device *device)
{
    struct fx_wmi *wmi = device->wmi;

    if (!wmi)
        return;
    started_set(wmi, FALSE);
    fx_passive_flush(&wmi->update);
    KeWaitForSingleObject(&wmi->registering, Executive, KernelMode, FALSE, NULL);
    if (wmi->is_registered)
        IoWMIRegistrationControl(device->wdm, WMIREG_ACTION_DEREGISTER);
    wmi->is_registered = FALSE;
    KeReleaseMutex(&wmi->registering, FALSE);
}

void fx_wmi_destroy(struct fx_device *device)
{
    struct fx_wmi *wmi = device->wmi;

    if (!wmi)
        return;
    device->wmi = NULL;
    fx_passive_fini(&wmi->update);
    if (wmi->mof_name.Buffer)
        ExFreePool(wmi->mof_name.Buffer);
    ExFreePool(wmi);
}

NTSTATUS fx_wmi_mof_assign(struct fx_device *device, PCUNICODE_STRING name)
{
    struct fx_wmi *wmi = fx_wmi_of(device);
    PWCHAR copy;

    if (!wmi)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (wmi->mof_name.Buffer) {
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WdfDeviceAssignMofResourceName: WDFDEVICE %p has a name, \"%wZ\"",
               fx_handle_of(&device->object), &wmi->mof_name);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    copy = fx_pool_take(device->object.globals, NonPagedPoolNx, 0, name->Length + sizeof(WCHAR));
    if (!copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(copy, name->Buffer, name->Length);
    copy[name->Length / sizeof(WCHAR)] = UNICODE_NULL;
    wmi->mof_name.Length = wmi->mof_name.MaximumLength = name->Length;
    wmi->mof_name.Buffer = copy;
    return STATUS_SUCCESS;
}

PCUNICODE_STRING fx_wmi_mof_name(struct fx_device *device)
{
    for (; device; device = device->parent)
        if (device->wmi && device->wmi->mof_name.Buffer)
            return &device->wmi->mof_name;
    return NULL;
}

NTSTATUS fx_wmi_base_name(struct fx_device *device, PULONG out_flags, PUNICODE_STRING out_name)
{
    struct fx_globals *globals = device->object.globals;
    SIZE_T length = strlen(globals->abi.DriverName), i;
    PWCHAR name = fx_pool_take(globals, PagedPool, 0, (length + 1) * sizeof(WCHAR));

    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; i <= length; i++)
        name[i] = (UCHAR)globals->abi.DriverName[i];
    RtlInitUnicodeString(out_name, name);
    *out_flags = WMIREG_FLAG_INSTANCE_BASENAME;
    return STATUS_SUCCESS;
}
