/* SPDX-License-Identifier: MIT */
/* key.c - key objects: opening and creating by name, deleting.
 *
 * The object manager leads a name to the root key or to the key a handle means; from there
 * this room walks its own tree. Invariant: an open key keeps its node, but a deleted node
 * answers every request with STATUS_KEY_DELETED.
 */
#include "cm_internal.h"

#include <string.h>

#define COMPONENT_MAX_BYTES (255 * sizeof(WCHAR))

struct object_type *cm_key_type;

/* What cm_key_open hands through the name space to the parser. */
struct key_request {
    bool create;
    ULONG options; /* REG_OPTION_* */
    ULONG disposition;
    void *transaction; /* borrowed; NULL: none */
};

static void key_delete_body(void *body)
{
    struct cm_key *key = body;
    if (!key->node)
        return;
    registry_key_gone(body);
    if (key->name_kept)
        ExFreePoolWithTag(key->name_kept, CM_TAG);
    host_lock_take(&cm_lock);
    node_put_locked(key->node);
    host_lock_give(&cm_lock);
    if (key->transaction)
        ob_dereference(key->transaction);
}

static NTSTATUS key_query_name(const void *body, UNICODE_STRING *out_name)
{
    const struct cm_key *key = body;
    host_lock_take(&cm_lock);
    NTSTATUS status =
        key->node->is_deleted ? STATUS_KEY_DELETED : node_path_locked(key->node, out_name);
    host_lock_give(&cm_lock);
    return status;
}

NTSTATUS key_object_create_locked(struct cm_node *node, struct cm_key **out_key)
{
    struct cm_key *key;
    NTSTATUS status = ob_create(cm_key_type, sizeof *key, (void **)&key);
    if (!NT_SUCCESS(status))
        return status;
    node->references++;
    key->node = node;
    *out_key = key;
    return STATUS_SUCCESS;
}

/* Takes the next component off rest, and the backslash before it. */
static UNICODE_STRING component_take(UNICODE_STRING *rest)
{
    unsigned count = 0;
    if (rest->Length && rest->Buffer[0] == '\\') {
        rest->Buffer++;
        rest->Length -= sizeof(WCHAR);
    }
    UNICODE_STRING component = *rest;
    while (count < rest->Length / sizeof(WCHAR) && rest->Buffer[count] != '\\')
        count++;
    component.Length = component.MaximumLength = (USHORT)(count * sizeof(WCHAR));
    rest->Buffer += count;
    rest->Length = (USHORT)(rest->Length - component.Length);
    return component;
}

/* The name that a link stands for, with rest behind it. Allocated with rtl's allocator. */
static NTSTATUS link_target_locked(struct cm_node *link, const UNICODE_STRING *rest,
                                   UNICODE_STRING *out_name)
{
    UNICODE_STRING value_name = RTL_CONSTANT_STRING(L"SymbolicLinkValue");
    struct cm_value *value = value_find_locked(link, &value_name);
    if (!value || value->type != REG_LINK || value->length_bytes + rest->Length > 0xfffe)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    USHORT bytes = (USHORT)(value->length_bytes + rest->Length);
    char *buffer = ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)bytes + sizeof(WCHAR), CM_TAG);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, value->bytes, value->length_bytes);
    memcpy(buffer + value->length_bytes, rest->Buffer, rest->Length);
    *out_name = (UNICODE_STRING){bytes, bytes, (WCHAR *)buffer};
    return STATUS_SUCCESS;
}

static NTSTATUS node_add_locked(struct cm_node *parent, const UNICODE_STRING *name,
                                struct key_request *request, struct cm_node **out_node)
{
    bool is_volatile = request->options & REG_OPTION_VOLATILE;
    if (parent->is_volatile && !is_volatile)
        return STATUS_CHILD_MUST_BE_VOLATILE;
    if (parent->is_link)
        return STATUS_ACCESS_DENIED;
    NTSTATUS status = node_create_locked(parent, name, request->options, out_node);
    if (!NT_SUCCESS(status))
        return status;
    request->disposition = REG_CREATED_NEW_KEY;
    return STATUS_SUCCESS;
}

/* From node along rest to a node. STATUS_REPARSE: *out_name is where to go on. */
static NTSTATUS node_walk_locked(struct cm_node *node, UNICODE_STRING rest, bool wants_link,
                                 struct key_request *request, UNICODE_STRING *out_name,
                                 struct cm_node **out_node)
{
    NTSTATUS status;
    if (node->is_deleted)
        return STATUS_KEY_DELETED;
    for (;;) {
        if (node->is_link && !(rest.Length == 0 && wants_link)) {
            status = link_target_locked(node, &rest, out_name);
            return NT_SUCCESS(status) ? STATUS_REPARSE : status;
        }
        if (rest.Length == 0 || (rest.Length == sizeof(WCHAR) && rest.Buffer[0] == '\\'))
            break;
        UNICODE_STRING component = component_take(&rest);
        if (component.Length == 0 || component.Length > COMPONENT_MAX_BYTES)
            return STATUS_OBJECT_NAME_INVALID;
        struct cm_node *child = node_find_locked(node, &component);
        bool is_last = rest.Length == 0 || (rest.Length == sizeof(WCHAR));
        if (!child) {
            if (!is_last || !request || !request->create)
                return STATUS_OBJECT_NAME_NOT_FOUND;
            return node_add_locked(node, &component, request, out_node);
        }
        node = child;
    }
    *out_node = node;
    return STATUS_SUCCESS;
}

