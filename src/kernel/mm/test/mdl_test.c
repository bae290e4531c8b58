/* SPDX-License-Identifier: MIT */
/* mdl_test.c - MDLs: locking a program's pages, mapping them, what survives the program's
 * free, pages that drivers allocate, physical addresses.
 */
#include "mm_test.h"

static struct mm_window *window_begin(void)
{
    assert_int_equal(mm_window_create(&test_window), STATUS_SUCCESS);
    mm_current_window_set(test_window_current);
    return test_window;
}

static void locked_pages_survive_the_free(void)
{
    struct mm_window *window = window_begin();
    uint64_t base = window_alloc(window, 0x4000, PAGE_READWRITE), again;
    char *user = (char *)base + 0x800, *system;
    MDL *mdl = IoAllocateMdl(user, 0x2000, FALSE, FALSE, NULL);
    struct mm_counts counts;

    strcpy(user, "before");
    assert_int_equal(mm_mdl_lock(mdl, UserMode, IoModifyAccess), STATUS_SUCCESS);
    mm_counts(&counts);
    assert_int_equal(counts.mdls_locked, 1);
    assert_int_equal(counts.pages_locked, 3);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    assert_non_null(system);
    assert_true((uintptr_t)system >= MM_MAPPING_BASE);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), system);
    assert_string_equal(system, "before");
    strcpy(system + 0x1000, "across");
    assert_string_equal(user + 0x1000, "across");

    window_release(window, base);
    assert_string_equal(system, "before"); /* the program is done with it, the driver is not */
    again = window_alloc(window, 0x4000, PAGE_READWRITE);
    assert_int_equal(again, base);
    assert_int_equal(*user, 0); /* and new memory is new */
    strcpy(user, "after");
    assert_string_equal(system, "before");
    MmUnlockPages(mdl);
    assert_string_equal(user, "after");
    assert_int_equal(CATCH(*(volatile char *)system), STATUS_ACCESS_VIOLATION);
    IoFreeMdl(mdl);

    /* The page that was in the way is back, empty. */
    window_release(window, again);
    again = window_alloc(window, 0x4000, PAGE_READWRITE);
    assert_int_equal(*user, 0);
    window_release(window, again);
    mm_window_destroy(window);
}

static struct mm_window *process_other;

static struct mm_window *window_of_other(PEPROCESS process)
{
    return process_other;
}

static void what_cannot_be_locked(void)
{
    struct mm_window *window = window_begin(), *other;
    uint64_t base = window_alloc(window, 0x1000, PAGE_READONLY), foreign;
    MDL *mdl = IoAllocateMdl((void *)base, 0x1000, FALSE, FALSE, NULL);

    assert_int_equal(mm_mdl_lock(mdl, UserMode, IoWriteAccess), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_mdl_lock(mdl, UserMode, IoReadAccess), STATUS_SUCCESS);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    mdl = IoAllocateMdl((void *)(base + 0x800), 0x1000, FALSE, FALSE, NULL); /* runs over the end */
    assert_int_equal(CATCH(MmProbeAndLockPages(mdl, UserMode, IoReadAccess)),
                     STATUS_ACCESS_VIOLATION);
    IoFreeMdl(mdl);
    mdl = IoAllocateMdl(&window, 8, FALSE, FALSE, NULL); /* a system address from a program */
    assert_int_equal(mm_mdl_lock(mdl, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_mdl_lock(mdl, KernelMode, IoReadAccess), STATUS_SUCCESS);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), &window);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);

    assert_int_equal(mm_window_create(&other), STATUS_SUCCESS);
    foreign = window_alloc(other, 0x1000, PAGE_READWRITE);
    mdl = IoAllocateMdl((void *)foreign, 8, FALSE, FALSE, NULL);
    assert_int_equal(mm_mdl_lock(mdl, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    assert_int_equal(CATCH(MmProbeAndLockProcessPages(mdl, NULL, UserMode, IoReadAccess)),
                     STATUS_ACCESS_VIOLATION);
    process_other = other;
    mm_process_window_set(window_of_other);
    MmProbeAndLockProcessPages(mdl, NULL, UserMode, IoReadAccess); /* asked for by name */
    mm_process_window_set(NULL);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    mm_window_destroy(other);
    mm_window_destroy(window);
}

static void pool_and_partial(void)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 0x5000, MM_TEST_TAG);
    MDL *mdl = IoAllocateMdl(memory + 0x10, 0x4000, FALSE, FALSE, NULL);
    MDL *part = IoAllocateMdl(memory + 0x10, 0x4000, FALSE, FALSE, NULL);
    MDL *small = IoAllocateMdl(memory, 0x10, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), memory + 0x10);
    IoBuildPartialMdl(mdl, part, memory + 0x1234, 0x1000);
    assert_int_equal(part->ByteCount, 0x1000);
    assert_int_equal(part->ByteOffset, 0x234);
    assert_ptr_equal(MmGetMdlVirtualAddress(part), memory + 0x1234);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(part, NormalPagePriority), memory + 0x1234);
    assert_int_equal(MmGetMdlPfnArray(part)[0], MmGetMdlPfnArray(mdl)[1]);
    MmPrepareMdlForReuse(part);
    IoBuildPartialMdl(mdl, part, memory + 0x2010, 0); /* to the end */
    assert_int_equal(part->ByteCount, 0x2000);
    IoFreeMdl(part);
    IoFreeMdl(small);
    IoFreeMdl(mdl);
    ExFreePool(memory);
}

