/* SPDX-License-Identifier: MIT */
/* table_test.c - bitmaps, trees and tables against plain models, with random operations. */
#include "rtl_test.h"

#include "../rtl_ddi.h"

#define BITS 203

static unsigned seed;
static unsigned random_below(unsigned limit)
{
    seed = seed * 1664525 + 1013904223;
    return (unsigned)((uint64_t)(seed >> 8) * limit >> 24);
}

static ULONG model_run(const uint8_t *model, ULONG count, ULONG hint, uint8_t wanted)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (ULONG i = pass == 0 ? hint : 0; i + count <= BITS; i++) {
            ULONG n = 0;
            while (n < count && model[i + n] == wanted)
                n++;
            if (n == count)
                return i;
        }
    return ~0u;
}

static void bitmaps(void **state)
{
    ULONG words[(BITS + 31) / 32 + 1];
    uint8_t model[BITS] = {0};
    RTL_BITMAP bitmap;

    seed = 1;
    words[(BITS + 31) / 32] = 0xdeadbeef; /* not ours */
    RtlInitializeBitMap(&bitmap, words, BITS);
    RtlClearAllBits(&bitmap);
    for (unsigned turn = 0; turn < 4000; turn++) {
        ULONG start = random_below(BITS), length = 1 + random_below(BITS - start);
        ULONG find = 1 + random_below(12), hint = random_below(BITS), set = 0, longest = 0, at;

        if (turn % 3 == 0)
            length = length > 9 ? 9 : length;
        if ((turn & 1) != 0) {
            RtlSetBits(&bitmap, start, length);
            memset(model + start, 1, length);
        } else {
            RtlClearBits(&bitmap, start, length);
            memset(model + start, 0, length);
        }
        for (ULONG i = 0, run = 0; i < BITS; i++) {
            assert_int_equal(RtlTestBit(&bitmap, i), model[i]);
            set += model[i];
            run = model[i] ? 0 : run + 1;
            longest = run > longest ? run : longest;
        }
        assert_int_equal(RtlNumberOfSetBits(&bitmap), set);
        assert_int_equal(RtlNumberOfClearBits(&bitmap), BITS - set);
        assert_int_equal(RtlFindLongestRunClear(&bitmap, &at), longest);
        assert_int_equal(RtlFindClearBits(&bitmap, find, hint), model_run(model, find, hint, 0));
        assert_int_equal(RtlFindSetBits(&bitmap, find, hint), model_run(model, find, hint, 1));
        assert_int_equal(RtlAreBitsSet(&bitmap, start, length), turn & 1);
        assert_int_equal(RtlAreBitsClear(&bitmap, start, length), !(turn & 1));
    }
    assert_false(RtlAreBitsSet(&bitmap, 0, 0));
    assert_false(RtlAreBitsClear(&bitmap, BITS - 1, 2));
    assert_int_equal(RtlFindClearBits(&bitmap, BITS + 1, 0), ~0u);
    RtlClearAllBits(&bitmap);
    assert_int_equal(RtlFindClearBitsAndSet(&bitmap, 5, 100), 100);
    assert_int_equal(RtlFindClearBitsAndSet(&bitmap, 150, 0), ~0u);
    assert_int_equal(RtlFindSetBitsAndClear(&bitmap, 5, 0), 100);
    assert_int_equal(RtlNumberOfSetBits(&bitmap), 0);
    assert_int_equal(words[(BITS + 31) / 32], 0xdeadbeef);
}

static void runs(void **state)
{
    ULONG word = 0xff0f00f8; /* clear: 0-2, 8-15, 20-23 */
    RTL_BITMAP bitmap;
    RTL_BITMAP_RUN found[2];
    ULONG start = 77;

    RtlInitializeBitMap(&bitmap, &word, 32);
    assert_int_equal(RtlFindFirstRunClear(&bitmap, &start), 3);
    assert_int_equal(start, 0);
    assert_int_equal(RtlFindNextForwardRunClear(&bitmap, 3, &start), 8);
    assert_int_equal(start, 8);
    assert_int_equal(RtlFindLastBackwardRunClear(&bitmap, 22, &start), 3);
    assert_int_equal(start, 20);
    assert_int_equal(RtlFindLastBackwardRunClear(&bitmap, 19, &start), 8);
    assert_int_equal(RtlFindNextForwardRunClear(&bitmap, 24, &start), 0);
    assert_int_equal(RtlFindClearRuns(&bitmap, found, 2, TRUE), 2);
    assert_int_equal(found[0].StartingIndex, 8);
    assert_int_equal(found[1].StartingIndex, 20);
    assert_int_equal(RtlFindClearRuns(&bitmap, found, 2, FALSE), 2);
    assert_int_equal(found[0].StartingIndex, 0);
    assert_int_equal(RtlFindLeastSignificantBit(0x50), 4);
    assert_int_equal(RtlFindMostSignificantBit(0x50), 6);
    assert_int_equal(RtlFindMostSignificantBit(0), -1);
}

/* ---- tables: both kinds hold ULONG keys --------------------------------------------------- */

static RTL_GENERIC_COMPARE_RESULTS NTAPI compare(void *table, PVOID a, PVOID b)
{
    ULONG x = *(ULONG *)a, y = *(ULONG *)b;

    return x < y ? GenericLessThan : x > y ? GenericGreaterThan : GenericEqual;
}

static PVOID NTAPI allocate(void *table, CLONG bytes)
{
    return block_allocate(bytes, 0);
}

static VOID NTAPI release(void *table, PVOID memory)
{
    block_free(memory);
}

#define KEYS 300

