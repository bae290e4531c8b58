/* SPDX-License-Identifier: MIT */
/*
 * Interlocked operations, bit tests, barriers and other things that are single
 * instructions. Public names (InterlockedIncrement) and the compiler's names
 * (_InterlockedIncrement, for the PE target) mean the same full-barrier operation.
 */
#ifndef _WDM_INTERLOCKED_H_
#define _WDM_INTERLOCKED_H_

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef _WIN32
/* The compiler knows these; the prototypes only make them callable. */
LONG _InterlockedIncrement(LONG volatile *Addend);
LONG _InterlockedDecrement(LONG volatile *Addend);
SHORT _InterlockedIncrement16(SHORT volatile *Addend);
SHORT _InterlockedDecrement16(SHORT volatile *Addend);
__int64 _InterlockedIncrement64(__int64 volatile *Addend);
__int64 _InterlockedDecrement64(__int64 volatile *Addend);
CHAR _InterlockedExchange8(CHAR volatile *Target, CHAR Value);
CHAR _InterlockedExchangeAdd8(CHAR volatile *Addend, CHAR Value);
CHAR _InterlockedAnd8(CHAR volatile *Target, CHAR Value);
CHAR _InterlockedOr8(CHAR volatile *Target, CHAR Value);
CHAR _InterlockedXor8(CHAR volatile *Target, CHAR Value);
SHORT _InterlockedExchange16(SHORT volatile *Target, SHORT Value);
SHORT _InterlockedExchangeAdd16(SHORT volatile *Addend, SHORT Value);
SHORT _InterlockedAnd16(SHORT volatile *Target, SHORT Value);
SHORT _InterlockedOr16(SHORT volatile *Target, SHORT Value);
SHORT _InterlockedXor16(SHORT volatile *Target, SHORT Value);
SHORT _InterlockedCompareExchange16(SHORT volatile *Destination, SHORT Exchange, SHORT Comparand);
LONG _InterlockedExchange(LONG volatile *Target, LONG Value);
LONG _InterlockedExchangeAdd(LONG volatile *Addend, LONG Value);
LONG _InterlockedAnd(LONG volatile *Target, LONG Value);
LONG _InterlockedOr(LONG volatile *Target, LONG Value);
LONG _InterlockedXor(LONG volatile *Target, LONG Value);
LONG _InterlockedCompareExchange(LONG volatile *Destination, LONG Exchange, LONG Comparand);
__int64 _InterlockedExchange64(__int64 volatile *Target, __int64 Value);
__int64 _InterlockedExchangeAdd64(__int64 volatile *Addend, __int64 Value);
__int64 _InterlockedAnd64(__int64 volatile *Target, __int64 Value);
__int64 _InterlockedOr64(__int64 volatile *Target, __int64 Value);
__int64 _InterlockedXor64(__int64 volatile *Target, __int64 Value);
__int64 _InterlockedCompareExchange64(__int64 volatile *Destination, __int64 Exchange,
                                      __int64 Comparand);
PVOID _InterlockedExchangePointer(PVOID volatile *Target, PVOID Value);
PVOID _InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID Exchange,
                                         PVOID Comparand);
CHAR _InterlockedCompareExchange8(CHAR volatile *Destination, CHAR Exchange, CHAR Comparand);
UCHAR _InterlockedCompareExchange128(__int64 volatile *Destination, __int64 ExchangeHigh,
                                     __int64 ExchangeLow, __int64 *ComparandResult);
