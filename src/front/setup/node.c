/* SPDX-License-Identifier: MIT */
/* node.c - device instances as the numbers that programs hold, and text in their two widths. */
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/sync.h"
#include "plug.h"

static RTL_SRWLOCK nodes_lock; /* guards: nodes, node_count, node_room; names are never freed */
static wchar_t **nodes;
static DEVINST node_count, node_room;

static DEVINST node_add_locked(const wchar_t *instance)
{
    if (node_count == node_room) {
        DEVINST room = node_room ? node_room * 2 : 64;
        wchar_t **grown = realloc(nodes, room * sizeof *grown);
        if (!grown)
            return 0;
        nodes = grown;
        node_room = room;
    }
    wchar_t *copy = malloc((crt_wcslen(instance) + 1) * sizeof *copy);
    if (!copy)
        return 0;
    crt_wcscpy(copy, instance);
    nodes[node_count++] = copy;
    return node_count;
}

DEVINST node_of(const wchar_t *instance)
{
    DEVINST found = 0;
    srw_take_exclusive(&nodes_lock);
    for (DEVINST i = 0; i < node_count && !found; i++)
        if (!crt_wcsicmp(nodes[i], instance))
            found = i + 1;
    if (!found)
        found = node_add_locked(instance);
    srw_give_exclusive(&nodes_lock);
    return found;
}

const wchar_t *node_name(DEVINST node)
{
    srw_take_exclusive(&nodes_lock);
    const wchar_t *name = node && node <= node_count ? nodes[node - 1] : NULL;
    srw_give_exclusive(&nodes_lock);
    return name;
}

/* ---- text --------------------------------------------------------------------------------------
 */

wchar_t *text_copy(const wchar_t *text)
{
    wchar_t *copy = heap_take((crt_wcslen(text) + 1) * sizeof *copy);
    if (copy)
        crt_wcscpy(copy, text);
    return copy;
}

size_t list_count(const wchar_t *list)
{
    size_t count = 0;
    while (list[count])
        count += crt_wcslen(list + count) + 1;
    return count + 1;
}

char *narrow_of(const wchar_t *text, size_t count, size_t *out_bytes)
{
    size_t bytes = crt_utf16_to_utf8(text, count, 0, NULL, 0).written;
    char *copy = heap_take(bytes + 1);
    if (!copy)
        return NULL;
    crt_utf16_to_utf8(text, count, 0, copy, bytes);
    copy[bytes] = '\0';
    *out_bytes = bytes;
    return copy;
}

wchar_t *wide_copy(const char *text, size_t bytes, size_t *out_count)
{
    wchar_t *copy = heap_take((bytes + 1) * sizeof *copy);
    if (!copy)
        return NULL;
    size_t count = crt_utf8_to_utf16(text, bytes, 0, copy, bytes).written;
    copy[count] = 0;
    if (out_count)
        *out_count = count;
    return copy;
}

bool text_answer(const wchar_t *text, bool is_wide, void *buffer, DWORD room, DWORD *out_needed)
{
    size_t count = crt_wcslen(text) + 1;
    size_t needed = is_wide ? count : crt_utf16_to_utf8(text, count, 0, NULL, 0).written;
    if (out_needed)
        *out_needed = (DWORD)needed;
    if (!buffer || room < needed)
        return false;
    if (is_wide)
        memcpy(buffer, text, count * sizeof *text);
    else
        crt_utf16_to_utf8(text, count, 0, buffer, needed);
    return true;
}

static void digits_put(wchar_t **at, uint32_t value, unsigned count)
{
    for (unsigned i = count; i-- > 0; value >>= 4)
        (*at)[i] = (wchar_t) "0123456789abcdef"[value & 15];
    *at += count;
}

void guid_text(const GUID *guid, wchar_t out[39])
{
    wchar_t *at = out;
    *at++ = '{';
    digits_put(&at, guid->Data1, 8);
    *at++ = '-';
    digits_put(&at, guid->Data2, 4);
    *at++ = '-';
    digits_put(&at, guid->Data3, 4);
    for (unsigned i = 0; i < 8; i++) {
        if (i == 0 || i == 2)
            *at++ = '-';
        digits_put(&at, guid->Data4[i], 2);
    }
    *at++ = '}';
    *at = 0;
}

static bool digits_take(const wchar_t **at, unsigned count, uint32_t *out_value)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++, (*at)++) {
        wchar_t c = crt_towlower(**at);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out_value = value;
    return true;
}

bool guid_parse(const wchar_t *text, GUID *out_guid)
{
    uint32_t part[4], byte;
    const wchar_t *at = text;
    if (*at++ != '{' || !digits_take(&at, 8, &part[0]) || *at++ != '-' ||
        !digits_take(&at, 4, &part[1]) || *at++ != '-' || !digits_take(&at, 4, &part[2]))
        return false;
    GUID guid = {part[0], (USHORT)part[1], (USHORT)part[2], {0}};
    for (unsigned i = 0; i < 8; i++) {
        if ((i == 0 || i == 2) && *at++ != '-')
            return false;
        if (!digits_take(&at, 2, &byte))
            return false;
        guid.Data4[i] = (UCHAR)byte;
    }
    if (at[0] != '}' || at[1])
        return false;
    *out_guid = guid;
    return true;
}
