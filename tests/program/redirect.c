/* SPDX-License-Identifier: MIT */
/* redirect.c - the folders of the system as programs of each width have them: a 32-bit program's
 * System32 is SysWOW64, but for what both share; Sysnative, and what a thread turns off. */
#include "check.h"

#ifdef _WIN64
#define IS_32 0
#else
#define IS_32 1
#endif

#define WINDOWS      "C:\\Windows\\"
#define SYSTEM       WINDOWS "System32\\"
#define WOW          WINDOWS "SysWOW64\\"
#define NATIVE       WINDOWS "Sysnative\\"
#define MACHINE_I386 0x14c
#define CHILD_CODE   77

/* Newer than what the library of the compiler has. */
typedef UINT(WINAPI *DIRECTORY2)(LPSTR Out, UINT Size, WORD Machine);
typedef BOOL(WINAPI *WOW64_2)(HANDLE Process, USHORT *OfProcess, USHORT *OfMachine);

static int Is(const char *Path)
{
    return GetFileAttributesA(Path) != INVALID_FILE_ATTRIBUTES;
}

static int Make(const char *Path)
{
    DWORD count = 0;
    HANDLE file = CreateFileA(Path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    int is_made =
        file != INVALID_HANDLE_VALUE && WriteFile(file, "text", 4, &count, NULL) && count == 4;
    CloseHandle(file);
    return is_made;
}

static void *Function(const char *Name)
{
    return (void *)GetProcAddress(GetModuleHandleA("kernel32"), Name);
}

static void CheckFolders(void)
{
    char path[MAX_PATH] = "";
    DIRECTORY2 directory2 = (DIRECTORY2)Function("GetSystemWow64Directory2A");
    WOW64_2 wow64_2 = (WOW64_2)Function("IsWow64Process2");
    USHORT process = 1, machine = 1;
    SYSTEM_INFO info, native;
    Check("the system's folder",
          GetSystemDirectoryA(path, MAX_PATH) == 19 && !strcmp(path, "C:\\Windows\\System32"));
    Check("and the one of 32 bits",
          GetSystemWow64DirectoryA(path, MAX_PATH) == 19 && !strcmp(path, "C:\\Windows\\SysWOW64"));
    path[0] = 0;
    Check("by its machine",
          directory2(path, MAX_PATH, MACHINE_I386) == 19 && !strcmp(path, "C:\\Windows\\SysWOW64"));
    CheckFails("of no other", directory2(path, MAX_PATH, 0x1c4), ERROR_INVALID_PARAMETER);
    Check("which program on which machine", wow64_2(GetCurrentProcess(), &process, &machine) &&
                                                process == (IS_32 ? MACHINE_I386 : 0) &&
                                                machine == 0x8664);
    GetSystemInfo(&info);
    GetNativeSystemInfo(&native);
    Check("processors as they seem and are",
          info.wProcessorArchitecture ==
                  (IS_32 ? PROCESSOR_ARCHITECTURE_INTEL : PROCESSOR_ARCHITECTURE_AMD64) &&
              native.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64);
}

/* Is what is made by one name there by the others? Takes it away. */
static void CheckPlace(const char *What, const char *Name, int InSystem, int InWow)
{
    char system[MAX_PATH], wow[MAX_PATH], line[120];
    PVOID old = NULL;
    snprintf(system, sizeof system, SYSTEM "%s", Name);
    snprintf(wow, sizeof wow, WOW "%s", Name);
    snprintf(line, sizeof line, "%s: made", What);
    Check(line, Make(system) && Is(system));
    Wow64DisableWow64FsRedirection(&old);
    snprintf(line, sizeof line, "%s: where it is", What);
    Check(line, Is(system) == InSystem && Is(wow) == InWow);
    if (IS_32)
        Wow64RevertWow64FsRedirection(old);
    snprintf(line, sizeof line, "%s: removed", What);
    Check(line, DeleteFileA(system) && !Is(system));
}

static void CheckRedirected(void)
{
    static const char *const shared[] = {"catroot", "catroot2", "DriverStore", "logfiles", "spool"};
    char name[80], line[120];
    CheckPlace("a file", "plain.txt", !IS_32, IS_32);
    CheckPlace("a driver", "drivers\\plain.sys", !IS_32, IS_32);
    CheckPlace("a file of drivers\\etc", "drivers\\etc\\plain.txt", 1, 0);
    for (int i = 0; i < (int)ARRAYSIZE(shared); i++) {
        snprintf(name, sizeof name, SYSTEM "%s", shared[i]);
        CreateDirectoryA(name, NULL);
        snprintf(name, sizeof name, "%s\\plain.txt", shared[i]);
        snprintf(line, sizeof line, "a file of %s", shared[i]);
        CheckPlace(line, name, 1, 0);
    }
    CreateDirectoryA(SYSTEM "spooler", NULL);
    CheckPlace("a folder whose name goes on", "spooler\\plain.txt", !IS_32, IS_32);
    RemoveDirectoryA(SYSTEM "spooler");
}

static void CheckNames(void)
{
    WIN32_FIND_DATAA found;
    char current[MAX_PATH] = "";
    const char *there = IS_32 ? WOW "names.txt" : SYSTEM "names.txt";
    Check("in capitals", Make(WINDOWS "SYSTEM32\\NAMES.TXT") && Is(there));
    Check("verbatim", Is("\\\\?\\C:\\Windows\\system32\\names.txt"));
    Check("with slashes and dots", Is("C:/Windows/INF/../System32/./names.txt"));
    HANDLE find = FindFirstFileA(SYSTEM "names.*", &found);
    Check("found in its folder",
          find != INVALID_HANDLE_VALUE && !lstrcmpiA(found.cFileName, "names.txt"));
    FindClose(find);
    Check("below the current folder", SetCurrentDirectoryA(WINDOWS "System32") && Is("names.txt"));
    Check("whose name stays",
          GetCurrentDirectoryA(MAX_PATH, current) && !strcmp(current, "C:\\Windows\\System32"));
    SetCurrentDirectoryA("C:\\");
    Check("renamed", MoveFileA(SYSTEM "names.txt", SYSTEM "drivers\\moved.txt") &&
                         Is(IS_32 ? WOW "drivers\\moved.txt" : SYSTEM "drivers\\moved.txt"));
    Check("and removed", DeleteFileA(SYSTEM "drivers\\moved.txt") && !Is(there));
    Check("the registry's editor", Make(WINDOWS "regedit.exe") && Is(WOW "regedit.exe") == IS_32 &&
                                       DeleteFileA(WINDOWS "regedit.exe"));
    Check("Sysnative is not there to be found",
          (find = FindFirstFileA(WINDOWS "Sysn*", &found)) == INVALID_HANDLE_VALUE);
}

static DWORD WINAPI SeesOwn(PVOID Path)
{
    return (DWORD)Is(Path);
}

static void CheckTurnedOff(void)
{
    PVOID old, inner;
    DWORD seen = 0;
    if (!IS_32) {
        CheckFails("nothing to turn off", Wow64DisableWow64FsRedirection(&old),
                   ERROR_INVALID_FUNCTION);
        CheckFails("nothing to go back to", Wow64RevertWow64FsRedirection(NULL),
                   ERROR_INVALID_FUNCTION);
        Check("Sysnative is nothing", !Is(WINDOWS "Sysnative"));
        return;
    }
    Check("by the alias", Make(NATIVE "native.txt") && !Is(SYSTEM "native.txt"));
    Check("turned off", Wow64DisableWow64FsRedirection(&old) && Is(SYSTEM "native.txt"));
    Check("then the alias is nothing", !Is(NATIVE "native.txt"));
    HANDLE thread = CreateThread(NULL, 0, SeesOwn, (PVOID)(SYSTEM "native.txt"), 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    Check("not for other threads", GetExitCodeThread(thread, &seen) && !seen);
    CloseHandle(thread);
    Check("once more", Wow64DisableWow64FsRedirection(&inner) &&
                           Wow64RevertWow64FsRedirection(inner) && Is(SYSTEM "native.txt"));
    Check("and back", Wow64RevertWow64FsRedirection(old) && !Is(SYSTEM "native.txt"));
    BOOLEAN(WINAPI * enable)(BOOLEAN) =
        (BOOLEAN(WINAPI *)(BOOLEAN))Function("Wow64EnableWow64FsRedirection");
    Check("off", enable(FALSE) && Is(SYSTEM "native.txt"));
    Check("on", enable(TRUE) && !Is(SYSTEM "native.txt"));
    Check("the file goes", DeleteFileA(NATIVE "native.txt"));
}

static int Run(const char *Path)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    DWORD code = 0;
    char line[MAX_PATH + 10];
    snprintf(line, sizeof line, "\"%s\" child", Path);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child))
        return -1;
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &code);
    CloseHandle(child.hProcess);
    CloseHandle(child.hThread);
    return (int)code;
}

