/* SPDX-License-Identifier: MIT */
/* thunk32.c - a 32-bit DLL that a 16-bit program calls through generic thunks
 * (sixteen/thunk16.asm).
 *
 * Functions named Test… check from the 32-bit side and answer 0, or the line that failed; they get
 * the program's callbacks, a structure of its data segment. The others are called with what the
 * program checks itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <windows.h>

#include <winioctl.h>
#include <wownt32.h>

#include "../../examples/ladder/ladder_ioctl.h"

#define EXPORTED __declspec(dllexport)
#define MUST(condition)      \
    do {                     \
        if (!(condition))    \
            return __LINE__; \
    } while (0)

/* As thunk16.asm lays it out: 16:16 addresses. */
struct given {
    DWORD AddOne;   /* DWORD PASCAL (DWORD) */
    DWORD Weigh;    /* DWORD PASCAL (WORD a, DWORD b, WORD c): a + 10 * b + 100 * c */
    DWORD WeighC;   /* the same, _cdecl, (WORD, DWORD, WORD) */
    DWORD Nothing;  /* DWORD PASCAL (void): 0x12345678 */
    DWORD Nest;     /* DWORD PASCAL (DWORD depth): calls TestDeeper with it */
    DWORD Text;     /* "text of 16 bits" */
    DWORD Unload;   /* DWORD PASCAL (DWORD module): FreeLibrary32W */
    DWORD Fault;    /* DWORD PASCAL (DWORD): calls FaultHere */
    DWORD Segments; /* DWORD PASCAL (DWORD): DS in DX, SS in AX, as it found them */
};

/* ---- what the program checks ------------------------------------------------------------------
 */

EXPORTED DWORD WINAPI None(void)
{
    return 0xcafe1234;
}

EXPORTED DWORD WINAPI Three(DWORD A, DWORD B, DWORD C)
{
    return A + B * 10 + C * 100;
}

EXPORTED DWORD ThreeC(DWORD A, DWORD B, DWORD C)
{
    return Three(A, B, C);
}

#define PARAMETERS(P)                                                                              \
    P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9), P(10), P(11), P(12), P(13), P(14),       \
        P(15), P(16), P(17), P(18), P(19), P(20), P(21), P(22), P(23), P(24), P(25), P(26), P(27), \
        P(28), P(29), P(30), P(31), P(32)
#define DECLARED(n) DWORD P##n
#define NAMED(n)    P##n

/* 1 * the first + 2 * the second … */
EXPORTED DWORD WINAPI Many(PARAMETERS(DECLARED))
{
    const DWORD all[] = {PARAMETERS(NAMED)};
    DWORD sum = 0;
    for (DWORD i = 0; i < 32; i++)
        sum += (i + 1) * all[i];
    return sum;
}

/* Each pointer's first letter: which ones came as flat addresses. */
EXPORTED DWORD WINAPI Letters(const char *A, DWORD B, const char *C)
{
    return (DWORD)(unsigned char)*A | B << 8 | (DWORD)(unsigned char)*C << 16;
}

EXPORTED DWORD WINAPI Same(DWORD Value)
{
    return Value;
}

EXPORTED DWORD WINAPI Count(const char *Text)
{
    return Text ? (DWORD)strlen(Text) : 0xffffffff;
}

/* ---- calls back -------------------------------------------------------------------------------
 */

EXPORTED DWORD WINAPI TestCallbacks(const struct given *Given)
{
    /* Pascal: the last argument first. */
    struct {
        WORD C;
        WORD B[2];
        WORD A;
        BYTE More[8];
    } downward = {3, {2, 0}, 1, {0}};
    struct {
        WORD A;
        WORD B[2];
        WORD C;
        BYTE More[8];
    } upward = {1, {2, 0}, 3, {0}};
    DWORD result = 0;

    MUST(WOWCallback16(Given->AddOne, 41) == 42);
    MUST(WOWCallback16(Given->AddOne, 0xffff) == 0x10000);
    MUST(WOWCallback16(Given->AddOne, 0xffffffff) == 0);
    MUST(WOWCallback16Ex(Given->Weigh, WCB16_PASCAL, 8, &downward, &result) && result == 321);
    MUST(WOWCallback16Ex(Given->WeighC, WCB16_CDECL, 8, &upward, &result) && result == 321);
    MUST(WOWCallback16Ex(Given->Nothing, WCB16_PASCAL, 0, &downward, &result));
    MUST(result == 0x12345678);
    MUST(WOWCallback16Ex(Given->Nothing, WCB16_PASCAL, 0, &downward, NULL));
    SetLastError(0);
    MUST(!WOWCallback16Ex(Given->Weigh, WCB16_PASCAL, WCB16_MAX_CBARGS + 1, &downward, &result));
    MUST(GetLastError() == ERROR_INVALID_PARAMETER);
    return 0;
}

