/* SPDX-License-Identifier: MIT */
/* ob_ddi.h - exported functions that Microsoft's headers do not declare. */
#ifndef OB_OB_DDI_H
#define OB_OB_DDI_H

#include <ntifs.h>

NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                       PACCESS_STATE AccessState, ACCESS_MASK DesiredAccess,
                                       POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                       PVOID ParseContext, PVOID *Object);
LONG_PTR NTAPI ObfReferenceObjectWithTag(PVOID Object, ULONG Tag);
LONG_PTR NTAPI ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag);
POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object);

#endif
