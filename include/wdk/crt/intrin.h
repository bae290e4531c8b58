/* SPDX-License-Identifier: MIT */
/* intrin.h - the compiler's own; here so that its name is found in any case. */
#include_next <intrin.h>
