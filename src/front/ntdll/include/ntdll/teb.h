/* SPDX-License-Identifier: MIT */
/* ntdll/teb.h - what a program reads about its thread and process without asking anybody.
 *
 * Documented members are at their documented offsets (winternl.h and public symbols); what
 * stands behind the last of them is ours. Both blocks lie in the program's window, so drivers
 * may look at them too.
 */
#ifndef NTDLL_TEB_H
#define NTDLL_TEB_H

#include "ntdll/win.h"

struct ldr_data {
    ULONG Length;
    BOOLEAN Initialized;
    HANDLE SsHandle;
    LIST_ENTRY InLoadOrderModuleList, InMemoryOrderModuleList, InInitializationOrderModuleList;
    PVOID EntryInProgress;
};

/* LDR_DATA_TABLE_ENTRY. */
struct ldr_entry {
    LIST_ENTRY InLoadOrderLinks, InMemoryOrderLinks, InInitializationOrderLinks;
    PVOID DllBase, EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName, BaseDllName;
    ULONG Flags;
    USHORT LoadCount, TlsIndex;
    LIST_ENTRY HashLinks;
    ULONG TimeDateStamp;
};

struct process_parameters {
    ULONG MaximumLength, Length, Flags, DebugFlags;
    HANDLE ConsoleHandle;
    ULONG_PTR ConsoleFlags;
    HANDLE StandardInput, StandardOutput, StandardError;
    UNICODE_STRING CurrentDirectory; /* with a final backslash, as in Windows */
    HANDLE CurrentDirectoryHandle;
    UNICODE_STRING DllPath, ImagePathName, CommandLine;
    PWSTR Environment;
    ULONG StartingX, StartingY, CountX, CountY, CountCharsX, CountCharsY, FillAttribute,
        WindowFlags, ShowWindowFlags;
    UNICODE_STRING WindowTitle, DesktopInfo, ShellInfo, RuntimeData;
};

struct peb {
    BOOLEAN InheritedAddressSpace, ReadImageFileExecOptions, BeingDebugged, BitField;
    HANDLE Mutant;
    PVOID ImageBaseAddress;
    struct ldr_data *Ldr;
    struct process_parameters *ProcessParameters;
    PVOID SubSystemData;
    PVOID ProcessHeap;
    RTL_CRITICAL_SECTION *FastPebLock;
    uint8_t reserved1[0x68 - 0x40];
    PVOID ApiSetMap;
    uint8_t reserved2[0xb8 - 0x70];
    ULONG NumberOfProcessors, NtGlobalFlag;
    uint8_t reserved3[0xe8 - 0xc0];
    ULONG NumberOfHeaps, MaximumNumberOfHeaps;
    PVOID *ProcessHeaps;
    uint8_t reserved4[0x118 - 0xf8];
    ULONG OSMajorVersion, OSMinorVersion;
    USHORT OSBuildNumber, OSCSDVersion;
    ULONG OSPlatformId, ImageSubsystem, ImageSubsystemMajorVersion, ImageSubsystemMinorVersion;
    uint8_t reserved5[0x2c0 - 0x134];
    ULONG SessionId;
    uint8_t reserved6[0x7d0 - 0x2c4];
};

struct dispatch; /* exception.c */
struct call_record;
struct catch_record; /* a C++ catch under way */

struct teb {
    PVOID ExceptionList, StackBase, StackLimit, SubSystemTib, FiberData, ArbitraryUserPointer;
    struct teb *Self;
    PVOID EnvironmentPointer;
    HANDLE UniqueProcess, UniqueThread;
    PVOID ActiveRpcHandle;
    PVOID *ThreadLocalStoragePointer;
    struct peb *ProcessEnvironmentBlock;
    ULONG LastErrorValue, CountOfOwnedCriticalSections;
    uint8_t reserved1[0x1250 - 0x70];
    NTSTATUS LastStatusValue;
    uint8_t reserved2[0x1480 - 0x1254];
    PVOID TlsSlots[64];
    LIST_ENTRY TlsLinks;
    uint8_t reserved3[0x1780 - 0x1690];
    PVOID *TlsExpansionSlots;
    uint8_t reserved4[0x17c8 - 0x1788];
    PVOID *FlsData;
    uint8_t reserved5[0x1838 - 0x17d0];
    /* Ours from here on; owner thread only. */
    struct dispatch *dispatch; /* exceptions and unwinds under way, innermost first */
    struct thread *thread;
    void *crt;                              /* the C run-time's per-thread data */
    struct call_record *calls, *calls_free; /* ntdll/call.h */
    struct catch_record *catches;           /* ntdll/exception.h */
};

_Static_assert(offsetof(struct teb, Self) == 0x30, "documented");
_Static_assert(offsetof(struct teb, ThreadLocalStoragePointer) == 0x58, "documented");
_Static_assert(offsetof(struct teb, LastErrorValue) == 0x68, "documented");
_Static_assert(offsetof(struct teb, TlsSlots) == 0x1480, "documented");
_Static_assert(offsetof(struct teb, TlsExpansionSlots) == 0x1780, "documented");
_Static_assert(offsetof(struct peb, ImageBaseAddress) == 0x10, "documented");
_Static_assert(offsetof(struct peb, ProcessParameters) == 0x20, "documented");
_Static_assert(offsetof(struct peb, ProcessHeap) == 0x30, "documented");
_Static_assert(offsetof(struct peb, NumberOfProcessors) == 0xb8, "documented");
_Static_assert(offsetof(struct peb, OSMajorVersion) == 0x118, "documented");
_Static_assert(offsetof(struct peb, SessionId) == 0x2c0, "documented");
_Static_assert(offsetof(struct process_parameters, CurrentDirectory) == 0x38, "documented");
_Static_assert(offsetof(struct process_parameters, CommandLine) == 0x70, "documented");
_Static_assert(offsetof(struct process_parameters, Environment) == 0x80, "documented");

static inline struct teb *teb_current(void)
{
    struct teb *teb;
    __asm__("movq %%gs:0x30, %0" : "=r"(teb));
    return teb;
}

static inline struct peb *peb_current(void)
{
    return teb_current()->ProcessEnvironmentBlock;
}

#endif
