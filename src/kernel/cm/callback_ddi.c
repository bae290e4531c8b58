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
 * Differs: the query of several values is not told: there is no such operation
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

/* The key's identity and its name, which stays valid until the key object goes.
 *
 * Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-wdm-cmcallbackgetkeyobjectid
 */
NTSTATUS NTAPI CmCallbackGetKeyObjectID(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR ObjectID,
                                        PCUNICODE_STRING *ObjectName)
{
    UNICODE_STRING path;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!Cookie || !registry_callback_exists(*Cookie) || !Object ||
        ob_type_of(Object) != cm_key_type)
        return STATUS_INVALID_PARAMETER;
    struct cm_key *key = Object;
    if (ObjectID)
        *ObjectID = (ULONG_PTR)key->node;
    if (!ObjectName)
        return STATUS_SUCCESS;
    PUNICODE_STRING kept = __atomic_load_n(&key->name_kept, __ATOMIC_ACQUIRE), expected = NULL;
    if (!kept) {
        NTSTATUS status = ob_name_of(Object, &path);
        if (!NT_SUCCESS(status))
            return status;
        kept = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *kept + path.Length, CM_TAG);
        if (kept) {
            *kept = (UNICODE_STRING){path.Length, path.Length, (PWCH)(kept + 1)};
            RtlCopyMemory(kept->Buffer, path.Buffer, path.Length);
        }
        RtlFreeUnicodeString(&path);
        if (!kept)
            return STATUS_INSUFFICIENT_RESOURCES;
        if (!__atomic_compare_exchange_n(&key->name_kept, &expected, kept, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE)) {
            ExFreePoolWithTag(kept, CM_TAG);
            kept = expected;
        }
    }
    *ObjectName = kept;
    return STATUS_SUCCESS;
}

/* The routine is told when the context may go (RegNtCallbackObjectContextCleanup).
 *
 * Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-wdm-cmsetcallbackobjectcontext
 */
NTSTATUS NTAPI CmSetCallbackObjectContext(PVOID Object, PLARGE_INTEGER Cookie, PVOID NewContext,
                                          PVOID *OldContext)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!Object || ob_type_of(Object) != cm_key_type)
        return STATUS_INVALID_PARAMETER;
    return registry_context_set(Object, *Cookie, NewContext, OldContext);
}

/* Not referenced: it lives as long as the key.
 *
 * Doc:     nf-wdm-cmgetboundtransaction
 */
PVOID NTAPI CmGetBoundTransaction(PLARGE_INTEGER Cookie, PVOID Object)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return Object && ob_type_of(Object) == cm_key_type ? ((struct cm_key *)Object)->transaction
                                                       : NULL;
}
