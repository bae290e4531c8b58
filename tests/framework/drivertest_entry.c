/* SPDX-License-Identifier: MIT */
/* drivertest_entry.c - drivertest_main.c with its DriverEntry under the name that kmdf_main.c
 * calls.
 */
#define DriverEntry drivertest_entry
#include "../drivers/drivertest_main.c"
