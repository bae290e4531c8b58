/* SPDX-License-Identifier: MIT */
/* report_range.c - what compilers call when a driver is beyond help: an index out of range, a
 * call of a pure virtual function. Each fails fast (int 29h, the reason in ecx).
 */
#define RANGE_CHECK_FAILURE 8
#define FATAL_APP_EXIT      7

void __report_rangecheckfailure(void);
int _purecall(void);

static void fail_fast(unsigned reason)
{
    __asm__ volatile("int $0x29" : : "c"(reason));
    __builtin_unreachable();
}

void __report_rangecheckfailure(void)
{
    fail_fast(RANGE_CHECK_FAILURE);
}

int _purecall(void)
{
    fail_fast(FATAL_APP_EXIT);
    return 0;
}
