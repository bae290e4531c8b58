/* SPDX-License-Identifier: MIT */
/* open_file.c - IRP_MJ_CREATE to IRP_MJ_CLOSE of a host file.
 *
 * In: a name, a disposition and options; out: a descriptor in a struct hostfs_file, and a
 * node that all openers of the same host file share. First half looks and refuses, second
 * half opens. Invariant: a node is in the list as long as a file refers to it.
 */
#include "hostfs_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct list nodes = LIST_INIT(nodes); /* hostfs_lock */

/* ---- nodes -------------------------------------------------------------------------------------
 */

static struct hostfs_node *node_find_locked(const struct hostfs_stat *stat)
{
    list_for_each(at, &nodes)
    {
        struct hostfs_node *node = list_entry(at, struct hostfs_node, link);
        if (node->device == stat->device && node->inode == stat->inode)
            return node;
    }
    return NULL;
}

static struct hostfs_node *node_make_locked(const struct hostfs_stat *stat)
{
    struct hostfs_node *node = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*node), HOSTFS_TAG);
    if (node == NULL)
        return NULL;
    node->device = stat->device;
    node->inode = stat->inode;
    FsRtlInitializeFileLock(&node->locks, NULL, NULL);
    list_push_back(&nodes, &node->link);
    return node;
}

static void node_drop_locked(struct hostfs_node *node)
{
    if (--node->files != 0)
        return;
    list_remove(&node->link);
    FsRtlUninitializeFileLock(&node->locks);
    ExFreePoolWithTag(node, HOSTFS_TAG);
}

/* ---- what is wanted
 * -------------------------------------------------------------------------------- */

struct open_plan {
    struct hostfs_drive *drive;
    ACCESS_MASK access;
    ULONG disposition, options, attributes, share;
    UNICODE_STRING name; /* whole, behind the drive; pool */
    char *path;          /* malloc'ed */
    bool exists;
    struct hostfs_stat stat; /* if it exists */
};

static void plan_fini(struct open_plan *plan)
{
    free(plan->path);
    if (plan->name.Buffer != NULL)
        ExFreePoolWithTag(plan->name.Buffer, HOSTFS_TAG);
}

/* The name behind the drive: the related file's, a backslash, and the file's own. */
static NTSTATUS plan_name(struct open_plan *plan, const FILE_OBJECT *file)
{
    const FILE_OBJECT *related = file->RelatedFileObject;
    UNICODE_STRING base = {0};
    if (related != NULL && related->FsContext != NULL)
        base = hostfs_file_of(related)->name;
    size_t bytes = (size_t)base.Length + sizeof(WCHAR) + file->FileName.Length;
    if (bytes > 0xfffc)
        return STATUS_NAME_TOO_LONG;
    WCHAR *buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), HOSTFS_TAG);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    size_t at = base.Length / sizeof(WCHAR);
    if (at != 0)
        memcpy(buffer, base.Buffer, base.Length);
    bool needs_slash =
        related != NULL && file->FileName.Length != 0 && at > 0 && buffer[at - 1] != '\\';
    if (needs_slash)
        buffer[at++] = '\\';
    if (file->FileName.Length != 0)
        memcpy(buffer + at, file->FileName.Buffer, file->FileName.Length);
    at += file->FileName.Length / sizeof(WCHAR);
    plan->name = (UNICODE_STRING){(USHORT)(at * sizeof(WCHAR)), (USHORT)(bytes + 2), buffer};
    return STATUS_SUCCESS;
}

static NTSTATUS plan_make(struct open_plan *plan, const FILE_OBJECT *file, PIO_STACK_LOCATION stack)
{
    plan->drive = hostfs_drive_of(file->DeviceObject);
    plan->access = stack->Parameters.Create.SecurityContext->DesiredAccess;
    plan->disposition = stack->Parameters.Create.Options >> 24;
    plan->options = stack->Parameters.Create.Options & 0xffffff;
    plan->attributes = stack->Parameters.Create.FileAttributes;
    plan->share = stack->Parameters.Create.ShareAccess;
    NTSTATUS status = plan_name(plan, file);
    if (NT_SUCCESS(status))
        status = hostfs_lookup(plan->drive->root, &plan->name, &plan->path, &plan->exists);
    if (NT_SUCCESS(status) && plan->exists)
        status = hostfs_status_of_errno(hostfs_host_stat(plan->path, &plan->stat));
    return status;
}

/* A name that ends in a backslash means a directory. */
static bool plan_wants_directory(const struct open_plan *plan)
{
    unsigned count = plan->name.Length / sizeof(WCHAR);
    return (plan->options & FILE_DIRECTORY_FILE) ||
           (count > 1 && plan->name.Buffer[count - 1] == '\\');
}

