/* SPDX-License-Identifier: MIT */
/* stdbool.h - the compiler's own; here so that its name is found in any case. */
#include_next <stdbool.h>
