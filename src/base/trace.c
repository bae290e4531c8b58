/* SPDX-License-Identifier: MIT */
/* trace.c - the one pointer behind every trace point. */
#include "base/trace.h"

trace_sink_fn *_Atomic trace_sink;
