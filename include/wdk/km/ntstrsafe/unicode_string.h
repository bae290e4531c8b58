/* SPDX-License-Identifier: MIT */
/* ntstrsafe/unicode_string.h - the UNICODE_STRING functions of ntstrsafe.h.
 *
 * A counted string is not terminated: all of MaximumLength may hold text. What does
 * not fit is cut and reported as STATUS_BUFFER_OVERFLOW, unless the flags say no.
 * Doc: ntstrsafe.h pages of the driver documentation.
 */
#pragma once

NTSTRSAFE_SIZED NTSTATUS ntstrsafe_unicode_check(PCUNICODE_STRING string, ULONG flags)
{
    if (flags & ~(ULONG)STRSAFE_UNICODE_STRING_VALID_FLAGS)
        return STATUS_INVALID_PARAMETER;
    if (!string)
        return flags & STRSAFE_IGNORE_NULLS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    if (string->Length % sizeof(WCHAR) || string->MaximumLength % sizeof(WCHAR) ||
        string->Length > string->MaximumLength || (!string->Buffer && string->MaximumLength))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* What the flags ask for once `used` characters stand in the destination. */
NTSTRSAFE_SIZED NTSTATUS ntstrsafe_unicode_finish(NTSTATUS status, PUNICODE_STRING to, size_t used,
                                                  PUNICODE_STRING remaining, ULONG flags)
{
    size_t cch = to ? to->MaximumLength / sizeof(WCHAR) : 0;

    if (status == STATUS_SUCCESS) {
        if ((flags & STRSAFE_FILL_BEHIND) && cch > used)
            ntstrsafe_fill_W(to->Buffer + used, cch - used, flags);
    } else if (cch) {
        if (flags & STRSAFE_FILL_ON_FAILURE) {
            ntstrsafe_fill_W(to->Buffer, cch, flags);
            used = STRSAFE_GET_FILL_PATTERN(flags) ? cch : 0;
        }
        if (flags & STRSAFE_ZERO_LENGTH_ON_FAILURE)
            used = 0;
    }
    if (to)
        to->Length = (USHORT)(used * sizeof(WCHAR));
    if (remaining && (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW)) {
        remaining->Buffer = to && to->Buffer ? to->Buffer + used : NULL;
        remaining->Length = 0;
        remaining->MaximumLength = (USHORT)((cch - used) * sizeof(WCHAR));
    }
    return status;
}

/* Puts at most max characters of a source behind the first `used` of the destination;
 * the source ends at a terminator where `counted` is FALSE. */
NTSTRSAFE_SIZED NTSTATUS ntstrsafe_unicode_append(PUNICODE_STRING to, size_t used,
                                                  const wchar_t *from, size_t max, BOOLEAN counted,
                                                  PUNICODE_STRING remaining, ULONG flags)
{
    size_t cch = to ? to->MaximumLength / sizeof(WCHAR) : 0, kept = used, i = 0;
    BOOLEAN more;

    if (!from) {
        if (!(flags & STRSAFE_IGNORE_NULLS) && !(counted && !max))
            return ntstrsafe_unicode_finish(STATUS_INVALID_PARAMETER, to, kept, remaining, flags);
        max = 0;
    }
    while (i < max && (counted || from[i]) && used < cch)
        to->Buffer[used++] = from[i++];
    more = i < max && (counted || from[i]);
    if (more && !to)
        return STATUS_INVALID_PARAMETER;
    if (more && (flags & STRSAFE_NO_TRUNCATION))
        used = kept;
    return ntstrsafe_unicode_finish(more ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS, to, used,
                                    remaining, flags);
}

/* Copy and Cat share this: a copy begins at nothing, a cat behind what is there. */
NTSTRSAFE_SIZED NTSTATUS ntstrsafe_unicode_put(PUNICODE_STRING to, BOOLEAN behind,
                                               const wchar_t *from, size_t max, BOOLEAN counted,
                                               PUNICODE_STRING remaining, ULONG flags)
{
    NTSTATUS status = ntstrsafe_unicode_check(to, flags);

    if (!NT_SUCCESS(status))
        return status;
    if (!counted && max != (size_t)-1 && max > NTSTRSAFE_UNICODE_STRING_MAX_CCH)
        return ntstrsafe_unicode_finish(STATUS_INVALID_PARAMETER, to,
                                        behind && to ? to->Length / sizeof(WCHAR) : 0, remaining,
                                        flags);
    return ntstrsafe_unicode_append(to, behind && to ? to->Length / sizeof(WCHAR) : 0, from, max,
                                    counted, remaining, flags);
}

/* The same with a counted source, of which at most max characters are taken. */
NTSTRSAFE_SIZED NTSTATUS ntstrsafe_unicode_put_counted(PUNICODE_STRING to, BOOLEAN behind,
                                                       PCUNICODE_STRING from, size_t max,
                                                       PUNICODE_STRING remaining, ULONG flags)
{
    NTSTATUS status = ntstrsafe_unicode_check(from, flags);
    size_t length = from ? from->Length / sizeof(WCHAR) : 0;

    if (!NT_SUCCESS(status))
        return status;
    return ntstrsafe_unicode_put(to, behind, from ? from->Buffer : NULL,
                                 max < length ? max : length, TRUE, remaining, flags);
}

NTSTRSAFEDDI RtlUnicodeStringValidate(PCUNICODE_STRING string)
{
    return ntstrsafe_unicode_check(string, 0);
}

NTSTRSAFEDDI RtlUnicodeStringValidateEx(PCUNICODE_STRING string, ULONG flags)
{
    return ntstrsafe_unicode_check(string, flags);
}

NTSTRSAFEDDI RtlUnicodeStringInitEx(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, ULONG flags)
{
    size_t length = 0;

    if (flags & ~(ULONG)STRSAFE_UNICODE_STRING_VALID_FLAGS)
        return STATUS_INVALID_PARAMETER;
    if (!to)
        return flags & STRSAFE_IGNORE_NULLS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    to->Length = 0;
    to->MaximumLength = 0;
    to->Buffer = NULL;
    if (!from)
        return STATUS_SUCCESS;
    length = ntstrsafe_length_W(from, NTSTRSAFE_UNICODE_STRING_MAX_CCH);
    if (length == NTSTRSAFE_UNICODE_STRING_MAX_CCH)
        return STATUS_INVALID_PARAMETER;
    to->Length = (USHORT)(length * sizeof(WCHAR));
    to->MaximumLength = (USHORT)(to->Length + sizeof(WCHAR));
    to->Buffer = (PWCHAR)from;
    return STATUS_SUCCESS;
}

NTSTRSAFEDDI RtlUnicodeStringInit(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from)
{
    return RtlUnicodeStringInitEx(to, from, 0);
}

/* name, whether it appends, and the unit of the N forms. */
#define NTSTRSAFE_UNICODE_FAMILY(verb, behind)                                                \
    NTSTRSAFEDDI RtlUnicodeString##verb##StringEx(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from,  \
                                                  PUNICODE_STRING remaining, ULONG flags)     \
    {                                                                                         \
        return ntstrsafe_unicode_put(to, behind, from, (size_t)-1, FALSE, remaining, flags);  \
    }                                                                                         \
    NTSTRSAFEDDI RtlUnicodeString##verb##String(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from)    \
    {                                                                                         \
        return ntstrsafe_unicode_put(to, behind, from, (size_t)-1, FALSE, NULL, 0);           \
    }                                                                                         \
    NTSTRSAFEDDI RtlUnicodeString##verb##Ex(PUNICODE_STRING to, PCUNICODE_STRING from,        \
                                            PUNICODE_STRING remaining, ULONG flags)           \
    {                                                                                         \
        return ntstrsafe_unicode_put_counted(to, behind, from, (size_t)-1, remaining, flags); \
    }                                                                                         \
    NTSTRSAFEDDI RtlUnicodeString##verb(PUNICODE_STRING to, PCUNICODE_STRING from)            \
    {                                                                                         \
        return ntstrsafe_unicode_put_counted(to, behind, from, (size_t)-1, NULL, 0);          \
    }
