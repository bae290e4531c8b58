/* SPDX-License-Identifier: MIT */
/* target_ddi.c - entries of WDFIOTARGET: created, opened, started, stopped, asked about. */
#include "target_internal.h"

#include <wdf_entries.h>

#include <intrin.h>

WDFIOTARGET NTAPI imp_WdfDeviceGetIoTarget(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = (struct fx_device *)fx_object_of(globals, handle, &fx_type_device);

    return device->default_target != NULL ? fx_handle_of(&device->default_target->object) : NULL;
}

WDFIOTARGET NTAPI imp_WdfDeviceGetSelfIoTarget(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = (struct fx_device *)fx_object_of(globals, handle, &fx_type_device);

    if (device->self_target != NULL)
        return fx_handle_of(&device->self_target->object);
    fx_log(
        globals, FX_LOG_ERROR,
        "WDFDEVICE %p has no target for itself: call WdfDeviceInitAllowSelfIoTarget before it is "
        "created",
        handle);
    return NULL;
}

NTSTATUS NTAPI imp_WdfIoTargetSelfAssignDefaultIoQueue(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle,
                                                       WDFQUEUE queue_handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = fx_target_of(globals, handle);
    struct fx_queue *queue = (struct fx_queue *)fx_object_of(globals, queue_handle, &fx_type_queue);

    return fx_target_self_queue(target, queue);
}

NTSTATUS NTAPI imp_WdfIoTargetCreate(PWDF_DRIVER_GLOBALS abi, WDFDEVICE device_handle,
                                     PWDF_OBJECT_ATTRIBUTES attributes, WDFIOTARGET *out_target)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device =
        (struct fx_device *)fx_object_of(globals, device_handle, &fx_type_device);
    struct fx_target *target;
    NTSTATUS status;

    fx_needed(globals, out_target);
    *out_target = NULL;
    status = fx_passive_check(globals, "WdfIoTargetCreate");
    if (NT_SUCCESS(status))
        status = fx_remote_create(globals, attributes, device, &target);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&target->object, _ReturnAddress());
    *out_target = fx_handle_of(&target->object);
    return STATUS_SUCCESS;
}

/* A remote target; entries for these are misused on others: violation, as with a wrong type. */
static struct fx_target *remote_of(struct fx_globals *globals, WDFIOTARGET handle)
{
    struct fx_target *target = fx_target_of(globals, handle);

    if (target->kind != FX_TARGET_REMOTE) {
        fx_log(globals, FX_LOG_ERROR, "WDFIOTARGET %p was not made by WdfIoTargetCreate", handle);
        fx_violation(globals, WDF_INVALID_HANDLE, (ULONG_PTR)handle, 0, 0);
    }
    return target;
}

/* What WDF_IO_TARGET_OPEN_PARAMS must say for its type. */
static NTSTATUS open_check(struct fx_globals *globals, const WDF_IO_TARGET_OPEN_PARAMS *params)
{
    BOOLEAN has_callback = params->EvtIoTargetQueryRemove != NULL ||
                           params->EvtIoTargetRemoveCanceled != NULL ||
                           params->EvtIoTargetRemoveComplete != NULL;
    const UNICODE_STRING *name = &params->TargetDeviceName;
    const char *fault = NULL;

    switch (params->Type) {
    case WdfIoTargetOpenUseExistingDevice:
        if (params->TargetDeviceObject == NULL)
            fault = "TargetDeviceObject is NULL";
        else if (params->TargetFileObject == NULL && has_callback)
            fault = "callbacks need a TargetFileObject";
        break;
    case WdfIoTargetOpenByName:
        if (name->Buffer == NULL || name->Length == 0 || name->MaximumLength == 0)
            fault = "TargetDeviceName is empty";
        break;
    case WdfIoTargetOpenReopen:
        break;
    default:
        fault = "Type is none that a kernel driver may use";
        break;
    }
    if (fault == NULL)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "WDF_IO_TARGET_OPEN_PARAMS: %s", fault);
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI imp_WdfIoTargetOpen(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle,
                                   PWDF_IO_TARGET_OPEN_PARAMS given)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = remote_of(globals, handle);
    WDF_IO_TARGET_OPEN_PARAMS params;
    NTSTATUS status;

    fx_needed(globals, given);
    status = fx_passive_check(globals, "WdfIoTargetOpen");
    if (!NT_SUCCESS(status))
        return status;
    /* Before 1.13 the last member was missing. */
    if (given->Size != sizeof(params) &&
        given->Size != FIELD_OFFSET(WDF_IO_TARGET_OPEN_PARAMS, FileName)) {
        fx_log(globals, FX_LOG_ERROR, "WDF_IO_TARGET_OPEN_PARAMS has %u bytes, not %u", given->Size,
               (ULONG)sizeof(params));
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    RtlZeroMemory(&params, sizeof(params));
    RtlCopyMemory(&params, given, given->Size);
    status = open_check(globals, &params);
    if (NT_SUCCESS(status))
        status = fx_remote_open(target, &params);
    given->FileInformation = params.FileInformation;
    return status;
}

