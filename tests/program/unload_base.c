/* SPDX-License-Identifier: MIT */
/* unload_base.c - what another DLL needs: several functions of it. */
#include "unload.h"

__declspec(dllexport) int Base(int Number)
{
    return Number;
}

__declspec(dllexport) int BaseToo(int Number)
{
    return Number + 1;
}

BOOL WINAPI DllMain(HINSTANCE Module, DWORD Reason, PVOID Reserved)
{
    (void)Module;
    (void)Reserved;
    if (Reason == DLL_PROCESS_ATTACH)
        Tell(UNLOAD_BASE);
    else if (Reason == DLL_PROCESS_DETACH)
        Tell(UNLOAD_BASE_GONE);
    return TRUE;
}
