/* SPDX-License-Identifier: MIT */
/* object_type.c - types: what can be done with the bodies of one kind.
 *
 * A type is an object itself, of type "Type", and is found under \ObjectTypes. Types made
 * before that directory exists are entered by namespace_types_enter. Invariant: a type
 * outlives every object of it; types go when the room does.
 */
#include "ob_internal.h"

#include <string.h>

#include "object_type.h"

static struct object_type *type_type;
static struct object_type *types[64]; /* set while the machine starts; guarded by types_lock */
static unsigned type_count;
static struct host_lock types_lock;

NTSTATUS object_type_enter(struct object_type *type)
{
    WCHAR buffer[64] = L"\\ObjectTypes\\";
    UNICODE_STRING path = {.Buffer = buffer, .MaximumLength = sizeof buffer};
    path.Length = (USHORT)(13 * sizeof(WCHAR));
    memcpy(&buffer[13], type->wide_name.Buffer, type->wide_name.Length);
    path.Length = (USHORT)(path.Length + type->wide_name.Length);
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &path, OBJ_PERMANENT | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    return ob_insert(type, &attributes, 0, KernelMode, NULL, NULL);
}

NTSTATUS ob_type_create(const char *name, const struct object_type_ops *ops,
                        struct object_type **out_type)
{
    size_t length = strlen(name);
    struct object_type *type;
    if (length >= sizeof type->name)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = ob_create(type_type, sizeof *type, (void **)&type);
    if (!NT_SUCCESS(status))
        return status;
    memcpy(type->name, name, length);
    for (size_t i = 0; i < length; i++)
        type->wide_buffer[i] = (WCHAR)name[i];
    type->wide_name.Buffer = type->wide_buffer;
    type->wide_name.Length = (USHORT)(length * sizeof(WCHAR));
    type->wide_name.MaximumLength = (USHORT)(type->wide_name.Length + sizeof(WCHAR));
    type->ops = *ops;
    if (!type_type) {
        type_type = type;
        header_of(type)->type = type;
        atomic_fetch_add(&type->objects, 1);
    }
    if (namespace_root)
        status = object_type_enter(type);
    host_lock_take(&types_lock);
    if (NT_SUCCESS(status) && type_count == sizeof types / sizeof types[0])
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        types[type_count++] = type;
    host_lock_give(&types_lock);
    if (!NT_SUCCESS(status)) {
        ob_make_temporary(type);
        ob_dereference(type);
        return status;
    }
    *out_type = type;
    return STATUS_SUCCESS;
}

const char *ob_type_name(const struct object_type *type)
{
    return type->name;
}

const UNICODE_STRING *ob_type_wide_name(const struct object_type *type)
{
    return &type->wide_name;
}

const struct object_type_ops *ob_type_ops(const struct object_type *type)
{
    return &type->ops;
}

NTSTATUS object_types_enter(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    for (unsigned i = 0; i < type_count && NT_SUCCESS(status); i++)
        status = object_type_enter(types[i]);
    return status;
}

void object_types_fini(void)
{
    /* The type of types goes last: it describes the others while they are deleted. */
    while (type_count > 0) {
        struct object_type *type = types[--type_count];
        types[type_count] = NULL;
        if (type == type_type)
            type_type = NULL;
        ob_make_temporary(type);
        ob_dereference(type);
    }
}
