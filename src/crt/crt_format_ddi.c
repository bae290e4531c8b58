/* SPDX-License-Identifier: MIT */
/* crt_format_ddi.c - printf and scanf for drivers.
 *
 * IRQL: any, as long as the memory is resident. Doc: the C run-time reference, page by name.
 * Differs: narrow text is UTF-8 where widths mix; the _s functions return their documented
 * failure value (-1, buffer emptied), without an invalid-parameter handler.
 */
#include "crt_ddi.h"

#include "crt/format.h"
#include "crt/scan.h"

/* Collects the variable arguments, runs call, returns its result (any failure as -1). */
#define WITH_ARGUMENTS(last, call)         \
    do {                                   \
        __builtin_ms_va_list args;         \
        __builtin_ms_va_start(args, last); \
        int result = (call);               \
        __builtin_ms_va_end(args);         \
        return result < 0 ? -1 : result;   \
    } while (0)

/* What sprintf's buffer can hold: nobody knows, so as much as a result can count. */
#define UNBOUNDED ((size_t)INT32_MAX)

DDI(int, ddi_sprintf, (char *buffer, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnprintf_ms(buffer, UNBOUNDED, 0, format, args));
}

DDI(int, ddi_vsprintf, (char *buffer, const char *format, __builtin_ms_va_list args))
{
    return crt_vsnprintf_ms(buffer, UNBOUNDED, 0, format, args);
}

DDI(int, ddi__snprintf, (char *buffer, size_t count, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnprintf_ms(buffer, count, 0, format, args));
}

DDI(int, ddi__vsnprintf,
    (char *buffer, size_t count, const char *format, __builtin_ms_va_list args))
{
    return crt_vsnprintf_ms(buffer, count, 0, format, args);
}

/* ntoskrnl's swprintf is the old one, without a count. */
DDI(int, ddi_swprintf, (wchar_t * buffer, const wchar_t *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnwprintf_ms(buffer, UNBOUNDED, 0, format, args));
}

DDI(int, ddi__vswprintf, (wchar_t * buffer, const wchar_t *format, __builtin_ms_va_list args))
{
    return crt_vsnwprintf_ms(buffer, UNBOUNDED, 0, format, args);
}

DDI(int, ddi__snwprintf, (wchar_t * buffer, size_t count, const wchar_t *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnwprintf_ms(buffer, count, 0, format, args));
}

DDI(int, ddi__vsnwprintf,
    (wchar_t * buffer, size_t count, const wchar_t *format, __builtin_ms_va_list args))
{
    return crt_vsnwprintf_ms(buffer, count, 0, format, args);
}

DDI(int, ddi__vscwprintf, (const wchar_t *format, __builtin_ms_va_list args))
{
    int result = crt_vscwprintf(0, format, args);
    return result < 0 ? -1 : result;
}

DDI(int, ddi_sprintf_s, (char *buffer, size_t size, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnprintf_s(buffer, size, CRT_NO_LIMIT, 0, format, args));
}

DDI(int, ddi_vsprintf_s, (char *buffer, size_t size, const char *format, __builtin_ms_va_list args))
{
    int result = crt_vsnprintf_s(buffer, size, CRT_NO_LIMIT, 0, format, args);
    return result < 0 ? -1 : result;
}

DDI(int, ddi__snprintf_s, (char *buffer, size_t size, size_t count, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnprintf_s(buffer, size, count, 0, format, args));
}

DDI(int, ddi__vsnprintf_s,
    (char *buffer, size_t size, size_t count, const char *format, __builtin_ms_va_list args))
{
    int result = crt_vsnprintf_s(buffer, size, count, 0, format, args);
    return result < 0 ? -1 : result;
}

DDI(int, ddi_swprintf_s, (wchar_t * buffer, size_t size, const wchar_t *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnwprintf_s(buffer, size, CRT_NO_LIMIT, 0, format, args));
}

DDI(int, ddi_vswprintf_s,
    (wchar_t * buffer, size_t size, const wchar_t *format, __builtin_ms_va_list args))
{
    int result = crt_vsnwprintf_s(buffer, size, CRT_NO_LIMIT, 0, format, args);
    return result < 0 ? -1 : result;
}

DDI(int, ddi__snwprintf_s,
    (wchar_t * buffer, size_t size, size_t count, const wchar_t *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsnwprintf_s(buffer, size, count, 0, format, args));
}

DDI(int, ddi__vsnwprintf_s,
    (wchar_t * buffer, size_t size, size_t count, const wchar_t *format, __builtin_ms_va_list args))
{
    int result = crt_vsnwprintf_s(buffer, size, count, 0, format, args);
    return result < 0 ? -1 : result;
}

DDI(int, ddi_sscanf, (const char *text, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsscanf(text, SIZE_MAX, 0, format, args));
}

DDI(int, ddi_sscanf_s, (const char *text, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsscanf(text, SIZE_MAX, CRT_SCAN_SECURE, format, args));
}

DDI(int, ddi__snscanf_s, (const char *text, size_t limit, const char *format, ...))
{
    WITH_ARGUMENTS(format, crt_vsscanf(text, limit, CRT_SCAN_SECURE, format, args));
}

DDI(int, ddi_swscanf_s, (const wchar_t *text, const wchar_t *format, ...))
{
    WITH_ARGUMENTS(format, crt_vswscanf(text, SIZE_MAX, CRT_SCAN_SECURE, format, args));
}

DDI(int, ddi__snwscanf_s, (const wchar_t *text, size_t limit, const wchar_t *format, ...))
{
    WITH_ARGUMENTS(format, crt_vswscanf(text, limit, CRT_SCAN_SECURE, format, args));
}

DDI(int, ddi__vscprintf, (const char *format, __builtin_ms_va_list args))
{
    int result = crt_vscprintf(0, format, args);
    return result < 0 ? -1 : result;
}