static NTSTATUS plan_check_existing(const struct open_plan *plan)
{
    bool writes = plan->access & (FILE_WRITE_DATA | FILE_APPEND_DATA);
    bool replaces = plan->disposition == FILE_SUPERSEDE || plan->disposition == FILE_OVERWRITE ||
                    plan->disposition == FILE_OVERWRITE_IF;
    if (plan->disposition == FILE_CREATE)
        return STATUS_OBJECT_NAME_COLLISION;
    if (plan->stat.is_directory) {
        if (plan->options & FILE_NON_DIRECTORY_FILE)
            return STATUS_FILE_IS_A_DIRECTORY;
        return replaces ? STATUS_OBJECT_NAME_COLLISION : STATUS_SUCCESS;
    }
    if (plan_wants_directory(plan))
        return plan->options & FILE_DIRECTORY_FILE ? STATUS_NOT_A_DIRECTORY
                                                   : STATUS_OBJECT_NAME_INVALID;
    if (plan->stat.is_read_only && (writes || replaces))
        return STATUS_ACCESS_DENIED;
    if (plan->stat.is_read_only && (plan->options & FILE_DELETE_ON_CLOSE))
        return STATUS_CANNOT_DELETE;
    return STATUS_SUCCESS;
}

static NTSTATUS plan_check(const struct open_plan *plan)
{
    if (plan->disposition > FILE_MAXIMUM_DISPOSITION)
        return STATUS_INVALID_PARAMETER;
    if ((plan->options & FILE_DELETE_ON_CLOSE) && !(plan->access & DELETE))
        return STATUS_INVALID_PARAMETER;
    if (plan->exists)
        return plan_check_existing(plan);
    if (plan->disposition == FILE_OPEN || plan->disposition == FILE_OVERWRITE)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (plan_wants_directory(plan) && !(plan->options & FILE_DIRECTORY_FILE))
        return STATUS_OBJECT_NAME_INVALID;
    return STATUS_SUCCESS;
}

/* ---- opening
 * ------------------------------------------------------------------------------------------ */

/* May this opener share with those that are there? Counted if so. */
static NTSTATUS plan_share_locked(const struct open_plan *plan, FILE_OBJECT *file,
                                  struct hostfs_node *node)
{
    if (node->delete_pending)
        return STATUS_DELETE_PENDING;
    if (node->opens == 0) {
        IoSetShareAccess(plan->access, plan->share, file, &node->share);
        return STATUS_SUCCESS;
    }
    return IoCheckShareAccess(plan->access, plan->share, file, &node->share, TRUE);
}

