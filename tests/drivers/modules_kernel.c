/* SPDX-License-Identifier: MIT */
/* modules_kernel.c - ntoskrnl.exe and hal.dll as drivers find and read them in memory. */
#include "drivertest.h"

#include <ntimage.h>

/* What debuggers call KLDR_DATA_TABLE_ENTRY; the kit has no header for it. */
typedef struct _ENTRY {
    LIST_ENTRY Links;
    PVOID Unused[4];
    PUCHAR DllBase;
    PVOID EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName, BaseDllName;
} ENTRY;

/* An answer to SystemModuleInformation (11). */
typedef struct _MODULE {
    PVOID Section, MappedBase;
    PUCHAR ImageBase;
    ULONG ImageSize, Flags;
    USHORT LoadOrder, InitOrder, LoadCount, NameOffset;
    CHAR FullPath[256];
} MODULE;

NTSYSAPI PVOID NTAPI RtlPcToFileHeader(PVOID pc, PVOID *base);
NTSYSAPI PVOID NTAPI RtlImageNtHeader(PVOID base);
NTSYSAPI PVOID NTAPI RtlImageDirectoryEntryToData(PVOID base, BOOLEAN is_mapped, USHORT directory,
                                                  PULONG size);
NTSYSAPI PVOID NTAPI RtlFindExportedRoutineByName(PVOID base, PCSTR name);
NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(ULONG class, PVOID buffer, ULONG length,
                                                 PULONG returned);
extern NTKERNELAPI LIST_ENTRY PsLoadedModuleList;

static const ENTRY *entry_at(ULONG index)
{
    PLIST_ENTRY at = PsLoadedModuleList.Flink;
    while (index--)
        at = at->Flink;
    return CONTAINING_RECORD(at, ENTRY, Links);
}

/* As drivers do that look exports up themselves. */
static PVOID find(PUCHAR base, PCSTR name)
{
    ULONG size = 0;
    const IMAGE_EXPORT_DIRECTORY *directory =
        RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_EXPORT, &size);
    if (!directory || size < sizeof *directory)
        return NULL;
    const ULONG *functions = (PULONG)(base + directory->AddressOfFunctions);
    const ULONG *names = (PULONG)(base + directory->AddressOfNames);
    const USHORT *ordinals = (PUSHORT)(base + directory->AddressOfNameOrdinals);
    for (ULONG i = 0; i < directory->NumberOfNames; i++)
        if (strcmp((PCSTR)base + names[i], name) == 0)
            return base + functions[ordinals[i]];
    return NULL;
}

static PVOID routine(PCWSTR name)
{
    UNICODE_STRING string;
    RtlInitUnicodeString(&string, name);
    return MmGetSystemRoutineAddress(&string);
}

static void list(void)
{
    UNICODE_STRING kernel = RTL_CONSTANT_STRING(L"ntoskrnl.exe");
    UNICODE_STRING hal = RTL_CONSTANT_STRING(L"hal.dll");
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\SystemRoot\\System32\\ntoskrnl.exe");
    const ENTRY *entry = entry_at(0);
    expect(RtlEqualUnicodeString(&entry->BaseDllName, &kernel, TRUE));
    expect(RtlEqualUnicodeString(&entry->FullDllName, &path, TRUE));
    expect(RtlEqualUnicodeString(&entry_at(1)->BaseDllName, &hal, TRUE));
    const IMAGE_NT_HEADERS64 *headers = RtlImageNtHeader(entry->DllBase);
    expect(headers != NULL);
    if (!headers)
        return;
    expect_number(headers->OptionalHeader.SizeOfImage, entry->SizeOfImage);
    expect(headers->OptionalHeader.ImageBase == (ULONG_PTR)entry->DllBase);
    expect_number(headers->FileHeader.Machine, IMAGE_FILE_MACHINE_AMD64);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
    ULONG code = 0, end = 0;
    for (USHORT i = 0; i < headers->FileHeader.NumberOfSections; i++) {
        expect(section[i].VirtualAddress >= end);
        end = section[i].VirtualAddress + section[i].Misc.VirtualSize;
        code += section[i].Characteristics & IMAGE_SCN_MEM_EXECUTE ? 1 : 0;
    }
    expect(end <= entry->SizeOfImage && code == 1);
}

