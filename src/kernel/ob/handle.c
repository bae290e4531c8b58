/* SPDX-License-Identifier: MIT */
/* handle.c - handles: made, looked up, closed, duplicated.
 *
 * A handle is four times its slot's index; kernel handles have the upper 33 bits set, -1
 * and -2 are the running process and thread. Closing tells the type how many handles are
 * left, and takes a temporary object's name away with the last one.
 */
#include "ob_internal.h"

#include "ke/ke.h"
#include "ob_callback.h"

#define KERNEL_HANDLE_BITS 0xffffffff80000000ull

static struct handle_table *(*current_table)(void);
static void *(*pseudo_process)(void);
static void *(*pseudo_thread)(void);

void ob_current_table_set(struct handle_table *(*current)(void))
{
    current_table = current;
}

void ob_pseudo_handles_set(void *(*current_process)(void), void *(*current_thread)(void))
{
    pseudo_process = current_process;
    pseudo_thread = current_thread;
}

static struct handle_table *table_current(void)
{
    struct handle_table *table = current_table ? current_table() : NULL;
    return table ? table : ob_handle_table_kernel();
}

bool ob_handle_is_kernel(HANDLE handle)
{
    return ((uintptr_t)handle & KERNEL_HANDLE_BITS) == KERNEL_HANDLE_BITS &&
           handle != OB_CURRENT_PROCESS && handle != OB_CURRENT_THREAD;
}

NTSTATUS handle_locate(HANDLE handle, KPROCESSOR_MODE mode, struct handle_table **out_table,
                       uint32_t *out_index)
{
    uintptr_t value = (uintptr_t)handle;
    if (ob_handle_is_kernel(handle)) {
        if (mode != KernelMode)
            return STATUS_INVALID_HANDLE;
        *out_table = ob_handle_table_kernel();
        value &= ~KERNEL_HANDLE_BITS;
    } else {
        *out_table = table_current();
    }
    if (value > UINT32_MAX || value < 4)
        return STATUS_INVALID_HANDLE;
    *out_index = (uint32_t)(value / 4);
    return STATUS_SUCCESS;
}

static HANDLE handle_of(const struct handle_table *table, uint32_t index)
{
    uintptr_t value = (uintptr_t)index * 4;
    return (HANDLE)(table == ob_handle_table_kernel() ? value | KERNEL_HANDLE_BITS : value);
}

static NTSTATUS handle_create_in(struct handle_table *table, void *body, ACCESS_MASK granted,
                                 ULONG attributes, HANDLE *out_handle)
{
    struct object_header *header = header_of(body);
    struct slot_value value = {
        .header = header, .granted = granted, .attributes = attributes & OBJ_INHERIT};
    uint32_t index = 0;
    uint64_t process_handles, system_handles;
    NTSTATUS status = handle_count_add(header, table);
    if (!NT_SUCCESS(status))
        return status;
    ob_reference(body);
    status = slot_put(table, &value, &index);
    if (!NT_SUCCESS(status)) {
        handle_count_drop(header, table, &process_handles, &system_handles);
        ob_dereference(body);
        return status;
    }
    *out_handle = handle_of(table, index);
    return STATUS_SUCCESS;
}

static void handle_inherit(HANDLE handle, void *body, ACCESS_MASK granted, ULONG attributes,
                           void *context)
{
    struct handle_table *to = context;
    struct slot_value value = {
        .header = header_of(body), .granted = granted, .attributes = attributes & OBJ_INHERIT};
    uint64_t process_handles, system_handles;
    if (!(attributes & OBJ_INHERIT) || !NT_SUCCESS(handle_count_add(value.header, to)))
        return;
    ob_reference(body);
    if (NT_SUCCESS(slot_put_at(to, &value, (uint32_t)((uintptr_t)handle / 4))))
        return;
    handle_count_drop(value.header, to, &process_handles, &system_handles);
    ob_dereference(body);
}

void ob_handles_inherit(struct handle_table *from, struct handle_table *to)
{
    ob_handle_table_visit(from, handle_inherit, to);
}

/* Generic rights become the type's own; nobody holds generic rights. */
static ACCESS_MASK access_map(const struct object_type *type, ACCESS_MASK access)
{
    if (access & GENERIC_READ)
        access |= type->ops.mapping.GenericRead;
    if (access & GENERIC_WRITE)
        access |= type->ops.mapping.GenericWrite;
    if (access & GENERIC_EXECUTE)
        access |= type->ops.mapping.GenericExecute;
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        access |= type->ops.mapping.GenericAll;
    return access & ~(ACCESS_MASK)(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL |
                                   MAXIMUM_ALLOWED);
}

