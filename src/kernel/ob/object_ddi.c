/* SPDX-License-Identifier: MIT */
/* object_ddi.c - what drivers call to keep, find, name and watch objects. */
#include "ob_internal.h"

#include <string.h>

#include "ke/ke.h"
#include "ob/dispatcher_types.h"
#include "ob_callback.h"
#include "ob_ddi.h"

/* Variables that drivers import: each is the address of a pointer to the type. */
POBJECT_TYPE *ExEventObjectType = (POBJECT_TYPE *)&ob_event_type;
POBJECT_TYPE *ExSemaphoreObjectType = (POBJECT_TYPE *)&ob_semaphore_type;
POBJECT_TYPE *ExTimerObjectType = (POBJECT_TYPE *)&ob_timer_type;

/* ObfReferenceObject: one more reference; returns the new count.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-obfreferenceobject
 */
LONG_PTR NTAPI ObfReferenceObject(PVOID Object)
{
    ob_reference(Object);
    return (LONG_PTR)ob_reference_count(Object);
}

LONG_PTR NTAPI ObfReferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    return ObfReferenceObject(Object);
}

/* ObfDereferenceObject: one reference less; the last one deletes.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-obdereferenceobject
 * Differs: the count returned is the one before others' concurrent changes
 */
LONG_PTR NTAPI ObfDereferenceObject(PVOID Object)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    LONG_PTR left = (LONG_PTR)ob_reference_count(Object) - 1;
    ob_dereference(Object);
    return left;
}

LONG_PTR NTAPI ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    return ObfDereferenceObject(Object);
}

/* The same, the deletion always on a worker.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-obdereferenceobjectdeferdelete
 */
VOID NTAPI ObDereferenceObjectDeferDelete(PVOID Object)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ob_dereference_deferred(Object);
}

VOID NTAPI ObDereferenceObjectDeferDeleteWithTag(PVOID Object, ULONG Tag)
{
    ObDereferenceObjectDeferDelete(Object);
}

/* A reference unless the object is being deleted.
 *
 * Doc:     nf-wdm-obreferenceobjectsafe
 */
BOOLEAN NTAPI ObReferenceObjectSafe(PVOID Object)
{
    return ob_reference_unless_dead(Object);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_OBJECT_TYPE_MISMATCH
 * Doc:     nf-wdm-obreferenceobjectbypointer
 */
NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
                                          POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    /* Without a type only a kernel-mode caller passes, but for symbolic links. */
    if ((POBJECT_TYPE)ob_type_of(Object) != ObjectType && (ObjectType || AccessMode != KernelMode))
        return STATUS_OBJECT_TYPE_MISMATCH;
    ob_reference(Object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObReferenceObjectByPointerWithTag(PVOID Object, ACCESS_MASK DesiredAccess,
                                                 POBJECT_TYPE ObjectType,
                                                 KPROCESSOR_MODE AccessMode, ULONG Tag)
{
    return ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);
}

/* The object behind a handle, if it is of the type and was opened with the access.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED
 * Doc:     nf-wdm-obreferenceobjectbyhandle
 */
NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                         POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                         PVOID *Object,
                                         POBJECT_HANDLE_INFORMATION HandleInformation)
{
    ACCESS_MASK granted;
    ULONG attributes = 0;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *Object = NULL;
    NTSTATUS status = ob_handle_reference(Handle, DesiredAccess, (struct object_type *)ObjectType,
                                          AccessMode, Object, &granted);
    if (NT_SUCCESS(status) && HandleInformation) {
        ob_handle_attributes_get(Handle, AccessMode, &attributes);
        HandleInformation->HandleAttributes = attributes;
        HandleInformation->GrantedAccess = granted;
    }
    return status;
}

NTSTATUS NTAPI ObReferenceObjectByHandleWithTag(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                                POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                                ULONG Tag, PVOID *Object,
                                                POBJECT_HANDLE_INFORMATION HandleInformation)
{
    return ObReferenceObjectByHandle(Handle, DesiredAccess, ObjectType, AccessMode, Object,
                                     HandleInformation);
}

/* The object of a name. Not documented by Microsoft, but imported by many drivers that look
 * for another driver's object; its parameters are those of ObOpenObjectByName's family.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_TYPE_MISMATCH …
 */
NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                       PACCESS_STATE AccessState, ACCESS_MASK DesiredAccess,
                                       POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                       PVOID ParseContext, PVOID *Object)
{
    OBJECT_ATTRIBUTES attributes;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *Object = NULL;
    InitializeObjectAttributes(&attributes, ObjectName, Attributes, NULL, NULL);
    return ob_open(&attributes, (struct object_type *)ObjectType, DesiredAccess, AccessMode,
                   ParseContext, Object);
}

/* A handle to an object the caller has a pointer to.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED
 * Doc:     nf-ntifs-obopenobjectbypointer
 * Differs: PassedAccessState is not consulted
 */
NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes,
                                     PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                                     POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                     PHANDLE Handle)
{
    ACCESS_MASK granted;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (ObjectType && (POBJECT_TYPE)ob_type_of(Object) != ObjectType)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (HandleAttributes & OBJ_FORCE_ACCESS_CHECK)
        AccessMode = UserMode;
    NTSTATUS status = ob_access_check(Object, DesiredAccess, AccessMode, &granted);
    return NT_SUCCESS(status) ? ob_handle_create(Object, granted, HandleAttributes, Handle)
                              : status;
}

