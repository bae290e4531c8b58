/* SPDX-License-Identifier: MIT */
/* memory_ddi.c - contiguous and noncached memory, physical addresses, memory behind them,
 * questions about addresses.
 *
 * Contiguous memory is a run of pool pages: side by side in the invented physical space, too.
 * What is no memory of this machine cannot be mapped until devices have models.
 */
#include "mm_ddi.h"
#include "mm_internal.h"
#include "user.h"

#define CONTIGUOUS_TAG 0x43206d4du /* "Mm C" */
#define MAP_TAG        0x49206d4du /* "Mm I" */
#define RANGES_TAG     0x68506d4du /* "MmPh" */
#define ATTEMPTS       16

/* ---- contiguous memory --------------------------------------------------------------------- */

static bool run_fits(const void *memory, uint64_t bytes, uint64_t low, uint64_t high,
                     uint64_t boundary)
{
    uint64_t first = (uint64_t)frame_of_system(memory) << 12, last = first + bytes - 1;
    uint64_t last_page = (uintptr_t)memory + ((bytes - 1) & ~4095ull);

    if ((uint64_t)frame_of_system((const void *)last_page) << 12 != (last & ~4095ull))
        return false; /* across the hole */
    if (first < low || last > high)
        return false;
    return boundary == 0 || first / boundary == last / boundary;
}

/* Tries a few places: those that do not fit are kept until one does, so that each differs. */
static void *contiguous_allocate(SIZE_T bytes, uint64_t low, uint64_t high, uint64_t boundary)
{
    void *tried[ATTEMPTS], *found = NULL;
    unsigned count = 0;

    if (bytes == 0 || (boundary != 0 && bytes > boundary))
        return NULL;
    while (found == NULL && count < ATTEMPTS) {
        void *memory = ex_pages_allocate((bytes + 4095) >> 12, CONTIGUOUS_TAG);
        if (memory == NULL)
            break;
        if (run_fits(memory, bytes, low, high, boundary))
            found = memory;
        else
            tried[count++] = memory;
    }
    while (count > 0)
        ex_pages_free(tried[--count]);
    return found;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  NULL
 * Doc:     nf-wdm-mmallocatecontiguousmemory; zeroed here
 */
PVOID NTAPI MmAllocateContiguousMemory(SIZE_T NumberOfBytes,
                                       PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return contiguous_allocate(NumberOfBytes, 0, (uint64_t)HighestAcceptableAddress.QuadPart, 0);
}

/* Doc:     nf-wdm-mmallocatecontiguousmemoryspecifycache
 * Differs: cache types have no effect
 */
PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                                   PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                   PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                   PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                   MEMORY_CACHING_TYPE CacheType)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return contiguous_allocate(NumberOfBytes, (uint64_t)LowestAcceptableAddress.QuadPart,
                               (uint64_t)HighestAcceptableAddress.QuadPart,
                               (uint64_t)BoundaryAddressMultiple.QuadPart);
}

/* Doc: nf-wdm-mmallocatecontiguousmemoryspecifycachenode; there is one node */
PVOID NTAPI MmAllocateContiguousMemorySpecifyCacheNode(SIZE_T NumberOfBytes,
                                                       PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                       PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                       PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                       MEMORY_CACHING_TYPE CacheType,
                                                       NODE_REQUIREMENT PreferredNode)
{
    return MmAllocateContiguousMemorySpecifyCache(NumberOfBytes, LowestAcceptableAddress,
                                                  HighestAcceptableAddress, BoundaryAddressMultiple,
                                                  CacheType);
}

/* Doc: nf-wdm-mmallocatecontiguousnodememory; there is one node */
PVOID NTAPI MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes,
                                           PHYSICAL_ADDRESS LowestAcceptableAddress,
                                           PHYSICAL_ADDRESS HighestAcceptableAddress,
                                           PHYSICAL_ADDRESS BoundaryAddressMultiple, ULONG Protect,
                                           NODE_REQUIREMENT PreferredNode)
{
    return MmAllocateContiguousMemorySpecifyCache(NumberOfBytes, LowestAcceptableAddress,
                                                  HighestAcceptableAddress, BoundaryAddressMultiple,
                                                  MmCached);
}

/* Errors:  bug check BAD_POOL_CALLER for what is no such memory
 * Doc:     nf-wdm-mmfreecontiguousmemory
 */
VOID NTAPI MmFreeContiguousMemory(PVOID BaseAddress)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    ExFreePoolWithTag(BaseAddress, CONTIGUOUS_TAG);
}

/* Doc: nf-wdm-mmfreecontiguousmemoryspecifycache */
VOID NTAPI MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                              MEMORY_CACHING_TYPE CacheType)
{
    MmFreeContiguousMemory(BaseAddress);
}

