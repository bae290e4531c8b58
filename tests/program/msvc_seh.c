/* SPDX-License-Identifier: MIT */
/* msvc_seh.c - structured exceptions of a program: out of routines that the system called,
 * through longjmp, on an overflowed stack; vectored and unhandled filters. With an argument
 * the program ends as that case says. */
#define NEEDS_CHKSTK
#include "msvc.h"

#define CODE 0xe0001234u

IMPORT(int) _crt_atexit(void(__cdecl *)(void));
IMPORT(int) _resetstkoflw(void);
IMPORT(void) longjmp(void *, int);
SYSTEM(void *) AddVectoredExceptionHandler(DWORD, long(__stdcall *)(Pointers *));
SYSTEM(DWORD) RemoveVectoredExceptionHandler(void *);
SYSTEM(void *) AddVectoredContinueHandler(DWORD, long(__stdcall *)(Pointers *));
SYSTEM(DWORD) RemoveVectoredContinueHandler(void *);
SYSTEM(void *) SetUnhandledExceptionFilter(long(__stdcall *)(Pointers *));
SYSTEM(char *) GetCommandLineA(void);
SYSTEM(int) VirtualProtect(void *, size_type, DWORD, DWORD *);

static volatile int Finally, Calls;
static long Kept;

static int Compare(const void *A, const void *B)
{
    Calls++;
    RaiseException(CODE, 0, 0, 0);
    return *(const int *)A - *(const int *)B;
}

__declspec(noinline) static void Sort(void)
{
    int numbers[] = {3, 1, 2};
    __try {
        qsort(numbers, 3, sizeof *numbers, Compare);
    } __finally {
        Finally++;
    }
}

static void TestCallbacks(void)
{
    int caught = 0, numbers[] = {1, 2, 3};
    long kept = Kept + 7;
    __try {
        Sort();
    } __except (_exception_code() == (long)CODE) {
        caught = 1;
    }
    Check("an exception leaves qsort's comparison", caught && Calls == 1 && Finally == 1);
    Check("registers are as they were", kept == Kept + 7);
    caught = 0;
    __try {
        bsearch(numbers, numbers, 3, sizeof *numbers, Compare);
    } __except (1) {
        caught = 1;
    }
    Check("and bsearch's", caught && Calls == 2);
}

static int Inner(const void *A, const void *B)
{
    int caught = 0;
    __try {
        Sort();
    } __except (1) {
        caught = 1;
    }
    return caught ? *(const int *)A - *(const int *)B : 0;
}

static void TestNested(void)
{
    int numbers[] = {3, 1, 2};
    Finally = 0;
    qsort(numbers, 3, sizeof *numbers, Inner);
    Check("inside a comparison that goes on", numbers[0] == 1 && numbers[2] == 3 && Finally > 1);
    for (int i = 0; i < 1000; i++) {
        __try {
            Sort();
        } __except (1) {
        }
    }
    Finally = 0;
    __try {
        Sort();
    } __except (1) {
    }
    Check("a thousand times", Finally == 1);
}

static void TestSystemFaults(void)
{
    int caught = 0;
    char text[8];
    __try {
        memcpy(text, (const void *)16, 8);
    } __except (_exception_code() == (long)0xc0000005) {
        caught = 1;
    }
    Check("a bad pointer given to memcpy", caught);
    caught = 0;
    __try {
        printf("%s\n", (const char *)strlen((const char *)8));
    } __except (1) {
        caught = 1;
    }
    Check("and to strlen", caught);
}

static char *Page;
static int VectoredCalls, ContinueCalls;

static long __stdcall Commit(Pointers *P)
{
    DWORD old;
    if (P->Record->Code != 0xc0000005)
        return 0;
    VectoredCalls++;
    return VirtualProtect(Page, 4096, 4, &old) ? -1 : 0;
}

static long __stdcall Continued(Pointers *P)
{
    ContinueCalls++;
    return 0;
}

static void TestVectored(void)
{
    Page = VirtualAlloc(0, 4096, 0x3000, 1);
    void *handler = AddVectoredExceptionHandler(1, Commit);
    void *after = AddVectoredContinueHandler(1, Continued);
    *(volatile char *)Page = 5;
    Check("a vectored handler lets the program go on", *Page == 5 && VectoredCalls == 1);
    Check("and the continue handler is called", ContinueCalls == 1);
    Page = VirtualAlloc(0, 4096, 0x3000, 1);
    memset(Page, 7, 4096);
    Check("inside a system function, too", Page[4095] == 7 && VectoredCalls == 2);
    Check("handlers are taken away", RemoveVectoredExceptionHandler(handler) &&
                                         RemoveVectoredContinueHandler(after) &&
                                         !RemoveVectoredExceptionHandler(handler));
}

