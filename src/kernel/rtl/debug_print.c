/* SPDX-License-Identifier: MIT */
/* debug_print.c - one debug message: filtered, formatted, handed to the log and to listeners.
 *
 * Each component has a mask of levels. Windows starts with errors only; here every mask starts
 * full, because somebody who runs a driver here wants to see what it says. No lock is taken,
 * so a message may come from any IRQL.
 */
#include "debug_print.h"

#include <stdatomic.h>
#include <stdio.h>

#include "callout/callout.h"
#include "crt/format.h"

#define DEBUG_COMPONENTS 256
#define DEBUG_LISTENERS  8

static _Atomic(rtl_debug_print_fn *) hook;                        /* atomic */
static _Atomic ULONG masks_off[DEBUG_COMPONENTS];                 /* atomic: bits filtered out */
static _Atomic(PDEBUG_PRINT_CALLBACK) listeners[DEBUG_LISTENERS]; /* atomic */

void rtl_debug_print_set(rtl_debug_print_fn *new_hook)
{
    atomic_store(&hook, new_hook);
}

/* Levels below 32 are bit numbers, others are masks. */
static ULONG debug_level_mask(ULONG level)
{
    return level < 32 ? 1u << level : level;
}

bool debug_filter_passes(ULONG component, ULONG level)
{
    if (component >= DEBUG_COMPONENTS)
        return true;
    return (debug_level_mask(level) & ~atomic_load(&masks_off[component])) != 0;
}

NTSTATUS debug_filter_set(ULONG component, ULONG level, bool is_on)
{
    if (component >= DEBUG_COMPONENTS)
        return STATUS_INVALID_PARAMETER_1;
    if (is_on)
        atomic_fetch_and(&masks_off[component], ~debug_level_mask(level));
    else
        atomic_fetch_or(&masks_off[component], debug_level_mask(level));
    return STATUS_SUCCESS;
}

NTSTATUS debug_listener_add(PDEBUG_PRINT_CALLBACK callback)
{
    for (unsigned i = 0; i < DEBUG_LISTENERS; i++) {
        PDEBUG_PRINT_CALLBACK expected = NULL;
        if (atomic_compare_exchange_strong(&listeners[i], &expected, callback))
            return STATUS_SUCCESS;
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS debug_listener_remove(PDEBUG_PRINT_CALLBACK callback)
{
    for (unsigned i = 0; i < DEBUG_LISTENERS; i++) {
        PDEBUG_PRINT_CALLBACK expected = callback;
        if (atomic_compare_exchange_strong(&listeners[i], &expected, NULL))
            return STATUS_SUCCESS;
    }
    return STATUS_NOT_FOUND;
}

static void debug_send(ULONG component, ULONG level, char *text, size_t length)
{
    rtl_debug_print_fn *send = atomic_load(&hook);
    STRING output = {(USHORT)length, (USHORT)length, text};

    if (send != NULL)
        send(component, level, text, length);
    for (unsigned i = 0; i < DEBUG_LISTENERS; i++) {
        PDEBUG_PRINT_CALLBACK listener = atomic_load(&listeners[i]);
        if (listener != NULL)
            callout_invoke((const void *)listener,
                           (uint64_t[]){(uintptr_t)&output, component, level}, 3);
    }
}

/* Collects the start of what the formatter makes; the rest is cut off. */
struct debug_text {
    char bytes[DEBUG_PRINT_BYTES_MAX];
    size_t length;
};

static int debug_text_put(void *context, const void *chars, size_t count)
{
    struct debug_text *text = context;
    size_t room = sizeof(text->bytes) - text->length;

    if (count > room)
        count = room;
    __builtin_memcpy(text->bytes + text->length, chars, count);
    text->length += count;
    return text->length == sizeof(text->bytes);
}

void debug_print(const char *prefix, ULONG component, ULONG level, const char *format,
                 __builtin_ms_va_list arguments)
{
    struct debug_text text = {.length = 0};

    if (!debug_filter_passes(component, level))
        return;
    if (prefix != NULL)
        debug_text_put(&text, prefix, __builtin_strlen(prefix));
    crt_format(debug_text_put, &text, 0, format, arguments);
    if (text.length > 0)
        debug_send(component, level, text.bytes, text.length);
}

void rtl_debug_printf(const char *format, ...)
{
    char text[DEBUG_PRINT_BYTES_MAX];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (length > 0)
        debug_send(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, text,
                   (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}
