/* SPDX-License-Identifier: MIT */
/* float.h - the compiler's own; here so that its name is found in any case. */
#include_next <float.h>
