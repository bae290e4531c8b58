/* SPDX-License-Identifier: MIT */
/* devices.c - setupapi and cfgmgr32: a bus device is made, started, asked, watched and removed.
 *
 *   cove run toybus.sys toy.sys -- devices.exe
 */
#include "check.h"

#include <setupapi.h>

#include <cfgmgr32.h>
#include <dbt.h>
#include <initguid.h>

#include <devpkey.h>

#include "../../examples/toybus/toybus_ioctl.h"

#define WAIT_MS 10000

CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER Filter, PVOID Context,
                                          PCM_NOTIFY_CALLBACK Callback, PHCMNOTIFICATION Handle);
CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION Handle);

BOOL WINAPI SetupDiSetDevicePropertyW(HDEVINFO Set, PSP_DEVINFO_DATA Device, const DEVPROPKEY *Key,
                                      DEVPROPTYPE Type, const BYTE *Buffer, DWORD Size,
                                      DWORD Flags);
CONFIGRET WINAPI CM_Get_DevNode_Property_Keys(DEVINST Device, DEVPROPKEY *Keys, PULONG Count,
                                              ULONG Flags);
DWORD WINAPI CM_MapCrToWin32Err(CONFIGRET Return, DWORD Default);

static const GUID ClassSystem = {
    0x4d36e97d, 0xe325, 0x11ce, {0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}};

/* ---- what is told -------------------------------------------------------------------------------
 */

static HANDLE Told[CM_NOTIFY_ACTION_MAX]; /* semaphores */
static volatile LONG Refuses;

static DWORD CALLBACK Notified(HCMNOTIFICATION Handle, PVOID Context, CM_NOTIFY_ACTION Action,
                               PCM_NOTIFY_EVENT_DATA Data, DWORD Bytes)
{
    (void)Handle, (void)Context, (void)Data, (void)Bytes;
    ReleaseSemaphore(Told[Action], 1, NULL);
    return Action == CM_NOTIFY_ACTION_DEVICEQUERYREMOVE && Refuses ? ERROR_CANCELLED
                                                                   : ERROR_SUCCESS;
}

static int IsTold(CM_NOTIFY_ACTION Action)
{
    return WaitForSingleObject(Told[Action], WAIT_MS) == WAIT_OBJECT_0;
}

static HCMNOTIFICATION Listen(const GUID *Class, HANDLE Device, const WCHAR *Instance)
{
    CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter)};
    HCMNOTIFICATION handle = NULL;
    if (Class) {
        filter.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE;
        filter.u.DeviceInterface.ClassGuid = *Class;
    } else if (Device) {
        filter.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE;
        filter.u.DeviceHandle.hTarget = Device;
    } else {
        filter.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE;
        wcscpy(filter.u.DeviceInstance.InstanceId, Instance);
    }
    return CM_Register_Notification(&filter, NULL, Notified, &handle) == CR_SUCCESS ? handle : NULL;
}

static HWND Window;
static volatile LONG WindowHeard[8];

static LRESULT CALLBACK WindowProcedure(HWND Handle, UINT Message, WPARAM W, LPARAM L)
{
    if (Message == WM_DEVICECHANGE) {
        const DEV_BROADCAST_DEVICEINTERFACE_W *data = (const void *)L;
        if (W == DBT_DEVICEARRIVAL && data->dbcc_devicetype == DBT_DEVTYP_DEVICEINTERFACE &&
            !memcmp(&data->dbcc_classguid, &GUID_DEVINTERFACE_TOYBUS, sizeof(GUID)) &&
            !wcsncmp(data->dbcc_name, L"\\\\?\\ROOT#", 9))
            InterlockedIncrement(&WindowHeard[0]);
        if (W == DBT_DEVICEREMOVECOMPLETE)
            InterlockedIncrement(&WindowHeard[1]);
        return TRUE;
    }
    return DefWindowProcW(Handle, Message, W, L);
}

static int WindowHears(int Which)
{
    ULONGLONG end = GetTickCount64() + WAIT_MS;
    while (!WindowHeard[Which] && GetTickCount64() < end) {
        MSG message;
        if (MsgWaitForMultipleObjects(0, NULL, FALSE, 100, QS_ALLINPUT) == WAIT_OBJECT_0)
            while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE))
                DispatchMessageW(&message);
    }
    return WindowHeard[Which] != 0;
}

/* ---- a device is made ---------------------------------------------------------------------------
 */

