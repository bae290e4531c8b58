/* SPDX-License-Identifier: MIT */
/* resource.c - executive resources: locks that many may share and one may have alone, taken
 * again by who has them, with owners that can be asked for.
 *
 * The documented fields are kept true, because debugger commands and drivers look at them.
 * Waiters lie on their threads' stacks; who releases makes the next ones owners before it
 * wakes them. An exclusive owner is followed by all shared waiters, the last shared owner by
 * one exclusive waiter, so neither side starves.
 * Invariant: Flag has ResourceOwnedExclusive if and only if OwnerEntry is the exclusive owner;
 * ActiveEntries counts owner entries in use.
 */
#include "resource.h"

#include "base/assert.h"
#include "base/list.h"
#include "ke/ke.h"

#define RESOURCE_TAG 0x61546552u /* "ReTa" */
#define TABLE_MIN    4u

struct resource_waiter {
    struct resource_waiter *next;
    ERESOURCE_THREAD owner;
    KEVENT granted;
};

static struct host_lock list_lock; /* guards: all, alive */
static LIST_ENTRY all;             /* Flink == NULL: never used */
static uint64_t alive;

/* The room's lock of a resource lies where Windows has its spin lock. guards: everything */
static struct host_lock *lock_of(ERESOURCE *resource)
{
    return (struct host_lock *)&resource->SpinLock;
}

void resource_init(ERESOURCE *resource)
{
    __builtin_memset(resource, 0, sizeof(*resource));
    host_lock_take(&list_lock);
    if (all.Flink == NULL)
        InitializeListHead(&all);
    InsertTailList(&all, &resource->SystemResourcesList);
    alive++;
    host_lock_give(&list_lock);
}

void resource_delete(ERESOURCE *resource)
{
    host_lock_take(&list_lock);
    RemoveEntryList(&resource->SystemResourcesList);
    alive--;
    host_lock_give(&list_lock);
    if (resource->OwnerTable != NULL)
        ExFreePoolWithTag(resource->OwnerTable, RESOURCE_TAG);
    resource->OwnerTable = NULL;
}

unsigned ex_resource_forget(uint64_t low, uint64_t high)
{
    unsigned count = 0;
    host_lock_take(&list_lock);
    for (LIST_ENTRY *entry = all.Flink, *next; entry != NULL && entry != &all; entry = next) {
        next = entry->Flink;
        if ((uint64_t)entry < low || (uint64_t)entry >= high)
            continue;
        RemoveEntryList(entry);
        alive--;
        count++;
    }
    host_lock_give(&list_lock);
    return count;
}

uint64_t resources_alive(void)
{
    return alive;
}

static bool is_exclusive(const ERESOURCE *resource)
{
    return (resource->Flag & ResourceOwnedExclusive) != 0;
}

/* The entry of an owner, or NULL. Entry 0 of the table holds its size. */
static OWNER_ENTRY *entry_find(ERESOURCE *resource, ERESOURCE_THREAD owner)
{
    if (resource->OwnerEntry.OwnerThread == owner && resource->OwnerEntry.OwnerCount != 0)
        return &resource->OwnerEntry;
    if (resource->OwnerTable != NULL)
        for (ULONG i = 1; i < resource->OwnerTable[0].TableSize; i++)
            if (resource->OwnerTable[i].OwnerThread == owner &&
                resource->OwnerTable[i].OwnerCount != 0)
                return &resource->OwnerTable[i];
    return NULL;
}

/* A new entry for an owner; there is room. */
static void entry_add(ERESOURCE *resource, ERESOURCE_THREAD owner)
{
    OWNER_ENTRY *entry = &resource->OwnerEntry;

    for (ULONG i = 1; entry->OwnerCount != 0; i++) {
        COVE_ASSERT(resource->OwnerTable != NULL && i < resource->OwnerTable[0].TableSize);
        entry = &resource->OwnerTable[i];
    }
    entry->OwnerThread = owner;
    entry->OwnerCount = 1;
    resource->ActiveEntries++;
    resource->ActiveCount = (SHORT)resource->ActiveEntries;
}