EXPORTED DWORD WINAPI TestSegments(const struct given *Given)
{
    DWORD found = WOWCallback16(Given->Segments, 0);

    MUST(HIWORD(found) == HIWORD(Given->Text)); /* the data segment */
    MUST(LOWORD(found) == HIWORD(Given->Text)); /* and the stack's, which is the same */
    return 0;
}

/* The program's Nest calls this again, one less. */
EXPORTED DWORD WINAPI Deeper(const struct given *Given, DWORD Depth)
{
    BYTE kept[64];
    DWORD answer;

    memset(kept, (int)Depth, sizeof kept);
    if (Depth == 0)
        return 1;
    answer = WOWCallback16(Given->Nest, Depth - 1);
    for (size_t i = 0; i < sizeof kept; i++)
        if (kept[i] != (BYTE)Depth)
            return 0x80000000;
    return answer + 1;
}

EXPORTED DWORD WINAPI TestDepth(const struct given *Given)
{
    MUST(Deeper(Given, 20) == 21);
    MUST(Deeper(Given, 1) == 2);
    return 0;
}

/* ---- memory -----------------------------------------------------------------------------------
 */

EXPORTED DWORD WINAPI TestMemory(const struct given *Given)
{
    DWORD pointer, size = 0;
    WORD handle, freed;
    char *flat;

    handle = WOWGlobalAlloc16(GMEM_MOVEABLE | GMEM_ZEROINIT, 100);
    MUST(handle != 0);
    pointer = WOWGlobalLock16(handle);
    MUST(HIWORD(pointer) != 0 && LOWORD(pointer) == 0);
    flat = WOWGetVDMPointer(pointer, 100, TRUE);
    MUST(flat != NULL && flat[0] == 0 && flat[99] == 0);
    flat[99] = 'x';
    MUST(WOWGetVDMPointer(pointer + 99, 1, TRUE) == flat + 99);
    MUST(WOWGetVDMPointerFix(pointer, 100, TRUE) == flat);
    WOWGetVDMPointerUnfix(pointer);
    MUST(WOWGlobalLockSize16(handle, &size) == pointer && size >= 100);
    WOWGlobalUnlock16(handle);
    WOWGlobalUnlock16(handle);
    MUST(WOWGlobalFree16(handle) == 0);
    MUST(WOWGlobalLock16(handle) == 0);

    pointer = WOWGlobalAllocLock16(GMEM_MOVEABLE, 70000, &handle);
    MUST(pointer != 0 && handle != 0);
    flat = WOWGetVDMPointer(pointer, 70000, TRUE);
    MUST(flat != NULL);
    flat[69999] = 'y';
    freed = WOWGlobalUnlockFree16(pointer);
    MUST(freed == 0);
    return 0;
}

EXPORTED DWORD WINAPI TestPointers(const struct given *Given)
{
    const char *text = WOWGetVDMPointer(Given->Text, 16, TRUE);

    MUST(text && !strcmp(text, "text of 16 bits"));
    MUST(WOWGetVDMPointer(0, 1, TRUE) == NULL);
    MUST(WOWGetVDMPointer(0xfff70000, 1, TRUE) == NULL); /* a selector that nobody has */
    MUST(WOWGetVDMPointer(0x002b0000, 1, TRUE) == NULL); /* of the other table */
    MUST(WOWGetVDMPointer(Given->Text, 16, FALSE) == NULL);
    return 0;
}

/* ---- handles ----------------------------------------------------------------------------------
 */

