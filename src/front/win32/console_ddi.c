/* SPDX-License-Identifier: MIT */
/* console_ddi.c - standard handles and what a program does to its console. Doc: consoleapi.h
 *
 * A console is a standard handle behind which the host has a terminal. Text goes out as
 * bytes; colours, cursor and titles are escape sequences of the terminal.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/sync.h"
#include "win32_internal.h"

#define INPUT_PROCESSED 0x1u
#define INPUT_LINE      0x2u
#define INPUT_ECHO      0x4u
#define INPUT_MODE      0x1f7u
#define OUTPUT_MODE     0x3u
#define CODE_PAGE       65001u

static struct {
    RTL_SRWLOCK lock; /* guards: the rest */
    DWORD mode[3];
    bool has_mode[3];
    WORD attributes;
    WORD has_attributes;
    bool has_keys; /* the terminal gives single keys; lines: how it was */
    struct termios lines;
} console;

static HANDLE *standard_cell(DWORD which)
{
    struct process_parameters *parameters = peb_current()->ProcessParameters;
    switch (which) {
    case (DWORD)-10:
        return &parameters->StandardInput;
    case (DWORD)-11:
        return &parameters->StandardOutput;
    case (DWORD)-12:
        return &parameters->StandardError;
    default:
        return NULL;
    }
}

EXPORT(HANDLE, GetStdHandle, (DWORD which))
{
    HANDLE *cell = standard_cell(which);
    if (!cell)
        return error_fail(ERROR_INVALID_HANDLE), INVALID_HANDLE_VALUE;
    return *cell;
}

EXPORT(BOOL, SetStdHandle, (DWORD which, HANDLE handle))
{
    HANDLE *cell = standard_cell(which);
    if (!cell)
        return error_fail(ERROR_INVALID_HANDLE);
    *cell = handle;
    return TRUE;
}

int console_of(HANDLE handle)
{
    for (int n = 0; n < 3; n++) {
        if (handle && *standard_cell((DWORD)(-10 - n)) == handle && isatty(n))
            return n;
    }
    return -1;
}

/* ---- modes
 * ---------------------------------------------------------------------------------------- */

BOOL WINAPI GetConsoleMode(HANDLE handle, DWORD *mode)
{
    int n = console_of(handle);
    if (n < 0)
        return error_fail(ERROR_INVALID_HANDLE);
    srw_take_shared(&console.lock);
    *mode = console.has_mode[n] ? console.mode[n] : n ? OUTPUT_MODE : INPUT_MODE;
    srw_give_shared(&console.lock);
    return TRUE;
}

/* While the terminal gives single keys, the mode is for afterwards. */
static void console_mode_changed(const struct termios *terminal)
{
    struct termios keys = *terminal;
    srw_take_exclusive(&console.lock);
    if (console.has_keys) {
        console.lines = *terminal;
        keys.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
        keys.c_iflag &= ~(tcflag_t)ICRNL;
        tcsetattr(0, TCSANOW, &keys);
    }
    srw_give_exclusive(&console.lock);
}

EXPORT(BOOL, SetConsoleMode, (HANDLE handle, DWORD mode))
{
    int n = console_of(handle);
    struct termios terminal;
    if (n < 0)
        return error_fail(ERROR_INVALID_HANDLE);
    srw_take_exclusive(&console.lock);
    console.mode[n] = mode;
    console.has_mode[n] = true;
    srw_give_exclusive(&console.lock);
    if (n == 0 && !tcgetattr(0, &terminal)) {
        terminal.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
        terminal.c_lflag |= (mode & INPUT_ECHO ? ECHO : 0) | (mode & INPUT_LINE ? ICANON : 0) |
                            (mode & INPUT_PROCESSED ? ISIG : 0);
        tcsetattr(0, TCSANOW, &terminal);
        console_mode_changed(&terminal);
    }
    return TRUE;
}

/* ---- keys
 * ----------------------------------------------------------------------------------------- */

void console_keys_begin(void)
{
    struct termios terminal;
    srw_take_exclusive(&console.lock);
    if (!console.has_keys && isatty(0) && !tcgetattr(0, &console.lines)) {
        terminal = console.lines;
        terminal.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
        terminal.c_iflag &= ~(tcflag_t)ICRNL;
        console.has_keys = !tcsetattr(0, TCSANOW, &terminal);
    }
    srw_give_exclusive(&console.lock);
}

void console_keys_end(void)
{
    srw_take_exclusive(&console.lock);
    if (console.has_keys)
        tcsetattr(0, TCSANOW, &console.lines);
    console.has_keys = false;
    srw_give_exclusive(&console.lock);
}

DWORD console_bytes_waiting(void)
{
    int count = 0;
    return ioctl(0, FIONREAD, &count) || count < 0 ? 0 : (DWORD)count;
}

/* ---- text
 * ----------------------------------------------------------------------------------------- */

#define CHUNK 512u

EXPORT(BOOL, WriteConsoleW,
       (HANDLE handle, const wchar_t *text, DWORD count, DWORD *done, LPVOID reserved))
{
    char narrow[CHUNK * 3];
    DWORD written = 0, bytes;
    if (console_of(handle) < 0)
        return error_fail(ERROR_INVALID_HANDLE);
    while (written < count) {
        DWORD part = count - written < CHUNK ? count - written : CHUNK;
        if (part < count - written && (text[written + part - 1] & 0xfc00) == 0xd800)
            part--; /* a pair stays together */
        struct crt_utf made = crt_utf16_to_utf8(text + written, part, 0, narrow, sizeof narrow);
        if (!WriteFile(handle, narrow, (DWORD)made.written, &bytes, NULL))
            return FALSE;
        written += part;
    }
    if (done)
        *done = written;
    return TRUE;
}

