/* SPDX-License-Identifier: MIT */
/* user_window_ddi.c - classes and windows. Doc: winuser.h
 *
 * Text is kept in UTF-16; an …A procedure is given UTF-8. Differs: windows are never shown,
 * have no size and no child windows' order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "crt/string.h"
#include "user.h"

struct class_ex { /* WNDCLASSEX; WNDCLASS begins at style */
    UINT size, style;
    window_procedure procedure;
    int extra_class, extra_window;
    HINSTANCE instance;
    PVOID icon, cursor, background;
    LPCWSTR menu, name;
    PVOID small_icon;
};

struct create { /* CREATESTRUCT */
    LPVOID parameter;
    HINSTANCE instance;
    PVOID menu;
    HWND parent;
    int height, width, y, x;
    LONG style;
    LPCWSTR title, class;
    DWORD style_ex;
};

/* ---- classes ----------------------------------------------------------------------------- */

static struct class *class_find_locked(LPCWSTR name)
{
    list_for_each(node, &user.classes)
    {
        struct class *class = list_entry(node, struct class, link);
        if ((ULONG_PTR)name < 0x10000 ? class->atom == (ULONG_PTR)name
                                      : !crt_wcsicmp(class->name, name))
            return class;
    }
    return NULL;
}

static USHORT class_register(const struct class_ex *from, LPCWSTR name)
{
    struct class *class = calloc(1, sizeof *class);
    if (!class || !name || crt_wcscpy_s(class->name, 256, name)) {
        free(class);
        return (USHORT)error_fail(ERROR_INVALID_PARAMETER);
    }
    class->procedure = from->procedure;
    class->extra_window = from->extra_window;
    class->instance = from->instance;
    user_lock();
    bool is_known = class_find_locked(name);
    if (!is_known) {
        class->atom = user.next_atom++;
        list_push_back(&user.classes, &class->link);
    }
    user_unlock();
    if (!is_known)
        return class->atom;
    free(class);
    return (USHORT)error_fail(ERROR_CLASS_ALREADY_EXISTS);
}

EXPORT(USHORT, RegisterClassExW, (const struct class_ex *class))
{
    return class_register(class, class->name);
}

EXPORT(USHORT, RegisterClassExA, (const struct class_ex *class))
{
    struct wide name;
    wide_of(&name, (const char *)class->name);
    USHORT atom = class_register(class, name.text);
    wide_drop(&name);
    return atom;
}

/* WNDCLASS lacks the first member and has style in its place, padded alike. */
static struct class_ex class_of_old(const UINT *old)
{
    struct class_ex class = {.style = *old};
    memcpy(&class.procedure, (const char *)old + BY_WIDTH(8, 4),
           offsetof(struct class_ex, small_icon) - offsetof(struct class_ex, procedure));
    return class;
}

EXPORT(USHORT, RegisterClassW, (const UINT *old))
{
    struct class_ex class = class_of_old(old);
    return class_register(&class, class.name);
}

EXPORT(USHORT, RegisterClassA, (const UINT *old))
{
    struct class_ex class = class_of_old(old);
    return RegisterClassExA(&class);
}

EXPORT(BOOL, UnregisterClassW, (LPCWSTR name, HINSTANCE instance))
{
    user_lock();
    struct class *class = class_find_locked(name);
    bool is_used = false;
    list_for_each(node, &user.windows) is_used |=
        list_entry(node, struct window, link)->class == class;
    if (class && !is_used)
        list_remove(&class->link);
    user_unlock();
    if (!class || is_used)
        return error_fail(class ? ERROR_CLASS_HAS_WINDOWS : ERROR_CLASS_DOES_NOT_EXIST);
    free(class);
    return TRUE;
}

EXPORT(BOOL, UnregisterClassA, (LPCSTR name, HINSTANCE instance))
{
    struct wide wide = {0};
    if ((ULONG_PTR)name < 0x10000)
        return UnregisterClassW((LPCWSTR)name, instance);
    wide_of(&wide, name);
    BOOL is_done = UnregisterClassW(wide.text, instance);
    wide_drop(&wide);
    return is_done;
}

