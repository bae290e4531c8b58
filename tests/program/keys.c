/* SPDX-License-Identifier: MIT */
/* keys.c - what comes from outside: single keys, Ctrl-C and its kin.
 *
 *   keys poll   says "ready", polls for a key, prints it, until it is 'q'
 *   keys wait   says "ready", prints each event it is given; the second Ctrl-C is not taken
 *   keys        checks */
#include "check.h"

#include <conio.h>

static HANDLE Called;
static DWORD Caller, Order;

static BOOL WINAPI First(DWORD Event)
{
    Order = Order * 10 + 1;
    Caller = GetCurrentThreadId();
    SetEvent(Called);
    return Event == CTRL_C_EVENT || Event == CTRL_BREAK_EVENT;
}

static BOOL WINAPI Second(DWORD Event)
{
    (void)Event;
    Order = Order * 10 + 2;
    return FALSE;
}

static int Events;

static BOOL WINAPI Printing(DWORD Event)
{
    printf("event %lu\n", Event);
    fflush(stdout);
    return ++Events == 1;
}

static int Poll(void)
{
    int key;
    puts("ready");
    fflush(stdout);
    do {
        while (!_kbhit())
            SwitchToThread();
        key = _getch();
        printf("key %d\n", key);
        fflush(stdout);
    } while (key != 'q' && key != EOF);
    return 0;
}

static int Wait(void)
{
    SetConsoleCtrlHandler(Printing, TRUE);
    puts("ready");
    fflush(stdout);
    WaitForSingleObject(CreateEventA(NULL, TRUE, FALSE, NULL), INFINITE);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return argv[1][0] == 'p' ? Poll() : Wait();
    Called = CreateEventA(NULL, FALSE, FALSE, NULL);
    Check("handlers", SetConsoleCtrlHandler(First, TRUE) && SetConsoleCtrlHandler(Second, TRUE));
    Check("an event", GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
    WaitForSingleObject(Called, INFINITE);
    Check("the last one is asked first", Order == 21);
    Check("on a thread of its own", Caller != GetCurrentThreadId());
    Check("removed", SetConsoleCtrlHandler(Second, FALSE));
    CheckFails("once only", SetConsoleCtrlHandler(Second, FALSE), ERROR_INVALID_PARAMETER);
    Order = 0;
    Check("Ctrl-C is passed over", SetConsoleCtrlHandler(NULL, TRUE) &&
                                       GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) &&
                                       GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0));
    WaitForSingleObject(Called, INFINITE);
    Check("but Ctrl-Break is not", Order == 1);
    CheckFails("no such event", GenerateConsoleCtrlEvent(9, 0), ERROR_INVALID_PARAMETER);
    Check("no key is there", !_kbhit());
    return Result();
}