/* Room for one more owner, counting those who wait to become one. */
static bool table_provide(ERESOURCE *resource)
{
    ULONG need = resource->ActiveEntries + resource->NumberOfSharedWaiters + 1;
    ULONG old = resource->OwnerTable == NULL ? 0 : resource->OwnerTable[0].TableSize;
    ULONG size = old < TABLE_MIN ? TABLE_MIN : old;
    OWNER_ENTRY *table;

    if (need <= (old == 0 ? 1 : old)) /* OwnerEntry and old - 1 entries of the table */
        return true;
    while (size < need)
        size *= 2;
    table = ExAllocatePool2(POOL_FLAG_NON_PAGED, size * sizeof(*table), RESOURCE_TAG);
    if (table == NULL)
        return false;
    if (old != 0) {
        __builtin_memcpy(table, resource->OwnerTable, old * sizeof(*table));
        ExFreePoolWithTag(resource->OwnerTable, RESOURCE_TAG);
    }
    table[0].TableSize = size;
    resource->OwnerTable = table;
    return true;
}

enum take_result { TAKEN, NOT_NOW, NO_MEMORY };

static enum take_result take_now_locked(ERESOURCE *resource, enum resource_access access,
                                        ERESOURCE_THREAD self)
{
    OWNER_ENTRY *mine;

    if (resource->ActiveEntries == 0) {
        resource->Flag |= access == RESOURCE_EXCLUSIVE ? ResourceOwnedExclusive : 0;
        entry_add(resource, self);
        return TAKEN;
    }
    if (is_exclusive(resource)) {
        if (resource->OwnerEntry.OwnerThread != self)
            return NOT_NOW;
        resource->OwnerEntry.OwnerCount++;
        return TAKEN;
    }
    if (access == RESOURCE_EXCLUSIVE)
        return NOT_NOW; /* the caller may be a shared owner: that is a deadlock of its own */
    if (access == RESOURCE_SHARED_WAIT && resource->NumberOfExclusiveWaiters != 0)
        return NOT_NOW;
    mine = entry_find(resource, self);
    if (mine != NULL) {
        mine->OwnerCount++;
        return TAKEN;
    }
    if (access == RESOURCE_SHARED && resource->NumberOfExclusiveWaiters != 0)
        return NOT_NOW;
    if (!table_provide(resource))
        return NO_MEMORY;
    entry_add(resource, self);
    return TAKEN;
}

/* ExclusiveWaiters and SharedWaiters point at the oldest waiter. */
static void waiter_append(void **head, struct resource_waiter *waiter)
{
    struct resource_waiter **at = (struct resource_waiter **)head;

    while (*at != NULL)
        at = &(*at)->next;
    *at = waiter;
}

static struct resource_waiter *waiter_pop(void **head)
{
    struct resource_waiter *waiter = *head;

    *head = waiter->next;
    return waiter;
}

static void take_later(void)
{
    LARGE_INTEGER turn = {.QuadPart = -100000}; /* until there is memory again */

    KeDelayExecutionThread(KernelMode, FALSE, &turn);
}

bool resource_take(ERESOURCE *resource, enum resource_access access, bool is_waiting)
{
    struct resource_waiter waiter = {.owner = resource_self()};
    enum take_result result;

    for (;;) {
        host_lock_take(lock_of(resource));
        result = take_now_locked(resource, access, waiter.owner);
        if (result == NOT_NOW && is_waiting && access != RESOURCE_EXCLUSIVE &&
            !table_provide(resource))
            result = NO_MEMORY;
        if (result == NOT_NOW && is_waiting)
            break;
        host_lock_give(lock_of(resource));
        if (result == TAKEN || !is_waiting)
            return result == TAKEN;
        take_later();
    }
    KeInitializeEvent(&waiter.granted, SynchronizationEvent, FALSE);
    resource->ContentionCount++;
    if (access == RESOURCE_EXCLUSIVE) {
        resource->NumberOfExclusiveWaiters++;
        waiter_append(&resource->ExclusiveWaiters, &waiter);
    } else {
        resource->NumberOfSharedWaiters++;
        waiter_append(&resource->SharedWaiters, &waiter);
    }
    host_lock_give(lock_of(resource));
    KeWaitForSingleObject(&waiter.granted, WrResource, KernelMode, FALSE, NULL);
    return true;
}

/* Makes all shared waiters owners; returns them as a chain. */
static struct resource_waiter *shared_grant_locked(ERESOURCE *resource)
{
    struct resource_waiter *chain = resource->SharedWaiters;

    for (struct resource_waiter *waiter = chain; waiter != NULL; waiter = waiter->next) {
        OWNER_ENTRY *entry = entry_find(resource, waiter->owner);
        if (entry != NULL) /* it waited although it was an owner: SHARED_WAIT */
            entry->OwnerCount++;
        else
            entry_add(resource, waiter->owner);
    }
    resource->SharedWaiters = NULL;
    resource->NumberOfSharedWaiters = 0;
    return chain;
}

