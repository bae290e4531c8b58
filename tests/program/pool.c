/* SPDX-License-Identifier: MIT */
/* pool.c - thread pools, new and old; fibers, barriers, addresses waited on. Driver: pending. */
#include "check.h"

#include <synchapi.h>

#include "../../examples/pending/pending_ioctl.h"

#define CALLS 200

static LONG volatile Count, Cancelled, Finalized;
static HANDLE Event;

/* ---- work ------------------------------------------------------------------------------- */

static void CALLBACK Work(PTP_CALLBACK_INSTANCE Instance, void *Context, PTP_WORK Self)
{
    (void)Instance;
    (void)Self;
    InterlockedIncrement((LONG *)Context);
}

static void CALLBACK Simple(PTP_CALLBACK_INSTANCE Instance, void *Context)
{
    InterlockedIncrement(&Count);
    SetEventWhenCallbackReturns(Instance, Context);
}

static void CALLBACK Blocking(PTP_CALLBACK_INSTANCE Instance, void *Context, PTP_WORK Self)
{
    (void)Instance;
    (void)Self;
    WaitForSingleObject(Context, INFINITE);
    InterlockedIncrement(&Count);
}

static DWORD WINAPI Plain(void *Context)
{
    InterlockedIncrement(&Count);
    SetEvent(Context);
    return 0;
}

static void CheckWork(void)
{
    PTP_WORK work = CreateThreadpoolWork(Work, (void *)&Count, NULL);
    for (int i = 0; i < CALLS; i++)
        SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    Check("every submission is a call", Count == CALLS);
    CloseThreadpoolWork(work);
    Count = 0;
    Check("a callback alone", TrySubmitThreadpoolCallback(Simple, Event, NULL) &&
                                  WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 && Count == 1);
    Check("QueueUserWorkItem", QueueUserWorkItem(Plain, Event, WT_EXECUTEDEFAULT) &&
                                   WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 &&
                                   Count == 2);
}

static void CALLBACK GroupCancel(void *Context, void *Cleanup)
{
    if (Cleanup == (void *)5 && Context)
        InterlockedIncrement(&Cancelled);
}

static void CALLBACK Finalize(PTP_CALLBACK_INSTANCE Instance, void *Context)
{
    (void)Instance;
    (void)Context;
    InterlockedIncrement(&Finalized);
}

static void CheckGroup(void)
{
    TP_CALLBACK_ENVIRON settings;
    PTP_POOL pool = CreateThreadpool(NULL);
    PTP_CLEANUP_GROUP group = CreateThreadpoolCleanupGroup();
    SetThreadpoolThreadMaximum(pool, 1);
    Check("a pool of one thread", SetThreadpoolThreadMinimum(pool, 1));
    InitializeThreadpoolEnvironment(&settings);
    SetThreadpoolCallbackPool(&settings, pool);
    SetThreadpoolCallbackCleanupGroup(&settings, group, GroupCancel);
    settings.FinalizationCallback = Finalize;
    HANDLE gate = CreateEventA(NULL, TRUE, FALSE, NULL);
    Count = 0;
    PTP_WORK first = CreateThreadpoolWork(Blocking, gate, &settings);
    PTP_WORK second = CreateThreadpoolWork(Work, (void *)&Count, &settings);
    SubmitThreadpoolWork(first);
    SubmitThreadpoolWork(second);
    SubmitThreadpoolWork(second);
    WaitForThreadpoolWorkCallbacks(second, TRUE);
    Check("what has not begun is cancelled", Count == 0);
    SubmitThreadpoolWork(second);
    SetEvent(gate);
    CloseThreadpoolCleanupGroupMembers(group, FALSE, NULL);
    Check("a group waits for its members", Count == 2 && Finalized == 2 && Cancelled == 0);
    ResetEvent(gate);
    first = CreateThreadpoolWork(Blocking, gate, &settings);
    second = CreateThreadpoolWork(Work, (void *)&Count, &settings);
    SubmitThreadpoolWork(first);
    SubmitThreadpoolWork(second);
    SetEvent(gate);
    CloseThreadpoolCleanupGroupMembers(group, TRUE, (void *)5);
    Check("or cancels them: each call ran or was cancelled", Count + Cancelled == 4);
    CloseThreadpoolCleanupGroup(group);
    CloseThreadpool(pool);
    CloseHandle(gate);
}

/* ---- timers and waits ------------------------------------------------------------------- */

static void CALLBACK Timer(PTP_CALLBACK_INSTANCE Instance, void *Context, PTP_TIMER Self)
{
    (void)Instance;
    (void)Self;
    if (InterlockedIncrement(&Count) == 3)
        SetEvent(Context);
}

