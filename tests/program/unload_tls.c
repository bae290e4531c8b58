/* SPDX-License-Identifier: MIT */
/* unload_tls.c - a DLL with thread-local storage that needs another one. UNLOAD_REFUSE in the
 * environment: it refuses to be loaded. */
#include "unload.h"

int Base(int Number);

/* What each thread has a copy of. gcc would use a table of its own for __thread: this is what
 * other compilers do with __declspec(thread). */
extern ULONG _tls_index;
extern char _tls_start[];
__attribute__((section(".tls$M"))) struct {
    LONG Number;
    char Room[3000]; /* so that a block that is lost is seen */
} Template = {UNLOAD_FIRST, {0}};

static LONG *NumberOfThread(void)
{
#ifdef _WIN64
    char **blocks = (char **)__readgsqword(0x58);
#else
    char **blocks = (char **)__readfsdword(0x2c);
#endif
    return (LONG *)(blocks[_tls_index] + ((char *)&Template.Number - _tls_start));
}

static void NTAPI TlsTold(PVOID Module, DWORD Reason, PVOID Reserved)
{
    (void)Module;
    (void)Reserved;
    if (Reason == DLL_PROCESS_ATTACH)
        Tell(UNLOAD_TLS_ATTACH);
    else if (Reason == DLL_PROCESS_DETACH)
        Tell(UNLOAD_TLS_DETACH);
}

/* Between the compiler's own .CRT$XLA and .CRT$XLZ. */
__attribute__((section(".CRT$XLY"), used)) static PIMAGE_TLS_CALLBACK Callback = TlsTold;

__declspec(dllexport) LONG WINAPI Add(LONG More)
{
    LONG *number = NumberOfThread();
    *number = Base(*number) + More;
    return *number;
}

BOOL WINAPI DllMain(HINSTANCE Module, DWORD Reason, PVOID Reserved)
{
    (void)Module;
    (void)Reserved;
    if (Reason == DLL_PROCESS_ATTACH && GetEnvironmentVariableA("UNLOAD_REFUSE", NULL, 0))
        return FALSE;
    if (Reason == DLL_PROCESS_ATTACH)
        Tell(UNLOAD_ATTACH);
    else if (Reason == DLL_PROCESS_DETACH)
        Tell(UNLOAD_DETACH);
    else if (Reason == DLL_THREAD_DETACH)
        Tell(UNLOAD_THREAD);
    return TRUE;
}
