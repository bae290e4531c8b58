/* SPDX-License-Identifier: MIT */
/* queue_ddi.c - setupapi: file queues. Doc: setupapi.h SetupOpenFileQueue, "File Queues"
 *
 * Operations are kept in the order in which they came and carried out as documented: all deletes,
 * all renames, all copies; the callback hears of each and may skip or end it. Differs: a source
 * that is not there is an error (nobody is asked for another disk), nothing waits for a restart,
 * versions of files are not compared.
 */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

#include "crt/string.h"

#define QUEUE_MAGIC 0x65756571u

enum { OF_COPY, OF_RENAME, OF_DELETE, KINDS }; /* FILEOP_* */

enum { /* SPFILENOTIFY_* */
       START_QUEUE = 1,
       END_QUEUE,
       START_SUBQUEUE,
       END_SUBQUEUE,
       START_DELETE,
       END_DELETE,
       DELETE_ERROR,
       START_RENAME,
       END_RENAME,
       RENAME_ERROR,
       START_COPY,
       END_COPY,
       COPY_ERROR,
       NEED_MEDIA,
       QUEUE_SCAN,
       QUEUE_SCAN_EX,
};

#define DO_ABORT 0u /* FILEOP_ABORT; what a callback answers */
#define DO_IT    1u
#define DO_SKIP  2u

#define SCAN_PRESENCE     1u /* SPQ_SCAN_FILE_PRESENCE */
#define SCAN_VALIDITY     2u
#define SCAN_CALLBACK     4u
#define SCAN_CALLBACK_EX  8u
#define SCAN_PRUNE        0x20u
#define STYLE_REPLACEONLY 0x400u /* SP_COPY_REPLACEONLY */
#define STYLE_NOOVERWRITE 0x8u   /* SP_COPY_NOOVERWRITE */
#define STYLE_DELETE      0x1u   /* SP_COPY_DELETESOURCE */
#define MOVE_REPLACE      1u     /* MOVEFILE_REPLACE_EXISTING */

#define ERROR_CANCELLED_ 1223u

struct operation {
    struct list link;
    unsigned kind;
    DWORD style;
    wchar_t *source, *target; /* heap */
};

struct file_queue {
    uint32_t magic;
    struct list operations;
    unsigned count[KINDS];
};

struct file_paths { /* FILEPATHS, A and W alike */
    const void *target, *source;
    UINT error;
    DWORD flags;
};

typedef UINT(WINAPI *queue_callback)(void *context, UINT notification, ULONG_PTR first,
                                     ULONG_PTR second);

/* Who is told, and with which letters. */
struct listener {
    queue_callback callback;
    void *context;
    bool is_wide;
    HWND owner;
};

BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL fails_if_there);
BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags);

/* ---- the queue ---------------------------------------------------------------------------------
 */

struct file_queue *queue_of(void *handle)
{
    struct file_queue *queue = handle;
    if (!queue || queue == INVALID_HANDLE_VALUE || queue->magic != QUEUE_MAGIC)
        return error_fail(ERROR_INVALID_HANDLE), NULL;
    return queue;
}

static void operation_free(struct operation *operation)
{
    heap_give(operation->source);
    heap_give(operation->target);
    heap_give(operation);
}

EXPORT(void *, SetupOpenFileQueue, (void))
{
    struct file_queue *queue = heap_take(sizeof *queue);
    if (!queue)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), INVALID_HANDLE_VALUE;
    memset(queue, 0, sizeof *queue);
    queue->magic = QUEUE_MAGIC;
    list_init(&queue->operations);
    return queue;
}

EXPORT(BOOL, SetupCloseFileQueue, (void *handle))
{
    struct file_queue *queue = queue_of(handle);
    if (!queue)
        return FALSE;
    for (struct list *node; (node = list_pop_front(&queue->operations));)
        operation_free(list_entry(node, struct operation, link));
    queue->magic = 0;
    heap_give(queue);
    return TRUE;
}

/* Up to three parts with separators between them; heap. */
static wchar_t *path_join(const wchar_t *first, const wchar_t *second, const wchar_t *third)
{
    const wchar_t *parts[] = {first, second, third};
    size_t length = 4;
    for (int i = 0; i < 3; i++)
        length += parts[i] ? crt_wcslen(parts[i]) : 0;
    wchar_t *path = heap_take(length * sizeof *path);
    size_t used = 0;
    for (int i = 0; path && i < 3; i++) {
        const wchar_t *part = parts[i];
        if (!part || !*part)
            continue;
        if (used && path[used - 1] != '\\')
            path[used++] = '\\';
        while (used && *part == '\\')
            part++;
        size_t count = crt_wcslen(part);
        memcpy(path + used, part, count * sizeof *path);
        used += count;
    }
    if (path)
        path[used] = 0;
    return path;
}

