/* SPDX-License-Identifier: MIT */
/* expression.h - numbers as a debugger is told them: hexadecimal unless marked, names, memory.
 *
 * Knows nothing of machines: who evaluates hands in how a name is found and memory is read.
 */
#ifndef DEBUGGER_EXPRESSION_H
#define DEBUGGER_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expression_world {
    bool (*symbol)(void *context, const char *name, uint64_t *out_value);
    bool (*read)(void *context, uint64_t address, void *bytes, size_t count);
    void *context;
};

/* The whole of text. false: out_error says why, in a line. */
bool expression_evaluate(const struct expression_world *world, const char *text,
                         uint64_t *out_value, char *out_error, size_t error_size);

#endif