#define NTSTRSAFE_UNICODE_N_FAMILY(unit, verb, behind, bytes)                                     \
    NTSTRSAFEDDI RtlUnicodeString##unit##verb##StringNEx(PUNICODE_STRING to,                      \
                                                         NTSTRSAFE_PCWSTR from, size_t max,       \
                                                         PUNICODE_STRING remaining, ULONG flags)  \
    {                                                                                             \
        return ntstrsafe_unicode_put(to, behind, from, max / (bytes), FALSE, remaining, flags);   \
    }                                                                                             \
    NTSTRSAFEDDI RtlUnicodeString##unit##verb##StringN(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, \
                                                       size_t max)                                \
    {                                                                                             \
        return ntstrsafe_unicode_put(to, behind, from, max / (bytes), FALSE, NULL, 0);            \
    }                                                                                             \
    NTSTRSAFEDDI RtlUnicodeString##unit##verb##NEx(PUNICODE_STRING to, PCUNICODE_STRING from,     \
                                                   size_t max, PUNICODE_STRING remaining,         \
                                                   ULONG flags)                                   \
    {                                                                                             \
        return ntstrsafe_unicode_put_counted(to, behind, from, max / (bytes), remaining, flags);  \
    }                                                                                             \
    NTSTRSAFEDDI RtlUnicodeString##unit##verb##N(PUNICODE_STRING to, PCUNICODE_STRING from,       \
                                                 size_t max)                                      \
    {                                                                                             \
        return ntstrsafe_unicode_put_counted(to, behind, from, max / (bytes), NULL, 0);           \
    }
