/* SPDX-License-Identifier: MIT */
/* file_lock.h - locks on ranges of a file's bytes: what is held, and who waits. */
#ifndef FSRTL_FILE_LOCK_H
#define FSRTL_FILE_LOCK_H

#include <stdbool.h>

#include <ntifs.h>

#include "base/list.h"

/* Whose a lock is: all three must be the same. */
struct lock_owner {
    PFILE_OBJECT file;
    PVOID process;
    ULONG key;
};

struct lock_range {
    ULONGLONG start, length;
};

/* A lock that is held. */
struct file_lock {
    struct list link;
    FILE_LOCK_INFO info;
};

/* Behind FILE_LOCK.LockInformation. All of it is guarded by file_locks_lock. */
struct lock_table {
    struct list held;    /* struct file_lock */
    struct list waiting; /* IRPs by Tail.Overlay.ListEntry, oldest first */
    FILE_LOCK *owner;
};

extern struct host_lock file_locks_lock;

/* The table of an initialized FILE_LOCK, made if there is none; NULL: no memory. */
struct lock_table *lock_table_get(FILE_LOCK *locks);
void lock_table_free(FILE_LOCK *locks);

/* May the owner have a lock on the range, beside those that are held? */
bool lock_is_free_locked(const struct lock_table *table, const struct lock_owner *owner,
                         struct lock_range range, bool is_exclusive);
void lock_add_locked(struct lock_table *table, struct file_lock *lock,
                     const struct lock_owner *owner, struct lock_range range, bool is_exclusive);
/* Takes off the lock on exactly this range, an exclusive one first; NULL: there is none. */
struct file_lock *lock_take_exact_locked(struct lock_table *table, const struct lock_owner *owner,
                                         struct lock_range range);
/* Takes off one lock of the owner's file and process, of its key only if by_key. */
struct file_lock *lock_take_any_locked(struct lock_table *table, const struct lock_owner *owner,
                                       bool by_key);
/* Takes off one lock of the file, whoever took it. */
struct file_lock *lock_take_of_file_locked(struct lock_table *table, const FILE_OBJECT *file);
/* May the owner read from, or write to, the range? */
bool lock_allows(FILE_LOCK *locks, const struct lock_owner *owner, struct lock_range range,
                 bool is_write);
/* The index-th lock that is held. false: there are fewer. */
bool lock_nth(FILE_LOCK *locks, ULONG_PTR index, FILE_LOCK_INFO *out_info);

#endif
