/* SPDX-License-Identifier: MIT */
/* time_ddi.c - system time (100 ns since 1601) to calendar fields and seconds, and back.
 *
 * The Gregorian calendar, without leap seconds. Any IRQL.
 */
#include "rtl_ddi.h"

#define SECOND_100NS   10000000ll
#define DAY_100NS      (86400 * SECOND_100NS)
#define SECONDS_1970   11644473600ll /* from 1601 */
#define SECONDS_1980   11960006400ll
#define DAYS_400_YEARS 146097

static const USHORT days_before[2][13] = {
    {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
    {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
};

static int is_leap(LONGLONG year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1601-01-01 to January 1st of a year from 1601 on. */
static LONGLONG days_of_year(LONGLONG year)
{
    LONGLONG past = year - 1601;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

/* Doc: nf-wdm-rtltimetotimefields */
VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
    LONGLONG days = Time->QuadPart / DAY_100NS, rest = Time->QuadPart % DAY_100NS;
    LONGLONG year = 1601 + days / DAYS_400_YEARS * 400;
    LONGLONG day = days % DAYS_400_YEARS;
    const USHORT *before;
    int month = 0;

    year += day / 366; /* not too far; then as far as it takes */
    while (days_of_year(year + 1) <= days)
        year++;
    day = days - days_of_year(year);
    before = days_before[is_leap(year)];
    while (before[month + 1] <= day)
        month++;
    TimeFields->Year = (CSHORT)year;
    TimeFields->Month = (CSHORT)(month + 1);
    TimeFields->Day = (CSHORT)(day - before[month] + 1);
    TimeFields->Hour = (CSHORT)(rest / (3600 * SECOND_100NS));
    TimeFields->Minute = (CSHORT)(rest / (60 * SECOND_100NS) % 60);
    TimeFields->Second = (CSHORT)(rest / SECOND_100NS % 60);
    TimeFields->Milliseconds = (CSHORT)(rest / 10000 % 1000);
    TimeFields->Weekday = (CSHORT)((days + 1) % 7); /* 1601-01-01 was a Monday */
}

/* Errors: FALSE: no such time; Weekday is not looked at
 * Doc:    nf-wdm-rtltimefieldstotime
 */
BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
    const TIME_FIELDS *f = TimeFields;
    const USHORT *before;
    LONGLONG days;

    if (f->Year < 1601 || f->Year > 30827 || f->Month < 1 || f->Month > 12 || f->Day < 1 ||
        f->Hour < 0 || f->Hour > 23 || f->Minute < 0 || f->Minute > 59 || f->Second < 0 ||
        f->Second > 59 || f->Milliseconds < 0 || f->Milliseconds > 999)
        return FALSE;
    before = days_before[is_leap(f->Year)];
    if (f->Day > before[f->Month] - before[f->Month - 1])
        return FALSE;
    days = days_of_year(f->Year) + before[f->Month - 1] + f->Day - 1;
    Time->QuadPart =
        days * DAY_100NS +
        ((f->Hour * 3600ll + f->Minute * 60 + f->Second) * 1000 + f->Milliseconds) * 10000;
    return TRUE;
}

static BOOLEAN seconds_since(const LARGE_INTEGER *time, LONGLONG epoch_seconds, ULONG *out_seconds)
{
    LONGLONG seconds = time->QuadPart / SECOND_100NS - epoch_seconds;

    if (seconds < 0 || seconds > 0xffffffffll)
        return FALSE;
    *out_seconds = (ULONG)seconds;
    return TRUE;
}

/* Errors: FALSE: before 1970 or after 2105
 * Doc:    nf-ntifs-rtltimetosecondssince1970
 */
BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return seconds_since(Time, SECONDS_1970, ElapsedSeconds);
}

/* Doc: nf-ntifs-rtltimetosecondssince1980 */
BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return seconds_since(Time, SECONDS_1980, ElapsedSeconds);
}

/* Doc: nf-ntifs-rtlsecondssince1970totime */
VOID NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (ElapsedSeconds + SECONDS_1970) * SECOND_100NS;
}

/* Doc: nf-ntifs-rtlsecondssince1980totime */
VOID NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (ElapsedSeconds + SECONDS_1980) * SECOND_100NS;
}
