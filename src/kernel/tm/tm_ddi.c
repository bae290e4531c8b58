/* SPDX-License-Identifier: MIT */
/* tm_ddi.c - what drivers do with transactions by their objects. */
#include "tm_internal.h"

/* Once, before anything is enlisted.
 *
 * Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-wdm-tmenablecallbacks
 */
NTSTATUS NTAPI TmEnableCallbacks(PKRESOURCEMANAGER ResourceManager,
                                 PTM_RM_NOTIFICATION CallbackRoutine, PVOID RMKey)
{
    struct resource_manager *manager = (struct resource_manager *)ResourceManager;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!CallbackRoutine || manager->callback)
        return STATUS_INVALID_PARAMETER;
    manager->callback_key = RMKey;
    manager->callback = CallbackRoutine;
    return STATUS_SUCCESS;
}

/* Doc:     nf-wdm-tmcreateenlistment */
NTSTATUS NTAPI TmCreateEnlistment(PHANDLE EnlistmentHandle, KPROCESSOR_MODE PreviousMode,
                                  ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                                  PKRESOURCEMANAGER ResourceManager, PKTRANSACTION Transaction,
                                  ULONG CreateOptions, NOTIFICATION_MASK NotificationMask,
                                  PVOID EnlistmentKey)
{
    void *enlistment;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (CreateOptions & ENLISTMENT_SUPERIOR)
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status =
        tm_enlist(ResourceManager, Transaction, NotificationMask, EnlistmentKey, &enlistment);
    if (!NT_SUCCESS(status))
        return status;
    status =
        ob_handle_create(enlistment, DesiredAccess,
                         ObjectAttributes ? ObjectAttributes->Attributes : 0, EnlistmentHandle);
    ob_dereference(enlistment);
    return status;
}

/* Doc:     nf-wdm-tmreferenceenlistmentkey */
NTSTATUS NTAPI TmReferenceEnlistmentKey(PKENLISTMENT Enlistment, PVOID *Key)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    ob_reference(Enlistment);
    *Key = ((struct enlistment *)Enlistment)->key;
    return STATUS_SUCCESS;
}

/* Differs: never the last one: the key is the driver's to free
 * Doc:     nf-wdm-tmdereferenceenlistmentkey
 */
NTSTATUS NTAPI TmDereferenceEnlistmentKey(PKENLISTMENT Enlistment, PBOOLEAN LastReference)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    ob_dereference(Enlistment);
    if (LastReference)
        *LastReference = FALSE;
    return STATUS_SUCCESS;
}

/* Doc:     nf-wdm-tmpreparecomplete */
NTSTATUS NTAPI TmPrepareComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_enlistment_answer(Enlistment, TRANSACTION_NOTIFY_PREPARE);
}

/* Doc:     nf-wdm-tmprepreparecomplete */
NTSTATUS NTAPI TmPrePrepareComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_enlistment_answer(Enlistment, TRANSACTION_NOTIFY_PREPREPARE);
}

/* Doc:     nf-wdm-tmcommitcomplete */
NTSTATUS NTAPI TmCommitComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_enlistment_answer(Enlistment, TRANSACTION_NOTIFY_COMMIT);
}

/* Doc:     nf-wdm-tmrollbackcomplete */
NTSTATUS NTAPI TmRollbackComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_enlistment_answer(Enlistment, TRANSACTION_NOTIFY_ROLLBACK);
}

/* Doc:     nf-wdm-tmreadonlyenlistment */
NTSTATUS NTAPI TmReadOnlyEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_enlistment_leave(Enlistment);
}

/* Doc:     nf-wdm-tmrollbackenlistment */
NTSTATUS NTAPI TmRollbackEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_enlistment_refuse(Enlistment);
}

/* Doc:     nf-wdm-tmcommittransaction */
NTSTATUS NTAPI TmCommitTransaction(PKTRANSACTION Transaction, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_transaction_commit(Transaction, Wait);
}

/* Doc:     nf-wdm-tmrollbacktransaction */
NTSTATUS NTAPI TmRollbackTransaction(PKTRANSACTION Transaction, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_transaction_rollback(Transaction, Wait);
}

/* Doc:     nf-wdm-tmgettransactionid */
VOID NTAPI TmGetTransactionId(PKTRANSACTION Transaction, PUOW TransactionId)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *TransactionId = ((struct transaction *)Transaction)->id;
}

/* Doc:     nf-wdm-tmistransactionactive */
BOOLEAN NTAPI TmIsTransactionActive(PKTRANSACTION Transaction)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return tm_is_active(Transaction);
}