/* Doc: nf-ntddk-mmallocatenoncachedmemory */
PVOID NTAPI MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
    return contiguous_allocate(NumberOfBytes, 0, UINT64_MAX, 0);
}

/* Doc: nf-ntddk-mmfreenoncachedmemory */
VOID NTAPI MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    MmFreeContiguousMemory(BaseAddress);
}

/* ---- physical addresses ------------------------------------------------------------------------
 */

/* Errors:  0 for an address that is not there
 * Doc:     nf-wdm-mmgetphysicaladdress
 */
PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID BaseAddress)
{
    return (PHYSICAL_ADDRESS){.QuadPart = (LONGLONG)physical_of(BaseAddress)};
}

/* NULL for memory that has no system address of its own.
 *
 * Doc:     reserved for system use; nf-ntddk-mmgetvirtualforphysical
 */
PVOID NTAPI MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress)
{
    struct frame frame;

    frame_describe((PFN_NUMBER)PhysicalAddress.QuadPart >> 12, &frame);
    return frame.address == NULL ? NULL
                                 : (char *)frame.address + ((ULONG)PhysicalAddress.QuadPart & 4095);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   gives an array that ends with zeros; ExFreePool
 * Doc:     nf-ntddk-mmgetphysicalmemoryranges
 */
PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(VOID)
{
    PHYSICAL_MEMORY_RANGE *ranges;
    size_t room = physical_ranges(NULL, 0) + 8; /* for some that come meanwhile */

    ranges = ExAllocatePool2(POOL_FLAG_NON_PAGED, (room + 1) * sizeof(*ranges), RANGES_TAG);
    if (ranges != NULL)
        physical_ranges(ranges, room);
    return ranges;
}

static void *io_map(uint64_t physical, SIZE_T bytes, int protection)
{
    size_t count = ((physical & 4095) + bytes + 4095) >> 12;
    struct frame frame;
    void *address;

    if (bytes == 0 || bytes > MM_MAPPING_END - MM_MAPPING_BASE || physical >= PHYSICAL_END)
        return NULL;
    frame_describe(physical >> 12, &frame);
    if (frame.kind == FRAME_SYSTEM) /* is mapped once and for all */
        return (char *)frame.address + (physical & 4095);
    address = mapping_reserve(count);
    if (address == NULL)
        return NULL;
    if (!NT_SUCCESS(physical_map(physical & ~4095ull, count, protection, address))) {
        mapping_clear(address, count);
        mapping_release(address, count);
        return NULL;
    }
    mm_tally.mappings++;
    return (char *)address + (physical & 4095);
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  NULL: no addresses left
 * Doc:     nf-wdm-mmmapiospace
 * Differs: what is no memory of the machine reads as ones and loses writes; a cache type has
 *          no effect
 */
PVOID NTAPI MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                         MEMORY_CACHING_TYPE CacheEnable)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return io_map((uint64_t)PhysicalAddress.QuadPart, NumberOfBytes, HOST_READ | HOST_WRITE);
}

/* Doc:     nf-wdm-mmmapiospaceex
 * Differs: as MmMapIoSpace
 */
PVOID NTAPI MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    int protection = protection_of_page(Protect & 0xff);

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (protection == HOST_NONE)
        return NULL;
    return io_map((uint64_t)PhysicalAddress.QuadPart, NumberOfBytes, protection);
}

/* Doc: nf-wdm-mmunmapiospace */
VOID NTAPI MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    size_t count = (((uintptr_t)BaseAddress & 4095) + NumberOfBytes + 4095) >> 12;
    void *first = (void *)((uintptr_t)BaseAddress & ~(uintptr_t)4095);

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (!mapping_contains(BaseAddress))
        return;
    mapping_clear(first, count);
    mapping_release(first, count);
    mm_tally.mappings--;
}

/* Doc: nf-ntddk-mmmapvideodisplay; as MmMapIoSpace */
PVOID NTAPI MmMapVideoDisplay(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                              MEMORY_CACHING_TYPE CacheType)
{
    return MmMapIoSpace(PhysicalAddress, NumberOfBytes, CacheType);
}

VOID NTAPI MmUnmapVideoDisplay(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    MmUnmapIoSpace(BaseAddress, NumberOfBytes);
}

/* Page by page: each may be somewhere else. What is no memory is refused. */
static NTSTATUS physical_copy(char *to, uint64_t physical, SIZE_T bytes, SIZE_T *out_done)
{
    while (*out_done < bytes) {
        SIZE_T step = 4096 - (physical & 4095);
        struct frame frame;
        char *mapped;
        NTSTATUS status;

        frame_describe(physical >> 12, &frame);
        if (frame.kind == FRAME_NONE || (mapped = io_map(physical, 1, HOST_READ)) == NULL)
            return STATUS_INVALID_ADDRESS;
        if (step > bytes - *out_done)
            step = bytes - *out_done;
        status = mm_user_copy(to + *out_done, mapped, step);
        MmUnmapIoSpace((PVOID)((uintptr_t)mapped & ~(uintptr_t)4095), 1);
        if (!NT_SUCCESS(status))
            return STATUS_INVALID_ADDRESS;
        physical += step;
        *out_done += step;
    }
    return STATUS_SUCCESS;
}

