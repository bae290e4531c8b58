/* SPDX-License-Identifier: MIT */
/* event_ddi.c - event tracing of programs: providers, and events as lines. Doc: evntprov.h
 *
 * Differs: there is no session to switch providers; each is on, and an event becomes one line
 * on the program's standard error, as debug text does. Data of an event is shown as bytes, for
 * its meaning stands in a manifest that nobody reads here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crt/utf.h"
#include "host/host.h"
#include "ntdll/sync.h"
#include "win32_internal.h"

#define PROVIDERS  1024u
#define LINE_BYTES 900u
#define DATA_MOST  128u
#define LEVEL_ALL  0xffu

struct descriptor { /* EVENT_DESCRIPTOR */
    USHORT id;
    UCHAR version, channel, level, opcode;
    USHORT task;
    ULONGLONG keyword;
};

struct event_data { /* EVENT_DATA_DESCRIPTOR */
    ULONGLONG address;
    ULONG size, reserved;
};

typedef void(WINAPI *enable_callback)(const GUID *source, ULONG is_enabled, UCHAR level,
                                      ULONGLONG any, ULONGLONG all, PVOID filter, PVOID context);

/* A handle is the slot's number + 1, and above it how often the slot was used. */
struct provider {
    GUID guid;
    uint32_t uses;
    bool is_used;
};

static struct {
    RTL_SRWLOCK lock; /* guards: slots */
    struct provider slots[PROVIDERS];
} providers;

static _Thread_local GUID activity;

static bool provider_find(ULONGLONG handle, GUID *out_guid)
{
    uint32_t slot = (uint32_t)handle - 1;
    bool is_there = false;
    srw_take_shared(&providers.lock);
    if (slot < PROVIDERS) {
        const struct provider *provider = &providers.slots[slot];
        is_there = provider->is_used && provider->uses == handle >> 32;
        *out_guid = provider->guid;
    }
    srw_give_shared(&providers.lock);
    return is_there;
}

EXPORT(ULONG, EventRegister,
       (const GUID *guid, enable_callback callback, PVOID context, ULONGLONG *handle))
{
    if (!guid || !handle)
        return ERROR_INVALID_PARAMETER;
    srw_take_exclusive(&providers.lock);
    uint32_t slot = 0;
    while (slot < PROVIDERS && providers.slots[slot].is_used)
        slot++;
    if (slot < PROVIDERS) {
        struct provider *provider = &providers.slots[slot];
        *provider = (struct provider){*guid, provider->uses + 1, true};
        *handle = (ULONGLONG)provider->uses << 32 | (slot + 1);
    }
    srw_give_exclusive(&providers.lock);
    if (slot == PROVIDERS)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (callback)
        callback(guid, 1, LEVEL_ALL, UINT64_MAX, 0, NULL, context);
    return ERROR_SUCCESS;
}

EXPORT(ULONG, EventUnregister, (ULONGLONG handle))
{
    GUID guid;
    if (!provider_find(handle, &guid))
        return ERROR_INVALID_HANDLE;
    srw_take_exclusive(&providers.lock);
    providers.slots[(uint32_t)handle - 1].is_used = false;
    srw_give_exclusive(&providers.lock);
    return ERROR_SUCCESS;
}

EXPORT(BOOLEAN, EventEnabled, (ULONGLONG handle, const struct descriptor *event))
{
    GUID guid;
    return provider_find(handle, &guid);
}

EXPORT(BOOLEAN, EventProviderEnabled, (ULONGLONG handle, UCHAR level, ULONGLONG keyword))
{
    GUID guid;
    return provider_find(handle, &guid);
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct line {
    char text[LINE_BYTES + 2];
    size_t length;
};

static void line_add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(line->text + line->length, LINE_BYTES - line->length, format, arguments);
    va_end(arguments);
    if (count > 0)
        line->length += (size_t)count;
    if (line->length >= LINE_BYTES)
        line->length = LINE_BYTES - 1;
}

