/* SPDX-License-Identifier: MIT */
/* console_input_ddi.c - keys of the terminal as a console's input records. Doc: consoleapi.h
 *
 * Bytes that the terminal sends become records of keys going down and up: letters, control
 * keys, and what a terminal sends as a sequence (arrows, F1 …). From the first look at records
 * until a line is read the terminal gives single keys. Records wait in a queue; bytes are read
 * only when it is looked at.
 * Differs: only keys; no mouse, menu, focus and size records; scan codes are 0.
 */
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crt/utf.h"
#include "ntdll/sync.h"
#include "win32_internal.h"

#define KEY_RECORD 1u
#define SHIFTED    0x10u
#define CONTROLLED 0x08u
#define ALTERNATE  0x02u
#define ENHANCED   0x100u
#define QUEUE_MAX  256u
#define SLICE_MS   20u
#define ESCAPE_MS  20 /* what follows an ESC of a sequence is there by then */
#define VK_PACKET  0xe7u

struct input_record { /* INPUT_RECORD with a KEY_EVENT_RECORD */
    WORD type;
    int32_t is_down;
    WORD repeat, key, scan;
    wchar_t character;
    DWORD state;
};
_Static_assert(sizeof(struct input_record) == 20, "public header");

static struct {
    RTL_SRWLOCK lock; /* guards: the rest */
    struct input_record records[QUEUE_MAX];
    DWORD first, count;
} queue;

/* ---- bytes to records -------------------------------------------------------------------------
 */

static void record_put(WORD key, wchar_t character, DWORD state, bool is_down)
{
    if (queue.count == QUEUE_MAX)
        return; /* as a full buffer of Windows: later input is lost */
    queue.records[(queue.first + queue.count++) % QUEUE_MAX] =
        (struct input_record){KEY_RECORD, is_down, 1, key, 0, character, state};
}

static void key_put(WORD key, wchar_t character, DWORD state)
{
    record_put(key, character, state, true);
    record_put(key, character, state, false);
}

/* Keys of a keyboard of the United States, as virtual key codes. */
static void character_put(wchar_t c, DWORD state)
{
    static const char plain[] = ";=,-./`[\\]'", shifted[] = ":+<_>?~{|}\"", digits[] = ")!@#$%^&*(";
    static const uint8_t code[] = {0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf,
                                   0xc0, 0xdb, 0xdc, 0xdd, 0xde};
    const char *at;
    if (c == '\r' || c == '\n')
        key_put(0x0d, '\r', state);
    else if (c == 0x7f || c == '\b')
        key_put(0x08, '\b', state);
    else if (c == '\t' || c == 0x1b || c == ' ')
        key_put(c, c, state);
    else if (c < 0x20)
        key_put((WORD)(c + 0x40), c, state | CONTROLLED);
    else if (c >= 'a' && c <= 'z')
        key_put((WORD)(c - 0x20), c, state);
    else if (c >= 'A' && c <= 'Z')
        key_put(c, c, state | SHIFTED);
    else if (c >= '0' && c <= '9')
        key_put(c, c, state);
    else if (c < 0x80 && (at = strchr(plain, c)))
        key_put(code[at - plain], c, state);
    else if (c < 0x80 && (at = strchr(shifted, c)))
        key_put(code[at - shifted], c, state | SHIFTED);
    else if (c < 0x80 && (at = strchr(digits, c)))
        key_put((WORD)('0' + (at - digits)), c, state | SHIFTED);
    else
        key_put(VK_PACKET, c, state);
}

/* ESC [ number ~, ESC [ letter, ESC O letter. 0: none that is known. */
static WORD sequence_key(unsigned number, char end)
{
    static const uint8_t numbered[] = {0,    0x24, 0x2d, 0x2e, 0x23, 0x21, 0x22, 0x24, 0x23,
                                       0,    0,    0x70, 0x71, 0x72, 0x73, 0x74, 0,    0x75,
                                       0x76, 0x77, 0x78, 0x79, 0,    0x7a, 0x7b};
    static const char letters[] = "ABCDHFPQRS";
    static const uint8_t lettered[] = {0x26, 0x28, 0x27, 0x25, 0x24, 0x23, 0x70, 0x71, 0x72, 0x73};
    if (end == '~')
        return number < sizeof numbered ? numbered[number] : 0;
    const char *at = end ? strchr(letters, end) : NULL;
    return at ? lettered[at - letters] : 0;
}