static int plan_open(const struct open_plan *plan, int *out_fd)
{
    ULONG disposition = plan->disposition;
    struct hostfs_open how = {
        .for_read = (plan->access & (FILE_READ_DATA | FILE_EXECUTE)) != 0,
        .for_write = (plan->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0,
        .create = !plan->exists,
        .exclusive = !plan->exists && disposition == FILE_CREATE,
        .truncate = false,
        .is_directory = plan->exists ? plan->stat.is_directory : plan_wants_directory(plan),
        .read_only = !plan->exists && (plan->attributes & FILE_ATTRIBUTE_READONLY),
    };
    /* Attributes, times and sizes are set through the descriptor: it needs to be writable. */
    if (plan->access & FILE_WRITE_ATTRIBUTES && plan->exists && !plan->stat.is_read_only) {
        how.for_write = true;
        if (hostfs_host_open(plan->path, &how, out_fd) == 0)
            return 0;
        how.for_write = (plan->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    }
    if (how.for_write)
        how.for_read = true; /* nothing here can be written only */
    int error = hostfs_host_open(plan->path, &how, out_fd);
    if (error == EACCES && how.for_write && !(plan->access & (FILE_READ_DATA | FILE_EXECUTE))) {
        how.for_read = false;
        error = hostfs_host_open(plan->path, &how, out_fd);
    }
    return error;
}

/* Registers the open with its node; replaces the contents once nobody objects. */
static NTSTATUS file_enter_locked(struct open_plan *plan, FILE_OBJECT *file,
                                  struct hostfs_file *opened)
{
    struct hostfs_stat stat;
    int error = hostfs_host_stat_fd(opened->fd, &stat);
    if (error != 0)
        return hostfs_status_of_errno(error);
    struct hostfs_node *node = node_find_locked(&stat);
    bool is_new = node == NULL;
    if (is_new && (node = node_make_locked(&stat)) == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    node->files++;
    NTSTATUS status = plan_share_locked(plan, file, node);
    if (NT_SUCCESS(status) && plan->exists && !stat.is_directory &&
        plan->disposition != FILE_OPEN && plan->disposition != FILE_OPEN_IF) {
        LARGE_INTEGER nothing = {.QuadPart = 0};
        status = MmCanFileBeTruncated(&node->sections, &nothing)
                     ? hostfs_status_of_errno(hostfs_host_resize(opened->fd, 0))
                     : STATUS_USER_MAPPED_FILE;
        if (!NT_SUCCESS(status))
            IoRemoveShareAccess(file, &node->share);
    }
    if (!NT_SUCCESS(status)) {
        node_drop_locked(node);
        return status;
    }
    node->opens++;
    opened->node = node;
    opened->is_directory = stat.is_directory;
    return STATUS_SUCCESS;
}

static ULONG_PTR plan_result(const struct open_plan *plan)
{
    if (!plan->exists)
        return FILE_CREATED;
    if (plan->disposition == FILE_SUPERSEDE)
        return FILE_SUPERSEDED;
    return plan->disposition == FILE_OVERWRITE || plan->disposition == FILE_OVERWRITE_IF
               ? FILE_OVERWRITTEN
               : FILE_OPENED;
}

static NTSTATUS plan_commit(struct open_plan *plan, FILE_OBJECT *file)
{
    struct open_plan wide = *plan;
    struct hostfs_file *opened = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*opened), HOSTFS_TAG);
    if (opened == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (plan->disposition == FILE_SUPERSEDE || plan->disposition == FILE_OVERWRITE ||
        plan->disposition == FILE_OVERWRITE_IF)
        wide.access |= FILE_WRITE_DATA;
    int error = plan_open(&wide, &opened->fd);
    NTSTATUS status = hostfs_status_of_errno(error);
    if (error == 0) {
        ExAcquireFastMutex(&hostfs_lock);
        status = file_enter_locked(plan, file, opened);
        ExReleaseFastMutex(&hostfs_lock);
        if (!NT_SUCCESS(status))
            hostfs_host_close(opened->fd);
    }
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(opened, HOSTFS_TAG);
        return status;
    }
    opened->drive = plan->drive;
    opened->delete_on_close = (plan->options & FILE_DELETE_ON_CLOSE) != 0;
    opened->path = plan->path;
    opened->name = plan->name;
    plan->path = NULL;
    plan->name.Buffer = NULL;
    file->FsContext = opened;
    if (!opened->is_directory)
        file->SectionObjectPointer = &opened->node->sections;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows file and stack; file->FsContext is the open file afterwards
 * Doc:     ntifs.h NtCreateFile; IRP_MJ_CREATE
 */
NTSTATUS hostfs_file_open(FILE_OBJECT *file, PIO_STACK_LOCATION stack, ULONG_PTR *out_information)
{
    struct open_plan plan = {0};
    NTSTATUS status = plan_make(&plan, file, stack);
    if (NT_SUCCESS(status))
        status = plan_check(&plan);
    if (NT_SUCCESS(status))
        status = plan_commit(&plan, file);
    if (NT_SUCCESS(status))
        *out_information = plan_result(&plan);
    else if (status == STATUS_OBJECT_NAME_COLLISION)
        *out_information = FILE_EXISTS;
    else if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        *out_information = FILE_DOES_NOT_EXIST;
    plan_fini(&plan);
    return status;
}

/* ---- the two ends
 * ------------------------------------------------------------------------------------------ */

/* The last opener of a file that is to be deleted takes its name away, or the one that wants it
 * gone at once. */
void hostfs_file_cleanup(FILE_OBJECT *file)
{
    struct hostfs_file *ours = hostfs_file_of(file);
    struct hostfs_node *node = ours->node;
    fsrtl_locks_drop(&node->locks, file);
    ExAcquireFastMutex(&hostfs_lock);
    IoRemoveShareAccess(file, &node->share);
    if (ours->delete_on_close)
        node->delete_pending = true;
    --node->opens;
    if (node->delete_pending && !node->is_removed && (node->opens == 0 || ours->delete_at_once))
        node->is_removed = hostfs_host_remove(ours->path, ours->is_directory) == 0;
    ExReleaseFastMutex(&hostfs_lock);
}

void hostfs_file_close(FILE_OBJECT *file)
{
    struct hostfs_file *ours = hostfs_file_of(file);
    ExAcquireFastMutex(&hostfs_lock);
    node_drop_locked(ours->node);
    ExReleaseFastMutex(&hostfs_lock);
    hostfs_host_close(ours->fd);
    if (ours->directory != NULL)
        hostfs_directory_free(ours->directory);
    if (ours->name.Buffer != NULL)
        ExFreePoolWithTag(ours->name.Buffer, HOSTFS_TAG);
    free(ours->path);
    ExFreePoolWithTag(ours, HOSTFS_TAG);
    file->FsContext = NULL;
}

NTSTATUS hostfs_file_stat(const struct hostfs_file *file, struct hostfs_stat *out_stat)
{
    return hostfs_status_of_errno(hostfs_host_stat_fd(file->fd, out_stat));
}
