/* SPDX-License-Identifier: MIT */
/* transaction_services_ddi.c - kernel transactions by handle, and keys opened in one.
 *
 * Only volatile ones: a log, recovery and superior enlistments are refused.
 */
#include "cm/cm.h"
#include "ex/ex.h"
#include "services.h"
#include "tm/tm.h"

#define DESCRIPTION_MAX_BYTES (64 * sizeof(WCHAR))

static NTSTATUS body_of(HANDLE handle, ACCESS_MASK access, struct object_type *type, void **out)
{
    return ob_handle_reference(handle, access, type, gate_mode(), out, NULL);
}

/* ---- made
 * ------------------------------------------------------------------------------------------ */

/* Errors: STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED (a unit of work, isolation, a time limit)
 * Doc:    nf-wdm-ntcreatetransaction */
SERVICE NtCreateTransaction(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            LPGUID Uow, HANDLE TmHandle, ULONG Options, ULONG IsolationLevel,
                            ULONG IsolationFlags, PLARGE_INTEGER Timeout,
                            PUNICODE_STRING Description)
{
    struct gate_attributes attributes;
    UNICODE_STRING description = {0};
    void *transaction;
    if ((Options & ~(ULONG)TRANSACTION_MAXIMUM_OPTION) || IsolationLevel || IsolationFlags)
        return STATUS_INVALID_PARAMETER;
    if (Uow || Timeout)
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status = gate_probe_write(Handle, sizeof *Handle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    if (Description)
        status = gate_capture_string(Description, &description);
    if (NT_SUCCESS(status) && description.Length > DESCRIPTION_MAX_BYTES)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = tm_transaction_create(&description, &transaction);
    if (NT_SUCCESS(status))
        status = gate_object_insert(transaction, &attributes, Access, Handle);
    gate_release_string(&description);
    gate_release_attributes(&attributes);
    return status;
}

/* Doc: nf-wdm-ntcreatetransactionmanager */
SERVICE NtCreateTransactionManager(PHANDLE Handle, ACCESS_MASK Access,
                                   POBJECT_ATTRIBUTES Attributes, PUNICODE_STRING LogFile,
                                   ULONG Options, ULONG Strength)
{
    struct gate_attributes attributes;
    void *manager;
    if (LogFile || !(Options & TRANSACTION_MANAGER_VOLATILE))
        return LogFile ? STATUS_NOT_SUPPORTED : STATUS_INVALID_PARAMETER;
    NTSTATUS status = gate_probe_write(Handle, sizeof *Handle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = tm_manager_create(&manager);
    if (NT_SUCCESS(status))
        status = gate_object_insert(manager, &attributes, Access, Handle);
    gate_release_attributes(&attributes);
    return status;
}

/* Doc: nf-wdm-ntcreateresourcemanager */
SERVICE NtCreateResourceManager(PHANDLE Handle, ACCESS_MASK Access, HANDLE TmHandle, LPGUID RmGuid,
                                POBJECT_ATTRIBUTES Attributes, ULONG Options,
                                PUNICODE_STRING Description)
{
    struct gate_attributes attributes;
    void *manager, *made;
    GUID id;
    if (!(Options & RESOURCE_MANAGER_VOLATILE))
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status = gate_probe_write(Handle, sizeof *Handle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = RmGuid ? gate_copy_in(&id, RmGuid, sizeof id) : ExUuidCreate(&id);
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = body_of(TmHandle, TRANSACTIONMANAGER_CREATE_RM, tm_manager_type, &manager);
    if (NT_SUCCESS(status)) {
        status = tm_resource_manager_create(manager, &id, &made);
        ob_dereference(manager);
        if (NT_SUCCESS(status))
            status = gate_object_insert(made, &attributes, Access, Handle);
    }
    gate_release_attributes(&attributes);
    return status;
}

/* Doc: nf-wdm-ntcreateenlistment */
SERVICE NtCreateEnlistment(PHANDLE Handle, ACCESS_MASK Access, HANDLE RmHandle, HANDLE Transaction,
                           POBJECT_ATTRIBUTES Attributes, ULONG Options, NOTIFICATION_MASK Mask,
                           PVOID Key)
{
    struct gate_attributes attributes;
    void *manager, *transaction, *enlistment;
    if (Options & ENLISTMENT_SUPERIOR)
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status = gate_probe_write(Handle, sizeof *Handle, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = body_of(RmHandle, RESOURCEMANAGER_ENLIST, tm_resource_manager_type, &manager);
    if (NT_SUCCESS(status)) {
        status = body_of(Transaction, TRANSACTION_ENLIST, tm_transaction_type, &transaction);
        if (NT_SUCCESS(status)) {
            status = tm_enlist(manager, transaction, Mask, Key, &enlistment);
            ob_dereference(transaction);
        }
        ob_dereference(manager);
    }
    if (NT_SUCCESS(status))
        status = gate_object_insert(enlistment, &attributes, Access, Handle);
    gate_release_attributes(&attributes);
    return status;
}

/* ---- ended, asked about
 * ------------------------------------------------------------------------------- */

static NTSTATUS transaction_end(HANDLE handle, ACCESS_MASK access, bool waits,
                                NTSTATUS (*end)(void *transaction, bool waits))
{
    void *transaction;
    NTSTATUS status = body_of(handle, access, tm_transaction_type, &transaction);
    if (!NT_SUCCESS(status))
        return status;
    status = end(transaction, waits);
    ob_dereference(transaction);
    return status;
}

/* Errors: STATUS_TRANSACTION_ABORTED, STATUS_TRANSACTIONAL_CONFLICT, STATUS_TRANSACTION_NOT_ACTIVE
 * Doc:    nf-wdm-ntcommittransaction */
SERVICE NtCommitTransaction(HANDLE Transaction, BOOLEAN Wait)
{
    return transaction_end(Transaction, TRANSACTION_COMMIT, Wait, tm_transaction_commit);
}

/* Doc: nf-wdm-ntrollbacktransaction */
SERVICE NtRollbackTransaction(HANDLE Transaction, BOOLEAN Wait)
{
    return transaction_end(Transaction, TRANSACTION_ROLLBACK, Wait, tm_transaction_rollback);
}

/* Differs: TransactionBasicInformation only
 * Doc:     nf-wdm-ntqueryinformationtransaction */
SERVICE NtQueryInformationTransaction(HANDLE Transaction, TRANSACTION_INFORMATION_CLASS Class,
                                      PVOID Information, ULONG Length, PULONG ReturnLength)
{
    TRANSACTION_BASIC_INFORMATION basic;
    void *transaction;
    if (Class != TransactionBasicInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (Length < sizeof basic)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status =
        body_of(Transaction, TRANSACTION_QUERY_INFORMATION, tm_transaction_type, &transaction);
    if (!NT_SUCCESS(status))
        return status;
    tm_transaction_query(transaction, &basic);
    ob_dereference(transaction);
    status = gate_copy_out(Information, &basic, sizeof basic);
    return NT_SUCCESS(status) ? gate_length_tell(ReturnLength, sizeof basic) : status;
}

/* Doc: nf-wdm-ntgetnotificationresourcemanager */
SERVICE NtGetNotificationResourceManager(HANDLE RmHandle, PTRANSACTION_NOTIFICATION Notification,
                                         ULONG Length, PLARGE_INTEGER Timeout, PULONG ReturnLength,
                                         ULONG Asynchronous, ULONG_PTR AsynchronousContext)
{
    TRANSACTION_NOTIFICATION notification;
    LARGE_INTEGER storage, *timeout;
    void *manager;
    if (Asynchronous)
        return STATUS_NOT_SUPPORTED;
    if (Length < sizeof notification)
        return STATUS_BUFFER_TOO_SMALL;
    NTSTATUS status = gate_capture_timeout(Timeout, &storage, &timeout);
    if (NT_SUCCESS(status))
        status =
            body_of(RmHandle, RESOURCEMANAGER_GET_NOTIFICATION, tm_resource_manager_type, &manager);
    if (!NT_SUCCESS(status))
        return status;
    status = tm_notification_get(manager, timeout, &notification);
    ob_dereference(manager);
    if (status != STATUS_SUCCESS)
        return status;
    status = gate_copy_out(Notification, &notification, sizeof notification);
    return NT_SUCCESS(status) ? gate_length_tell(ReturnLength, sizeof notification) : status;
}

/* ---- enlistments
 * ------------------------------------------------------------------------------------------ */

/* Answers a notification, or leaves the transaction. */
static NTSTATUS enlistment_do(HANDLE handle, ULONG notification,
                              NTSTATUS (*leave)(void *enlistment))
{
    void *enlistment;
    NTSTATUS status =
        body_of(handle, ENLISTMENT_SUBORDINATE_RIGHTS, tm_enlistment_type, &enlistment);
    if (!NT_SUCCESS(status))
        return status;
    status = leave ? leave(enlistment) : tm_enlistment_answer(enlistment, notification);
    ob_dereference(enlistment);
    return status;
}

static NTSTATUS answer(HANDLE handle, ULONG notification)
{
    return enlistment_do(handle, notification, NULL);
}

/* Doc: nf-wdm-ntprepreparecomplete */
SERVICE NtPrePrepareComplete(HANDLE Enlistment, PLARGE_INTEGER Clock)
{
    return answer(Enlistment, TRANSACTION_NOTIFY_PREPREPARE);
}

/* Doc: nf-wdm-ntpreparecomplete */
SERVICE NtPrepareComplete(HANDLE Enlistment, PLARGE_INTEGER Clock)
{
    return answer(Enlistment, TRANSACTION_NOTIFY_PREPARE);
}

/* Doc: nf-wdm-ntcommitcomplete */
SERVICE NtCommitComplete(HANDLE Enlistment, PLARGE_INTEGER Clock)
{
    return answer(Enlistment, TRANSACTION_NOTIFY_COMMIT);
}

/* Doc: nf-wdm-ntrollbackcomplete */
SERVICE NtRollbackComplete(HANDLE Enlistment, PLARGE_INTEGER Clock)
{
    return answer(Enlistment, TRANSACTION_NOTIFY_ROLLBACK);
}

/* Doc: nf-wdm-ntreadonlyenlistment */
SERVICE NtReadOnlyEnlistment(HANDLE Enlistment, PLARGE_INTEGER Clock)
{
    return enlistment_do(Enlistment, 0, tm_enlistment_leave);
}

/* Doc: nf-wdm-ntrollbackenlistment */
SERVICE NtRollbackEnlistment(HANDLE Enlistment, PLARGE_INTEGER Clock)
{
    return enlistment_do(Enlistment, 0, tm_enlistment_refuse);
}

/* ---- keys
 * ----------------------------------------------------------------------------------------------------
 */

static NTSTATUS key_open(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user, bool create,
                         ULONG options, PUNICODE_STRING class_name, HANDLE transaction_handle,
                         PULONG disposition)
{
    void *transaction;
    NTSTATUS status =
        body_of(transaction_handle, TRANSACTION_ENLIST, tm_transaction_type, &transaction);
    if (!NT_SUCCESS(status))
        return status;
    status =
        gate_key_open(handle, access, user, create, options, class_name, transaction, disposition);
    ob_dereference(transaction);
    return status;
}

/* Doc: nf-wdm-zwcreatekeytransacted */
SERVICE NtCreateKeyTransacted(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                              ULONG TitleIndex, PUNICODE_STRING Class, ULONG Options,
                              HANDLE Transaction, PULONG Disposition)
{
    return key_open(Handle, Access, Attributes, true, Options, Class, Transaction, Disposition);
}

/* Doc: nf-wdm-zwopenkeytransacted */
SERVICE NtOpenKeyTransacted(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            HANDLE Transaction)
{
    return key_open(Handle, Access, Attributes, false, 0, NULL, Transaction, NULL);
}

/* Doc: nf-wdm-zwopenkeytransactedex */
SERVICE NtOpenKeyTransactedEx(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                              ULONG Options, HANDLE Transaction)
{
    return key_open(Handle, Access, Attributes, false, Options, NULL, Transaction, NULL);
}
