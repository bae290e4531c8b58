/* SPDX-License-Identifier: MIT */
/* memory_test.c - contiguous memory, physical addresses and what is behind them, reserved
 * mappings, copies from addresses that may not be there.
 */
#include "mm_test.h"

static void contiguous(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = 0xffffffff};
    PHYSICAL_ADDRESS boundary = {.QuadPart = 0x10000}, one = {.QuadPart = 0xfff};
    char *memory = MmAllocateContiguousMemory(0x9000, high), *second;
    PHYSICAL_ADDRESS at = MmGetPhysicalAddress(memory), next;

    assert_true(at.QuadPart != 0 && at.QuadPart + 0x9000 < 0xffffffff);
    for (unsigned page = 0; page < 9; page++) {
        next = MmGetPhysicalAddress(memory + page * 0x1000 + 5);
        assert_int_equal(next.QuadPart, at.QuadPart + page * 0x1000 + 5);
    }
    assert_ptr_equal(MmGetVirtualForPhysical(next), memory + 0x8005);
    assert_null(MmAllocateContiguousMemory(0x1000, one)); /* no memory lies so low */

    second = MmAllocateContiguousMemorySpecifyCache(0x8000, low, high, boundary, MmNonCached);
    assert_non_null(second);
    at = MmGetPhysicalAddress(second);
    assert_int_equal(at.QuadPart / 0x10000, (at.QuadPart + 0x7fff) / 0x10000);
    MmFreeContiguousMemory(second);
    MmFreeContiguousMemory(memory);
    memory = MmAllocateNonCachedMemory(100);
    assert_int_equal((uintptr_t)memory & 4095, 0);
    MmFreeNonCachedMemory(memory, 100);
}

static void io_space(void)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 0x3000, MM_TEST_TAG), *mapped;
    PHYSICAL_ADDRESS at = MmGetPhysicalAddress(memory), device = {.QuadPart = 0xfee00000};
    PHYSICAL_MEMORY_RANGE *ranges = MmGetPhysicalMemoryRanges();

    at.QuadPart += 0x10;
    mapped = MmMapIoSpace(at, 0x2000, MmNonCached);
    memory[0x1fff] = 'm';
    assert_int_equal(mapped[0x1fef], 'm');
    mapped[0] = 'w';
    assert_int_equal(memory[0x10], 'w');
    MmUnmapIoSpace(mapped, 0x2000);
    assert_int_equal(CATCH(*(volatile char *)mapped), STATUS_ACCESS_VIOLATION);
    mapped = MmMapIoSpace(device, 0x1000, MmNonCached); /* nothing there: ones */
    assert_non_null(mapped);
    assert_int_equal(*(volatile unsigned char *)mapped, 0xff);
    MmUnmapIoSpace(mapped, 0x1000);

    assert_in_range(at.QuadPart, ranges[0].BaseAddress.QuadPart,
                    ranges[0].BaseAddress.QuadPart + ranges[0].NumberOfBytes.QuadPart);
    assert_int_equal(ranges[3].NumberOfBytes.QuadPart, 0); /* pool, pool, images */
    ExFreePool(ranges);
    ExFreePool(memory);
}

static void reserved_mappings(void)
{
    struct mm_window *window;
    void *address = MmAllocateMappingAddress(0x3000, MM_TEST_TAG);
    uint64_t base;
    char *mapped;
    MDL *mdl;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    base = window_alloc(window, 0x4000, PAGE_READWRITE);
    mdl = IoAllocateMdl((void *)(base + 0x10), 0x2000, FALSE, FALSE, NULL);
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    mapped = MmMapLockedPagesWithReservedMapping(address, MM_TEST_TAG, mdl, MmCached);
    assert_ptr_equal(mapped, (char *)address + 0x10);
    strcpy(mapped, "reserved");
    assert_string_equal((char *)base + 0x10, "reserved");
    MmUnmapReservedMapping(address, MM_TEST_TAG, mdl);
    assert_int_equal(CATCH(*(volatile char *)mapped), STATUS_ACCESS_VIOLATION);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    MmFreeMappingAddress(address, MM_TEST_TAG);
    window_release(window, base);
    mm_window_destroy(window);
}

static void careful_copies(void)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 0x1000, MM_TEST_TAG), to[16];
    MM_COPY_ADDRESS from = {.VirtualAddress = memory + 1};
    SIZE_T done;

    memory[1] = 'c';
    assert_int_equal(MmCopyMemory(to, from, 8, MM_COPY_MEMORY_VIRTUAL, &done), STATUS_SUCCESS);
    assert_int_equal(done, 8);
    assert_int_equal(to[0], 'c');
    from.PhysicalAddress = MmGetPhysicalAddress(memory + 1);
    to[0] = 0;
    assert_int_equal(MmCopyMemory(to, from, 8, MM_COPY_MEMORY_PHYSICAL, &done), STATUS_SUCCESS);
    assert_int_equal(to[0], 'c');
    assert_int_equal(MmCopyMemory(to, from, 8, 3, &done), STATUS_INVALID_PARAMETER_4);
    from.VirtualAddress = (void *)(MM_MAPPING_END - 8);
    assert_int_equal(MmCopyMemory(to, from, 8, MM_COPY_MEMORY_VIRTUAL, &done),
                     STATUS_INVALID_ADDRESS);
    assert_int_equal(done, 0);
    assert_true(MmIsAddressValid(memory));
    assert_true(MmIsAddressValid(to));
    assert_false(MmIsAddressValid((void *)(MM_MAPPING_END - 8)));
    assert_false(MmIsAddressValid((void *)0xfffff80000000000));
    ExFreePool(memory);
}

int main(void)
{
    static const struct mm_test tests[] = {
        MM_TEST(contiguous),
        MM_TEST(io_space),
        MM_TEST(reserved_mappings),
        MM_TEST(careful_copies),
    };

    return MM_TEST_RUN(tests);
}
