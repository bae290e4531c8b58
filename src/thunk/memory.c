/* SPDX-License-Identifier: MIT */
/* memory.c - memory that is freed with its script, and texts that grow while they are written. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thunk_internal.h"

void *thunk_take(struct thunk_script *script, size_t bytes)
{
    struct thunk_block *block = calloc(1, sizeof *block + bytes);
    if (!block)
        return NULL;
    block->next = script->memory;
    script->memory = block;
    return block->bytes;
}

void thunk_free(struct thunk_script *script)
{
    for (struct thunk_block *block = script->memory, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *script = (struct thunk_script){0};
}

void thunk_put(struct thunk_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (text->has_failed || length < 0)
        return;
    if (text->capacity - text->length <= (size_t)length) {
        size_t capacity = (text->capacity + (size_t)length) * 2 + 1024;
        char *grown = realloc(text->bytes, capacity);
        if (!grown) {
            free(text->bytes);
            *text = (struct thunk_text){.has_failed = true};
            return;
        }
        text->bytes = grown;
        text->capacity = capacity;
    }
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, text->capacity - text->length, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}