/* Answers how many of the bytes it has used; 0: it needs more. */
static size_t sequence_put(const char *bytes, size_t count)
{
    unsigned number[2] = {0, 0}, part = 0;
    if (count < 2)
        return 0;
    if (bytes[1] != '[' && bytes[1] != 'O') {
        character_put((uint8_t)bytes[1], ALTERNATE);
        return 2;
    }
    for (size_t i = 2; i < count; i++) {
        if (bytes[i] >= '0' && bytes[i] <= '9' && number[part] < 100) {
            number[part] = number[part] * 10 + (unsigned)(bytes[i] - '0');
        } else if (bytes[i] == ';' && !part) {
            part = 1;
        } else {
            unsigned with = number[1] ? number[1] - 1 : 0; /* 1 shift, 2 alt, 4 control */
            WORD key = sequence_key(number[0], bytes[i]);
            if (key)
                key_put(key, 0,
                        (key < 0x70 ? ENHANCED : 0) | (with & 1 ? SHIFTED : 0) |
                            (with & 2 ? ALTERNATE : 0) | (with & 4 ? CONTROLLED : 0));
            return i + 1;
        }
    }
    return 0;
}

static size_t text_put(const char *bytes, size_t count)
{
    wchar_t wide[2];
    uint8_t lead = (uint8_t)bytes[0];
    size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > count)
        return 0;
    size_t made = lead < 0x80 ? 1 : crt_utf8_to_utf16(bytes, length, 0, wide, 2).written;
    if (lead < 0x80)
        wide[0] = lead;
    for (size_t i = 0; i < made; i++)
        character_put(wide[i], 0);
    return length;
}

static bool terminal_has(int timeout_ms)
{
    struct pollfd terminal = {.fd = 0, .events = POLLIN};
    return poll(&terminal, 1, timeout_ms) > 0 && terminal.revents & POLLIN;
}

/* Everything the terminal holds, with the lock held. */
static void queue_fill_locked(void)
{
    char bytes[64];
    size_t count = 0, used;
    while (queue.count <= QUEUE_MAX - 2 * sizeof bytes && terminal_has(count ? ESCAPE_MS : 0)) {
        ssize_t got = read(0, bytes + count, sizeof bytes - count);
        if (got <= 0)
            break;
        count += (size_t)got;
        for (size_t at = 0; at < count; at += used) {
            used = bytes[at] == 0x1b ? sequence_put(bytes + at, count - at)
                                     : text_put(bytes + at, count - at);
            if (!used) {
                memmove(bytes, bytes + at, count - at);
                count -= at;
                break;
            }
            if (at + used == count)
                count = at = used = 0;
        }
        if (count == sizeof bytes)
            count = 0;
    }
    if (count)
        character_put((uint8_t)bytes[0], 0); /* an ESC alone */
}

/* ---- the functions ----------------------------------------------------------------------------
 */

bool console_input_waits(void)
{
    console_keys_begin();
    srw_take_exclusive(&queue.lock);
    queue_fill_locked();
    bool waits = queue.count > 0;
    srw_give_exclusive(&queue.lock);
    return waits;
}

static uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Of a wait that began at start: how long to wait before looking again; 0: it is over. */
static DWORD slice_of(uint64_t start, DWORD milliseconds)
{
    uint64_t spent = clock_ms() - start;
    if (milliseconds == INFINITE || spent + SLICE_MS <= milliseconds)
        return SLICE_MS;
    return spent < milliseconds ? (DWORD)(milliseconds - spent) : 0;
}

DWORD console_input_wait(DWORD milliseconds, bool alertable)
{
    LARGE_INTEGER none = {.QuadPart = 0};
    uint64_t start = clock_ms();
    while (!console_input_waits()) {
        /* The service is where the thread hears of what is asked of it. */
        if (NtDelayExecution(alertable, &none) == STATUS_USER_APC && alertable)
            return STATUS_USER_APC;
        DWORD slice = slice_of(start, milliseconds);
        if (!slice)
            return STATUS_TIMEOUT;
        terminal_has((int)slice);
    }
    return 0;
}

/* The kernel does not know when a terminal has input: that is asked between short waits for
 * the other handles. */
