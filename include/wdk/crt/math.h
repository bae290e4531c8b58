/* SPDX-License-Identifier: MIT */
/* math.h - the few functions that compile to instructions.
 *
 * A kernel driver saves the floating-point state before it uses any of this.
 */
#pragma once
#include <crtdefs.h>

#define HUGE_VAL __builtin_huge_val()
#ifndef INFINITY
#define INFINITY (__builtin_inff())
#endif
#ifndef NAN
#define NAN (__builtin_nanf(""))
#endif

_CRT_BEGIN_C_HEADER
double __cdecl ceil(double);
double __cdecl floor(double);
double __cdecl fabs(double);
double __cdecl sqrt(double);
float __cdecl ceilf(float);
float __cdecl floorf(float);
float __cdecl sqrtf(float);
double __cdecl fmod(double, double);
double __cdecl pow(double, double);
double __cdecl log(double);
double __cdecl log10(double);
double __cdecl exp(double);
double __cdecl sin(double);
double __cdecl cos(double);
double __cdecl tan(double);
double __cdecl atan(double);
double __cdecl atan2(double, double);

static __inline float __cdecl fabsf(float x)
{
    return (float)fabs(x);
}
_CRT_END_C_HEADER