static struct resource_waiter *exclusive_grant_locked(ERESOURCE *resource)
{
    struct resource_waiter *waiter = waiter_pop(&resource->ExclusiveWaiters);

    waiter->next = NULL;
    resource->NumberOfExclusiveWaiters--;
    resource->Flag |= ResourceOwnedExclusive;
    entry_add(resource, waiter->owner);
    return waiter;
}

static void waiters_wake(struct resource_waiter *chain)
{
    while (chain != NULL) {
        struct resource_waiter *next = chain->next;
        KeSetEvent(&chain->granted, 0, FALSE); /* from here on it is its thread's stack */
        chain = next;
    }
}

static struct resource_waiter *give_locked(ERESOURCE *resource, OWNER_ENTRY *entry)
{
    bool was_exclusive = is_exclusive(resource);

    if (--entry->OwnerCount != 0)
        return NULL;
    entry->OwnerThread = 0;
    resource->ActiveEntries--;
    resource->ActiveCount = (SHORT)resource->ActiveEntries;
    if (resource->ActiveEntries != 0)
        return NULL;
    resource->Flag &= (USHORT)~ResourceOwnedExclusive;
    if (resource->SharedWaiters != NULL && (was_exclusive || resource->ExclusiveWaiters == NULL))
        return shared_grant_locked(resource);
    if (resource->ExclusiveWaiters != NULL)
        return exclusive_grant_locked(resource);
    return NULL;
}

void resource_give(ERESOURCE *resource, ERESOURCE_THREAD owner)
{
    struct resource_waiter *chain;
    OWNER_ENTRY *entry;

    host_lock_take(lock_of(resource));
    entry = entry_find(resource, owner);
    if (entry == NULL) {
        host_lock_give(lock_of(resource));
        ke_bugcheck(&(struct bugcheck){
            .code = RESOURCE_NOT_OWNED,
            .parameter = {(ULONG_PTR)resource, owner, (ULONG_PTR)resource->OwnerTable, 0}});
    }
    chain = give_locked(resource, entry);
    host_lock_give(lock_of(resource));
    waiters_wake(chain);
}

void resource_make_shared(ERESOURCE *resource)
{
    struct resource_waiter *chain;

    host_lock_take(lock_of(resource));
    if (!is_exclusive(resource) || resource->OwnerEntry.OwnerThread != resource_self()) {
        host_lock_give(lock_of(resource));
        ke_bugcheck(&(struct bugcheck){.code = RESOURCE_NOT_OWNED,
                                       .parameter = {(ULONG_PTR)resource, resource_self(),
                                                     (ULONG_PTR)resource->OwnerTable, 0}});
    }
    resource->Flag &= (USHORT)~ResourceOwnedExclusive;
    chain = shared_grant_locked(resource);
    host_lock_give(lock_of(resource));
    waiters_wake(chain);
}

void resource_owner_set(ERESOURCE *resource, ERESOURCE_THREAD owner)
{
    OWNER_ENTRY *entry, *other;

    host_lock_take(lock_of(resource));
    entry = entry_find(resource, resource_self());
    other = entry_find(resource, owner);
    if (entry == NULL) {
        host_lock_give(lock_of(resource));
        ke_bugcheck(&(struct bugcheck){.code = RESOURCE_NOT_OWNED,
                                       .parameter = {(ULONG_PTR)resource, resource_self(),
                                                     (ULONG_PTR)resource->OwnerTable, 0}});
    }
    if (other != NULL && other != entry) { /* the new owner has it already: one entry each */
        other->OwnerCount += entry->OwnerCount;
        entry->OwnerCount = 0;
        entry->OwnerThread = 0;
        resource->ActiveEntries--;
        resource->ActiveCount = (SHORT)resource->ActiveEntries;
    } else {
        entry->OwnerThread = owner;
    }
    host_lock_give(lock_of(resource));
}

ULONG resource_count_of(ERESOURCE *resource, ERESOURCE_THREAD owner, bool is_exclusive_wanted)
{
    const OWNER_ENTRY *entry;
    ULONG count = 0;

    host_lock_take(lock_of(resource));
    entry = entry_find(resource, owner);
    if (entry != NULL && (!is_exclusive_wanted || is_exclusive(resource)))
        count = entry->OwnerCount;
    host_lock_give(lock_of(resource));
    return count;
}
