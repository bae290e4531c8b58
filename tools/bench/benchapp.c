/* SPDX-License-Identifier: MIT */
/* benchapp.c - times DeviceIoControl calls of 8 bytes.
 *
 *   benchapp COUNT     rounds of 1000 calls; prints each round's nanoseconds per call
 *   benchapp first     one call; prints the performance counter when it was answered
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#define IOCTL_BENCH CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CALLS       1000

static HANDLE Device;

static void Call(void)
{
    unsigned long long value = 41;
    DWORD count;
    if (!DeviceIoControl(Device, IOCTL_BENCH, &value, sizeof value, &value, sizeof value, &count,
                         NULL) ||
        value != 42) {
        fprintf(stderr, "benchapp: the call failed: error %lu\n", GetLastError());
        exit(1);
    }
}

int main(int argc, char **argv)
{
    LARGE_INTEGER frequency, began, ended;
    Device = CreateFileA("\\\\.\\CoveBench", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                         0, NULL);
    if (Device == INVALID_HANDLE_VALUE) {
        fprintf(stderr, "benchapp: cannot open the device: error %lu\n", GetLastError());
        return 1;
    }
    QueryPerformanceFrequency(&frequency);
    if (argc > 1 && !strcmp(argv[1], "first")) {
        Call();
        QueryPerformanceCounter(&ended);
        printf("%lld %lld\n", (long long)ended.QuadPart, (long long)frequency.QuadPart);
        return 0;
    }
    for (int round = argc > 1 ? atoi(argv[1]) : 1; round > 0; round--) {
        QueryPerformanceCounter(&began);
        for (int i = 0; i < CALLS; i++)
            Call();
        QueryPerformanceCounter(&ended);
        printf("%.1f\n", (double)(ended.QuadPart - began.QuadPart) * 1e9 /
                             (double)frequency.QuadPart / CALLS);
    }
    return 0;
}
