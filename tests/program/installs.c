/* SPDX-License-Identifier: MIT */
/* installs.c - sections of an INF carried out by a program: files, the registry, services.
 *
 *   installs    beside the driver wdm1; installs.inf, first.txt, below\second.txt and installs.sys
 * in the current folder
 */
#include "check.h"

#include <setupapi.h>

#include <winsvc.h>

#define SYSTEM32 "C:\\Windows\\System32\\"
#define OWN_KEY  "SOFTWARE\\Cove\\Installs"

VOID WINAPI InstallHinfSectionA(HWND Window, HINSTANCE Module, PCSTR Command, INT Show);
VOID WINAPI InstallHinfSectionW(HWND Window, HINSTANCE Module, PCWSTR Command, INT Show);

static HINF Inf;

static int IsThere(const char *Name)
{
    return GetFileAttributesA(Name) != INVALID_FILE_ATTRIBUTES;
}

/* A value with its type and bytes; Length ~0: it is not there. */
static int IsValue(HKEY Root, const char *Key, const char *Name, DWORD Type, const void *Data,
                   DWORD Length)
{
    BYTE bytes[200];
    DWORD type = 0, length = sizeof bytes;
    HKEY key;
    if (RegOpenKeyExA(Root, Key, 0, KEY_READ, &key))
        return Length == ~0u;
    LSTATUS status = RegQueryValueExA(key, Name, NULL, &type, bytes, &length);
    RegCloseKey(key);
    if (Length == ~0u)
        return status == ERROR_FILE_NOT_FOUND;
    return !status && type == Type && length == Length && !memcmp(bytes, Data, Length);
}

static int IsText(HKEY Root, const char *Key, const char *Name, const char *Text)
{
    return IsValue(Root, Key, Name, REG_SZ, Text, (DWORD)strlen(Text) + 1);
}

static DWORD ServiceState(const char *Name)
{
    SERVICE_STATUS status = {.dwCurrentState = 0};
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    SC_HANDLE service = OpenServiceA(manager, Name, SERVICE_ALL_ACCESS);
    if (service && !QueryServiceStatus(service, &status))
        status.dwCurrentState = 99;
    CloseServiceHandle(service);
    CloseServiceHandle(manager);
    return status.dwCurrentState;
}

/* As "rundll32 setupapi.dll,InstallHinfSection DefaultInstall 132 .\installs.inf" does it. */
static void CheckDefaultInstall(void)
{
    static const char service[] = "SYSTEM\\CurrentControlSet\\Services\\InstallsToy";
    static const DWORD three = 3, seven = 7;

    SetLastError(1);
    InstallHinfSectionA(NULL, NULL, "DefaultInstall 132 .\\installs.inf", 0);
    Check("installed by one command", GetLastError() == 0);
    Check("a file under another name", Holds(SYSTEM32 "installs\\copied.txt", "first"));
    Check("a file from below", Holds(SYSTEM32 "installs\\second.txt", "second"));
    Check("a driver", IsThere(SYSTEM32 "drivers\\installs.sys"));
    Check("a text with a folder", IsText(HKEY_LOCAL_MACHINE, OWN_KEY, "Path", SYSTEM32 "installs"));
    Check("a text of other letters", IsText(HKEY_LOCAL_MACHINE, OWN_KEY, "Wide",
                                            "Gr\xc3\xbc\xc3\x9f"
                                            "e"));
    Check("a text to expand",
          IsValue(HKEY_LOCAL_MACHINE, OWN_KEY, "Here", REG_EXPAND_SZ, "%SystemRoot%\\x", 14 + 1));
    HKEY key;
    LSTATUS opened = RegOpenKeyExA(HKEY_LOCAL_MACHINE, OWN_KEY "\\Empty", 0, KEY_READ, &key);
    Check("a key alone", !opened && !RegCloseKey(key));
    Check("a user's value", IsText(HKEY_CURRENT_USER, "Software\\CoveInstalls", "Hello", "you"));
    char text[40];
    GetPrivateProfileStringA("Part", "Key", "", text, sizeof text, SYSTEM32 "installs\\first.ini");
    Check("an initialization file", !strcmp(text, "Value"));
    GetPrivateProfileStringA("Part", "Other", "no", text, sizeof text,
                             SYSTEM32 "installs\\first.ini");
    Check("whose old entry went", !strcmp(text, "no"));
    Check("a service", ServiceState("InstallsToy") == SERVICE_STOPPED);
    Check("its driver", IsValue(HKEY_LOCAL_MACHINE, service, "ImagePath", REG_EXPAND_SZ,
                                "\\SystemRoot\\System32\\drivers\\installs.sys",
                                sizeof "\\SystemRoot\\System32\\drivers\\installs.sys"));
    Check("its description", IsText(HKEY_LOCAL_MACHINE, service, "Description", "Set by an INF"));
    Check("what it needs",
          IsValue(HKEY_LOCAL_MACHINE, service, "DependOnService", REG_MULTI_SZ, "wdm1\0", 6));
    static const DWORD actions[] = {60, 0, 0, 2, 20, 1, 100, 0, 0};
    Check("its failure actions", IsValue(HKEY_LOCAL_MACHINE, service, "FailureActions", REG_BINARY,
                                         actions, sizeof actions));
    Check("its parameters", IsValue(HKEY_LOCAL_MACHINE,
                                    "SYSTEM\\CurrentControlSet\\Services\\InstallsToy\\Parameters",
                                    "Depth", REG_DWORD, &three, sizeof three));
    Check("its log", IsValue(HKEY_LOCAL_MACHINE,
                             "SYSTEM\\CurrentControlSet\\Services\\EventLog\\System\\InstallsToy",
                             "TypesSupported", REG_DWORD, &seven, sizeof seven));
}

