/* SPDX-License-Identifier: MIT */
/* events.c - a program that is a provider of events. */
#include "check.h"

#include <evntprov.h>

static const GUID Provider = {0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}};
static int Enabled;
static void *Context;

static void NTAPI Callback(LPCGUID Source, ULONG IsEnabled, UCHAR Level, ULONGLONG Any,
                           ULONGLONG All, PEVENT_FILTER_DESCRIPTOR Filter, PVOID Given)
{
    (void)Source, (void)Level, (void)Any, (void)All, (void)Filter;
    Enabled += IsEnabled == 1;
    Context = Given;
}

int main(void)
{
    REGHANDLE handle = 0, other = 0;
    EVENT_DESCRIPTOR event = {.Id = 7, .Version = 2, .Level = 4};
    DWORD number = 0x12345678;
    GUID id, before, none = {0};
    EVENT_DATA_DESCRIPTOR data[2];
    Check("registered", EventRegister(&Provider, Callback, &Enabled, &handle) == 0 && handle);
    Check("told that it is on", Enabled == 1 && Context == &Enabled);
    Check("enabled", EventEnabled(handle, &event) && EventProviderEnabled(handle, 4, 1));
    EventDataDescCreate(&data[0], &number, sizeof number);
    EventDataDescCreate(&data[1], "ab", 2);
    Check("an event", EventWrite(handle, &event, 2, data) == 0);
    Check("a text", EventWriteString(handle, 3, 0, L"hello \x20ac\n") == 0);
    Check("a transfer", EventWriteTransfer(handle, &event, NULL, &Provider, 0, NULL) == 0);
    Check("too much data", EventWrite(handle, &event, 129, data) == ERROR_INVALID_PARAMETER);
    Check("a second one", EventRegister(&Provider, NULL, NULL, &other) == 0 && other != handle);
    Check("removed", EventUnregister(handle) == 0 && !EventEnabled(handle, &event) &&
                         EventUnregister(handle) == ERROR_INVALID_HANDLE &&
                         EventWrite(handle, &event, 0, NULL) == ERROR_INVALID_HANDLE);
    REGHANDLE third = 0;
    Check("its place has another handle",
          EventRegister(&Provider, NULL, NULL, &third) == 0 && third != handle);
    Check("both removed", EventUnregister(other) == 0 && EventUnregister(third) == 0);
    Check("an activity", EventActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &id) == 0 &&
                             memcmp(&id, &none, sizeof id) != 0);
    before = id;
    Check("set", EventActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &id) == 0);
    Check("got", EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &none) == 0 &&
                     !memcmp(&none, &before, sizeof none));
    Check("a new one gives the old",
          EventActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_SET_ID, &id) == 0 &&
              !memcmp(&id, &before, sizeof id) &&
              EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &none) == 0 &&
              memcmp(&none, &before, sizeof none) != 0);
    Check("no such request", EventActivityIdControl(9, &id) == ERROR_INVALID_PARAMETER);
    return Result();
}
