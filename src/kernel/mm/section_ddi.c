/* SPDX-License-Identifier: MIT */
/* section_ddi.c - sections as drivers use their bodies: views in system space and in
 * processes, and what file systems ask about mapped files. */
#include "mm_ddi.h"
#include "section.h"

/* IRQL:    <= APC_LEVEL
 * Takes:   borrows Section (ObReferenceObjectByHandle)
 * Units:   *ViewSize in and out; 0: all of it
 * Errors:  STATUS_INVALID_VIEW_SIZE, STATUS_NO_MEMORY
 * Doc:     nf-wdm-mmmapviewinsystemspace
 */
NTSTATUS NTAPI MmMapViewInSystemSpace(PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize)
{
    LARGE_INTEGER start = {.QuadPart = 0};

    return MmMapViewInSystemSpaceEx(Section, MappedBase, ViewSize, &start, 0);
}

/* Doc: as MmMapViewInSystemSpace; *SectionOffset a multiple of 64 KiB */
NTSTATUS NTAPI MmMapViewInSystemSpaceEx(PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize,
                                        PLARGE_INTEGER SectionOffset, ULONG_PTR Flags)
{
    uint64_t bytes = *ViewSize;
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (ob_type_of(Section) != mm_section_type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    status = mm_system_view_map(Section, (uint64_t)SectionOffset->QuadPart, &bytes, MappedBase);
    if (NT_SUCCESS(status))
        *ViewSize = bytes;
    return status;
}

/* Errors:  STATUS_NOT_MAPPED_VIEW
 * Doc:     nf-wdm-mmunmapviewinsystemspace
 */
NTSTATUS NTAPI MmUnmapViewInSystemSpace(PVOID MappedBase)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return mm_system_view_unmap(MappedBase);
}

/* Doc: as in system space; there is one session */
NTSTATUS NTAPI MmMapViewInSessionSpace(PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize)
{
    return MmMapViewInSystemSpace(Section, MappedBase, ViewSize);
}

NTSTATUS NTAPI MmUnmapViewInSessionSpace(PVOID MappedBase)
{
    return MmUnmapViewInSystemSpace(MappedBase);
}

/* ---- bodies ------------------------------------------------------------------------------------
 */

/* Errors:  as ZwCreateSection
 * Doc:     known from its use in public drivers; one of FileHandle and FileObject, or none
 * Differs: the attributes' name is not looked at: a body has no name
 */
NTSTATUS NTAPI MmCreateSection(PVOID *SectionObject, ACCESS_MASK DesiredAccess,
                               POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                               ULONG SectionPageProtection, ULONG AllocationAttributes,
                               HANDLE FileHandle, PFILE_OBJECT FileObject)
{
    struct mm_section_request request = {.bytes = MaximumSize ? (uint64_t)MaximumSize->QuadPart : 0,
                                         .protect = SectionPageProtection,
                                         .attributes = AllocationAttributes,
                                         .file = FileObject};
    void *body = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (FileHandle != NULL && FileObject == NULL) {
        status =
            ob_handle_reference(FileHandle, mm_section_file_access(SectionPageProtection),
                                (struct object_type *)*IoFileObjectType, KernelMode, &body, NULL);
        request.file = body;
    }
    if (NT_SUCCESS(status))
        status = mm_section_create(&request, SectionObject);
    if (NT_SUCCESS(status) && MaximumSize != NULL) {
        uint64_t bytes;
        ULONG attributes;
        mm_section_query(*SectionObject, &attributes, &bytes);
        MaximumSize->QuadPart = (LONGLONG)bytes;
    }
    if (body != NULL)
        ob_dereference(body);
    return status;
}

/* Errors:  as ZwMapViewOfSection; STATUS_PROCESS_IS_TERMINATING
 * Doc:     known from its use in public drivers
 * Differs: ZeroBits and CommitSize have no effect; no process inherits views
 */