static void exports(void)
{
    PUCHAR base = entry_at(0)->DllBase;
    LONG(NTAPI * set)(PRKEVENT, KPRIORITY, BOOLEAN) = find(base, "KeSetEvent");
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    expect(set != NULL && (PVOID)set == routine(L"KeSetEvent"));
    if (set)
        set(&event, 0, FALSE);
    expect(KeReadStateEvent(&event) != 0);
    expect(find(base, "PsLoadedModuleList") == &PsLoadedModuleList);
    expect(find(base, "MmHighestUserAddress") == &MmHighestUserAddress);
    expect(!find(base, "ExCompositionObjectType") && !find(base, "NobodyExportsThis"));
    expect(find(entry_at(1)->DllBase, "KeQueryPerformanceCounter") ==
           routine(L"KeQueryPerformanceCounter"));
    expect(RtlFindExportedRoutineByName(base, "IoCreateDevice") == find(base, "IoCreateDevice"));
}

/* Every name is there by MmGetSystemRoutineAddress as well, and in order. */
static void all_exports(void)
{
    PUCHAR base = entry_at(0)->DllBase;
    ULONG size = 0, wrong = 0;
    WCHAR wide[128];
    const IMAGE_EXPORT_DIRECTORY *directory =
        RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_EXPORT, &size);
    const ULONG *functions = (PULONG)(base + directory->AddressOfFunctions);
    const ULONG *names = (PULONG)(base + directory->AddressOfNames);
    expect(directory->NumberOfNames > 900);
    expect(strcmp((PCSTR)base + directory->Name, "ntoskrnl.exe") == 0);
    for (ULONG i = 0; i < directory->NumberOfNames; i++) {
        PCSTR name = (PCSTR)base + names[i];
        ULONG length = 0;
        for (; name[length] && length < RTL_NUMBER_OF(wide) - 1; length++)
            wide[length] = name[length];
        wide[length] = 0;
        wrong += routine(wide) != base + functions[i];
        wrong += functions[i] >= entry_at(0)->SizeOfImage;
        wrong += i && strcmp((PCSTR)base + names[i - 1], name) >= 0;
    }
    expect_number(wrong, 0);
}

static void addresses(void)
{
    PUCHAR base = entry_at(0)->DllBase, at = routine(L"IoCreateDevice");
    PVOID found = NULL;
    expect(RtlPcToFileHeader(at, &found) == base && found == base);
    /* The other way to the base: page by page downwards to the first that begins an image. */
    at = (PUCHAR)((ULONG_PTR)at & ~(ULONG_PTR)(PAGE_SIZE - 1));
    while (*(PUSHORT)at != IMAGE_DOS_SIGNATURE)
        at -= PAGE_SIZE;
    expect(at == base);
}

static void queried(void)
{
    ULONG size = 0;
    expect_status(ZwQuerySystemInformation(11, NULL, 0, &size), STATUS_INFO_LENGTH_MISMATCH);
    ULONG *answer = ExAllocatePool2(POOL_FLAG_PAGED, size + sizeof(MODULE), 'tseT');
    if (!answer)
        return;
    expect_status(ZwQuerySystemInformation(11, answer, size + sizeof(MODULE), &size),
                  STATUS_SUCCESS);
    const MODULE *modules = (const MODULE *)(answer + 2);
    expect(answer[0] >= 3);
    expect(modules[0].ImageBase == entry_at(0)->DllBase);
    expect_number(modules[0].ImageSize, entry_at(0)->SizeOfImage);
    expect(strcmp(modules[0].FullPath + modules[0].NameOffset, "ntoskrnl.exe") == 0);
    expect(find(modules[0].ImageBase, "ZwQuerySystemInformation") != NULL);
    ExFreePoolWithTag(answer, 'tseT');
}

DRIVERTEST_LIST = {DRIVERTEST(list),      DRIVERTEST(exports), DRIVERTEST(all_exports),
                   DRIVERTEST(addresses), DRIVERTEST(queried), DRIVERTEST_END};
