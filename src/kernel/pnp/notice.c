/* SPDX-License-Identifier: MIT */
/* notice.c - who has registered for notices, and calling them.
 *
 * Invariants: no lock is held while a driver's routine runs; a registration that is called cannot
 * go, and one that is taken back is not called again. Registrations are called in the order in
 * which they were made.
 */
#include <initguid.h>

#include <wdmguid.h>

#include "notice.h"

#include <string.h>

#include "callout/callout.h"
#include "ex/ex.h"
#include "host/host.h"
#include "interface.h"
#include "ke/ke.h"
#include "notice_internal.h"
#include "pnp_internal.h"

struct notice_registration {
    struct list link;
    uint64_t number;
    struct notice_register ask;
    DEVICE_OBJECT *pdo; /* EventCategoryTargetDeviceChange; referenced */
    bool is_removed;
    unsigned holders; /* the list, and each call under way */
    KEVENT idle;      /* a call has come back */
};

/* A routine that is running; lies on its caller's stack. */
struct call {
    struct list link;
    const struct notice_registration *registration;
    PKTHREAD thread;
};

static struct host_lock notice_lock; /* guards: registrations, calls, last_number, holders */
static struct list registrations = LIST_INIT(registrations);
static struct list calls = LIST_INIT(calls);
static uint64_t last_number;
static NTSTATUS (*_Atomic observer)(const struct pnp_notice *notice, struct pnp_veto *out_veto);

static void (*_Atomic arrival_tell)(const struct pnp_notice *notice);

void pnp_arrival_set(void (*tell)(const struct pnp_notice *notice))
{
    arrival_tell = tell;
}

void pnp_observer_set(NTSTATUS (*tell)(const struct pnp_notice *notice, struct pnp_veto *out_veto))
{
    observer = tell;
}

NTSTATUS notice_observer_tell(const struct pnp_notice *notice, struct pnp_veto *out_veto)
{
    NTSTATUS (*tell)(const struct pnp_notice *, struct pnp_veto *) = observer;
    void (*arrived)(const struct pnp_notice *) = arrival_tell;
    NTSTATUS status = tell ? tell(notice, out_veto) : STATUS_SUCCESS;
    if (arrived && notice->kind == PNP_NOTICE_INTERFACE &&
        IsEqualGUID(&notice->event, &GUID_DEVICE_INTERFACE_ARRIVAL))
        arrived(notice);
    return status;
}

/* ---- registrations ------------------------------------------------------------------------------
 */

static void registration_free(struct notice_registration *registration)
{
    if (registration->pdo)
        ObfDereferenceObject(registration->pdo);
    if (registration->ask.driver)
        ObfDereferenceObject(registration->ask.driver);
    ExFreePoolWithTag(registration, PNP_TAG);
}

static void existing_tell(struct notice_registration *registration);

/* Doc:     wdm.h IoRegisterPlugPlayNotification */
NTSTATUS notice_registration_add(const struct notice_register *ask,
                                 struct notice_registration **out_registration)
{
    DEVICE_OBJECT *pdo = NULL;
    if (ask->category == EventCategoryTargetDeviceChange) {
        pdo = pnp_pdo_of_file_get(ask->file);
        if (!pdo)
            return STATUS_INVALID_DEVICE_REQUEST;
    }
    struct notice_registration *registration =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *registration, PNP_TAG);
    if (!registration) {
        if (pdo)
            ObfDereferenceObject(pdo);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ex_pool_disown(registration);
    registration->ask = *ask;
    registration->pdo = pdo;
    registration->holders = 1;
    if (ask->driver)
        ObfReferenceObject(ask->driver);
    KeInitializeEvent(&registration->idle, SynchronizationEvent, FALSE);
    host_lock_take(&notice_lock);
    registration->number = ++last_number;
    list_push_back(&registrations, &registration->link);
    host_lock_give(&notice_lock);
    *out_registration = registration;
    if (ask->category == EventCategoryDeviceInterfaceChange &&
        (ask->flags & PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES))
        existing_tell(registration);
    return STATUS_SUCCESS;
}

static bool is_called_elsewhere_locked(const struct notice_registration *registration)
{
    list_for_each(node, &calls)
    {
        const struct call *call = list_entry(node, struct call, link);
        if (call->registration == registration && call->thread != KeGetCurrentThread())
            return true;
    }
    return false;
}

