/* SPDX-License-Identifier: MIT */
/* time.c - clocks, conversions, sleeping. */
#include "check.h"

#include <time.h>

static void CheckClocks(void)
{
    LARGE_INTEGER frequency, first, second;
    Check("a counter with a frequency",
          QueryPerformanceFrequency(&frequency) && frequency.QuadPart >= 1000000);
    QueryPerformanceCounter(&first);
    ULONGLONG began = GetTickCount64();
    Sleep(20);
    ULONGLONG slept = GetTickCount64() - began;
    QueryPerformanceCounter(&second);
    double counted = (double)(second.QuadPart - first.QuadPart) / (double)frequency.QuadPart;
    Check("a sleep takes its time", slept >= 10 && counted >= 0.015);
    Check("both clocks agree", counted < (double)slept / 1000 + 0.05);
    Check("32 bits of the tick count", GetTickCount() - (DWORD)GetTickCount64() < 1000);
}

static void CheckConversions(void)
{
    SYSTEMTIME fields = {.wYear = 2024, .wMonth = 2, .wDay = 29, .wHour = 12, .wMilliseconds = 5};
    SYSTEMTIME back;
    FILETIME file, now;
    ULARGE_INTEGER value;
    Check("to a file time", SystemTimeToFileTime(&fields, &file));
    value.LowPart = file.dwLowDateTime;
    value.HighPart = file.dwHighDateTime;
    Check("the right one", value.QuadPart == 133536816000050000ull);
    Check("and back", FileTimeToSystemTime(&file, &back) && back.wDay == 29 && back.wHour == 12 &&
                          back.wDayOfWeek == 4 && back.wMilliseconds == 5);
    fields.wMonth = 13;
    CheckFails("a month that is none", SystemTimeToFileTime(&fields, &file),
               ERROR_INVALID_PARAMETER);
    GetSystemTimeAsFileTime(&now);
    Check("now is later", CompareFileTime(&now, &file) > 0);
    GetSystemTime(&back);
    time_t seconds = time(NULL);
    struct tm *tm = gmtime(&seconds);
    Check("the C library agrees", tm && back.wYear == tm->tm_year + 1900);
}

int main(void)
{
    CheckClocks();
    CheckConversions();
    return Result();
}
