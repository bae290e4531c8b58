/* SPDX-License-Identifier: MIT */
/* errors.c - what programs are told when something is wrong. Driver: wdm1.sys. */
#include "check.h"

#include "../../examples/wdm1/wdm1_ioctl.h"

static void CheckDevices(void)
{
    DWORD count = 0, value;
    CheckFails("a device that is not there",
               CreateFileA("\\\\.\\NoSuchDevice", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
                   INVALID_HANDLE_VALUE,
               ERROR_FILE_NOT_FOUND);
    HANDLE device = CreateFileA(WDM1_DEVICE_PATH, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    Check("one that is", device != INVALID_HANDLE_VALUE);
    CheckFails("writing without the right", WriteFile(device, "x", 1, &count, NULL),
               ERROR_ACCESS_DENIED);
    CheckFails("a code that needs the right",
               DeviceIoControl(
                   device, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_WRITE_ACCESS),
                   NULL, 0, &value, 4, &count, NULL),
               ERROR_ACCESS_DENIED);
    CheckFails(
        "a buffer that is none",
        DeviceIoControl(device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, (void *)0x10, 4, &count, NULL),
        ERROR_NOACCESS);
    CheckFails("a system address",
               DeviceIoControl(device, IOCTL_WDM1_GET_BUFFER_SIZE, (void *)0xffff800000000000ull, 4,
                               &value, 4, &count, NULL),
               ERROR_NOACCESS);
    Check("the device is still well",
          DeviceIoControl(device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, &value, 4, &count, NULL));
    CloseHandle(device);
    CheckFails(
        "a closed handle",
        DeviceIoControl(device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, &value, 4, &count, NULL),
        ERROR_INVALID_HANDLE);
}

static void CheckCodes(void)
{
    char *text = NULL;
    SetLastError(1234);
    Check("the last error is mine", GetLastError() == 1234);
    Check("a code has a text",
          FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM, NULL,
                         ERROR_FILE_NOT_FOUND, 0, (char *)&text, 0, NULL) > 10 &&
              strstr(text, "file") != NULL);
    LocalFree(text);
    SetLastError(0);
    CheckFails("a null handle", CloseHandle(NULL), ERROR_INVALID_HANDLE);
    CheckFails("the wrong kind of handle",
               GetFileSize(GetCurrentThread(), NULL) != INVALID_FILE_SIZE, ERROR_INVALID_HANDLE);
}

static volatile int *volatile Nowhere = (volatile int *)16;

static LONG WINAPI Filter(EXCEPTION_POINTERS *Pointers)
{
    /* Shows that programs' own faults are theirs: the program ends here with a code of its own. */
    printf("the fault was seen: %08lx\n", Pointers->ExceptionRecord->ExceptionCode);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    fflush(stdout);
    ExitProcess(Failures ? 1 : 0);
}

static void CheckInserts(void)
{
    char text[128] = "";
    DWORD_PTR arguments[] = {42, (DWORD_PTR) "left",  (DWORD_PTR) "long text", 6,
                             3,  (DWORD_PTR) "abcdef"};
    DWORD flags = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY;
    Check("widths of inserts", FormatMessageA(flags, "%1!5d!|%2!-6s!|%3!.4s!|%1!04x!", 0, 0, text,
                                              sizeof text, (va_list *)arguments) &&
                                   !strcmp(text, "   42|left  |long|002a"));
    Check(
        "out of order, and what is not an insert",
        FormatMessageA(flags, "%2 %% %1!u! %3%n.", 0, 0, text, sizeof text, (va_list *)arguments) &&
            !strcmp(text, "left % 42 long text\r\n."));
    Check("widths that are arguments",
          FormatMessageA(flags, "%4!*.*s!", 0, 0, text, sizeof text, (va_list *)arguments) &&
              !strcmp(text, "   abc"));
    Check("left as they are", FormatMessageA(flags | FORMAT_MESSAGE_IGNORE_INSERTS, "%1!5d! %2", 0,
                                             0, text, sizeof text, (va_list *)arguments) &&
                                  !strcmp(text, "%1!5d! %2"));
    CheckFails("too long", FormatMessageA(flags, "%3", 0, 0, text, 4, (va_list *)arguments) != 0,
               ERROR_INSUFFICIENT_BUFFER);
    wchar_t wide[32] = L"";
    Check("the wide form",
          FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, L"%1!3d!%2!S!",
                         0, 0, wide, 32, (va_list *)arguments) &&
              !wcscmp(wide, L" 42left"));
}

int main(void)
{
    CheckDevices();
    CheckInserts();
    CheckCodes();
    SetUnhandledExceptionFilter(Filter);
    *Nowhere = 1;
    return 1;
}
