/* SPDX-License-Identifier: MIT */
/* message_ddi.c - USER: the message queue of a task that has no windows.
 *
 * Only the task itself can put messages into it. Waiting for one that nobody can send would never
 * end: the program is ended with these words instead.
 */
#include <stdio.h>
#include <string.h>

#include "abi/win16.h"
#include "dos16/windows.h"
#include "loader16/builtin.h"
#include "ntdll/process.h"

#define QUEUE_MOST 64u
#define WM_QUIT    0x0012u
#define PM_REMOVE  0x0001u
#define ID_OK      1u
#define ID_ABORT   3u
#define ID_YES     6u

struct __attribute__((packed)) message {
    uint16_t window, message, word;
    uint32_t lparam, time;
    int16_t x, y;
};

static struct {
    struct message waiting[QUEUE_MOST];
    unsigned count;
    uint32_t last_time;
    uint16_t quit_code;
    bool is_quitting;
} queue; /* the 16-bit world's thread only */

uint32_t user16_InitApp(uint16_t instance)
{
    return 1;
}

uint32_t user16_GetTickCount(void)
{
    return GetTickCount();
}

uint32_t user16_GetCurrentTime(void)
{
    return GetTickCount();
}

uint32_t user16_PostAppMessage(uint16_t task, uint16_t message, uint16_t word, uint32_t lparam)
{
    if (queue.count == QUEUE_MOST)
        return 0;
    queue.waiting[queue.count++] = (struct message){0, message, word, lparam, GetTickCount(), 0, 0};
    return 1;
}

uint32_t user16_PostMessage(uint16_t window, uint16_t message, uint16_t word, uint32_t lparam)
{
    return window ? 0 : user16_PostAppMessage(0, message, word, lparam); /* there are no windows */
}

uint32_t user16_PostQuitMessage(uint16_t code)
{
    queue.quit_code = code;
    queue.is_quitting = true;
    return 0;
}

static bool message_get(struct message *out, uint16_t first, uint16_t last, bool remove)
{
    for (unsigned i = 0; i < queue.count; i++) {
        if (last && (queue.waiting[i].message < first || queue.waiting[i].message > last))
            continue;
        *out = queue.waiting[i];
        if (remove) {
            queue.count--;
            memmove(&queue.waiting[i], &queue.waiting[i + 1],
                    (queue.count - i) * sizeof queue.waiting[0]);
        }
        queue.last_time = out->time;
        return true;
    }
    if (!queue.is_quitting)
        return false;
    *out = (struct message){.message = WM_QUIT, .word = queue.quit_code};
    queue.is_quitting = !remove;
    return true;
}

[[noreturn]] static void nobody_sends(void)
{
    program_die(PROGRAM_ABSENT, "it waits for a message, but it has no window that one could be "
                                "sent to; the program was ended");
}

/* FALSE at WM_QUIT. */
uint32_t user16_GetMessage(struct far16 out, uint16_t window, uint16_t first, uint16_t last)
{
    struct message message;
    if (!message_get(&message, first, last, true))
        nobody_sends();
    memcpy(win16_buffer(cpu16_outer(), far16_value(out), sizeof message), &message, sizeof message);
    return message.message != WM_QUIT;
}

uint32_t user16_PeekMessage(struct far16 out, uint16_t window, uint16_t first, uint16_t last,
                            uint16_t flags)
{
    struct message message;
    if (!message_get(&message, first, last, flags & PM_REMOVE))
        return 0;
    memcpy(win16_buffer(cpu16_outer(), far16_value(out), sizeof message), &message, sizeof message);
    return 1;
}

uint32_t user16_WaitMessage(void)
{
    if (!queue.count && !queue.is_quitting)
        nobody_sends();
    return 0;
}

uint32_t user16_TranslateMessage(void *message)
{
    return 0;
}

uint32_t user16_DispatchMessage(void *message)
{
    return 0; /* to no window */
}

uint32_t user16_GetMessageTime(void)
{
    return queue.last_time;
}

uint32_t user16_GetMessagePos(void)
{
    return 0;
}

uint32_t user16_MessageBeep(uint16_t kind)
{
    return 0;
}

/* On standard error; the answer is the first button's. */
uint32_t user16_MessageBox(uint16_t window, const char *text, const char *title, uint16_t kind)
{
    static const uint8_t first[] = {ID_OK, ID_OK, ID_ABORT, ID_YES, ID_YES, 4 /* retry */};
    program_complain("%s: %s", title ? title : "Error", text ? text : "");
    return (kind & 15u) < sizeof first ? first[kind & 15u] : ID_OK;
}
