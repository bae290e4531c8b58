/* SPDX-License-Identifier: MIT */
/* ntstrsafe/bytes.h - the forms of ntstrsafe.h that count bytes, for one width.
 *
 * Part of either.h; an odd last byte of a wide destination is never written.
 */
NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCopy)(NTSTRSAFE_CHAR *to, size_t cb,
                                             const NTSTRSAFE_CHAR *from)
{
    return NTSTRSAFE_NAME(RtlStringCchCopy)(to, cb / sizeof(NTSTRSAFE_CHAR), from);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCopyN)(NTSTRSAFE_CHAR *to, size_t cb,
                                              const NTSTRSAFE_CHAR *from, size_t max_cb)
{
    return NTSTRSAFE_NAME(RtlStringCchCopyN)(to, cb / sizeof(NTSTRSAFE_CHAR), from,
                                             max_cb / sizeof(NTSTRSAFE_CHAR));
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCat)(NTSTRSAFE_CHAR *to, size_t cb,
                                            const NTSTRSAFE_CHAR *from)
{
    return NTSTRSAFE_NAME(RtlStringCchCat)(to, cb / sizeof(NTSTRSAFE_CHAR), from);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCatN)(NTSTRSAFE_CHAR *to, size_t cb,
                                             const NTSTRSAFE_CHAR *from, size_t max_cb)
{
    return NTSTRSAFE_NAME(RtlStringCchCatN)(to, cb / sizeof(NTSTRSAFE_CHAR), from,
                                            max_cb / sizeof(NTSTRSAFE_CHAR));
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbVPrintf)(NTSTRSAFE_CHAR *to, size_t cb,
                                                const NTSTRSAFE_CHAR *format,
                                                NTSTRSAFE_VA_LIST arguments)
{
    return NTSTRSAFE_NAME(RtlStringCchVPrintf)(to, cb / sizeof(NTSTRSAFE_CHAR), format, arguments);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbPrintf)(NTSTRSAFE_CHAR *to, size_t cb,
                                               const NTSTRSAFE_CHAR *format, ...)
{
    NTSTRSAFE_VA_LIST arguments;
    NTSTATUS status;

    NTSTRSAFE_VA_START(arguments, format);
    status = NTSTRSAFE_NAME(RtlStringCbVPrintf)(to, cb, format, arguments);
    NTSTRSAFE_VA_END(arguments);
    return status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbLength)(const NTSTRSAFE_CHAR *string, size_t max_cb,
                                               size_t *length)
{
    NTSTATUS status =
        NTSTRSAFE_NAME(RtlStringCchLength)(string, max_cb / sizeof(NTSTRSAFE_CHAR), length);

    if (length)
        *length *= sizeof(NTSTRSAFE_CHAR);
    return status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCopyEx)(NTSTRSAFE_CHAR *to, size_t cb,
                                               const NTSTRSAFE_CHAR *from, NTSTRSAFE_CHAR **end,
                                               size_t *remaining, ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    return NTSTRSAFE_NAME(ntstrsafe_append_cb_ex_)(to, cb, from, (size_t)-1, FALSE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCopyNEx)(NTSTRSAFE_CHAR *to, size_t cb,
                                                const NTSTRSAFE_CHAR *from, size_t max_cb,
                                                NTSTRSAFE_CHAR **end, size_t *remaining,
                                                ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};
    size_t max = max_cb / sizeof(NTSTRSAFE_CHAR);

    if (max == (size_t)-1)
        max--;
    return NTSTRSAFE_NAME(ntstrsafe_append_cb_ex_)(to, cb, from, max, FALSE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCatEx)(NTSTRSAFE_CHAR *to, size_t cb,
                                              const NTSTRSAFE_CHAR *from, NTSTRSAFE_CHAR **end,
                                              size_t *remaining, ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    return NTSTRSAFE_NAME(ntstrsafe_append_cb_ex_)(to, cb, from, (size_t)-1, TRUE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbCatNEx)(NTSTRSAFE_CHAR *to, size_t cb,
                                               const NTSTRSAFE_CHAR *from, size_t max_cb,
                                               NTSTRSAFE_CHAR **end, size_t *remaining, ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};
    size_t max = max_cb / sizeof(NTSTRSAFE_CHAR);

    if (max == (size_t)-1)
        max--;
    return NTSTRSAFE_NAME(ntstrsafe_append_cb_ex_)(to, cb, from, max, TRUE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbVPrintfEx)(NTSTRSAFE_CHAR *to, size_t cb,
                                                  NTSTRSAFE_CHAR **end, size_t *remaining,
                                                  ULONG flags, const NTSTRSAFE_CHAR *format,
                                                  NTSTRSAFE_VA_LIST arguments)
{
    NTSTATUS status = NTSTRSAFE_NAME(RtlStringCchVPrintfEx)(to, cb / sizeof(NTSTRSAFE_CHAR), end,
                                                            remaining, flags, format, arguments);

    if (remaining && (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW))
        *remaining = *remaining * sizeof(NTSTRSAFE_CHAR) + cb % sizeof(NTSTRSAFE_CHAR);
    return status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCbPrintfEx)(NTSTRSAFE_CHAR *to, size_t cb,
                                                 NTSTRSAFE_CHAR **end, size_t *remaining,
                                                 ULONG flags, const NTSTRSAFE_CHAR *format, ...)
{
    NTSTRSAFE_VA_LIST arguments;
    NTSTATUS status;

    NTSTRSAFE_VA_START(arguments, format);
    status = NTSTRSAFE_NAME(RtlStringCbVPrintfEx)(to, cb, end, remaining, flags, format, arguments);
    NTSTRSAFE_VA_END(arguments);
    return status;
}
