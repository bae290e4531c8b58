/* SPDX-License-Identifier: MIT */
/* snapshots.c - drivers, processes, threads and modules as psapi and toolhelp show them.
 * Driver: wdm1.
 *
 *   snapshots
 *   snapshots stay           tells its id and where kernel32 is, and waits for the end of its input
 *   snapshots look ID BITS KERNEL32     at one that stays, of this width or the other */
#include "check.h"

#include <stdlib.h>

#include <psapi.h>
#include <tlhelp32.h>

static void CheckDrivers(void)
{
    PVOID bases[256];
    DWORD needed = 0;
    char name[MAX_PATH], path[MAX_PATH];
    WCHAR wide[MAX_PATH];
    int kernels = 0, ours = 0;
    Check("drivers",
          EnumDeviceDrivers(bases, sizeof bases, &needed) && needed >= 2 * sizeof *bases);
    for (DWORD i = 0; i < needed / sizeof *bases; i++) {
        DWORD length = GetDeviceDriverBaseNameA(bases[i], name, sizeof name);
        if (!_stricmp(name, "ntoskrnl.exe"))
            kernels++;
        if (_stricmp(name, "wdm1.sys"))
            continue;
        ours++;
        Check("its name", length == 8);
        Check("its path", GetDeviceDriverFileNameA(bases[i], path, sizeof path) > 8 &&
                              path[0] == '\\' && strstr(path, name) != NULL);
        Check("wide", GetDeviceDriverBaseNameW(bases[i], wide, MAX_PATH) == 8 &&
                          !_wcsicmp(wide, L"wdm1.sys"));
        Check("cut to its room",
              GetDeviceDriverBaseNameA(bases[i], name, 4) == 3 && strlen(name) == 3);
    }
    Check("the kernel, and ours once", kernels >= 1 && ours == 1);
    CheckFails("no driver there", GetDeviceDriverBaseNameA((PVOID)8, name, sizeof name) != 0,
               ERROR_INVALID_HANDLE);
    DWORD all = needed;
    Check("how much room is needed", EnumDeviceDrivers(bases, 8, &needed) && needed == all);
}

static void CheckProcesses(void)
{
    DWORD ids[64], size = 0, self = 0;
    char path[MAX_PATH];
    Check("processes", EnumProcesses(ids, sizeof ids, &size) && size >= 4);
    for (DWORD i = 0; i < size / 4; i++)
        self += ids[i] == GetCurrentProcessId();
    Check("this one is there, once", self == 1);
    DWORD count = sizeof path;
    Check("its path", QueryFullProcessImageNameA(GetCurrentProcess(), 0, path, &count) &&
                          count == strlen(path) && strstr(path, "\\snapshots.exe"));
    count = 3;
    CheckFails("no room", QueryFullProcessImageNameA(GetCurrentProcess(), 0, path, &count),
               ERROR_INSUFFICIENT_BUFFER);
}

static void CheckModules(HANDLE Process)
{
    HMODULE modules[64];
    DWORD needed = 0, found = 0;
    char name[MAX_PATH];
    MODULEINFO info;
    Check("modules", EnumProcessModules(Process, modules, sizeof modules, &needed));
    Check("the program is the first", modules[0] == GetModuleHandleA(NULL));
    for (DWORD i = 0; i < needed / sizeof *modules; i++)
        found += modules[i] == GetModuleHandleA("kernel32.dll");
    Check("kernel32 is there", found == 1);
    Check("a name", GetModuleBaseNameA(Process, modules[0], name, sizeof name) == 13 &&
                        !_stricmp(name, "snapshots.exe"));
    Check("a path", GetModuleFileNameExA(Process, NULL, name, sizeof name) > 13 && name[1] == ':');
    Check("a size", GetModuleInformation(Process, modules[0], &info, sizeof info) &&
                        info.lpBaseOfDll == modules[0] && info.SizeOfImage > 0x1000);
    CheckFails("no module there", GetModuleBaseNameA(Process, (HMODULE)0x10, name, 9) != 0,
               ERROR_INVALID_HANDLE);
}

