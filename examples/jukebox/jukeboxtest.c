/* SPDX-License-Identifier: MIT */
/* jukeboxtest.c - puts records into the jukebox, plays them, takes them out.
 *
 * A record plays its title; the filter above it plays it loud. Devices are found by their
 * interfaces; what comes and goes is told by notifications. `jukeboxtest insert 7` and
 * `remove 7` do just that. */
#define _WIN32_WINNT 0x0A00
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <winioctl.h>

#include <initguid.h>

#include "jukebox.h"

#define WAIT_MS 20000

/* cfgmgr32.h of older mingw-w64 has the types only. */
CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER Filter, PVOID Context,
                                          PCM_NOTIFY_CALLBACK Callback, PHCMNOTIFICATION Handle);
CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION Handle);

static int Failures;
static HANDLE Arrived, Removed; /* semaphores: one for each */
static WCHAR Paths[8192];

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

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

static int AreTold(HANDLE Semaphore, int Count)
{
    while (Count-- > 0) {
        if (WaitForSingleObject(Semaphore, WAIT_MS) != WAIT_OBJECT_0)
            return 0;
    }
    return 1;
}

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

static HANDLE Open(const WCHAR *Path)
{
    return CreateFileW(Path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                       OPEN_EXISTING, 0, NULL);
}

static BOOL Insert(HANDLE Jukebox, unsigned Slot, const char *Title)
{
    JUKEBOX_RECORD record = {.Slot = Slot};
    DWORD count;

    strncpy(record.Title, Title, sizeof record.Title - 1);
    return DeviceIoControl(Jukebox, IOCTL_JUKEBOX_INSERT, &record, sizeof record, NULL, 0, &count,
                           NULL);
}

static BOOL Take(HANDLE Jukebox, DWORD Code, ULONG Slot)
{
    DWORD count;

    return DeviceIoControl(Jukebox, Code, &Slot, sizeof Slot, NULL, 0, &count, NULL);
}

static int Slots(HANDLE Jukebox)
{
    ULONG slots[JUKEBOX_SLOTS_MAX];
    DWORD count = 0;

    if (!DeviceIoControl(Jukebox, IOCTL_JUKEBOX_LIST, NULL, 0, slots, sizeof slots, &count, NULL))
        return -1;
    return (int)(count / sizeof *slots);
}

static int Plays(HANDLE Record, const char *Title)
{
    char heard[64] = "";
    DWORD count = 0;

    return ReadFile(Record, heard, sizeof heard - 1, &count, NULL) && count == strlen(Title) &&
           strcmp(heard, Title) == 0;
}

static void CheckOne(HANDLE Jukebox)
{
    HANDLE record;
    WCHAR id[128] = L"", location[64] = L"";
    ULONG bytes = sizeof location;
    DEVINST node = 0;

    Check("an empty jukebox", InterfacesNow(&GUID_DEVINTERFACE_RECORD) == 0 && Slots(Jukebox) == 0);
    Check("slot 0 is refused", !Insert(Jukebox, 0, "nothing"));
    Check("a record is put in", Insert(Jukebox, 7, "Lucille"));
    Check("its arrival is told", AreTold(Arrived, 1));
    Check("it is there", InterfacesNow(&GUID_DEVINTERFACE_RECORD) == 1 && Slots(Jukebox) == 1);
    record = Open(Paths);
    Check("it opens", record != INVALID_HANDLE_VALUE);
    Check("it plays its title, loud", Plays(record, "LUCILLE"));
    Check("another title for the same slot", Insert(Jukebox, 7, "Tutti Frutti"));
    Check("it is the same record, it plays the other title", Plays(record, "TUTTI FRUTTI"));
    Check("its node is found",
          CM_Locate_DevNodeW(&node, (WCHAR *)L"Jukebox\\Record\\07", CM_LOCATE_DEVNODE_NORMAL) ==
                  CR_SUCCESS ||
              (CM_Get_Device_ID_List_SizeW(&bytes, L"Jukebox", CM_GETIDLIST_FILTER_ENUMERATOR) ==
                   CR_SUCCESS &&
               CM_Get_Device_ID_ListW(L"Jukebox", id, ARRAYSIZE(id),
                                      CM_GETIDLIST_FILTER_ENUMERATOR) == CR_SUCCESS &&
               CM_Locate_DevNodeW(&node, id, CM_LOCATE_DEVNODE_NORMAL) == CR_SUCCESS));
    bytes = sizeof location;
    Check("it says where it is",
          CM_Get_DevNode_Registry_PropertyW(node, CM_DRP_LOCATION_INFORMATION, NULL, location,
                                            &bytes, 0) == CR_SUCCESS &&
              wcscmp(location, L"Slot 7") == 0);
    Check("it is taken out without a word", Take(Jukebox, IOCTL_JUKEBOX_REMOVE, 7));
    Check("its removal is told", AreTold(Removed, 1));
    Check("the handle that is left is of no use", !Plays(record, "TUTTI FRUTTI"));
    Check("nothing is there to take out",
          !Take(Jukebox, IOCTL_JUKEBOX_REMOVE, 7) && !Take(Jukebox, IOCTL_JUKEBOX_EJECT, 7));
    CloseHandle(record);
}

