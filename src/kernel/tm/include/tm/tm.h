/* SPDX-License-Identifier: MIT */
/* tm.h - kernel transactions: made, taken part in, ended.
 *
 * Rules of use. PASSIVE_LEVEL. Bodies are counted objects; what a function gives is referenced.
 * A room of the kernel joins a transaction once and is asked and told with no lock held.
 */
#ifndef TM_TM_H
#define TM_TM_H

#include <stdbool.h>

#include <ntifs.h>

#include "ob/ob.h"

extern struct object_type *tm_transaction_type, *tm_manager_type, *tm_resource_manager_type,
    *tm_enlistment_type;

NTSTATUS tm_init(void);

/* How a room takes part. prepare refuses by its status; then, or after another's refusal, rollback
 * is called, else commit. After one of these two the context is not used any more. */
struct tm_participant_ops {
    NTSTATUS (*prepare)(void *context);
    NTSTATUS (*commit)(void *context);
    void (*rollback)(void *context);
};
/* make is called once a transaction and key, for the context; *out_context is that of the first
 * call. Errors: STATUS_TRANSACTION_NOT_ACTIVE, those of make */
NTSTATUS tm_join(void *transaction, const struct tm_participant_ops *ops,
                 NTSTATUS (*make)(void **out_context), void **out_context);
bool tm_is_active(void *transaction);

NTSTATUS tm_transaction_create(const UNICODE_STRING *description, void **out_transaction);
NTSTATUS tm_transaction_commit(void *transaction, bool waits);
NTSTATUS tm_transaction_rollback(void *transaction, bool waits);
void tm_transaction_query(void *transaction, TRANSACTION_BASIC_INFORMATION *out_basic);
/* Copies what fits. */
ULONG tm_transaction_description(void *transaction, WCHAR *out_text, ULONG room);

NTSTATUS tm_manager_create(void **out_manager);
NTSTATUS tm_resource_manager_create(void *manager, const GUID *id, void **out_manager);
NTSTATUS tm_enlist(void *resource_manager, void *transaction, NOTIFICATION_MASK mask, void *key,
                   void **out_enlistment);
/* What an enlistment answers: the notification that it completes; TRANSACTION_NOTIFY_ROLLBACK
 * instead of any of them. Errors: STATUS_TRANSACTION_NOT_REQUESTED */
NTSTATUS tm_enlistment_answer(void *enlistment, ULONG notification);
NTSTATUS tm_enlistment_leave(void *enlistment); /* read-only: nothing more is told */
NTSTATUS tm_enlistment_refuse(void *enlistment);
/* The next notification of a resource manager without callbacks; NULL timeout: waits.
 * Errors: STATUS_TIMEOUT */
NTSTATUS tm_notification_get(void *resource_manager, const LARGE_INTEGER *timeout,
                             TRANSACTION_NOTIFICATION *out_notification);

#endif
