/* SPDX-License-Identifier: MIT */
/* report_fastfail.c - a driver overran a buffer on its stack: fail fast.
 *
 * In: the damaged cookie; out: nothing, int 29h with FAST_FAIL_STACK_COOKIE_CHECK_FAILURE
 * (2) in ecx, which needs nothing of the damaged stack.
 */
typedef unsigned long long uint64_t;

void __report_gsfailure(uint64_t cookie);

void __report_gsfailure(uint64_t cookie)
{
    (void)cookie;
    __asm__ volatile("int $0x29" : : "c"(2));
    __builtin_unreachable();
}
