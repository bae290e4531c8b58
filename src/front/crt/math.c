/* SPDX-License-Identifier: MIT */
/* math.c - the host's mathematics in the caller's convention, and the processor's float state.
 *
 * errno is EDOM or ERANGE where the host's library says so. Doc: "Math and floating-point
 * support", "_controlfp_s". Differs: _matherr handlers are kept but not called; there is only
 * one precision (x64).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crt_internal.h"

double ucrt__HUGE = HUGE_VAL;

#define MATH1(name, type, function) \
    CRT(type, name, (type x))       \
    {                               \
        errno = 0;                  \
        type value = function(x);   \
        if (errno)                  \
            crt_fail(errno);        \
        return value;               \
    }
#define MATH2(name, type, function)   \
    CRT(type, name, (type x, type y)) \
    {                                 \
        errno = 0;                    \
        type value = function(x, y);  \
        if (errno)                    \
            crt_fail(errno);          \
        return value;                 \
    }
#define BOTH1(name)                  \
    MATH1(ucrt_##name, double, name) \
    MATH1(ucrt_##name##f, float, name##f)
#define BOTH2(name)                  \
    MATH2(ucrt_##name, double, name) \
    MATH2(ucrt_##name##f, float, name##f)

BOTH1(sin)
BOTH1(cos)
BOTH1(tan)
BOTH1(asin)
BOTH1(acos)
BOTH1(atan)
BOTH1(sinh)
BOTH1(cosh)
BOTH1(tanh)
BOTH1(asinh)
BOTH1(acosh)
BOTH1(atanh)
BOTH1(exp)
BOTH1(exp2)
BOTH1(expm1)
BOTH1(log)
BOTH1(log10)
BOTH1(log1p)
BOTH1(log2)
BOTH1(logb)
BOTH1(sqrt)
BOTH1(cbrt)
BOTH1(ceil)
BOTH1(floor)
BOTH1(trunc)
BOTH1(round)
BOTH1(rint)
BOTH1(nearbyint)
MATH1(ucrt_fabs, double, fabs)
BOTH1(erf)
BOTH1(erfc)
BOTH1(lgamma)
BOTH1(tgamma)
BOTH2(pow)
BOTH2(fmod)
BOTH2(atan2)
BOTH2(hypot)
BOTH2(copysign)
BOTH2(nextafter)
BOTH2(remainder)
BOTH2(fdim)
BOTH2(fmax)
BOTH2(fmin)
MATH1(ucrt__j0, double, j0)
MATH1(ucrt__j1, double, j1)
MATH1(ucrt__y0, double, y0)
MATH1(ucrt__y1, double, y1)

CRT(double, ucrt__chgsign, (double x))
{
    return -x;
}

CRT(float, ucrt__chgsignf, (float x))
{
    return -x;
}

CRT(double, ucrt__jn, (int n, double x))
{
    return jn(n, x);
}

CRT(double, ucrt__yn, (int n, double x))
{
    return yn(n, x);
}

CRT(double, ucrt_fma, (double x, double y, double z))
{
    return fma(x, y, z);
}

CRT(float, ucrt_fmaf, (float x, float y, float z))
{
    return fmaf(x, y, z);
}

CRT(double, ucrt_frexp, (double x, int *exponent))
{
    return frexp(x, exponent);
}

CRT(double, ucrt_ldexp, (double x, int exponent))
{
    return ldexp(x, exponent);
}

CRT(float, ucrt_scalbnf, (float x, int exponent))
{
    return scalbnf(x, exponent);
}

CRT(double, ucrt_modf, (double x, double *whole))
{
    return modf(x, whole);
}

CRT(float, ucrt_modff, (float x, float *whole))
{
    return modff(x, whole);
}

CRT(int32_t, ucrt_lround, (double x))
{
    return (int32_t)lround(x);
}

CRT(int64_t, ucrt_llround, (double x))
{
    return llround(x);
}

CRT(int32_t, ucrt_lrint, (double x))
{
    return (int32_t)lrint(x);
}

CRT(int64_t, ucrt_llrint, (double x))
{
    return llrint(x);
}

CRT(int32_t, ucrt_lroundf, (float x))
{
    return (int32_t)lroundf(x);
}

CRT(int64_t, ucrt_llroundf, (float x))
{
    return llroundf(x);
}

CRT(int32_t, ucrt_lrintf, (float x))
{
    return (int32_t)lrintf(x);
}

CRT(int, ucrt_ilogb, (double x))
{
    return ilogb(x);
}

CRT(double, ucrt_nan, (const char *tag))
{
    return nan(tag);
}

struct complex_ms { /* struct _complex */
    double x, y;
};

CRT(double, ucrt__cabs, (struct complex_ms value))
{
    return hypot(value.x, value.y);
}

/* ---- kinds ----------------------------------------------------------------------------------- */

CRT(int, ucrt__finite, (double x))
{
    return isfinite(x) ? 1 : 0;
}