NTSTRSAFE_UNICODE_FAMILY(Copy, FALSE)
NTSTRSAFE_UNICODE_FAMILY(Cat, TRUE)
#ifndef NTSTRSAFE_NO_CCH_FUNCTIONS
NTSTRSAFE_UNICODE_N_FAMILY(Cch, Copy, FALSE, 1)
NTSTRSAFE_UNICODE_N_FAMILY(Cch, Cat, TRUE, 1)
#endif
#ifndef NTSTRSAFE_NO_CB_FUNCTIONS
NTSTRSAFE_UNICODE_N_FAMILY(Cb, Copy, FALSE, sizeof(WCHAR))
NTSTRSAFE_UNICODE_N_FAMILY(Cb, Cat, TRUE, sizeof(WCHAR))
#endif
#undef NTSTRSAFE_UNICODE_FAMILY
#undef NTSTRSAFE_UNICODE_N_FAMILY

NTSTRSAFEDDI RtlUnicodeStringVPrintfEx(PUNICODE_STRING to, PUNICODE_STRING remaining, ULONG flags,
                                       NTSTRSAFE_PCWSTR format, NTSTRSAFE_VA_LIST arguments)
{
    NTSTATUS status = ntstrsafe_unicode_check(to, flags);
    size_t cch = to ? to->MaximumLength / sizeof(WCHAR) : 0, used = 0;
    int written;

    if (!NT_SUCCESS(status))
        return status;
    if (!format && (flags & STRSAFE_IGNORE_NULLS))
        format = L"";
    if (cch) {
        written = _vsnwprintf(to->Buffer, cch, format, arguments);
        if (written < 0 || (size_t)written > cch)
            status = STATUS_BUFFER_OVERFLOW;
        used = status == STATUS_SUCCESS ? (size_t)written : flags & STRSAFE_NO_TRUNCATION ? 0 : cch;
    } else if (*format) {
        status = to ? STATUS_BUFFER_OVERFLOW : STATUS_INVALID_PARAMETER;
    }
    return ntstrsafe_unicode_finish(status, to, used, remaining, flags);
}

