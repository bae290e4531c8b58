/* SPDX-License-Identifier: MIT */
/*
 * The base types that user mode and kernel mode share: integers under their Windows
 * names, strings, lists, large integers, object attributes, calling conventions.
 * Compiles for the PE target and natively; every structure has the same layout on
 * both. Natively NTAPI is the Microsoft x64 calling convention as an attribute.
 */
#ifndef _NTDEF_
#define _NTDEF_

#include "sdkddkver.h"
#include "winapifamily.h"
#include "sal.h"
#include "specstrings.h"
#include "basetsd.h"
#include "guiddef.h"
#include <stddef.h>
#include <stdarg.h>
#ifdef _WIN32
#if __has_include(<ctype.h>)
#include <ctype.h>
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- How functions are declared ---- */

#ifndef IN
#define IN
#define OUT
#define OPTIONAL
#endif
#ifndef NOTHING
#define NOTHING
#endif
#ifndef CRITICAL
#define CRITICAL
#endif
#ifndef FAR
#define FAR
#endif
#ifndef CONST
#define CONST const
#endif

#ifdef _WIN32
#define NTAPI                __stdcall
#define NTAPI_CDECL          __cdecl
#define FASTCALL             __fastcall
#define STDAPIVCALLTYPE      __cdecl
#define DECLSPEC_IMPORT      __declspec(dllimport)
#define DECLSPEC_EXPORT      __declspec(dllexport)
#define DECLSPEC_NORETURN    __declspec(noreturn)
#define DECLSPEC_NOINLINE    __declspec(noinline)
#define DECLSPEC_ALIGN(x)    __declspec(align(x))
#define DECLSPEC_CACHEALIGN  DECLSPEC_ALIGN(64)
#define DECLSPEC_UUID(x)     __declspec(uuid(x))
#define DECLSPEC_NOVTABLE    __declspec(novtable)
#define DECLSPEC_SAFEBUFFERS __declspec(safebuffers)
#define DECLSPEC_NOSANITIZEADDRESS
#define DECLSPEC_GUARDNOCF      __declspec(guard(nocf))
#define DECLSPEC_GUARD_SUPPRESS __declspec(guard(suppress))
#define DECLSPEC_DEPRECATED     __declspec(deprecated)
#define DECLSPEC_DEPRECATED_DDK
#else
#ifdef __i386__
#define NTAPI           __attribute__((stdcall))
#define NTAPI_CDECL     __attribute__((cdecl))
#define FASTCALL        __attribute__((fastcall))
#define STDAPIVCALLTYPE __attribute__((cdecl))
#else
#define NTAPI           __attribute__((ms_abi))
#define NTAPI_CDECL     __attribute__((ms_abi))
#define FASTCALL        __attribute__((ms_abi))
#define STDAPIVCALLTYPE __attribute__((ms_abi))
#endif
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT
#define DECLSPEC_NORETURN   __attribute__((noreturn))
#define DECLSPEC_NOINLINE   __attribute__((noinline))
#define DECLSPEC_ALIGN(x)   __attribute__((aligned(x)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_UUID(x)
#define DECLSPEC_NOVTABLE
#define DECLSPEC_SAFEBUFFERS
#define DECLSPEC_NOSANITIZEADDRESS
#define DECLSPEC_GUARDNOCF
#define DECLSPEC_GUARD_SUPPRESS
#define DECLSPEC_DEPRECATED __attribute__((deprecated))
#define DECLSPEC_DEPRECATED_DDK
#endif
#define DECLSPEC_DEPRECATED_DDK_WINXP
#define DECLSPEC_ADDRSAFE
#define DECLSPEC_NOINITALL
#define DECLSPEC_HOTPATCH
#define DECLSPEC_NOTHROW __attribute__((nothrow))

/* The va_list of functions that drivers call; natively the host's own differs. */
#ifdef _WIN32
typedef va_list NT_VA_LIST;
#elif defined(__i386__)
typedef __builtin_va_list NT_VA_LIST;
#else
typedef __builtin_ms_va_list NT_VA_LIST;
#endif

#define NTSYSAPI           DECLSPEC_IMPORT
#define NTSYSCALLAPI       DECLSPEC_IMPORT
#define NTSYSCALLAPI_NO_FN DECLSPEC_IMPORT

