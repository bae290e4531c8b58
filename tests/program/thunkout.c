/* SPDX-License-Identifier: MIT */
/* thunkout.c - a 32-bit program that is no 16-bit one asks wow32.dll: it is refused. */
#include <stdio.h>

#include <windows.h>

typedef DWORD(WINAPI *ROUTINE)(const void *Given);

int main(void)
{
    static const DWORD given[16] = {0x10070000, 0x10070000, 0x10070000, 0x10070000};
    HMODULE library = LoadLibraryA("thunk32.dll");
    ROUTINE routine = library ? (ROUTINE)GetProcAddress(library, "RunOutside") : NULL;
    DWORD line = routine ? routine(given) : 1;

    if (line)
        printf("FAILED: thunk32.c:%lu\n", line);
    else
        printf("all checks passed\n");
    return line != 0;
}
