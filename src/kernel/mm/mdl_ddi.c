/* SPDX-License-Identifier: MIT */
/* mdl_ddi.c - MDLs as drivers make, lock, map and free them. */
#include "mdl.h"
#include "mm_ddi.h"

[[noreturn]] static void mdl_bugcheck(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3,
                                      ULONG_PTR p4)
{
    ke_bugcheck(&(struct bugcheck){.code = code, .parameter = {p1, p2, p3, p4}});
}

/* IRQL:    <= DISPATCH_LEVEL
 * Takes:   Irp: gets the MDL as its MdlAddress, or at the end of the chain there
 * Errors:  NULL: no memory, or a length beyond 4 GiB less a page
 * Doc:     nf-wdm-ioallocatemdl
 * Differs: no quota is charged
 */
PMDL NTAPI IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
                         BOOLEAN ChargeQuota, PIRP Irp)
{
    MDL **at, *mdl;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    mdl = mdl_allocate(VirtualAddress, Length);
    if (mdl == NULL || Irp == NULL)
        return mdl;
    at = &Irp->MdlAddress;
    if (SecondaryBuffer)
        while (*at != NULL)
            at = &(*at)->Next;
    *at = mdl;
    return mdl;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-iofreemdl; a mapping that a partial MDL made itself goes with it
 */
VOID NTAPI IoFreeMdl(PMDL Mdl)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    MmPrepareMdlForReuse(Mdl);
    ExFreePoolWithTag(Mdl, 0);
}

/* Describes part of a buffer that another MDL describes.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  bug check TARGET_MDL_TOO_SMALL
 * Doc:     nf-wdm-iobuildpartialmdl
 */
VOID NTAPI IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    uint64_t source = mdl_address(SourceMdl), start = (uintptr_t)VirtualAddress;
    uint64_t skipped = start - source;
    size_t count, first, room;

    if (start < source || skipped + Length > SourceMdl->ByteCount)
        mdl_bugcheck(TARGET_MDL_TOO_SMALL, 0, 0, 0, 0);
    if (Length == 0)
        Length = SourceMdl->ByteCount - (ULONG)skipped;
    count = ((start & 4095) + Length + 4095) >> 12;
    room = ((size_t)(USHORT)TargetMdl->Size - sizeof(MDL)) / sizeof(PFN_NUMBER);
    if (count > room)
        mdl_bugcheck(TARGET_MDL_TOO_SMALL, 0, 0, 0, 0);
    first = (SourceMdl->ByteOffset + skipped) >> 12;

    TargetMdl->StartVa = (void *)(start & ~4095ull);
    TargetMdl->ByteOffset = (ULONG)(start & 4095);
    TargetMdl->ByteCount = Length;
    TargetMdl->Process = SourceMdl->Process;
    TargetMdl->MdlFlags =
        (CSHORT)((TargetMdl->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) | MDL_PARTIAL |
                 (SourceMdl->MdlFlags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE)));
    TargetMdl->MappedSystemVa = NULL;
    if ((SourceMdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        /* The parent's mapping serves for the part, and stays the parent's. */
        TargetMdl->MappedSystemVa = (char *)SourceMdl->MappedSystemVa + skipped;
        if ((SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0)
            TargetMdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | MDL_PARENT_MAPPED_SYSTEM_VA;
    }
    __builtin_memcpy(mdl_frames(TargetMdl), mdl_frames(SourceMdl) + first,
                     count * sizeof(PFN_NUMBER));
}

/* Doc: nf-wdm-mmsizeofmdl */
SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    return sizeof(MDL) + ((((uintptr_t)Base & 4095) + Length + 4095) >> 12) * sizeof(PFN_NUMBER);
}

/* Doc: nf-wdm-mmcreatemdl */
PMDL NTAPI MmCreateMdl(PMDL MemoryDescriptorList, PVOID Base, SIZE_T Length)
{
    if (MemoryDescriptorList == NULL)
        return mdl_allocate(Base, Length);
    mdl_init(MemoryDescriptorList, Base, Length);
    return MemoryDescriptorList;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-mmbuildmdlfornonpagedpool
 */
VOID NTAPI MmBuildMdlForNonPagedPool(PMDLX MemoryDescriptorList)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    mdl_describe_system(MemoryDescriptorList);
    MemoryDescriptorList->Process = NULL;
    MemoryDescriptorList->MappedSystemVa = (void *)mdl_address(MemoryDescriptorList);
    MemoryDescriptorList->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
}

