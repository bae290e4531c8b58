/* SPDX-License-Identifier: MIT */
/* user_test.c - touching memory that may not be there: copies of every length and alignment,
 * bad pointers on either side, probes.
 */
#include "mm_test.h"

static void copies_of_every_length(void)
{
    unsigned char from[300], to[320];

    for (unsigned i = 0; i < sizeof(from); i++)
        from[i] = (unsigned char)(i * 7 + 1);
    for (unsigned length = 0; length < 290; length++)
        for (unsigned shift = 0; shift < 9; shift++) {
            memset(to, 0xcc, sizeof(to));
            assert_int_equal(mm_user_copy(to + shift, from + 8 - shift, length), STATUS_SUCCESS);
            assert_memory_equal(to + shift, from + 8 - shift, length);
            assert_int_equal(to[shift + length], 0xcc);
            if (shift > 0)
                assert_int_equal(to[shift - 1], 0xcc);
        }
    assert_int_equal(mm_user_fill(to, 0x31, 100), STATUS_SUCCESS);
    assert_int_equal(to[99], 0x31);
    assert_int_not_equal(to[100], 0x31);
}

static void bad_pointers(void)
{
    struct mm_window *window;
    uint64_t base;
    char buffer[64];

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    base = window_alloc(window, 0x1000, PAGE_READWRITE);
    for (unsigned length = 1; length < 40; length++) {
        char *end = (char *)base + 0x1000;
        /* Ends with the last byte: good. One further: bad, whichever way it is copied. */
        assert_int_equal(mm_user_copy(buffer, end - length, length), STATUS_SUCCESS);
        assert_int_equal(mm_user_copy(buffer, end - length + 1, length), STATUS_ACCESS_VIOLATION);
        assert_int_equal(mm_user_copy(end - length, buffer, length), STATUS_SUCCESS);
        assert_int_equal(mm_user_copy(end - length + 1, buffer, length), STATUS_ACCESS_VIOLATION);
        assert_int_equal(mm_user_fill(end - length + 1, 0, length), STATUS_ACCESS_VIOLATION);
    }
    assert_int_equal(mm_user_copy(buffer, NULL, 8), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_copy((void *)0x8000000000000000, buffer, 8), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_copy(buffer, (void *)0xffffffffffffffff, 8), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_copy(buffer, (void *)(base + 0x1000), 0), STATUS_SUCCESS);
    window_release(window, base);
    assert_int_equal(mm_user_copy(buffer, (void *)base, 8), STATUS_ACCESS_VIOLATION);
    mm_window_destroy(window);
}

static void probes(void)
{
    struct mm_window *window;
    uint64_t base, at, size;
    ULONG old;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    base = window_alloc(window, 0x3000, PAGE_READWRITE);
    *(char *)base = 'x';
    assert_int_equal(mm_user_probe((void *)base, 0x3000, 1, true), STATUS_SUCCESS);
    assert_int_equal(*(char *)base, 'x');
    assert_int_equal(mm_user_probe((void *)(base + 2), 4, 4, false), STATUS_DATATYPE_MISALIGNMENT);
    assert_int_equal(mm_user_probe((void *)(base + 2), 0, 4, false), STATUS_SUCCESS);
    assert_int_equal(mm_user_probe((void *)(MM_USER_END - 4), 8, 1, false),
                     STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_probe((void *)(base), SIZE_MAX, 1, false), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_probe(&window, 8, 1, false), STATUS_ACCESS_VIOLATION);
    /* A read probe does not look. */
    assert_int_equal(mm_user_probe((void *)(base + 0x10000), 8, 1, false), STATUS_SUCCESS);
    assert_int_equal(mm_user_probe((void *)(base + 0x10000), 8, 1, true), STATUS_ACCESS_VIOLATION);
    at = base + 0x1000;
    size = 0x1000;
    assert_int_equal(mm_window_protect(window, &at, &size, PAGE_READONLY, &old), STATUS_SUCCESS);
    assert_int_equal(mm_user_probe((void *)(base + 0xff0), 0x20, 1, true), STATUS_ACCESS_VIOLATION);

    assert_int_equal(CATCH(ProbeForRead((void *)(base + 1), 4, 4)), STATUS_DATATYPE_MISALIGNMENT);
    assert_int_equal(CATCH(ProbeForWrite((void *)(base + 0x1000), 4, 4)), STATUS_ACCESS_VIOLATION);
    assert_int_equal(CATCH(ProbeForWrite((void *)base, 0x1000, 1)), STATUS_SUCCESS);
    assert_int_equal(CATCH(ProbeForRead(&window, 4, 1)), STATUS_ACCESS_VIOLATION);
    window_release(window, base);
    mm_window_destroy(window);
}

int main(void)
{
    static const struct mm_test tests[] = {
        MM_TEST(copies_of_every_length),
        MM_TEST(bad_pointers),
        MM_TEST(probes),
    };

    return MM_TEST_RUN(tests);
}
