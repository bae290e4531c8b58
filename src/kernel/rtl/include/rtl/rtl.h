/* SPDX-License-Identifier: MIT */
/* rtl.h - the kernel's pure functions: strings, Unicode, bitmaps, numbers, lists.
 *
 * Rules of use. The contract functions (RtlInitUnicodeString …) of wdm.h are implemented
 * here and may be called by native rooms directly. Those that allocate do so through the
 * allocator that ex sets. DbgPrint's formatting is here; where lines go is a hook.
 */
#ifndef RTL_RTL_H
#define RTL_RTL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

/* Set once at boot by ex: pool for RtlAnsiStringToUnicodeString and friends. */
struct rtl_allocator {
    void *(*allocate)(size_t length, ULONG tag);
    void (*free)(void *memory);
};
void rtl_allocator_set(const struct rtl_allocator *allocator);

/* A line of DebugPrint output is complete up to length; may be called at any IRQL. */
typedef void rtl_debug_print_fn(ULONG component, ULONG level, const char *text, size_t length);
void rtl_debug_print_set(rtl_debug_print_fn *hook);
/* What DbgBreakPoint does: raises STATUS_BREAKPOINT at the driver's call. Set at boot, by ke. */
void rtl_breakpoint_set(void (*breakpoint)(void));
/* Native code's own messages to the same place. */
void rtl_debug_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "STATUS_ACCESS_DENIED (0xc0000022)" in one of a few static thread-local buffers. */
const char *rtl_status_text(NTSTATUS status);

/* UTF-8 <-> UNICODE_STRING for native rooms. The result is allocated from the allocator;
 * free with rtl_free. NULL when memory is out. */
char *rtl_utf8_of(const UNICODE_STRING *string);
NTSTATUS rtl_unicode_of(const char *utf8, UNICODE_STRING *out_string); /* RtlFreeUnicodeString */
void rtl_free(void *memory);

/* What RtlGetVersion says; set once at boot, beside ke_version_set. */
void rtl_version_set(ULONG major, ULONG minor, ULONG build);
/* "Service Pack 1", or NULL; lives as long as the machine. */
const WCHAR *rtl_service_pack(void);

#endif
