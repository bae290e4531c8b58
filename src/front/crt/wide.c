/* SPDX-License-Identifier: MIT */
/* wide.c - characters of two widths: UTF-8 in char, UTF-16 in wchar_t.
 *
 * Doc: "mbtowc", "wctomb", "mbstowcs_s", "mbrtowc" and so on. Differs: multibyte is UTF-8
 * whatever the locale; a conversion state holds at most the low half of a pair.
 */
#include <string.h>

#include "crt_internal.h"

/* Bytes of the character at text, or 0: ended, -1: ill-formed, -2: cut. */
static int character_at(const char *text, size_t count, wchar_t out[2])
{
    size_t need;
    if (!count)
        return -2;
    uint8_t lead = (uint8_t)*text;
    if (!lead) {
        out[0] = 0;
        return 0;
    }
    need = lead < 0x80   ? 1
           : lead < 0xc2 ? 0
           : lead < 0xe0 ? 2
           : lead < 0xf0 ? 3
           : lead < 0xf5 ? 4
                         : 0;
    if (!need)
        return -1;
    if (count < need)
        return -2;
    struct crt_utf got = crt_utf8_to_utf16(text, need, 0, out, 2);
    return got.replaced ? -1 : (int)need;
}

CRT(int, ucrt_mbtowc, (wchar_t * out, const char *text, size_t count))
{
    wchar_t pair[2] = {0, 0};
    if (!text || !count)
        return 0;
    int used = character_at(text, count, pair);
    if (used < 0 || used == 4) /* one wchar_t does not hold a pair */
        return crt_fail(CRT_EILSEQ);
    if (out)
        *out = pair[0];
    return used;
}

CRT(int, ucrt_mblen, (const char *text, size_t count))
{
    wchar_t pair[2];
    if (!text || !count)
        return 0;
    int used = character_at(text, count, pair);
    return used < 0 ? -1 : used;
}

CRT(size_t, ucrt_mbrtowc, (wchar_t * out, const char *text, size_t count, int *state))
{
    static int own; /* as documented, shared when the caller has none */
    wchar_t pair[2] = {0, 0};
    if (!state)
        state = &own;
    if (!text)
        return *state = 0, 0;
    if (*state) {
        if (out)
            *out = (wchar_t)*state;
        *state = 0;
        return 1; /* the last byte of the character, held back below */
    }
    int used = character_at(text, count, pair);
    if (used == -1)
        crt_fail(CRT_EILSEQ);
    if (used < 0)
        return (size_t)used;
    if (out)
        *out = pair[0];
    if (used < 4)
        return (size_t)used;
    *state = pair[1];
    return 3;
}

CRT(size_t, ucrt_mbrlen, (const char *text, size_t count, int *state))
{
    wchar_t pair[2];
    if (!text)
        return 0;
    int used = character_at(text, count, pair);
    return (size_t)used;
}

CRT(int, ucrt_wctomb, (char *out, wchar_t character))
{
    if (!out)
        return 0;
    struct crt_utf made = crt_utf16_to_utf8(&character, 1, 0, out, 4);
    return made.replaced ? crt_fail(CRT_EILSEQ) : (int)made.written;
}

CRT(int, ucrt_wctomb_s, (int *used, char *out, size_t size, wchar_t character))
{
    char bytes[4];
    if (!out) {
        if (used)
            *used = 0;
        return size ? crt_invalid(EINVAL) : 0;
    }
    struct crt_utf made = crt_utf16_to_utf8(&character, 1, 0, bytes, 4);
    if (made.replaced)
        return crt_fail(CRT_EILSEQ), CRT_EILSEQ;
    if (made.written > size)
        return crt_invalid(ERANGE);
    memcpy(out, bytes, made.written);
    if (used)
        *used = (int)made.written;
    return 0;
}

