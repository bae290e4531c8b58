/* SPDX-License-Identifier: MIT */
/* sync.c - events, semaphores, mutexes, waits for several, waitable timers, conditions. */
#include "check.h"

static DWORD Look(HANDLE Object)
{
    return WaitForSingleObject(Object, 0);
}

static void CheckEvents(void)
{
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, "cove-test-event"), automatic, same;
    automatic = CreateEventA(NULL, FALSE, TRUE, NULL);
    Check("an event is not set", Look(manual) == WAIT_TIMEOUT);
    Check("set stays set",
          SetEvent(manual) && Look(manual) == WAIT_OBJECT_0 && Look(manual) == WAIT_OBJECT_0);
    Check("reset", ResetEvent(manual) && Look(manual) == WAIT_TIMEOUT);
    Check("an automatic one is taken",
          Look(automatic) == WAIT_OBJECT_0 && Look(automatic) == WAIT_TIMEOUT);
    same = CreateEventA(NULL, TRUE, FALSE, "cove-test-event");
    Check("the same name is the same event", same && GetLastError() == ERROR_ALREADY_EXISTS &&
                                                 SetEvent(same) && Look(manual) == WAIT_OBJECT_0);
    CloseHandle(same);
    same = OpenEventA(SYNCHRONIZE, FALSE, "cove-test-event");
    Check("open by name", same && Look(same) == WAIT_OBJECT_0);
    CheckFails("only with the rights asked for", SetEvent(same), ERROR_ACCESS_DENIED);
    CloseHandle(same);
    CheckFails("a name that is not there", OpenEventA(SYNCHRONIZE, FALSE, "cove-no-event") != NULL,
               ERROR_FILE_NOT_FOUND);
    CloseHandle(manual);
    CloseHandle(automatic);
    CheckFails("a closed handle", SetEvent(manual), ERROR_INVALID_HANDLE);
}

static void CheckSemaphores(void)
{
    LONG previous = -1;
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
    Check("a semaphore counts",
          Look(semaphore) == WAIT_OBJECT_0 && Look(semaphore) == WAIT_TIMEOUT);
    Check("release", ReleaseSemaphore(semaphore, 2, &previous) && previous == 0);
    CheckFails("not above its limit", ReleaseSemaphore(semaphore, 1, NULL), ERROR_TOO_MANY_POSTS);
    CloseHandle(semaphore);
}

static DWORD WINAPI Abandon(void *Mutex)
{
    return WaitForSingleObject(Mutex, 30000);
}

static void CheckMutexes(void)
{
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL), thread;
    Check("its owner may again", Look(mutex) == WAIT_OBJECT_0);
    Check("release", ReleaseMutex(mutex) && ReleaseMutex(mutex));
    CheckFails("as often as taken", ReleaseMutex(mutex), ERROR_NOT_OWNER);
    thread = CreateThread(NULL, 0, Abandon, mutex, 0, NULL);
    WaitForSingleObject(thread, 30000);
    CloseHandle(thread);
    Check("abandoned by a thread that ended", Look(mutex) == WAIT_ABANDONED);
    ReleaseMutex(mutex);
    CloseHandle(mutex);
}

static void CheckSeveral(void)
{
    HANDLE events[3];
    for (int i = 0; i < 3; i++)
        events[i] = CreateEventA(NULL, FALSE, i == 1, NULL);
    Check("any: the one that is set",
          WaitForMultipleObjects(3, events, FALSE, 0) == WAIT_OBJECT_0 + 1);
    Check("none", WaitForMultipleObjects(3, events, FALSE, 0) == WAIT_TIMEOUT);
    for (int i = 0; i < 3; i++)
        SetEvent(events[i]);
    Check("all", WaitForMultipleObjects(3, events, TRUE, 0) == WAIT_OBJECT_0 &&
                     Look(events[0]) == WAIT_TIMEOUT);
    Check("signal and wait",
          SetEvent(events[1]) &&
              SignalObjectAndWait(events[0], events[1], 0, FALSE) == WAIT_OBJECT_0 &&
              Look(events[0]) == WAIT_OBJECT_0);
    ULONGLONG began = GetTickCount64();
    Check("a time-out takes its time",
          WaitForSingleObject(events[0], 30) == WAIT_TIMEOUT && GetTickCount64() - began >= 15);
    for (int i = 0; i < 3; i++)
        CloseHandle(events[i]);
}

static void CheckTimers(void)
{
    LARGE_INTEGER due = {.QuadPart = -20000};
    HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    Check("a timer", timer && SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
                         WaitForSingleObject(timer, 30000) == WAIT_OBJECT_0);
    due.QuadPart = -36000000000ll;
    Check("cancelled", SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
                           CancelWaitableTimer(timer) && Look(timer) == WAIT_TIMEOUT);
    CloseHandle(timer);
}

static SRWLOCK Lock = SRWLOCK_INIT;
static CONDITION_VARIABLE Condition = CONDITION_VARIABLE_INIT;
static int IsReady; /* guarded by Lock */

static DWORD WINAPI MakeReady(void *Unused)
{
    (void)Unused;
    AcquireSRWLockExclusive(&Lock);
    IsReady = 1;
    ReleaseSRWLockExclusive(&Lock);
    WakeAllConditionVariable(&Condition);
    return 0;
}

static void CheckConditions(void)
{
    AcquireSRWLockExclusive(&Lock);
    CheckFails("a condition with a time-out", SleepConditionVariableSRW(&Condition, &Lock, 1, 0),
               ERROR_TIMEOUT);
    HANDLE thread = CreateThread(NULL, 0, MakeReady, NULL, 0, NULL);
    BOOL good = TRUE;
    while (!IsReady && good)
        good = SleepConditionVariableSRW(&Condition, &Lock, 30000, 0);
    Check("a condition", good && IsReady);
    ReleaseSRWLockExclusive(&Lock);
    WaitForSingleObject(thread, 30000);
    CloseHandle(thread);
    AcquireSRWLockShared(&Lock);
    Check("shared is shared", !TryAcquireSRWLockExclusive(&Lock) && TryAcquireSRWLockShared(&Lock));
    ReleaseSRWLockShared(&Lock);
    ReleaseSRWLockShared(&Lock);
}

int main(void)
{
    CheckEvents();
    CheckSemaphores();
    CheckMutexes();
    CheckSeveral();
    CheckTimers();
    CheckConditions();
    return Result();
}
