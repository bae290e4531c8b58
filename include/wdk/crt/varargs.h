/* SPDX-License-Identifier: MIT */
/* varargs.h - kept for old sources; the argument macros are those of stdarg.h. */
#pragma once
#include <stdarg.h>