CRT(size_t, ucrt_wcrtomb, (char *out, wchar_t character, int *state))
{
    static int own;
    wchar_t pair[2] = {0, character};
    char bytes[4];
    if (!state)
        state = &own;
    if (!out)
        return *state = 0, 1;
    if (character >= 0xd800 && character < 0xdc00) {
        *state = character;
        return 0;
    }
    pair[0] = (wchar_t)*state;
    bool is_pair = *state;
    *state = 0;
    struct crt_utf made =
        crt_utf16_to_utf8(is_pair ? pair : pair + 1, is_pair ? 2 : 1, 0, bytes, sizeof bytes);
    if (made.replaced)
        return (size_t)crt_fail(CRT_EILSEQ);
    memcpy(out, bytes, made.written);
    return made.written;
}

CRT(wchar_t, ucrt_btowc, (int c))
{
    return c >= 0 && c < 0x80 ? (wchar_t)c : (wchar_t)0xffff;
}

CRT(int, ucrt_wctob, (wchar_t c))
{
    return c < 0x80 ? c : CRT_EOF;
}

/* ---- strings --------------------------------------------------------------------------------- */

CRT(size_t, ucrt_mbstowcs, (wchar_t * to, const char *from, size_t count))
{
    size_t done = from ? crt_mbstowcs(to, from, count) : SIZE_MAX;
    if (done == SIZE_MAX)
        crt_fail(from ? CRT_EILSEQ : EINVAL);
    return done;
}

CRT(size_t, ucrt_wcstombs, (char *to, const wchar_t *from, size_t count))
{
    size_t done = from ? crt_wcstombs(to, from, count) : SIZE_MAX;
    if (done == SIZE_MAX)
        crt_fail(from ? CRT_EILSEQ : EINVAL);
    return done;
}

CRT(size_t, ucrt_mbsrtowcs, (wchar_t * to, const char **from, size_t count, int *state))
{
    size_t done = ucrt_mbstowcs(to, *from, count);
    if (to && done < count)
        *from = NULL;
    return done;
}

CRT(size_t, ucrt_wcsrtombs, (char *to, const wchar_t **from, size_t count, int *state))
{
    size_t done = ucrt_wcstombs(to, *from, count);
    if (to && done < count)
        *from = NULL;
    return done;
}

CRT(int, ucrt_mbstowcs_s, (size_t *used, wchar_t *to, size_t size, const char *from, size_t count))
{
    if (used)
        *used = 0;
    if (!from || (!to && size) || (to && !size))
        return crt_invalid(EINVAL);
    size_t length = crt_mbstowcs(NULL, from, 0);
    if (length == SIZE_MAX) {
        if (to)
            *to = 0;
        return crt_fail(CRT_EILSEQ), CRT_EILSEQ;
    }
    bool is_cut = false;
    if (to) {
        size_t most = count == CRT_TRUNCATE ? size - 1 : count;
        is_cut = count == CRT_TRUNCATE && length >= size;
        length = length < most ? length : most;
        if (length >= size) {
            *to = 0;
            return crt_invalid(ERANGE);
        }
        crt_mbstowcs(to, from, length);
        to[length] = 0;
    }
    if (used)
        *used = length + 1;
    return is_cut ? CRT_STRUNCATE : 0;
}

CRT(int, ucrt_wcstombs_s, (size_t *used, char *to, size_t size, const wchar_t *from, size_t count))
{
    if (used)
        *used = 0;
    if (!from || (!to && size) || (to && !size))
        return crt_invalid(EINVAL);
    size_t length = crt_wcstombs(NULL, from, 0);
    if (length == SIZE_MAX) {
        if (to)
            *to = 0;
        return crt_fail(CRT_EILSEQ), CRT_EILSEQ;
    }
    bool is_cut = false;
    if (to) {
        size_t most = count == CRT_TRUNCATE ? size - 1 : count;
        is_cut = count == CRT_TRUNCATE && length >= size;
        if ((length < most ? length : most) >= size) {
            *to = 0;
            return crt_invalid(ERANGE);
        }
        /* Never half a character: it may store less than most. */
        length = crt_utf16_to_utf8(from, crt_wcslen(from), 0, to, most).written;
        to[length] = 0;
    }
    if (used)
        *used = length + 1;
    return is_cut ? CRT_STRUNCATE : 0;
}
