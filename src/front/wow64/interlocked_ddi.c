/* SPDX-License-Identifier: MIT */
/* interlocked_ddi.c - atomic changes of a word. Doc: winnt.h "InterlockedIncrement" and following
 *
 * Compilers make instructions of them; as functions kernel32 has them in 32 bits alone, where
 * programs of Microsoft's older compilers call them before main.
 */
#include "ntdll/win.h"

EXPORT(LONG, front_InterlockedIncrement, (LONG volatile * target))
{
    return __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST);
}

EXPORT(LONG, front_InterlockedDecrement, (LONG volatile * target))
{
    return __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST);
}

EXPORT(LONG, front_InterlockedExchange, (LONG volatile * target, LONG value))
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

EXPORT(LONG, front_InterlockedExchangeAdd, (LONG volatile * target, LONG value))
{
    return __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST);
}

EXPORT(LONG, front_InterlockedCompareExchange, (LONG volatile * target, LONG value, LONG expected))
{
    __atomic_compare_exchange_n(target, &expected, value, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return expected; /* what was there */
}

EXPORT(LONGLONG, front_InterlockedCompareExchange64,
       (LONGLONG volatile * target, LONGLONG value, LONGLONG expected))
{
    __atomic_compare_exchange_n(target, &expected, value, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return expected;
}
