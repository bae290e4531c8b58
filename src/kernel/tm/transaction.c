/* SPDX-License-Identifier: MIT */
/* transaction.c - transactions, resource managers and enlistments, and how a transaction ends.
 *
 * Whoever commits works through the phases in its own thread: in each, the enlistments that asked
 * for it are told, and all must answer before the next. One refusal, and everyone is rolled back.
 * Invariant: a transaction's outcome is decided once.
 */
#include "tm/tm.h"

#include "base/list.h"
#include "callout/callout.h"
#include "ex/ex.h"
#include "host/host.h"
#include "ke/ke.h"
#include "tm_internal.h"

struct object_type *tm_transaction_type, *tm_manager_type, *tm_resource_manager_type,
    *tm_enlistment_type;

static struct host_lock tm_lock; /* guards: all that is not set once */

/* ---- making ------------------------------------------------------------------------------------
 */

NTSTATUS tm_transaction_create(const UNICODE_STRING *description, void **out_transaction)
{
    struct transaction *transaction;
    NTSTATUS status = ob_create(tm_transaction_type, sizeof *transaction, (void **)&transaction);
    if (!NT_SUCCESS(status))
        return status;
    list_init(&transaction->enlistments);
    list_init(&transaction->participants);
    transaction->state = TX_ACTIVE;
    transaction->outcome = TransactionOutcomeUndetermined;
    KeInitializeEvent(&transaction->changed, SynchronizationEvent, FALSE);
    status = ExUuidCreate(&transaction->id);
    if (NT_SUCCESS(status) && description && description->Length) {
        transaction->description.Buffer =
            ExAllocatePool2(POOL_FLAG_PAGED, description->Length, TM_TAG);
        if (transaction->description.Buffer) {
            transaction->description.MaximumLength = description->Length;
            RtlCopyUnicodeString(&transaction->description, description);
        } else {
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    if (NT_SUCCESS(status))
        *out_transaction = transaction;
    else
        ob_dereference(transaction);
    return NT_SUCCESS(status) ? STATUS_SUCCESS : status;
}

NTSTATUS tm_manager_create(void **out_manager)
{
    return ob_create(tm_manager_type, sizeof(struct tm_manager), out_manager);
}

NTSTATUS tm_resource_manager_create(void *manager, const GUID *id, void **out_manager)
{
    struct resource_manager *made;
    NTSTATUS status = ob_create(tm_resource_manager_type, sizeof *made, (void **)&made);
    if (!NT_SUCCESS(status))
        return status;
    made->manager = manager;
    ob_reference(manager);
    made->id = *id;
    list_init(&made->queue);
    KeInitializeSemaphore(&made->queued, 0, MAXLONG);
    *out_manager = made;
    return STATUS_SUCCESS;
}

NTSTATUS tm_enlist(void *resource_manager, void *body, NOTIFICATION_MASK mask, void *key,
                   void **out_enlistment)
{
    struct transaction *transaction = body;
    struct enlistment *made;
    if (mask == 0 || (mask & ~(ULONG)TRANSACTION_NOTIFY_MASK))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = ob_create(tm_enlistment_type, sizeof *made, (void **)&made);
    if (!NT_SUCCESS(status))
        return status;
    made->manager = resource_manager;
    ob_reference(resource_manager);
    made->transaction = transaction;
    ob_reference(transaction);
    made->mask = mask;
    made->key = key;
    list_init(&made->link);
    list_init(&made->queue_link);
    (void)ExUuidCreate(&made->id);
    host_lock_take(&tm_lock);
    if (transaction->state == TX_ACTIVE) {
        list_push_back(&transaction->enlistments, &made->link);
        ob_reference(made); /* the transaction's, until it has ended */
    } else {
        status = STATUS_TRANSACTION_NOT_ACTIVE;
    }
    host_lock_give(&tm_lock);
    if (NT_SUCCESS(status))
        *out_enlistment = made;
    else
        ob_dereference(made);
    return status;
}

static struct participant *participant_find_locked(struct transaction *transaction,
                                                   const struct tm_participant_ops *ops)
{
    list_for_each(node, &transaction->participants)
    {
        struct participant *participant = list_entry(node, struct participant, link);
        if (participant->ops == ops)
            return participant;
    }
    return NULL;
}

NTSTATUS tm_join(void *body, const struct tm_participant_ops *ops,
                 NTSTATUS (*make)(void **out_context), void **out_context)
{
    struct transaction *transaction = body;
    host_lock_take(&tm_lock);
    struct participant *joined = participant_find_locked(transaction, ops);
    bool is_active = transaction->state == TX_ACTIVE;
    host_lock_give(&tm_lock);
    if (joined && is_active) {
        *out_context = joined->context;
        return STATUS_SUCCESS;
    }
    struct participant *made = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *made, TM_TAG);
    NTSTATUS status = !is_active ? STATUS_TRANSACTION_NOT_ACTIVE
                      : made     ? make(&made->context)
                                 : STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status)) {
        if (made)
            ExFreePoolWithTag(made, TM_TAG);
        return status;
    }
    ex_pool_disown(made);
    made->ops = ops;
    host_lock_take(&tm_lock);
    struct participant *found = participant_find_locked(transaction, ops);
    bool is_new = !found && transaction->state == TX_ACTIVE;
    if (is_new)
        list_push_back(&transaction->participants, &made->link);
    if (transaction->state != TX_ACTIVE)
        status = STATUS_TRANSACTION_NOT_ACTIVE;
    else
        *out_context = is_new ? made->context : found->context;
    host_lock_give(&tm_lock);
    if (!is_new) {
        ops->rollback(made->context);
        ExFreePoolWithTag(made, TM_TAG);
    }
    return status;
}