static void CALLBACK Fired(void *Context, BOOLEAN TimedOut)
{
    if (InterlockedIncrement(&Count) == 3 || !TimedOut)
        SetEvent(Context);
}

static void CheckTimers(void)
{
    HANDLE queue, timer, never;
    LARGE_INTEGER due = {.QuadPart = -10};
    PTP_TIMER pool_timer = CreateThreadpoolTimer(Timer, Event, NULL);
    Count = 0;
    Check("a timer is not set at first", !IsThreadpoolTimerSet(pool_timer));
    SetThreadpoolTimer(pool_timer, (FILETIME *)&due, 1, 0);
    Check("it fires again and again",
          WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 && IsThreadpoolTimerSet(pool_timer));
    SetThreadpoolTimer(pool_timer, NULL, 0, 0);
    WaitForThreadpoolTimerCallbacks(pool_timer, TRUE);
    Check("until it is unset", Count >= 3 && !IsThreadpoolTimerSet(pool_timer));
    CloseThreadpoolTimer(pool_timer);
    Count = 0;
    queue = CreateTimerQueue();
    Check("timer queues", CreateTimerQueueTimer(&timer, queue, Fired, Event, 0, 1, 0) &&
                              WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 && Count >= 3);
    Check("a timer is deleted", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
    Count = 0;
    CreateTimerQueueTimer(&never, queue, Fired, Event, INFINITE, 0, 0);
    Check("its time is changed", ChangeTimerQueueTimer(queue, never, 0, 1) &&
                                     WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0);
    Check("a queue is deleted with its timers", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
    ResetEvent(Event);
}

static TP_WAIT_RESULT LastResult;

static void CALLBACK Waited(PTP_CALLBACK_INSTANCE Instance, void *Context, PTP_WAIT Self,
                            TP_WAIT_RESULT Result)
{
    (void)Self;
    LastResult = Result;
    SetEventWhenCallbackReturns(Instance, Context);
}

static void CheckWaits(void)
{
    HANDLE object = CreateEventA(NULL, FALSE, FALSE, NULL), registered;
    LARGE_INTEGER at_once = {.QuadPart = 0};
    PTP_WAIT wait = CreateThreadpoolWait(Waited, Event, NULL);
    SetThreadpoolWait(wait, object, NULL);
    SetEvent(object);
    Check("an object is waited for",
          WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 && LastResult == WAIT_OBJECT_0);
    SetThreadpoolWait(wait, object, (FILETIME *)&at_once);
    Check("or time passes",
          WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 && LastResult == WAIT_TIMEOUT);
    CloseThreadpoolWait(wait);
    Count = 0;
    Check("a wait is registered",
          RegisterWaitForSingleObject(&registered, object, Fired, Event, INFINITE, 0));
    for (int i = 0; i < 2; i++) {
        SetEvent(object);
        Check("it fires", WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0);
    }
    Check("and is taken back", UnregisterWaitEx(registered, INVALID_HANDLE_VALUE) && Count == 2);
    SetEvent(object);
    Check("it fires no more", WaitForSingleObject(object, 30000) == WAIT_OBJECT_0 && Count == 2);
    CloseHandle(object);
}

/* ---- files -------------------------------------------------------------------------------- */

static ULONG IoResult;
static ULONG_PTR IoCount;
static void *IoOverlapped;

static void CALLBACK Transferred(PTP_CALLBACK_INSTANCE Instance, void *Context, void *Overlapped,
                                 ULONG Result, ULONG_PTR Bytes, PTP_IO Io)
{
    (void)Io;
    IoOverlapped = Overlapped;
    IoResult = Result;
    IoCount = Bytes;
    SetEventWhenCallbackReturns(Instance, Context);
}

static void CALLBACK Bound(DWORD Error, DWORD Bytes, OVERLAPPED *Overlapped)
{
    IoOverlapped = Overlapped;
    IoResult = Error;
    IoCount = Bytes;
    SetEvent(Event);
}

static HANDLE Open(DWORD Flags)
{
    return CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       Flags, NULL);
}

static void CheckFiles(void)
{
    OVERLAPPED overlapped = {0};
    char message[16] = "";
    DWORD count;
    HANDLE control = Open(0), device = Open(FILE_FLAG_OVERLAPPED);
    PTP_IO io = CreateThreadpoolIo(device, Transferred, Event, NULL);
    StartThreadpoolIo(io);
    DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, 16, NULL, &overlapped);
    DeviceIoControl(control, IOCTL_PENDING_SEND, "abc", 4, NULL, 0, &count, NULL);
    Check("a request's end is called back", WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 &&
                                                IoOverlapped == &overlapped && IoResult == 0 &&
                                                IoCount == 4 && !strcmp(message, "abc"));
    StartThreadpoolIo(io);
    DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, 16, NULL, &overlapped);
    CancelIoEx(device, &overlapped);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    Check("so is a cancelled one's", IoResult == ERROR_OPERATION_ABORTED);
    StartThreadpoolIo(io);
    CancelThreadpoolIo(io);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    WaitForSingleObject(Event, 30000);
    CloseThreadpoolIo(io);
    CloseHandle(device);
    device = Open(FILE_FLAG_OVERLAPPED);
    Check("a file is bound", BindIoCompletionCallback(device, Bound, 0));
    DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, 16, NULL, &overlapped);
    DeviceIoControl(control, IOCTL_PENDING_SEND, "de", 3, NULL, 0, &count, NULL);
    Check("its request's end is called back",
          WaitForSingleObject(Event, 30000) == WAIT_OBJECT_0 && IoCount == 3 && IoResult == 0);
    CloseHandle(device);
    CloseHandle(control);
}

