/* SPDX-License-Identifier: MIT */
/* snapshots.c - drivers, processes, threads and modules as psapi and toolhelp show them.
 * Driver: wdm1. */
#include "check.h"

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

int main(void)
{
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
