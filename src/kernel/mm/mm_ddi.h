/* SPDX-License-Identifier: MIT */
/* mm_ddi.h - contract functions of this room that no header of the driver kit declares, and
 * exported variables.
 */
#ifndef MM_MM_DDI_H
#define MM_MM_DDI_H

#include "mm/mm.h"

extern BOOLEAN Mm64BitPhysicalAddress;

NTSTATUS NTAPI MmMapViewInSystemSpaceEx(PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize,
                                        PLARGE_INTEGER SectionOffset, ULONG_PTR Flags);
NTSTATUS NTAPI MmCreateSection(PVOID *SectionObject, ACCESS_MASK DesiredAccess,
                               POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                               ULONG SectionPageProtection, ULONG AllocationAttributes,
                               HANDLE FileHandle, PFILE_OBJECT FileObject);
NTSTATUS NTAPI MmMapViewOfSection(PVOID SectionObject, PEPROCESS Process, PVOID *BaseAddress,
                                  ULONG_PTR ZeroBits, SIZE_T CommitSize,
                                  PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                                  SECTION_INHERIT InheritDisposition, ULONG AllocationType,
                                  ULONG Protect);
NTSTATUS NTAPI MmUnmapViewOfSection(PEPROCESS Process, PVOID BaseAddress);
NTSTATUS NTAPI MmCopyVirtualMemory(PEPROCESS SourceProcess, PVOID SourceAddress,
                                   PEPROCESS TargetProcess, PVOID TargetAddress, SIZE_T BufferSize,
                                   KPROCESSOR_MODE PreviousMode, PSIZE_T ReturnSize);
ULONGLONG NTAPI MmGetMaximumFileSectionSize(VOID);

#endif