VOID NTAPI imp_WdfIoTargetCloseForQueryRemove(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = remote_of(globals, handle);

    if (NT_SUCCESS(fx_passive_check(globals, "WdfIoTargetCloseForQueryRemove")))
        fx_remote_close(target, TRUE);
}

VOID NTAPI imp_WdfIoTargetClose(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = remote_of(globals, handle);

    if (NT_SUCCESS(fx_passive_check(globals, "WdfIoTargetClose")))
        fx_remote_close(target, FALSE);
}

NTSTATUS NTAPI imp_WdfIoTargetStart(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle)
{
    return fx_usb_target_start(fx_target_of(fx_globals_of(abi), handle));
}

VOID NTAPI imp_WdfIoTargetStop(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle,
                               WDF_IO_TARGET_SENT_IO_ACTION action)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = fx_target_of(globals, handle);

    if (action < WdfIoTargetCancelSentIo || action > WdfIoTargetLeaveSentIoPending) {
        fx_log(globals, FX_LOG_ERROR, "WdfIoTargetStop(%p): action %d is unknown", handle, action);
        return;
    }
    if (action != WdfIoTargetLeaveSentIoPending &&
        !NT_SUCCESS(fx_passive_check(globals, "WdfIoTargetStop")))
        return;
    fx_usb_target_stop(target, action);
}

VOID NTAPI imp_WdfIoTargetPurge(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle,
                                WDF_IO_TARGET_PURGE_IO_ACTION action)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = fx_target_of(globals, handle);

    if (action < WdfIoTargetPurgeIoAndWait || action > WdfIoTargetPurgeIo) {
        fx_log(globals, FX_LOG_ERROR, "WdfIoTargetPurge(%p): action %d is unknown", handle, action);
        return;
    }
    if (action == WdfIoTargetPurgeIoAndWait &&
        !NT_SUCCESS(fx_passive_check(globals, "WdfIoTargetPurge")))
        return;
    fx_usb_target_purge(target, action);
}

WDF_IO_TARGET_STATE NTAPI imp_WdfIoTargetGetState(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle)
{
    return fx_target_of(fx_globals_of(abi), handle)->state;
}

WDFDEVICE NTAPI imp_WdfIoTargetGetDevice(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle)
{
    return fx_handle_of(&fx_target_of(fx_globals_of(abi), handle)->device->object);
}

