/* SPDX-License-Identifier: MIT */
/* callback_ddi.c - what drivers call to watch the registry. */
#include "cm_internal.h"

POBJECT_TYPE *CmKeyObjectType = (POBJECT_TYPE *)&cm_key_type;

/* IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-cmregistercallback
 */
NTSTATUS NTAPI CmRegisterCallback(PEX_CALLBACK_FUNCTION Function, PVOID Context,
                                  PLARGE_INTEGER Cookie)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return registry_callback_add(Function, NULL, Context, Cookie);
}

/* Errors:  STATUS_FLT_INSTANCE_ALTITUDE_COLLISION, STATUS_INSUFFICIENT_RESOURCES
 * IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-cmregistercallbackex
 * Differs: told are: create, open, delete, query and enumerate of keys, set, delete, query and
 *          enumerate of values; not handle close, security, load and save
 */
NTSTATUS NTAPI CmRegisterCallbackEx(PEX_CALLBACK_FUNCTION Function, PCUNICODE_STRING Altitude,
                                    PVOID Driver, PVOID Context, PLARGE_INTEGER Cookie,
                                    PVOID Reserved)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!Altitude || Altitude->Length == 0 || !Driver)
        return STATUS_INVALID_PARAMETER;
    return registry_callback_add(Function, Altitude, Context, Cookie);
}

/* Waits for routines that are running.
 *
 * Doc:     nf-wdm-cmunregistercallback
 */
NTSTATUS NTAPI CmUnRegisterCallback(LARGE_INTEGER Cookie)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return registry_callback_remove(Cookie);
}

/* 1.1: what a routine raises stops the machine, a failed operation has no object.
 *
 * IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-cmgetcallbackversion
 */
VOID NTAPI CmGetCallbackVersion(PULONG Major, PULONG Minor)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Major)
        *Major = 1;
    if (Minor)
        *Minor = 1;
}

/* The key's identity and a copy of its name (CmCallbackReleaseKeyObjectIDEx).
 *
 * Doc:     nf-wdm-cmcallbackgetkeyobjectidex
 */
NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR ObjectID,
                                          PCUNICODE_STRING *ObjectName, ULONG Flags)
{
    UNICODE_STRING path;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!Object || ob_type_of(Object) != cm_key_type || Flags != 0)
        return STATUS_INVALID_PARAMETER;
    if (ObjectID)
        *ObjectID = (ULONG_PTR)((struct cm_key *)Object)->node;
    if (!ObjectName)
        return STATUS_SUCCESS;
    NTSTATUS status = ob_name_of(Object, &path);
    if (!NT_SUCCESS(status))
        return status;
    UNICODE_STRING *name = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *name, CM_TAG);
    if (!name) {
        RtlFreeUnicodeString(&path);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *name = path;
    *ObjectName = name;
    return STATUS_SUCCESS;
}

/* Doc:     nf-wdm-cmcallbackreleasekeyobjectidex */
VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING ObjectName)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    RtlFreeUnicodeString((PUNICODE_STRING)ObjectName);
    ExFreePoolWithTag((PVOID)ObjectName, CM_TAG);
}

/* There are no transactions.
 *
 * Doc:     nf-wdm-cmgetboundtransaction
 */
PVOID NTAPI CmGetBoundTransaction(PLARGE_INTEGER Cookie, PVOID Object)
{
    return NULL;
}
