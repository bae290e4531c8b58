/* SPDX-License-Identifier: MIT */
/*
 * Which slice of Windows a file is compiled for. The kit serves drivers and desktop
 * programs: all partitions are open.
 */
#ifndef _INC_WINAPIFAMILY
#define _INC_WINAPIFAMILY

#define WINAPI_FAMILY_PC_APP      2
#define WINAPI_FAMILY_PHONE_APP   3
#define WINAPI_FAMILY_SYSTEM      4
#define WINAPI_FAMILY_SERVER      5
#define WINAPI_FAMILY_GAMES       6
#define WINAPI_FAMILY_DESKTOP_APP 100
#define WINAPI_FAMILY_APP         WINAPI_FAMILY_PC_APP

#ifndef WINAPI_FAMILY
#define WINAPI_FAMILY WINAPI_FAMILY_DESKTOP_APP
#endif

#define WINAPI_PARTITION_DESKTOP      1
#define WINAPI_PARTITION_APP          1
#define WINAPI_PARTITION_PC_APP       1
#define WINAPI_PARTITION_PHONE_APP    0
#define WINAPI_PARTITION_PHONE        0
#define WINAPI_PARTITION_SYSTEM       1
#define WINAPI_PARTITION_GAMES        1
#define WINAPI_PARTITION_SERVER       1
#define WINAPI_PARTITION_PKG_WINTRUST 1

#define WINAPI_FAMILY_PARTITION(partition)     (partition)
#define _WINAPI_FAMILY_ONE_PARTITION(set, one) ((WINAPI_FAMILY & set) == one)
#define WINAPI_FAMILY_ONE_PARTITION(set, one)  ((WINAPI_FAMILY & set) == one)
#define WINAPI_FAMILY_DESKTOP_ONLY             1

#endif