static void CheckPrograms(void)
{
    char own[MAX_PATH] = "";
    GetModuleFileNameA(NULL, own, MAX_PATH);
    Check("a program of the other width runs", Run("other.exe") == CHILD_CODE);
    Check("a copy in the system's folder", CopyFileA(own, SYSTEM "copied.exe", TRUE));
    Check("runs", Run(SYSTEM "copied.exe") == CHILD_CODE);
    Check("from where it is", !IS_32 || Run(WOW "copied.exe") == CHILD_CODE);
    Check("and goes", DeleteFileA(SYSTEM "copied.exe"));
    if (!IS_32)
        return;
    Check("a copy in the real one", CopyFileA(own, NATIVE "copied.exe", TRUE));
    Check("is not the other", Run(SYSTEM "copied.exe") == -1);
    Check("runs, too", Run(NATIVE "copied.exe") == CHILD_CODE);
    Check("and goes, too", DeleteFileA(NATIVE "copied.exe"));
}

/* A driver that a setup program copies and starts: its path is the service's, not a name that this
 * program opens. */
static void CheckService(const char *Source)
{
    SERVICE_STATUS status;
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    SC_HANDLE service =
        CreateServiceA(manager, "CoveRedirect", NULL, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
                       SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, SYSTEM "drivers\\its.sys", NULL,
                       NULL, NULL, NULL, NULL);
    Check("a service of the system's folder", service != NULL);
    Check("its file is copied", CopyFileA(Source, SYSTEM "drivers\\its.sys", TRUE));
    if (IS_32) {
        CheckFails("not to where drivers are", StartServiceA(service, 0, NULL),
                   ERROR_FILE_NOT_FOUND);
        Check("by the alias", MoveFileA(SYSTEM "drivers\\its.sys", NATIVE "drivers\\its.sys"));
    }
    Check("it starts", StartServiceA(service, 0, NULL));
    Check("it stops", ControlService(service, SERVICE_CONTROL_STOP, &status));
    Check("it goes", DeleteService(service));
    CloseServiceHandle(service);
    CloseServiceHandle(manager);
    Check("and its file",
          DeleteFileA(IS_32 ? NATIVE "drivers\\its.sys" : SYSTEM "drivers\\its.sys"));
}

int main(int Count, char **Words)
{
    char source[MAX_PATH] = "";
    if (Count > 1 && !strcmp(Words[1], "child"))
        return CHILD_CODE;
    GetFullPathNameA("its.sys", MAX_PATH, source, NULL);
    CheckFolders();
    CheckRedirected();
    CheckNames();
    CheckTurnedOff();
    CheckPrograms();
    CheckService(source);
    return Result();
}