#ifndef FORCEINLINE
#ifdef __cplusplus
#define FORCEINLINE inline __attribute__((always_inline))
#else
#define FORCEINLINE static __inline __attribute__((always_inline))
#endif
#endif
#ifndef CFORCEINLINE
#define CFORCEINLINE FORCEINLINE
#endif
#define STKFORCEINLINE FORCEINLINE
#define NOINLINE       __attribute__((noinline))

#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#endif
#ifdef __cplusplus
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END   }
#else
#define EXTERN_C_START
#define EXTERN_C_END
#endif

#define ARGUMENT_PRESENT(p)              ((p) != 0)
#define ALIGN_DOWN_BY(length, alignment) ((ULONG_PTR)(length) & ~((ULONG_PTR)(alignment) - 1))
#define ALIGN_UP_BY(length, alignment) \
    (ALIGN_DOWN_BY(((ULONG_PTR)(length) + (alignment) - 1), alignment))
#define ALIGN_DOWN(length, type)                  ALIGN_DOWN_BY(length, sizeof(type))
#define ALIGN_UP(length, type)                    ALIGN_UP_BY(length, sizeof(type))
#define ALIGN_DOWN_POINTER_BY(address, alignment) ((PVOID)ALIGN_DOWN_BY(address, alignment))
#define ALIGN_UP_POINTER_BY(address, alignment)   ((PVOID)ALIGN_UP_BY(address, alignment))
#define ALIGN_DOWN_POINTER(address, type)         ((PVOID)ALIGN_DOWN(address, type))
#define ALIGN_UP_POINTER(address, type)           ((PVOID)ALIGN_UP(address, type))
#define ANYSIZE_ARRAY                             1
#define UNALIGNED                                 __unaligned
#define UNALIGNED64                               __unaligned
#ifndef _WIN32
#undef UNALIGNED
#undef UNALIGNED64
#define UNALIGNED
#define UNALIGNED64
#endif
#define RESTRICTED_POINTER          __restrict
#define RTL_CONST_CAST(type)        (type)
#define MAX_NATURAL_ALIGNMENT       sizeof(ULONGLONG)
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#ifdef __cplusplus
#define TYPE_ALIGNMENT(t) alignof(t)
#else
#define TYPE_ALIGNMENT(t) _Alignof(t)
#endif
#define PROBE_ALIGNMENT(s) TYPE_ALIGNMENT(unsigned __WDK_LONG)
#define DECLARE_HANDLE(name) \
    struct name##__ {        \
        int unused;          \
    };                       \
    typedef struct name##__ *name

#ifndef _ANONYMOUS_UNION
#define _ANONYMOUS_UNION
#define _ANONYMOUS_STRUCT
#endif
#ifndef DUMMYUNIONNAME
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYUNIONNAME4
#define DUMMYUNIONNAME5
#define DUMMYUNIONNAME6
#define DUMMYUNIONNAME7
#define DUMMYUNIONNAME8
#define DUMMYUNIONNAME9
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME2
#define DUMMYSTRUCTNAME3
#define DUMMYSTRUCTNAME4
#define DUMMYSTRUCTNAME5
#define DUMMYSTRUCTNAME6
#endif

/* ---- Scalars ---- */

#ifndef VOID
#define VOID void
#endif
typedef char CHAR;
typedef short SHORT;
typedef __WDK_LONG LONG;
typedef int INT;
typedef void *PVOID;
typedef void *PVOID64;
typedef unsigned char UCHAR;
typedef unsigned short USHORT;
typedef unsigned __WDK_LONG ULONG;
typedef unsigned int UINT;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef unsigned char BYTE, *PBYTE, *LPBYTE;
typedef unsigned short WORD, *PWORD, *LPWORD;
typedef unsigned __WDK_LONG DWORD, *PDWORD, *LPDWORD;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef int *PINT, *LPINT;
typedef unsigned int *PUINT;
typedef void *LPVOID;
typedef const void *PCVOID, *LPCVOID;

