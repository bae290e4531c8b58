/* SPDX-License-Identifier: MIT */
/* trace_number.c - small numbers in place of addresses. */
#include "trace_internal.h"

static uint32_t number_of(struct trace_table *table, uint64_t address)
{
    if (!address)
        return 0;
    for (unsigned i = 0; i < TRACE_OBJECTS; i++) {
        if (table->slot[i].address == address)
            return table->slot[i].number;
    }
    unsigned slot = table->next_slot++ % TRACE_OBJECTS;
    table->slot[slot].address = address;
    table->slot[slot].number = ++table->given;
    return table->given;
}

static void forget(struct trace_table *table, uint64_t address)
{
    for (unsigned i = 0; i < TRACE_OBJECTS; i++) {
        if (table->slot[i].address == address)
            table->slot[i].address = 0;
    }
}

void trace_number(struct trace_numbers *numbers, struct trace_entry *entry, uint64_t thread)
{
    entry->thread = number_of(&numbers->threads, thread);
    if (entry->kind == TRACE_CONTROL_CHECKED)
        entry->file = number_of(&numbers->files, entry->a);
    /* A new IRP may lie where a forgotten one lay. */
    if (entry->kind == TRACE_IRP_BUILT)
        forget(&numbers->irps, entry->a);
    if (entry->kind >= TRACE_IRP_BUILT && entry->kind <= TRACE_IRP_FREED)
        entry->irp = number_of(&numbers->irps, entry->a);
    if (entry->kind == TRACE_IRP_FREED)
        forget(&numbers->irps, entry->a);
}