UCHAR _interlockedbittestandset(LONG volatile *Base, LONG Offset);
UCHAR _interlockedbittestandreset(LONG volatile *Base, LONG Offset);
UCHAR _interlockedbittestandset64(__int64 volatile *Base, __int64 Offset);
UCHAR _interlockedbittestandreset64(__int64 volatile *Base, __int64 Offset);
UCHAR _bittest(const LONG *Base, LONG Offset);
UCHAR _bittestandset(LONG *Base, LONG Offset);
UCHAR _bittestandreset(LONG *Base, LONG Offset);
UCHAR _bittestandcomplement(LONG *Base, LONG Offset);
UCHAR _bittest64(const __int64 *Base, __int64 Offset);
UCHAR _bittestandset64(__int64 *Base, __int64 Offset);
UCHAR _bittestandreset64(__int64 *Base, __int64 Offset);
UCHAR _bittestandcomplement64(__int64 *Base, __int64 Offset);
UCHAR _BitScanForward(ULONG *Index, ULONG Mask);
UCHAR _BitScanReverse(ULONG *Index, ULONG Mask);
UCHAR _BitScanForward64(ULONG *Index, unsigned __int64 Mask);
UCHAR _BitScanReverse64(ULONG *Index, unsigned __int64 Mask);
void _ReadWriteBarrier(void);
void _ReadBarrier(void);
void _WriteBarrier(void);

#define InterlockedIncrement              _InterlockedIncrement
#define InterlockedDecrement              _InterlockedDecrement
#define InterlockedIncrement16            _InterlockedIncrement16
#define InterlockedDecrement16            _InterlockedDecrement16
#define InterlockedIncrement64            _InterlockedIncrement64
#define InterlockedDecrement64            _InterlockedDecrement64
#define InterlockedExchange8              _InterlockedExchange8
#define InterlockedExchangeAdd8           _InterlockedExchangeAdd8
#define InterlockedAnd8                   _InterlockedAnd8
#define InterlockedOr8                    _InterlockedOr8
#define InterlockedXor8                   _InterlockedXor8
#define InterlockedExchange16             _InterlockedExchange16
#define InterlockedExchangeAdd16          _InterlockedExchangeAdd16
#define InterlockedAnd16                  _InterlockedAnd16
#define InterlockedOr16                   _InterlockedOr16
#define InterlockedXor16                  _InterlockedXor16
#define InterlockedCompareExchange16      _InterlockedCompareExchange16
#define InterlockedExchange               _InterlockedExchange
#define InterlockedExchangeAdd            _InterlockedExchangeAdd
#define InterlockedAnd                    _InterlockedAnd
#define InterlockedOr                     _InterlockedOr
#define InterlockedXor                    _InterlockedXor
#define InterlockedCompareExchange        _InterlockedCompareExchange
#define InterlockedExchange64             _InterlockedExchange64
#define InterlockedExchangeAdd64          _InterlockedExchangeAdd64
#define InterlockedAnd64                  _InterlockedAnd64
#define InterlockedOr64                   _InterlockedOr64
#define InterlockedXor64                  _InterlockedXor64
#define InterlockedCompareExchange64      _InterlockedCompareExchange64
#define InterlockedExchangePointer        _InterlockedExchangePointer
#define InterlockedCompareExchangePointer _InterlockedCompareExchangePointer
#define InterlockedCompareExchange128     _InterlockedCompareExchange128
#define InterlockedBitTestAndSet          _interlockedbittestandset
#define InterlockedBitTestAndReset        _interlockedbittestandreset
#define InterlockedBitTestAndSet64        _interlockedbittestandset64
#define InterlockedBitTestAndReset64      _interlockedbittestandreset64
#define BitTest                           _bittest
#define BitTestAndSet                     _bittestandset
#define BitTestAndReset                   _bittestandreset
#define BitTestAndComplement              _bittestandcomplement
#define BitTest64                         _bittest64
#define BitTestAndSet64                   _bittestandset64
#define BitTestAndReset64                 _bittestandreset64
#define BitTestAndComplement64            _bittestandcomplement64
#define BitScanForward                    _BitScanForward
#define BitScanReverse                    _BitScanReverse
#define BitScanForward64                  _BitScanForward64
#define BitScanReverse64                  _BitScanReverse64
#else
FORCEINLINE LONG InterlockedIncrement(LONG volatile *Addend)
{
    return (LONG)__sync_add_and_fetch(Addend, 1);
}

FORCEINLINE LONG InterlockedDecrement(LONG volatile *Addend)
{
    return (LONG)__sync_sub_and_fetch(Addend, 1);
}

