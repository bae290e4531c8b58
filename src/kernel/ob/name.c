/* SPDX-License-Identifier: MIT */
/* name.c - from a name to an object: the walk through directories, links and parsers.
 *
 * In comes a name with its root, out goes a referenced body, or a new object has been
 * entered. The walk holds a reference on the directory it stands in and the namespace lock
 * only while it looks for one component. Invariant: looking up the last component and
 * entering a new object under it are one step.
 */
#include "ob_internal.h"

#include <string.h>

#define REPARSE_MAX                32
#define STATUS_REPARSE_ENCOUNTERED ((NTSTATUS)0xC000050B) /* STATUS_REPARSE_POINT_ENCOUNTERED */

/* Where the walk stands. */
struct walk_state {
    const struct namespace_walk *walk;
    void *at;                /* referenced body that `rest` is relative to; NULL: start anew */
    UNICODE_STRING rest;     /* not yet walked */
    UNICODE_STRING reparsed; /* owns the buffer of rest after a reparse */
    /* Short names need no memory: a link can be deleted when there is none. In turns. */
    WCHAR room[2][128];
    unsigned reparse_count;
};

enum { BACKSLASH = '\\' };

static void string_skip(UNICODE_STRING *string, unsigned characters)
{
    string->Buffer += characters;
    string->Length = (USHORT)(string->Length - characters * sizeof(WCHAR));
    string->MaximumLength = string->Length;
}

static bool string_starts_with_backslash(const UNICODE_STRING *string)
{
    return string->Length >= sizeof(WCHAR) && string->Buffer[0] == BACKSLASH;
}

/* Takes the first component off rest; what is left begins with the backslash, if any. */
static UNICODE_STRING component_take(UNICODE_STRING *rest)
{
    UNICODE_STRING component = *rest;
    unsigned count = 0;
    while (count < rest->Length / sizeof(WCHAR) && rest->Buffer[count] != BACKSLASH)
        count++;
    component.Length = component.MaximumLength = (USHORT)(count * sizeof(WCHAR));
    string_skip(rest, count);
    return component;
}

static void walk_reparsed_free(struct walk_state *state)
{
    WCHAR *buffer = state->reparsed.Buffer;
    if (buffer && buffer != state->room[0] && buffer != state->room[1])
        ExFreePoolWithTag(buffer, OB_TAG_NAME);
}

/* The walk begins again at the absolute name prefix + rest. */
static NTSTATUS walk_reparse(struct walk_state *state, const UNICODE_STRING *prefix)
{
    size_t bytes = (size_t)prefix->Length + state->rest.Length;
    if (++state->reparse_count > REPARSE_MAX)
        return STATUS_REPARSE_POINT_NOT_RESOLVED;
    if (state->walk->attributes->Attributes & OBJ_DONT_REPARSE)
        return STATUS_REPARSE_ENCOUNTERED;
    if (bytes > 0xfffe)
        return STATUS_NAME_TOO_LONG;
    WCHAR *buffer = state->room[state->reparse_count % 2];
    if (bytes > sizeof state->room[0])
        buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, OB_TAG_NAME);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, prefix->Buffer, prefix->Length);
    memcpy((char *)buffer + prefix->Length, state->rest.Buffer, state->rest.Length);
    walk_reparsed_free(state);
    state->reparsed.Buffer = buffer;
    state->reparsed.Length = state->reparsed.MaximumLength = (USHORT)bytes;
    state->rest = state->reparsed;
    ob_dereference(state->at);
    state->at = NULL;
    return STATUS_SUCCESS;
}

/* Asks the type's parser of the body the walk stands on. STATUS_REPARSE has been dealt with. */
static NTSTATUS walk_parse(struct walk_state *state, void **out_body)
{
    struct object_type *type = ob_type_of(state->at);
    UNICODE_STRING new_name = {0};
    struct ob_parse parse = {
        .desired_access = state->walk->access,
        .mode = state->walk->mode,
        .attributes = state->walk->attributes->Attributes,
        .remaining = state->rest,
        .wanted = state->walk->wanted,
        .context = state->walk->context,
    };
    NTSTATUS status = type->ops.parse(state->at, &parse, &new_name, out_body);
    if (status != STATUS_REPARSE)
        return status;
    string_skip(&state->rest, state->rest.Length / sizeof(WCHAR));
    status = walk_reparse(state, &new_name);
    RtlFreeUnicodeString(&new_name);
    return NT_SUCCESS(status) ? STATUS_REPARSE : status;
}

