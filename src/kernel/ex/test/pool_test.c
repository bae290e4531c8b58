/* SPDX-License-Identifier: MIT */
/* pool_test.c - pool: alignment, zeroing, accounting, wrong frees, many threads at once. */
#include "ex_test.h"

static void blocks_are_aligned_and_within_pages(void)
{
    for (size_t bytes = 0; bytes < 9000; bytes += 7) {
        char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, EX_TEST_TAG);
        uintptr_t at = (uintptr_t)memory;

        assert_non_null(memory);
        assert_int_equal(at & 15, 0);
        if (bytes >= PAGE_SIZE)
            assert_int_equal(at & 4095, 0);
        else if (bytes > 0)
            assert_int_equal(at >> 12, (at + bytes - 1) >> 12);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xee, bytes);
        ExFreePoolWithTag(memory, EX_TEST_TAG);
    }
}

static void zeroing_is_as_asked(void)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, EX_TEST_TAG);
    char *again;

    memset(memory, 0x77, 100);
    ExFreePool(memory);
    again = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 100, EX_TEST_TAG);
    assert_ptr_equal(again, memory); /* the block that was freed last */
    assert_int_equal(again[99], 0x77);
    ExFreePool(again);
    again = ExAllocatePoolZero(NonPagedPoolNx, 100, EX_TEST_TAG);
    assert_ptr_equal(again, memory);
    assert_int_equal(again[99], 0);
    ExFreePool(again);

    memory = ExAllocatePool2(POOL_FLAG_PAGED, 10 * PAGE_SIZE, EX_TEST_TAG);
    memset(memory, 0x55, 10 * PAGE_SIZE);
    ExFreePool(memory);
    memory = ExAllocatePool2(POOL_FLAG_PAGED, 10 * PAGE_SIZE, EX_TEST_TAG);
    for (size_t i = 0; i < 10 * PAGE_SIZE; i++)
        assert_int_equal(memory[i], 0);
    ExFreePool(memory);
}

static void cache_aligned_blocks(void)
{
    void *blocks[200];

    for (unsigned i = 0; i < 200; i++) {
        blocks[i] =
            ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, 1 + i * 21, EX_TEST_TAG);
        assert_int_equal((uintptr_t)blocks[i] & 63, 0);
        memset(blocks[i], 0xff, 1 + i * 21);
    }
    for (unsigned i = 0; i < 200; i++)
        ExFreePoolWithTag(blocks[i], EX_TEST_TAG);
    blocks[0] = ExAllocatePoolWithTag(NonPagedPoolCacheAligned, 5, EX_TEST_TAG);
    assert_int_equal((uintptr_t)blocks[0] & 63, 0);
    ExFreePool(blocks[0]);
}

static void flags_are_checked(void)
{
    void *memory;

    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0));
    assert_null(ExAllocatePool2(0, 16, EX_TEST_TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 16, EX_TEST_TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RESERVED2, 16, EX_TEST_TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, SIZE_MAX - 100, EX_TEST_TAG));
    assert_int_equal(
        CATCH(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 16, 0)),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(CATCH(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE,
                                           1ull << 50, EX_TEST_TAG)),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(CATCH(ExAllocatePoolWithQuotaTag(PagedPool, 1ull << 50, EX_TEST_TAG)),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_null(ExAllocatePoolWithQuotaTag(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, 1ull << 50,
                                           EX_TEST_TAG));
    memory = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_SPECIAL_POOL | (1ull << 50), 16,
                             EX_TEST_TAG); /* unknown hints */
    assert_non_null(memory);
    ExFreePool(memory);
}

static void extended_parameters(void)
{
    POOL_EXTENDED_PARAMETER parameters[2] = {{0}};
    void *memory;

    parameters[0].Type = PoolExtendedParameterPriority;
    parameters[0].Priority = NormalPoolPriority;
    parameters[1].Type = 77;
    assert_null(ExAllocatePool3(POOL_FLAG_PAGED, 16, EX_TEST_TAG, parameters, 2));
    parameters[1].Optional = 1;
    memory = ExAllocatePool3(POOL_FLAG_PAGED, 16, EX_TEST_TAG, parameters, 2);
    assert_non_null(memory);
    ExFreePool2(memory, EX_TEST_TAG, NULL, 0);
}

struct visited {
    unsigned count;
    size_t bytes;
    bool is_paged;
};

static void visit(const struct ex_pool_block *block, void *context)
{
    struct visited *visited = context;

    if (block->tag != EX_TEST_TAG)
        return;
    visited->count++;
    visited->bytes += block->bytes;
    visited->is_paged |= block->is_paged;
}

