/* SPDX-License-Identifier: MIT */
/* sections.c - file mappings and views: memory, files, copies on write, guards, another program.
 *
 * Without arguments it is the first program and says what it found; with "second" it is the
 * one that opens what the first one made, writes into it and goes.
 */
#include "check.h"

#include <stdint.h>
#include <stdlib.h>

#define NAME "sections of a test"
#define MIB  (1u << 20)

static void CheckMemory(void)
{
    MEMORY_BASIC_INFORMATION information;
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, MIB, NULL);
    Check("a mapping of memory", mapping != NULL && GetLastError() == 0);
    unsigned char *first = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    unsigned char *second = MapViewOfFile(mapping, FILE_MAP_READ, 0, 65536, 8192);
    Check("two views of it",
          first && second && first != second && ((uintptr_t)first & 0xffff) == 0);
    first[65536 + 5] = 42;
    Check("show the same memory", second[5] == 42 && second[4] == 0);
    Check("query: mapped, all of it",
          VirtualQuery(first, &information, sizeof information) && information.Type == MEM_MAPPED &&
              information.State == MEM_COMMIT && information.RegionSize == MIB &&
              information.AllocationBase == first && information.Protect == PAGE_READWRITE);
    Check("query: what was asked for of the second",
          VirtualQuery(second, &information, sizeof information) &&
              information.RegionSize == 8192 && information.Protect == PAGE_READONLY);
    CheckFails("VirtualFree is not for views", VirtualFree(first, 0, MEM_RELEASE),
               ERROR_INVALID_PARAMETER);
    DWORD old;
    CheckFails("what was mapped for reading stays so",
               VirtualProtect(second, 4096, PAGE_READWRITE, &old), ERROR_INVALID_PARAMETER);
    Check("less is allowed", VirtualProtect(first, 4096, PAGE_READONLY, &old) &&
                                 old == PAGE_READWRITE &&
                                 VirtualProtect(first, 4096, PAGE_READWRITE, &old));
    CloseHandle(mapping);
    Check("views live on without the handle", first[65536 + 5] == 42 && (first[0] = 7) == 7);
    Check("unmap", UnmapViewOfFile(first) && UnmapViewOfFile(second));
    CheckFails("not twice", UnmapViewOfFile(first), ERROR_INVALID_ADDRESS);
    Check("query: free again",
          VirtualQuery(first, &information, sizeof information) && information.State == MEM_FREE);
}

static void CheckRefusals(void)
{
    HANDLE mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY, 0, 4096, NULL);
    CheckFails("no writing view of a mapping for reading",
               MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) != NULL, ERROR_ACCESS_DENIED);
    CheckFails("nothing behind the end", MapViewOfFile(mapping, FILE_MAP_READ, 0, 65536, 0) != NULL,
               ERROR_ACCESS_DENIED);
    CheckFails("offsets are multiples of 64 KiB",
               MapViewOfFile(mapping, FILE_MAP_READ, 0, 4096, 0) != NULL, ERROR_MAPPED_ALIGNMENT);
    CloseHandle(mapping);
    CheckFails("a size is needed",
               CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL,
               ERROR_INVALID_PARAMETER);
    CheckFails("no such name", OpenFileMappingA(FILE_MAP_READ, FALSE, "no such") != NULL,
               ERROR_FILE_NOT_FOUND);
    CheckFails("a pipe is no file",
               CreateFileMappingA(GetStdHandle(STD_OUTPUT_HANDLE), NULL, PAGE_READONLY, 0, 4096,
                                  NULL) != NULL,
               ERROR_ACCESS_DENIED);
}

static void CheckFile(void)
{
    static const char text[] = "the first words of a file";
    char read[64] = "";
    DWORD done;
    HANDLE file =
        CreateFileA("mapped.bin", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    Check("a new file", file != INVALID_HANDLE_VALUE);
    CheckFails("an empty file cannot be mapped",
               CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL) != NULL,
               ERROR_FILE_INVALID);
    HANDLE mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 100000, NULL);
    Check("but made longer", mapping != NULL && GetFileSize(file, NULL) == 100000);
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    Check("a view of it", view != NULL);
    memcpy(view, text, sizeof text);
    Check("what is written to the view is read from the file",
          SetFilePointer(file, 0, NULL, FILE_BEGIN) == 0 &&
              ReadFile(file, read, sizeof text, &done, NULL) && done == sizeof text &&
              !strcmp(read, text));
    Check("and the other way round", SetFilePointer(file, 4, NULL, FILE_BEGIN) == 4 &&
                                         WriteFile(file, "FIRST", 5, &done, NULL) &&
                                         !memcmp(view, "the FIRST words", 15));
    Check("flush", FlushViewOfFile(view, 0));
    SetFilePointer(file, 10, NULL, FILE_BEGIN);
    CheckFails("a mapped file is not cut off", SetEndOfFile(file), ERROR_USER_MAPPED_FILE);
    char *copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
    Check("a view to be copied", copy && !memcmp(copy, "the FIRST words", 15));
    copy[0] = 'T';
    copy[5000] = 'x';
    Check("its writes are its own", copy[0] == 'T' && view[0] == 't' && view[5000] == 0);
    view[9000] = 'y';
    Check("pages that were not copied are shared", copy[9000] == 'y');
    Check("unmap the copy", UnmapViewOfFile(copy) && view[0] == 't');
    CloseHandle(mapping);
    UnmapViewOfFile(view);
    Check("now it can be cut off", SetEndOfFile(file) && GetFileSize(file, NULL) == 10);
    CloseHandle(file);
    file = CreateFileA("mapped.bin", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    CheckFails("no writing through a file for reading",
               CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL,
               ERROR_ACCESS_DENIED);
    mapping = CreateFileMappingA(file, NULL, PAGE_WRITECOPY, 0, 0, NULL);
    copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
    Check("copies of it, though", copy && (copy[0] = 'Q') == 'Q' && copy[1] == 'h');
    UnmapViewOfFile(copy);
    CloseHandle(mapping);
    CloseHandle(file);
    DeleteFileA("mapped.bin");
}

