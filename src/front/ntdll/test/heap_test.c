/* SPDX-License-Identifier: MIT */
/* heap_test.c - heaps: blocks, joining, growing, bad frees, running out. */
#include "front_fake.h"

static struct heap *begin(ULONG flags, size_t maximum)
{
    assert_int_equal(fake_memory.count, 0);
    struct heap *heap = heap_create(flags, maximum);
    assert_non_null(heap);
    return heap;
}

static void end(struct heap *heap)
{
    assert_true(heap_check(heap, NULL));
    heap_destroy(heap);
    assert_int_equal(fake_memory.count, 0);
}

static void sizes_are_kept(void **state)
{
    struct heap *heap = begin(0, 0);
    for (size_t size = 0; size < 3000; size += 7) {
        char *block = heap_allocate(heap, HEAP_ZERO_MEMORY, size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        assert_int_equal(heap_size(heap, 0, block), size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(block[i], 0);
        memset(block, 0xa5, size);
        assert_true(heap_check(heap, NULL));
        if (size % 2)
            assert_true(heap_free(heap, 0, block));
    }
    end(heap);
}

static void freed_neighbours_join(void **state)
{
    struct heap *heap = begin(0, 0);
    char *block[3];
    for (int i = 0; i < 3; i++)
        block[i] = heap_allocate(heap, 0, 1000);
    char *first = block[0];
    assert_true(heap_free(heap, 0, block[0]));
    assert_true(heap_free(heap, 0, block[2]));
    assert_true(heap_free(heap, 0, block[1]));
    assert_true(heap_check(heap, NULL));
    /* All of it is one piece again: a block of the three lengths lies where the first did. */
    assert_ptr_equal(heap_allocate(heap, 0, 3000), first);
    end(heap);
}

static void resizing_keeps_the_bytes(void **state)
{
    struct heap *heap = begin(0, 0);
    unsigned char *block = heap_allocate(heap, 0, 10);
    for (int i = 0; i < 10; i++)
        block[i] = (unsigned char)i;
    static const size_t sizes[] = {100, 5000, 300000, 700000, 2000000, 600000, 40, 10};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        block = heap_resize(heap, 0, block, sizes[s]);
        assert_non_null(block);
        assert_int_equal(heap_size(heap, 0, block), sizes[s]);
        for (int i = 0; i < 10; i++)
            assert_int_equal(block[i], i);
        assert_true(heap_check(heap, NULL));
    }
    end(heap);
}

static void in_place_only_does_not_move(void **state)
{
    struct heap *heap = begin(0, 0);
    char *block = heap_allocate(heap, 0, 100);
    char *fence = heap_allocate(heap, 0, 100);
    assert_null(heap_resize(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 5000));
    assert_int_equal(heap_size(heap, 0, block), 100);
    assert_true(heap_free(heap, 0, fence));
    assert_ptr_equal(heap_resize(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 5000), block);
    end(heap);
}

static void growing_zeroes_what_is_new(void **state)
{
    struct heap *heap = begin(0, 0);
    char *block = heap_allocate(heap, 0, 64);
    memset(block, 0x77, 64);
    block = heap_resize(heap, HEAP_ZERO_MEMORY, block, 4096);
    for (int i = 0; i < 4096; i++)
        assert_int_equal(block[i], i < 64 ? 0x77 : 0);
    end(heap);
}

static void large_blocks_go_back(void **state)
{
    struct heap *heap = begin(0, 0);
    int before = fake_memory.count;
    char *block = heap_allocate(heap, 0, 4 << 20);
    assert_non_null(block);
    block[(4 << 20) - 1] = 1;
    assert_int_equal(fake_memory.count, before + 1);
    assert_true(heap_free(heap, 0, block));
    assert_int_equal(fake_memory.count, before);
    end(heap);
}

static void strangers_are_refused(void **state)
{
    struct heap *heap = begin(0, 0), *other = heap_create(0, 0);
    char *block = heap_allocate(heap, 0, 32);
    assert_true(heap_free(heap, 0, NULL));
    assert_false(heap_free(other, 0, block));
    assert_false(heap_free(heap, 0, block + 16));
    assert_int_equal(heap_size(heap, 0, block + 8), SIZE_MAX);
    assert_true(heap_free(heap, 0, block));
    assert_false(heap_free(heap, 0, block)); /* a second time */
    assert_true(heap_check(heap, NULL));
    heap_destroy(other);
    end(heap);
}

static void no_memory_is_said(void **state)
{
    struct heap *heap = begin(0, 0);
    fake_memory.left = 0;
    assert_null(heap_allocate(heap, 0, 100));
    assert_null(heap_allocate(heap, 0, 5 << 20));
    assert_null(heap_allocate(heap, 0, SIZE_MAX - 8));
    fake_memory.left = -1;
    char *block = heap_allocate(heap, 0, 100);
    assert_non_null(block);
    memset(block, 3, 100);
    fake_memory.left = 0;
    assert_null(heap_resize(heap, 0, block, 5 << 20));
    assert_int_equal(block[99], 3); /* a failed resize leaves the block */
    fake_memory.left = -1;
    end(heap);
}

static void a_maximum_holds(void **state)
{
    struct heap *heap = begin(0, 1 << 20);
    char *block, *last = NULL;
    size_t count = 0;
    while ((block = heap_allocate(heap, 0, 100000)) != NULL) {
        last = block;
        count++;
    }
    assert_in_range(count, 1, 10);
    assert_true(heap_free(heap, 0, last));
    assert_non_null(heap_allocate(heap, 0, 100000));
    end(heap);
}

/* Thousands of turns with a generator of fixed numbers; every block keeps its own pattern. */
static void a_long_life(void **state)
{
    enum { SLOTS = 200 };
    struct heap *heap = begin(0, 0);
    unsigned char *block[SLOTS] = {0};
    size_t size[SLOTS] = {0};
    uint32_t random = 12345;
    for (int turn = 0; turn < 20000; turn++) {
        random = random * 1664525 + 1013904223;
        int slot = (int)(random >> 8) % SLOTS;
        for (size_t i = 0; block[slot] && i < size[slot]; i += 61)
            assert_int_equal(block[slot][i], slot);
        if (block[slot]) {
            assert_true(heap_free(heap, 0, block[slot]));
            block[slot] = NULL;
        } else {
            size[slot] = (random >> 16) % 9000;
            block[slot] = heap_allocate(heap, 0, size[slot]);
            assert_non_null(block[slot]);
            memset(block[slot], slot, size[slot]);
        }
        if (turn % 1000 == 0)
            assert_true(heap_check(heap, NULL));
    }
    end(heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_kept),
        cmocka_unit_test(freed_neighbours_join),
        cmocka_unit_test(resizing_keeps_the_bytes),
        cmocka_unit_test(in_place_only_does_not_move),
        cmocka_unit_test(growing_zeroes_what_is_new),
        cmocka_unit_test(large_blocks_go_back),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(no_memory_is_said),
        cmocka_unit_test(a_maximum_holds),
        cmocka_unit_test(a_long_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
