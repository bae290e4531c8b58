/* SPDX-License-Identifier: MIT */
/* pointers.c - system services that are given pointers to nothing, to memory that may not be
 * written, or to what ends in the middle: each fails, none raises, and nothing is left open. */
#include "check.h"

#include <winternl.h>

#define BAD_STATUS ((NTSTATUS)0xC0000005)

NTSTATUS NTAPI NtCreateEvent(HANDLE *Handle, ACCESS_MASK Access, OBJECT_ATTRIBUTES *Attributes,
                             ULONG Type, BOOLEAN State);
NTSTATUS NTAPI NtQueryDirectoryObject(HANDLE Directory, PVOID Buffer, ULONG Length, BOOLEAN Single,
                                      BOOLEAN Restart, PULONG Context, PULONG Returned);
NTSTATUS NTAPI NtOpenDirectoryObject(HANDLE *Handle, ACCESS_MASK Access,
                                     OBJECT_ATTRIBUTES *Attributes);
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE Process, PVOID *Base, ULONG_PTR Zero, SIZE_T *Size,
                                       ULONG Type, ULONG Protect);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE Process, PVOID Address, ULONG Class, PVOID Information,
                                    SIZE_T Length, SIZE_T *Returned);
NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE Port, PVOID *Key, PVOID *Context, IO_STATUS_BLOCK *Block,
                                    LARGE_INTEGER *Timeout);
NTSTATUS NTAPI NtCreateKey(HANDLE *Handle, ACCESS_MASK Access, OBJECT_ATTRIBUTES *Attributes,
                           ULONG Title, UNICODE_STRING *Class, ULONG Options, ULONG *Disposition);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG Count, HANDLE *Handles, ULONG Type, BOOLEAN Alertable,
                                        LARGE_INTEGER *Timeout);

static char *Hole;  /* a page that is not there, behind one that is */
static char *Fixed; /* a page that may only be read */

static int RaisesNothing(NTSTATUS Status)
{
    return Status == BAD_STATUS;
}

static void Places(void)
{
    DWORD before;
    char *pages = VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(pages, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    Hole = pages + 0x1000;
    Fixed = VirtualAlloc(NULL, 0x1000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    VirtualProtect(Fixed, 0x1000, PAGE_READONLY, &before);
}

static DWORD Handles(void)
{
    static char buffer[0x40000];
    char *at = buffer;
    if (NtQuerySystemInformation(SystemProcessInformation, buffer, sizeof buffer, NULL) < 0)
        return 0;
    for (;;) {
        SYSTEM_PROCESS_INFORMATION *process = (SYSTEM_PROCESS_INFORMATION *)at;
        if ((DWORD)(ULONG_PTR)process->UniqueProcessId == GetCurrentProcessId())
            return process->HandleCount;
        if (!process->NextEntryOffset)
            return 0;
        at += process->NextEntryOffset;
    }
}

static void CheckNames(void)
{
    UNICODE_STRING name = {8, 8, (WCHAR *)(Hole - 4)};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};
    HANDLE handle = NULL;
    IO_STATUS_BLOCK block;
    Check("attributes that are not there",
          RaisesNothing(NtOpenFile(&handle, GENERIC_READ, (void *)Hole, &block, 0, 0)));
    Check("that end in the middle",
          RaisesNothing(NtOpenFile(&handle, GENERIC_READ, (void *)(Hole - 8), &block, 0, 0)));
    Check("a name whose characters end",
          RaisesNothing(NtOpenFile(&handle, GENERIC_READ, &attributes, &block, 0, 0)));
    attributes.ObjectName = (void *)Hole;
    Check("a name that is not there",
          RaisesNothing(NtOpenFile(&handle, GENERIC_READ, &attributes, &block, 0, 0)));
    Check("of an event, too",
          RaisesNothing(NtCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, 0, FALSE)));
}

static void CheckAnswers(void)
{
    PVOID base = NULL;
    SIZE_T size = 0x1000;
    DWORD before = Handles();
    for (int i = 0; i < 20; i++) {
        if (!RaisesNothing(NtCreateEvent((HANDLE *)Hole, EVENT_ALL_ACCESS, NULL, 0, FALSE)) ||
            !RaisesNothing(NtCreateEvent((HANDLE *)Fixed, EVENT_ALL_ACCESS, NULL, 0, FALSE)))
            Check("a handle that goes nowhere", 0);
    }
    Check("handles that go nowhere are not made", Handles() == before);
    Check("memory that would be told nowhere",
          RaisesNothing(NtAllocateVirtualMemory(GetCurrentProcess(), (PVOID *)Hole, 0, &size,
                                                MEM_COMMIT, PAGE_READWRITE)));
    Check("nor its size",
          RaisesNothing(NtAllocateVirtualMemory(GetCurrentProcess(), &base, 0, (SIZE_T *)Fixed,
                                                MEM_COMMIT, PAGE_READWRITE)));
    Check("what memory there is",
          RaisesNothing(NtQueryVirtualMemory(GetCurrentProcess(), Hole, 0, Hole,
                                             sizeof(MEMORY_BASIC_INFORMATION), NULL)));
    Check("handles to wait for",
          RaisesNothing(NtWaitForMultipleObjects(2, (HANDLE *)Hole, 1, FALSE, NULL)));
}