FORCEINLINE SHORT InterlockedIncrement16(SHORT volatile *Addend)
{
    return (SHORT)__sync_add_and_fetch(Addend, 1);
}

FORCEINLINE SHORT InterlockedDecrement16(SHORT volatile *Addend)
{
    return (SHORT)__sync_sub_and_fetch(Addend, 1);
}

FORCEINLINE LONG64 InterlockedIncrement64(LONG64 volatile *Addend)
{
    return (LONG64)__sync_add_and_fetch(Addend, 1);
}

FORCEINLINE LONG64 InterlockedDecrement64(LONG64 volatile *Addend)
{
    return (LONG64)__sync_sub_and_fetch(Addend, 1);
}

FORCEINLINE CHAR InterlockedExchange8(CHAR volatile *Target, CHAR Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE CHAR InterlockedExchangeAdd8(CHAR volatile *Addend, CHAR Value)
{
    return (CHAR)__sync_fetch_and_add(Addend, Value);
}

FORCEINLINE CHAR InterlockedAnd8(CHAR volatile *Target, CHAR Value)
{
    return (CHAR)__sync_fetch_and_and(Target, Value);
}

FORCEINLINE CHAR InterlockedOr8(CHAR volatile *Target, CHAR Value)
{
    return (CHAR)__sync_fetch_and_or(Target, Value);
}

FORCEINLINE CHAR InterlockedXor8(CHAR volatile *Target, CHAR Value)
{
    return (CHAR)__sync_fetch_and_xor(Target, Value);
}

FORCEINLINE SHORT InterlockedExchange16(SHORT volatile *Target, SHORT Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT InterlockedExchangeAdd16(SHORT volatile *Addend, SHORT Value)
{
    return (SHORT)__sync_fetch_and_add(Addend, Value);
}

FORCEINLINE SHORT InterlockedAnd16(SHORT volatile *Target, SHORT Value)
{
    return (SHORT)__sync_fetch_and_and(Target, Value);
}

FORCEINLINE SHORT InterlockedOr16(SHORT volatile *Target, SHORT Value)
{
    return (SHORT)__sync_fetch_and_or(Target, Value);
}

FORCEINLINE SHORT InterlockedXor16(SHORT volatile *Target, SHORT Value)
{
    return (SHORT)__sync_fetch_and_xor(Target, Value);
}

FORCEINLINE SHORT InterlockedCompareExchange16(SHORT volatile *Destination, SHORT Exchange,
                                               SHORT Comparand)
{
    return __sync_val_compare_and_swap(Destination, Comparand, Exchange);
}

FORCEINLINE LONG InterlockedExchange(LONG volatile *Target, LONG Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedExchangeAdd(LONG volatile *Addend, LONG Value)
{
    return (LONG)__sync_fetch_and_add(Addend, Value);
}

FORCEINLINE LONG InterlockedAnd(LONG volatile *Target, LONG Value)
{
    return (LONG)__sync_fetch_and_and(Target, Value);
}

FORCEINLINE LONG InterlockedOr(LONG volatile *Target, LONG Value)
{
    return (LONG)__sync_fetch_and_or(Target, Value);
}

FORCEINLINE LONG InterlockedXor(LONG volatile *Target, LONG Value)
{
    return (LONG)__sync_fetch_and_xor(Target, Value);
}

FORCEINLINE LONG InterlockedCompareExchange(LONG volatile *Destination, LONG Exchange,
                                            LONG Comparand)
{
    return __sync_val_compare_and_swap(Destination, Comparand, Exchange);
}

FORCEINLINE LONG64 InterlockedExchange64(LONG64 volatile *Target, LONG64 Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 InterlockedExchangeAdd64(LONG64 volatile *Addend, LONG64 Value)
{
    return (LONG64)__sync_fetch_and_add(Addend, Value);
}

FORCEINLINE LONG64 InterlockedAnd64(LONG64 volatile *Target, LONG64 Value)
{
    return (LONG64)__sync_fetch_and_and(Target, Value);
}

FORCEINLINE LONG64 InterlockedOr64(LONG64 volatile *Target, LONG64 Value)
{
    return (LONG64)__sync_fetch_and_or(Target, Value);
}

FORCEINLINE LONG64 InterlockedXor64(LONG64 volatile *Target, LONG64 Value)
{
    return (LONG64)__sync_fetch_and_xor(Target, Value);
}

FORCEINLINE LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination, LONG64 Exchange,
                                                LONG64 Comparand)
{
    return __sync_val_compare_and_swap(Destination, Comparand, Exchange);
}

FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID Exchange,
                                                    PVOID Comparand)
{
    return __sync_val_compare_and_swap(Destination, Comparand, Exchange);
}

FORCEINLINE UCHAR InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit)
{
    LONG mask = (LONG)(1U << (Bit & 31));

    return (__sync_fetch_and_or(Base + (Bit >> 5), mask) & mask) != 0;
}

FORCEINLINE UCHAR InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit)
{
    LONG mask = (LONG)(1U << (Bit & 31));

    return (__sync_fetch_and_and(Base + (Bit >> 5), ~mask) & mask) != 0;
}

