/* SPDX-License-Identifier: MIT */
/* modules.c - the list of loaded modules, as drivers walk it from their DriverSection. */
#include "drivertest.h"

/* What debuggers call KLDR_DATA_TABLE_ENTRY; the kit has no header for it. */
typedef struct _ENTRY {
    LIST_ENTRY Links;
    PVOID ExceptionTable;
    ULONG ExceptionTableSize;
    PVOID GpValue, NonPagedDebugInfo, DllBase, EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName, BaseDllName;
    ULONG Flags;
    USHORT LoadCount;
} ENTRY;

NTSYSAPI PVOID NTAPI RtlPcToFileHeader(PVOID pc, PVOID *base);
NTSYSAPI PVOID NTAPI RtlImageNtHeader(PVOID base);
NTSYSAPI PVOID NTAPI RtlImageDirectoryEntryToData(PVOID base, BOOLEAN is_mapped, USHORT directory,
                                                  PULONG size);
NTSYSAPI PVOID NTAPI RtlFindExportedRoutineByName(PVOID base, PCSTR name);
NTSYSAPI ULONG NTAPI RtlWalkFrameChain(PVOID *callers, ULONG count, ULONG flags);
NTSYSAPI VOID NTAPI RtlRaiseStatus(NTSTATUS status);
extern NTKERNELAPI LIST_ENTRY PsLoadedModuleList;
extern NTKERNELAPI ERESOURCE PsLoadedModuleResource;

static void own(void)
{
    PDRIVER_OBJECT driver = drivertest_driver;
    const ENTRY *entry = driver->DriverSection;
    PVOID base = NULL;
    UNICODE_STRING end = RTL_CONSTANT_STRING(L".SYS");
    expect(entry->DllBase == driver->DriverStart);
    expect(entry->SizeOfImage == driver->DriverSize);
    expect(entry->EntryPoint == (PVOID)driver->DriverInit);
    expect(entry->LoadCount == 1 && entry->ExceptionTable && entry->ExceptionTableSize);
    expect(RtlPcToFileHeader((PVOID)(ULONG_PTR)own, &base) == entry->DllBase);
    UNICODE_STRING tail = entry->BaseDllName;
    tail.Buffer += tail.Length / sizeof(WCHAR) - 4;
    tail.Length = 4 * sizeof(WCHAR);
    expect(RtlEqualUnicodeString(&tail, &end, TRUE));
    expect(entry->FullDllName.Length > entry->BaseDllName.Length);
}

static void walk(void)
{
    ULONG found = 0, count = 0;
    KeEnterCriticalRegion();
    expect(ExAcquireResourceSharedLite(&PsLoadedModuleResource, TRUE));
    for (PLIST_ENTRY at = PsLoadedModuleList.Flink; at != &PsLoadedModuleList; at = at->Flink) {
        const ENTRY *entry = CONTAINING_RECORD(at, ENTRY, Links);
        expect(at->Flink->Blink == at);
        expect(entry->DllBase && *(const USHORT *)entry->DllBase == 0x5a4d);
        found += entry == drivertest_driver->DriverSection;
        count++;
    }
    ExReleaseResourceLite(&PsLoadedModuleResource);
    KeLeaveCriticalRegion();
    expect(found == 1 && count >= 1);
}

static void headers(void)
{
    ENTRY *entry = drivertest_driver->DriverSection;
    UCHAR *base = entry->DllBase, *nt = RtlImageNtHeader(base);
    ULONG size = 0;
    expect(nt == base + *(ULONG *)(base + 0x3c) && *(ULONG *)nt == 0x4550);
    expect(RtlImageDirectoryEntryToData(base, TRUE, 3, &size) == entry->ExceptionTable);
    expect_number(size, entry->ExceptionTableSize);
    expect(!RtlImageDirectoryEntryToData(base, TRUE, 16, &size));
    expect(!RtlFindExportedRoutineByName(base, "NobodyExportsThis"));
}

static void stacks(void)
{
    PVOID callers[16] = {NULL};
    ULONG count = RtlWalkFrameChain(callers, 16, 0), own = 0;
    PUCHAR base = drivertest_driver->DriverStart;
    expect(count >= 2 && count <= 16);
    for (ULONG i = 0; i < count; i++)
        own +=
            (PUCHAR)callers[i] >= base && (PUCHAR)callers[i] < base + drivertest_driver->DriverSize;
    expect(own >= 2);
    __try {
        RtlRaiseStatus(STATUS_TOO_LATE);
        expect(FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        expect_status(GetExceptionCode(), STATUS_TOO_LATE);
    }
}

DRIVERTEST_LIST = {DRIVERTEST(own), DRIVERTEST(walk), DRIVERTEST(headers), DRIVERTEST(stacks),
                   DRIVERTEST_END};
