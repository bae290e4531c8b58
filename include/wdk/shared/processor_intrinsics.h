/* SPDX-License-Identifier: MIT */
/* processor_intrinsics.h - what a compiler for Windows offers as functions of the processor.
 *
 * wdm.h declares them for drivers that do not include intrin.h; those that the compiler knows
 * are declared, the others are one instruction each. They are inline as C++ means it: calls
 * in a __try block, which the compiler does not inline, find a copy that the linker folds, and
 * a driver's own declaration before or after does no harm.
 */
#ifndef _WDK_PROCESSOR_INTRINSICS_H_
#define _WDK_PROCESSOR_INTRINSICS_H_

#if defined(_WIN32) && defined(__x86_64__)

#define __WDK_INTRINSIC __inline__ __attribute__((__always_inline__, __nodebug__))

#ifdef __cplusplus
extern "C" {
#endif

/* ---- known to the compiler ---- */

void __cpuid(int[4], int);
void __cpuidex(int[4], int, int);
void __faststorefence(void);
__declspec(noreturn) void __int2c(void);
__declspec(noreturn) void __ud2(void);
void __stosb(unsigned char *, unsigned char, unsigned __int64);
void *_AddressOfReturnAddress(void);
void _mm_clflush(const void *);
void _mm_lfence(void);
void _mm_mfence(void);
void _mm_pause(void);
void _mm_sfence(void);
unsigned int _mm_getcsr(void);
void _mm_setcsr(unsigned int);
unsigned __int64 _xgetbv(unsigned int);
void _xsetbv(unsigned int, unsigned __int64);
__int64 __mulh(__int64, __int64);
unsigned __int64 __umulh(unsigned __int64, unsigned __int64);
__int64 _mul128(__int64, __int64, __int64 *);
unsigned __int64 _umul128(unsigned __int64, unsigned __int64, unsigned __int64 *);
unsigned __int64 __shiftleft128(unsigned __int64, unsigned __int64, unsigned char);
unsigned __int64 __shiftright128(unsigned __int64, unsigned __int64, unsigned char);
unsigned char __readgsbyte(unsigned long);
unsigned short __readgsword(unsigned long);
unsigned long __readgsdword(unsigned long);
unsigned __int64 __readgsqword(unsigned long);
unsigned __int64 _byteswap_uint64(unsigned __int64);
unsigned long _byteswap_ulong(unsigned long);
unsigned short _byteswap_ushort(unsigned short);

/* ---- control, debug and model-specific registers, descriptor tables, caches ---- */

#define __WDK_REGISTER(name, type)                                         \
    __WDK_INTRINSIC unsigned __int64 __read##name(void)                    \
    {                                                                      \
        unsigned __int64 value;                                            \
        __asm__ __volatile__("mov %%" #name ", %0" : "=r"(value));         \
        return value;                                                      \
    }                                                                      \
    __WDK_INTRINSIC void __write##name(type value)                         \
    {                                                                      \
        unsigned __int64 word = value;                                     \
        __asm__ __volatile__("mov %0, %%" #name : : "r"(word) : "memory"); \
    }
__WDK_REGISTER(cr0, unsigned __int64)
__WDK_REGISTER(cr2, unsigned __int64)
__WDK_REGISTER(cr3, unsigned __int64)
__WDK_REGISTER(cr4, unsigned __int64)
__WDK_REGISTER(cr8, unsigned __int64)
#undef __WDK_REGISTER

#define __WDK_DEBUG_READ(n)                                      \
    case n:                                                      \
        __asm__ __volatile__("mov %%dr" #n ", %0" : "=r"(word)); \
        break;
#define __WDK_DEBUG_WRITE(n)                                    \
    case n:                                                     \
        __asm__ __volatile__("mov %0, %%dr" #n : : "r"(value)); \
        break;
__WDK_INTRINSIC unsigned __int64 __readdr(unsigned int number)
{
    unsigned __int64 word = 0;
    switch (number) {
        __WDK_DEBUG_READ(0)
        __WDK_DEBUG_READ(1)
        __WDK_DEBUG_READ(2)
        __WDK_DEBUG_READ(3)
        __WDK_DEBUG_READ(6)
        __WDK_DEBUG_READ(7)
    }
    return word;
}
__WDK_INTRINSIC void __writedr(unsigned int number, unsigned __int64 value)
{
    switch (number) {
        __WDK_DEBUG_WRITE(0)
        __WDK_DEBUG_WRITE(1)
        __WDK_DEBUG_WRITE(2)
        __WDK_DEBUG_WRITE(3)
        __WDK_DEBUG_WRITE(6)
        __WDK_DEBUG_WRITE(7)
    }
}
#undef __WDK_DEBUG_READ
#undef __WDK_DEBUG_WRITE

__WDK_INTRINSIC unsigned __int64 __readmsr(unsigned long number)
{
    unsigned long low, high;
    __asm__ __volatile__("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (unsigned __int64)high << 32 | low;
}
__WDK_INTRINSIC void __writemsr(unsigned long number, unsigned __int64 value)
{
    unsigned long low = (unsigned long)value, high = (unsigned long)(value >> 32);
    __asm__ __volatile__("wrmsr" : : "a"(low), "d"(high), "c"(number) : "memory");
}
__WDK_INTRINSIC unsigned __int64 __readpmc(unsigned long counter)
{
    unsigned long low, high;
    __asm__ __volatile__("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
    return (unsigned __int64)high << 32 | low;
}
__WDK_INTRINSIC unsigned long __segmentlimit(unsigned long selector)
{
    unsigned long limit = 0;
    __asm__ __volatile__("lsl %1, %0" : "+r"(limit) : "r"(selector) : "cc");
    return limit;
}
__WDK_INTRINSIC unsigned int __getcallerseflags(void)
{
    unsigned __int64 flags;
    __asm__ __volatile__("pushfq; popq %0" : "=r"(flags));
    return (unsigned int)flags;
}
__WDK_INTRINSIC void __halt(void)
{
    __asm__ __volatile__("hlt" : : : "memory");
}
__WDK_INTRINSIC void __nop(void)
{
    __asm__ __volatile__("nop");
}
__WDK_INTRINSIC void _disable(void)
{
    __asm__ __volatile__("cli" : : : "memory");
}
__WDK_INTRINSIC void _enable(void)
{
    __asm__ __volatile__("sti" : : : "memory");
}
__WDK_INTRINSIC void _clac(void)
{
    __asm__ __volatile__("clac" : : : "memory");
}
__WDK_INTRINSIC void _stac(void)
{
    __asm__ __volatile__("stac" : : : "memory");
}
__WDK_INTRINSIC void __wbinvd(void)
{
    __asm__ __volatile__("wbinvd" : : : "memory");
}
__WDK_INTRINSIC void __invlpg(void *address)
{
    __asm__ __volatile__("invlpg (%0)" : : "r"(address) : "memory");
}
__WDK_INTRINSIC void __lidt(void *descriptor)
{
    __asm__ __volatile__("lidt (%0)" : : "r"(descriptor) : "memory");
}
__WDK_INTRINSIC void __sidt(void *descriptor)
{
    __asm__ __volatile__("sidt (%0)" : : "r"(descriptor) : "memory");
}
__WDK_INTRINSIC void _lgdt(void *descriptor)
{
    __asm__ __volatile__("lgdt (%0)" : : "r"(descriptor) : "memory");
}
__WDK_INTRINSIC void _sgdt(void *descriptor)
{
    __asm__ __volatile__("sgdt (%0)" : : "r"(descriptor) : "memory");
}

/* ---- ports and repeated moves ---- */

#define __WDK_SIZE(size, type, letter, modifier)                                                   \
    __WDK_INTRINSIC type __in##size(unsigned short port)                                           \
    {                                                                                              \
        type value;                                                                                \
        __asm__ __volatile__("in" letter " %w1, %" modifier "0" : "=a"(value) : "Nd"(port));       \
        return value;                                                                              \
    }                                                                                              \
    __WDK_INTRINSIC void __out##size(unsigned short port, type value)                              \
    {                                                                                              \
        __asm__ __volatile__("out" letter " %" modifier "0, %w1" : : "a"(value), "Nd"(port));      \
    }                                                                                              \
    __WDK_INTRINSIC void __in##size##string(unsigned short port, type *to, unsigned long count)    \
    {                                                                                              \
        unsigned __int64 left = count;                                                             \
        __asm__ __volatile__("rep ins" letter : "+D"(to), "+c"(left) : "d"(port) : "memory");      \
    }                                                                                              \
    __WDK_INTRINSIC void __out##size##string(unsigned short port, type *from, unsigned long count) \
    {                                                                                              \
        unsigned __int64 left = count;                                                             \
        __asm__ __volatile__("rep outs" letter : "+S"(from), "+c"(left) : "d"(port) : "memory");   \
    }
__WDK_SIZE(byte, unsigned char, "b", "b")
__WDK_SIZE(word, unsigned short, "w", "w")
__WDK_SIZE(dword, unsigned long, "l", "k")
#undef __WDK_SIZE

#define __WDK_MOVE(letter, type, code)                                                          \
    __WDK_INTRINSIC void __movs##letter(type *to, const type *from, unsigned __int64 count)     \
    {                                                                                           \
        __asm__ __volatile__("rep movs" code : "+D"(to), "+S"(from), "+c"(count) : : "memory"); \
    }
#define __WDK_STORE(letter, type, code)                                                        \
    __WDK_INTRINSIC void __stos##letter(type *to, type value, unsigned __int64 count)          \
    {                                                                                          \
        __asm__ __volatile__("rep stos" code : "+D"(to), "+c"(count) : "a"(value) : "memory"); \
    }
__WDK_MOVE(b, unsigned char, "b")
__WDK_MOVE(w, unsigned short, "w")
__WDK_MOVE(d, unsigned long, "l")
__WDK_MOVE(q, unsigned __int64, "q")
__WDK_STORE(w, unsigned short, "w")
__WDK_STORE(d, unsigned long, "l")
__WDK_STORE(q, unsigned __int64, "q")
#undef __WDK_MOVE
#undef __WDK_STORE

/* ---- memory relative to GS ---- */

#define __WDK_GS(size, type, letter, modifier)                             \
    __WDK_INTRINSIC void __writegs##size(unsigned long offset, type value) \
    {                                                                      \
        __asm__ __volatile__("mov" letter " %" modifier "0, %%gs:(%1)"     \
                             :                                             \
                             : "q"(value), "r"((unsigned __int64)offset)   \
                             : "memory");                                  \
    }                                                                      \
    __WDK_INTRINSIC void __addgs##size(unsigned long offset, type value)   \
    {                                                                      \
        __asm__ __volatile__("add" letter " %" modifier "0, %%gs:(%1)"     \
                             :                                             \
                             : "q"(value), "r"((unsigned __int64)offset)   \
                             : "memory", "cc");                            \
    }                                                                      \
    __WDK_INTRINSIC void __incgs##size(unsigned long offset)               \
    {                                                                      \
        __asm__ __volatile__("inc" letter " %%gs:(%0)"                     \
                             :                                             \
                             : "r"((unsigned __int64)offset)               \
                             : "memory", "cc");                            \
    }
__WDK_GS(byte, unsigned char, "b", "b")
__WDK_GS(word, unsigned short, "w", "w")
__WDK_GS(dword, unsigned long, "l", "k")
__WDK_GS(qword, unsigned __int64, "q", "q")
#undef __WDK_GS

#ifdef __cplusplus
}
#endif

#endif
#endif