FORCEINLINE UCHAR BitScanForward(ULONG *Index, ULONG Mask)
{
    if (Mask)
        *Index = (ULONG)__builtin_ctz(Mask);
    return Mask != 0;
}

FORCEINLINE UCHAR BitScanReverse(ULONG *Index, ULONG Mask)
{
    if (Mask)
        *Index = 31 - (ULONG)__builtin_clz(Mask);
    return Mask != 0;
}

FORCEINLINE UCHAR BitScanForward64(ULONG *Index, ULONG64 Mask)
{
    if (Mask)
        *Index = (ULONG)__builtin_ctzll(Mask);
    return Mask != 0;
}

FORCEINLINE UCHAR BitScanReverse64(ULONG *Index, ULONG64 Mask)
{
    if (Mask)
        *Index = 63 - (ULONG)__builtin_clzll(Mask);
    return Mask != 0;
}

#define _ReadWriteBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReadBarrier()      _ReadWriteBarrier()
#define _WriteBarrier()     _ReadWriteBarrier()
#endif

/* Names that say less about ordering mean the same here: x64 has one locked form. */
#define InterlockedIncrementAcquire              InterlockedIncrement
#define InterlockedIncrementRelease              InterlockedIncrement
#define InterlockedIncrementNoFence              InterlockedIncrement
#define InterlockedDecrementAcquire              InterlockedDecrement
#define InterlockedDecrementRelease              InterlockedDecrement
#define InterlockedDecrementNoFence              InterlockedDecrement
#define InterlockedExchangeAcquire               InterlockedExchange
#define InterlockedExchangeRelease               InterlockedExchange
#define InterlockedExchangeNoFence               InterlockedExchange
#define InterlockedExchangeAddAcquire            InterlockedExchangeAdd
#define InterlockedExchangeAddRelease            InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence            InterlockedExchangeAdd
#define InterlockedCompareExchangeAcquire        InterlockedCompareExchange
#define InterlockedCompareExchangeRelease        InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence        InterlockedCompareExchange
#define InterlockedAndAcquire                    InterlockedAnd
#define InterlockedAndRelease                    InterlockedAnd
#define InterlockedAndNoFence                    InterlockedAnd
#define InterlockedOrAcquire                     InterlockedOr
#define InterlockedOrRelease                     InterlockedOr
#define InterlockedOrNoFence                     InterlockedOr
#define InterlockedXorAcquire                    InterlockedXor
#define InterlockedXorRelease                    InterlockedXor
#define InterlockedXorNoFence                    InterlockedXor
#define InterlockedIncrement64Acquire            InterlockedIncrement64
#define InterlockedIncrement64Release            InterlockedIncrement64
#define InterlockedIncrement64NoFence            InterlockedIncrement64
#define InterlockedDecrement64Acquire            InterlockedDecrement64
#define InterlockedDecrement64Release            InterlockedDecrement64
#define InterlockedDecrement64NoFence            InterlockedDecrement64
#define InterlockedExchange64Acquire             InterlockedExchange64
#define InterlockedExchange64Release             InterlockedExchange64
#define InterlockedExchange64NoFence             InterlockedExchange64
#define InterlockedExchangeAdd64Acquire          InterlockedExchangeAdd64
#define InterlockedExchangeAdd64Release          InterlockedExchangeAdd64
#define InterlockedExchangeAdd64NoFence          InterlockedExchangeAdd64
#define InterlockedCompareExchange64Acquire      InterlockedCompareExchange64
#define InterlockedCompareExchange64Release      InterlockedCompareExchange64
#define InterlockedCompareExchange64NoFence      InterlockedCompareExchange64
#define InterlockedAnd64Acquire                  InterlockedAnd64
#define InterlockedAnd64Release                  InterlockedAnd64
#define InterlockedAnd64NoFence                  InterlockedAnd64
#define InterlockedOr64Acquire                   InterlockedOr64
#define InterlockedOr64Release                   InterlockedOr64
#define InterlockedOr64NoFence                   InterlockedOr64
#define InterlockedXor64Acquire                  InterlockedXor64
#define InterlockedXor64Release                  InterlockedXor64
#define InterlockedXor64NoFence                  InterlockedXor64
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedExchangePointerAcquire        InterlockedExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedExchangePointerRelease        InterlockedExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
#define InterlockedExchangePointerNoFence        InterlockedExchangePointer

