/* SPDX-License-Identifier: MIT */
/* stdint.h - the compiler's own; here so that its name is found in any case. */
#include_next <stdint.h>
