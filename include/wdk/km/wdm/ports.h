/* SPDX-License-Identifier: MIT */
/*
 * Device registers and ports. On x64 these are single instructions inlined into the
 * driver: a register access is a volatile load or store with a barrier, a port access
 * is in or out. Natively they are functions of the kernel.
 */
#ifndef _WDM_PORTS_H_
#define _WDM_PORTS_H_

#include "interlocked.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef _WIN32
FORCEINLINE UCHAR READ_REGISTER_UCHAR(volatile UCHAR *Register)
{
    UCHAR value;

    _ReadWriteBarrier();
    value = *Register;
    _ReadWriteBarrier();
    return value;
}

/* The locked instruction after the store keeps it from passing later loads. */
FORCEINLINE VOID WRITE_REGISTER_UCHAR(volatile UCHAR *Register, UCHAR Value)
{
    *Register = Value;
    MemoryBarrier();
}

FORCEINLINE VOID READ_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, UCHAR *Buffer, ULONG Count)
{
    while (Count--)
        *Buffer++ = *Register++;
}

FORCEINLINE VOID WRITE_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, UCHAR *Buffer, ULONG Count)
{
    while (Count--)
        *Register++ = *Buffer++;
    MemoryBarrier();
}

FORCEINLINE USHORT READ_REGISTER_USHORT(volatile USHORT *Register)
{
    USHORT value;

    _ReadWriteBarrier();
    value = *Register;
    _ReadWriteBarrier();
    return value;
}

/* The locked instruction after the store keeps it from passing later loads. */
FORCEINLINE VOID WRITE_REGISTER_USHORT(volatile USHORT *Register, USHORT Value)
{
    *Register = Value;
    MemoryBarrier();
}

FORCEINLINE VOID READ_REGISTER_BUFFER_USHORT(volatile USHORT *Register, USHORT *Buffer, ULONG Count)
{
    while (Count--)
        *Buffer++ = *Register++;
}

FORCEINLINE VOID WRITE_REGISTER_BUFFER_USHORT(volatile USHORT *Register, USHORT *Buffer,
                                              ULONG Count)
{
    while (Count--)
        *Register++ = *Buffer++;
    MemoryBarrier();
}

FORCEINLINE ULONG READ_REGISTER_ULONG(volatile ULONG *Register)
{
    ULONG value;

    _ReadWriteBarrier();
    value = *Register;
    _ReadWriteBarrier();
    return value;
}

/* The locked instruction after the store keeps it from passing later loads. */
FORCEINLINE VOID WRITE_REGISTER_ULONG(volatile ULONG *Register, ULONG Value)
{
    *Register = Value;
    MemoryBarrier();
}

FORCEINLINE VOID READ_REGISTER_BUFFER_ULONG(volatile ULONG *Register, ULONG *Buffer, ULONG Count)
{
    while (Count--)
        *Buffer++ = *Register++;
}

FORCEINLINE VOID WRITE_REGISTER_BUFFER_ULONG(volatile ULONG *Register, ULONG *Buffer, ULONG Count)
{
    while (Count--)
        *Register++ = *Buffer++;
    MemoryBarrier();
}

FORCEINLINE ULONG64 READ_REGISTER_ULONG64(volatile ULONG64 *Register)
{
    ULONG64 value;

    _ReadWriteBarrier();
    value = *Register;
    _ReadWriteBarrier();
    return value;
}

/* The locked instruction after the store keeps it from passing later loads. */
FORCEINLINE VOID WRITE_REGISTER_ULONG64(volatile ULONG64 *Register, ULONG64 Value)
{
    *Register = Value;
    MemoryBarrier();
}

FORCEINLINE VOID READ_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, ULONG64 *Buffer,
                                              ULONG Count)
{
    while (Count--)
        *Buffer++ = *Register++;
}

FORCEINLINE VOID WRITE_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, ULONG64 *Buffer,
                                               ULONG Count)
{
    while (Count--)
        *Register++ = *Buffer++;
    MemoryBarrier();
}