static void CheckQueries(void)
{
    char buffer[512];
    IO_STATUS_BLOCK block;
    HANDLE file = CreateFileA("pointers.txt", GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL,
                              CREATE_ALWAYS, 0, NULL);
    PROCESS_BASIC_INFORMATION basic;
    Check("of the process",
          RaisesNothing(NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation,
                                                  Hole, sizeof basic, NULL)));
    Check("with a length",
          RaisesNothing(NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation,
                                                  &basic, sizeof basic, (ULONG *)Fixed)));
    Check("of the system",
          RaisesNothing(NtQuerySystemInformation(SystemProcessInformation, Fixed, 0x1000, NULL)));
    Check("of an object's name", RaisesNothing(NtQueryObject(file, 1, Hole, 512, NULL)));
    Check("that ends in the middle", RaisesNothing(NtQueryObject(file, 1, Hole - 8, 512, NULL)));
    Check("of a file", RaisesNothing(NtSetInformationFile(file, &block, Hole, 16, 20)));
    Check("a new name", RaisesNothing(NtSetInformationFile(file, &block, Hole - 24, 64, 10)));
    Check("a port", RaisesNothing(NtSetInformationFile(file, &block, Hole, 2 * sizeof(PVOID), 30)));
    memset(buffer, 0, sizeof buffer);
    Check("the status itself",
          RaisesNothing(NtSetInformationFile(file, (IO_STATUS_BLOCK *)Fixed, buffer, 16, 20)));
    CloseHandle(file);
    DeleteFileA("pointers.txt");
}

static void CheckDirectory(void)
{
    WCHAR text[] = L"\\";
    UNICODE_STRING name = {2, 2, text};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};
    HANDLE directory = NULL;
    ULONG context = 0;
    char buffer[1024];
    Check("the root of the names", NtOpenDirectoryObject(&directory, 3, &attributes) >= 0);
    Check("its entries nowhere",
          RaisesNothing(NtQueryDirectoryObject(directory, Hole, 1024, TRUE, TRUE, &context, NULL)));
    Check("its context nowhere",
          RaisesNothing(NtQueryDirectoryObject(directory, buffer, sizeof buffer, TRUE, FALSE,
                                               (ULONG *)Hole, NULL)));
    CloseHandle(directory);
}

/* Where the system lies: of a 32-bit program its host, and a place there that can be written. */
static void *Foreign(void)
{
#ifdef _WIN64
    return (void *)0xfffff78000000000;
#else
    void *at;
    __asm__("movl %%gs:0, %0" : "=r"(at));
    return at;
#endif
}

static void CheckForeign(void)
{
    HANDLE *foreign = Foreign(), handle = NULL, port = NULL;
    IO_STATUS_BLOCK block;
    SIZE_T size = 0x1000;
    PVOID key;
    UNICODE_STRING name = {8, 8, (WCHAR *)foreign};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};

    Check("a place behind the program's", (ULONG_PTR)foreign >= 0x80000000u);
    Check("a handle there",
          RaisesNothing(NtCreateEvent(foreign, EVENT_ALL_ACCESS, NULL, 0, FALSE)));
    Check("a status there", RaisesNothing(NtOpenFile(&handle, GENERIC_READ, &attributes,
                                                     (IO_STATUS_BLOCK *)foreign, 0, 0)));
    Check("characters there",
          RaisesNothing(NtCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, 0, FALSE)));
    attributes.ObjectName = (UNICODE_STRING *)foreign;
    Check("a name there",
          RaisesNothing(NtCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, 0, FALSE)));
    Check("attributes there", RaisesNothing(NtCreateEvent(&handle, EVENT_ALL_ACCESS,
                                                          (OBJECT_ATTRIBUTES *)foreign, 0, FALSE)));
    Check("handles there", RaisesNothing(NtWaitForMultipleObjects(2, foreign, 1, FALSE, NULL)));
    Check("an address there",
          RaisesNothing(NtAllocateVirtualMemory(GetCurrentProcess(), (PVOID *)foreign, 0, &size,
                                                MEM_COMMIT, PAGE_READWRITE)));
    Check("an answer there",
          RaisesNothing(NtQueryVirtualMemory(GetCurrentProcess(), Hole, 0, foreign,
                                             sizeof(MEMORY_BASIC_INFORMATION), NULL)));
    Check("an answer that goes on there",
          RaisesNothing(NtQueryObject(GetCurrentProcess(), 1, Hole - 8,
                                      (ULONG)((ULONG_PTR)foreign - (ULONG_PTR)Hole), NULL)));
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    PostQueuedCompletionStatus(port, 1, 2, NULL);
    Check("what a port has",
          RaisesNothing(NtRemoveIoCompletion(port, &key, (PVOID *)foreign, &block, NULL)));
    CloseHandle(port);
}

static void CheckKeys(void)
{
    static WCHAR path[] = L"\\Registry\\Machine\\Software\\Pointers";
    UNICODE_STRING name = {sizeof path - 2, sizeof path, path};
    OBJECT_ATTRIBUTES attributes = {
        .Length = sizeof attributes, .Attributes = OBJ_CASE_INSENSITIVE, .ObjectName = &name};
    HANDLE key = NULL;

    for (int i = 0; i < 20; i++) {
        Check("a class that is not there",
              RaisesNothing(NtCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0,
                                        (UNICODE_STRING *)Hole, 0, NULL)));
        RegDeleteKeyA(HKEY_LOCAL_MACHINE, "Software\\Pointers");
    }
}

int main(void)
{
    DWORD before;
    Places();
    before = Handles();
    Check("how many handles there are", before != 0);
    CheckNames();
    CheckAnswers();
    CheckQueries();
    CheckDirectory();
    CheckForeign();
    CheckKeys();
    Check("nothing stays open", Handles() == before);
    return Result();
}
