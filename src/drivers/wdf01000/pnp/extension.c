/* SPDX-License-Identifier: MIT */
/* extension.c - what class extensions do before and after the client's own callback.
 *
 * In: a moment in a device's life. On the way up a Pre callback may fail: then neither the client
 * nor anybody further hears of the moment, and whoever had succeeded is told to undo it. On the way
 * down everybody is called, and the first failure counts. Extensions are called in the order in
 * which the client brought them. Doc: none; order and undoing as in Microsoft's published source.
 */
#include "../hardware/hardware.h"
#include "room.h"

/* What a moment's callbacks take beside the device. */
enum arguments { TAKES_NOTHING, TAKES_STATE, TAKES_BOTH_LISTS, TAKES_TRANSLATED };

#define AT(name)   FIELD_OFFSET(WDFCX_PNPPOWER_EVENT_CALLBACKS, EvtCxDevice##name)
#define UP(name)   #name, AT(Pre##name), AT(Pre##name##FailedCleanup), AT(Post##name)
#define DOWN(name) #name, AT(Pre##name), 0, AT(Post##name)

static const struct moment {
    const char *name;
    LONG pre, cleanup, post; /* where in the callbacks; 0: there is none */
    enum arguments arguments;
    BOOLEAN is_up;         /* a failure of Pre ends it */
    BOOLEAN undoes_client; /* a failure of the client's own callback undoes Pre */
    BOOLEAN answers;       /* its callbacks have a status */
} moments[] = {
    [FX_CX_PREPARE_HARDWARE] = {UP(PrepareHardware), TAKES_BOTH_LISTS, TRUE, FALSE, TRUE},
    [FX_CX_RELEASE_HARDWARE] = {DOWN(ReleaseHardware), TAKES_TRANSLATED, FALSE, FALSE, TRUE},
    [FX_CX_D0_ENTRY] = {UP(D0Entry), TAKES_STATE, TRUE, TRUE, TRUE},
    [FX_CX_D0_EXIT] = {DOWN(D0Exit), TAKES_STATE, FALSE, FALSE, TRUE},
    [FX_CX_SURPRISE_REMOVAL] = {DOWN(SurpriseRemoval), TAKES_NOTHING, FALSE, FALSE, FALSE},
    [FX_CX_INIT] = {UP(SelfManagedIoInit), TAKES_NOTHING, TRUE, TRUE, TRUE},
    [FX_CX_RESTART] = {UP(SelfManagedIoRestart), TAKES_NOTHING, TRUE, TRUE, TRUE},
    [FX_CX_SUSPEND] = {DOWN(SelfManagedIoSuspend), TAKES_NOTHING, FALSE, FALSE, TRUE},
    [FX_CX_FLUSH] = {DOWN(SelfManagedIoFlush), TAKES_NOTHING, FALSE, FALSE, FALSE},
    [FX_CX_CLEANUP] = {DOWN(SelfManagedIoCleanup), TAKES_NOTHING, FALSE, FALSE, FALSE},
};

static PVOID routine_of(const struct fx_extension *extension, LONG at)
{
    if (at == 0 || !extension->has_pnp)
        return NULL;
    return *(PVOID *)((PUCHAR)&extension->pnp + at);
}

static NTSTATUS call(struct fx_device *device, PVOID routine, const struct moment *moment,
                     WDF_POWER_DEVICE_STATE state)
{
    WDFDEVICE handle = fx_device_handle(device);

    switch (moment->arguments) {
    case TAKES_STATE:
        return ((PFN_WDFCX_DEVICE_PRE_D0_ENTRY)routine)(handle, state);
    case TAKES_BOTH_LISTS:
        return ((PFN_WDFCX_DEVICE_PRE_PREPARE_HARDWARE)routine)(handle, fx_resources_raw(device),
                                                                fx_resources_translated(device));
    case TAKES_TRANSLATED:
        return ((PFN_WDFCX_DEVICE_PRE_RELEASE_HARDWARE)routine)(handle,
                                                                fx_resources_translated(device));
    default:
        return ((PFN_WDFCX_DEVICE_PRE_SELF_MANAGED_IO_INIT)routine)(handle);
    }
}

/* A callback without a status leaves something else in its place. */
static NTSTATUS tell(struct fx_device *device, const struct fx_extension *extension, LONG at,
                     const struct moment *moment, WDF_POWER_DEVICE_STATE state)
{
    PVOID routine = routine_of(extension, at);
    NTSTATUS status;

    if (routine == NULL)
        return STATUS_SUCCESS;
    status = call(device, routine, moment, state);
    if (!moment->answers || at == moment->cleanup)
        return STATUS_SUCCESS;
    if (!NT_SUCCESS(status))
        fx_log(extension->globals, FX_LOG_ERROR, "WDFDEVICE %p: EvtCxDevice%s%s failed with %08lx",
               fx_device_handle(device), at == moment->pre ? "Pre" : "Post", moment->name, status);
    return status;
}

/* The list has the newest first. */
static struct fx_extension *older(const struct fx_device *device, const struct fx_extension *behind)
{
    struct fx_extension *extension = device->extensions;

    if (extension == behind)
        return NULL;
    while (extension->next != behind)
        extension = extension->next;
    return extension;
}

static void undo(struct fx_device *device, const struct moment *moment,
                 WDF_POWER_DEVICE_STATE state)
{
    struct fx_extension *extension;

    for (extension = older(device, NULL); extension != NULL; extension = older(device, extension))
        if (extension->has_prepared)
            (void)tell(device, extension, moment->cleanup, moment, state);
}

NTSTATUS fx_cx_before(struct fx_device *device, enum fx_cx_moment which,
                      WDF_POWER_DEVICE_STATE state)
{
    const struct moment *moment = &moments[which];
    struct fx_extension *extension;
    NTSTATUS first = STATUS_SUCCESS;

    if (device->extensions == NULL)
        return STATUS_SUCCESS;
    for (extension = older(device, NULL); extension != NULL; extension = older(device, extension)) {
        NTSTATUS status = STATUS_UNSUCCESSFUL;

        extension->has_prepared = FALSE;
        if (moment->is_up && !NT_SUCCESS(first))
            continue;
        status = tell(device, extension, moment->pre, moment, state);
        extension->has_prepared = NT_SUCCESS(status) && routine_of(extension, moment->pre) != NULL;
        if (NT_SUCCESS(first))
            first = status;
    }
    if (moment->is_up && !NT_SUCCESS(first))
        undo(device, moment, state);
    return first;
}

NTSTATUS fx_cx_after(struct fx_device *device, enum fx_cx_moment which,
                     WDF_POWER_DEVICE_STATE state, NTSTATUS status)
{
    const struct moment *moment = &moments[which];
    struct fx_extension *extension;

    if (device->extensions == NULL)
        return status;
    if (moment->is_up && !NT_SUCCESS(status)) {
        if (moment->undoes_client)
            undo(device, moment, state);
        return status;
    }
    for (extension = older(device, NULL); extension != NULL; extension = older(device, extension)) {
        NTSTATUS own = tell(device, extension, moment->post, moment, state);

        if (NT_SUCCESS(status))
            status = own;
    }
    return status;
}
