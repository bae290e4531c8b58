/* SPDX-License-Identifier: MIT */
/* ob_ddi.h - exported functions that Microsoft's headers do not declare. */
#ifndef OB_OB_DDI_H
#define OB_OB_DDI_H

#include <ntifs.h>

/* OBJECT_HANDLE_FLAG_INFORMATION */
struct ob_handle_flags {
    BOOLEAN Inherit, ProtectFromClose;
};
NTSTATUS NTAPI ObSetHandleAttributes(HANDLE Handle, struct ob_handle_flags *HandleFlags,
                                     KPROCESSOR_MODE PreviousMode);
NTSTATUS NTAPI ObDuplicateObject(PEPROCESS SourceProcess, HANDLE SourceHandle,
                                 PEPROCESS TargetProcess, PHANDLE TargetHandle,
                                 ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options,
                                 KPROCESSOR_MODE PreviousMode);
BOOLEAN NTAPI ObFindHandleForObject(PEPROCESS Process, PVOID Object, POBJECT_TYPE ObjectType,
                                    POBJECT_HANDLE_INFORMATION HandleInformation, PHANDLE Handle);

NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                       PACCESS_STATE AccessState, ACCESS_MASK DesiredAccess,
                                       POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                       PVOID ParseContext, PVOID *Object);
LONG_PTR NTAPI ObfReferenceObjectWithTag(PVOID Object, ULONG Tag);
LONG_PTR NTAPI ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag);
POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object);

#endif
