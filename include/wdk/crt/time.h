/* SPDX-License-Identifier: MIT */
/* time.h - the types of calendar time. The kernel has none of the functions. */
#pragma once
#include <crtdefs.h>

#ifndef _TIME_T_DEFINED
#define _TIME_T_DEFINED
typedef __INT64_TYPE__ __time64_t;
typedef __time64_t time_t;
#endif

struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday;
    int tm_mon;
    int tm_year;
    int tm_wday;
    int tm_yday;
    int tm_isdst;
};
