/* SPDX-License-Identifier: MIT */
/* ntdll/teb.h - what a program reads about its thread and process without asking anybody.
 *
 * Documented members are at their documented offsets (winternl.h and public symbols); what
 * stands behind the last of them is ours. Both blocks lie in the program's window, so drivers
 * may look at them too.
 */
#ifndef NTDLL_TEB_H
#define NTDLL_TEB_H

#include "base/width.h"
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

/* Bytes between documented members, up to the next one's offset in a 64-bit and a 32-bit block. */
#define BETWEEN(name, from64, to64, from32, to32) \
    uint8_t name[BY_WIDTH((to64) - (from64), (to32) - (from32))];

struct peb {
    BOOLEAN InheritedAddressSpace, ReadImageFileExecOptions, BeingDebugged, BitField;
    HANDLE Mutant;
    PVOID ImageBaseAddress;
    struct ldr_data *Ldr;
    struct process_parameters *ProcessParameters;
    PVOID SubSystemData;
    PVOID ProcessHeap;
    RTL_CRITICAL_SECTION *FastPebLock;
    BETWEEN(reserved1, 0x40, 0x68, 0x20, 0x38)
    PVOID ApiSetMap;
    BETWEEN(reserved2, 0x70, 0xb8, 0x3c, 0x64)
    ULONG NumberOfProcessors, NtGlobalFlag;
    BETWEEN(reserved3, 0xc0, 0xe8, 0x6c, 0x88)
    ULONG NumberOfHeaps, MaximumNumberOfHeaps;
    PVOID *ProcessHeaps;
    BETWEEN(reserved4, 0xf8, 0x118, 0x94, 0xa4)
    ULONG OSMajorVersion, OSMinorVersion;
    USHORT OSBuildNumber, OSCSDVersion;
    ULONG OSPlatformId, ImageSubsystem, ImageSubsystemMajorVersion, ImageSubsystemMinorVersion;
    BETWEEN(reserved5, 0x134, 0x2c0, 0xc0, 0x1d4)
    ULONG SessionId;
    BETWEEN(reserved6, 0x2c4, 0x7d0, 0x1d8, 0x480)
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
    BETWEEN(reserved1, 0x70, 0x1250, 0x3c, 0xbf4)
    NTSTATUS LastStatusValue;
    BETWEEN(reserved2, 0x1254, 0x1480, 0xbf8, 0xe10)
    PVOID TlsSlots[64];
    LIST_ENTRY TlsLinks;
    BETWEEN(reserved3, 0x1690, 0x1780, 0xf18, 0xf94)
    PVOID *TlsExpansionSlots;
    BETWEEN(reserved4, 0x1788, 0x17c8, 0xf98, 0xfb4)
    PVOID *FlsData;
    BETWEEN(reserved5, 0x17d0, 0x1838, 0xfb8, 0xff0)
    /* Ours from here on; owner thread only. */
    struct dispatch *dispatch; /* exceptions and unwinds under way, innermost first */
    struct thread *thread;
    void *crt;                              /* the C run-time's per-thread data */
    struct call_record *calls, *calls_free; /* ntdll/call.h */
    struct catch_record *catches;           /* ntdll/exception.h */
    BOOLEAN files_as_named;                 /* a 32-bit program's names are not redirected now */
};

#define DOCUMENTED(type, member, at64, at32) \
    _Static_assert(offsetof(struct type, member) == BY_WIDTH(at64, at32), "documented")
DOCUMENTED(teb, Self, 0x30, 0x18);
DOCUMENTED(teb, ThreadLocalStoragePointer, 0x58, 0x2c);
DOCUMENTED(teb, LastErrorValue, 0x68, 0x34);
DOCUMENTED(teb, TlsSlots, 0x1480, 0xe10);
DOCUMENTED(teb, TlsExpansionSlots, 0x1780, 0xf94);
DOCUMENTED(peb, ImageBaseAddress, 0x10, 0x08);
DOCUMENTED(peb, ProcessParameters, 0x20, 0x10);
DOCUMENTED(peb, ProcessHeap, 0x30, 0x18);
DOCUMENTED(peb, NumberOfProcessors, 0xb8, 0x64);
DOCUMENTED(peb, OSMajorVersion, 0x118, 0xa4);
DOCUMENTED(peb, SessionId, 0x2c0, 0x1d4);
DOCUMENTED(process_parameters, CurrentDirectory, 0x38, 0x24);
DOCUMENTED(process_parameters, CommandLine, 0x70, 0x40);
DOCUMENTED(process_parameters, Environment, 0x80, 0x48);

static inline struct teb *teb_current(void)
{
    struct teb *teb;
#ifdef _WIN64
    __asm__("movq %%gs:0x30, %0" : "=r"(teb));
#else
    __asm__("movl %%fs:0x18, %0" : "=r"(teb));
#endif
    return teb;
}

static inline struct peb *peb_current(void)
{
    return teb_current()->ProcessEnvironmentBlock;
}

#endif