FORCEINLINE LONG InterlockedAdd(LONG volatile *Addend, LONG Value)
{
    return InterlockedExchangeAdd(Addend, Value) + Value;
}

FORCEINLINE LONG64 InterlockedAdd64(LONG64 volatile *Addend, LONG64 Value)
{
    return InterlockedExchangeAdd64(Addend, Value) + Value;
}

#define InterlockedAddNoFence             InterlockedAdd
#define InterlockedAddAcquire             InterlockedAdd
#define InterlockedAddRelease             InterlockedAdd
#define InterlockedAddNoFence64           InterlockedAdd64
#define _InlineInterlockedAdd64           InterlockedAdd64
#define InterlockedExchangeAddSizeT(a, b) InterlockedExchangeAdd64((LONG64 *)(a), (LONG64)(b))
#define InterlockedExchangeAddPtr         InterlockedExchangeAdd64
#define InterlockedIncrementSizeT(a)      InterlockedIncrement64((LONG64 *)(a))
#define InterlockedDecrementSizeT(a)      InterlockedDecrement64((LONG64 *)(a))
#define InterlockedExchangeUnsigned(t, v) \
    (ULONG) InterlockedExchange((LONG volatile *)(t), (LONG)(v))

/* ---- Barriers ---- */

#define MemoryBarrier()               __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrier()             __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrierWithoutFence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define LoadFence()                   __builtin_ia32_lfence()
#define StoreFence()                  __builtin_ia32_sfence()
#define YieldProcessor()              __builtin_ia32_pause()
#define FastFence()                   MemoryBarrier()
#define ReadForWriteAccess(p)         (*(p))
#define PreFetchCacheLine(l, a)       __builtin_prefetch((const void *)(a))
#define PrefetchForWrite(p)           __builtin_prefetch((const void *)(p), 1)
#define PF_TEMPORAL_LEVEL_1           1
#define PF_NON_TEMPORAL_LEVEL_ALL     0

