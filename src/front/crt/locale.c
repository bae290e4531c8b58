/* SPDX-License-Identifier: MIT */
/* locale.c - the one locale there is: "C", with UTF-8 text.
 *
 * Doc: "setlocale, _wsetlocale", "localeconv". Differs: "" means "C"; other names are refused;
 * MB_CUR_MAX is 4 and the code page 65001.
 */
#include <string.h>

#include "crt_internal.h"

#define CODE_PAGE_UTF8 65001u
#define CATEGORY_MAX   5 /* LC_TIME */

int ucrt___mb_cur_max = 4;

static char name[] = "C";
static wchar_t wide_name[] = {'C', 0};

CRT(char *, ucrt_setlocale, (int category, const char *locale))
{
    if (category < 0 || category > CATEGORY_MAX)
        return crt_invalid(EINVAL), NULL;
    if (locale && *locale && strcmp(locale, "C") && crt_stricmp(locale, ".utf8") &&
        crt_stricmp(locale, ".UTF-8") && strcmp(locale, "POSIX"))
        return NULL;
    return name;
}

CRT(wchar_t *, ucrt__wsetlocale, (int category, const wchar_t *locale))
{
    char narrow[64] = "";
    if (locale)
        crt_utf8_from_string(locale, narrow, sizeof narrow);
    return ucrt_setlocale(category, locale ? narrow : NULL) ? wide_name : NULL;
}

static char empty[1], point[] = ".";
static wchar_t wide_empty[1], wide_point[] = {'.', 0};

struct lconv_ms {
    char *decimal_point, *thousands_sep, *grouping, *int_curr_symbol, *currency_symbol,
        *mon_decimal_point, *mon_thousands_sep, *mon_grouping, *positive_sign, *negative_sign;
    char numbers[8]; /* int_frac_digits to n_sign_posn: CHAR_MAX, not there */
    wchar_t *_W_decimal_point, *_W_thousands_sep, *_W_int_curr_symbol, *_W_currency_symbol,
        *_W_mon_decimal_point, *_W_mon_thousands_sep, *_W_positive_sign, *_W_negative_sign;
};
_Static_assert(offsetof(struct lconv_ms, _W_decimal_point) == BY_WIDTH(88, 48), "public header");

CRT(struct lconv_ms *, ucrt_localeconv, (void))
{
    static struct lconv_ms conventions = {point,
                                          empty,
                                          empty,
                                          empty,
                                          empty,
                                          empty,
                                          empty,
                                          empty,
                                          empty,
                                          empty,
                                          {127, 127, 127, 127, 127, 127, 127, 127},
                                          wide_point,
                                          wide_empty,
                                          wide_empty,
                                          wide_empty,
                                          wide_empty,
                                          wide_empty,
                                          wide_empty,
                                          wide_empty};
    return &conventions;
}

CRT(int, ucrt__configthreadlocale, (int mode))
{
    enum { ENABLE = 1, DISABLE = 2 };
    return mode >= -1 && mode <= 2 ? DISABLE : crt_fail(EINVAL);
}

CRT(unsigned, ucrt____lc_codepage_func, (void))
{
    return CODE_PAGE_UTF8;
}

CRT(unsigned, ucrt____lc_collate_cp_func, (void))
{
    return 0;
}

CRT(int, ucrt____mb_cur_max_func, (void))
{
    return ucrt___mb_cur_max;
}

CRT(int, ucrt____mb_cur_max_l_func, (void *locale))
{
    return ucrt___mb_cur_max;
}

CRT(ULONG *, ucrt____lc_handle_func, (void))
{
    static ULONG handles[6]; /* zero: "C" */
    return handles;
}

CRT(wchar_t **, ucrt____lc_locale_name_func, (void))
{
    static wchar_t *names[6]; /* none: "C" */
    return names;
}

CRT(int, ucrt__getmbcp, (void))
{
    return (int)CODE_PAGE_UTF8;
}

CRT(int, ucrt__setmbcp, (int page))
{
    return page <= 0 || page == (int)CODE_PAGE_UTF8 ? 0 : crt_fail(EINVAL);
}

/* Locale objects: any handle is the one locale. */
CRT(void *, ucrt__create_locale, (int category, const char *locale))
{
    return ucrt_setlocale(category, locale) && locale ? name : NULL;
}

CRT(void, ucrt__free_locale, (void *locale))
{
}

CRT(void *, ucrt__get_current_locale, (void))
{
    return name;
}

CRT(void, ucrt__lock_locales, (void))
{
}

CRT(void, ucrt__unlock_locales, (void))
{
}