static void CheckReturn(HANDLE Jukebox)
{
    int right = 0;

    for (int round = 0; round < 10; round++) {
        HANDLE record;

        if (!Insert(Jukebox, 3, "again") || !AreTold(Arrived, 1) ||
            InterfacesNow(&GUID_DEVINTERFACE_RECORD) != 1)
            break;
        record = Open(Paths);
        right += Plays(record, "AGAIN");
        CloseHandle(record);
        if (!Take(Jukebox, IOCTL_JUKEBOX_REMOVE, 3) || !AreTold(Removed, 1))
            break;
    }
    Check("in and out of one slot ten times", right == 10);
    Check("it ejects", Insert(Jukebox, 4, "one") && AreTold(Arrived, 1) &&
                           Take(Jukebox, IOCTL_JUKEBOX_EJECT, 4) && AreTold(Removed, 1));
}

static void CheckRefill(HANDLE Jukebox)
{
    static JUKEBOX_RECORD records[JUKEBOX_SLOTS_MAX];
    DWORD count;

    for (unsigned i = 0; i < 10; i++) {
        records[i].Slot = 20 + i;
        sprintf(records[i].Title, "Track %u", i);
    }
    Check("ten at once", DeviceIoControl(Jukebox, IOCTL_JUKEBOX_REFILL, records,
                                         10 * sizeof *records, NULL, 0, &count, NULL) &&
                             AreTold(Arrived, 10));
    Check("ten are there", InterfacesNow(&GUID_DEVINTERFACE_RECORD) == 10 && Slots(Jukebox) == 10);
    Check("five of them stay", DeviceIoControl(Jukebox, IOCTL_JUKEBOX_REFILL, records,
                                               5 * sizeof *records, NULL, 0, &count, NULL) &&
                                   AreTold(Removed, 5));
    Check("five are there", InterfacesNow(&GUID_DEVINTERFACE_RECORD) == 5 && Slots(Jukebox) == 5);
    Check("all are taken out",
          DeviceIoControl(Jukebox, IOCTL_JUKEBOX_REFILL, NULL, 0, NULL, 0, &count, NULL) &&
              AreTold(Removed, 5) && Slots(Jukebox) == 0);
}

/* "insert N" or "remove N", and nothing else. */
static int Only(const char *What, unsigned Slot)
{
    HANDLE jukebox =
        InterfacesNow(&GUID_DEVINTERFACE_JUKEBOX) == 1 ? Open(Paths) : INVALID_HANDLE_VALUE;
    int isRight = strcmp(What, "insert") == 0 ? Insert(jukebox, Slot, "only one")
                                              : Take(jukebox, IOCTL_JUKEBOX_REMOVE, Slot);

    CloseHandle(jukebox);
    return !isRight;
}

int main(int argc, char **argv)
{
    CM_NOTIFY_FILTER filter = {.cbSize = sizeof filter,
                               .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE};
    HCMNOTIFICATION notification;
    HANDLE jukebox;

    if (argc == 3)
        return Only(argv[1], (unsigned)atoi(argv[2]));
    Arrived = CreateSemaphoreW(NULL, 0, 1000, NULL);
    Removed = CreateSemaphoreW(NULL, 0, 1000, NULL);
    filter.u.DeviceInterface.ClassGuid = GUID_DEVINTERFACE_RECORD;
    Check("records will be told",
          CM_Register_Notification(&filter, NULL, Notified, &notification) == CR_SUCCESS);
    Check("there is one jukebox", InterfacesNow(&GUID_DEVINTERFACE_JUKEBOX) == 1);
    jukebox = Open(Paths);
    Check("it opens", jukebox != INVALID_HANDLE_VALUE);
    if (jukebox == INVALID_HANDLE_VALUE)
        return 1;
    CheckOne(jukebox);
    CheckReturn(jukebox);
    CheckRefill(jukebox);
    /* Two stay in: they go with their bus. */
    Check("two more",
          Insert(jukebox, 1, "last") && Insert(jukebox, 2, "dance") && AreTold(Arrived, 2));
    CM_Unregister_Notification(notification);
    CloseHandle(jukebox);
    printf(Failures == 0 ? "all is well\n" : "%d FAILED\n", Failures);
    return Failures != 0;
}
