/* SPDX-License-Identifier: MIT */
/* user.h - windows that are never shown, and the message queues of threads.
 *
 * A window belongs to the thread that made it, whose queue its messages go to. Nothing is
 * drawn: what would need a screen says so. One lock guards all of it; no window procedure
 * runs under it.
 */
#ifndef WIN32_USER_H
#define WIN32_USER_H

#include "base/list.h"
#include "ntdll/sync.h"
#include "win32_internal.h"

typedef ULONG_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef LRESULT(WINAPI *window_procedure)(HWND window, UINT message, WPARAM w, LPARAM l);

struct message { /* MSG */
    HWND window;
    UINT number;
    WPARAM w;
    LPARAM l;
    DWORD time;
    LONG x, y;
};

#define WM_CREATE        0x0001u
#define WM_DESTROY       0x0002u
#define WM_SETTEXT       0x000cu
#define WM_GETTEXT       0x000du
#define WM_GETTEXTLENGTH 0x000eu
#define WM_CLOSE         0x0010u
#define WM_QUIT          0x0012u
#define WM_NCCREATE      0x0081u
#define WM_NCDESTROY     0x0082u
#define WM_TIMER         0x0113u

/* A message that another thread waits for the answer of; lies on that thread's stack. */
struct sent {
    struct list link;
    struct message message;
    struct queue *sender;
    LRESULT answer;
    bool is_done;
};

struct user_timer {
    struct list link;
    HWND window;
    ULONG_PTR id;
    uint64_t due_ns, period_ns;
    void *callback;
};

struct queue {
    struct list link; /* among all queues */
    ULONG_PTR thread;
    HANDLE changed;     /* event: a message was posted or sent, or an answer has come */
    struct list posted; /* struct posted */
    struct list sent;   /* struct sent */
    struct list timers; /* struct user_timer */
    bool has_quit;
    WPARAM quit_code;
    unsigned sending; /* SendMessage from another thread under way here */
};

struct class
{
    struct list link;
    wchar_t name[256];
    window_procedure procedure;
    int extra_window;
    HINSTANCE instance;
    uint16_t atom;
};

#define WINDOW_EXTRA 64u

struct window {
    struct list link;
    HWND handle;
    struct queue *queue;
    struct class *class;
    window_procedure procedure;
    LONG_PTR user_data, id, instance;
    LONG style, style_ex;
    HWND parent;
    bool is_destroyed;
    wchar_t text[256];
    uint8_t extra[WINDOW_EXTRA];
};

struct user {
    RTL_SRWLOCK lock; /* guards: everything here */
    struct list queues, classes, windows;
    ULONG_PTR next_window;
    uint16_t next_atom;
};
extern struct user user;

void user_lock(void);
void user_unlock(void);
/* The calling thread's; made at its first use. NULL with the last error set: no memory. */
struct queue *queue_own(void);
struct queue *queue_of_thread_locked(ULONG_PTR thread);
bool queue_post_locked(struct queue *queue, const struct message *message);
/* The next message that fits, handed out (and off the queue when is_removed). Sent messages
 * are served on the way. False: none. */
bool queue_next(struct queue *queue, HWND window, UINT low, UINT high, bool is_removed,
                struct message *out_message);
/* Waits for a message, or for the handles: the wait's status, WAIT_OBJECT_0 + count for
 * a message. */
NTSTATUS queue_wait(struct queue *queue, const HANDLE *handles, DWORD count, bool is_all,
                    bool is_alertable, uint64_t deadline_ns);
void queue_thread_end(struct teb *teb);

struct window *window_find_locked(HWND handle);
LRESULT window_call(HWND handle, UINT message, WPARAM w, LPARAM l);
LRESULT message_send(HWND handle, UINT message, WPARAM w, LPARAM l);
/* Says once for each name that it would have needed a screen. */
void user_unseen(const char *function);

#endif