static void CheckServices(void)
{
    static const char service[] = "SYSTEM\\CurrentControlSet\\Services\\InstallsToy";
    static const DWORD three = 3, none = 0;
#ifdef _WIN64
    Check("a service that is there is started",
          SetupInstallServicesFromInfSectionA(Inf, "Started", 0));
    Check("it runs", ServiceState("InstallsToy") == SERVICE_RUNNING);
#else /* what a 32-bit program calls System32 is another folder: there is no driver */
    CheckFails("a service that is there is changed, its driver not found",
               SetupInstallServicesFromInfSectionA(Inf, "Started", 0), ERROR_FILE_NOT_FOUND);
#endif
    Check("it keeps its name",
          IsText(HKEY_LOCAL_MACHINE, service, "DisplayName", "A toy that was installed"));
    Check("and its start",
          IsValue(HKEY_LOCAL_MACHINE, service, "Start", REG_DWORD, &three, sizeof three));
    Check("the rest changes",
          IsValue(HKEY_LOCAL_MACHINE, service, "ErrorControl", REG_DWORD, &none, sizeof none));
    Check("changed by its wide name",
          SetupInstallServicesFromInfSectionW(Inf, L"Changed", SPSVCINST_NOCLOBBER_DESCRIPTION));
    Check("and with a device's place",
          SetupInstallServicesFromInfSectionExA(Inf, "Changed", 0, NULL, NULL, NULL, NULL) &&
              SetupInstallServicesFromInfSectionExW(Inf, L"Changed", 0, NULL, NULL, NULL, NULL));
    CheckFails("no such section", SetupInstallServicesFromInfSectionA(Inf, "Nowhere", 0),
               ERROR_SECTION_NOT_FOUND);
}