typedef CHAR *PCHAR, *LPCH, *PCH;
typedef const CHAR *LPCCH, *PCCH;
typedef CHAR *NPSTR, *LPSTR, *PSTR;
typedef PSTR *PZPSTR;
typedef const PSTR *PCZPSTR;
typedef const CHAR *LPCSTR, *PCSTR;
typedef PCSTR *PZPCSTR;
typedef SHORT *PSHORT;
typedef LONG *PLONG, *LPLONG;
typedef UCHAR *PUCHAR;
typedef USHORT *PUSHORT;
typedef ULONG *PULONG;
typedef CHAR CCHAR, *PCCHAR;
typedef short CSHORT, *PCSHORT;
typedef ULONG CLONG, *PCLONG;
typedef ULONG LCID, *PLCID;
typedef USHORT LANGID;
typedef ULONG LOGICAL, *PLOGICAL;
typedef PVOID *PPVOID;
typedef const UCHAR *PCUCHAR;
typedef const USHORT *PCUSHORT;
typedef const ULONG *PCULONG;

typedef UCHAR BOOLEAN, *PBOOLEAN;
#ifndef TRUE
#define FALSE 0
#define TRUE  1
#endif
#ifndef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif
#ifndef NULL64
#define NULL64 NULL
#endif

/* UTF-16 code unit. Needs -fshort-wchar natively. Not left to stddef.h: a driver may have one of
 * its own.
 */
#ifndef __cplusplus
typedef __WCHAR_TYPE__ wchar_t;
#endif
typedef wchar_t WCHAR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWCHAR, *PCWCHAR;
typedef WCHAR *NWPSTR, *LPWSTR, *PWSTR;
typedef PWSTR *PZPWSTR;
typedef const PWSTR *PCZPWSTR;
typedef WCHAR UNALIGNED *LPUWSTR, *PUWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR;
typedef PCWSTR *PZPCWSTR;
typedef const WCHAR UNALIGNED *LPCUWSTR, *PCUWSTR;
typedef PWSTR PZZWSTR;
typedef PCWSTR PCZZWSTR;
typedef PSTR PZZSTR;
typedef PCSTR PCZZSTR;
typedef WCHAR *PNZWCH;
typedef const WCHAR *PCNZWCH;
typedef CHAR *PNZCH;
typedef const CHAR *PCNZCH;
typedef ULONG UCSCHAR, *PUCSCHAR, *PUCSSTR;
typedef const UCSCHAR *PCUCSCHAR, *PCUCSSTR;
#define UCSCHAR_INVALID_CHARACTER 0xffffffff
#define MIN_UCSCHAR               0
#define MAX_UCSCHAR               0x0010FFFF

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR;
typedef PWSTR PTSTR, LPTSTR;
typedef PCWSTR PCTSTR, LPCTSTR;
#define __TEXT(quote) L##quote
#else
typedef char TCHAR, *PTCHAR;
typedef PSTR PTSTR, LPTSTR;
typedef PCSTR PCTSTR, LPCTSTR;
#define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)

typedef PVOID HANDLE, *PHANDLE;
typedef LONG HRESULT;
typedef LONG NTSTATUS, *PNTSTATUS;
typedef LONG KPRIORITY;
#define NT_SUCCESS(Status)            (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status)        ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status)            ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status)              ((((ULONG)(Status)) >> 30) == 3)
#define STATUS_SEVERITY_SUCCESS       0x0
#define STATUS_SEVERITY_INFORMATIONAL 0x1
#define STATUS_SEVERITY_WARNING       0x2
#define STATUS_SEVERITY_ERROR         0x3
#define APPLICATION_ERROR_MASK        0x20000000
#define ERROR_SEVERITY_SUCCESS        0x00000000
#define ERROR_SEVERITY_INFORMATIONAL  0x40000000
#define ERROR_SEVERITY_WARNING        0x80000000
#define ERROR_SEVERITY_ERROR          0xC0000000

typedef __int64 LONGLONG, *PLONGLONG;
typedef unsigned __int64 ULONGLONG, *PULONGLONG;
typedef unsigned __int64 DWORDLONG, *PDWORDLONG;
typedef ULONGLONG REGHANDLE, *PREGHANDLE;
typedef LONGLONG USN;
#define MAXLONGLONG  (0x7fffffffffffffffLL)
#define MINLONGLONG  ((LONGLONG)~MAXLONGLONG)
#define MAXULONGLONG ((ULONGLONG) ~((ULONGLONG)0))

#define MINCHAR   0x80
#define MAXCHAR   0x7f
#define MINSHORT  0x8000
#define MAXSHORT  0x7fff
#define MINLONG   0x80000000
#define MAXLONG   0x7fffffff
#define MAXUCHAR  0xff
#define MAXUSHORT 0xffff
#define MAXULONG  0xffffffff
#define MAXDWORD  0xffffffff
#define MAXWORD   0xffff
#define MAXBYTE   0xff

typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;
typedef const GROUP_AFFINITY *PCGROUP_AFFINITY;

typedef struct _GROUP_AFFINITY32 {
    ULONG Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY32, *PGROUP_AFFINITY32;

typedef struct _PROCESSOR_NUMBER {
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;
#define ALL_PROCESSOR_GROUPS 0xffff

typedef struct DECLSPEC_ALIGN(16) _M128A {
    ULONGLONG Low;
    LONGLONG High;
} M128A, *PM128A;

typedef struct _FLOAT128 {
    __int64 LowPart;
    __int64 HighPart;
} FLOAT128;
typedef FLOAT128 *PFLOAT128;

/* ---- Strings ---- */

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING,
    *PUTF8_STRING;
typedef const STRING *PCSTRING, *PCOEM_STRING, *PCANSI_STRING, *PCUTF8_STRING;

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;
typedef UNICODE_STRING LUNICODE_STRING, *PLUNICODE_STRING;

typedef struct _STRING32 {
    USHORT Length;
    USHORT MaximumLength;
    ULONG Buffer;
} STRING32, *PSTRING32, UNICODE_STRING32, *PUNICODE_STRING32, ANSI_STRING32, *PANSI_STRING32;

typedef struct _STRING64 {
    USHORT Length;
    USHORT MaximumLength;
    ULONGLONG Buffer;
} STRING64, *PSTRING64, UNICODE_STRING64, *PUNICODE_STRING64, ANSI_STRING64, *PANSI_STRING64;

#define ANSI_NULL    ((CHAR)0)
#define UNICODE_NULL ((WCHAR)0)
#ifndef UNICODE_STRING_MAX_BYTES
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS (32767)
#endif

/* A literal or array (never a pointer) as an initialiser of a counted string. */
#ifdef __cplusplus
extern "C++" {
constexpr WCHAR *RtlStringBuffer(const WCHAR *text)
{
    return const_cast<WCHAR *>(text);
}
constexpr CHAR *RtlStringBuffer(const CHAR *text)
{
    return const_cast<CHAR *>(text);
}
}
#define _RTL_STRING_BUFFER(s) RtlStringBuffer(s)
#else
#define _RTL_STRING_BUFFER(s) ((void *)(s))
#endif
#define RTL_CONSTANT_STRING(s) {sizeof(s) - sizeof((s)[0]), sizeof(s), _RTL_STRING_BUFFER(s)}
#define DECLARE_CONST_UNICODE_STRING(_var, _string)                                \
    const WCHAR _var##_buffer[] = _string;                                         \
    const UNICODE_STRING _var = {sizeof(_string) - sizeof(WCHAR), sizeof(_string), \
                                 (PWCH)_var##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(_var, _str) \
    EXTERN_C const UNICODE_STRING _var;                 \
    DECLSPEC_SELECTANY const UNICODE_STRING _var = RTL_CONSTANT_STRING(_str)
#define DECLARE_UNICODE_STRING_SIZE(_var, _size) \
    WCHAR _var##_buffer[_size];                  \
    UNICODE_STRING _var = {0, (_size) * sizeof(WCHAR), _var##_buffer}

/* ---- Lists ---- */

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *RESTRICTED_POINTER PRLIST_ENTRY;
typedef const LIST_ENTRY *PCLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct LIST_ENTRY32 {
    ULONG Flink;
    ULONG Blink;
} LIST_ENTRY32, *PLIST_ENTRY32;

typedef struct LIST_ENTRY64 {
    ULONGLONG Flink;
    ULONGLONG Blink;
} LIST_ENTRY64, *PLIST_ENTRY64;

typedef struct _SINGLE_LIST_ENTRY32 {
    ULONG Next;
} SINGLE_LIST_ENTRY32, *PSINGLE_LIST_ENTRY32;

typedef struct _RTL_BALANCED_NODE {
    union {
        struct _RTL_BALANCED_NODE *Children[2];
        struct {
            struct _RTL_BALANCED_NODE *Left;
            struct _RTL_BALANCED_NODE *Right;
        };
    };
    union {
        UCHAR Red : 1;
        UCHAR Balance : 2;
        ULONG_PTR ParentValue;
    };
} RTL_BALANCED_NODE, *PRTL_BALANCED_NODE;
#define RTL_BALANCED_NODE_RESERVED_PARENT_MASK 3

/* ---- Objects and events, as far as both modes name them ---- */

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny, WaitNotification, WaitDequeue, WaitDpc } WAIT_TYPE;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;       /* a SECURITY_DESCRIPTOR */
    PVOID SecurityQualityOfService; /* a SECURITY_QUALITY_OF_SERVICE */
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef const OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

typedef struct _OBJECT_ATTRIBUTES32 {
    ULONG Length;
    ULONG RootDirectory;
    ULONG ObjectName;
    ULONG Attributes;
    ULONG SecurityDescriptor;
    ULONG SecurityQualityOfService;
} OBJECT_ATTRIBUTES32, *POBJECT_ATTRIBUTES32;

typedef struct _OBJECT_ATTRIBUTES64 {
    ULONG Length;
    ULONG64 RootDirectory;
    ULONG64 ObjectName;
    ULONG Attributes;
    ULONG64 SecurityDescriptor;
    ULONG64 SecurityQualityOfService;
} OBJECT_ATTRIBUTES64, *POBJECT_ATTRIBUTES64;

#define OBJ_HANDLE_TAGBITS                0x00000003L
#define OBJ_INHERIT                       0x00000002L
#define OBJ_PERMANENT                     0x00000010L
#define OBJ_EXCLUSIVE                     0x00000020L
#define OBJ_CASE_INSENSITIVE              0x00000040L
#define OBJ_OPENIF                        0x00000080L
#define OBJ_OPENLINK                      0x00000100L
#define OBJ_KERNEL_HANDLE                 0x00000200L
#define OBJ_FORCE_ACCESS_CHECK            0x00000400L
#define OBJ_IGNORE_IMPERSONATED_DEVICEMAP 0x00000800L
#define OBJ_DONT_REPARSE                  0x00001000L
#define OBJ_VALID_ATTRIBUTES              0x00001FF2L

#define InitializeObjectAttributes(p, n, a, r, s) \
    {                                             \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);  \
        (p)->RootDirectory = r;                   \
        (p)->Attributes = a;                      \
        (p)->ObjectName = n;                      \
        (p)->SecurityDescriptor = s;              \
        (p)->SecurityQualityOfService = NULL;     \
    }
#define RTL_INIT_OBJECT_ATTRIBUTES(n, a) \
    {sizeof(OBJECT_ATTRIBUTES), NULL, RTL_CONST_CAST(PUNICODE_STRING)(n), a, NULL, NULL}
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(n, a) RTL_INIT_OBJECT_ATTRIBUTES(n, a)

#define OBJECT_TYPE_CREATE     (0x0001)
#define OBJECT_TYPE_ALL_ACCESS (STANDARD_RIGHTS_REQUIRED | 0x1)

typedef enum _NT_PRODUCT_TYPE {
    NtProductWinNt = 1,
    NtProductLanManNt,
    NtProductServer
} NT_PRODUCT_TYPE,
    *PNT_PRODUCT_TYPE;

typedef enum _SUITE_TYPE {
    SmallBusiness,
    Enterprise,
    BackOffice,
    CommunicationServer,
    TerminalServer,
    SmallBusinessRestricted,
    EmbeddedNT,
    DataCenter,
    SingleUserTS,
    Personal,
    Blade,
    EmbeddedRestricted,
    SecurityAppliance,
    StorageServer,
    ComputeServer,
    WHServer,
    PhoneNT,
    MultiUserTS,
    MaxSuiteType
} SUITE_TYPE;

#define VER_SERVER_NT                      0x80000000
#define VER_WORKSTATION_NT                 0x40000000
#define VER_SUITE_SMALLBUSINESS            0x00000001
#define VER_SUITE_ENTERPRISE               0x00000002
#define VER_SUITE_BACKOFFICE               0x00000004
#define VER_SUITE_COMMUNICATIONS           0x00000008
#define VER_SUITE_TERMINAL                 0x00000010
#define VER_SUITE_SMALLBUSINESS_RESTRICTED 0x00000020
#define VER_SUITE_EMBEDDEDNT               0x00000040
#define VER_SUITE_DATACENTER               0x00000080
#define VER_SUITE_SINGLEUSERTS             0x00000100
#define VER_SUITE_PERSONAL                 0x00000200
#define VER_SUITE_BLADE                    0x00000400
#define VER_SUITE_EMBEDDED_RESTRICTED      0x00000800
#define VER_SUITE_SECURITY_APPLIANCE       0x00001000
#define VER_SUITE_STORAGE_SERVER           0x00002000
#define VER_SUITE_COMPUTE_SERVER           0x00004000
#define VER_SUITE_WH_SERVER                0x00008000
#define VER_SUITE_MULTIUSERTS              0x00020000

#define LANG_NEUTRAL       0x00
#define LANG_ENGLISH       0x09
#define SUBLANG_NEUTRAL    0x00
#define SUBLANG_DEFAULT    0x01
#define SUBLANG_ENGLISH_US 0x01
#define MAKELANGID(p, s)   ((((USHORT)(s)) << 10) | (USHORT)(p))
#define PRIMARYLANGID(l)   ((USHORT)(l) & 0x3ff)
#define SUBLANGID(l)       ((USHORT)(l) >> 10)

#define SUBLANG_SYS_DEFAULT   0x02
#define SORT_DEFAULT          0x0
#define MAKELCID(l, sort)     ((ULONG)((((ULONG)(USHORT)(sort)) << 16) | (ULONG)(USHORT)(l)))
#define LANGIDFROMLCID(lcid)  ((USHORT)(lcid))
#define SORTIDFROMLCID(lcid)  ((USHORT)((((ULONG)(lcid)) >> 16) & 0xf))
#define LANG_SYSTEM_DEFAULT   MAKELANGID(LANG_NEUTRAL, SUBLANG_SYS_DEFAULT)
#define LANG_USER_DEFAULT     MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT)
#define LOCALE_SYSTEM_DEFAULT MAKELCID(LANG_SYSTEM_DEFAULT, SORT_DEFAULT)
#define LOCALE_USER_DEFAULT   MAKELCID(LANG_USER_DEFAULT, SORT_DEFAULT)
#define LOCALE_NEUTRAL        MAKELCID(MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL), SORT_DEFAULT)

/* ---- Small arithmetic on types, sizes and names ---- */

#define FIELD_OFFSET(type, field)   ((LONG) __builtin_offsetof(type, field))
#define UFIELD_OFFSET(type, field)  ((ULONG) __builtin_offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) \
    (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(Struct, Size, Field) \
    ((((PCHAR)(&(Struct)->Field)) + sizeof((Struct)->Field)) <= (((PCHAR)(Struct)) + (Size)))
#define RTL_FIELD_TYPE(type, field)      (((type *)0)->field)
#define RTL_NUMBER_OF_FIELD(type, field) (RTL_NUMBER_OF(RTL_FIELD_TYPE(type, field)))
#define RTL_PADDING_BETWEEN_FIELDS(T, F1, F2)                                  \
    ((FIELD_OFFSET(T, F2) > FIELD_OFFSET(T, F1))                               \
         ? (FIELD_OFFSET(T, F2) - FIELD_OFFSET(T, F1) - RTL_FIELD_SIZE(T, F1)) \
         : (FIELD_OFFSET(T, F1) - FIELD_OFFSET(T, F2) - RTL_FIELD_SIZE(T, F2)))
#define RTL_NUMBER_OF_V1(A)            (sizeof(A) / sizeof((A)[0]))
#define RTL_NUMBER_OF_V2(A)            RTL_NUMBER_OF_V1(A)
#define RTL_NUMBER_OF(A)               RTL_NUMBER_OF_V1(A)
#define ARRAYSIZE(A)                   RTL_NUMBER_OF_V2(A)
#define _ARRAYSIZE(A)                  RTL_NUMBER_OF_V1(A)
#define RTL_BITS_OF(sizeOfArg)         (sizeof(sizeOfArg) * 8)
#define RTL_BITS_OF_FIELD(type, field) (RTL_BITS_OF(RTL_FIELD_TYPE(type, field)))
#ifndef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field) \
    ((type *)((PCHAR)(address) - (ULONG_PTR) __builtin_offsetof(type, field)))
#endif
#ifndef min
#ifndef __cplusplus
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#elif defined(_WIN32) && !defined(NOMINMAX)
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

#define MAKEWORD(a, b) \
    ((WORD)(((BYTE)(((DWORD_PTR)(a)) & 0xff)) | ((WORD)((BYTE)(((DWORD_PTR)(b)) & 0xff))) << 8))
#define MAKELONG(a, b)                                                                         \
    ((LONG)(((WORD)(((DWORD_PTR)(a)) & 0xffff)) | ((DWORD)((WORD)(((DWORD_PTR)(b)) & 0xffff))) \
                                                      << 16))
#define LOWORD(l)            ((WORD)(((DWORD_PTR)(l)) & 0xffff))
#define HIWORD(l)            ((WORD)((((DWORD_PTR)(l)) >> 16) & 0xffff))
#define LOBYTE(w)            ((BYTE)(((DWORD_PTR)(w)) & 0xff))
#define HIBYTE(w)            ((BYTE)((((DWORD_PTR)(w)) >> 8) & 0xff))
#define Int32x32To64(a, b)   (((LONGLONG)((LONG)(a))) * ((LONGLONG)((LONG)(b))))
#define UInt32x32To64(a, b)  (((ULONGLONG)((ULONG)(a))) * ((ULONGLONG)((ULONG)(b))))
#define Int64ShllMod32(a, b) (((ULONGLONG)(a)) << (b))
#define Int64ShraMod32(a, b) (((LONGLONG)(a)) >> (b))
#define Int64ShrlMod32(a, b) (((ULONGLONG)(a)) >> (b))

/* These names are not unreferenced: they are said to be. */
/* Stands for a call with any arguments, which are not evaluated. */
#ifdef _MSC_VER
#define NOP_FUNCTION __noop
#else
#define NOP_FUNCTION (void)0
#endif

#define UNREFERENCED_PARAMETER(P)          ((void)(P))
#define DBG_UNREFERENCED_PARAMETER(P)      ((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V) ((void)(V))
#define DEFAULT_UNREACHABLE \
    default:                \
        __builtin_unreachable()

#ifdef __cplusplus
#define C_ASSERT(e) static_assert(e, #e)
#define DEFINE_ENUM_FLAG_OPERATORS(ENUMTYPE)                    \
    extern "C++" {                                              \
    inline constexpr ENUMTYPE operator|(ENUMTYPE a, ENUMTYPE b) \
    {                                                           \
        return ENUMTYPE((unsigned int)a | (unsigned int)b);     \
    }                                                           \
    inline constexpr ENUMTYPE operator&(ENUMTYPE a, ENUMTYPE b) \
    {                                                           \
        return ENUMTYPE((unsigned int)a & (unsigned int)b);     \
    }                                                           \
    inline constexpr ENUMTYPE operator^(ENUMTYPE a, ENUMTYPE b) \
    {                                                           \
        return ENUMTYPE((unsigned int)a ^ (unsigned int)b);     \
    }                                                           \
    inline constexpr ENUMTYPE operator~(ENUMTYPE a)             \
    {                                                           \
        return ENUMTYPE(~(unsigned int)a);                      \
    }                                                           \
    inline ENUMTYPE &operator|=(ENUMTYPE &a, ENUMTYPE b)        \
    {                                                           \
        return a = a | b;                                       \
    }                                                           \
    inline ENUMTYPE &operator&=(ENUMTYPE &a, ENUMTYPE b)        \
    {                                                           \
        return a = a & b;                                       \
    }                                                           \
    inline ENUMTYPE &operator^=(ENUMTYPE &a, ENUMTYPE b)        \
    {                                                           \
        return a = a ^ b;                                       \
    }                                                           \
    }
#else
#define C_ASSERT(e) _Static_assert(e, #e)
#define DEFINE_ENUM_FLAG_OPERATORS(ENUMTYPE)
#endif

#define MINIMUM_ALLOC_ALIGNMENT 16
#define VER_PRODUCTBUILD        10000

/* ---- Exceptions: the handler's answer ---- */

typedef enum _EXCEPTION_DISPOSITION {
    ExceptionContinueExecution,
    ExceptionContinueSearch,
    ExceptionNestedException,
    ExceptionCollidedUnwind
} EXCEPTION_DISPOSITION;

struct _EXCEPTION_RECORD;
struct _CONTEXT;
typedef EXCEPTION_DISPOSITION NTAPI EXCEPTION_ROUTINE(struct _EXCEPTION_RECORD *ExceptionRecord,
                                                      PVOID EstablisherFrame,
                                                      struct _CONTEXT *ContextRecord,
                                                      PVOID DispatcherContext);
typedef EXCEPTION_ROUTINE *PEXCEPTION_ROUTINE;

#ifdef __cplusplus
}
#endif

#endif
