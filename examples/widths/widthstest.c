/* SPDX-License-Identifier: MIT */
/* widthstest.c - the same program in two widths: asks for a sum in each of the three ways. */
#include <windows.h>
#include <winioctl.h>

#include <stdio.h>

#include "widths_ioctl.h"

static int Failures;
static ULONG Numbers[] = {1, 2, 3, 40};
#define COUNT (sizeof(Numbers) / sizeof(Numbers[0]))
#define SUM   46

static void Check(const char *What, BOOL IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    Failures += !IsRight;
}

static BOOL Ask(HANDLE Device, DWORD Code, void *Request, DWORD Length, PWIDTHS_ANSWER Answer)
{
    DWORD returned = 0;
    Answer->Sum = Answer->Is32Bit = 0;
    return DeviceIoControl(Device, Code, Request, Length, Answer, sizeof(*Answer), &returned,
                           NULL) &&
           returned == sizeof(*Answer);
}

int main(void)
{
    BOOL is_32 = sizeof(void *) == 4;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE device = CreateFileA(WIDTHS_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    WIDTHS_REQUEST request = {Numbers, event, COUNT};
    WIDTHS_FIXED_REQUEST fixed = {(ULONG_PTR)Numbers, (ULONG_PTR)event, COUNT};
    WIDTHS_ANSWER answer;

    printf("a program of %d bits, a request of %d bytes\n", (int)sizeof(void *) * 8,
           (int)sizeof(request));
    Check("open", device != INVALID_HANDLE_VALUE);
    Check("the sum, converted where it must be",
          Ask(device, IOCTL_WIDTHS_SUM, &request, sizeof(request), &answer) && answer.Sum == SUM);
    Check("the driver knows how wide its caller is", answer.Is32Bit == (ULONG)is_32);
    Check("its handle arrived: the event is set", WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    ResetEvent(event);

    BOOL careless = Ask(device, IOCTL_WIDTHS_CARELESS, &request, sizeof(request), &answer);
    Check(is_32 ? "the careless one refuses a 32-bit structure"
                : "the careless one takes a 64-bit structure",
          careless == !is_32 && (careless || GetLastError() == ERROR_INSUFFICIENT_BUFFER));

    ResetEvent(event);
    Check("the sum, with members of fixed width",
          Ask(device, IOCTL_WIDTHS_FIXED, &fixed, sizeof(fixed), &answer) && answer.Sum == SUM);
    Check("and its event", WaitForSingleObject(event, 0) == WAIT_OBJECT_0);

    request.Numbers = (void *)0x20; /* nobody has memory there */
    Check("a wrong pointer raises in the driver, which says so",
          !Ask(device, IOCTL_WIDTHS_SUM, &request, sizeof(request), &answer) &&
              GetLastError() == ERROR_NOACCESS);
    request.Numbers = Numbers;
    request.Event = (HANDLE)(ULONG_PTR)0x7ffc;
    Check("so does a wrong handle",
          !Ask(device, IOCTL_WIDTHS_SUM, &request, sizeof(request), &answer) &&
              GetLastError() == ERROR_INVALID_HANDLE);
    CloseHandle(device);
    CloseHandle(event);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures != 0;
}
