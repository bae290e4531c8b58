/* SPDX-License-Identifier: MIT */
/* packages.c - INF files read, packages installed and removed by a program.
 *
 *   packages [INF]    toybus.inf, in the current folder with toybus.sys
 */
#include "check.h"

#include <initguid.h>
#include <setupapi.h>

#include <devpkey.h>

#include <cfgmgr32.h>
#include <newdev.h>

static char Inf[MAX_PATH];

static void CheckText(HINF File, const char *Section, const char *Key, DWORD Field,
                      const char *Wanted)
{
    INFCONTEXT context;
    char text[200] = "";
    DWORD needed = 0;
    BOOL is = SetupFindFirstLineA(File, Section, Key, &context) &&
              SetupGetStringFieldA(&context, Field, text, sizeof(text), &needed);
    Check(Wanted, is && !strcmp(text, Wanted) && needed == strlen(Wanted) + 1);
}

static void CheckInf(void)
{
    INFCONTEXT context, next;
    WCHAR wide[40];
    char small[4], list[100];
    DWORD needed;
    UINT line;
    int number = 0;
    GUID guid;

    HINF file = SetupOpenInfFileA(Inf, NULL, INF_STYLE_WIN4, &line);
    Check("an INF opens", file != INVALID_HANDLE_VALUE);
    CheckText(file, "Version", "Class", 1, "System");
    CheckText(file, "version", "PROVIDER", 1, "Cove");
    CheckText(file, "Bus_Service", "ServiceType", 1, "1");
    Check("a line", SetupFindFirstLineA(file, "Version", "DriverVer", &context));
    Check("has two fields", SetupGetFieldCount(&context) == 2);
    Check("as a list", SetupGetMultiSzFieldA(&context, 1, list, sizeof(list), &needed) &&
                           !strcmp(list, "01/02/2026") && !strcmp(list + 11, "1.0.0.0") &&
                           needed == 20);
    Check("in one piece", SetupGetLineTextA(&context, NULL, NULL, NULL, list, sizeof(list), NULL) &&
                              !strcmp(list, "01/02/2026,1.0.0.0"));
    Check("wide", SetupGetStringFieldW(&context, 0, wide, 40, NULL) && !wcscmp(wide, L"DriverVer"));
    CheckFails("too small", SetupGetStringFieldA(&context, 1, small, sizeof(small), &needed),
               ERROR_INSUFFICIENT_BUFFER);
    Check("the next line", SetupFindNextLine(&context, &next) && next.Line == context.Line + 1);
    Check("a number", SetupFindFirstLineA(file, "Bus_Service", "StartType", &context) &&
                          SetupGetIntField(&context, 1, &number) && number == 3);
    Check("lines are counted", SetupGetLineCountA(file, "SourceDisksFiles") == 1);
    CheckFails("no such section", SetupFindFirstLineA(file, "Nowhere", NULL, &context),
               ERROR_SECTION_NOT_FOUND);
    CheckFails("no such line", SetupFindFirstLineA(file, "Version", "Nothing", &context),
               ERROR_LINE_NOT_FOUND);
    SetupCloseInfFile(file);
    Check("its class", SetupDiGetINFClassA(Inf, &guid, list, sizeof(list), NULL) &&
                           guid.Data1 == 0x4d36e97d && !strcmp(list, "System"));
    Check("no file",
          SetupOpenInfFileA("C:\\nobody.inf", NULL, INF_STYLE_WIN4, &line) == INVALID_HANDLE_VALUE);
}

static void CheckInstallation(HDEVINFO Set, SP_DEVINFO_DATA *Device)
{
    FILETIME first = {0}, last = {0};
    DWORD rank = 0, needed;
    DEVPROPTYPE type[3] = {0};
    Check("when it was installed",
          SetupDiGetDevicePropertyW(Set, Device, &DEVPKEY_Device_InstallDate, &type[0],
                                    (BYTE *)&last, sizeof(last), &needed, 0) &&
              SetupDiGetDevicePropertyW(Set, Device, &DEVPKEY_Device_FirstInstallDate, &type[1],
                                        (BYTE *)&first, sizeof(first), &needed, 0) &&
              type[0] == DEVPROP_TYPE_FILETIME && type[1] == DEVPROP_TYPE_FILETIME &&
              first.dwHighDateTime && CompareFileTime(&first, &last) <= 0);
    Check("its driver's rank: a hardware ID, the first of each",
          SetupDiGetDevicePropertyW(Set, Device, &DEVPKEY_Device_DriverRank, &type[2],
                                    (BYTE *)&rank, sizeof(rank), &needed, 0) &&
              type[2] == DEVPROP_TYPE_UINT32 && (rank & 0x3fff) == 0);
}

