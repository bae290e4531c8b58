/* SPDX-License-Identifier: MIT */
/* mm_physical.c - tests of physical addresses from inside a driver: whatever way memory is
 * named and mapped again, it is the same; where there is none, ones are read. */
#include "drivertest.h"

#define TAG 'yhpM'

static HANDLE physical_memory(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\PhysicalMemory");
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle = NULL;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    expect_status(ZwOpenSection(&handle, SECTION_ALL_ACCESS, &attributes), STATUS_SUCCESS);
    return handle;
}

/* Memory at address, mapped again for the program by its physical address, is the same. */
static void user_view_agrees(PUCHAR memory)
{
    PHYSICAL_ADDRESS physical = MmGetPhysicalAddress(memory);
    LARGE_INTEGER offset = physical;
    HANDLE section = physical_memory();
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE;
    PUCHAR seen;

    expect(physical.QuadPart != 0);
    expect_status(ZwMapViewOfSection(section, ZwCurrentProcess(), &base, 0, PAGE_SIZE, &offset,
                                     &size, ViewUnmap, 0, PAGE_READWRITE),
                  STATUS_SUCCESS);
    if (base) {
        expect((offset.QuadPart & 0xffff) == 0 && offset.QuadPart <= physical.QuadPart);
        seen = (PUCHAR)base + (physical.QuadPart - offset.QuadPart);
        memory[0] = 0x5c;
        expect_number(seen[0], 0x5c);
        seen[0] = 0xc5;
        expect_number(memory[0], 0xc5);
        expect_number(MmGetPhysicalAddress(seen).QuadPart, physical.QuadPart);
        expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), base), STATUS_SUCCESS);
    }
    ZwClose(section);
}

static void io_space_agrees(PUCHAR memory)
{
    PHYSICAL_ADDRESS physical = MmGetPhysicalAddress(memory);
    PUCHAR seen = MmMapIoSpace(physical, 16, MmNonCached);
    PUCHAR read = MmMapIoSpaceEx(physical, 16, PAGE_READONLY);
    MM_COPY_ADDRESS from = {.PhysicalAddress = physical};
    UCHAR copied = 0;
    SIZE_T done = 0;

    expect(seen != NULL && read != NULL);
    memory[0] = 0x11;
    expect(seen[0] == 0x11 && read[0] == 0x11);
    seen[0] = 0x22;
    expect(memory[0] == 0x22 && read[0] == 0x22);
    expect_number(MmGetPhysicalAddress(seen).QuadPart, physical.QuadPart);
    expect_status(MmCopyMemory(&copied, from, 1, MM_COPY_MEMORY_PHYSICAL, &done), STATUS_SUCCESS);
    expect(done == 1 && copied == 0x22);
    MmUnmapIoSpace(seen, 16);
    MmUnmapIoSpace(read, 16);
}

static UCHAR global[PAGE_SIZE];

static void every_kind_of_memory(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = -1}, any = {.QuadPart = 0};
    PUCHAR pool = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
    PUCHAR contiguous =
        MmAllocateContiguousMemorySpecifyCacheNode(PAGE_SIZE, low, high, any, MmCached, 0);
    PUCHAR node = MmAllocateContiguousNodeMemory(PAGE_SIZE, low, high, any, PAGE_READWRITE, 0);
    PUCHAR noncached = MmAllocateNonCachedMemory(PAGE_SIZE);
    UCHAR local[16] = {0};

    user_view_agrees(pool);
    io_space_agrees(pool);
    user_view_agrees(contiguous);
    io_space_agrees(node);
    user_view_agrees(noncached);
    user_view_agrees(global);
    io_space_agrees(global);
    io_space_agrees(local);
    user_view_agrees(drivertest_user_memory);
    io_space_agrees(drivertest_user_memory);
    expect(MmGetVirtualForPhysical(MmGetPhysicalAddress(pool)) == pool);
    expect(MmGetVirtualForPhysical(MmGetPhysicalAddress(global)) == global);
    MmFreeNonCachedMemory(noncached, PAGE_SIZE);
    MmFreeContiguousMemory(node);
    MmFreeContiguousMemory(contiguous);
    ExFreePoolWithTag(pool, TAG);
}

static void mdls_agree(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = -1}, skip = {.QuadPart = 0};
    PMDL user = IoAllocateMdl(drivertest_user_memory, PAGE_SIZE, FALSE, FALSE, NULL);
    PMDL pages = MmAllocatePagesForMdl(low, high, skip, 2 * PAGE_SIZE);
    PMDL more = MmAllocateNodePagesForMdlEx(low, high, skip, PAGE_SIZE, MmCached, 0, 0);
    PMDL again;
    PUCHAR system, mapped;

    expect(pages != NULL && more != NULL);
    MmProbeAndLockProcessPages(user, PsGetCurrentProcess(), UserMode, IoModifyAccess);
    expect_number((LONG64)MmGetMdlPfnArray(user)[0] << PAGE_SHIFT,
                  MmGetPhysicalAddress(drivertest_user_memory).QuadPart);
    system = MmGetSystemAddressForMdlSafe(user, NormalPagePriority);
    expect_number(MmGetPhysicalAddress(system).QuadPart,
                  MmGetPhysicalAddress(drivertest_user_memory).QuadPart);
    /* A mapping is memory like other memory: its pages can be locked once more. */
    again = MmCreateMdl(NULL, system, 16);
    MmProbeAndLockPages(again, KernelMode, IoReadAccess);
    expect(MmGetMdlPfnArray(again)[0] == MmGetMdlPfnArray(user)[0]);
    MmUnlockPages(again);
    IoFreeMdl(again);
    expect_status(MmProtectMdlSystemAddress(user, PAGE_READONLY), STATUS_SUCCESS);
    MmUnlockPages(user);
    IoFreeMdl(user);
    mapped = MmMapLockedPages(pages, KernelMode);
    expect_number(MmGetPhysicalAddress(mapped + PAGE_SIZE).QuadPart,
                  (LONG64)MmGetMdlPfnArray(pages)[1] << PAGE_SHIFT);
    MmUnmapLockedPages(mapped, pages);
    MmFreePagesFromMdl(pages);
    MmFreePagesFromMdl(more);
    ExFreePool(pages);
    ExFreePool(more);
    expect(MmSizeOfMdl((PVOID)1, PAGE_SIZE) == sizeof(MDL) + 2 * sizeof(PFN_NUMBER));
}

