/* SPDX-License-Identifier: MIT */
/* notice.h - notices inside this room: who makes them, and who has registered for them.
 */
#ifndef PNP_NOTICE_INTERNAL_H
#define PNP_NOTICE_INTERNAL_H

#include "pnp/notice.h"

/* Queued; everything is copied. IRQL: PASSIVE_LEVEL */
NTSTATUS notice_interface(const GUID *class_guid, const UNICODE_STRING *link,
                          const UNICODE_STRING *instance, bool is_arrival);

struct notice_registration;
struct notice_register {
    IO_NOTIFICATION_EVENT_CATEGORY category;
    ULONG flags;
    GUID interface_class;
    FILE_OBJECT *file; /* not referenced: as documented */
    DRIVER_OBJECT *driver;
    PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine;
    void *context;
};
NTSTATUS notice_registration_add(const struct notice_register *ask,
                                 struct notice_registration **out_registration);
/* Errors: STATUS_INVALID_PARAMETER no registration (any more) */
NTSTATUS notice_registration_remove(struct notice_registration *registration, bool is_waiting);

/* A driver's own notice, to all who registered on files of the device. done (may be NULL) is
 * called after the last of them. notice is copied by _post, not by _send. IRQL of _post:
 * <= DISPATCH_LEVEL */
NTSTATUS notice_custom_send(DEVICE_OBJECT *pdo, TARGET_DEVICE_CUSTOM_NOTIFICATION *notice);
NTSTATUS notice_custom_post(DEVICE_OBJECT *pdo, const TARGET_DEVICE_CUSTOM_NOTIFICATION *notice,
                            PDEVICE_CHANGE_COMPLETE_CALLBACK done, void *context);

#endif