NTSTRSAFEDDI RtlUnicodeStringVPrintf(PUNICODE_STRING to, NTSTRSAFE_PCWSTR format,
                                     NTSTRSAFE_VA_LIST arguments)
{
    return RtlUnicodeStringVPrintfEx(to, NULL, 0, format, arguments);
}

NTSTRSAFEDDI RtlUnicodeStringPrintfEx(PUNICODE_STRING to, PUNICODE_STRING remaining, ULONG flags,
                                      NTSTRSAFE_PCWSTR format, ...)
{
    NTSTRSAFE_VA_LIST arguments;
    NTSTATUS status;

    NTSTRSAFE_VA_START(arguments, format);
    status = RtlUnicodeStringVPrintfEx(to, remaining, flags, format, arguments);
    NTSTRSAFE_VA_END(arguments);
    return status;
}

NTSTRSAFEDDI RtlUnicodeStringPrintf(PUNICODE_STRING to, NTSTRSAFE_PCWSTR format, ...)
{
    NTSTRSAFE_VA_LIST arguments;
    NTSTATUS status;

    NTSTRSAFE_VA_START(arguments, format);
    status = RtlUnicodeStringVPrintfEx(to, NULL, 0, format, arguments);
    NTSTRSAFE_VA_END(arguments);
    return status;
}

/* From a counted string into a terminated one. */
NTSTRSAFE_SIZED NTSTATUS ntstrsafe_from_unicode(NTSTRSAFE_PWSTR to, size_t cch,
                                                PCUNICODE_STRING from, struct ntstrsafe_outW out)
{
    size_t length = 0, used = 0;
    NTSTATUS status = ntstrsafe_check_ex_W(to, cch, out.flags);

    if (NT_SUCCESS(status))
        status = ntstrsafe_unicode_check(from, out.flags);
    if (!NT_SUCCESS(status))
        return status;
    length = from ? from->Length / sizeof(WCHAR) : 0;
    if (cch) {
        while (used < length && used + 1 < cch) {
            to[used] = from->Buffer[used];
            used++;
        }
        to[used] = 0;
        if (used < length)
            status = STATUS_BUFFER_OVERFLOW;
    } else if (length) {
        status = to ? STATUS_BUFFER_OVERFLOW : STATUS_INVALID_PARAMETER;
    }
    return ntstrsafe_finish_W(status, to, cch, used, 0, out);
}

NTSTRSAFEDDI RtlStringCchCopyUnicodeStringEx(NTSTRSAFE_PWSTR to, size_t cch, PCUNICODE_STRING from,
                                             NTSTRSAFE_PWSTR *end, size_t *remaining, ULONG flags)
{
    struct ntstrsafe_outW out = {end, remaining, flags};

    return ntstrsafe_from_unicode(to, cch, from, out);
}

NTSTRSAFEDDI RtlStringCchCopyUnicodeString(NTSTRSAFE_PWSTR to, size_t cch, PCUNICODE_STRING from)
{
    struct ntstrsafe_outW out = {NULL, NULL, 0};

    return ntstrsafe_from_unicode(to, cch, from, out);
}

NTSTRSAFEDDI RtlStringCbCopyUnicodeStringEx(NTSTRSAFE_PWSTR to, size_t cb, PCUNICODE_STRING from,
                                            NTSTRSAFE_PWSTR *end, size_t *remaining, ULONG flags)
{
    struct ntstrsafe_outW out = {end, remaining, flags};
    NTSTATUS status = ntstrsafe_from_unicode(to, cb / sizeof(WCHAR), from, out);

    if (remaining && (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW))
        *remaining = *remaining * sizeof(WCHAR) + cb % sizeof(WCHAR);
    return status;
}

NTSTRSAFEDDI RtlStringCbCopyUnicodeString(NTSTRSAFE_PWSTR to, size_t cb, PCUNICODE_STRING from)
{
    return RtlStringCchCopyUnicodeString(to, cb / sizeof(WCHAR), from);
}