/* Copies from memory that may not be there.
 *
 * IRQL:    <= APC_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER_4 (flags), STATUS_INVALID_ADDRESS
 * Doc:     nf-ntddk-mmcopymemory
 */
NTSTATUS NTAPI MmCopyMemory(PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress,
                            SIZE_T NumberOfBytes, ULONG Flags, PSIZE_T NumberOfBytesTransferred)
{
    char *to = TargetAddress, *from = SourceAddress.VirtualAddress;
    SIZE_T done = 0;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *NumberOfBytesTransferred = 0;
    if (Flags != MM_COPY_MEMORY_PHYSICAL && Flags != MM_COPY_MEMORY_VIRTUAL)
        return STATUS_INVALID_PARAMETER_4;
    if (Flags == MM_COPY_MEMORY_PHYSICAL)
        return physical_copy(to, (uint64_t)SourceAddress.PhysicalAddress.QuadPart, NumberOfBytes,
                             NumberOfBytesTransferred);
    if ((uintptr_t)from < MM_USER_END) {
        return STATUS_INVALID_ADDRESS;
    }
    while (done < NumberOfBytes) {
        SIZE_T step = 4096 - ((uintptr_t)(from + done) & 4095);
        if (step > NumberOfBytes - done)
            step = NumberOfBytes - done;
        if (!NT_SUCCESS(mm_user_copy(to + done, from + done, step)))
            break;
        done += step;
    }
    *NumberOfBytesTransferred = done;
    return done == NumberOfBytes ? STATUS_SUCCESS : STATUS_INVALID_ADDRESS;
}

/* ---- questions
 * ------------------------------------------------------------------------------------ */

/* Doc: nf-ntddk-mmisaddressvalid */
BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress)
{
    return address_is_readable(VirtualAddress);
}

/* Doc: nf-ntddk-mmisnonpagedsystemaddressvalid */
BOOLEAN NTAPI MmIsNonPagedSystemAddressValid(PVOID VirtualAddress)
{
    return (uintptr_t)VirtualAddress >= MM_USER_END && address_is_readable(VirtualAddress);
}

/* Doc: nf-wdm-mmquerysystemsize */
MM_SYSTEMSIZE NTAPI MmQuerySystemSize(VOID)
{
    return MmLargeSystem;
}

/* Doc: nf-ntddk-mmisthisanntassystem; a workstation */
BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID)
{
    return FALSE;
}

/* ---- reserved mappings
 * ------------------------------------------------------------------------------- */

struct reserved {
    struct reserved *next;
    void *address;
    size_t count;
    ULONG tag;
};
static struct host_lock reserved_lock; /* guards: reserved_list */
static struct reserved *reserved_list;

/* IRQL:    <= APC_LEVEL
 * Errors:  NULL
 * Doc:     nf-wdm-mmallocatemappingaddress
 */
PVOID NTAPI MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag)
{
    size_t count = (NumberOfBytes + 4095) >> 12;
    struct reserved *reserved = NULL;
    void *address;

    if (NumberOfBytes == 0 || count > (MM_MAPPING_END - MM_MAPPING_BASE) >> 12)
        return NULL;
    address = mapping_reserve(count);
    if (address == NULL)
        return NULL;
    reserved = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*reserved), MAP_TAG);
    if (reserved == NULL) {
        mapping_release(address, count);
        return NULL;
    }
    *reserved = (struct reserved){.address = address, .count = count, .tag = PoolTag};
    host_lock_take(&reserved_lock);
    reserved->next = reserved_list;
    reserved_list = reserved;
    host_lock_give(&reserved_lock);
    return address;
}

/* The reservation that begins at address with this tag; taken off the list if asked. */
static struct reserved *reserved_find(void *address, ULONG tag, bool is_taken)
{
    struct reserved **at, *reserved;

    host_lock_take(&reserved_lock);
    for (at = &reserved_list; *at != NULL && ((*at)->address != address || (*at)->tag != tag);
         at = &(*at)->next)
        ;
    reserved = *at;
    if (reserved != NULL && is_taken)
        *at = reserved->next;
    host_lock_give(&reserved_lock);
    return reserved;
}

#ifndef SYSTEM_PTE_MISUSE
#define SYSTEM_PTE_MISUSE 0xDA
#endif

