/* SPDX-License-Identifier: MIT */
/* child_services_ddi.c - programs that start programs, and the pipes between them.
 *
 * The parent announces a child and is given a ticket; its host process starts the child's, which
 * comes in with the ticket like any program and finds here what it inherits; the parent then
 * collects the handles. A child that was announced and never came is dropped by its parent. A
 * program that the machine starts itself (start.c) is a child of the system process.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/gate.h"
#include "hostfs/hostfs.h"
#include "ke/ke.h"
#include "ob/ob.h"
#include "server_internal.h"

NTSTATUS NTAPI NtCoveChildAnnounce(PUNICODE_STRING Image, PUNICODE_STRING Directory,
                                   const uint64_t *Standard, ULONG Flags, PVOID Answer);
NTSTATUS NTAPI NtCoveChildCollect(ULONG64 Ticket, PHANDLE Process, PHANDLE Thread, PCLIENT_ID Id,
                                  PLARGE_INTEGER Timeout);
NTSTATUS NTAPI NtCoveChildDrop(ULONG64 Ticket);
NTSTATUS NTAPI NtCovePipeCreate(PHANDLE Read, PHANDLE Write, ULONG Attributes);

struct child {
    struct list link;            /* in children */
    _Atomic uint32_t references; /* the list's, and of who waits for it */
    uint64_t ticket;
    struct process *parent; /* referenced */
    uint32_t flags;         /* WIRE_CHILD_… */
    uint64_t standard[3];
    struct process *process;       /* referenced; NULL: it has not come yet */
    struct process_thread *thread; /* referenced */
    KEVENT came;
    void (*hear)(struct process *process, void *context); /* NULL: nobody */
    void *context;
};

static struct host_lock children_lock; /* guards: children, a child's process and thread */
static struct list children = LIST_INIT(children);

static struct child *child_find_locked(uint64_t ticket)
{
    list_for_each(node, &children)
    {
        struct child *child = list_entry(node, struct child, link);
        if (child->ticket == ticket)
            return child;
    }
    return NULL;
}

/* Only its parent may name a child. Takes it off the list. */
static struct child *child_take(uint64_t ticket, const struct process *parent)
{
    host_lock_take(&children_lock);
    struct child *child = child_find_locked(ticket);
    if (child && child->parent != parent)
        child = NULL;
    if (child)
        list_remove(&child->link);
    host_lock_give(&children_lock);
    return child;
}

static void child_put(struct child *child)
{
    if (--child->references)
        return;
    if (child->thread)
        ob_dereference(child->thread);
    if (child->process)
        ob_dereference(child->process);
    ob_dereference(child->parent);
    free(child);
}

void children_forget(struct process *parent)
{
    for (;;) {
        struct child *found = NULL;
        host_lock_take(&children_lock);
        list_for_each(node, &children)
        {
            struct child *child = list_entry(node, struct child, link);
            if (child->parent == parent)
                found = child;
        }
        if (found)
            list_remove(&found->link);
        host_lock_give(&children_lock);
        if (!found)
            return;
        child_put(found);
    }
}

/* ---- the child comes ------------------------------------------------------------------------ */

bool child_inherit(uint64_t ticket, struct process *process, uint64_t *standard,
                   bool *out_is_suspended)
{
    host_lock_take(&children_lock);
    struct child *child = child_find_locked(ticket);
    struct process *parent = child ? child->parent : NULL;
    uint32_t flags = child ? child->flags : 0;
    if (child) {
        ob_reference(parent);
        memcpy(standard, child->standard, sizeof child->standard);
    }
    host_lock_give(&children_lock);
    if (!parent)
        return false;
    process->parent_id = parent->id;
    if (flags & WIRE_CHILD_INHERITS)
        ob_handles_inherit(parent->handles, process->handles);
    if (!(flags & WIRE_CHILD_STANDARD))
        memset(standard, 0, 3 * sizeof *standard);
    *out_is_suspended = flags & WIRE_CHILD_SUSPENDED;
    ob_dereference(parent);
    return true;
}

void child_came(uint64_t ticket, struct process *process, struct process_thread *thread)
{
    host_lock_take(&children_lock);
    struct child *child = child_find_locked(ticket);
    if (child && !child->process) {
        ob_reference(process);
        ob_reference(thread);
        child->process = process;
        child->thread = thread;
        KeSetEvent(&child->came, IO_NO_INCREMENT, FALSE);
        if (child->hear)
            child->hear(process, child->context);
    }
    host_lock_give(&children_lock);
}

/* ---- children of the system ------------------------------------------------------------------ */

static void child_list(struct child *child, struct process *parent)
{
    ob_reference(parent);
    child->parent = parent;
    child->references = 1;
    KeInitializeEvent(&child->came, NotificationEvent, FALSE);
    host_lock_take(&children_lock);
    list_push_back(&children, &child->link);
    host_lock_give(&children_lock);
}

uint64_t child_expect(void (*hear)(struct process *, void *), void *context)
{
    struct child *child = calloc(1, sizeof *child);
    if (!child)
        return 0;
    uint64_t ticket = child->ticket = host_random64() | 1;
    child->hear = hear;
    child->context = context;
    child_list(child, ps_system_process);
    return ticket;
}

struct process *child_expected_take(uint64_t ticket)
{
    struct child *child = child_take(ticket, ps_system_process);
    struct process *process = child ? child->process : NULL;
    if (process)
        ob_reference(process);
    if (child)
        child_put(child);
    return process;
}