/* Doc: "Bug Check 0xC4", 0xB0 and 0xB1: an MDL whose pages are described already */
static void mdl_require_unlocked(const MDL *mdl, ULONG_PTR rule)
{
    const CSHORT wrong =
        mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL);

    if (__builtin_expect(wrong != 0, 0))
        mdl_bugcheck(DRIVER_VERIFIER_DETECTED_VIOLATION, rule, (ULONG_PTR)mdl,
                     (ULONG_PTR)(USHORT)mdl->MdlFlags, (ULONG_PTR)(USHORT)wrong);
}

/* IRQL:    <= APC_LEVEL for pageable addresses, <= DISPATCH_LEVEL
 * Errors:  raises STATUS_ACCESS_VIOLATION
 * Doc:     nf-wdm-mmprobeandlockpages
 */
VOID NTAPI MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                               LOCK_OPERATION Operation)
{
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    mdl_require_unlocked(MemoryDescriptorList, 0xb0);
    status = mm_mdl_lock(MemoryDescriptorList, AccessMode, Operation);
    if (!NT_SUCCESS(status))
        ke_raise(status);
}

/* Errors:  raises STATUS_ACCESS_VIOLATION, also for a program's address that is not Process's
 * Doc:     nf-wdm-mmprobeandlockprocesspages
 */
VOID NTAPI MmProbeAndLockProcessPages(PMDL MemoryDescriptorList, PEPROCESS Process,
                                      KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    struct mm_window *window = window_of_address(mdl_address(MemoryDescriptorList));
    NTSTATUS status = STATUS_ACCESS_VIOLATION;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    mdl_require_unlocked(MemoryDescriptorList, 0xb1);
    if (window == NULL || window == window_of_process(Process))
        status = mdl_lock(MemoryDescriptorList, AccessMode, Operation, true);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    if (mdl_address(MemoryDescriptorList) < MM_USER_END)
        MemoryDescriptorList->Process = Process;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  bug check PFN_LIST_CORRUPT when the pages are not locked
 * Doc:     nf-wdm-mmunlockpages; a system mapping of them goes, too
 */
VOID NTAPI MmUnlockPages(PMDL MemoryDescriptorList)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if ((MemoryDescriptorList->MdlFlags & MDL_PAGES_LOCKED) == 0)
        mdl_bugcheck(PFN_LIST_CORRUPT, 0x7, mdl_frames(MemoryDescriptorList)[0], 0, 0);
    mdl_unlock(MemoryDescriptorList);
}

static int mapping_protection(ULONG priority)
{
    int protection = HOST_READ;

    if ((priority & MdlMappingNoWrite) == 0)
        protection |= HOST_WRITE;
    return protection;
}

/* Maps described pages into system space, or into the calling thread's program.
 *
 * IRQL:    <= DISPATCH_LEVEL; UserMode <= APC_LEVEL
 * Errors:  KernelMode: NULL. UserMode: raises. Bug check MEMORY_MANAGEMENT (0x1233) for pages
 *          that nobody has locked
 * Doc:     nf-wdm-mmmaplockedpagesspecifycache
 * Differs: a cache type has no effect; system mappings are never executable
 */
PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDLX MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                         MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                         ULONG BugCheckOnFailure, MM_PAGE_PRIORITY Priority)
{
    MDL *mdl = MemoryDescriptorList;
    void *address;
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if ((mdl->MdlFlags &
         (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_IO_SPACE)) == 0)
        mdl_bugcheck(MEMORY_MANAGEMENT, 0x1233, mdl_frames(mdl)[0], 0, 0);
    if (AccessMode == KernelMode) {
        address = mdl_map_system(mdl, mapping_protection((ULONG)Priority));
        if (address == NULL && BugCheckOnFailure)
            mdl_bugcheck(NO_MORE_SYSTEM_PTES, 0, mdl_page_count(mdl), 0, 0);
        return address;
    }
    status = mdl_map_user(
        mdl, (uintptr_t)RequestedAddress,
        ((ULONG)Priority & MdlMappingNoWrite) != 0 ? PAGE_READONLY : PAGE_READWRITE, &address);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    return address;
}

/* Doc: nf-wdm-mmmaplockedpages (obsolete): stops the machine instead of failing */
PVOID NTAPI MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
    return MmMapLockedPagesSpecifyCache(MemoryDescriptorList, AccessMode, MmCached, NULL, TRUE,
                                        HighPagePriority);
}

/* IRQL:    <= DISPATCH_LEVEL; a program's address <= APC_LEVEL in its context
 * Doc:     nf-wdm-mmunmaplockedpages
 */
VOID NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    mdl_unmap(MemoryDescriptorList, BaseAddress);
}

/* Takes bytes off the front.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER_2
 * Doc:     nf-wdm-mmadvancemdl
 */
