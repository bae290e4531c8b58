/* SPDX-License-Identifier: MIT */
/* stop.c - threads that are stopped by others: suspended while they run or wait, shown,
 * changed, resumed, terminated; and waits that are broken off from outside. Driver: pending. */
#include "check.h"

#include "../../examples/pending/pending_ioctl.h"

static volatile LONG Counter, IsOver;

static DWORD WINAPI Counting(void *Unused)
{
    (void)Unused;
    while (!IsOver)
        Counter++;
    return 7;
}

static void CheckRunning(void)
{
    DWORD code = 0;
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER};
    HANDLE thread = CreateThread(NULL, 0, Counting, NULL, 0, NULL);
    while (!Counter)
        SwitchToThread();
    Check("a running thread is suspended", SuspendThread(thread) == 0);
    LONG before = Counter;
    for (int i = 0; i < 1000; i++)
        SwitchToThread();
    Check("it stands still", Counter == before);
    Check("twice", SuspendThread(thread) == 1);
    Check("its registers are in its own code",
          GetThreadContext(thread, &context) && (char *)CONTEXT_IP(context) >= (char *)Counting &&
              (char *)CONTEXT_IP(context) < (char *)Counting + 256);
    Check("one resume is not enough", ResumeThread(thread) == 2 && Counter == before);
    Check("two are", ResumeThread(thread) == 1);
    while (Counter == before)
        SwitchToThread();
    IsOver = 1;
    Check("it ends by itself", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                   GetExitCodeThread(thread, &code) && code == 7);
    CheckFails("what has ended is not suspended", SuspendThread(thread) != (DWORD)-1,
               ERROR_ACCESS_DENIED);
    CloseHandle(thread);
}

static DWORD WINAPI Waiting(void *Event)
{
    WaitForSingleObject(Event, INFINITE);
    Counter = 100;
    return 0;
}

static void CheckWaiting(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, Waiting, event, 0, NULL);
    Counter = 0;
    Check("a waiting thread is suspended", SuspendThread(thread) == 0);
    SetEvent(event);
    for (int i = 0; i < 1000; i++)
        SwitchToThread();
    Check("the wait's end does not let it on", Counter == 0);
    ResumeThread(thread);
    Check("the resume does", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 && Counter == 100);
    CloseHandle(thread);
    CloseHandle(event);
}

static void CheckTerminate(void)
{
    DWORD code = 0;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    IsOver = Counter = 0;
    HANDLE thread = CreateThread(NULL, 0, Counting, NULL, 0, NULL);
    while (!Counter)
        SwitchToThread();
    Check("a running thread is terminated", TerminateThread(thread, 55));
    Check("and has ended", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                               GetExitCodeThread(thread, &code) && code == 55);
    CloseHandle(thread);
    thread = CreateThread(NULL, 0, Waiting, event, 0, NULL);
    Check("so is one that waits", TerminateThread(thread, 56) &&
                                      WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                      GetExitCodeThread(thread, &code) && code == 56);
    CloseHandle(thread);
    Counter = 0;
    thread = CreateThread(NULL, 0, Counting, NULL, 0, NULL);
    while (!Counter)
        SwitchToThread();
    SuspendThread(thread);
    Check("and one that is suspended", TerminateThread(thread, 57) &&
                                           WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                           GetExitCodeThread(thread, &code) && code == 57);
    CloseHandle(thread);
    CloseHandle(event);
}

static HANDLE Device;
static DWORD IoError;

static DWORD WINAPI Asking(void *Unused)
{
    char message[16];
    DWORD count;
    (void)Unused;
    BOOL isDone =
        DeviceIoControl(Device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, &count, NULL);
    IoError = isDone ? 0 : GetLastError();
    return 0;
}

static void CheckSynchronous(void)
{
    DWORD number = 0, count;
    HANDLE control = CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                 OPEN_EXISTING, 0, NULL);
    Device = CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                         0, NULL);
    CheckFails("nothing to cancel", CancelSynchronousIo(GetCurrentThread()), ERROR_NOT_FOUND);
    HANDLE thread = CreateThread(NULL, 0, Asking, NULL, 0, NULL);
    while (!number)
        DeviceIoControl(control, IOCTL_PENDING_COUNT, NULL, 0, &number, sizeof number, &count,
                        NULL);
    Check("a synchronous request is cancelled", CancelSynchronousIo(thread));
    Check("its thread goes on", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                    IoError == ERROR_OPERATION_ABORTED);
    CloseHandle(thread);
    CloseHandle(Device);
    CloseHandle(control);
}

int main(void)
{
    CheckRunning();
    CheckWaiting();
    CheckTerminate();
    CheckSynchronous();
    return Result();
}
