/* SPDX-License-Identifier: MIT */
/* laddertest.c - the ladder without its lowest rung: a 32-bit program calls the DLL. */
#include <stdio.h>
#include <string.h>

#include <windows.h>

typedef DWORD(WINAPI *OPEN)(void);
typedef DWORD (*CLOSE)(void);
typedef DWORD(WINAPI *CLIMB)(LPCSTR Text, DWORD Length, DWORD Callback);

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

int main(void)
{
    static const char text[] = "all the way up";
    HMODULE library = LoadLibraryA("ladder32.dll");
    DWORD sum = 0;
    OPEN open;
    CLOSE close;
    CLIMB climb;
    size_t i;

    Check("the DLL is loaded", library != NULL);
    if (!library)
        return 1;
    open = (OPEN)GetProcAddress(library, "LadderOpen");
    close = (CLOSE)GetProcAddress(library, "LadderClose");
    climb = (CLIMB)GetProcAddress(library, "LadderClimb");
    Check("its functions are found", open && close && climb);
    if (!open || !close || !climb)
        return 1;
    Check("the device opens", open() != 0);
    for (i = 0; i < sizeof text - 1; i++)
        sum += (unsigned char)text[i];
    Check("the driver adds up, and saw a 32-bit caller",
          climb(text, sizeof text - 1, 0) == (sum | 0x10000));
    Check("an address that is not there is refused",
          climb((LPCSTR)0x1000, 4, 0) == 0 && GetLastError() == ERROR_NOACCESS);
    Check("a length of nothing is refused",
          climb(text, 0, 0) == 0 && GetLastError() == ERROR_INVALID_PARAMETER);
    Check("it goes on after both", climb(text, 1, 0) == ((unsigned char)text[0] | 0x10000u));
    Check("the device is closed", close() == 1 && close() == 0);
    Check("the DLL goes", FreeLibrary(library));
    return Failures != 0;
}
