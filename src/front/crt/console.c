/* SPDX-License-Identifier: MIT */
/* console.c - the keyboard functions of conio.h over standard input.
 *
 * Doc: "Console and port I/O". A terminal gives single keys from _kbhit to the next _getch, and
 * while that waits. Differs: without a terminal, keys are what standard input holds, and its
 * end is not a key: _kbhit says no for ever.
 */
#include <string.h>

#include "crt_internal.h"

CRT(int, ucrt__getch, (void))
{
    stream_lock(STREAM_IN);
    console_keys_begin();
    int c = stream_get(STREAM_IN);
    console_keys_end();
    stream_unlock(STREAM_IN);
    return c == '\n' ? '\r' : c;
}

CRT(int, ucrt__ungetch, (int c))
{
    stream_lock(STREAM_IN);
    int result = stream_unget(STREAM_IN, c);
    stream_unlock(STREAM_IN);
    return result;
}

CRT(int, ucrt__putch, (int c))
{
    stream_lock(STREAM_OUT);
    int result = stream_put(STREAM_OUT, c);
    stream_flush(STREAM_OUT);
    stream_unlock(STREAM_OUT);
    return result;
}

CRT(int, ucrt__kbhit, (void))
{
    stream_lock(STREAM_IN);
    bool is_read = STREAM_IN->flags & STREAM_READ && STREAM_IN->count > 0;
    if (!is_read)
        console_keys_begin();
    stream_unlock(STREAM_IN);
    return is_read || console_bytes_waiting();
}

CRT(int, ucrt__getche, (void))
{
    int c = ucrt__getch();
    if (c != CRT_EOF)
        ucrt__putch(c);
    return c;
}

CRT(int, ucrt__cputs, (const char *text))
{
    size_t count = strlen(text);
    stream_lock(STREAM_OUT);
    int result = stream_write(STREAM_OUT, text, count) == count ? 0 : CRT_EOF;
    stream_flush(STREAM_OUT);
    stream_unlock(STREAM_OUT);
    return result;
}

CRT(int, ucrt__cputws, (const wchar_t *text))
{
    stream_lock(STREAM_OUT);
    int result = stream_put_wide(STREAM_OUT, text, crt_wcslen(text));
    stream_flush(STREAM_OUT);
    stream_unlock(STREAM_OUT);
    return result;
}

CRT(wchar_t, ucrt__getwch, (void))
{
    stream_lock(STREAM_IN);
    wchar_t c = stream_get_wide(STREAM_IN);
    stream_unlock(STREAM_IN);
    return c == '\n' ? '\r' : c;
}
