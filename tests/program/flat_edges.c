/* SPDX-License-Identifier: MIT */
/* flat_edges.c - the edges of flat thunks: threads, many pointers, libraries that go, faults.
 *
 *   flat_edges          prints a line for each; needs down32.dll and down16.dll beside it
 *   flat_edges fault    hands 16-bit code a pointer that it must not use
 */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

typedef DWORD(WINAPI *TEXT_SUM)(const char *, int, DWORD);

static TEXT_SUM TextSum;
static HMODULE Library;

static void LibraryLoad(void)
{
    Library = LoadLibraryA("down32.dll");
    if (!Library)
        exit(3);
    TextSum = (TEXT_SUM)(void *)GetProcAddress(Library, "TextSum");
}

static DWORD WINAPI OtherThread(void *Unused)
{
    (void)Unused;
    SetLastError(0);
    DWORD sum = TextSum("ab", 2, 1);
    printf("other thread %lu error %lu\n", sum, GetLastError());
    return 0;
}

/* More pages than there are selectors kept. */
static int PagesSum(int Count)
{
    int good = 0;
    char *pages =
        VirtualAlloc(NULL, (SIZE_T)Count * 0x1000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    for (int i = 0; pages && i < Count; i++) {
        char *at = pages + (SIZE_T)i * 0x1000 + 0xffe;
        at[0] = (char)(i % 100);
        at[1] = 1;
        good += TextSum(at, 2, 0) == (DWORD)(i % 100 + 1);
    }
    return good;
}

int main(int argc, char **argv)
{
    static char large[0xe000];
    (void)argv;
    LibraryLoad();
    if (argc > 1) {
        printf("before\n");
        fflush(stdout);
        printf("sum %lu\n", TextSum(NULL, 4, 1));
        return 0;
    }
    HANDLE thread = CreateThread(NULL, 0, OtherThread, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    for (unsigned i = 0; i < sizeof large; i++)
        large[i] = 1;
    printf("large %lu\n", TextSum(large, 0x7fff, 0));
    printf("pages %d\n", PagesSum(3000));
    FreeLibrary(Library);
    LibraryLoad();
    printf("once more %lu\n", TextSum("ab", 2, 1));
    return 0;
}