static void blocks_are_counted_and_visited(void)
{
    struct ex_pool_counts before, counts;
    struct visited visited = {0};
    void *small, *aligned, *large, *pages;

    ex_pool_counts(&before);
    small = ExAllocatePool2(POOL_FLAG_NON_PAGED, 33, EX_TEST_TAG);
    aligned = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, 10, EX_TEST_TAG);
    large = ExAllocatePool2(POOL_FLAG_PAGED, 10000, EX_TEST_TAG);
    pages = ex_pages_allocate(3, EX_TEST_TAG);
    ex_pool_counts(&counts);
    assert_int_equal(counts.blocks - before.blocks, 4);
    assert_int_equal(counts.bytes - before.bytes, 33 + 10 + 10000 + 3 * 4096);
    ex_pool_visit(visit, &visited);
    assert_int_equal(visited.count, 4);
    assert_int_equal(visited.bytes, 33 + 10 + 10000 + 3 * 4096);
    assert_true(visited.is_paged);
    ExFreePool(small);
    ExFreePool(aligned);
    ExFreePool(large);
    ex_pages_free(pages);
    visited = (struct visited){0};
    ex_pool_visit(visit, &visited);
    assert_int_equal(visited.count, 0);
}

static void the_share_shows_the_same_bytes(void)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 5000, EX_TEST_TAG);
    uint64_t offset;
    void *view;
    int fd;

    assert_int_equal(ex_pool_share(memory, &fd, &offset), STATUS_SUCCESS);
    assert_int_equal(host_share_map(fd, offset, 8192, HOST_READ | HOST_WRITE, NULL, &view), 0);
    memory[4999] = 'x';
    assert_int_equal(((char *)view)[4999], 'x');
    ((char *)view)[0] = 'y';
    assert_int_equal(memory[0], 'y');
    host_memory_release(view, 8192);
    ExFreePool(memory);
    assert_int_equal(ex_pool_share(&offset, &fd, &offset), STATUS_INVALID_ADDRESS);
}

static void wrong_frees_are_told_apart(void)
{
    char *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, EX_TEST_TAG);
    char *keeper = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, EX_TEST_TAG); /* its page stays */
    char *large = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * 4096, EX_TEST_TAG);
    const struct bugcheck *bugcheck;
    char on_stack[32];

    bugcheck = BUGCHECK(ExFreePoolWithTag(memory, 0x12345678));
    assert_int_equal(bugcheck->code, BAD_POOL_CALLER);
    assert_int_equal(bugcheck->parameter[0], 0x0a);
    assert_int_equal(bugcheck->parameter[1], (uintptr_t)memory);
    assert_int_equal(bugcheck->parameter[2], EX_TEST_TAG);
    assert_int_equal(bugcheck->parameter[3], 0x12345678);

    bugcheck = BUGCHECK(ExFreePool(memory + 16));
    assert_int_equal(bugcheck->parameter[0], 0x46);
    bugcheck = BUGCHECK(ExFreePool(large + 4096));
    assert_int_equal(bugcheck->parameter[0], 0x46);
    bugcheck = BUGCHECK(ExFreePool(on_stack));
    assert_int_equal(bugcheck->parameter[0], 0x42);
    bugcheck = BUGCHECK(ExFreePool((void *)0x10000));
    assert_int_equal(bugcheck->parameter[0], 0x40);

    ExFreePool(memory);
    bugcheck = BUGCHECK(ExFreePool(memory));
    assert_int_equal(bugcheck->code, BAD_POOL_CALLER);
    assert_int_equal(bugcheck->parameter[0], 0x07);
    assert_int_equal(bugcheck->parameter[3], (uintptr_t)memory);
    ExFreePool(large);
    bugcheck = BUGCHECK(ExFreePool(large));
    assert_int_equal(bugcheck->parameter[0], 0x07);
    ExFreePool(keeper);

    bugcheck = BUGCHECK(ExAllocatePoolWithTag(NonPagedPool, 16, 0));
    assert_int_equal(bugcheck->code, BAD_POOL_CALLER);
    assert_int_equal(bugcheck->parameter[0], 0x9b);
}

static void overwritten_headers_are_seen(void)
{
    char *a = ExAllocatePool2(POOL_FLAG_NON_PAGED, 48, EX_TEST_TAG);
    char *b = ExAllocatePool2(POOL_FLAG_NON_PAGED, 48, EX_TEST_TAG);
    char *low = a < b ? a : b, *high = a < b ? b : a;
    const struct bugcheck *bugcheck;
    char header[16];

    assert_int_equal(high - low, 64); /* neighbours in one page */
    memcpy(header, high - 16, 16);
    memset(high - 16, 0x11, 16);
    bugcheck = BUGCHECK(ExFreePool(low));
    assert_int_equal(bugcheck->code, BAD_POOL_HEADER);
    assert_int_equal(bugcheck->parameter[0], 0x20);
    assert_int_equal(bugcheck->parameter[2], (uintptr_t)high - 16);
    bugcheck = BUGCHECK(ExFreePool(high));
    assert_int_equal(bugcheck->code, BAD_POOL_HEADER);
    memcpy(high - 16, header, 16);
    ExFreePool(a);
    ExFreePool(b);
}

