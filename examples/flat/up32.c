/* SPDX-License-Identifier: MIT */
/* up32.c - 32-bit functions that 16-bit programs call (up.thk). */
#include <windows.h>

BOOL WINAPI up_ThunkConnect32(LPSTR, LPSTR, HINSTANCE, DWORD);

DWORD WINAPI TextLength(LPCSTR text)
{
    return (DWORD)lstrlenA(text);
}

void WINAPI PointMirror(POINT *point)
{
    point->x = -point->x;
    point->y = -point->y;
}

int WINAPI Difference(int a, int b)
{
    return a - b;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)reserved;
    return up_ThunkConnect32("UP16.DLL", "UP32.DLL", instance, reason);
}
