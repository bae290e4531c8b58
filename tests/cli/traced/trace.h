/* SPDX-License-Identifier: MIT */
/* trace.h - the providers of the traced test driver and its own trace functions. */
#ifndef TRACED_TRACE_H
#define TRACED_TRACE_H

#define WPP_CONTROL_GUIDS                                                             \
    WPP_DEFINE_CONTROL_GUID(TracedDriver, (41d6e1a7, 2b0c, 4f5e, 9a31, 7c20d1e5b604), \
                            WPP_DEFINE_BIT(TRACED_INIT) WPP_DEFINE_BIT(TRACED_IO))    \
    WPP_DEFINE_CONTROL_GUID(TracedOther, (41d6e1a8, 2b0c, 4f5e, 9a31, 7c20d1e5b604),  \
                            WPP_DEFINE_BIT(OTHER_ALL))

#define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_ENABLED(level, flags) \
    (WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_##flags).Level >= level)

typedef enum _TRACED_COLOUR { Red = 1, Green, Blue = 0x10 } TRACED_COLOUR;

/* What %!HEXDUMP! takes; its names are fixed. */
typedef struct xstr {
    const char *_buf;
    short _len;
} xstr_t;
static __inline xstr_t bytes_of(const void *bytes, short length)
{
    xstr_t string = {(const char *)bytes, length};

    return string;
}
#define WPP_LOGHEXDUMP(x) WPP_LOGPAIR(2, &((x)._len)) WPP_LOGPAIR((x)._len, (x)._buf)

/* What follows is read by the generator:
 *
 * begin_wpp config
 * FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
 * FUNC TraceNested(LEVEL, FLAGS, (MSG, ...));
 * FUNC TraceEntry{LEVEL=TRACE_LEVEL_VERBOSE}(FLAGS);
 * USEPREFIX (TraceEntry, "%!STDPREFIX! at %!IRQL!: ", KeGetCurrentIrql());
 * USESUFFIX (TraceEntry, "in %!FUNC!");
 * FUNC TraceFailed{FLAGS=TRACED_IO}(RESULT);
 * USESUFFIX (TraceFailed, "failed with %!STATUS!", RESULT);
 * CUSTOM_TYPE(colour, ItemEnum(_TRACED_COLOUR));
 * CUSTOM_TYPE(rights, ItemSetLong(Read, Write, Delete));
 * CUSTOM_TYPE(fruit, ItemListLong(apple, pear, plum));
 * end_wpp
 */
#define WPP_FLAGS_RESULT_PRE(flags, result) \
    do {                                    \
        if (!NT_SUCCESS(result)) {
#define WPP_FLAGS_RESULT_ENABLED(flags, result) WPP_FLAG_ENABLED(flags)
#define WPP_FLAGS_RESULT_LOGGER(flags, result)  WPP_FLAG_LOGGER(flags)
#define WPP_FLAGS_RESULT_POST(flags, result) \
    ;                                        \
    }                                        \
    }                                        \
    while (0)

#endif
