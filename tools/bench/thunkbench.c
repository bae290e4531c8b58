/* SPDX-License-Identifier: MIT */
/* thunkbench.c - the 32-bit half of thunkbench.asm: what is called, and the clock. */
#include <stdio.h>

#include <windows.h>

#include "benchdrv.h"

#define EXPORTED __declspec(dllexport)

static LARGE_INTEGER Began;
static HANDLE Device = INVALID_HANDLE_VALUE;

EXPORTED DWORD WINAPI Begin(void)
{
    if (Device == INVALID_HANDLE_VALUE)
        Device = CreateFileA("\\\\.\\CoveBench", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                             OPEN_EXISTING, 0, NULL);
    QueryPerformanceCounter(&Began);
    return Device != INVALID_HANDLE_VALUE;
}

EXPORTED DWORD WINAPI Three(DWORD A, DWORD B, DWORD C)
{
    return A + B + C;
}

/* The same call as benchapp's. */
EXPORTED DWORD WINAPI Ladder(DWORD A, DWORD B, DWORD C)
{
    unsigned long long value = A;
    DWORD count;

    if (!DeviceIoControl(Device, IOCTL_BENCH, &value, sizeof value, &value, sizeof value, &count,
                         NULL) ||
        value != A + 1ull)
        return 0;
    return A + B + C;
}

/* Prints nanoseconds a call. */
EXPORTED DWORD WINAPI End(DWORD Count)
{
    LARGE_INTEGER ended, frequency;
    char text[32];
    DWORD length, done;

    QueryPerformanceCounter(&ended);
    QueryPerformanceFrequency(&frequency);
    length = (DWORD)snprintf(text, sizeof text, "%.1f\n",
                             (double)(ended.QuadPart - Began.QuadPart) * 1e9 /
                                 (double)frequency.QuadPart / Count);
    return WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, length, &done, NULL);
}