static void line_guid(struct line *line, const GUID *guid)
{
    const UCHAR *rest = guid->Data4;
    line_add(line, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", (unsigned)guid->Data1,
             guid->Data2, guid->Data3, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5],
             rest[6], rest[7]);
}

static void line_send(struct line *line)
{
    line->text[line->length++] = '\n';
    host_write_stderr(line->text, line->length);
}

static ULONG event_write(ULONGLONG handle, const struct descriptor *event, const GUID *related,
                         ULONG count, const struct event_data *data)
{
    struct line line = {.length = 0};
    GUID guid;
    if (!event || count > DATA_MOST || (count && !data))
        return ERROR_INVALID_PARAMETER;
    if (!provider_find(handle, &guid))
        return ERROR_INVALID_HANDLE;
    line_add(&line, "etw| ");
    line_guid(&line, &guid);
    line_add(&line, " event %u.%u level %u", event->id, event->version, event->level);
    if (related) {
        line_add(&line, " after ");
        line_guid(&line, related);
    }
    for (ULONG i = 0; i < count; i++) {
        const uint8_t *bytes = (const uint8_t *)data[i].address;
        line_add(&line, i ? "," : ":");
        for (ULONG at = 0; at < data[i].size && line.length < LINE_BYTES - 4; at++)
            line_add(&line, " %02x", bytes[at]);
    }
    line_send(&line);
    return ERROR_SUCCESS;
}

EXPORT(ULONG, EventWrite,
       (ULONGLONG handle, const struct descriptor *event, ULONG count,
        const struct event_data *data))
{
    return event_write(handle, event, NULL, count, data);
}

EXPORT(ULONG, EventWriteTransfer,
       (ULONGLONG handle, const struct descriptor *event, const GUID *own, const GUID *related,
        ULONG count, const struct event_data *data))
{
    return event_write(handle, event, related, count, data);
}

EXPORT(ULONG, EventWriteEx,
       (ULONGLONG handle, const struct descriptor *event, ULONGLONG filter, ULONG flags,
        const GUID *own, const GUID *related, ULONG count, const struct event_data *data))
{
    return event_write(handle, event, related, count, data);
}

EXPORT(ULONG, EventWriteString,
       (ULONGLONG handle, UCHAR level, ULONGLONG keyword, const wchar_t *text))
{
    struct line line = {.length = 0};
    char narrow[LINE_BYTES / 2];
    GUID guid;
    if (!text)
        return ERROR_INVALID_PARAMETER;
    if (!provider_find(handle, &guid))
        return ERROR_INVALID_HANDLE;
    crt_utf8_from_string(text, narrow, sizeof narrow);
    for (char *at = narrow; *at; at++)
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    line_add(&line, "etw| ");
    line_guid(&line, &guid);
    line_add(&line, " level %u: %s", level, narrow);
    line_send(&line);
    return ERROR_SUCCESS;
}

EXPORT(ULONG, EventSetInformation, (ULONGLONG handle, ULONG class, PVOID value, ULONG length))
{
    GUID guid;
    return provider_find(handle, &guid) ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

static GUID activity_make(void)
{
    uint64_t parts[2] = {host_random64(), host_random64()};
    GUID made;
    memcpy(&made, parts, sizeof made);
    return made;
}

EXPORT(ULONG, EventActivityIdControl, (ULONG code, GUID *id))
{
    GUID before = activity, given;
    if (!id || code < 1 || code > 5)
        return ERROR_INVALID_PARAMETER;
    given = *id;
    switch (code) {
    case 1: /* get */
        *id = activity;
        break;
    case 2: /* set */
        activity = given;
        break;
    case 3: /* create */
        *id = activity_make();
        break;
    case 4: /* get and set */
        activity = given;
        *id = before;
        break;
    case 5: /* create, set and give what was */
        activity = activity_make();
        *id = before;
        break;
    }
    return ERROR_SUCCESS;
}
