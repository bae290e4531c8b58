/* SPDX-License-Identifier: MIT */
/* border.c - what a program may not have: the system process, its threads, handles of the
 * kernel's table, more rights by a copy than by opening.
 */
#include "check.h"

#include <tlhelp32.h>

#define OBJ_KERNEL_HANDLE 0x200
#define SYSTEM_ID         4
#define INVALID_HANDLE    ((LONG)0xC0000008)
#define ACCESS_DENIED     ((LONG)0xC0000022)

typedef LONG(NTAPI *Duplicate)(HANDLE, HANDLE, HANDLE, PHANDLE, ACCESS_MASK, ULONG, ULONG);

/* With each of these the process or thread could be changed or used. */
static void SystemIsClosed(void)
{
    static const DWORD process[] = {PROCESS_ALL_ACCESS,    PROCESS_TERMINATE, PROCESS_VM_OPERATION,
                                    PROCESS_VM_WRITE,      PROCESS_VM_READ,   PROCESS_DUP_HANDLE,
                                    PROCESS_CREATE_THREAD, PROCESS_SET_QUOTA, GENERIC_ALL,
                                    GENERIC_WRITE,         WRITE_DAC};
    static const DWORD thread[] = {THREAD_ALL_ACCESS,      THREAD_TERMINATE,
                                   THREAD_SUSPEND_RESUME,  THREAD_SET_CONTEXT,
                                   THREAD_SET_INFORMATION, GENERIC_WRITE};
    HANDLE handle, token = NULL;
    HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry = {.dwSize = sizeof(entry)};
    int refused = 0, threads = 0, expected = 0;

    for (unsigned i = 0; i < sizeof(process) / sizeof(process[0]); i++) {
        handle = OpenProcess(process[i], FALSE, SYSTEM_ID);
        CheckFails("the system process is not to be had", handle != NULL, ERROR_ACCESS_DENIED);
    }
    handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, SYSTEM_ID);
    Check("it may be looked at", handle != NULL);
    Check("and waited for", WaitForSingleObject(handle, 0) == WAIT_TIMEOUT);
    Check("its token is not to be had",
          !OpenProcessToken(handle, TOKEN_QUERY | TOKEN_DUPLICATE, &token) &&
              GetLastError() == ERROR_ACCESS_DENIED);
    Check("but seen", OpenProcessToken(handle, TOKEN_QUERY, &token));
    CloseHandle(token);
    Check("not ended", !TerminateProcess(handle, 1) && GetLastError() == ERROR_ACCESS_DENIED);
    CloseHandle(handle);
    handle = OpenProcess(MAXIMUM_ALLOWED, FALSE, SYSTEM_ID);
    Check("what is allowed at most", handle != NULL);
    Check("is not its memory",
          VirtualAllocEx(handle, NULL, 0x1000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) == NULL);
    CloseHandle(handle);

    for (BOOL more = Thread32First(list, &entry); more; more = Thread32Next(list, &entry)) {
        if (entry.th32OwnerProcessID != SYSTEM_ID)
            continue;
        handle = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, entry.th32ThreadID);
        if (!handle)
            continue; /* it has ended */
        threads++;
        for (unsigned i = 0; i < sizeof(thread) / sizeof(thread[0]); i++) {
            HANDLE more_of_it = OpenThread(thread[i], FALSE, entry.th32ThreadID);
            expected++;
            refused += !more_of_it && (GetLastError() == ERROR_ACCESS_DENIED ||
                                       GetLastError() == ERROR_INVALID_PARAMETER);
        }
        CloseHandle(handle);
    }
    CloseHandle(list);
    Check("the system has threads", threads > 0);
    Check("and none is to be had", refused == expected);
}

static void KernelHandlesAreNot(Duplicate Copy)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), self = GetCurrentProcess(), copy = NULL;
    int refused = 0;

    Check("a copy for the kernel is made",
          Copy(self, event, self, &copy, 0, OBJ_KERNEL_HANDLE, DUPLICATE_SAME_ACCESS) == 0);
    Check("but is ours", (LONG_PTR)copy > 0 && SetEvent(copy) &&
                             WaitForSingleObject(event, 0) == WAIT_OBJECT_0 && CloseHandle(copy));
    for (ULONG_PTR i = 1; i < 256; i++) {
        HANDLE kernel = (HANDLE)((ULONG_PTR)(LONG_PTR)(LONG)0x80000000 | i * 4);
        LONG moved =
            Copy(self, kernel, self, &copy, 0, 0, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
        refused += moved == INVALID_HANDLE && !CloseHandle(kernel);
    }
    Check("none of the kernel's is copied, moved or closed", refused == 255);
    CloseHandle(event);
}

static void CopiesMayNotDoMore(Duplicate Copy)
{
    HANDLE file = CreateFileA("\\\\.\\Wdm1", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE self = GetCurrentProcess(), copy = NULL, event;

    Check("a device for reading", file != INVALID_HANDLE_VALUE);
    Check("its copy cannot write",
          Copy(self, file, self, &copy, GENERIC_READ | GENERIC_WRITE, 0, 0) == ACCESS_DENIED);
    Check("nor be everything", Copy(self, file, self, &copy, GENERIC_ALL, 0, 0) == ACCESS_DENIED);
    Check("but read", Copy(self, file, self, &copy, GENERIC_READ, 0, 0) == 0);
    CloseHandle(copy);
    CloseHandle(file);
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    Check("an event that may be waited for",
          Copy(self, event, self, &copy, SYNCHRONIZE, 0, DUPLICATE_CLOSE_SOURCE) == 0);
    Check("is not set", !SetEvent(copy) && GetLastError() == ERROR_ACCESS_DENIED);
    Check("its copy may, as nothing guards it",
          Copy(self, copy, self, &event, EVENT_ALL_ACCESS, 0, 0) == 0 && SetEvent(event));
    CloseHandle(event);
    CloseHandle(copy);
}

int main(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    Duplicate copy = (Duplicate)(void *)GetProcAddress(ntdll, "NtDuplicateObject");

    SystemIsClosed();
    KernelHandlesAreNot(copy);
    CopiesMayNotDoMore(copy);
    return Result();
}