static bool is_registered_locked(const struct notice_registration *registration)
{
    list_for_each(node, &registrations)
    {
        if (list_entry(node, struct notice_registration, link) == registration)
            return true;
    }
    return false;
}

/* Doc:     wdm.h IoUnregisterPlugPlayNotificationEx: a routine may take back its own */
NTSTATUS notice_registration_remove(struct notice_registration *registration, bool is_waiting)
{
    host_lock_take(&notice_lock);
    if (!is_registered_locked(registration)) {
        host_lock_give(&notice_lock);
        return STATUS_INVALID_PARAMETER;
    }
    list_remove(&registration->link);
    registration->is_removed = true;
    while (is_waiting && is_called_elsewhere_locked(registration)) {
        host_lock_give(&notice_lock);
        (void)KeWaitForSingleObject(&registration->idle, Executive, KernelMode, FALSE, NULL);
        host_lock_take(&notice_lock);
    }
    bool is_last = --registration->holders == 0;
    host_lock_give(&notice_lock);
    if (is_last)
        registration_free(registration);
    return STATUS_SUCCESS;
}

/* ---- calling -------------------------------------------------------------------------------- */

static NTSTATUS call_made(struct notice_registration *registration, void *notification)
{
    struct call call = {.registration = registration, .thread = KeGetCurrentThread()};
    host_lock_take(&notice_lock);
    bool is_there = !registration->is_removed;
    registration->holders += is_there;
    if (is_there)
        list_push_back(&calls, &call.link);
    host_lock_give(&notice_lock);
    if (!is_there)
        return STATUS_SUCCESS;
    NTSTATUS status =
        callout_notification(registration->ask.routine, notification, registration->ask.context);
    host_lock_take(&notice_lock);
    list_remove(&call.link);
    bool is_last = --registration->holders == 0;
    if (!is_last && registration->is_removed)
        KeSetEvent(&registration->idle, IO_NO_INCREMENT, FALSE);
    host_lock_give(&notice_lock);
    if (is_last)
        registration_free(registration);
    return status;
}

static bool is_for(const struct notice_registration *registration, const struct pnp_notice *notice)
{
    if (notice->kind == PNP_NOTICE_INTERFACE)
        return registration->ask.category == EventCategoryDeviceInterfaceChange &&
               IsEqualGUID(&registration->ask.interface_class, &notice->interface_class);
    return notice->kind == PNP_NOTICE_TARGET &&
           registration->ask.category == EventCategoryTargetDeviceChange &&
           registration->pdo == notice->pdo;
}

/* The next one after a number, held by one more; NULL: no more. */
static struct notice_registration *next_get(const struct pnp_notice *notice, uint64_t after)
{
    struct notice_registration *found = NULL;
    host_lock_take(&notice_lock);
    list_for_each(node, &registrations)
    {
        struct notice_registration *one = list_entry(node, struct notice_registration, link);
        if (one->number <= after || !is_for(one, notice))
            continue;
        one->holders++;
        found = one;
        break;
    }
    host_lock_give(&notice_lock);
    return found;
}

static void registration_put(struct notice_registration *registration)
{
    host_lock_take(&notice_lock);
    bool is_last = --registration->holders == 0;
    host_lock_give(&notice_lock);
    if (is_last)
        registration_free(registration);
}

static NTSTATUS one_tell(struct notice_registration *registration, const struct pnp_notice *notice)
{
    UNICODE_STRING link = notice->link;
    DEVICE_INTERFACE_CHANGE_NOTIFICATION change = {.Version = 1,
                                                   .Size = sizeof change,
                                                   .Event = notice->event,
                                                   .InterfaceClassGuid = notice->interface_class,
                                                   .SymbolicLinkName = &link};
    TARGET_DEVICE_REMOVAL_NOTIFICATION removal = {.Version = 1,
                                                  .Size = sizeof removal,
                                                  .Event = notice->event,
                                                  .FileObject = registration->ask.file};
    if (notice->kind == PNP_NOTICE_INTERFACE)
        return call_made(registration, &change);
    if (!notice->custom)
        return call_made(registration, &removal);
    TARGET_DEVICE_CUSTOM_NOTIFICATION *custom =
        ExAllocatePool2(POOL_FLAG_PAGED, notice->custom->Size, PNP_TAG);
    if (!custom)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(custom, notice->custom, notice->custom->Size);
    custom->FileObject = registration->ask.file;
    NTSTATUS status = call_made(registration, custom);
    ExFreePoolWithTag(custom, PNP_TAG);
    return status;
}