/* *out_copy NULL: it has none. */
static NTSTATUS node_security_copy_locked(const struct cm_node *node,
                                          PSECURITY_DESCRIPTOR *out_copy)
{
    *out_copy = NULL;
    if (!node->security)
        return STATUS_SUCCESS;
    ULONG length = RtlLengthSecurityDescriptor(node->security);
    *out_copy = ExAllocatePool2(POOL_FLAG_PAGED, length, CM_TAG);
    if (!*out_copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(*out_copy, node->security, length);
    return STATUS_SUCCESS;
}

static NTSTATUS key_parse(void *body, struct ob_parse *parse, UNICODE_STRING *out_name,
                          void **out_body)
{
    struct cm_key *from = body, *key;
    struct key_request *request = parse->context;
    struct cm_node *node;
    if (parse->wanted != cm_key_type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    *out_body = NULL;
    /* Whoever starts at a key of a transaction is in it. */
    void *transaction = request && request->transaction ? request->transaction : from->transaction;
    struct cm_node *start = from->node;
    if (transaction) {
        NTSTATUS found = cm_view_find(transaction, from->node, &start);
        if (!NT_SUCCESS(found))
            return found;
        if (request)
            request->transaction = transaction;
    }
    bool wants_link =
        (parse->attributes & OBJ_OPENLINK) ||
        (request && (request->options & (REG_OPTION_OPEN_LINK | REG_OPTION_CREATE_LINK)));
    host_lock_take(&cm_lock);
    NTSTATUS status =
        node_walk_locked(start, parse->remaining, wants_link, request, out_name, &node);
    if (status == STATUS_SUCCESS) {
        status = key_object_create_locked(node, &key);
        if (NT_SUCCESS(status)) {
            key->transaction = transaction;
            if (transaction)
                ob_reference(transaction);
            *out_body = key;
        } else if (request && request->disposition == REG_CREATED_NEW_KEY)
            node_delete_locked(node);
    }
    PSECURITY_DESCRIPTOR security = NULL;
    if (status == STATUS_SUCCESS && *out_body)
        status = node_security_copy_locked(node, &security);
    host_lock_give(&cm_lock);
    /* ob checks the opener against what the object carries. */
    if (security) {
        status = ob_security_set(*out_body, security);
        ExFreePoolWithTag(security, CM_TAG);
    }
    if (!NT_SUCCESS(status) && *out_body) {
        ob_dereference(*out_body);
        *out_body = NULL;
    }
    return status;
}

/* The specific rights are those of the public page on registry key security. */
const struct object_type_ops cm_key_ops = {
    .delete_body = key_delete_body,
    .close_handle = cm_key_closed,
    .parse = key_parse,
    .query_name = key_query_name,
    .mapping = {KEY_READ, KEY_WRITE, KEY_EXECUTE, KEY_ALL_ACCESS},
    .valid_access = KEY_ALL_ACCESS | KEY_WOW64_32KEY | KEY_WOW64_64KEY,
};

NTSTATUS key_open_raw(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, KPROCESSOR_MODE mode,
                      bool create, ULONG options, void *transaction, ULONG *out_disposition,
                      void **out_key)
{
    struct key_request request = {create, options, REG_OPENED_EXISTING_KEY, transaction};
    OBJECT_ATTRIBUTES insensitive = *attributes;
    /* Keys compare without case whatever the caller says; so must the way to \Registry. */
    insensitive.Attributes |= OBJ_CASE_INSENSITIVE;
    NTSTATUS status = ob_open(&insensitive, cm_key_type, access, mode, &request, out_key);
    if (NT_SUCCESS(status) && out_disposition)
        *out_disposition = request.disposition;
    return status;
}

NTSTATUS key_delete_raw(void *body)
{
    struct cm_key *key = body;
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&cm_lock);
    if (key->node->is_deleted)
        status = STATUS_KEY_DELETED;
    else if (key->node->child_count > 0 || !key->node->parent)
        status = STATUS_CANNOT_DELETE;
    else
        node_delete_locked(key->node);
    host_lock_give(&cm_lock);
    return status;
}

NTSTATUS cm_key_class_set(void *body, const UNICODE_STRING *class_name)
{
    struct cm_key *key = body;
    UNICODE_STRING copy;
    NTSTATUS status = cm_string_copy(class_name, &copy);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&cm_lock);
    if (key->node->is_deleted) {
        status = STATUS_KEY_DELETED;
    } else {
        UNICODE_STRING old = key->node->class_name;
        key->node->class_name = copy;
        node_mark_locked(key->node, NODE_ROW);
        copy = old;
    }
    host_lock_give(&cm_lock);
    cm_string_free(&copy);
    return status;
}

NTSTATUS key_rename_raw(void *body, const UNICODE_STRING *name)
{
    struct cm_key *key = body;
    NTSTATUS status;
    if (name->Length == 0 || name->Length > COMPONENT_MAX_BYTES)
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < name->Length / sizeof(WCHAR); i++)
        if (name->Buffer[i] == '\\')
            return STATUS_INVALID_PARAMETER;
    host_lock_take(&cm_lock);
    if (key->node->is_deleted)
        status = STATUS_KEY_DELETED;
    else if (!key->node->parent)
        status = STATUS_ACCESS_DENIED;
    else if (key->node->view)
        status = STATUS_NOT_SUPPORTED; /* in a transaction */
    else
        status = node_rename_locked(key->node, name);
    host_lock_give(&cm_lock);
    return status;
}

NTSTATUS key_time_set_raw(void *body, LARGE_INTEGER time)
{
    struct cm_key *key = body;
    host_lock_take(&cm_lock);
    key->node->last_write = time.QuadPart;
    if (!key->node->is_deleted)
        node_mark_locked(key->node, NODE_ROW);
    watch_notify_locked(key->node, REG_NOTIFY_CHANGE_ATTRIBUTES);
    host_lock_give(&cm_lock);
    return STATUS_SUCCESS;
}
