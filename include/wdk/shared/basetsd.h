/* SPDX-License-Identifier: MIT */
/*
 * Integer types of fixed width and of pointer width.
 * The PE target is LLP64 (long has 32 bits), the native target LP64; every name
 * here has the same width on both. Natively all 64-bit names are the one type
 * long, so that they agree with int64_t, size_t and uintptr_t of the host.
 */
#ifndef _BASETSD_H_
#define _BASETSD_H_

/* Drivers are 64-bit x86 only; the driver's command line may say so itself. The program's side is
 * compiled for 32-bit programs as well. */
#ifdef __i386__
#ifndef _X86_
#define _X86_
#endif
#define __WDK_PTR int
#else
#ifndef _AMD64_
#define _AMD64_
#endif
#ifndef _WIN64
#define _WIN64 1
#endif
#define __WDK_PTR __int64
#endif

#if !defined(_WIN32) && !defined(__int64)
#ifdef __i386__
#define __int64 long long
#else
#define __int64 long
#endif
#endif
/* Windows' 64-bit numbers lie at multiples of 8; a 32-bit host wants -malign-double for that. */
#ifdef _WIN32
#define __WDK_LONG long
#else
#define __WDK_LONG int
#endif

typedef signed char INT8, *PINT8;
typedef signed short INT16, *PINT16;
typedef signed int INT32, *PINT32;
typedef signed __int64 INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned __int64 UINT64, *PUINT64;

typedef signed int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32;
typedef unsigned int DWORD32, *PDWORD32;

typedef __int64 LONG64, *PLONG64;
typedef unsigned __int64 ULONG64, *PULONG64;
typedef unsigned __int64 DWORD64, *PDWORD64;

typedef __WDK_PTR INT_PTR, *PINT_PTR;
typedef unsigned __WDK_PTR UINT_PTR, *PUINT_PTR;
typedef __WDK_PTR LONG_PTR, *PLONG_PTR;
typedef unsigned __WDK_PTR ULONG_PTR, *PULONG_PTR;
#define __int3264 __WDK_PTR

typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef ULONG_PTR SIZE_T, *PSIZE_T;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;
typedef INT_PTR HANDLE_PTR_INT;
typedef __WDK_PTR SHANDLE_PTR;
typedef unsigned __WDK_PTR HANDLE_PTR;
typedef unsigned int UHALF_PTR, *PUHALF_PTR;
typedef int HALF_PTR, *PHALF_PTR;

#define MAXUINT8   ((UINT8) ~((UINT8)0))
#define MAXINT8    ((INT8)(MAXUINT8 >> 1))
#define MININT8    ((INT8)~MAXINT8)
#define MAXUINT16  ((UINT16) ~((UINT16)0))
#define MAXINT16   ((INT16)(MAXUINT16 >> 1))
#define MININT16   ((INT16)~MAXINT16)
#define MAXUINT32  ((UINT32) ~((UINT32)0))
#define MAXINT32   ((INT32)(MAXUINT32 >> 1))
#define MININT32   ((INT32)~MAXINT32)
#define MAXUINT64  ((UINT64) ~((UINT64)0))
#define MAXINT64   ((INT64)(MAXUINT64 >> 1))
#define MININT64   ((INT64)~MAXINT64)
#define MAXULONG32 ((ULONG32) ~((ULONG32)0))
#define MAXLONG32  ((LONG32)(MAXULONG32 >> 1))
#define MINLONG32  ((LONG32)~MAXLONG32)
#define MAXULONG64 ((ULONG64) ~((ULONG64)0))
#define MAXLONG64  ((LONG64)(MAXULONG64 >> 1))
#define MINLONG64  ((LONG64)~MAXLONG64)

#define MAXUINT_PTR  (~((UINT_PTR)0))
#define MAXINT_PTR   ((INT_PTR)(MAXUINT_PTR >> 1))
#define MININT_PTR   (~MAXINT_PTR)
#define MAXULONG_PTR (~((ULONG_PTR)0))
#define MAXLONG_PTR  ((LONG_PTR)(MAXULONG_PTR >> 1))
#define MINLONG_PTR  (~MAXLONG_PTR)
#define MAXSIZE_T    ((SIZE_T) ~((SIZE_T)0))
#define MAXSSIZE_T   ((SSIZE_T)(MAXSIZE_T >> 1))
#define MINSSIZE_T   ((SSIZE_T)~MAXSSIZE_T)
#define MAXUINT      ((unsigned int)~((unsigned int)0))
#define MAXINT       ((int)(MAXUINT >> 1))
#define MININT       ((int)~MAXINT)
#define MAXDWORD32   ((DWORD32) ~((DWORD32)0))
#define MAXDWORD64   ((DWORD64) ~((DWORD64)0))
#define MAXDWORD_PTR (~((DWORD_PTR)0))

/* Conversions that say in their name what is lost. */
/* Pointers of a width that a structure fixes, whatever the code's own is. */
#ifdef _WIN32
#define POINTER_64 __ptr64
#define POINTER_32 __ptr32
#else
#define POINTER_64
#define POINTER_32
#endif
#define POINTER_SIGNED
#define POINTER_UNSIGNED
#define SPOINTER_32
#define FIRMWARE_PTR

#define HandleToULong(h)    ((unsigned __WDK_LONG)(ULONG_PTR)(h))
#define HandleToLong(h)     ((__WDK_LONG)(LONG_PTR)(h))
#define ULongToHandle(u)    ((void *)(ULONG_PTR)(unsigned __WDK_LONG)(u))
#define LongToHandle(l)     ((void *)(LONG_PTR)(__WDK_LONG)(l))
#define PtrToUlong(p)       ((unsigned __WDK_LONG)(ULONG_PTR)(p))
#define PtrToULong(p)       PtrToUlong(p)
#define PtrToLong(p)        ((__WDK_LONG)(LONG_PTR)(p))
#define PtrToUint(p)        ((unsigned int)(UINT_PTR)(p))
#define PtrToUInt(p)        PtrToUint(p)
#define PtrToInt(p)         ((int)(INT_PTR)(p))
#define PtrToUshort(p)      ((unsigned short)(ULONG_PTR)(p))
#define PtrToShort(p)       ((short)(LONG_PTR)(p))
#define IntToPtr(i)         ((void *)(INT_PTR)(int)(i))
#define UIntToPtr(u)        ((void *)(UINT_PTR)(unsigned int)(u))
#define UintToPtr(u)        UIntToPtr(u)
#define LongToPtr(l)        ((void *)(LONG_PTR)(__WDK_LONG)(l))
#define ULongToPtr(u)       ((void *)(ULONG_PTR)(unsigned __WDK_LONG)(u))
#define UlongToPtr(u)       ULongToPtr(u)
#define HandleToUlong(h)    HandleToULong(h)
#define UlongToHandle(u)    ULongToHandle(u)
#define UIntPtrToPtr(u)     ((void *)(UINT_PTR)(u))
#define PtrToPtr64(p)       ((void *)(p))
#define Ptr64ToPtr(p)       ((void *)(p))
#define HandleToHandle64(h) ((void *)(h))
#define Handle64ToHandle(h) ((void *)(h))
#define PtrToPtr32(p)       ((void *)(ULONG_PTR)(unsigned __WDK_LONG)(ULONG_PTR)(p))
#define Ptr32ToPtr(p)       ((void *)(ULONG_PTR)(unsigned __WDK_LONG)(ULONG_PTR)(p))
#define ADDRESS_TAG_BIT     0x40000000000UL

#endif
