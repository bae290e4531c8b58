/* SPDX-License-Identifier: MIT */
/* slist.h - interlocked S-lists for this room's own use. Any IRQL; no lock. */
#ifndef EX_SLIST_H
#define EX_SLIST_H

#include "ex/ex.h"

/* Pushes a chain that is linked through Next; returns what was first before. */
SLIST_ENTRY *slist_push_chain(SLIST_HEADER *head, SLIST_ENTRY *first, SLIST_ENTRY *last,
                              unsigned count);
SLIST_ENTRY *slist_pop(SLIST_HEADER *head);
SLIST_ENTRY *slist_flush(SLIST_HEADER *head);

#endif
