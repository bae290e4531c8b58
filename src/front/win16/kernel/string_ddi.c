/* SPDX-License-Identifier: MIT */
/* string_ddi.c - KERNEL: text, and looking whether a pointer is good. */
#include <string.h>

#include "abi/win16.h"
#include "kernel_internal.h"
#include "loader16/builtin.h"

uint32_t kernel16_lstrlen(const char *text)
{
    return text ? (uint32_t)strlen(text) : 0;
}

static uint32_t text_put(struct far16 to, size_t at, const char *text, size_t length)
{
    uint8_t *room = win16_buffer(cpu16_outer(), far16_value(to), (uint32_t)(at + length + 1));
    if (!room)
        return 0;
    memmove(room + at, text, length);
    room[at + length] = 0;
    return far16_value(to);
}

uint32_t kernel16_lstrcpy(struct far16 to, const char *from)
{
    return from ? text_put(to, 0, from, strlen(from)) : 0;
}

uint32_t kernel16_lstrcat(struct far16 to, const char *from)
{
    const char *before = win16_string(cpu16_outer(), far16_value(to));
    return before && from ? text_put(to, strlen(before), from, strlen(from)) : 0;
}

uint32_t kernel16_lstrcpyn(struct far16 to, const char *from, uint16_t size)
{
    size_t length = from ? strlen(from) : 0;
    if (!from || !size)
        return 0;
    return text_put(to, 0, from, length < size ? length : size - 1u);
}

uint32_t kernel16_hmemcpy(struct far16 to, struct far16 from, uint32_t bytes)
{
    struct cpu16_registers *caller = cpu16_outer();
    if (bytes)
        memmove(win16_buffer(caller, far16_value(to), bytes),
                win16_buffer(caller, far16_value(from), bytes), bytes);
    return 0;
}

/* ---- TRUE: the pointer is bad -------------------------------------------------------------------
 */

static bool is_bad(struct far16 pointer, uint32_t bytes)
{
    return bytes && !far16_flat(pointer, bytes);
}

uint32_t kernel16_IsBadReadPtr(struct far16 pointer, uint16_t bytes)
{
    return is_bad(pointer, bytes);
}

uint32_t kernel16_IsBadWritePtr(struct far16 pointer, uint16_t bytes)
{
    return is_bad(pointer, bytes) || (bytes && selector_kind(pointer.selector) != CPU16_DATA);
}

uint32_t kernel16_IsBadHugeReadPtr(struct far16 pointer, uint32_t bytes)
{
    return is_bad(pointer, bytes);
}

uint32_t kernel16_IsBadHugeWritePtr(struct far16 pointer, uint32_t bytes)
{
    return is_bad(pointer, bytes) || (bytes && selector_kind(pointer.selector) != CPU16_DATA);
}

uint32_t kernel16_IsBadCodePtr(struct far16 pointer)
{
    return is_bad(pointer, 1) || selector_kind(pointer.selector) != CPU16_CODE;
}

uint32_t kernel16_IsBadStringPtr(struct far16 pointer, uint16_t bytes)
{
    uint32_t room = far16_room(pointer);
    const char *text = far16_flat(pointer, 1);
    if (!bytes)
        return 0;
    return !text || (room < bytes && !memchr(text, 0, room));
}
