/* SPDX-License-Identifier: MIT */
/* resource.h - executive resources for this room's DDI file. */
#ifndef EX_RESOURCE_H
#define EX_RESOURCE_H

#include "ex/ex.h"

enum resource_access {
    RESOURCE_EXCLUSIVE,
    RESOURCE_SHARED,        /* behind waiting writers, unless the thread has it already */
    RESOURCE_SHARED_STARVE, /* past waiting writers */
    RESOURCE_SHARED_WAIT,   /* behind waiting writers in any case */
};

void resource_init(ERESOURCE *resource);
void resource_delete(ERESOURCE *resource);
/* False only when is_waiting is false and it would have to wait. */
bool resource_take(ERESOURCE *resource, enum resource_access access, bool is_waiting);
/* Bug check RESOURCE_NOT_OWNED if owner has it not. */
void resource_give(ERESOURCE *resource, ERESOURCE_THREAD owner);
void resource_make_shared(ERESOURCE *resource);
void resource_owner_set(ERESOURCE *resource, ERESOURCE_THREAD owner);
ULONG resource_count_of(ERESOURCE *resource, ERESOURCE_THREAD owner, bool is_exclusive);
uint64_t resources_alive(void);

static inline ERESOURCE_THREAD resource_self(void)
{
    return (ERESOURCE_THREAD)PsGetCurrentThread();
}

#endif
