/* SPDX-License-Identifier: MIT */
/* comm_mode.c - settings of a serial port as a text: "9600,n,8,1,x" or "baud=9600 parity=n xon=on".
 *
 * In: the text, with or without a port's name before it; out: fields of a DCB. What the text does
 * not name stays as it is; the short form says all of the flow control, by its last part.
 * Doc: BuildCommDCBAndTimeouts; the command mode
 */
#include "comm.h"

#include <string.h>

#include "crt/string.h"

struct mode {
    DCB dcb;
    COMMTIMEOUTS timeouts;
};

static bool is_same(const wchar_t *text, size_t count, const char *word)
{
    size_t i = 0;
    for (; i < count && word[i]; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return i == count && !word[i];
}

static bool number_read(const wchar_t *text, size_t count, DWORD *out_number)
{
    DWORD number = 0;
    if (count == 0 || count > 9)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < L'0' || text[i] > L'9')
            return false;
        number = number * 10 + (DWORD)(text[i] - L'0');
    }
    *out_number = number;
    return true;
}

/* Rates may be called by their first two digits. */
static bool rate_read(const wchar_t *text, size_t count, DCB *dcb)
{
    static const DWORD whole[] = {110, 150, 300, 600, 1200, 2400, 4800, 9600, 19200};
    DWORD rate;
    if (!number_read(text, count, &rate))
        return false;
    for (size_t i = 0; count == 2 && i < sizeof whole / sizeof *whole; i++) {
        DWORD first = whole[i];
        while (first >= 100)
            first /= 10;
        if (first == rate) {
            rate = whole[i];
            break;
        }
    }
    dcb->BaudRate = rate;
    return true;
}

static bool parity_read(const wchar_t *text, size_t count, DCB *dcb)
{
    static const char letters[] = "noems";
    const char *at = count == 1 ? strchr(letters, text[0] < 0x80 ? text[0] | 0x20 : 1) : NULL;
    if (!at)
        return false;
    dcb->Parity = (BYTE)(at - letters);
    return true;
}

static bool data_read(const wchar_t *text, size_t count, DCB *dcb)
{
    DWORD bits;
    if (!number_read(text, count, &bits) || bits < 5 || bits > 8)
        return false;
    dcb->ByteSize = (BYTE)bits;
    return true;
}

static bool stop_read(const wchar_t *text, size_t count, DCB *dcb)
{
    static const char *const names[] = {"1", "1.5", "2"};
    for (BYTE i = 0; i < 3; i++) {
        if (is_same(text, count, names[i])) {
            dcb->StopBits = i;
            return true;
        }
    }
    return false;
}

/* The word's place in names; count of names: it is none of them. */
static unsigned word_find(const wchar_t *text, size_t count, const char *const *names,
                          unsigned limit)
{
    unsigned i = 0;
    while (i < limit && !is_same(text, count, names[i]))
        i++;
    return i;
}

/* ---- "name=value" -----------------------------------------------------------------------------
 */

static void timeouts_choose(struct mode *mode, bool are_on)
{
    mode->timeouts = (COMMTIMEOUTS){0};
    mode->timeouts.WriteTotalTimeoutConstant = are_on ? 60000 : 0;
}

static bool setting_read(struct mode *mode, const wchar_t *name, size_t length,
                         const wchar_t *value, size_t count)
{
    static const char *const switches[] = {"off", "on", "hs", "tg"};
    DCB *dcb = &mode->dcb;
    if (is_same(name, length, "baud"))
        return rate_read(value, count, dcb);
    if (is_same(name, length, "parity"))
        return parity_read(value, count, dcb);
    if (is_same(name, length, "data"))
        return data_read(value, count, dcb);
    if (is_same(name, length, "stop"))
        return stop_read(value, count, dcb);
    unsigned choice = word_find(value, count, switches, 4);
    if (is_same(name, length, "rts")) {
        dcb->fRtsControl = choice & 3;
        return choice < 4;
    }
    if (is_same(name, length, "dtr")) {
        dcb->fDtrControl = choice & 3;
        return choice < 3;
    }
    if (choice > 1)
        return false;
    if (is_same(name, length, "xon"))
        dcb->fInX = dcb->fOutX = choice;
    else if (is_same(name, length, "odsr"))
        dcb->fOutxDsrFlow = choice;
    else if (is_same(name, length, "octs"))
        dcb->fOutxCtsFlow = choice;
    else if (is_same(name, length, "idsr"))
        dcb->fDsrSensitivity = choice;
    else if (is_same(name, length, "to"))
        timeouts_choose(mode, choice);
    else
        return false;
    return true;
}

static bool settings_read(struct mode *mode, const wchar_t *text)
{
    while (*(text += crt_wcsspn(text, L" \t"))) {
        size_t length = crt_wcscspn(text, L"= \t");
        const wchar_t *value = text + length + 1;
        if (text[length] != L'=')
            return false;
        size_t count = crt_wcscspn(value, L" \t");
        if (!setting_read(mode, text, length, value, count))
            return false;
        text = value + count;
    }
    return true;
}

/* ---- "rate,parity,data,stop,flow" ---------------------------------------------------------------
 */

static bool flow_read(const wchar_t *text, size_t count, DCB *dcb)
{
    bool is_x = is_same(text, count, "x"), is_p = is_same(text, count, "p");
    dcb->fInX = dcb->fOutX = is_x;
    dcb->fOutxCtsFlow = dcb->fOutxDsrFlow = is_p;
    dcb->fDtrControl = is_p ? DTR_CONTROL_HANDSHAKE : DTR_CONTROL_ENABLE;
    dcb->fRtsControl = is_p ? RTS_CONTROL_HANDSHAKE : RTS_CONTROL_ENABLE;
    return is_x || is_p || count == 0;
}

static bool list_read(struct mode *mode, const wchar_t *text)
{
    static bool (*const parts[])(const wchar_t *, size_t,
                                 DCB *) = {rate_read, parity_read, data_read, stop_read, flow_read};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t count = crt_wcscspn(text, L", \t");
        if ((count != 0 || i == 4) && !parts[i](text, count, &mode->dcb))
            return false;
        text += count;
        text += crt_wcsspn(text, L" \t");
        if (*text == L',')
            text++;
    }
    return !*text;
}

bool comm_mode_read(const wchar_t *text, DCB *dcb, COMMTIMEOUTS *timeouts)
{
    struct mode mode = {*dcb, timeouts ? *timeouts : (COMMTIMEOUTS){0}};
    const wchar_t *colon = crt_wcschr(text, L':');
    if (colon)
        text = colon + 1;
    text += crt_wcsspn(text, L" \t");
    bool is_list = *text >= L'0' && *text <= L'9';
    if (!*text || !(is_list ? list_read(&mode, text) : settings_read(&mode, text)))
        return false;
    *dcb = mode.dcb;
    if (timeouts)
        *timeouts = mode.timeouts;
    return true;
}
