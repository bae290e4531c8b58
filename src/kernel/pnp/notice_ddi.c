/* SPDX-License-Identifier: MIT */
/* notice_ddi.c - notices of devices and interfaces, as drivers call for them. */
#include "ke/ke.h"
#include "notice.h"
#include "pnp_internal.h"

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER category; STATUS_INVALID_DEVICE_REQUEST a file of no device
 *          of the tree
 * Doc:     wdm.h IoRegisterPlugPlayNotification
 * Differs: there is one hardware profile, so nobody hears of its change
 */
NTSTATUS NTAPI IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY EventCategory,
                                              ULONG EventCategoryFlags, PVOID EventCategoryData,
                                              PDRIVER_OBJECT DriverObject,
                                              PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
                                              PVOID Context, PVOID *NotificationEntry)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    bool is_bare = EventCategory == EventCategoryHardwareProfileChange ||
                   EventCategory == EventCategoryKernelSoftRestart;
    if (EventCategory == EventCategoryReserved || EventCategory > EventCategoryKernelSoftRestart ||
        (!is_bare && !EventCategoryData) || !CallbackRoutine || !NotificationEntry)
        return STATUS_INVALID_PARAMETER;
    struct notice_register ask = {.category = EventCategory,
                                  .flags = EventCategoryFlags,
                                  .driver = DriverObject,
                                  .routine = CallbackRoutine,
                                  .context = Context};
    if (EventCategory == EventCategoryDeviceInterfaceChange)
        ask.interface_class = *(const GUID *)EventCategoryData;
    else if (EventCategory == EventCategoryTargetDeviceChange)
        ask.file = EventCategoryData;
    struct notice_registration *registration;
    NTSTATUS status = notice_registration_add(&ask, &registration);
    if (NT_SUCCESS(status))
        *NotificationEntry = registration;
    return status;
}

/* Doc:     wdm.h IoUnregisterPlugPlayNotification: a routine that is running is not waited for */
NTSTATUS NTAPI IoUnregisterPlugPlayNotification(PVOID NotificationEntry)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notice_registration_remove(NotificationEntry, false);
}

/* Doc:     wdm.h IoUnregisterPlugPlayNotificationEx */
NTSTATUS NTAPI IoUnregisterPlugPlayNotificationEx(PVOID NotificationEntry)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notice_registration_remove(NotificationEntry, true);
}

/* Doc:     wdm.h IoReportTargetDeviceChange */
NTSTATUS NTAPI IoReportTargetDeviceChange(PDEVICE_OBJECT PhysicalDeviceObject,
                                          PVOID NotificationStructure)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notice_custom_send(PhysicalDeviceObject, NotificationStructure);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h IoReportTargetDeviceChangeAsynchronous
 */
NTSTATUS NTAPI IoReportTargetDeviceChangeAsynchronous(PDEVICE_OBJECT PhysicalDeviceObject,
                                                      PVOID NotificationStructure,
                                                      PDEVICE_CHANGE_COMPLETE_CALLBACK Callback,
                                                      PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    NTSTATUS status =
        notice_custom_post(PhysicalDeviceObject, NotificationStructure, Callback, Context);
    return NT_SUCCESS(status) ? STATUS_PENDING : status;
}
