/* SPDX-License-Identifier: MIT */
/* stdarg.h - the compiler's own; here so that its name is found in any case. */
#include_next <stdarg.h>
