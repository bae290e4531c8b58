/* SPDX-License-Identifier: MIT */
/* file_lock.c - locks on ranges of a file's bytes: which go together.
 *
 * A table per FILE_LOCK, made with the first lock. Shared locks go with shared ones; an
 * exclusive one goes with nothing it overlaps, whoever holds it, but its own holder may add
 * shared ones. A range of no bytes overlaps only what it lies inside of.
 */
#include "file_lock.h"

#include "ex/ex.h"
#include "ke/ke.h"

#define LOCK_TAG 'kLSF' /* "FSLk" in a dump */

struct host_lock file_locks_lock;

struct lock_table *lock_table_get(FILE_LOCK *locks)
{
    struct lock_table *fresh, *table = __atomic_load_n(&locks->LockInformation, __ATOMIC_ACQUIRE);

    if (table != NULL)
        return table;
    fresh = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*fresh), LOCK_TAG);
    if (fresh == NULL)
        return NULL;
    list_init(&fresh->held);
    list_init(&fresh->waiting);
    fresh->owner = locks;
    host_lock_take(&file_locks_lock);
    table = locks->LockInformation;
    if (table == NULL)
        locks->LockInformation = table = fresh;
    host_lock_give(&file_locks_lock);
    if (table != fresh)
        ExFreePoolWithTag(fresh, LOCK_TAG);
    return table;
}

void lock_table_free(FILE_LOCK *locks)
{
    struct lock_table *table = locks->LockInformation;
    struct list *node;

    locks->LockInformation = NULL;
    locks->FastIoIsQuestionable = FALSE;
    if (table == NULL)
        return;
    while ((node = list_pop_front(&table->held)) != NULL)
        ExFreePool(list_entry(node, struct file_lock, link));
    ExFreePoolWithTag(table, LOCK_TAG);
}

static struct lock_range range_of(const struct file_lock *lock)
{
    return (struct lock_range){(ULONGLONG)lock->info.StartingByte.QuadPart,
                               (ULONGLONG)lock->info.Length.QuadPart};
}

/* Neither goes beyond the last byte there can be: start + length - 1 does not overflow. */
static bool ranges_overlap(struct lock_range one, struct lock_range other)
{
    if (one.length == 0 || other.length == 0) {
        struct lock_range point = one.length == 0 ? one : other;
        struct lock_range whole = one.length == 0 ? other : one;

        return whole.length != 0 && point.start > whole.start &&
               point.start - whole.start < whole.length;
    }
    return one.start <= other.start + (other.length - 1) &&
           other.start <= one.start + (one.length - 1);
}

static bool is_owned(const struct file_lock *lock, const struct lock_owner *owner)
{
    return lock->info.FileObject == owner->file && lock->info.ProcessId == owner->process &&
           lock->info.Key == owner->key;
}

bool lock_is_free_locked(const struct lock_table *table, const struct lock_owner *owner,
                         struct lock_range range, bool is_exclusive)
{
    list_for_each(node, &table->held)
    {
        const struct file_lock *lock = list_entry(node, struct file_lock, link);

        if (!ranges_overlap(range, range_of(lock)))
            continue;
        if (is_exclusive || (lock->info.ExclusiveLock && !is_owned(lock, owner)))
            return false;
    }
    return true;
}

void lock_add_locked(struct lock_table *table, struct file_lock *lock,
                     const struct lock_owner *owner, struct lock_range range, bool is_exclusive)
{
    lock->info = (FILE_LOCK_INFO){
        .StartingByte.QuadPart = (LONGLONG)range.start,
        .Length.QuadPart = (LONGLONG)range.length,
        .ExclusiveLock = is_exclusive,
        .Key = owner->key,
        .FileObject = owner->file,
        .ProcessId = owner->process,
        .EndingByte.QuadPart = (LONGLONG)(range.start + range.length - 1),
    };
    list_push_back(&table->held, &lock->link);
    table->owner->FastIoIsQuestionable = TRUE;
}

static struct file_lock *lock_take_off(struct lock_table *table, struct file_lock *lock)
{
    if (lock == NULL)
        return NULL;
    list_remove(&lock->link);
    table->owner->FastIoIsQuestionable =
        !list_is_empty(&table->held) || !list_is_empty(&table->waiting);
    return lock;
}

struct file_lock *lock_take_exact_locked(struct lock_table *table, const struct lock_owner *owner,
                                         struct lock_range range)
{
    struct file_lock *found = NULL;

    list_for_each(node, &table->held)
    {
        struct file_lock *lock = list_entry(node, struct file_lock, link);

        if (!is_owned(lock, owner) || range_of(lock).start != range.start ||
            range_of(lock).length != range.length)
            continue;
        if (found == NULL || (lock->info.ExclusiveLock && !found->info.ExclusiveLock))
            found = lock;
    }
    return lock_take_off(table, found);
}

struct file_lock *lock_take_any_locked(struct lock_table *table, const struct lock_owner *owner,
                                       bool by_key)
{
    list_for_each(node, &table->held)
    {
        struct file_lock *lock = list_entry(node, struct file_lock, link);

        if (lock->info.FileObject == owner->file && lock->info.ProcessId == owner->process &&
            (!by_key || lock->info.Key == owner->key))
            return lock_take_off(table, lock);
    }
    return NULL;
}

struct file_lock *lock_take_of_file_locked(struct lock_table *table, const FILE_OBJECT *file)
{
    list_for_each(node, &table->held)
    {
        struct file_lock *lock = list_entry(node, struct file_lock, link);

        if (lock->info.FileObject == file)
            return lock_take_off(table, lock);
    }
    return NULL;
}

/* An exclusive lock is its holder's alone; a shared one keeps everybody from writing. */
bool lock_allows(FILE_LOCK *locks, const struct lock_owner *owner, struct lock_range range,
                 bool is_write)
{
    const struct lock_table *table;
    bool is_allowed = true;

    if (range.length == 0)
        return true;
    host_lock_take(&file_locks_lock);
    table = locks->LockInformation;
    if (table != NULL) {
        list_for_each(node, &table->held)
        {
            const struct file_lock *lock = list_entry(node, struct file_lock, link);
            bool is_in_the_way = lock->info.ExclusiveLock ? !is_owned(lock, owner) : is_write;

            if (is_in_the_way && ranges_overlap(range, range_of(lock)))
                is_allowed = false;
        }
    }
    host_lock_give(&file_locks_lock);
    return is_allowed;
}

bool lock_nth(FILE_LOCK *locks, ULONG_PTR index, FILE_LOCK_INFO *out_info)
{
    const struct lock_table *table;
    bool is_found = false;

    host_lock_take(&file_locks_lock);
    table = locks->LockInformation;
    if (table != NULL) {
        list_for_each(node, &table->held)
        {
            if (index-- != 0)
                continue;
            *out_info = list_entry(node, struct file_lock, link)->info;
            is_found = true;
            break;
        }
    }
    host_lock_give(&file_locks_lock);
    return is_found;
}