EXPORTED DWORD WINAPI TestHandles(const struct given *Given)
{
    HANDLE some = (HANDLE)0x00120034, other = (HANDLE)0x00560034;
    WORD task, first, second;

    for (int type = WOW_TYPE_HWND; type < WOW_TYPE_HTASK; type++) {
        first = WOWHandle16(some, (WOW_HANDLE_TYPE)type);
        second = WOWHandle16(other, (WOW_HANDLE_TYPE)type);
        MUST(first != 0 && second != 0 && first != second);
        MUST(WOWHandle16(some, (WOW_HANDLE_TYPE)type) == first);
        MUST(WOWHandle32(first, (WOW_HANDLE_TYPE)type) == some);
        MUST(WOWHandle32(second, (WOW_HANDLE_TYPE)type) == other);
        MUST(WOWHandle16(NULL, (WOW_HANDLE_TYPE)type) == 0);
    }
    MUST(WOWHandle32(WOWHandle16(some, WOW_TYPE_HWND), WOW_TYPE_FULLHWND) == some);
    MUST(WOWHandle32(0, WOW_TYPE_HMENU) == NULL);
    MUST(WOWHandle32(0x7ffc, WOW_TYPE_HMENU) == NULL && GetLastError() == ERROR_INVALID_HANDLE);
    MUST(WOWHandle32(first, (WOW_HANDLE_TYPE)99) == NULL);
    MUST(GetLastError() == ERROR_INVALID_PARAMETER);
    MUST(WOWHandle16(some, (WOW_HANDLE_TYPE)99) == 0);

    task = WOWHandle16((HANDLE)(ULONG_PTR)GetCurrentThreadId(), WOW_TYPE_HTASK);
    MUST(task != 0);
    MUST((ULONG_PTR)WOWHandle32(task, WOW_TYPE_HTASK) == GetCurrentThreadId());
    MUST(WOWHandle32((WORD)(task + 8), WOW_TYPE_HTASK) == NULL);
    WOWYield16();
    WOWDirectedYield16(task);
    return 0;
}

/* ---- others -----------------------------------------------------------------------------------
 */

/* What wow32.dll answers out of a thunk: nothing. */
static DWORD Outside(const struct given *Given)
{
    DWORD result = 7, size = 7;
    WORD handle = 7;
    BYTE arguments[16] = {0};

    SetLastError(0);
    MUST(WOWCallback16(Given->AddOne, 41) == 0 && GetLastError() == ERROR_INVALID_FUNCTION);
    MUST(!WOWCallback16Ex(Given->Nothing, 0, 0, arguments, &result) && result == 7);
    MUST(WOWGetVDMPointer(Given->Text, 1, TRUE) == NULL);
    MUST(WOWGetVDMPointerFix(Given->Text, 1, TRUE) == NULL);
    MUST(WOWGlobalAlloc16(GMEM_MOVEABLE, 10) == 0);
    MUST(WOWGlobalAllocLock16(GMEM_MOVEABLE, 10, &handle) == 0 && handle == 0);
    MUST(WOWGlobalLock16(0x1007) == 0);
    MUST(WOWGlobalLockSize16(0x1007, &size) == 0 && size == 0);
    MUST(WOWGlobalFree16(0x1007) == 0x1007);
    MUST(WOWGlobalUnlockFree16(0x10070000) == 0x1007);
    MUST(!WOWGlobalUnlock16(0x1007));
    MUST(WOWHandle16((HANDLE)1, WOW_TYPE_HWND) == 0);
    MUST(WOWHandle32(0x1000, WOW_TYPE_HWND) == NULL);
    WOWYield16();
    WOWDirectedYield16(1);
    WOWGetVDMPointerUnfix(Given->Text);
    MUST(GetLastError() == ERROR_INVALID_FUNCTION);
    return 0;
}

EXPORTED DWORD WINAPI RunOutside(const struct given *Given)
{
    return Outside(Given);
}

static DWORD WINAPI OutsideThread(void *Given)
{
    return Outside(Given);
}

