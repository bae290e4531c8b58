/* SPDX-License-Identifier: MIT */
/* command_line.c - arguments put into a command line, so that a program takes them out again.
 *
 * Pure text. Doc: "Parsing C command-line arguments" (Microsoft Learn)
 */
#include <string.h>

#include "ntdll/process.h"

/* Backslashes double before a quote, and quotes get one. Doc: "Parsing C command-line
 * arguments". Answers the length there would be; stores at most size with the terminator. */
size_t argument_quote(const char *argument, char *out, size_t size)
{
    size_t count = 0, slashes = 0;
    bool is_plain = *argument && !strpbrk(argument, " \t\n\v\"");
#define PUT(c)                \
    do {                      \
        if (count + 1 < size) \
            out[count] = (c); \
        count++;              \
    } while (0)
    if (!is_plain)
        PUT('"');
    for (const char *at = argument; *at; at++) {
        if (*at == '"' && !is_plain) {
            for (size_t i = 0; i <= slashes; i++)
                PUT('\\');
        }
        slashes = *at == '\\' ? slashes + 1 : 0;
        PUT(*at);
    }
    if (!is_plain) {
        for (size_t i = 0; i < slashes; i++)
            PUT('\\');
        PUT('"');
    }
#undef PUT
    if (size)
        out[count < size ? count : size - 1] = '\0';
    return count;
}