/* The target's PDO, for entries that ask the Plug and Play manager about it. */
static NTSTATUS target_pdo(struct fx_target *target, const char *entry, PDEVICE_OBJECT *out_pdo)
{
    struct fx_globals *globals = target->object.globals;
    NTSTATUS status = fx_passive_check(globals, entry);

    if (!NT_SUCCESS(status))
        return status;
    *out_pdo = target->target_pdo;
    if (*out_pdo != NULL)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "%s: WDFIOTARGET %p is closed or has no physical device object",
           entry, fx_handle_of(&target->object));
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS NTAPI imp_WdfIoTargetQueryTargetProperty(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle,
                                                  DEVICE_REGISTRY_PROPERTY property, ULONG length,
                                                  PVOID out_bytes, PULONG out_length)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = fx_target_of(globals, handle);
    PDEVICE_OBJECT pdo;
    NTSTATUS status;

    fx_needed(globals, out_length);
    if (length != 0)
        fx_needed(globals, out_bytes);
    *out_length = 0;
    status = target_pdo(target, "WdfIoTargetQueryTargetProperty", &pdo);
    if (NT_SUCCESS(status))
        status = IoGetDeviceProperty(pdo, property, length, out_bytes, out_length);
    return status;
}

NTSTATUS NTAPI imp_WdfIoTargetAllocAndQueryTargetProperty(
    PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle, DEVICE_REGISTRY_PROPERTY property, POOL_TYPE pool,
    PWDF_OBJECT_ATTRIBUTES attributes, WDFMEMORY *out_memory)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = fx_target_of(globals, handle);
    struct fx_memory *memory;
    PDEVICE_OBJECT pdo;
    ULONG length = 0;
    NTSTATUS status;

    fx_needed(globals, out_memory);
    *out_memory = NULL;
    status = target_pdo(target, "WdfIoTargetAllocAndQueryTargetProperty", &pdo);
    if (!NT_SUCCESS(status))
        return status;
    status = IoGetDeviceProperty(pdo, property, 0, NULL, &length);
    if (status != STATUS_BUFFER_TOO_SMALL)
        return NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;
    /* It may grow between the two questions. */
    do {
        status = fx_memory_create(globals, attributes, &target->object, pool, 0, length, &memory);
        if (!NT_SUCCESS(status))
            return status;
        status = IoGetDeviceProperty(pdo, property, length, memory->buffer, &length);
        if (!NT_SUCCESS(status))
            fx_object_abandon(&memory->object);
    } while (status == STATUS_BUFFER_TOO_SMALL);
    if (NT_SUCCESS(status))
        *out_memory = fx_handle_of(&memory->object);
    return status;
}

NTSTATUS NTAPI imp_WdfIoTargetQueryForInterface(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle,
                                                LPCGUID type, PINTERFACE out_interface, USHORT size,
                                                USHORT version, PVOID specific)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_target *target = fx_target_of(globals, handle);
    NTSTATUS status;

    fx_needed(globals, type);
    fx_needed(globals, out_interface);
    status = fx_passive_check(globals, "WdfIoTargetQueryForInterface");
    if (!NT_SUCCESS(status))
        return status;
    if (target->target_device == NULL)
        return STATUS_INVALID_DEVICE_STATE;
    return fx_interface_query(target->target_device, type, out_interface, size, version, specific);
}

PDEVICE_OBJECT NTAPI imp_WdfIoTargetWdmGetTargetDeviceObject(PWDF_DRIVER_GLOBALS abi,
                                                             WDFIOTARGET handle)
{
    return fx_target_of(fx_globals_of(abi), handle)->target_device;
}

PDEVICE_OBJECT NTAPI imp_WdfIoTargetWdmGetTargetPhysicalDevice(PWDF_DRIVER_GLOBALS abi,
                                                               WDFIOTARGET handle)
{
    return fx_target_of(fx_globals_of(abi), handle)->target_pdo;
}

PFILE_OBJECT NTAPI imp_WdfIoTargetWdmGetTargetFileObject(PWDF_DRIVER_GLOBALS abi,
                                                         WDFIOTARGET handle)
{
    return fx_target_of(fx_globals_of(abi), handle)->target_file;
}

HANDLE NTAPI imp_WdfIoTargetWdmGetTargetFileHandle(PWDF_DRIVER_GLOBALS abi, WDFIOTARGET handle)
{
    return remote_of(fx_globals_of(abi), handle)->target_handle;
}
