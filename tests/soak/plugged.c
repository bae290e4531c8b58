/* SPDX-License-Identifier: MIT */
/* plugged.c - toys are plugged in and pulled out again and again while threads open and read them.
 *
 *   plugged TIMES READERS
 *
 * TIMES 0: only opens and reads, until its standard input ends. Prints how often a toy was opened
 * and how many reads ended; all toys are gone at the end.
 */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <winioctl.h>

#include <initguid.h>

#include "../../examples/toybus/toybus_ioctl.h"

#define SERIALS 3
#define ROOM    4096

static volatile LONG is_over, opened, begun, ended, unexpected;

/* The devices that have the interface now; 0: none. */
static int paths_get(const GUID *wanted, WCHAR *paths)
{
    int count = 0;
    paths[0] = 0;
    if (CM_Get_Device_Interface_ListW((LPGUID)wanted, NULL, paths, ROOM,
                                      CM_GET_DEVICE_INTERFACE_LIST_PRESENT) != CR_SUCCESS)
        return 0;
    for (const WCHAR *path = paths; *path; path += wcslen(path) + 1)
        count++;
    return count;
}

static HANDLE device_open(const WCHAR *path, DWORD flags)
{
    return CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                       OPEN_EXISTING, flags, NULL);
}

/* Until the toy is pulled out from under the read, or somebody says something. */
static void toy_read(HANDLE toy, HANDLE event)
{
    char message[TOY_MESSAGE_MAX];
    OVERLAPPED read = {.hEvent = event};
    DWORD bytes;
    if (!ReadFile(toy, message, sizeof(message), NULL, &read) && GetLastError() != ERROR_IO_PENDING)
        return;
    InterlockedIncrement(&begun);
    if (GetOverlappedResult(toy, &read, &bytes, TRUE) && bytes != 6)
        InterlockedIncrement(&unexpected);
    InterlockedIncrement(&ended);
}

/* The last to wait in a toy is answered by who comes next. */
static void toy_say(HANDLE toy, HANDLE event)
{
    OVERLAPPED say = {.hEvent = event};
    DWORD bytes;
    if (!DeviceIoControl(toy, IOCTL_TOY_SAY, "hello", 6, NULL, 0, NULL, &say) &&
        GetLastError() == ERROR_IO_PENDING)
        GetOverlappedResult(toy, &say, &bytes, TRUE);
}

static DWORD WINAPI reader(void *number)
{
    static WCHAR room[64][ROOM];
    WCHAR *paths = room[(size_t)number];
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    while (!is_over) {
        paths_get(&GUID_DEVINTERFACE_TOY, paths);
        for (const WCHAR *path = paths; *path && !is_over; path += wcslen(path) + 1) {
            HANDLE toy = device_open(path, FILE_FLAG_OVERLAPPED);
            if (toy == INVALID_HANDLE_VALUE)
                continue;
            InterlockedIncrement(&opened);
            if ((size_t)number % 2)
                toy_say(toy, event);
            else
                toy_read(toy, event);
            CloseHandle(toy);
        }
    }
    CloseHandle(event);
    return 0;
}

static BOOL bus_ask(HANDLE bus, DWORD code, ULONG serial)
{
    DWORD bytes;
    return DeviceIoControl(bus, code, &serial, sizeof(serial), NULL, 0, &bytes, NULL);
}

/* What came last is there, or gone: nothing is plugged in faster than it starts. */
static void toys_wait(int count, WCHAR *paths)
{
    while (paths_get(&GUID_DEVINTERFACE_TOY, paths) != count)
        SwitchToThread();
}

int main(int argc, char **argv)
{
    static WCHAR paths[ROOM];
    HANDLE threads[64];
    int times = argc > 2 ? atoi(argv[1]) : 0, readers = argc > 2 ? atoi(argv[2]) : 0;
    if (readers < 1 || readers > 64 || paths_get(&GUID_DEVINTERFACE_TOYBUS, paths) != 1)
        return 2;
    HANDLE bus = device_open(paths, 0);
    for (int i = 0; i < readers; i++)
        threads[i] = CreateThread(NULL, 0, reader, (void *)(size_t)i, 0, NULL);
    for (int i = 0; i < times; i++) {
        ULONG serial = 1 + (ULONG)i % SERIALS;
        LONG before = begun;
        if (!bus_ask(bus, IOCTL_TOYBUS_PLUG, serial))
            InterlockedIncrement(&unexpected);
        toys_wait(1, paths);
        /* Now and then only when a read waits in it. */
        while (i % 8 == 0 && begun == before)
            SwitchToThread();
        /* Handed out when nobody has it open, else pulled out. */
        if (i % 4 == 3)
            bus_ask(bus, IOCTL_TOYBUS_EJECT, serial);
        bus_ask(bus, IOCTL_TOYBUS_UNPLUG, serial);
        toys_wait(0, paths);
    }
    while (times == 0 && getchar() != EOF)
        ;
    is_over = 1;
    WaitForMultipleObjects((DWORD)readers, threads, TRUE, INFINITE);
    CloseHandle(bus);
    printf("%d times plugged, %ld opened, %ld reads ended, %ld unexpected\n", times, opened, ended,
           unexpected);
    return unexpected != 0 || (times != 0 && ended == 0);
}
