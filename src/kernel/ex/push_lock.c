/* SPDX-License-Identifier: MIT */
/* push_lock.c - push locks: one word, shared or exclusive, waiting in order of arrival.
 *
 * Without waiters a compare and exchange is all. Waiters lie on their threads' stacks, in
 * lists that belong to the address of the lock; who releases hands the lock over to those
 * whose turn it is.
 * Invariant: while PUSH_WAITED is set, the word is changed under its list's lock only.
 */
#include "push_lock.h"

#include "base/list.h"
#include "ke/ke.h"

#define PUSH_EXCLUSIVE 1ull
#define PUSH_WAITED    2ull
#define PUSH_SHARE     16ull

#define BUCKETS 64u

struct push_waiter {
    struct list link;
    EX_PUSH_LOCK *lock;
    bool is_exclusive;
    KEVENT granted;
};

struct push_bucket {
    struct host_lock lock; /* guards: waiters, words with PUSH_WAITED of its addresses */
    struct list waiters;   /* next == NULL: never used */
};
static struct push_bucket buckets[BUCKETS];

static struct push_bucket *bucket_of(const EX_PUSH_LOCK *lock)
{
    uint64_t hash = (uintptr_t)lock * 0x9e3779b97f4a7c15ull;

    return &buckets[hash >> 58];
}

static bool word_exchange(EX_PUSH_LOCK *lock, EX_PUSH_LOCK *old, EX_PUSH_LOCK new)
{
    return __atomic_compare_exchange_n(lock, old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* What the word becomes when this kind of access is granted; 0: not now. */
static EX_PUSH_LOCK word_granted(EX_PUSH_LOCK word, bool is_exclusive)
{
    if (is_exclusive)
        return (word & ~PUSH_WAITED) == 0 ? word | PUSH_EXCLUSIVE : 0;
    return (word & PUSH_EXCLUSIVE) == 0 ? word + PUSH_SHARE : 0;
}

bool push_lock_try_take(EX_PUSH_LOCK *lock, bool is_exclusive)
{
    EX_PUSH_LOCK word = __atomic_load_n(lock, __ATOMIC_RELAXED), new;

    do {
        new = (word & PUSH_WAITED) != 0 ? 0 : word_granted(word, is_exclusive);
        if (new == 0)
            return false;
    } while (!word_exchange(lock, &word, new));
    return true;
}

static void push_lock_wait(EX_PUSH_LOCK *lock, bool is_exclusive)
{
    struct push_bucket *bucket = bucket_of(lock);
    struct push_waiter waiter = {.lock = lock, .is_exclusive = is_exclusive};
    EX_PUSH_LOCK word, new;

    host_lock_take(&bucket->lock);
    if (bucket->waiters.next == NULL)
        list_init(&bucket->waiters);
    word = __atomic_load_n(lock, __ATOMIC_RELAXED);
    do {
        /* It may have become free; then there are no waiters before us. */
        new = (word & PUSH_WAITED) != 0 ? 0 : word_granted(word, is_exclusive);
        if (new == 0)
            new = word | PUSH_WAITED;
    } while (!word_exchange(lock, &word, new));
    if ((new &PUSH_WAITED) == 0) {
        host_lock_give(&bucket->lock);
        return;
    }
    KeInitializeEvent(&waiter.granted, SynchronizationEvent, FALSE);
    list_push_back(&bucket->waiters, &waiter.link);
    host_lock_give(&bucket->lock);
    KeWaitForSingleObject(&waiter.granted, WrPushLock, KernelMode, FALSE, NULL);
}

void push_lock_take(EX_PUSH_LOCK *lock, bool is_exclusive)
{
    if (!push_lock_try_take(lock, is_exclusive))
        push_lock_wait(lock, is_exclusive);
}

/* Takes off the list everybody whose turn has come; the word is written once. */
static void waiters_grant_locked(struct push_bucket *bucket, EX_PUSH_LOCK *lock, EX_PUSH_LOCK word,
                                 struct list *out_granted)
{
    bool is_closed = false, is_waited = false;

    word &= ~PUSH_WAITED;
    list_for_each_safe(node, &bucket->waiters)
    {
        struct push_waiter *waiter = list_entry(node, struct push_waiter, link);
        EX_PUSH_LOCK new;

        if (waiter->lock != lock)
            continue;
        new = is_closed ? 0 : word_granted(word, waiter->is_exclusive);
        if (new == 0) {
            is_closed = is_waited = true; /* nobody overtakes */
            continue;
        }
        word = new;
        list_remove(&waiter->link);
        list_push_back(out_granted, &waiter->link);
    }
    __atomic_store_n(lock, word | (is_waited ? PUSH_WAITED : 0), __ATOMIC_RELEASE);
}

void push_lock_give(EX_PUSH_LOCK *lock, bool is_exclusive)
{
    EX_PUSH_LOCK word = __atomic_load_n(lock, __ATOMIC_RELAXED);
    EX_PUSH_LOCK share = is_exclusive ? PUSH_EXCLUSIVE : PUSH_SHARE;
    struct push_bucket *bucket = bucket_of(lock);
    struct list granted = LIST_INIT(granted);
    struct list *node;

    while ((word & PUSH_WAITED) == 0)
        if (word_exchange(lock, &word, word - share))
            return;
    host_lock_take(&bucket->lock);
    word = __atomic_load_n(lock, __ATOMIC_RELAXED);
    waiters_grant_locked(bucket, lock, word - share, &granted);
    host_lock_give(&bucket->lock);
    /* A waiter's stack is its own again as soon as its event is set. */
    while ((node = list_pop_front(&granted)) != NULL)
        KeSetEvent(&list_entry(node, struct push_waiter, link)->granted, 0, FALSE);
}

bool push_lock_is_exclusive(const EX_PUSH_LOCK *lock)
{
    return (__atomic_load_n(lock, __ATOMIC_RELAXED) & PUSH_EXCLUSIVE) != 0;
}
