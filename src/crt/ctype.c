/* SPDX-License-Identifier: MIT */
/* ctype.c - character classes and case of the "C" locale, by table-free tests.
 *
 * The bits are those of Microsoft's _isctype; characters above 0x7f have no class.
 */
#include "crt/string.h"

int crt_tolower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int crt_toupper(int c)
{
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

wchar_t crt_towlower(wchar_t c)
{
    return (wchar_t)crt_tolower(c);
}

wchar_t crt_towupper(wchar_t c)
{
    return (wchar_t)crt_toupper(c);
}

unsigned crt_class(int c)
{
    if (c < 0 || c > 0x7f)
        return 0;
    if (c >= '0' && c <= '9')
        return CRT_DIGIT | CRT_HEX;
    if (c >= 'A' && c <= 'Z')
        return CRT_UPPER | CRT_ALPHA | (c <= 'F' ? CRT_HEX : 0);
    if (c >= 'a' && c <= 'z')
        return CRT_LOWER | CRT_ALPHA | (c <= 'f' ? CRT_HEX : 0);
    if (c == ' ')
        return CRT_SPACE | CRT_BLANK;
    if (c >= 9 && c <= 13)
        return CRT_CONTROL | CRT_SPACE | (c == 9 ? CRT_BLANK : 0);
    if (c < ' ' || c == 0x7f)
        return CRT_CONTROL;
    return CRT_PUNCT;
}

int crt_is(int c, unsigned classes)
{
    return (int)(crt_class(c) & classes);
}
