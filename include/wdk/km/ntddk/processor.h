/* SPDX-License-Identifier: MIT */
/*
 * The processor control region as far as it is public, and the thread information
 * block that begins it. GS points at the KPCR while kernel code runs.
 */
#ifndef _NTDDK_PROCESSOR_H_
#define _NTDDK_PROCESSOR_H_

#include "../wdm.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _NT_TIB {
    struct _EXCEPTION_REGISTRATION_RECORD *ExceptionList;
    PVOID StackBase;
    PVOID StackLimit;
    PVOID SubSystemTib;
    union {
        PVOID FiberData;
        ULONG Version;
    };
    PVOID ArbitraryUserPointer;
    struct _NT_TIB *Self;
} NT_TIB, *PNT_TIB;

#define PCR_MINOR_VERSION 1
#define PCR_MAJOR_VERSION 1

typedef struct DECLSPEC_ALIGN(16) _KPCR {
    union {
        NT_TIB NtTib;
        struct {
            union _KGDTENTRY64 *GdtBase;
            struct _KTSS64 *TssBase;
            ULONG64 UserRsp;
            struct _KPCR *Self;
            struct _KPRCB *CurrentPrcb;
            PKSPIN_LOCK_QUEUE LockArray;
            PVOID Used_Self;
        };
    };
    union _KIDTENTRY64 *IdtBase;
    ULONG64 Unused[2];
    KIRQL Irql;
    UCHAR SecondLevelCacheAssociativity;
    UCHAR ObsoleteNumber;
    UCHAR Fill0;
    ULONG Unused0[3];
    USHORT MajorVersion;
    USHORT MinorVersion;
    ULONG StallScaleFactor;
    PVOID Unused1[3];
    ULONG KernelReserved[15];
    ULONG SecondLevelCacheSize;
    ULONG HalReserved[16];
    ULONG Unused2;
    PVOID KdVersionBlock;
    PVOID Unused3;
    ULONG PcrAlign1[24];
} KPCR, *PKPCR;

#ifdef _WIN64
C_ASSERT(FIELD_OFFSET(KPCR, Irql) == 0x50);
C_ASSERT(FIELD_OFFSET(KPCR, CurrentPrcb) == 0x20);
C_ASSERT(FIELD_OFFSET(KPCR, MajorVersion) == 0x60);
C_ASSERT(FIELD_OFFSET(KPCR, KdVersionBlock) == 0x108);
C_ASSERT(sizeof(KPCR) == 0x180);
#endif

#define EXCEPTION_DIVIDED_BY_ZERO     0
#define EXCEPTION_DEBUG               1
#define EXCEPTION_NMI                 2
#define EXCEPTION_INT3                3
#define EXCEPTION_BOUND_CHECK         5
#define EXCEPTION_INVALID_OPCODE      6
#define EXCEPTION_NPX_NOT_AVAILABLE   7
#define EXCEPTION_DOUBLE_FAULT        8
#define EXCEPTION_NPX_OVERRUN         9
#define EXCEPTION_INVALID_TSS         0x0a
#define EXCEPTION_SEGMENT_NOT_PRESENT 0x0b
#define EXCEPTION_STACK_FAULT         0x0c
#define EXCEPTION_GP_FAULT            0x0d
#define EXCEPTION_RESERVED_TRAP       0x0f
#define EXCEPTION_NPX_ERROR           0x010
#define EXCEPTION_ALIGNMENT_CHECK     0x011

#ifdef __cplusplus
}
#endif

#endif
