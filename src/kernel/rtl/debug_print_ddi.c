/* SPDX-License-Identifier: MIT */
/* debug_print_ddi.c - DbgPrint and its relatives, break points, failed assertions.
 *
 * Callable at any IRQL. No debugger is attached: a prompt is answered by nobody, a break
 * point becomes the exception STATUS_BREAKPOINT at the driver's call.
 */
#include "debug_print.h"
#include "rtl_ddi.h"

/* The exported variables KdDebuggerEnabled and KdDebuggerNotPresent. */
BOOLEAN KdDebuggerEnabled = FALSE;
BOOLEAN KdDebuggerNotPresent = TRUE;
/* Never started in safe mode. */
ULONG InitSafeBootMode = 0;

/* Doc:     nf-wdm-dbgprint
 * Differs: the default component's mask starts full
 */
ULONG NTAPI_CDECL DbgPrint(PCSTR Format, ...)
{
    __builtin_ms_va_list arguments;

    __builtin_ms_va_start(arguments, Format);
    debug_print(NULL, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, arguments);
    __builtin_ms_va_end(arguments);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-dbgprintex */
ULONG NTAPI_CDECL DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    __builtin_ms_va_list arguments;

    __builtin_ms_va_start(arguments, Format);
    debug_print(NULL, ComponentId, Level, Format, arguments);
    __builtin_ms_va_end(arguments);
    return STATUS_SUCCESS;
}

/* DbgPrint that reports a Ctrl+C typed in the debugger; there is none. */
ULONG NTAPI_CDECL DbgPrintReturnControlC(PCSTR Format, ...)
{
    __builtin_ms_va_list arguments;

    __builtin_ms_va_start(arguments, Format);
    debug_print(NULL, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, arguments);
    __builtin_ms_va_end(arguments);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-vdbgprintex */
ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, NT_VA_LIST arglist)
{
    debug_print(NULL, ComponentId, Level, Format, arglist);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-vdbgprintexwithprefix */
ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
                                  NT_VA_LIST arglist)
{
    debug_print(Prefix, ComponentId, Level, Format, arglist);
    return STATUS_SUCCESS;
}

/* TRUE or FALSE as a status.
 *
 * Doc: "Reading and Filtering Debugging Messages"
 */
NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
    return debug_filter_passes(ComponentId, Level);
}

NTSTATUS NTAPI DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State)
{
    return debug_filter_set(ComponentId, Level, State != FALSE);
}

NTSTATUS NTAPI DbgSetDebugPrintCallback(PDEBUG_PRINT_CALLBACK DebugPrintCallback, BOOLEAN Enable)
{
    return Enable ? debug_listener_add(DebugPrintCallback)
                  : debug_listener_remove(DebugPrintCallback);
}

/* Asks the person at the debugger: prints the question, and nobody answers. */
ULONG NTAPI DbgPrompt(PCCH Prompt, PCH Response, ULONG Length)
{
    DbgPrint("%s", Prompt);
    if (Length > 0)
        Response[0] = '\0';
    return 0;
}

static void (*breakpoint)(void); /* set once at boot */

void rtl_breakpoint_set(void (*routine)(void))
{
    breakpoint = routine;
}

/* Errors:  raises STATUS_BREAKPOINT
 * Doc:     nf-wdm-dbgbreakpoint
 */
VOID NTAPI DbgBreakPoint(VOID)
{
    if (breakpoint != NULL)
        breakpoint();
    else
        __asm__ volatile("int3"); /* a room's own test: its debugger is meant */
}

/* Doc: nf-wdm-dbgbreakpointwithstatus; there is no debugger to tell the status */
VOID NTAPI DbgBreakPointWithStatus(ULONG Status)
{
    DbgBreakPoint();
}

/* Doc: ntddk.h RtlAssert; what ASSERT of a checked driver calls */
VOID NTAPI RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber,
                     PSTR MutableMessage)
{
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL,
               "\n*** Assertion failed: %s%s\n***   Source File: %s, line %lu\n\n",
               MutableMessage != NULL ? MutableMessage : "", (PCSTR)VoidFailedAssertion,
               (PCSTR)VoidFileName, LineNumber);
    DbgBreakPoint();
}

NTSTATUS NTAPI KdDisableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

NTSTATUS NTAPI KdEnableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

/* TRUE: no debugger came to light.
 *
 * Doc: nf-wdm-kdrefreshdebuggernotpresent
 */
BOOLEAN NTAPI KdRefreshDebuggerNotPresent(VOID)
{
    return TRUE;
}

/* Doc: nf-wdm-kdchangeoption */
NTSTATUS NTAPI KdChangeOption(KD_OPTION Option, ULONG InBufferBytes, PVOID InBuffer,
                              ULONG OutBufferBytes, PVOID OutBuffer, PULONG OutBufferNeeded)
{
    return STATUS_DEBUGGER_INACTIVE;
}