/* One component below the directory the walk stands on. Steps onto what is found. Sets
 * *out_is_entered when the new object took the place instead. */
static NTSTATUS walk_component(struct walk_state *state, bool *out_is_entered)
{
    const struct namespace_walk *walk = state->walk;
    struct object_directory *directory = state->at;
    UNICODE_STRING component = component_take(&state->rest);
    bool is_last = state->rest.Length == 0;
    struct object_name *fresh = NULL, *dead = NULL;
    struct object_header *found = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (component.Length == 0)
        return STATUS_OBJECT_NAME_INVALID;
    if (is_last && walk->insert) {
        status = object_name_allocate(walk->insert, &component, &fresh);
        if (!NT_SUCCESS(status))
            return status;
    }
    host_lock_take(&namespace_lock);
    struct object_name *name = directory_find_locked(
        directory, &component, walk->attributes->Attributes & OBJ_CASE_INSENSITIVE);
    if (name && object_reference_unless_dead(name->object)) {
        found = name->object;
    } else {
        if (name)
            dead = object_name_unlink_locked(name->object);
        if (fresh) {
            directory_link_locked(header_of(directory), fresh);
            fresh = NULL;
            *out_is_entered = true;
        } else {
            status = is_last ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_OBJECT_PATH_NOT_FOUND;
        }
    }
    host_lock_give(&namespace_lock);
    if (dead)
        object_name_free(dead);
    if (fresh)
        object_name_free(fresh);
    if (found) {
        ob_dereference(state->at);
        state->at = body_of(found);
    }
    return status;
}