static void fill_by_string(PUCHAR to, SIZE_T count)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory");
}

static void nothing_is_there(void)
{
    PHYSICAL_ADDRESS hole = {.QuadPart = 0xfed00000};
    MM_PHYSICAL_ADDRESS_LIST list = {.PhysicalAddress = hole, .NumberOfBytes = 2 * PAGE_SIZE};
    PUCHAR device = MmMapIoSpace(hole, 2 * PAGE_SIZE, MmNonCached);
    PVOID video = MmMapVideoDisplay(hole, PAGE_SIZE, MmNonCached);
    MM_COPY_ADDRESS from = {.PhysicalAddress = hole};
    UCHAR copied;
    SIZE_T done = 1;
    PMDL mdl = NULL;

    expect(device != NULL && video != NULL);
    expect(*(volatile ULONG *)device == 0xffffffff && device[2 * PAGE_SIZE - 1] == 0xff);
    WRITE_REGISTER_ULONG((PULONG)device, 0x1234); /* lost */
    expect_number(READ_REGISTER_ULONG((PULONG)device), 0xffffffff);
    expect_number(InterlockedExchange((volatile LONG *)device, 5), -1);
    fill_by_string(device, 100);
    expect_number(device[99], 0xff);
    MmUnmapIoSpace(device, 2 * PAGE_SIZE);
    MmUnmapVideoDisplay(video, PAGE_SIZE);
    expect_status(MmCopyMemory(&copied, from, 1, MM_COPY_MEMORY_PHYSICAL, &done),
                  STATUS_INVALID_ADDRESS);
    expect_number(done, 0);
    expect_status(MmAllocateMdlForIoSpace(&list, 1, &mdl), STATUS_SUCCESS);
    if (mdl) {
        expect_number(MmGetMdlPfnArray(mdl)[1], 0xfed01);
        device = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmNonCached, NULL, FALSE,
                                              NormalPagePriority);
        expect(device != NULL && device[PAGE_SIZE] == 0xff);
        if (device)
            MmUnmapLockedPages(device, mdl);
        IoFreeMdl(mdl);
    }
    list.PhysicalAddress = MmGetPhysicalAddress(global);
    list.PhysicalAddress.QuadPart &= ~(LONGLONG)(PAGE_SIZE - 1);
    expect_status(MmAllocateMdlForIoSpace(&list, 1, &mdl), STATUS_INVALID_PARAMETER_1);
}

static BOOLEAN range_holds(PPHYSICAL_MEMORY_RANGE ranges, PHYSICAL_ADDRESS address)
{
    for (; ranges->NumberOfBytes.QuadPart != 0; ranges++)
        if (address.QuadPart >= ranges->BaseAddress.QuadPart &&
            address.QuadPart - ranges->BaseAddress.QuadPart < ranges->NumberOfBytes.QuadPart)
            return TRUE;
    return FALSE;
}

static void ranges_are_true(void)
{
    PPHYSICAL_MEMORY_RANGE ranges = MmGetPhysicalMemoryRanges();
    PHYSICAL_ADDRESS hole = {.QuadPart = 0xfed00000};

    expect(ranges != NULL);
    expect(range_holds(ranges, MmGetPhysicalAddress(ranges)));
    expect(range_holds(ranges, MmGetPhysicalAddress(global)));
    expect(range_holds(ranges, MmGetPhysicalAddress(drivertest_user_memory)));
    expect(!range_holds(ranges, hole));
    ExFreePool(ranges);
}

static void small_answers(void)
{
    PHYSICAL_ADDRESS start = {.QuadPart = 0};
    LARGE_INTEGER bytes = {.QuadPart = PAGE_SIZE};
    PVOID section = MmLockPagableDataSection(global);

    MmLockPagableSectionByHandle(section);
    MmUnlockPagableImageSection(section);
    MmUnlockPagableImageSection(section);
    expect(MmPageEntireDriver((PVOID)small_answers) != NULL);
    MmResetDriverPaging((PVOID)small_answers);
    expect(MmQuerySystemSize() == MmLargeSystem && !MmIsThisAnNtAsSystem());
    expect(MmIsNonPagedSystemAddressValid(global) && !MmIsNonPagedSystemAddressValid((PVOID)8));
    expect(!MmIsDriverVerifying(drivertest_driver));
    expect(!MmIsDriverVerifyingByAddress((PVOID)small_answers));
    expect_status(MmAddPhysicalMemory(&start, &bytes), STATUS_NOT_SUPPORTED);
    expect_status(MmRemovePhysicalMemory(&start, &bytes), STATUS_NOT_SUPPORTED);
}

DRIVERTEST_LIST = {
    DRIVERTEST(every_kind_of_memory), DRIVERTEST(mdls_agree),    DRIVERTEST(nothing_is_there),
    DRIVERTEST(ranges_are_true),      DRIVERTEST(small_answers), DRIVERTEST_END,
};