/* ---- windows -------------------------------------------------------------------------------- */

struct window *window_find_locked(HWND handle)
{
    list_for_each(node, &user.windows)
    {
        struct window *window = list_entry(node, struct window, link);
        if (window->handle == handle)
            return window;
    }
    return NULL;
}

LRESULT window_call(HWND handle, UINT message, WPARAM w, LPARAM l)
{
    user_lock();
    struct window *window = window_find_locked(handle);
    window_procedure procedure = window ? window->procedure : NULL;
    user_unlock();
    return procedure ? procedure(handle, message, w, l) : 0;
}

static struct window *window_make(LPCWSTR class_name, LPCWSTR title, const struct create *create)
{
    struct queue *queue = queue_own();
    struct window *window = calloc(1, sizeof *window);
    if (!queue || !window) {
        free(window);
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    }
    *window = (struct window){.queue = queue,
                              .instance = (LONG_PTR)create->instance,
                              .id = (LONG_PTR)create->menu,
                              .style = create->style,
                              .style_ex = (LONG)create->style_ex,
                              .parent = create->parent};
    if (title)
        crt_wcsncpy(window->text, title, 255);
    user_lock();
    window->class = class_find_locked(class_name);
    if (window->class) {
        window->procedure = window->class->procedure;
        window->handle = (HWND)user.next_window;
        user.next_window += 2;
        list_push_back(&user.windows, &window->link);
    }
    user_unlock();
    if (window->class)
        return window;
    free(window);
    return error_fail(ERROR_CANNOT_FIND_WND_CLASS), NULL;
}

static void window_drop(HWND handle)
{
    user_lock();
    struct window *window = window_find_locked(handle);
    if (window)
        list_remove(&window->link);
    user_unlock();
    free(window);
}

/* create's texts are as the procedure wants them; title and class_name are wide. */
/* ---- those that hear what is told to all ------------------------------------------------------
 */

#define HWND_MESSAGE ((HWND)(LONG_PTR) - 3)
#define STYLE_CHILD  0x40000000l

static void (*first_top)(void); /* NULL: called, or nobody's */

static bool is_top(const struct window *window)
{
    return window->parent != HWND_MESSAGE && !(window->style & STYLE_CHILD);
}

void windows_top_hook(void (*first)(void))
{
    first_top = first;
}

unsigned windows_top(HWND *out_handles, unsigned room)
{
    unsigned count = 0;
    user_lock();
    list_for_each(node, &user.windows)
    {
        struct window *window = list_entry(node, struct window, link);
        if (window->is_destroyed || !is_top(window))
            continue;
        if (count < room)
            out_handles[count] = window->handle;
        count++;
    }
    user_unlock();
    return count;
}

bool window_is_top(HWND handle)
{
    user_lock();
    struct window *window = window_find_locked(handle);
    bool is = window && is_top(window);
    user_unlock();
    return is;
}

static void first_top_tell(void)
{
    user_lock();
    void (*first)(void) = first_top;
    first_top = NULL;
    user_unlock();
    if (first)
        first();
}

static HWND window_create(LPCWSTR class_name, LPCWSTR title, struct create *create)
{
    struct window *window = window_make(class_name, title, create);
    if (!window)
        return NULL;
    HWND handle = window->handle;
    if (window_is_top(handle))
        first_top_tell();
    if (!window_call(handle, WM_NCCREATE, 0, (LPARAM)create) ||
        window_call(handle, WM_CREATE, 0, (LPARAM)create) == -1) {
        window_drop(handle);
        return NULL;
    }
    return handle;
}

EXPORT(HWND, CreateWindowExW,
       (DWORD style_ex, LPCWSTR class, LPCWSTR title, DWORD style, int x, int y, int width,
        int height, HWND parent, PVOID menu, HINSTANCE instance, LPVOID parameter))
{
    struct create create = {parameter, instance, menu,        parent, height, width,
                            y,         x,        (LONG)style, title,  class,  style_ex};
    return window_create(class, title, &create);
}

