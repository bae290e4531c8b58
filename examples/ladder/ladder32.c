/* SPDX-License-Identifier: MIT */
/* ladder32.c - the 32-bit rung: a DLL between 16-bit programs and the driver.
 *
 * 16-bit programs load it with LoadLibraryEx32W and call it with CallProc32W, their far pointers
 * turned into flat ones by the mask; a 32-bit program may call it as any DLL. The notice that the
 * driver sends up goes on to a 16-bit routine through WOWCallback16.
 */
#include <windows.h>

#include <winioctl.h>
#include <wownt32.h>

#include "ladder_ioctl.h"

static HANDLE Device = INVALID_HANDLE_VALUE;

/* Nonzero when the device is open. */
__declspec(dllexport) DWORD WINAPI LadderOpen(void)
{
    if (Device == INVALID_HANDLE_VALUE)
        Device = CreateFileA(LADDER_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE,
                             FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                             FILE_FLAG_OVERLAPPED, NULL);
    return Device != INVALID_HANDLE_VALUE;
}

/* The C calling convention: CPEX_DEST_CDECL. */
__declspec(dllexport) DWORD LadderClose(void)
{
    BOOL isClosed = Device != INVALID_HANDLE_VALUE && CloseHandle(Device);

    Device = INVALID_HANDLE_VALUE;
    return isClosed;
}

static BOOL Finish(BOOL IsDone, OVERLAPPED *Overlapped, DWORD *Bytes)
{
    if (!IsDone && GetLastError() != ERROR_IO_PENDING)
        return FALSE;
    return GetOverlappedResult(Device, Overlapped, Bytes, TRUE);
}

/* The sum that the driver answers, with 0x10000 on it when the driver saw a 32-bit caller; 0: an
 * error (GetLastError). Callback, a 16:16 address or 0, gets the sum of the driver's notice. */
__declspec(dllexport) DWORD WINAPI LadderClimb(LPCSTR Text, DWORD Length, DWORD Callback)
{
    LADDER_REQUEST request = {.Text = (PVOID)Text, .Length = Length};
    OVERLAPPED waiting = {0}, climbing = {0};
    LADDER_NOTICE notice = {0};
    LADDER_ANSWER answer = {0};
    BOOL isDone, isHeard = FALSE;
    DWORD bytes, error;

    waiting.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    climbing.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    request.Event = CreateEventA(NULL, TRUE, FALSE, NULL);
    /* The inverted call goes first: it waits in the driver for what the second one causes. */
    isDone =
        DeviceIoControl(Device, IOCTL_LADDER_WAIT, NULL, 0, &notice, sizeof notice, NULL, &waiting);
    if (isDone || GetLastError() == ERROR_IO_PENDING) {
        isDone = DeviceIoControl(Device, IOCTL_LADDER_CLIMB, &request, sizeof request, &answer,
                                 sizeof answer, NULL, &climbing);
        isDone = Finish(isDone, &climbing, &bytes);
        error = GetLastError();
        if (!isDone)
            CancelIoEx(Device, &waiting);
        isHeard = GetOverlappedResult(Device, &waiting, &bytes, TRUE);
        isDone = isDone && isHeard && WaitForSingleObject(request.Event, 0) == WAIT_OBJECT_0;
        if (!isDone)
            SetLastError(error);
    }
    error = GetLastError();
    CloseHandle(waiting.hEvent);
    CloseHandle(climbing.hEvent);
    CloseHandle(request.Event);
    if (isDone && Callback)
        WOWCallback16(Callback, notice.Sum);
    SetLastError(error);
    return isDone ? answer.Sum | (answer.Is32Bit ? 0x10000u : 0) : 0;
}
