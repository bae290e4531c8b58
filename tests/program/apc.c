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
    Check("and in an alertable wait",
          WaitForSingleObjectEx(file, 30000, TRUE) == WAIT_IO_COMPLETION && RoutineCalls == 2 &&
              RoutineCount == 4 && !memcmp(bytes, "cdef", 4));
    CloseHandle(file);
    DeleteFileA("apc.txt");
}

int main(void)
{
    CheckApcs();
    CheckRoutines();
    return Result();
}
