/* SPDX-License-Identifier: MIT */
/* mm.c - tests of memory from inside a driver: MDLs of pool and of a program's pages,
 * mappings, partial MDLs, contiguous memory, physical addresses, system routines. */
#include "drivertest.h"

#define TAG 'tstM'

static void mdl_of_pool(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(block + 100, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    expect(mdl != NULL);
    expect_number(MmGetMdlByteCount(mdl), 2 * PAGE_SIZE);
    expect_number(MmGetMdlByteOffset(mdl), 100);
    expect(MmGetMdlVirtualAddress(mdl) == block + 100);
    expect_number(ADDRESS_AND_SIZE_TO_SPAN_PAGES(block + 100, 2 * PAGE_SIZE), 3);
    MmBuildMdlForNonPagedPool(mdl);
    expect(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
    expect(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == block + 100);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void mdl_of_program(void)
{
    PUCHAR user = drivertest_user_memory, system;
    PMDL mdl = IoAllocateMdl(user + 8, PAGE_SIZE, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    user[8] = 1;
    user[PAGE_SIZE + 7] = 2;
    __try {
        MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_SUCCESS);
    expect(mdl->MdlFlags & MDL_PAGES_LOCKED);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    expect(system != NULL && system != user + 8);
    expect(system[0] == 1 && system[PAGE_SIZE - 1] == 2);
    system[0] = 77; /* the same memory under another address */
    expect_number(user[8], 77);
    expect((PUCHAR)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == system);
    MmUnlockPages(mdl);
    expect(!(mdl->MdlFlags & MDL_PAGES_LOCKED));
    IoFreeMdl(mdl);
}

static void mdl_of_nothing(void)
{
    PMDL mdl = IoAllocateMdl((PVOID)0x10000, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TAG);
    PMDL kernel = IoAllocateMdl(block, PAGE_SIZE, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_ACCESS_VIOLATION);
    status = STATUS_SUCCESS;
    __try {
        MmProbeAndLockPages(kernel, UserMode, IoReadAccess); /* a program may not name it */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_ACCESS_VIOLATION);
    MmProbeAndLockPages(kernel, KernelMode, IoWriteAccess);
    MmUnlockPages(kernel);
    IoFreeMdl(kernel);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void mapping_into_the_program(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(block, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR mapped = NULL;

    MmBuildMdlForNonPagedPool(mdl);
    __try {
        mapped = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE,
                                              NormalPagePriority | MdlMappingNoExecute);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        expect_status(GetExceptionCode(), STATUS_SUCCESS);
    }
    expect(mapped != NULL && (ULONG_PTR)mapped < (ULONG_PTR)MmHighestUserAddress);
    if (mapped) {
        mapped[5] = 55;
        expect_number(block[5], 55);
        block[6] = 66;
        expect_number(mapped[6], 66);
        MmUnmapLockedPages(mapped, mdl);
        expect(!MmIsAddressValid(mapped));
    }
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void partial_mdls(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 4 * PAGE_SIZE, TAG);
    PMDL whole = IoAllocateMdl(block, 4 * PAGE_SIZE, FALSE, FALSE, NULL);
    PMDL part = IoAllocateMdl(block, 4 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(whole);
    IoBuildPartialMdl(whole, part, block + PAGE_SIZE + 16, PAGE_SIZE);
    expect_number(MmGetMdlByteCount(part), PAGE_SIZE);
    expect_number(MmGetMdlByteOffset(part), 16);
    expect(MmGetMdlPfnArray(part)[0] == MmGetMdlPfnArray(whole)[1]);
    expect((PUCHAR)MmGetSystemAddressForMdlSafe(part, NormalPagePriority) ==
           block + PAGE_SIZE + 16);
    MmPrepareMdlForReuse(part);
    IoBuildPartialMdl(whole, part, block, 0); /* to the end */
    expect_number(MmGetMdlByteCount(part), 4 * PAGE_SIZE);
    IoFreeMdl(part);
    IoFreeMdl(whole);
    ExFreePoolWithTag(block, TAG);
}

static void contiguous_memory(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = 0xffffffff}, any = {.QuadPart = 0};
    PHYSICAL_ADDRESS first, last;
    PUCHAR block;

    block = MmAllocateContiguousMemory(4 * PAGE_SIZE, high);
    expect(block != NULL);
    if (block) {
        first = MmGetPhysicalAddress(block);
        last = MmGetPhysicalAddress(block + 4 * PAGE_SIZE - 1);
        expect(first.QuadPart != 0 && (first.QuadPart & (PAGE_SIZE - 1)) == 0);
        expect_number(last.QuadPart - first.QuadPart, 4 * PAGE_SIZE - 1);
        expect(last.QuadPart <= high.QuadPart);
        RtlFillMemory(block, 4 * PAGE_SIZE, 0x5a);
        MmFreeContiguousMemory(block);
    }
    high.QuadPart = (LONGLONG)1 << 40;
    block = MmAllocateContiguousMemorySpecifyCache(2 * PAGE_SIZE, low, high, any, MmNonCached);
    expect(block != NULL);
    if (block)
        MmFreeContiguousMemorySpecifyCache(block, 2 * PAGE_SIZE, MmNonCached);
}

static void physical_addresses(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 2 * PAGE_SIZE, TAG);
    PHYSICAL_ADDRESS address = MmGetPhysicalAddress(block + 20);

    expect(address.QuadPart != 0);
    expect_number(address.QuadPart & (PAGE_SIZE - 1), (ULONG_PTR)(block + 20) & (PAGE_SIZE - 1));
    expect(MmGetPhysicalAddress(block + PAGE_SIZE).QuadPart !=
           MmGetPhysicalAddress(block).QuadPart);
    ExFreePoolWithTag(block, TAG);
}

static ULONG static_number;

static void addresses(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    ULONG local = 0;

    expect(MmIsAddressValid(block));
    expect(MmIsAddressValid(&static_number));
    expect(MmIsAddressValid(&local));
    expect(!MmIsAddressValid(NULL));
    expect(!MmIsAddressValid((PVOID)0x5000));
    expect((ULONG_PTR)drivertest_user_memory < (ULONG_PTR)MmHighestUserAddress);
    expect((ULONG_PTR)block > (ULONG_PTR)MmSystemRangeStart);
    expect((ULONG_PTR)MmUserProbeAddress > (ULONG_PTR)drivertest_user_memory);
    ExFreePoolWithTag(block, TAG);
}

static void system_routines(void)
{
    UNICODE_STRING name;
    LONG (*set_event)(PRKEVENT, KPRIORITY, BOOLEAN);
    KEVENT event;

    RtlInitUnicodeString(&name, L"KeSetEvent");
    set_event = (PVOID)MmGetSystemRoutineAddress(&name);
    expect(set_event != NULL);
    if (set_event) {
        KeInitializeEvent(&event, NotificationEvent, FALSE);
        set_event(&event, 0, FALSE);
        expect(KeReadStateEvent(&event) != 0);
    }
    RtlInitUnicodeString(&name, L"ThereIsNoSuchRoutine");
    expect(MmGetSystemRoutineAddress(&name) == NULL);
}

static void pages_for_mdl(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = -1}, skip = {.QuadPart = 0};
    PMDL mdl = MmAllocatePagesForMdlEx(low, high, skip, 3 * PAGE_SIZE, MmCached, 0);
    PUCHAR mapped;

    expect(mdl != NULL);
    if (!mdl)
        return;
    expect_number(MmGetMdlByteCount(mdl), 3 * PAGE_SIZE);
    mapped =
        MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    expect(mapped != NULL);
    if (mapped) {
        expect(mapped[0] == 0 && mapped[3 * PAGE_SIZE - 1] == 0);
        mapped[2 * PAGE_SIZE] = 9;
        MmUnmapLockedPages(mapped, mdl);
    }
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
}

DRIVERTEST_LIST = {
    DRIVERTEST(mdl_of_pool),
    DRIVERTEST(mdl_of_program),
    DRIVERTEST(mdl_of_nothing),
    DRIVERTEST(mapping_into_the_program),
    DRIVERTEST(partial_mdls),
    DRIVERTEST(contiguous_memory),
    DRIVERTEST(physical_addresses),
    DRIVERTEST(addresses),
    DRIVERTEST(system_routines),
    DRIVERTEST(pages_for_mdl),
    DRIVERTEST_END,
};
