/* SPDX-License-Identifier: MIT */
/* rtl_test.h - what the room's tests share: an allocator that counts, strings from literals. */
#ifndef RTL_TEST_H
#define RTL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtl/rtl.h"

static int test_blocks;                           /* alive */
static int test_failures __attribute__((unused)); /* the next allocations that fail */

static inline void *block_allocate(size_t length, ULONG tag)
{
    if (test_failures > 0 && test_failures-- > 0)
        return NULL;
    test_blocks++;
    return malloc(length);
}

static inline void block_free(void *memory)
{
    test_blocks--;
    free(memory);
}

static const struct rtl_allocator test_allocator = {block_allocate, block_free};

static inline int test_begin(void **state)
{
    rtl_allocator_set(&test_allocator);
    test_blocks = test_failures = 0;
    return 0;
}

/* Nothing may be left allocated. */
static inline int test_end(void **state)
{
    return test_blocks;
}
#define RTL_TEST(function) cmocka_unit_test_setup_teardown(function, test_begin, test_end)

static inline UNICODE_STRING unicode(const WCHAR *text)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, text);
    return string;
}

/* Does string hold just this text? */
static inline int unicode_is(const UNICODE_STRING *string, const WCHAR *text)
{
    UNICODE_STRING other = unicode(text);

    return string->Length == other.Length &&
           memcmp(string->Buffer, other.Buffer, other.Length) == 0;
}

#endif