EXPORT(HWND, CreateWindowExA,
       (DWORD style_ex, LPCSTR class, LPCSTR title, DWORD style, int x, int y, int width,
        int height, HWND parent, PVOID menu, HINSTANCE instance, LPVOID parameter))
{
    struct create create = {parameter,       instance, menu, parent,      height,
                            width,           y,        x,    (LONG)style, (LPCWSTR)title,
                            (LPCWSTR) class, style_ex};
    struct wide name = {0}, text = {0};
    LPCWSTR wide_class = (LPCWSTR) class;
    if ((ULONG_PTR) class >= 0x10000) {
        wide_of(&name, class);
        wide_class = name.text;
    }
    wide_of(&text, title);
    HWND handle = window_create(wide_class, text.text, &create);
    wide_drop(&text);
    wide_drop(&name);
    return handle;
}

EXPORT(BOOL, DestroyWindow, (HWND handle))
{
    user_lock();
    struct window *window = window_find_locked(handle);
    bool is_own = window && window->queue->thread == (ULONG_PTR)teb_current()->UniqueThread;
    bool is_first = is_own && !window->is_destroyed;
    if (is_first)
        window->is_destroyed = true;
    user_unlock();
    if (!is_own)
        return error_fail(window ? ERROR_ACCESS_DENIED : ERROR_INVALID_WINDOW_HANDLE);
    if (is_first) {
        window_call(handle, WM_DESTROY, 0, 0);
        window_call(handle, WM_NCDESTROY, 0, 0);
        window_drop(handle);
    }
    return TRUE;
}

EXPORT(BOOL, IsWindow, (HWND handle))
{
    user_lock();
    bool is_window = window_find_locked(handle);
    user_unlock();
    return is_window;
}

EXPORT(DWORD, GetWindowThreadProcessId, (HWND handle, DWORD *process))
{
    user_lock();
    struct window *window = window_find_locked(handle);
    DWORD thread = window ? (DWORD)window->queue->thread : 0;
    user_unlock();
    if (thread && process)
        *process = (DWORD)(ULONG_PTR)teb_current()->UniqueProcess;
    return thread ? thread : (DWORD)error_fail(ERROR_INVALID_WINDOW_HANDLE);
}

/* ---- a window's words ---------------------------------------------------------------------------
 */

/* GWLP_…; others are bytes of the window's own. */
static void *word_locked(struct window *window, int index, size_t size)
{
    switch (index) {
    case -4:
        return &window->procedure;
    case -6:
        return &window->instance;
    case -8:
        return &window->parent;
    case -12:
        return &window->id;
    case -16:
        return &window->style;
    case -20:
        return &window->style_ex;
    case -21:
        return &window->user_data;
    default:
        return index >= 0 && (size_t)index + size <= WINDOW_EXTRA ? window->extra + index : NULL;
    }
}

static LONG_PTR word_exchange(HWND handle, int index, size_t size, const LONG_PTR *value)
{
    LONG_PTR old = 0;
    if (index == -16 || index == -20)
        size = sizeof(LONG);
    user_lock();
    struct window *window = window_find_locked(handle);
    void *word = window ? word_locked(window, index, size) : NULL;
    if (word) {
        memcpy(&old, word, size);
        if (value)
            memcpy(word, value, size);
    }
    user_unlock();
    if (!word)
        error_set(window ? ERROR_INVALID_INDEX : ERROR_INVALID_WINDOW_HANDLE);
    return size == sizeof(LONG) ? (LONG)old : old;
}

EXPORT(LONG_PTR, GetWindowLongPtrW, (HWND window, int index))
{
    return word_exchange(window, index, sizeof(LONG_PTR), NULL);
}

EXPORT(LONG_PTR, SetWindowLongPtrW, (HWND window, int index, LONG_PTR value))
{
    return word_exchange(window, index, sizeof(LONG_PTR), &value);
}

EXPORT(LONG, GetWindowLongW, (HWND window, int index))
{
    return (LONG)word_exchange(window, index, sizeof(LONG), NULL);
}