/* ---- asking
 * --------------------------------------------------------------------------------------- */

bool tm_is_active(void *body)
{
    struct transaction *transaction = body;
    host_lock_take(&tm_lock);
    bool is_active = transaction->state == TX_ACTIVE;
    host_lock_give(&tm_lock);
    return is_active;
}

void tm_transaction_query(void *body, TRANSACTION_BASIC_INFORMATION *out_basic)
{
    struct transaction *transaction = body;
    host_lock_take(&tm_lock);
    *out_basic = (TRANSACTION_BASIC_INFORMATION){
        .TransactionId = transaction->id,
        .State = transaction->state == TX_COMMITTING &&
                         transaction->outcome == TransactionOutcomeCommitted
                     ? TransactionStateCommittedNotify
                     : TransactionStateNormal,
        .Outcome = transaction->outcome,
    };
    host_lock_give(&tm_lock);
}

ULONG tm_transaction_description(void *body, WCHAR *out_text, ULONG room)
{
    struct transaction *transaction = body;
    ULONG length = transaction->description.Length;
    if (length && room)
        RtlCopyMemory(out_text, transaction->description.Buffer, length < room ? length : room);
    return length;
}

/* ---- telling
 * ---------------------------------------------------------------------------------------- */

static void enlistment_tell(struct enlistment *enlistment, ULONG notification)
{
    struct resource_manager *manager = enlistment->manager;
    LARGE_INTEGER clock = {.QuadPart = (LONGLONG)host_wallclock_100ns()};
    if (manager->callback) {
        uint64_t arguments[7] = {(uint64_t)enlistment,
                                 (uint64_t)manager->callback_key,
                                 (uint64_t)enlistment->key,
                                 notification,
                                 (uint64_t)&clock,
                                 0,
                                 0};
        (void)callout_invoke(manager->callback, arguments, 7);
        return;
    }
    host_lock_take(&tm_lock);
    bool is_new = list_is_empty(&enlistment->queue_link);
    enlistment->queued_notification = notification;
    if (is_new) {
        list_push_back(&manager->queue, &enlistment->queue_link);
        ob_reference(enlistment);
    }
    host_lock_give(&tm_lock);
    if (is_new)
        KeReleaseSemaphore(&manager->queued, 0, 1, FALSE);
}

