/* SPDX-License-Identifier: MIT */
/* messages.c - user32 without a screen: queues, windows that are not shown, timers, texts;
 * and a DLL of Windows that is not there, imported and not called. Driver: any. */
#include "check.h"

#include <dbt.h>
#include <dwmapi.h>

static int Created, Destroyed, Ticks;
static HWND Window;

static LRESULT CALLBACK Procedure(HWND Handle, UINT Message, WPARAM W, LPARAM L)
{
    switch (Message) {
    case WM_CREATE:
        Created = ((CREATESTRUCTA *)L)->lpCreateParams == &Created ? 1 : 2;
        SetWindowLongPtrA(Handle, GWLP_USERDATA, 77);
        return 0;
    case WM_USER:
        return (LRESULT)(W + (WPARAM)L + GetCurrentThreadId() * 0);
    case WM_TIMER:
        if (++Ticks == 2)
            PostMessageA(Handle, WM_CLOSE, 0, 0);
        return 0;
    case WM_DESTROY:
        Destroyed++;
        PostQuitMessage(5);
        return 0;
    }
    return DefWindowProcA(Handle, Message, W, L);
}

static void CheckQueue(void)
{
    MSG message;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    Check("a queue is empty at first", !PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
    Check("to oneself", PostThreadMessageA(GetCurrentThreadId(), WM_APP, 1, 2));
    Check("peek leaves it",
          PeekMessageA(&message, NULL, 0, 0, PM_NOREMOVE) && message.message == WM_APP);
    Check("a filter passes it by", !PeekMessageA(&message, NULL, WM_USER, WM_USER + 1, PM_REMOVE));
    Check("a wait says so",
          MsgWaitForMultipleObjects(1, &event, FALSE, 30000, QS_ALLINPUT) == WAIT_OBJECT_0 + 1);
    Check("get takes it", GetMessageA(&message, NULL, 0, 0) == TRUE && message.wParam == 1 &&
                              message.lParam == 2 && !message.hwnd);
    SetEvent(event);
    Check("a handle is waited for, too",
          MsgWaitForMultipleObjects(1, &event, FALSE, 30000, QS_ALLINPUT) == WAIT_OBJECT_0);
    Check("time passes",
          MsgWaitForMultipleObjects(1, &event, FALSE, 1, QS_ALLINPUT) == WAIT_TIMEOUT);
    CheckFails("no such thread", PostThreadMessageA(1, WM_APP, 0, 0), ERROR_INVALID_THREAD_ID);
    CloseHandle(event);
}

static DWORD WINAPI Sending(void *Answer)
{
    *(LRESULT *)Answer = SendMessageA(Window, WM_USER, 30, 4);
    PostMessageA(Window, WM_USER + 1, 0, 0);
    return 0;
}

static void CheckWindow(void)
{
    MSG message;
    char text[16];
    LRESULT answer = 0;
    WNDCLASSA class = {.lpfnWndProc = Procedure,
                       .lpszClassName = "TestClass",
                       .hInstance = GetModuleHandleA(NULL)};
    Check("a class", RegisterClassA(&class));
    CheckFails("once", RegisterClassA(&class), ERROR_CLASS_ALREADY_EXISTS);
    CheckFails("no such class",
               CreateWindowExA(0, "None", "", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL) != NULL,
               ERROR_CANNOT_FIND_WND_CLASS);
    Window = CreateWindowExA(0, "TestClass", "its title", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                             class.hInstance, &Created);
    Check("a message-only window", Window && Created == 1 && IsWindow(Window));
    Check("its words", GetWindowLongPtrA(Window, GWLP_USERDATA) == 77);
    Check("its text", GetWindowTextA(Window, text, sizeof text) == 9 && !strcmp(text, "its title"));
    Check("sent to oneself", SendMessageA(Window, WM_USER, 1, 2) == 3);
    HANDLE thread = CreateThread(NULL, 0, Sending, &answer, 0, NULL);
    Check("posted by another", GetMessageA(&message, NULL, 0, 0) == TRUE &&
                                   message.message == WM_USER + 1 && message.hwnd == Window);
    WaitForSingleObject(thread, 30000);
    Check("and sent", answer == 34);
    CloseHandle(thread);
    DEV_BROADCAST_DEVICEINTERFACE_A filter = {.dbcc_size = sizeof filter,
                                              .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE};
    HDEVNOTIFY notify = RegisterDeviceNotificationA(Window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE);
    Check("device notifications", notify && UnregisterDeviceNotification(notify));
    Check("a timer", SetTimer(Window, 3, 10, NULL) == 3);
    while (GetMessageA(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessageA(&message);
    }
    Check("closed by it, with a code",
          Ticks >= 2 && Destroyed == 1 && message.wParam == 5 && !IsWindow(Window));
    KillTimer(Window, 3);
    Check("the class goes", UnregisterClassA("TestClass", class.hInstance));
}

static void CheckTexts(int Count)
{
    char text[64];
    wchar_t wide[64];
    Check("wsprintf",
          wsprintfA(text, "%d %s %lx", 5, "five", 0xabUL) == 9 && !strcmp(text, "5 five ab"));
    Check("wide", wsprintfW(wide, L"%s-%c", L"ab", L'c') == 4 && !wcscmp(wide, L"ab-c"));
    Check("a message box answers its default", MessageBoxA(NULL, "text", "title", MB_OK) == IDOK);
    Check("the second", MessageBoxA(NULL, "text", "title", MB_YESNO | MB_DEFBUTTON2) == IDNO);
    Check("no such string", LoadStringA(GetModuleHandleA(NULL), 12345, text, sizeof text) == 0);
    /* Imported, and called by nobody. */
    if (Count > 100)
        DwmFlush();
    Check("a DLL that is not there yet", GetModuleHandleA("dwmapi.dll") != NULL);
    CheckFails("has no functions",
               GetProcAddress(GetModuleHandleA("dwmapi.dll"), "DwmFlush2") != NULL,
               ERROR_PROC_NOT_FOUND);
}

int main(int Count, char **Arguments)
{
    (void)Arguments;
    CheckQueue();
    CheckWindow();
    CheckTexts(Count);
    return Result();
}
