/* SPDX-License-Identifier: MIT */
/* apc.c - asynchronous procedure calls: queued by a program, and after overlapped requests. */
#include "check.h"

static ULONG_PTR ApcValue;

static void CALLBACK Apc(ULONG_PTR Value)
{
    ApcValue = Value;
}

static void CheckApcs(void)
{
    Check("an APC is queued", QueueUserAPC(Apc, GetCurrentThread(), 9));
    Check("runs in an alertable sleep only", SleepEx(0, FALSE) == 0 && ApcValue == 0 &&
                                                 SleepEx(30000, TRUE) == WAIT_IO_COMPLETION &&
                                                 ApcValue == 9);
}

static DWORD RoutineError, RoutineCount, RoutineCalls;

static void CALLBACK Routine(DWORD Error, DWORD Count, OVERLAPPED *Overlapped)
{
    (void)Overlapped;
    RoutineCalls++;
    RoutineError = Error;
    RoutineCount = Count;
}

static void CheckRoutines(void)
{
    OVERLAPPED overlapped = {0};
    char bytes[16] = "";
    HANDLE file = CreateFileA("apc.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_OVERLAPPED, NULL);
    Check("WriteFileEx", WriteFileEx(file, "abcdef", 6, &overlapped, Routine));
    Check("its routine runs in an alertable sleep",
          RoutineCalls == 0 && SleepEx(30000, TRUE) == WAIT_IO_COMPLETION && RoutineCalls == 1 &&
              RoutineError == 0 && RoutineCount == 6);
    overlapped.Offset = 2;
    Check("ReadFileEx", ReadFileEx(file, bytes, sizeof bytes, &overlapped, Routine));
    /* The file itself is signalled: a wait for it would be satisfied without the routine. */
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    Check("and in an alertable wait",
          WaitForSingleObjectEx(event, 30000, TRUE) == WAIT_IO_COMPLETION && RoutineCalls == 2 &&
              RoutineCount == 4 && !memcmp(bytes, "cdef", 4));
    CloseHandle(event);
    CloseHandle(file);
    DeleteFileA("apc.txt");
}

static DWORD Order[4], OrderCount;

static void CALLBACK Ordered(ULONG_PTR Value)
{
    Order[OrderCount++] = (DWORD)Value;
    /* One that waits alertably lets those behind it in. */
    if (Value == 1)
        SleepEx(0, TRUE);
    if (Value == 1)
        Order[OrderCount++] = 10;
}

static void CheckOrder(void)
{
    QueueUserAPC(Ordered, GetCurrentThread(), 1);
    QueueUserAPC(Ordered, GetCurrentThread(), 2);
    Check("an APC that waits is overtaken", SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION &&
                                                OrderCount == 3 && Order[0] == 1 && Order[1] == 2 &&
                                                Order[2] == 10);
    Check("and none is left", SleepEx(0, TRUE) == 0);
}

static HANDLE Gate;
static DWORD WaitResult[3];

static DWORD WINAPI Alertable(void *Unused)
{
    ULONG removed;
    OVERLAPPED_ENTRY entry;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), both[2] = {port, Gate};
    (void)Unused;
    WaitResult[0] = SignalObjectAndWait(Gate, port, INFINITE, TRUE);
    SetEvent(Gate);
    GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, TRUE);
    WaitResult[1] = GetLastError();
    SetEvent(Gate);
    both[1] = both[0];
    WaitResult[2] = WaitForSingleObjectEx(both[1], INFINITE, TRUE);
    SetEvent(Gate);
    CloseHandle(port);
    return 0;
}

static void CheckOther(void)
{
    Gate = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, Alertable, NULL, CREATE_SUSPENDED, NULL);
    ApcValue = 0;
    QueueUserAPC(Apc, thread, 1);
    ResumeThread(thread);
    WaitForSingleObject(Gate, 30000);
    Check("what was queued before it began has run", ApcValue == 1);
    for (DWORD i = 2; i <= 4; i++) {
        QueueUserAPC(Apc, thread, i);
        Check("another thread's wait is broken",
              WaitForSingleObject(Gate, 30000) == WAIT_OBJECT_0 && ApcValue == i);
    }
    WaitForSingleObject(thread, 30000);
    Check("each wait says so", WaitResult[0] == WAIT_IO_COMPLETION &&
                                   WaitResult[1] == WAIT_IO_COMPLETION &&
                                   WaitResult[2] == WAIT_IO_COMPLETION);
    CheckFails("a thread that has ended takes none", QueueUserAPC(Apc, thread, 5),
               ERROR_GEN_FAILURE);
    CloseHandle(thread);
    CloseHandle(Gate);
}

static ULONG_PTR DriverArguments[3];

static void CALLBACK FromDriver(ULONG_PTR Context, ULONG_PTR First, ULONG_PTR Second)
{
    DriverArguments[0] = Context;
    DriverArguments[1] = First;
    DriverArguments[2] = Second;
}

static void CheckDriver(void)
{
    DWORD count;
    ULONG64 input[2] = {(ULONG_PTR)FromDriver, 1}; /* as wide as the driver */
    HANDLE device = CreateFileA("\\\\.\\ApcDriver", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    Check("a driver queues one",
          DeviceIoControl(device, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, 0), input,
                          sizeof input, NULL, 0, &count, NULL) &&
              DriverArguments[0] == 0);
    Check("it runs in the next alertable wait",
          SleepEx(0, TRUE) == WAIT_IO_COMPLETION && DriverArguments[0] == 1 &&
              DriverArguments[1] == 2 && DriverArguments[2] == 3);
    /* One that is never run is given back to the driver when the thread ends. */
    DeviceIoControl(device, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, 0), input,
                    sizeof input, NULL, 0, &count, NULL);
    CloseHandle(device);
}

int main(void)
{
    CheckApcs();
    CheckRoutines();
    CheckOrder();
    CheckOther();
    CheckDriver();
    return Result();
}
