/* SPDX-License-Identifier: MIT */
/*
 * What a driver says to its developer: debug prints, break points, assertions.
 * In a free build (DBG not 1) KdPrint and ASSERT vanish; DbgPrint and NT_ASSERT's
 * break points do not depend on this header's state but on the build.
 */
#ifndef _WDM_DEBUG_H_
#define _WDM_DEBUG_H_

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "dpfilter.h"

typedef VOID(NTAPI *PDEBUG_PRINT_CALLBACK)(PSTRING Output, ULONG ComponentId, ULONG Level);

NTSYSAPI ULONG NTAPI_CDECL DbgPrint(PCSTR Format, ...);
NTSYSAPI ULONG NTAPI_CDECL DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
NTSYSAPI ULONG NTAPI_CDECL DbgPrintReturnControlC(PCSTR Format, ...);
NTSYSAPI ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, NT_VA_LIST arglist);
NTSYSAPI ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
                                           NT_VA_LIST arglist);
NTSYSAPI NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level);
NTSYSAPI NTSTATUS NTAPI DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State);
NTSYSAPI NTSTATUS NTAPI DbgSetDebugPrintCallback(PDEBUG_PRINT_CALLBACK DebugPrintCallback,
                                                 BOOLEAN Enable);
NTSYSAPI VOID NTAPI DbgBreakPointWithStatus(ULONG Status);
NTSYSAPI ULONG NTAPI DbgPrompt(PCCH Prompt, PCH Response, ULONG Length);

#ifdef _WIN32
#define DbgBreakPoint() __debugbreak()
#ifndef __INTRIN_H
void __cdecl __debugbreak(void);
#endif
#else
VOID NTAPI DbgBreakPoint(VOID);
#endif
#define DBG_STATUS_CONTROL_C       1
#define DBG_STATUS_SYSRQ           2
#define DBG_STATUS_BUGCHECK_FIRST  3
#define DBG_STATUS_BUGCHECK_SECOND 4
#define DBG_STATUS_FATAL           5
#define DBG_STATUS_DEBUG_CONTROL   6
#define DBG_STATUS_WORKER          7

/* int 2Ch: a failed assertion, which a debugger may ignore. */
FORCEINLINE VOID DbgRaiseAssertionFailure(VOID)
{
    __asm__ volatile("int $0x2c" : : : "memory");
}

NTSYSAPI VOID NTAPI RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber,
                              PSTR MutableMessage);

#ifndef DBG
#define DBG 0
#endif

#if DBG
#define KdPrint(_x_)              DbgPrint _x_
#define KdPrintEx(_x_)            DbgPrintEx _x_
#define vKdPrintEx(_x_)           vDbgPrintEx _x_
#define vKdPrintExWithPrefix(_x_) vDbgPrintExWithPrefix _x_
#define KdBreakPoint()            DbgBreakPoint()
#define KdBreakPointWithStatus(s) DbgBreakPointWithStatus(s)
#define ASSERT(exp) \
    ((!(exp)) ? (RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, NULL), FALSE) : TRUE)
#define ASSERTMSG(msg, exp) \
    ((!(exp)) ? (RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, (PSTR)(msg)), FALSE) : TRUE)
#define RTL_SOFT_ASSERT(exp)                                                              \
    ((!(exp)) ? (DbgPrint("%s(%d): Soft assertion failed\n   Expression: %s\n", __FILE__, \
                          __LINE__, #exp),                                                \
                 FALSE)                                                                   \
              : TRUE)
#define RTL_SOFT_ASSERTMSG(msg, exp)                                                            \
    ((!(exp)) ? (DbgPrint("%s(%d): Soft assertion failed\n   Expression: %s\n   Message: %s\n", \
                          __FILE__, __LINE__, #exp, (msg)),                                     \
                 FALSE)                                                                         \
              : TRUE)
#define RTL_VERIFY(exp)         ASSERT(exp)
#define RTL_VERIFYMSG(msg, exp) ASSERTMSG(msg, exp)
#define RTL_SOFT_VERIFY(exp)    RTL_SOFT_ASSERT(exp)
#define NT_ASSERT_ASSUME(exp)   ((exp) ? TRUE : (DbgRaiseAssertionFailure(), FALSE))
#define NT_ASSERT_ACTION(exp)   NT_ASSERT_ASSUME(exp)
#define NT_ASSERT(exp)          NT_ASSERT_ASSUME(exp)
#define NT_ASSERTMSG(msg, exp) \
    ((exp) ? TRUE : (DbgPrint("%s\n", (msg)), DbgRaiseAssertionFailure(), FALSE))
#define NT_ASSERTMSGW(msg, exp)    NT_ASSERT(exp)
#define NT_VERIFY(exp)             NT_ASSERT(exp)
#define NT_VERIFYMSG(msg, exp)     NT_ASSERTMSG(msg, exp)
#define NT_FRE_ASSERT(exp)         NT_ASSERT(exp)
#define NT_FRE_ASSERTMSG(msg, exp) NT_ASSERTMSG(msg, exp)
#else
#define KdPrint(_x_)
#define KdPrintEx(_x_)
#define vKdPrintEx(_x_)
#define vKdPrintExWithPrefix(_x_)
#define KdBreakPoint()
#define KdBreakPointWithStatus(s)
#define ASSERT(exp)                  ((void)0)
#define ASSERTMSG(msg, exp)          ((void)0)
#define RTL_SOFT_ASSERT(exp)         ((void)0)
#define RTL_SOFT_ASSERTMSG(msg, exp) ((void)0)
#define RTL_VERIFY(exp)              ((exp) ? TRUE : FALSE)
#define RTL_VERIFYMSG(msg, exp)      ((exp) ? TRUE : FALSE)
#define RTL_SOFT_VERIFY(exp)         ((exp) ? TRUE : FALSE)
#define NT_ASSERT(exp)               ((void)0)
#define NT_ASSERT_ASSUME(exp)        __builtin_assume(exp)
#define NT_ASSERT_ACTION(exp)        ((void)0)
#define NT_ASSERTMSG(msg, exp)       ((void)0)
#define NT_ASSERTMSGW(msg, exp)      ((void)0)
#define NT_VERIFY(exp)               ((exp) ? TRUE : FALSE)
#define NT_VERIFYMSG(msg, exp)       ((exp) ? TRUE : FALSE)
#define NT_FRE_ASSERT(exp)           ((exp) ? TRUE : (DbgRaiseAssertionFailure(), FALSE))
#define NT_FRE_ASSERTMSG(msg, exp)   NT_FRE_ASSERT(exp)
#endif

#ifdef __cplusplus
}
#endif

#endif