FORCEINLINE CHAR ReadAcquire8(CHAR const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE CHAR ReadNoFence8(CHAR const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE CHAR ReadRaw8(CHAR const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRelease8(CHAR volatile *Destination, CHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteNoFence8(CHAR volatile *Destination, CHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRaw8(CHAR volatile *Destination, CHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE SHORT ReadAcquire16(SHORT const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE SHORT ReadNoFence16(SHORT const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE SHORT ReadRaw16(SHORT const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRelease16(SHORT volatile *Destination, SHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteNoFence16(SHORT volatile *Destination, SHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRaw16(SHORT volatile *Destination, SHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE LONG ReadAcquire(LONG const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE LONG ReadNoFence(LONG const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE LONG ReadRaw(LONG const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRelease(LONG volatile *Destination, LONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteNoFence(LONG volatile *Destination, LONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRaw(LONG volatile *Destination, LONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE LONG64 ReadAcquire64(LONG64 const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE LONG64 ReadNoFence64(LONG64 const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE LONG64 ReadRaw64(LONG64 const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRelease64(LONG64 volatile *Destination, LONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteNoFence64(LONG64 volatile *Destination, LONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteRaw64(LONG64 volatile *Destination, LONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE UCHAR ReadUCharAcquire(UCHAR const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE UCHAR ReadUCharNoFence(UCHAR const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE UCHAR ReadUCharRaw(UCHAR const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteUCharRelease(UCHAR volatile *Destination, UCHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteUCharNoFence(UCHAR volatile *Destination, UCHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteUCharRaw(UCHAR volatile *Destination, UCHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE USHORT ReadUShortAcquire(USHORT const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE USHORT ReadUShortNoFence(USHORT const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE USHORT ReadUShortRaw(USHORT const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteUShortRelease(USHORT volatile *Destination, USHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteUShortNoFence(USHORT volatile *Destination, USHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteUShortRaw(USHORT volatile *Destination, USHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG ReadULongAcquire(ULONG const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE ULONG ReadULongNoFence(ULONG const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG ReadULongRaw(ULONG const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteULongRelease(ULONG volatile *Destination, ULONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteULongNoFence(ULONG volatile *Destination, ULONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteULongRaw(ULONG volatile *Destination, ULONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG64 ReadULong64Acquire(ULONG64 const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE ULONG64 ReadULong64NoFence(ULONG64 const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG64 ReadULong64Raw(ULONG64 const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteULong64Release(ULONG64 volatile *Destination, ULONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteULong64NoFence(ULONG64 volatile *Destination, ULONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteULong64Raw(ULONG64 volatile *Destination, ULONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE BOOLEAN ReadBooleanAcquire(BOOLEAN const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE BOOLEAN ReadBooleanNoFence(BOOLEAN const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE BOOLEAN ReadBooleanRaw(BOOLEAN const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteBooleanRelease(BOOLEAN volatile *Destination, BOOLEAN Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WriteBooleanNoFence(BOOLEAN volatile *Destination, BOOLEAN Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WriteBooleanRaw(BOOLEAN volatile *Destination, BOOLEAN Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE PVOID ReadPointerAcquire(PVOID const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE PVOID ReadPointerNoFence(PVOID const volatile *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE VOID WritePointerRelease(PVOID volatile *Destination, PVOID Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE VOID WritePointerNoFence(PVOID volatile *Destination, PVOID Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

#define ReadPointerRaw  ReadPointerNoFence
#define WritePointerRaw WritePointerNoFence

/* ---- Rotations ---- */

#define RotateLeft8(v, n)    ((UCHAR)(((UCHAR)(v) << ((n) & 7)) | ((UCHAR)(v) >> ((8 - (n)) & 7))))
#define RotateLeft32(v, n)   __builtin_rotateleft32((v), (n))
#define RotateLeft64(v, n)   __builtin_rotateleft64((v), (n))
#define RotateRight32(v, n)  __builtin_rotateright32((v), (n))
#define RotateRight64(v, n)  __builtin_rotateright64((v), (n))
#define PopulationCount64(v) ((ULONG64)__builtin_popcountll(v))
#ifdef _WIN64
#define UnsignedMultiplyHigh(a, b) ((ULONG64)(((unsigned __int128)(a) * (b)) >> 64))

FORCEINLINE ULONG64 UnsignedMultiply128(ULONG64 Multiplier, ULONG64 Multiplicand,
                                        ULONG64 *HighProduct)
{
    unsigned __int128 product = (unsigned __int128)Multiplier * Multiplicand;

    *HighProduct = (ULONG64)(product >> 64);
    return (ULONG64)product;
}
#endif

FORCEINLINE ULONG64 ReadTimeStampCounter(VOID)
{
    return __builtin_ia32_rdtsc();
}

#ifdef __cplusplus
}
#endif

#endif