static HDEVINFO Set;
static SP_DEVINFO_DATA Bus = {.cbSize = sizeof(Bus)};
static WCHAR Instance[MAX_DEVICE_ID_LEN];

static void CheckMade(void)
{
    static const WCHAR ids[] = L"root\\toybus\0";
    DWORD needed, type;
    WCHAR text[200];
    ULONG status, problem;

    Set = SetupDiCreateDeviceInfoList(&ClassSystem, NULL);
    Check("a set", Set != INVALID_HANDLE_VALUE);
    Check("a device in it", SetupDiCreateDeviceInfoW(Set, L"TOYBUS", &ClassSystem, NULL, NULL,
                                                     DICD_GENERATE_ID, &Bus));
    CheckFails(
        "it is not registered yet",
        SetupDiSetDeviceRegistryPropertyW(Set, &Bus, SPDRP_SERVICE, (const BYTE *)L"toybus", 14),
        ERROR_DEVINFO_NOT_REGISTERED);
    Check("its hardware IDs", SetupDiSetDeviceRegistryPropertyW(Set, &Bus, SPDRP_HARDWAREID,
                                                                (const BYTE *)ids, sizeof(ids)));
    Check("registered", SetupDiCallClassInstaller(DIF_REGISTERDEVICE, Set, &Bus));
    Check("its name",
          SetupDiGetDeviceInstanceIdW(Set, &Bus, Instance, MAX_DEVICE_ID_LEN, &needed) &&
              !_wcsicmp(Instance, L"ROOT\\TOYBUS\\0000") && needed == 17);
    Check("the machine has the IDs",
          SetupDiGetDeviceRegistryPropertyW(Set, &Bus, SPDRP_HARDWAREID, &type, (BYTE *)text,
                                            sizeof(text), &needed) &&
              type == REG_MULTI_SZ && !_wcsicmp(text, L"root\\toybus") && needed == sizeof(ids));
    CheckFails("a buffer that is too small",
               SetupDiGetDeviceRegistryPropertyW(Set, &Bus, SPDRP_HARDWAREID, &type, (BYTE *)text,
                                                 4, &needed),
               ERROR_INSUFFICIENT_BUFFER);
    Check("no driver yet", CM_Get_DevNode_Status(&status, &problem, Bus.DevInst, 0) == CR_SUCCESS &&
                               !(status & DN_STARTED));
    Check("it gets one",
          SetupDiSetDeviceRegistryPropertyW(Set, &Bus, SPDRP_SERVICE, (const BYTE *)L"toybus", 14));
    Check("and is started", CM_Setup_DevNode(Bus.DevInst, CM_SETUP_DEVNODE_READY) == CR_SUCCESS);
    Check("as its status says",
          CM_Get_DevNode_Status(&status, &problem, Bus.DevInst, 0) == CR_SUCCESS &&
              (status & DN_STARTED) && !problem);
}

/* ---- properties ---------------------------------------------------------------------------------
 */

/* Kept of the device itself: when it came, how it may go, what its bus has below it. */
static void CheckTimes(void)
{
    DEVPROP_BOOLEAN flag = 5;
    FILETIME came = {0}, now;
    DEVPROPTYPE type = 0;
    DWORD needed;
    GetSystemTimeAsFileTime(&now);
    Check("when it came",
          SetupDiGetDevicePropertyW(Set, &Bus, &DEVPKEY_Device_LastArrivalDate, &type,
                                    (BYTE *)&came, sizeof(came), &needed, 0) &&
              type == DEVPROP_TYPE_FILETIME && came.dwHighDateTime &&
              CompareFileTime(&came, &now) <= 0);
    Check("no restart is waited for",
          SetupDiGetDevicePropertyW(Set, &Bus, &DEVPKEY_Device_IsRebootRequired, &type,
                                    (BYTE *)&flag, 1, &needed, 0) &&
              type == DEVPROP_TYPE_BOOLEAN && flag == DEVPROP_FALSE);
    Check("part of the computer",
          SetupDiGetDevicePropertyW(Set, &Bus, &DEVPKEY_Device_InLocalMachineContainer, &type,
                                    (BYTE *)&flag, 1, &needed, 0));
    flag = 5;
    Check("it may be pulled out",
          SetupDiGetDevicePropertyW(Set, &Bus, &DEVPKEY_Device_SafeRemovalRequired, &type,
                                    (BYTE *)&flag, 1, &needed, 0) &&
              type == DEVPROP_TYPE_BOOLEAN && flag == DEVPROP_FALSE);
}

