/* SPDX-License-Identifier: MIT */
/* ddi_frame_test.c - the entry thunk, called the way a driver calls.
 *
 * ddi_frame_test.S makes thunks for the C functions below with the macros that the
 * generated file uses, and a caller that fills every kept register and reports what
 * came back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "callout/ddi_frame.h"

#define MS __attribute__((ms_abi))

/* What the assembler caller puts into registers before and finds in them after. */
struct registers {
    uint64_t rbx, rbp, rsi, rdi, r12, r13, r14, r15;
    uint64_t xmm[10][2];
    uint64_t rsp, rip; /* filled by the caller: its stack pointer and return address */
};

/* Calls routine with count arguments; in: what to load, out: what was there after. */
uint64_t driver_call(const void *routine, const uint64_t *arguments, uint64_t count,
                     struct registers *in, struct registers *out);

extern const char entry_sum0[], entry_sum1[], entry_sum4[], entry_sum5[], entry_sum6[],
    entry_sum11[], entry_variadic[], entry_float[], entry_nested[], absent_first[], absent_second[];

const struct abi_export test_rows[] = {
    {.name = "First", .kind = ABI_FUNCTION},
    {.name = "Second", .kind = ABI_FUNCTION},
};

/* What the innermost function saw. */
static struct ddi_frame seen;
static uint64_t seen_alignment;
static unsigned seen_depth;

static void look(const void *frame_address)
{
    assert_non_null(ddi_top);
    seen = *ddi_top;
    seen_alignment = (uintptr_t)frame_address & 15;
    seen_depth = 0;
    for (struct ddi_frame *frame = ddi_top; frame != NULL; frame = frame->previous)
        seen_depth++;
}

/* Wrecks every register the convention lets a function wreck. */
static void clobber(void)
{
    __asm__ volatile("xorl %%r10d, %%r10d\n xorl %%r11d, %%r11d\n"
                     "pxor %%xmm4, %%xmm4\n pxor %%xmm5, %%xmm5"
                     :
                     :
                     : "r10", "r11", "xmm4", "xmm5");
}

MS uint64_t sum0(void);
MS uint64_t sum1(uint64_t a);
MS uint64_t sum4(uint64_t a, uint64_t b, uint64_t c, uint64_t d);
MS uint64_t sum5(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);
MS uint64_t sum6(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f);
MS uint64_t sum11(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f,
                  uint64_t g, uint64_t h, uint64_t i, uint64_t j, uint64_t k);
MS uint64_t variadic(uint64_t count, ...);
MS double floats(double a, uint64_t b, float c, double d, double e);
MS uint64_t nested(uint64_t depth);

MS uint64_t sum0(void)
{
    look(__builtin_frame_address(0));
    clobber();
    return 0xfeedfacecafebeef;
}

MS uint64_t sum1(uint64_t a)
{
    look(__builtin_frame_address(0));
    return a;
}

MS uint64_t sum4(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    look(__builtin_frame_address(0));
    return a + 10 * b + 100 * c + 1000 * d;
}

MS uint64_t sum5(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    look(__builtin_frame_address(0));
    return a + 10 * b + 100 * c + 1000 * d + 10000 * e;
}

MS uint64_t sum6(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
    look(__builtin_frame_address(0));
    return a + 10 * b + 100 * c + 1000 * d + 10000 * e + 100000 * f;
}

MS uint64_t sum11(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f,
                  uint64_t g, uint64_t h, uint64_t i, uint64_t j, uint64_t k)
{
    const uint64_t all[] = {a, b, c, d, e, f, g, h, i, j, k};
    uint64_t sum = 0;

    look(__builtin_frame_address(0));
    for (unsigned n = 0; n < 11; n++)
        sum = sum * 16 + all[n];
    return sum;
}

MS uint64_t variadic(uint64_t count, ...)
{
    __builtin_ms_va_list list;
    uint64_t sum = 0;

    look(__builtin_frame_address(0));
    __builtin_ms_va_start(list, count);
    for (uint64_t n = 0; n < count; n++)
        sum = sum * 3 + __builtin_va_arg(list, uint64_t);
    __builtin_ms_va_end(list);
    return sum;
}

MS double floats(double a, uint64_t b, float c, double d, double e)
{
    look(__builtin_frame_address(0));
    return a + (double)b * 10 + (double)c * 100 + d * 1000 + e * 10000;
}

MS uint64_t nested(uint64_t depth)
{
    look(__builtin_frame_address(0));
    if (depth == 0)
        return seen_depth;
    return ((MS uint64_t (*)(uint64_t))(uintptr_t)entry_nested)(depth - 1);
}

static jmp_buf absent_exit;
static uint32_t absent_row;

void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    absent_row = row;
    seen = *frame;
    assert_ptr_equal(frame, ddi_top);
    longjmp(absent_exit, 1);
}

static void registers_fill(struct registers *registers, uint64_t seed)
{
    uint64_t *word = (uint64_t *)registers;

    for (size_t i = 0; i < sizeof(*registers) / sizeof(*word); i++)
        word[i] = seed * 0x0101010101010101 + i;
}

/* Calls through a thunk and checks what must hold for every call. */
static uint64_t call_checked(const void *routine, const uint64_t *arguments, uint64_t count)
{
    struct registers in, out;

    registers_fill(&in, count + 1);
    memset(&out, 0, sizeof(out));
    memset(&seen, 0, sizeof(seen));
    assert_null(ddi_top);
    uint64_t result = driver_call(routine, arguments, count, &in, &out);
    assert_null(ddi_top);

    assert_memory_equal(&in, &out, offsetof(struct registers, rsp));
    assert_int_equal(seen_alignment, 0);
    assert_int_equal(seen_depth, 1);
    assert_int_equal(seen.rbx, in.rbx);
    assert_int_equal(seen.rbp, in.rbp);
    assert_int_equal(seen.rsi, in.rsi);
    assert_int_equal(seen.rdi, in.rdi);
    assert_int_equal(seen.r12, in.r12);
    assert_int_equal(seen.r13, in.r13);
    assert_int_equal(seen.r14, in.r14);
    assert_int_equal(seen.r15, in.r15);
    assert_memory_equal(seen.xmm, in.xmm, sizeof(in.xmm));
    assert_int_equal(seen.rsp, out.rsp);
    assert_int_equal(seen.rip, out.rip);
    assert_null(seen.previous);
    return result;
}