static void partial_of_locked_user_pages(void)
{
    struct mm_window *window = window_begin();
    uint64_t base = window_alloc(window, 0x4000, PAGE_READWRITE);
    MDL *mdl = IoAllocateMdl((void *)base, 0x4000, FALSE, FALSE, NULL);
    MDL *part = IoAllocateMdl((void *)base, 0x4000, FALSE, FALSE, NULL);
    char *mapped;

    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    IoBuildPartialMdl(mdl, part, (void *)(base + 0x2100), 0x100);
    mapped = MmGetSystemAddressForMdlSafe(part, NormalPagePriority);
    strcpy(mapped, "part");
    assert_string_equal((char *)base + 0x2100, "part");
    assert_true((part->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0);
    IoFreeMdl(part); /* its own mapping goes, the lock is the other's */
    assert_int_equal(CATCH(*(volatile char *)mapped), STATUS_ACCESS_VIOLATION);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    window_release(window, base);
    mm_window_destroy(window);
}

static void chains_on_an_irp(void)
{
    IRP irp = {0};
    MDL *first = IoAllocateMdl((void *)0x1000, 10, FALSE, FALSE, &irp);
    MDL *second = IoAllocateMdl((void *)0x1000, 10, TRUE, FALSE, &irp);
    MDL *third = IoAllocateMdl((void *)0x1ff8, 10, TRUE, FALSE, &irp);

    assert_ptr_equal(irp.MdlAddress, first);
    assert_ptr_equal(first->Next, second);
    assert_ptr_equal(second->Next, third);
    assert_null(third->Next);
    assert_int_equal((USHORT)third->Size, sizeof(MDL) + 2 * sizeof(PFN_NUMBER));
    IoFreeMdl(first);
    IoFreeMdl(second);
    IoFreeMdl(third);
}

static void advancing(void)
{
    struct mm_window *window = window_begin();
    uint64_t base = window_alloc(window, 0x4000, PAGE_READWRITE);
    MDL *mdl = IoAllocateMdl((void *)(base + 0x100), 0x3000, FALSE, FALSE, NULL);
    struct mm_counts counts;
    char *mapped;

    strcpy((char *)base + 0x1200, "here");
    MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    assert_int_equal(MmAdvanceMdl(mdl, 0x3001), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(MmAdvanceMdl(mdl, 0x1100), STATUS_SUCCESS);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), (void *)(base + 0x1200));
    assert_int_equal(mdl->ByteCount, 0x1f00);
    assert_ptr_equal(mdl->MappedSystemVa, mapped + 0x1100);
    assert_string_equal(mapped + 0x1100, "here");
    mm_counts(&counts);
    assert_int_equal(counts.pages_locked, 3);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    window_release(window, base);
    mm_window_destroy(window);
}