/* A second thread of the program's process is no 16-bit program. */
EXPORTED DWORD WINAPI TestThread(const struct given *Given)
{
    HANDLE thread = CreateThread(NULL, 0, OutsideThread, (void *)Given, 0, NULL);
    DWORD code = 1;

    MUST(thread != NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    if (code)
        return code;
    MUST(WOWCallback16(Given->AddOne, 1) == 2);
    return 0;
}

EXPORTED DWORD WINAPI TestErrors(const struct given *Given)
{
    SetLastError(1234);
    WOWCallback16(Given->AddOne, 1);
    MUST(GetLastError() == 1234);
    return 0;
}

/* The program lets DLLs go that were loaded on this side, this one while it is being called. */
EXPORTED DWORD WINAPI TestUnload(const struct given *Given)
{
    HMODULE self = LoadLibraryA("thunk32.dll"), other = LoadLibraryA("thunkgone.dll");

    MUST(self != NULL && other != NULL);
    MUST(GetModuleHandleA("thunkgone.dll") == other);
    MUST(WOWCallback16(Given->Unload, (DWORD)(ULONG_PTR)self) == TRUE);
    MUST(WOWCallback16(Given->Unload, (DWORD)(ULONG_PTR)other) == TRUE);
    MUST(GetModuleHandleA("thunk32.dll") == self);
    MUST(GetModuleHandleA("thunkgone.dll") == NULL);
    MUST(WOWCallback16(Given->Unload, (DWORD)(ULONG_PTR)other) == FALSE);
    return 0;
}

/* ---- exceptions across the border -------------------------------------------------------------
 */

struct frame { /* EXCEPTION_REGISTRATION_RECORD and what is ours */
    struct frame *next;
    int(__cdecl *handler)(EXCEPTION_RECORD *, struct frame *, CONTEXT *, void *);
    jmp_buf back;
    DWORD code;
};

static int __cdecl Take(EXCEPTION_RECORD *Record, struct frame *Frame, CONTEXT *Context,
                        void *Place)
{
    (void)Context;
    (void)Place;
    if (Record->ExceptionFlags & 6) /* unwinding */
        return 1;
    Frame->code = Record->ExceptionCode;
    RtlUnwind(Frame, NULL, Record, NULL);
    longjmp(Frame->back, 1);
}

static volatile DWORD Zero;

/* Called by the program's Fault routine. */
EXPORTED DWORD WINAPI FaultHere(DWORD Kind)
{
    if (Kind == 1)
        return 10 / Zero;
    return *(volatile DWORD *)(ULONG_PTR)Zero;
}

static DWORD Guarded(const struct given *Given, DWORD Kind, DWORD *Code)
{
    struct frame frame = {.handler = Take};
    DWORD result = 0;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(frame.next));
    if (setjmp(frame.back) == 0) {
        __asm__ volatile("movl %0, %%fs:0" : : "r"(&frame) : "memory");
        result = WOWCallback16(Given->Fault, Kind);
    }
    __asm__ volatile("movl %0, %%fs:0" : : "r"(frame.next) : "memory");
    *Code = frame.code;
    return result;
}

/* 32-bit code calls 16-bit code, that calls 32-bit code, that fails: the outer one takes it. */
EXPORTED DWORD WINAPI TestExceptions(const struct given *Given)
{
    DWORD code;

    for (int i = 0; i < 50; i++) {
        Guarded(Given, 1, &code);
        MUST(code == (DWORD)EXCEPTION_INT_DIVIDE_BY_ZERO);
        Guarded(Given, 2, &code);
        MUST(code == (DWORD)EXCEPTION_ACCESS_VIOLATION);
        MUST(WOWCallback16(Given->AddOne, i) == (DWORD)i + 1);
    }
    return 0;
}

/* ---- ends -------------------------------------------------------------------------------------
 */

/* Waits in the ladder's driver, where nobody answers. */
EXPORTED DWORD WINAPI WaitForEver(void)
{
    HANDLE device = CreateFileA(LADDER_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    LADDER_NOTICE notice;
    DWORD bytes;

    if (device == INVALID_HANDLE_VALUE)
        return 0;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "waiting\r\n", 9, &bytes, NULL);
    return DeviceIoControl(device, IOCTL_LADDER_WAIT, NULL, 0, &notice, sizeof notice, &bytes,
                           NULL);
}

EXPORTED DWORD WINAPI CallNowhere(const struct given *Given)
{
    (void)Given;
    return WOWCallback16(0x00000010, 0);
}