/* up_to: those with a number that is higher are left out. Stops at a refusal when is_asking. */
static NTSTATUS drivers_tell(const struct pnp_notice *notice, uint64_t up_to, bool is_asking,
                             uint64_t *out_number, struct pnp_veto *out_veto)
{
    struct notice_registration *one;
    NTSTATUS status = STATUS_SUCCESS;
    *out_number = 0;
    while (NT_SUCCESS(status) && (one = next_get(notice, *out_number))) {
        if (one->number > up_to) {
            registration_put(one);
            break;
        }
        NTSTATUS answer = one_tell(one, notice);
        if (is_asking && !NT_SUCCESS(answer)) {
            const UNICODE_STRING *name = &one->ask.driver->DriverName;
            size_t bytes = min(name->Length, sizeof out_veto->name - sizeof(WCHAR));
            memset(out_veto, 0, sizeof *out_veto);
            out_veto->type = PNP_VetoDriver;
            memcpy(out_veto->name, name->Buffer, bytes);
            status = STATUS_PLUGPLAY_QUERY_VETOED;
        } else {
            *out_number = one->number;
        }
        registration_put(one);
    }
    return status;
}

/* Who registers while a notice is under way (a driver opens its target again) does not hear it. */
static uint64_t last_number_now(void)
{
    host_lock_take(&notice_lock);
    uint64_t number = last_number;
    host_lock_give(&notice_lock);
    return number;
}

void notice_tell(const struct pnp_notice *notice)
{
    uint64_t number;
    struct pnp_veto veto;
    (void)drivers_tell(notice, last_number_now(), false, &number, &veto);
    (void)notice_observer_tell(notice, &veto);
}

/* Those who had agreed hear that the removal does not take place.
 * Doc:     "Handling a GUID_TARGET_DEVICE_QUERY_REMOVE Event" */
NTSTATUS notice_ask(const struct pnp_notice *notice, struct pnp_veto *out_veto)
{
    uint64_t agreed, number;
    struct pnp_veto veto;
    NTSTATUS status = drivers_tell(notice, last_number_now(), true, &agreed, &veto);
    if (NT_SUCCESS(status))
        status = notice_observer_tell(notice, &veto);
    if (NT_SUCCESS(status))
        return status;
    struct pnp_notice cancelled = *notice;
    cancelled.event = GUID_TARGET_DEVICE_REMOVE_CANCELLED;
    if (agreed)
        (void)drivers_tell(&cancelled, agreed, false, &number, &(struct pnp_veto){0});
    if (out_veto)
        *out_veto = veto;
    return STATUS_PLUGPLAY_QUERY_VETOED;
}

static void existing_tell(struct notice_registration *registration)
{
    WCHAR *list;
    ULONG bytes;
    if (!NT_SUCCESS(
            pnp_interface_list(&registration->ask.interface_class, NULL, false, &list, &bytes)))
        return;
    struct pnp_notice notice = {.kind = PNP_NOTICE_INTERFACE,
                                .event = GUID_DEVICE_INTERFACE_ARRIVAL,
                                .interface_class = registration->ask.interface_class};
    host_lock_take(&notice_lock);
    registration->holders++;
    host_lock_give(&notice_lock);
    for (WCHAR *at = list; *at; at = (WCHAR *)((char *)at + notice.link.Length) + 1) {
        RtlInitUnicodeString(&notice.link, at);
        (void)one_tell(registration, &notice);
    }
    registration_put(registration);
    ExFreePool(list);
}

void notice_registrations_drop(void)
{
    for (;;) {
        host_lock_take(&notice_lock);
        struct notice_registration *first =
            list_is_empty(&registrations)
                ? NULL
                : list_entry(registrations.next, struct notice_registration, link);
        host_lock_give(&notice_lock);
        if (!first)
            break;
        (void)notice_registration_remove(first, true);
    }
}
