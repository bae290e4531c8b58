/* SPDX-License-Identifier: MIT */
/* crt_ctype_ddi.c - character tests and case for drivers: the "C" locale.
 *
 * IRQL: any. Doc: the C run-time reference, page by name.
 */
#include "crt_ddi.h"

#include "crt/string.h"

DDI(int, ddi_tolower, (int c))
{
    return crt_tolower(c);
}

DDI(int, ddi_toupper, (int c))
{
    return crt_toupper(c);
}

DDI(wchar_t, ddi_towlower, (wchar_t c))
{
    return crt_towlower(c);
}

DDI(wchar_t, ddi_towupper, (wchar_t c))
{
    return crt_towupper(c);
}

DDI(int, ddi_isdigit, (int c))
{
    return crt_is(c, CRT_DIGIT);
}

DDI(int, ddi_isxdigit, (int c))
{
    return crt_is(c, CRT_HEX);
}

DDI(int, ddi_isspace, (int c))
{
    return crt_is(c, CRT_SPACE);
}

DDI(int, ddi_isalpha, (int c))
{
    return crt_is(c, CRT_ALPHA);
}

DDI(int, ddi_isalnum, (int c))
{
    return crt_is(c, CRT_ALPHA | CRT_DIGIT);
}

DDI(int, ddi_isupper, (int c))
{
    return crt_is(c, CRT_UPPER);
}

DDI(int, ddi_islower, (int c))
{
    return crt_is(c, CRT_LOWER);
}

DDI(int, ddi_isprint, (int c))
{
    return c >= 0x20 && c < 0x7f;
}

DDI(int, ddi_iscntrl, (int c))
{
    return crt_is(c, CRT_CONTROL);
}

DDI(int, ddi_isgraph, (int c))
{
    return crt_is(c, CRT_ALPHA | CRT_DIGIT | CRT_PUNCT);
}

DDI(int, ddi_ispunct, (int c))
{
    return crt_is(c, CRT_PUNCT);
}

DDI(int, ddi_iswctype, (wchar_t c, unsigned short classes))
{
    return crt_is(c, classes);
}

DDI(int, ddi_iswalpha, (wchar_t c))
{
    return crt_is(c, CRT_ALPHA);
}

DDI(int, ddi_iswalnum, (wchar_t c))
{
    return crt_is(c, CRT_ALPHA | CRT_DIGIT);
}

DDI(int, ddi_iswdigit, (wchar_t c))
{
    return crt_is(c, CRT_DIGIT);
}

DDI(int, ddi_iswxdigit, (wchar_t c))
{
    return crt_is(c, CRT_HEX);
}

DDI(int, ddi_iswspace, (wchar_t c))
{
    return crt_is(c, CRT_SPACE);
}
