/* SPDX-License-Identifier: MIT */
/* ntstrsafe/either.h - the functions of ntstrsafe.h for one width of character.
 *
 * Included twice, with NTSTRSAFE_CHAR, NTSTRSAFE_NAME and NTSTRSAFE_VSNPRINTF set.
 * Each DDI is a few lines over the workers at the top; Cb forms convert and call Cch.
 * Doc: ntstrsafe.h pages of the driver documentation.
 */

/* Where the Ex forms report what is left, and the flags they were given. */
struct NTSTRSAFE_NAME(ntstrsafe_out) {
    NTSTRSAFE_CHAR **end;
    size_t *remaining;
    ULONG flags;
};

NTSTRSAFE_SIZED size_t NTSTRSAFE_NAME(ntstrsafe_length_)(const NTSTRSAFE_CHAR *string, size_t max)
{
    size_t n = 0;

    while (n < max && string[n])
        n++;
    return n;
}

NTSTRSAFE_SIZED void NTSTRSAFE_NAME(ntstrsafe_fill_)(NTSTRSAFE_CHAR *from, size_t cch, ULONG flags)
{
    unsigned char *byte = (unsigned char *)from;
    size_t i;

    for (i = 0; i < cch * sizeof(NTSTRSAFE_CHAR); i++)
        byte[i] = (unsigned char)STRSAFE_GET_FILL_PATTERN(flags);
}

/* Checks a destination of the simple forms. */
NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_check_)(NTSTRSAFE_CHAR *to, size_t cch)
{
    if (cch == 0)
        return STATUS_INVALID_PARAMETER;
    if (cch > NTSTRSAFE_MAX_CCH) {
        *to = 0;
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* Checks a destination of the Ex forms; a NULL one of no size is fine with IGNORE_NULLS. */
NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_check_ex_)(const NTSTRSAFE_CHAR *to, size_t cch,
                                                             ULONG flags)
{
    if (flags & ~(ULONG)STRSAFE_VALID_FLAGS)
        return STATUS_INVALID_PARAMETER;
    if (cch > NTSTRSAFE_MAX_CCH)
        return STATUS_INVALID_PARAMETER;
    if (flags & STRSAFE_IGNORE_NULLS)
        return !to && cch ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    return cch ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* Copies at most max characters behind what is at `used` and terminates. */
NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_append_)(NTSTRSAFE_CHAR *to, size_t cch,
                                                           size_t used, const NTSTRSAFE_CHAR *from,
                                                           size_t max, size_t *out_used)
{
    size_t i = 0;

    while (used + 1 < cch && i < max && from[i])
        to[used++] = from[i++];
    to[used] = 0;
    *out_used = used;
    return i < max && from[i] ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_format_)(NTSTRSAFE_CHAR *to, size_t cch,
                                                           const NTSTRSAFE_CHAR *format,
                                                           NTSTRSAFE_VA_LIST arguments,
                                                           size_t *out_used)
{
    int written = NTSTRSAFE_VSNPRINTF(to, cch - 1, format, arguments);

    if (written < 0 || (size_t)written > cch - 1) {
        to[cch - 1] = 0;
        *out_used = cch - 1;
        return STATUS_BUFFER_OVERFLOW;
    }
    to[written] = 0;
    *out_used = (size_t)written;
    return STATUS_SUCCESS;
}

/* What the flags ask for once the text is in place or has failed. `kept` is how much
 * of the destination stays when nothing may be cut. */
NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_finish_)(NTSTATUS status, NTSTRSAFE_CHAR *to,
                                                           size_t cch, size_t used, size_t kept,
                                                           struct NTSTRSAFE_NAME(ntstrsafe_out) out)
{
    ULONG flags = out.flags;

    if (status == STATUS_BUFFER_OVERFLOW && (flags & STRSAFE_NO_TRUNCATION) && cch) {
        used = kept;
        to[used] = 0;
    }
    if (NT_SUCCESS(status) && status != STATUS_BUFFER_OVERFLOW) {
        if ((flags & STRSAFE_FILL_BEHIND_NULL) && cch > used + 1)
            NTSTRSAFE_NAME(ntstrsafe_fill_)(to + used + 1, cch - used - 1, flags);
    } else if (cch) {
        if (flags & STRSAFE_FILL_ON_FAILURE) {
            NTSTRSAFE_NAME(ntstrsafe_fill_)(to, cch, flags);
            used = STRSAFE_GET_FILL_PATTERN(flags) ? cch - 1 : 0;
            to[used] = 0;
        }
        if (flags & STRSAFE_NULL_ON_FAILURE) {
            used = 0;
            to[0] = 0;
        }
    }
    if (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW) {
        if (out.end)
            *out.end = to + used;
        if (out.remaining)
            *out.remaining = cch - used;
    }
    return status;
}

NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_append_ex_)(NTSTRSAFE_CHAR *to, size_t cch,
                                                              const NTSTRSAFE_CHAR *from,
                                                              size_t max, BOOLEAN behind,
                                                              struct NTSTRSAFE_NAME(ntstrsafe_out)
                                                                  out)
{
    static const NTSTRSAFE_CHAR nothing[1] = {0};
    size_t used = 0, kept = 0;
    NTSTATUS status = NTSTRSAFE_NAME(ntstrsafe_check_ex_)(to, cch, out.flags);

    if (!NT_SUCCESS(status))
        return status;
    if (!from && (out.flags & STRSAFE_IGNORE_NULLS))
        from = nothing;
    if (behind && cch) {
        used = NTSTRSAFE_NAME(ntstrsafe_length_)(to, cch);
        if (used == cch)
            return STATUS_INVALID_PARAMETER;
        kept = used;
    }
    if (max > NTSTRSAFE_MAX_LENGTH && max != (size_t)-1)
        status = STATUS_INVALID_PARAMETER;
    else if (!cch)
        status = !max || !*from ? STATUS_SUCCESS
                 : to           ? STATUS_BUFFER_OVERFLOW
                                : STATUS_INVALID_PARAMETER;
    else
        status = NTSTRSAFE_NAME(ntstrsafe_append_)(to, cch, used, from, max, &used);
    return NTSTRSAFE_NAME(ntstrsafe_finish_)(status, to, cch, used, kept, out);
}

NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_format_ex_)(NTSTRSAFE_CHAR *to, size_t cch,
                                                              const NTSTRSAFE_CHAR *format,
                                                              NTSTRSAFE_VA_LIST arguments,
                                                              struct NTSTRSAFE_NAME(ntstrsafe_out)
                                                                  out)
{
    static const NTSTRSAFE_CHAR nothing[1] = {0};
    size_t used = 0;
    NTSTATUS status = NTSTRSAFE_NAME(ntstrsafe_check_ex_)(to, cch, out.flags);

    if (!NT_SUCCESS(status))
        return status;
    if (!format && (out.flags & STRSAFE_IGNORE_NULLS))
        format = nothing;
    if (!cch)
        status = !*format ? STATUS_SUCCESS : to ? STATUS_BUFFER_OVERFLOW : STATUS_INVALID_PARAMETER;
    else
        status = NTSTRSAFE_NAME(ntstrsafe_format_)(to, cch, format, arguments, &used);
    return NTSTRSAFE_NAME(ntstrsafe_finish_)(status, to, cch, used, 0, out);
}

NTSTRSAFE_SIZED NTSTATUS NTSTRSAFE_NAME(ntstrsafe_append_cb_ex_)(
    NTSTRSAFE_CHAR *to, size_t cb, const NTSTRSAFE_CHAR *from, size_t max, BOOLEAN behind,
    struct NTSTRSAFE_NAME(ntstrsafe_out) out)
{
    NTSTATUS status = NTSTRSAFE_NAME(ntstrsafe_append_ex_)(to, cb / sizeof(NTSTRSAFE_CHAR), from,
                                                           max, behind, out);

