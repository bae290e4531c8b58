/* SPDX-License-Identifier: MIT */
/* crt_number_ddi.c - numbers from and to text for drivers.
 *
 * IRQL: any, as long as the memory is resident. Doc: the C run-time reference, page by name.
 */
#include "crt_ddi.h"

#include "crt/number.h"

DDI(int32_t, ddi_atoi, (const char *text))
{
    return crt_strtol(text, NULL, 10);
}

DDI(int32_t, ddi_atol, (const char *text))
{
    return crt_strtol(text, NULL, 10);
}

DDI(int64_t, ddi__atoi64, (const char *text))
{
    return crt_strtoll(text, NULL, 10);
}

DDI(int32_t, ddi__wtoi, (const wchar_t *text))
{
    return crt_wcstol(text, NULL, 10);
}

DDI(int32_t, ddi__wtol, (const wchar_t *text))
{
    return crt_wcstol(text, NULL, 10);
}

DDI(int32_t, ddi_strtol, (const char *text, char **end, int base))
{
    return crt_strtol(text, end, base);
}

DDI(uint32_t, ddi_strtoul, (const char *text, char **end, int base))
{
    return crt_strtoul(text, end, base);
}

DDI(uint64_t, ddi__strtoui64, (const char *text, char **end, int base))
{
    return crt_strtoull(text, end, base);
}

DDI(int32_t, ddi_wcstol, (const wchar_t *text, wchar_t **end, int base))
{
    return crt_wcstol(text, end, base);
}

DDI(uint32_t, ddi_wcstoul, (const wchar_t *text, wchar_t **end, int base))
{
    return crt_wcstoul(text, end, base);
}

DDI(char *, ddi__itoa, (int32_t value, char *buffer, int radix))
{
    return crt_itoa(value, buffer, radix);
}

DDI(wchar_t *, ddi__itow, (int32_t value, wchar_t *buffer, int radix))
{
    return crt_itow(value, buffer, radix);
}

DDI(char *, ddi__ultoa, (uint32_t value, char *buffer, int radix))
{
    return crt_ultoa(value, buffer, radix);
}

DDI(wchar_t *, ddi__ultow, (uint32_t value, wchar_t *buffer, int radix))
{
    return crt_ultow(value, buffer, radix);
}

DDI(char *, ddi__i64toa, (int64_t value, char *buffer, int radix))
{
    return crt_i64toa(value, buffer, radix);
}

DDI(wchar_t *, ddi__i64tow, (int64_t value, wchar_t *buffer, int radix))
{
    return crt_i64tow(value, buffer, radix);
}

/* Only radix 10 shows a sign; others show the bits of the type. */
static int text_s(int64_t value, uint64_t bits, char *buffer, size_t size, int radix)
{
    bool negative = radix == 10 && value < 0;
    return crt_number_text_s(negative ? 0 - (uint64_t)value : bits, negative, buffer, size, radix);
}

static int text_ws(int64_t value, uint64_t bits, wchar_t *buffer, size_t size, int radix)
{
    bool negative = radix == 10 && value < 0;
    return crt_number_text_ws(negative ? 0 - (uint64_t)value : bits, negative, buffer, size, radix);
}

DDI(int, ddi__itoa_s, (int32_t value, char *buffer, size_t size, int radix))
{
    return text_s(value, (uint32_t)value, buffer, size, radix);
}

DDI(int, ddi__itow_s, (int32_t value, wchar_t *buffer, size_t size, int radix))
{
    return text_ws(value, (uint32_t)value, buffer, size, radix);
}

DDI(int, ddi__ltoa_s, (int32_t value, char *buffer, size_t size, int radix))
{
    return text_s(value, (uint32_t)value, buffer, size, radix);
}

DDI(int, ddi__ltow_s, (int32_t value, wchar_t *buffer, size_t size, int radix))
{
    return text_ws(value, (uint32_t)value, buffer, size, radix);
}

DDI(int, ddi__ultoa_s, (uint32_t value, char *buffer, size_t size, int radix))
{
    return crt_number_text_s(value, false, buffer, size, radix);
}

DDI(int, ddi__ultow_s, (uint32_t value, wchar_t *buffer, size_t size, int radix))
{
    return crt_number_text_ws(value, false, buffer, size, radix);
}

DDI(int, ddi__i64toa_s, (int64_t value, char *buffer, size_t size, int radix))
{
    return text_s(value, (uint64_t)value, buffer, size, radix);
}

DDI(int, ddi__i64tow_s, (int64_t value, wchar_t *buffer, size_t size, int radix))
{
    return text_ws(value, (uint64_t)value, buffer, size, radix);
}

DDI(int, ddi__ui64toa_s, (uint64_t value, char *buffer, size_t size, int radix))
{
    return crt_number_text_s(value, false, buffer, size, radix);
}

DDI(int, ddi__ui64tow_s, (uint64_t value, wchar_t *buffer, size_t size, int radix))
{
    return crt_number_text_ws(value, false, buffer, size, radix);
}

DDI(int64_t, ddi__strtoi64, (const char *text, char **end, int base))
{
    return crt_strtoll(text, end, base);
}

DDI(int64_t, ddi__wcstoi64, (const wchar_t *text, wchar_t **end, int base))
{
    return crt_wcstoll(text, end, base);
}

DDI(uint64_t, ddi__wcstoui64, (const wchar_t *text, wchar_t **end, int base))
{
    return crt_wcstoull(text, end, base);
}

DDI(int64_t, ddi__wtoi64, (const wchar_t *text))
{
    return crt_wcstoll(text, NULL, 10);
}
