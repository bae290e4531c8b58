/* SPDX-License-Identifier: MIT */
/* seh_ddi.c - what drivers and language handlers call: raise, unwind, look up, walk.
 */
#include "seh_ddi.h"

/* Doc: RtlRaiseException (Microsoft Learn) */
VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord)
{
    ExceptionRecord->ExceptionAddress = NULL; /* the caller's */
    seh_raise_record(ExceptionRecord);
}

/* Doc: ntifs.h; as ExRaiseStatus */
VOID NTAPI RtlRaiseStatus(NTSTATUS Status)
{
    seh_raise(Status);
}

/* Doc:     RtlUnwindEx (Microsoft Learn)
 * Differs: the caller's context buffer is not used; history tables are not filled
 */
VOID NTAPI RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord,
                       PVOID ReturnValue, PCONTEXT OriginalContext,
                       PUNWIND_HISTORY_TABLE HistoryTable)
{
    (void)OriginalContext;
    (void)HistoryTable;
    seh_unwind((uint64_t)TargetFrame, (uint64_t)TargetIp, ExceptionRecord, (uint64_t)ReturnValue);
}

/* Doc: RtlUnwind (Microsoft Learn) */
VOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord,
                     PVOID ReturnValue)
{
    seh_unwind((uint64_t)TargetFrame, (uint64_t)TargetIp, ExceptionRecord, (uint64_t)ReturnValue);
}

/* Doc: RtlRestoreContext (Microsoft Learn) */
VOID NTAPI RtlRestoreContext(PCONTEXT ContextRecord, PEXCEPTION_RECORD ExceptionRecord)
{
    CONTEXT context = *ContextRecord;
    seh_restore(&context, ExceptionRecord);
}

/* Doc: RtlLookupFunctionEntry (Microsoft Learn) */
PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG64 ControlPc, PULONG64 ImageBase,
                                               PUNWIND_HISTORY_TABLE HistoryTable)
{
    const struct image *image = image_of_address(ControlPc);
    (void)HistoryTable;
    if (image == NULL || image->is_native)
        return NULL;
    *ImageBase = image->base;
    return seh_function_find(image, ControlPc);
}

/* Doc:     RtlVirtualUnwind (Microsoft Learn)
 * Errors:  STATUS_BAD_FUNCTION_TABLE raised when tables or stack make no sense
 */
PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG HandlerType, ULONG64 ImageBase, ULONG64 ControlPc,
                                          PRUNTIME_FUNCTION FunctionEntry, PCONTEXT ContextRecord,
                                          PVOID *HandlerData, PULONG64 EstablisherFrame,
                                          PKNONVOLATILE_CONTEXT_POINTERS ContextPointers)
{
    const struct image *image = image_of_address(ImageBase);
    struct pe_unwind_frame frame;
    if (image == NULL || image->is_native || image->base != ImageBase || FunctionEntry == NULL ||
        !seh_frame_unwind(image, HandlerType, ControlPc, FunctionEntry, ContextRecord,
                          ContextPointers, &frame))
        seh_raise(STATUS_BAD_FUNCTION_TABLE);
    *EstablisherFrame = frame.establisher;
    if (frame.handler_rva == 0)
        return NULL;
    *HandlerData = (PVOID)frame.handler_data;
    return (PEXCEPTION_ROUTINE)(image->base + frame.handler_rva);
}

/* ---- back traces ------------------------------------------------------------------------ */

#define FRAMES_MAX 256u

/* Return addresses from the driver's call up, after skip of them. */
static ULONG callers_find(ULONG skip, PVOID *out_callers, ULONG count)
{
    struct seh_stack_frame frames[FRAMES_MAX];
    CONTEXT context;
    if (ddi_top == NULL || skip >= FRAMES_MAX)
        return 0;
    seh_context_of_ddi(ddi_top, &context);
    unsigned found =
        seh_walk(&context, frames, count < FRAMES_MAX - skip ? count + skip : FRAMES_MAX);
    ULONG given = 0;
    for (unsigned i = skip; i < found; i++)
        out_callers[given++] = (PVOID)frames[i].rip;
    return given;
}

/* IRQL:    any
 * Doc:     ntifs.h RtlCaptureStackBackTrace
 * Differs: at most 256 frames; native frames are left out
 */
USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace,
                                      PULONG BackTraceHash)
{
    ULONG count = callers_find(FramesToSkip, BackTrace, FramesToCapture), hash = 0;
    for (ULONG i = 0; i < count; i++)
        hash += (ULONG)(ULONG_PTR)BackTrace[i];
    if (BackTraceHash != NULL)
        *BackTraceHash = hash;
    return (USHORT)count;
}

/* IRQL:    any
 * Doc:     ntddk.h RtlWalkFrameChain
 * Differs: user frames (Flags 1) are not walked: none
 */
ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags)
{
    if (Flags & 1)
        return 0;
    return callers_find(Flags >> 8, Callers, Count);
}