NTSTATUS NTAPI ObOpenObjectByPointerWithTag(PVOID Object, ULONG HandleAttributes,
                                            PACCESS_STATE PassedAccessState,
                                            ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                            KPROCESSOR_MODE AccessMode, ULONG Tag, PHANDLE Handle)
{
    return ObOpenObjectByPointer(Object, HandleAttributes, PassedAccessState, DesiredAccess,
                                 ObjectType, AccessMode, Handle);
}

/* A handle to the object of a name.
 *
 * IRQL:    PASSIVE_LEVEL
 * Differs: AccessState is not consulted
 */
NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES ObjectAttributes, POBJECT_TYPE ObjectType,
                                  KPROCESSOR_MODE AccessMode, PACCESS_STATE AccessState,
                                  ACCESS_MASK DesiredAccess, PVOID ParseContext, PHANDLE Handle)
{
    void *body;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    NTSTATUS status = ob_open(ObjectAttributes, (struct object_type *)ObjectType, DesiredAccess,
                              AccessMode, ParseContext, &body);
    if (!NT_SUCCESS(status))
        return status;
    status = ObOpenObjectByPointer(body, ObjectAttributes->Attributes, NULL, DesiredAccess, NULL,
                                   AccessMode, Handle);
    ob_dereference(body);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-obclosehandle
 */
NTSTATUS NTAPI ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return ob_handle_close(Handle, PreviousMode);
}

/* Doc:     nf-ntifs-obiskernelhandle */
BOOLEAN NTAPI ObIsKernelHandle(HANDLE Handle)
{
    return ob_handle_is_kernel(Handle);
}

/* The full name, with its terminating zero, behind the structure.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INFO_LENGTH_MISMATCH with the length needed
 * Doc:     nf-ntifs-obquerynamestring
 */
NTSTATUS NTAPI ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION ObjectNameInfo,
                                 ULONG Length, PULONG ReturnLength)
{
    UNICODE_STRING name;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    NTSTATUS status = ob_name_of(Object, &name);
    if (!NT_SUCCESS(status))
        return status;
    ULONG needed = sizeof *ObjectNameInfo + (name.Length ? name.Length + sizeof(WCHAR) : 0);
    *ReturnLength = needed;
    if (Length < needed) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else if (name.Length == 0) {
        memset(&ObjectNameInfo->Name, 0, sizeof ObjectNameInfo->Name);
    } else {
        ObjectNameInfo->Name.Length = name.Length;
        ObjectNameInfo->Name.MaximumLength = (USHORT)(name.Length + sizeof(WCHAR));
        ObjectNameInfo->Name.Buffer = (PWSTR)(ObjectNameInfo + 1);
        memcpy(ObjectNameInfo->Name.Buffer, name.Buffer, name.Length);
        ObjectNameInfo->Name.Buffer[name.Length / sizeof(WCHAR)] = 0;
    }
    RtlFreeUnicodeString(&name);
    return status;
}

POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object)
{
    return (POBJECT_TYPE)ob_type_of(Object);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntifs-obmaketemporaryobject
 */
VOID NTAPI ObMakeTemporaryObject(PVOID Object)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    ob_make_temporary(Object);
}

/* A handle to a new unnamed object, whose reference the call takes.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   Object, also on failure
 * Doc:     nf-ntifs-obinsertobject
 * Differs: names are given at ob_insert, so PassedAccessState's name is not looked at
 */
NTSTATUS NTAPI ObInsertObject(PVOID Object, PACCESS_STATE PassedAccessState,
                              ACCESS_MASK DesiredAccess, ULONG ObjectPointerBias, PVOID *NewObject,
                              PHANDLE Handle)
{
    NTSTATUS status = STATUS_SUCCESS;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Handle)
        status = ob_handle_create(Object, DesiredAccess, 0, Handle);
    for (ULONG i = 0; NT_SUCCESS(status) && i < ObjectPointerBias; i++)
        ob_reference(Object);
    if (NT_SUCCESS(status) && NewObject)
        *NewObject = Object;
    if (!NT_SUCCESS(status) || Handle)
        ob_dereference(Object);
    return status;
}

/* A copy of the descriptor; FALSE in MemoryAllocated when there is none.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-obgetobjectsecurity
 */
NTSTATUS NTAPI ObGetObjectSecurity(PVOID Object, PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                   PBOOLEAN MemoryAllocated)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *SecurityDescriptor = NULL;
    NTSTATUS status = ob_security_get(Object, SecurityDescriptor);
    *MemoryAllocated = NT_SUCCESS(status) && *SecurityDescriptor;
    return status;
}

/* Doc:     nf-wdm-obreleaseobjectsecurity */
VOID NTAPI ObReleaseObjectSecurity(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN MemoryAllocated)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (MemoryAllocated)
        ob_security_free(SecurityDescriptor);
}

/* Errors:  STATUS_INVALID_PARAMETER, STATUS_FLT_INSTANCE_ALTITUDE_COLLISION
 * IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-obregistercallbacks
 * Differs: an image need not be signed
 */
NTSTATUS NTAPI ObRegisterCallbacks(POB_CALLBACK_REGISTRATION CallbackRegistration,
                                   PVOID *RegistrationHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return ob_callback_register(CallbackRegistration, RegistrationHandle);
}

/* Waits for routines that are running.
 *
 * IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-obunregistercallbacks
 */
VOID NTAPI ObUnRegisterCallbacks(PVOID RegistrationHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    ob_callback_unregister(RegistrationHandle);
}

USHORT NTAPI ObGetFilterVersion(VOID)
{
    return OB_FLT_REGISTRATION_VERSION;
}