static DWORD WINAPI Waiting(void *Event)
{
    return WaitForSingleObject(Event, INFINITE);
}

static void CheckSnapshot(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD id, threads = 0, other = 0, self = 0, modules = 0;
    HANDLE thread = CreateThread(NULL, 0, Waiting, event, 0, &id);
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPALL, 0);
    PROCESSENTRY32 process = {.dwSize = sizeof process};
    PROCESSENTRY32W wide = {.dwSize = sizeof wide};
    THREADENTRY32 entry = {.dwSize = sizeof entry};
    MODULEENTRY32 module = {.dwSize = sizeof module};
    Check("a snapshot", snapshot != INVALID_HANDLE_VALUE);
    for (BOOL more = Process32First(snapshot, &process); more;
         more = Process32Next(snapshot, &process))
        if (process.th32ProcessID == GetCurrentProcessId())
            self += !strcmp(process.szExeFile, "snapshots.exe") && process.cntThreads >= 2;
    Check("this process", self == 1 && GetLastError() == ERROR_NO_MORE_FILES);
    self = 0;
    for (BOOL more = Process32FirstW(snapshot, &wide); more; more = Process32NextW(snapshot, &wide))
        self += !wcscmp(wide.szExeFile, L"snapshots.exe");
    Check("from the start, wide", self == 1);
    for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry)) {
        threads += entry.th32OwnerProcessID == GetCurrentProcessId();
        other += entry.th32ThreadID == id;
    }
    Check("its threads", threads >= 2 && other == 1);
    for (BOOL more = Module32First(snapshot, &module); more;
         more = Module32Next(snapshot, &module)) {
        if (!modules++)
            Check("the first module", !strcmp(module.szModule, "snapshots.exe") &&
                                          module.hModule == GetModuleHandleA(NULL));
    }
    Check("its modules", modules >= 3);
    process.dwSize = 8;
    CheckFails("an entry that is too small", Process32First(snapshot, &process),
               ERROR_INSUFFICIENT_BUFFER);
    Check("closed like any handle", CloseHandle(snapshot));
    CheckFails("it is gone", Thread32First(snapshot, &entry), ERROR_INVALID_HANDLE);
    SetEvent(event);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(event);
    CheckFails("no such process",
               CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, 0x7ffffff0) != INVALID_HANDLE_VALUE,
               ERROR_INVALID_PARAMETER);
}

static DWORD Stay(void)
{
    DWORD count;
    char byte;
    printf("%lu %llx\n", GetCurrentProcessId(),
           (unsigned long long)(ULONG_PTR)GetModuleHandleA("kernel32.dll"));
    fflush(stdout);
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &count, NULL) && count)
        ;
    return 0;
}

static DWORD Listed(HANDLE Process, DWORD Filter, HMODULE *Modules, DWORD Room)
{
    DWORD needed = 0;
    if (!EnumProcessModulesEx(Process, Modules, Room * sizeof *Modules, &needed, Filter))
        return ~0u;
    return needed / sizeof *Modules;
}

static int Has(const HMODULE *Modules, DWORD Count, HMODULE Wanted)
{
    int found = 0;
    for (DWORD i = 0; i < Count; i++)
        found += Modules[i] == Wanted;
    return found;
}

/* Modules that a snapshot has; *OutFound: those that are kernel32. */
static DWORD Snapped(DWORD Flags, DWORD Id, HMODULE Kernel, DWORD *OutFound)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(Flags, Id);
    MODULEENTRY32 module = {.dwSize = sizeof module};
    DWORD count = 0;
    *OutFound = 0;
    if (snapshot == INVALID_HANDLE_VALUE)
        return ~0u;
    for (BOOL more = Module32First(snapshot, &module); more;
         more = Module32Next(snapshot, &module)) {
        count++;
        *OutFound += module.hModule == Kernel && !_stricmp(module.szModule, "kernel32.dll");
    }
    CloseHandle(snapshot);
    return count;
}

