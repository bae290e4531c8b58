/* SPDX-License-Identifier: MIT */
/* init.c - WDFDEVICE_INIT: made by AddDevice, a child list or the driver itself, used up by
 * WdfDeviceCreate or given back.
 *
 * What it holds is freed with it, whether a device came of it or not: what the device keeps has
 * been moved out by then.
 */
#include "device_internal.h"

PVOID room_allocate(struct fx_globals *globals, SIZE_T bytes)
{
    struct fx_verifier *verifier = &globals->verifier;
    PVOID memory;

    if (verifier->count_allocations && InterlockedDecrement(&verifier->allocations_left) < 0)
        return NULL;
    memory = ExAllocatePoolWithTag(NonPagedPoolNx, bytes, globals->abi.DriverTag);
    if (memory != NULL)
        RtlZeroMemory(memory, bytes);
    return memory;
}

void room_free(PVOID memory)
{
    if (memory != NULL)
        ExFreePool(memory);
}

NTSTATUS name_copy(struct fx_globals *globals, PCUNICODE_STRING source, UNICODE_STRING *out_copy)
{
    PWCH buffer;

    if ((source->Length & 1) != 0 || source->Length > MAXUSHORT - sizeof(WCHAR) ||
        (source->Length != 0 && source->Buffer == NULL))
        return STATUS_INVALID_PARAMETER;
    buffer = room_allocate(globals, source->Length + sizeof(WCHAR));
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(buffer, source->Buffer, source->Length);
    out_copy->Buffer = buffer;
    out_copy->Length = source->Length;
    out_copy->MaximumLength = (USHORT)(source->Length + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

void name_free(UNICODE_STRING *name)
{
    room_free(name->Buffer);
    RtlZeroMemory(name, sizeof *name);
}

NTSTATUS passive_check(struct fx_globals *globals, const char *call)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL)
        return STATUS_SUCCESS;
    fx_log(globals, FX_LOG_ERROR, "%s was called at IRQL %d: call it at PASSIVE_LEVEL", call,
           KeGetCurrentIrql());
    return STATUS_INVALID_DEVICE_REQUEST;
}

struct WDFDEVICE_INIT *init_create(struct fx_driver *driver, enum fx_device_kind kind)
{
    struct fx_globals *globals = driver->object.globals;
    struct WDFDEVICE_INIT *init = room_allocate(globals, sizeof *init);

    if (init == NULL)
        return NULL;
    if (kind == FX_DEVICE_PDO) {
        init->pdo = room_allocate(globals, sizeof *init->pdo);
        if (init->pdo == NULL) {
            room_free(init);
            return NULL;
        }
    }
    init->signature = FX_INIT_SIGNATURE;
    init->kind = kind;
    init->globals = globals;
    init->driver = driver;
    init->type = FILE_DEVICE_UNKNOWN;
    init->characteristics = FILE_DEVICE_SECURE_OPEN;
    init->io_type = WdfDeviceIoBuffered;
    init->io_type_control = WdfDeviceIoBuffered;
    fx_pnp_init_begin(&init->pnp);
    return init;
}

void preprocess_free(struct fx_preprocess *list)
{
    while (list != NULL) {
        struct fx_preprocess *next = list->next;
        ULONG major;

        for (major = 0; major < FX_MAJORS; major++)
            room_free(list->major[major].minors);
        room_free(list);
        list = next;
    }
}

static void names_free(struct fx_name *list)
{
    while (list != NULL) {
        struct fx_name *next = list->next;

        name_free(&list->value);
        room_free(list);
        list = next;
    }
}

void pdo_init_free(struct fx_pdo_init *pdo)
{
    if (pdo == NULL)
        return;
    name_free(&pdo->device_id);
    name_free(&pdo->instance_id);
    name_free(&pdo->container_id);
    names_free(pdo->hardware_ids);
    names_free(pdo->compatible_ids);
    while (pdo->texts != NULL) {
        struct fx_device_text *next = pdo->texts->next;

        name_free(&pdo->texts->description);
        name_free(&pdo->texts->location);
        room_free(pdo->texts);
        pdo->texts = next;
    }
    room_free(pdo);
}

void init_free(struct WDFDEVICE_INIT *init)
{
    fx_pnp_init_fini(&init->pnp);
    name_free(&init->name);
    name_free(&init->sddl);
    preprocess_free(init->preprocess);
    extensions_free(init->extensions);
    if (init->context_owner != NULL)
        fx_object_delete(init->context_owner);
    pdo_init_free(init->pdo);
    if (init->parent != NULL)
        fx_object_deref(&init->parent->object);
    init->signature = 0;
    room_free(init);
}

struct WDFDEVICE_INIT *init_of(struct fx_globals *globals, PWDFDEVICE_INIT init)
{
    if (init == NULL)
        fx_null_check_failed(globals, _ReturnAddress());
    if (init->signature != FX_INIT_SIGNATURE) {
        fx_log(
            globals, FX_LOG_ERROR,
            "%p is no WDFDEVICE_INIT (any more): WdfDeviceCreate has used it up, or it was freed",
            init);
        fx_violation(globals, WDF_INVALID_HANDLE, (ULONG_PTR)init, 0, 0);
    }
    return init;
}