EXPORT(BOOL, WriteConsoleA,
       (HANDLE handle, const void *text, DWORD count, DWORD *done, LPVOID reserved))
{
    if (console_of(handle) < 0)
        return error_fail(ERROR_INVALID_HANDLE);
    return WriteFile(handle, text, count, done, NULL);
}

EXPORT(BOOL, ReadConsoleA, (HANDLE handle, void *text, DWORD count, DWORD *done, LPVOID control))
{
    if (console_of(handle) < 0)
        return error_fail(ERROR_INVALID_HANDLE);
    console_keys_end();
    return ReadFile(handle, text, count, done, NULL);
}

/* What of a line has not fitted yet. */
static struct {
    RTL_SRWLOCK lock; /* guards: the rest */
    wchar_t text[CHUNK];
    DWORD first, count;
} line;

EXPORT(BOOL, ReadConsoleW, (HANDLE handle, wchar_t *text, DWORD count, DWORD *done, LPVOID control))
{
    char narrow[CHUNK];
    DWORD bytes = 0;
    if (console_of(handle) < 0)
        return error_fail(ERROR_INVALID_HANDLE);
    srw_take_exclusive(&line.lock);
    bool is_empty = !line.count;
    srw_give_exclusive(&line.lock);
    if (is_empty) {
        console_keys_end();
        if (!ReadFile(handle, narrow, CHUNK, &bytes, NULL))
            return FALSE;
    }
    srw_take_exclusive(&line.lock);
    if (bytes) {
        line.first = 0;
        line.count = (DWORD)crt_utf8_to_utf16(narrow, bytes, 0, line.text, CHUNK).written;
    }
    DWORD part = count < line.count ? count : line.count;
    memcpy(text, line.text + line.first, part * sizeof *text);
    line.first += part;
    line.count -= part;
    srw_give_exclusive(&line.lock);
    *done = part;
    return TRUE;
}

static void sequence_write(HANDLE handle, const char *text)
{
    char copy[64]; /* where the service can read it */
    DWORD done;
    size_t length = strlen(text);
    memcpy(copy, text, length);
    WriteFile(handle, copy, (DWORD)length, &done, NULL);
}

/* ---- looks
 * ---------------------------------------------------------------------------------------- */

EXPORT(BOOL, SetConsoleTextAttribute, (HANDLE handle, WORD attributes))
{
    static const char colour[] = "04261537"; /* BGR bits to the terminal's RGB order */
    char text[32];
    if (console_of(handle) < 1)
        return error_fail(ERROR_INVALID_HANDLE);
    srw_take_exclusive(&console.lock);
    console.attributes = attributes;
    console.has_attributes = 1;
    srw_give_exclusive(&console.lock);
    if (attributes == 7)
        snprintf(text, sizeof text, "\x1b[0m");
    else
        snprintf(text, sizeof text, "\x1b[%d%c;%d%cm", attributes & 8 ? 9 : 3,
                 colour[attributes & 7], attributes & 0x80 ? 10 : 4, colour[attributes >> 4 & 7]);
    sequence_write(handle, text);
    return TRUE;
}

struct coordinates {
    SHORT x, y;
};
struct screen_buffer { /* CONSOLE_SCREEN_BUFFER_INFO */
    struct coordinates size, cursor;
    WORD attributes;
    SHORT left, top, right, bottom;
    struct coordinates maximum;
};

EXPORT(BOOL, GetConsoleScreenBufferInfo, (HANDLE handle, struct screen_buffer *out))
{
    if (console_of(handle) < 1)
        return error_fail(ERROR_INVALID_HANDLE);
    *out = (struct screen_buffer){.size = {80, 25},
                                  .attributes = console.has_attributes ? console.attributes : 7,
                                  .right = 79,
                                  .bottom = 24,
                                  .maximum = {80, 25}};
    return TRUE;
}

EXPORT(BOOL, SetConsoleCursorPosition, (HANDLE handle, struct coordinates at))
{
    char text[32];
    if (console_of(handle) < 1)
        return error_fail(ERROR_INVALID_HANDLE);
    snprintf(text, sizeof text, "\x1b[%d;%dH", at.y + 1, at.x + 1);
    sequence_write(handle, text);
    return TRUE;
}

EXPORT(BOOL, SetConsoleTitleW, (LPCWSTR title))
{
    return TRUE;
}

EXPORT(BOOL, SetConsoleTitleA, (LPCSTR title))
{
    return TRUE;
}

EXPORT(UINT, GetConsoleCP, (void))
{
    return CODE_PAGE;
}

EXPORT(UINT, GetConsoleOutputCP, (void))
{
    return CODE_PAGE;
}

EXPORT(BOOL, SetConsoleCP, (UINT page))
{
    return TRUE;
}

EXPORT(BOOL, SetConsoleOutputCP, (UINT page))
{
    return TRUE;
}

EXPORT(BOOL, AllocConsole, (void))
{
    return error_fail(ERROR_ACCESS_DENIED); /* it has one */
}

EXPORT(BOOL, FreeConsole, (void))
{
    return TRUE;
}

EXPORT(HWND, GetConsoleWindow, (void))
{
    return NULL;
}