NTSTATUS tm_notification_get(void *body, const LARGE_INTEGER *timeout,
                             TRANSACTION_NOTIFICATION *out_notification)
{
    struct resource_manager *manager = body;
    NTSTATUS status = KeWaitForSingleObject(&manager->queued, Executive, KernelMode, FALSE,
                                            (PLARGE_INTEGER)timeout);
    if (status != STATUS_SUCCESS)
        return status;
    host_lock_take(&tm_lock);
    struct list *node = list_pop_front(&manager->queue);
    struct enlistment *enlistment = list_entry(node, struct enlistment, queue_link);
    list_init(&enlistment->queue_link);
    *out_notification =
        (TRANSACTION_NOTIFICATION){.TransactionKey = enlistment->key,
                                   .TransactionNotification = enlistment->queued_notification};
    host_lock_give(&tm_lock);
    ob_dereference(enlistment);
    return STATUS_SUCCESS;
}

/* The next enlistment that wants to hear it and has not; referenced. */
static struct enlistment *enlistment_next(struct transaction *transaction, ULONG notification)
{
    struct enlistment *found = NULL;
    host_lock_take(&tm_lock);
    list_for_each(node, &transaction->enlistments)
    {
        struct enlistment *enlistment = list_entry(node, struct enlistment, link);
        bool hears = !enlistment->has_left && (enlistment->mask & notification) &&
                     !(enlistment->told & notification);
        if (!found && hears &&
            (notification == TRANSACTION_NOTIFY_ROLLBACK || !transaction->is_refused)) {
            found = enlistment;
            found->told |= notification;
            found->awaited = notification;
            ob_reference(found);
        }
    }
    host_lock_give(&tm_lock);
    return found;
}

static bool is_awaited(struct transaction *transaction)
{
    bool waits = false;
    host_lock_take(&tm_lock);
    list_for_each(node, &transaction->enlistments)
    {
        struct enlistment *enlistment = list_entry(node, struct enlistment, link);
        waits = waits || (!enlistment->has_left && enlistment->awaited);
    }
    host_lock_give(&tm_lock);
    return waits;
}

static void phase_run(struct transaction *transaction, ULONG notification, bool waits)
{
    struct enlistment *enlistment;
    while ((enlistment = enlistment_next(transaction, notification)) != NULL) {
        enlistment_tell(enlistment, notification);
        ob_dereference(enlistment);
    }
    while (waits && is_awaited(transaction))
        KeWaitForSingleObject(&transaction->changed, Executive, KernelMode, FALSE, NULL);
}

/* ---- answering
 * ---------------------------------------------------------------------------------------- */

NTSTATUS tm_enlistment_answer(void *body, ULONG notification)
{
    struct enlistment *enlistment = body;
    host_lock_take(&tm_lock);
    bool is_awaited_so = enlistment->awaited == notification;
    if (is_awaited_so)
        enlistment->awaited = 0;
    host_lock_give(&tm_lock);
    if (is_awaited_so)
        KeSetEvent(&enlistment->transaction->changed, 0, FALSE);
    return is_awaited_so ? STATUS_SUCCESS : STATUS_TRANSACTION_NOT_REQUESTED;
}

NTSTATUS tm_enlistment_leave(void *body)
{
    struct enlistment *enlistment = body;
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&tm_lock);
    if (enlistment->transaction->outcome != TransactionOutcomeUndetermined)
        status = STATUS_TRANSACTION_REQUEST_NOT_VALID;
    else
        enlistment->has_left = true;
    host_lock_give(&tm_lock);
    KeSetEvent(&enlistment->transaction->changed, 0, FALSE);
    return status;
}

NTSTATUS tm_enlistment_refuse(void *body)
{
    struct enlistment *enlistment = body;
    struct transaction *transaction = enlistment->transaction;
    host_lock_take(&tm_lock);
    bool is_early = transaction->state == TX_ACTIVE;
    bool is_late = transaction->outcome != TransactionOutcomeUndetermined;
    if (!is_late)
        transaction->is_refused = true;
    enlistment->awaited = 0;
    host_lock_give(&tm_lock);
    KeSetEvent(&transaction->changed, 0, FALSE);
    if (is_late)
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    return is_early ? tm_transaction_rollback(transaction, false) : STATUS_SUCCESS;
}