CRT(int, ucrt__finitef, (float x))
{
    return isfinite(x) ? 1 : 0;
}

CRT(int, ucrt__isnan, (double x))
{
    return isnan(x) ? 1 : 0;
}

CRT(int, ucrt__isnanf, (float x))
{
    return isnan(x) ? 1 : 0;
}

/* _FPCLASS_… */
CRT(int, ucrt__fpclass, (double x))
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bool is_negative = bits >> 63;
    switch (fpclassify(x)) {
    case FP_NAN:
        return bits & (UINT64_C(1) << 51) ? 0x2 : 0x1;
    case FP_INFINITE:
        return is_negative ? 0x4 : 0x200;
    case FP_SUBNORMAL:
        return is_negative ? 0x10 : 0x80;
    case FP_ZERO:
        return is_negative ? 0x20 : 0x40;
    default:
        return is_negative ? 0x8 : 0x100;
    }
}

/* FP_NORMAL and so on, with Microsoft's values. */
static int16_t kind(int class)
{
    switch (class) {
    case FP_NAN:
        return 2;
    case FP_INFINITE:
        return 1;
    case FP_SUBNORMAL:
        return -2;
    case FP_ZERO:
        return 0;
    default:
        return -1;
    }
}

CRT(int16_t, ucrt__dclass, (double x))
{
    return kind(fpclassify(x));
}

CRT(int16_t, ucrt__fdclass, (float x))
{
    return kind(fpclassify(x));
}

CRT(int, ucrt__dsign, (double x))
{
    return signbit(x) ? 0x8000 : 0;
}

CRT(int, ucrt__fdsign, (float x))
{
    return signbit(x) ? 0x8000 : 0;
}

CRT(void, ucrt___setusermatherr, (int(WINAPI * handler)(void *)))
{
    /* Errors reach the program as errno and as values. */
}

/* ---- the processor's state ------------------------------------------------------------------- */

#define MASKS 0x0008001fu

/* MXCSR's bits from _EM_…, the same for the masks and (shifted) the flags. */
static const struct {
    unsigned ours, mxcsr;
} bits[] = {{0x10, 0x1}, {0x80000, 0x2}, {0x8, 0x4}, {0x4, 0x8}, {0x2, 0x10}, {0x1, 0x20}};

static unsigned flags_of(unsigned mxcsr)
{
    unsigned flags = 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        flags |= mxcsr & bits[i].mxcsr ? bits[i].ours : 0;
    return flags;
}

static unsigned mxcsr_of(unsigned flags)
{
    unsigned mxcsr = 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        mxcsr |= flags & bits[i].ours ? bits[i].mxcsr : 0;
    return mxcsr;
}

static unsigned control_get(void)
{
    unsigned mxcsr = __builtin_ia32_stmxcsr();
    return flags_of(mxcsr >> 7 & 0x3f) | (mxcsr >> 13 & 3) << 8 | (mxcsr & 0x8000 ? 0x01000000 : 0);
}

static void control_set(unsigned control)
{
    unsigned mxcsr = __builtin_ia32_stmxcsr() & 0x3f; /* flags stay */
    mxcsr |= mxcsr_of(control & MASKS) << 7 | (control >> 8 & 3) << 13;
    mxcsr |= control & 0x03000000 ? 0x8000 : 0;
    __builtin_ia32_ldmxcsr(mxcsr);
}

CRT(unsigned, ucrt__control87, (unsigned value, unsigned mask))
{
    unsigned now = control_get();
    if (mask) {
        now = (now & ~mask) | (value & mask);
        control_set(now);
    }
    return control_get();
}

CRT(unsigned, ucrt__controlfp, (unsigned value, unsigned mask))
{
    return ucrt__control87(value, mask & ~0x80000u); /* never the denormal exception */
}

CRT(int, ucrt__controlfp_s, (unsigned *out, unsigned value, unsigned mask))
{
    unsigned now = ucrt__controlfp(value, mask);
    if (out)
        *out = now;
    return 0;
}

CRT(unsigned, ucrt__statusfp, (void))
{
    return flags_of(__builtin_ia32_stmxcsr() & 0x3f);
}

CRT(unsigned, ucrt__clearfp, (void))
{
    unsigned flags = ucrt__statusfp();
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() & ~0x3fu);
    return flags;
}

CRT(void, ucrt__fpreset, (void))
{
    __asm__ volatile("fninit");
    __builtin_ia32_ldmxcsr(0x1f80);
}

CRT(int *, ucrt___fpecode, (void))
{
    static int code;
    return &code;
}

CRT(int, ucrt_fegetround, (void))
{
    return (int)(control_get() & 0x300);
}

CRT(int, ucrt_fesetround, (int mode))
{
    if (mode & ~0x300)
        return 1;
    ucrt__control87((unsigned)mode, 0x300);
    return 0;
}