/* Takes both paths. */
static BOOL operation_add(struct file_queue *queue, unsigned kind, wchar_t *source, wchar_t *target,
                          DWORD style)
{
    struct operation *operation = heap_take(sizeof *operation);
    if (!operation || !target || (kind != OF_DELETE && !source)) {
        heap_give(operation);
        heap_give(source);
        heap_give(target);
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    *operation =
        (struct operation){.kind = kind, .style = style, .source = source, .target = target};
    list_push_back(&queue->operations, &operation->link);
    queue->count[kind]++;
    return TRUE;
}

bool queue_copy_add(struct file_queue *queue, const wchar_t *source, const wchar_t *target,
                    DWORD style)
{
    return operation_add(queue, OF_COPY, path_join(source, NULL, NULL),
                         path_join(target, NULL, NULL), style);
}

bool queue_delete_add(struct file_queue *queue, const wchar_t *target)
{
    return operation_add(queue, OF_DELETE, NULL, path_join(target, NULL, NULL), 0);
}

bool queue_rename_add(struct file_queue *queue, const wchar_t *source, const wchar_t *target)
{
    return operation_add(queue, OF_RENAME, path_join(source, NULL, NULL),
                         path_join(target, NULL, NULL), 0);
}

EXPORT(BOOL, SetupQueueCopyW,
       (void *handle, LPCWSTR root, LPCWSTR path, LPCWSTR name, LPCWSTR description, LPCWSTR tag,
        LPCWSTR target, LPCWSTR target_name, DWORD style))
{
    struct file_queue *queue = queue_of(handle);
    if (!queue)
        return FALSE;
    if (!name || !target)
        return error_fail(ERROR_INVALID_PARAMETER);
    return operation_add(queue, OF_COPY, path_join(root, path, name),
                         path_join(target, target_name ? target_name : name, NULL), style);
}

EXPORT(BOOL, SetupQueueCopyA,
       (void *handle, LPCSTR root, LPCSTR path, LPCSTR name, LPCSTR description, LPCSTR tag,
        LPCSTR target, LPCSTR target_name, DWORD style))
{
    const char *texts[] = {root, path, name, target, target_name};
    struct wide wide[5];
    for (int i = 0; i < 5; i++)
        wide_of(&wide[i], texts[i]);
    BOOL answer = SetupQueueCopyW(handle, wide[0].text, wide[1].text, wide[2].text, NULL, NULL,
                                  wide[3].text, wide[4].text, style);
    for (int i = 0; i < 5; i++)
        wide_drop(&wide[i]);
    return answer;
}

EXPORT(BOOL, SetupQueueDeleteW, (void *handle, LPCWSTR first, LPCWSTR second))
{
    struct file_queue *queue = queue_of(handle);
    if (!queue)
        return FALSE;
    if (!first)
        return error_fail(ERROR_INVALID_PARAMETER);
    return operation_add(queue, OF_DELETE, NULL, path_join(first, second, NULL), 0);
}

EXPORT(BOOL, SetupQueueDeleteA, (void *handle, LPCSTR first, LPCSTR second))
{
    struct wide wide[2];
    wide_of(&wide[0], first);
    wide_of(&wide[1], second);
    BOOL answer = SetupQueueDeleteW(handle, wide[0].text, wide[1].text);
    wide_drop(&wide[1]);
    wide_drop(&wide[0]);
    return answer;
}

EXPORT(BOOL, SetupQueueRenameW,
       (void *handle, LPCWSTR path, LPCWSTR name, LPCWSTR target, LPCWSTR target_name))
{
    struct file_queue *queue = queue_of(handle);
    if (!queue)
        return FALSE;
    if (!path || !target_name)
        return error_fail(ERROR_INVALID_PARAMETER);
    return operation_add(queue, OF_RENAME, path_join(path, name, NULL),
                         path_join(target ? target : path, target_name, NULL), 0);
}

EXPORT(BOOL, SetupQueueRenameA,
       (void *handle, LPCSTR path, LPCSTR name, LPCSTR target, LPCSTR target_name))
{
    const char *texts[] = {path, name, target, target_name};
    struct wide wide[4];
    for (int i = 0; i < 4; i++)
        wide_of(&wide[i], texts[i]);
    BOOL answer = SetupQueueRenameW(handle, wide[0].text, wide[1].text, wide[2].text, wide[3].text);
    for (int i = 0; i < 4; i++)
        wide_drop(&wide[i]);
    return answer;
}

/* ---- telling -----------------------------------------------------------------------------------
 */

static char *text_narrow(const wchar_t *text)
{
    size_t room = text ? crt_wcslen(text) * 3 + 1 : 0;
    char *copy = text ? heap_take(room) : NULL;
    DWORD needed;
    if (copy)
        (void)text_answer(text, false, copy, (DWORD)room, &needed);
    return copy;
}

static UINT tell(const struct listener *listener, UINT what, ULONG_PTR first, ULONG_PTR second)
{
    return listener->callback ? listener->callback(listener->context, what, first, second) : DO_IT;
}

static UINT tell_paths(const struct listener *listener, UINT what,
                       const struct operation *operation, UINT error)
{
    struct file_paths *paths = heap_take(sizeof *paths);
    char *target = NULL, *source = NULL;
    if (!paths)
        return DO_ABORT;
    *paths = (struct file_paths){operation->target, operation->source, error, 0};
    if (!listener->is_wide) {
        paths->target = target = text_narrow(operation->target);
        paths->source = source = text_narrow(operation->source);
    }
    UINT answer = tell(listener, what, (ULONG_PTR)paths, operation->kind);
    heap_give(source);
    heap_give(target);
    heap_give(paths);
    return answer;
}

/* ---- carrying out ------------------------------------------------------------------------------
 */

/* All folders above a file. */
static void folders_make(wchar_t *path)
{
    for (wchar_t *at = path + 3; crt_wcslen(path) > 3 && *at; at++) {
        if (*at != '\\')
            continue;
        *at = 0;
        if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES)
            (void)CreateDirectoryW(path, NULL);
        *at = '\\';
    }
}

