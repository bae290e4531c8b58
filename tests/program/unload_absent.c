/* SPDX-License-Identifier: MIT */
/* unload_absent.c - a DLL to link with, which no program finds. */
#include "unload.h"

__declspec(dllexport) int Absent(int Number)
{
    return Number;
}