/* ---- fibers, barriers, addresses --------------------------------------------------------- */

static void *Main;
static DWORD Local;
static int Steps[4];

static void CALLBACK FiberEnd(void *Value)
{
    Steps[3] += (int)(ULONG_PTR)Value;
}

static void CALLBACK Fiber(void *Parameter)
{
    volatile double keep = 2.5;
    FlsSetValue(Local, (void *)7);
    Steps[0] = Parameter == GetFiberData() && IsThreadAFiber();
    SwitchToFiber(Main);
    Steps[1] = keep * 2 == 5.0 && FlsGetValue(Local) == (void *)7;
    SwitchToFiber(Main);
}

static void CheckFibers(void)
{
    Local = FlsAlloc(FiberEnd);
    Main = ConvertThreadToFiber(NULL);
    CheckFails("once is enough", ConvertThreadToFiber(NULL) != NULL, ERROR_ALREADY_FIBER);
    void *fiber = CreateFiber(0, Fiber, &Steps);
    FlsSetValue(Local, (void *)1);
    SwitchToFiber(fiber);
    Check("a fiber runs", Steps[0] && FlsGetValue(Local) == (void *)1);
    SwitchToFiber(fiber);
    Check("and goes on where it was", Steps[1]);
    DeleteFiber(fiber);
    Check("its storage is called back", Steps[3] == 7);
    Check("back to a thread", ConvertFiberToThread() && !IsThreadAFiber());
    FlsFree(Local);
}

static SYNCHRONIZATION_BARRIER Barrier;
static LONG volatile Lasts, Phase, Wrong, Word;

static DWORD WINAPI Meeting(void *Unused)
{
    (void)Unused;
    for (LONG i = 0; i < 50; i++) {
        InterlockedIncrement(&Phase);
        if (EnterSynchronizationBarrier(&Barrier, 0))
            InterlockedIncrement(&Lasts);
        if (Phase < (i + 1) * 3)
            Wrong = 1;
        EnterSynchronizationBarrier(&Barrier, 0);
    }
    return 0;
}

static DWORD WINAPI Sleeping(void *Unused)
{
    LONG zero = 0;
    (void)Unused;
    while (!Word)
        WaitOnAddress(&Word, &zero, sizeof zero, INFINITE);
    return 9;
}

static void CheckMeetings(void)
{
    HANDLE threads[3];
    DWORD code = 0;
    InitializeSynchronizationBarrier(&Barrier, 3, -1);
    for (int i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, Meeting, NULL, 0, NULL);
    WaitForMultipleObjects(3, threads, TRUE, 60000);
    Check("a barrier holds everyone, and names one", Lasts == 50 && !Wrong);
    DeleteSynchronizationBarrier(&Barrier);
    for (int i = 0; i < 3; i++)
        CloseHandle(threads[i]);
    threads[0] = CreateThread(NULL, 0, Sleeping, NULL, 0, NULL);
    InterlockedExchange(&Word, 1);
    WakeByAddressAll((void *)&Word);
    Check("an address is waited on", WaitForSingleObject(threads[0], 30000) == WAIT_OBJECT_0 &&
                                         GetExitCodeThread(threads[0], &code) && code == 9);
    CloseHandle(threads[0]);
}

int main(void)
{
    Event = CreateEventA(NULL, FALSE, FALSE, NULL);
    CheckWork();
    CheckGroup();
    CheckTimers();
    CheckWaits();
    CheckFiles();
    CheckFibers();
    CheckMeetings();
    return Result();
}
