/* SPDX-License-Identifier: MIT */
/* debug_print.h - the filter and the way of one debug message, shared with its DDI file. */
#ifndef RTL_DEBUG_PRINT_H
#define RTL_DEBUG_PRINT_H

#include <stdbool.h>

#include "rtl/rtl.h"

/* One call sends at most this many bytes, as documented for the kernel debugger. */
#define DEBUG_PRINT_BYTES_MAX 512

/* Formats and sends a message, if the component's mask lets the level through. */
void debug_print(const char *prefix, ULONG component, ULONG level, const char *format,
                 __builtin_ms_va_list arguments);
bool debug_filter_passes(ULONG component, ULONG level);
NTSTATUS debug_filter_set(ULONG component, ULONG level, bool is_on);
/* Drivers that listen; at most 8. Errors: STATUS_INSUFFICIENT_RESOURCES, STATUS_NOT_FOUND. */
NTSTATUS debug_listener_add(PDEBUG_PRINT_CALLBACK callback);
NTSTATUS debug_listener_remove(PDEBUG_PRINT_CALLBACK callback);

#endif