NTSTATUS NTAPI MmMapViewOfSection(PVOID SectionObject, PEPROCESS Process, PVOID *BaseAddress,
                                  ULONG_PTR ZeroBits, SIZE_T CommitSize,
                                  PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                                  SECTION_INHERIT InheritDisposition, ULONG AllocationType,
                                  ULONG Protect)
{
    struct mm_window *window = window_of_process(Process);
    struct mm_view_request request = {.address = (uintptr_t)*BaseAddress,
                                      .offset =
                                          SectionOffset ? (uint64_t)SectionOffset->QuadPart : 0,
                                      .bytes = *ViewSize,
                                      .type = AllocationType,
                                      .protect = Protect};
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (ob_type_of(SectionObject) != mm_section_type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (window == NULL)
        return STATUS_PROCESS_IS_TERMINATING;
    status = mm_view_map(SectionObject, window, &request);
    if (!NT_SUCCESS(status))
        return status;
    *BaseAddress = (PVOID)request.address;
    *ViewSize = request.bytes;
    if (SectionOffset != NULL)
        SectionOffset->QuadPart = (LONGLONG)request.offset;
    return status;
}

/* Errors:  STATUS_NOT_MAPPED_VIEW
 * Doc:     known from its use in public drivers
 */
NTSTATUS NTAPI MmUnmapViewOfSection(PEPROCESS Process, PVOID BaseAddress)
{
    struct mm_window *window = window_of_process(Process);

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (window == NULL)
        return STATUS_PROCESS_IS_TERMINATING;
    return mm_view_unmap(window, (uintptr_t)BaseAddress);
}

/* A program's address must be one of the process that it is said to be of; it becomes where that
 * lies here, because of two 32-bit programs only one has its addresses at a time. */
static bool address_reach(PEPROCESS process, uint64_t bytes, uint64_t *address)
{
    const struct mm_window *window;

    if (*address >= MM_USER_END)
        return true;
    window = window_of_process(process);
    if (window == NULL || *address < window->base || bytes > window->bytes ||
        *address - window->base > window->bytes - bytes)
        return false;
    *address = (uintptr_t)mm_window_here(window, (void *)*address);
    return true;
}

/* Bytes from one process's memory to another's, or the system's.
 *
 * IRQL:    <= APC_LEVEL
 * Errors:  STATUS_PARTIAL_COPY: some of it is not there, *ReturnSize went; STATUS_ACCESS_VIOLATION
 *          for PreviousMode UserMode and system addresses
 * Doc:     known from its use in public drivers
 */
NTSTATUS NTAPI MmCopyVirtualMemory(PEPROCESS SourceProcess, PVOID SourceAddress,
                                   PEPROCESS TargetProcess, PVOID TargetAddress, SIZE_T BufferSize,
                                   KPROCESSOR_MODE PreviousMode, PSIZE_T ReturnSize)
{
    uint64_t from = (uintptr_t)SourceAddress, to = (uintptr_t)TargetAddress, done = 0;
    NTSTATUS status = STATUS_PARTIAL_COPY;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *ReturnSize = 0;
    if (PreviousMode != KernelMode &&
        (from + BufferSize > MM_USER_END || from + BufferSize < from ||
         to + BufferSize > MM_USER_END || to + BufferSize < to))
        return STATUS_ACCESS_VIOLATION;
    if (address_reach(SourceProcess, BufferSize, &from) &&
        address_reach(TargetProcess, BufferSize, &to))
        status = mm_window_copy((void *)to, (const void *)from, BufferSize, &done);
    *ReturnSize = done;
    return status;
}

/* ---- what file systems ask ----------------------------------------------------------------------
 */

/* Doc: nf-ntifs-mmflushimagesection; there are no image sections that a write could harm */
BOOLEAN NTAPI MmFlushImageSection(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                  MMFLUSH_TYPE FlushType)
{
    return SectionObjectPointer->ImageSectionObject == NULL;
}

/* FALSE: somebody has what would be cut off mapped, or could map it.
 *
 * Doc: nf-ntifs-mmcanfilebetruncated; NewFileSize NULL means 0
 */
BOOLEAN NTAPI MmCanFileBeTruncated(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                   PLARGE_INTEGER NewFileSize)
{
    struct store *store = store_of_pointers(SectionObjectPointer);
    uint64_t bytes = NewFileSize == NULL ? 0 : (uint64_t)NewFileSize->QuadPart;
    BOOLEAN can = SectionObjectPointer->ImageSectionObject == NULL;

    if (store != NULL) {
        can = can && ((bytes + 4095) & ~4095ull) >= store->bytes;
        store_put(store);
    }
    return can;
}

/* Nothing keeps a data section but those who use it: it is closed, or in use.
 *
 * Doc: nf-ntifs-mmforcesectionclosed
 */
BOOLEAN NTAPI MmForceSectionClosed(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                   BOOLEAN DelayClose)
{
    return SectionObjectPointer->DataSectionObject == NULL &&
           SectionObjectPointer->ImageSectionObject == NULL;
}

/* Doc: nf-ntifs-mmforcesectionclosedex */
BOOLEAN NTAPI MmForceSectionClosedEx(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                     ULONG ForceCloseFlags)
{
    return ((ForceCloseFlags & MM_FORCE_CLOSED_DATA) == 0 ||
            SectionObjectPointer->DataSectionObject == NULL) &&
           ((ForceCloseFlags & MM_FORCE_CLOSED_IMAGE) == 0 ||
            SectionObjectPointer->ImageSectionObject == NULL);
}

/* Doc: nf-ntifs-mmdoesfilehaveuserwritablereferences; how many views can write to the file */
ULONG NTAPI MmDoesFileHaveUserWritableReferences(PSECTION_OBJECT_POINTERS SectionPointer)
{
    struct store *store = store_of_pointers(SectionPointer);
    uint64_t count = 0;

    if (store != NULL) {
        count = store->writable_views + store->writable_sections;
        store_put(store);
    }
    return (ULONG)count;
}

/* Doc: nf-ntifs-mmsetaddressrangemodified; the host keeps that account: no page was clean here */
BOOLEAN NTAPI MmSetAddressRangeModified(PVOID Address, SIZE_T Length)
{
    return FALSE;
}

/* Doc: nf-ntifs-mmprefetchpages; everything is read in when it is touched, by the host */
NTSTATUS NTAPI MmPrefetchPages(ULONG NumberOfLists, PREAD_LIST *ReadLists)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    for (ULONG i = 0; i < NumberOfLists; i++)
        if (ReadLists[i] == NULL || ReadLists[i]->FileObject == NULL)
            return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* Doc: nf-ntifs-mmgetmaximumfilesectionsize */
ULONGLONG NTAPI MmGetMaximumFileSectionSize(VOID)
{
    return SECTION_BYTES_MAX;
}

/* Doc: nf-ntifs-mmisrecursiveiofault; no fault is ever served by I/O here */
BOOLEAN NTAPI MmIsRecursiveIoFault(VOID)
{
    return FALSE;
}