/* Height of an AVL subtree; fails where it is not balanced or says so wrongly. */
static int height_of(RTL_BALANCED_LINKS *node)
{
    int left, right;

    if (node == NULL)
        return 0;
    if (node->LeftChild != NULL)
        assert_ptr_equal(node->LeftChild->Parent, node);
    if (node->RightChild != NULL)
        assert_ptr_equal(node->RightChild->Parent, node);
    left = height_of(node->LeftChild);
    right = height_of(node->RightChild);
    assert_int_equal(node->Balance, right - left);
    assert_true(right - left >= -1 && right - left <= 1);
    return 1 + (left > right ? left : right);
}

static void avl_tables(void **state)
{
    uint8_t model[KEYS] = {0};
    RTL_AVL_TABLE table;
    ULONG count = 0;

    seed = 3;
    RtlInitializeGenericTableAvl(&table, (PRTL_AVL_COMPARE_ROUTINE)compare,
                                 (PRTL_AVL_ALLOCATE_ROUTINE)allocate,
                                 (PRTL_AVL_FREE_ROUTINE)release, NULL);
    assert_true(RtlIsGenericTableEmptyAvl(&table));
    for (unsigned turn = 0; turn < 6000; turn++) {
        ULONG key = random_below(KEYS), at = 0, *element;
        BOOLEAN is_new;

        if (random_below(100) < (turn < 3000 ? 60u : 40u)) {
            element = RtlInsertElementGenericTableAvl(&table, &key, sizeof(key), &is_new);
            assert_int_equal(*element, key);
            assert_int_equal(is_new, !model[key]);
            count += !model[key];
            model[key] = 1;
        } else {
            assert_int_equal(RtlDeleteElementGenericTableAvl(&table, &key), model[key]);
            count -= model[key];
            model[key] = 0;
        }
        assert_int_equal(RtlNumberGenericTableElementsAvl(&table), count);
        assert_int_equal(height_of(table.BalancedRoot.RightChild), table.DepthOfTree);
        if (turn % 50 != 0)
            continue;
        element = RtlEnumerateGenericTableAvl(&table, TRUE);
        for (ULONG i = 0; i < KEYS; i++) {
            assert_int_equal(RtlLookupElementGenericTableAvl(&table, &i) != NULL, model[i]);
            if (!model[i])
                continue;
            assert_int_equal(*element, i);
            assert_ptr_equal(RtlGetElementGenericTableAvl(&table, at), element);
            at++;
            element = RtlEnumerateGenericTableAvl(&table, FALSE);
        }
        assert_null(element);
    }
    test_failures = 1;
    for (ULONG key = KEYS; test_failures != 0; key++) {
        BOOLEAN is_new = 7;
        assert_null(RtlInsertElementGenericTableAvl(&table, &key, sizeof(key), &is_new));
        assert_int_equal(is_new, FALSE);
    }
    for (ULONG key = 0; key < KEYS; key++)
        RtlDeleteElementGenericTableAvl(&table, &key);
    assert_true(RtlIsGenericTableEmptyAvl(&table));
    assert_int_equal(table.DepthOfTree, 0);
}

static void splay_tables(void **state)
{
    uint8_t model[KEYS] = {0};
    RTL_GENERIC_TABLE table;
    ULONG count = 0;

    seed = 9;
    RtlInitializeGenericTable(&table, (PRTL_GENERIC_COMPARE_ROUTINE)compare,
                              (PRTL_GENERIC_ALLOCATE_ROUTINE)allocate,
                              (PRTL_GENERIC_FREE_ROUTINE)release, NULL);
    for (unsigned turn = 0; turn < 6000; turn++) {
        ULONG key = random_below(KEYS), *element;
        BOOLEAN is_new;

        if (random_below(100) < (turn < 3000 ? 60u : 40u)) {
            element = RtlInsertElementGenericTable(&table, &key, sizeof(key), &is_new);
            assert_int_equal(*element, key);
            assert_int_equal(is_new, !model[key]);
            count += !model[key];
            model[key] = 1;
        } else {
            assert_int_equal(RtlDeleteElementGenericTable(&table, &key), model[key]);
            count -= model[key];
            model[key] = 0;
        }
        assert_int_equal(RtlNumberGenericTableElements(&table), count);
        if (turn % 50 != 0)
            continue;
        element = RtlEnumerateGenericTable(&table, TRUE);
        for (ULONG i = 0; i < KEYS; i++) {
            if (!model[i])
                continue;
            assert_int_equal(*element, i);
            element = RtlEnumerateGenericTable(&table, FALSE);
        }
        assert_null(element);
        for (ULONG i = 0; i < KEYS; i++)
            assert_int_equal(RtlLookupElementGenericTable(&table, &i) != NULL, model[i]);
    }
    for (ULONG key = 0; key < KEYS; key++)
        RtlDeleteElementGenericTable(&table, &key);
    assert_true(RtlIsGenericTableEmpty(&table));
    /* By order of insertion. */
    for (ULONG i = 0, key; i < 5; i++) {
        key = 10 - i;
        RtlInsertElementGenericTable(&table, &key, sizeof(key), NULL);
    }
    assert_int_equal(*(ULONG *)RtlGetElementGenericTable(&table, 3), 7);
    assert_int_equal(*(ULONG *)RtlGetElementGenericTable(&table, 0), 10);
    assert_null(RtlGetElementGenericTable(&table, 5));
    for (ULONG i = 0, key; i < 5; i++) {
        key = 10 - i;
        assert_true(RtlDeleteElementGenericTable(&table, &key));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        RTL_TEST(bitmaps),
        RTL_TEST(runs),
        RTL_TEST(avl_tables),
        RTL_TEST(splay_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