static bool copy_do(const struct operation *operation)
{
    bool is_there = GetFileAttributesW(operation->target) != INVALID_FILE_ATTRIBUTES;
    if ((operation->style & STYLE_REPLACEONLY && !is_there) ||
        (operation->style & STYLE_NOOVERWRITE && is_there))
        return true;
    folders_make(operation->target);
    if (!CopyFileW(operation->source, operation->target, FALSE))
        return false;
    if (operation->style & STYLE_DELETE)
        (void)DeleteFileW(operation->source);
    return true;
}

static bool operation_do(const struct operation *operation)
{
    if (operation->kind == OF_COPY)
        return copy_do(operation);
    if (operation->kind == OF_RENAME)
        return MoveFileExW(operation->source, operation->target, MOVE_REPLACE);
    /* One that is not there needs no deleting. */
    return DeleteFileW(operation->target) || error_get() == ERROR_FILE_NOT_FOUND ||
           error_get() == ERROR_PATH_NOT_FOUND;
}

/* False with the last error set: the whole queue ends. */
static bool operation_run(const struct listener *listener, const struct operation *operation)
{
    static const UINT starts[] = {START_COPY, START_RENAME, START_DELETE};
    UINT start = starts[operation->kind], answer = tell_paths(listener, start, operation, 0);
    if (answer == DO_ABORT) {
        if (!error_get())
            error_set(ERROR_CANCELLED_);
        return false;
    }
    if (answer == DO_SKIP)
        return true;
    for (;;) {
        DWORD error = operation_do(operation) ? 0 : error_get();
        if (!error) {
            (void)tell_paths(listener, start + 1, operation, 0);
            return true;
        }
        answer = listener->callback ? tell_paths(listener, start + 2, operation, error) : DO_ABORT;
        if (answer == DO_SKIP)
            return true;
        if (answer == DO_ABORT) {
            error_set(error);
            return false;
        }
    }
}

static bool kind_run(const struct listener *listener, struct file_queue *queue, unsigned kind)
{
    bool goes_on = true;
    if (!queue->count[kind])
        return true;
    error_set(0);
    if (tell(listener, START_SUBQUEUE, kind, queue->count[kind]) == DO_ABORT) {
        if (!error_get())
            error_set(ERROR_CANCELLED_);
        return false;
    }
    list_for_each(node, &queue->operations)
    {
        const struct operation *operation = list_entry(node, struct operation, link);
        if (goes_on && operation->kind == kind)
            goes_on = operation_run(listener, operation);
    }
    DWORD error = error_get();
    (void)tell(listener, END_SUBQUEUE, kind, 0);
    error_set(error);
    return goes_on;
}