EXPORT(LONG, SetWindowLongW, (HWND window, int index, LONG value))
{
    LONG_PTR wide = value;
    return (LONG)word_exchange(window, index, sizeof(LONG), &wide);
}

/* ---- what a procedure leaves to the system
 * ------------------------------------------------------- */

static LRESULT text_message(HWND handle, UINT message, WPARAM w, LPARAM l)
{
    LRESULT answer = 0;
    user_lock();
    struct window *window = window_find_locked(handle);
    if (window && message == WM_SETTEXT) {
        crt_wcsncpy(window->text, l ? (LPCWSTR)l : L"", 255);
        answer = TRUE;
    } else if (window && message == WM_GETTEXTLENGTH) {
        answer = (LRESULT)crt_wcslen(window->text);
    } else if (window && w) {
        size_t length = crt_wcslen(window->text);
        length = length < w ? length : w - 1;
        memcpy((void *)l, window->text, length * sizeof(wchar_t));
        ((wchar_t *)l)[length] = 0;
        answer = (LRESULT)length;
    }
    user_unlock();
    return answer;
}

EXPORT(LRESULT, DefWindowProcW, (HWND handle, UINT message, WPARAM w, LPARAM l))
{
    switch (message) {
    case WM_NCCREATE:
        return TRUE;
    case WM_CLOSE:
        DestroyWindow(handle);
        return 0;
    case WM_SETTEXT:
    case WM_GETTEXT:
    case WM_GETTEXTLENGTH:
        return text_message(handle, message, w, l);
    default:
        return 0;
    }
}

EXPORT(LRESULT, DefWindowProcA, (HWND handle, UINT message, WPARAM w, LPARAM l))
{
    wchar_t text[256];
    struct wide wide;
    if (message == WM_SETTEXT) {
        wide_of(&wide, (const char *)l);
        LRESULT answer = text_message(handle, message, w, (LPARAM)wide.text);
        wide_drop(&wide);
        return answer;
    }
    if (message == WM_GETTEXT) {
        text_message(handle, message, 256, (LPARAM)text);
        DWORD length = narrow_answer(text, (char *)l, (DWORD)w);
        return length < w ? (LRESULT)length : 0;
    }
    return DefWindowProcW(handle, message, w, l);
}

EXPORT(LRESULT, CallWindowProcW,
       (window_procedure procedure, HWND window, UINT message, WPARAM w, LPARAM l))
{
    return procedure(window, message, w, l);
}

EXPORT(BOOL, SetWindowTextW, (HWND window, LPCWSTR text))
{
    return message_send(window, WM_SETTEXT, 0, (LPARAM)text) != 0;
}

EXPORT(BOOL, SetWindowTextA, (HWND window, LPCSTR text))
{
    return message_send(window, WM_SETTEXT, 0, (LPARAM)text) != 0;
}

EXPORT(int, GetWindowTextW, (HWND window, LPWSTR text, int count))
{
    return (int)message_send(window, WM_GETTEXT, (WPARAM)count, (LPARAM)text);
}

EXPORT(int, GetWindowTextA, (HWND window, LPSTR text, int count))
{
    return (int)message_send(window, WM_GETTEXT, (WPARAM)count, (LPARAM)text);
}

/* ---- what would be seen
 * ---------------------------------------------------------------------------- */

EXPORT(BOOL, ShowWindow, (HWND window, int command))
{
    if (command)
        user_unseen("ShowWindow");
    return FALSE;
}

EXPORT(BOOL, UpdateWindow, (HWND window))
{
    return TRUE;
}

EXPORT(PVOID, LoadCursorW, (HINSTANCE instance, LPCWSTR name))
{
    return (PVOID)0x10003; /* never drawn */
}

EXPORT(PVOID, LoadIconW, (HINSTANCE instance, LPCWSTR name))
{
    return (PVOID)0x10005;
}

EXPORT(HWND, GetDesktopWindow, (void))
{
    return NULL;
}

EXPORT(int, GetSystemMetrics, (int index))
{
    return 0; /* no screen, no mouse, an ordinary start */
}
