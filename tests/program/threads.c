/* SPDX-License-Identifier: MIT */
/* threads.c - threads, their ends, thread-local storage, atoms of order. */
#include "check.h"

#include <stdint.h>

#include <process.h>

#define THREADS 8
#define ROUNDS  2000

static CRITICAL_SECTION Section;
static LONG Guarded; /* guarded by Section; deliberately not atomic */
static LONG volatile Atomic;
static DWORD Slot;

static DWORD WINAPI Counting(void *Number)
{
    TlsSetValue(Slot, Number);
    for (int i = 0; i < ROUNDS; i++) {
        EnterCriticalSection(&Section);
        Guarded = Guarded + 1;
        LeaveCriticalSection(&Section);
        InterlockedIncrement(&Atomic);
    }
    return (TlsGetValue(Slot) == Number) ? (DWORD)(ULONG_PTR)Number : 1000;
}

static void CheckMany(void)
{
    HANDLE threads[THREADS];
    DWORD code = 0;
    int right = 0;
    Slot = TlsAlloc();
    InitializeCriticalSection(&Section);
    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, Counting, (void *)(ULONG_PTR)(i + 1), 0, NULL);
    Check("all end", WaitForMultipleObjects(THREADS, threads, TRUE, 30000) == WAIT_OBJECT_0);
    for (int i = 0; i < THREADS; i++)
        right += GetExitCodeThread(threads[i], &code) && code == (DWORD)i + 1;
    Check("each with its own result and slot", right == THREADS);
    Check("a critical section excludes", Guarded == THREADS * ROUNDS);
    Check("interlocked counts", Atomic == THREADS * ROUNDS);
    for (int i = 0; i < THREADS; i++)
        CloseHandle(threads[i]);
    DeleteCriticalSection(&Section);
    Check("the slot is freed", TlsFree(Slot));
}

static DWORD WINAPI Exiting(void *Unused)
{
    (void)Unused;
    ExitThread(33);
}

static unsigned __stdcall Begun(void *Event)
{
    WaitForSingleObject(Event, 30000);
    return 44;
}

static void CheckEnds(void)
{
    DWORD code = 0, id = 0;
    HANDLE thread = CreateThread(NULL, 0, Exiting, NULL, 0, &id);
    Check("a thread has an identifier",
          thread && id && id != GetCurrentThreadId() && GetThreadId(thread) == id);
    Check("ExitThread", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                            GetExitCodeThread(thread, &code) && code == 33);
    CloseHandle(thread);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    thread = (HANDLE)_beginthreadex(NULL, 0, Begun, event, 0, NULL);
    Check("it runs", WaitForSingleObject(thread, 0) == WAIT_TIMEOUT &&
                         GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    SetEvent(event);
    Check("_beginthreadex", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                GetExitCodeThread(thread, &code) && code == 44);
    CloseHandle(thread);
    thread = CreateThread(NULL, 0, Exiting, NULL, CREATE_SUSPENDED, NULL);
    Check("one that is suspended waits", WaitForSingleObject(thread, 0) == WAIT_TIMEOUT);
    Check("resume",
          ResumeThread(thread) == 1 && WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0);
    CloseHandle(thread);
    CloseHandle(event);
}

static LONG OnceRuns;

static BOOL CALLBACK Once(PINIT_ONCE Init, void *Parameter, void **Context)
{
    (void)Init;
    (void)Parameter;
    (void)Context;
    OnceRuns++;
    return TRUE;
}

static void CheckOnce(void)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    InitOnceExecuteOnce(&once, Once, NULL, NULL);
    InitOnceExecuteOnce(&once, Once, NULL, NULL);
    Check("once is once", OnceRuns == 1);
    Check("this process", GetCurrentProcessId() != 0 && GetCurrentProcess() == (HANDLE)-1 &&
                              GetCurrentThread() == (HANDLE)-2);
}

static volatile LONG Spinning, Told;

static DWORD WINAPI Spin(void *Unused)
{
    (void)Unused;
    Spinning = 1;
    while (!Told)
        ;
    return 5;
}

static void WINAPI Redirected(ULONG_PTR Number)
{
    ExitThread((DWORD)Number);
}

/* A thread that is stopped in the program's own code is sent elsewhere. */
static void CheckContexts(void)
{
    DWORD code = 0;
    MEMORY_BASIC_INFORMATION where = {0};
    CONTEXT context __attribute__((aligned(16))) = {.ContextFlags = CONTEXT_FULL};
    HANDLE thread = CreateThread(NULL, 0, Spin, NULL, 0, NULL);
    while (!Spinning)
        SwitchToThread();
    Check("stopped", SuspendThread(thread) == 0);
    Check("its context",
          GetThreadContext(thread, &context) && CONTEXT_IP(context) && CONTEXT_SP(context));
    VirtualQuery((void *)CONTEXT_IP(context), &where, sizeof where);
    Check("is in this program", where.AllocationBase == (void *)GetModuleHandleA(NULL));
    CONTEXT again __attribute__((aligned(16))) = {.ContextFlags = CONTEXT_CONTROL};
    Check("and stays", GetThreadContext(thread, &again) &&
                           CONTEXT_IP(again) == CONTEXT_IP(context) &&
                           CONTEXT_SP(again) == CONTEXT_SP(context));
    CONTEXT_IP(context) = (uintptr_t)Redirected;
    CONTEXT_SP(context) = ((CONTEXT_SP(context) - 256) & ~(uintptr_t)15) - sizeof(void *);
#ifdef _WIN64
    context.Rcx = 77;
#else
    ((DWORD *)CONTEXT_SP(context))[1] = 77;
#endif
    Check("another one", SetThreadContext(thread, &context) && ResumeThread(thread) == 1);
    WaitForSingleObject(thread, INFINITE);
    Check("and there it went", GetExitCodeThread(thread, &code) && code == 77);
    CloseHandle(thread);
}

int main(void)
{
    CheckMany();
    CheckEnds();
    CheckOnce();
    CheckContexts();
    return Result();
}