FORCEINLINE UCHAR READ_PORT_UCHAR(UCHAR *Port)
{
    UCHAR value;

    __asm__ volatile("inb %%dx, %%al" : "=a"(value) : "d"((USHORT)(ULONG_PTR)Port) : "memory");
    return value;
}

FORCEINLINE VOID WRITE_PORT_UCHAR(UCHAR *Port, UCHAR Value)
{
    __asm__ volatile("outb %%al, %%dx" : : "a"(Value), "d"((USHORT)(ULONG_PTR)Port) : "memory");
}

FORCEINLINE VOID READ_PORT_BUFFER_UCHAR(UCHAR *Port, UCHAR *Buffer, ULONG Count)
{
    ULONG_PTR left = Count;

    __asm__ volatile("rep insb"
                     : "+D"(Buffer), "+c"(left)
                     : "d"((USHORT)(ULONG_PTR)Port)
                     : "memory");
}

FORCEINLINE VOID WRITE_PORT_BUFFER_UCHAR(UCHAR *Port, UCHAR *Buffer, ULONG Count)
{
    ULONG_PTR left = Count;

    __asm__ volatile("rep outsb"
                     : "+S"(Buffer), "+c"(left)
                     : "d"((USHORT)(ULONG_PTR)Port)
                     : "memory");
}

FORCEINLINE USHORT READ_PORT_USHORT(USHORT *Port)
{
    USHORT value;

    __asm__ volatile("inw %%dx, %%ax" : "=a"(value) : "d"((USHORT)(ULONG_PTR)Port) : "memory");
    return value;
}

FORCEINLINE VOID WRITE_PORT_USHORT(USHORT *Port, USHORT Value)
{
    __asm__ volatile("outw %%ax, %%dx" : : "a"(Value), "d"((USHORT)(ULONG_PTR)Port) : "memory");
}

FORCEINLINE VOID READ_PORT_BUFFER_USHORT(USHORT *Port, USHORT *Buffer, ULONG Count)
{
    ULONG_PTR left = Count;

    __asm__ volatile("rep insw"
                     : "+D"(Buffer), "+c"(left)
                     : "d"((USHORT)(ULONG_PTR)Port)
                     : "memory");
}

FORCEINLINE VOID WRITE_PORT_BUFFER_USHORT(USHORT *Port, USHORT *Buffer, ULONG Count)
{
    ULONG_PTR left = Count;

    __asm__ volatile("rep outsw"
                     : "+S"(Buffer), "+c"(left)
                     : "d"((USHORT)(ULONG_PTR)Port)
                     : "memory");
}

FORCEINLINE ULONG READ_PORT_ULONG(ULONG *Port)
{
    ULONG value;

    __asm__ volatile("inl %%dx, %%eax" : "=a"(value) : "d"((USHORT)(ULONG_PTR)Port) : "memory");
    return value;
}

FORCEINLINE VOID WRITE_PORT_ULONG(ULONG *Port, ULONG Value)
{
    __asm__ volatile("outl %%eax, %%dx" : : "a"(Value), "d"((USHORT)(ULONG_PTR)Port) : "memory");
}

FORCEINLINE VOID READ_PORT_BUFFER_ULONG(ULONG *Port, ULONG *Buffer, ULONG Count)
{
    ULONG_PTR left = Count;

    __asm__ volatile("rep insl"
                     : "+D"(Buffer), "+c"(left)
                     : "d"((USHORT)(ULONG_PTR)Port)
                     : "memory");
}

FORCEINLINE VOID WRITE_PORT_BUFFER_ULONG(ULONG *Port, ULONG *Buffer, ULONG Count)
{
    ULONG_PTR left = Count;

    __asm__ volatile("rep outsl"
                     : "+S"(Buffer), "+c"(left)
                     : "d"((USHORT)(ULONG_PTR)Port)
                     : "memory");
}

