/* SPDX-License-Identifier: MIT */
/* unload_lacks.c - a DLL that needs one that is there and one that is not. */
#include "unload.h"

int Base(int Number);
int BaseToo(int Number);
int Absent(int Number);

__declspec(dllexport) int All(int Number)
{
    return Base(Number) + BaseToo(Number) + Absent(Number);
}