    if (out.remaining && (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW))
        *out.remaining = *out.remaining * sizeof(NTSTRSAFE_CHAR) + cb % sizeof(NTSTRSAFE_CHAR);
    return status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCopy)(NTSTRSAFE_CHAR *to, size_t cch,
                                              const NTSTRSAFE_CHAR *from)
{
    size_t used;
    NTSTATUS status = NTSTRSAFE_NAME(ntstrsafe_check_)(to, cch);

    return NT_SUCCESS(status)
               ? NTSTRSAFE_NAME(ntstrsafe_append_)(to, cch, 0, from, (size_t)-1, &used)
               : status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCopyN)(NTSTRSAFE_CHAR *to, size_t cch,
                                               const NTSTRSAFE_CHAR *from, size_t max)
{
    size_t used;
    NTSTATUS status = NTSTRSAFE_NAME(ntstrsafe_check_)(to, cch);

    if (!NT_SUCCESS(status))
        return status;
    if (max > NTSTRSAFE_MAX_LENGTH) {
        *to = 0;
        return STATUS_INVALID_PARAMETER;
    }
    return NTSTRSAFE_NAME(ntstrsafe_append_)(to, cch, 0, from, max, &used);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCatN)(NTSTRSAFE_CHAR *to, size_t cch,
                                              const NTSTRSAFE_CHAR *from, size_t max)
{
    size_t used;

    if (cch == 0 || cch > NTSTRSAFE_MAX_CCH)
        return STATUS_INVALID_PARAMETER;
    used = NTSTRSAFE_NAME(ntstrsafe_length_)(to, cch);
    if (used == cch || (max > NTSTRSAFE_MAX_LENGTH && max != (size_t)-1))
        return STATUS_INVALID_PARAMETER;
    return NTSTRSAFE_NAME(ntstrsafe_append_)(to, cch, used, from, max, &used);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCat)(NTSTRSAFE_CHAR *to, size_t cch,
                                             const NTSTRSAFE_CHAR *from)
{
    return NTSTRSAFE_NAME(RtlStringCchCatN)(to, cch, from, (size_t)-1);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchVPrintf)(NTSTRSAFE_CHAR *to, size_t cch,
                                                 const NTSTRSAFE_CHAR *format,
                                                 NTSTRSAFE_VA_LIST arguments)
{
    size_t used;
    NTSTATUS status = NTSTRSAFE_NAME(ntstrsafe_check_)(to, cch);

    return NT_SUCCESS(status) ? NTSTRSAFE_NAME(ntstrsafe_format_)(to, cch, format, arguments, &used)
                              : status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchPrintf)(NTSTRSAFE_CHAR *to, size_t cch,
                                                const NTSTRSAFE_CHAR *format, ...)
{
    NTSTRSAFE_VA_LIST arguments;
    NTSTATUS status;

    NTSTRSAFE_VA_START(arguments, format);
    status = NTSTRSAFE_NAME(RtlStringCchVPrintf)(to, cch, format, arguments);
    NTSTRSAFE_VA_END(arguments);
    return status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchLength)(const NTSTRSAFE_CHAR *string, size_t max_cch,
                                                size_t *length)
{
    size_t n = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (string && max_cch <= NTSTRSAFE_MAX_CCH) {
        n = NTSTRSAFE_NAME(ntstrsafe_length_)(string, max_cch);
        if (n < max_cch)
            status = STATUS_SUCCESS;
        else
            n = 0;
    }
    if (length)
        *length = n;
    return status;
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCopyEx)(NTSTRSAFE_CHAR *to, size_t cch,
                                                const NTSTRSAFE_CHAR *from, NTSTRSAFE_CHAR **end,
                                                size_t *remaining, ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    return NTSTRSAFE_NAME(ntstrsafe_append_ex_)(to, cch, from, (size_t)-1, FALSE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCopyNEx)(NTSTRSAFE_CHAR *to, size_t cch,
                                                 const NTSTRSAFE_CHAR *from, size_t max,
                                                 NTSTRSAFE_CHAR **end, size_t *remaining,
                                                 ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    if (max == (size_t)-1)
        max--;
    return NTSTRSAFE_NAME(ntstrsafe_append_ex_)(to, cch, from, max, FALSE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCatEx)(NTSTRSAFE_CHAR *to, size_t cch,
                                               const NTSTRSAFE_CHAR *from, NTSTRSAFE_CHAR **end,
                                               size_t *remaining, ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    return NTSTRSAFE_NAME(ntstrsafe_append_ex_)(to, cch, from, (size_t)-1, TRUE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchCatNEx)(NTSTRSAFE_CHAR *to, size_t cch,
                                                const NTSTRSAFE_CHAR *from, size_t max,
                                                NTSTRSAFE_CHAR **end, size_t *remaining,
                                                ULONG flags)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    if (max == (size_t)-1)
        max--;
    return NTSTRSAFE_NAME(ntstrsafe_append_ex_)(to, cch, from, max, TRUE, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchVPrintfEx)(NTSTRSAFE_CHAR *to, size_t cch,
                                                   NTSTRSAFE_CHAR **end, size_t *remaining,
                                                   ULONG flags, const NTSTRSAFE_CHAR *format,
                                                   NTSTRSAFE_VA_LIST arguments)
{
    struct NTSTRSAFE_NAME(ntstrsafe_out) out = {end, remaining, flags};

    return NTSTRSAFE_NAME(ntstrsafe_format_ex_)(to, cch, format, arguments, out);
}

NTSTRSAFEDDI NTSTRSAFE_NAME(RtlStringCchPrintfEx)(NTSTRSAFE_CHAR *to, size_t cch,
                                                  NTSTRSAFE_CHAR **end, size_t *remaining,
                                                  ULONG flags, const NTSTRSAFE_CHAR *format, ...)
{
    NTSTRSAFE_VA_LIST arguments;
    NTSTATUS status;

    NTSTRSAFE_VA_START(arguments, format);
    status =
        NTSTRSAFE_NAME(RtlStringCchVPrintfEx)(to, cch, end, remaining, flags, format, arguments);
    NTSTRSAFE_VA_END(arguments);
    return status;
}

#ifndef NTSTRSAFE_NO_CB_FUNCTIONS
#include "bytes.h"
#endif