NTSTATUS ob_handle_create(void *body, ACCESS_MASK granted, ULONG attributes, HANDLE *out_handle)
{
    struct handle_table *table =
        attributes & OBJ_KERNEL_HANDLE ? ob_handle_table_kernel() : table_current();
    granted = access_map(ob_type_of(body), granted);
    return ob_callback_create(table, body, granted, attributes, handle_create_in, out_handle);
}

static NTSTATUS pseudo_reference(HANDLE handle, struct slot_value *out_value)
{
    void *(*find)(void) = handle == OB_CURRENT_PROCESS ? pseudo_process : pseudo_thread;
    void *body = find ? find() : NULL;
    if (!body)
        return STATUS_INVALID_HANDLE;
    ob_reference(body);
    out_value->header = header_of(body);
    out_value->granted = ob_type_of(body)->ops.mapping.GenericAll;
    out_value->attributes = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS handle_reference_raw(HANDLE handle, KPROCESSOR_MODE mode,
                                     struct slot_value *out_value)
{
    struct handle_table *table;
    uint32_t index;
    if (handle == OB_CURRENT_PROCESS || handle == OB_CURRENT_THREAD)
        return pseudo_reference(handle, out_value);
    NTSTATUS status = handle_locate(handle, mode, &table, &index);
    return NT_SUCCESS(status) ? slot_reference(table, index, out_value) : status;
}

NTSTATUS ob_handle_reference(HANDLE handle, ACCESS_MASK access, struct object_type *type,
                             KPROCESSOR_MODE mode, void **out_body, ACCESS_MASK *out_granted)
{
    struct slot_value value;
    NTSTATUS status = STATUS_SUCCESS;
    uintptr_t number = (uintptr_t)handle;
    value.header =
        number < UINT32_MAX && number >= 4
            ? slot_reference_quick(table_current(), (uint32_t)(number / 4), &value.granted)
            : NULL;
    if (__builtin_expect(value.header == NULL, 0))
        status = handle_reference_raw(handle, mode, &value);
    if (!NT_SUCCESS(status))
        return status;
    if (type && value.header->type != type)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (mode != KernelMode && (access & ~value.granted))
        status = STATUS_ACCESS_DENIED;
    if (!NT_SUCCESS(status)) {
        ob_dereference(body_of(value.header));
        return status;
    }
    *out_body = body_of(value.header);
    if (out_granted)
        *out_granted = value.granted;
    return STATUS_SUCCESS;
}

/* The last handle of a temporary object takes the name along. The count is looked at
 * again under the lock: somebody may have opened a new handle by the name. */
static void name_drop_if_unused(struct object_header *header)
{
    struct object_name *name = NULL;
    host_lock_take(&namespace_lock);
    if (atomic_load(&header->handles) == 0 && !(header->flags & OBJECT_PERMANENT))
        name = object_name_unlink_locked(header);
    host_lock_give(&namespace_lock);
    if (name)
        object_name_free(name);
}

NTSTATUS handle_close_in(struct handle_table *table, uint32_t index, HANDLE handle,
                         KPROCESSOR_MODE mode, bool is_forced)
{
    struct slot_value value;
    uint64_t process_handles, system_handles;
    NTSTATUS status = slot_reference(table, index, &value);
    if (!NT_SUCCESS(status))
        return status;
    void *body = body_of(value.header);
    const struct object_type_ops *ops = &value.header->type->ops;
    if (!is_forced && (value.attributes & OB_PROTECT_CLOSE))
        status = STATUS_HANDLE_NOT_CLOSABLE;
    else if (!is_forced && ops->may_close && !ops->may_close(table->process, body, handle, mode))
        status = STATUS_HANDLE_NOT_CLOSABLE;
    else
        status = slot_remove(table, index, &value);
    if (NT_SUCCESS(status)) {
        handle_count_drop(value.header, table, &process_handles, &system_handles);
        if (ops->close_handle)
            ops->close_handle(table->process, body, value.granted, process_handles, system_handles);
        if (system_handles == 0)
            name_drop_if_unused(value.header);
        ob_dereference(body); /* the handle's */
    }
    ob_dereference(body);
    return status;
}

NTSTATUS ob_handle_close(HANDLE handle, KPROCESSOR_MODE mode)
{
    struct handle_table *table;
    uint32_t index;
    if (handle == OB_CURRENT_PROCESS || handle == OB_CURRENT_THREAD)
        return STATUS_SUCCESS; /* pseudo handles are not opened, so nothing is closed */
    NTSTATUS status = handle_locate(handle, mode, &table, &index);
    return NT_SUCCESS(status) ? handle_close_in(table, index, handle, mode, false) : status;
}

NTSTATUS ob_handle_attributes_get(HANDLE handle, KPROCESSOR_MODE mode, ULONG *out_attributes)
{
    struct slot_value value;
    NTSTATUS status = handle_reference_raw(handle, mode, &value);
    if (!NT_SUCCESS(status))
        return status;
    *out_attributes = value.attributes;
    ob_dereference(body_of(value.header));
    return STATUS_SUCCESS;
}

NTSTATUS ob_handle_attributes_set(HANDLE handle, KPROCESSOR_MODE mode, ULONG attributes)
{
    struct handle_table *table;
    uint32_t index;
    NTSTATUS status = handle_locate(handle, mode, &table, &index);
    return NT_SUCCESS(status) ? slot_attributes_set(table, index, attributes) : status;
}

/* A source handle of the table `from`; pseudo handles and kernel handles are understood as
 * in the running process. */
static NTSTATUS source_reference(struct handle_table *from, HANDLE handle, KPROCESSOR_MODE mode,
                                 struct handle_table **out_table, uint32_t *out_index,
                                 struct slot_value *out_value)
{
    *out_table = NULL;
    if (handle == OB_CURRENT_PROCESS || handle == OB_CURRENT_THREAD)
        return pseudo_reference(handle, out_value);
    NTSTATUS status = handle_locate(handle, mode, out_table, out_index);
    if (!NT_SUCCESS(status))
        return status;
    if (!ob_handle_is_kernel(handle) && from)
        *out_table = from;
    return slot_reference(*out_table, *out_index, out_value);
}

/* What the copy of a handle may do. */
static NTSTATUS copy_access(const struct slot_value *source, ACCESS_MASK desired, ULONG options,
                            KPROCESSOR_MODE mode, ACCESS_MASK *out_granted)
{
    *out_granted = options & DUPLICATE_SAME_ACCESS ? source->granted
                                                   : access_map(source->header->type, desired);
    if (mode == KernelMode || !(*out_granted & ~source->granted))
        return STATUS_SUCCESS;
    return ob_access_check(body_of(source->header), desired, mode, out_granted);
}

NTSTATUS ob_handle_duplicate(struct handle_table *from, HANDLE handle, struct handle_table *to,
                             ACCESS_MASK access, ULONG attributes, ULONG options,
                             KPROCESSOR_MODE mode, HANDLE *out_handle)
{
    struct handle_table *source;
    uint32_t index = 0;
    struct slot_value value;
    HANDLE result = NULL;
    NTSTATUS status = source_reference(from, handle, mode, &source, &index, &value);
    if (!NT_SUCCESS(status))
        return status;
    if (mode != KernelMode)
        attributes &= ~(ULONG)OBJ_KERNEL_HANDLE;
    void *body = body_of(value.header);
    if (to || out_handle) {
        ACCESS_MASK granted;
        ULONG flags = options & DUPLICATE_SAME_ATTRIBUTES ? value.attributes : attributes;
        struct handle_table *target =
            attributes & OBJ_KERNEL_HANDLE ? ob_handle_table_kernel() : (to ? to : table_current());
        status = copy_access(&value, access, options, mode, &granted);
        if (NT_SUCCESS(status))
            status = ob_callback_duplicate(target, source ? source->process : NULL, body, granted,
                                           flags, handle_create_in, &result);
        if (NT_SUCCESS(status) && (flags & OB_PROTECT_CLOSE)) {
            uintptr_t bits = (uintptr_t)result & ~KERNEL_HANDLE_BITS;
            slot_attributes_set(target, (uint32_t)(bits / 4), flags);
        }
    }
    /* The source is closed whatever became of the copy, as documented. */
    if (source && (options & DUPLICATE_CLOSE_SOURCE))
        handle_close_in(source, index, handle, mode, false);
    ob_dereference(body);
    if (NT_SUCCESS(status) && out_handle)
        *out_handle = result;
    return status;
}
