/* SPDX-License-Identifier: MIT */
/* toybustest.c - plugs toys into the toy bus, uses them, and pulls them out again.
 *
 * Devices are found by their interfaces, and what comes and goes is told by notifications, as
 * any program does that uses devices which may be absent. `toybustest plug 7` and `unplug 7` do
 * just that, `pull 7` pulls it out while a read waits. */
#define _WIN32_WINNT 0x0A00
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <winioctl.h>

#include <initguid.h>

#include "toybus_ioctl.h"

#define WAIT_MS 10000

/* cfgmgr32.h of older mingw-w64 has the types only. */
CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER Filter, PVOID Context,
                                          PCM_NOTIFY_CALLBACK Callback, PHCMNOTIFICATION Handle);
CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION Handle);

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

/* ---- finding devices --------------------------------------------------------------------- */

static WCHAR Paths[4096];

/* How many devices have the interface now; their paths one after the other in Paths. */
static int InterfacesNow(const GUID *Interface)
{
    int count = 0;

    Paths[0] = 0;
    if (CM_Get_Device_Interface_ListW((LPGUID)Interface, NULL, Paths, ARRAYSIZE(Paths),
                                      CM_GET_DEVICE_INTERFACE_LIST_PRESENT) != CR_SUCCESS)
        return -1;
    for (const WCHAR *path = Paths; *path; path += wcslen(path) + 1)
        count++;
    return count;
}

static HANDLE Open(const WCHAR *Path, DWORD Flags)
{
    return CreateFileW(Path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                       OPEN_EXISTING, Flags, NULL);
}

/* ---- what is told of them ------------------------------------------------------------------ */

static HANDLE Arrived, Removed; /* semaphores: one for each */

static DWORD CALLBACK Notified(HCMNOTIFICATION Handle, PVOID Context, CM_NOTIFY_ACTION Action,
                               PCM_NOTIFY_EVENT_DATA Data, DWORD Bytes)
{
    (void)Handle, (void)Context, (void)Data, (void)Bytes;
    if (Action == CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL)
        ReleaseSemaphore(Arrived, 1, NULL);
    if (Action == CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL)
        ReleaseSemaphore(Removed, 1, NULL);
    return ERROR_SUCCESS;
}

static int IsTold(HANDLE Semaphore)
{
    return WaitForSingleObject(Semaphore, WAIT_MS) == WAIT_OBJECT_0;
}

/* ---- the tests --------------------------------------------------------------------------------
 */

static BOOL AskBus(HANDLE Bus, DWORD Code, ULONG Serial)
{
    DWORD count;
    return DeviceIoControl(Bus, Code, &Serial, sizeof Serial, NULL, 0, &count, NULL);
}

static ULONG AskToy(HANDLE Toy, DWORD Code)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    ULONG number = 0xffffffff;
    DWORD count;

    if (!DeviceIoControl(Toy, Code, NULL, 0, &number, sizeof number, NULL, &overlapped) &&
        GetLastError() == ERROR_IO_PENDING)
        GetOverlappedResult(Toy, &overlapped, &count, TRUE);
    CloseHandle(overlapped.hEvent);
    return number;
}

static void CheckTalk(HANDLE Bus)
{
    char message[TOY_MESSAGE_MAX] = "";
    OVERLAPPED read = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    OVERLAPPED say = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    DWORD count = 0;

    Check("a toy is plugged in", AskBus(Bus, IOCTL_TOYBUS_PLUG, 7));
    Check("its arrival is told", IsTold(Arrived));
    Check("it is there", InterfacesNow(&GUID_DEVINTERFACE_TOY) == 1);
    HANDLE toy = Open(Paths, FILE_FLAG_OVERLAPPED);
    Check("it opens", toy != INVALID_HANDLE_VALUE);
    Check("a read waits", !ReadFile(toy, message, sizeof message, NULL, &read) &&
                              GetLastError() == ERROR_IO_PENDING);
    Check("the toy knows of it", AskToy(toy, IOCTL_TOY_WAITING) == 1);
    Check("somebody speaks", DeviceIoControl(toy, IOCTL_TOY_SAY, "hello", 6, NULL, 0, NULL, &say) ||
                                 GetLastError() == ERROR_IO_PENDING);
    Check("the read has it",
          GetOverlappedResult(toy, &read, &count, TRUE) && count == 6 && !strcmp(message, "hello"));
    Check("the filter above has seen it", AskToy(toy, IOCTL_AFTERTHOUGHT_COUNT) == 1);
    Check("a toy with that number is there already",
          !AskBus(Bus, IOCTL_TOYBUS_PLUG, 7) && GetLastError() == ERROR_ALREADY_EXISTS);

    ReadFile(toy, message, sizeof message, NULL, &read);
    Check("it is pulled out while a read waits", AskBus(Bus, IOCTL_TOYBUS_UNPLUG, 7));
    Check("the read ends", !GetOverlappedResult(toy, &read, &count, TRUE));
    Check("its removal is told", IsTold(Removed));
    Check("the handle that is left is of no use",
          !ReadFile(toy, message, sizeof message, NULL, &read) &&
              GetLastError() != ERROR_IO_PENDING);
    Check("it is not there any more", InterfacesNow(&GUID_DEVINTERFACE_TOY) == 0);
    CloseHandle(toy);
    CloseHandle(read.hEvent);
    CloseHandle(say.hEvent);
}

