/* SPDX-License-Identifier: MIT */
/* line.c - text of one event, and reading the bytes it is made of.
 *
 * In come names, numbers and strings of drivers, out comes printable text of bounded
 * length. Strings of drivers may hold anything: what would break the line is replaced.
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "etw_internal.h"

static _Atomic(etw_sink_fn *) etw_sink; /* atomic */

void etw_sink_set(etw_sink_fn *sink)
{
    atomic_store(&etw_sink, sink);
}

void line_send(const struct etw_line *line)
{
    etw_sink_fn *sink = atomic_load(&etw_sink);
    if (sink)
        sink(line->text, line->length);
}

void line_put(struct etw_line *line, const char *text, size_t length)
{
    size_t room = sizeof line->text - line->length;
    if (length > room)
        length = room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

void line_text(struct etw_line *line, const char *text)
{
    line_put(line, text, strlen(text));
}

void line_printf(struct etw_line *line, const char *format, ...)
{
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        line_put(line, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

void line_guid(struct etw_line *line, const GUID *guid)
{
    line_printf(line, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", guid->Data1,
                guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2],
                guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
}

void line_narrow(struct etw_line *line, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char shown = c < ' ' || c == 0x7f ? ' ' : (char)c;
        if (c != '\r')
            line_put(line, &shown, 1);
    }
}

/* One code point of at most 0x10ffff. */
static void code_point_put(struct etw_line *line, uint32_t point)
{
    char bytes[4];
    size_t count = 0;
    if (point < 0x80) {
        bytes[count++] = point < ' ' ? ' ' : (char)point;
    } else if (point < 0x800) {
        bytes[count++] = (char)(0xc0 | point >> 6);
        bytes[count++] = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        bytes[count++] = (char)(0xe0 | point >> 12);
        bytes[count++] = (char)(0x80 | (point >> 6 & 0x3f));
        bytes[count++] = (char)(0x80 | (point & 0x3f));
    } else {
        bytes[count++] = (char)(0xf0 | point >> 18);
        bytes[count++] = (char)(0x80 | (point >> 12 & 0x3f));
        bytes[count++] = (char)(0x80 | (point >> 6 & 0x3f));
        bytes[count++] = (char)(0x80 | (point & 0x3f));
    }
    line_put(line, bytes, count);
}

void line_wide(struct etw_line *line, const void *units, size_t count)
{
    const uint8_t *bytes = units;
    for (size_t i = 0; i < count && line->length < sizeof line->text; i++) {
        uint32_t unit = (uint32_t)bytes[2 * i] | (uint32_t)bytes[2 * i + 1] << 8;
        if ((unit & 0xfc00) == 0xd800 && i + 1 < count) {
            uint32_t low = (uint32_t)bytes[2 * i + 2] | (uint32_t)bytes[2 * i + 3] << 8;
            if ((low & 0xfc00) == 0xdc00) {
                unit = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
                i++;
            }
        }
        if (unit - 0xd800 < 0x800)
            unit = 0xfffd; /* half of a pair */
        if (unit != '\r')
            code_point_put(line, unit);
    }
}

/* More than anybody reads in one line. */
#define HEX_BYTES 64u

void line_hex(struct etw_line *line, const uint8_t *bytes, size_t count)
{
    size_t shown = count < HEX_BYTES ? count : HEX_BYTES;
    line_printf(line, "%zu bytes:", count);
    for (size_t i = 0; i < shown; i++)
        line_printf(line, " %02x", bytes[i]);
    if (shown < count)
        line_text(line, " ...");
}

void line_level(struct etw_line *line, uint8_t level)
{
    static const char *const names[] = {"LogAlways", "Critical",    "Error",
                                        "Warning",   "Information", "Verbose"};
    if (level < sizeof names / sizeof *names)
        line_text(line, names[level]);
    else
        line_printf(line, "level %u", level);
}

const void *bytes_take(struct etw_bytes *bytes, size_t count)
{
    const void *at = bytes->at;
    if (count > bytes->left) {
        bytes->left = 0;
        return NULL;
    }
    bytes->at += count;
    bytes->left -= count;
    return at;
}

const void *bytes_string(struct etw_bytes *bytes, size_t unit_size, size_t *out_length)
{
    static const uint8_t zero[2];
    for (size_t length = 0; (length + 1) * unit_size <= bytes->left; length++) {
        if (!memcmp(bytes->at + length * unit_size, zero, unit_size)) {
            *out_length = length;
            return bytes_take(bytes, (length + 1) * unit_size);
        }
    }
    bytes->left = 0;
    return NULL;
}

const void *bytes_counted(struct etw_bytes *bytes, size_t *out_size)
{
    const uint8_t *count = bytes_take(bytes, 2);
    if (!count)
        return NULL;
    *out_size = (size_t)count[0] | (size_t)count[1] << 8;
    return bytes_take(bytes, *out_size);
}