static void CheckPath(HANDLE Process)
{
    char path[MAX_PATH];
    DWORD count = sizeof path;
    Check("the other's path", QueryFullProcessImageNameA(Process, 0, path, &count) &&
                                  strstr(path, "\\snapshots.exe") != NULL);
}

/* Of a 32-bit process, by a 64-bit one: the program is native, the rest is asked for. */
static void CheckNarrow(HANDLE Process, DWORD Id, HMODULE Kernel)
{
    HMODULE modules[64];
    DWORD found, all = Listed(Process, LIST_MODULES_ALL, modules, 64);
    char name[MAX_PATH];
    MODULEINFO info;
    Check("all modules", all >= 3 && all <= 64 && Has(modules, all, Kernel) == 1);
    Check("the 32-bit ones are the same", Listed(Process, LIST_MODULES_32BIT, modules, 64) == all);
    Check("the program is the first of them",
          GetModuleBaseNameA(Process, modules[0], name, sizeof name) == 13 &&
              !_stricmp(name, "snapshots.exe"));
    Check("native is the program alone", Listed(Process, LIST_MODULES_DEFAULT, modules, 64) == 1 &&
                                             Listed(Process, LIST_MODULES_64BIT, modules, 64) == 1);
    Check("a module's path", GetModuleFileNameExA(Process, Kernel, name, sizeof name) > 12 &&
                                 strstr(name, "kernel32.dll") != NULL);
    Check("its place", GetModuleInformation(Process, Kernel, &info, sizeof info) &&
                           info.lpBaseOfDll == Kernel && info.SizeOfImage >= 0x1000);
    Check("a snapshot of both kinds",
          Snapped(TH32CS_SNAPMODULE | TH32CS_SNAPMODULE32, Id, Kernel, &found) == all &&
              found == 1);
    Check("of the 32-bit ones", Snapped(TH32CS_SNAPMODULE32, Id, Kernel, &found) == all);
    Check("of the native one", Snapped(TH32CS_SNAPMODULE, Id, Kernel, &found) == 1 && found == 0);
    CheckPath(Process);
}

static DWORD Look(DWORD Id, int Bits, HMODULE Kernel)
{
    int ours = 8 * (int)sizeof(void *);
    HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, Id);
    HMODULE modules[64];
    DWORD found, all;
    Check("the other process", process != NULL);
    if (ours == 64 && Bits == 32) {
        CheckNarrow(process, Id, Kernel);
    } else if (ours == 32 && Bits == 64) {
        CheckFails("its modules", Listed(process, LIST_MODULES_ALL, modules, 64) != ~0u,
                   ERROR_PARTIAL_COPY);
        CheckFails("a snapshot of them", Snapped(TH32CS_SNAPMODULE, Id, Kernel, &found) != ~0u,
                   ERROR_PARTIAL_COPY);
    } else {
        all = Listed(process, LIST_MODULES_ALL, modules, 64);
        Check("all modules", all >= 3 && all <= 64 && Has(modules, all, Kernel) == 1);
        Check("the 32-bit ones",
              Listed(process, LIST_MODULES_32BIT, modules, 64) == (ours == 32 ? all : 0));
        Check("a snapshot", Snapped(TH32CS_SNAPMODULE, Id, Kernel, &found) == all && found == 1);
        CheckPath(process);
    }
    CloseHandle(process);
    return (DWORD)Result();
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "stay"))
        return (int)Stay();
    if (argc > 4)
        return (int)Look(strtoul(argv[2], NULL, 10), atoi(argv[3]),
                         (HMODULE)(ULONG_PTR)_strtoui64(argv[4], NULL, 16));
    CheckDrivers();
    CheckProcesses();
    CheckModules(GetCurrentProcess());
    HANDLE self =
        OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, GetCurrentProcessId());
    CheckModules(self);
    CloseHandle(self);
    CheckSnapshot();
    return Result();
}
