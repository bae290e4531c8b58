/* SPDX-License-Identifier: MIT */
/* trace_number.c - small numbers in place of addresses. */
#include "trace_internal.h"

static uint32_t number_of(struct trace_numbers *numbers, uint64_t address, uint32_t *given)
{
    if (!address)
        return 0;
    for (unsigned i = 0; i < TRACE_OBJECTS; i++) {
        if (numbers->slot[i].address == address)
            return numbers->slot[i].number;
    }
    unsigned slot = numbers->next_slot++ % TRACE_OBJECTS;
    numbers->slot[slot].address = address;
    numbers->slot[slot].number = ++*given;
    return *given;
}

static void forget(struct trace_numbers *numbers, uint64_t address)
{
    for (unsigned i = 0; i < TRACE_OBJECTS; i++) {
        if (numbers->slot[i].address == address)
            numbers->slot[i].address = 0;
    }
}

void trace_number(struct trace_numbers *numbers, struct trace_entry *entry, uint64_t thread)
{
    entry->thread = number_of(numbers, thread, &numbers->threads);
    if (entry->kind == TRACE_CONTROL_CHECKED)
        entry->file = number_of(numbers, entry->a, &numbers->files);
    /* A new IRP may lie where a forgotten one lay. */
    if (entry->kind == TRACE_IRP_BUILT)
        forget(numbers, entry->a);
    if (entry->kind >= TRACE_IRP_BUILT && entry->kind <= TRACE_IRP_FREED)
        entry->irp = number_of(numbers, entry->a, &numbers->irps);
    if (entry->kind == TRACE_IRP_FREED)
        forget(numbers, entry->a);
}