static void pages_for_an_mdl(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = 0xffffffff}, none = {.QuadPart = 1};
    MDL *mdl = MmAllocatePagesForMdlEx(low, high, low, 0x5001, MmCached, 0);
    char *mapped;

    assert_non_null(mdl);
    assert_int_equal(mdl->ByteCount, 0x6000);
    mapped =
        MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    for (unsigned i = 0; i < 0x6000; i++)
        assert_int_equal(mapped[i], 0);
    memset(mapped, 1, 0x6000);
    MmUnmapLockedPages(mapped, mdl);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
    assert_null(MmAllocatePagesForMdlEx(low, none, low, 0x1000, MmCached, 0));
}

static void mapping_into_a_program(void)
{
    struct mm_window *window = window_begin();
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 0x2000, MM_TEST_TAG), *user;
    MDL *mdl = IoAllocateMdl(memory + 0x20, 0x1000, FALSE, FALSE, NULL);
    MEMORY_BASIC_INFORMATION information;
    uint64_t at, size = 0;

    MmBuildMdlForNonPagedPool(mdl);
    user = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
    assert_int_equal((uintptr_t)user & 4095, 0x20);
    strcpy(memory + 0x20, "shared");
    assert_string_equal(user, "shared");
    assert_int_equal(mm_window_query(window, (uintptr_t)user, &information), STATUS_SUCCESS);
    assert_int_equal(information.Type, MEM_MAPPED);
    at = (uintptr_t)user & ~4095ull;
    assert_int_equal(mm_window_free(window, &at, &size, MEM_RELEASE),
                     STATUS_UNABLE_TO_DELETE_SECTION);
    MmUnmapLockedPages(user, mdl);
    assert_int_equal(CATCH(*(volatile char *)user), STATUS_ACCESS_VIOLATION);
    IoFreeMdl(mdl);
    ExFreePool(memory);
    mm_window_destroy(window);
}

/* Locks and frees at random; the mapping must always show what was there when it was locked. */
static void locks_and_frees_at_random(void)
{
    struct mm_window *window = window_begin();
    MDL *mdls[16] = {0};
    char *mapped[16] = {0};
    unsigned values[16], seed = 99;
    uint64_t base = window_alloc(window, 16 << 12, PAGE_READWRITE);

    for (unsigned i = 0; i < 4000; i++) {
        unsigned slot = (seed = seed * 1664525 + 1013904223) >> 28;
        unsigned page = seed >> 24 & 15;
        uint64_t at = base + (page << 12), size = 4096;
        volatile unsigned *word = (volatile unsigned *)at;

        if (mdls[slot] != NULL) {
            assert_int_equal(*(unsigned *)mapped[slot], values[slot]);
            MmUnlockPages(mdls[slot]);
            IoFreeMdl(mdls[slot]);
            mdls[slot] = NULL;
        } else if ((seed >> 12 & 1) != 0) {
            *word = i;
            mdls[slot] = IoAllocateMdl((void *)at, 4096, FALSE, FALSE, NULL);
            MmProbeAndLockPages(mdls[slot], UserMode, IoModifyAccess);
            mapped[slot] = MmGetSystemAddressForMdlSafe(mdls[slot], NormalPagePriority);
            values[slot] = i;
            /* Others that hold the same page see the same new value. */
            for (unsigned j = 0; j < 16; j++)
                if (mdls[j] != NULL && *(unsigned *)mapped[j] == i)
                    values[j] = i;
        } else {
            assert_int_equal(mm_window_free(window, &at, &size, MEM_DECOMMIT), STATUS_SUCCESS);
            assert_int_equal(mm_window_allocate(window, &at, &size, MEM_COMMIT, PAGE_READWRITE),
                             STATUS_SUCCESS);
            assert_int_equal(*word, 0);
        }
    }
    for (unsigned i = 0; i < 16; i++)
        if (mdls[i] != NULL) {
            MmUnlockPages(mdls[i]);
            IoFreeMdl(mdls[i]);
        }
    window_release(window, base);
    mm_window_destroy(window);
}

int main(void)
{
    static const struct mm_test tests[] = {
        MM_TEST(locked_pages_survive_the_free),
        MM_TEST(what_cannot_be_locked),
        MM_TEST(pool_and_partial),
        MM_TEST(partial_of_locked_user_pages),
        MM_TEST(chains_on_an_irp),
        MM_TEST(advancing),
        MM_TEST(pages_for_an_mdl),
        MM_TEST(mapping_into_a_program),
        MM_TEST(locks_and_frees_at_random),
    };

    return MM_TEST_RUN(tests);
}
