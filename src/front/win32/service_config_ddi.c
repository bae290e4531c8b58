/* SPDX-License-Identifier: MIT */
/* service_config_ddi.c - what a service's key says beside its configuration, and names of services.
 * Doc: winsvc.h ChangeServiceConfig2W, QueryServiceConfig2W
 *
 * Kept as values of the service's key, as the documentation of INF files names them; failure
 * actions as the structure with 32-bit pointers. Differs: triggers are kept and start nothing.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "registry.h"
#include "service.h"
#include "win32/service_config.h"
#include "win32_internal.h"

#define SERVICES_KEY         L"SYSTEM\\CurrentControlSet\\Services\\"
#define LOCAL_MACHINE        ((HKEY)(ULONG_PTR)0x80000002u)
#define KEY_BOTH             0x2001fu /* KEY_READ | KEY_WRITE */
#define ACTIONS_MOST         64u
#define ERROR_INVALID_LEVEL_ 124u

struct kept_actions { /* as the registry has them */
    DWORD reset_seconds, reboot_message, command, count, offset;
    struct failure_action action[ACTIONS_MOST];
};

LSTATUS WINAPI RegOpenKeyExW(HKEY key, LPCWSTR sub_key, DWORD options, DWORD access, HKEY *out);
LSTATUS WINAPI RegCloseKey(HKEY key);
LSTATUS WINAPI RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data,
                              DWORD length);
LSTATUS WINAPI RegQueryValueExW(HKEY key, LPCWSTR name, DWORD *reserved, DWORD *type, BYTE *data,
                                DWORD *length);
LSTATUS WINAPI RegDeleteValueW(HKEY key, LPCWSTR name);

static HKEY key_open(SC_HANDLE handle)
{
    wchar_t path[320] = SERVICES_KEY;
    HKEY key = NULL;
    struct service_handle *service = service_handle_of(handle, false);
    if (!service)
        return NULL;
    size_t length = crt_wcslen(path);
    crt_utf16_from_string(service->name, path + length, 320 - length);
    LSTATUS status = RegOpenKeyExW(LOCAL_MACHINE, path, 0, KEY_BOTH, &key);
    if (status)
        error_set((ULONG)status);
    return status ? NULL : key;
}

/* Names lie where the machine can read them: on the stack. */
#define NAME_MOST 40u

static LSTATUS value_set(HKEY key, LPCWSTR name, DWORD type, const void *data, size_t length)
{
    wchar_t copy[NAME_MOST];
    crt_wcscpy_s(copy, NAME_MOST, name);
    return RegSetValueExW(key, copy, 0, type, data, (DWORD)length);
}

static LSTATUS value_get(HKEY key, LPCWSTR name, void *data, DWORD *length)
{
    wchar_t copy[NAME_MOST];
    crt_wcscpy_s(copy, NAME_MOST, name);
    return RegQueryValueExW(key, copy, NULL, NULL, data, length);
}

static void value_drop(HKEY key, LPCWSTR name)
{
    wchar_t copy[NAME_MOST];
    crt_wcscpy_s(copy, NAME_MOST, name);
    (void)RegDeleteValueW(key, copy);
}

/* ---- changing ----------------------------------------------------------------------------------
 */

static LSTATUS number_set(HKEY key, LPCWSTR name, DWORD number)
{
    return value_set(key, name, 4, &number, sizeof number);
}

/* NULL: it stays; empty: it goes. */
static LSTATUS text_set(HKEY key, LPCWSTR name, const void *text, bool is_wide)
{
    struct wide wide = {0};
    const wchar_t *value = text;
    if (!text)
        return 0;
    if (!is_wide) {
        wide_of(&wide, text);
        value = wide.text;
    }
    LSTATUS status = 8; /* ERROR_NOT_ENOUGH_MEMORY */
    if (value && !*value) {
        value_drop(key, name);
        status = 0;
    } else if (value) {
        status = value_set(key, name, 1, value, (crt_wcslen(value) + 1) * sizeof(wchar_t));
    }
    if (!is_wide)
        wide_drop(&wide);
    return status;
}

static LSTATUS actions_set(HKEY key, const struct failure_actions *from, bool is_wide)
{
    struct kept_actions kept = {.reset_seconds = from->reset_seconds,
                                .count = from->count,
                                .offset = offsetof(struct kept_actions, action)};
    if (from->count > ACTIONS_MOST)
        return ERROR_INVALID_PARAMETER;
    LSTATUS status = text_set(key, L"RebootMessage", from->reboot_message, is_wide);
    if (!status)
        status = text_set(key, L"FailureCommand", from->command, is_wide);
    if (status || !from->action) /* without a list the actions stay */
        return status;
    if (!from->count) {
        value_drop(key, L"FailureActions");
        return 0;
    }
    memcpy(kept.action, from->action, from->count * sizeof *from->action);
    return value_set(key, L"FailureActions", 3, &kept,
                     kept.offset + from->count * sizeof *from->action);
}

static LSTATUS privileges_set(HKEY key, const void *list, bool is_wide)
{
    size_t length = 0;
    const wchar_t *names = list;
    if (!list)
        return 0;
    if (!is_wide)
        return 50; /* ERROR_NOT_SUPPORTED */
    while (names[length])
        length += crt_wcslen(names + length) + 1;
    return value_set(key, L"RequiredPrivileges", 7, names, (length + 1) * sizeof(wchar_t));
}

