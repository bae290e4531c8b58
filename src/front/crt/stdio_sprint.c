/* SPDX-License-Identifier: MIT */
/* stdio_sprint.c - msvcrt's printf family into buffers, narrow and wide, and its _s forms.
 *
 * Each does exactly what its page says about cut results; ucrt's programs come by
 * __stdio_common_vsprintf instead. Doc: "sprintf", "_snprintf", "_snprintf_s" and so on.
 */
#include "crt_internal.h"

#define OLD        CRT_FORMAT_OLD_FLOAT
#define HUGE_COUNT ((size_t)INT32_MAX)

static int answer(int result)
{
    if (result == CRT_FORMAT_OVERFLOW)
        crt_invalid(ERANGE);
    else if (result == CRT_FORMAT_INVALID)
        crt_invalid(EINVAL);
    return result < 0 ? -1 : result;
}

/* The function with a list, and the one with an ellipsis after `last`. */
#define PRINT_PAIR(v_name, name, params, v_params, last, expression) \
    CRT(int, v_name, v_params)                                       \
    {                                                                \
        return answer(expression);                                   \
    }                                                                \
    CRT(int, name, params)                                           \
    {                                                                \
        __builtin_ms_va_list args;                                   \
        __builtin_ms_va_start(args, last);                           \
        int result = answer(expression);                             \
        __builtin_ms_va_end(args);                                   \
        return result;                                               \
    }

PRINT_PAIR(msvcrt_vsprintf, msvcrt_sprintf, (char *buffer, const char *format, ...),
           (char *buffer, const char *format, __builtin_ms_va_list args), format,
           crt_vsnprintf_c99(buffer, HUGE_COUNT, OLD, format, args))

PRINT_PAIR(msvcrt__vsnprintf, msvcrt__snprintf,
           (char *buffer, size_t count, const char *format, ...),
           (char *buffer, size_t count, const char *format, __builtin_ms_va_list args), format,
           crt_vsnprintf_ms(buffer, count, OLD, format, args))

PRINT_PAIR(msvcrt_vsprintf_s, msvcrt_sprintf_s,
           (char *buffer, size_t size, const char *format, ...),
           (char *buffer, size_t size, const char *format, __builtin_ms_va_list args), format,
           crt_vsnprintf_s(buffer, size, CRT_NO_LIMIT, OLD, format, args))

PRINT_PAIR(msvcrt__vsnprintf_s, msvcrt__snprintf_s,
           (char *buffer, size_t size, size_t count, const char *format, ...),
           (char *buffer, size_t size, size_t count, const char *format, __builtin_ms_va_list args),
           format, crt_vsnprintf_s(buffer, size, count, OLD, format, args))

PRINT_PAIR(msvcrt__vscprintf, msvcrt__scprintf, (const char *format, ...),
           (const char *format, __builtin_ms_va_list args), format,
           crt_vscprintf(OLD, format, args))

/* msvcrt.dll's swprintf has no count: it is _swprintf. */
PRINT_PAIR(msvcrt_vswprintf, msvcrt_swprintf, (wchar_t * buffer, const wchar_t *format, ...),
           (wchar_t * buffer, const wchar_t *format, __builtin_ms_va_list args), format,
           crt_vswprintf_c99(buffer, HUGE_COUNT, OLD, format, args))

PRINT_PAIR(msvcrt__vswprintf_c, msvcrt__swprintf_c,
           (wchar_t * buffer, size_t count, const wchar_t *format, ...),
           (wchar_t * buffer, size_t count, const wchar_t *format, __builtin_ms_va_list args),
           format, crt_vswprintf_c99(buffer, count, OLD, format, args))

PRINT_PAIR(msvcrt__vsnwprintf, msvcrt__snwprintf,
           (wchar_t * buffer, size_t count, const wchar_t *format, ...),
           (wchar_t * buffer, size_t count, const wchar_t *format, __builtin_ms_va_list args),
           format, crt_vsnwprintf_ms(buffer, count, OLD, format, args))

PRINT_PAIR(msvcrt_vswprintf_s, msvcrt_swprintf_s,
           (wchar_t * buffer, size_t size, const wchar_t *format, ...),
           (wchar_t * buffer, size_t size, const wchar_t *format, __builtin_ms_va_list args),
           format, crt_vsnwprintf_s(buffer, size, CRT_NO_LIMIT, OLD, format, args))

PRINT_PAIR(msvcrt__vsnwprintf_s, msvcrt__snwprintf_s,
           (wchar_t * buffer, size_t size, size_t count, const wchar_t *format, ...),
           (wchar_t * buffer, size_t size, size_t count, const wchar_t *format,
            __builtin_ms_va_list args),
           format, crt_vsnwprintf_s(buffer, size, count, OLD, format, args))

PRINT_PAIR(msvcrt__vscwprintf, msvcrt__scwprintf, (const wchar_t *format, ...),
           (const wchar_t *format, __builtin_ms_va_list args), format,
           crt_vscwprintf(OLD, format, args))
