/* SPDX-License-Identifier: MIT */
/* keys.c - what comes from outside: single keys, Ctrl-C and its kin.
 *
 *   keys poll   says "ready", polls for a key, prints it, until it is 'q'
 *   keys events says "ready", then what the terminal's records say, until a 'q'
 *   keys wait   says "ready", prints each event it is given; the second Ctrl-C is not taken
 *   keys        checks */
#include "check.h"

#include <conio.h>
#include <stdarg.h>

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

static void Say(const char *Format, ...)
{
    va_list list;
    va_start(list, Format);
    vprintf(Format, list);
    va_end(list);
    fflush(stdout);
}

/* Records one at a time, then functions on what is waiting, then a line in pieces. */
static int Records(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), never = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE both[] = {never, in};
    INPUT_RECORD record = {0}, peeked[4];
    DWORD count = 9, number = 9;
    wchar_t text[3] = L"";
    BOOL right = GetNumberOfConsoleInputEvents(in, &count) && !count &&
                 WaitForSingleObject(in, 0) == WAIT_TIMEOUT &&
                 WaitForMultipleObjects(2, both, FALSE, 1) == WAIT_TIMEOUT &&
                 PeekConsoleInputW(in, peeked, 4, &count) && !count;
    Say("ready\nnothing %d\n", right);
    do {
        WaitForSingleObject(in, INFINITE);
        ReadConsoleInputW(in, &record, 1, &count);
        KEY_EVENT_RECORD *key = &record.Event.KeyEvent;
        if (record.EventType == KEY_EVENT && key->bKeyDown)
            Say("%x %x %lx\n", key->wVirtualKeyCode, key->uChar.UnicodeChar,
                key->dwControlKeyState);
    } while (record.Event.KeyEvent.uChar.UnicodeChar != 'q' || record.Event.KeyEvent.bKeyDown);
    Say("wait %lu", WaitForMultipleObjects(2, both, FALSE, INFINITE));
    PeekConsoleInputA(in, peeked, 4, &count);
    GetNumberOfConsoleInputEvents(in, &number);
    Say(" peek %lu %lu %c", count, number, peeked[0].Event.KeyEvent.uChar.AsciiChar);
    ReadConsoleInputA(in, peeked, 4, &count);
    Say(" read %lu", count);
    right = WriteConsoleInputW(in, &record, 1, &count) && count == 1 &&
            GetNumberOfConsoleInputEvents(in, &number) && number == 1 &&
            FlushConsoleInputBuffer(in) && GetNumberOfConsoleInputEvents(in, &number) && !number;
    Say(" flush %d\n", right);
    SetConsoleMode(in, ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT);
    for (int i = 0; i < 2; i++) {
        ReadConsoleW(in, text, 2, &count, NULL);
        Say("%lc%lc ", text[0], text[1]);
    }
    SetEvent(never);
    Say("%lu\n", WaitForMultipleObjects(2, both, FALSE, INFINITE));
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
        return argv[1][0] == 'p' ? Poll() : argv[1][0] == 'e' ? Records() : Wait();
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
    DWORD count;
    INPUT_RECORD record;
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    CheckFails("no terminal, no records", ReadConsoleInputA(in, &record, 1, &count),
               ERROR_INVALID_HANDLE);
    CheckFails("not even a look", PeekConsoleInputW(in, &record, 1, &count), ERROR_INVALID_HANDLE);
    CheckFails("nor a number", GetNumberOfConsoleInputEvents(in, &count), ERROR_INVALID_HANDLE);
    CheckFails("nothing to flush", FlushConsoleInputBuffer(in), ERROR_INVALID_HANDLE);
    return Result();
}
