/* SPDX-License-Identifier: MIT */
/* views.c - the registry as 32-bit and 64-bit programs see it, and what a program hears of widths.
 * Driver: wdm1. */
#include "check.h"

#include <stdint.h>

#define OWN   (sizeof(void *) == 4 ? KEY_WOW64_32KEY : KEY_WOW64_64KEY)
#define OTHER (sizeof(void *) == 4 ? KEY_WOW64_64KEY : KEY_WOW64_32KEY)

static void Put(HKEY Root, const char *Name, REGSAM View, DWORD Value)
{
    HKEY key;
    if (RegCreateKeyExA(Root, Name, 0, NULL, 0, KEY_ALL_ACCESS | View, NULL, &key, NULL))
        return;
    RegSetValueExA(key, "value", 0, REG_DWORD, (BYTE *)&Value, sizeof Value);
    RegCloseKey(key);
}

/* 0: there is none. */
static DWORD Get(HKEY Root, const char *Name, REGSAM View)
{
    HKEY key;
    DWORD value = 0, size = sizeof value;
    if (RegOpenKeyExA(Root, Name, 0, KEY_READ | View, &key))
        return 0;
    RegQueryValueExA(key, "value", NULL, NULL, (BYTE *)&value, &size);
    RegCloseKey(key);
    return value;
}

static void CheckViews(void)
{
    static const char name[] = "Software\\CoveViews\\Below";
    static const char node[] = "Software\\Wow6432Node\\CoveViews\\Below";
    HKEY root = HKEY_LOCAL_MACHINE, key, inner = NULL;
    Put(root, name, 0, 1);
    Check("one's own", Get(root, name, 0) == 1 && Get(root, name, OWN) == 1);
    Check("is not in the other view", Get(root, name, OTHER) == 0);
    Put(root, name, OTHER, 2);
    Check("which has its own", Get(root, name, OTHER) == 2 && Get(root, name, 0) == 1);
    Check("both are where they should be",
          Get(root, node, KEY_WOW64_64KEY) == (sizeof(void *) == 4 ? 1 : 2) &&
              Get(root, name, KEY_WOW64_64KEY) == (sizeof(void *) == 4 ? 2 : 1));
    Check("the name of the node is the node",
          Get(root, node, KEY_WOW64_32KEY) == Get(root, node, KEY_WOW64_64KEY));
    Check("step by step", !RegOpenKeyExA(root, "sOFTWARE", 0, KEY_READ, &key) &&
                              !RegOpenKeyExA(key, "CoveViews", 0, KEY_READ, &inner) &&
                              Get(inner, "Below", 0) == 1);
    RegCloseKey(inner);
    RegCloseKey(key);
    RegOpenKeyExA(root, NULL, 0, KEY_READ, &key);
    Check("from an open root", Get(key, name, 0) == 1 && Get(key, name, OTHER) == 2);
    RegCloseKey(key);
    Check("one is deleted", !RegDeleteKeyExA(root, name, OTHER, 0) && !Get(root, name, OTHER) &&
                                Get(root, name, OWN) == 1);
    Check("then the other", !RegDeleteKeyA(root, name) && !Get(root, name, OWN));
    RegDeleteKeyExA(root, "Software\\CoveViews", OTHER, 0);
    RegDeleteKeyA(root, "Software\\CoveViews");
}

static void CheckShared(void)
{
    static const char *const shared[] = {"Software\\Classes\\CoveViews", "Software\\Policies\\Cove",
                                         "Software\\Microsoft\\Windows NT\\CurrentVersion\\Ports",
                                         "System\\CoveViews"};
    static const char apart[] = "Software\\Classes\\CLSID\\CoveViews";
    int same = 0;
    for (unsigned i = 0; i < 4; i++) {
        Put(HKEY_LOCAL_MACHINE, shared[i], 0, 10 + i);
        same += Get(HKEY_LOCAL_MACHINE, shared[i], OTHER) == 10 + i;
        RegDeleteKeyA(HKEY_LOCAL_MACHINE, shared[i]);
    }
    Check("what all programs share", same == 4);
    Put(HKEY_LOCAL_MACHINE, apart, 0, 5);
    Check("classes of objects are not shared",
          Get(HKEY_LOCAL_MACHINE, apart, OWN) == 5 && Get(HKEY_LOCAL_MACHINE, apart, OTHER) == 0);
    RegDeleteKeyA(HKEY_LOCAL_MACHINE, apart);
}

static void CheckWidths(void)
{
    typedef BOOL(WINAPI * is_wow64_process2)(HANDLE, USHORT *, USHORT *);
    BOOL is_wow = 2;
    USHORT process = 1, machine = 1;
    SYSTEM_INFO own, native;
    WCHAR folder[MAX_PATH] = L"";
    UINT length = GetSystemWow64DirectoryW(folder, MAX_PATH);
    is_wow64_process2 ask =
        (is_wow64_process2)(void *)GetProcAddress(GetModuleHandleA("kernel32"), "IsWow64Process2");
    Check("IsWow64Process",
          IsWow64Process(GetCurrentProcess(), &is_wow) && is_wow == (sizeof(void *) == 4));
    Check("IsWow64Process2", ask && ask(GetCurrentProcess(), &process, &machine) &&
                                 process == (sizeof(void *) == 4 ? IMAGE_FILE_MACHINE_I386
                                                                 : IMAGE_FILE_MACHINE_UNKNOWN) &&
                                 machine == IMAGE_FILE_MACHINE_AMD64);
    GetSystemInfo(&own);
    GetNativeSystemInfo(&native);
    Check("the processor of one's own width",
          own.wProcessorArchitecture ==
              (sizeof(void *) == 4 ? PROCESSOR_ARCHITECTURE_INTEL : PROCESSOR_ARCHITECTURE_AMD64));
    Check("and the machine's", native.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64 &&
                                   native.dwNumberOfProcessors == own.dwNumberOfProcessors);
    Check("where its addresses end",
          sizeof(void *) == 8 || ((uintptr_t)own.lpMaximumApplicationAddress < 0x80000000u &&
                                  !VirtualAlloc((void *)(uintptr_t)0x90000000u, 4096,
                                                MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)));
    Check("the folder of 32-bit system files",
          length == wcslen(folder) && length > 9 && !_wcsicmp(folder + length - 9, L"\\SysWOW64"));
    PVOID old;
    BOOL is_off = Wow64DisableWow64FsRedirection(&old);
    Check("names of files are left alone when asked to be",
          sizeof(void *) == 4 ? is_off && Wow64RevertWow64FsRedirection(old)
                              : !is_off && GetLastError() == ERROR_INVALID_FUNCTION);
}

#ifndef _WIN64
/* Linux' own calls are a fault like any instruction that is not there. */
static DWORD Raised;
static LONG CALLBACK Skip(EXCEPTION_POINTERS *Pointers)
{
    Raised = Pointers->ExceptionRecord->ExceptionCode;
    Pointers->ContextRecord->Eip = Pointers->ContextRecord->Esi;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void CheckRawCalls(void)
{
    int answer = 20; /* getpid */
    PVOID handle = AddVectoredExceptionHandler(1, Skip);
    __asm__ volatile("movl $1f, %%esi\n\tint $0x80\n1:" : "+a"(answer) : : "esi", "ecx", "memory");
    Check("a raw system call is refused", Raised == EXCEPTION_PRIV_INSTRUCTION);
    RemoveVectoredExceptionHandler(handle);
}
#else
static void CheckRawCalls(void)
{
}
#endif

int main(void)
{
    CheckViews();
    CheckShared();
    CheckWidths();
    CheckRawCalls();
    return Result();
}
