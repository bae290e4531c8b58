/* SPDX-License-Identifier: MIT */
/*
 * Makes the GUID headers that follow define their GUIDs instead of declaring them.
 * Include it before those headers, in one or more files of the driver.
 */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
