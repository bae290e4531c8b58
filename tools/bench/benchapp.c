/* SPDX-License-Identifier: MIT */
/* benchapp.c - times calls to benchdrv.sys.
 *
 *   benchapp COUNT            rounds of 1000 calls of 8 bytes; prints nanoseconds per call
 *   benchapp first            one call; prints the performance counter when it was answered
 *   benchapp pend N           rounds of N requests that wait and are completed together
 *   benchapp cancel N         the same, but the program cancels them
 *   benchapp until TICKS      calls until the counter is there; prints how many in its last second
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "benchdrv.h"

#define CALLS  1000
#define ROUNDS 5

static HANDLE Device;

static void Fail(const char *what)
{
    fprintf(stderr, "benchapp: %s failed: error %lu\n", what, GetLastError());
    exit(1);
}

static void Call(void)
{
    unsigned long long value = 41;
    DWORD count;
    if (!DeviceIoControl(Device, IOCTL_BENCH, &value, sizeof value, &value, sizeof value, &count,
                         NULL) ||
        value != 42)
        Fail("the call");
}

static double Nanoseconds(LARGE_INTEGER began)
{
    LARGE_INTEGER frequency, ended;
    QueryPerformanceCounter(&ended);
    QueryPerformanceFrequency(&frequency);
    return (double)(ended.QuadPart - began.QuadPart) * 1e9 / (double)frequency.QuadPart;
}

static HANDLE Open(DWORD flags)
{
    HANDLE device = CreateFileA("\\\\.\\CoveBench", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, flags, NULL);
    if (device == INVALID_HANDLE_VALUE)
        Fail("opening the device");
    return device;
}

/* Sends count requests that wait, ends them all, looks at each. Few are repeated until they
 * are many, so that one round has the same length for all counts. */
static void Outstanding(int count, BOOL cancels)
{
    HANDLE device = Open(FILE_FLAG_OVERLAPPED);
    OVERLAPPED *overlapped = calloc((size_t)count, sizeof *overlapped);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    int repeats = count < 10000 ? 10000 / count : 1;
    for (int round = 0; round < ROUNDS; round++) {
        LARGE_INTEGER began;
        DWORD bytes;
        QueryPerformanceCounter(&began);
        for (int repeat = 0; repeat < repeats; repeat++) {
            for (int i = 0; i < count; i++) {
                overlapped[i] = (OVERLAPPED){0};
                if (DeviceIoControl(device, IOCTL_BENCH_PEND, NULL, 0, NULL, 0, NULL,
                                    &overlapped[i]) ||
                    GetLastError() != ERROR_IO_PENDING)
                    Fail("pending");
            }
            OVERLAPPED all = {.hEvent = event};
            if (cancels ? !CancelIo(device)
                        : !DeviceIoControl(device, IOCTL_BENCH_COMPLETE, NULL, 0, NULL, 0, &bytes,
                                           &all))
                Fail("ending them");
            for (int i = 0; i < count; i++)
                if (GetOverlappedResult(device, &overlapped[i], &bytes, TRUE) == cancels)
                    Fail("a request");
        }
        printf("%.1f\n", Nanoseconds(began) / count / repeats);
    }
    free(overlapped);
    CloseHandle(event);
    CloseHandle(device);
}

/* Whoever starts last has until the last second to begin. */
static void Until(long long ticks)
{
    LARGE_INTEGER now, frequency;
    long long count = 0;
    QueryPerformanceFrequency(&frequency);
    do {
        for (int i = 0; i < 100; i++)
            Call();
        QueryPerformanceCounter(&now);
        if (now.QuadPart > ticks - frequency.QuadPart)
            count += 100;
    } while (now.QuadPart < ticks);
    printf("%lld\n", count);
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "1";
    LARGE_INTEGER began, frequency;
    Device = Open(0);
    if (!strcmp(verb, "first")) {
        Call();
        QueryPerformanceCounter(&began);
        QueryPerformanceFrequency(&frequency);
        printf("%lld %lld\n", (long long)began.QuadPart, (long long)frequency.QuadPart);
    } else if (!strcmp(verb, "pend") || !strcmp(verb, "cancel")) {
        Outstanding(argc > 2 ? atoi(argv[2]) : 1, verb[0] == 'c');
    } else if (!strcmp(verb, "until")) {
        Until(argc > 2 ? atoll(argv[2]) : 0);
    } else {
        for (int round = atoi(verb); round > 0; round--) {
            QueryPerformanceCounter(&began);
            for (int i = 0; i < CALLS; i++)
                Call();
            printf("%.1f\n", Nanoseconds(began) / CALLS);
        }
    }
    return 0;
}
