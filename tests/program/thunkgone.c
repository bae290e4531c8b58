/* SPDX-License-Identifier: MIT */
/* thunkgone.c - a small 32-bit DLL without thread-local storage, so that it can be unloaded. */
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE Instance, DWORD Reason, LPVOID Reserved)
{
    (void)Instance;
    (void)Reason;
    (void)Reserved;
    return TRUE;
}

__declspec(dllexport) DWORD WINAPI Answer(DWORD Value)
{
    return Value + 1;
}