DWORD console_input_wait_any(DWORD count, const HANDLE *handles, DWORD terminal, DWORD milliseconds,
                             bool alertable)
{
    HANDLE others[MAXIMUM_WAIT_OBJECTS];
    uint64_t start = clock_ms();
    for (DWORD i = 0, n = 0; i < count; i++) {
        if (i != terminal)
            others[n++] = handles[i];
    }
    for (;;) {
        LARGE_INTEGER timeout;
        DWORD slice = slice_of(start, milliseconds);
        NTSTATUS status = NtWaitForMultipleObjects(count - 1, others, WaitAny, alertable,
                                                   timeout_of_ms(slice, &timeout));
        DWORD index = (DWORD)status & ~(DWORD)STATUS_ABANDONED;
        if (!error_result(status))
            return WAIT_FAILED;
        if (index < count)
            return (DWORD)status + (index >= terminal);
        if (status != STATUS_TIMEOUT)
            return (DWORD)status;
        if (console_input_waits())
            return terminal;
        if (!slice)
            return STATUS_TIMEOUT;
    }
}

static BOOL records_get(HANDLE handle, struct input_record *out, DWORD count, DWORD *out_count,
                        bool takes)
{
    if (console_of(handle) != 0)
        return error_fail(ERROR_INVALID_HANDLE);
    console_keys_begin();
    if (takes && count)
        console_input_wait(INFINITE, false);
    srw_take_exclusive(&queue.lock);
    queue_fill_locked();
    DWORD number = count < queue.count ? count : queue.count;
    for (DWORD i = 0; i < number; i++)
        out[i] = queue.records[(queue.first + i) % QUEUE_MAX];
    if (takes) {
        queue.first = (queue.first + number) % QUEUE_MAX;
        queue.count -= number;
    }
    srw_give_exclusive(&queue.lock);
    *out_count = number;
    return TRUE;
}

EXPORT(BOOL, ReadConsoleInputW,
       (HANDLE handle, struct input_record *records, DWORD count, DWORD *done))
{
    return records_get(handle, records, count, done, true);
}

EXPORT(BOOL, PeekConsoleInputW,
       (HANDLE handle, struct input_record *records, DWORD count, DWORD *done))
{
    return records_get(handle, records, count, done, false);
}

/* Characters of the code page: what is not ASCII is not one byte of it. */
static BOOL records_narrow(BOOL result, struct input_record *records, const DWORD *count)
{
    for (DWORD i = 0; result && i < *count; i++) {
        if (records[i].character >= 0x80)
            records[i].character = '?';
    }
    return result;
}

EXPORT(BOOL, ReadConsoleInputA,
       (HANDLE handle, struct input_record *records, DWORD count, DWORD *done))
{
    return records_narrow(records_get(handle, records, count, done, true), records, done);
}

EXPORT(BOOL, PeekConsoleInputA,
       (HANDLE handle, struct input_record *records, DWORD count, DWORD *done))
{
    return records_narrow(records_get(handle, records, count, done, false), records, done);
}

EXPORT(BOOL, GetNumberOfConsoleInputEvents, (HANDLE handle, DWORD *out))
{
    if (console_of(handle) != 0)
        return error_fail(ERROR_INVALID_HANDLE);
    console_input_waits();
    srw_take_shared(&queue.lock);
    *out = queue.count;
    srw_give_shared(&queue.lock);
    return TRUE;
}

EXPORT(BOOL, WriteConsoleInputW,
       (HANDLE handle, const struct input_record *records, DWORD count, DWORD *done))
{
    if (console_of(handle) != 0)
        return error_fail(ERROR_INVALID_HANDLE);
    srw_take_exclusive(&queue.lock);
    DWORD number = 0;
    while (number < count && queue.count < QUEUE_MAX)
        queue.records[(queue.first + queue.count++) % QUEUE_MAX] = records[number++];
    srw_give_exclusive(&queue.lock);
    *done = number;
    return TRUE;
}

EXPORT(BOOL, FlushConsoleInputBuffer, (HANDLE handle))
{
    if (console_of(handle) != 0)
        return error_fail(ERROR_INVALID_HANDLE);
    srw_take_exclusive(&queue.lock);
    queue_fill_locked();
    queue.count = 0;
    srw_give_exclusive(&queue.lock);
    return TRUE;
}