NTSTATUS NTAPI MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes)
{
    size_t pages;
    char *mapped = Mdl->MappedSystemVa;

    if (NumberOfBytes > Mdl->ByteCount)
        return STATUS_INVALID_PARAMETER_2;
    pages = ((size_t)Mdl->ByteOffset + NumberOfBytes) >> 12;
    if (pages != 0)
        mdl_drop_pages(Mdl, pages);
    Mdl->StartVa = (char *)Mdl->StartVa + (pages << 12);
    Mdl->ByteOffset = (Mdl->ByteOffset + NumberOfBytes) & 4095;
    Mdl->ByteCount -= NumberOfBytes;
    if ((Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0)
        Mdl->MappedSystemVa = mapped + NumberOfBytes;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_NOT_MAPPED_VIEW, STATUS_INVALID_PAGE_PROTECTION
 * Doc:     nf-wdm-mmprotectmdlsystemaddress
 * Differs: pages that have a system address of their own keep their protection
 */
NTSTATUS NTAPI MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect)
{
    MDL *mdl = MemoryDescriptorList;
    void *first = (void *)((uintptr_t)mdl->MappedSystemVa & ~(uintptr_t)4095);

    if ((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) == 0)
        return STATUS_NOT_MAPPED_VIEW;
    if (!page_protect_is_valid(NewProtect, false) || (NewProtect & PAGE_GUARD) != 0)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (!mapping_contains(first))
        return STATUS_SUCCESS;
    if (host_memory_protect(first, mdl_page_count(mdl) << 12, protection_of_page(NewProtect)) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

/* ---- pages without an address ------------------------------------------------------------- */

static bool frames_are_between(const MDL *mdl, uint64_t low, uint64_t high)
{
    uint64_t first = (uint64_t)mdl_frames(mdl)[0] << 12;

    return first >= low && first + mdl->ByteCount - 1 <= high;
}

/* IRQL:    <= APC_LEVEL
 * Errors:  NULL: no memory in that range
 * Doc:     nf-wdm-mmallocatepagesformdlex; free with MmFreePagesFromMdl, then ExFreePool
 * Differs: all pages or none, side by side, and always zeroed; low addresses are taken only as
 *          far as pool lies there; SkipBytes has no effect
 */
PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                   PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                   MEMORY_CACHING_TYPE CacheType, ULONG Flags)
{
    size_t count = (TotalBytes + 4095) >> 12;
    void *pages;
    MDL *mdl;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (TotalBytes == 0 || count << 12 > 0xfffff000ull)
        return NULL;
    mdl = mdl_allocate(NULL, count << 12);
    if (mdl == NULL)
        return NULL;
    pages = ex_pages_allocate(count, MDL_TAG);
    if (pages == NULL)
        goto out_mdl;
    for (size_t i = 0; i < count; i++)
        mdl_frames(mdl)[i] = frame_of_system((char *)pages + (i << 12));
    if (!frames_are_between(mdl, (uint64_t)LowAddress.QuadPart, (uint64_t)HighAddress.QuadPart))
        goto out_pages;
    mdl->MdlFlags |= MDL_PAGES_LOCKED;
    mm_tally.mdls_locked++;
    mm_tally.pages_locked += count;
    return mdl;

out_pages:
    ex_pages_free(pages);
out_mdl:
    ExFreePoolWithTag(mdl, MDL_TAG);
    return NULL;
}

/* Doc: nf-wdm-mmallocatepagesformdl */
PMDL NTAPI MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                 PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes)
{
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, MmCached, 0);
}

/* Doc: nf-wdm-mmallocatenodepagesformdlex; there is one node */
PMDL NTAPI MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                       PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                       MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags)
{
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, CacheType,
                                   Flags);
}

/* Doc: nf-wdm-mmfreepagesfrommdl; the MDL itself stays */
VOID NTAPI MmFreePagesFromMdl(PMDLX MemoryDescriptorList)
{
    MDL *mdl = MemoryDescriptorList;
    struct frame frame;

    if ((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0)
        mdl_bugcheck(PFN_LIST_CORRUPT, 0x7, mdl_frames(mdl)[0], 0, 0);
    if ((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0)
        mdl_unmap(mdl, mdl->MappedSystemVa);
    frame_describe(mdl_frames(mdl)[0], &frame);
    ExFreePoolWithTag(frame.address, MDL_TAG);
    mdl->MdlFlags &= (CSHORT)~MDL_PAGES_LOCKED;
    mm_tally.mdls_locked--;
    mm_tally.pages_locked -= mdl_page_count(mdl);
    mdl->ByteCount = 0;
}
