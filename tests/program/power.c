/* SPDX-License-Identifier: MIT */
/* power.c - tells aloud what it hears of the system's sleep and of power settings: a window, one
 * for messages alone, and a routine. Ends when each has heard that somebody woke the system.
 * Doc: "WM_POWERBROADCAST", powersetting.h */
#include "check.h"

/* powrprof.dll's; mingw-w64's header has none of this. */
typedef ULONG(CALLBACK *CALLBACK_ROUTINE)(PVOID Context, ULONG Type, PVOID Setting);
typedef struct {
    CALLBACK_ROUTINE Callback;
    PVOID Context;
} SUBSCRIBE_PARAMETERS;
static DWORD(WINAPI *SettingRegister)(const GUID *Setting, DWORD Flags, HANDLE Recipient,
                                      PVOID *Registration);
static DWORD(WINAPI *SettingUnregister)(PVOID Registration);
static DWORD(WINAPI *SleepRegister)(DWORD Flags, HANDLE Recipient, PVOID *Registration);
static DWORD(WINAPI *SleepUnregister)(PVOID Registration);

static int FindRoutines(void)
{
    HMODULE library = LoadLibraryA("powrprof.dll");
    SettingRegister = (void *)GetProcAddress(library, "PowerSettingRegisterNotification");
    SettingUnregister = (void *)GetProcAddress(library, "PowerSettingUnregisterNotification");
    SleepRegister = (void *)GetProcAddress(library, "PowerRegisterSuspendResumeNotification");
    SleepUnregister = (void *)GetProcAddress(library, "PowerUnregisterSuspendResumeNotification");
    return SettingRegister && SettingUnregister && SleepRegister && SleepUnregister;
}

static const GUID Source = {
    0x5d3e9a59, 0xe9d5, 0x4b00, {0xa6, 0xbd, 0xff, 0x34, 0xff, 0x51, 0x65, 0x48}};
static const GUID Remaining = {
    0xa7ad8041, 0xb45a, 0x4cae, {0x87, 0xa3, 0xee, 0xcb, 0xb4, 0x68, 0xa9, 0xe1}};
static HANDLE Called;

static void Tell(const char *Who, WPARAM Event, const POWERBROADCAST_SETTING *Setting)
{
    if (Event == PBT_POWERSETTINGCHANGE)
        printf("%s %s %lu of %lu\n", Who,
               IsEqualGUID(&Setting->PowerSetting, &Source)      ? "source"
               : IsEqualGUID(&Setting->PowerSetting, &Remaining) ? "percent"
                                                                 : "something",
               *(const DWORD *)Setting->Data, Setting->DataLength);
    else
        printf("%s event %lu\n", Who, (DWORD)Event);
    fflush(stdout);
}

static LRESULT CALLBACK Procedure(HWND Window, UINT Message, WPARAM W, LPARAM L)
{
    static int back;
    if (Message != WM_POWERBROADCAST)
        return DefWindowProcA(Window, Message, W, L);
    Tell(GetWindowLongPtrA(Window, GWLP_USERDATA) ? "alone" : "window", W, (void *)L);
    if (W == PBT_APMRESUMESUSPEND && ++back == 2)
        PostQuitMessage(0);
    return TRUE;
}

static ULONG CALLBACK Routine(PVOID Context, ULONG Type, PVOID Setting)
{
    Tell(Context, Type, Setting);
    if (Type == PBT_APMRESUMESUSPEND)
        SetEvent(Called);
    return 0;
}

static void CheckRefusals(HWND Window)
{
    HANDLE registration = NULL;
    HPOWERNOTIFY other = RegisterPowerSettingNotification(Window, &Remaining, 0);
    Check("a registration", other != NULL);
    Check("ends", UnregisterPowerSettingNotification(other));
    CheckFails("not twice", UnregisterPowerSettingNotification(other), ERROR_INVALID_HANDLE);
    CheckFails("no window",
               RegisterPowerSettingNotification((HANDLE)(ULONG_PTR)77, &Source, 0) != NULL,
               ERROR_INVALID_PARAMETER);
    CheckFails("no service",
               RegisterPowerSettingNotification(Window, &Source, DEVICE_NOTIFY_SERVICE_HANDLE) !=
                   NULL,
               ERROR_INVALID_HANDLE);
    Check("no routine",
          SettingRegister(&Source, 2, NULL, &registration) == ERROR_INVALID_PARAMETER);
}

int main(void)
{
    static char name[] = "routine", setting[] = "called";
    SUBSCRIBE_PARAMETERS parameters = {Routine, name}, other = {Routine, setting};
    WNDCLASSA class = {.lpfnWndProc = Procedure, .lpszClassName = "Power"};
    HANDLE routine = NULL, called = NULL;
    MSG message;
    Called = CreateEventA(NULL, TRUE, FALSE, NULL);
    RegisterClassA(&class);
    Check("routines by name", FindRoutines());
    HWND window =
        CreateWindowExA(0, "Power", "", WS_OVERLAPPED, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
    HWND alone = CreateWindowExA(0, "Power", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    SetWindowLongPtrA(alone, GWLP_USERDATA, 1);
    CheckRefusals(alone);
    HPOWERNOTIFY source = RegisterPowerSettingNotification(alone, &Source, 0);
    HPOWERNOTIFY sleep = RegisterSuspendResumeNotification(alone, DEVICE_NOTIFY_WINDOW_HANDLE);
    HPOWERNOTIFY twice = RegisterSuspendResumeNotification(window, DEVICE_NOTIFY_WINDOW_HANDLE);
    Check("registered", source && sleep && twice && !SleepRegister(2, &parameters, &routine) &&
                            !SettingRegister(&Remaining, 2, &other, &called));
    printf("ready\n");
    fflush(stdout);
    while (GetMessageA(&message, NULL, 0, 0) > 0)
        DispatchMessageA(&message);
    Check("the routine was called", WaitForSingleObject(Called, 60000) == WAIT_OBJECT_0);
    Check("no more", UnregisterPowerSettingNotification(source) &&
                         UnregisterSuspendResumeNotification(sleep) &&
                         UnregisterSuspendResumeNotification(twice) && !SleepUnregister(routine) &&
                         !SettingUnregister(called));
    return Result();
}
