/* SPDX-License-Identifier: MIT */
/* seh32.c - a 32-bit program's structured exceptions, by the chain in its thread's block.
 *
 * The frames are written by hand, as compilers make them: a record on the stack, its address in
 * fs:[0]. Asserts from within.
 */
#include <setjmp.h>
#include <stdint.h>

#include "check.h"

struct frame { /* EXCEPTION_REGISTRATION_RECORD and what is ours */
    struct frame *next;
    int(__cdecl *handler)(EXCEPTION_RECORD *, struct frame *, CONTEXT *, void *);
    jmp_buf back;
    int searched, unwound;
    DWORD code, flags;
};

static struct frame *ChainGet(void)
{
    struct frame *frame;
    __asm__ volatile("movl %%fs:0, %0" : "=r"(frame));
    return frame;
}

static void ChainSet(struct frame *frame)
{
    __asm__ volatile("movl %0, %%fs:0" : : "r"(frame) : "memory");
}

static void Push(struct frame *frame,
                 int(__cdecl *handler)(EXCEPTION_RECORD *, struct frame *, CONTEXT *, void *))
{
    frame->next = ChainGet();
    frame->handler = handler;
    frame->searched = frame->unwound = 0;
    ChainSet(frame);
}

static void Pop(struct frame *frame)
{
    ChainSet(frame->next);
}

#define CONTINUE_EXECUTION 0
#define CONTINUE_SEARCH    1
#define UNWINDING          6

/* Goes on behind the two bytes of an instruction that cannot be. */
static int __cdecl Skip(EXCEPTION_RECORD *Record, struct frame *Frame, CONTEXT *Context,
                        void *Place)
{
    (void)Place;
    Frame->searched++;
    Frame->code = Record->ExceptionCode;
    if (Record->ExceptionFlags & UNWINDING)
        return CONTINUE_SEARCH;
    Context->Eip += 2;
    return CONTINUE_EXECUTION;
}

static int Searched, Unwound; /* of the inner frame, which is gone when it is looked at */

static int __cdecl Pass(EXCEPTION_RECORD *Record, struct frame *Frame, CONTEXT *Context,
                        void *Place)
{
    (void)Frame, (void)Context, (void)Place;
    if (Record->ExceptionFlags & UNWINDING)
        Unwound++;
    else
        Searched++;
    return CONTINUE_SEARCH;
}

/* Takes the exception: unwinds to its frame and jumps out. */
static int __cdecl Take(EXCEPTION_RECORD *Record, struct frame *Frame, CONTEXT *Context,
                        void *Place)
{
    (void)Context, (void)Place;
    if (Record->ExceptionFlags & UNWINDING) {
        Frame->unwound++;
        return CONTINUE_SEARCH;
    }
    Frame->searched++;
    Frame->code = Record->ExceptionCode;
    Frame->flags = Record->ExceptionFlags;
    RtlUnwind(Frame, NULL, Record, NULL);
    __builtin_longjmp((void **)Frame->back, 1);
}

static volatile int *volatile Nowhere = (volatile int *)0x10;

/* A frame of its own, below its caller's. */
static __attribute__((noinline)) void TouchNowhere(void)
{
    struct frame inner;
    Push(&inner, Pass);
    *Nowhere = 1;
    Pop(&inner);
}

static void CheckFaults(void)
{
    struct frame frame;
    Push(&frame, Skip);
    __asm__ volatile("ud2");
    Check("an invalid instruction, continued behind it",
          frame.searched == 1 && frame.code == EXCEPTION_ILLEGAL_INSTRUCTION);
    Pop(&frame);

    struct frame outer;
    Push(&outer, Take);
    if (!__builtin_setjmp((void **)outer.back))
        TouchNowhere();
    Check("an access violation, taken by the outer frame",
          outer.searched == 1 && outer.code == EXCEPTION_ACCESS_VIOLATION);
    Check("the inner frame was asked, then unwound", Searched == 1 && Unwound == 1);
    Check("and the chain ends at the outer one again", ChainGet() == &outer);
    Check("which was not unwound itself", outer.unwound == 0);
    Pop(&outer);
}

static void CheckRaise(void)
{
    struct frame frame;
    ULONG_PTR words[2] = {7, 8};
    Push(&frame, Take);
    if (!__builtin_setjmp((void **)frame.back))
        RaiseException(0xE0001234, EXCEPTION_NONCONTINUABLE, 2, words);
    Check("a raised exception", frame.code == 0xE0001234 && (frame.flags & 1));
    Pop(&frame);
}

static LONG CALLBACK Vectored(EXCEPTION_POINTERS *Pointers)
{
    if (Pointers->ExceptionRecord->ExceptionCode != EXCEPTION_BREAKPOINT)
        return EXCEPTION_CONTINUE_SEARCH;
    Pointers->ContextRecord->Eip++;
    Pointers->ContextRecord->Eax = 4711;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void CheckVectored(void)
{
    int value = 0;
    PVOID handle = AddVectoredExceptionHandler(1, Vectored);
    __asm__ volatile("int3" : "+a"(value));
    Check("a vectored handler changes a register", value == 4711);
    Check("and is removed", RemoveVectoredExceptionHandler(handle));
}

static void CheckWidth(void)
{
    BOOL is_wow = FALSE;
    SYSTEM_INFO info;
    GetNativeSystemInfo(&info);
    Check("it has 32 bits on a 64-bit system",
          sizeof(void *) == 4 && IsWow64Process(GetCurrentProcess(), &is_wow) && is_wow);
    Check("its stack and heap lie below 2 GiB",
          (uintptr_t)&is_wow < 0x80000000u &&
              (uintptr_t)HeapAlloc(GetProcessHeap(), 0, 16) < 0x80000000u);
}

int main(void)
{
    CheckWidth();
    CheckFaults();
    CheckRaise();
    CheckVectored();
    return Result();
}