/* ---- the end
 * ---------------------------------------------------------------------------------------------- */

static void enlistments_drop(struct transaction *transaction)
{
    for (;;) {
        host_lock_take(&tm_lock);
        struct list *node = list_pop_front(&transaction->enlistments);
        if (node)
            list_init(node);
        host_lock_give(&tm_lock);
        if (!node)
            return;
        ob_dereference(list_entry(node, struct enlistment, link));
    }
}

static struct participant *participant_take(struct transaction *transaction)
{
    host_lock_take(&tm_lock);
    struct list *node = list_pop_front(&transaction->participants);
    host_lock_give(&tm_lock);
    return node ? list_entry(node, struct participant, link) : NULL;
}

static NTSTATUS participants_prepare(struct transaction *transaction)
{
    NTSTATUS status = STATUS_SUCCESS;
    /* Nobody joins any more: the list stays. */
    list_for_each(node, &transaction->participants)
    {
        struct participant *participant = list_entry(node, struct participant, link);
        if (NT_SUCCESS(status))
            status = participant->ops->prepare(participant->context);
    }
    return status;
}

static NTSTATUS participants_end(struct transaction *transaction, bool commits)
{
    struct participant *participant;
    NTSTATUS result = STATUS_SUCCESS;
    while ((participant = participant_take(transaction)) != NULL) {
        NTSTATUS status = STATUS_SUCCESS;
        if (commits)
            status = participant->ops->commit(participant->context);
        else
            participant->ops->rollback(participant->context);
        result = NT_SUCCESS(result) ? status : result;
        ExFreePoolWithTag(participant, TM_TAG);
    }
    return result;
}

/* From active to `state`, once. */
static NTSTATUS state_begin(struct transaction *transaction, enum tx_state state)
{
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&tm_lock);
    if (transaction->state == TX_ACTIVE)
        transaction->state = state;
    else
        status = transaction->outcome == TransactionOutcomeAborted
                     ? STATUS_TRANSACTION_ALREADY_ABORTED
                 : transaction->outcome == TransactionOutcomeCommitted
                     ? STATUS_TRANSACTION_ALREADY_COMMITTED
                     : STATUS_TRANSACTION_NOT_ACTIVE;
    host_lock_give(&tm_lock);
    return status;
}

static void outcome_set(struct transaction *transaction, ULONG outcome)
{
    host_lock_take(&tm_lock);
    transaction->outcome = outcome;
    list_for_each(node, &transaction->enlistments)
    {
        list_entry(node, struct enlistment, link)->awaited = 0;
    }
    host_lock_give(&tm_lock);
}

static void aborted(struct transaction *transaction, bool waits)
{
    outcome_set(transaction, TransactionOutcomeAborted);
    (void)participants_end(transaction, false);
    phase_run(transaction, TRANSACTION_NOTIFY_ROLLBACK, waits);
    enlistments_drop(transaction);
}

static bool is_refused(struct transaction *transaction)
{
    host_lock_take(&tm_lock);
    bool refused = transaction->is_refused;
    host_lock_give(&tm_lock);
    return refused;
}

NTSTATUS tm_transaction_commit(void *body, bool waits)
{
    struct transaction *transaction = body;
    NTSTATUS status = state_begin(transaction, TX_COMMITTING);
    if (!NT_SUCCESS(status))
        return status;
    ob_reference(transaction);
    phase_run(transaction, TRANSACTION_NOTIFY_PREPREPARE, true);
    if (!is_refused(transaction))
        phase_run(transaction, TRANSACTION_NOTIFY_PREPARE, true);
    if (!is_refused(transaction))
        status = participants_prepare(transaction);
    if (is_refused(transaction) || !NT_SUCCESS(status)) {
        aborted(transaction, waits);
        status = NT_SUCCESS(status) ? STATUS_TRANSACTION_ABORTED : status;
    } else {
        outcome_set(transaction, TransactionOutcomeCommitted);
        status = participants_end(transaction, true);
        phase_run(transaction, TRANSACTION_NOTIFY_COMMIT, waits);
        enlistments_drop(transaction);
    }
    host_lock_take(&tm_lock);
    transaction->state = TX_ENDED;
    host_lock_give(&tm_lock);
    ob_dereference(transaction);
    return status;
}