/* ---- services -------------------------------------------------------------------------------- */

/* The host's name of an NT path, in room bytes. */
static NTSTATUS host_name(const UNICODE_STRING *user, char *out, size_t room)
{
    UNICODE_STRING name;
    char *path;
    NTSTATUS status = gate_capture_string(user, &name);
    if (!NT_SUCCESS(status))
        return status;
    status = hostfs_host_path(&name, &path);
    gate_release_string(&name);
    if (!NT_SUCCESS(status))
        return status;
    if (strlen(path) >= room)
        status = STATUS_NAME_TOO_LONG;
    else
        strcpy(out, path);
    free(path);
    return status;
}

NTSTATUS NTAPI NtCoveChildAnnounce(PUNICODE_STRING Image, PUNICODE_STRING Directory,
                                   const uint64_t *Standard, ULONG Flags, PVOID Answer)
{
    struct process *parent = ps_process_current();
    struct child *child = calloc(1, sizeof *child);
    struct wire_child *answer = calloc(1, sizeof *answer);
    NTSTATUS status = child && answer ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    if (NT_SUCCESS(status))
        status = gate_copy_in(child->standard, Standard, sizeof child->standard);
    if (NT_SUCCESS(status))
        status = host_name(Image, answer->image, sizeof answer->image);
    if (NT_SUCCESS(status))
        status = host_name(Directory, answer->directory, sizeof answer->directory);
    if (NT_SUCCESS(status)) {
        answer->ticket = child->ticket = host_random64() | 1;
        status = gate_copy_out(Answer, answer, sizeof *answer);
    }
    free(answer);
    if (!NT_SUCCESS(status)) {
        free(child);
        return status;
    }
    child->flags = Flags;
    child_list(child, parent);
    return STATUS_SUCCESS;
}

static NTSTATUS child_hand_over(struct child *child, PHANDLE Process, PHANDLE Thread, PCLIENT_ID Id)
{
    HANDLE process, thread;
    CLIENT_ID id = {(HANDLE)child->process->id, (HANDLE)child->thread->id};
    NTSTATUS status = ob_handle_create(child->process, PROCESS_ALL_ACCESS, 0, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(child->thread, THREAD_ALL_ACCESS, 0, &thread);
    if (!NT_SUCCESS(status)) {
        ob_handle_close(process, UserMode);
        return status;
    }
    gate_copy_out(Process, &process, sizeof process);
    gate_copy_out(Thread, &thread, sizeof thread);
    return gate_copy_out(Id, &id, sizeof id);
}

NTSTATUS NTAPI NtCoveChildCollect(ULONG64 Ticket, PHANDLE Process, PHANDLE Thread, PCLIENT_ID Id,
                                  PLARGE_INTEGER Timeout)
{
    LARGE_INTEGER timeout;
    NTSTATUS status = gate_copy_in(&timeout, Timeout, sizeof timeout);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&children_lock);
    struct child *child = child_find_locked(Ticket);
    if (child && child->parent != ps_process_current())
        child = NULL;
    if (child)
        child->references++;
    host_lock_give(&children_lock);
    if (!child)
        return STATUS_INVALID_PARAMETER;
    status = KeWaitForSingleObject(&child->came, UserRequest, UserMode, FALSE, &timeout);
    if (status == STATUS_SUCCESS)
        status = child_hand_over(child, Process, Thread, Id);
    if (status != STATUS_TIMEOUT) {
        struct child *listed = child_take(Ticket, ps_process_current());
        if (listed)
            child_put(listed);
    }
    child_put(child);
    return status;
}

NTSTATUS NTAPI NtCoveChildDrop(ULONG64 Ticket)
{
    struct child *child = child_take(Ticket, ps_process_current());
    if (!child)
        return STATUS_INVALID_PARAMETER;
    child_put(child);
    return STATUS_SUCCESS;
}

/* ---- pipes
 * --------------------------------------------------------------------------------------- */

static NTSTATUS pipe_end(int fd, bool is_write, ULONG attributes, HANDLE *out_handle)
{
    FILE_OBJECT *file;
    NTSTATUS status = hostfs_file_of_descriptor(fd, !is_write, is_write, &file);
    if (!NT_SUCCESS(status)) {
        close(fd);
        return status;
    }
    status =
        ob_handle_create(file, SYNCHRONIZE | (is_write ? FILE_GENERIC_WRITE : FILE_GENERIC_READ),
                         attributes & OBJ_INHERIT, out_handle);
    ob_dereference(file);
    return status;
}

NTSTATUS NTAPI NtCovePipeCreate(PHANDLE Read, PHANDLE Write, ULONG Attributes)
{
    int ends[2];
    HANDLE read_end, write_end;
    NTSTATUS status = gate_probe_write(Read, sizeof *Read, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_probe_write(Write, sizeof *Write, sizeof(ULONG));
    if (!NT_SUCCESS(status))
        return status;
    if (pipe2(ends, O_CLOEXEC))
        return STATUS_INSUFFICIENT_RESOURCES;
    status = pipe_end(ends[0], false, Attributes, &read_end);
    if (!NT_SUCCESS(status)) {
        close(ends[1]);
        return status;
    }
    status = pipe_end(ends[1], true, Attributes, &write_end);
    if (!NT_SUCCESS(status)) {
        ob_handle_close(read_end, UserMode);
        return status;
    }
    gate_copy_out(Read, &read_end, sizeof read_end);
    return gate_copy_out(Write, &write_end, sizeof write_end);
}