static void CheckMany(HANDLE Bus)
{
    int right = 0;

    for (ULONG serial = 1; serial <= 10; serial++)
        right += AskBus(Bus, IOCTL_TOYBUS_PLUG, serial) && IsTold(Arrived);
    Check("ten toys are plugged in", right == 10);
    Check("ten toys are there", InterfacesNow(&GUID_DEVINTERFACE_TOY) == 10);
    right = 0;
    for (ULONG serial = 1; serial <= 10; serial += 2)
        right += AskBus(Bus, IOCTL_TOYBUS_EJECT, serial) && IsTold(Removed);
    Check("five are handed out", right == 5);
    Check("five are left", InterfacesNow(&GUID_DEVINTERFACE_TOY) == 5);
    right = 0;
    for (ULONG serial = 2; serial <= 10; serial += 2)
        right += AskBus(Bus, IOCTL_TOYBUS_UNPLUG, serial) && IsTold(Removed);
    Check("five are pulled out", right == 5);
    Check("there is no toy", InterfacesNow(&GUID_DEVINTERFACE_TOY) == 0);
    Check("what is not there cannot be pulled out", !AskBus(Bus, IOCTL_TOYBUS_UNPLUG, 2));
}

/* Pulls the toy out while a read waits; the handle is closed after the read has ended. */
static BOOL Pull(HANDLE Bus, ULONG Serial)
{
    OVERLAPPED read = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    char message[TOY_MESSAGE_MAX];
    DWORD count;
    HANDLE toy = InterfacesNow(&GUID_DEVINTERFACE_TOY) == 1 ? Open(Paths, FILE_FLAG_OVERLAPPED)
                                                            : INVALID_HANDLE_VALUE;
    BOOL isRight = !ReadFile(toy, message, sizeof message, NULL, &read) &&
                   GetLastError() == ERROR_IO_PENDING && AskBus(Bus, IOCTL_TOYBUS_UNPLUG, Serial) &&
                   !GetOverlappedResult(toy, &read, &count, TRUE);

    CloseHandle(toy);
    CloseHandle(read.hEvent);
    return isRight;
}

/* "plug N", "unplug N" or "pull N", and nothing else. */
static int PlugOnly(const char *What, const char *Serial)
{
    HANDLE bus =
        InterfacesNow(&GUID_DEVINTERFACE_TOYBUS) == 1 ? Open(Paths, 0) : INVALID_HANDLE_VALUE;
    ULONG serial = strtoul(Serial, NULL, 10);

    if (!strcmp(What, "pull"))
        Check(What, Pull(bus, serial));
    else
        Check(What,
              AskBus(bus, strcmp(What, "plug") ? IOCTL_TOYBUS_UNPLUG : IOCTL_TOYBUS_PLUG, serial));
    CloseHandle(bus);
    return Failures != 0;
}

int main(int argc, char **argv)
{
    CM_NOTIFY_FILTER filter = {.cbSize = sizeof filter,
                               .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE};
    HCMNOTIFICATION notification = NULL;

    if (argc == 3)
        return PlugOnly(argv[1], argv[2]);
    Arrived = CreateSemaphoreW(NULL, 0, 1000, NULL);
    Removed = CreateSemaphoreW(NULL, 0, 1000, NULL);
    filter.u.DeviceInterface.ClassGuid = GUID_DEVINTERFACE_TOY;
    Check("toys' coming and going will be told",
          CM_Register_Notification(&filter, NULL, Notified, &notification) == CR_SUCCESS);
    Check("the bus is there", InterfacesNow(&GUID_DEVINTERFACE_TOYBUS) == 1);
    HANDLE bus = Open(Paths, 0);
    Check("it opens", bus != INVALID_HANDLE_VALUE);
    CheckTalk(bus);
    CheckMany(bus);
    CloseHandle(bus);
    CM_Unregister_Notification(notification);
    printf("%s\n", Failures ? "FAILED" : "passed");
    return Failures != 0;
}
