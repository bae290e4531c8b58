/* SPDX-License-Identifier: MIT */
/* static_child_ddi.c - children that the driver makes itself: WdfFdoAddStaticChild and walking
 * them; WdfPdo… calls that both kinds of children know.
 *
 * An entry is put in with its PDO and leaves with it. A walk goes on behind the PDO that it saw
 * last, so the driver keeps that one (it is the driver who reports children missing).
 */
#include "child_list.h"

NTSTATUS NTAPI imp_WdfFdoAddStaticChild(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Fdo, WDFDEVICE Child)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *fdo = device_of(globals, Fdo);
    struct fx_device *pdo = pdo_of(globals, Child, "WdfFdoAddStaticChild");
    struct fx_child *child;
    KIRQL irql;

    if (!device_is_fdo(fdo) || pdo == NULL || pdo->parent != fdo || pdo->own->pdo->child != NULL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfFdoAddStaticChild: WDFDEVICE %p is no new static child of %p", Child, Fdo);
        return STATUS_INVALID_PARAMETER;
    }
    child = room_allocate(globals, sizeof *child);
    if (child == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    child->pdo = pdo;
    child->state = FX_CHILD_PRESENT;
    pdo->own->pdo->child = child;
    pdo->object.flags |= FX_OBJECT_NO_DELETE;
    KeAcquireSpinLock(&fdo->own->child_lock, &irql);
    fdo->own->has_children = TRUE;
    InsertTailList(&fdo->own->static_children, &child->entry);
    KeReleaseSpinLock(&fdo->own->child_lock, irql);
    children_invalidate(fdo);
    return STATUS_SUCCESS;
}

VOID NTAPI imp_WdfFdoLockStaticChildListForIteration(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Fdo)
{
    struct fx_device *fdo = device_of(fx_globals_of(abi), Fdo);
    KIRQL irql;

    KeAcquireSpinLock(&fdo->own->child_lock, &irql);
    fdo->own->static_holds++;
    KeReleaseSpinLock(&fdo->own->child_lock, irql);
}

static BOOLEAN static_is_wanted(const struct fx_child *child, ULONG flags)
{
    if (child->pdo == NULL)
        return FALSE;
    if (child->state == FX_CHILD_PRESENT)
        return (flags & (child->pdo->own->is_known
                             ? WdfRetrievePresentChildren
                             : WdfRetrievePendingChildren | WdfRetrievePresentChildren)) != 0;
    return (flags & WdfRetrieveMissingChildren) != 0;
}

WDFDEVICE NTAPI imp_WdfFdoRetrieveNextStaticChild(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Fdo,
                                                  WDFDEVICE PreviousChild, ULONG Flags)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *fdo = device_of(globals, Fdo), *previous = NULL;
    WDFDEVICE found = NULL;
    BOOLEAN passed;
    LIST_ENTRY *at;
    KIRQL irql;

    if (Flags == 0 || (Flags & ~(ULONG)WdfRetrieveAllChildren) != 0) {
        fx_log(globals, FX_LOG_ERROR, "WdfFdoRetrieveNextStaticChild: Flags %x", Flags);
        return NULL;
    }
    if (PreviousChild != NULL)
        previous = device_of(globals, PreviousChild);
    passed = previous == NULL;
    KeAcquireSpinLock(&fdo->own->child_lock, &irql);
    if (fdo->own->static_holds == 0) {
        KeReleaseSpinLock(&fdo->own->child_lock, irql);
        fx_log(globals, FX_LOG_ERROR,
               "WdfFdoRetrieveNextStaticChild: call WdfFdoLockStaticChildListForIteration first");
        return NULL;
    }
    for (at = fdo->own->static_children.Flink; found == NULL && at != &fdo->own->static_children;
         at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        if (passed && static_is_wanted(child, Flags))
            found = device_handle(child->pdo);
        else if (child->pdo == previous)
            passed = TRUE;
    }
    KeReleaseSpinLock(&fdo->own->child_lock, irql);
    return found;
}

VOID NTAPI imp_WdfFdoUnlockStaticChildListFromIteration(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Fdo)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *fdo = device_of(globals, Fdo);
    BOOLEAN was_held;
    KIRQL irql;

    KeAcquireSpinLock(&fdo->own->child_lock, &irql);
    was_held = fdo->own->static_holds != 0;
    if (was_held)
        fdo->own->static_holds--;
    KeReleaseSpinLock(&fdo->own->child_lock, irql);
    if (!was_held)
        fx_log(globals, FX_LOG_ERROR,
               "WdfFdoUnlockStaticChildListFromIteration: WDFDEVICE %p was not locked", Fdo);
}

NTSTATUS NTAPI imp_WdfPdoMarkMissing(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    struct fx_device *pdo = pdo_of(fx_globals_of(abi), Device, "WdfPdoMarkMissing");

    return pdo != NULL ? child_mark_missing(pdo) : STATUS_INVALID_PARAMETER;
}

VOID NTAPI imp_WdfPdoRequestEject(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    struct fx_device *pdo = pdo_of(fx_globals_of(abi), Device, "WdfPdoRequestEject");

    if (pdo != NULL && pdo->wdm != NULL)
        IoRequestDeviceEject(pdo->wdm);
}

WDFDEVICE NTAPI imp_WdfPdoGetParent(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    struct fx_device *pdo = pdo_of(fx_globals_of(abi), Device, "WdfPdoGetParent");

    return pdo != NULL ? device_handle(pdo->parent) : NULL;
}