static void irql_is_checked(void)
{
    KIRQL irql = ke_irql_raise(DISPATCH_LEVEL);
    void *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, EX_TEST_TAG);
    const struct bugcheck *bugcheck;

    assert_non_null(memory);
    bugcheck = BUGCHECK(ExAllocatePool2(POOL_FLAG_PAGED, 16, EX_TEST_TAG));
    assert_int_equal(bugcheck->code, BAD_POOL_CALLER);
    assert_int_equal(bugcheck->parameter[0], 0x08);
    assert_int_equal(bugcheck->parameter[1], DISPATCH_LEVEL);
    ExFreePool(memory);
    ke_irql_lower(irql);
}

#define STORM_THREADS 4
#define STORM_BLOCKS  64

struct storm {
    struct thread thread;
    unsigned seed;
};

/* Every block holds its own address and size; whoever gets another's sees it. */
static void storm_run(void *context)
{
    struct storm *storm = context;
    uint64_t *blocks[STORM_BLOCKS] = {0};
    unsigned rounds = host_is_sim() ? 200 : 40000;

    for (unsigned i = 0; i < rounds; i++) {
        unsigned slot = (storm->seed = storm->seed * 1664525 + 1013904223) >> 26;
        size_t bytes = 16 + (storm->seed >> 8) % ((i & 63) == 0 ? 20000 : 600);

        if (blocks[slot] != NULL) {
            assert_int_equal(blocks[slot][0], (uintptr_t)blocks[slot]);
            assert_int_equal(((char *)blocks[slot])[blocks[slot][1] - 1] & 0xff,
                             blocks[slot][1] == 16 ? 0 : 0x5a);
            ExFreePoolWithTag(blocks[slot], EX_TEST_TAG);
        }
        blocks[slot] = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, EX_TEST_TAG);
        blocks[slot][0] = (uintptr_t)blocks[slot];
        blocks[slot][1] = bytes;
        if (bytes > 16)
            ((char *)blocks[slot])[bytes - 1] = 0x5a;
        if (host_is_sim())
            ke_interrupts_poll();
    }
    for (unsigned i = 0; i < STORM_BLOCKS; i++)
        if (blocks[i] != NULL)
            ExFreePool(blocks[i]);
}

static void many_threads(void)
{
    static struct storm storms[STORM_THREADS];

    for (unsigned i = 0; i < STORM_THREADS; i++) {
        storms[i].seed = i * 77 + 1;
        thread_run(&storms[i].thread, storm_run, &storms[i]);
    }
    for (unsigned i = 0; i < STORM_THREADS; i++)
        thread_wait(&storms[i].thread);
}

/* Taken by one thread, freed by another: caches must not drift. */
static void handed_over_run(void *context)
{
    void **blocks = context;

    for (unsigned i = 0; i < 2000; i++)
        ExFreePool(blocks[i]);
}

static void blocks_handed_over(void)
{
    static void *blocks[2000];
    struct thread thread;

    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 2000; i++)
            blocks[i] = ExAllocatePool2(POOL_FLAG_NON_PAGED, 200, EX_TEST_TAG);
        thread_run(&thread, handed_over_run, blocks);
        thread_wait(&thread);
    }
}

static void without_a_processor(void)
{
    void *memory;

    ke_processor_leave();
    memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, EX_TEST_TAG);
    ke_processor_enter();
    assert_non_null(memory);
    ExFreePool(memory);
    memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, EX_TEST_TAG);
    ke_processor_leave();
    ExFreePool(memory);
    ke_processor_enter();
}

static void big_blocks_go_back_to_the_host(void)
{
    char *first = NULL;

    /* 64 times 64 MiB would not stay resident; the addresses come again. */
    for (unsigned i = 0; i < 64; i++) {
        char *memory =
            ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 64 << 20, EX_TEST_TAG);
        assert_non_null(memory);
        if (first == NULL)
            first = memory;
        assert_ptr_equal(memory, first);
        assert_int_equal(memory[12345678], 0);
        memory[12345678] = 1;
        ExFreePool(memory);
    }
}

int main(void)
{
    static const struct ex_test tests[] = {
        EX_TEST(blocks_are_aligned_and_within_pages),
        EX_TEST(zeroing_is_as_asked),
        EX_TEST(cache_aligned_blocks),
        EX_TEST(flags_are_checked),
        EX_TEST(extended_parameters),
        EX_TEST(blocks_are_counted_and_visited),
        EX_TEST(the_share_shows_the_same_bytes),
        EX_TEST(wrong_frees_are_told_apart),
        EX_TEST(overwritten_headers_are_seen),
        EX_TEST(irql_is_checked),
        EX_TEST(many_threads),
        EX_TEST(blocks_handed_over),
        EX_TEST(without_a_processor),
        EX_TEST(big_blocks_go_back_to_the_host),
    };

    return EX_TEST_RUN(tests);
}