static const uint64_t digits[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                  15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28};

static void test_arguments_and_results(void **state)
{
    (void)state;
    assert_int_equal(call_checked(entry_sum0, digits, 0), 0xfeedfacecafebeef);
    assert_int_equal(call_checked(entry_sum1, digits, 1), 1);
    assert_int_equal(call_checked(entry_sum4, digits, 4), 4321);
    assert_int_equal(call_checked(entry_sum5, digits, 5), 54321);
    assert_int_equal(call_checked(entry_sum6, digits, 6), 654321);
    assert_int_equal(call_checked(entry_sum11, digits, 11), 0x123456789ab);
}

static void test_row_is_recorded(void **state)
{
    (void)state;
    call_checked(entry_sum0, digits, 0);
    assert_ptr_equal(seen.row, &test_rows[0]);
    call_checked(entry_sum11, digits, 11);
    assert_ptr_equal(seen.row, &test_rows[1]);
}

static void test_variadic(void **state)
{
    (void)state;
    for (uint64_t count = 0; count <= 24; count++) {
        uint64_t arguments[28] = {count};
        uint64_t expected = 0;
        for (uint64_t n = 0; n < count; n++) {
            arguments[n + 1] = digits[n];
            expected = expected * 3 + digits[n];
        }
        assert_int_equal(call_checked(entry_variadic, arguments, count + 1), expected);
    }
}

static void test_floating_point(void **state)
{
    MS double (*call)(double, uint64_t, float, double, double) =
        (MS double (*)(double, uint64_t, float, double, double))(uintptr_t)entry_float;

    (void)state;
    assert_true(call(1.0, 2, 3.0f, 4.0, 5.0) == 54321.0);
    assert_null(ddi_top);
}

static void test_chain(void **state)
{
    MS uint64_t (*call)(uint64_t) = (MS uint64_t (*)(uint64_t))(uintptr_t)entry_nested;

    (void)state;
    assert_int_equal(call(0), 1);
    assert_int_equal(call(7), 8);
    assert_null(ddi_top);
}

static void test_absent(void **state)
{
    static const void *const stubs[] = {absent_first, absent_second};

    (void)state;
    for (uint32_t row = 0; row < 2; row++) {
        struct registers in, out;
        registers_fill(&in, row + 5);
        memset(&seen, 0, sizeof(seen));
        if (setjmp(absent_exit) == 0) {
            driver_call(stubs[row], digits, 3, &in, &out);
            fail_msg("an absent export returned");
        }
        ddi_top = NULL;
        assert_int_equal(absent_row, row);
        assert_ptr_equal(seen.row, &test_rows[row]);
        assert_int_equal(seen.rbx, in.rbx);
        assert_int_equal(seen.r15, in.r15);
        assert_memory_equal(seen.xmm, in.xmm, sizeof(in.xmm));
    }
}

static void test_unknown_names(void **state)
{
    struct registers in, out;
    char long_name[100];

    (void)state;
    const void *first = ddi_unknown_entry("KeNobodyKnows", ABI_NTOSKRNL);
    assert_non_null(first);
    assert_ptr_equal(ddi_unknown_entry("KeNobodyKnows", ABI_NTOSKRNL), first);
    assert_ptr_not_equal(ddi_unknown_entry("KeNobodyKnows", ABI_HAL), first);
    registers_fill(&in, 9);
    if (setjmp(absent_exit) == 0) {
        driver_call(first, digits, 3, &in, &out);
        fail_msg("an unknown export returned");
    }
    ddi_top = NULL;
    assert_int_equal(absent_row, DDI_ROW_UNKNOWN);
    assert_string_equal(seen.row->name, "KeNobodyKnows");
    assert_int_equal(seen.row->status, ABI_ABSENT);
    assert_int_equal(seen.rdi, in.rdi);

    memset(long_name, 'x', sizeof(long_name));
    long_name[99] = '\0';
    const void *cut = ddi_unknown_entry(long_name, ABI_NTOSKRNL);
    assert_non_null(cut);
    assert_ptr_equal(ddi_unknown_entry(long_name, ABI_NTOSKRNL), cut);
}

static void test_unknown_names_run_out(void **state)
{
    const void *last = NULL;
    unsigned made = 0;

    (void)state;
    for (;; made++) {
        char name[16];
        snprintf(name, sizeof(name), "Spent%u", made);
        const void *entry = ddi_unknown_entry(name, ABI_NTOSKRNL);
        if (entry == NULL)
            break;
        assert_ptr_not_equal(entry, last);
        last = entry;
        assert_true(made < DDI_UNKNOWN_ENTRIES);
    }
    assert_int_equal(made, DDI_UNKNOWN_ENTRIES - 3);
    if (setjmp(absent_exit) == 0) {
        struct registers in, out;
        registers_fill(&in, 1);
        driver_call(last, digits, 0, &in, &out);
    }
    ddi_top = NULL;
    assert_string_equal(seen.row->name, "Spent252");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments_and_results),
        cmocka_unit_test(test_row_is_recorded),
        cmocka_unit_test(test_variadic),
        cmocka_unit_test(test_floating_point),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_unknown_names_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