static BOOL change(SC_HANDLE handle, DWORD level, const void *information, bool is_wide)
{
    static const LPCWSTR numbers[] = {[CONFIG_DELAYED_AUTO_START] = L"DelayedAutostart",
                                      [CONFIG_FAILURE_ACTIONS_FLAG] =
                                          L"FailureActionsOnNonCrashFailures",
                                      [CONFIG_SID] = L"ServiceSidType",
                                      [CONFIG_PRESHUTDOWN] = L"PreshutdownTimeout"};
    HKEY key = key_open(handle);
    LSTATUS status = 0;
    if (!key)
        return FALSE;
    if (level < CONFIG_DESCRIPTION || level > CONFIG_PRESHUTDOWN)
        status = level > 0 && level < 13 ? 50 : ERROR_INVALID_LEVEL_; /* ERROR_NOT_SUPPORTED */
    else if (!information)
        status = 0; /* documented: it stays as it is */
    else if (level == CONFIG_DESCRIPTION)
        status = text_set(key, L"Description", *(void *const *)information, is_wide);
    else if (level == CONFIG_FAILURE_ACTIONS)
        status = actions_set(key, information, is_wide);
    else if (level == CONFIG_PRIVILEGES)
        status = privileges_set(key, *(void *const *)information, is_wide);
    else
        status = number_set(key, numbers[level], *(const DWORD *)information);
    RegCloseKey(key);
    return status ? error_fail((ULONG)status) : TRUE;
}

EXPORT(BOOL, ChangeServiceConfig2W, (SC_HANDLE handle, DWORD level, LPVOID information))
{
    return change(handle, level, information, true);
}

EXPORT(BOOL, ChangeServiceConfig2A, (SC_HANDLE handle, DWORD level, LPVOID information))
{
    return change(handle, level, information, false);
}

/* ---- asking ------------------------------------------------------------------------------------
 */

#define TEXT_MOST 8192u

/* What an answer grows into: the structure, then what it points at. */
struct answer {
    char *out;
    DWORD size, used;
    bool is_wide;
};

static void *room_take(struct answer *answer, size_t bytes)
{
    answer->used = (answer->used + 7) & ~7u;
    void *at = answer->used + bytes <= answer->size ? answer->out + answer->used : NULL;
    answer->used += (DWORD)bytes;
    return at;
}

/* A text value behind the structure; NULL in *out_text when there is none. */
static void text_get(HKEY key, LPCWSTR name, struct answer *answer, void **out_text)
{
    DWORD length = TEXT_MOST - sizeof(wchar_t);
    wchar_t *text = heap_take(TEXT_MOST);
    bool is_there = text && !value_get(key, name, text, &length) && length;
    if (is_there) {
        text[length / sizeof(wchar_t)] = 0;
        size_t room = (crt_wcslen(text) + 1) * (answer->is_wide ? sizeof(wchar_t) : 3);
        void *at = room_take(answer, room);
        if (at && answer->is_wide)
            memcpy(at, text, room);
        else if (at)
            crt_utf8_from_string(text, at, room);
        if (out_text)
            *out_text = at;
    }
    heap_give(text);
}

static void actions_get(HKEY key, struct answer *answer)
{
    struct kept_actions kept;
    DWORD length = sizeof kept;
    struct failure_actions *out = room_take(answer, sizeof *out), unused;
    if (!out)
        out = &unused;
    memset(out, 0, sizeof *out);
    text_get(key, L"RebootMessage", answer, &out->reboot_message);
    text_get(key, L"FailureCommand", answer, &out->command);
    if (value_get(key, L"FailureActions", &kept, &length) ||
        length < offsetof(struct kept_actions, action) || kept.count > ACTIONS_MOST)
        return;
    out->reset_seconds = kept.reset_seconds;
    out->count = kept.count;
    out->action = room_take(answer, kept.count * sizeof *kept.action);
    if (out->action)
        memcpy(out->action, kept.action, kept.count * sizeof *kept.action);
}

static void number_get(HKEY key, LPCWSTR name, DWORD absent, struct answer *answer)
{
    DWORD length = sizeof(DWORD), number = absent;
    DWORD *out = room_take(answer, sizeof number);
    if (value_get(key, name, &number, &length))
        number = absent;
    if (out)
        *out = number;
}

static BOOL query(SC_HANDLE handle, DWORD level, void *out, DWORD size, DWORD *needed, bool is_wide)
{
    struct answer answer = {.out = out, .size = size, .is_wide = is_wide};
    HKEY key = key_open(handle);
    void **text;
    if (!key)
        return FALSE;
    switch (level) {
    case CONFIG_DESCRIPTION:
        text = room_take(&answer, sizeof *text);
        if (text)
            *text = NULL;
        text_get(key, L"Description", &answer, text);
        break;
    case CONFIG_FAILURE_ACTIONS:
        actions_get(key, &answer);
        break;
    case CONFIG_DELAYED_AUTO_START:
        number_get(key, L"DelayedAutostart", 0, &answer);
        break;
    case CONFIG_FAILURE_ACTIONS_FLAG:
        number_get(key, L"FailureActionsOnNonCrashFailures", 0, &answer);
        break;
    case CONFIG_SID:
        number_get(key, L"ServiceSidType", 0, &answer);
        break;
    case CONFIG_PRESHUTDOWN:
        number_get(key, L"PreshutdownTimeout", 10000, &answer);
        break;
    default:
        RegCloseKey(key);
        return error_fail(level > 0 && level < 13 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_LEVEL_);
    }
    RegCloseKey(key);
    if (needed)
        *needed = answer.used;
    return answer.used > size ? error_fail(ERROR_INSUFFICIENT_BUFFER) : TRUE;
}

EXPORT(BOOL, QueryServiceConfig2W,
       (SC_HANDLE handle, DWORD level, BYTE *out, DWORD size, DWORD *needed))
{
    return query(handle, level, out, size, needed, true);
}

EXPORT(BOOL, QueryServiceConfig2A,
       (SC_HANDLE handle, DWORD level, BYTE *out, DWORD size, DWORD *needed))
{
    return query(handle, level, out, size, needed, false);
}