/* Puts the walk at its beginning: the root of the name space, or RootDirectory. */
static NTSTATUS walk_start(struct walk_state *state)
{
    const OBJECT_ATTRIBUTES *attributes = state->walk->attributes;
    NTSTATUS status;
    if (state->reparse_count == 0 && attributes->RootDirectory) {
        if (string_starts_with_backslash(&state->rest))
            return STATUS_OBJECT_PATH_SYNTAX_BAD;
        status = ob_handle_reference(attributes->RootDirectory, 0, NULL, state->walk->mode,
                                     &state->at, NULL);
        if (!NT_SUCCESS(status))
            return status;
        struct object_type *type = ob_type_of(state->at);
        return type == ob_directory_type || type->ops.parse ? STATUS_SUCCESS
                                                            : STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (!string_starts_with_backslash(&state->rest))
        return state->rest.Length == 0 ? STATUS_OBJECT_NAME_INVALID : STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (state->rest.Length == sizeof(WCHAR))
        string_skip(&state->rest, 1);
    state->at = body_of(namespace_root);
    ob_reference(state->at);
    return STATUS_SUCCESS;
}

/* Is the link itself wanted, not what it stands for? */
static bool walk_wants_link(const struct walk_state *state)
{
    return state->rest.Length == 0 && (state->walk->wanted == ob_symbolic_link_type ||
                                       (state->walk->attributes->Attributes & OBJ_OPENLINK));
}

/* Goes on from the body the walk stands on. STATUS_REPARSE: start anew. Success: arrived,
 * *out_body has a reference of its own. STATUS_MORE_PROCESSING_REQUIRED: one step done. */
static NTSTATUS walk_step(struct walk_state *state, void **out_body)
{
    struct object_type *type = ob_type_of(state->at);
    if (type == ob_symbolic_link_type && !walk_wants_link(state)) {
        UNICODE_STRING target = *ob_symbolic_link_target(state->at);
        NTSTATUS status = walk_reparse(state, &target);
        return NT_SUCCESS(status) ? STATUS_REPARSE : status;
    }
    if (type->ops.parse)
        return walk_parse(state, out_body);
    if (state->rest.Length == 0) {
        ob_reference(state->at);
        *out_body = state->at;
        return STATUS_SUCCESS;
    }
    if (type != ob_directory_type)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    if (string_starts_with_backslash(&state->rest))
        string_skip(&state->rest, 1);
    bool is_entered = false;
    NTSTATUS status = walk_component(state, &is_entered);
    if (!NT_SUCCESS(status))
        return status;
    if (!is_entered)
        return STATUS_MORE_PROCESSING_REQUIRED;
    *out_body = body_of(state->walk->insert);
    ob_reference(*out_body);
    return STATUS_SUCCESS;
}

NTSTATUS namespace_walk(const struct namespace_walk *walk, void **out_body)
{
    struct walk_state state = {.walk = walk, .rest = *walk->attributes->ObjectName};
    NTSTATUS status;
    do {
        status = walk_start(&state);
        if (NT_SUCCESS(status))
            do
                status = walk_step(&state, out_body);
            while (status == STATUS_MORE_PROCESSING_REQUIRED);
    } while (status == STATUS_REPARSE);
    if (state.at)
        ob_dereference(state.at);
    walk_reparsed_free(&state);
    return status;
}

NTSTATUS ob_open(const OBJECT_ATTRIBUTES *attributes, struct object_type *type, ACCESS_MASK access,
                 KPROCESSOR_MODE mode, void *context, void **out_body)
{
    void *body = NULL;
    UNICODE_STRING empty = {0};
    OBJECT_ATTRIBUTES copy = *attributes;
    if (!copy.ObjectName)
        copy.ObjectName = &empty;
    if (copy.ObjectName->Length % sizeof(WCHAR) != 0)
        return STATUS_OBJECT_NAME_INVALID;
    struct namespace_walk walk = {
        .attributes = &copy, .wanted = type, .access = access, .mode = mode, .context = context};
    NTSTATUS status = namespace_walk(&walk, &body);
    if (!NT_SUCCESS(status))
        return status;
    if (type && ob_type_of(body) != type) {
        ob_dereference(body);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    *out_body = body;
    return status;
}

/* Enters body under its name. Gives *out_body, the new object or the one that was there. */
static NTSTATUS name_enter(void *body, const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                           void **out_body)
{
    struct object_type *type = ob_type_of(body);
    struct namespace_walk walk = {
        .attributes = attributes, .wanted = type, .mode = mode, .insert = header_of(body)};
    if (attributes->ObjectName->Length % sizeof(WCHAR) != 0)
        return STATUS_OBJECT_NAME_INVALID;
    NTSTATUS status = namespace_walk(&walk, out_body);
    if (!NT_SUCCESS(status))
        return status;
    if (*out_body == body) {
        if (attributes->Attributes & OBJ_PERMANENT)
            ob_make_permanent(body);
        return STATUS_SUCCESS;
    }
    if (!(attributes->Attributes & OBJ_OPENIF))
        status = STATUS_OBJECT_NAME_COLLISION;
    else if (ob_type_of(*out_body) != type)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else
        return STATUS_OBJECT_NAME_EXISTS;
    ob_dereference(*out_body);
    return status;
}

NTSTATUS ob_insert(void *body, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
                   KPROCESSOR_MODE mode, void **out_body, HANDLE *out_handle)
{
    ULONG flags = attributes ? attributes->Attributes : 0;
    void *result = body;
    NTSTATUS status = STATUS_SUCCESS;
    bool has_name = attributes && attributes->ObjectName && attributes->ObjectName->Length > 0;
    COVE_ASSERT(out_body || !(flags & OBJ_OPENIF));
    if (flags & OBJ_EXCLUSIVE)
        atomic_fetch_or(&header_of(body)->flags, OBJECT_EXCLUSIVE);
    if (attributes && attributes->SecurityDescriptor)
        status = ob_security_set(body, attributes->SecurityDescriptor);
    if (NT_SUCCESS(status) && has_name)
        status = name_enter(body, attributes, mode, &result);
    else
        ob_reference(result);
    if (!NT_SUCCESS(status)) {
        if (!has_name)
            ob_dereference(body);
        return status;
    }
    if (out_handle) {
        ACCESS_MASK granted = 0;
        NTSTATUS handle_status =
            ob_access_check(result, access, result == body ? KernelMode : mode, &granted);
        if (NT_SUCCESS(handle_status))
            handle_status = ob_handle_create(result, granted, flags, out_handle);
        if (!NT_SUCCESS(handle_status)) {
            if (result == body)
                ob_name_remove(body);
            ob_dereference(result);
            return handle_status;
        }
    }
    /* The caller's reference on the new object becomes the one on the result. */
    ob_dereference(body);
    if (out_body)
        *out_body = result;
    else if (result != body)
        ob_dereference(result);
    return status;
}