/* ---- longjmp --------------------------------------------------------------------------------- */

static _Alignas(16) char Buffer[256];

__declspec(noinline) static void Jump(int Value)
{
    __try {
        longjmp(Buffer, Value);
    } __finally {
        Finally++;
    }
}

static int Jumping(const void *A, const void *B)
{
    Jump(3);
    return 0;
}

static void TestJumps(void)
{
    int numbers[] = {2, 1};
    Finally = 0;
    int value = SetJump(Buffer, __builtin_frame_address(0));
    if (!value)
        Jump(0);
    Check("longjmp runs __finally", value == 1 && Finally == 1);
    value = SetJump(Buffer, __builtin_frame_address(0));
    if (!value)
        qsort(numbers, 2, sizeof *numbers, Jumping);
    Check("out of qsort, too", value == 3 && Finally == 2);
#ifdef _WIN64
    value = SetJump(Buffer, 0);
    if (!value)
        Jump(4);
    Check("without a frame it only jumps", value == 4 && Finally == 2);
#endif
}

/* ---- the stack ----------------------------------------------------------------------------- */

__declspec(noinline) static int Recurse(volatile char *Above)
{
    volatile char space[3000];
    space[0] = Above ? Above[0] : 1;
    int below = Recurse(space);
    return below + space[0];
}

static int Overflow(void)
{
    __try {
        Recurse(0);
    } __except (_exception_code() == (long)0xc00000fd) {
        return 1;
    }
    return 0;
}

static DWORD __stdcall OverflowInThread(void *Argument)
{
    int good = Overflow() && _resetstkoflw();
    return good && Overflow() ? 77 : 0;
}

static void TestStack(void)
{
    DWORD code = 0;
    Check("a stack overflow is caught", Overflow());
    Check("_resetstkoflw", _resetstkoflw());
    Check("and once more", Overflow() && _resetstkoflw());
    void *thread = CreateThread(0, 0x20000, OverflowInThread, 0, 0, 0);
    WaitForSingleObject(thread, ~0u);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    Check("on a thread's small stack", code == 77);
}

/* ---- the end -----------------------------------------------------------------------------------
 */

static long __stdcall EndFilter(Pointers *P)
{
    printf("filter %lx\n", P->Record->Code);
    fflush(0);
    return 1;
}

static long __stdcall GoOnFilter(Pointers *P)
{
    return P->Record->Code == CODE ? -1 : 0;
}

static DWORD __stdcall RaiseInThread(void *Argument)
{
    RaiseException(CODE, 0, 0, 0);
    return 5;
}

static void AtExit(void)
{
    __try {
        RaiseException(CODE, 0, 0, 0);
    } __except (1) {
        puts("caught at exit");
    }
}

static void TestUnhandled(void)
{
    DWORD code = 0;
    SetUnhandledExceptionFilter(GoOnFilter);
    void *thread = CreateThread(0, 0, RaiseInThread, 0, 0, 0);
    WaitForSingleObject(thread, ~0u);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    Check("the unhandled filter goes on in a thread", code == 5);
    Check("the filter is given back", SetUnhandledExceptionFilter(0) == (void *)GoOnFilter);
}

static void TestNoncontinuable(void)
{
    DWORD inner = 0;
    SetUnhandledExceptionFilter(0);
    __try {
        __try {
            RaiseException(CODE, 1, 0, 0);
        } __except (_exception_code() == (long)CODE ? -1 : 0) {
        }
    } __except (inner = _exception_code(), 1) {
    }
    Check("going on after a noncontinuable one is one", inner == 0xc0000025);
}

int main(void)
{
    const char *line = GetCommandLineA();
    char last = line[strlen(line) - 1];
    if (last == '1')
        *(volatile int *)16 = 1;
    if (last == '2') {
        SetUnhandledExceptionFilter(EndFilter);
        RaiseException(CODE, 0, 0, 0);
    }
    if (last == '3')
        memcpy((void *)16, line, 8);
    if (last == '4')
        Recurse(0);
    _crt_atexit(AtExit);
    TestCallbacks();
    TestNested();
    TestSystemFaults();
    TestVectored();
    TestJumps();
    TestStack();
    TestUnhandled();
    TestNoncontinuable();
    return Result();
}