static BOOL commit(HWND owner, void *handle, queue_callback callback, void *context, bool is_wide)
{
    static const unsigned order[] = {OF_DELETE, OF_RENAME, OF_COPY};
    struct listener listener = {callback, context, is_wide, owner};
    struct file_queue *queue = queue_of(handle);
    if (!queue)
        return FALSE;
    error_set(0);
    bool goes_on = tell(&listener, START_QUEUE, (ULONG_PTR)owner, 0) != DO_ABORT;
    if (!goes_on && !error_get())
        error_set(ERROR_CANCELLED_);
    for (unsigned i = 0; goes_on && i < KINDS; i++)
        goes_on = kind_run(&listener, queue, order[i]);
    DWORD error = error_get();
    (void)tell(&listener, END_QUEUE, goes_on, 0);
    error_set(goes_on ? 0 : error);
    return goes_on;
}

EXPORT(BOOL, SetupCommitFileQueueW,
       (HWND owner, void *handle, queue_callback callback, void *context))
{
    return commit(owner, handle, callback, context, true);
}

EXPORT(BOOL, SetupCommitFileQueueA,
       (HWND owner, void *handle, queue_callback callback, void *context))
{
    return commit(owner, handle, callback, context, false);
}

/* ---- looking through ---------------------------------------------------------------------------
 */

static UINT scan_tell(const struct listener *listener, const struct operation *operation,
                      DWORD flags)
{
    if (flags & SCAN_CALLBACK_EX)
        return tell_paths(listener, QUEUE_SCAN_EX, operation, 0);
    char *target = listener->is_wide ? NULL : text_narrow(operation->target);
    UINT answer =
        tell(listener, QUEUE_SCAN, target ? (ULONG_PTR)target : (ULONG_PTR)operation->target, 0);
    heap_give(target);
    return answer;
}

/* Result 0: ended, 1: every copy's target is there already, 2: there is something to do. */
static BOOL scan(void *handle, DWORD flags, struct listener *listener, DWORD *result)
{
    struct file_queue *queue = queue_of(handle);
    unsigned missing = 0;
    if (!queue)
        return FALSE;
    if (result)
        *result = 0;
    if (!(flags & (SCAN_PRESENCE | SCAN_VALIDITY | SCAN_CALLBACK | SCAN_CALLBACK_EX)))
        return error_fail(ERROR_INVALID_PARAMETER);
    list_for_each(node, &queue->operations)
    {
        const struct operation *operation = list_entry(node, struct operation, link);
        if (operation->kind != OF_COPY)
            continue;
        missing += GetFileAttributesW(operation->target) == INVALID_FILE_ATTRIBUTES;
        if (flags & (SCAN_CALLBACK | SCAN_CALLBACK_EX)) {
            UINT answer = scan_tell(listener, operation, flags);
            if (answer)
                return error_fail(answer);
        }
    }
    bool changes = queue->count[OF_DELETE] || queue->count[OF_RENAME];
    if (result)
        *result = flags & (SCAN_CALLBACK | SCAN_CALLBACK_EX) ? 1 : !missing ? changes ? 2 : 1 : 0;
    return TRUE;
}

EXPORT(BOOL, SetupScanFileQueueW,
       (void *handle, DWORD flags, HWND window, queue_callback callback, void *context,
        DWORD *result))
{
    struct listener listener = {callback, context, true, window};
    return scan(handle, flags, &listener, result);
}

EXPORT(BOOL, SetupScanFileQueueA,
       (void *handle, DWORD flags, HWND window, queue_callback callback, void *context,
        DWORD *result))
{
    struct listener listener = {callback, context, false, window};
    return scan(handle, flags, &listener, result);
}

/* ---- the default callback: goes on, and ends at errors; there is nobody to ask ------------------
 */

EXPORT(void *, SetupInitDefaultQueueCallback, (HWND owner))
{
    HWND *context = heap_take(sizeof *context);
    if (!context)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    *context = owner;
    return context;
}

EXPORT(void *, SetupInitDefaultQueueCallbackEx,
       (HWND owner, HWND progress, UINT message, DWORD reserved, void *reserved_pointer))
{
    return SetupInitDefaultQueueCallback(owner);
}

EXPORT(void, SetupTermDefaultQueueCallback, (void *context))
{
    heap_give(context);
}

static UINT default_answer(UINT what)
{
    return what == COPY_ERROR || what == RENAME_ERROR || what == DELETE_ERROR ? DO_ABORT
           : what == QUEUE_SCAN || what == QUEUE_SCAN_EX                      ? 0
                                                                              : DO_IT;
}

EXPORT(UINT, SetupDefaultQueueCallbackW,
       (void *context, UINT what, ULONG_PTR first, ULONG_PTR second))
{
    return default_answer(what);
}

EXPORT(UINT, SetupDefaultQueueCallbackA,
       (void *context, UINT what, ULONG_PTR first, ULONG_PTR second))
{
    return default_answer(what);
}