/* SYSTEM_PTE_MISUSE: the address or its tag is not that of a reservation. */
[[noreturn]] static void reserved_misused(ULONG_PTR rule, void *address, ULONG tag)
{
    ke_bugcheck(&(struct bugcheck){.code = SYSTEM_PTE_MISUSE,
                                   .parameter = {rule, (ULONG_PTR)address, tag, 0}});
}

/* Errors:  bug check SYSTEM_PTE_MISUSE
 * Doc:     nf-wdm-mmfreemappingaddress
 */
VOID NTAPI MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag)
{
    struct reserved *reserved = reserved_find(BaseAddress, PoolTag, true);

    if (reserved == NULL)
        reserved_misused(0x101, BaseAddress, PoolTag);
    mapping_release(reserved->address, reserved->count);
    ExFreePoolWithTag(reserved, MAP_TAG);
}

/* Errors:  NULL: too small, or pages that cannot be shown elsewhere
 * Doc:     nf-wdm-mmmaplockedpageswithreservedmapping
 */
PVOID NTAPI MmMapLockedPagesWithReservedMapping(PVOID MappingAddress, ULONG PoolTag,
                                                PMDL MemoryDescriptorList,
                                                MEMORY_CACHING_TYPE CacheType)
{
    MDL *mdl = MemoryDescriptorList;
    struct reserved *reserved = reserved_find(MappingAddress, PoolTag, false);
    size_t count = ((size_t)mdl->ByteOffset + mdl->ByteCount + 4095) >> 12;

    if (reserved == NULL)
        reserved_misused(0x104, MappingAddress, PoolTag);
    if (count > reserved->count || !NT_SUCCESS(mapping_fill(MappingAddress, MmGetMdlPfnArray(mdl),
                                                            count, HOST_READ | HOST_WRITE)))
        return NULL;
    mm_tally.mappings++;
    mdl->MappedSystemVa = (char *)MappingAddress + mdl->ByteOffset;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    return mdl->MappedSystemVa;
}

/* Doc: nf-wdm-mmunmapreservedmapping */
VOID NTAPI MmUnmapReservedMapping(PVOID BaseAddress, ULONG PoolTag, PMDL MemoryDescriptorList)
{
    void *first = (void *)((uintptr_t)BaseAddress & ~(uintptr_t)4095);
    struct reserved *reserved = reserved_find(first, PoolTag, false);

    if (reserved == NULL)
        reserved_misused(0x108, BaseAddress, PoolTag);
    mapping_clear(first, reserved->count);
    mm_tally.mappings--;
    MemoryDescriptorList->MdlFlags &= (CSHORT)~MDL_MAPPED_TO_SYSTEM_VA;
}

/* The program can neither free the range nor take these rights from it.
 *
 * IRQL:    <= APC_LEVEL
 * Errors:  NULL: the range is not there, or not so
 * Doc:     nf-ntddk-mmsecurevirtualmemory
 */
HANDLE NTAPI MmSecureVirtualMemory(PVOID Address, SIZE_T Size, ULONG ProbeMode)
{
    uint64_t first = (uintptr_t)Address, end = (first + Size + 4095) & ~4095ull, key;
    struct mm_window *window = window_of_address(first);
    bool is_write = ProbeMode == PAGE_READWRITE;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Size == 0 || (!is_write && ProbeMode != PAGE_READONLY) || window == NULL ||
        window_is_foreign(window) || !NT_SUCCESS(mm_user_probe(Address, Size, 1, is_write)))
        return NULL;
    if (!NT_SUCCESS(secure_range(window, first & ~4095ull, end,
                                 is_write ? HOST_READ | HOST_WRITE : HOST_READ, &key)))
        return NULL;
    return (HANDLE)key;
}

/* Doc: nf-ntddk-mmunsecurevirtualmemory */
VOID NTAPI MmUnsecureVirtualMemory(HANDLE SecureHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    secure_release((uint64_t)(uintptr_t)SecureHandle);
}

/* ---- paging of drivers: everything is always resident
 * ------------------------------------------------- */

/* Doc: nf-wdm-mmlockpagabledatasection; the handle is the address */
PVOID NTAPI MmLockPagableDataSection(PVOID AddressWithinSection)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return AddressWithinSection;
}

/* Doc: nf-wdm-mmlockpagablesectionbyhandle */
VOID NTAPI MmLockPagableSectionByHandle(PVOID ImageSectionHandle)
{
}

/* Doc: nf-wdm-mmunlockpagableimagesection */
VOID NTAPI MmUnlockPagableImageSection(PVOID ImageSectionHandle)
{
}

/* Doc: nf-wdm-mmpageentiredriver */
PVOID NTAPI MmPageEntireDriver(PVOID AddressWithinSection)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return AddressWithinSection;
}

/* Doc: nf-wdm-mmresetdriverpaging */
VOID NTAPI MmResetDriverPaging(PVOID AddressWithinSection)
{
}