static void CheckProperties(void)
{
    static const DEVPROPKEY own = {{0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}}, 5};
    DEVPROPKEY keys[128];
    DEVPROPTYPE type;
    WCHAR text[200];
    GUID guid;
    DWORD needed, value = 77, back = 0;
    char narrow[200];
    ULONG length = sizeof(text), count = 128, has = 0;

    Check("by number, narrow",
          SetupDiGetDeviceRegistryPropertyA(Set, &Bus, SPDRP_SERVICE, NULL, (BYTE *)narrow,
                                            sizeof(narrow), &needed) &&
              !strcmp(narrow, "toybus") && needed == 7);
    Check("by key", SetupDiGetDevicePropertyW(Set, &Bus, &DEVPKEY_Device_ClassGuid, &type,
                                              (BYTE *)&guid, sizeof(guid), &needed, 0) &&
                        type == DEVPROP_TYPE_GUID && !memcmp(&guid, &ClassSystem, sizeof(guid)));
    Check("cfgmgr32's", CM_Get_DevNode_PropertyW(Bus.DevInst, &DEVPKEY_Device_InstanceId, &type,
                                                 (BYTE *)text, &length, 0) == CR_SUCCESS &&
                            type == DEVPROP_TYPE_STRING && !wcscmp(text, Instance));
    CheckTimes();
    Check("one of our own", SetupDiSetDevicePropertyW(Set, &Bus, &own, DEVPROP_TYPE_UINT32,
                                                      (const BYTE *)&value, sizeof(value), 0));
    Check("is there", SetupDiGetDevicePropertyW(Set, &Bus, &own, &type, (BYTE *)&back, sizeof(back),
                                                &needed, 0) &&
                          back == 77 && type == DEVPROP_TYPE_UINT32);
    Check("and listed", CM_Get_DevNode_Property_Keys(Bus.DevInst, keys, &count, 0) == CR_SUCCESS);
    for (ULONG i = 0; i < count; i++)
        has += keys[i].pid == own.pid && !memcmp(&keys[i].fmtid, &own.fmtid, sizeof(GUID));
    Check("once", has == 1);
    CheckFails(
        "a size that is not its type's",
        SetupDiSetDevicePropertyW(Set, &Bus, &own, DEVPROP_TYPE_UINT32, (const BYTE *)&value, 3, 0),
        ERROR_INVALID_DATA);
    Check("deleted", SetupDiSetDevicePropertyW(Set, &Bus, &own, DEVPROP_TYPE_EMPTY, NULL, 0, 0));
    CheckFails(
        "gone",
        SetupDiGetDevicePropertyW(Set, &Bus, &own, &type, (BYTE *)&back, sizeof(back), &needed, 0),
        ERROR_NOT_FOUND);
    Check("it has no driver key", SetupDiOpenDevRegKey(Set, &Bus, DICS_FLAG_GLOBAL, 0, DIREG_DRV,
                                                       KEY_READ) == INVALID_HANDLE_VALUE &&
                                      GetLastError() == ERROR_KEY_DOES_NOT_EXIST);
    HKEY key = SetupDiCreateDevRegKeyW(Set, &Bus, DICS_FLAG_GLOBAL, 0, DIREG_DEV, NULL, NULL);
    Check("but one of its own", key != INVALID_HANDLE_VALUE);
    RegCloseKey(key);
}

/* ---- finding it ---------------------------------------------------------------------------------
 */