#else
UCHAR NTAPI READ_REGISTER_UCHAR(volatile UCHAR *Register);
VOID NTAPI WRITE_REGISTER_UCHAR(volatile UCHAR *Register, UCHAR Value);
VOID NTAPI READ_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, UCHAR *Buffer, ULONG Count);
VOID NTAPI WRITE_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, UCHAR *Buffer, ULONG Count);
USHORT NTAPI READ_REGISTER_USHORT(volatile USHORT *Register);
VOID NTAPI WRITE_REGISTER_USHORT(volatile USHORT *Register, USHORT Value);
VOID NTAPI READ_REGISTER_BUFFER_USHORT(volatile USHORT *Register, USHORT *Buffer, ULONG Count);
VOID NTAPI WRITE_REGISTER_BUFFER_USHORT(volatile USHORT *Register, USHORT *Buffer, ULONG Count);
ULONG NTAPI READ_REGISTER_ULONG(volatile ULONG *Register);
VOID NTAPI WRITE_REGISTER_ULONG(volatile ULONG *Register, ULONG Value);
VOID NTAPI READ_REGISTER_BUFFER_ULONG(volatile ULONG *Register, ULONG *Buffer, ULONG Count);
VOID NTAPI WRITE_REGISTER_BUFFER_ULONG(volatile ULONG *Register, ULONG *Buffer, ULONG Count);
ULONG64 NTAPI READ_REGISTER_ULONG64(volatile ULONG64 *Register);
VOID NTAPI WRITE_REGISTER_ULONG64(volatile ULONG64 *Register, ULONG64 Value);
VOID NTAPI READ_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, ULONG64 *Buffer, ULONG Count);
VOID NTAPI WRITE_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, ULONG64 *Buffer, ULONG Count);
UCHAR NTAPI READ_PORT_UCHAR(UCHAR *Port);
VOID NTAPI WRITE_PORT_UCHAR(UCHAR *Port, UCHAR Value);
VOID NTAPI READ_PORT_BUFFER_UCHAR(UCHAR *Port, UCHAR *Buffer, ULONG Count);
VOID NTAPI WRITE_PORT_BUFFER_UCHAR(UCHAR *Port, UCHAR *Buffer, ULONG Count);
USHORT NTAPI READ_PORT_USHORT(USHORT *Port);
VOID NTAPI WRITE_PORT_USHORT(USHORT *Port, USHORT Value);
VOID NTAPI READ_PORT_BUFFER_USHORT(USHORT *Port, USHORT *Buffer, ULONG Count);
VOID NTAPI WRITE_PORT_BUFFER_USHORT(USHORT *Port, USHORT *Buffer, ULONG Count);
ULONG NTAPI READ_PORT_ULONG(ULONG *Port);
VOID NTAPI WRITE_PORT_ULONG(ULONG *Port, ULONG Value);
VOID NTAPI READ_PORT_BUFFER_ULONG(ULONG *Port, ULONG *Buffer, ULONG Count);
VOID NTAPI WRITE_PORT_BUFFER_ULONG(ULONG *Port, ULONG *Buffer, ULONG Count);
#endif

/* Names that drivers use for registers without ordering between them. */
#define READ_REGISTER_NOFENCE_UCHAR(r)       (*(volatile UCHAR *)(r))
#define WRITE_REGISTER_NOFENCE_UCHAR(r, v)   (*(volatile UCHAR *)(r) = (v))
#define READ_REGISTER_NOFENCE_USHORT(r)      (*(volatile USHORT *)(r))
#define WRITE_REGISTER_NOFENCE_USHORT(r, v)  (*(volatile USHORT *)(r) = (v))
#define READ_REGISTER_NOFENCE_ULONG(r)       (*(volatile ULONG *)(r))
#define WRITE_REGISTER_NOFENCE_ULONG(r, v)   (*(volatile ULONG *)(r) = (v))
#define READ_REGISTER_NOFENCE_ULONG64(r)     (*(volatile ULONG64 *)(r))
#define WRITE_REGISTER_NOFENCE_ULONG64(r, v) (*(volatile ULONG64 *)(r) = (v))

#ifdef __cplusplus
}
#endif

#endif
