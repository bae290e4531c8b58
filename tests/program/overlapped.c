/* SPDX-License-Identifier: MIT */
/* overlapped.c - requests that go on by themselves: events, results, cancellation,
 * and files that are read asynchronously. Driver: pending.sys. */
#include "check.h"

#include "../../examples/pending/pending_ioctl.h"

static HANDLE Open(DWORD Flags)
{
    return CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       Flags, NULL);
}

static DWORD Waiting(HANDLE Device)
{
    DWORD number = 0xffffffff, count;
    DeviceIoControl(Device, IOCTL_PENDING_COUNT, NULL, 0, &number, sizeof number, &count, NULL);
    return number;
}

static BOOL Wait(HANDLE Device, char *Message, OVERLAPPED *Overlapped)
{
    return DeviceIoControl(Device, IOCTL_PENDING_WAIT, NULL, 0, Message, 16, NULL, Overlapped);
}

static void CheckEvents(HANDLE Device, HANDLE Control)
{
    OVERLAPPED first = {0}, second = {0};
    char one[16] = "", two[16] = "";
    DWORD count = 0;
    first.hEvent = CreateEventA(NULL, TRUE, TRUE, NULL);
    second.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    CheckFails("a request goes on", Wait(Device, one, &first), ERROR_IO_PENDING);
    Check("its event is reset", WaitForSingleObject(first.hEvent, 0) == WAIT_TIMEOUT);
    Check("it says pending", !HasOverlappedIoCompleted(&first));
    Wait(Device, two, &second);
    Check("two wait", Waiting(Control) == 2);
    DeviceIoControl(Control, IOCTL_PENDING_SEND, "one", 4, NULL, 0, &count, NULL);
    Check("the older is served",
          GetOverlappedResult(Device, &first, &count, TRUE) && count == 4 && !strcmp(one, "one"));
    Check("it says done", HasOverlappedIoCompleted(&first));
    CheckFails("the other is not", GetOverlappedResult(Device, &second, &count, FALSE),
               ERROR_IO_INCOMPLETE);
    CheckFails("nor within a millisecond", GetOverlappedResultEx(Device, &second, &count, 1, FALSE),
               WAIT_TIMEOUT);
    Check("cancel one", CancelIoEx(Device, &second));
    CheckFails("it was aborted", GetOverlappedResult(Device, &second, &count, TRUE),
               ERROR_OPERATION_ABORTED);
    Check("its buffer is as it was", two[0] == '\0');
    CloseHandle(first.hEvent);
    CloseHandle(second.hEvent);
}

static void CheckFileObject(HANDLE Device, HANDLE Control)
{
    OVERLAPPED overlapped = {0};
    char message[16] = "";
    DWORD count = 0;
    Wait(Device, message, &overlapped);
    DeviceIoControl(Control, IOCTL_PENDING_SEND, "x", 2, NULL, 0, &count, NULL);
    Check("without an event the handle is signalled",
          WaitForSingleObject(Device, 30000) == WAIT_OBJECT_0 &&
              GetOverlappedResult(Device, &overlapped, &count, FALSE) && count == 2);
}

static DWORD WINAPI Canceller(void *Device)
{
    OVERLAPPED overlapped = {0};
    char message[16];
    Wait(Device, message, &overlapped);
    CancelIo(Device); /* this thread's only */
    DWORD count;
    GetOverlappedResult(Device, &overlapped, &count, TRUE);
    return GetLastError();
}

static DWORD WINAPI Synchronous(void *Device)
{
    char message[16];
    DWORD count;
    return DeviceIoControl(Device, IOCTL_PENDING_WAIT, NULL, 0, message, 16, &count, NULL)
               ? 0
               : GetLastError();
}

static void CheckCancels(HANDLE Device, HANDLE Control)
{
    OVERLAPPED overlapped[3] = {{0}};
    char messages[3][16];
    DWORD count, code = 0;
    for (int i = 0; i < 3; i++)
        Wait(Device, messages[i], &overlapped[i]);
    HANDLE thread = CreateThread(NULL, 0, Canceller, Device, 0, NULL);
    Check("a thread cancels its own only",
          WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 && GetExitCodeThread(thread, &code) &&
              code == ERROR_OPERATION_ABORTED && Waiting(Control) == 3);
    CloseHandle(thread);
    Check("cancel all of the handle", CancelIoEx(Device, NULL));
    int right = 0;
    for (int i = 0; i < 3; i++)
        right += !GetOverlappedResult(Device, &overlapped[i], &count, TRUE) &&
                 GetLastError() == ERROR_OPERATION_ABORTED;
    Check("all were aborted", right == 3 && Waiting(Control) == 0);

    HANDLE second = Open(0);
    thread = CreateThread(NULL, 0, Synchronous, second, 0, NULL);
    while (Waiting(Control) == 0)
        SwitchToThread();
    Check("a synchronous wait is cancelled from outside", CancelSynchronousIo(thread));
    Check("and says so", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                             GetExitCodeThread(thread, &code) && code == ERROR_OPERATION_ABORTED);
    CheckFails("nothing is left to cancel", CancelSynchronousIo(thread), ERROR_NOT_FOUND);
    CloseHandle(thread);
    CloseHandle(second);
}

static void CheckFile(void)
{
    OVERLAPPED overlapped = {0};
    char bytes[16] = "";
    DWORD count = 0;
    HANDLE file = CreateFileA("overlapped.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                              CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);
    overlapped.Offset = 5;
    Check("an overlapped write",
          WriteFile(file, "abcdef", 6, NULL, &overlapped) || GetLastError() == ERROR_IO_PENDING);
    Check("its result", GetOverlappedResult(file, &overlapped, &count, TRUE) && count == 6);
    overlapped.Offset = 7;
    Check("an overlapped read", ReadFile(file, bytes, sizeof bytes, NULL, &overlapped) ||
                                    GetLastError() == ERROR_IO_PENDING);
    Check("its bytes", GetOverlappedResult(file, &overlapped, &count, TRUE) && count == 4 &&
                           !memcmp(bytes, "cdef", 4));
    overlapped.Offset = 100;
    CheckFails("behind the end",
               ReadFile(file, bytes, sizeof bytes, NULL, &overlapped) ||
                   (GetLastError() == ERROR_IO_PENDING &&
                    GetOverlappedResult(file, &overlapped, &count, TRUE)),
               ERROR_HANDLE_EOF);
    CloseHandle(file);
    DeleteFileA("overlapped.txt");
}

int main(void)
{
    HANDLE device = Open(FILE_FLAG_OVERLAPPED), control = Open(0);
    Check("open the device", device != INVALID_HANDLE_VALUE && control != INVALID_HANDLE_VALUE);
    CheckEvents(device, control);
    CheckFileObject(device, control);
    CheckCancels(device, control);
    CheckFile();
    CloseHandle(device);
    CloseHandle(control);
    return Result();
}