static void CheckReserved(void)
{
    MEMORY_BASIC_INFORMATION information;
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                        16 * MIB, NULL);
    char *first = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char *second = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    Check("a reserved mapping", first && second &&
                                    VirtualQuery(first, &information, sizeof information) &&
                                    information.State == MEM_RESERVE);
    Check("commit two pages",
          VirtualAlloc(first + 65536, 8192, MEM_COMMIT, PAGE_READWRITE) == first + 65536);
    first[65536 + 8191] = 3;
    Check("they are there in both views", second[65536 + 8191] == 3);
    Check("and only they", VirtualQuery(second + 65536, &information, sizeof information) &&
                               information.State == MEM_COMMIT && information.RegionSize == 8192);
    UnmapViewOfFile(first);
    UnmapViewOfFile(second);
    CloseHandle(mapping);
}

static volatile LONG Guards;

static LONG CALLBACK OnGuard(EXCEPTION_POINTERS *Pointers)
{
    if (Pointers->ExceptionRecord->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    Guards++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void CheckGuard(void)
{
    DWORD old = 0;
    PVOID handler = AddVectoredExceptionHandler(1, OnGuard);
    char *memory = VirtualAlloc(NULL, 8192, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    Check("a guard", handler && VirtualProtect(memory, 4096, PAGE_READWRITE | PAGE_GUARD, &old));
    *(volatile char *)memory = 1;
    *(volatile char *)memory = 2;
    Check("is met once", Guards == 1 && memory[0] == 2);
    RemoveVectoredExceptionHandler(handler);
    VirtualFree(memory, 0, MEM_RELEASE);
}

static void CheckOwnProcess(void)
{
    HANDLE self = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId());
    char *memory = VirtualAllocEx(self, NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    char text[6] = "";
    SIZE_T done = 0;
    Check("memory through a handle of one's own", memory != NULL);
    Check("written", WriteProcessMemory(self, memory, "words", 6, &done) && done == 6);
    Check("and read", ReadProcessMemory(self, memory, text, 6, &done) && !strcmp(text, "words"));
    CheckFails("not what is not there", ReadProcessMemory(self, (char *)0x1000, text, 6, &done),
               ERROR_PARTIAL_COPY);
    Check("lock and unlock", VirtualLock(memory, 4096) && VirtualUnlock(memory, 4096));
    VirtualFreeEx(self, memory, 0, MEM_RELEASE);
    CloseHandle(self);
}

static void CheckMany(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, MIB, NULL);
    int right = 0;
    char *before = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    UnmapViewOfFile(before);
    for (int i = 0; i < 2000; i++) {
        char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
        right += view == before && (i == 0 || view[1] == (char)(i - 1));
        view[1] = (char)i;
        UnmapViewOfFile(view);
    }
    Check("two thousand views, one after the other, at one place", right == 2000);
    CloseHandle(mapping);
}

static int Second(void)
{
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, NAME);
    volatile LONG *shared = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    Check("the first program's mapping", mapping && shared && shared[0] == 1234);
    if (shared)
        shared[1] = shared[0] + 1;
    HANDLE first = shared ? OpenProcess(PROCESS_ALL_ACCESS, FALSE, (DWORD)shared[2]) : NULL;
    LONG number = 0;
    Check("the first program's memory",
          first &&
              ReadProcessMemory(first, (void *)(uintptr_t)(*(volatile ULONG64 *)&shared[4]),
                                &number, sizeof number, NULL) &&
              number == 77);
    number = 78;
    Check("is written to",
          first && WriteProcessMemory(first, (void *)(uintptr_t)(*(volatile ULONG64 *)&shared[4]),
                                      &number, sizeof number, NULL));
    MEMORY_BASIC_INFORMATION information;
    Check("is asked about",
          first &&
              VirtualQueryEx(first, (void *)(uintptr_t)(*(volatile ULONG64 *)&shared[4]),
                             &information, sizeof information) &&
              information.State == MEM_COMMIT);
    HANDLE event = OpenEventA(EVENT_MODIFY_STATE, FALSE, NAME " seen");
    Check("tells it", event && SetEvent(event));
    return Result(); /* view and handles go with the process */
}

/* With "first": waits for the second program, which the test starts. */
static int First(void)
{
    static volatile LONG number = 77;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NAME " seen");
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, MIB, NAME);
    Check("a mapping with a name", mapping && GetLastError() == 0);
    HANDLE again = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NAME);
    Check("is there once", again && GetLastError() == ERROR_ALREADY_EXISTS);
    CloseHandle(again);
    volatile LONG *shared = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    shared[0] = 1234;
    shared[2] = (LONG)GetCurrentProcessId();
    *(volatile ULONG64 *)&shared[4] = (ULONG64)(uintptr_t)&number;
    printf("ready\n");
    fflush(stdout);
    Check("another program comes", WaitForSingleObject(event, 60000) == WAIT_OBJECT_0);
    Check("it wrote into the mapping", shared[1] == 1235);
    Check("and into this program", number == 78);
    CloseHandle(mapping);
    return Result();
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return strcmp(argv[1], "second") ? First() : Second();
    CheckMemory();
    CheckRefusals();
    CheckFile();
    CheckReserved();
    CheckGuard();
    CheckOwnProcess();
    CheckMany();
    return Result();
}