NTSTATUS tm_transaction_rollback(void *body, bool waits)
{
    struct transaction *transaction = body;
    NTSTATUS status = state_begin(transaction, TX_ENDED);
    if (!NT_SUCCESS(status))
        return status;
    ob_reference(transaction);
    aborted(transaction, waits);
    ob_dereference(transaction);
    return STATUS_SUCCESS;
}

/* ---- objects
 * ------------------------------------------------------------------------------------------------
 */

static void transaction_closed(void *process, void *body, ACCESS_MASK granted,
                               uint64_t process_handles, uint64_t system_handles)
{
    if (system_handles == 0 && tm_is_active(body))
        (void)tm_transaction_rollback(body, false);
}

static void transaction_delete(void *body)
{
    struct transaction *transaction = body;
    if (transaction->description.Buffer)
        ExFreePoolWithTag(transaction->description.Buffer, TM_TAG);
}

/* Nobody fetches what is queued any more. */
static void resource_manager_closed(void *process, void *body, ACCESS_MASK granted,
                                    uint64_t process_handles, uint64_t system_handles)
{
    struct resource_manager *manager = body;
    while (system_handles == 0) {
        host_lock_take(&tm_lock);
        struct list *node = list_pop_front(&manager->queue);
        if (node)
            list_init(node);
        host_lock_give(&tm_lock);
        if (!node)
            break;
        ob_dereference(list_entry(node, struct enlistment, queue_link));
    }
}

static void resource_manager_delete(void *body)
{
    struct resource_manager *manager = body;
    if (manager->manager)
        ob_dereference(manager->manager);
}

static void enlistment_delete(void *body)
{
    struct enlistment *enlistment = body;
    if (enlistment->manager)
        ob_dereference(enlistment->manager);
    if (enlistment->transaction)
        ob_dereference(enlistment->transaction);
}

NTSTATUS tm_init(void)
{
    static const struct object_type_ops transactions = {
        .delete_body = transaction_delete,
        .close_handle = transaction_closed,
        .mapping = {TRANSACTION_GENERIC_READ, TRANSACTION_GENERIC_WRITE,
                    TRANSACTION_GENERIC_EXECUTE, TRANSACTION_ALL_ACCESS},
        .valid_access = TRANSACTION_ALL_ACCESS,
    };
    static const struct object_type_ops managers = {
        .mapping = {TRANSACTIONMANAGER_GENERIC_READ, TRANSACTIONMANAGER_GENERIC_WRITE,
                    TRANSACTIONMANAGER_GENERIC_EXECUTE, TRANSACTIONMANAGER_ALL_ACCESS},
        .valid_access = TRANSACTIONMANAGER_ALL_ACCESS,
    };
    static const struct object_type_ops resource_managers = {
        .delete_body = resource_manager_delete,
        .close_handle = resource_manager_closed,
        .mapping = {RESOURCEMANAGER_GENERIC_READ, RESOURCEMANAGER_GENERIC_WRITE,
                    RESOURCEMANAGER_GENERIC_EXECUTE, RESOURCEMANAGER_ALL_ACCESS},
        .valid_access = RESOURCEMANAGER_ALL_ACCESS,
    };
    static const struct object_type_ops enlistments = {
        .delete_body = enlistment_delete,
        .mapping = {ENLISTMENT_GENERIC_READ, ENLISTMENT_GENERIC_WRITE, ENLISTMENT_GENERIC_EXECUTE,
                    ENLISTMENT_ALL_ACCESS},
        .valid_access = ENLISTMENT_ALL_ACCESS,
    };
    NTSTATUS status = ob_type_create("TmTx", &transactions, &tm_transaction_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("TmTm", &managers, &tm_manager_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("TmRm", &resource_managers, &tm_resource_manager_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("TmEn", &enlistments, &tm_enlistment_type);
    return status;
}