static void CheckRelative(void)
{
    static const BYTE bytes[] = {1, 0x32, 0};
    static const DWORD seven = 7;
    HKEY key;
    RegCreateKeyExA(HKEY_CURRENT_USER, "Software\\CoveRelative", 0, NULL, 0, KEY_ALL_ACCESS, NULL,
                    &key, NULL);
    CheckFails("HKR without a key",
               SetupInstallFromInfSectionA(NULL, Inf, "Relative", SPINST_REGISTRY, NULL, NULL, 0,
                                           NULL, NULL, NULL, NULL),
               ERROR_INVALID_PARAMETER);
    Check("relative to a key",
          SetupInstallFromInfSectionA(NULL, Inf, "Relative", SPINST_REGISTRY | SPINST_BITREG, key,
                                      NULL, 0, NULL, NULL, NULL, NULL));
    Check("a number is not overwritten",
          IsValue(key, NULL, "Number", REG_DWORD, &seven, sizeof seven));
    Check("a key below", IsText(key, "Below", NULL, "Cove"));
    Check("texts without doubles",
          IsValue(key, NULL, "Names", REG_MULTI_SZ, "one\0two\0three\0", 15));
    Check("bits", IsValue(key, NULL, "Bytes", REG_BINARY, bytes, sizeof bytes));
    Check("what only overwrites makes nothing", IsValue(key, NULL, "Absent", 0, NULL, ~0u));
    Check("taken away", SetupInstallFromInfSectionW(NULL, Inf, L"Own_Strings", SPINST_ALL, key,
                                                    NULL, 0, NULL, NULL, NULL, NULL));
    Check("a text of a list", IsValue(key, NULL, "Names", REG_MULTI_SZ, "two\0three\0", 11));
    Check("a value", IsValue(key, NULL, "Number", 0, NULL, ~0u));
    RegCloseKey(key);
    CheckFails("a DLL that wants to register itself is said",
               SetupInstallFromInfSectionA(NULL, Inf, "Registers", SPINST_ALL, NULL, NULL, 0, NULL,
                                           NULL, NULL, NULL),
               ERROR_CALL_NOT_IMPLEMENTED);
    static const DWORD one = 1;
    Check("after the rest",
          IsValue(HKEY_LOCAL_MACHINE, OWN_KEY, "Registered", REG_DWORD, &one, sizeof one));
    CheckFails("no such section",
               SetupInstallFromInfSectionA(NULL, Inf, "Nowhere", SPINST_ALL, NULL, NULL, 0, NULL,
                                           NULL, NULL, NULL),
               ERROR_SECTION_NOT_FOUND);
}

static void CheckQueues(void)
{
    char folder[MAX_PATH], text[200];
    DWORD needed;
    INFCONTEXT context;
    HSPFILEQ queue = SetupOpenFileQueue();
    void *context_of = SetupInitDefaultQueueCallback(NULL);
    CheckFails("a folder of nobody's number",
               SetupQueueCopySectionA(queue, NULL, Inf, NULL, "Elsewhere", 0), ERROR_INVALID_DATA);
    Check("a folder gets a number", SetupSetDirectoryIdA(Inf, 32769, "C:\\nowhere") &&
                                        SetupSetDirectoryIdW(Inf, 32770, L"C:\\installs\\"));
    CheckFails("not one of the system's", SetupSetDirectoryIdA(Inf, 11, "C:\\nowhere"),
               ERROR_INVALID_PARAMETER);
    Check("a list of copies", SetupQueueCopySectionA(queue, NULL, Inf, NULL, "Elsewhere", 0));
    GetCurrentDirectoryA(sizeof folder, folder);
    Check("renames", SetupQueueRenameSectionA(queue, Inf, NULL, "Renamed"));
    Check("deletes", SetupQueueDeleteSectionA(queue, Inf, NULL, "Gone"));
    Check("done", SetupCommitFileQueueA(NULL, queue, SetupDefaultQueueCallbackA, context_of));
    Check("copied", Holds("C:\\installs\\deeper\\moved.txt", "first"));
    Check("renamed", Holds(SYSTEM32 "installs\\renamed.txt", "second") &&
                         !IsThere(SYSTEM32 "installs\\second.txt"));
    Check("deleted", !IsThere(SYSTEM32 "installs\\copied.txt"));
    SetupCloseFileQueue(queue);

    queue = SetupOpenFileQueue();
    Check("a section's files",
          SetupInstallFilesFromInfSectionA(Inf, NULL, queue, "DefaultInstall.NTamd64", folder, 0));
    Check("the same", SetupInstallFilesFromInfSectionW(Inf, NULL, queue, L"DefaultInstall.NTamd64",
                                                       NULL, SP_COPY_REPLACEONLY));
    Check("wide lists", SetupQueueCopySectionW(queue, NULL, Inf, NULL, L"Elsewhere", 0) &&
                            SetupQueueDeleteSectionW(queue, Inf, Inf, L"Gone") &&
                            SetupQueueRenameSectionW(queue, Inf, NULL, L"Renamed"));
    SetupCloseFileQueue(queue);
    Check("files alone", SetupInstallFromInfSectionA(
                             NULL, Inf, "DefaultInstall.NTamd64", SPINST_FILES, NULL, folder, 0,
                             SetupDefaultQueueCallbackA, context_of, NULL, NULL) &&
                             Holds(SYSTEM32 "installs\\copied.txt", "first"));
    SetupTermDefaultQueueCallback(context_of);
    Check("a folder's number in a field",
          SetupFindFirstLineA(Inf, "DestinationDirs", "Elsewhere", &context) &&
              SetupGetStringFieldA(&context, 1, text, sizeof text, &needed) &&
              !strcmp(text, "32770"));
    Check("the system's folders in a field",
          SetupFindFirstLineA(Inf, "Toy_Service", "ServiceBinary", &context) &&
              SetupGetStringFieldA(&context, 1, text, sizeof text, &needed) &&
              !strcmp(text, SYSTEM32 "drivers\\installs.sys"));
    Check("no folders any more", SetupSetDirectoryIdA(Inf, 0, NULL));
}