static HANDLE CheckFound(void)
{
    union {
        SP_DEVICE_INTERFACE_DETAIL_DATA_A detail;
        char room[600];
    } narrow;
    WCHAR list[2000], ids[4000];
    DWORD needed, count = 0;
    ULONG size;
    SP_DEVICE_INTERFACE_DATA face = {.cbSize = sizeof(face)};
    SP_DEVINFO_DATA owner = {.cbSize = sizeof(owner)};
    SP_DEVINFO_DATA data = {.cbSize = sizeof(data)};

    HDEVINFO set = SetupDiGetClassDevsA(&GUID_DEVINTERFACE_TOYBUS, NULL, NULL,
                                        DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
    Check("devices with the interface", set != INVALID_HANDLE_VALUE);
    Check("there is one",
          SetupDiEnumDeviceInterfaces(set, NULL, &GUID_DEVINTERFACE_TOYBUS, 0, &face) &&
              (face.Flags & SPINT_ACTIVE));
    CheckFails("only one",
               SetupDiEnumDeviceInterfaces(set, NULL, &GUID_DEVINTERFACE_TOYBUS, 1, &face),
               ERROR_NO_MORE_ITEMS);
    SetupDiEnumDeviceInterfaces(set, NULL, &GUID_DEVINTERFACE_TOYBUS, 0, &face);
    CheckFails("its path takes room",
               SetupDiGetDeviceInterfaceDetailA(set, &face, NULL, 0, &needed, NULL),
               ERROR_INSUFFICIENT_BUFFER);
    narrow.detail.cbSize = sizeof(narrow.detail);
    Check("its path",
          SetupDiGetDeviceInterfaceDetailA(set, &face, &narrow.detail, needed, NULL, &owner));
    Check("its device", owner.DevInst == Bus.DevInst);
    HANDLE file = CreateFileA(narrow.detail.DevicePath, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                              OPEN_EXISTING, 0, NULL);
    Check("it opens", file != INVALID_HANDLE_VALUE);
    SetupDiDestroyDeviceInfoList(set);

    Check("cfgmgr32 says how long the list is",
          CM_Get_Device_Interface_List_SizeW(&size, (LPGUID)&GUID_DEVINTERFACE_TOYBUS, NULL, 0) ==
                  CR_SUCCESS &&
              size == wcslen(L"\\\\?\\ROOT#TOYBUS#0000#{}") + 36 + 2);
    Check("and the list", CM_Get_Device_Interface_ListW((LPGUID)&GUID_DEVINTERFACE_TOYBUS, Instance,
                                                        list, size, 0) == CR_SUCCESS &&
                              !wcsncmp(list, L"\\\\?\\", 4) && !list[wcslen(list) + 1]);
    set = SetupDiGetClassDevsW(NULL, L"ROOT", NULL, DIGCF_ALLCLASSES | DIGCF_PRESENT);
    for (DWORD i = 0; SetupDiEnumDeviceInfo(set, i, &data); i++)
        count += data.DevInst == Bus.DevInst;
    Check("it is among the root's", count == 1 && GetLastError() == ERROR_NO_MORE_ITEMS);
    SetupDiDestroyDeviceInfoList(set);
    count = 0;
    set = SetupDiGetClassDevsW(&ClassSystem, NULL, NULL, DIGCF_PRESENT);
    for (DWORD i = 0; SetupDiEnumDeviceInfo(set, i, &data); i++)
        count += data.DevInst == Bus.DevInst;
    Check("and among those of its class", count == 1);
    SetupDiDestroyDeviceInfoList(set);
    Check("by its service",
          CM_Get_Device_ID_ListW(L"toybus", ids, 4000, CM_GETIDLIST_FILTER_SERVICE) == CR_SUCCESS &&
              !_wcsicmp(ids, Instance));
    return file;
}

/* ---- its children -------------------------------------------------------------------------------
 */

static BOOL AskBus(HANDLE File, DWORD Code, ULONG Serial)
{
    DWORD count;
    return DeviceIoControl(File, Code, &Serial, sizeof(Serial), NULL, 0, &count, NULL);
}

/* What its bus calls it, and that the bus knows it. */
static void CheckChildProperties(DEVINST Child, const WCHAR *Name)
{
    WCHAR text[MAX_DEVICE_ID_LEN];
    ULONG length = sizeof(text);
    DEVPROPTYPE type;
    Check("what its bus calls it",
          CM_Get_DevNode_PropertyW(Child, &DEVPKEY_Device_BusReportedDeviceDesc, &type,
                                   (BYTE *)text, &length, 0) == CR_SUCCESS &&
              type == DEVPROP_TYPE_STRING && !wcscmp(text, L"A toy"));
    length = sizeof(text);
    Check("its bus names it",
          CM_Get_DevNode_PropertyW(Bus.DevInst, &DEVPKEY_Device_BusRelations, &type, (BYTE *)text,
                                   &length, 0) == CR_SUCCESS &&
              type == DEVPROP_TYPE_STRING_LIST && !wcscmp(text, Name) && !text[wcslen(text) + 1]);
}

static void CheckChildren(HANDLE File)
{
    DEVINST child = 0, parent = 0, root = 0, next;
    WCHAR name[MAX_DEVICE_ID_LEN];
    ULONG length, status, problem;

    CM_NOTIFY_FILTER all = {.cbSize = sizeof(all),
                            .Flags = CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES,
                            .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE};
    HCMNOTIFICATION listen = NULL;
    Check("instances are listened for",
          CM_Register_Notification(&all, NULL, Notified, &listen) == CR_SUCCESS);
    Check("no child yet", CM_Get_Child(&child, Bus.DevInst, 0) == CR_NO_SUCH_DEVNODE);
    Check("one is plugged in", AskBus(File, IOCTL_TOYBUS_PLUG, 5));
    Check("that is told", IsTold(CM_NOTIFY_ACTION_DEVICEINSTANCEENUMERATED));
    Check("it is there", CM_Get_Child(&child, Bus.DevInst, 0) == CR_SUCCESS);
    Check("its parent", CM_Get_Parent(&parent, child, 0) == CR_SUCCESS && parent == Bus.DevInst);
    Check("no sibling", CM_Get_Sibling(&next, child, 0) == CR_NO_SUCH_DEVNODE);
    Check("its name", CM_Get_Device_IDW(child, name, MAX_DEVICE_ID_LEN, 0) == CR_SUCCESS &&
                          CM_Get_Device_ID_Size(&length, child, 0) == CR_SUCCESS &&
                          length == wcslen(name));
    CheckChildProperties(child, name);
    Check("the root", CM_Locate_DevNodeW(&root, NULL, 0) == CR_SUCCESS &&
                          CM_Get_Parent(&parent, root, 0) == CR_NO_SUCH_DEVNODE);
    Check("its driver",
          CM_Set_DevNode_Registry_PropertyW(child, CM_DRP_SERVICE, L"toy", 8, 0) == CR_SUCCESS);
    Check("starts it", CM_Setup_DevNode(child, CM_SETUP_DEVNODE_READY) == CR_SUCCESS &&
                           CM_Get_DevNode_Status(&status, &problem, child, 0) == CR_SUCCESS &&
                           (status & DN_STARTED));
    Check("that is told, too", IsTold(CM_NOTIFY_ACTION_DEVICEINSTANCESTARTED));
    Check("it is pulled out", AskBus(File, IOCTL_TOYBUS_UNPLUG, 5));
    Check("as is that", IsTold(CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED));
    Check("its number names nobody",
          CM_Get_DevNode_Status(&status, &problem, child, 0) == CR_NO_SUCH_DEVNODE);
    Check("the registry remembers",
          CM_Locate_DevNodeW(&next, name, CM_LOCATE_DEVNODE_NORMAL) == CR_NO_SUCH_DEVNODE &&
              CM_Locate_DevNodeW(&next, name, CM_LOCATE_DEVNODE_PHANTOM) == CR_SUCCESS &&
              next == child);
    Check("no more of that", CM_Unregister_Notification(listen) == CR_SUCCESS);
    Check("twice is too often", CM_Unregister_Notification(listen) == CR_INVALID_DATA);
}

/* ---- taken away
 * ---------------------------------------------------------------------------------- */

static BOOL Change(DWORD What)
{
    SP_PROPCHANGE_PARAMS params = {
        {sizeof(SP_CLASSINSTALL_HEADER), DIF_PROPERTYCHANGE}, What, DICS_FLAG_GLOBAL, 0};
    return SetupDiSetClassInstallParamsW(Set, &Bus, &params.ClassInstallHeader, sizeof(params)) &&
           SetupDiCallClassInstaller(DIF_PROPERTYCHANGE, Set, &Bus);
}

static void CheckRemoved(HANDLE File)
{
    WCHAR veto[MAX_PATH];
    PNP_VETO_TYPE type = PNP_VetoTypeUnknown;
    ULONG status, problem;
    DEVINST node;

    HCMNOTIFICATION listen = Listen(NULL, File, NULL);
    Check("the open device is listened to", listen != NULL);
    Refuses = 1;
    Check("this program refuses",
          CM_Query_And_Remove_SubTreeW(Bus.DevInst, &type, veto, MAX_PATH, 0) == CR_REMOVE_VETOED);
    Check("it was asked", IsTold(CM_NOTIFY_ACTION_DEVICEQUERYREMOVE));
    Check("and told that nothing comes of it", IsTold(CM_NOTIFY_ACTION_DEVICEQUERYREMOVEFAILED));
    Check("the device works still",
          CM_Get_DevNode_Status(&status, &problem, Bus.DevInst, 0) == CR_SUCCESS &&
              (status & DN_STARTED));
    Refuses = 0;
    CloseHandle(File);
    Check("disabled", Change(DICS_DISABLE));
    Check("it was asked again", IsTold(CM_NOTIFY_ACTION_DEVICEQUERYREMOVE));
    Check("it was told", IsTold(CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE));
    CM_Unregister_Notification(listen);
    Check("its interface has gone", IsTold(CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL));
    Check("it says so", CM_Get_DevNode_Status(&status, &problem, Bus.DevInst, 0) == CR_SUCCESS &&
                            problem == CM_PROB_DISABLED && (status & DN_HAS_PROBLEM));
    Check("enabled", Change(DICS_ENABLE) &&
                         CM_Get_DevNode_Status(&status, &problem, Bus.DevInst, 0) == CR_SUCCESS &&
                         !problem);
    Check("its interface is back", IsTold(CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL));
    Check("removed", SetupDiCallClassInstaller(DIF_REMOVE, Set, &Bus));
    Check("quite",
          CM_Locate_DevNodeW(&node, Instance, CM_LOCATE_DEVNODE_PHANTOM) == CR_NO_SUCH_DEVNODE);
}

/* ---- nonsense
 * ------------------------------------------------------------------------------------ */

static void CheckNonsense(void)
{
    SP_DEVINFO_DATA data = {.cbSize = sizeof(data), .Reserved = 0x1234};
    SP_DEVICE_INTERFACE_DATA face = {.cbSize = sizeof(face), .Reserved = 0x1234};
    DEVINST node;
    ULONG value, problem, count;
    GUID classes[1];
    WCHAR text[100];

    CheckFails("no set", SetupDiEnumDeviceInfo(INVALID_HANDLE_VALUE, 0, &data),
               ERROR_INVALID_HANDLE);
    CheckFails("a stranger's element", SetupDiGetDeviceInstanceIdW(Set, &data, text, 100, NULL),
               ERROR_INVALID_PARAMETER);
    CheckFails("a stranger's interface",
               SetupDiGetDeviceInterfaceDetailW(Set, &face, NULL, 0, NULL, NULL),
               ERROR_INVALID_PARAMETER);
    data.cbSize = 7;
    CheckFails("a size that is none", SetupDiEnumDeviceInfo(Set, 0, &data),
               ERROR_INVALID_USER_BUFFER);
    Check("a number that is none",
          CM_Get_DevNode_Status(&value, &problem, 0x7fffffff, 0) == CR_INVALID_DEVNODE);
    Check("a device that is none",
          CM_Locate_DevNodeW(&node, L"ROOT\\NOBODY\\0000", 0) == CR_NO_SUCH_DEVNODE);
    Check("a class that is none",
          !SetupDiClassNameFromGuidW(&GUID_DEVINTERFACE_TOY, text, 100, NULL) &&
              GetLastError() == ERROR_INVALID_CLASS);
    Check("a class by its name",
          SetupDiClassGuidsFromNameW(L"system", &classes[0], 1, &count) && count == 1);
    Check("and its name by its number",
          SetupDiClassNameFromGuidW(&classes[0], text, 100, NULL) && !wcscmp(text, L"System"));
    Check("as an error of Win32",
          CM_MapCrToWin32Err(CR_NO_SUCH_DEVNODE, 1) == ERROR_NO_SUCH_DEVINST);
}

int main(void)
{
    WNDCLASSW class = {.lpfnWndProc = WindowProcedure, .lpszClassName = L"devices"};
    DEV_BROADCAST_DEVICEINTERFACE_W filter = {.dbcc_size = sizeof(filter),
                                              .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
                                              .dbcc_classguid = GUID_DEVINTERFACE_TOYBUS};

    for (int i = 0; i < CM_NOTIFY_ACTION_MAX; i++)
        Told[i] = CreateSemaphoreW(NULL, 0, 1000, NULL);
    RegisterClassW(&class);
    Window = CreateWindowW(L"devices", L"", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
    HDEVNOTIFY notify = RegisterDeviceNotificationW(Window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE);
    Check("the window is told of buses", notify != NULL);
    HCMNOTIFICATION listen = Listen(&GUID_DEVINTERFACE_TOYBUS, NULL, NULL);
    Check("so is the callback", listen != NULL);

    CheckMade();
    Check("the window is told of the interface's arrival", WindowHears(0));
    Check("and the callback", IsTold(CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL));
    CheckProperties();
    HANDLE file = CheckFound();
    CheckChildren(file);
    CheckNonsense();
    Check("the window wants to hear no more", UnregisterDeviceNotification(notify));
    CheckRemoved(file);
    CM_Unregister_Notification(listen);
    Check("the set goes", SetupDiDestroyDeviceInfoList(Set));
    return Result();
}
