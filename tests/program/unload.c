/* SPDX-License-Identifier: MIT */
/* unload.c - DLLs with static thread-local storage come and go: what they are told, what each
 * thread has of them, and that a thousand of them leave nothing behind.
 */
#include "unload.h"

#include "check.h"

static LONG Events[UNLOAD_EVENTS];

/* The DLLs tell the program. */
__declspec(dllexport) void WINAPI Told(int Event)
{
    Events[Event]++;
}

static int ToldAre(LONG Attached, LONG Detached, LONG Threads)
{
    return Events[UNLOAD_ATTACH] == Attached && Events[UNLOAD_TLS_ATTACH] == Attached &&
           Events[UNLOAD_DETACH] == Detached && Events[UNLOAD_TLS_DETACH] == Detached &&
           Events[UNLOAD_THREAD] == Threads;
}

typedef LONG(WINAPI *ADD)(LONG Number);

static ADD AddOf(HMODULE Library)
{
    return (ADD)(void *)GetProcAddress(Library, "Add");
}

/* A thread that lives through loads and unloads, and adds when it is asked to. */
static struct {
    HANDLE Thread, Ask, Answer;
    ADD volatile Add; /* NULL: it ends */
    volatile LONG Sum;
} Other;

static DWORD WINAPI OtherThread(PVOID Unused)
{
    (void)Unused;
    for (;;) {
        SetEvent(Other.Answer);
        WaitForSingleObject(Other.Ask, INFINITE);
        if (!Other.Add)
            return 0;
        Other.Sum = Other.Add(5);
    }
}

static LONG OtherAdds(ADD Add)
{
    Other.Add = Add;
    SetEvent(Other.Ask);
    WaitForSingleObject(Other.Answer, INFINITE);
    return Other.Sum;
}

static void OtherBegin(void)
{
    Other.Ask = CreateEventA(NULL, FALSE, FALSE, NULL);
    Other.Answer = CreateEventA(NULL, FALSE, FALSE, NULL);
    Other.Thread = CreateThread(NULL, 0, OtherThread, NULL, 0, NULL);
    WaitForSingleObject(Other.Answer, INFINITE);
}

static void OtherEnd(void)
{
    Other.Add = NULL;
    SetEvent(Other.Ask);
    WaitForSingleObject(Other.Thread, INFINITE);
    CloseHandle(Other.Thread);
    CloseHandle(Other.Ask);
    CloseHandle(Other.Answer);
}

static int IsFree(const void *Address)
{
    MEMORY_BASIC_INFORMATION memory;
    return VirtualQuery(Address, &memory, sizeof memory) && memory.State == MEM_FREE;
}

static void CheckOnce(void)
{
    HMODULE library = LoadLibraryA("unload_tls.dll");
    HMODULE base = GetModuleHandleA("unload_base.dll");
    ADD add = AddOf(library);
    Check("loaded, with what it needs", library && base && add && ToldAre(1, 0, 0));
    Check("a thread's own number", add(1) == UNLOAD_FIRST + 1 && add(1) == UNLOAD_FIRST + 2);
    Check("another's", OtherAdds(add) == UNLOAD_FIRST + 5 && add(0) == UNLOAD_FIRST + 2);
    Check("twice loaded", LoadLibraryA("unload_tls.dll") == library && ToldAre(1, 0, 0));
    Check("once freed it is there", FreeLibrary(library) && ToldAre(1, 0, 0) && add(0));
    Check("freed", FreeLibrary(library) && ToldAre(1, 1, 0));
    Check("no module any more", !GetModuleHandleA("unload_tls.dll") && IsFree((void *)library));
    Check("nor what it needed", !GetModuleHandleA("unload_base.dll") && Events[UNLOAD_BASE] == 1 &&
                                    Events[UNLOAD_BASE_GONE] == 1 && IsFree((void *)base));
    CheckFails("which cannot be freed again", FreeLibrary(library), ERROR_MOD_NOT_FOUND);
}

static void CheckAgain(void)
{
    HMODULE library = LoadLibraryA("unload_tls.dll");
    ADD add = AddOf(library);
    Check("loaded again it begins again",
          add(1) == UNLOAD_FIRST + 1 && OtherAdds(add) == UNLOAD_FIRST + 5 && ToldAre(2, 1, 0));
    OtherEnd();
    Check("a thread's end", ToldAre(2, 1, 1));
    FreeLibrary(library);
    OtherBegin();
    Check("nobody is told of what is gone", ToldAre(2, 2, 1));
}

static void CheckRefused(void)
{
    SetEnvironmentVariableA("UNLOAD_REFUSE", "1");
    CheckFails("one that refuses", LoadLibraryA("unload_tls.dll") != NULL, ERROR_DLL_INIT_FAILED);
    SetEnvironmentVariableA("UNLOAD_REFUSE", NULL);
    Check("leaves nothing", !GetModuleHandleA("unload_tls.dll") &&
                                !GetModuleHandleA("unload_base.dll") &&
                                Events[UNLOAD_BASE] == Events[UNLOAD_BASE_GONE]);
    CheckFails("one that lacks a function", LoadLibraryA("unload_lacks.dll") != NULL,
               ERROR_MOD_NOT_FOUND);
    Check("leaves nothing of what it needed", !GetModuleHandleA("unload_base.dll"));
}

static SIZE_T Committed(void)
{
    SYSTEM_INFO info;
    MEMORY_BASIC_INFORMATION memory;
    SIZE_T sum = 0;
    GetSystemInfo(&info);
    for (char *at = info.lpMinimumApplicationAddress; at < (char *)info.lpMaximumApplicationAddress;
         at = (char *)memory.BaseAddress + memory.RegionSize) {
        if (!VirtualQuery(at, &memory, sizeof memory) ||
            (char *)memory.BaseAddress + memory.RegionSize <= at)
            return 0;
        if (memory.State == MEM_COMMIT)
            sum += memory.RegionSize;
    }
    return sum;
}

static int Rounds(int Count)
{
    for (int i = 0; i < Count; i++) {
        HMODULE library = LoadLibraryA("unload_tls.dll");
        ADD add = AddOf(library);
        if (!add || add(i) != UNLOAD_FIRST + i || (i % 50 == 0 && OtherAdds(add) == 0) ||
            !FreeLibrary(library))
            return 0;
    }
    return 1;
}

static void CheckMany(void)
{
    SIZE_T before;
    Check("some", Rounds(50));
    before = Committed();
    Check("how much is in use", before != 0);
    Check("many", Rounds(1000));
    Check("take no more memory than some", Committed() == before);
    if (Committed() != before)
        printf("    (%lu KiB, before %lu)\n", (ULONG)(Committed() / 1024), (ULONG)(before / 1024));
}

int main(void)
{
    OtherBegin();
    CheckOnce();
    CheckAgain();
    CheckRefused();
    CheckMany();
    OtherEnd();
    return Result();
}
