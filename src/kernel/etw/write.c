/* SPDX-License-Identifier: MIT */
/* write.c - an event or message becomes a line.
 *
 * The parts of an event's data are packed one behind the other first, as a consumer of
 * Windows gets them; then the description that is known of it says what they mean. Without
 * one they are shown as bytes.
 */
#include <string.h>

#include "etw_internal.h"
#include "image/image.h"

#define PAYLOAD_BYTES 2048u /* of one event; what is more is not shown */

#define TYPE_EVENT_METADATA    1u
#define TYPE_PROVIDER_METADATA 2u

void line_begin(struct etw_line *line, const struct etw_face *face)
{
    line->length = 0;
    line_text(line, "etw [");
    if (face->name[0])
        line_text(line, face->name);
    else
        line_guid(line, &face->guid);
    line_text(line, "] ");
}

struct payload {
    size_t size;
    struct etw_bytes metadata; /* of a self-describing event */
    uint8_t bytes[PAYLOAD_BYTES];
};

static void payload_pack(struct payload *payload, const struct etw_event *event)
{
    payload->size = 0;
    payload->metadata = (struct etw_bytes){0};
    for (uint32_t i = 0; i < event->data_count; i++) {
        const EVENT_DATA_DESCRIPTOR *data = &event->data[i];
        if (data->Type == TYPE_EVENT_METADATA)
            payload->metadata = (struct etw_bytes){(const uint8_t *)data->Ptr, data->Size};
        if (data->Type == TYPE_EVENT_METADATA || data->Type == TYPE_PROVIDER_METADATA)
            continue;
        size_t room = sizeof payload->bytes - payload->size;
        size_t size = data->Size < room ? data->Size : room;
        memcpy(payload->bytes + payload->size, (const void *)data->Ptr, size);
        payload->size += size;
    }
}

static void event_tail_put(struct etw_line *line, const struct etw_event *event)
{
    static const GUID none;
    if (event->descriptor->Keyword)
        line_printf(line, " keyword=%#llx", (unsigned long long)event->descriptor->Keyword);
    if (event->descriptor->Opcode)
        line_printf(line, " opcode=%u", event->descriptor->Opcode);
    if (event->descriptor->Task)
        line_printf(line, " task=%u", event->descriptor->Task);
    if (event->activity && memcmp(event->activity, &none, sizeof none)) {
        line_text(line, " activity=");
        line_guid(line, event->activity);
    }
    if (event->related) {
        line_text(line, " related=");
        line_guid(line, event->related);
    }
}

static void event_body_put(struct etw_line *line, const struct etw_face *face,
                           const struct etw_event *event, const struct payload *payload)
{
    struct etw_bytes arguments = {payload->bytes, payload->size};
    const EVENT_DESCRIPTOR *descriptor = event->descriptor;
    struct etw_record record;
    if (payload->metadata.left) {
        tracelogging_put(line, payload->metadata, &arguments);
    } else if (record_find(face->code, ETW_RECORD_EVENT, &face->guid, descriptor->Id,
                           descriptor->Version, &record)) {
        line_printf(line, "%s (event %u)", record.texts[0], descriptor->Id);
        fields_put(line, record.texts[2], &arguments);
        if (arguments.left) {
            line_text(line, " and ");
            line_hex(line, arguments.at, arguments.left);
        }
    } else {
        line_printf(line, "event %u version %u ", descriptor->Id, descriptor->Version);
        line_hex(line, arguments.at, arguments.left);
    }
}

NTSTATUS etw_write(REGHANDLE handle, const struct etw_event *event)
{
    struct etw_face face;
    struct etw_line line;
    struct payload payload;
    if (!provider_wants(handle, event->descriptor->Level, event->descriptor->Keyword, &face))
        return etw_is_handle(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    payload_pack(&payload, event);
    line_begin(&line, &face);
    line_level(&line, event->descriptor->Level);
    line_text(&line, " ");
    event_body_put(&line, &face, event, &payload);
    event_tail_put(&line, event);
    line_send(&line);
    return STATUS_SUCCESS;
}

NTSTATUS etw_write_string(REGHANDLE handle, uint8_t level, uint64_t keywords, const WCHAR *text)
{
    struct etw_face face;
    struct etw_line line;
    size_t length = 0;
    if (!provider_wants(handle, level, keywords, &face))
        return etw_is_handle(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    while (text[length] && length < ETW_LINE_BYTES)
        length++;
    line_begin(&line, &face);
    line_level(&line, level);
    line_text(&line, " ");
    line_wide(&line, text, length);
    if (keywords)
        line_printf(&line, " keyword=%#llx", (unsigned long long)keywords);
    line_send(&line);
    return STATUS_SUCCESS;
}

/* A sender without registration goes by its image's name. */
static void image_face(uint64_t code, struct etw_face *out_face)
{
    const struct image *image = code ? image_of_address(code) : NULL;
    *out_face = (struct etw_face){.code = code};
    if (image)
        strncat(out_face->name, image->name, sizeof out_face->name - 1);
}

NTSTATUS etw_message_write(REGHANDLE handle, const struct etw_message *message)
{
    struct etw_face face;
    struct etw_line line;
    struct etw_record record;
    struct etw_bytes arguments = {message->payload, message->payload_size};
    if (handle == ETW_SESSION)
        image_face(message->code, &face);
    else if (!provider_wants(handle, 0, 0, &face))
        return etw_is_handle(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    line_begin(&line, &face);
    if (record_find(message->code, ETW_RECORD_MESSAGE, message->guid, message->number, 0,
                    &record)) {
        for (unsigned i = 2; i < 4; i++) /* level and flags, as the driver spells them */
            line_printf(&line, "%s%s", record.texts[i], record.texts[i][0] ? " " : "");
        line_printf(&line, "%s(%u) %s: ", record.texts[1], record.line, record.texts[0]);
        template_put(&line, &record, &arguments);
    } else {
        line_text(&line, "message ");
        line_guid(&line, message->guid);
        line_printf(&line, " number %u ", message->number);
        line_hex(&line, arguments.at, arguments.left);
    }
    line_send(&line);
    return STATUS_SUCCESS;
}