static void CheckActual(void)
{
    char name[64], *ending = NULL;
    WCHAR wide[64], *wide_ending = NULL;
    DWORD needed = 0;
    Check("the section for this machine",
          SetupDiGetActualSectionToInstallA(Inf, "DefaultInstall", name, sizeof name, &needed,
                                            &ending) &&
              !strcmp(name, "DefaultInstall.NTamd64") && needed == 23 && ending == name + 14);
    Check("one without an ending", SetupDiGetActualSectionToInstallW(Inf, L"DefaultUninstall", wide,
                                                                     64, NULL, &wide_ending) &&
                                       !wcscmp(wide, L"DefaultUninstall") && !wide_ending);
    CheckFails("too small",
               SetupDiGetActualSectionToInstallA(Inf, "DefaultInstall", name, 4, &needed, NULL),
               ERROR_INSUFFICIENT_BUFFER);
}

static void CheckUninstall(void)
{
    InstallHinfSectionW(NULL, NULL, L"DefaultUninstall 128 \".\\installs.inf\"", 0);
    Check("uninstalled by one command", GetLastError() == 0);
    Check("the file went", !IsThere(SYSTEM32 "installs\\copied.txt"));
    Check("the keys went",
          IsValue(HKEY_LOCAL_MACHINE, OWN_KEY, "Path", 0, NULL, ~0u) &&
              IsValue(HKEY_CURRENT_USER, "Software\\CoveInstalls", "Hello", 0, NULL, ~0u));
    Check("the service stopped and went", ServiceState("InstallsToy") == 0);
    Check("with its log",
          IsValue(HKEY_LOCAL_MACHINE,
                  "SYSTEM\\CurrentControlSet\\Services\\EventLog\\System\\InstallsToy",
                  "TypesSupported", 0, NULL, ~0u));
    InstallHinfSectionA(NULL, NULL, "Nowhere 128 .\\installs.inf", 0);
    Check("no such section", GetLastError() == ERROR_SECTION_NOT_FOUND);
    InstallHinfSectionA(NULL, NULL, "DefaultInstall", 0);
    Check("half a command", GetLastError() == ERROR_INVALID_PARAMETER);
}

int main(void)
{
    UINT line;
    CheckDefaultInstall();
    Inf = SetupOpenInfFileA(".\\installs.inf", NULL, INF_STYLE_WIN4, &line);
    Check("the INF opens", Inf != INVALID_HANDLE_VALUE);
    CheckServices();
    CheckRelative();
    CheckQueues();
    CheckActual();
    SetupCloseInfFile(Inf);
    CheckUninstall();
    return Result();
}
