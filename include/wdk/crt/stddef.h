/* SPDX-License-Identifier: MIT */
/* stddef.h - the compiler's own; here so that its name is found in any case. */
#include_next <stddef.h>