static void CheckInstalled(void)
{
    static const WCHAR ids[] = L"Root\\ToyBus\0";
    SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
    SP_DRVINFO_DATA_A driver = {.cbSize = sizeof(driver)};
    BOOL reboot = TRUE;
    ULONG status = 0, problem = 1;
    GUID guid;
    char text[200], class[40];

    SetupDiGetINFClassA(Inf, &guid, class, sizeof(class), NULL);
    HDEVINFO set = SetupDiCreateDeviceInfoList(&guid, NULL);
    Check("a device for it",
          SetupDiCreateDeviceInfoA(set, class, &guid, NULL, NULL, DICD_GENERATE_ID, &device) &&
              SetupDiSetDeviceRegistryPropertyW(set, &device, SPDRP_HARDWAREID, (const BYTE *)ids,
                                                sizeof(ids)) &&
              SetupDiCallClassInstaller(DIF_REGISTERDEVICE, set, &device));
    CheckFails(
        "a package that is not there",
        UpdateDriverForPlugAndPlayDevicesA(NULL, "Root\\ToyBus", "C:\\nobody.inf", 0, &reboot),
        ERROR_FILE_NOT_FOUND);
    CheckFails("a device that is not there",
               UpdateDriverForPlugAndPlayDevicesA(NULL, "Root\\Nobody", Inf, 0, &reboot),
               ERROR_NO_SUCH_DEVINST);
    Check("installed", UpdateDriverForPlugAndPlayDevicesA(NULL, "Root\\ToyBus", Inf,
                                                          INSTALLFLAG_FORCE, &reboot) &&
                           !reboot);
    Check("and started",
          CM_Get_DevNode_Status(&status, &problem, device.DevInst, 0) == CR_SUCCESS &&
              (status & DN_STARTED) && !problem);
    Check("its description", SetupDiGetDeviceRegistryPropertyA(set, &device, SPDRP_DEVICEDESC, NULL,
                                                               (BYTE *)text, sizeof(text), NULL) &&
                                 !strcmp(text, "Toy bus"));
    Check("its drivers", SetupDiBuildDriverInfoList(set, &device, SPDIT_COMPATDRIVER) &&
                             SetupDiEnumDriverInfoA(set, &device, SPDIT_COMPATDRIVER, 0, &driver) &&
                             !strcmp(driver.Description, "Toy bus") &&
                             driver.DriverVersion == 0x0001000000000000ull);
    CheckInstallation(set, &device);
    Check("its software key", SetupDiOpenDevRegKey(set, &device, DICS_FLAG_GLOBAL, 0, DIREG_DRV,
                                                   KEY_READ) != INVALID_HANDLE_VALUE);
    Check("removed", SetupDiCallClassInstaller(DIF_REMOVE, set, &device));
    SetupDiDestroyDeviceInfoList(set);
}

static void CheckStore(void)
{
    char path[MAX_PATH] = "", *name = NULL;
    Check("into the store",
          SetupCopyOEMInfA(Inf, NULL, SPOST_PATH, 0, path, sizeof(path), NULL, &name) &&
              !strncmp(path, "C:\\Windows\\INF\\oem", 18) && name && !strncmp(name, "oem", 3));
    Check("it is there", GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES);
    Check("out again", name && SetupUninstallOEMInfA(name, 0, NULL));
    Check("it is not", GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES);
    Check("twice is too often", !SetupUninstallOEMInfA(name ? name : "oem0.inf", 0, NULL));
}

int main(int Count, char **Words)
{
    GetFullPathNameA(Count > 1 ? Words[1] : "toybus.inf", sizeof(Inf), Inf, NULL);
    CheckInf();
    CheckInstalled();
    CheckStore();
    return Result();
}
